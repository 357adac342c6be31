"""Put together all fit measures of a fit; the formulas are in :mod:`.fitmeasures`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crosscase.engines.sem.baseline import baseline_table, baseline_values
from crosscase.engines.sem.covariance import model_weight, moment_weight
from crosscase.engines.sem.discrepancy import (
    NormalDiscrepancy,
    QuadraticDiscrepancy,
    log_determinant,
    vech,
)
from crosscase.engines.sem.fitmeasures import (
    TestStatistic,
    chi_square_p,
    chi_square_quantile,
    incremental,
    residual_indices,
    rmsea,
)
from crosscase.engines.sem.kernel import State
from crosscase.engines.sem.moments import Moments, available_moments, normal_log_likelihood, random_moments
from crosscase.engines.sem.ordinaldiscrepancy import OrdinalDiscrepancy
from crosscase.engines.sem.specification import specify
from crosscase.engines.sem.teststatistic import model_trace, saturated_trace, statistic

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["baseline_statistic", "fit_measures"]

Array = np.ndarray
Measures = dict[str, float | int | None]


def baseline_statistic(fit: Fit) -> TestStatistic:
    """The test of the baseline model with the fit's estimator."""
    from crosscase.engines.sem.estimate import make_problem
    from crosscase.engines.sem.optimise import minimise

    table = fit.problem.specification.table
    if _closed(fit):
        sizes = [part.n - (1 if fit.settings.wishart else 0) for part in fit.moments]
        chisq = sum(
            n * (np.log(np.diag(part.covariance)).sum() - log_determinant(part.covariance))
            for n, part in zip(sizes, fit.moments, strict=True)
        )
        p = len(table.variables.observed)
        return TestStatistic(float(chisq), len(sizes) * p * (p - 1) // 2)
    specification = specify(baseline_table(table))
    problem = make_problem(specification, fit.moments, fit.settings)
    theta = baseline_values(specification.table, specification.positions, list(fit.moments))
    df = specification.statistics() - specification.parameters
    psi = problem.reduced(theta)
    value = problem.value(psi)
    simple = fit.settings.estimator.discrepancy in ("ML", "ULS", "DWLS") and all(
        part.patterns is None for part in fit.moments
    )
    if not simple:
        optimum = minimise(problem, psi)
        psi, value = optimum.psi, optimum.value
    settings = fit.settings
    return statistic(
        problem,
        problem.full(psi),
        value,
        df,
        fit.moments,
        settings.estimator.test,
        settings.test_information,
        settings.wishart,
    )


def _closed(fit: Fit) -> bool:
    """Whether the baseline's statistic is Σ n (Σ log sⱼⱼ − log|S|): maximum likelihood, no more than variances and means."""
    variables = fit.problem.specification.table.variables
    estimator = fit.settings.estimator
    random = set(variables.indicators) | set(variables.outcomes) | set(variables.latent)
    return (
        estimator.discrepancy == "ML"
        and estimator.test == "standard"
        and all(part.patterns is None for part in fit.moments)
        and random.issuperset(variables.predictors)
    )


def fit_measures(fit: Fit) -> Measures:
    """Every measure that applies to the estimator."""
    test = fit.test
    base = baseline_statistic(fit)
    scaled = test.scaled is not None
    groups = len(fit.moments)
    n = fit.n if not fit.settings.counts_less_one else fit.n - groups
    out: Measures = {"npar": fit.npar, "fmin": fit.optimum.value if fit.df else 0.0}
    valid = fit.settings.estimator.discrepancy != "ULS"  # ULS alone has no χ² distribution
    out.update(chisq=test.chisq, df=test.df, pvalue=chi_square_p(test.chisq, test.df) if valid else None)
    if scaled:
        out.update(
            chisq_scaled=test.scaled, df_scaled=test.df_scaled, pvalue_scaled=chi_square_p(test.scaled, test.df_scaled)
        )
        out["chisq_scaling_factor"] = test.factor
    out.update(
        baseline_chisq=base.chisq,
        baseline_df=base.df,
        baseline_pvalue=chi_square_p(base.chisq, base.df) if valid else None,
    )
    if scaled:
        out.update(
            baseline_chisq_scaled=base.scaled, baseline_df_scaled=base.df_scaled,
            baseline_pvalue_scaled=chi_square_p(base.scaled, base.df_scaled), baseline_chisq_scaling_factor=base.factor,
        )  # fmt: skip
    out.update(incremental(test.chisq, test.df, base.chisq, base.df))
    if scaled and test.scaled is not None and base.scaled is not None:
        found = incremental(test.scaled, test.df_scaled or 0.0, base.scaled, base.df_scaled or 0.0)
        out.update({f"{name}_scaled": value for name, value in found.items()})
    out.update(_likelihood(fit))
    out.update(_rmsea(fit, n, groups))
    out.update(_robust(fit, test, base, n, groups))
    out.update(_residuals(fit))
    out.update(_absolute(fit, test, n))
    return out


def _likelihood(fit: Fit) -> Measures:
    if fit.settings.estimator.discrepancy != "ML":
        return {}
    variables = fit.problem.specification.table.variables
    place = [variables.observed.index(name) for name in variables.exogenous]
    saturated = 0.0
    for part in fit.moments:
        saturated += part.log_likelihood
        saturated -= normal_log_likelihood(part.n, part.covariance[np.ix_(place, place)])
    value = _plain_log_likelihood(fit, place) if fit.settings.wishart else saturated - fit.test.chisq / 2.0
    k, n = fit.npar, fit.n
    out: Measures = {
        "logl": value, "unrestricted_logl": saturated, "aic": -2 * value + 2 * k, "bic": -2 * value + k * np.log(n),
        "ntotal": n, "bic2": -2 * value + k * np.log((n + 2) / 24),
    }  # fmt: skip
    if fit.settings.estimator.test == "yuan.bentler.mplus" and fit.df:
        moments, specification = fit.moments, fit.problem.specification
        out["scaling_factor_h1"] = (
            saturated_trace(moments, specification, fit.settings.test_information) / specification.statistics()
        )
        trace = model_trace(fit.problem, fit.theta, moments, fit.settings.test_information, fit.optimum.active)
        out["scaling_factor_h0"] = trace / sum(row.free for row in specification.rows)
    return out


def _plain_log_likelihood(fit: Fit, place: list[int]) -> float:
    """log L of the cases at the implied moments (for Wishart estimates, which do not maximize it)."""
    total = 0.0
    for part, implied in zip(fit.moments, fit.implied, strict=True):
        sigma = implied["covariance"]
        d = part.mean - implied["mean"] if "mean" in implied else np.zeros(part.mean.size)
        w = np.linalg.inv(sigma)
        p = sigma.shape[0]
        total -= (
            0.5
            * part.n
            * (p * np.log(2 * np.pi) + np.linalg.slogdet(sigma)[1] + np.trace(w @ part.covariance) + d @ w @ d)
        )
        total -= normal_log_likelihood(part.n, part.covariance[np.ix_(place, place)])
    return float(total)


def _rmsea(fit: Fit, n: float, groups: int) -> Measures:
    test = fit.test
    plain = rmsea(test.chisq, test.df, n, groups)
    out: Measures = {
        "rmsea": plain["rmsea"], "rmsea_ci_lower": plain["ci_lower"], "rmsea_ci_upper": plain["ci_upper"], "rmsea_ci_level": 0.90,
        "rmsea_pvalue": plain["pvalue"], "rmsea_close_h0": 0.05, "rmsea_notclose_pvalue": plain["notclose"], "rmsea_notclose_h0": 0.08,
    }  # fmt: skip
    if test.scaled is not None and test.df_scaled is not None:
        if test.shift is None and test.trace:
            # The interval of the mean-adjusted statistics is that of the unscaled one with tr(UΓ) degrees of freedom.
            found = rmsea(test.chisq, test.trace, n, groups)
        elif test.df == 0:
            found = dict.fromkeys(("rmsea", "ci_lower", "ci_upper", "pvalue", "notclose"))
        else:
            found = rmsea(test.scaled, test.df_scaled, n, groups)
        out.update(_suffixed(found, "scaled"))
    return out


def _suffixed(found: dict[str, float | None], suffix: str) -> Measures:
    return {
        f"rmsea_{suffix}": found["rmsea"], f"rmsea_ci_lower_{suffix}": found["ci_lower"], f"rmsea_ci_upper_{suffix}": found["ci_upper"],
        f"rmsea_pvalue_{suffix}": found["pvalue"], f"rmsea_notclose_pvalue_{suffix}": found["notclose"],
    }  # fmt: skip


def _robust(fit: Fit, test: TestStatistic, base: TestStatistic, n: float, groups: int) -> Measures:
    """Robust CFI, TLI and RMSEA: for complete data from the scaling factors, for incomplete data from the saturated moments."""
    if fit.moments[0].ordinal is not None:
        from crosscase.engines.sem.ordinalrobust import robust_indices as ordinal_indices

        return ordinal_indices(fit, n)
    incomplete = any(part.patterns is not None for part in fit.moments)
    if incomplete:
        from crosscase.engines.sem.incomplete import robust_indices

        return robust_indices(fit, n, groups)
    if test.scaled is not None and test.df == 0:
        nothing: Measures = dict.fromkeys(("cfi_robust", "tli_robust", "nnfi_robust", "rni_robust"))
        return {**nothing, **_suffixed(rmsea(0.0, 0, n, groups), "robust")}
    if test.factor is None or base.factor is None or test.df_scaled != test.df:
        return {}
    factor, base_factor = test.factor, base.factor
    if test.shift is not None and base.shift is not None:
        factor, base_factor = (
            test.factor * (test.df - test.shift) / test.df,
            base.factor * (base.df - base.shift) / base.df,
        )
    shifted = (test.scaled, test.factor) if test.shift is not None else None
    return robust_from(test.chisq, test.df, factor, base.chisq, base.df, base_factor, n, groups, shifted)


def robust_from(
    chisq: float,
    df: int,
    factor: float,
    base: float,
    base_df: int,
    base_factor: float,
    n: float,
    groups: int,
    shifted: tuple[float | None, float] | None = None,
) -> Measures:
    """Brosseau-Liard, Savalei & Li (2012), Brosseau-Liard & Savalei (2014)."""
    incremental_factor = factor
    if (
        shifted is None and abs(base_factor - 1.0) < 1e-12
    ):  # DWLS scales the baseline by 1: lavaan then corrects neither
        incremental_factor = base_factor = 1.0
    top = max(chisq - incremental_factor * df, 0.0)
    bottom = max(chisq - incremental_factor * df, base - base_factor * base_df, 0.0)
    denominator = (base - base_factor * base_df) * df
    tli = 1.0 - (chisq - incremental_factor * df) * base_df / denominator if denominator else 1.0
    out: Measures = {"cfi_robust": 1.0 - top / bottom if bottom else 1.0, "tli_robust": tli, "nnfi_robust": tli}
    out["rni_robust"] = 1.0 - (chisq - incremental_factor * df) / (base - base_factor * base_df)
    scaled, spread = (chisq / factor, factor) if shifted is None else shifted
    out.update(_suffixed(rmsea(chisq, df, n, groups, factor, scaled, spread), "robust"))
    return out


def _residuals(fit: Fit) -> Measures:
    total: dict[str, float] = {}
    states = fit.problem.states(fit.theta)
    for group, (part, implied) in enumerate(zip(fit.moments, fit.implied, strict=True)):
        mean = implied.get("mean")
        discrepancy = fit.problem.discrepancies[group]
        if isinstance(discrepancy, OrdinalDiscrepancy) and part.ordinal is not None:
            found = _ordinal_residuals(
                part.ordinal.covariance, implied["residual_covariance"], discrepancy, states[group]
            )
        else:
            found = residual_indices(
                part.covariance, implied["covariance"], part.mean if mean is not None else None, mean
            )
        for name, value in found.items():
            total[name] = total.get(name, 0.0) + value * part.n / fit.n
    out: Measures = dict(total)
    if fit.moments[0].ordinal is not None:
        out["srmr_mplus"] = out["srmr_mplus_nomean"] = None  # Mplus has none for ordinal data
    return out


def _ordinal_residuals(
    sample: Array, implied: Array, discrepancy: OrdinalDiscrepancy, state: State
) -> dict[str, float]:
    """Thresholds in the place of means, slopes and variances left out, as lavaan has it; SRMR is that without thresholds.

    lavaan's divisor of RMR and SRMR counts every exogenous variable once.
    """
    p = sample.shape[0]
    level = implied.copy()
    np.fill_diagonal(level, np.diag(sample))
    found = residual_indices(sample, level, None, None)
    found["crmr_nomean"] = residual_indices(sample, implied, None, None)["crmr_nomean"]
    ordinal = np.flatnonzero(discrepancy.threshold >= 0)
    error = (discrepancy.statistics - discrepancy.moments(state))[0, ordinal]
    x = 0 if state.given is None or state.given.slopes is None else state.given.slopes.shape[-1]
    half = p * (p + 1) / 2
    for name in ("rmr_nomean", "srmr_bentler_nomean"):
        found[name] *= float(np.sqrt(half / (half + x)))
    out = {name: found[name] for name in ("rmr_nomean", "srmr_bentler_nomean", "crmr_nomean")}
    for name, count in (("rmr", half + x), ("srmr_bentler", half + x), ("crmr", half - p)):
        out[name] = float(np.sqrt((found[f"{name}_nomean"] ** 2 * count + (error**2).sum()) / (count + error.size)))
    out["srmr"] = found["srmr_bentler_nomean"]
    return out


def _absolute(fit: Fit, test: TestStatistic, n: float) -> Measures:
    out: Measures = {}
    for name, level in (("cn_05", 0.95), ("cn_01", 0.99)):
        out[name] = chi_square_quantile(level, test.df) / (test.chisq / n) + 1.0 if test.df and test.chisq > 0 else None
    means = fit.problem.specification.means
    gfi, count = 0.0, 0
    for group, (part, state) in enumerate(zip(fit.moments, fit.problem.states(fit.theta), strict=True)):
        if isinstance(fit.problem.discrepancies[group], NormalDiscrepancy | QuadraticDiscrepancy):
            gfi += part.n / fit.n * _normal_gfi(fit, state, part)
            p = part.mean.size
            count += p * (p + 1) // 2 + (p if means else 0)
            continue
        discrepancy = fit.problem.discrepancies[group]
        if isinstance(discrepancy, OrdinalDiscrepancy):
            s, e = discrepancy.statistics[0], discrepancy.statistics[0] - discrepancy.moments(state)[0]
            weight = moment_weight(fit.problem, group, state, part)
            gfi += part.n / fit.n * (1.0 - float(e @ weight @ e) / float(s @ weight @ s))
            count += s.size
            continue
        weight = model_weight(fit.problem, group, state, part)
        mean, covariance = available_moments(part)
        s, sigma = vech(covariance), vech(state.sigma[0])
        if means and state.mu is not None:
            s, sigma = np.concatenate([mean, s]), np.concatenate([state.mu[0], sigma])
        count += s.size
        random = random_moments(fit.problem.specification.table.variables, means)
        e, s, weight = (s - sigma)[random], s[random], weight[np.ix_(random, random)]
        gfi += part.n / fit.n * (1.0 - float(e @ weight @ e) / float(s @ weight @ s))
    out["gfi"] = gfi
    out["agfi"] = 1.0 - count / test.df * (1.0 - gfi) if test.df else 1.0
    out["pgfi"] = test.df / count * gfi
    out["mfi"] = float(np.exp(-0.5 * (test.chisq - test.df) / n)) if test.df else 1.0
    if fit.moments[0].ordinal is None:
        out["ecvi"] = test.chisq / n + 2.0 * fit.npar / n
    else:
        out["wrmr"] = float(np.sqrt(test.chisq / (count / len(fit.moments))))
    return out


def _normal_gfi(fit: Fit, state: State, part: Moments) -> float:
    """GFI of one group with the weight of normal theory, by traces instead of the large matrix V."""
    variables = fit.problem.specification.table.variables
    fixed = [variables.observed.index(name) for name in variables.exogenous]
    ml = fit.settings.estimator.discrepancy == "ML"
    w = np.linalg.inv(state.sigma[0] if ml else part.covariance)
    sample, error = part.covariance.copy(), part.covariance - state.sigma[0]
    sample[np.ix_(fixed, fixed)] = 0.0
    error[np.ix_(fixed, fixed)] = 0.0
    ws, we = w @ sample, w @ error
    top, bottom = 0.5 * float(np.einsum("ij,ji->", we, we)), 0.5 * float(np.einsum("ij,ji->", ws, ws))
    if state.mu is not None:
        mean, d = part.mean.copy(), part.mean - state.mu[0]
        mean[fixed] = d[fixed] = 0.0
        top, bottom = top + float(d @ w @ d), bottom + float(mean @ w @ mean)
    return 1.0 - top / bottom
