"""Claims against cases (replication), predictors beside the outcome, and cases along time."""

from __future__ import annotations

from crosscase.evidence.claims import GROUPS, Verdict
from crosscase.evidence.constructs import ConstructTable
from crosscase.evidence.ledger import Ledger
from crosscase.evidence.replication import (
    bracketed,
    brackets,
    kinds_in,
    outcome_of,
    predictors_of,
    replications,
    undated,
)
from crosscase.reports.names import country_name
from crosscase.reports.table import Cell, Column, ReportTable, state_cell
from crosscase.reports.tables.claims import GROUP_WORDS

#: A letter a group, so that a table with many cases stays narrow; the words stand in the note.
SIGNS = {"literal": "L", "theoretical": "T", "contradicting": "C", "silent": "–"}
_WORDS = {
    "literal": "literal replication: condition and outcome",
    "theoretical": "theoretical replication: neither",
    "contradicting": "contradicting",
    "silent": "silent: a value is not known, or the claim says nothing of such a case",
}


def replication_table(ledger: Ledger) -> ReportTable:
    """Case × claim: what each case does to each claim, after Yin's replication logic."""
    claims = [id for id in ledger.snapshot.claims.column("id") if not ledger.verdict(id).problem]
    found = replications(ledger)
    columns = (Column("Case", heading=True), *(Column(id, "centre") for id in claims))
    rows = []
    for case in ledger.snapshot.cases.column("id"):
        cells = [Cell(case)]
        for claim in claims:
            one = found[claim, case]
            text = SIGNS[one.group] + ("*" if one.built_on else "")
            said = (("said", ", ".join(one.said)),) if one.said else ()
            cells.append(Cell(one.group, text, inputs=said))
        rows.append(tuple(cells))
    left_out = [id for id in ledger.snapshot.claims.column("id") if id not in claims]
    notes = ["; ".join(f"{SIGNS[group]} {_WORDS[group]}" for group in GROUPS) + ". * the claim was built on the case."]
    notes += [f"Not in the table, nothing can be shown for them: {', '.join(left_out)}."] if left_out else []
    return ReportTable(
        "replication",
        "Replication of the claims in the cases",
        columns,
        tuple(rows) if claims else (),
        notes=tuple(notes) if claims else (),
        missing="No claim has an expression that the constructs can answer.",
    )


def predictor_outcome(table: ConstructTable, verdict: Verdict) -> ReportTable:
    """Case × constructs of one claim: cases with the outcome first, then those without, then those not known."""
    outcomes = [name for name in outcome_of(verdict) if _known(table, name)]
    predictors = [name for name in predictors_of(verdict) if _known(table, name)]
    labels = {one.id: one.name or one.id for one in table.constructs}

    def order(case: str) -> tuple[int, int]:
        states = [table.cell(case, name).state for name in outcomes]
        there = [table.cell(case, name).state for name in predictors].count("present")
        return (0 if "present" in states else 1 if "absent" in states else 2, -there)

    columns = (
        Column("Case", heading=True),
        *(Column(f"{labels[name]} (outcome)", "centre") for name in outcomes),
        *(Column(labels[name], "centre") for name in predictors),
        Column("The claim"),
    )
    groups = {row.case: row.group for row in verdict.rows}
    rows = [
        (
            Cell(case),
            *(state_cell(table.cell(case, name).state) for name in (*outcomes, *predictors)),
            Cell(GROUP_WORDS[groups[case]] if case in groups else ""),
        )
        for case in sorted(table.cases, key=order)
    ]
    return ReportTable(
        f"predictors-{verdict.claim.id}",
        f"{verdict.claim.id}: predictors and outcome",
        columns,
        tuple(rows) if outcomes and predictors else (),
        missing="The claim has no condition and outcome among the constructs.",
    )


def time_ordered(ledger: Ledger) -> ReportTable:
    """Case × year: what happened when, from the first event on record to the last."""
    snapshot = ledger.snapshot
    dated = [event for event in snapshot.events if event.date is not None]
    years = sorted({event.date.year for event in dated if event.date is not None})
    by_cell: dict[tuple[str, int], list[str]] = {}
    for event in dated:
        if event.date is not None:
            words = " ".join(filter(None, (event.kind, country_name(event.place) if event.place else "")))
            by_cell.setdefault((event.case, event.date.year), []).append(words)
    columns = (Column("Case", heading=True), *(Column(str(year)) for year in years))
    rows = [
        (Cell(case), *(Cell("; ".join(by_cell.get((case, year), []))) for year in years))
        for case in snapshot.cases.column("id")
    ]
    return ReportTable(
        "time-ordered",
        "What happened when",
        columns,
        tuple(rows) if years else (),
        notes=_undated(ledger),
        missing="No event has a date.",
    )


def temporal_brackets(ledger: Ledger) -> ReportTable:
    """Case × period of a firm's life: how many events of each kind; no data where the origin is not on record."""
    periods = brackets(ledger)
    columns = (Column("Case", heading=True), *(Column(one.name) for one in periods))
    rows: dict[str, list[Cell]] = {}
    for one in bracketed(ledger):
        cells = rows.setdefault(one.case, [Cell(one.case)])
        if one.events is None:
            cells.append(Cell(state="no data"))
            continue
        counted = ", ".join(f"{kind} {count}" for kind, count in kinds_in(one.events).items())
        listed = ", ".join(
            " ".join(filter(None, (str(event.date), event.kind, country_name(event.place) if event.place else "")))
            for event in one.events
        )
        cells.append(Cell(counted or "nothing on record", inputs=(("events", listed),) if listed else ()))
    dated = any(event.date is not None for event in ledger.snapshot.events)
    return ReportTable(
        "temporal-brackets",
        "Events by period of a firm's life",
        columns,
        tuple(tuple(row) for row in rows.values()) if dated else (),
        notes=_undated(ledger),
        missing="No event has a date.",
    )


def _known(table: ConstructTable, name: str) -> bool:
    return any(one.id == name for one in table.constructs)


def _undated(ledger: Ledger) -> tuple[str, ...]:
    count = len(undated(ledger))
    return (f"{count} events have no date and are in no period.",) if count else ()
