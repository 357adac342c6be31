"""Coding in the workspace: give a passage a code, change what was coded, take it away.

Each function is one change of the study with its entry in the audit trail, and can be undone.  Positions are code points,
end exclusive.  Codings of the same passage share its quotation.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crosscase.core import Code, Coder, Coding, Quotation
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.study.permissions import Permission, needs, needs_own
from crosscase.study.workspace import Placed, Workspace

if TYPE_CHECKING:
    from crosscase.store import Change

#: Characters of a passage that the audit trail names a change with.
_NAMED = 40


@needs(Permission.CODE)
def code_passage(
    workspace: Workspace, who: str, source: str, start: int, end: int, code: str | Code, *, note: str = "", id: str = "",
    suggested: str = "",
) -> Placed:  # fmt: skip
    """Give the passage ``start`` to ``end`` of a source a code.  White space at its ends is left out.

    ``code`` is the id of a code, or a new one (see ``codebook.draft_code``) that is made in the same change.

    ``id`` is chosen by whoever may have to ask twice: the same request again changes nothing and has the same answer.  So
    does giving a passage a code that the same coder gave it before.

    ``suggested`` says in which way the code was suggested, when it was; the audit trail notes it.

    Raises:
        NotFoundError: no such source or code.
        InputError: the positions are not a passage of the source, or the id belongs to another coding.
    """
    new = code if isinstance(code, Code) and not workspace.has("codes", code.id) else None
    code = code.id if isinstance(code, Code) else code
    name = (new or workspace.row("codes", code)).name or code
    text, start, end = passage(workspace, source, start, end)
    with workspace.lock:
        if id and workspace.has("codings", id):
            return _same(workspace.placed(id), source, start, end, code, who)
        there = workspace.quotation_at(source, start, end)
        if there is not None:
            for coding in workspace.codings_about(there.id):
                if coding.code == code and coding.coder == who:
                    return workspace.placed(coding.id)
        id = id or uuid.uuid4().hex
        what = f"code “{_short(text)}” as {name}" + (f", suggested {suggested}" if suggested else "")
        with workspace.writing(who, what) as change:
            quotation = _quotation(workspace, change, source, start, end)
            know_coder(workspace, change, who)
            if new is not None:
                change.insert("codes", [new])
            change.insert("codings", [Coding(id, quotation, code, who, note)])
        return workspace.placed(id)


@needs_own(Permission.CODE, "codings", by="coder")
def change_coding(
    workspace: Workspace,
    who: str,
    coding: str,
    version: str,
    *,
    code: str | None = None,
    start: int | None = None,
    end: int | None = None,
    note: str | None = None,
) -> Placed:
    """Give a coding another code, other ends, or another note; what is ``None`` stays.

    What stands as wanted already is left, so the same request may be made again when its answer was lost.

    Raises:
        NotFoundError: no such code.
        ConflictError: the coding is not at ``version`` any more; carries both states.
        InputError: the positions are not a passage of the source.
    """
    mine: dict[str, Any] = {name: value for name, value in (("code", code), ("start", start), ("end", end), ("note", note)) if value is not None}  # fmt: skip
    if code is not None:
        workspace.row("codes", code)
    with workspace.lock:
        workspace.catch_up()
        if workspace.has("codings", coding) and _stands(workspace.placed(coding), mine):
            return workspace.placed(coding)
        workspace.refuse_stale(coding, version, mine)
        now = workspace.placed(coding)
        with workspace.writing(who, _what(now, mine)) as change:
            workspace.refuse_stale(coding, version, mine)
            fields: dict[str, Any] = {name: mine[name] for name in ("code", "note") if name in mine}
            if start is not None or end is not None:
                if now.quotation.start is None or now.quotation.end is None:
                    raise InputError("this coding has a locator and no passage", where=f"coding {coding}")
                first = now.quotation.start if start is None else start
                last = now.quotation.end if end is None else end
                fields["quotation"] = _moved(workspace, change, now, first, last)
            if fields:
                change.update("codings", coding, **fields)
            if fields.get("quotation", now.quotation.id) != now.quotation.id:
                _forget(workspace, change, now)
        return workspace.placed(coding)


@needs_own(Permission.CODE, "codings", by="coder")
def uncode(workspace: Workspace, who: str, coding: str, version: str) -> None:
    """Take a coding away, and its quotation when nothing else needs it; one that is gone already is no error.

    Raises:
        ConflictError: the coding is not at ``version`` any more; carries both states.
    """
    with workspace.lock:
        workspace.catch_up()
        if not workspace.has("codings", coding):
            return
        workspace.refuse_stale(coding, version, {"delete": coding})
        now = workspace.placed(coding)
        what = f"take {workspace.row('codes', now.coding.code).name} off “{_short(now.quotation.text)}”"
        with workspace.writing(who, what) as change:
            workspace.refuse_stale(coding, version, {"delete": coding})
            change.delete("codings", [coding])
            _forget(workspace, change, now)


def passage(workspace: Workspace, source: str, start: int, end: int) -> tuple[str, int, int]:
    """The words of a passage and its ends without the white space around; errors as :func:`code_passage`."""
    text = text_of(workspace, source)
    where = f"source {source}, {start} to {end}"
    if not 0 <= start < end <= len(text):
        raise InputError("this is no passage of the source", where=where, mend=f"it has {len(text)} characters")
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    if not words:
        raise InputError("there is nothing but white space in this passage", where=where, mend="select some words")
    return words, start, start + len(words)


def text_of(workspace: Workspace, source: str) -> str:
    """The words of a source; NotFoundError lists the sources that have any."""
    text = workspace.texts.get(source)
    if text is None:
        raise NotFoundError("source with a text", source, workspace.texts)
    return text


def refuse_replaced(workspace: Workspace, source: str, seen: str) -> None:
    """ConflictError when the words of a source are not those that somebody saw, by their hash: positions would be wrong."""
    workspace.catch_up()
    if workspace.text_hash(source) != seen:
        raise ConflictError(
            "the source was replaced since this page was loaded, so the passage may stand elsewhere now",
            where=f"source {source}",
            mend="nothing was changed; load the page again and select the passage anew",
        )


def know_coder(workspace: Workspace, change: Change, who: str) -> None:
    """Enter somebody among the coders of the study when they code for the first time."""
    if who and not workspace.has("coders", who):
        change.insert("coders", [Coder(who, who)])


def _quotation(workspace: Workspace, change: Change, source: str, start: int, end: int) -> str:
    """The id of the quotation with this span; it is made when there is none."""
    there = workspace.quotation_at(source, start, end)
    if there is not None:
        return there.id
    about = workspace.study.sources[source]
    new = Quotation(
        uuid.uuid4().hex, source, start, end, workspace.texts[source][start:end],
        case=about.case, participant=_speaker(workspace, source, start, end) or about.participant,
    )  # fmt: skip
    change.insert("quotations", [new])
    return new.id


def _speaker(workspace: Workspace, source: str, start: int, end: int) -> str:
    """The participant whose turn the passage lies in; empty when it reaches over several people's."""
    turns = workspace.study.snapshot.turns
    of, starts, ends, people = (turns.column(name) for name in ("source", "start", "end", "participant"))
    found = {
        people[position]
        for position in turns.positions("source").get(source, ())
        if starts[position] < end and start < ends[position] and of[position] == source
    }
    return found.pop() if len(found) == 1 else ""


def _moved(workspace: Workspace, change: Change, now: Placed, start: int, end: int) -> str:
    """The quotation of the new span: the old one moved when this coding alone has it, else another."""
    words, start, end = passage(workspace, now.quotation.source, start, end)
    there = workspace.quotation_at(now.quotation.source, start, end)
    if there is not None:
        return there.id
    if len(workspace.codings_about(now.quotation.id)) > 1:
        return _quotation(workspace, change, now.quotation.source, start, end)
    change.update("quotations", now.quotation.id, start=start, end=end, text=words)
    return now.quotation.id


def _forget(workspace: Workspace, change: Change, was: Placed) -> None:
    """Delete the quotation of a coding that left it, unless others use it, it is marked, or a memo is about it."""
    others = [one for one in workspace.codings_about(was.quotation.id) if one.id != was.coding.id]
    if not others and not was.quotation.mark and not workspace.memos_about("quotations", was.quotation.id):
        change.delete("quotations", [was.quotation.id])


def _same(there: Placed, source: str, start: int, end: int, code: str, who: str) -> Placed:
    asked = (source, start, end, code, who)
    if (
        there.quotation.source,
        there.quotation.start,
        there.quotation.end,
        there.coding.code,
        there.coding.coder,
    ) != asked:
        raise InputError("there is another coding with this id", where=f"coding {there.coding.id}", mend="give none")
    return there


def _stands(now: Placed, wanted: Mapping[str, Any]) -> bool:
    """Whether a coding is as wanted already."""
    is_now = {"code": now.coding.code, "note": now.coding.note, "start": now.quotation.start, "end": now.quotation.end}
    return all(is_now[name] == value for name, value in wanted.items())


def _what(now: Placed, mine: Mapping[str, Any]) -> str:
    what = {"code": "recode", "start": "change the ends of", "end": "change the ends of", "note": "note on"}
    return f"{what[next(iter(mine), 'note')]} “{_short(now.quotation.text or now.quotation.locator)}”"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _NAMED else f"{line[: _NAMED - 1]}…"
