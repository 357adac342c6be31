"""A saved analysis of the kind ``necessary condition``: ceilings, bottleneck table and permutation test (Dul 2016).

What is computed is in :mod:`crosscase.engines.regression.necessity`.  Necessity of sets is a part of a QCA.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis
from crosscase.core.errors import InputError
from crosscase.core.results import jsonable
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import TableInputs, table_inputs
from crosscase.study.analyses.common import Run, one_of

if TYPE_CHECKING:
    from crosscase.engines.regression import Necessity
    from crosscase.reports import ReportTable

__all__ = ["necessary_condition"]


def necessary_condition(ledger: Ledger, analysis: Analysis) -> Run:
    """Each of ``conditions`` for ``outcome``: its ceilings as a table and a figure, and what each level of the outcome needs."""
    from crosscase.engines.regression import necessity
    from crosscase.figures.ceilings import ceilings

    specification, where = analysis.specification, f"analysis {analysis.id}"
    outcome = specification.get("outcome", "")
    conditions = [str(one) for one in specification.get("conditions", ())]
    if not outcome or not isinstance(outcome, str) or not conditions:
        raise InputError(
            "it names no outcome or no conditions", where=where, mend='write outcome = "…" and conditions = ["…"]'
        )
    if "survey" not in specification and "variables" not in specification:
        analysis = replace(analysis, specification={**specification, "variables": [*conditions, outcome]})
    inputs = table_inputs(ledger, analysis)
    options: dict[str, Any] = one_of(analysis, "corner", "steps", "draws", "seed")
    found = {one: necessity(inputs.columns, one, outcome, **options) for one in conditions}
    result = {
        "conditions": {name: jsonable(one) for name, one in found.items()},
        "n": min(one.n for one in found.values()),
        "rows": inputs.rows,
        "simulated": inputs.simulated,
        "warnings": list(dict.fromkeys(caution.message for one in found.values() for caution in one.cautions)),
    }
    figures = {}
    for name, one in found.items():
        points, names = _points(inputs, name, outcome)
        figures[f"ceilings-{name}"] = ceilings(one, points, names=names)
    return result, [_effects(found, inputs.simulated), *(_bottleneck(one) for one in found.values())], figures


def _points(inputs: TableInputs, x: str, y: str) -> tuple[list[tuple[float, float]], list[str]]:
    """The rows that have both values, and the cases they are of (no names when a row has none)."""
    pairs = list(zip(inputs.columns[x], inputs.columns[y], strict=True))
    whole = [row for row, (a, b) in enumerate(pairs) if isinstance(a, int | float) and isinstance(b, int | float)]
    whole = [row for row in whole if pairs[row] == pairs[row]]
    points = [(float(pairs[row][0] or 0), float(pairs[row][1] or 0)) for row in whole]
    names = [inputs.cases[row] for row in whole] if inputs.cases is not None else []
    return points, names if all(names) else []


def _effects(found: dict[str, Necessity], simulated: bool) -> ReportTable:
    from crosscase.reports.table import Cell, Column, Format, ReportTable
    from crosscase.reports.tables.sem import bounded, p_value

    numbers = ("Effect size d", "p", "Accuracy", "Condition inefficiency", "Outcome inefficiency")
    columns = (Column("Condition", heading=True), Column("Ceiling"), *(Column(one, "right") for one in numbers))

    def share(value: float | None, text: str) -> Cell:
        return Cell(text="–") if value is None else Cell(value, text)

    rows = tuple(
        (
            Cell(text=name),
            Cell(text=one.name),
            share(one.effect, bounded(one.effect or 0.0)),
            share(one.p_value, p_value(one.p_value)),
            *(
                share(value, f"{Format(0)(100 * (value or 0))} %")
                for value in (one.accuracy, one.condition_inefficiency, one.outcome_inefficiency)
            ),
        )
        for name, condition in found.items()
        for one in condition.ceilings
    )
    first = next(iter(found.values()))
    notes = (
        *(("Simulated data.",) if simulated else ()),
        f"Necessary-condition analysis (Dul 2016), outcome {first.y}, n = {first.n}, corner {first.corner}; "
        f"p from {first.draws} permutations.",
        *dict.fromkeys(f"{caution.message}." for one in found.values() for caution in one.cautions),
    )
    return ReportTable("necessary-conditions", f"Necessary conditions of {first.y}", columns, rows, notes)


def _bottleneck(found: Necessity) -> ReportTable:
    from crosscase.reports.table import Cell, Column, Format, ReportTable

    columns = (
        Column(f"{found.y} (% of its range)", "right", heading=True),
        *(Column(f"{found.x}, {one.name} (%)", "right") for one in found.ceilings),
    )

    def needed(percent: float | None, beyond: bool) -> Cell:
        if beyond:
            return Cell(text="out of reach")
        return Cell(text="NN") if percent is None else Cell(percent, Format(1)(percent))

    rows = tuple(
        (
            Cell(row.percent, Format(0)(row.percent)),
            *(
                needed(percent, one.name in row.beyond)
                for one, percent in zip(found.ceilings, row.required_percent, strict=True)
            ),
        )
        for row in found.bottleneck
    )
    notes = (
        "NN: not necessary. The level of the condition, in percent of its range, that a level of the outcome needs.",
    )
    return ReportTable(f"bottleneck-{found.x}", f"What levels of {found.y} need of {found.x}", columns, rows, notes)
