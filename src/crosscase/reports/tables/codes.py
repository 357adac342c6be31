"""Which codes were found in which cases, which with which others, and how often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Literal

from crosscase.core import Snapshot
from crosscase.evidence import Ledger
from crosscase.reports.table import Cell, Column, ReportTable


def case_by_code(
    snapshot: Snapshot,
    level: str = "",
    *,
    address: Callable[[str, str], str] = lambda case, code: "",
    groups: Mapping[str, str] | None = None,
    named: Mapping[str, str] | None = None,
    only: Container[str] | None = None,
    words: Callable[[Sequence[int]], str] | None = None,
) -> ReportTable:
    """Case × code: the number of codings with each code that was used, in the order of the codebook.

    A count of nothing is left as no data: that a code was not given to a case does not say that the thing is absent.

    Args:
        snapshot: the study.
        level: count each coding for the nearest code of this level (``theme``), the code itself or one above it; a coding
            without one is left out, and a note says how many were.
        address: where the cell of a case (or group) and a code leads.
        groups: case -> the group it is counted in; the rows are the groups, with how many of their cases have the code.
        named: group -> the words for it.
        only: the codes wanted; all when ``None``.
        words: what a cell says instead of its count, from the positions of its codings.
    """
    counts_for = nearest_of_level(snapshot, level) if level else {code.id: code.id for code in snapshot.codes}
    case_of = snapshot.case_of_quotation
    cases = [case_of.get(quotation, "") for quotation in snapshot.codings.column("quotation")]
    rows_of_codings = cases if groups is None else [groups.get(case, "") for case in cases]
    codes = [counts_for.get(code, "") for code in snapshot.codings.column("code")]
    counted = Counter(zip(rows_of_codings, codes, strict=True))
    cases_with = (
        Counter((row, code) for row, code, _ in {*zip(rows_of_codings, codes, cases, strict=True)})
        if groups
        else Counter()
    )
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    if words is not None:
        for place, key in enumerate(zip(rows_of_codings, codes, strict=True)):
            places[key].append(place)
    found = {code for _, code in counted}
    used = [code for code in snapshot.codes if code.id in found and (only is None or code.id in only)]
    names = Counter(code.name for code in used)
    known = dict.fromkeys(groups.values()) if groups is not None else dict.fromkeys(snapshot.cases.column("id"))
    rows_of = [*known, *([""] if any(row == "" for row, _ in counted) and "" not in known else [])]
    of_group = Counter((groups or {}).values())
    columns = (
        Column("Cases" if groups is not None else "Case", heading=True),
        *(
            Column(
                code.name if code.name and names[code.name] == 1 else _path(snapshot, code.id),
                "left" if words else "right",
            )
            for code in used
        ),
        Column("codings", "right"),
    )
    rows = []
    for row in rows_of:
        cells = []
        for code in used:
            count = counted[row, code.id]
            if not count:
                cells.append(Cell(state="no data"))
            elif words is not None:
                cells.append(Cell(words(places[row, code.id]), href=address(row, code.id)))
            else:
                text = f"{count} ({cases_with[row, code.id]}/{of_group[row]})" if groups is not None and row else ""
                cells.append(Cell(count, text, href=address(row, code.id)))
        label = (
            f"{(named or {}).get(row, row)} (n\u00a0=\u00a0{of_group[row]})"
            if groups is not None and row
            else row or "no case"
        )
        rows.append((Cell(row or "no case", label), *cells, Cell(sum(counted[row, code.id] for code in used))))
    without = sum(count for (_, code), count in counted.items() if not code)
    notes = [f"{without} codings are under no {level} and are not counted here."] if level and without else []
    if groups is not None and words is None:
        notes.append("Codings, and in parentheses how many of the group's cases have any.")
    return ReportTable(
        f"case-by-{level or 'code'}",
        f"Codings by {'group of cases' if groups is not None else 'case'} and {level or 'code'}",
        columns,
        tuple(rows) if used else (),
        notes=tuple(notes),
        missing="Nothing has been coded." if not level else f"Nothing has been coded with a {level} or under one.",
    )


def code_by_code(
    ledger: Ledger,
    codes: Sequence[str],
    *,
    address: Callable[[str, str], str] = lambda one, other: "",
    show: Literal["counts", "share", "both"] = "both",
) -> ReportTable:
    """Code × code: how many passages of the row's code overlap a passage of the column's code.

    A passage that has both codes overlaps itself.  The count of (i, j) need not be that of (j, i): one long passage of j
    may lie over three of i.  The share is the same both ways: the passages of either code that overlap one of the other,
    over all passages of the two, (n_ij + n_ji) / (n_i + n_j), from 0 to 1; where codes share whole passages only, it is the
    coefficient of Dice (1945) and Sørensen (1948).

    Args:
        ledger: the study.
        codes: ids; each counts for itself, without those under it.
        address: where the cell of two codes leads.
        show: what a cell says; its value is the count, or the share for ``share``.
    """
    snapshot = ledger.snapshot
    alone, found = ledger.passages.together(codes)
    often = Counter(snapshot.codes[code].name for code in codes)
    names = [
        name if (name := snapshot.codes[code].name) and often[name] == 1 else _path(snapshot, code) for code in codes
    ]
    columns = [Column("Code", heading=True), Column("passages", "right"), *(Column(name, "right") for name in names)]
    rows = []
    for row, one in enumerate(codes):
        cells = []
        for column, other in enumerate(codes):
            count, back = int(found[row, column]), int(found[column, row])
            if row == column:
                cells.append(Cell("", "—"))
            elif not count:
                cells.append(Cell(0, "·"))
            else:
                share = (count + back) / (alone[one] + alone[other])
                text = {"counts": str(count), "share": f"{share:.2f}", "both": f"{count} ({share:.2f})"}[show]
                cells.append(Cell(share if show == "share" else count, text, href=address(one, other)))
        rows.append((Cell(names[row]), Cell(alone[one], href=address(one, one)), *cells))
    return ReportTable(
        "codes-together",
        "Codes that overlap",
        tuple(columns),
        tuple(rows),
        notes=(
            "A cell counts the passages of the row's code that share words with a passage of the column's code; "
            "the share is of all passages of the two codes, those of either that overlap one of the other.",
        ),
        missing="No two codes have been given.",
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
