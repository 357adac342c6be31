"""The entries and exits of every case, as they are on record."""

from __future__ import annotations

from collections.abc import Callable

from crosscase.core import Event, Snapshot
from crosscase.reports.names import country_name
from crosscase.reports.table import Cell, Column, ReportTable, without_empty

KINDS = ("entry", "re-entry", "exit")


def entries(snapshot: Snapshot, region_of: Callable[[Event], str] | None = None, *, scheme: str = "") -> ReportTable:
    """A row an entry, re-entry or exit, in the order of cases and dates.

    ``region_of`` gives the region of an event under the ``scheme`` that the note names.
    """
    columns = [
        Column("Case", heading=True),
        Column("Date"),
        Column("Event"),
        Column("Country"),
        Column("Code"),
        *([Column("Region")] if region_of else []),
        Column("Mode"),
        Column("Evidence"),
    ]
    known = {case.id for case in snapshot.cases}
    others = dict.fromkeys(case for case in snapshot.events.column("case") if case not in known)
    rows = []
    for case in [*snapshot.cases.column("id"), *others]:
        for event in snapshot.events_of(case):
            if event.kind in KINDS:
                rows.append(_row(event, region_of))
    notes = ["Dates are as precise as they are on record."] if rows else []
    if rows and region_of and scheme:
        notes.append(f"Regions by the scheme {scheme}.")
    table = ReportTable(
        "entries",
        "Market entries and exits",
        tuple(columns),
        tuple(rows),
        notes=tuple(notes),
        missing="No entries or exits are on record.",
    )
    return without_empty(table, "Mode", "Evidence")


def _row(event: Event, region_of: Callable[[Event], str] | None) -> tuple[Cell, ...]:
    unknown = Cell(state="no data")
    region = region_of(event) if region_of else ""
    return (
        Cell(event.case),
        Cell(event.date, note=event.note) if event.date else Cell(state="no data", note=event.note),
        Cell(event.kind),
        Cell(country_name(event.place)) if event.place else unknown,
        Cell(event.place),
        *([Cell(region) if region else unknown] if region_of else []),
        Cell(event.mode) if event.mode else unknown,
        Cell(event.evidence),
    )
