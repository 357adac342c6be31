"""A server with people of every role, for the tests."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx
from argon2 import PasswordHasher

from crosscase.store import Store, open_store
from crosscase.study.accounts import Accounts
from crosscase.study.hosting import Host
from crosscase.study.permissions import Role
from crosscase.web.hosted.app import create_server
from crosscase.web.hosted.settings import Settings
from crosscase.web.hosted.watching import Watching
from web.study import synthetic

T = TypeVar("T")

ADDRESS = "https://crosscase.example"

#: Quick to hash with; what a server uses is argon2-cffi's own default.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

#: Everybody's password here is this and their name.
PASSWORD = "three words of "


class Client(httpx.Client):
    """A browser: keeps cookies, and gives the token of the last page that it saw with each form."""

    token = ""

    def request(self, method: str, url: Any, **given: Any) -> httpx.Response:
        if method == "POST" and isinstance(given.get("data"), dict) and self.token:
            given["data"] = {"token": self.token, **given["data"]}
        answer = super().request(method, url, **given)
        found = re.search('name="crosscase-token" content="([^"]+)"', answer.text) if "html" in _kind(answer) else None
        if found:
            self.token = found[1]
        return answer


def _kind(answer: httpx.Response) -> str:
    return answer.headers.get("content-type", "")


@dataclass
class Team:
    """A server; ``study`` is the synthetic one with a member of each role, ``other`` one with none of them."""

    store: Store
    accounts: Accounts
    host: Host
    settings: Settings
    app: Any
    lines: list[str]
    study: str = ""
    other: str = ""
    clients: list[Client] = field(default_factory=list)

    def client(self, **given: Any) -> Client:
        """A browser that nobody has signed in with."""
        made = Client(transport=Transport(self.app), base_url=self.settings.origin, timeout=60, **given)
        self.clients.append(made)
        return made

    def signed_in(self, name: str) -> Client:
        """A browser that somebody has signed in with."""
        one = self.client()
        one.get("/sign-in")
        answer = one.post("/sign-in", data={"name": name, "password": PASSWORD + name})
        assert answer.status_code == 303, answer.text
        one.get("/studies")
        return one

    def workspace(self, name: str, study: str = "") -> Any:
        """The workspace as somebody has it."""
        from crosscase.study.accounts import Person

        account = self.accounts.people.account(name=name)
        assert account is not None
        return self.host.open(Person(account, "test"), study or self.study).workspace

    def close(self) -> None:
        for one in self.clients:
            one.close()
        self.store.close()


def make_team(where: Path | str, **settings: Any) -> Team:
    """A server with ``olga``, ``cleo``, ``rita`` and ``aron`` (owner, coder, reader, auditor), blind ``bela``, and ``otto``
    who owns another study."""
    if "://" in str(where):
        team = _opened(str(where), settings)
        _people(team)
        return team
    if not _MADE:
        with tempfile.TemporaryDirectory() as folder:
            first = _opened(f"sqlite:///{folder}/made.db", {})
            _people(first)
            first.store.close()
            _MADE.update(file=(Path(folder) / "made.db").read_bytes(), study=first.study, other=first.other)
    Path(where).write_bytes(_MADE["file"])
    team = _opened(f"sqlite:///{where}", settings)
    team.study, team.other = _MADE["study"], _MADE["other"]
    return team


#: The database of a team, made once and copied for each test.
_MADE: dict[str, Any] = {}


def _opened(url: str, settings: dict[str, Any]) -> Team:
    store = open_store(url, create=True)
    accounts = Accounts(store.people, hasher=QUICK)
    given = Settings(**{"database": url, "address": ADDRESS, **settings})
    host = Host(store, accounts, where=url, most_open=given.open_studies, services=given.suggestion_addresses)
    lines: list[str] = []
    app = create_server(host, given, watching=Watching(given.log, lines.append))
    return Team(store, accounts, host, given, app, lines)


def _people(team: Team) -> None:
    team.study = _study(team, "olga")
    team.other = _study(team, "otto")
    for name, role, blind in (
        ("cleo", Role.CODER, False), ("rita", Role.READER, False), ("aron", Role.AUDITOR, False), ("bela", Role.CODER, True),
    ):  # fmt: skip
        link = team.accounts.invite(team.study, role, blind=blind, note="", by="olga")
        team.accounts.use_link(link, name=name, email=f"{name}@example.org", password=PASSWORD + name)


def _study(team: Team, owner: str) -> str:
    from crosscase.study.accounts import Person

    account = team.accounts.use_link(team.accounts.owner_link(), name=owner, password=PASSWORD + owner)
    person = Person(account, "test")
    id = team.host.make(person, f"The study of {owner}")
    whole = team.host.open(person, id).workspace.whole
    head = whole.study.head
    made = synthetic()
    made = made.replace(study=head)
    whole.study.place.save(made, whole.snapshot, who=owner, what="the synthetic study")
    whole.catch_up()
    return id


def apart(work: Callable[[], T]) -> T:
    """Run something that has an event loop in a thread of its own: a browser that is driven from this one has one here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


class Transport(httpx.BaseTransport):
    """Asks the application directly, from an address of its own; what runs after an answer has run when it is given."""

    def __init__(self, app: Any, address: str = "192.0.2.7") -> None:
        self.app = app
        self.address = address

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return apart(lambda: anyio.run(self._ask, request, request.read()))

    async def _ask(self, request: httpx.Request, body: bytes) -> httpx.Response:
        url = request.url
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
            "method": request.method, "scheme": url.scheme, "path": url.path, "raw_path": url.raw_path,
            "query_string": url.query, "root_path": "", "client": (self.address, 50000),
            "server": (url.host, url.port or 443),
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
        }  # fmt: skip
        sent, parts = False, []
        start: dict[str, Any] = {}

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await anyio.sleep_forever()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self.app(scope, receive, send)
        return httpx.Response(start["status"], headers=start["headers"], content=b"".join(parts), request=request)
