"""Claims: what is said beside what is shown, case by case."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.reports.formats.html import table_html
from crosscase.reports.tables import claims_table, verdict_table
from crosscase.web.context import Open, Signed, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Claims", "/claims")


@router.get("/claims", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    verdicts = workspace.frozen().claims()
    parts = [(one.claim, table_html(verdict_table(one))) for one in verdicts]
    return page(request, "claims.html", title="Claims", overall=table_html(claims_table(verdicts)), parts=parts)
