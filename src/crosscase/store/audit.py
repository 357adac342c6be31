"""The audit trail: who changed what and when, what stood there before and after, each entry chained to the one before.

An entry's hash is the SHA-256 of its canonical JSON together with the hash of the previous entry, and the study's row holds
the length of the chain and its last hash; so an entry that is altered, removed, inserted or cut off at the end is found.
The chain covers the *hashes* of ``before`` and ``after``: a text that must go because consent was withdrawn can be erased
from an entry without breaking the chain, and the entry then says that something was there.

The chain shows that a trail was tampered with; somebody who may write to the database can also write a whole new chain,
which is found by comparing the last hash with one that was noted elsewhere.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import sqlalchemy as sa

from crosscase.store.bulk import insert_columns
from crosscase.store.rows import dumps
from crosscase.store.schema import audit

ChangeKind = Literal["do", "undo", "redo"]
Action = Literal["insert", "update", "delete", "insert many", "delete many", "study", "text", "original"]
ACTIONS: tuple[str, ...] = get_args(Action)

#: The hash that the first entry of a trail follows.
BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was changed.

    ``change`` is the sequence of the first entry of the same write.  ``of`` is a table, ``row`` the id in it.  ``before``
    and ``after`` are whole rows for an insert or a delete, the changed fields for an update; where 'many' were inserted,
    ``after`` holds their number, positions and the hash of their ids.  ``erased`` says that content was taken out.
    """

    sequence: int
    change: int
    kind: ChangeKind
    target: int
    at: str
    who: str
    what: str
    action: Action
    of: str
    row: str
    before: Any
    after: Any
    before_hash: str
    after_hash: str
    hash: str
    erased: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Whether the chain of a trail holds.  ``broken_at`` is the first sequence that does not fit, ``why`` says how."""

    entries: int
    whole: bool
    last_hash: str
    broken_at: int | None = None
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class StudyHead:
    """The row of ``studies`` that a write holds locked; the counters are written back when it ends."""

    key: int
    id: str
    version: int
    head: str
    next_position: int
    next_passage: int
    audit_length: int
    audit_hash: str

    def positions(self, count: int) -> range:
        """The next free positions, never to be given again."""
        first = self.next_position
        self.next_position += count
        return range(first, self.next_position)


class Trail:
    """Collects the entries of one write and appends them to the trail at its end."""

    def __init__(self, head: StudyHead, who: str, what: str, kind: ChangeKind = "do", target: int = 0) -> None:
        self.head = head
        self.who = who
        self.what = what
        self.kind = kind
        self.target = target
        self.at = datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
        self.change = head.audit_length + 1
        self._entries: list[dict[str, Any]] = []

    def add(self, action: Action, of: str, row: str, before: Any, after: Any) -> None:
        entry: dict[str, Any] = {
            "study_key": self.head.key,
            "sequence": self.head.audit_length + 1,
            "change": self.change,
            "kind": self.kind,
            "target": self.target or self.change,
            "at": self.at,
            "who": self.who,
            "what": self.what,
            "action": action,
            "of": of,
            "row": row,
            "before": None if before is None else dumps(before),
            "after": None if after is None else dumps(after),
        }
        entry["before_hash"] = content_hash(entry["before"])
        entry["after_hash"] = content_hash(entry["after"])
        entry["hash"] = entry_hash(self.head.id, entry, self.head.audit_hash)
        self.head.audit_length += 1
        self.head.audit_hash = entry["hash"]
        self._entries.append(entry)

    @property
    def entries(self) -> list[AuditEntry]:
        """The entries that were added."""
        return [entry_of(one) for one in self._entries]

    def write(self, connection: sa.Connection) -> bool:
        """Append the entries; False when there are none."""
        if not self._entries:
            return False
        insert_columns(connection, audit, {name: [one[name] for one in self._entries] for name in self._entries[0]})
        return True


#: What the hash of an entry is of, in this order, after the study and the hash before.
CHAINED = (
    "sequence", "change", "kind", "target", "at", "who", "what", "action", "of", "row", "before_hash", "after_hash",
)  # fmt: skip


def content_hash(text: str | None) -> str:
    """The SHA-256 of a ``before`` or ``after`` as it is stored; empty when there is none."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()


def entry_hash(study: str, entry: Mapping[str, Any], previous: str) -> str:
    """The SHA-256 of an entry and the hash of the one before it."""
    return hashlib.sha256(dumps([study, previous, *(entry[name] for name in CHAINED)]).encode()).hexdigest()


def verify(connection: sa.Connection, study: sa.Row[Any]) -> AuditReport:
    """Walk the chain of one study from its beginning."""
    previous, expected = BEGINNING, 0
    found = connection.execute(audit.select().where(audit.c.study_key == study.key).order_by(audit.c.sequence))
    for row in found.mappings():
        expected += 1
        why = _fault(study.id, row, previous, expected)
        if why:
            return AuditReport(study.audit_length, False, study.audit_hash, expected, why)
        previous = row["hash"]
    if expected != study.audit_length or previous != study.audit_hash:
        return AuditReport(study.audit_length, False, study.audit_hash, expected + 1, "entries at the end are missing")
    return AuditReport(expected, True, previous)


def _fault(study: str, row: Mapping[Any, Any], previous: str, expected: int) -> str:
    if row["sequence"] != expected:
        return f"entry {expected} is missing"
    for side in ("before", "after"):
        if row[side] is not None and content_hash(row[side]) != row[f"{side}_hash"]:
            return f"what stood '{side}' was altered"
    if entry_hash(study, row, previous) != row["hash"]:
        return "the entry, or the one before it, was altered"
    return ""


def entries(
    connection: sa.Connection,
    key: int,
    *,
    after: int = 0,
    who: str | None = None,
    of: str | None = None,
    row: str | None = None,
    action: str | None = None,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    limit: int | None = None,
    latest: bool = False,
) -> list[AuditEntry]:
    """The entries of a study that fit, in order; of more than ``limit`` the first, or the latest.

    ``since`` and ``until`` are days (UTC), both included.
    """
    order = audit.c.sequence.desc() if latest else audit.c.sequence
    wanted = audit.select().where(audit.c.study_key == key, audit.c.sequence > after).order_by(order)
    for column, value in ((audit.c.who, who), (audit.c.of, of), (audit.c.row, row), (audit.c.action, action)):
        if value is not None:
            wanted = wanted.where(column == value)
    if since is not None:
        wanted = wanted.where(audit.c.at >= since.isoformat())
    if until is not None:
        wanted = wanted.where(audit.c.at < (until + datetime.timedelta(days=1)).isoformat())
    found = [entry_of(row) for row in connection.execute(wanted.limit(limit)).mappings()]
    return found[::-1] if latest else found


def entry_of(row: Mapping[Any, Any]) -> AuditEntry:
    values = {name: row[name] for name in AuditEntry.__dataclass_fields__ if name != "erased"}
    erased = any(values[side] is None and values[f"{side}_hash"] for side in ("before", "after"))
    for side in ("before", "after"):
        values[side] = None if values[side] is None else json.loads(values[side])
    return AuditEntry(**values, erased=erased)
