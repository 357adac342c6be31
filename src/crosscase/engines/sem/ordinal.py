"""Models of ordinal variables: thresholds and polychoric correlations fitted by DWLS, WLS or ULS (WLSMV and its kin).

Every ordinal variable stands for a normal response.  In the delta parameterization its scale is 1 and its residual variance
follows from a variance of 1; in the theta parameterization the residual variance is 1 and the scale follows.  Continuous
variables may stand beside ordinal ones, and there may be several groups; where thresholds are equal across groups, the scales
(theta: the residual variances) of the later groups are free.  Exogenous observed variables are conditioned on: thresholds,
slopes and correlations are those given them (Muthén 1984), as in lavaan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.engines.sem.data import GroupData, split_groups
from crosscase.engines.sem.moments import Moments
from crosscase.engines.sem.polychoric import polychoric
from crosscase.engines.sem.syntax import Model
from crosscase.engines.sem.table import Options, Variables, build_table, variables_of

if TYPE_CHECKING:
    from crosscase.engines.sem.estimate import Settings
    from crosscase.engines.sem.result import Fit

__all__ = ["fit_ordinal", "ordinal_moments"]

Array = np.ndarray


def fit_ordinal(
    model: Model, data: Mapping[str, Any], settings: Settings, ordered: Sequence[str], warnings: list[str],
    start: Array | Fit | None, options: Mapping[str, Any],
) -> Fit:  # fmt: skip
    """Fit a model with ordinal variables; called by :func:`~crosscase.engines.sem.estimate.fit`.

    Raises:
        NotFoundError: an ordinal variable that is not in the model.
        InputError: an estimator that is not for ordinal variables, too few or too many categories, a category that one group
            lacks, a parameter that the parameterization does not have.
        AnalysisError: as of :func:`ordinal_moments`, or the theta parameterization has no solution.
    """
    variables = variables_of(model, options["fixed_x"])
    for name in ordered:
        if name not in variables.observed:
            raise NotFoundError("ordinal variable of the model", name, variables.observed, where="ordered")
    _usable(model, ordered, settings, options)
    parts, more = split_groups(data, variables.observed, group=settings.group, missing="listwise")
    model = model.for_groups([part.label for part in parts])
    coded, categories = _coded(parts, ordered, variables.observed)
    moments = []
    for part in coded:
        try:
            moments.append(ordinal_moments(part, categories, variables))
        except (AnalysisError, InputError) as error:
            where = "data" if len(parts) == 1 else f"data, group {part.label}"
            raise type(error)(error.what, where=where, mend=error.mend) from None
    from crosscase.engines.sem.estimate import estimate

    def found(parameterization: str, begin: Array | Fit | None) -> Fit:
        table = build_table(
            model,
            Options(
                meanstructure=True, std_lv=options["std_lv"], orthogonal=options["orthogonal"], fixed_x=options["fixed_x"],
                groups=len(parts), group_equal=options["group_equal"], group_partial=options["group_partial"],
                ordered=categories, parameterization=parameterization,
            ),
        )  # fmt: skip
        return estimate(model, table, moments, settings, [*warnings, *more], begin)

    if options["parameterization"] == "delta":
        return found("delta", start)
    try:
        result = found("theta", start)
        if result.converged:
            return result
    except AnalysisError:
        _say_heywood(lambda: found("delta", None))
        raise
    _say_heywood(lambda: found("delta", None))
    return result


def _say_heywood(delta: Callable[[], Fit]) -> None:
    """Raise when the same model has negative residual variances in the delta parameterization: theta cannot have these.

    Raises:
        AnalysisError: that is why there is no solution.
    """
    try:
        fit = delta()
    except AnalysisError:
        return
    if not fit.converged:
        return
    ordered = fit.problem.specification.table.options.ordered
    negative = [
        one.lhs
        for one in fit.parameters
        if one.op == "~~" and one.lhs == one.rhs and one.lhs in ordered and (one.est or 0.0) < 0
    ]
    if negative:
        raise AnalysisError(
            f"there is no solution with residual variances of 1: with variances of 1 the residual variance of "
            f"{', '.join(dict.fromkeys(negative))} is negative (a Heywood case)", where="parameterization",
            mend="use delta to see the estimates; leave the variable out, or give its factor more indicators",
        )  # fmt: skip


def _usable(model: Model, ordered: Sequence[str], settings: Settings, options: Mapping[str, Any]) -> None:
    """Raise when something does not go with ordinal variables.

    Raises:
        InputError: the estimator, the parameterization or a parameter.
    """
    if settings.estimator.discrepancy not in ("DWLS", "ULS", "WLS"):
        raise InputError(
            f"{settings.estimator.name} is not for ordinal variables", where="estimator", mend="use WLSMV, DWLS, WLS or ULSMV"
        )  # fmt: skip
    if options["growth"]:
        raise InputError("growth curves of ordinal variables are not offered", where="growth")
    form = options["parameterization"]
    if form not in ("delta", "theta"):
        raise InputError(f"parameterization is '{form}'", mend="use delta or theta")
    op, what = ("~~", "residual variance") if form == "delta" else ("~*~", "scale")
    for term in model.terms:
        if term.op == op and term.lhs == term.rhs and term.lhs in ordered:
            raise InputError(
                f"the {what} of the ordinal variable '{term.lhs}' is no parameter: it follows from the others ({form})",
                where="model", mend="leave it out, or use the other parameterization (theta has residual variances, delta scales)",
            )  # fmt: skip


def _coded(
    parts: Sequence[GroupData], ordinal: Sequence[str], names: Sequence[str]
) -> tuple[list[GroupData], dict[str, int]]:
    """Categories numbered from 0 in their order, the same in every group; how many thresholds each ordinal variable has."""
    values = [part.values.copy() for part in parts]
    thresholds = {}
    for name in sorted(dict.fromkeys(ordinal), key=list(names).index):
        index = list(names).index(name)
        kinds = np.unique(np.concatenate([table[:, index] for table in values]))
        if kinds.size > 20:
            raise InputError(
                f"'{name}' has {kinds.size} different values, too many for an ordinal variable", where="ordered",
                mend="leave it continuous, or join its values into categories",
            )  # fmt: skip
        for part, table in zip(parts, values, strict=True):
            lacking = np.setdiff1d(kinds, table[:, index])
            if lacking.size:
                raise InputError(
                    f"nobody answered {lacking[0]:g} to '{name}'", where=f"data, group {part.label}",
                    mend="join the category with its neighbour in all groups",
                )  # fmt: skip
            table[:, index] = np.searchsorted(kinds, table[:, index])
        thresholds[name] = int(kinds.size) - 1
    return [replace(part, values=table) for part, table in zip(parts, values, strict=True)], thresholds


def ordinal_moments(part: GroupData, thresholds: Mapping[str, int], variables: Variables) -> Moments:
    """Thresholds, means, slopes, covariances and their Γ of one group of coded cases.

    Raises:
        InputError: the covariates depend linearly on each other.
        AnalysisError: the matrix of polychoric correlations is not positive definite, a correlation runs to ±1, or the
            covariates predict an ordinal variable without error.
    """
    names, values = variables.observed, part.values
    exogenous = np.array([names.index(name) for name in variables.exogenous], dtype=int)
    spread = np.cov(values[:, exogenous], rowvar=False).reshape(exogenous.size, exogenous.size)
    if exogenous.size:
        from crosscase.engines.sem.estimate import positive_definite

        positive_definite(spread, variables.exogenous, "data")
    found = polychoric(values, [thresholds.get(name, -1) + 1 for name in names], names, exogenous.tolist())
    sd = np.sqrt(np.diag(found.covariance))
    roots, vectors = np.linalg.eigh(found.covariance / np.outer(sd, sd))
    if roots[0] <= 1e-10:
        involved = [names[found.variables[k]] for k in np.flatnonzero(np.abs(vectors[:, 0]) > 0.3)]
        raise AnalysisError(
            f"the matrix of polychoric correlations is not positive definite: look at {', '.join(involved)}", where="data",
            mend="join rare categories, leave one of them out, or use more cases",
        )  # fmt: skip
    x = values[:, exogenous]
    mean, covariance = np.zeros(len(names)), np.zeros((len(names), len(names)))
    across = found.slopes @ spread
    inner, outer = np.ix_(found.variables, found.variables), np.ix_(exogenous, exogenous)
    covariance[inner], covariance[outer] = found.covariance + across @ found.slopes.T, spread
    covariance[np.ix_(found.variables, exogenous)] = across
    covariance[np.ix_(exogenous, found.variables)] = across.T
    mean[exogenous] = x.mean(axis=0)
    mean[found.variables] = found.mean + found.slopes @ mean[exogenous]
    return Moments(part.label, part.n, mean, covariance, True, values, ordinal=found)
