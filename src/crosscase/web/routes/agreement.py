"""Agreement of coders on a stated unit, and the places where they differ, to walk through."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.core.errors import AnalysisError, InputError
from crosscase.study import longwork
from crosscase.study.agreeing import DRAWS, compared, unitized
from crosscase.study.permissions import Permission
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks, not_blind, page
from crosscase.web.routes.work import follow

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Agreement", "/agreement")

UNITS = ("turn", "sentence", "character")
Unit = Literal["turn", "sentence", "character"]
Coders = Annotated[list[str] | None, Query()]

#: The most places that a page lists.
MOST = 200


@router.get("/agreement", response_class=HTMLResponse)
def show(
    request: Request, workspace: Open, session: Signed, unit: Unit = "turn", code: str = "", coder: Coders = None,
    intervals: bool = False,
) -> HTMLResponse:  # fmt: skip
    """The coefficients at once, with intervals and the unitizing alpha when a worker has worked them out.

    A study that can only be read has no queue: there they are worked out here, for who asks with ``intervals``.
    """
    not_blind(session)
    workspace.catch_up()
    read_only = workspace.store.read_only
    result, differing, found, trouble = None, None, None, ""
    try:
        result, differing = compared(workspace, unit, coder or ())
        found = longwork.intervals(workspace, unit, coder or ())
        if found is None and read_only and intervals:
            full, _ = compared(workspace, unit, coder or (), draws=DRAWS)
            found = {"result": full, "unitized": unitized(workspace, coder or ())}
    except (InputError, AnalysisError) as error:
        trouble = str(error)
    items = [one for one in differing.items if code in ("", one.code)] if differing else []
    titles = {source.id: source.title or source.id for source in workspace.study.sources}
    everybody = sorted({one.coder for one in workspace.rows("codings")} - {""})
    return page(
        request, "agreement.html", title="Agreement", unit=unit, units=UNITS, items=items[:MOST], total=len(items),
        result=found["result"] if found else result, unitized=found["unitized"] if found else None, trouble=trouble, names=_names(workspace), titles=titles, code=code, everybody=everybody,
        chosen=result.coders if result else coder or everybody, asked=_asked(unit, coder), draws=DRAWS, only=coder or (),
        work=longwork.running_agreement(workspace, unit, coder or (), who=session.coder),
    )  # fmt: skip


@router.post("/agreement/intervals", openapi_extra=asks(Permission.READ))
def work_out(
    workspace: Open, session: Signed, unit: Annotated[Unit, Form()] = "turn",
    coder: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Intervals and the unitizing alpha, as a piece of work."""
    return follow(workspace, session, longwork.ask_agreement(workspace, session.coder, unit, coder or ()).id)


def _names(workspace: Workspace) -> dict[str, str]:
    return {one.id: " › ".join(workspace.code_path(one.id)) for one in workspace.rows("codes")}


def _asked(unit: str, coders: list[str] | None) -> str:
    asked: list[tuple[str, Any]] = [("unit", unit), *(("coder", one) for one in coders or ())]
    return urlencode(asked)
