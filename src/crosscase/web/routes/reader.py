"""The sources, and the page on which one is read and coded."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.study.agreeing import compared
from crosscase.study.overview import overview
from crosscase.study.reading import read
from crosscase.study.workspace import Workspace
from crosscase.web.colours import style_sheet
from crosscase.web.context import Open, Signed, Suggesting, not_blind, page
from crosscase.web.present import of_codes

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Sources", "/sources")


@router.get("/sources", response_class=HTMLResponse)
def list_sources(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    return page(request, "sources.html", title="Sources", overview=overview(workspace))


@router.get("/source", response_class=HTMLResponse)
def read_source(
    request: Request, workspace: Open, session: Signed, suggester: Suggesting, id: str, view: Literal["live", "marks"] = "live", q: str = "",
    at: Annotated[int, Query(ge=0, le=2**31)] = 0,
    differ: Literal["", "turn", "sentence", "character"] = "", differ_code: str = "",
    coder: Annotated[list[str] | None, Query()] = None,
) -> HTMLResponse:  # fmt: skip
    """One source: painted by the browser, or with ``view=marks`` marked up by the server.

    Of a very long one the part is shown that holds the code point ``at``.  With ``differ``, a unit of agreement, one can walk through the places where coders differ.
    """
    if differ:
        not_blind(session)
    with workspace.lock:
        # the browser paints the codings itself and asks for them when the text stands there
        codings = workspace.codings_in(id) if view == "marks" else []
        shown = workspace.rows("codes") if view == "marks" or differ else []
        names = {code.id: " › ".join(workspace.code_path(code.id)) for code in shown}
    reading = read(workspace, id, codings=codings, at=at)
    suggester.prepare()
    title = reading.source.title or reading.source.id
    return page(
        request, "reader.html", title=title, reading=reading, view=view, codings=codings, names=names, query=q,
        hash=workspace.text_hash(id), suggest=suggester.way, guide={one.id: one.text for one in workspace.study.head.guide},
        unit=differ, differ_code=differ_code,
        walk=_differing(workspace, id, differ, differ_code, coder or []) if differ else None,
    )  # fmt: skip


def _differing(workspace: Workspace, source: str, unit: str, code: str, coders: list[str]) -> list[tuple[int, int]]:
    """The places of a source where coders differ, in the order of the text."""
    _, differing = compared(workspace, unit, coders)
    found = {
        (one.place.start, one.place.end)
        for one in differing.items
        if one.place.source == source and code in ("", one.code)
    }
    return sorted(found)


@router.get("/colours.css")
def colours(workspace: Open, session: Signed) -> Response:
    """The colours of the codes, for the painted view and for the marks."""
    rules = of_codes(workspace, "colours", lambda: style_sheet(workspace.rows("codes")))
    return Response(rules, media_type="text/css")
