"""For whoever looks after the server: who has an account, which studies there are, and nothing of what is in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.web.context import page
from crosscase.web.hosted.context import SignedIn, hosted

router = APIRouter(prefix="/server", include_in_schema=False)

Key = Annotated[int, Form(ge=0, lt=2**31)]


@router.get("", response_class=HTMLResponse)
def show(request: Request, person: SignedIn) -> Response:
    accounts, studies = hosted(request).host.accounts.overview(person)
    return page(request, "server.html", title="This server", accounts=accounts, studies=studies, me=person.account.key)


@router.post("/sign-out")
def sign_out(request: Request, person: SignedIn, account: Key) -> Response:
    hosted(request).host.accounts.sign_out_everywhere(person, account)
    return _done(request, "signed out by a steward")


@router.post("/disable")
def disable(request: Request, person: SignedIn, account: Key) -> Response:
    hosted(request).host.accounts.disable(person, account)
    return _done(request, "disabled by a steward")


@router.post("/enable")
def enable(request: Request, person: SignedIn, account: Key) -> Response:
    hosted(request).host.accounts.enable(person, account)
    return _done(request, "enabled by a steward")


def _done(request: Request, what: str) -> Response:
    hosted(request).watching.sign_in(request.scope, what)
    return RedirectResponse("/server", 303)
