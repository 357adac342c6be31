"""Memos on anything: write one, change it, delete it.  Each is one change with its entry in the audit trail."""

from __future__ import annotations

import uuid

from crosscase.core import TABLES, Memo
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.core.plain import to_plain
from crosscase.study.codebook import today
from crosscase.study.permissions import Permission, needs, needs_own
from crosscase.study.workspace import Workspace


@needs(Permission.MEMO, first=lambda workspace, kind, about, **_: workspace.refuse_hidden(kind, about))
def add_memo(workspace: Workspace, who: str, text: str, *, kind: str = "", about: str = "", title: str = "") -> Memo:
    """A memo about a row of a table, or about the study.

    Raises:
        InputError: the text is empty.
        NotFoundError: no such table or row.
    """
    _refuse_empty(text)
    if kind:
        refuse_unknown(workspace, kind, about)
    memo = new_memo(who, text, kind=kind, about=about, title=title)
    with workspace.writing(who, f"memo {memo.title or 'on ' + (kind or 'the study')}") as change:
        change.insert("memos", [memo])
    return memo


def new_memo(who: str, text: str, *, kind: str = "", about: str = "", title: str = "") -> Memo:
    """A memo of today that is not kept yet."""
    return Memo(uuid.uuid4().hex, kind, about if kind else "", today(), who, title.strip(), text.strip())


@needs_own(Permission.MEMO, "memos", by="author")
def change_memo(workspace: Workspace, who: str, memo: str, version: int, *, title: str, text: str) -> Memo:
    """Another title and text.

    Raises:
        ConflictError: somebody changed it since ``version``; carries both states.
        InputError: the text is empty.
        NotFoundError: no such memo.
    """
    _refuse_empty(text)
    with workspace.lock:
        workspace.row("memos", memo)
        with workspace.writing(who, f"change memo {title.strip()}".strip()) as change:
            change.update("memos", memo, version, title=title.strip(), text=text.strip())
        return workspace.row("memos", memo)  # type: ignore[no-any-return]


@needs_own(Permission.MEMO, "memos", by="author")
def delete_memo(workspace: Workspace, who: str, memo: str, version: int) -> None:
    """Delete a memo; ConflictError when somebody changed it since ``version``, NotFoundError when there is none."""
    with workspace.lock:
        workspace.catch_up()
        one = workspace.row("memos", memo)
        if workspace.version("memos", memo) != version:
            raise ConflictError("somebody else has changed this memo in the meantime", where=f"memo {one.title}", mine={"delete": memo}, theirs=to_plain(one))  # fmt: skip
        with workspace.writing(who, f"delete memo {one.title}".strip()) as change:
            change.delete("memos", [memo])


def refuse_unknown(workspace: Workspace, kind: str, id: str) -> None:
    """NotFoundError when there is no such table, or no such row in it."""
    if kind not in TABLES or kind == "turns":
        raise NotFoundError("table", kind, [name for name in TABLES if name != "turns"])
    workspace.snapshot.table(kind)[id]


def _refuse_empty(text: str) -> None:
    if not text.strip():
        raise InputError("a memo has a text", where="text", mend="write it")
