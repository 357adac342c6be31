"""The data structure as a table: what the figure shows, to be edited and set anew."""

from __future__ import annotations

from crosscase.evidence.datastructure import DataStructure
from crosscase.reports.table import Cell, Column, ReportTable


def data_structure_table(structure: DataStructure) -> ReportTable:
    """A row a concept, or a theme or dimension with nothing under it; a name is written where it first stands."""
    columns = (
        Column("First-order concept", heading=True),
        Column("Second-order theme"),
        Column("Aggregate dimension"),
        Column("codings", "right"),
        Column("cases", "right"),
    )
    rows = []
    last = ("", "")
    for dimension, theme, concept, codings, cases in structure.rows():
        above = tuple("" if name == before and dimension == last[0] else name for name, before in zip((dimension, theme), last, strict=True))  # fmt: skip
        last = (dimension, theme)
        rows.append((Cell(concept), Cell(above[1]), Cell(above[0]), Cell(codings), Cell(cases)))
    free = f"{len(structure.free)} codes have no level and are not part of the structure." if structure.free else ""
    return ReportTable(
        "concepts-and-themes",
        "Concepts, themes and dimensions",
        columns,
        tuple(rows),
        notes=(*(("Codings and cases count the code and all codes under it.",) if rows else ()), *((free,) if free else ())),
        missing="No code is a concept, theme or dimension yet.",
    )  # fmt: skip
