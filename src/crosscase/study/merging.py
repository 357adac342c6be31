"""Merge a study file that was worked on elsewhere back into the study it came from.

A row is known again by its id, else by its content (:mod:`crosscase.exchange.merging`: a source by its text, a code by its
path, a coding by passage, code and coder).  What differs is judged by the audit trails: each says what was changed on its
side since the two parted, and they parted where their chains of hashes part, or where the file's first entry says that it was
exported.  So what was changed on one side only comes in or stays; what was changed on both, or where nothing says on which,
is a conflict: it is listed with both states and stays as it is in the study.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from crosscase.core import TABLES, Snapshot, Table
from crosscase.core.errors import InputError
from crosscase.core.plain import to_plain
from crosscase.exchange import merging as by_content

if TYPE_CHECKING:
    from crosscase.store import AuditEntry, Store
    from crosscase.study.workspace import Workspace

#: What the first entry of an exported study file says; ``%s`` are the study, its last entry, and the hash of that.
EXPORTED = "export of study %s at entry %d (%s)"

_EXPORTED = re.compile(r"export of study (\S+) at entry (\d+) \(([0-9a-f]{16})\)")

Rows = set[tuple[str, str]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that was changed on both sides; ``mine`` is the study's, ``theirs`` the file's, ``None`` where it was deleted."""

    table: str
    id: str
    why: str
    mine: Mapping[str, Any] | None
    theirs: Mapping[str, Any] | None

    def to_dict(self) -> dict[str, Any]:
        return {"table": self.table, "id": self.id, "why": self.why, "mine": self.mine, "theirs": self.theirs}


@dataclass(slots=True)
class MergeReport:
    """What a merge did, by table: rows that were new, the same, changed here or there, deleted here or there, in conflict."""

    #: The kinds in the order in which they are told.
    KINDS: ClassVar[tuple[str, ...]] = (
        "new", "the same", "changed here", "changed there", "deleted here", "deleted there", "in conflict",
    )  # fmt: skip

    file: str
    #: Where the two parted, in words.
    parted: str
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    def count(self, table: str, kind: str, number: int = 1) -> None:
        if number:
            self.counts.setdefault(table, Counter())[kind] += number

    def total(self, kind: str) -> int:
        return sum(counts[kind] for counts in self.counts.values())

    @property
    def sentence(self) -> str:
        """The whole in one line."""
        told = [f"{self.total(kind)} {kind}" for kind in self.KINDS if self.total(kind)]
        return f"{self.file}: {', '.join(told) or 'nothing in it'}. {self.parted}."

    def to_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "parted": self.parted,
            "counts": {table: dict(counts) for table, counts in self.counts.items()},
            "conflicts": [one.to_dict() for one in self.conflicts],
        }


@dataclass(frozen=True, slots=True)
class Side:
    """A study, and what its trail says of the time since the two parted; ``None`` when nothing says when that was."""

    snapshot: Snapshot
    touched: Rows | None
    deleted: Rows


def merge_into(
    workspace: Workspace,
    who: str,
    theirs: Path,
    name: str,
    *,
    keep: bool = True,
    note: str = "",
    progress: Progress | None = None,
) -> MergeReport:
    """Bring what is new in a study file into an open study, as one change; without ``keep`` it is only reported.

    The trail says ``note`` after the name.  ``progress`` is called with the tables compared and all of them, and for the last
    time before anything is kept; what it raises leaves the study as it is.

    Raises:
        StudyFileError: the file cannot be opened.
        InputError: it holds no study, or several.
        ConflictError: somebody changed the study meanwhile; nothing was changed.
    """
    from crosscase.store import open_store

    with open_store(theirs) as store:
        found = store.studies()
        if len(found) != 1:
            raise InputError(f"the file holds {len(found)} studies", where=name, mend="merge a file with one study")
        with workspace.lock:
            workspace.catch_up()
            mine, other, parted = sides(workspace.store, workspace.id, store, found[0].id)
            report = MergeReport(name, parted)
            merged = merge(mine, other, report, progress)
            if keep and merged != mine.snapshot:
                workspace.study.place.save(merged, mine.snapshot, who=who, what=f"merge of {name}{note}")
                workspace.catch_up()
    return report


def sides(store: Store, study: str, other: Store, theirs: str) -> tuple[Side, Side, str]:
    """Both studies since they parted, and in words where that was."""
    mine, their = store.load_snapshot(study), other.load_snapshot(theirs)
    my_trail, their_trail = store.audit(study), other.audit(theirs)
    their = their.replace(originals=dict(their.originals))
    common = sum(1 for one, two in zip(my_trail, their_trail, strict=False) if one.hash == two.hash)
    since_mine: int | None = None
    since_theirs = 0
    if common and my_trail[common - 1].hash == their_trail[common - 1].hash:
        since_mine = since_theirs = common
        parted = f"The two have their history up to entry {common} in common"
    elif their_trail and (said := _EXPORTED.search(their_trail[0].what)) and said[1] == study:
        number = int(said[2])
        if 0 < number <= len(my_trail) and my_trail[number - 1].hash.startswith(said[3]):
            since_mine = number
            since_theirs = max(one.sequence for one in their_trail if one.change == 1)
        parted = f"The file was exported at entry {number}"
    if since_mine is None:
        parted = "Nothing says when the two parted, so what differs is listed"
        their_touched = None
    else:
        their_touched = _touched(their_trail, since_theirs)
    return (
        Side(mine, None if since_mine is None else _touched(my_trail, since_mine), _deleted(my_trail)),
        Side(their, their_touched, _deleted(their_trail) if since_mine is not None else set()),
        parted,
    )


def merge(mine: Side, theirs: Side, report: MergeReport, progress: Progress | None = None) -> Snapshot:
    """The study with what is new in the other, and the report filled in."""
    tell = progress or (lambda done, total: None)
    ours, other = mine.snapshot, theirs.snapshot
    needed: dict[str, set[str]] = {"quotations": set(), "codes": set()}
    names = ("codings", *(one for one in TABLES if one not in ("codings", "turns")))
    for number, name in enumerate(names):
        tell(number, len(names))
        kept, foreign = _settled(name, mine, theirs, report, needed.get(name, set()))
        ours = ours.replace(**{name: Table.of(TABLES[name], kept)})
        other = other.replace(**{name: Table.of(TABLES[name], foreign)})
        if name == "codings":
            for row in (*kept, *foreign):
                needed["quotations"].add(row.quotation)
                needed["codes"] |= {row.code, *_above(mine.snapshot, row.code), *_above(theirs.snapshot, row.code)}
    _texts(ours, other, report)
    done = by_content.merge(ours, other)
    merged = done.snapshot
    if set(merged.originals) == set(ours.originals):
        merged = merged.replace(originals=ours.originals)
    for name, table in _known_by_id(other):
        there = set(merged.table(name).column("id"))
        new = [row for row in table if row.id not in there]
        merged = merged.replace(**{name: Table.of(TABLES[name], [*merged.table(name), *new])})
        report.count(name, "new", len(new))
    for name in done.added.keys() | done.known.keys():
        by_id = len(set(ours.table(name).column("id")) & set(other.table(name).column("id")))
        report.count(name, "new", done.added.get(name, 0))
        report.count(name, "the same", done.known.get(name, 0) - by_id)
    tell(len(names), len(names))
    return merged


def _settled(name: str, mine: Side, theirs: Side, report: MergeReport, needed: set[str]) -> tuple[list[Any], list[Any]]:
    """The rows of both sides when every id that both know has one state: of the study, and of the other.

    Rows that are ``needed`` are not deleted: a coding of the other side leads to them.
    """
    here = {row.id: row for row in mine.snapshot.table(name)}
    there = {row.id: row for row in theirs.snapshot.table(name)}
    kept: list[Any] = []
    foreign: list[Any] = []
    for id, row in here.items():
        other = there.get(id)
        kind, why = _kind(name, id, row, other, mine, theirs)
        if kind == "deleted there" and id not in needed:
            report.count(name, kind)
            continue
        chosen = other if kind == "changed there" else row
        kept.append(chosen)
        if other is not None:
            foreign.append(chosen)
        if kind and kind != "deleted there":
            report.count(name, kind)
        if kind == "in conflict":
            report.conflicts.append(Conflict(name, id, why, to_plain(row), to_plain(other)))
    for id, row in there.items():
        if id in here:
            continue
        if (name, id) in mine.deleted and id not in needed:
            changed = theirs.touched is not None and (name, id) in theirs.touched
            report.count(name, "in conflict" if changed else "deleted here")
            if changed:
                report.conflicts.append(
                    Conflict(name, id, "It was deleted here and changed there", None, to_plain(row))
                )
            continue
        foreign.append(row)
    return kept, foreign


def _above(snapshot: Snapshot, code: str) -> set[str]:
    """The codes that a code stands under."""
    found: set[str] = set()
    one = snapshot.codes.get(code)
    while one is not None and one.parent and one.parent not in found:
        found.add(one.parent)
        one = snapshot.codes.get(one.parent)
    return found


def _kind(name: str, id: str, row: Any, other: Any, mine: Side, theirs: Side) -> tuple[str, str]:
    """What a row of the study is, and for a conflict why; nothing for one that only the study has."""
    one = (name, id)
    here = mine.touched is None or one in mine.touched
    there = theirs.touched is None or one in theirs.touched
    if other is None:
        if one not in theirs.deleted:
            return "", ""
        return ("in conflict", "It was changed here and deleted there") if here else ("deleted there", "")
    if row == other:
        return "the same", ""
    if mine.touched is None or theirs.touched is None:
        return "in conflict", "The two differ, and nothing says which was changed"
    if here and there:
        return "in conflict", "It was changed here and there"
    if here == there:
        return "in conflict", "The two differ, and no trail says why"
    return ("changed here", "") if here else ("changed there", "")


def _texts(mine: Snapshot, theirs: Snapshot, report: MergeReport) -> None:
    """The words of a source do not change by a merge: positions would be wrong."""
    for source, text in theirs.texts.items():
        if source in mine.texts and mine.texts[source] != text:
            report.count("sources", "in conflict")
            lengths = [{"characters": len(one)} for one in (mine.texts[source], text)]
            report.conflicts.append(Conflict("sources", source, "Its words differ", *lengths))


_BY_CONTENT = ("cases", "coders", "codes", "sources", "quotations", "codings", "memos")


def _known_by_id(other: Snapshot) -> Iterator[tuple[str, Iterable[Any]]]:
    """The tables whose rows are known by nothing but their id."""
    for name in TABLES:
        if name not in (*_BY_CONTENT, "turns"):
            yield name, other.table(name)


def _touched(trail: Iterable[AuditEntry], after: int) -> Rows:
    return {one for entry in trail if entry.sequence > after for one in _rows(entry)}


def _deleted(trail: Iterable[AuditEntry]) -> Rows:
    """The rows that were deleted and have not come back."""
    gone: Rows = set()
    for entry in trail:
        if entry.action in ("delete", "delete many"):
            gone.update(_rows(entry))
        elif entry.action == "insert":
            gone.discard((entry.of, entry.row))
    return gone


def _rows(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    """The rows that an entry is about; of many that were inserted together it tells only how many."""
    if entry.action == "delete many":
        for record in entry.before or ():
            yield entry.of, str(record.get("id", ""))
    elif entry.action == "text":
        yield "sources", entry.row
    elif entry.row:
        yield entry.of, entry.row
