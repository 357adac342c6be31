"""Standardized solutions: ``std_lv`` (factors have unit variance) and ``std_all`` (observed variables, too)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from crosscase.engines.sem.kernel import Kernel
from crosscase.engines.sem.specification import Specification
from crosscase.engines.sem.table import Row

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
        # All deviations side by side, the last a one for what keeps its scale.
        deviations = np.stack([*total.values(), *residual.values(), np.ones(theta.shape[0])], axis=1)
        place = {name: index for index, name in enumerate(total)}
        rows = [number for number, row in enumerate(specification.rows) if row.group == group]
        for out, names in ((std_lv, latent), (std_all, place.keys())):
            used = np.array([_scale(specification.rows[number], place, names) for number in rows]).T
            with np.errstate(divide="ignore", invalid="ignore"):
                scale = deviations[:, used[0]] / (deviations[:, used[1]] * deviations[:, used[2]])
            out[:, rows] *= scale
        std_all[:, [number for number in rows if specification.rows[number].op == "~*~"]] = 1.0
    return std_lv, std_all


def _deviations(kernel: Kernel, theta: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """Total and residual standard deviations by name, each (b,)."""
    state = kernel.state(theta)
    parts = kernel.matrices(theta)
    total: dict[str, Array] = {}
    residual: dict[str, Array] = {}
    with np.errstate(invalid="ignore"):
        for names, whole, part in (
            (kernel.observed, state.sigma, parts["theta"]), (kernel.factors, state.factor_covariance, parts["psi"]),
        ):  # fmt: skip
            for kept, matrix in ((total, whole), (residual, part)):
                kept.update(zip(names, np.sqrt(np.diagonal(matrix, axis1=1, axis2=2)).T, strict=True))
    return total, residual


def _scale(row: Row, place: Mapping[str, int], names: Collection[str]) -> tuple[int, int, int]:
    """A row is multiplied by the first deviation and divided by the other two: their places among total, residual and one.

    ``names`` are the variables that are scaled.
    """
    one = 2 * len(place)

    def total(name: str) -> int:
        return place[name] if name in names else one

    def residual(name: str) -> int:
        return len(place) + place[name] if name in names else one

    if row.op == "=~":
        return total(row.lhs), total(row.rhs), one
    if row.op == "~":
        return total(row.rhs), total(row.lhs), one
    if row.op in ("~1", "|"):
        return one, total(row.lhs), one
    if row.op == "~~" and row.lhs == row.rhs:
        return one, total(row.lhs), total(row.lhs)
    if row.op == "~~":
        return one, residual(row.lhs), residual(row.rhs)
    return one, one, one
