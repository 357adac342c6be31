"""Projects of QualCoder and Taguette, read directly from their SQLite databases.

Both keep the words of every coding beside its positions, so each coding is verified: its words must stand at its place.
One whose words stand elsewhere, and there only, is moved and counted; any other keeps its words' absence (a locator).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crosscase.core.errors import InputError
from crosscase.exchange.qda_databases.qualcoder import QualCoder
from crosscase.exchange.qda_databases.taguette import Taguette
from crosscase.exchange.refi.positions import convention
from crosscase.exchange.refi.report import Read

__all__ = ["FORMATS", "read_database"]

#: A QualCoder project is a folder ``*.qda`` with a file ``data.qda``; Taguette exports ``*.sqlite3``.
FORMATS = (".qda", ".sqlite3")


def read_database(path: Path, *, positions: str = "", project: str = "") -> Read:
    """The study in a QualCoder project or a Taguette export.

    ``positions`` names how QualCoder's positions are counted; found out when empty.  ``project`` is the name (or the number) of
    the project, where a Taguette database has several.

    Raises:
        InputError: it is neither, or damaged; or it is not clear how positions are counted, or which project is meant.
    """
    named = convention(positions) if positions else None
    file = path / "data.qda" if path.is_dir() else path
    with _opened(file) as database:
        tables = {
            name.casefold() for (name,) in database.execute("select name from sqlite_master where type = 'table'")
        }
        if {"code_text", "code_name", "source"} <= tables:
            return QualCoder(database, tables, file, named).read()
        if {"highlights", "documents", "tags"} <= tables:
            return Taguette(database, tables, file).read(project)
    raise InputError(
        "the database is neither a QualCoder project nor a Taguette export",
        where=path.name,
        mend="give the folder *.qda, or the file that Taguette exports as SQLite",
    )


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """The database, opened so that nothing is written to it and nothing in it is run."""
    if not file.is_file():
        raise InputError("there is no such database", where=str(file), mend="check the name and the folder")
    waiting = file.with_name(f"{file.name}-wal")
    if waiting.is_file() and waiting.stat().st_size:
        raise InputError(
            "another program has changes of this database that are not in the file yet",
            where=file.name,
            mend="close the project there and import again",
        )
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("pragma trusted_schema = off")
            database.execute("pragma query_only = on")
            database.row_factory = sqlite3.Row
            yield database
    except (sqlite3.Error, IndexError) as error:
        if isinstance(error, IndexError) and "No item" not in str(error):
            raise  # else a table lacks a column
        raise InputError(
            f"the database cannot be read ({error})",
            where=file.name,
            mend="close the program that uses it, or copy it again",
        ) from None
