"""The first page: what the study is, what is in it, what to do next."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.study.longwork import may_ask
from crosscase.study.overview import overview
from crosscase.web.context import Open, Signed, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Overview", "/")


@router.get("/", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    return page(
        request,
        "overview.html",
        title="Overview",
        overview=overview(workspace),
        may_import=may_ask(workspace, "import"),
    )
