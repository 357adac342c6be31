"""What the checks find: each finding with its rule's page, its evidence a click away, and acceptance with a reason."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from crosscase.core import Finding
from crosscase.study.accepting import accept_finding, withdraw_acceptance
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Findings", "/findings")

Field = Annotated[str, Form()]


@router.get("/findings", response_class=HTMLResponse)
def show(
    request: Request,
    workspace: Open,
    session: Signed,
    show: Literal["all", "open", "accepted"] = "all",
    said: str = "",
) -> HTMLResponse:
    """The findings rule by rule."""
    from crosscase.checks import get_rule

    findings = workspace.findings()
    by_rule: dict[str, list[Finding]] = {}
    for one in findings:
        if show == "all" or bool(one.accepted) == (show == "accepted"):
            by_rule.setdefault(one.rule, []).append(one)
    groups = [(get_rule(code), found) for code, found in by_rule.items()]
    return page(
        request, "findings.html", title="Findings", groups=groups, total=len(findings), open=len(findings.open), show=show,
        said=said,
    )  # fmt: skip


@router.get("/rule", response_class=HTMLResponse)
def explain(request: Request, session: Signed, code: str) -> HTMLResponse:
    from crosscase.checks import get_rule

    rule = get_rule(code)
    return page(
        request,
        "rule.html",
        title=f"{rule.code} {rule.title}",
        text=Markup(_markdown().render(rule.page)),
        under="/findings",
    )


@router.post("/findings/accept", openapi_extra=asks(Permission.JUDGE))
def accept(workspace: Open, session: Signed, rule: Field, kind: Field, id: Field, reason: Field = "") -> Response:
    accept_finding(workspace, session.coder, rule, kind, id, reason)
    return RedirectResponse(f"/findings#{quote(rule)}", 303)


@router.post("/findings/withdraw", openapi_extra=asks(Permission.JUDGE))
def withdraw(workspace: Open, session: Signed, rule: Field, kind: Field, id: Field) -> Response:
    withdraw_acceptance(workspace, session.coder, rule, kind, id)
    return RedirectResponse(f"/findings#{quote(rule)}", 303)


@cache
def _markdown() -> Any:
    """The rules' pages are ours; still no HTML in them is taken as such."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
