"""Standardized solutions: ``std_lv`` (factors have unit variance) and ``std_all`` (observed variables, too)."""

from __future__ import annotations

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
    for group, kernel in enumerate(specification.kernels, start=1):
        if kernel.threshold_of.size:
            _fill_implied(specification, kernel, group, theta, out)
    return out


def _fill_implied(specification: Specification, kernel: Kernel, group: int, theta: Array, out: Array) -> None:
    """Residual variances or scales of ordinal variables that are no parameters but follow from them."""
    parts = kernel.matrices(theta)
    for number, row in enumerate(specification.rows):
        if row.group != group or row.free or row.lhs != row.rhs or row.lhs not in specification.table.options.ordered:
            continue
        if row.op == "~*~":
            out[:, number] = parts["scales"][:, kernel.observed.index(row.lhs)]
        elif row.op == "~~":
            among = row.lhs in kernel.factors
            place = (kernel.factors if among else kernel.observed).index(row.lhs)
            out[:, number] = parts["psi" if among else "theta"][:, place, place]


def standardised(specification: Specification, theta: Array, values: Array) -> tuple[Array, Array]:
    """``(std_lv, std_all)`` for every row, each (b, rows); ``values`` as of :func:`row_values`.

    Covariances are divided by the residual standard deviations of their two variables, variances by the total variance.
    A negative variance gives ``NaN``.
    """
    std_lv, std_all = values.copy(), values.copy()
    latent = set(specification.table.variables.latent)
    for group, kernel in enumerate(specification.kernels, start=1):
        total, residual = _deviations(kernel, theta)
        for number, row in enumerate(specification.rows):
            if row.group != group:
                continue
            for out, names in ((std_lv, latent), (std_all, None)):
                if row.op == "~*~" and names is None:
                    out[:, number] = 1.0
                scale = _scale(row.op, row.lhs, row.rhs, total, residual, names)
                if scale is not None:
                    out[:, number] = values[:, number] * scale
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
    return total, residual


def _scale(
    op: str, lhs: str, rhs: str, total: dict[str, Array], residual: dict[str, Array], names: set[str] | None
) -> Array | None:
    def deviation(name: str, kind: dict[str, Array]) -> Array | float:
        return kind[name] if names is None or name in names else 1.0

    with np.errstate(divide="ignore", invalid="ignore"):
        if op == "=~":
            return np.asarray(deviation(lhs, total) / deviation(rhs, total))
        if op == "~":
            return np.asarray(deviation(rhs, total) / deviation(lhs, total))
        if op == "~1":
            return np.asarray(1.0 / deviation(lhs, total))
        if op == "|":
            return np.asarray(1.0 / deviation(lhs, total))
        if op == "~~" and lhs == rhs:
            return np.asarray(1.0 / np.square(deviation(lhs, total)))
        if op == "~~":
            return np.asarray(1.0 / (deviation(lhs, residual) * deviation(rhs, residual)))
    return None
