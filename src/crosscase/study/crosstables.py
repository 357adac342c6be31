"""The cross-case tables of the workspace: those of the study, each count leading to the quotations behind it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from crosscase.reports import ReportTable
from crosscase.study.workspace import Workspace

#: What the cases can be set against, and how the page names it.
AGAINST = {
    "code": "Codes",
    "construct": "Constructs",
    "question": "Guide questions",
    "source-kind": "Kinds of source",
}


def crosstable(workspace: Workspace, by: str) -> ReportTable:
    """The table of the cases against ``by``, one of :data:`AGAINST`.

    Raises:
        NotFoundError: no such table.
    """
    study = workspace.frozen()
    snapshot, table = study.snapshot, study.matrix(by)
    if by != "code" or not table.rows:
        return table
    used = [code.id for code in snapshot.codes if code.id in snapshot.codings.positions("code")]
    rows = []
    for row in table.rows:
        case = row[0].value
        links = ["", *(_quotations(code, str(case)) for code in used), ""]
        rows.append(
            tuple(
                replace(cell, href=link) if cell.value and case in snapshot.cases else cell
                for cell, link in zip(row, links, strict=True)
            )
        )
    return replace(table, rows=tuple(rows))


def _quotations(code: str, case: str) -> str:
    return f"/quotations?{urlencode({'asked': 'true', 'code': code, 'case': case})}"
