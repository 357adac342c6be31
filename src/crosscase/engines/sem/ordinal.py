"""Models of ordinal variables: thresholds and polychoric correlations fitted by DWLS, WLS or ULS (WLSMV and its kin).

The delta parameterization with unit scales: every ordinal variable stands for a normal response of variance 1 and mean 0, so the
residual variances follow from the model and are not estimated.  Thresholds are saturated unless they are equal across groups.
This module covers models whose observed variables are all ordinal, in one group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscase.core.errors import AnalysisError, InputError
from crosscase.engines.sem.data import split_groups
from crosscase.engines.sem.moments import Moments
from crosscase.engines.sem.polychoric import polychoric
from crosscase.engines.sem.specification import specify
from crosscase.engines.sem.syntax import Model
from crosscase.engines.sem.table import Options, build_table, variables_of

if TYPE_CHECKING:
    from crosscase.engines.sem.estimate import Settings
    from crosscase.engines.sem.result import Fit

__all__ = ["fit_ordinal"]

Array = np.ndarray


def fit_ordinal(
    model: Model, data: Mapping[str, Any], settings: Settings, ordered: Sequence[str], options: Mapping[str, Any]
) -> Fit:
    """Fit a model to ordinal variables; called by :func:`~crosscase.engines.sem.estimate.fit`.

    Raises:
        InputError: mixed ordinal and continuous variables, several groups, or an ordinal variable with too few or too many categories.
    """
    variables = variables_of(model, False)
    missing = [name for name in variables.observed if name not in ordered]
    if missing:
        raise InputError(
            f"{', '.join(missing)} are not declared as ordinal, and mixed models are not part of this engine", where="ordered",
            mend="declare all observed variables as ordinal, or none",
        )  # fmt: skip
    if settings.group is not None:
        raise InputError("ordinal models of several groups are not part of this engine", where="group")
    if any(term.op in ("~1", "|", "~*~") for term in model.terms):
        raise InputError(
            "intercepts, thresholds and scales of ordinal variables cannot be modelled here", where="model"
        )
    if settings.estimator.discrepancy not in ("DWLS", "ULS"):
        raise InputError(
            f"{settings.estimator.name} is not for ordinal variables",
            where="estimator",
            mend="use WLSMV, DWLS or ULSMV",
        )
    parts, warnings = split_groups(data, variables.observed, group=None, missing="listwise")
    part = parts[0]
    codes, categories = _coded(part.values, variables.observed)
    found = polychoric(codes, categories, variables.observed)
    table = build_table(
        model,
        Options(
            meanstructure=False, std_lv=options["std_lv"], orthogonal=options["orthogonal"], fixed_x=False,
            ordered={name: count - 1 for name, count in zip(variables.observed, categories, strict=True)},
        ),
    )  # fmt: skip
    values = np.linalg.eigvalsh(found.correlation)
    if values[0] <= 1e-10:
        raise AnalysisError(
            "the matrix of polychoric correlations is not positive definite",
            where="data",
            mend="join rare categories, or use more cases",
        )
    moments = Moments(
        "0", part.n, np.zeros(len(categories)), found.correlation, True, part.values,
        thresholds=found.thresholds, gamma=found.gamma,
    )  # fmt: skip
    from crosscase.engines.sem.estimate import estimate

    fitted = estimate(model, table, [moments], settings, warnings, None)
    return _with_residuals(fitted) if fitted.converged else fitted


def _with_residuals(fit: Fit) -> Fit:
    """The same fit with the residual variances that make every response's variance 1 written into the table."""
    from crosscase.engines.sem.estimate import make_problem

    specification = fit.problem.specification
    kernel, state = specification.kernels[0], fit.problem.states(fit.theta)[0]
    explained = np.diagonal(state.sigma[0]) - 1.0
    residual = dict(zip(kernel.observed, 1.0 - explained, strict=True))
    rows = tuple(
        replace(row, value=float(residual[row.lhs]))
        if row.op == "~~" and row.lhs == row.rhs and row.lhs in residual
        else row
        for row in specification.rows
    )
    problem = make_problem(specify(replace(specification.table, rows=rows)), fit.moments, fit.settings)
    return type(fit).of(fit.model, problem, fit.moments, fit.settings, fit.optimum, fit.warnings)


def _coded(values: Array, names: Sequence[str]) -> tuple[Array, list[int]]:
    """Categories numbered from 0 in their order."""
    out = np.empty(values.shape, dtype=int)
    counts = []
    for index, name in enumerate(names):
        kinds, codes = np.unique(values[:, index], return_inverse=True)
        if kinds.size > 20:
            raise InputError(
                f"'{name}' has {kinds.size} different values, too many for an ordinal variable", where="ordered"
            )
        out[:, index] = codes.ravel()
        counts.append(int(kinds.size))
    return out, counts
