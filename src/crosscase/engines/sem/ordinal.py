"""Models of ordinal variables: thresholds and polychoric correlations fitted by DWLS, WLS or ULS (WLSMV and its kin).

Every ordinal variable stands for a normal response.  In the delta parameterization its scale is 1 and its residual variance
follows from a variance of 1; in the theta parameterization the residual variance is 1 and the scale follows.  Continuous
variables may stand beside ordinal ones, and there may be several groups; where thresholds are equal across groups, the scales
(theta: the residual variances) of the later groups are free.  Exogenous observed variables are conditioned on: thresholds,
slopes and correlations are those given them (Muthén 1984), as in lavaan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    model: Model, data: Mapping[str, Any], settings: Settings, ordered: Sequence[str], options: Mapping[str, Any]
) -> Fit:
    """Fit a model with ordinal variables; called by :func:`~crosscase.engines.sem.estimate.fit`.

    Raises:
        NotFoundError: an ordinal variable that is not in the model.
        InputError: an estimator that is not for ordinal variables, too few or too many categories, a category that one group
            lacks, a parameter that the parameterization does not have.
    """
    variables = variables_of(model, options["fixed_x"])
    ordinal = dict.fromkeys((*ordered, *(term.lhs for term in model.terms if term.op == "|")))
    for name in ordinal:
        if name not in variables.observed:
            raise NotFoundError("ordinal variable of the model", name, variables.observed, where="ordered")
    warnings = _usable(model, variables, list(ordinal), settings, options["parameterization"])
    parts, more = split_groups(data, variables.observed, group=settings.group, missing="listwise")
    model = model.for_groups([part.label for part in parts])
    coded, categories = _coded(parts, [name for name in ordinal if name in variables.random], variables.observed)
    lost = len(np.asarray(data[next(iter(ordinal))])) - sum(part.n for part in parts)
    if lost:
        more = [*more, f"{lost} incomplete cases were left out (listwise)"]
    moments = [ordinal_moments(part, categories, variables) for part in coded]
    table = build_table(
        model,
        Options(
            meanstructure=True, std_lv=options["std_lv"], orthogonal=options["orthogonal"], fixed_x=options["fixed_x"],
            groups=len(parts), group_equal=options["group_equal"], group_partial=options["group_partial"],
            ordered=categories, parameterization=options["parameterization"],
        ),
    )  # fmt: skip
    from crosscase.engines.sem.estimate import estimate

    return estimate(model, table, moments, settings, [*warnings, *more], None)


def _usable(
    model: Model, variables: Variables, ordered: Sequence[str], settings: Settings, parameterization: str
) -> list[str]:
    """What a reader should know beforehand.

    Raises:
        InputError: the estimator, the parameterization or a parameter does not fit ordinal variables.
    """
    if settings.estimator.discrepancy not in ("DWLS", "ULS", "WLS"):
        raise InputError(
            f"{settings.estimator.name} is not for ordinal variables", where="estimator", mend="use WLSMV, DWLS, WLS or ULSMV"
        )  # fmt: skip
    if parameterization not in ("delta", "theta"):
        raise InputError(f"parameterization is '{parameterization}'", mend="use delta or theta")
    op, what = ("~~", "residual variance") if parameterization == "delta" else ("~*~", "scale")
    for term in model.terms:
        if term.op == op and term.lhs == term.rhs and term.lhs in ordered and term.lhs in variables.random:
            raise InputError(
                f"the {what} of the ordinal variable '{term.lhs}' is no parameter: it follows from the others ({parameterization})",
                where="model", mend="leave it out, or use the other parameterization (theta has residual variances, delta scales)",
            )  # fmt: skip
    found = []
    numeric = [name for name in ordered if name in variables.exogenous]
    if numeric:
        found.append(f"{', '.join(numeric)}: exogenous, so used as a number although declared ordinal")
    return found


def _coded(
    parts: Sequence[GroupData], ordinal: Sequence[str], names: Sequence[str]
) -> tuple[list[GroupData], dict[str, int]]:
    """Categories numbered from 0 in their order, the same in every group; how many thresholds each ordinal variable has."""
    values = [part.values.copy() for part in parts]
    thresholds = {}
    for name in sorted(ordinal, key=list(names).index):
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
        AnalysisError: the matrix of polychoric correlations is not positive definite, or a correlation runs to ±1.
    """
    names, values = variables.observed, part.values
    exogenous = np.array([names.index(name) for name in variables.exogenous], dtype=int)
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
    spread = np.cov(x, rowvar=False).reshape(exogenous.size, exogenous.size)
    across = found.slopes @ spread
    inner, outer = np.ix_(found.variables, found.variables), np.ix_(exogenous, exogenous)
    covariance[inner], covariance[outer] = found.covariance + across @ found.slopes.T, spread
    covariance[np.ix_(found.variables, exogenous)] = across
    covariance[np.ix_(exogenous, found.variables)] = across.T
    mean[exogenous] = x.mean(axis=0)
    mean[found.variables] = found.mean + found.slopes @ mean[exogenous]
    return Moments(part.label, part.n, mean, covariance, True, values, ordinal=found)
