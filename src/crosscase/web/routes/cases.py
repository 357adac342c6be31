"""The cases, and everything on record about one of them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from crosscase.reports.names import country_name, measure_name, value_text
from crosscase.study.caserecord import case_lines, case_record
from crosscase.web.context import Open, Signed, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Cases", "/cases")

#: The attributes that stand in the list of cases; the others are on the page of the case.
_MOST_ATTRIBUTES = 5

#: The quotations that stand on the page of a case; a link leads to all.
MOST_PASSAGES = 100


@router.get("/cases", response_class=HTMLResponse)
def show_all(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    snapshot = workspace.snapshot
    lines = case_lines(snapshot)
    variables = {one.name: one for one in snapshot.study.variables}
    given = dict.fromkeys(name for line in lines for name, value in line.case.attributes.items() if value)
    names = [*(name for name in variables if name in given), *(name for name in given if name not in variables)]
    return page(
        request, "cases.html", title="Cases", lines=lines, names=names[:_MOST_ATTRIBUTES], variables=variables,
        more=len(names) - _MOST_ATTRIBUTES, country_name=country_name,
    )  # fmt: skip


@router.get("/case", response_class=HTMLResponse)
def show_one(request: Request, workspace: Open, session: Signed, id: str, check: bool = False) -> HTMLResponse:
    """One case; the checks run only when they are asked for, because they look at the whole study."""
    ledger = workspace.frozen().ledger
    checked = check or workspace.findings_known
    record = case_record(ledger, workspace.findings() if checked else (), id)
    paths = {code.id: " › ".join(ledger.snapshot.code_path(code.id)) for code in ledger.snapshot.codes}
    memos = [(one, workspace.version("memos", one.id)) for one in record.memos]
    return page(
        request, "case.html", title=f"Case {id}", record=record, paths=paths, memos=memos, country_name=country_name,
        measure_name=measure_name, value_text=value_text, figure=Markup(record.timeline), network=Markup(record.network), checked=checked, most=MOST_PASSAGES,
        under="/cases",
    )  # fmt: skip
