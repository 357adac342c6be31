"""A whole study into the database and out of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from crosscase.core import TABLES, PartialDate, Snapshot, Study, Table
from crosscase.core.errors import ConflictError, NotFoundError
from crosscase.core.plain import row_from_plain, to_plain
from crosscase.store.changes import Change, made, row_type
from crosscase.store.rows import decode_table, encode, fields_of
from crosscase.store.schema import ROWS, originals, texts

Reading = Callable[[], AbstractContextManager[sa.Connection]]


class Originals(Mapping[str, bytes]):
    """The original documents of a study by source; each is read from the database when it is asked for."""

    def __init__(self, reading: Reading, key: int, names: Mapping[str, str]) -> None:
        self._reading = reading
        self._key = key
        self._names = names

    def __getitem__(self, source: str) -> bytes:
        if source not in self._names:
            raise KeyError(source)
        wanted = sa.select(originals.c.data).where(originals.c.study_key == self._key, originals.c.source == source)
        with self._reading() as connection:
            data = connection.scalar(wanted)
        if data is None:
            raise KeyError(source)
        return bytes(data)

    def __contains__(self, source: object) -> bool:
        return source in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def load(connection: sa.Connection, study: sa.Row[Any], reading: Reading) -> Snapshot:
    """A study as it stands in this transaction, columns straight from the cursors."""
    shared: dict[str, str] = {}
    dates: dict[str, PartialDate] = {}
    tables = {name: _table(connection, study.key, name, shared, dates) for name in TABLES}
    words = sa.select(texts.c.source, texts.c.text).where(texts.c.study_key == study.key)
    names = sa.select(originals.c.source, originals.c.name).where(originals.c.study_key == study.key)
    return Snapshot(
        study=row_from_plain(Study, json.loads(study.head)),
        texts=dict(_fetch(connection, words)),
        originals=Originals(reading, study.key, dict(_fetch(connection, names))),
        **tables,
    )


def _table(
    connection: sa.Connection, key: int, name: str, shared: dict[str, str], dates: dict[str, PartialDate]
) -> Table[Any]:
    table = ROWS[name]
    columns = [table.c[field.name] for field in fields_of(TABLES[name])]
    rows = _fetch(connection, sa.select(*columns).where(table.c.study_key == key).order_by(table.c.position))
    return decode_table(TABLES[name], rows, shared, dates)


def _fetch(connection: sa.Connection, statement: sa.Select[Any]) -> list[Any]:
    """The driver's own tuples: making SQLAlchemy rows of them would take longer than reading them."""
    result = connection.execute(statement)
    assert result.cursor is not None
    rows = list(result.cursor.fetchall())
    result.close()
    return rows


def rows(connection: sa.Connection, key: int, name: str, equal: Mapping[str, Any]) -> list[tuple[Any, int]]:
    """The rows of a table whose fields have these values, each with its version."""
    known = {field.name: field for field in fields_of(row_type(name))}
    of = ROWS[name]
    wanted = of.select().where(of.c.study_key == key).order_by(of.c.position)
    for field, value in equal.items():
        if field not in known:
            raise NotFoundError("field", field, known, where=name)
        (stored,) = encode(known[field], [value])
        wanted = wanted.where(of.c[field].is_(None) if stored is None else of.c[field] == stored)
    return [(made(name, row), int(row["version"])) for row in connection.execute(wanted).mappings()]


def save(change: Change, snapshot: Snapshot, base: Snapshot, current: Snapshot) -> None:
    """Write what differs between ``base`` and ``snapshot``; ConflictError where ``current`` is no longer as ``base``."""
    if snapshot.study != base.study:
        _refuse_changed("the study's head", base.study, current.study, snapshot.study)
        change.set_study(snapshot.study)
    for name in TABLES:
        _save_table(change, name, base.table(name), snapshot.table(name), current.table(name))
    for source in dict.fromkeys((*base.texts, *snapshot.texts)):
        old, new = base.texts.get(source), snapshot.texts.get(source)
        if old != new:
            _refuse_changed(f"the text of {source}", old, current.texts.get(source), new)
            change.set_text(source, new)
    if snapshot.originals is base.originals:
        return
    for source in base.originals:
        if source not in snapshot.originals:
            change.set_original(source, "", None)
    for source, data in snapshot.originals.items():
        known = snapshot.sources.get(source)
        change.set_original(source, known.original if known else "", data)


def additions(base: Snapshot, snapshot: Snapshot) -> dict[str, Table[Any]] | None:
    """The rows that ``snapshot`` has after those of ``base``, by table; ``None`` when it differs in any other way.

    Rows that were only added cannot be in conflict with what others changed since, so they need no look at what is there.
    """
    if snapshot.study != base.study or any(
        snapshot.texts.get(source) is not text for source, text in base.texts.items()
    ):
        return None
    if any(source not in snapshot.originals for source in base.originals):
        return None
    added: dict[str, Table[Any]] = {}
    for name in TABLES:
        old, new = base.table(name), snapshot.table(name)
        if new is old:
            continue
        columns = [field.name for field in fields_of(new.row)]
        if any(list(new.column(column)[: len(old)]) != list(old.column(column)) for column in columns):
            return None
        added[name] = Table(new.row, {column: new.column(column)[len(old) :] for column in columns})
    return added


def add(change: Change, snapshot: Snapshot, base: Snapshot, added: dict[str, Table[Any]]) -> None:
    """Write what :func:`additions` found, with the texts and documents that came along."""
    for name, rows in added.items():
        change.insert(name, rows)
    for source, text in snapshot.texts.items():
        if source not in base.texts:
            change.set_text(source, text)
    if snapshot.originals is not base.originals:
        for source, data in snapshot.originals.items():
            if source not in base.originals:
                change.set_original(source, snapshot.sources[source].original, data)


def _save_table(change: Change, name: str, old: Table[Any], new: Table[Any], current: Table[Any]) -> None:
    if old == new:
        return
    old_ids, new_ids = _ids(old), _ids(new)
    known, wanted = set(old_ids), set(new_ids)
    kept = [id for id in old_ids if id in wanted]
    before = dict(zip(old_ids, old, strict=True))
    now = before if current is old else dict(zip(_ids(current), current, strict=True))
    if new_ids[: len(kept)] != kept or len(wanted) != len(new_ids):
        for id, row in before.items():
            _refuse_changed(f"{name} {id}", row, now.get(id), None)
        change.delete(name, old_ids)
        change.insert(name, new)
        return
    gone = [id for id in old_ids if id not in wanted]
    for id in gone:
        _refuse_changed(f"{name} {id}", before[id], now.get(id), None)
    change.delete(name, gone)
    names = [field.name for field in fields_of(new.row)]
    for id, row in zip(kept, new, strict=False):
        if row != before[id]:
            _refuse_changed(f"{name} {id}", before[id], now.get(id), row)
            fields = {field: getattr(row, field) for field in names}
            change.update(
                name,
                id,
                None,
                **{field: value for field, value in fields.items() if value != getattr(before[id], field)},
            )
    change.insert(name, [row for id, row in zip(new_ids, new, strict=True) if id not in known])


def _refuse_changed(where: str, base: Any, theirs: Any, mine: Any) -> None:
    if theirs != base:
        raise ConflictError(
            "somebody else has changed this since the study was loaded",
            where=where,
            mend="load the study again and repeat the change",
            mine=_state(mine),
            theirs=_state(theirs),
        )


def _state(value: Any) -> dict[str, Any] | None:
    plain = to_plain(value)
    return plain if isinstance(plain, dict) or plain is None else {"text": plain}


def _ids(table: Table[Any]) -> list[str]:
    if table.row is TABLES["turns"]:
        return [
            f"{source}#{number}" for source, number in zip(table.column("source"), table.column("number"), strict=True)
        ]
    return list(table.column("id"))
