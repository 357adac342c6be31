"""Bringing a database to the tables of this version.

A newer database is refused; an older one is upgraded by the Alembic scripts in ``migrations``, a study file after a backup
of it was put beside it.
"""

from __future__ import annotations

import importlib.resources
from typing import Any

import sqlalchemy as sa

from crosscase.core.errors import StudyFileError
from crosscase.store.backup import backup_beside
from crosscase.store.database import Database
from crosscase.store.schema import HEAD
from crosscase.store.sqlite import SqliteDatabase


def revision(database: Database) -> str | None:
    """The revision that the database's tables have, or ``None`` when it holds none of ours."""
    with database.translated(), database.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def bring_up_to_date(database: Database) -> None:
    """Make or upgrade the tables; StudyFileError when the database is newer than this program or read-only and older."""
    found = revision(database)
    if found == HEAD:
        return
    if found is not None and found not in known_revisions():
        raise StudyFileError(
            f"the study was made by a newer Crosscase (tables {found}; this program knows {HEAD})",
            where=database.place,
            mend="install the newer version: pip install --upgrade crosscase",
        )
    if database.read_only:
        raise StudyFileError(
            f"the study has the tables of an older version ({found}) and may not be written",
            where=database.place,
            mend="copy it to a folder where you may write, and open the copy",
        )
    if found is not None and isinstance(database, SqliteDatabase):
        backup_beside(database, found)
    upgrade(database)


def upgrade(database: Database, to: str = "head") -> None:
    """Run the migrations in one transaction."""
    with database.writing() as connection:
        upgrade_in(connection, to)


def upgrade_in(connection: sa.Connection, to: str = "head") -> None:
    """Run the migrations in a transaction that is open."""
    from alembic import command

    command.upgrade(_configuration(connection), to)


def known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_configuration(None)).walk_revisions()}


def _configuration(connection: sa.Connection | None) -> Any:
    from alembic.config import Config

    configuration = Config()
    scripts = str(importlib.resources.files("crosscase.store") / "migrations")
    configuration.set_main_option("script_location", scripts.replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration
