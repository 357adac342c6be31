"""The cases, and the page of one: who, when, with whom, how much, and what was said."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.study.casefile import case_file
from crosscase.web.context import Open, Signed, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Cases", "/cases")


@router.get("/cases", response_class=HTMLResponse)
def show_all(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    snapshot = workspace.snapshot
    names = list(dict.fromkeys(name for case in snapshot.cases for name in case.attributes))
    return page(request, "cases.html", title="Cases", cases=list(snapshot.cases), names=names[:8])


@router.get("/case", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed, id: str) -> HTMLResponse:
    file = case_file(workspace, id)
    with workspace.lock:
        names = {one.id: " › ".join(workspace.code_path(one.id)) for one in workspace.rows("codes")}
        memos = [(one, workspace.version("memos", one.id)) for one in workspace.memos_about("cases", id)]
    return page(request, "case.html", title=id, file=file, names=names, memos=memos)
