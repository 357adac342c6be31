"""All memos, and writing one about anything."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.study.memos import add_memo, change_memo, delete_memo
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.pages import back

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Memos", "/memos")

Field = Annotated[str, Form()]


@router.get("/memos", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    with workspace.lock:
        memos = [(one, workspace.version("memos", one.id)) for one in reversed(workspace.rows("memos"))]
    return page(request, "memos.html", title="Memos", memos=memos)


@router.post("/memos/add", openapi_extra=asks(Permission.MEMO))
def add(
    workspace: Open,
    session: Signed,
    text: Field,
    title: Field = "",
    kind: Field = "",
    about: Field = "",
    to: Field = "/memos",
) -> Response:
    add_memo(workspace, session.coder, text, kind=kind, about=about, title=title)
    return back(to)


@router.post("/memos/change", openapi_extra=asks(Permission.MEMO))
def change(
    workspace: Open, session: Signed, memo: Field, version: Annotated[int, Form()], text: Field, title: Field = "",
    to: Field = "/memos",
) -> Response:  # fmt: skip
    change_memo(workspace, session.coder, memo, version, title=title, text=text)
    return back(to)


@router.post("/memos/delete", openapi_extra=asks(Permission.MEMO))
def delete(
    workspace: Open, session: Signed, memo: Field, version: Annotated[int, Form()], to: Field = "/memos"
) -> Response:
    delete_memo(workspace, session.coder, memo, version)
    return back(to)


@router.post("/undo", openapi_extra=asks(Permission.CODE))
def undo(workspace: Open, session: Signed, way: Annotated[Literal["undo", "redo"], Form()], to: Field = "/") -> Response:
    """Take back, or do again, the last change of whoever asks; the page it was asked on says what it was."""
    what = workspace.undo(session.coder) if way == "undo" else workspace.redo(session.coder)
    done = "Undone" if way == "undo" else "Done again"
    return back(to, f"{done}: {what}." if what else f"There is nothing to {way}.")
