"""The one way in which a study changes: a transaction, its rows, the search index and the audit trail together."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from crosscase.core import TABLES, Study, Table
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.core.plain import row_from_plain, to_plain
from crosscase.core.snapshot import text_hash
from crosscase.store.audit import AuditEntry, StudyHead, Trail
from crosscase.store.bulk import insert_columns
from crosscase.store.index import FIELDS, Index
from crosscase.store.rows import Field, dumps, encode, encode_table, fields_of, from_record, to_record
from crosscase.store.schema import ROWS, originals, studies, texts

#: From how many rows on an insert or delete is one entry of the trail instead of one a row.
MANY = 100

#: How many ids one statement asks for.
CHUNK = 500


class Change:
    """What ``Store.write`` hands out: every method changes rows and notes it in the trail.

    The study is locked while it is open, so versions read in it hold until its end.
    """

    def __init__(self, connection: sa.Connection, head: StudyHead, trail: Trail) -> None:
        self.connection = connection
        self.head = head
        self._trail = trail
        self._index = Index(connection, head)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def insert(self, table: str, rows: Iterable[Any]) -> None:
        """Add rows (dataclass instances, or a core ``Table``) at the end; InputError when an id is there already."""
        kind = row_type(table)
        given = rows if isinstance(rows, Table) else Table.of(kind, rows)
        if not len(given):
            return
        columns = encode_table(given)
        positions = self.head.positions(len(given))
        self._add(table, {"position": positions, **columns, "version": [1] * len(given)})

    def update(self, table: str, id: str, /, expected_version: int | None = None, **fields: Any) -> int:
        """Change fields of a row and return its new version.

        ConflictError when the row has another version than ``expected_version``; it carries both states.
        """
        kind = row_type(table)
        known = {field.name: field for field in fields_of(kind)}
        for name in fields:
            if name not in known:
                raise NotFoundError("field", name, known, where=table)
            if name == "id" or (table == "turns" and name in ("source", "number")):
                raise InputError(
                    f"the {name} of a row does not change", where=f"{table} {id}", mend="delete it and insert another"
                )
        row = self._row(table, id)
        if expected_version is not None and row["version"] != expected_version:
            raise ConflictError(
                "somebody else has changed this in the meantime",
                where=f"{table} {id}",
                mend="look at both and decide",
                mine=to_plain(fields),
                theirs=to_record(kind, public(row)),
            )
        new = {name: encode(known[name], [value])[0] for name, value in fields.items()}
        changed = {name: value for name, value in new.items() if value != row[name]}
        if not changed:
            return int(row["version"])
        return self.put(table, row, changed)

    def delete(self, table: str, ids: Iterable[str]) -> None:
        """Take rows away; NotFoundError when one is not there."""
        kind = row_type(table)
        wanted = list(dict.fromkeys(ids))
        rows = [row for part in parts(wanted) for row in self.rows(table, ROWS[table].c.id.in_(part))]
        if len(rows) < len(wanted):
            missing = next(iter(set(wanted) - {row["id"] for row in rows}))
            raise NotFoundError(table, missing, self._ids(table))
        records = [to_record(kind, public(row)) for row in sorted(rows, key=itemgetter("position"))]
        self._remove(table, wanted)
        if len(records) > MANY:
            self._trail.add("delete many", table, "", records, None)
            return
        for record in records:
            self._trail.add("delete", table, str(record.get("id", "")), record, None)

    def get(self, table: str, id: str) -> tuple[Any, int]:
        """A row and its version as they stand now, under the lock of this write."""
        row = self._row(table, id)
        return made(table, row), int(row["version"])

    # -- the study, texts and originals ----------------------------------------------------------------------------------

    def set_study(self, study: Study, expected_version: int | None = None) -> None:
        """Change the head of the study; ConflictError when it has another version than expected."""
        old, new = json.loads(self.head.head), to_plain(study)
        if expected_version is not None and self.head.version != expected_version:
            raise ConflictError(
                "somebody else has changed the study's head in the meantime", where=self.head.id, mine=new, theirs=old
            )
        names = [name for name in new if old.get(name) != new[name]]
        if not names:
            return
        self._store_head(new)
        self._trail.add(
            "study",
            "studies",
            self.head.id,
            {name: old.get(name) for name in names},
            {name: new[name] for name in names},
        )

    def set_text(self, source: str, text: str | None) -> None:
        """Give a source its words, or take them away with ``None``."""
        if text is not None:
            encode(_TEXT, [text])
        old = self.connection.execute(
            sa.select(texts.c.text, texts.c.version).where(texts.c.study_key == self.head.key, texts.c.source == source)
        ).first()
        if (None if old is None else old.text) == text:
            return
        if old is not None:
            self.connection.execute(texts.delete().where(texts.c.study_key == self.head.key, texts.c.source == source))
            self._index.remove("sources", [source])
        if text is not None:
            self._index.add("sources", source, "text", text)
            values = {
                "study_key": self.head.key,
                "source": source,
                "text": text,
                "version": old.version + 1 if old else 1,
            }
            self.connection.execute(texts.insert(), values)
        after = None if text is None else {"sha256": text_hash(text), "characters": len(text)}
        self._trail.add("text", "texts", source, None if old is None else {"text": old.text}, after)

    def set_original(self, source: str, name: str, data: bytes | None) -> None:
        """Keep the document that a source was taken from, or take it away with ``None``."""
        old = self.connection.execute(
            originals.select().where(originals.c.study_key == self.head.key, originals.c.source == source)
        ).first()
        if (None if old is None else (old.name, bytes(old.data))) == (None if data is None else (name, data)):
            return
        self.connection.execute(
            originals.delete().where(originals.c.study_key == self.head.key, originals.c.source == source)
        )
        after = None
        if data is not None:
            after = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            self.connection.execute(
                originals.insert(),
                {
                    "study_key": self.head.key, "source": source, "name": name, "sha256": after["sha256"],
                    "version": old.version + 1 if old else 1, "data": data,
                },
            )  # fmt: skip
        before = None if old is None else {"name": old.name, "base64": base64.b64encode(old.data).decode()}
        self._trail.add("original", "originals", source, before, after)

    @property
    def entries(self) -> list[AuditEntry]:
        """What this write notes in the trail, as it is read there when the write was kept."""
        return self._trail.entries

    # -- for the store itself ---------------------------------------------------------------------------------------------

    def rows(self, table: str, *conditions: sa.ColumnElement[bool]) -> Sequence[Mapping[str, Any]]:
        """The SQL values of rows of the study, in order."""
        of = ROWS[table]
        # Not ORDER BY: SQLite would walk through the whole study in order instead of looking the ids up.
        found = self.connection.execute(of.select().where(of.c.study_key == self.head.key, *conditions))
        assert found.cursor is not None
        names = [column.name for column in of.c]
        rows = [dict(zip(names, row, strict=True)) for row in found.cursor.fetchall()]
        found.close()
        return sorted(rows, key=itemgetter("position"))

    def put(self, table: str, row: Mapping[str, Any], values: Mapping[str, Any]) -> int:
        """Set SQL values of a row that was read in this write and return its new version."""
        of, kind, id = ROWS[table], TABLES[table], row["id"]
        here = (of.c.study_key == self.head.key) & (of.c.position == row["position"])
        version = int(row["version"]) + 1
        self.connection.execute(of.update().where(here).values(**values, version=version))
        for field in FIELDS.get(table, ()):
            if field in values:
                self._index.remove(table, [id], field)
                self._index.add(table, id, field, values[field])
        before = to_record(kind, {name: row[name] for name in values}, whole=False)
        self._trail.add("update", table, id, before, to_record(kind, values, whole=False))
        return version

    def restore(self, table: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Put deleted rows back where they stood, each with a version that nobody has seen."""
        values = [from_record(TABLES[table], record) for record in records]
        for one in values:
            one["version"] += 1
        names = [column.name for column in ROWS[table].c if column.name != "study_key"]
        self._add(table, {name: [one[name] for one in values] for name in names})

    def finish(self) -> None:
        """Append the trail and write the study's counters back."""
        if not self._trail.write(self.connection):
            return
        self._index.flush()
        head = self.head
        self.connection.execute(
            studies.update()
            .where(studies.c.key == head.key)
            .values(
                head=head.head, title=json.loads(head.head)["title"], version=head.version,
                next_position=head.next_position, next_passage=head.next_passage,
                audit_length=head.audit_length, audit_hash=head.audit_hash,
            )
        )  # fmt: skip

    # -- inside ----------------------------------------------------------------------------------------------------------

    def _row(self, table: str, id: str) -> Mapping[str, Any]:
        row_type(table)
        rows = self.rows(table, ROWS[table].c.id == id)
        if not rows:
            raise NotFoundError(table, id, self._ids(table))
        return rows[0]

    def _ids(self, table: str) -> list[str]:
        of = ROWS[table]
        found = self.connection.scalars(sa.select(of.c.id).where(of.c.study_key == self.head.key).limit(1000))
        return [str(id) for id in found]

    def _remove(self, table: str, ids: Sequence[str]) -> None:
        of = ROWS[table]
        for part in parts(ids):
            self.connection.execute(of.delete().where(of.c.study_key == self.head.key, of.c.id.in_(part)))
            if table in FIELDS:
                self._index.remove(table, part)

    def _add(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Insert, index and note rows whose positions and versions are given."""
        self._refuse_known_ids(table, columns["id"])
        count = len(columns["id"])
        insert_columns(self.connection, ROWS[table], {"study_key": [self.head.key] * count, **columns})
        self._index.add_rows(table, columns)
        if count > MANY:
            self._trail.add("insert many", table, "", None, digest(columns))
            return
        for values in zip(*columns.values(), strict=True):
            record = to_record(TABLES[table], dict(zip(columns, values, strict=True)))
            self._trail.add("insert", table, str(record.get("id", "")), None, record)

    def _store_head(self, head: Mapping[str, Any]) -> None:
        self.head.head = dumps(head)
        self.head.version += 1

    def _refuse_known_ids(self, table: str, ids: Sequence[str]) -> None:
        seen: set[str] = set()
        for id in ids:
            if id in seen:
                raise InputError(f"the id '{id}' is given twice", where=table, mend="give each row its own id")
            seen.add(id)
        of = ROWS[table]
        any_row = sa.select(of.c.id).where(of.c.study_key == self.head.key).limit(1)
        if len(ids) > CHUNK and self.connection.scalar(any_row) is None:
            return
        for part in parts(ids):
            known = sa.select(of.c.id).where(of.c.study_key == self.head.key, of.c.id.in_(part)).limit(1)
            found = self.connection.scalar(known)
            if found is not None:
                raise InputError(
                    f"there is a row with the id '{found}' already", where=table, mend="give it another id"
                )


_TEXT = Field("text", "text", str, False, False, None)


def made(table: str, values: Mapping[Any, Any]) -> Any:
    """The dataclass instance of a row's SQL values."""
    kind = TABLES[table]
    names = {field.name for field in fields_of(kind)}
    record = to_record(kind, {name: value for name, value in values.items() if name in names})
    required = {field.name: "" for field in fields_of(kind) if field.kind == "text"}
    return row_from_plain(kind, {**required, **record})


def row_type(table: str) -> type[Any]:
    """The dataclass of a table's rows; NotFoundError lists the tables."""
    if table not in TABLES:
        raise NotFoundError("table", table, TABLES)
    return TABLES[table]


def public(row: Mapping[str, Any]) -> dict[str, Any]:
    """The SQL values of a row without its study."""
    return {name: value for name, value in row.items() if name != "study_key"}


def digest(columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """What the trail notes of many inserted rows: how many, where, and the hash of their content without the versions.

    ``ids`` are listed only where the rows do not stand next to each other.
    """
    content = {name: list(values) for name, values in columns.items() if name not in ("study_key", "version")}
    positions = content["position"]
    found = {
        "count": len(positions),
        "first": positions[0],
        "last": positions[-1],
        "sha256": hashlib.sha256(dumps(content).encode()).hexdigest(),
    }
    together = positions[-1] - positions[0] + 1 == len(positions)
    return found if together else {**found, "ids": content["id"]}


def parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in portions that one statement can ask for."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
