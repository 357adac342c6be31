"""One row of any table, with everything on record about it and its memos: where evidence leads."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.core.plain import to_plain
from crosscase.study.memos import refuse_unknown
from crosscase.web.context import Open, Signed, page

router = APIRouter(include_in_schema=False)


@router.get("/row", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed, table: str, id: str) -> HTMLResponse:
    workspace.refuse_hidden(table, id)
    refuse_unknown(workspace, table, id)
    row = workspace.snapshot.table(table)[id]
    place = ""
    if table == "codings":
        about = workspace.placed(id).quotation
        place = f"at={about.start}&coding={id}" if about.source else ""
    elif table == "quotations" and row.source:
        about, place = row, f"at={row.start}"
    memos = [(one, workspace.version("memos", one.id)) for one in workspace.memos_about(table, id)]
    return page(
        request, "row.html", title=f"{table} {id}", table=table, row=to_plain(row), memos=memos, place=place,
        source=about.source if place else "",
    )  # fmt: skip
