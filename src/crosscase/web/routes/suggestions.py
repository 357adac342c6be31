"""Suggestions: what they are and what leaves this machine, switching them on and off, and the API that the reader asks."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.study import embeddings, suggestions
from crosscase.study.permissions import Permission
from crosscase.study.suggestions import WAYS, Reason, Suggestions
from crosscase.web.context import Open, Signed, Suggesting, asks, page
from crosscase.web.present import Answer, Name, Place, Text
from crosscase.web.routes.codings import ERRORS

router = APIRouter()
NAVIGATION = ("Suggestions", "/suggestions")

Field = Annotated[str, Form()]


class ReasonOut(Answer):
    """A coded passage that is like the selected one."""

    coding: str
    source: str
    title: str
    start: int
    text: str
    case: str
    score: float
    shared: list[str]


class CodeSuggested(Answer):
    """A code with its share of the likeness among the nearest coded passages, and how many of them have it."""

    code: str
    share: float
    passages: int
    reasons: list[ReasonOut]


class PassageSuggested(Answer):
    """A paragraph that is like the selected passage, with the codes that it has."""

    source: str
    title: str
    start: int
    end: int
    text: str
    score: float
    shared: list[str]
    codes: list[str]


class SuggestionsOut(Answer):
    """What is suggested.  With ``reading`` ask again: ``done`` of ``of`` texts were read."""

    way: str
    by: str
    codes: list[CodeSuggested]
    passages: list[PassageSuggested]
    reading: bool
    done: int
    of: int
    trouble: Text


@router.get("/api/suggestions", responses=ERRORS)  # type: ignore[arg-type]
def suggest(
    workspace: Open, session: Signed, suggester: Suggesting, source: Annotated[Name, Query()],
    start: Annotated[Place, Query()], end: Annotated[Place, Query()],
) -> SuggestionsOut:  # fmt: skip
    """Codes for a passage and passages like it, when suggestions are switched on."""
    workspace.catch_up()
    found: Suggestions = suggester.suggest(source, start, end, coder=session.coder, blind=session.blind)
    titles = {one.id: one.title or one.id for one in workspace.study.sources}

    def reason(one: Reason) -> ReasonOut:
        return ReasonOut(
            coding=one.coding, source=one.source, title=titles.get(one.source, one.source), start=one.start,
            text=one.text, case=one.case, score=round(one.score, 3), shared=list(one.shared),
        )  # fmt: skip

    return SuggestionsOut(
        way=found.way,
        by=WAYS.get(found.way, ""),
        codes=[
            CodeSuggested(
                code=one.code, share=round(one.share, 3), passages=one.passages, reasons=[reason(each) for each in one.reasons]
            )
            for one in found.codes
        ],
        passages=[
            PassageSuggested(
                source=one.source, title=titles.get(one.source, one.source), start=one.start, end=one.end, text=one.text,
                score=round(one.score, 3), shared=list(one.shared), codes=list(one.codes),
            )
            for one in found.passages
        ],
        reading=found.reading,
        done=found.done,
        of=found.of,
        trouble=found.trouble,
    )  # fmt: skip


@router.get("/suggestions", response_class=HTMLResponse, include_in_schema=False)
def show(request: Request, workspace: Open, session: Signed, suggester: Suggesting) -> HTMLResponse:
    titles = {one.id: one.title or one.id for one in workspace.study.sources}
    left_out = {
        way: [titles.get(source, source) for source, may in suggester.readable(way).items() if not may] for way in WAYS
    }
    return page(
        request, "suggestions.html", title="Suggestions", way=suggester.way, left_out=left_out,
        address=suggester.address, services=workspace.services, model=embeddings.has_model(), sources=len(workspace.texts),
    )  # fmt: skip


@router.post("/suggestions/switch", include_in_schema=False, openapi_extra=asks(Permission.MANAGE))
def switch(workspace: Open, session: Signed, way: Annotated[Literal["", "words", "meaning", "address"], Form()] = "") -> Response:  # fmt: skip
    suggestions.switch(workspace, session.coder, way)
    return RedirectResponse("/suggestions", 303)


@router.post("/suggestions/address", include_in_schema=False, openapi_extra=asks(Permission.MANAGE))
def configure(
    workspace: Open, session: Signed, url: Field = "", model: Field = "", key: Field = "",
    unstated: Annotated[bool, Form()] = False, service: Field = "",
) -> Response:  # fmt: skip
    """Keep the address on this machine; an empty one is forgotten, and with it what was switched on.

    On a server for teams it is the ``service`` that was chosen among those of its settings, as address and model with a
    space between them: whoever manages a study could otherwise make the server ask any address.
    """
    if service.strip():
        url, _, model = service.strip().partition(" ")
    address = embeddings.Address(url.strip(), model.strip(), key.strip(), unstated) if url.strip() else None
    suggestions.configure(workspace, session.coder, address)
    return RedirectResponse("/suggestions", 303)
