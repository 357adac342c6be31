"""The API of coding: what stands in a source, give a passage a code, change it, take it away, undo, redo."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from crosscase.core.errors import InputError
from crosscase.study import codebook, coding
from crosscase.study.permissions import Permission
from crosscase.study.suggestions import WAYS
from crosscase.web.context import Open, Shown, Signed, asks
from crosscase.web.present import (
    Answer,
    Changes,
    CodeOut,
    CodingOut,
    Name,
    Place,
    Sequence,
    Text,
    changes,
    codes_out,
    coding_out,
    of_codes,
)

ERRORS = {
    status: {"description": what}
    for status, what in (
        (401, "not signed in"),
        (403, "no token of a page of ours, or not allowed"),
        (404, "there is no such thing"),
        (409, "somebody changed it first; both states are in the answer"),
        (422, "the request cannot be used"),
        (503, "the study file cannot be read or written now"),
    )
}
router = APIRouter(prefix="/api", responses=ERRORS)  # type: ignore[arg-type]


class NewCode(Answer):
    """A code to be made, unless there is one of this name under this parent."""

    name: Name
    parent: Name = ""


class NewCoding(Answer):
    """A passage and its code: the id of one there is, or one to be made."""

    source: Name
    start: Place
    end: Place
    code: Name = ""
    new_code: NewCode | None = None
    note: Text = ""
    id: Annotated[str, Field(pattern="^[0-9a-f]{32}$|^$")] = ""
    after: Sequence
    #: The hash of the text that the positions are meant in; a replaced source is refused.
    text: Name = ""
    #: The way in which the code was suggested, when the person accepted a suggestion.
    suggested: Literal["", "words", "meaning", "address"] = ""


class ChangedCoding(Answer):
    """What is to be different; what is left out stays.  ``version`` is the one that was seen."""

    version: Name
    code: Name | None = None
    start: Place | None = None
    end: Place | None = None
    note: Text | None = None
    after: Sequence
    text: Name = ""


class Seen(Answer):
    after: Sequence


class InSource(Answer):
    """Everything that the reader needs besides the text."""

    seen: int
    coder: str
    codings: list[CodingOut]
    codes: list[CodeOut]


@router.get("/codings", response_model=InSource)
def in_source(workspace: Open, session: Signed, source: Annotated[Name, Query()]) -> Response:
    """The codings of a source and the codebook."""
    with workspace.lock:
        workspace.catch_up()
        coding.text_of(workspace, source)
        shown = workspace.codings_in(source)
        seen, codes = workspace.seen, codes_out(workspace)
        known = of_codes(workspace, "codes as JSON", lambda: json.dumps([one.model_dump() for one in codes]))
    said = json.dumps({"seen": seen, "coder": session.coder, "codings": [coding_out(one).__dict__ for one in shown]})
    # put together of what is JSON already: a source may have hundreds of codings and a codebook hundreds of codes
    return Response(f'{said[:-1]}, "codes": {known}}}', media_type="application/json")


@router.get("/changes")
def changed(workspace: Open, session: Signed, shown: Shown, after: Annotated[Sequence, Query()]) -> Changes:
    """What changed after an entry of the audit trail, by whomever."""
    workspace.catch_up()
    return changes(workspace, after, source=shown)


@router.post("/codings", status_code=201, openapi_extra=asks(Permission.CODE))
def add(workspace: Open, session: Signed, shown: Shown, new: NewCoding) -> Changes:
    """Give a passage a code.  With the same ``id`` again nothing is done twice."""
    if (new.new_code is None) == (not new.code):
        raise InputError("give either a code or a new code", where="code")
    if new.text:
        coding.refuse_replaced(workspace, new.source, new.text)
    wanted = new.new_code
    code = codebook.draft_code(workspace, wanted.name, parent=wanted.parent) if wanted is not None else new.code
    made = coding.code_passage(
        workspace, session.coder, new.source, new.start, new.end, code, note=new.note, id=new.id,
        suggested=WAYS.get(new.suggested, ""),
    )  # fmt: skip
    what = f"coded as {workspace.row('codes', made.coding.code).name}"
    answer = changes(workspace, new.after, what, source=shown)
    if all(one.id != made.coding.id for one in answer.codings):
        answer.codings.append(coding_out(made))
    return answer


@router.patch("/codings/{id:path}", openapi_extra=asks(Permission.CODE))
def change(workspace: Open, session: Signed, shown: Shown, id: str, wanted: ChangedCoding) -> Changes:
    """Give a coding another code, other ends, or another note."""
    if wanted.text and workspace.has("codings", id):
        coding.refuse_replaced(workspace, workspace.placed(id).quotation.source, wanted.text)
    coding.change_coding(
        workspace,
        session.coder,
        id,
        wanted.version,
        code=wanted.code,
        start=wanted.start,
        end=wanted.end,
        note=wanted.note,
    )
    return changes(workspace, wanted.after, "changed", source=shown)


@router.delete("/codings/{id:path}", openapi_extra=asks(Permission.CODE))
def delete(
    workspace: Open, session: Signed, shown: Shown, id: str, version: Annotated[Name, Query()],
    after: Annotated[Sequence, Query()],
) -> Changes:  # fmt: skip
    """Take a coding away."""
    coding.uncode(workspace, session.coder, id, version)
    return changes(workspace, after, "coding deleted", source=shown)


@router.post("/undo", openapi_extra=asks(Permission.CODE))
def undo(workspace: Open, session: Signed, shown: Shown, seen: Seen) -> Changes:
    """Take back your last change that stands."""
    what = workspace.undo(session.coder)
    return changes(workspace, seen.after, f"undone: {what}" if what else "", source=shown)


@router.post("/redo", openapi_extra=asks(Permission.CODE))
def redo(workspace: Open, session: Signed, shown: Shown, seen: Seen) -> Changes:
    """Do again what you undid last."""
    what = workspace.redo(session.coder)
    return changes(workspace, seen.after, f"done again: {what}" if what else "", source=shown)
