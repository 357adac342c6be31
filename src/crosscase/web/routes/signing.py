"""Signing in with the printed link, as whom one codes, and whether the server is alive."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from crosscase.core.errors import InputError
from crosscase.web.context import Signed, TheGate

router = APIRouter(include_in_schema=False)


@router.get("/health", response_class=PlainTextResponse)
def health() -> str:
    return "ok\n"


@router.get("/sign-in")
def sign_in(gate: TheGate, request: Request, key: str = "") -> Response:
    """Exchange the key of the printed link for a cookie."""
    session = gate.recognise(request) or gate.admit(key)
    if session is None:
        text = "This link was used already, or is from an earlier start of the workspace. Start it again for a new one."
        return HTMLResponse(
            f'<!doctype html><html lang="en"><title>Crosscase</title><h1>Not open</h1><p>{text}</p></html>', 401
        )
    response = RedirectResponse("/", 303)
    gate.hand_out(response, session)
    return response


@router.post("/coder")
def change_coder(
    gate: TheGate,
    session: Signed,
    coder: Annotated[str, Form()],
    blind: Annotated[bool, Form()] = False,
) -> Response:
    """Go on as another coder, or hide and show the codings of others."""
    coder = coder.strip()
    if not coder or len(coder) > 100:
        raise InputError("a coder has a name of 1 to 100 characters", where="coder")
    response = RedirectResponse("/", 303)
    gate.hand_out(response, session, coder=coder, blind=blind)
    return response
