"""The truth table: which configurations of conditions were observed, how consistent they are, and which cases stand behind.

A case belongs to the configuration in which its membership is above 0.5.  A membership of exactly 0.5 in a condition
puts it in none: it counts for consistency, not in ``n``, and a notice says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import AnalysisError, InputError
from crosscase.engines.qca.data import EPSILON, Floats, SetData
from crosscase.engines.qca.expression import literals
from crosscase.engines.qca.fit import outcome_vector, parse_outcome
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.show import Table, number
from crosscase.engines.qca.terms import Conditions

__all__ = ["Row", "TruthTable", "truth_table"]

Out = Literal["1", "0", "C", "?"]

#: Larger tables are listed with their observed rows only, unless the whole is asked for.
COMPLETE_UP_TO = 1 << 16


@dataclass(frozen=True, slots=True)
class Row:
    """A configuration.  ``incl`` and ``PRI`` are nan where nothing was observed (or a share is 0/0).

    ``out`` is ``1`` positive, ``0`` negative, ``C`` contradictory (between the two inclusion cut-offs), ``?`` remainder.
    ``deviant`` are cases in the row but not in the outcome (deviant cases in consistency).
    """

    number: int
    config: tuple[int, ...]
    out: Out
    n: int
    incl: float
    PRI: float
    cases: tuple[str, ...]
    deviant: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "row": self.number,
            "config": list(self.config),
            "OUT": self.out,
            "n": self.n,
            "incl": number(self.incl),
            "PRI": number(self.PRI),
            "cases": list(self.cases),
            "deviant": list(self.deviant),
        }


@dataclass(frozen=True, slots=True)
class TruthTable(Table):
    """A truth table with the data and the cut-offs that it was made from.  ``observed`` are the rows with a case."""

    data: SetData
    outcome: str
    y: Floats
    conditions: Conditions
    incl_cut: float
    incl_cut_contradiction: float | None
    pri_cut: float
    n_cut: int
    observed: tuple[Row, ...]
    notices: tuple[Notice, ...]

    @property
    def positive(self) -> tuple[Row, ...]:
        return tuple(row for row in self.observed if row.out == "1")

    @property
    def negative(self) -> tuple[Row, ...]:
        """Rows that no term may cover: negative and contradictory ones."""
        return tuple(row for row in self.observed if row.out in "0C")

    @property
    def remainders(self) -> int:
        """How many logical remainders there are."""
        return self.conditions.size - len(self.positive) - len(self.negative)

    def complete(self) -> tuple[Row, ...]:
        """Every logically possible row.  Raises :class:`InputError` above 2^16 of them."""
        if self.conditions.size > COMPLETE_UP_TO:
            raise InputError(
                f"the complete truth table has {self.conditions.size} rows", mend="ask for the observed rows only"
            )
        known = {row.number: row for row in self.observed}
        return tuple(
            known.get(number) or Row(number, self.conditions.configuration(number), "?", 0, math.nan, math.nan, ())
            for number in range(1, self.conditions.size + 1)
        )

    def row(self, number: int) -> Row:
        """The row with that number (1 = all conditions at level 0)."""
        if not 1 <= number <= self.conditions.size:
            raise InputError(f"there is no row {number}", mend=f"rows are numbered 1 to {self.conditions.size}")
        for row in self.observed:
            if row.number == number:
                return row
        return Row(number, self.conditions.configuration(number), "?", 0, math.nan, math.nan, ())

    def rows(self) -> list[dict[str, Any]]:
        """The table for a frame: the row's number, a column per condition, then OUT, n, incl, PRI, cases."""
        return [
            {"row": row.number}
            | dict(zip(self.conditions.names, row.config, strict=True))
            | {
                "OUT": row.out,
                "n": row.n,
                "incl": number(row.incl),
                "PRI": number(row.PRI),
                "cases": ", ".join(row.cases),
            }
            for row in self.observed
        ]

    def to_dict(self, *, complete: bool | None = None) -> dict[str, Any]:
        """JSON-able.  ``complete`` asks for every possible row; by default up to seven conditions."""
        whole = len(self.conditions) <= 7 if complete is None else complete
        return {
            "outcome": self.outcome,
            "conditions": list(self.conditions.names),
            "levels": list(self.conditions.levels),
            "incl_cut": self.incl_cut,
            "incl_cut_contradiction": self.incl_cut_contradiction,
            "pri_cut": self.pri_cut,
            "n_cut": self.n_cut,
            "rows": [row.to_dict() for row in (self.complete() if whole else self.observed)],
            "remainders": self.remainders,
            "cases_dropped": list(self.data.dropped),
            "warnings": [notice.to_dict() for notice in self.notices],
        }

    def recoded(
        self, *, incl_cut: float | None = None, pri_cut: float | None = None, n_cut: int | None = None
    ) -> TruthTable:
        """The same table with other cut-offs; nothing is measured again."""
        incl = self.incl_cut if incl_cut is None else incl_cut
        pri = self.pri_cut if pri_cut is None else pri_cut
        n = self.n_cut if n_cut is None else n_cut
        second = self.incl_cut_contradiction
        second = None if second is not None and second > incl else second
        rows = tuple(replace(row, out=_out(row.n, row.incl, row.PRI, incl, second, pri, n)) for row in self.observed)
        return replace(self, observed=rows, incl_cut=incl, pri_cut=pri, n_cut=n, incl_cut_contradiction=second)


def truth_table(
    data: SetData,
    outcome: str,
    conditions: Sequence[str],
    *,
    negate: bool = False,
    incl_cut: float = 1.0,
    incl_cut_contradiction: float | None = None,
    pri_cut: float = 0.0,
    n_cut: int = 1,
) -> TruthTable:
    """Make the truth table of an outcome.

    Args:
        outcome: a set, its negation ``~Y``, levels ``Y[1,2]``, or any expression.
        conditions: names of sets, in the order in which terms are written.
        negate: analyse the negation of the outcome.
        incl_cut: a row with at least this consistency, and PRI of at least ``pri_cut``, is positive.
        incl_cut_contradiction: a row below ``incl_cut`` but not below this is contradictory.
        n_cut: a row with fewer cases is a remainder.

    Raises:
        InputError: a cut-off is out of range, the outcome is among the conditions, a condition is named twice, or there
            are more configurations than can be numbered (2^62).
        NotFoundError: a condition or outcome does not exist.
        AnalysisError: no case is a member of the outcome.
    """
    _check(data, outcome, conditions, incl_cut, incl_cut_contradiction, pri_cut, n_cut)
    y, written = outcome_vector(data, outcome, negate=negate)
    given = Conditions.of(data, conditions)
    if given.size >= 1 << 62:
        raise InputError(f"{len(given)} conditions are too many", mend="name at most 61 conditions")
    cuts = (incl_cut, incl_cut_contradiction, pri_cut, n_cut)
    half = _positions(data, given)[1]
    return TruthTable(
        data, written, y, given, *cuts, _measure(data, given, y, cuts), tuple(_half_notices(data, given, half))
    )


def remeasured(table: TruthTable, y: Floats) -> TruthTable:
    """The same table for other memberships in the outcome (a permutation)."""
    cuts = (table.incl_cut, table.incl_cut_contradiction, table.pri_cut, table.n_cut)
    return replace(table, y=y, observed=_measure(table.data, table.conditions, y, cuts))


def _measure(
    data: SetData, given: Conditions, y: Floats, cuts: tuple[float, float | None, float, int]
) -> tuple[Row, ...]:
    position, half = _positions(data, given)
    codes, row_of = np.unique(position, return_inverse=True)
    configurations = np.array([given.configuration(int(code) + 1) for code in codes], dtype=np.int64)
    total, shared, doubtful = _sums(data, given, configurations, y)
    rows = []
    order = np.argsort(row_of, kind="stable")
    bounds = np.searchsorted(row_of[order], np.arange(len(codes) + 1))
    for i, code in enumerate(codes):
        members = [int(j) for j in order[bounds[i] : bounds[i + 1]] if not half[j]]
        incl = shared[i] / total[i] if total[i] > 0 else math.nan
        rest = total[i] - doubtful[i]
        pri = (shared[i] - doubtful[i]) / rest if rest > EPSILON else math.nan
        rows.append(
            Row(
                int(code) + 1,
                tuple(int(value) for value in configurations[i]),
                _out(len(members), incl, pri, *cuts),
                len(members),
                float(incl),
                float(pri),
                tuple(data.cases[j] for j in members),
                tuple(data.cases[j] for j in members if y[j] < 0.5 - EPSILON),
            )
        )
    return tuple(rows)


def _check(
    data: SetData,
    outcome: str,
    conditions: Sequence[str],
    incl_cut: float,
    second: float | None,
    pri_cut: float,
    n_cut: int,
) -> None:
    if not conditions:
        raise InputError("there are no conditions", mend="name at least one condition")
    for name in conditions:
        data.index(name)
        if list(conditions).count(name) > 1:
            raise InputError(f"the condition '{name}' is named twice", mend="name it once")
    for literal in literals(parse_outcome(outcome, data.names)):
        if literal.name in conditions:
            raise InputError(
                f"the outcome '{literal.name}' is among the conditions",
                mend=f"leave '{literal.name}' out of the conditions",
            )
    for label, value in (
        ("inclusion cut-off", incl_cut),
        ("second inclusion cut-off", second),
        ("PRI cut-off", pri_cut),
    ):
        if value is not None and not 0 <= value <= 1:
            raise InputError(f"the {label} is {value:g}", mend="give a number between 0 and 1")
    if second is not None and second > incl_cut:
        raise InputError(
            f"the cut-off for contradictions ({second:g}) is above the inclusion cut-off ({incl_cut:g})",
            mend="give the higher one as the inclusion cut-off",
        )
    if n_cut < 1:
        raise InputError(f"the frequency cut-off is {n_cut}", mend="give a whole number of at least 1")


def _out(n: int, incl: float, pri: float, incl_cut: float, second: float | None, pri_cut: float, n_cut: int) -> Out:
    if n < n_cut:
        return "?"
    if incl >= incl_cut - EPSILON:
        # A row without any PRI (0/0: full consistency with the outcome and its negation) is positive only without a cut.
        return "1" if pri_cut <= 0 or pri >= pri_cut - EPSILON else "0"
    return "C" if second is not None and incl >= second - EPSILON else "0"


def _positions(data: SetData, conditions: Conditions) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The code (row number - 1) of every case, and which cases have a membership of exactly 0.5."""
    position = np.zeros(len(data.cases), dtype=np.int64)
    half = np.zeros(len(data.cases), dtype=bool)
    for name, levels in zip(conditions.names, conditions.levels, strict=True):
        values = data.column(name)
        if data.kind(name) == "multi-value":
            digit = values.astype(np.int64)
        else:
            digit = (values > 0.5 + EPSILON).astype(np.int64)
            half |= np.abs(values - 0.5) <= EPSILON
        position = position * levels + digit
    return position, half


def _sums(
    data: SetData, conditions: Conditions, configurations: NDArray[np.int64], y: Floats
) -> tuple[Floats, Floats, Floats]:
    """For each configuration Σx, Σmin(x, y) and Σmin(x, y, 1 - y).

    Configurations come sorted, so that those that share their first conditions share the work for them.
    """
    tree, order = _prefix_tree(configurations, conditions.levels)
    sums = np.zeros((3, len(configurations)))
    block = max(64, min(len(y), 32768 // max(1, len(configurations))))
    doubt = np.minimum(y, 1.0 - y)
    columns = [data.column(name) for name in conditions.names]
    multi = [data.kind(name) == "multi-value" for name in conditions.names]
    for start in range(0, len(y), block):
        part = slice(start, start + block)
        table = np.ones((1, len(y[part])))
        for level_parents, column, multi_value in zip(tree, columns, multi, strict=True):
            grown = np.empty((sum(len(parents) for parents in level_parents), table.shape[1]))
            filled = 0
            for level, parents in enumerate(level_parents):
                values = (column[part] == level) * 1.0 if multi_value else column[part] if level else 1.0 - column[part]
                above = table if len(parents) == len(table) else table[parents]
                np.minimum(above, values, out=grown[filled : filled + len(parents)])
                filled += len(parents)
            table = grown
        sums[0] += table.sum(axis=1)
        np.minimum(table, y[part], out=table)
        sums[1] += table.sum(axis=1)
        np.minimum(table, doubt[part], out=table)
        sums[2] += table.sum(axis=1)
    return sums[0][order], sums[1][order], sums[2][order]


def _prefix_tree(
    configurations: NDArray[np.int64], levels: Sequence[int]
) -> tuple[list[list[NDArray[np.int64]]], NDArray[np.int64]]:
    """For each condition and level the nodes of the condition before that go on with it; and where each configuration ends.

    The nodes of one condition are numbered level by level, within a level in the order of their parents.
    """
    node = np.zeros(len(configurations), dtype=np.int64)
    tree = []
    for i, count in enumerate(levels):
        grown, parents, filled = np.zeros_like(node), [], 0
        for level in range(count):
            here = configurations[:, i] == level
            above, position = np.unique(node[here], return_inverse=True)
            grown[here] = position.ravel() + filled
            filled += len(above)
            parents.append(above)
        tree.append(parents)
        node = grown
    return tree, node


def _half_notices(data: SetData, conditions: Conditions, half: NDArray[np.bool_]) -> list[Notice]:
    notices = []
    for name in conditions.names:
        if data.kind(name) == "fuzzy":
            tied = np.abs(data.column(name) - 0.5) <= EPSILON
            if tied.any():
                cases = tuple(case for case, flag in zip(data.cases, tied, strict=True) if flag)
                shown = ", ".join(cases[:8]) + (f" and {len(cases) - 8} more" if len(cases) > 8 else "")
                notices.append(
                    Notice(
                        "half-membership",
                        f"membership of exactly 0.5 in {name}: {shown}; such a case belongs to no row and is not counted "
                        "in n, but it counts for consistency",
                        name,
                        cases,
                    )
                )
    if half.all():
        raise AnalysisError(
            "every case has a membership of exactly 0.5 in a condition", mend="calibrate the conditions again"
        )
    return notices
