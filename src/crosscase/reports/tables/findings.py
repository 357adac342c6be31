"""What the checks found."""

from __future__ import annotations

from collections.abc import Iterable

from crosscase.core import Finding
from crosscase.reports.table import Cell, Column, ReportTable

ORDER = {"error": 0, "warning": 1, "note": 2}


def findings(found: Iterable[Finding]) -> ReportTable:
    """A row a finding: the open ones first, by severity and rule; the accepted ones with their reasons at the end."""
    ordered = sorted(
        found,
        key=lambda one: (bool(one.accepted), ORDER.get(one.severity, 3), one.rule, one.subject.kind, one.subject.id),
    )
    columns = (
        Column("Rule", heading=True),
        Column("Severity"),
        Column("Subject"),
        Column("Finding"),
        Column("Evidence"),
        Column("Accepted because"),
    )
    rows = tuple(
        (
            Cell(one.rule, href=f"#rule-{one.rule}"),
            Cell(one.severity),
            Cell(f"{one.subject.kind} {one.subject.id}".strip()),
            Cell(one.message),
            Cell("; ".join(one.evidence)),
            Cell(one.accepted),
        )
        for one in ordered
    )
    return ReportTable(
        "findings", "Findings of the checks", columns, rows, missing="The checks found nothing to report."
    )
