"""Common method variance: what one source or one questionnaire may have put into all items alike.

Harman's single factor (the share of the first principal component of the item correlations); a one-factor model; a marker
variable (Lindell & Whitney 2001); an unmeasured method factor (Podsakoff et al. 2003) with equal loadings; the full collinearity
VIF of the factors (Kock 2015).  None of these proves that there is no such variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscase.core.errors import AnalysisError, NotFoundError
from crosscase.engines.sem.compare import DifferenceTest, difference_test
from crosscase.engines.sem.syntax import Model, Term

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["CommonMethod", "common_method", "marker_adjusted"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class CommonMethod:
    """The checks.  A model that did not converge is ``None`` with the reason among the warnings.

    Attributes:
        harman: share of variance of the first principal component, 0 to 1.
        one_factor: χ², df, CFI, RMSEA, SRMR of the model with a single factor, and Δχ² against the fitted model.
        method_factor: the test of an added method factor, and the variance share that it explains.
        vif: full collinearity VIF by factor.
    """

    harman: float
    one_factor: dict[str, float | None] | None
    one_factor_difference: DifferenceTest | None
    method_factor: DifferenceTest | None
    method_share: float | None
    vif: dict[str, float]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        def test(one: DifferenceTest | None) -> dict[str, Any] | None:
            return (
                None if one is None else {"chisq": one.chisq, "df": one.df, "pvalue": one.pvalue, "method": one.method}
            )

        return {
            "harman": self.harman, "one_factor": self.one_factor, "one_factor_difference": test(self.one_factor_difference),
            "method_factor": test(self.method_factor), "method_share": self.method_share, "vif": self.vif,
            "warnings": list(self.warnings),
        }  # fmt: skip


def common_method(fit: Fit) -> CommonMethod:
    """The checks on the items of a fitted measurement model (its first group).

    Raises:
        AnalysisError: the fit did not converge.
    """
    variables = fit.problem.specification.table.variables
    items = list(variables.indicators)
    place = [variables.observed.index(name) for name in items]
    covariance = fit.moments[0].covariance[np.ix_(place, place)]
    deviations = np.sqrt(np.diag(covariance))
    harman = float(np.linalg.eigvalsh(covariance / np.outer(deviations, deviations))[-1] / len(items))
    warnings: list[str] = []
    single = _refit(fit, _one_factor(items), warnings, "the one-factor model")
    measurement = _refit(fit, _measurement(fit.model), warnings, "the measurement model")
    method = _refit(fit, _with_method(fit.model, items), warnings, "the model with a method factor")
    summary = difference = gain = share = None
    if single is not None:
        names = ("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr")
        summary = {name: single.fit_measures[name] for name in names}
        if measurement is not None and single.df != measurement.df:
            difference = difference_test(single, measurement)
    if method is not None and measurement is not None:
        gain = difference_test(measurement, method)
        loadings = [
            one.std_all for one in method.parameters if one.op == "=~" and one.lhs == _METHOD and one.group == 1
        ]
        share = float(np.mean(np.square([value for value in loadings if value is not None])))
    state = fit.problem.states(fit.theta)[0]
    m = len(variables.latent)
    factor = state.factor_covariance[0][:m, :m]
    scale = np.sqrt(np.diag(factor))
    inverse = np.linalg.inv(factor / np.outer(scale, scale))
    vif = {name: float(inverse[index, index]) for index, name in enumerate(variables.latent)}
    return CommonMethod(harman, summary, difference, gain, share, vif, tuple(warnings))


_METHOD = "method"


def _refit(fit: Fit, model: Model, warnings: list[str], what: str) -> Fit | None:
    from crosscase.engines.sem.estimate import estimate
    from crosscase.engines.sem.table import build_table

    options = fit.problem.specification.table.options
    try:
        table = build_table(model, options)
        if table.variables.observed != fit.problem.specification.table.variables.observed:
            warnings.append(f"{what} has other variables than the fitted one and was left out")
            return None
        found = estimate(model, table, list(fit.moments), fit.settings, [], None)
    except AnalysisError as error:
        warnings.append(f"{what}: {error}")
        return None
    if not found.converged:
        warnings.append(f"{what}: {found.diagnosis}")
        return None
    warnings += [f"{what}: {text}" for text in found.warnings]
    return found


def _one_factor(items: list[str]) -> Model:
    return Model("", tuple(Term("general", "=~", name) for name in items))


def _measurement(model: Model) -> Model:
    """The measurement part: factors correlate freely instead of predicting each other."""
    return Model(model.text, tuple(term for term in model.terms if term.op != "~"))


def _with_method(model: Model, items: list[str]) -> Model:
    factors = list(dict.fromkeys(term.lhs for term in model.terms if term.op == "=~"))
    terms = [*_measurement(model).terms]
    terms += [Term(_METHOD, "=~", name, fixed=(None,), labels=("method_loading",)) for name in items]
    terms.append(Term(_METHOD, "~~", _METHOD, fixed=(1.0,)))
    terms += [Term(_METHOD, "~~", name, fixed=(0.0,)) for name in factors]
    return Model(model.text, tuple(terms))


def marker_adjusted(names: list[str], correlation: Array, marker: str) -> Array:
    """Correlations with the marker's smallest absolute correlation partialled out: (r − r_m)/(1 − r_m).

    Raises:
        NotFoundError: there is no such variable.
    """
    if marker not in names:
        raise NotFoundError("variable", marker, names)
    index = names.index(marker)
    others = [k for k in range(len(names)) if k != index]
    r = float(np.abs(correlation[index, others]).min())
    adjusted = (correlation[np.ix_(others, others)] - r) / (1 - r)
    np.fill_diagonal(adjusted, 1.0)
    return np.asarray(adjusted)
