"""A study in one file: opening it, and refusing what is not a sound study file of ours."""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event

from crosscase.core.errors import StudyFileError
from crosscase.store import schema
from crosscase.store.database import MEND_DAMAGE, Database

#: ``CCas`` in ASCII, at bytes 68–71 of every study file.
APPLICATION_ID = 0x43436173

#: Seconds that a writer waits for another one.
PATIENCE = 5.0


class SqliteDatabase(Database):
    """A study file.  ``patience`` is how many seconds a writer waits for another one."""

    def __init__(self, path: Path, *, read_only: bool, patience: float = PATIENCE) -> None:
        self.path = path
        self.place = str(path)
        self.read_only = read_only or not _writable(path)
        self.patience = patience
        self._identity = _identity(path)
        self._immutable = self.read_only and not os.access(path.parent, os.W_OK) and not _has_wal(path)
        self.engine = sa.create_engine("sqlite://", creator=self._connect, poolclass=sa.pool.QueuePool)
        event.listen(self.engine, "begin", _begin)
        self._watching = threading.Lock()
        self._watch: sqlite3.Connection | None = None

    def trail_length(self, study: str) -> int | None:
        with self.translated(), self._watching:
            if self._watch is None:
                self._watch = self._connect()
            found = self._watch.execute("SELECT audit_length FROM studies WHERE id = ?", (study,)).fetchone()
        return None if found is None else int(found[0])

    def close(self) -> None:
        with self._watching:
            if self._watch is not None:
                self._watch.close()
                self._watch = None
        super().close()

    def _connect(self) -> sqlite3.Connection:
        mode = "ro" if self.read_only else "rw"
        uri = f"file:{quote(str(self.path))}?mode={mode}" + ("&immutable=1" if self._immutable else "")
        connection = sqlite3.connect(
            uri, uri=True, timeout=self.patience, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-65536")
        return connection

    def before_writing(self) -> None:
        super().before_writing()
        if _identity(self.path) != self._identity:
            raise StudyFileError(
                "the study file was moved, deleted or replaced while it was open",
                where=self.place,
                mend="nothing was changed; put it back, or close the study and open it where it is now",
            )

    @property
    def fingerprint(self) -> str:
        """This file on this machine, hashed; a copy of it, or the file on another machine, has another one."""
        return hashlib.sha256(f"{socket.gethostname()} {self._identity}".encode()).hexdigest()


def create(path: Path) -> None:
    """An empty database file with our mark on it; StudyFileError when it cannot be made."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise StudyFileError(
            f"the study file cannot be made: {error.strerror}",
            where=str(path),
            mend="check the folder and its permissions",
        ) from error
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        path.unlink(missing_ok=True)
        raise StudyFileError(
            f"the study file cannot be made: {error}", where=str(path), mend="make room, or choose another place"
        ) from error
    finally:
        connection.close()


def refuse_what_is_not_ours(database: SqliteDatabase) -> None:
    """StudyFileError for a file that is no database, or another program's."""
    with database.translated(), database.engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
            raise StudyFileError(
                "this is a database of another program", where=database.place, mend="give the path of a .crosscase file"
            )
        strange = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')"
        ).scalar()
        if strange is not None:
            raise StudyFileError(
                f"the file holds a program of its own ('{strange}'), which no study file has",
                where=database.place,
                mend="do not trust it; ask for the study folder instead",
            )


def check_integrity(database: SqliteDatabase) -> None:
    """StudyFileError when SQLite finds the file damaged.  Reads all of it: a second for about 100 MB."""
    with database.translated(), database.engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(3)").scalars().all()
    if found != ["ok"]:
        raise StudyFileError(
            f"the study file is damaged: {'; '.join(map(str, found))}",
            where=database.place,
            mend=MEND_DAMAGE,
        )


def let_readers_go_on(database: SqliteDatabase) -> None:
    """Write-ahead logging, so that reading goes on while somebody writes; a backup comes without it."""
    with database.translated(), database.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA journal_mode=WAL")


def from_elsewhere(database: SqliteDatabase) -> bool:
    """Whether this machine has not seen this very file before."""
    table = schema.metadata
    with database.reading() as connection:
        seen = connection.scalar(sa.select(table.c.value).where(table.c.key == "seen"))
    return seen != database.fingerprint


def remember(database: SqliteDatabase) -> None:
    """Note that this machine has seen this file and found it sound."""
    table = schema.metadata
    with database.writing() as connection:
        connection.execute(table.delete().where(table.c.key == "seen"))
        connection.execute(table.insert().values(key="seen", value=database.fingerprint))


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("crosscase_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _identity(path: Path) -> tuple[Any, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_dev, found.st_ino)


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _has_wal(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def refuse_header(path: Path) -> None:
    """StudyFileError for what is no database file at all, before SQLite is asked."""
    if path.is_dir():
        raise StudyFileError("this is a folder, not a study file", where=str(path), mend="import the folder first")
    try:
        with path.open("rb") as file:
            header = file.read(16)
    except FileNotFoundError:
        raise StudyFileError("there is no such study file", where=str(path), mend="check the path") from None
    except OSError as error:
        raise StudyFileError(f"the study file cannot be read: {error.strerror}", where=str(path)) from error
    if header != b"SQLite format 3\0":
        raise StudyFileError("this is not a study file", where=str(path), mend="give the path of a .crosscase file")
