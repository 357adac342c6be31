"""The saved analyses of a study and how their results stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crosscase.reports.table import Cell, Column, ReportTable

if TYPE_CHECKING:
    from crosscase.reports.contents import AnalysisPart

#: What each state means to somebody who reads the report.
STATE_WORDS = {
    "current": "current",
    "stale": "stale: the study has changed since it was run",
    "not run": "not run",
    "cannot be run": "cannot be run on the study as it is",
}


def analyses_table(analyses: Iterable[AnalysisPart]) -> ReportTable:
    """A row an analysis, with what a reader of its numbers must know."""
    columns = (
        Column("Analysis", heading=True),
        Column("Kind"),
        Column("Claim"),
        Column("Result"),
        Column("Warnings"),
    )
    rows = tuple(
        (
            Cell(one.title or one.id),
            Cell(one.kind),
            Cell(one.claim),
            Cell(one.state, STATE_WORDS.get(one.state, one.state), note=one.problem),
            Cell("; ".join(one.warnings)),
        )
        for one in analyses
    )
    return ReportTable("analyses", "Analyses", columns, rows, missing="No analysis is saved.")
