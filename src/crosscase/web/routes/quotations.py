"""Retrieval: quotations by code, case, kind of source, coder and words; each a click from its place, all as a table."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.core import Code
from crosscase.core.vocabulary import SOURCE_KINDS
from crosscase.reports import Cell, Column, ReportTable
from crosscase.reports.formats import FORMATS
from crosscase.study.permissions import Permission
from crosscase.study.quotations import Found, Wanted, quotations
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.downloads import download
from crosscase.web.security import Session

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Quotations", "/quotations")

#: How many stand on one page.
PAGE = 100


@router.get("/quotations", response_class=HTMLResponse)
def show(
    request: Request, workspace: Open, session: Signed, code: str = "", case: str = "", kind: str = "", coder: str = "",
    words: str = "", under: bool = False, asked: bool = False, at: int = 0,
) -> HTMLResponse:  # fmt: skip
    wanted = _wanted(session, code, case, kind, coder, words, under or not asked)
    found = quotations(workspace, wanted)
    at = max(0, min(at, len(found) - 1)) // PAGE * PAGE
    codes: list[Code] = workspace.rows("codes")
    return page(
        request, "quotations.html", title="Quotations", wanted=wanted, found=found[at : at + PAGE], total=len(found),
        at=at, size=PAGE, paths=_paths(workspace), codes=codes, cases=workspace.snapshot.cases.column("id"),
        kinds=SOURCE_KINDS, coders=sorted({one.coder for one in workspace.rows("codings")} - {""}),
    )  # fmt: skip


@router.get("/quotations.{ending}", openapi_extra=asks(Permission.EXPORT))
def file(
    workspace: Open, session: Signed, ending: Literal["csv", "xlsx", "docx"], code: str = "", case: str = "",
    kind: str = "", coder: str = "", words: str = "", under: bool = False,
) -> Response:  # fmt: skip
    wanted = _wanted(session, code, case, kind, coder, words, under)
    table = _table(quotations(workspace, wanted), _paths(workspace))
    return download(FORMATS[ending](table), "quotations", ending)


def _wanted(session: Session, code: str, case: str, kind: str, coder: str, words: str, under: bool) -> Wanted:
    """A blind coder looks for own codings only."""
    return Wanted(code, under, case, kind, session.coder if session.blind else coder, words)


def _paths(workspace: Workspace) -> dict[str, str]:
    return {one.id: " › ".join(workspace.code_path(one.id)) for one in workspace.rows("codes")}


def _table(found: list[Found], paths: dict[str, str]) -> ReportTable:
    columns = tuple(map(Column, ("Quotation", "Code", "Case", "Role", "Source", "Date", "Locator", "Coder")))
    rows = [
        tuple(
            Cell(text)
            for text in (
                one.quotation.text, paths.get(coding.code, coding.code), one.case, one.role, one.source_title, one.date,
                one.quotation.locator or f"{one.quotation.start}–{one.quotation.end}", coding.coder,
            )
        )
        for one in found
        for coding in one.codings
    ]  # fmt: skip
    return ReportTable("quotations", "Quotations", columns, tuple(rows), missing="No quotation fits.")
