"""The sources, and the page on which one is read and coded."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.study.overview import overview
from crosscase.study.reading import read
from crosscase.web.colours import style_sheet
from crosscase.web.context import Open, Signed, page
from crosscase.web.present import visible

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Sources", "/sources")


@router.get("/sources", response_class=HTMLResponse)
def list_sources(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    return page(request, "sources.html", title="Sources", overview=overview(workspace))


@router.get("/source", response_class=HTMLResponse)
def read_source(
    request: Request, workspace: Open, session: Signed, id: str, view: Literal["live", "marks"] = "live", q: str = ""
) -> HTMLResponse:
    """One source: painted by the browser, or with ``view=marks`` marked up by the server."""
    with workspace.lock:
        codings = visible(workspace.codings_in(id), session)
        reading = read(workspace, id, codings=codings if view == "marks" else ())
        names = {code.id: " › ".join(workspace.code_path(code.id)) for code in workspace.rows("codes")}
    title = reading.source.title or reading.source.id
    return page(
        request, "reader.html", title=title, reading=reading, view=view, codings=codings, names=names, query=q,
        hash=workspace.text_hash(id),
    )  # fmt: skip


@router.get("/colours.css")
def colours(workspace: Open, session: Signed) -> Response:
    """The colours of the codes, for the painted view and for the marks."""
    return Response(style_sheet(workspace.rows("codes")), media_type="text/css")
