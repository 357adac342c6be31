"""Keeping the search index in step with the texts, in the same transaction.

``passages`` says which piece of which text a passage is; its words are in ``passage_words``, an FTS5 table on SQLite and
a table with a ``tsvector`` on PostgreSQL, which only this module and :mod:`crosscase.store.search` know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crosscase.store.audit import StudyHead
from crosscase.store.bulk import insert_columns
from crosscase.store.schema import passages as passage_table
from crosscase.store.words import passages, words

#: Table -> the fields of its rows that are searched.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "memos": ("title", "text"),
    "codes": ("name", "definition", "include", "exclude", "example"),
}

#: Kind of text -> its fields.  The words of the sources are in ``texts``, not in the rows of ``sources``.
SEARCHED: Mapping[str, tuple[str, ...]] = {"sources": ("text",), **FIELDS}

#: The passages of study k have the ids from k * ROOM on; FTS5 then looks at one study's rows only.
ROOM = 2**32


#: How many passages wait in memory before they are written.
PORTION = 2000


class Index:
    """The search index of one study during one write."""

    def __init__(self, connection: sa.Connection, head: StudyHead) -> None:
        self._connection = connection
        self._head = head
        self._waiting: dict[str, list[Any]] = {name: [] for name in (*_COLUMNS, "words")}

    def add(self, kind: str, row: str, field: str, text: str) -> None:
        for start, end in passages(text):
            found = words(text[start:end])
            if found:
                values = (
                    self._head.key * ROOM + self._head.next_passage,
                    self._head.key,
                    kind,
                    row,
                    field,
                    start,
                    end,
                    found,
                )
                self._head.next_passage += 1
                for waiting, value in zip(self._waiting.values(), values, strict=True):
                    waiting.append(value)
        if len(self._waiting["id"]) > PORTION:
            self.flush()

    def add_rows(self, kind: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """The searched fields of new rows."""
        for field in FIELDS.get(kind, ()):
            for id, text in zip(columns["id"], columns[field], strict=True):
                self.add(kind, id, field, text)

    def remove(self, kind: str, rows: Sequence[str], field: str | None = None) -> None:
        """Forget what was found in these rows, or in one field of them."""
        self.flush()
        gone = (
            (passage_table.c.study_key == self._head.key)
            & (passage_table.c.kind == kind)
            & passage_table.c.row.in_(rows)
        )
        if field is not None:
            gone &= passage_table.c.field == field
        if self._connection.dialect.name == "sqlite":
            fts = sa.table("passage_words", sa.column("rowid"))
            self._connection.execute(fts.delete().where(fts.c.rowid.in_(sa.select(passage_table.c.id).where(gone))))
        self._connection.execute(passage_table.delete().where(gone))

    def flush(self) -> None:
        """Write what was added."""
        if not self._waiting["id"]:
            return
        insert_columns(self._connection, passage_table, {name: self._waiting[name] for name in _COLUMNS})
        if self._connection.dialect.name == "sqlite":
            lines = [" ".join(found) for found in self._waiting["words"]]
            insert_columns(self._connection, "passage_words", {"rowid": self._waiting["id"], "words": lines})
        else:
            vectors = [_vector(self._head.key, found) for found in self._waiting["words"]]
            insert_columns(self._connection, "passage_words", {"passage": self._waiting["id"], "words": vectors})
        for waiting in self._waiting.values():
            waiting.clear()


_COLUMNS = ("id", "study_key", "kind", "row", "field", "start", "end")


def study_word(key: int) -> str:
    """The word that stands in every passage of a study on PostgreSQL, so that its index finds one study's only."""
    return f"#{key}"


def _vector(key: int, found: Sequence[str]) -> str:
    """The words as PostgreSQL writes a tsvector; no word holds a quote or a backslash."""
    return f"'{study_word(key)}' " + " ".join(f"'{word}':{place}" for place, word in enumerate(found, 1))
