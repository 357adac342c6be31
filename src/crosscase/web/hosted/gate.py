"""Sessions as cookies: a secret that names a row of the database, signed, and the tokens of our own pages."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from crosscase.study.accounts import SESSION, Accounts, Person
from crosscase.web.security import Session


class ServerGate:
    """Recognises who asks.  Two cookies: the session's, and that of a visitor who is not signed in, for the forms."""

    def __init__(self, accounts: Accounts, *, secure: bool) -> None:
        self.accounts = accounts
        self.secure = secure
        # with the prefix a browser takes the cookie from this very host by https alone
        prefix = "__Host-" if secure else ""
        self.cookie, self.visit = f"{prefix}crosscase", f"{prefix}crosscase_visit"
        self._secret = accounts.people.kept("server secret", secrets.token_hex(32)).encode()
        self._serializer = URLSafeSerializer(self._secret, salt="session")

    def secret(self, connection: HTTPConnection) -> str:
        """The secret in a request's session cookie; empty when there is none, or it is not ours."""
        return self._read(connection, self.cookie)

    def person(self, connection: HTTPConnection) -> Person | None:
        """Who asks: by the token of a program when there is one, else by cookie."""
        token = _bearer(connection)
        if token is not None:
            return self.accounts.bearer(token)
        secret = self.secret(connection)
        return self.accounts.recognise(secret) if secret else None

    def person_at_hand(self, connection: HTTPConnection) -> Person | None:
        """As :meth:`person` when that needs no look into the database, else ``None``."""
        token = _bearer(connection)
        if token is not None:
            return self.accounts.at_hand(token=token)
        secret = self.secret(connection)
        return self.accounts.at_hand(session=secret) if secret else None

    def visitor(self, connection: HTTPConnection) -> Session:
        """Somebody who is not signed in; known by a cookie that is good for the forms of the server's own pages alone."""
        return Session(self._read(connection, self.visit) or secrets.token_urlsafe(16), "")

    def token(self, session: Session) -> str:
        return hmac.new(self._secret, b"page " + session.id.encode(), sha256).hexdigest()

    def fits(self, session: Session, token: str) -> bool:
        return session.bearer or hmac.compare_digest(self.token(session).encode(), token.encode(errors="replace"))

    def derived(self, use: str) -> str:
        """A secret of its own for another use."""
        return hmac.new(self._secret, b"use " + use.encode(), sha256).hexdigest()

    def sign_in(self, response: Response, secret: str) -> None:
        """Put a session's secret into the cookie."""
        self._set(response, self.cookie, secret, int(SESSION.total_seconds()))

    def remember(self, response: Response, visitor: Session) -> None:
        self._set(response, self.visit, visitor.id, None)

    def sign_out(self, response: Response) -> None:
        for name in (self.cookie, self.visit):
            response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")

    def _set(self, response: Response, name: str, value: str, lasts: int | None) -> None:
        signed = self._serializer.dumps([name, value])
        assert isinstance(signed, str)
        # lax: a link in a mail to a page of a study opens it; changes need the token besides
        response.set_cookie(name, signed, lasts, secure=self.secure, httponly=True, samesite="lax", path="/")

    def _read(self, connection: HTTPConnection, name: str) -> str:
        try:
            of, value = self._serializer.loads(connection.cookies.get(name, ""))
        except (BadSignature, ValueError, TypeError):
            return ""
        return value if of == name and isinstance(value, str) else ""


def _bearer(connection: HTTPConnection) -> str | None:
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None
