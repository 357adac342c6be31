"""Agreement of coders on a stated unit, and the places where they differ, to walk through."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.core.errors import AnalysisError, InputError
from crosscase.web.context import Open, Signed, not_blind, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Agreement", "/agreement")

UNITS = ("turn", "sentence", "character")

#: The most places that a page lists.
MOST = 200


@router.get("/agreement", response_class=HTMLResponse)
def show(
    request: Request,
    workspace: Open,
    session: Signed,
    unit: Literal["turn", "sentence", "character"] = "turn",
    code: str = "",
) -> HTMLResponse:
    not_blind(session)
    result, differing, trouble = None, None, ""
    try:
        result, differing = workspace.frozen().agreement(unit)
    except (InputError, AnalysisError) as error:
        trouble = str(error)
    names = {one.id: " › ".join(workspace.code_path(one.id)) for one in workspace.rows("codes")}
    items = [one for one in differing.items if code in ("", one.code)] if differing else []
    titles = {source.id: source.title or source.id for source in workspace.study.sources}
    return page(
        request, "agreement.html", title="Agreement", unit=unit, units=UNITS, result=result, items=items[:MOST],
        total=len(items), trouble=trouble, names=names, titles=titles, code=code,
    )  # fmt: skip
