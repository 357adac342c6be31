"""Use a coded passage as evidence for a claim; change and remove what is linked."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.core.vocabulary import STANCES
from crosscase.study.claimevidence import add_evidence, change_evidence, evidence_of, remove_evidence
from crosscase.study.passages import quotation_passage
from crosscase.study.permissions import Permission
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.errors import status_of
from crosscase.web.pages import back
from crosscase.web.security import Session

router = APIRouter(include_in_schema=False)

Field = Annotated[str, Form()]


@router.get("/evidence/use", response_class=HTMLResponse)
def use(
    request: Request, workspace: Open, session: Signed, coding: str, claim: str = "", to: str = ""
) -> HTMLResponse:  # fmt: skip
    """The form to link a passage; ``to`` is the page of ours to come back to."""
    return _form(request, workspace, session, coding, claim=claim, to=to)


@router.post("/evidence/add", openapi_extra=asks(Permission.JUDGE))
def add(
    request: Request, workspace: Open, session: Signed, claim: Field = "", stance: Field = "", coding: Field = "",
    case: Field = "", locator: Field = "", note: Field = "", to: Field = "",
) -> Response:  # fmt: skip
    """Link a coded passage, or a place with its case."""
    done = back(
        to or _claim(claim), f"The evidence {stance} {claim}."
    )  # refuses an address elsewhere before it is linked
    try:
        if coding:
            _refuse_hidden(workspace, session, coding)
        add_evidence(
            workspace, session.coder, claim, stance, coding=coding, case=case, locator=locator, note=note
        )  # fmt: skip
    except InputError as error:
        if not coding or not workspace.has("codings", coding):
            raise
        return _form(request, workspace, session, coding, claim=claim, stance=stance, note=note, to=to, error=error)
    return done


@router.post("/evidence/change", openapi_extra=asks(Permission.JUDGE))
def change(
    workspace: Open, session: Signed, id: Field, version: Annotated[int, Form()], stance: Field, note: Field = ""
) -> Response:  # fmt: skip
    made = change_evidence(workspace, session.coder, id, version, stance=stance, note=note)
    return back(_claim(made.claim), f"The evidence {made.stance} {made.claim}.")


@router.post("/evidence/remove", openapi_extra=asks(Permission.JUDGE))
def remove(workspace: Open, session: Signed, id: Field, version: Annotated[int, Form()]) -> Response:
    claim = workspace.row("stances", id).claim
    remove_evidence(workspace, session.coder, id, version)
    return back(_claim(claim), "The evidence is removed; the coding stays.")


def _form(
    request: Request, workspace: Workspace, session: Session, coding: str, *, claim: str = "", stance: str = "",
    note: str = "", to: str = "", error: CrosscaseError | None = None,
) -> HTMLResponse:  # fmt: skip
    if to:
        back(to)  # refuses an address elsewhere
    with workspace.lock:
        workspace.catch_up()
        _refuse_hidden(workspace, session, coding)
        placed = workspace.placed(coding)
        passage = quotation_passage(workspace.snapshot, placed.quotation, [placed.coding])
        codes = " › ".join(workspace.code_path(placed.coding.code))
        claims, already = workspace.rows("claims"), evidence_of(workspace, coding)
    withdrawn = placed.quotation.id in workspace.frozen().ledger.withdrawn
    return page(
        request, "evidenceuse.html", status=status_of(error) if error else 200, title="Use as evidence", coding=coding,
        passage=passage, code=codes, claims=claims, already=already, stances=STANCES, claim=claim, stance=stance,
        note=note, to=to, error=error, withdrawn=withdrawn,
    )  # fmt: skip


def _refuse_hidden(workspace: Workspace, session: Session, coding: str) -> None:
    """Who codes blind sees their own codings only; NotFoundError for any other."""
    if session.blind and workspace.placed(coding).coding.coder != session.coder:
        raise NotFoundError("coding", coding, [])


def _claim(id: str) -> str:
    return f"/claim?{urlencode({'id': id})}"
