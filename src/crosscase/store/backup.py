"""Copies of a study file or of a server's database, made while it is in use."""

from __future__ import annotations

import datetime
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from crosscase.core.errors import StudyFileError
from crosscase.store.postgres import PostgresDatabase
from crosscase.store.sqlite import SqliteDatabase, check_integrity

#: How the dump of a server begins.
DUMP = b"PGDMP"


def backup(database: SqliteDatabase, to: Path) -> Path:
    """Copy a study file to ``to`` with SQLite's online backup, check the copy, and only then give it its name.

    StudyFileError when there is a file of that name already, or when the copy cannot be written or is not sound.
    """
    if to.exists():
        raise StudyFileError("there is a file of that name already", where=str(to), mend="choose another name")
    part = to.with_name(to.name + ".part")
    try:
        _make(part)
        with database.translated(), database.engine.connect() as connection:
            source = connection.connection.dbapi_connection
            assert isinstance(source, sqlite3.Connection)
            target = sqlite3.connect(part)
            try:
                source.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
            finally:
                target.close()
        copy = SqliteDatabase(part, read_only=True)
        try:
            check_integrity(copy)
        finally:
            copy.close()
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)
    return to


def backup_beside(database: SqliteDatabase, label: str) -> Path:
    """A backup beside the study file, named by the time and a label."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S-%f")
    return backup(database, database.path.with_name(f"{database.path.name}.{label}.{now}.backup"))


def backup_server(database: PostgresDatabase, to: Path) -> Path:
    """Dump a server's database to ``to`` with pg_dump, and check that the dump can be read back.

    StudyFileError when there is a file of that name already, or pg_dump fails or is not installed.
    """
    if to.exists():
        raise StudyFileError("there is a file of that name already", where=str(to), mend="choose another name")
    part = to.with_name(to.name + ".part")
    try:
        _make(part)
        _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={part}"], database.engine.url)
        _run("pg_restore", ["--list", "--file=/dev/null" if os.name != "nt" else "--file=NUL", str(part)])
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)
    return to


def _make(part: Path) -> None:
    """An empty file that nobody else may read; StudyFileError when it cannot be made."""
    try:
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StudyFileError(
            f"the copy cannot be opened for writing: {error.strerror}", where=str(part), mend="check the folder"
        ) from None


def restore_dump(dump: Path, url: str) -> None:
    """Fill an empty database from a dump, as a whole or not at all; StudyFileError when it is not empty."""
    database = PostgresDatabase(url, read_only=False)
    try:
        with database.reading() as connection:
            if sa.inspect(connection).get_table_names():
                raise StudyFileError(
                    "the database is not empty", where=database.place, mend="make a new one: createdb NAME"
                )
        options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        _run("pg_restore", [*options, str(dump)], database.engine.url)
    finally:
        database.close()


def _run(program: str, options: Sequence[str], url: sa.URL | None = None) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment, where no list of processes shows it."""
    if shutil.which(program) is None:
        raise StudyFileError(
            f"{program} is not installed here", mend="install PostgreSQL's client programs (Debian: postgresql-client)"
        )
    environment = dict(os.environ)
    place = []
    if url is not None:
        if url.password is not None:
            environment["PGPASSWORD"] = str(url.password)
        bare = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
        place = [f"--dbname={bare}"]
    done = subprocess.run([program, *place, *options], env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise StudyFileError(f"{program} failed: {said}")
