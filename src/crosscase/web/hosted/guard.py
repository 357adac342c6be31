"""What stands before the server: whose name was asked for, how large and how slow a request may be, who asks, which study.

Everything under ``/s/STUDY/`` is answered by the pages of a study.  They are written as if they stood at the root; here they
get the study that the address names, as the member who asks has it, and where they send a browser on to is put under it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crosscase.core.errors import CrosscaseError, NotFoundError
from crosscase.study.accounts import Person
from crosscase.study.hosting import Host, Opened
from crosscase.web.errors import status_of
from crosscase.web.hosted.gate import ServerGate
from crosscase.web.hosted.settings import Settings
from crosscase.web.hosted.watching import Watching
from crosscase.web.security import HEADERS, TOKEN_HEADER, Session

#: A page of a study: the study's id and the page.
STUDY = re.compile(r"/s/([^/]+)(/.*)?")

#: What is answered to anybody.
OPEN = ("/health", "/static/", "/sign-in", "/join", "/forgotten", "/reset", "/oidc/", "/metrics")


class Unwelcome(HTTPException):
    """A body that is larger than is allowed, or did not come in time."""


class ServerGuard:
    """Refuses what may not come in, says who asks, and puts the protecting headers on what goes out."""

    def __init__(self, app: ASGIApp, *, host: Host, gate: ServerGate, settings: Settings, watching: Watching) -> None:
        self.app = app
        self.host = host
        self.gate = gate
        self.settings = settings
        self.watching = watching

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, state = time.perf_counter(), {"status": 500, "started": False}
        base = ""
        if found := STUDY.fullmatch(scope["path"]):
            base = f"/s/{found[1]}"

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                state.update(status=message["status"], started=True)
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if self.settings.secure:
                    headers["strict-transport-security"] = "max-age=31536000"
                if not scope["path"].startswith("/static/"):
                    headers["cache-control"] = "no-store"
                to = headers.get("location", "")
                if base and to.startswith("/") and not to.startswith(("//", "/sign-in")):
                    headers["location"] = base + to
            await send(message)

        limited = self._limited(scope, receive)
        try:
            answer: ASGIApp = await self._refusal(scope) or self.app
            await answer(scope, limited, protected)
        except Unwelcome as trouble:
            if state["started"]:
                raise
            await _refuse(scope, trouble.status_code, trouble.detail, "")(scope, receive, protected)
        finally:
            self.watching.request(scope, int(state["status"]), time.perf_counter() - begun)

    # -- who and what --------------------------------------------------------------------------------------------------

    async def _refusal(self, scope: Scope) -> Response | None:
        connection = HTTPConnection(scope)
        if connection.headers.get("host", "").lower() not in self.settings.hosts:
            return _refuse(scope, 400, "this server is not known by that name", "use its own address")
        origin = connection.headers.get("origin")
        site = connection.headers.get("sec-fetch-site", "same-origin")
        # with the policy no-referrer a browser sends the forms of our own pages from "null"; it says itself whose they are
        ours = origin in (None, self.settings.origin) or (origin == "null" and "sec-fetch-site" in connection.headers)
        if not ours or (scope["method"] not in ("GET", "HEAD") and site not in ("same-origin", "none")):
            return _refuse(scope, 403, "another site has asked for this", "use the server's own pages")
        length = connection.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.settings.largest_upload:
            return _refuse(scope, 413, "this is too large", f"the most are {self.settings.largest_upload:,} bytes")
        if scope["path"].startswith("/static/") or scope["path"] == "/health":
            return None
        found = STUDY.fullmatch(scope["path"])
        study = found[1] if found else ""
        person = self.gate.person_at_hand(connection)
        opened = self.host.at_hand(person, study) if person is not None and study else None
        if person is not None and (opened is not None or not study):
            return self._let_in(scope, connection, person, opened)
        return await run_in_threadpool(self._admit, scope, connection, study)

    def _admit(self, scope: Scope, connection: HTTPConnection, study: str) -> Response | None:
        """Look up who asks, and for a page of a study the study; a refusal when there is none for them."""
        state = scope.setdefault("state", {})
        try:
            person = state["person"] = self.gate.person(connection)
            if person is None:
                state["session"] = self.gate.visitor(connection)
                return None if scope["path"].startswith(OPEN) else _not_signed_in(scope)
            state["session"] = Session(person.id, person.account.name, bearer=person.scope is not None)
            opened = self.host.open(person, study) if study else None
        except CrosscaseError as error:
            return _refuse(scope, status_of(error), error.what, "" if isinstance(error, NotFoundError) else error.mend)
        return self._let_in(scope, connection, person, opened)

    def _let_in(
        self, scope: Scope, connection: HTTPConnection, person: Person, opened: Opened | None
    ) -> Response | None:
        """Say who asks; a refusal for what comes from a page that somebody else loaded."""
        state: dict[str, Any] = scope.setdefault("state", {})
        state["person"] = person
        session = Session(person.id, person.account.name, bearer=person.scope is not None)
        if opened is not None:
            state["opened"], state["workspace"] = opened, opened.workspace
            state["still"] = self._still(connection, opened)
            session = replace(
                session, coder=opened.member.coder, blind=opened.member.blind, role=opened.member.role.value,
                base=f"/s/{opened.membership.study}",
            )  # fmt: skip
        state["session"] = session
        token = connection.headers.get(TOKEN_HEADER)
        if token is not None and not self.gate.fits(session, token):
            return _refuse(scope, 403, "the page is from an earlier time", "load it again")
        return None

    def _still(self, connection: HTTPConnection, opened: Opened) -> Callable[[bool], Awaitable[bool]]:
        """For an answer that lasts: whether the person of a request is still what they were when it came.

        It is looked up when this process has changed anything about people since, or when that is asked for.
        """
        people, study = self.host.accounts.people, opened.membership.study
        stamp = people.stamp

        def look() -> bool:
            try:
                person = self.gate.person(connection)
                return person is not None and self.host.open(person, study).member == opened.member
            except CrosscaseError:
                return False

        async def still(certainly: bool) -> bool:
            nonlocal stamp
            if stamp is people.stamp and not certainly:
                return True
            stamp = people.stamp
            return await run_in_threadpool(look)

        return still

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """The body of a request, refused when it grows too large or takes too long."""
        deadline = time.monotonic() + self.settings.patience
        came, done = 0, False

        async def limited() -> Message:
            nonlocal came, done
            if done:  # what comes after the body is the end of the connection, which may take its time
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise Unwelcome(408, "this came too slowly") from None
            came += len(message.get("body", b""))
            if came > self.settings.largest_upload:
                raise Unwelcome(413, "this is too large")
            done = not message.get("more_body", False)
            return message

        return limited


def _not_signed_in(scope: Scope) -> Response:
    if "/api/" in scope["path"] or scope["method"] not in ("GET", "HEAD"):
        return _refuse(scope, 401, "nobody is signed in", "sign in, or give a token as Authorization: Bearer")
    query = scope.get("query_string", b"").decode("latin-1")
    asked = scope["path"] + (f"?{query}" if query else "")
    return RedirectResponse("/sign-in" + (f"?next={quote(asked, safe='')}" if asked != "/" else ""), 303)


def _refuse(scope: Scope, status: int, what: str, mend: str) -> Response:
    if "/api/" in scope["path"]:
        return JSONResponse({"error": "Refused", "what": what, "where": "", "mend": mend}, status)
    return PlainTextResponse(f"{what}{'; ' + mend if mend else ''}.\n", status)
