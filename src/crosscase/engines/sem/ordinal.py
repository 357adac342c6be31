"""Models of ordinal variables: thresholds and polychoric correlations fitted by DWLS, WLS or ULS (WLSMV and its kin).

The delta parameterization: every ordinal variable stands for a normal response that is multiplied by its scale to have variance 1,
so the residual variances follow from the model and are not estimated.  Continuous variables may stand beside ordinal ones, and
there may be several groups; where thresholds are equal across groups, the scales of the later groups are free.
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
from crosscase.engines.sem.specification import specify
from crosscase.engines.sem.syntax import Model
from crosscase.engines.sem.table import Options, Row, Variables, build_table, variables_of

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
        InputError: an ordinal mediator, an estimator that is not for ordinal variables, too few or too many categories, a
            category that one group lacks.
    """
    variables = variables_of(model, False)
    ordered = (*ordered, *(term.lhs for term in model.terms if term.op == "|"))
    for name in ordered:
        if name not in variables.observed:
            raise NotFoundError("ordinal variable of the model", name, variables.observed, where="ordered")
    warnings = _usable(variables, set(ordered), settings)
    parts, more = split_groups(data, variables.observed, group=settings.group, missing="listwise")
    model = model.for_groups([part.label for part in parts])
    ordinal = [name in ordered for name in variables.observed]
    coded, categories = _coded(parts, ordinal, variables.observed)
    moments = [ordinal_moments(part, categories, variables.observed) for part in coded]
    table = build_table(
        model,
        Options(
            meanstructure=True, std_lv=options["std_lv"], orthogonal=options["orthogonal"], fixed_x=False, groups=len(parts),
            group_equal=options["group_equal"], group_partial=options["group_partial"],
            ordered={name: count - 1 for name, count in zip(variables.observed, categories, strict=True) if count},
        ),
    )  # fmt: skip
    from crosscase.engines.sem.estimate import estimate

    fitted = estimate(model, table, moments, settings, [*warnings, *more], None)
    return with_residuals(fitted) if fitted.converged else fitted


def _usable(variables: Variables, ordered: set[str], settings: Settings) -> list[str]:
    if settings.estimator.discrepancy not in ("DWLS", "ULS", "WLS"):
        raise InputError(
            f"{settings.estimator.name} is not for ordinal variables", where="estimator", mend="use WLSMV, DWLS, WLS or ULSMV"
        )  # fmt: skip
    between = sorted(ordered & set(variables.outcomes) & {*variables.predictors, *variables.indicators})
    if between:
        raise InputError(
            f"{', '.join(between)}: an ordinal variable that is explained and explains is not part of this engine", where="model",
            mend="give it a latent variable of its own (f =~ x) or treat it as continuous",
        )  # fmt: skip
    plain = [
        name
        for name in variables.predictors
        if name not in {*variables.latent, *variables.outcomes, *variables.indicators}
    ]
    if not plain:
        return []
    return [
        f"{', '.join(plain)} are random variables here; other programs condition on them in models of ordinal variables"
    ]


def _coded(
    parts: Sequence[GroupData], ordinal: Sequence[bool], names: Sequence[str]
) -> tuple[list[GroupData], list[int]]:
    """Categories numbered from 0 in their order, the same in every group; how many each variable has, 0 for a continuous one."""
    values = [part.values.copy() for part in parts]
    categories = []
    for index, name in enumerate(names):
        if not ordinal[index]:
            categories.append(0)
            continue
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
        categories.append(int(kinds.size))
    return [replace(part, values=table) for part, table in zip(parts, values, strict=True)], categories


def ordinal_moments(part: GroupData, categories: Sequence[int], names: Sequence[str]) -> Moments:
    """Thresholds, means, covariances and their Γ of one group of coded cases.

    Raises:
        AnalysisError: the matrix of polychoric correlations is not positive definite, or a correlation runs to ±1.
    """
    found = polychoric(part.values, categories, names)
    sd = np.sqrt(np.diag(found.covariance))
    if np.linalg.eigvalsh(found.covariance / np.outer(sd, sd))[0] <= 1e-10:
        raise AnalysisError(
            "the matrix of polychoric correlations is not positive definite", where="data", mend="join rare categories, or use more cases"
        )  # fmt: skip
    return Moments(
        part.label, part.n, found.mean, found.covariance, True, part.values, thresholds=found.thresholds, gamma=found.gamma
    )  # fmt: skip


def with_residuals(fit: Fit) -> Fit:
    """The same fit with the residual variances that follow from the unit variances of the scaled responses in its table."""
    from crosscase.engines.sem.estimate import make_problem

    specification = fit.problem.specification
    ordered = specification.table.options.ordered
    total: dict[tuple[int, str], tuple[float, float]] = {}  # the response's variance, and what the model now says it is
    for group, (kernel, state) in enumerate(
        zip(specification.kernels, fit.problem.states(fit.theta), strict=True), start=1
    ):
        assert state.scales is not None
        for index, name in enumerate(kernel.observed):
            total[group, name] = (1.0 / float(state.scales[0, index]) ** 2, float(state.sigma[0, index, index]))

    def with_value(row: Row) -> Row:
        if row.op != "~~" or row.lhs != row.rhs or row.lhs not in ordered or row.value is None:
            return row
        wanted, present = total[row.group, row.lhs]
        return replace(row, value=row.value + wanted - present)

    rows = tuple(with_value(row) for row in specification.rows)
    problem = make_problem(specify(replace(specification.table, rows=rows)), fit.moments, fit.settings)
    return type(fit).of(fit.model, problem, fit.moments, fit.settings, fit.optimum, fit.warnings)
