"""Read the tables of somebody else's SQLite database without trusting it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crosscase.core.errors import InputError
from crosscase.exchange.archive import MEGABYTE, Limits

__all__ = ["Database", "opened_database"]

#: SQLite's own steps (in thousands) before a query counts as one that never ends.
STEPS = 1_000_000


class Database:
    """The tables of an open database, read as rows of names and values."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.name = name
        self._connection = connection
        self.tables: dict[str, set[str]] = {}
        # Only real tables: a view would run what its maker wrote.
        for (table,) in self._ask(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ):
            quoted = str(table).replace('"', '""')
            self.tables[str(table)] = {str(row[1]) for row in self._ask(f'PRAGMA table_info("{quoted}")')}

    def has(self, **needed: str) -> bool:
        """Whether tables with these columns (parted by spaces) are there."""
        return all(set(columns.split()) <= self.tables.get(table, set()) for table, columns in needed.items())

    def rows(self, table: str, columns: str, *, order: str = "rowid") -> list[dict[str, Any]]:
        """The rows of a table, the columns named (parted by spaces); absent ones are ``None``, an absent table has no rows."""
        if table not in self.tables:
            return []
        names = columns.split()
        there = [name for name in names if name in self.tables[table]]
        listed = ", ".join(f'"{name}"' for name in there) or "rowid"
        blank: dict[str, Any] = dict.fromkeys(names)
        found = self._ask(f'SELECT {listed} FROM "{table}" ORDER BY {order}')
        return [{**blank, **dict(zip(there, row, strict=False))} for row in found]

    def count(self, table: str) -> int:
        return int(self._ask(f'SELECT count(*) FROM "{table}"')[0][0]) if table in self.tables else 0

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query).fetchall()
        except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError) as error:
            raise _damaged(self.name, error) from None


@contextmanager
def opened_database(path: Path) -> Iterator[Database]:
    """A database, opened only for reading.

    Raises:
        InputError: it is no SQLite database, damaged, too large, or still open in another program.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
        size = path.stat().st_size
        waiting = any(
            Path(f"{path}{end}").is_file() and Path(f"{path}{end}").stat().st_size for end in ("-wal", "-journal")
        )
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", where=str(path)) from None
    if head != b"SQLite format 3\0":
        raise InputError(
            "the file is no SQLite database", where=path.name, mend="name a Taguette or QualCoder database"
        )
    if size > (limit := Limits().file_bytes):
        raise InputError(f"the database has {size // MEGABYTE} MB; {limit // MEGABYTE} MB are allowed", where=path.name)
    if waiting:
        raise InputError(
            "another program has changes of this database that are not in the file yet",
            where=path.name,
            mend="close the project there and import again",
        )
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise _damaged(path.name, error) from None
    try:
        left = [STEPS]

        def step() -> int:
            left[0] -= 1
            return left[0] < 0

        connection.set_progress_handler(step, 1000)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        yield Database(connection, path.name)
    finally:
        connection.close()


def _damaged(name: str, error: BaseException) -> InputError:
    return InputError(f"the database cannot be read: {error}", where=name, mend="export it again, or restore a backup")
