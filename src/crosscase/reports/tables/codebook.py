"""The codebook with how often each code was given, and in how many cases."""

from __future__ import annotations

from collections import defaultdict

from crosscase.core import Code, Snapshot
from crosscase.reports.table import Cell, Column, ReportTable, without_empty

_INDENT = "\u2003"


def codebook(snapshot: Snapshot) -> ReportTable:
    """A row a code, those above before those under them, with its own codings and cases."""
    given: dict[str, list[str]] = defaultdict(list)
    cases: dict[str, set[str]] = defaultdict(set)
    case_of = snapshot.case_of_quotation
    for code, quotation in zip(snapshot.codings.column("code"), snapshot.codings.column("quotation"), strict=True):
        given[code].append(quotation)
        cases[code].add(case_of.get(quotation, ""))
    columns = (
        Column("Code", heading=True),
        Column("Level"),
        Column("Origin"),
        Column("Definition"),
        Column("Include"),
        Column("Exclude"),
        Column("codings", "right"),
        Column("cases", "right"),
    )
    rows = tuple(
        (
            Cell(code.id, _INDENT * depth + (code.name or code.id)),
            Cell(code.level),
            Cell(code.origin),
            Cell(code.definition) if code.definition else Cell(state="no data"),
            Cell(code.include),
            Cell(code.exclude),
            Cell(len(given[code.id])),
            Cell(len(cases[code.id] - {""}), inputs=tuple((case, "") for case in sorted(cases[code.id] - {""}))),
        )
        for code, depth in _ordered(snapshot)
    )
    table = ReportTable(
        "codebook",
        "Codebook",
        columns,
        rows,
        notes=("Codings and cases count the code itself, not the codes under it.",) if rows else (),
        missing="There are no codes in this study.",
    )
    return without_empty(table, "Origin", "Definition", "Include", "Exclude")


def _ordered(snapshot: Snapshot) -> list[tuple[Code, int]]:
    ordered: list[tuple[Code, int]] = []
    seen: set[str] = set()

    def walk(parent: str, depth: int) -> None:
        for id in snapshot.children.get(parent, ()):
            if id not in seen:
                seen.add(id)
                ordered.append((snapshot.codes[id], depth))
                walk(id, depth + 1)

    walk("", 0)
    # codes whose parents go round in a circle hang under nothing
    ordered.extend((code, 0) for code in snapshot.codes if code.id not in seen)
    return ordered
