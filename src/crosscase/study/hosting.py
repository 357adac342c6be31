"""Many studies on one server: which of them somebody is in, and the workspace that they work with there.

A study that somebody is no member of does not exist for them: the answer is the same as for an id that nobody gave.
"""

from __future__ import annotations

import datetime
import gc
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crosscase.core import Snapshot
from crosscase.core import Study as StudyHead
from crosscase.core.errors import InputError, NotFoundError, PermissionDenied, StudyFileError
from crosscase.study.accounts import Accounts, Person
from crosscase.study.api import Study
from crosscase.study.longwork import ask_import, ask_merge
from crosscase.study.members import MemberWorkspace
from crosscase.study.overview import overview
from crosscase.study.permissions import Member, Permission, Role
from crosscase.study.places import SUFFIX, StorePlace
from crosscase.study.workspace import Workspace

if TYPE_CHECKING:
    from crosscase.store import Job, Store
    from crosscase.store.people import Link, Membership
    from crosscase.study.embeddings import Address

#: How many studies are held in memory at once when nothing else is set; the longest unused is let go.  One of 100,000
#: codings and 20 million characters holds a third of a gigabyte.
OPEN = 16


@dataclass(frozen=True, slots=True)
class Opened:
    """A study that somebody opened: the workspace as they have it, and their membership."""

    workspace: MemberWorkspace
    membership: Membership
    member: Member


class Host:
    """The studies of one database."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        *,
        where: str = "",
        most_open: int = OPEN,
        services: Sequence[Address] = (),
    ) -> None:
        self.store = store
        self.accounts = accounts
        self._where = where or store.place
        self._most_open = most_open
        #: The services that suggestions may ask; no study of the host ever asks another.
        self._services = tuple(services)
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Workspace] = OrderedDict()
        #: A lock for each study that is open or is being opened.
        self._opening: dict[str, threading.Lock] = {}
        self._views: OrderedDict[tuple[str, Member], MemberWorkspace] = OrderedDict()

    def studies_of(self, person: Person) -> list[Membership]:
        """The studies that somebody is in, by title."""
        return self.accounts.people.memberships(account=person.account.key)

    def open(self, person: Person, study: str) -> Opened:
        """The workspace of a study as somebody has it; NotFoundError when they are no member, or there is none."""
        found = self.accounts.membership(person.account.key, study)
        if found is None:
            raise NotFoundError("study", study, [])
        member = _member(found, person)
        return Opened(self._view(study, member), found, member)

    def at_hand(self, person: Person, study: str) -> Opened | None:
        """As :meth:`open` when nobody need wait for it: the study is open, and what the person is in it remembered."""
        found = self.accounts.membership_at_hand(person.account.key, study)
        if found is None:
            return None
        member = _member(found, person)
        with self._lock:
            view = self._views.get((study, member))
            if view is None or view.whole is not self._open.get(study):
                return None
            self._open.move_to_end(study)
            self._views.move_to_end((study, member))
        return Opened(view, found, member)

    def make(self, person: Person, title: str) -> str:
        """A new study that the person owns, and its id; PermissionDenied for who is no steward."""
        self._require_steward(person)
        title = title.strip()
        if not title or len(title) > 500:
            raise InputError("a study has a title of 1 to 500 characters", where="title")
        return self._keep(person, Snapshot(study=StudyHead(title=title)), "new study")

    def bring_in(self, person: Person, file: Path, name: str) -> tuple[str, Job]:
        """A new study, still empty, and the work that fills it from a study file; the file's own trail stays with the file.

        Raises:
            PermissionDenied: the person is no steward.
            InputError: it is no sound study file.
        """
        self._require_steward(person)
        id = self._keep(person, Snapshot(study=StudyHead(title=_title_in(file, name))), "new study")
        opened = self.open(person, id)
        called = name if name.endswith(SUFFIX) else f"{name}{SUFFIX}"
        with file.open("rb") as content:
            return id, ask_import(opened.workspace, opened.member.coder, [(called, content)])

    def merge(self, opened: Opened, file: Path, name: str) -> Job:
        """Have what is new in a study file brought into a study; see :mod:`crosscase.study.merging`.

        InputError when it is no sound study file.
        """
        opened.member.require(Permission.BRING_IN)
        _title_in(file, name)
        with file.open("rb") as content:
            return ask_merge(opened.workspace, opened.member.coder, name, content)

    def work_counts(self) -> dict[str, int]:
        """How much long work waits and runs, of all studies."""
        return self.store.jobs.counts()

    # -- members -------------------------------------------------------------------------------------------------------

    def members(self, opened: Opened) -> list[Membership]:
        """The members of a study; every member may know who the others are."""
        return self.accounts.people.memberships(study=opened.membership.study)

    def invitations(self, opened: Opened) -> list[Link]:
        """The invitations that wait; PermissionDenied for who does not manage members."""
        opened.member.require(Permission.MANAGE)
        return self.accounts.people.links_of(opened.membership.study, _now())

    def invite(self, opened: Opened, role: Role, *, blind: bool = False, note: str = "") -> str:
        """The secret of a link that lets one person in."""
        opened.member.require(Permission.MANAGE)
        study, by = opened.membership.study, opened.membership.name
        return self.accounts.invite(study, role, blind=blind, note=note, by=by)

    def take_back(self, opened: Opened, invitation: int) -> None:
        opened.member.require(Permission.MANAGE)
        self.accounts.people.end_link(opened.membership.study, invitation)

    def change_member(self, opened: Opened, account: int, *, role: Role, coder: str, blind: bool) -> None:
        """Another role, name to code under, or blindness.

        Raises:
            NotFoundError: no such member.
            InputError: it is the last owner, or another member codes under that name.
        """
        opened.member.require(Permission.MANAGE)
        coder = coder.strip()
        if not coder or len(coder) > 100 or not coder.isprintable():
            raise InputError("a coder has a name of 1 to 100 characters", where="coder")
        with self.accounts.people.changing_members(opened.membership.study) as members:
            there = {one.account: one for one in members.all()}
            if account not in there:
                raise NotFoundError("member", str(account), [])
            if role is not Role.OWNER:
                _refuse_last_owner(there, account)
            members.put(account, role=role.value, coder=coder, blind=blind, since=there[account].since)

    def remove_member(self, opened: Opened, account: int) -> None:
        """Let somebody go, or leave; InputError for the last owner."""
        if account != opened.membership.account:
            opened.member.require(Permission.MANAGE)
        if opened.member.scope is not None:
            raise PermissionDenied("members are not managed with a token")
        with self.accounts.people.changing_members(opened.membership.study) as members:
            there = {one.account: one for one in members.all()}
            if account not in there:
                raise NotFoundError("member", str(account), [])
            _refuse_last_owner(there, account)
            members.remove(account)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _view(self, study: str, member: Member) -> MemberWorkspace:
        whole = self._workspace(study)
        with self._lock:
            view = self._views.get((study, member))
            if view is None or view.whole is not whole:
                view = self._views[study, member] = MemberWorkspace(whole, member)
            self._views.move_to_end((study, member))
            while len(self._views) > 8 * self._most_open:
                self._views.popitem(last=False)
            return view

    def _workspace(self, study: str) -> Workspace:
        """The open study; whoever asks for it while it is being opened waits, and nobody else does."""
        with self._lock:
            opening = self._opening.setdefault(study, threading.Lock())
        with opening:
            with self._lock:
                whole = self._open.get(study)
                if whole is not None:
                    self._open.move_to_end(study)
                    return whole
            whole = Workspace(Study(StorePlace(self._where, study, store=self.store), who="server"))
            whole.services = self._services
            overview(whole)  # takes as long as a hundred pages the first time, and somebody asks for it soon
            with self._lock:
                self._open[study] = whole
                while len(self._open) > self._most_open:
                    self._opening.pop(self._open.popitem(last=False)[0], None)
            _settle()
            return whole

    def _keep(self, person: Person, snapshot: Snapshot, what: str) -> str:
        id = self.store.save_snapshot(snapshot, who=person.account.name, what=what)
        with self.accounts.people.changing_members(id) as members:
            members.put(person.account.key, role=Role.OWNER.value, coder=person.account.name, blind=False, since=_now())
        return id

    def _require_steward(self, person: Person) -> None:
        if not person.account.steward or person.scope is not None:
            raise PermissionDenied(
                "new studies are made by whoever looks after the server", mend="ask them for a study of your own"
            )


def _settle() -> None:
    """Have the garbage collector leave alone what is held now: to look through a large study takes it half a second, in
    which nobody is answered."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _member(membership: Membership, person: Person) -> Member:
    return Member(membership.coder, Role(membership.role), membership.blind, person.scope)


def _refuse_last_owner(there: dict[int, Membership], account: int) -> None:
    if not any(one.role == Role.OWNER for key, one in there.items() if key != account):
        raise InputError("a study has an owner, and this is the last one", mend="make somebody else an owner first")


def _title_in(file: Path, name: str) -> str:
    """The title of the study in a file; the file's name in messages is the one it had where it came from."""
    from crosscase.store import open_store

    with _uploaded(name), open_store(file) as store:
        found = store.studies()
        if len(found) != 1:
            raise InputError(f"the file holds {len(found)} studies", where=name, mend="bring in a file with one study")
        return found[0].title


@contextmanager
def _uploaded(name: str) -> Iterator[None]:
    """Say of a file that cannot be opened what it was called where it came from, and not where it lies here."""
    try:
        yield
    except StudyFileError as error:
        raise InputError(error.what, where=name, mend=error.mend) from None


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
