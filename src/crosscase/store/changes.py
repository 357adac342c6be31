"""The one way in which a study changes: a transaction, its rows, the search index and the audit trail together."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crosscase.core import TABLES, Study, Table
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.core.plain import row_from_plain, to_plain
from crosscase.core.snapshot import text_hash
from crosscase.store.audit import StudyHead, Trail
from crosscase.store.bulk import insert_columns
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
        self._connection = connection
        self._head = head
        self._trail = trail

    # -- rows ----------------------------------------------------------------------------------------------------------

    def insert(self, table: str, rows: Iterable[Any]) -> None:
        """Add rows (dataclass instances, or a core ``Table``) at the end; InputError when an id is there already."""
        kind = _row_type(table)
        given = rows if isinstance(rows, Table) else Table.of(kind, rows)
        if not len(given):
            return
        columns = encode_table(given)
        self._refuse_known_ids(table, columns["id"])
        positions = self._head.positions(len(given))
        stored = {"position": positions, **columns, "version": [1] * len(given)}
        insert_columns(self._connection, ROWS[table], {"study_key": [self._head.key] * len(given), **stored})
        if len(given) > MANY:
            self._trail.add("insert many", table, "", None, _digest(columns["id"], positions))
            return
        for values in zip(*stored.values(), strict=True):
            record = to_record(kind, dict(zip(stored, values, strict=True)))
            self._trail.add("insert", table, str(record.get("id", "")), None, record)

    def update(self, table: str, id: str, expected_version: int | None = None, **fields: Any) -> int:
        """Change fields of a row and return its new version.

        ConflictError when the row has another version than ``expected_version``; it carries both states.
        """
        kind = _row_type(table)
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
                theirs=to_record(kind, _public(row)),
            )
        new = {name: encode(known[name], [value])[0] for name, value in fields.items()}
        changed = {name: value for name, value in new.items() if value != row[name]}
        if not changed:
            return int(row["version"])
        self._set(table, row, changed)
        before = to_record(kind, {name: row[name] for name in changed}, whole=False)
        self._trail.add("update", table, id, before, to_record(kind, changed, whole=False))
        return int(row["version"]) + 1

    def delete(self, table: str, ids: Iterable[str]) -> None:
        """Take rows away; NotFoundError when one is not there."""
        kind = _row_type(table)
        wanted = list(dict.fromkeys(ids))
        rows = [row for part in _parts(wanted) for row in self._rows(table, ROWS[table].c.id.in_(part))]
        if len(rows) < len(wanted):
            missing = next(iter(set(wanted) - {row["id"] for row in rows}))
            raise NotFoundError(table, missing, self._ids(table))
        records = [to_record(kind, _public(row)) for row in sorted(rows, key=lambda row: int(row["position"]))]
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
        old, new = json.loads(self._head.head), to_plain(study)
        if expected_version is not None and self._head.version != expected_version:
            raise ConflictError(
                "somebody else has changed the study's head in the meantime", where=self._head.id, mine=new, theirs=old
            )
        names = [name for name in new if old.get(name) != new[name]]
        if not names:
            return
        self._store_head(new)
        self._trail.add(
            "study",
            "studies",
            self._head.id,
            {name: old.get(name) for name in names},
            {name: new[name] for name in names},
        )

    def set_text(self, source: str, text: str | None) -> None:
        """Give a source its words, or take them away with ``None``."""
        if text is not None:
            encode(_TEXT, [text])
        old = self._connection.execute(
            sa.select(texts.c.text, texts.c.version).where(
                texts.c.study_key == self._head.key, texts.c.source == source
            )
        ).first()
        if (None if old is None else old.text) == text:
            return
        self._connection.execute(texts.delete().where(texts.c.study_key == self._head.key, texts.c.source == source))
        if text is not None:
            values = {
                "study_key": self._head.key,
                "source": source,
                "text": text,
                "version": old.version + 1 if old else 1,
            }
            self._connection.execute(texts.insert(), values)
        after = None if text is None else {"sha256": text_hash(text), "characters": len(text)}
        self._trail.add("text", "texts", source, None if old is None else {"text": old.text}, after)

    def set_original(self, source: str, name: str, data: bytes | None) -> None:
        """Keep the document that a source was taken from, or take it away with ``None``."""
        old = self._connection.execute(
            originals.select().where(originals.c.study_key == self._head.key, originals.c.source == source)
        ).first()
        if (None if old is None else (old.name, bytes(old.data))) == (None if data is None else (name, data)):
            return
        self._connection.execute(
            originals.delete().where(originals.c.study_key == self._head.key, originals.c.source == source)
        )
        after = None
        if data is not None:
            after = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            self._connection.execute(
                originals.insert(),
                {
                    "study_key": self._head.key, "source": source, "name": name, "sha256": after["sha256"],
                    "version": old.version + 1 if old else 1, "data": data,
                },
            )  # fmt: skip
        before = None if old is None else {"name": old.name, "base64": base64.b64encode(old.data).decode()}
        self._trail.add("original", "originals", source, before, after)

    # -- inside ----------------------------------------------------------------------------------------------------------

    def _rows(self, table: str, *conditions: sa.ColumnElement[bool]) -> Sequence[Mapping[str, Any]]:
        of = ROWS[table]
        found = self._connection.execute(of.select().where(of.c.study_key == self._head.key, *conditions))
        return [dict(row) for row in found.mappings()]

    def _row(self, table: str, id: str) -> Mapping[str, Any]:
        _row_type(table)
        rows = self._rows(table, ROWS[table].c.id == id)
        if not rows:
            raise NotFoundError(table, id, self._ids(table))
        return rows[0]

    def _ids(self, table: str) -> list[str]:
        of = ROWS[table]
        found = self._connection.scalars(sa.select(of.c.id).where(of.c.study_key == self._head.key).limit(1000))
        return [str(id) for id in found]

    def _set(self, table: str, row: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        of = ROWS[table]
        condition = (of.c.study_key == self._head.key) & (of.c.position == row["position"])
        self._connection.execute(of.update().where(condition).values(**values, version=row["version"] + 1))

    def _remove(self, table: str, ids: Sequence[str]) -> None:
        of = ROWS[table]
        for part in _parts(ids):
            self._connection.execute(of.delete().where(of.c.study_key == self._head.key, of.c.id.in_(part)))

    def _restore(self, table: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Put deleted rows back where they stood, each with a version that nobody has seen."""
        values = [from_record(TABLES[table], record) for record in records]
        for one in values:
            one["version"] += 1
        self._refuse_known_ids(table, [one["id"] for one in values])
        columns: dict[str, Sequence[Any]] = {name: [one[name] for one in values] for name in values[0]}
        insert_columns(self._connection, ROWS[table], {"study_key": [self._head.key] * len(values), **columns})

    def _store_head(self, head: Mapping[str, Any]) -> None:
        self._head.head = dumps(head)
        self._head.version += 1

    def _refuse_known_ids(self, table: str, ids: Sequence[str]) -> None:
        seen: set[str] = set()
        for id in ids:
            if id in seen:
                raise InputError(f"the id '{id}' is given twice", where=table, mend="give each row its own id")
            seen.add(id)
        of = ROWS[table]
        if self._connection.scalar(sa.select(of.c.id).where(of.c.study_key == self._head.key).limit(1)) is None:
            return
        for part in _parts(ids):
            known = sa.select(of.c.id).where(of.c.study_key == self._head.key, of.c.id.in_(part)).limit(1)
            found = self._connection.scalar(known)
            if found is not None:
                raise InputError(
                    f"there is a row with the id '{found}' already", where=table, mend="give it another id"
                )

    def _end(self) -> None:
        """Append the trail and write the study's counters back."""
        if not self._trail.write(self._connection):
            return
        head = self._head
        self._connection.execute(
            studies.update()
            .where(studies.c.key == head.key)
            .values(
                head=head.head, title=json.loads(head.head)["title"], version=head.version,
                next_position=head.next_position, next_passage=head.next_passage,
                audit_length=head.audit_length, audit_hash=head.audit_hash,
            )
        )  # fmt: skip


_TEXT = Field("text", "text", str, False, False, None)


def made(table: str, values: Mapping[str, Any]) -> Any:
    """The dataclass instance of a row's SQL values."""
    kind = TABLES[table]
    names = {field.name for field in fields_of(kind)}
    record = to_record(kind, {name: value for name, value in values.items() if name in names})
    required = {field.name: "" for field in fields_of(kind) if field.kind == "text"}
    return row_from_plain(kind, {**required, **record})


def _row_type(table: str) -> type[Any]:
    if table not in TABLES:
        raise NotFoundError("table", table, TABLES)
    return TABLES[table]


def _public(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "study_key"}


def _digest(ids: Sequence[str], positions: range) -> dict[str, Any]:
    hashed = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    return {"count": len(ids), "first": positions[0], "last": positions[-1], "ids_sha256": hashed}


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
