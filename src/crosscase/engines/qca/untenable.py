"""Rows that an enhanced standard analysis excludes (Schneider & Wagemann 2013): remainders that an expression rules out,
assumptions made for the outcome and for its absence, and rows that are consistent with both."""

from __future__ import annotations

from dataclasses import replace

from crosscase.core.errors import InputError
from crosscase.engines.qca.expression import parse
from crosscase.engines.qca.implicants import cubes_of_expression, rows_of
from crosscase.engines.qca.solution import MAX_ROWS, Solution
from crosscase.engines.qca.truth_table import TruthTable, remeasured

__all__ = ["contradictory_assumptions", "rows_matching", "simultaneous_rows"]


def rows_matching(table: TruthTable, expression: str, *, remainders_only: bool = True) -> tuple[int, ...]:
    """The numbers of the rows that an expression is true of: the impossible, or what contradicts a necessary condition
    (give the negation of the condition).

    Raises:
        InputError: there are more than 2^16 rows; exclude the expression itself instead.
    """
    conditions = table.conditions
    if conditions.size > MAX_ROWS:
        raise InputError(f"the truth table has {conditions.size} rows", mend="exclude the expression itself")
    cubes = cubes_of_expression(parse(expression), conditions.names, conditions.levels)
    observed = {row.number for row in table.observed if row.out != "?"} if remainders_only else set()
    return tuple(int(row) for row in rows_of(cubes, conditions.levels) if int(row) not in observed)


def contradictory_assumptions(outcome: Solution, absence: Solution) -> tuple[int, ...]:
    """Remainders assumed sufficient for the outcome by one solution and for its absence by the other (any of their models).

    Raises:
        InputError: the solutions differ in their conditions, or have more than 2^16 rows.
    """
    if outcome.table.conditions != absence.table.conditions:
        raise InputError(
            "the two solutions have different conditions", mend="use the same conditions in the same order"
        )
    sides = []
    for solution in (outcome, absence):
        rows: set[int] = set()
        for model in solution.models:
            assumed = solution.assumptions(model)
            if assumed is None:
                raise InputError(f"the truth table has {solution.table.conditions.size} rows, too many to list")
            rows |= set(assumed)
        sides.append(rows)
    return tuple(sorted(sides[0] & sides[1]))


def simultaneous_rows(table: TruthTable) -> tuple[int, ...]:
    """Observed rows that reach the inclusion cut-off for the outcome and for its absence."""
    absence = remeasured(replace(table, pri_cut=0.0), 1.0 - table.y)
    positive = {row.number for row in table.recoded(pri_cut=0.0).positive}
    return tuple(row.number for row in absence.positive if row.number in positive)
