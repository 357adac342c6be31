"""Cross-case tables, and what stands behind each of their cells."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.reports.formats import FORMATS
from crosscase.reports.formats.html import table_html
from crosscase.reports.names import value_text
from crosscase.study.crosstables import KINDS, choices, chosen, cross_table, open_cell, seen_by
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.downloads import download
from crosscase.web.security import Session

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Cross-case tables", "/tables")

By = Literal["code", "theme", "construct", "question", "source-kind"]


@router.get("/tables", response_class=HTMLResponse)
def show(
    request: Request,
    workspace: Open,
    session: Signed,
    by: By = "code",
    show: Literal["counts", "presence"] = "counts",
    where: str = "",
) -> HTMLResponse:
    """One table; ``where`` is ``variable=value``."""
    ledger = seen_by(workspace, hidden_from(session))
    cases = chosen(ledger.snapshot, where)
    table = cross_table(
        ledger, by, lambda case, of: cell_address(by, case, of), cases=cases, presence=show == "presence"
    )
    asked = urlencode({"by": by, "show": show, "where": where})
    files = tuple((ending, f"/tables.{ending}?{asked}") for ending in ("csv", "xlsx", "docx"))
    variables = {one.name: one.label or one.name for one in ledger.snapshot.study.variables}
    return page(
        request, "tables.html", title="Cross-case tables", kinds=KINDS, by=by, show=show, where=where, cases=cases,
        block=table_html(table, downloads=files), choices=choices(ledger.snapshot), variables=variables,
        total=len(ledger.snapshot.cases), counted=by in ("code", "theme", "source-kind"),
    )  # fmt: skip


@router.get("/tables.{ending}", openapi_extra=asks(Permission.EXPORT))
def file(
    workspace: Open, session: Signed, ending: Literal["csv", "xlsx", "docx"], by: By = "code",
    show: Literal["counts", "presence"] = "counts", where: str = "",
) -> Response:  # fmt: skip
    """The same table as a file."""
    ledger = seen_by(workspace, hidden_from(session))
    cases = chosen(ledger.snapshot, where)
    table = cross_table(ledger, by, lambda case, of: "", cases=cases, presence=show == "presence")
    return download(FORMATS[ending](table), f"cases-by-{by}", ending)


@router.get("/tables/cell", response_class=HTMLResponse)
def cell(request: Request, workspace: Open, session: Signed, by: By, case: str = "", of: str = "") -> HTMLResponse:
    """The quotations and records behind one cell."""
    ledger = seen_by(workspace, hidden_from(session))
    opened = open_cell(ledger, by, case, of)
    paths = {code.id: " › ".join(ledger.snapshot.code_path(code.id)) for code in ledger.snapshot.codes}
    construct = ledger.snapshot.constructs.get(of) if by == "construct" else None
    return page(
        request, "cell.html", title=f"{case or 'no case'}: {opened.name}", opened=opened, kinds=KINDS, paths=paths,
        construct=construct, value_text=value_text,
    )  # fmt: skip


def cell_address(by: str, case: str, of: str) -> str:
    """Where a cell leads."""
    return "/tables/cell?" + urlencode({"by": by, "case": case, "of": of})


def hidden_from(session: Session) -> str:
    """The coder whose own codings alone are shown; empty when all are."""
    return session.coder if session.blind else ""
