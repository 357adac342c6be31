"""My account: password, where I am signed in, tokens for programs, links for others' new passwords."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.core.errors import InputError
from crosscase.study.accounts import PASSWORD, TOKEN_DAYS, Person
from crosscase.study.permissions import Scope
from crosscase.web.context import page
from crosscase.web.hosted.context import SignedIn, hosted

router = APIRouter(prefix="/account", include_in_schema=False)

Field = Annotated[str, Form(max_length=2000)]


@router.get("", response_class=HTMLResponse)
def show(request: Request, person: SignedIn) -> Response:
    return _page(request, person)


@router.post("/password")
def password(request: Request, person: SignedIn, old: Field, new: Field, again: Field) -> Response:
    if new != again:
        raise InputError("the two passwords are not the same", where="password")
    hosted(request).host.accounts.change_password(person, old, new)
    return _page(request, person, said="The password is changed; every other browser is signed out.")


@router.post("/email")
def email(request: Request, person: SignedIn, email: Field = "") -> Response:
    hosted(request).host.accounts.change_email(person, email)
    return RedirectResponse("/account", 303)


@router.post("/sessions/end")
def end_session(request: Request, person: SignedIn, session: Field) -> Response:
    hosted(request).host.accounts.end_session(person.account, session)
    return RedirectResponse("/account", 303)


@router.post("/tokens/add")
def add_token(
    request: Request, person: SignedIn, name: Field, scope: Annotated[Scope, Form()], days: Annotated[int, Form()] = 90
) -> Response:
    made = hosted(request).host.accounts.add_token(person, name, scope, days)
    return _page(request, person, secret=made)


@router.post("/tokens/end")
def end_token(request: Request, person: SignedIn, key: Annotated[int, Form(ge=0, lt=2**31)]) -> Response:
    hosted(request).host.accounts.end_token(person.account, key)
    return RedirectResponse("/account", 303)


@router.post("/reset-link")
def reset_link(request: Request, person: SignedIn, name: Field) -> Response:
    """A link with which somebody sets a new password, to be given to them."""
    here = hosted(request)
    secret = here.host.accounts.reset_link(person, name)
    here.watching.sign_in(request.scope, "reset link")
    return _page(request, person, link=f"{here.settings.origin}/reset?{urlencode({'key': secret})}")


def _page(request: Request, person: Person, *, said: str = "", secret: str = "", link: str = "") -> HTMLResponse:
    here = hosted(request)
    accounts = here.host.accounts
    account = accounts.people.account(key=person.account.key) or person.account
    return page(
        request, "account.html", title="My account", account=account, sessions=accounts.sessions(account), mine=person.id,
        tokens=accounts.tokens(account), scopes=list(Scope), longest=TOKEN_DAYS, shortest=PASSWORD.start, said=said,
        secret=secret, link=link, provider=here.settings.oidc_name if here.provider else "",
    )  # fmt: skip
