"""Start values from the sample's moments: rough, but on the right side of the hill."""

from __future__ import annotations

from math import sqrt

import numpy as np

from crosscase.engines.sem.moments import Moments
from crosscase.engines.sem.table import Row, Table

__all__ = ["small_factors", "start_values"]

Array = np.ndarray


def start_values(table: Table, positions: dict[int, int], moments: list[Moments]) -> Array:
    """A start for the full vector θ: the user's ``start()``, the sample's values for exogenous moments, else a rule.

    Loadings are ratios of covariances with the marker, Σₖ s_jk s_1k / Σₖ s_1k² (in the spirit of Hägglund's FABIN, 1982).
    """
    theta = np.zeros(len(positions))
    place = {name: index for index, name in enumerate(table.variables.observed)}
    scales = [_factors(table, group, part, place) for group, part in enumerate(moments, start=1)]
    for number, position in positions.items():
        row = table.rows[number]
        part = moments[row.group - 1]
        if row.op == "|" and row.start is None:
            assert part.ordinal is not None
            theta[position] = part.ordinal.threshold(place[row.lhs], row.rhs)
        elif row.op == "~*~":
            theta[position] = 1.0 if row.start is None else row.start
        elif row.exogenous:
            theta[position] = (
                part.mean[place[row.lhs]] if row.op == "~1" else part.covariance[place[row.lhs], place[row.rhs]]
            )
        elif row.start is not None:
            theta[position] = row.start
        else:
            theta[position] = _guess(row, part, place, *scales[row.group - 1], set(table.variables.outcomes))
    return theta


def _factors(
    table: Table, group: int, part: Moments, place: dict[str, int]
) -> tuple[dict[str, float], dict[tuple[str, str], float]]:
    """Rough variances of the factors and rough loadings."""
    variances: dict[str, float] = {}
    loadings: dict[tuple[str, str], float] = {}
    s = part.covariance.tolist()
    fixed_variance = {
        row.lhs: row.value
        for row in table.rows
        if row.group == group and row.op == "~~" and row.lhs == row.rhs and not row.free and row.value
    }
    for factor in table.variables.latent:
        rows = [row for row in table.rows if row.group == group and row.op == "=~" and row.lhs == factor]
        items = [row.rhs for row in rows if row.rhs in place]
        if len(items) < 2:
            variances[factor] = fixed_variance.get(factor) or (
                0.5 * s[place[items[0]]][place[items[0]]] if items else 0.5
            )
            continue
        marker = next((row.rhs for row in rows if not row.free and row.value and row.rhs in place), items[0])
        unit = next((row.value for row in rows if row.rhs == marker and not row.free and row.value), 1.0)
        index = [place[name] for name in items]
        first = place[marker]
        rough: dict[str, float] = {}
        for name, j in zip(items, index, strict=True):
            others = [k for k in index if k not in (j, first)]
            bottom = sum(s[first][k] ** 2 for k in others)
            ratio = sum(s[j][k] * s[first][k] for k in others) / bottom if bottom > 1e-8 * s[first][first] ** 2 else 1.0
            bound = 3.0 * sqrt(s[j][j] / s[first][first])
            rough[name] = 1.0 if name == marker else min(max(ratio, -bound), bound) or 0.5 * bound
        products = [
            s[first][j] / rough[name] for name, j in zip(items, index, strict=True) if name != marker and rough[name]
        ]
        variance = min(max(sum(products) / len(products), 0.1 * s[first][first]), 0.9 * s[first][first])
        known = fixed_variance.get(factor)
        ratio = sqrt(variance / known) if known else unit
        variances[factor] = known or variance / unit**2
        for name in items:
            loadings[factor, name] = rough[name] * ratio
    return variances, loadings


def _guess(
    row: Row, part: Moments, place: dict[str, int], variances: dict[str, float], loadings: dict[tuple[str, str], float], outcomes: set[str]
) -> float:  # fmt: skip
    if row.op == "=~":
        return loadings.get((row.lhs, row.rhs), 1.0)
    if row.op == "~1":
        return float(part.mean[place[row.lhs]]) if row.lhs in place else 0.0
    if row.op == "~" or row.lhs != row.rhs:
        return 0.0
    if row.lhs in place:
        total = float(part.covariance[place[row.lhs], place[row.lhs]])
        common = sum(value**2 * variances[factor] for (factor, name), value in loadings.items() if name == row.lhs)
        return max(total - common, 0.2 * total)
    return variances.get(row.lhs, 0.5) * (0.7 if row.lhs in outcomes else 1.0)


def small_factors(table: Table, positions: dict[int, int], moments: list[Moments], begin: Array) -> Array:
    """Another start: factors with a small variance, every loading 1, half of each variance unexplained, no regression."""
    theta = begin.copy()
    place = {name: index for index, name in enumerate(table.variables.observed)}
    for number, position in positions.items():
        row = table.rows[number]
        if row.exogenous or row.start is not None:
            continue
        if row.op == "~~" and row.lhs == row.rhs:
            index = place.get(row.lhs)
            theta[position] = 0.05 if index is None else 0.5 * moments[row.group - 1].covariance[index, index]
        elif row.op == "=~":
            theta[position] = 1.0
        elif row.op in ("~", "~~"):
            theta[position] = 0.0
    return theta
