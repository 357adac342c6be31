"""The rows of who may come in: accounts, memberships, sessions, tokens, one-time links.

Rows in and out, and nothing else: what a password is, how long a session lasts and who may invite is decided in
:mod:`crosscase.study.accounts`.  Secrets never come here, only their hashes.  Times are ISO 8601 in UTC, so that they sort
as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crosscase.core.errors import InputError, NotFoundError
from crosscase.store.database import Database
from crosscase.store.schema import accounts, api_tokens, links, memberships, metadata, sessions, studies


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with an account; ``password`` is its hash, or ``None`` when they sign in elsewhere or not yet.

    ``disabled`` is when it was disabled, empty while it is not.
    """

    key: int
    name: str
    email: str
    password: str | None
    subject: str | None
    steward: bool
    created: str
    disabled: str = ""


@dataclass(frozen=True, slots=True)
class AccountUse:
    """An account as whoever looks after the server sees it; ``seen`` is when it was last used in a browser."""

    key: int
    name: str
    steward: bool
    created: str
    disabled: str
    seen: str
    sessions: int
    tokens: int
    studies: int


@dataclass(frozen=True, slots=True)
class StudySize:
    """A study as whoever looks after the server sees it: ``entries`` of its trail, owners, number of members."""

    id: str
    created: str
    entries: int
    owners: tuple[str, ...]
    members: int


@dataclass(frozen=True, slots=True)
class Membership:
    """An account in a study; ``study`` is the study's id, ``name`` the account's."""

    account: int
    name: str
    study: str
    title: str
    role: str
    coder: str
    blind: bool
    since: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser that is signed in."""

    hash: str
    account: int
    begun: str
    seen: str
    until: str
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token for programs, without its secret."""

    key: int
    account: int
    name: str
    scope: str
    created: str
    until: str
    used: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link that works once, without its secret; ``study`` is a study's id or empty."""

    key: int
    kind: str
    study: str
    account: int | None
    role: str
    blind: bool
    note: str
    by: str
    created: str
    until: str


class _Noted:
    """A database whose writes are noted, so that what was remembered about people is looked up again."""

    def __init__(self, database: Database) -> None:
        self._of = database
        self.reading = database.reading

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        try:
            with self._of.writing() as connection:
                yield connection
        finally:
            self._of.people_stamp = object()


class People:
    """The rows of people in one database."""

    def __init__(self, database: Database) -> None:
        self._quietly = database
        self._database = _Noted(database)

    @property
    def stamp(self) -> object:
        """Another object after each change of people that this process made, whichever ``People`` it was made through."""
        return self._quietly.people_stamp

    def kept(self, key: str, value: str) -> str:
        """A fact about the database: the value that it has, or else this one, which it has from now on."""
        with self._database.writing() as connection:
            found = connection.scalar(sa.select(metadata.c.value).where(metadata.c.key == key))
            if found is None:
                connection.execute(metadata.insert().values(key=key, value=value))
            return value if found is None else str(found)

    # -- accounts --------------------------------------------------------------------------------------------------------

    def any_account(self) -> bool:
        with self._database.reading() as connection:
            return connection.scalar(sa.select(accounts.c.key).limit(1)) is not None

    def account(self, **equal: Any) -> Account | None:
        """The one account whose column (``key``, ``name`` or ``subject``) has this value."""
        with self._database.reading() as connection:
            return _account(connection, **equal)

    def accounts_with_email(self, email: str) -> list[Account]:
        wanted = accounts.select().where(sa.func.lower(accounts.c.email) == email.lower())
        with self._database.reading() as connection:
            return [Account(**row) for row in connection.execute(wanted).mappings()]

    def accounts(self, now: str) -> list[AccountUse]:
        """Every account by name, and how it is used."""

        def count(table: sa.Table) -> sa.ScalarSelect[int]:
            ends = [table.c.until > now] if "until" in table.c else []
            return sa.select(sa.func.count()).where(table.c.account == accounts.c.key, *ends).scalar_subquery()

        last = sa.select(sa.func.max(sessions.c.seen)).where(sessions.c.account == accounts.c.key).scalar_subquery()
        wanted = sa.select(
            accounts.c.key, accounts.c.name, accounts.c.steward, accounts.c.created, accounts.c.disabled,
            sa.func.coalesce(last, "").label("seen"), count(sessions).label("sessions"), count(api_tokens).label("tokens"), count(memberships).label("studies"),
        ).order_by(accounts.c.name)  # fmt: skip
        with self._database.reading() as connection:
            return [AccountUse(**row) for row in connection.execute(wanted).mappings()]

    def study_sizes(self) -> list[StudySize]:
        """Every study by the day it was made: its size and members, and nothing that is in it."""
        wanted = sa.select(studies.c.id, studies.c.created, studies.c.audit_length.label("entries")).order_by(
            studies.c.created
        )
        members: dict[str, list[Membership]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(_MEMBERSHIP.order_by(accounts.c.name)).mappings():
                members.setdefault(row["study"], []).append(Membership(**row))
            return [
                StudySize(
                    **row,
                    owners=tuple(one.name for one in members.get(row["id"], ()) if one.role == "owner"),
                    members=len(members.get(row["id"], ())),
                )
                for row in connection.execute(wanted).mappings()
            ]

    def end_everything(self, account: int) -> None:
        """End every session and token of an account, and every link for its new password."""
        with self._database.writing() as connection:
            _end_everything(connection, account)

    def disable(self, account: Account, since: str) -> None:
        """Let nobody in with an account: all that :meth:`end_everything` ends, and the invitations that it made."""
        with self._database.writing() as connection:
            connection.execute(accounts.update().where(accounts.c.key == account.key).values(disabled=since))
            _end_everything(connection, account.key)
            connection.execute(links.delete().where(links.c.kind == "invitation", links.c.by == account.name))

    def add_account(self, **values: Any) -> Account:
        """InputError when the name is taken."""
        with self._database.writing() as connection:
            return _add_account(connection, values)

    def change_account(self, key: int, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(accounts.update().where(accounts.c.key == key).values(**values))

    def set_password(self, key: int, hash: str, *, keep: str = "") -> None:
        """A new password; every session but ``keep`` and every link for a new password is gone with the old one."""
        with self._database.writing() as connection:
            _set_password(connection, key, hash, keep)

    # -- memberships -----------------------------------------------------------------------------------------------------

    def memberships(self, *, account: int | None = None, study: str | None = None) -> list[Membership]:
        """The memberships of an account by title, or of a study by name."""
        wanted = _MEMBERSHIP.order_by(studies.c.title, accounts.c.name)
        if account is not None:
            wanted = wanted.where(memberships.c.account == account)
        if study is not None:
            wanted = wanted.where(studies.c.id == study)
        with self._database.reading() as connection:
            return [Membership(**row) for row in connection.execute(wanted).mappings()]

    @contextmanager
    def changing_members(self, study: str) -> Iterator[Members]:
        """The members of a study while nobody else changes them.  NotFoundError when there is no such study."""
        with self._database.writing() as connection:
            key = connection.scalar(sa.select(studies.c.key).where(studies.c.id == study).with_for_update())
            if key is None:
                raise NotFoundError("study", study, [])
            yield Members(connection, int(key), study)

    # -- sessions --------------------------------------------------------------------------------------------------------

    def add_session(self, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.until < values["begun"]))
            connection.execute(sessions.insert().values(**values))

    def session(self, hash: str, now: str) -> tuple[SignedIn, Account] | None:
        """A session that has not ended, and whose it is."""
        with self._database.reading() as connection:
            found = connection.execute(sessions.select().where(sessions.c.hash == hash, sessions.c.until > now)).first()
            if found is None:
                return None
            account = _account(connection, key=found.account)
            return None if account is None else (SignedIn(**found._mapping), account)

    def touch_session(self, hash: str, **values: Any) -> None:
        with self._quietly.writing() as connection:
            connection.execute(sessions.update().where(sessions.c.hash == hash).values(**values))

    def sessions(self, account: int, now: str) -> list[SignedIn]:
        wanted = sessions.select().where(sessions.c.account == account, sessions.c.until > now)
        with self._database.reading() as connection:
            found = connection.execute(wanted.order_by(sessions.c.seen.desc())).mappings()
            return [SignedIn(**row) for row in found]

    def end_session(self, account: int, hash: str) -> bool:
        with self._database.writing() as connection:
            done = connection.execute(sessions.delete().where(sessions.c.account == account, sessions.c.hash == hash))
            return bool(done.rowcount)

    # -- tokens ----------------------------------------------------------------------------------------------------------

    def add_token(self, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(api_tokens.insert().values(**values))

    def token(self, hash: str, now: str) -> tuple[ApiToken, Account] | None:
        """A token that has not ended, and whose it is."""
        wanted = api_tokens.select().where(api_tokens.c.hash == hash, api_tokens.c.until > now)
        with self._database.reading() as connection:
            found = connection.execute(wanted).first()
            account = None if found is None else _account(connection, key=found.account)
            return None if found is None or account is None else (_token(found), account)

    def touch_token(self, key: int, used: str) -> None:
        with self._quietly.writing() as connection:
            connection.execute(api_tokens.update().where(api_tokens.c.key == key).values(used=used))

    def tokens(self, account: int) -> list[ApiToken]:
        wanted = api_tokens.select().where(api_tokens.c.account == account).order_by(api_tokens.c.key)
        with self._database.reading() as connection:
            return [_token(row) for row in connection.execute(wanted)]

    def end_token(self, account: int, key: int) -> bool:
        with self._database.writing() as connection:
            gone = api_tokens.delete().where(api_tokens.c.account == account, api_tokens.c.key == key)
            return bool(connection.execute(gone).rowcount)

    # -- links -----------------------------------------------------------------------------------------------------------

    def add_link(self, *, study: str = "", once_a_kind: bool = False, **values: Any) -> None:
        """Keep a link; with ``once_a_kind`` those of the same kind for the same account end."""
        with self._database.writing() as connection:
            key = connection.scalar(sa.select(studies.c.key).where(studies.c.id == study)) if study else None
            if once_a_kind:
                same = (
                    links.c.account == values["account"] if values["account"] is not None else links.c.account.is_(None)
                )
                connection.execute(links.delete().where(links.c.kind == values["kind"], same))
            connection.execute(links.insert().values(study_key=key, **values))

    def link(self, hash: str, now: str) -> Link | None:
        """A link that was not used and has not ended."""
        with self._database.reading() as connection:
            return _link(connection, hash, now)

    def links_of(self, study: str, now: str) -> list[Link]:
        """The invitations into a study that wait."""
        wanted = _LINK.where(studies.c.id == study, links.c.until > now).order_by(links.c.key)
        with self._database.reading() as connection:
            return [_link_of(row) for row in connection.execute(wanted).mappings()]

    def end_link(self, study: str, key: int) -> None:
        """Take back an invitation into a study."""
        of = sa.select(studies.c.key).where(studies.c.id == study).scalar_subquery()
        with self._database.writing() as connection:
            connection.execute(links.delete().where(links.c.key == key, links.c.study_key == of))

    @contextmanager
    def using(self, hash: str, now: str) -> Iterator[Used | None]:
        """Use a link: it is gone when the block ends, and stays when an error leaves it.  ``None``: there is none."""
        with self._database.writing() as connection:
            link = _link(connection, hash, now, lock=True)
            yield None if link is None else Used(connection, link)
            connection.execute(links.delete().where(links.c.hash == hash))


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one study inside a change of them."""

    connection: sa.Connection
    key: int
    study: str

    def all(self) -> list[Membership]:
        wanted = _MEMBERSHIP.where(studies.c.key == self.key).order_by(accounts.c.name)
        return [Membership(**row) for row in self.connection.execute(wanted).mappings()]

    def put(self, account: int, *, role: str, coder: str, blind: bool, since: str) -> None:
        """Let an account in, or change what it is; InputError when another member codes under that name."""
        _put_member(self.connection, self.key, account, role=role, coder=coder, blind=blind, since=since)

    def remove(self, account: int) -> None:
        self.connection.execute(_here(self.key, account))


@dataclass(frozen=True, slots=True)
class Used:
    """A link that is being used, and what may be done with it."""

    connection: sa.Connection
    link: Link

    def add_account(self, **values: Any) -> Account:
        """InputError when the name is taken."""
        return _add_account(self.connection, values)

    def set_password(self, account: int, hash: str) -> None:
        _set_password(self.connection, account, hash, "")

    def put_member(self, account: int, **values: Any) -> None:
        key = self.connection.scalar(sa.select(studies.c.key).where(studies.c.id == self.link.study))
        if key is not None:
            _put_member(self.connection, int(key), account, **values)


_MEMBERSHIP = (
    sa.select(
        memberships.c.account, accounts.c.name, studies.c.id.label("study"), studies.c.title, memberships.c.role,
        memberships.c.coder, memberships.c.blind, memberships.c.since,
    )
    .join_from(memberships, accounts, memberships.c.account == accounts.c.key)
    .join(studies, memberships.c.study_key == studies.c.key)
)  # fmt: skip

_LINK = sa.select(links, studies.c.id.label("study")).join_from(
    links, studies, links.c.study_key == studies.c.key, isouter=True
)


def _account(connection: sa.Connection, **equal: Any) -> Account | None:
    wanted = accounts.select().where(*(accounts.c[name] == value for name, value in equal.items()))
    found = connection.execute(wanted).mappings().first()
    return None if found is None else Account(**found)


def _add_account(connection: sa.Connection, values: Any) -> Account:
    if _account(connection, name=values["name"]) is not None:
        raise InputError("this name is taken", where="name", mend="choose another name")
    connection.execute(accounts.insert().values(**values))
    made = _account(connection, name=values["name"])
    assert made is not None
    return made


def _end_everything(connection: sa.Connection, account: int) -> None:
    for table in (sessions, api_tokens):
        connection.execute(table.delete().where(table.c.account == account))
    connection.execute(links.delete().where(links.c.kind == "reset", links.c.account == account))


def _set_password(connection: sa.Connection, key: int, hash: str, keep: str) -> None:
    connection.execute(accounts.update().where(accounts.c.key == key).values(password=hash))
    connection.execute(sessions.delete().where(sessions.c.account == key, sessions.c.hash != keep))
    connection.execute(links.delete().where(links.c.kind == "reset", links.c.account == key))


def _put_member(connection: sa.Connection, study: int, account: int, **values: Any) -> None:
    taken = sa.select(memberships.c.account).where(
        memberships.c.study_key == study, memberships.c.coder == values["coder"], memberships.c.account != account
    )
    if connection.scalar(taken) is not None:
        raise InputError(
            f"another member codes as {values['coder']} in this study", where="coder", mend="choose another name"
        )
    connection.execute(_here(study, account))
    connection.execute(memberships.insert().values(study_key=study, account=account, **values))


def _here(study: int, account: int) -> sa.Delete:
    return memberships.delete().where(memberships.c.study_key == study, memberships.c.account == account)


def _link(connection: sa.Connection, hash: str, now: str, *, lock: bool = False) -> Link | None:
    wanted = _LINK.where(links.c.hash == hash, links.c.until > now)
    found = connection.execute(wanted.with_for_update(of=links) if lock else wanted).mappings().first()
    return None if found is None else _link_of(found)


def _link_of(row: sa.RowMapping) -> Link:
    values = {name: row[name] for name in Link.__dataclass_fields__ if name != "study"}
    return Link(**values, study=row["study"] or "")


def _token(row: sa.Row[Any]) -> ApiToken:
    return ApiToken(**{name: row._mapping[name] for name in ApiToken.__dataclass_fields__})
