"""The store: a study file or a database server, opened."""

from __future__ import annotations

import datetime
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa

from crosscase.core import TABLES, Snapshot, Study
from crosscase.core.errors import NotFoundError, StudyFileError
from crosscase.core.plain import to_plain
from crosscase.store import audit as trail
from crosscase.store import backup, snapshots, sqlite, undo, upgrade
from crosscase.store.audit import BEGINNING, AuditEntry, AuditReport, ChangeKind, StudyHead, Trail
from crosscase.store.changes import Change
from crosscase.store.database import Database
from crosscase.store.erasing import Holds, erase_from_trail, forget_ended_work, rewrite
from crosscase.store.jobs import Jobs
from crosscase.store.people import People
from crosscase.store.postgres import SCHEMES, PostgresDatabase
from crosscase.store.rows import dumps
from crosscase.store.schema import ROWS, studies
from crosscase.store.search import Hit
from crosscase.store.search import search as find
from crosscase.store.sqlite import SqliteDatabase

SUFFIX = ".crosscase"

#: How the URL of a database in a file begins; an absolute path has four slashes.
SQLITE = "sqlite:///"

_Last = Callable[[sa.Connection, int, str], tuple[int, int, str] | None]


@dataclass(frozen=True, slots=True)
class StudyEntry:
    """A study that the store holds.  ``changes`` is the length of its audit trail."""

    id: str
    title: str
    created: str
    changes: int


def open_store(
    path_or_url: str | os.PathLike[str], *, create: bool = False, read_only: bool = False, check: bool | None = None
) -> Store:
    """Open a study file, or a database by its URL: ``postgresql://user@host/name`` or ``sqlite:///path``.

    ``create`` makes the file, or the tables in an empty database, when they are not there.  A file or folder that may not
    be written is opened for reading only, see ``Store.read_only``.  ``check`` reads the whole file for damage; by default
    that is done for a file that this machine has not seen before.

    Raises StudyFileError for a file that is not there, not ours, damaged, or made by a newer Crosscase, and
    MissingExtraError when the driver for PostgreSQL is not installed.
    """
    place = os.fspath(path_or_url)
    if place.startswith(SQLITE):
        return open_store(place.removeprefix(SQLITE), create=create, read_only=read_only, check=check)
    if place.startswith(SCHEMES):
        return Store(_open_server(place, create=create, read_only=read_only))
    if "://" in place:
        raise StudyFileError(
            "this kind of database is not known",
            where=place,
            mend="write postgresql://user@host/name or sqlite:///path",
        )
    return Store(_open_file(Path(place), create=create, read_only=read_only, check=check))


def _open_file(path: Path, *, create: bool, read_only: bool, check: bool | None) -> SqliteDatabase:
    path = path.absolute()
    making = create and not path.exists()
    if making:
        sqlite.create(path)
    else:
        sqlite.refuse_header(path)
    database = SqliteDatabase(path, read_only=read_only)
    try:
        if not making:
            sqlite.refuse_what_is_not_ours(database)
            if check:
                sqlite.check_integrity(database)
            if not database.read_only:
                sqlite.let_readers_go_on(database)
        upgrade.bring_up_to_date(database)
        if check is None and not making and sqlite.from_elsewhere(database):
            sqlite.check_integrity(database)
        if not database.read_only and (making or sqlite.from_elsewhere(database)):
            sqlite.remember(database)
    except BaseException:
        database.close()
        if making:
            for end in ("", "-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
        raise
    return database


def _open_server(url: str, *, create: bool, read_only: bool) -> PostgresDatabase:
    database = PostgresDatabase(url, read_only=read_only)
    try:
        if not create and upgrade.revision(database) is None:
            raise StudyFileError(
                "this database holds no studies of Crosscase",
                where=database.place,
                mend="make its tables by opening it to create",
            )
        upgrade.bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    return database


class Store:
    """An open store; made by :func:`open_store`, closed by ``close`` or at the end of a ``with``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def place(self) -> str:
        """The path, or the URL without its password."""
        return self._database.place

    @property
    def read_only(self) -> bool:
        return self._database.read_only

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- studies ---------------------------------------------------------------------------------------------------------

    def studies(self) -> list[StudyEntry]:
        """The studies in the order in which they were made."""
        with self._database.reading() as connection:
            found = connection.execute(studies.select().order_by(studies.c.key))
            return [StudyEntry(row.id, row.title, row.created, row.audit_length) for row in found]

    def load_snapshot(self, study_id: str | None = None) -> Snapshot:
        """A study as it stands; without an id, the only one there is.  Original documents are read when asked for."""
        with self._database.reading() as connection:
            return snapshots.load(connection, self._study(connection, study_id), self._database.reading)

    def rows(self, study_id: str, table: str, **equal: Any) -> list[tuple[Any, int]]:
        """The rows whose fields have these values, each with its version, without loading the study.

        Quick for an ``id``, for codings by ``quotation`` or ``code``, quotations and turns by ``source``, stances by
        ``claim`` and memos by ``about``.  The version is what :meth:`Change.update` takes as ``expected_version``.
        """
        with self._database.reading() as connection:
            return snapshots.rows(connection, self._study(connection, study_id).key, table, equal)

    def save_snapshot(
        self, snapshot: Snapshot, who: str, what: str, study_id: str | None = None, *, base: Snapshot | None = None
    ) -> str:
        """Keep a whole study in one transaction and return its id.

        Without an id a new study is made; so it is for an id that is not there yet.  A study that is there is changed to
        equal the snapshot, and the trail shows what differed.  With ``base``, the snapshot as it was loaded, only the
        difference between the two is written: what others added since stays, and ConflictError says where they changed
        the same row, text or head.
        """
        id = study_id or uuid.uuid4().hex
        with self._database.writing() as connection:
            if connection.scalar(sa.select(studies.c.key).where(studies.c.id == id)) is None:
                self._make(connection, id)
            added = None if base is None else snapshots.additions(base, snapshot)
            with self._change(connection, id, who, what) as change:
                if base is not None and added is not None:
                    snapshots.add(change, snapshot, base, added)
                    return id
                current = snapshots.load(connection, self._study(connection, id), self._database.reading)
                snapshots.save(change, snapshot, current if base is None else base, current)
        return id

    def erase(self, study_id: str, snapshot: Snapshot, holds: Holds, *, base: Snapshot, who: str, what: str) -> int:
        """Keep a snapshot from which words were taken, as :meth:`save_snapshot`, and erase them from the trail as well.

        Returns how many entries of the trail lost their content.  This cannot be undone.
        """
        with self._database.writing() as connection:
            with self._change(connection, study_id, who, what) as change:
                current = snapshots.load(connection, self._study(connection, study_id), self._database.reading)
                snapshots.save(change, snapshot, base, current)
            key = self._study(connection, study_id).key
            erased = erase_from_trail(connection, key, holds)
            forget_ended_work(connection, key)
        rewrite(self._database)
        return erased

    @contextmanager
    def write(self, study_id: str, *, who: str, what: str) -> Iterator[Change]:
        """A transaction on one study.  At its end everything is kept; when an error leaves it, nothing is."""
        with self._database.writing() as connection, self._change(connection, study_id, who, what) as change:
            yield change

    def undo(self, study_id: str, who: str) -> str | None:
        """Take back the last change of a person that stands, as a new entry of the trail; many steps, across restarts.

        Returns what was taken back in its own words, or ``None`` when there is nothing.  ConflictError when somebody else
        has changed the same since.
        """
        return self._reverse(study_id, who, "undo", undo.undoable)

    def undoable(self, study_id: str, who: str) -> tuple[int, str] | None:
        """What :meth:`undo` would take back: the number of the write, as ``AuditEntry.change``, and its words."""
        with self._database.reading() as connection:
            found = undo.undoable(connection, self._study(connection, study_id).key, who)
            return None if found is None else (found[1], found[2])

    def redo(self, study_id: str, who: str) -> str | None:
        """Do again what the person undid last, as long as they have done nothing new since; as :meth:`undo`."""
        return self._reverse(study_id, who, "redo", undo.redoable)

    # -- the audit trail -------------------------------------------------------------------------------------------------

    def audit(
        self,
        study_id: str,
        *,
        after: int = 0,
        who: str | None = None,
        of: str | None = None,
        row: str | None = None,
        action: str | None = None,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        limit: int | None = None,
        latest: bool = False,
    ) -> list[AuditEntry]:
        """The entries of the trail from the first one later than ``after``, of a person, a table, a row, a kind of change, of
        the days from ``since`` to ``until`` (UTC), in order.

        ``limit`` takes the first of them, with ``latest`` the last ones.
        """
        with self._database.reading() as connection:
            key = self._study(connection, study_id).key
            return trail.entries(
                connection, key, after=after, who=who, of=of, row=row, action=action, since=since, until=until,
                limit=limit, latest=latest,
            )  # fmt: skip

    def verify_audit(self, study_id: str) -> AuditReport:
        """Whether the trail is whole: every entry as it was written, none missing."""
        with self._database.reading() as connection:
            return trail.verify(connection, self._study(connection, study_id))

    def audit_length(self, study_id: str) -> int:
        """The sequence of the last entry of the trail; 0 when there is none."""
        with self._database.reading() as connection:
            return int(self._study(connection, study_id).audit_length)

    def has_grown(self, study_id: str, seen: int) -> bool:
        """Whether the trail may have entries after ``seen``; quickly told, because every look at a study asks for it."""
        return self._database.trail_length(study_id) != seen

    def versions(self, study_id: str, table: str) -> dict[str, tuple[int, int]]:
        """The position and the version of every row of a table by its id."""
        if table not in TABLES:
            raise NotFoundError("table", table, TABLES)
        of = ROWS[table]
        with self._database.reading() as connection:
            wanted = sa.select(of.c.id, of.c.position, of.c.version).where(
                of.c.study_key == self._study(connection, study_id).key
            )
            return {id: (position, version) for id, position, version in connection.execute(wanted)}

    # -- who may come in -------------------------------------------------------------------------------------------------

    @property
    def people(self) -> People:
        """The accounts of a server, who is a member of which study, and who is signed in."""
        return People(self._database)

    # -- search ----------------------------------------------------------------------------------------------------------

    def search(
        self, study_id: str | None, query: str, kinds: Sequence[str] = ("sources", "memos", "codes"), limit: int = 100
    ) -> list[Hit]:
        """Where words, "phrases" and beginnings* stand, all of them in the same passage; see :mod:`crosscase.store.search`.

        InputError for a query that cannot be read.
        """
        with self._database.reading() as connection:
            return find(connection, self._study(connection, study_id).key, query, kinds, limit)

    # -- long work -------------------------------------------------------------------------------------------------------

    @property
    def jobs(self) -> Jobs:
        """The queue of long work."""
        return Jobs(self._database)

    # -- the whole file ----------------------------------------------------------------------------------------------------

    def backup(self, to: str | os.PathLike[str]) -> Path:
        """Copy the study file, or dump the server's database, while it is in use; the copy is checked before it gets its name."""
        if isinstance(self._database, PostgresDatabase):
            return backup.backup_server(self._database, Path(to))
        assert isinstance(self._database, SqliteDatabase)
        return backup.backup(self._database, Path(to))

    # -- inside ----------------------------------------------------------------------------------------------------------

    def _reverse(self, study_id: str, who: str, kind: ChangeKind, last: _Last) -> str | None:
        with self._database.writing() as connection:
            study = self._study(connection, study_id, lock=True)
            found = last(connection, study.key, who)
            if found is None:
                return None
            target, number, what = found
            with self._change(connection, study_id, who, what, kind, target) as change:
                undo.take_back(change, number)
            return what

    @contextmanager
    def _change(
        self,
        connection: sa.Connection,
        study_id: str,
        who: str,
        what: str,
        kind: ChangeKind = "do",
        target: int = 0,
    ) -> Iterator[Change]:
        row = self._study(connection, study_id, lock=True)
        head = StudyHead(
            row.key,
            row.id,
            row.version,
            row.head,
            row.next_position,
            row.next_passage,
            row.audit_length,
            row.audit_hash,
        )
        change = Change(connection, head, Trail(head, who, what, kind, target))
        yield change
        change.finish()

    def _make(self, connection: sa.Connection, id: str) -> None:
        connection.execute(
            studies.insert(),
            {
                "id": id, "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), "title": "",
                "head": dumps(to_plain(Study())), "version": 1, "next_position": 1, "next_passage": 1, "audit_length": 0,
                "audit_hash": BEGINNING,
            },
        )  # fmt: skip

    def _study(self, connection: sa.Connection, id: str | None, *, lock: bool = False) -> sa.Row[Any]:
        wanted = studies.select() if id is None else studies.select().where(studies.c.id == id)
        found = connection.execute(wanted.with_for_update() if lock else wanted.limit(2)).all()
        if len(found) == 1:
            return found[0]
        existing = list(connection.scalars(sa.select(studies.c.id).limit(1000)))
        if id is None and existing:
            raise NotFoundError("study", "", existing, where=f"{self.place} holds more than one; say which")
        raise NotFoundError("study", id or "", existing, where=self.place)
