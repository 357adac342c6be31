"""Cross-case tables; a count leads to the quotations behind it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.reports.formats import FORMATS
from crosscase.reports.formats.html import table_html
from crosscase.study.crosstables import AGAINST, crosstable
from crosscase.web.context import Open, Signed, not_blind, page
from crosscase.web.downloads import download

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Cross-case tables", "/tables")

By = Literal["code", "construct", "question", "source-kind"]


@router.get("/tables", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed, by: By = "code") -> HTMLResponse:
    not_blind(session)
    table = crosstable(workspace, by)
    links = tuple((ending, f"/tables.{ending}?by={by}") for ending in ("csv", "xlsx", "docx"))
    return page(
        request,
        "tables.html",
        title="Cross-case tables",
        by=by,
        against=AGAINST,
        table=table_html(table, downloads=links),
    )


@router.get("/tables.{ending}")
def file(workspace: Open, session: Signed, ending: Literal["csv", "xlsx", "docx"], by: By = "code") -> Response:
    not_blind(session)
    return download(FORMATS[ending](crosstable(workspace, by)), f"cases-by-{by}", ending)
