"""What the server's own pages start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from crosscase.core.errors import InputError, PermissionDenied
from crosscase.study.accounts import Person
from crosscase.study.hosting import Opened

if TYPE_CHECKING:
    from crosscase.web.hosted.app import Hosted


def hosted(request: Request) -> Hosted:
    """The server that a request is for."""
    found: Hosted = request.app.state.hosted
    return found


async def _person(request: Request) -> Person:
    """Who is signed in by a browser; an account is not managed with a token."""
    found: Person | None = getattr(request.state, "person", None)
    if found is None or found.scope is not None:
        raise PermissionDenied("this page is for people who are signed in", mend="sign in")
    return found


async def _opened(request: Request) -> Opened:
    found: Opened = request.state.opened
    return found


SignedIn = Annotated[Person, Depends(_person)]
TheStudy = Annotated[Opened, Depends(_opened)]


def address(request: Request) -> str:
    """Where a request comes from: the other end of the connection, or what a trusted proxy says of it."""
    return request.client.host if request.client else ""


def own_path(to: str) -> str:
    """A path of this server; InputError for an address elsewhere."""
    if not to.startswith("/") or to.startswith(("//", "/\\")) or any(ord(one) < 33 for one in to) or "\\" in to:
        raise InputError("this is no page of the server", where="next")
    return to


def signed_in(request: Request, response: Response, secret: str) -> Response:
    """An answer that signs a browser in."""
    hosted(request).gate.sign_in(response, secret)
    return response
