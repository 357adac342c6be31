"""Which codes were found in which cases, and how often."""

from __future__ import annotations

from collections import Counter

from crosscase.core import Snapshot
from crosscase.reports.table import Cell, Column, ReportTable


def case_by_code(snapshot: Snapshot) -> ReportTable:
    """Case × code: the number of codings with each code that was used, in the order of the codebook.

    A count of nothing is left as no data: that a code was not given to a case does not say that the thing is absent.
    """
    quotations, codes = snapshot.codings.column("quotation"), snapshot.codings.column("code")
    counted = Counter(
        (snapshot.case_of_quotation.get(quotation, ""), code) for quotation, code in zip(quotations, codes, strict=True)
    )
    used = [code for code in snapshot.codes if code.id in snapshot.codings.positions("code")]
    cases = [*snapshot.cases.column("id"), *([""] if any(case == "" for case, _ in counted) else [])]
    columns = (
        Column("Case", heading=True),
        *(Column(code.name or code.id, "right") for code in used),
        Column("codings", "right"),
    )
    rows = [
        (
            Cell(case or "no case"),
            *(Cell(counted[case, code.id]) if counted[case, code.id] else Cell(state="no data") for code in used),
            Cell(sum(counted[case, code.id] for code in used)),
        )
        for case in cases
    ]
    return ReportTable(
        "case-by-code",
        "Codings by case and code",
        columns,
        tuple(rows) if used else (),
        missing="Nothing has been coded.",
    )
