"""Which codes were found in which cases, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from crosscase.core import Snapshot
from crosscase.reports.table import Cell, Column, ReportTable


def case_by_code(
    snapshot: Snapshot, level: str = "", *, address: Callable[[str, str], str] = lambda case, code: ""
) -> ReportTable:
    """Case × code: the number of codings with each code that was used, in the order of the codebook.

    A count of nothing is left as no data: that a code was not given to a case does not say that the thing is absent.

    Args:
        snapshot: the study.
        level: count each coding for the nearest code of this level (``theme``), the code itself or one above it; a coding
            without one is left out, and a note says how many were.
        address: where the cell of a case and a code leads.
    """
    counts_for = nearest_of_level(snapshot, level) if level else {code.id: code.id for code in snapshot.codes}
    quotations, codes = snapshot.codings.column("quotation"), snapshot.codings.column("code")
    counted = Counter(
        (snapshot.case_of_quotation.get(quotation, ""), counts_for.get(code, ""))
        for quotation, code in zip(quotations, codes, strict=True)
    )
    found = {code for _, code in counted}
    used = [code for code in snapshot.codes if code.id in found]
    names = Counter(code.name for code in used)
    cases = [*snapshot.cases.column("id"), *([""] if any(case == "" for case, _ in counted) else [])]
    columns = (
        Column("Case", heading=True),
        *(
            Column(code.name if code.name and names[code.name] == 1 else _path(snapshot, code.id), "right")
            for code in used
        ),
        Column("codings", "right"),
    )
    rows = []
    for case in cases:
        cells = [
            Cell(counted[case, code.id], href=address(case, code.id))
            if counted[case, code.id]
            else Cell(state="no data")
            for code in used
        ]
        rows.append((Cell(case or "no case"), *cells, Cell(sum(counted[case, code.id] for code in used))))
    without = sum(count for (_, code), count in counted.items() if not code)
    return ReportTable(
        f"case-by-{level or 'code'}",
        f"Codings by case and {level or 'code'}",
        columns,
        tuple(rows) if used else (),
        notes=(f"{without} codings are under no {level} and are not counted here.",) if level and without else (),
        missing="Nothing has been coded." if not level else f"Nothing has been coded with a {level} or under one.",
    )


def nearest_of_level(snapshot: Snapshot, level: str) -> Mapping[str, str]:
    """Code -> the nearest code of a level, itself or above it; codes without one are not in it."""
    nearest: dict[str, str] = {}
    for code in snapshot.codes:
        seen: set[str] = set()
        above = snapshot.codes.get(code.id)
        while above is not None and above.id not in seen and above.level != level:
            seen.add(above.id)
            above = snapshot.codes.get(above.parent)
        if above is not None and above.level == level:
            nearest[code.id] = above.id
    return nearest


def _path(snapshot: Snapshot, code: str) -> str:
    return " › ".join(snapshot.code_path(code))
