"""What the server asks of others: a mail server that the test starts, and a provider of OpenID Connect that it starts."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import http.server
import json
import re
import secrets
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from crosscase.core.errors import InputError
from crosscase.study.permissions import Role
from crosscase.web.hosted.mail import Mailer
from crosscase.web.hosted.settings import Settings
from web.hosted.team import ADDRESS, Team, make_team


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client needs to hand a message over."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        reading = False
        lines: list[bytes] = []
        for line in self.rfile:
            if reading:
                if line == b".\r\n":
                    self.server.box.append(b"".join(lines).decode())  # type: ignore[attr-defined]
                    reading = False
                    self.wfile.write(b"250 kept\r\n")
                else:
                    lines.append(line)
                continue
            command = line[:4].upper()
            if command == b"DATA":
                reading = True
                self.wfile.write(b"354 go on\r\n")
            elif command == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")


@pytest.fixture
def mail() -> Iterator[tuple[str, list[str]]]:
    """The address of a mail server, and the messages that it got."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.box = []  # type: ignore[attr-defined]
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", server.box  # type: ignore[attr-defined]
        server.shutdown()


def test_a_link_for_a_new_password_is_sent(tmp_path: Path, mail: tuple[str, list[str]]) -> None:
    address, box = mail
    team = make_team(tmp_path / "s.db", mail=address, mail_from="crosscase@example.org", allowed_hosts="inner.example")
    one = team.client()
    one.get("/forgotten")
    for name in ("nobody", "cleo", "cleo@example.org"):
        answer = one.post("/forgotten", data={"name": name}, headers={"host": "inner.example"})
        assert "If there is an account" in answer.text
    assert [re.search("^To: (.*)$", text, re.M)[1].strip() for text in box] == ["cleo@example.org"] * 2
    told = email.message_from_string(box[-1], policy=email.policy.default).get_content()
    (link,) = re.findall(r"https?://\S+/reset\?key=\S+", told)
    assert link.startswith(f"{ADDRESS}/reset?key=")
    one.get(link)
    words = {
        "key": parse_qs(urlsplit(link).query)["key"][0],
        "password": "quite other words",
        "again": "quite other words",
    }
    assert one.post("/reset", data=words).status_code == 303
    assert team.accounts.sign_in("cleo", "quite other words", address="")
    for _ in range(10):  # nobody's mailbox is filled
        one.post("/forgotten", data={"name": "rita"})
    assert len(box) < 10
    assert "cleo" not in "".join(team.lines)
    team.close()


def test_mail_goes_unencrypted_to_this_machine_alone(mail: tuple[str, list[str]]) -> None:
    import smtplib

    address, box = mail
    settings = Settings(
        address=ADDRESS, mail=address.replace("smtp://", "smtp://user:secret@"), mail_from="a@example.org"
    )
    with pytest.raises(smtplib.SMTPNotSupportedError, match="no encryption"):
        Mailer(settings).send_reset("a@example.org", "link")
    assert box == []
    for wrong in (
        {"mail": "ftp://x"},
        {"mail": address},
        {"mail": address, "mail_from": "a@example.org", "address": ""},
    ):
        with pytest.raises(InputError):
            Mailer(Settings(**{"address": ADDRESS, **wrong}))


# -- OpenID Connect ------------------------------------------------------------------------------------------------------


class Provider:
    """A provider (OpenID Connect Core 1.0, the code flow): says of everybody who comes what ``claims`` hold."""

    def __init__(self) -> None:
        from joserfc.jwk import RSAKey

        self.key = RSAKey.generate_key(2048, {"kid": "1"})
        self.claims: dict[str, Any] = {
            "sub": "42",
            "preferred_username": "petra",
            "email": "petra@example.org",
            "email_verified": True,
        }
        self.issuer = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.broken: dict[str, Any] = {}

    def authorize(self, query: dict[str, str]) -> str:
        """Where a browser is sent back to."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        from joserfc import jwt

        asked = self.codes.pop(form["code"])
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        )
        assert challenge == asked["code_challenge"]
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "crosscase",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            **self.claims,
            **self.broken,
        }
        return {
            "access_token": "x",
            "token_type": "Bearer",
            "id_token": jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key),
        }


@contextmanager
def provided() -> Iterator[Provider]:
    provider = Provider()

    class Handler(http.server.BaseHTTPRequestHandler):
        def _json(self, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path.endswith("openid-configuration"):
                base = provider.issuer
                self._json({
                    "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                    "jwks_uri": f"{base}/keys", "id_token_signing_alg_values_supported": ["RS256"],
                    "response_types_supported": ["code"], "subject_types_supported": ["public"],
                })  # fmt: skip
            else:
                self._json({"keys": [provider.key.as_dict(private=False)]})

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
            self._json(provider.token(form))

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        server.shutdown()


@pytest.fixture
def provider() -> Iterator[Provider]:
    pytest.importorskip("joserfc")
    with provided() as one:
        yield one


@pytest.fixture
def known(tmp_path: Path, provider: Provider) -> Iterator[Team]:
    """A server that knows the provider."""
    team = make_team(tmp_path / "s.db", oidc_issuer=provider.issuer, oidc_client="crosscase", oidc_secret="secret")
    yield team
    team.close()


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.*httpx.*")


def round_trip(provider: Provider, client: Any, query: str = "", **changed: str) -> Any:
    """To the provider and back."""
    to = client.get(f"/oidc/start{query}")
    assert to.status_code in (302, 303), to.text
    assert to.headers["location"].startswith(f"{provider.issuer}/authorize?")
    asked = dict(parse_qsl(urlsplit(to.headers["location"]).query))
    assert asked["redirect_uri"] == f"{ADDRESS}/oidc/callback"
    assert asked["code_challenge_method"] == "S256"
    back = urlsplit(provider.authorize(asked))
    given = {**dict(parse_qsl(back.query)), **changed}
    return client.get(f"{back.path}?{urlencode(given)}", headers={"sec-fetch-site": "cross-site"})


def test_an_invitation_is_used_with_the_provider_and_then_one_signs_in_with_it(known: Team, provider: Provider) -> None:
    key = known.accounts.invite(known.study, Role.CODER, blind=False, note="", by="olga")
    one = known.client()
    assert "your university" in one.get(f"/join?key={key}").text
    assert round_trip(provider, one, f"?key={key}").status_code == 303
    assert "The study of olga" in one.get("/studies").text
    account = known.accounts.people.account(name="petra")
    assert account is not None
    assert account.password is None
    again = known.client()
    answer = round_trip(provider, again, f"?next=/s/{known.study}/")
    assert answer.headers["location"] == f"/s/{known.study}/"
    assert again.get(answer.headers["location"]).status_code == 200
    # there is no password to sign in with
    again.get("/sign-in")
    with pytest.raises(Exception, match="not right"):
        known.accounts.sign_in("petra", "", address="")


def test_a_disabled_account_is_not_signed_in_to_through_the_provider(known: Team, provider: Provider) -> None:
    from crosscase.study.accounts import Person

    key = known.accounts.invite(known.study, Role.CODER, blind=False, note="", by="olga")
    one = known.client()
    one.get(f"/join?key={key}")
    round_trip(provider, one, f"?key={key}")
    petra, olga = (known.accounts.people.account(name=name) for name in ("petra", "olga"))
    assert petra is not None
    assert olga is not None
    known.accounts.disable(Person(olga, ""), petra.key)
    assert one.get("/studies").status_code == 303
    more = known.accounts.invite(known.other, Role.CODER, blind=False, note="", by="otto")
    for query in ("", f"?key={more}"):
        answer = round_trip(provider, known.client(), query)
        assert answer.status_code == 403
        assert "you have no account here" in answer.text
    assert known.accounts.link(more) is not None, "nor is an invitation used up"
    assert "".join(known.lines).count('"signed in"') == 1, "the first time, and not since"
    known.accounts.enable(Person(olga, ""), petra.key)
    assert round_trip(provider, known.client()).status_code == 303


def test_who_was_not_invited_gets_no_account(known: Team, provider: Provider) -> None:
    one = known.client()
    answer = round_trip(provider, one)
    assert answer.status_code == 403
    assert "you have no account here" in answer.text
    assert known.accounts.people.account(name="petra") is None


def test_the_address_of_somebody_is_not_their_account(known: Team, provider: Provider) -> None:
    """A provider may let people claim any address or name; only its own id of them counts."""
    provider.claims = {"sub": "666", "preferred_username": "olga", "email": "olga@example.org", "email_verified": True}
    assert round_trip(provider, known.client()).status_code == 403
    key = known.accounts.invite(known.study, Role.READER, blind=False, note="", by="olga")
    one = known.client()
    assert round_trip(provider, one, f"?key={key}").status_code == 303
    assert "olga-2" in one.get("/account").text


def test_an_account_with_a_password_is_joined_to_the_provider_by_its_owner(known: Team, provider: Provider) -> None:
    cleo = known.signed_in("cleo")
    assert round_trip(provider, cleo, "?vouch=true&next=/account").status_code == 303
    other = known.client()
    assert round_trip(provider, other).status_code == 303
    assert "cleo" in other.get("/account").text
    rita = known.signed_in("rita")
    assert round_trip(provider, rita, "?vouch=true").status_code == 422


@pytest.mark.parametrize(
    "broken", [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}, {"nonce": "another"}]
)
def test_what_another_says_is_not_believed(known: Team, provider: Provider, broken: dict[str, Any]) -> None:
    key = known.accounts.invite(known.study, Role.CODER, blind=False, note="", by="olga")
    provider.broken = broken
    one = known.client()
    assert round_trip(provider, one, f"?key={key}").status_code == 403
    assert one.get("/studies").status_code == 303
    assert known.accounts.link(key) is not None


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(known: Team, provider: Provider) -> None:
    """The state ties the answer to the browser: nobody is signed in as an attacker by following a link."""
    key = known.accounts.invite(known.study, Role.CODER, blind=False, note="", by="olga")
    victim = known.client()
    assert round_trip(provider, victim, f"?key={key}", state="of another").status_code == 403
    stranger = known.client()
    assert stranger.get("/oidc/callback?code=x&state=y").status_code == 403


def test_without_a_provider_there_is_no_such_page(team: Team) -> None:
    assert team.client().get("/oidc/start").status_code == 404


def test_the_extra_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    from crosscase.core.errors import MissingExtraError
    from crosscase.web.hosted.oidc import Provider as Ours

    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("authlib"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match="authlib"):
        Ours(Settings(oidc_issuer="https://x.example"))
