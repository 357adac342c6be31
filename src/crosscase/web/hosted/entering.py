"""Coming in: signing in and out, joining by a link, a new password.

The secret of a link stands in the part of its address after ``?``; the pages send no referrer, so no other server gets it.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.core.errors import CrosscaseError, InputError, PermissionDenied
from crosscase.study.accounts import PASSWORD
from crosscase.study.tries import TooManyTries
from crosscase.web.context import page
from crosscase.web.errors import status_of
from crosscase.web.hosted.context import SignedIn, address, hosted, own_path, signed_in

router = APIRouter(include_in_schema=False)

Field = Annotated[str, Form(max_length=2000)]


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_page(request: Request, next: str = "/studies") -> Response:
    if getattr(request.state, "person", None):
        return RedirectResponse(own_path(next), 303)
    return _form(request, "sign_in.html", "Sign in", next=own_path(next), name="", trouble=None)


@router.post("/sign-in")
def sign_in(request: Request, name: Field, password: Field, next: Field = "/studies") -> Response:
    here, to = hosted(request), own_path(next)
    try:
        secret = here.host.accounts.sign_in(
            name, password, address=address(request), browser=request.headers.get("user-agent", ""),
            old=here.gate.secret(request),
        )  # fmt: skip
    except PermissionDenied as error:
        too_many = isinstance(error, TooManyTries)
        here.watching.sign_in(request.scope, "too many" if too_many else "refused")
        answer = _form(
            request, "sign_in.html", "Sign in", status=429 if too_many else 403, next=to, name=name, trouble=error
        )
        if isinstance(error, TooManyTries):
            answer.headers["retry-after"] = str(error.seconds)
        return answer
    here.watching.sign_in(request.scope, "signed in")
    return signed_in(request, RedirectResponse(to, 303), secret)


@router.post("/sign-out")
def sign_out(request: Request, person: SignedIn) -> Response:
    here = hosted(request)
    here.host.accounts.sign_out(here.gate.secret(request))
    response = RedirectResponse("/sign-in", 303)
    here.gate.sign_out(response)
    return response


@router.get("/join", response_class=HTMLResponse)
def join_page(request: Request, key: str = "") -> Response:
    """What a link of an owner or an invitation leads to."""
    link = hosted(request).host.accounts.link(key)
    if link is None or link.kind not in ("owner", "invitation"):
        return _spent(request)
    return _form(request, "join.html", "Join", link=link, key=key, trouble=None, name="", email="")


@router.post("/join")
def join(
    request: Request, key: Field, name: Field = "", email: Field = "", password: Field = "", again: Field = "",
) -> Response:  # fmt: skip
    """Use the link, with a new account or the one that is signed in."""
    here = hosted(request)
    accounts, person = here.host.accounts, getattr(request.state, "person", None)
    link = accounts.link(key)
    if link is None:
        return _spent(request)
    try:
        if person is None and password != again:
            raise InputError("the two passwords are not the same", where="password")
        account = accounts.use_link(key, name=name, email=email, password=password, person=person)
    except CrosscaseError as error:
        return _form(
            request,
            "join.html",
            "Join",
            status=status_of(error),
            link=link,
            key=key,
            trouble=error,
            name=name,
            email=email,
        )
    here.watching.sign_in(request.scope, "joined")
    to = RedirectResponse(f"/s/{link.study}/" if link.study else "/studies", 303)
    if person is not None:
        return to
    secret = accounts.begin_session(account, address=address(request), browser=request.headers.get("user-agent", ""))
    return signed_in(request, to, secret)


@router.get("/forgotten", response_class=HTMLResponse)
def forgotten_page(request: Request) -> Response:
    return _form(request, "forgotten.html", "A new password", sent=False)


@router.post("/forgotten", response_class=HTMLResponse)
def forgotten(request: Request, later: BackgroundTasks, name: Field) -> Response:
    """Send a link to whoever this is; the answer is the same, and comes as soon, when there is nobody."""
    if hosted(request).mailer is not None:
        later.add_task(_send, request, name)
    return _form(request, "forgotten.html", "A new password", sent=True)


@router.get("/reset", response_class=HTMLResponse)
def reset_page(request: Request, key: str = "") -> Response:
    link = hosted(request).host.accounts.link(key)
    if link is None or link.kind != "reset":
        return _spent(request)
    return _form(request, "reset.html", "A new password", key=key, trouble=None)


@router.post("/reset")
def reset(request: Request, key: Field, password: Field, again: Field) -> Response:
    here = hosted(request)
    try:
        if password != again:
            raise InputError("the two passwords are not the same", where="password")
        here.host.accounts.reset(key, password)
    except CrosscaseError as error:
        return _form(request, "reset.html", "A new password", status=status_of(error), key=key, trouble=error)
    here.watching.sign_in(request.scope, "new password")
    return RedirectResponse("/sign-in", 303)


def _send(request: Request, name: str) -> None:
    here = hosted(request)
    assert here.mailer is not None
    try:
        for to, secret in here.host.accounts.forgotten(name):
            here.mailer.send_reset(to, f"{here.settings.origin}/reset?{urlencode({'key': secret})}")
    except (CrosscaseError, OSError) as error:  # whoever asked has their answer already
        here.watching.tell("mail failed", error=type(error).__name__)


def _form(request: Request, template: str, title: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A form for somebody who may not be signed in; a cookie of its own lets it be told from a foreign one."""
    here = hosted(request)
    answer = page(
        request, template, status=status, title=title, mail=here.mailer is not None, shortest=PASSWORD.start,
        provider=here.settings.oidc_name if here.provider else "", **values,
    )  # fmt: skip
    if getattr(request.state, "person", None) is None:
        here.gate.remember(answer, request.state.session)
    return answer


def _spent(request: Request) -> HTMLResponse:
    error = PermissionDenied("this link was used already, or has ended", mend="ask for a new one")
    return page(request, "error.html", status=403, error=error, mine=None, theirs=None, title="Not open")
