"""All memos, and writing one about anything."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.core import Memo
from crosscase.evidence.withdrawn import TakenBack
from crosscase.study.memos import add_memo, change_memo, delete_memo
from crosscase.study.permissions import Permission
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.pages import back

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Memos", "/memos")

Field = Annotated[str, Form()]


@router.get("/memos", response_class=HTMLResponse)
def show(
    request: Request,
    workspace: Open,
    session: Signed,
    about: str = "",
    author: str = "",
    words: str = "",
    said: str = "",
) -> HTMLResponse:
    """The memos, the latest first; ``about`` is the name of a table, or ``study``."""
    with workspace.lock:
        all_memos = [(one, workspace.version("memos", one.id)) for one in reversed(workspace.rows("memos"))]
    wanted = words.casefold()
    memos = [
        (one, version)
        for one, version in all_memos
        if about in ("", one.about_kind or "study")
        and author in ("", one.author)
        and wanted in f"{one.title}\n{one.text}".casefold()
    ]
    return page(
        request, "memos.html", title="Memos", memos=memos, total=len(all_memos), about=about, author=author, words=words,
        said=said, kinds=dict.fromkeys(one.about_kind or "study" for one, _ in all_memos),
        authors=sorted({one.author for one, _ in all_memos} - {""}), names=_names(workspace, [one for one, _ in memos]),
    )  # fmt: skip


def _names(workspace: Workspace, memos: list[Memo]) -> dict[str, str]:
    """Memo -> what it is about, as a person names it."""
    snapshot = workspace.snapshot
    names = {}
    for memo in memos:
        name = memo.about
        if memo.about_kind == "codes":
            name = " › ".join(snapshot.code_path(memo.about)) or name
        elif memo.about_kind == "sources" and (source := snapshot.sources.get(memo.about)) is not None:
            name = source.title or name
        elif memo.about_kind == "quotations" and (quotation := snapshot.quotations.get(memo.about)) is not None:
            words = "" if TakenBack(snapshot).at(quotation.source, quotation.start or 0) else quotation.text
            line = " ".join(words.split())
            name = f"“{line if len(line) < 60 else line[:59] + '…'}”" if line else quotation.locator or name
        names[memo.id] = name
    return names


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
def undo(
    workspace: Open, session: Signed, way: Annotated[Literal["undo", "redo"], Form()], to: Field = "/"
) -> Response:
    """Take back, or do again, the last change of whoever asks; the page it was asked on says what it was."""
    what = workspace.undo(session.coder) if way == "undo" else workspace.redo(session.coder)
    done = "Undone" if way == "undo" else "Done again"
    return back(to, f"{done}: {what}." if what else f"There is nothing to {way}.")
