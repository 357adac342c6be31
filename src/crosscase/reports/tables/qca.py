"""The tables of a set-theoretic analysis as a paper sets them: calibration, truth table, necessity, solutions.

In every table a star marks the cases that the claim under test was built on: they do not count as its test.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from crosscase.engines.qca import Calibration, Model, NecessityTable, Notice, Solution, TruthTable
from crosscase.figures.fiss import fiss_columns
from crosscase.reports.table import Cell, Column, Format, ReportTable

_THREE = Format(3)
_BUILT_ON = "* The claim was built on this case; it does not count as a test."

#: Signs of the chart of Fiss (2011): (core, present) → sign.
_SIGNS = {(True, True): "●", (True, False): "⊗", (False, True): "•", (False, False): "⊘"}


def calibration_table(calibrations: Sequence[Calibration], *, built_on: Collection[str] = ()) -> ReportTable:
    """A row a case, two columns a set: the raw value and the membership.  No data stays no data."""
    columns = [Column("Case", heading=True)]
    for one in calibrations:
        columns += [Column(f"{one.name}, raw", "right"), Column(one.name, "right", _THREE)]
    cases = calibrations[0].cases if calibrations else ()
    rows = tuple(
        (
            Cell(case, _starred([case], built_on)),
            *(
                cell
                for one in calibrations
                for cell in (_or_no_data(float(one.raw[place])), _or_no_data(float(one.memberships[place])))
            ),
        )
        for place, case in enumerate(cases)
    )
    anchors = [
        f"{one.name} ({one.method}): "
        + "; ".join(f"{a.role} {Format()(a.value)}, {a.reason or 'no reason recorded'}" for a in one.anchors)
        + "."
        for one in calibrations
        if one.anchors
    ]
    notes = (*anchors, *_built_note(cases, built_on))
    return ReportTable("qca-calibration", "Calibration", tuple(columns), rows, notes, missing="No set was calibrated.")


def truth_table_table(
    table: TruthTable,
    *,
    complete: bool = False,
    built_on: Collection[str] = (),
    left_out: Mapping[str, str] | None = None,
) -> ReportTable:
    """The truth table: positive rows first, then by consistency; each row with its cases.

    Args:
        complete: remainders too.
        left_out: cases that are not in the analysis, with the reason.
    """
    order = {"1": 0, "C": 1, "0": 2, "?": 3}
    found = sorted(
        table.complete() if complete else table.observed,
        key=lambda row: (order[row.out], -row.incl if row.incl == row.incl else 1.0, row.number),
    )
    columns = (
        Column("Row", "right", Format(0), heading=True),
        *(Column(name, "centre", Format(0)) for name in table.conditions.names),
        Column("OUT", "centre"),
        Column("n", "right", Format(0)),
        Column("Consistency", "right", _THREE),
        Column("PRI", "right", _THREE),
        Column("Cases"),
    )
    rows = tuple(
        (
            Cell(row.number),
            *(Cell(int(level)) for level in row.config),
            Cell(row.out),
            Cell(row.n),
            _number(row.incl),
            _number(row.PRI),
            Cell(
                _starred(row.cases, built_on),
                note=f"Not in the outcome: {', '.join(row.deviant)}." if row.deviant and row.out in "1C" else "",
            ),
        )
        for row in found
    )
    cuts = f"Consistency cut-off {table.incl_cut:g}, PRI cut-off {table.pri_cut:g}, frequency cut-off {table.n_cut}."
    if table.incl_cut_contradiction is not None:
        cuts += f" C: contradictory, consistency from {table.incl_cut_contradiction:g}."
    cases = [case for row in found for case in row.cases]
    notes = (
        f"Outcome: {table.outcome}. {cuts}",
        *(() if complete else (f"{table.remainders} of {table.conditions.size} configurations are remainders.",)),
        *_left_out(table, left_out),
        *_built_note(cases, built_on),
        *_words(table.notices),
    )
    return ReportTable(
        "qca-truth-table", f"Truth table for {table.outcome}", columns, rows, notes, missing="No row was observed."
    )


def necessity_table(table: NecessityTable) -> ReportTable:
    """What is necessary above the cut-offs, with its relevance."""
    columns = (
        Column("Expression", heading=True),
        Column("Consistency", "right", _THREE),
        Column("RoN", "right", _THREE),
        Column("Coverage", "right", _THREE),
    )
    rows = tuple(
        (Cell(one.term), _number(one.fit.inclN), _number(one.fit.RoN), _number(one.fit.covN)) for one in table.found
    )
    notes = (
        f"Cut-offs: consistency {table.incl_cut:g}, RoN {table.ron_cut:g}, coverage {table.cov_cut:g}. "
        "RoN: relevance of necessity; a low one says that the condition is present nearly everywhere.",
        *_words(table.notices),
    )
    missing = f"Nothing is necessary for {table.outcome} with a consistency of at least {table.incl_cut:g}."
    return ReportTable("qca-necessity", f"Necessary for {table.outcome}", columns, rows, notes, missing=missing)


def solution_table(solution: Solution, *, models: Sequence[Model] = (), built_on: Collection[str] = ()) -> ReportTable:
    """A row a term and one a model, with parameters of fit and the cases that each term explains."""
    columns = (
        Column("Model", "right", Format(0)),
        Column("Term", heading=True),
        Column("Consistency", "right", _THREE),
        Column("PRI", "right", _THREE),
        Column("Raw coverage", "right", _THREE),
        Column("Unique coverage", "right", _THREE),
        Column("Cases"),
    )
    rows = []
    for number, model in enumerate(models or solution.models, 1):
        for term in model.terms:
            fit = (term.fit.inclS, term.fit.PRI, term.fit.covS, term.fit.covU)
            rows.append((Cell(number), Cell(term.term), *map(_number, fit), Cell(_starred(term.cases, built_on))))
        whole = (model.fit.inclS, model.fit.PRI, model.fit.covS)
        rows.append(
            (
                Cell(number),
                Cell(f"{model.expression} => {solution.table.outcome}"),
                *map(_number, whole),
                Cell(),
                Cell(),
            )
        )
    return ReportTable(
        f"qca-solution-{solution.kind}",
        _title(solution),
        columns,
        tuple(rows),
        (*_ambiguity(solution), *_built_note(solution.table.data.cases, built_on), *_words(solution.notices)),
        missing="The solution has no model.",
    )


def fiss_table(
    solution: Solution,
    *,
    models: Sequence[Model] = (),
    names: Mapping[str, str] | None = None,
    built_on: Collection[str] = (),
) -> ReportTable:
    """The chart of Fiss (2011): a row a condition, a column a term.

    ● and ⊗ are core conditions present and absent, • and ⊘ peripheral ones; a blank does not matter.
    """
    shown = list(models or solution.models)
    found = fiss_columns(shown)
    multi = solution.table.conditions.multi_value
    cored = any(one.term.core for one in found)
    columns = (Column("Condition", heading=True), *(Column(one.label, "centre", _THREE) for one in found))
    rows = []
    for place, name in enumerate(solution.table.conditions.names):
        cells = []
        for one in found:
            level = dict(one.term.literals).get(place)
            core = place in one.term.core or not cored
            if level is None:
                cells.append(Cell(""))
            elif multi:
                cells.append(Cell(f"[{level}]" + (" core" if core and cored else "")))
            else:
                what = "present" if level else "absent"
                what = f"{'core' if core else 'peripheral'}, {what}" if cored else what
                cells.append(Cell(what, _SIGNS[core, bool(level)]))
        rows.append((Cell((names or {}).get(name, name)), *cells))
    for label, name in (
        ("Consistency", "inclS"),
        ("PRI", "PRI"),
        ("Raw coverage", "covS"),
        ("Unique coverage", "covU"),
    ):
        rows.append((Cell(label), *(_number(getattr(one.term.fit, name)) for one in found)))
    rows.append((Cell("Cases"), *(Cell(_starred(one.term.cases, built_on)) for one in found)))
    for label, name in (("Solution consistency", "inclS"), ("Solution PRI", "PRI"), ("Solution coverage", "covS")):
        firsts = [place == 0 or found[place - 1].model != one.model for place, one in enumerate(found)]
        rows.append(
            (
                Cell(label),
                *(
                    _number(getattr(shown[one.model - 1].fit, name)) if first else Cell("")
                    for one, first in zip(found, firsts, strict=True)
                ),
            )
        )
    legend = "● condition present, ⊗ condition absent; a blank does not matter (Fiss 2011)."
    if cored:
        legend = (
            "● core condition present, ⊗ core condition absent, • peripheral condition present, ⊘ peripheral condition "
            "absent; a blank does not matter (Fiss 2011). Core: in the parsimonious solution too."
        )
    if multi:
        legend = "The number is the level of the condition; a blank does not matter."
    return ReportTable(
        f"qca-chart-{solution.kind}",
        f"{_title(solution)}: chart",
        columns,
        tuple(rows),
        (legend, *_ambiguity(solution), *_built_note(solution.table.data.cases, built_on)),
        missing="The solution has no model.",
    )


def _title(solution: Solution) -> str:
    return f"{solution.kind.capitalize()} solution for {solution.table.outcome}"


def _ambiguity(solution: Solution) -> tuple[str, ...]:
    if solution.models_complete and solution.n_models == 1:
        return ()
    count = f"{solution.n_models}" if solution.models_complete else f"at least {solution.n_models}"
    shown = f"; {len(solution.models)} are listed" if solution.n_models != len(solution.models) else ""
    return (f"The solution is ambiguous: {count} models fit equally well{shown}.",)


def _number(value: float) -> Cell:
    return Cell(text="–") if math.isnan(value) else Cell(float(value))


def _or_no_data(value: float) -> Cell:
    return Cell(state="no data") if math.isnan(value) else Cell(value)


def _starred(cases: Iterable[str], built_on: Collection[str]) -> str:
    return ", ".join(case + ("*" if case in built_on else "") for case in cases)


def _built_note(cases: Iterable[str], built_on: Collection[str]) -> tuple[str, ...]:
    return (_BUILT_ON,) if any(case in built_on for case in cases) else ()


def _left_out(table: TruthTable, left_out: Mapping[str, str] | None) -> tuple[str, ...]:
    reasons = dict.fromkeys(table.data.dropped, "no data") | dict(left_out or {})
    if not reasons:
        return ()
    return ("Left out: " + "; ".join(f"{case} ({why})" for case, why in reasons.items()) + ".",)


def _words(notices: Sequence[Notice]) -> tuple[str, ...]:
    return tuple(f"Notice: {notice.message}." for notice in notices)
