"""A saved analysis of the kind ``non-response``: late answers to a survey against early ones (Armstrong & Overton 1977).

What is computed is in :mod:`crosscase.engines.regression.nonresponse`.  It makes the assumption that those who answered late
are like those who never did; the table lays the differences out, it proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis
from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.results import jsonable
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import table_inputs
from crosscase.study.analyses.common import Run

if TYPE_CHECKING:
    from crosscase.engines.regression import NonResponse
    from crosscase.reports import ReportTable

__all__ = ["late_answers", "non_response"]


def late_answers(values: Sequence[Any], late: Sequence[Any], where: str) -> list[bool]:
    """Which rows answered late: ``values`` of the wave's column, ``late`` the values that mean late.

    Raises:
        InputError: no row or every row is late, or a row does not say when it answered.
    """
    for number, one in enumerate(values, start=1):
        if one is None or one != one or not str(one).strip():
            raise InputError(
                f"case {number} does not say when it answered", where=where, mend="fill the cell, or leave the row out of the table"
            )  # fmt: skip
    wanted = {_same(one) for one in late}
    found = [_same(one) in wanted for one in values]
    if all(found) or not any(found):
        seen = ", ".join(sorted({_same(one) for one in values})[:12])
        raise InputError(
            f"{'every' if found and all(found) else 'no'} row is late: the column holds {seen}", where=where,
            mend="name the values that mean a late answer, e.g. 2, 3",
        )  # fmt: skip
    return found


def _same(value: Any) -> str:
    """One spelling for 2, 2.0 and "2"."""
    try:
        return f"{float(value):g}"
    except (TypeError, ValueError):
        return str(value).strip()


def non_response(ledger: Ledger, analysis: Analysis) -> Run:
    """The comparison of late with early answers on the variables of ``compare`` and ``categorical``."""
    from crosscase.engines.regression import compare_waves

    specification, where = analysis.specification, f"analysis {analysis.id}"
    wave, late = specification.get("wave"), specification.get("late")
    if not isinstance(wave, str) or not isinstance(late, Sequence) or isinstance(late, str) or not late:
        raise InputError(
            "it does not say who answered late", where=where, mend='write wave = "COLUMN" and late = [2, 3]'
        )
    inputs = table_inputs(ledger, analysis)
    if wave not in inputs.columns:
        raise NotFoundError("column", wave, list(inputs.columns), where=where)
    numbers, words = (list(map(str, specification.get(name, ()))) for name in ("compare", "categorical"))
    if not numbers and not words:
        raise InputError("it names nothing to compare", where=where, mend='write compare = ["size", "age"]')
    flags = late_answers(inputs.columns[wave], late, where)
    found = compare_waves(inputs.columns, flags, numbers, categorical=words)
    result = {
        "comparisons": jsonable(found.comparisons), "n": len(flags), "late": sum(flags), "rows": inputs.rows,
        "simulated": inputs.simulated, "warnings": [one.message for one in found.cautions],
    }  # fmt: skip
    return result, [_table(found, inputs.simulated)], {}


def _table(found: NonResponse, simulated: bool) -> ReportTable:
    from crosscase.reports.table import Cell, Column, Format, ReportTable
    from crosscase.reports.tables.sem import bounded, p_value

    columns = (
        Column("Variable", heading=True),
        *(Column(title, "right") for title in ("Early: n (mean)", "Late: n (mean)")),
        Column("t or χ²", "right", Format(2)),
        *(Column(title, "right") for title in ("p", "p (Holm)", "g or V")),
    )

    def group(n: int, mean: float | None) -> Cell:
        return Cell(n, f"{n}" if mean is None else f"{n} ({mean:.2f})")

    rows = tuple(
        (
            Cell(one.variable),
            group(one.n_early, one.mean_early),
            group(one.n_late, one.mean_late),
            Cell(one.statistic),
            Cell(one.p_value, p_value(one.p_value)),
            Cell(one.p_holm, p_value(one.p_holm)),
            Cell(text="–") if one.effect is None else Cell(one.effect, bounded(one.effect)),
        )
        for one in found.comparisons
    )
    notes = (
        *(("Simulated data.",) if simulated else ()),
        "Late answers stand for those who never answered, which is an assumption (Armstrong & Overton 1977).",
        "Numbers: Welch's t with Hedges' g; categories: χ² with Cramér's V. p (Holm): adjusted over all variables.",
    )
    return ReportTable("non-response", "Late against early answers", columns, rows, notes)
