"""Many rows into a table at once: ``executemany`` on SQLite, ``COPY`` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa


def insert_columns(connection: sa.Connection, table: sa.Table | str, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given as columns of equal length."""
    quote = connection.dialect.identifier_preparer.quote
    name = table if isinstance(table, str) else table.name
    names = ", ".join(quote(column) for column in columns)
    rows = zip(*columns.values(), strict=True)
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(f"COPY {quote(name)} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    given = list(rows)
    if given:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {quote(name)} ({names}) VALUES ({marks})"  # names of our schema  # nosec
        connection.exec_driver_sql(statement, given)
