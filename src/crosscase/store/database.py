"""What the two databases have in common: reading and writing transactions, and errors in our words."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from crosscase.core.errors import ConflictError, CrosscaseError, InputError, StudyFileError


class Database:
    """An open database.  ``place`` is how messages name it (a path, or a URL without its password)."""

    engine: sa.Engine
    place: str
    read_only: bool
    #: See ``People.stamp``.
    people_stamp: object = object()

    def before_writing(self) -> None:
        """Raise StudyFileError when it can no longer be written."""
        if self.read_only:
            raise StudyFileError(
                "the study was opened for reading only",
                where=self.place,
                mend="copy it to a folder where you may write, and open the copy",
            )

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction in which everything is seen as it stood at one moment."""
        with self.translated(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that may write; whatever goes wrong in it, Ctrl-C too, leaves nothing behind."""
        self.before_writing()
        with (
            self.translated(),
            self.engine.connect().execution_options(crosscase_write=True) as connection,
            connection.begin(),
        ):
            yield connection
            self.before_writing()

    def trail_length(self, study: str) -> int | None:
        """How many entries the trail of a study has: one question on a connection that is kept for it, in no transaction.

        ``None`` when it cannot be told.
        """
        return None

    def last_writer(self) -> str:
        """Who changed something last and when, for the message to somebody who had to wait in vain."""
        try:
            with self.engine.connect() as connection, connection.begin():
                found = connection.exec_driver_sql("SELECT who, at FROM audit ORDER BY at DESC LIMIT 1").first()
        except exc.SQLAlchemyError:
            return ""
        return "" if found is None else f"the last change is by {found[0]} at {found[1]}"

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what a driver raises into errors that say what to do."""
        try:
            yield
        except CrosscaseError:
            raise
        except exc.DBAPIError as error:
            raise self._error(error) from error
        except exc.TimeoutError as error:
            raise ConflictError(
                "too many are at work just now", where=self.place, mend="nothing was changed; try again"
            ) from error
        except sqlite3.Error as error:
            raise self._of_message(str(error)) from error
        except UnicodeEncodeError as error:
            raise InputError(
                "a text holds half of a character (a lone surrogate)",
                mend="read the file again with its right encoding",
            ) from error
        except Exception as error:
            if getattr(error, "sqlstate", None) is None:
                raise
            # COPY goes to psycopg directly, so its errors have not been through SQLAlchemy.
            raise self._of_driver(error) from error

    def _error(self, error: exc.DBAPIError) -> CrosscaseError:
        if error.connection_invalidated:
            return StudyFileError(
                "the connection to the database was lost",
                where=self.place,
                mend="what was not confirmed was not kept; try again",
            )
        return self._of_driver(error.orig)

    def _of_driver(self, error: BaseException | None) -> CrosscaseError:
        kind = (getattr(error, "sqlstate", None) or "")[:2]
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if kind == "23" or isinstance(error, sqlite3.IntegrityError):
            return InputError(f"two rows have the same id: {first}", mend="give each row its own id")
        if kind == "22":
            return InputError(f"a value cannot be kept: {first}")
        return self._of_message(str(error))

    def _disk_is_full(self) -> bool:
        """Whether there is no room where the study file is."""
        try:
            return shutil.disk_usage(Path(self.place).parent).free < ROOM
        except OSError:
            return False

    def _of_message(self, message: str) -> CrosscaseError:
        if "disk I/O error" in message and self._disk_is_full():
            message = "database or disk is full"  # SQLite says the other when not even its small files beside fit
        for part, what, mend in _TROUBLES:
            if part in message:
                return StudyFileError(what, where=self.place, mend=mend)
        if any(part in message for part in ("is locked", "deadlock detected", "could not serialize", "lock timeout")):
            return ConflictError(
                "somebody else is writing to this study just now, and did not finish in time",
                where="; ".join(part for part in (self.place, self.last_writer()) if part),
                mend="nothing was changed; try again",
            )
        return StudyFileError(f"the database says: {message.strip()}", where=self.place)


#: Bytes that SQLite needs beside a file to open it.
ROOM = 1 << 16

#: What to do about a damaged study file.
MEND_DAMAGE = (
    "restore it from a backup (crosscase restore BACKUP NEW; the newest .backup file beside it), "
    "or save what can still be read: crosscase rescue FILE NEW"
)
_DAMAGED = ("the study file is damaged", MEND_DAMAGE)
_TROUBLES = (
    ("database or disk is full", "the disk is full; nothing was changed", "make room and do it again"),
    ("No space left on device", "the server's disk is full; the change was not kept", "make room and do it again"),
    (
        "attempt to write a readonly",
        "the study file may not be written",
        "check the permissions of the file and its folder",
    ),
    ("disk I/O error", "the study file could not be read or written", "check the disk, or the network drive it is on"),
    ("malformed", *_DAMAGED),
    ("file is not a database", "this is not a study file", "give the path of a .crosscase file"),
    ("unable to open database", "the study file cannot be opened", "check the path and its permissions"),
)
