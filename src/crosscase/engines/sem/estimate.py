"""Fit a model: read it, read the data, estimate, and hand over a result that knows everything it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.engines.sem.data import split_groups
from crosscase.engines.sem.discrepancy import (
    Discrepancy,
    NormalDiscrepancy,
    PatternDiscrepancy,
    QuadraticDiscrepancy,
    WeightedDiscrepancy,
    vech,
)
from crosscase.engines.sem.expressions import jacobian
from crosscase.engines.sem.moments import (
    Moments,
    fourth_moments,
    minus_log_likelihood,
    normal_log_likelihood,
    sample_moments,
)
from crosscase.engines.sem.optimise import Constraints, minimise
from crosscase.engines.sem.ordinaldiscrepancy import OrdinalDiscrepancy
from crosscase.engines.sem.problem import Problem
from crosscase.engines.sem.result import Fit
from crosscase.engines.sem.specification import Specification, difference, specify
from crosscase.engines.sem.standardise import row_values
from crosscase.engines.sem.starts import small_factors, start_values
from crosscase.engines.sem.syntax import Model, parse
from crosscase.engines.sem.table import Options, Table, build_table, variables_of

__all__ = ["ESTIMATORS", "Estimator", "Settings", "fit", "fit_moments"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Estimator:
    """A user-visible estimator: its discrepancy, kind of standard error and kind of test."""

    name: str
    discrepancy: str
    errors: str
    test: str


#: Every estimator by the name that users of lavaan know.
ESTIMATORS: dict[str, Estimator] = {
    name: Estimator(name, *parts)
    for name, parts in {
        "ML": ("ML", "standard", "standard"),
        "MLF": ("ML", "first.order", "standard"),
        "MLM": ("ML", "robust.sem", "satorra.bentler"),
        "MLMV": ("ML", "robust.sem", "scaled.shifted"),
        "MLMVS": ("ML", "robust.sem", "mean.var.adjusted"),
        "MLR": ("ML", "robust.huber.white", "yuan.bentler.mplus"),
        "GLS": ("GLS", "standard", "standard"),
        "ULS": ("ULS", "standard", "standard"),
        "WLS": ("WLS", "standard", "standard"),
        "DWLS": ("DWLS", "standard", "standard"),
        "WLSM": ("DWLS", "robust.sem", "satorra.bentler"),
        "WLSMV": ("DWLS", "robust.sem", "scaled.shifted"),
        "WLSMVS": ("DWLS", "robust.sem", "mean.var.adjusted"),
        "ULSM": ("ULS", "robust.sem", "satorra.bentler"),
        "ULSMV": ("ULS", "robust.sem", "scaled.shifted"),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model was fitted; kept with the result so that it can be fitted again to other draws."""

    estimator: Estimator
    missing: str = "listwise"
    information: str = "expected"
    likelihood: str = "normal"
    group: str | None = None
    cluster: str | None = None
    weights: str | None = None
    #: That of the scaled statistic: ``h1`` for clusters without a robust estimator named (the Hessian without the model's curvature).
    test_information: str = "expected"

    @property
    def unbiased(self) -> bool:
        """Whether the covariances are divided by n − 1: always but for the normal likelihood."""
        return self.likelihood == "wishart" or self.estimator.discrepancy != "ML"

    @property
    def wishart(self) -> bool:
        """Whether the likelihood is Wishart's, with n − 1 in the place of n."""
        return self.likelihood == "wishart" and self.estimator.discrepancy == "ML"

    @property
    def counts_less_one(self) -> bool:
        """Whether the statistic is (n − 1) F."""
        return self.unbiased


def fit(
    model: str | Model,
    data: Mapping[str, Any],
    *,
    estimator: str = "ML",
    missing: str = "listwise",
    group: str | None = None,
    group_equal: Iterable[str] = (),
    group_partial: Iterable[str] = (),
    meanstructure: bool | None = None,
    std_lv: bool = False,
    fixed_x: bool | None = None,
    orthogonal: bool = False,
    growth: bool = False,
    ordered: Iterable[str] = (),
    parameterization: str = "delta",
    information: str | None = None,
    likelihood: str = "normal",
    cluster: str | None = None,
    weights: str | None = None,
    start: Array | Fit | None = None,
) -> Fit:
    """Fit ``model`` to ``data`` with the defaults of lavaan's ``sem()``.

    Args:
        model: model syntax, or what :func:`~crosscase.engines.sem.syntax.parse` made of it.
        data: names to columns; missing values are ``NaN`` or ``None``.
        estimator: one of :data:`ESTIMATORS`.
        missing: ``listwise`` or ``fiml``.
        group: the column that names the group.
        group_equal: kinds of parameters that are equal across groups, e.g. ``("loadings", "intercepts")``.
        group_partial: parameters that stay free all the same, e.g. ``("visual=~x2",)``.
        meanstructure: model the means; by default only when something needs it.
        std_lv: factors have variance 1 and free first loadings.
        fixed_x: exogenous observed variables keep their sample moments; by default with the ML family only, and with ordinal
            variables, whose moments are then those given the exogenous variables.
        orthogonal: exogenous factors are uncorrelated.
        growth: latent growth curves: intercepts of indicators 0, factor means free.
        ordered: ordinal variables (then the estimator is WLSMV unless another is named).
        parameterization: of ordinal variables: ``delta`` (responses of variance 1) or ``theta`` (residual variances of 1).
        information: ``expected`` or ``observed``; observed for FIML and MLR by default.
        likelihood: ``normal`` or ``wishart``.
        cluster: the column that names clusters; standard errors are then robust to dependence within them.
        weights: a column of sampling weights.
        start: a full vector of start values, in the order of the free parameters, or the fit of a similar model.

    Returns:
        the result.  When the search did not converge, ``result.converged`` is false and there are no estimates, only
        ``result.diagnosis``.

    Raises:
        ExpressionError: the model does not parse.
        NotFoundError: a name that does not exist.
        InputError: the data cannot be used.
        AnalysisError: the model is not identified, or there are fewer cases than it needs.
    """
    parsed = parse(model) if isinstance(model, str) else model
    group_equal, group_partial = tuple(group_equal), tuple(group_partial)
    if group is None and (group_equal or group_partial):
        raise InputError(
            "parameters are to be equal across groups, and no group is named", where="group_equal",
            mend="name the column of the groups (--group VAR)",
        )  # fmt: skip
    ordinal, numeric = _split_exogenous(parsed, ordered, fixed_x)
    settings = _settings(estimator, missing, information, likelihood, group, cluster, weights, bool(ordinal))
    if ordinal:
        from crosscase.engines.sem.ordinal import fit_ordinal

        return fit_ordinal(parsed, data, settings, ordinal, numeric, start, {
            "std_lv": std_lv, "orthogonal": orthogonal, "group_equal": group_equal, "group_partial": group_partial,
            "fixed_x": fixed_x is not False, "parameterization": parameterization, "growth": growth,
        })  # fmt: skip
    if fixed_x is None:
        fixed_x = settings.estimator.discrepancy == "ML"
    variables = variables_of(parsed, fixed_x)
    parts, warnings = split_groups(
        data,
        variables.observed,
        group=group,
        missing=missing,
        exogenous=variables.exogenous,
        cluster=cluster,
        weights=weights,
    )
    warnings = [*numeric, *warnings]
    parsed = parsed.for_groups([part.label for part in parts])
    fiml = missing == "fiml"
    if meanstructure is None:
        meanstructure = (
            fiml
            or len(parts) > 1
            or growth
            or any(term.op == "~1" for term in parsed.terms)
            or bool({"intercepts", "means"} & set(group_equal))
            or cluster is not None
        )
    options = Options(
        meanstructure=meanstructure, std_lv=std_lv, fixed_x=fixed_x, orthogonal=orthogonal, growth=growth,
        groups=len(parts), group_equal=group_equal, group_partial=group_partial,
    )  # fmt: skip
    table = build_table(parsed, options)
    moments = [sample_moments(part, unbiased=settings.unbiased, fiml=fiml) for part in parts]
    return estimate(parsed, table, moments, settings, warnings, start)


def _split_exogenous(model: Model, ordered: Iterable[str], fixed_x: bool | None) -> tuple[list[str], list[str]]:
    """The ordinal variables that the model explains, and a warning about exogenous ones, which count as numbers (as in lavaan)."""
    names = dict.fromkeys((*ordered, *(term.lhs for term in model.terms if term.op == "|")))
    exogenous = set(variables_of(model, fixed_x is not False).exogenous)
    numeric = [name for name in names if name in exogenous]
    warnings = [f"{', '.join(numeric)}: exogenous, so used as numbers although declared ordinal"] if numeric else []
    return [name for name in names if name not in exogenous], warnings


def fit_moments(
    model: str | Model,
    covariance: Sequence[Sequence[float]] | Array,
    n: int,
    names: Sequence[str],
    *,
    mean: Sequence[float] | Array | None = None,
    estimator: str = "ML",
    unbiased: bool = True,
    std_lv: bool = False,
    fixed_x: bool = True,
    orthogonal: bool = False,
    information: str | None = None,
    likelihood: str = "normal",
) -> Fit:
    """Fit ``model`` to a covariance matrix of ``n`` cases, as a paper prints it.

    Args:
        covariance: (p, p), symmetric positive definite.
        names: of the p variables.
        mean: of the p variables, for a model with a mean structure.
        unbiased: whether the matrix was divided by n − 1 (the usual print); it is rescaled for the normal likelihood.

    Raises:
        InputError: the matrix is not a covariance matrix, or the estimator needs the cases themselves.
    """
    parsed = parse(model) if isinstance(model, str) else model
    settings = _settings(estimator, "listwise", information, likelihood, None, None, None, False)
    if settings.estimator.discrepancy in ("WLS", "DWLS") or settings.estimator.errors != "standard":
        raise InputError(f"{estimator} needs the cases, not only their covariances", mend="use ML, GLS or ULS")
    variables = variables_of(parsed, fixed_x)
    matrix = np.asarray(covariance, dtype=float)
    if matrix.ndim != 2 or matrix.shape != (len(names), len(names)):
        raise InputError(f"the matrix has shape {matrix.shape} for {len(names)} names", where="covariance")
    if not np.allclose(matrix, matrix.T, atol=1e-8):
        raise InputError("the matrix is not symmetric", where="covariance")
    for name in variables.observed:
        if name not in names:
            raise NotFoundError("variable", name, names, where="covariance")
    place = [list(names).index(name) for name in variables.observed]
    chosen = matrix[np.ix_(place, place)]
    positive_definite(chosen, variables.observed, "covariance")
    if unbiased != settings.unbiased:
        chosen = chosen * ((n - 1) / n if unbiased else n / (n - 1))
    means = mean is not None
    parsed = parsed.for_groups(["0"])
    options = Options(meanstructure=means, std_lv=std_lv, fixed_x=fixed_x, orthogonal=orthogonal)
    average = np.zeros(len(place)) if mean is None else np.asarray(mean, dtype=float)[place]
    moments = Moments("0", n, average, chosen, settings.unbiased, None, log_likelihood=normal_log_likelihood(n, chosen))
    return estimate(parsed, build_table(parsed, options), [moments], settings, [], None)


def _settings(
    estimator: str, missing: str, information: str | None, likelihood: str, group: str | None, cluster: str | None,
    weights: str | None, ordered: bool,
) -> Settings:  # fmt: skip
    name = estimator.upper()
    if ordered and name in ("ML", "MLR", "MLM", "MLMV"):
        if name != "ML":
            raise InputError(f"{name} is not for ordinal variables", where="estimator", mend="use WLSMV, DWLS or ULSMV")
        name = "WLSMV"
    if name not in ESTIMATORS:
        raise NotFoundError("estimator", name, ESTIMATORS)
    chosen = ESTIMATORS[name]
    if missing not in ("listwise", "fiml"):
        raise InputError(f"missing is '{missing}', which is not offered", mend="use listwise or fiml")
    if ordered and missing != "listwise":
        raise InputError(
            "models of ordinal variables use complete cases only", where="missing",
            mend="use listwise, or impute first; fiml is for continuous variables",
        )  # fmt: skip
    if ordered and (cluster or weights):
        raise InputError(
            f"{'clusters' if cluster else 'sampling weights'} are not offered with ordinal variables",
            where="cluster" if cluster else "weights", mend="treat the variables as continuous, with MLR",
        )  # fmt: skip
    if likelihood not in ("normal", "wishart"):
        raise InputError(f"likelihood is '{likelihood}'", mend="use normal or wishart")
    if information not in (None, "expected", "observed"):
        raise InputError(f"information is '{information}'", mend="use expected or observed")
    if missing == "fiml" and (chosen.discrepancy != "ML" or chosen.errors == "robust.sem"):
        raise InputError(f"{name} cannot use incomplete cases", where="missing", mend="use ML or MLR with fiml")
    clustered = bool(cluster) and chosen.errors == "standard"
    if (cluster or weights) and chosen.discrepancy == "ML" and chosen.errors == "standard":
        chosen = ESTIMATORS["MLR"]
    if chosen.errors == "first.order" and information is not None:
        chosen = ESTIMATORS["ML"]
    if information is None:
        information = "observed" if missing == "fiml" or chosen.errors == "robust.huber.white" else "expected"
    test_information = "h1" if clustered and information == "observed" else information
    return Settings(chosen, missing, information, likelihood, group, cluster, weights, test_information)


def estimate(
    model: Model,
    table: Table,
    moments: list[Moments],
    settings: Settings,
    warnings: list[str],
    start: Array | Fit | None,
) -> Fit:
    """Fit a table to moments."""
    specification = specify(table)
    _enough(specification, moments, settings)
    for part in moments:
        if part.patterns is None:
            where = "data" if len(moments) == 1 else f"data, group {part.label}"
            positive_definite(part.covariance, table.variables.observed, where)
    problem = make_problem(specification, moments, settings)
    begin = start_values(table, specification.positions, moments)
    if isinstance(start, Fit):
        other = start.problem.specification
        values = row_values(other, start.theta[None])[0]
        known = {(*row.key, row.group): value for row, value in zip(other.rows, values, strict=True)}
        for number, position in specification.positions.items():
            row = table.rows[number]
            value = known.get((*row.key, row.group))
            if row.free and value is not None:
                begin[position] = value
    elif start is not None:
        begin[: len(start)] = start
    psi = _admissible(problem, problem.reduced(begin))
    _countable(specification, problem, psi)
    optimum = minimise(problem, psi, constraints_of(problem))
    if not optimum.converged:
        # Small factors are a start that lies far from the valleys where a loading goes to infinity as its factor vanishes.
        away = _admissible(problem, problem.reduced(small_factors(table, specification.positions, moments, begin)))
        second = minimise(problem, away, constraints_of(problem))
        optimum = second if second.converged or second.value < optimum.value else optimum
    if not optimum.converged:
        _say_improper(problem, optimum.psi)
        check_identified(problem, psi)
    else:
        check_identified(problem, optimum.psi)
    return Fit.of(model, problem, tuple(moments), settings, optimum, tuple(warnings))


def make_problem(specification: Specification, moments: Sequence[Moments], settings: Settings) -> Problem:
    """The objective for given moments."""
    parts = [make_discrepancy(specification.means, part, settings) for part in moments]
    sizes = np.array([part.n for part in moments], dtype=float)
    offset = specification.offset.copy()
    place = {name: index for index, name in enumerate(specification.table.variables.observed)}
    for number, position in specification.positions.items():
        row = specification.rows[number]
        if row.exogenous:
            part = moments[row.group - 1]
            offset[position] = (
                part.mean[place[row.lhs]] if row.op == "~1" else part.covariance[place[row.lhs], place[row.rhs]]
            )
    return Problem(specification, parts, sizes / sizes.sum(), offset)


def make_discrepancy(means: bool, part: Moments, settings: Settings) -> Discrepancy:
    """The discrepancy of one group."""
    kind = settings.estimator.discrepancy
    mean = part.mean if means else None
    if part.ordinal is not None:
        gamma = part.ordinal.gamma
        if kind == "WLS":
            _full_rank(gamma, part.n)
        weights = {"ULS": lambda g: np.ones(len(g)), "DWLS": lambda g: 1.0 / np.diag(g), "WLS": np.linalg.inv}
        return OrdinalDiscrepancy.of(part.ordinal, weights[kind](gamma) * (part.n - 1) / part.n)
    if kind == "ML":
        if part.patterns is None:
            return NormalDiscrepancy.of(part.covariance, mean)
        assert part.pattern_means is not None
        assert part.pattern_covariances is not None
        plain = PatternDiscrepancy(
            part.patterns.observed, part.patterns.counts / part.n, part.pattern_means, part.pattern_covariances
        )
        return replace(plain, constant=minus_log_likelihood(plain, part.mean, part.covariance))
    shrink = (part.n - 1) / part.n
    if kind == "GLS":
        inverse = np.linalg.inv(part.covariance)
        return QuadraticDiscrepancy(
            part.covariance[None], None if mean is None else mean[None], inverse * np.sqrt(shrink), inverse * shrink
        )
    if kind == "ULS":
        statistics = vech(part.covariance) if mean is None else np.concatenate([mean, vech(part.covariance)])
        return WeightedDiscrepancy(statistics[None], np.full(statistics.size, shrink), mean is not None)
    assert part.values is not None
    gamma = fourth_moments(part.values, means=mean is not None, weights=part.weights)
    statistics = vech(part.covariance) if mean is None else np.concatenate([mean, vech(part.covariance)])
    if kind == "DWLS":
        return WeightedDiscrepancy(statistics[None], shrink / np.diag(gamma), mean is not None)
    _full_rank(gamma, part.n)
    return WeightedDiscrepancy(statistics[None], np.linalg.inv(gamma) * shrink, mean is not None)


def _full_rank(gamma: Array, n: int) -> None:
    if np.linalg.matrix_rank(gamma) < gamma.shape[0]:
        raise AnalysisError(
            f"WLS needs more cases: {n} cases for a weight matrix of {gamma.shape[0]} moments",
            mend="use the diagonal of the matrix: DWLS or WLSMV, or MLM or MLR",
        )


def _admissible(problem: Problem, psi: Array) -> Array:
    """A start at which the model implies positive-definite covariances."""
    if np.isfinite(problem.value(psi)):
        return psi
    theta = problem.full(psi)
    for number, position in problem.specification.positions.items():
        row = problem.specification.rows[number]
        if row.op == "~~" and row.lhs != row.rhs and not row.exogenous:
            theta[position] = 0.0
        elif row.op == "~~" and row.lhs == row.rhs and not row.exogenous:
            theta[position] = abs(theta[position]) * 2 + 0.1
    return problem.reduced(theta)


def _say_improper(problem: Problem, psi: Array) -> None:
    """Raise when the search never found values at which the implied covariances are positive definite."""
    if np.isfinite(problem.value(psi)):
        return
    names = problem.specification.table.variables.observed
    for state in problem.states(problem.full(psi)):
        values, vectors = np.linalg.eigh(state.sigma[0])
        if values[0] <= 0:
            involved = [name for name, weight in zip(names, np.abs(vectors[:, 0]), strict=True) if weight > 0.3]
            raise AnalysisError(
                f"the search cannot begin: the covariances that the model implies are not positive definite at {', '.join(involved)}",
                where="model", mend="look at the values that the model fixes there: no variance may be negative, no correlation beyond 1",
            )  # fmt: skip


def constraints_of(problem: Problem) -> Constraints | None:
    """Non-linear equalities and inequalities as functions of ψ."""
    specification = problem.specification
    if not specification.equalities and not specification.inequalities:
        return None
    names = list(specification.labels)
    where = np.array([specification.labels[name] for name in names])

    def functions(constraints: Sequence[Any]) -> tuple[Any, Any]:
        expressions = [difference(constraint) for constraint in constraints]

        def value(psi: Array) -> Array:
            theta = problem.full(psi)
            values = {name: theta[position] for name, position in specification.labels.items()}
            return np.array([float(expression.evaluate(values)) for expression in expressions])

        def derivative(psi: Array) -> Array:
            theta = problem.full(psi)
            by_label = jacobian(expressions, names, [float(theta[position]) for position in where])
            by_theta = np.zeros((len(expressions), theta.size))
            for column, position in enumerate(where):
                by_theta[:, position] += by_label[:, column]
            return np.asarray(by_theta @ specification.transform)

        return value, derivative

    return Constraints(*functions(specification.equalities), *functions(specification.inequalities))


def positive_definite(matrix: Array, names: Sequence[str], where: str) -> None:
    scale = np.sqrt(np.diag(matrix))
    if (scale == 0).any() or not np.isfinite(scale).all():
        bad = [name for name, value in zip(names, scale, strict=True) if not value > 0]
        raise InputError(f"the variance of {', '.join(bad)} is not positive", where=where)
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    if values[0] < 1e-12:
        involved = [name for name, weight in zip(names, np.abs(vectors[:, 0]), strict=True) if weight > 0.05]
        raise InputError(
            f"the covariance matrix is not positive definite: {', '.join(involved)} depend linearly on each other",
            where=where, mend="leave one of them out, or gather more cases than variables",
        )  # fmt: skip


def _enough(specification: Specification, moments: Sequence[Moments], settings: Settings) -> None:
    p = len(specification.table.variables.observed)
    for part in moments:
        if part.patterns is None and part.n <= p:
            where = "data" if len(moments) == 1 else f"data, group {part.label}"
            raise AnalysisError(
                f"{part.n} cases are too few for {p} observed variables: their covariance matrix has no inverse",
                where=where, mend="use fewer variables or more cases"
                + ("" if settings.missing == "fiml" else "; with missing values try missing='fiml' (--missing fiml)"),
            )  # fmt: skip


def _countable(specification: Specification, problem: Problem, psi: Array) -> None:
    """Raise when there are more parameters than moments, naming those that cannot be told apart."""
    df = specification.statistics() - specification.parameters
    if df < 0:
        counts = f"not identified: {specification.parameters} parameters for {specification.statistics()} moments"
        try:
            check_identified(problem, psi)
        except AnalysisError as error:
            named = error.what.replace("not identified:", f"{counts};")
            raise AnalysisError(named, where="model", mend=error.mend) from None
        raise AnalysisError(
            f"the model is {counts}",
            where="model", mend="fix or equate parameters, or add indicators",
        )  # fmt: skip


def check_identified(problem: Problem, psi: Array) -> None:
    """Raise when the Jacobian of the moments by the parameters has not full column rank, naming the parameters.

    Raises:
        AnalysisError: the model is not identified at ψ.
    """
    specification = problem.specification
    if not psi.size:
        return
    information = problem.information(psi, "expected")
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    if np.linalg.eigvalsh(information / np.outer(scale, scale))[0] > 1e-7:
        return  # the Jacobian has full rank when the information is clearly regular
    theta = problem.full(psi)
    blocks = []
    for kernel, state, part in zip(specification.kernels, problem.states(theta), problem.discrepancies, strict=True):
        if isinstance(part, OrdinalDiscrepancy):
            blocks.append(np.zeros((part.statistics.shape[1], theta.size)))
            blocks[-1][:, kernel.own] = part.derivative(kernel, state)[0]
            continue
        sd = np.sqrt(np.abs(np.diagonal(state.sigma[0]))) + 1e-12
        columns, rows = np.triu_indices(sd.size)
        block = np.zeros((rows.size, theta.size))
        block[:, kernel.own] = kernel.covariance_derivative(state)[0] / (sd[rows] * sd[columns])[:, None]
        blocks.append(block)
        if specification.means:
            block = np.zeros((sd.size, theta.size))
            block[:, kernel.own[kernel.mean_cells]] = kernel.mean_derivative(state)[0] / sd[:, None]
            blocks.append(block)
    matrix = np.vstack(blocks) @ specification.transform
    norms = np.linalg.norm(matrix, axis=0)
    scaled = matrix / np.where(norms > 0, norms, 1.0)
    gram = scaled.T @ scaled
    values, vectors = np.linalg.eigh(gram)
    loose = values < 1e-10 * max(1.0, values[-1])
    if specification.equalities or not (loose.any() or (norms == 0).any()):
        return
    directions = specification.transform @ (vectors[:, loose] / np.where(norms > 0, norms, 1.0)[:, None])
    directions = directions / np.abs(directions).max(axis=0)
    names = specification.names()
    free = [index for index in range(theta.size) if np.abs(specification.transform[index]).any()]
    involved = [names[index] for index in free if np.abs(directions[index]).max() > 1e-3]
    raise AnalysisError(
        f"the model is not identified: the data cannot tell apart {', '.join(involved)}",
        where="model", mend="fix or equate one of them, or add indicators; a factor with two indicators needs a relation to another",
    )  # fmt: skip


__all__ += ["check_identified", "constraints_of", "estimate", "make_discrepancy", "make_problem", "positive_definite"]
