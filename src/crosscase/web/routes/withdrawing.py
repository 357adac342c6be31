"""Taking words out for good in the browser: a page that says what will go, asks, and then says what went."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from crosscase.core.errors import CrosscaseError, InputError
from crosscase.study.permissions import Permission
from crosscase.study.withdrawing import find_passages, redact_here, withdraw_here
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.errors import status_of

router = APIRouter(include_in_schema=False)

Field = Annotated[str, Form(max_length=2000)]

#: Words of a source on both sides of a passage that is to be redacted, in characters.
AROUND = 60


@router.get("/withdraw", response_class=HTMLResponse, openapi_extra=asks(Permission.MANAGE))
def ask_withdrawal(request: Request, workspace: Open, participant: str = "", source: str = "") -> HTMLResponse:
    """What a withdrawal of a participant, or of a source, will take out."""
    return _withdrawal(request, workspace, participant, source)


@router.post("/withdraw", response_class=HTMLResponse, openapi_extra=asks(Permission.MANAGE))
def withdraw(
    request: Request, workspace: Open, session: Signed, participant: Field = "", source: Field = "", reason: Field = "",
    again: Field = "",
) -> HTMLResponse:  # fmt: skip
    try:
        if again.strip() != (participant or source):
            raise InputError("the name does not agree", where="again", mend="nothing was changed; type it as it stands")
        removed = withdraw_here(workspace, session.coder, participant=participant, source=source, reason=reason)
    except CrosscaseError as error:
        return _withdrawal(request, workspace, participant, source, reason, error)
    return page(request, "removed.html", title="Taken out", removed=removed, back="/cases")


@router.get("/redact", response_class=HTMLResponse, openapi_extra=asks(Permission.MANAGE))
def ask_redaction(request: Request, workspace: Open, source: str, words: str = "") -> HTMLResponse:
    """Where words stand in a source."""
    return _redaction(request, workspace, source, words)


@router.post("/redact", response_class=HTMLResponse, openapi_extra=asks(Permission.MANAGE))
def redact(
    request: Request, workspace: Open, session: Signed, source: Field, words: Field = "", reason: Field = ""
) -> HTMLResponse:
    try:
        spans = find_passages(workspace.texts.get(source, ""), words)
        removed = redact_here(workspace, session.coder, source, spans, reason=reason)
    except CrosscaseError as error:
        return _redaction(request, workspace, source, words, reason, error)
    return page(
        request, "removed.html", title="Taken out", removed=removed, back=f"/source?{urlencode({'id': source})}"
    )


def _withdrawal(
    request: Request, workspace: Open, participant: str, source: str, reason: str = "", error: CrosscaseError | None = None
) -> HTMLResponse:  # fmt: skip
    workspace.catch_up()
    snapshot = workspace.snapshot
    if participant:
        snapshot.participants[participant]
    else:
        snapshot.sources[source]
    whole = [one for one in snapshot.sources if (one.participant == participant if participant else one.id == source)]
    ids = {one.id for one in whole}
    shared = {
        turn.source
        for turn in snapshot.turns
        if participant and turn.participant == participant and turn.source not in ids
    }
    heard = [snapshot.sources[id] for id in sorted(shared) if id in snapshot.sources]
    quotations = sum(
        one.source in ids or bool(participant and one.participant == participant) for one in snapshot.quotations
    )
    return page(
        request, "withdraw.html", status=status_of(error) if error else 200, title="Withdraw", participant=participant,
        source=source, whole=whole, heard=heard, quotations=quotations, reason=reason, trouble=error,
    )  # fmt: skip


def _redaction(
    request: Request, workspace: Open, source: str, words: str, reason: str = "", error: CrosscaseError | None = None
) -> HTMLResponse:
    workspace.catch_up()
    one = workspace.snapshot.sources[source]
    text = workspace.texts.get(source, "")
    found = [
        (text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND])
        for start, end in find_passages(text, words)
    ]
    return page(
        request, "redact.html", status=status_of(error) if error else 200, title="Redact", source=one, words=words,
        found=found, reason=reason, trouble=error,
    )  # fmt: skip
