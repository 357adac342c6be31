"""Codebook growth: which interview brought how many codes for the first time."""

from __future__ import annotations

from collections.abc import Callable

from crosscase.evidence.saturation import Growth
from crosscase.reports.table import Cell, Column, Format, ReportTable

_UNITS = {"interview": "Interview", "source": "Source", "case": "Case"}


def growth_table(found: Growth, address: Callable[[str], str] = lambda one: "") -> ReportTable:
    """A row an interview; the last two columns are of the run that begins with it.

    ``address`` is where an interview's cells lead.
    """
    share = Format(0, "%")
    columns = (
        Column("", "right"),
        Column(_UNITS[found.unit], heading=True),
        Column("Date"),
        Column("codes", "right"),
        Column("new codes", "right"),
        Column("codes so far", "right"),
        Column(f"new in {found.run} from here", "right"),
        Column("share of the base", "right", share),
    )
    runs = {one.first: one for one in found.runs}
    rows = []
    for number, one in enumerate(found.steps, 1):
        run = runs.get(number)
        rows.append(
            (
                Cell(number),
                Cell(one.title),
                Cell(one.date),
                Cell(one.given, href=address(one.id)),
                Cell(len(one.new), href=address(one.id) if one.new else ""),
                Cell(one.so_far),
                Cell(run.new) if run else Cell(""),
                Cell(100 * run.share) if run else Cell(""),
            )
        )
    notes = [found.sentence(), "After Guest, Namey & Chen (2020). It says when codes stopped being new in this order; whether meaning is saturated is a judgement."]  # fmt: skip
    if found.undated:
        notes.append(f"{found.undated} without a date stand last, in the order of the study.")
    return ReportTable(
        "codebook-growth",
        "Growth of the codebook",
        columns,
        tuple(rows),
        notes=tuple(notes) if rows else (),
        missing=f"No {found.unit} has been coded.",
    )
