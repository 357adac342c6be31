"""What is remembered about people: forgotten at once when this process changes it, soon when another one does."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from crosscase.core import Snapshot, Study
from crosscase.core.errors import NotFoundError
from crosscase.store import Store, open_store
from crosscase.study import remembered
from crosscase.study.accounts import Accounts, Person
from crosscase.study.hosting import Host
from crosscase.study.permissions import Role, Scope
from crosscase.study.remembered import BOUND, Remembered

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WORDS = "three words of it"


class Clock:
    def __init__(self) -> None:
        self.time = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.time

    def on(self, **by: float) -> None:
        self.time += datetime.timedelta(**by)


class Server:
    """A database with a study of an owner and a coder, as one process serves it."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.store: Store = open_store(path, create=True)
        self.accounts = Accounts(self.store.people, hasher=QUICK, now=clock)
        self.host = Host(self.store, self.accounts)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def here(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    made = Server(tmp_path / "server.db", clock)
    yield made
    made.store.close()


@pytest.fixture
def elsewhere(here: Server, tmp_path: Path, clock: Clock) -> Iterator[Server]:
    """Another process on the same database: nothing in memory is shared with the first."""
    made = Server(tmp_path / "server.db", clock)
    yield made
    made.store.close()


@pytest.fixture
def study(here: Server) -> str:
    id = here.store.save_snapshot(Snapshot(study=Study("Shared")), "owner", "import")
    owner = here.accounts.use_link(here.accounts.owner_link(), name="owner", password=WORDS)
    with here.accounts.people.changing_members(id) as members:
        members.put(owner.key, role="owner", coder="owner", blind=False, since="2026")
    here.accounts.use_link(
        here.accounts.invite(id, Role.CODER, blind=False, note="", by="owner"), name="ben", password=WORDS
    )
    return id


def ben(server: Server) -> Person:
    account = server.accounts.people.account(name="ben")
    assert account is not None
    return Person(account, "a session")


def owner(server: Server) -> Person:
    account = server.accounts.people.account(name="owner")
    assert account is not None
    return Person(account, "another session")


def test_what_was_asked_is_not_looked_up_again(here: Server, study: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = here.accounts.sign_in("ben", WORDS, address="")
    person = here.accounts.recognise(secret)
    opened = here.host.open(ben(here), study)
    monkeypatch.setattr(here.store._database, "reading", None)
    monkeypatch.setattr(here.accounts.people._database, "reading", None)
    assert here.accounts.recognise(secret) == person
    assert here.accounts.at_hand(session=secret) == person
    assert here.host.at_hand(ben_of(person), study) == opened


def ben_of(person: Person | None) -> Person:
    assert person is not None
    return person


def test_a_session_that_was_ended_here_is_nobody_s_at_once(here: Server, study: str) -> None:
    secret = here.accounts.sign_in("ben", WORDS, address="")
    assert here.accounts.recognise(secret) is not None
    here.accounts.sign_out(secret)
    assert here.accounts.at_hand(session=secret) is None
    assert here.accounts.recognise(secret) is None


def test_a_new_password_ends_the_other_sessions_at_once(here: Server, study: str) -> None:
    kept, other = (here.accounts.sign_in("ben", WORDS, address="") for _ in range(2))
    person = here.accounts.recognise(kept)
    assert person is not None
    assert here.accounts.recognise(other) is not None
    here.accounts.change_password(person, WORDS, WORDS + " more")
    assert here.accounts.recognise(other) is None
    assert here.accounts.recognise(kept) is not None


def test_a_token_that_was_ended_here_is_nobody_s_at_once(here: Server, study: str) -> None:
    token = here.accounts.add_token(ben(here), "a program", Scope.WRITE)
    person = here.accounts.bearer(token)
    assert person is not None
    assert here.accounts.at_hand(token=token) == person
    here.accounts.end_token(person.account, here.accounts.tokens(person.account)[0].key)
    assert here.accounts.bearer(token) is None


def test_a_session_that_ends_by_itself_is_not_remembered_beyond_its_end(here: Server, study: str, clock: Clock) -> None:
    token = here.accounts.add_token(ben(here), "a program", Scope.WRITE, days=1)
    clock.on(days=1, seconds=-1)
    assert here.accounts.bearer(token) is not None
    clock.on(seconds=1)
    assert here.accounts.at_hand(token=token) is None
    assert here.accounts.bearer(token) is None


@pytest.mark.parametrize("change", ["removed", "reader", "blind"])
def test_a_member_who_was_changed_here_is_that_at_once(here: Server, study: str, change: str) -> None:
    assert here.host.open(ben(here), study).member.role is Role.CODER
    managing = here.host.open(owner(here), study)
    key = ben(here).account.key
    if change == "removed":
        here.host.remove_member(managing, key)
        assert here.host.at_hand(ben(here), study) is None
        with pytest.raises(NotFoundError):
            here.host.open(ben(here), study)
        return
    role = Role.READER if change == "reader" else Role.CODER
    here.host.change_member(managing, key, role=role, coder="ben", blind=change == "blind")
    now = here.host.open(ben(here), study)
    assert (now.member.role, now.member.blind) == (role, change == "blind")
    assert now.workspace.member == now.member


def test_what_another_process_takes_away_is_gone_within_the_bound(
    here: Server, elsewhere: Server, study: str, clock: Clock
) -> None:
    secret = here.accounts.sign_in("ben", WORDS, address="")
    person = here.accounts.recognise(secret)
    here.host.open(ben(here), study)
    elsewhere.host.remove_member(elsewhere.host.open(owner(elsewhere), study), ben(elsewhere).account.key)
    elsewhere.accounts.sign_out(secret)
    clock.on(seconds=BOUND.total_seconds() - 0.001)
    assert here.accounts.recognise(secret) == person  # the bound is what the documentation says, and no less
    clock.on(seconds=0.001)
    assert here.accounts.at_hand(session=secret) is None
    assert here.accounts.recognise(secret) is None
    with pytest.raises(NotFoundError):
        here.host.open(ben(here), study)


def test_the_bound_is_what_the_documentation_says(request: pytest.FixtureRequest) -> None:
    text = (request.config.rootpath / "docs" / "server.md").read_text(encoding="utf-8")
    assert f"within {BOUND.total_seconds():.0f} seconds" in text


def test_a_change_while_it_is_looked_up_is_not_missed(clock: Clock) -> None:
    stamps = [object(), object()]
    about: list[str] = []

    def look_up() -> str:
        about.append("asked")
        stamps.pop(0)  # somebody ends it after the row was read and before it is kept
        return "ben"

    one = Remembered(lambda: stamps[0], clock)
    assert one.answer("a session", look_up) == "ben"
    assert one.at_hand("a session") is None


def test_it_does_not_grow_without_end(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_MOST", 3)
    stamp = object()
    one = Remembered(lambda: stamp, clock)
    for number in range(10):
        one.answer(number, lambda: "somebody")
    assert len(one._held) <= 3


def test_a_clock_that_was_set_back_believes_nothing(clock: Clock) -> None:
    stamp = object()
    one = Remembered(lambda: stamp, clock)
    one.answer("a session", lambda: "ben")
    clock.on(hours=-1)
    assert one.at_hand("a session") is None


def test_a_disabled_account_is_nobody_s_at_once_here_and_soon_elsewhere(
    here: Server, elsewhere: Server, study: str, clock: Clock
) -> None:
    secret, token = here.accounts.sign_in("ben", WORDS, address=""), here.accounts.add_token(ben(here), "p", Scope.READ)
    invitation = here.accounts.invite(study, Role.CODER, blind=False, note="", by="ben")
    for one in (here, elsewhere):
        assert one.accounts.recognise(secret) is not None
        assert one.accounts.bearer(token) is not None
    key = ben(here).account.key
    here.accounts.disable(owner(here), key)
    assert here.accounts.at_hand(session=secret) is None
    assert here.accounts.recognise(secret) is None
    assert here.accounts.bearer(token) is None
    assert here.accounts.link(invitation) is None, "they do not come back by their own invitation"
    assert elsewhere.accounts.at_hand(session=secret) is not None, "not known there yet"
    clock.on(seconds=BOUND.total_seconds())
    assert elsewhere.accounts.recognise(secret) is None
    assert elsewhere.accounts.bearer(token) is None
    here.accounts.enable(owner(here), key)
    assert here.accounts.recognise(secret) is None, "what ended has ended"
    assert here.accounts.bearer(token) is None
    assert here.accounts.sign_in("ben", WORDS, address="")


def test_a_session_that_began_while_its_account_was_disabled_is_nobody_s(here: Server, study: str) -> None:
    """Somebody whose password was looked at before, and whose session is written after."""
    before = ben(here).account
    here.accounts.disable(owner(here), before.key)
    secret = here.accounts.begin_session(before, address="")
    assert here.accounts.recognise(secret) is None
    token = here.accounts.add_token(Person(before, ""), "p", Scope.READ)
    assert here.accounts.bearer(token) is None
    here.accounts.enable(owner(here), before.key)
    assert here.accounts.recognise(secret) is None
    assert here.accounts.bearer(token) is None
