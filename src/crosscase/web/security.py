"""Who may ask: the one-time link, the signed cookie, and what every answer carries to keep a page from being misused.

The workspace listens on this machine only and belongs to one person.  Still any page open in their browser can send
requests to it, so: the name of the host must be this machine's (a foreign name that resolves here is refused), nothing is
answered without the cookie that the printed link sets, and whatever changes something needs a token that only our own
pages know.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

#: Paths that are answered without a cookie; none of them shows anything of a study.
OPEN = ("/health", "/sign-in")

#: The names of this machine.
HOSTS = ("127.0.0.1", "localhost", "[::1]")

#: What a request that changes something carries, as a header or as the field ``token`` of a form.
TOKEN_HEADER = "x-crosscase-token"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser: as whom it codes, and whether others' codings are hidden from it.

    On a server it has the member's ``role`` in the study that it asks for, whose pages stand under ``base``; the bearer of a
    token is a program and no browser, so it needs no token of a page.
    """

    id: str
    coder: str
    blind: bool = False
    role: str = ""
    bearer: bool = False
    base: str = ""


class Gate:
    """Gives out sessions and recognises them.  A server that starts again knows none of the old ones."""

    def __init__(self, *, coder: str, port: int) -> None:
        self.coder = coder
        self.port = port
        self.cookie = f"crosscase_{port}"
        self._secret = secrets.token_bytes(32)
        self._serializer = URLSafeSerializer(self._secret, salt="session")
        self._link: str | None = secrets.token_urlsafe(32)

    @property
    def link(self) -> str:
        """The address that signs one browser in; empty when it was used."""
        return f"http://127.0.0.1:{self.port}/sign-in?key={self._link}" if self._link else ""

    def admit(self, key: str) -> Session | None:
        """A new session for the right key, once; ``None`` for any other."""
        if self._link is None or not hmac.compare_digest(key.encode(), self._link.encode()):
            return None
        self._link = None
        return Session(secrets.token_urlsafe(16), self.coder)

    def token(self, session: Session) -> str:
        """The token that this session's changes carry."""
        return hmac.new(self._secret, session.id.encode(), sha256).hexdigest()

    def fits(self, session: Session, token: str) -> bool:
        return hmac.compare_digest(self.token(session).encode(), token.encode())

    def recognise(self, connection: HTTPConnection) -> Session | None:
        """The session whose cookie a request carries."""
        try:
            id, coder, blind = self._serializer.loads(connection.cookies.get(self.cookie, ""))
        except (BadSignature, TypeError, ValueError):
            return None
        return Session(id, coder, blind)

    def hand_out(self, response: Response, session: Session, **changes: Any) -> None:
        """Set the cookie of a session, with changes to it."""
        now = replace(session, **changes)
        value = self._serializer.dumps([now.id, now.coder, now.blind])
        assert isinstance(value, str)
        response.set_cookie(self.cookie, value, httponly=True, samesite="strict", path="/")


class Guard:
    """Refuses what may not come in, and puts the protecting headers on what goes out."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if not scope["path"].startswith("/static/"):
                    headers["cache-control"] = "no-store"
            await send(message)

        await (refusal or self.app)(scope, receive, protected)

    def _refusal(self, scope: Scope) -> Response | None:
        connection = HTTPConnection(scope)
        own = [f"{name}:{self.gate.port}" for name in HOSTS]
        if connection.headers.get("host", "") not in own:
            return _refuse(
                scope, 400, "this address is not the workspace's", "open the link that crosscase serve printed"
            )
        origin = connection.headers.get("origin")
        # with the policy no-referrer a browser sends the forms of our own pages from "null"; it says itself whose they are
        ours = origin == "null" and connection.headers.get("sec-fetch-site") == "same-origin"
        if origin is not None and not ours and origin not in [f"http://{name}" for name in own]:
            return _refuse(scope, 403, "another site has asked for this", "use the workspace's own pages")
        if scope["path"] in OPEN:
            return None
        session = self.gate.recognise(connection)
        if session is None:
            return _refuse(
                scope,
                401,
                "this browser is not signed in",
                "open the link that crosscase serve printed, or start it again",
            )
        token = Headers(scope=scope).get(TOKEN_HEADER)
        if token is not None and not self.gate.fits(session, token):
            return _refuse(scope, 403, "the page is from an earlier time", "load it again")
        scope.setdefault("state", {})["session"] = session
        return None


def _refuse(scope: Scope, status: int, what: str, mend: str) -> Response:
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": "PermissionDenied", "what": what, "where": "", "mend": mend}, status)
    page = f'<!doctype html><html lang="en"><title>Crosscase</title><h1>Not open</h1><p>{what}; {mend}.</p></html>'
    return HTMLResponse(page, status)
