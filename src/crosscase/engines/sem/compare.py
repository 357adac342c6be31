"""Comparing models: likelihood-ratio and scaled difference tests, Wald tests, a table of competing models, invariance series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.sem.expressions import jacobian, parse_expression
from crosscase.engines.sem.fitmeasures import chi_square_p
from crosscase.engines.sem.frames import frame_of
from crosscase.engines.sem.specification import difference
from crosscase.engines.sem.syntax import Constraint, Model
from crosscase.engines.sem.teststatistic import stacked, statistic

if TYPE_CHECKING:
    import pandas

    from crosscase.engines.sem.result import Fit

__all__ = ["Comparison", "DifferenceTest", "Step", "WaldTest", "compare", "difference_test", "invariance", "wald_test"]

#: The steps of a series of invariance tests and what each holds equal.
INVARIANCE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("configural", ()),
    ("metric", ("loadings",)),
    ("scalar", ("loadings", "intercepts")),
    ("strict", ("loadings", "intercepts", "residuals")),
)


#: Kinds of scaled difference tests: Satorra & Bentler (2001), which subtracts the scaling factors; Satorra & Bentler (2010), whose
#: factor cannot be negative; Satorra (2000) with scaling and shift, for statistics that are adjusted in their variance, too.
METHODS = ("satorra.bentler.2001", "satorra.bentler.2010", "satorra.2000")


@dataclass(frozen=True, slots=True)
class DifferenceTest:
    """Δχ² between nested models.  ``method`` is ``standard`` or one of :data:`METHODS`."""

    chisq: float
    df: int
    pvalue: float | None
    method: str


@dataclass(frozen=True, slots=True)
class WaldTest:
    chisq: float
    df: int
    pvalue: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One model of a comparison; the differences are to the line above."""

    name: str
    chisq: float
    df: int
    pvalue: float | None
    cfi: float | None
    tli: float | None
    rmsea: float | None
    srmr: float | None
    aic: float | None
    bic: float | None
    delta_chisq: float | None
    delta_df: int | None
    delta_pvalue: float | None
    delta_cfi: float | None
    delta_rmsea: float | None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table of models with the fits behind it."""

    steps: tuple[Step, ...]
    fits: tuple[Fit, ...]
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"models": [one.to_dict() for one in self.steps], "warnings": list(self.warnings)}

    def to_frame(self) -> pandas.DataFrame:
        """One row per model."""
        return frame_of([one.to_dict() for one in self.steps])

    def _repr_html_(self) -> str:
        names = Step.__slots__
        head = "".join(f"<th scope='col'>{name}</th>" for name in names)
        body = ""
        for one in self.steps:
            cells = "".join(f"<td>{escape(_shown(getattr(one, name)))}</td>" for name in names)
            body += f"<tr>{cells}</tr>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def difference_test(restricted: Fit, general: Fit, method: str = "") -> DifferenceTest:
    """χ² difference of two nested models; scaled when the estimator is.

    Args:
        method: one of :data:`METHODS`; by default that of lavaan's ``lavTestLRT``: Satorra & Bentler (2001), or Satorra (2000)
            for MLMV, WLSMV and the others whose statistics are adjusted in their variance.

    Raises:
        InputError: the models have the same degrees of freedom, other data, or statistics that cannot be differenced.
        NotFoundError: there is no such method.
    """
    if method and method not in METHODS:
        raise NotFoundError("method of a difference test", method, METHODS)
    if restricted.df < general.df:
        restricted, general = general, restricted
    df = restricted.df - general.df
    if df == 0:
        raise InputError("the models have the same degrees of freedom", mend="compare them by AIC or BIC")
    if restricted.n != general.n or restricted.estimator != general.estimator:
        raise InputError("the models were fitted to other cases or with another estimator")
    one, two = restricted.test, general.test
    plain = one.chisq - two.chisq
    if one.factor is None:
        return DifferenceTest(plain, df, chi_square_p(plain, df), "standard")
    adjusted = one.shift is not None or one.df_scaled != one.df
    method = method or ("satorra.2000" if adjusted else "satorra.bentler.2001")
    if method == "satorra.2000" and restricted.settings.estimator.test == "yuan.bentler.mplus":
        raise InputError("satorra.2000 is not for the statistic of MLR", mend="use satorra.bentler.2001 or .2010")
    if method == "satorra.2000":
        value = _satorra(restricted, general, plain, df)
    elif adjusted:
        raise InputError(
            f"the statistics of {restricted.estimator} cannot be subtracted", mend="use method='satorra.2000', or wald_test()"
        )  # fmt: skip
    else:
        other = two.factor or 0.0 if method == "satorra.bentler.2001" else _factor_at(restricted, general)
        factor = (one.df * one.factor - two.df * other) / df
        if factor <= 0:
            raise InputError(
                "the scaling factor of the difference is negative", mend="use method='satorra.bentler.2010', or wald_test()"
            )  # fmt: skip
        value = plain / factor
    return DifferenceTest(value, df, chi_square_p(value, df), method)


def _factor_at(restricted: Fit, general: Fit) -> float:
    """The scaling factor of the general model at the restricted one's estimates (Satorra & Bentler 2010)."""
    from crosscase.engines.sem.standardise import row_values

    other = restricted.problem.specification
    values = row_values(other, restricted.theta[None])[0]
    known = {(*row.key, row.group): float(value) for row, value in zip(other.rows, values, strict=True)}
    known |= {(rhs, op, lhs, group): value for (lhs, op, rhs, group), value in known.items() if op == "~~"}
    specification = general.problem.specification
    theta = general.theta.copy()
    for number, position in specification.positions.items():
        row = specification.rows[number]
        if row.free:
            theta[position] = known.get((*row.key, row.group), 0.0)
    settings = general.settings
    found = statistic(
        general.problem, theta, general.problem.value(general.problem.reduced(theta)), general.df, general.moments,
        settings.estimator.test, settings.test_information, settings.wishart, general.optimum.active,
    )  # fmt: skip
    return found.factor or 0.0


def _satorra(restricted: Fit, general: Fit, plain: float, df: int) -> float:
    """Satorra (2000), the restrictions taken from the derivatives of both models, scaled and shifted to the mean and variance of χ²."""
    if (
        restricted.problem.specification.table.variables.observed
        != general.problem.specification.table.variables.observed
    ):
        raise InputError(
            "the models name their variables in another order", where="satorra.2000", mend="write both models in the same order"
        )  # fmt: skip
    delta, weight, gamma = stacked(general.problem, general.theta, general.moments)
    delta = delta @ general.problem.specification.transform
    under = stacked(restricted.problem, restricted.theta, restricted.moments)[0]
    under = under @ restricted.problem.specification.transform
    image = np.linalg.lstsq(delta, under, rcond=None)[0]
    left, singular, _ = np.linalg.svd(image)
    restrictions = left[:, int((singular > 1e-8 * singular[0]).sum()) :]
    vd = weight @ delta
    spread = np.linalg.solve(delta.T @ vd, restrictions)
    side = vd @ spread
    ug = side @ np.linalg.solve(restrictions.T @ spread, side.T) @ gamma
    trace, square = float(np.trace(ug)), float(np.einsum("ij,ji->", ug, ug))
    scale = float(np.sqrt(df / square))
    return scale * plain + df - scale * trace


def wald_test(fit: Fit, constraints: str) -> WaldTest:
    """The Wald test of ``"a == b; c == 0"`` (labels of the model) without fitting again.

    Raises:
        NotFoundError: a label that is not in the model.
        ExpressionError: the text is no constraint.
    """
    specification = fit.problem.specification
    expressions = []
    for text in filter(None, (part.strip() for part in constraints.replace("\n", ";").split(";"))):
        left, _, right = text.partition("==")
        one = difference(Constraint(parse_expression(left), "==", parse_expression(right or "0")))
        for name in one.names:
            if name not in specification.labels:
                known = [label for label in specification.labels if not label.startswith(".p")]
                raise NotFoundError("label", name, known, where=text)
        expressions.append(one)
    if not expressions:
        raise InputError("there is no constraint to test", mend="write for example 'a == b'")
    names = list(dict.fromkeys(name for one in expressions for name in one.names))
    values = {name: float(fit.theta[specification.labels[name]]) for name in names}
    h = np.array([float(one.evaluate(values)) for one in expressions])
    slope = np.zeros((len(expressions), fit.theta.size))
    by_name = jacobian(expressions, names, [values[name] for name in names])
    for column, name in enumerate(names):
        slope[:, specification.labels[name]] += by_name[:, column]
    middle = slope @ fit.covariance @ slope.T
    df = int(np.linalg.matrix_rank(middle, tol=1e-12 * max(float(np.trace(middle)), 1e-300)))
    value = float(h @ np.linalg.pinv(middle) @ h)
    return WaldTest(value, df, chi_square_p(value, df))


def compare(fits: Mapping[str, Fit] | Sequence[tuple[str, Fit]]) -> Comparison:
    """Competing models in one table.  Δχ² is given where a model is nested in the one above by its degrees of freedom."""
    pairs = list(fits.items()) if isinstance(fits, Mapping) else list(fits)
    steps: list[Step] = []
    warnings: list[str] = []
    before: Fit | None = None
    for name, fit in pairs:
        if not fit.converged:
            warnings.append(f"{name}: {fit.diagnosis}")
            continue
        warnings += [f"{name}: {text}" for text in fit.warnings]
        measures = fit.fit_measures
        scaled = fit.test.scaled is not None
        suffix = "_scaled" if scaled else ""
        test: DifferenceTest | None = None
        if before is not None and before.df != fit.df:
            try:
                test = difference_test(fit, before)
            except InputError as error:
                warnings.append(f"{name}: {error.what}")
        last = steps[-1] if steps else None
        cfi, rmsea = _float(measures.get(f"cfi{suffix}")), _float(measures.get(f"rmsea{suffix}"))
        steps.append(
            Step(
                name, float(fit.test.scaled if fit.test.scaled is not None else fit.test.chisq), fit.df,
                _float(measures.get(f"pvalue{suffix}")), cfi, _float(measures.get(f"tli{suffix}")), rmsea,
                _float(measures.get("srmr")), _float(measures.get("aic")), _float(measures.get("bic")),
                test.chisq if test else None, test.df if test else None, test.pvalue if test else None,
                cfi - last.cfi if last and cfi is not None and last.cfi is not None else None,
                rmsea - last.rmsea if last and rmsea is not None and last.rmsea is not None else None,
            )
        )  # fmt: skip
        before = fit
    return Comparison(tuple(steps), tuple(fit for _, fit in pairs), tuple(warnings))


def _float(value: float | int | None) -> float | None:
    return None if value is None else float(value)


def invariance(
    model: str | Model, data: Mapping[str, Any], *, group: str, partial: Sequence[str] = (), steps: Sequence[str] = (), **options: Any
) -> Comparison:  # fmt: skip
    """Configural, metric, scalar and strict invariance (Meredith 1993; Cheung & Rensvold 2002 for ΔCFI) in one table.

    With ordinal variables the scalar step has equal thresholds, and there is a strict one with ``parameterization="theta"`` only.

    Args:
        partial: parameters that stay free in every step, e.g. ``("visual=~x2",)``.
        steps: some of ``configural metric scalar strict``; all by default.
        options: passed on to :func:`~crosscase.engines.sem.estimate.fit`.
    """
    from crosscase.engines.sem.estimate import fit

    known = dict(INVARIANCE)
    if options.get(
        "ordered"
    ):  # thresholds in the place of intercepts; strict needs residual variances, which delta has not
        known["scalar"] = ("loadings", "intercepts", "thresholds")
        known["strict"] = (*known["scalar"], "residuals")
        if options.get("parameterization", "delta") == "delta":
            del known["strict"]
    for name in steps:
        if name not in known:
            raise NotFoundError("step of an invariance series", name, known)
    fits: list[tuple[str, Fit]] = []
    before: Fit | None = None
    for name in steps or known:
        equal = known[name]
        before = fit(
            model, data, group=group, group_equal=equal, group_partial=tuple(partial) if equal else (), meanstructure=True,
            start=before, **options,
        )  # fmt: skip
        fits.append((name, before))
        if not before.converged:
            before = None
    return compare(fits)
