"""Agreement of coders on a stated unit, and the places where they differ, to walk through."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from crosscase.core.errors import AnalysisError, InputError
from crosscase.study.agreeing import DRAWS, compared, unitized
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, not_blind, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Agreement", "/agreement")

UNITS = ("turn", "sentence", "character")
Unit = Literal["turn", "sentence", "character"]
Coders = Annotated[list[str] | None, Query()]

#: The most places that a page lists.
MOST = 200


@router.get("/agreement", response_class=HTMLResponse)
def show(
    request: Request, workspace: Open, session: Signed, unit: Unit = "turn", code: str = "", coder: Coders = None
) -> HTMLResponse:
    """The coefficients at once; intervals and the unitizing alpha are asked for by the page and come when they are ready."""
    not_blind(session)
    workspace.catch_up()
    result, differing, trouble = None, None, ""
    try:
        result, differing = compared(workspace, unit, coder or ())
    except (InputError, AnalysisError) as error:
        trouble = str(error)
    items = [one for one in differing.items if code in ("", one.code)] if differing else []
    titles = {source.id: source.title or source.id for source in workspace.study.sources}
    everybody = sorted({one.coder for one in workspace.rows("codings")} - {""})
    return page(
        request, "agreement.html", title="Agreement", unit=unit, units=UNITS, result=result, items=items[:MOST],
        total=len(items), trouble=trouble, names=_names(workspace), titles=titles, code=code, everybody=everybody,
        chosen=result.coders if result else coder or everybody, asked=_asked(unit, coder), unitized=None, draws=DRAWS,
    )  # fmt: skip


@router.get("/agreement/intervals", response_class=HTMLResponse)
def intervals(
    request: Request, workspace: Open, session: Signed, unit: Unit = "turn", coder: Coders = None
) -> HTMLResponse:
    """The tables with their bootstrap intervals, to be put in the place of those of the page."""
    not_blind(session)
    result, _ = compared(workspace, unit, coder or (), draws=DRAWS)
    return page(
        request, "coefficients.html", title="Agreement", result=result, unitized=unitized(workspace, coder or ()), unit=unit,
        names=_names(workspace), asked=_asked(unit, coder), draws=DRAWS,
    )  # fmt: skip


def _names(workspace: Workspace) -> dict[str, str]:
    return {one.id: " › ".join(workspace.code_path(one.id)) for one in workspace.rows("codes")}


def _asked(unit: str, coders: list[str] | None) -> str:
    asked: list[tuple[str, Any]] = [("unit", unit), *(("coder", one) for one in coders or ())]
    return urlencode(asked)
