"""Standardized solutions: ``std_lv`` (factors have unit variance) and ``std_all`` (observed variables, too)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crosscase.engines.sem.kernel import Kernel
from crosscase.engines.sem.specification import Specification

__all__ = ["row_values", "standardised"]

Array = np.ndarray


def row_values(specification: Specification, theta: Array) -> Array:
    """The value of every row of the table at θ of shape (b, full): (b, rows); ``NaN`` for what only the sample knows."""
    out = np.empty((theta.shape[0], len(specification.rows)))
    for number, row in enumerate(specification.rows):
        if number in specification.positions:
            out[:, number] = theta[:, specification.positions[number]]
        else:
            out[:, number] = np.nan if row.value is None else row.value
    return out


def standardised(specification: Specification, theta: Array, values: Array) -> tuple[Array, Array]:
    """``(std_lv, std_all)`` for every row, each (b, rows); ``values`` as of :func:`row_values`.

    Covariances are divided by the residual standard deviations of their two variables, variances by the total variance.
    A negative variance gives ``NaN``.
    """
    std_lv, std_all = values.copy(), values.copy()
    latent = set(specification.table.variables.latent)
    for group, kernel in enumerate(specification.kernels, start=1):
        total, residual = _deviations(kernel, theta)
        with np.errstate(divide="ignore", invalid="ignore"):
            for out, names in ((std_lv, latent), (std_all, {*latent, *kernel.observed, *kernel.factors})):
                sd, residual_sd = (
                    {name: one[name] if name in names else 1.0 for name in one} for one in (total, residual)
                )
                for number, row in enumerate(specification.rows):
                    if row.group == group:
                        scale = _scale(row.op, row.lhs, row.rhs, sd, residual_sd)
                        if scale is not None:
                            out[:, number] *= scale
    return std_lv, std_all


def _deviations(kernel: Kernel, theta: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """Total and residual standard deviations by name, each (b,)."""
    state = kernel.state(theta)
    parts = kernel.matrices(theta)
    total: dict[str, Array] = {}
    residual: dict[str, Array] = {}
    with np.errstate(invalid="ignore"):
        for index, name in enumerate(kernel.observed):
            total[name] = np.sqrt(state.sigma[:, index, index])
            residual[name] = np.sqrt(parts["theta"][:, index, index])
        for index, name in enumerate(kernel.factors):
            total[name] = np.sqrt(state.factor_covariance[:, index, index])
            residual[name] = np.sqrt(parts["psi"][:, index, index])
        if state.scales is not None:
            # The response of an ordinal variable has the variance 1/Δ², whatever residual the table holds.
            for index in np.unique(kernel.threshold_of):
                name = kernel.observed[index]
                explained = total[name] ** 2 - residual[name] ** 2
                total[name] = 1.0 / state.scales[:, index]
                residual[name] = np.sqrt(total[name] ** 2 - explained)
    return total, residual


def _scale(
    op: str, lhs: str, rhs: str, total: Mapping[str, Array | float], residual: Mapping[str, Array | float]
) -> Array | float | None:
    """What a row is multiplied by, given the standard deviations; those of variables that keep their scale are 1."""
    if op == "=~":
        return total[lhs] / total[rhs]
    if op == "~":
        return total[rhs] / total[lhs]
    if op in ("~1", "|"):
        return 1.0 / total[lhs]
    if op == "~*~":
        return total[lhs]
    if op == "~~" and lhs == rhs:
        return 1.0 / total[lhs] ** 2
    if op == "~~":
        return 1.0 / (residual[lhs] * residual[rhs])
    return None
