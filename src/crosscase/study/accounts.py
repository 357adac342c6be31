"""Who comes in to a server: accounts with passwords, sessions that can be ended, one-time links, tokens for programs.

Every secret (of a session, a link, a token) is random, given out once, and kept as its SHA-256 alone; passwords are kept as
argon2id hashes.  Whether somebody has an account is not told: a wrong name costs the same time as a wrong password, and
both get the same answer.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosscase.core.errors import InputError, NotFoundError, PermissionDenied
from crosscase.study.permissions import Role, Scope
from crosscase.study.remembered import Remembered
from crosscase.study.tries import Tries

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from crosscase.store.people import Account, AccountUse, ApiToken, Link, Membership, People, SignedIn, StudySize

#: How long things last.
SESSION = datetime.timedelta(days=14)
INVITATION = datetime.timedelta(days=7)
OWNER_LINK = datetime.timedelta(days=1)
RESET = datetime.timedelta(hours=2)
TOKEN_DAYS = 365

#: Characters of a password.  A long one is worth more than a wild one (NIST SP 800-63B, 5.1.1.2), so nothing else is asked.
PASSWORD = range(12, 1001)

_NAME = re.compile(r"[^\W_][\w.@-]{0,79}")

#: How much a session's last use may lag behind, so that not every look at a page is a write.
_LAG = datetime.timedelta(minutes=5)

#: Passwords that are hashed at once; each takes 64 MiB.
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was recognised: their account, and the session or the token that they came with.

    ``id`` names the session (the hash of its secret); ``scope`` is set for the bearer of a token.
    """

    account: Account
    id: str
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """Who a secret belongs to, and until when."""

    person: Person
    until: str


class Accounts:
    """The accounts of one server."""

    def __init__(
        self,
        people: People,
        *,
        hasher: PasswordHasher | None = None,
        now: Callable[[], datetime.datetime] | None = None,
    ) -> None:
        from argon2 import PasswordHasher

        self.people = people
        self._hasher = hasher or PasswordHasher()
        self._hashing = threading.BoundedSemaphore(_AT_ONCE)
        self._now = now or (lambda: datetime.datetime.now(datetime.UTC))
        #: What is compared when there is no such account, so that it takes as long.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self.tries = Tries()
        self._remembered = Remembered(lambda: self.people.stamp, self._now)

    # -- signing in ----------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, *, address: str, browser: str = "", old: str = "") -> str:
        """The secret of a new session; ``old`` is the secret of one that this browser had before, which ends.

        Raises:
            TooManyTries: too often wrong from this address or for this name.
            PermissionDenied: the name or the password is wrong, or the account is disabled; which of them is not said.
        """
        name = _folded(name)
        self.tries.refuse(name, address)
        account = self.people.account(name=name)
        fits = self._fits(password, account.password if account else None)
        if account is None or account.disabled or not fits:
            self.tries.failed(name, address)
            raise PermissionDenied("the name or the password is not right", mend="try again, or ask for a new password")
        self.tries.succeeded(name, address)
        if account.password and self._hasher.check_needs_rehash(account.password):
            self.people.change_account(account.key, password=self._hash(password))
        return self.begin_session(account, address=address, browser=browser, old=old)

    def begin_session(self, account: Account, *, address: str, browser: str = "", old: str = "") -> str:
        """A session for somebody who has shown who they are; PermissionDenied when their account is disabled."""
        if account.disabled:
            raise PermissionDenied("you have no account here", mend="ask whoever looks after the server")
        if old:
            self.sign_out(old)
        secret, now = secrets.token_urlsafe(32), self._now()
        self.people.add_session(
            hash=_hash(secret), account=account.key, begun=_text(now), seen=_text(now), until=_text(now + SESSION),
            address=address[:100], browser=_clean(browser)[:200],
        )  # fmt: skip
        return secret

    def recognise(self, secret: str) -> Person | None:
        """Whose session a secret belongs to; ``None`` when it ended."""
        hash = _hash(secret)
        known = self._remembered.answer(("session", hash), lambda: self._session(hash))
        return self._still(known)

    def sign_out(self, secret: str) -> None:
        found = self.people.session(_hash(secret), _text(self._now()))
        if found is not None:
            self.people.end_session(found[1].key, found[0].hash)

    def sessions(self, account: Account) -> list[SignedIn]:
        """The browsers in which an account is signed in, the last used one first."""
        return self.people.sessions(account.key, _text(self._now()))

    def end_session(self, account: Account, hash: str) -> None:
        """NotFoundError for a session that is not the account's."""
        if not self.people.end_session(account.key, hash):
            raise NotFoundError("session", hash[:8], [])

    # -- accounts ------------------------------------------------------------------------------------------------------

    def owner_link(self) -> str:
        """The secret of a link that makes the account of a steward; an earlier one that was not used ends."""
        return self._link("owner", OWNER_LINK, once_a_kind=True)

    def link(self, secret: str) -> Link | None:
        """A link that can be used still."""
        return self.people.link(_hash(secret), _text(self._now()))

    def use_link(
        self, secret: str, *, name: str = "", email: str = "", password: str = "", person: Person | None = None,
        subject: str | None = None,
    ) -> Account:  # fmt: skip
        """Use an owner's link or an invitation: with a new account, or with that of a ``person`` who is signed in.

        Raises:
            PermissionDenied: the link was used, or has ended.
            InputError: the name is taken or no name, the password too short.
        """
        values = self._new_account(name, email, password, subject) if person is None else {}
        with self.people.using(_hash(secret), _text(self._now())) as used:
            if used is None or used.link.kind not in ("owner", "invitation"):
                raise _refused_link()
            steward = used.link.kind == "owner"
            account = used.add_account(**values, steward=steward) if person is None else person.account
            if used.link.study:
                if any(one.study == used.link.study for one in self.people.memberships(account=account.key)):
                    raise InputError(
                        "you are a member of this study already", mend="open it from the list of your studies"
                    )
                used.put_member(
                    account.key,
                    role=used.link.role,
                    coder=account.name,
                    blind=used.link.blind,
                    since=_text(self._now()),
                )
            return account

    def change_password(self, person: Person, old: str, new: str) -> None:
        """PermissionDenied when the old one is wrong; every other session of the account ends."""
        self.tries.refuse(person.account.name, "")
        if not self._fits(old, person.account.password):
            self.tries.failed(person.account.name, "")
            raise PermissionDenied("the old password is not right", mend="nothing was changed; try again")
        self.people.set_password(person.account.key, self._password(new, person.account.name), keep=person.id)

    def change_email(self, person: Person, email: str) -> None:
        self.people.change_account(person.account.key, email=_email(email))

    def reset_link(self, by: Person, name: str) -> str:
        """The secret of a link with which somebody sets a new password.

        A steward may issue one for anybody, an owner for who is a member of their own studies only: else whoever invites
        somebody into a study could come into that person's other studies too.

        Raises:
            PermissionDenied: it is not for them to issue, or there is no such account; which of them is not said.
        """
        account = self.people.account(name=_folded(name))
        if account is None or account.disabled or not self._may_reset(by.account, account):
            raise PermissionDenied(
                "a link for this person is not yours to issue",
                mend="ask whoever looks after the server; an owner may for members of their own studies only",
            )
        return self._link("reset", RESET, account=account.key, by=by.account.name, once_a_kind=True)

    def forgotten(self, name_or_email: str) -> list[tuple[str, str]]:
        """The addresses and secrets to send for somebody who forgot their password; empty when there is nobody."""
        given = _folded(name_or_email)
        self.tries.refuse(f"forgotten {given}", "")
        self.tries.failed(f"forgotten {given}", "")
        by_name = self.people.account(name=given)
        found = [by_name] if by_name is not None else self.people.accounts_with_email(name_or_email.strip())
        return [
            (one.email, self._link("reset", RESET, account=one.key, by="mail", once_a_kind=True))
            for one in found
            if one.email and not one.disabled
        ]

    def reset(self, secret: str, password: str) -> None:
        """A new password by a link; all sessions of the account end.  PermissionDenied when the link was used or ended."""
        with self.people.using(_hash(secret), _text(self._now())) as used:
            if used is None or used.link.kind != "reset" or used.link.account is None:
                raise _refused_link()
            used.set_password(used.link.account, self._password(password, ""))

    # -- accounts of another provider ----------------------------------------------------------------------------------

    def known_elsewhere(self, subject: str) -> Account | None:
        """The account that a provider of OpenID Connect vouches for, a disabled one too."""
        return self.people.account(subject=subject)

    def add_account(self, name: str, *, email: str, subject: str) -> Account:
        """An account for somebody whom a provider vouches for; InputError when the name is taken."""
        return self.people.add_account(**self._new_account(name, email, "", subject), steward=False)

    def join_known(self, secret: str, account: Account) -> None:
        """Use an invitation with the account that a provider vouched for."""
        self.use_link(secret, person=Person(account, ""))

    def vouch(self, person: Person, subject: str) -> None:
        """Let an account be signed in to by a provider from now on; InputError when another account is."""
        other = self.known_elsewhere(subject)
        if other is not None and other.key != person.account.key:
            raise InputError("another account is signed in to this way already")
        self.people.change_account(person.account.key, subject=subject)

    # -- for stewards --------------------------------------------------------------------------------------------------

    def overview(self, by: Person) -> tuple[list[AccountUse], list[StudySize]]:
        """Every account and every study, without anything that is in a study; PermissionDenied for who is no steward."""
        _require_steward(by)
        return self.people.accounts(_text(self._now())), self.people.study_sizes()

    def sign_out_everywhere(self, by: Person, key: int) -> None:
        """End every session, token and reset link of an account; PermissionDenied for who is no steward, NotFoundError when
        there is no such account."""
        self.people.end_everything(self._of_steward(by, key).key)

    def disable(self, by: Person, key: int) -> None:
        """Let nobody in with an account from now on: its sessions, tokens, links and invitations end.  What it did stays.

        Raises:
            PermissionDenied: who asks is no steward, or it is their own account.
            NotFoundError: there is no such account.
        """
        account = self._of_steward(by, key)
        if account.key == by.account.key:
            raise PermissionDenied("nobody disables their own account", mend="ask another steward")
        self.people.disable(account, account.disabled or _text(self._now()))

    def enable(self, by: Person, key: int) -> None:
        """Let somebody sign in again, with the password and the provider that they had; raises as :meth:`disable`."""
        account = self._of_steward(by, key)
        self.people.end_everything(account.key)  # what began while it was being disabled
        self.people.change_account(account.key, disabled="")

    def _of_steward(self, by: Person, key: int) -> Account:
        """The account that a steward does something about."""
        _require_steward(by)
        account = self.people.account(key=key)
        if account is None:
            raise NotFoundError("account", str(key), [])
        return account

    # -- tokens --------------------------------------------------------------------------------------------------------

    def add_token(self, person: Person, name: str, scope: Scope, days: int = 90) -> str:
        """A token for programs; it is shown now and never again."""
        if not name.strip() or len(name) > 100:
            raise InputError("a token has a name of 1 to 100 characters", where="name")
        if not 1 <= days <= TOKEN_DAYS:
            raise InputError(f"a token lasts 1 to {TOKEN_DAYS} days", where="days")
        secret, now = f"cc_{secrets.token_urlsafe(32)}", self._now()
        self.people.add_token(
            hash=_hash(secret), account=person.account.key, name=_clean(name.strip()), scope=scope.value,
            created=_text(now), until=_text(now + datetime.timedelta(days=days)), used="",
        )  # fmt: skip
        return secret

    def bearer(self, token: str) -> Person | None:
        """Whose token it is; ``None`` when it ended."""
        hash = _hash(token)
        known = self._remembered.answer(("token", hash), lambda: self._token(hash))
        return self._still(known)

    def tokens(self, account: Account) -> list[ApiToken]:
        return self.people.tokens(account.key)

    def end_token(self, account: Account, key: int) -> None:
        """NotFoundError for a token that is not the account's."""
        if not self.people.end_token(account.key, key):
            raise NotFoundError("token", str(key), [])

    # -- what every request asks ---------------------------------------------------------------------------------------

    def at_hand(self, *, session: str = "", token: str = "") -> Person | None:
        """As :meth:`recognise` or :meth:`bearer` when that needs no look into the database, else ``None``."""
        question = ("token", _hash(token)) if token else ("session", _hash(session))
        return self._still(self._remembered.at_hand(question))

    def membership(self, account: int, study: str) -> Membership | None:
        """What somebody is in a study, or ``None``."""
        return self._remembered.answer(
            (account, study), lambda: next(iter(self.people.memberships(account=account, study=study)), None)
        )

    def membership_at_hand(self, account: int, study: str) -> Membership | None:
        """As :meth:`membership` when that needs no look into the database."""
        return self._remembered.at_hand((account, study))

    # -- inside --------------------------------------------------------------------------------------------------------

    def _session(self, hash: str) -> _Known | None:
        now = self._now()
        found = self.people.session(hash, _text(now))
        if found is None:
            return None
        session, account = found
        if account.disabled:
            return None
        if session.seen < _text(now - _LAG):
            self.people.touch_session(session.hash, seen=_text(now))
        return _Known(Person(account, session.hash), session.until)

    def _token(self, hash: str) -> _Known | None:
        now = self._now()
        found = self.people.token(hash, _text(now))
        if found is None:
            return None
        token, account = found
        if account.disabled:
            return None
        if token.used < _text(now - _LAG):
            self.people.touch_token(token.key, _text(now))
        return _Known(Person(account, f"token {token.key}", Scope(token.scope)), token.until)

    def _still(self, known: _Known | None) -> Person | None:
        return known.person if known is not None and known.until > _text(self._now()) else None

    def invite(self, study: str, role: Role, *, blind: bool, note: str, by: str) -> str:
        """The secret of an invitation; who may invite is checked in :mod:`crosscase.study.hosting`."""
        return self._link("invitation", INVITATION, study=study, role=role.value, blind=blind, note=note, by=by)

    def _link(
        self, kind: str, lasts: datetime.timedelta, *, study: str = "", account: int | None = None, role: str = "",
        blind: bool = False, note: str = "", by: str = "", once_a_kind: bool = False,
    ) -> str:  # fmt: skip
        secret, now = secrets.token_urlsafe(32), self._now()
        self.people.add_link(
            hash=_hash(secret), kind=kind, study=study, account=account, role=role, blind=blind,
            note=_clean(note)[:200], by=by, created=_text(now), until=_text(now + lasts), once_a_kind=once_a_kind,
        )  # fmt: skip
        return secret

    def _new_account(self, name: str, email: str, password: str, subject: str | None) -> dict[str, object]:
        folded = _folded(name)
        if not _NAME.fullmatch(folded):
            raise InputError(
                "a name has up to 80 letters, digits, dots and dashes, and begins with a letter or digit", where="name"
            )
        hash = None if subject is not None else self._password(password, folded)
        return {
            "name": folded, "email": _email(email), "password": hash, "subject": subject,
            "created": _text(self._now()),
        }  # fmt: skip

    def _may_reset(self, by: Account, account: Account) -> bool:
        if by.steward or by.key == account.key:
            return True
        owned = {one.study for one in self.people.memberships(account=by.key) if one.role == Role.OWNER}
        theirs = {one.study for one in self.people.memberships(account=account.key)}
        return not account.steward and bool(theirs) and theirs <= owned

    def _password(self, password: str, name: str) -> str:
        if len(password) not in PASSWORD:
            raise InputError(
                f"a password has {PASSWORD.start} to {PASSWORD.stop - 1} characters", where="password",
                mend="a few words that do not belong together are long and easy to keep",
            )  # fmt: skip
        if name and name in password.casefold() and len(password) < len(name) + 8:
            raise InputError("the password is little more than the name", where="password", mend="choose another")
        return self._hash(password)

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(password)

    def _fits(self, password: str, hash: str | None) -> bool:
        """Whether a password is the one of a hash; without a hash it takes as long and is wrong."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        with self._hashing:
            try:
                self._hasher.verify(hash or self._nobody, password[: PASSWORD.stop])
            except (Argon2Error, InvalidHashError, UnicodeEncodeError):
                return False
        return hash is not None


def _require_steward(by: Person) -> None:
    if not by.account.steward or by.scope is not None:
        raise PermissionDenied("this is for whoever looks after the server", mend="ask them")


def _hash(secret: str) -> str:
    """The hash of a random secret of 256 bits; such a one needs no slow hash."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _folded(name: str) -> str:
    return _clean(unicodedata.normalize("NFKC", name).casefold().strip())


def _clean(text: str) -> str:
    """A text without what a database cannot keep and a terminal should not get."""
    return "".join(one for one in text if one.isprintable() and not "\ud800" <= one <= "\udfff")


def _email(email: str) -> str:
    email = _clean(email.strip())
    if email and (email.count("@") != 1 or any(one.isspace() for one in email) or len(email) > 254):
        raise InputError("this is no address for mail", where="email")
    return email


def _text(time: datetime.datetime) -> str:
    return time.isoformat(timespec="seconds")


def _refused_link() -> PermissionDenied:
    return PermissionDenied("this link was used already, or has ended", mend="ask for a new one")
