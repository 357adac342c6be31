"""Undo and redo, from the audit trail: each is a new change that takes back an earlier one.

What a person undoes is their own last change; others' changes in between stay.  Where somebody else has since changed the
very same thing, ConflictError says so and nothing is done.

``before`` of every entry holds all that is needed to go back, so taking a change back means: walk its entries from the
last to the first and put ``before`` where ``after`` stands.  Redo takes back the undo in the same way.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from crosscase.core import TABLES, Study
from crosscase.core.errors import ConflictError, InputError
from crosscase.core.plain import row_from_plain
from crosscase.core.snapshot import text_hash
from crosscase.store.audit import AuditEntry, entry_of
from crosscase.store.changes import Change, digest, parts, public
from crosscase.store.rows import from_record, to_record
from crosscase.store.schema import ROWS, audit, originals, texts

#: How many writes of a person are read at once.
PORTION = 100


def undoable(connection: sa.Connection, key: int, who: str) -> tuple[int, int, str] | None:
    """The last change of a person that stands: its number, the number of the write that made it stand, and its words."""
    seen: set[int] = set()
    for number, kind, target, what in _history(connection, key, who):
        if target not in seen and kind != "undo":
            return target, number, what
        seen.add(target)
    return None


def redoable(connection: sa.Connection, key: int, who: str) -> tuple[int, int, str] | None:
    """The last change of a person that was undone, with nothing new done since: as :func:`undoable`."""
    seen: set[int] = set()
    for number, kind, target, what in _history(connection, key, who):
        if kind == "do":
            return None
        if target not in seen and kind == "undo":
            return target, number, what
        seen.add(target)
    return None


def _history(connection: sa.Connection, key: int, who: str) -> Iterator[Any]:
    """The writes of a person, the last first, read in portions: mostly the first few are enough."""
    columns = (audit.c.change, audit.c.kind, audit.c.target, audit.c.what)
    mine = (audit.c.study_key == key) & (audit.c.who == who) & (audit.c.sequence == audit.c.change)
    wanted = sa.select(*columns).where(mine).order_by(audit.c.sequence.desc()).limit(PORTION)
    found = connection.execute(wanted).all()
    while found:
        yield from found
        found = connection.execute(wanted.where(audit.c.sequence < found[-1].change)).all()


def take_back(change: Change, number: int) -> None:
    """Reverse all entries of the write ``number``; ConflictError when what it made no longer stands as it made it."""
    rows = change.connection.execute(
        audit.select()
        .where(audit.c.study_key == change.head.key, audit.c.change == number)
        .order_by(audit.c.sequence.desc())
    )
    entries = [entry_of(row) for row in rows.mappings()]
    if any(entry.erased for entry in entries):
        raise InputError(
            "this cannot be undone: what stood there before was erased from the audit trail",
            where=f"change {number}",
        )
    for entry in entries:
        if not _needed(change, entry, alone=len(entries) == 1):
            _REVERSALS[entry.action](change, entry)
    for entry in entries:
        _refuse_loose(change, entry)


#: What the rows of a table cannot be without: (column, the table whose row it names).
_RESTS_ON = {"codings": (("quotation", "quotations"), ("code", "codes")), "stances": (("claim", "claims"),)}


def _needed(change: Change, entry: AuditEntry, *, alone: bool) -> bool:
    """Whether a row that was made must stay, because somebody's work has come to rest on it since.

    What the same write made with it is taken back before.  ConflictError when it is all that the write made.
    """
    if entry.action != "insert":
        return False
    for table, names in _RESTS_ON.items():
        for column, of in names:
            if of != entry.of:
                continue
            for row in change.rows(table, ROWS[table].c[column] == entry.row):
                if _touched(change, table, row["id"], entry.sequence):
                    if alone:
                        raise ConflictError(
                            f"'{entry.what}' cannot be taken back: it is in use by now",
                            where=f"{entry.of} {entry.row}",
                            mend="look at what uses it, and change that by hand",
                        )
                    return True
    return False


def _refuse_loose(change: Change, entry: AuditEntry) -> None:
    """ConflictError when a row stands again, and what it rests on was deleted since."""
    for column, of in _RESTS_ON.get(entry.of, ()) if entry.row else ():
        for row in change.rows(entry.of, ROWS[entry.of].c.id == entry.row):
            there = change.rows(of, ROWS[of].c.id == row[column])
            if not there and _touched(change, of, row[column], entry.sequence):
                raise ConflictError(
                    f"'{entry.what}' cannot be taken back: the {column} that it had is gone by now",
                    where=f"{entry.of} {entry.row}",
                    mend="do by hand what you want to have again",
                )


def _touched(change: Change, table: str, id: str, since: int) -> bool:
    """Whether the trail has an entry about a row after another one."""
    wanted = sa.select(audit.c.sequence).where(
        audit.c.study_key == change.head.key, audit.c.sequence > since, audit.c.of == table, audit.c.row == id
    )
    return change.connection.scalar(wanted.limit(1)) is not None


def _take_back_insert(change: Change, entry: AuditEntry) -> None:
    row = _standing(change, entry)
    record = to_record(TABLES[entry.of], public(row))
    if {**record, "version": 0} != {**entry.after, "version": 0}:
        raise _conflict(entry, entry.after, record)
    change.delete(entry.of, [entry.row])


def _take_back_insert_many(change: Change, entry: AuditEntry) -> None:
    of = ROWS[entry.of]
    if "ids" in entry.after:
        conditions = [of.c.id.in_(part) for part in parts(entry.after["ids"])]
    else:
        conditions = [of.c.position.between(entry.after["first"], entry.after["last"])]
    found = [row for condition in conditions for row in change.rows(entry.of, condition)]
    found.sort(key=lambda row: int(row["position"]))
    stands = digest({column.name: [row[column.name] for row in found] for column in of.c}) if found else None
    if stands != entry.after:
        raise _conflict(entry, entry.after, stands)
    change.delete(entry.of, [row["id"] for row in found])


def _take_back_update(change: Change, entry: AuditEntry) -> None:
    row = _standing(change, entry)
    kind = TABLES[entry.of]
    stands = to_record(kind, {name: row[name] for name in entry.after}, whole=False)
    if stands != entry.after:
        raise _conflict(entry, entry.after, stands)
    change.put(entry.of, row, from_record(kind, entry.before, whole=False))


def _take_back_delete(change: Change, entry: AuditEntry) -> None:
    change.restore(entry.of, [entry.before])


def _take_back_delete_many(change: Change, entry: AuditEntry) -> None:
    change.restore(entry.of, entry.before)


def _take_back_study(change: Change, entry: AuditEntry) -> None:
    head = json.loads(change.head.head)
    stands = {name: head.get(name) for name in entry.after}
    if stands != entry.after:
        raise _conflict(entry, entry.after, stands)
    change.set_study(row_from_plain(Study, {**head, **entry.before}))


def _take_back_text(change: Change, entry: AuditEntry) -> None:
    here = (texts.c.study_key == change.head.key) & (texts.c.source == entry.row)
    text = change.connection.scalar(sa.select(texts.c.text).where(here))
    stands = None if text is None else {"sha256": text_hash(text), "characters": len(text)}
    if stands != entry.after:
        raise _conflict(entry, entry.after, stands)
    change.set_text(entry.row, None if entry.before is None else entry.before["text"])


def _take_back_original(change: Change, entry: AuditEntry) -> None:
    here = (originals.c.study_key == change.head.key) & (originals.c.source == entry.row)
    row = change.connection.execute(originals.select().where(here)).first()
    stands = None
    if row is not None:
        stands = {"name": row.name, "sha256": hashlib.sha256(row.data).hexdigest(), "bytes": len(row.data)}
    if stands != entry.after:
        raise _conflict(entry, entry.after, stands)
    if entry.before is None:
        change.set_original(entry.row, "", None)
    else:
        change.set_original(entry.row, entry.before["name"], base64.b64decode(entry.before["base64"]))


_REVERSALS: Mapping[str, Callable[[Change, AuditEntry], None]] = {
    "insert": _take_back_insert,
    "insert many": _take_back_insert_many,
    "update": _take_back_update,
    "delete": _take_back_delete,
    "delete many": _take_back_delete_many,
    "study": _take_back_study,
    "text": _take_back_text,
    "original": _take_back_original,
}


def _standing(change: Change, entry: AuditEntry) -> Mapping[str, Any]:
    found = change.rows(entry.of, ROWS[entry.of].c.id == entry.row)
    if not found:
        raise _conflict(entry, entry.after, None)
    return found[0]


def _conflict(entry: AuditEntry, mine: Any, theirs: Any) -> ConflictError:
    return ConflictError(
        f"'{entry.what}' cannot be taken back: somebody has changed the same since",
        where=f"{entry.of} {entry.row}".strip(),
        mend="look at what stands there now, and change it by hand",
        mine=mine,
        theirs=theirs,
    )
