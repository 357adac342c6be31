"""Copies of a study file, made while it is in use."""

from __future__ import annotations

import datetime
import os
import sqlite3
from pathlib import Path

from crosscase.core.errors import StudyFileError
from crosscase.store.sqlite import SqliteDatabase, check_integrity


def backup(database: SqliteDatabase, to: Path) -> Path:
    """Copy a study file to ``to`` with SQLite's online backup, check the copy, and only then give it its name.

    StudyFileError when there is a file of that name already, or when the copy cannot be written or is not sound.
    """
    if to.exists():
        raise StudyFileError("there is a file of that name already", where=str(to), mend="choose another name")
    part = to.with_name(to.name + ".part")
    try:
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
