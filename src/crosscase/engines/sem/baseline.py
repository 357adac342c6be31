"""The baseline model of the incremental fit indices: every random variable has a variance (and mean) and no relation."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from crosscase.engines.sem.moments import Moments
from crosscase.engines.sem.polychoric import Polychoric
from crosscase.engines.sem.table import Row, Table, Variables

__all__ = ["baseline_table", "baseline_values"]


def baseline_table(table: Table) -> Table:
    """The table of the baseline model; exogenous variables keep their sample moments."""
    rows: list[Row] = []
    variables, options = table.variables, table.options
    for group in range(1, options.groups + 1):
        for name, count in options.ordered.items():
            if name in variables.observed:
                rows += [Row(name, "|", f"t{number}", group) for number in range(1, count + 1)]
        for name in variables.random:
            rows.append(
                Row(name, "~~", name, group)
                if name not in options.ordered
                else Row(name, "~~", name, group, free=False, value=1.0)
            )
        if options.ordered:  # the slopes on exogenous variables stay free, as in lavaan
            rows += [Row(name, "~", x, group) for name in variables.random for x in variables.exogenous]
        if not options.fixed_x:
            # Observed predictors that nothing explains covary in the baseline, too.
            rows += [Row(first, "~~", second, group) for first, second in combinations(variables.unexplained, 2)]
        for position, first in enumerate(variables.exogenous):
            rows += [
                Row(first, "~~", second, group, free=False, exogenous=True) for second in variables.exogenous[position:]
            ]
        if options.meanstructure:
            rows += [
                Row(name, "~1", "", group)
                if name not in options.ordered
                else Row(name, "~1", "", group, free=False, value=0.0)
                for name in variables.random
            ]
            rows += [Row(name, "~1", "", group, free=False, exogenous=True) for name in variables.exogenous]
    plain = Variables((), variables.observed, (), variables.exogenous, (), ())
    return Table(tuple(rows), (), plain, options)


def baseline_values(table: Table, positions: dict[int, int], moments: list[Moments]) -> np.ndarray:
    """The full vector that holds the sample's own variances and means: the optimum of ML with complete data."""
    theta = np.zeros(len(positions))
    place = {name: index for index, name in enumerate(table.variables.observed)}
    for number, position in positions.items():
        row, part = table.rows[number], moments[table.rows[number].group - 1]
        if part.ordinal is not None and not row.exogenous:
            theta[position] = _given_exogenous(row, part.ordinal, place, table.variables.exogenous)
        elif row.op == "~1":
            theta[position] = part.mean[place[row.lhs]]
        elif row.op == "~~":
            theta[position] = part.covariance[place[row.lhs], place[row.rhs]]
    return theta


def _given_exogenous(row: Row, found: Polychoric, place: dict[str, int], exogenous: tuple[str, ...]) -> float:
    """The sample's value of a baseline parameter of a model with ordinal variables."""
    if row.op == "|":
        return found.threshold(place[row.lhs], row.rhs)
    at = {int(column): index for index, column in enumerate(found.variables)}
    one = at[place[row.lhs]]
    if row.op == "~1":
        return float(found.mean[one])
    if row.op == "~":
        return float(found.slopes[one, exogenous.index(row.rhs)])
    return float(found.covariance[one, at[place[row.rhs]]])
