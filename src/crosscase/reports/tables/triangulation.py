"""Which kinds of source stand behind each case."""

from __future__ import annotations

from collections import Counter

from crosscase.core import Snapshot
from crosscase.core.vocabulary import SOURCE_KINDS
from crosscase.reports.table import Cell, Column, ReportTable


def triangulation(snapshot: Snapshot) -> ReportTable:
    """Case × kind of source: how many sources; at the end how many kinds there are and how many quotations."""
    pairs = list(zip(snapshot.sources.column("case"), snapshot.sources.column("kind"), strict=True))
    counted = Counter(pairs)
    present = {kind for _, kind in pairs}
    kinds = [*(kind for kind in SOURCE_KINDS if kind in present), *sorted(present - set(SOURCE_KINDS))]
    quoted = Counter(snapshot.case_of_quotation.values())
    known = list(snapshot.cases.column("id"))
    cases = [*known, *(case for case in dict.fromkeys(case for case, _ in pairs) if case not in set(known))]
    columns = (
        Column("Case", heading=True),
        *(Column(kind or "kind not given", "right") for kind in kinds),
        Column("kinds of source", "right"),
        Column("quotations", "right"),
    )
    rows = []
    for case in cases if pairs or quoted else []:
        counts = [counted[case, kind] for kind in kinds]
        cells = [
            Cell(count, inputs=tuple((one.id, one.title) for one in snapshot.sources.where(case=case, kind=kind)))
            for kind, count in zip(kinds, counts, strict=True)
        ]
        used = sum(count > 0 for kind, count in zip(kinds, counts, strict=True) if kind)
        rows.append((Cell(case or "no case"), *cells, Cell(used), Cell(quoted[case])))
    return ReportTable(
        "triangulation",
        "Sources by case and kind",
        columns,
        tuple(rows),
        notes=("A quotation is a stretch of a source, or a locator where the text may not be shown.",) if rows else (),
        missing="No sources and no quotations are on record.",
    )
