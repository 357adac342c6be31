"""The codebook: a tree with counts, and beside it the code that is looked at, to be changed, moved, merged or deleted."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.core.vocabulary import LEVELS, ORIGINS
from crosscase.study import codebook
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, page

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Codebook", "/codebook")

Field = Annotated[str, Form()]


@router.get("/codebook", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed, code: str = "", said: str = "") -> HTMLResponse:
    with workspace.lock:
        workspace.catch_up()
        nodes = codebook.tree(workspace)
        chosen = next((node for node in nodes if node.code.id == code), None)
        if code and chosen is None:
            workspace.row("codes", code)  # says which codes there are
        memos = (
            [(one, workspace.version("memos", one.id)) for one in workspace.memos_about("codes", code)] if code else []
        )
    return page(
        request, "codebook.html", title="Codebook", nodes=nodes, chosen=chosen, memos=memos, levels=LEVELS,
        origins=ORIGINS, said=said,
    )  # fmt: skip


@router.post("/codebook/add", openapi_extra=asks(Permission.CODEBOOK))
def add(workspace: Open, session: Signed, name: Field, parent: Field = "", level: Field = "concept") -> Response:
    made = codebook.add_code(workspace, session.coder, name, parent=parent, level=level)
    return _to(made.id, f"{made.name} is in the codebook.")


@router.post("/codebook/change", openapi_extra=asks(Permission.CODEBOOK))
def change(
    workspace: Open,
    session: Signed,
    code: Field,
    version: Annotated[int, Form()],
    name: Field,
    parent: Field = "",
    level: Field = "free",
    origin: Field = "",
    definition: Field = "",
    include: Field = "",
    exclude: Field = "",
    example: Field = "",
    colour: Field = "",
) -> Response:
    made = codebook.change_code(
        workspace, session.coder, code, version, name=name, parent=parent, level=level, origin=origin,
        definition=definition, include=include, exclude=exclude, example=example, colour=colour,
    )  # fmt: skip
    return _to(code, f"{made.name} is changed.")


@router.post("/codebook/move", openapi_extra=asks(Permission.CODEBOOK))
def move(workspace: Open, session: Signed, code: Field, parent: Field = "") -> Response:
    """Put a code under another one, or at the top: what dragging does."""
    made = codebook.change_code(workspace, session.coder, code, workspace.version("codes", code), parent=parent)
    return _to(code, f"{made.name} is moved.")


@router.post("/codebook/merge", openapi_extra=asks(Permission.CODEBOOK))
def merge(workspace: Open, session: Signed, code: Field, into: Field, reason: Field = "") -> Response:
    made = codebook.merge_codes(workspace, session.coder, code, into, reason)
    return _to(into, f"Merged into {made.name}.")


@router.post("/codebook/delete", openapi_extra=asks(Permission.CODEBOOK))
def delete(workspace: Open, session: Signed, code: Field, version: Annotated[int, Form()]) -> Response:
    codebook.delete_code(workspace, session.coder, code, version)
    return _to("", "Deleted.")


@router.post("/codebook/back", openapi_extra=asks(Permission.CODE))
def back(workspace: Open, session: Signed, way: Annotated[Literal["undo", "redo"], Form()]) -> Response:
    what = workspace.undo(session.coder) if way == "undo" else workspace.redo(session.coder)
    done = "Undone" if way == "undo" else "Done again"
    return _to("", f"{done}: {what}." if what else f"There is nothing to {way}.")


def _to(code: str, said: str) -> Response:
    asked = urlencode({name: value for name, value in (("code", code), ("said", said)) if value})
    return RedirectResponse(f"/codebook?{asked}", 303)
