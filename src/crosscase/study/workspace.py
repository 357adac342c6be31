"""A study that is open for work: held in memory, changed through the store, and kept in step with it entry by entry.

Whoever reads gets the rows as they stand now without a query; whoever changes something opens :meth:`Workspace.writing`.
After every write the new entries of the audit trail are applied to the rows in memory, also those that another program
wrote in between, so nothing is loaded anew and a change costs the same in a short text and in a long one.

Only tables that the workspace edits row by row are held this way (:data:`LIVE`); a change to any other table, to a text
or to more rows than the trail lists one by one loads the study again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from crosscase.core import TABLES, Code, Coding, Memo, Quotation, Snapshot, Table
from crosscase.core.errors import ConflictError, InputError, NotFoundError
from crosscase.core.plain import row_from_plain, to_plain
from crosscase.core.snapshot import text_hash
from crosscase.study.api import Study
from crosscase.study.presence import Presence

if TYPE_CHECKING:
    from crosscase.store import AuditEntry, Change, Hit
    from crosscase.study.embeddings import Address
    from crosscase.study.findings import Findings
    from crosscase.study.permissions import Permission

#: The tables that are edited row by row.
LIVE = ("codes", "coders", "quotations", "codings", "memos", "acceptances", "constructs", "claims", "stances")

#: The tables whose changes can be undone from the workspace; 'studies' is the head of the study.
UNDONE = (*LIVE, "analyses", "studies")

#: How many entries of a change are looked at before it is undone.
_MOST = 100_000

#: Seconds between two looks for what other programs wrote, while somebody waits for changes.
_LOOK = 1.0


#: How many of the latest changes are known by row; a page that is further behind loads everything again.
_REMEMBERED = 100_000


@dataclass(slots=True)
class LiveRow:
    """A row as it stands now.  ``position`` orders the rows of a table, ``version`` grows with every change."""

    row: Any
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A coding and the quotation that it is about.

    ``version`` is a digest of what both say; whoever changes the coding gives the version that they saw.  It says nothing of
    what others did with the same passage.
    """

    coding: Coding
    quotation: Quotation
    version: str


@dataclass(slots=True)
class Touched:
    """The ids of the rows of each table that changed.  ``everything`` is set when only reading all again will do."""

    rows: dict[str, set[str]] = field(default_factory=dict)
    everything: bool = False

    def of(self, table: str) -> set[str]:
        return self.rows.get(table, set())


class Workspace:
    """An open study file or database, for one process and several threads."""

    def __init__(self, study: Study) -> None:
        """InputError for a study folder, which has no audit trail to undo from."""
        self.study = study
        self.store, self.id = study.place.database()
        self.lock = threading.RLock()
        #: The last entry of the trail that the rows in memory know.
        self.seen = 0
        #: Who has which page open.
        self.presence = Presence()
        #: What was worked out of what is seen here and is asked for again, by whoever worked it out; see ``state_of``.
        self.kept: dict[str, Any] = {}
        #: The services that suggestions may ask on a server; ``None`` on one's own machine, where its user says which.
        self.services: tuple[Address, ...] | None = None
        #: The last two states of the study that members asked for, and how each of them sees it.
        self.shown: list[tuple[Snapshot, dict[Workspace, Study]]] = []
        self._findings: tuple[int, Findings] | None = None
        self._frozen: Study | None = None
        self._looked = 0.0
        self._loaded = 0
        self._load()

    # -- reading -------------------------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """The whole study as it stands; tables that changed since it was last asked for are put together again."""
        with self.lock:
            if self._stale:
                tables = {name: self._table(name, changed) for name, changed in self._stale.items()}
                self._stale.clear()
                self.study.__dict__["snapshot"] = self.study.snapshot.replace(**tables)
                self.study.__dict__.pop("ledger", None)
            return self.study.snapshot

    def frozen(self) -> Study:
        """The study as it stands at this moment, for work that takes a while: it stays so, and nobody waits for it."""
        with self.lock:
            snapshot = self.snapshot
            if self._frozen is None or self._frozen.snapshot is not snapshot:
                before = self._frozen
                self._frozen = Study(self.study.place, who=self.study.who)
                self._frozen.__dict__["snapshot"] = snapshot
                if before is not None and "ledger" in before.__dict__:
                    self._frozen.__dict__["ledger"] = before.ledger.followed_by(snapshot)
            return self._frozen

    def findings(self) -> Findings:
        """What the checks find now; found once for each state of the study."""
        with self.lock:
            seen, frozen = self.seen, self.frozen()
            if self._findings is not None and self._findings[0] == seen:
                return self._findings[1]
        found = frozen.check()
        with self.lock:
            self._findings = (seen, found)
        return found

    @property
    def findings_known(self) -> bool:
        """Whether the checks have looked at the study as it stands."""
        return self._findings is not None and self._findings[0] == self.seen

    @property
    def texts(self) -> Mapping[str, str]:
        return self.study.snapshot.texts

    def text_hash(self, source: str) -> str:
        """The hash of a source's words as they are now; empty when it has none."""
        with self.lock:
            if source not in self._hashes:
                text = self.texts.get(source)
                self._hashes[source] = "" if text is None else text_hash(text)
            return self._hashes[source]

    def row(self, table: str, id: str) -> Any:
        """A row of a live table; NotFoundError lists those that there are."""
        return self._live(table, id).row

    def version(self, table: str, id: str) -> int:
        return self._live(table, id).version

    def rows(self, table: str) -> list[Any]:
        """The rows of a live table in their order."""
        with self.lock:
            return [one.row for one in self._ordered(table)]

    def has(self, table: str, id: str) -> bool:
        return id in self._rows[table]

    def placed(self, coding: str) -> Placed:
        """A coding with its quotation; NotFoundError when it is gone."""
        with self.lock:
            one = self._live("codings", coding)
            about = self._live("quotations", one.row.quotation)
            return Placed(one.row, about.row, _digest(one.row, about.row))

    def codings_in(self, source: str) -> list[Placed]:
        """The codings in a source, in the order of the text, the longer of two with the same start first."""
        with self.lock:
            codings, quotations = self._rows["codings"], self._rows["quotations"]
            pairs = [
                (codings[coding], quotations[quotation])
                for quotation in self._in_source.get(source, ())
                for coding in self._about.get(quotation, ())
            ]
            found = [Placed(one.row, about.row, _digest(one.row, about.row)) for one, about in pairs]
        return sorted(found, key=lambda one: (one.quotation.start or 0, -(one.quotation.end or 0)))

    def spans_in(self, source: str) -> list[tuple[int, int]]:
        """Where the codings in a source begin and end, in no order; as :meth:`codings_in` and quicker."""
        with self.lock:
            quotations = self._rows["quotations"]
            rows = [quotations[id].row for id in self._in_source.get(source, ()) for _ in self._about.get(id, ())]
        return [(row.start or 0, row.end or 0) for row in rows]

    def state_of(self, source: str) -> tuple[int, int]:
        """Another pair after whatever changed of a source, its text and what was coded in it."""
        return self._loaded, self._last_in.get(source, 0)

    def state_of_table(self, table: str) -> tuple[int, int]:
        """Another pair after whatever changed of a live table."""
        return self._loaded, self._last_of.get(table, 0)

    def count(self, table: str) -> int:
        """How many rows a live table has."""
        return len(self._rows[table])

    def codings_about(self, quotation: str) -> list[Coding]:
        """The codings of a quotation."""
        with self.lock:
            return [self._rows["codings"][id].row for id in self._about.get(quotation, ())]

    def quotation_at(self, source: str, start: int, end: int) -> Quotation | None:
        """The quotation with exactly this span, if there is one."""
        with self.lock:
            for id in self._in_source.get(source, ()):
                quotation = self._rows["quotations"][id].row
                if quotation.start == start and quotation.end == end:
                    return quotation  # type: ignore[no-any-return]
        return None

    def case_of(self, quotation: str) -> str:
        """The case of a quotation: its own, or else its source's; empty when neither says."""
        one = self._live("quotations", quotation).row
        if one.case or not one.source:
            return str(one.case)
        sources = self.study.snapshot.sources
        place = sources.position(one.source)
        return "" if place is None else str(sources.column("case")[place])

    def cases_of_quotations(self) -> dict[str, str]:
        """The case of every quotation, as :meth:`case_of`."""
        sources = self.study.snapshot.sources
        of_source = dict(zip(sources.column("id"), sources.column("case"), strict=True))
        return {row.id: row.case or of_source.get(row.source, "") for row in self.rows("quotations")}

    def subtree(self, code: str) -> set[str]:
        """A code and all codes under it."""
        below: dict[str, list[str]] = {}
        for one in self.rows("codes"):
            below.setdefault(one.parent, []).append(one.id)
        found: set[str] = set()
        waiting = [code]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += below.get(one, [])
        return found

    def children(self, code: str) -> list[Code]:
        """The codes directly under a code; those at the top for the empty id."""
        known = self._rows["codes"]
        return [one for one in self.rows("codes") if (one.parent if one.parent in known else "") == code]

    def code_path(self, code: str) -> tuple[str, ...]:
        """The names from the top of the codebook down to this code."""
        names: list[str] = []
        seen: set[str] = set()
        while code in self._rows["codes"] and code not in seen:
            seen.add(code)
            one = self._rows["codes"][code].row
            names.append(one.name or one.id)
            code = one.parent
        return tuple(reversed(names))

    def memos_about(self, kind: str, id: str) -> list[Memo]:
        return [one for one in self.rows("memos") if one.about_kind == kind and one.about == id]

    def people(self) -> list[tuple[str, str]]:
        """Who is here, and in which source."""
        return self.presence.people()

    def search(self, query: str, *, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
        """Hits in sources, memos and the codebook; see ``Study.search``."""
        return self.study.search(query, kinds=kinds, limit=limit)

    def gone_coder(self, coding: str) -> str | None:
        """Who had made a coding that was deleted since this workspace was opened; ``None`` when it is not known."""
        return self._gone.get(coding)

    # -- what may be done ----------------------------------------------------------------------------------------------
    # A study that one person has open refuses nothing; see MemberWorkspace for one with members.

    @property
    def blind(self) -> bool:
        """Whether the codings of others are hidden from whoever works with this workspace."""
        return False

    def require(self, permission: Permission) -> None:
        """PermissionDenied when whoever works with this workspace may not."""

    def changing(self, permission: Permission, who: str) -> Workspace:
        """The whole study, for a change that needs a permission; PermissionDenied when ``who`` may not."""
        return self

    def changing_row(self, permission: Permission, who: str, table: str, id: str, by: str) -> Workspace:
        """As :meth:`changing` for a change of one row; ``by`` is the field that says whose it is."""
        return self

    def refuse_hidden(self, table: str, id: str) -> None:
        """NotFoundError for a row that is hidden from whoever works with this workspace."""

    # -- changing ------------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self, who: str, what: str) -> Iterator[Change]:
        """One change, kept as a whole or not at all; the rows in memory follow when it is kept.

        Inside it the rows in memory are those of the database: it begins only when nobody has written since they were
        read, and nobody can until it ends.
        """
        with self.lock:
            begun = False
            while not begun:
                self.catch_up()
                with self.store.write(self.id, who=who, what=what) as change:
                    begun = change.head.audit_length == self.seen
                    if begun:
                        yield change
            self._follow(change.entries)

    def undo(self, who: str) -> str | None:
        """Take back a person's last change that stands; see ``Store.undo``.

        Only work like that of the workspace is taken back, never an import: InputError says where undo ends.
        """
        with self.lock:
            self._refuse_undoing_imports(who)
            what = self.store.undo(self.id, who)
            self.catch_up()
            return what

    def redo(self, who: str) -> str | None:
        """Do again what a person undid last; see ``Store.redo``."""
        with self.lock:
            what = self.store.redo(self.id, who)
            self.catch_up()
            return what

    def catch_up(self) -> int:
        """Apply what was written since, by whomever; returns the sequence of the last entry applied."""
        with self.lock:
            if self.store.has_grown(self.id, self.seen):
                self._follow(self.store.audit(self.id, after=self.seen))
            return self.seen

    def is_time_to_look(self) -> bool:
        """Whether it is a while since somebody who waits for changes looked for those of other programs."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return False
        self._looked = now
        return True

    def concerns(self, sequence: int, source: str) -> bool:
        """Whether anything changed after an entry that a page may show on which this source stands, or any page."""
        return not source or max(self._last_in.get(source, 0), self._last_elsewhere, self._log_begins) > sequence

    def since(self, sequence: int, source: str = "") -> Touched:
        """Which rows changed after an entry of the trail; with a source not the codings and quotations in others."""
        with self.lock:
            touched = Touched(everything=sequence < self._log_begins)
            for number, table, id, sources in reversed(self._log):
                if number <= sequence:
                    break
                if source and sources and source not in sources:
                    continue
                touched.rows.setdefault(table, set()).add(id)
                if table == "quotations":
                    touched.rows.setdefault("codings", set()).update(self._about.get(id, ()))
            return touched

    def refuse_stale(self, coding: str, version: str, mine: Mapping[str, Any]) -> None:
        """ConflictError with both states when a coding, or its quotation, is not as the person saw it."""
        if self.has("codings", coding) and self.placed(coding).version == version:
            return
        if not self.has("codings", coding):
            raise ConflictError(
                "this coding was deleted in the meantime",
                where=f"coding {coding}",
                mend="nothing was changed; code the passage again if it should be coded",
                mine=mine,
            )
        now = self.placed(coding)
        theirs = {
            **to_plain(now.coding), "start": now.quotation.start, "end": now.quotation.end, "version": now.version,
        }  # fmt: skip
        raise ConflictError(
            "somebody else, or another tab, has changed this coding in the meantime",
            where=f"coding {coding}",
            mend="nothing was changed; look at both, then do it again or leave it",
            mine=mine,
            theirs=theirs,
        )

    def _refuse_undoing_imports(self, who: str) -> None:
        last = self.store.undoable(self.id, who)
        if last is None:
            return
        entries = self.store.audit(self.id, after=last[0] - 1, who=who, limit=_MOST)
        if any(one.of not in UNDONE for one in entries if one.change == last[0]):
            raise InputError(
                f"what you did before is “{last[1]}”, and that is not undone here",
                mend="everything that was done after it in the workspace is undone already",
            )

    # -- inside --------------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        while True:
            self.seen = self.store.audit_length(self.id)
            snapshot = self.store.load_snapshot(self.id)
            places = {name: self.store.versions(self.id, name) for name in LIVE}
            if self.store.audit_length(self.id) == self.seen:
                break
        self.study.__dict__["snapshot"] = snapshot
        self.study.__dict__.pop("ledger", None)
        self._rows: dict[str, dict[str, LiveRow]] = {
            name: {row.id: LiveRow(row, *places[name][row.id]) for row in snapshot.table(name)} for name in LIVE
        }
        self._findings = self._frozen = None
        self._hashes: dict[str, str] = {}
        #: Table -> the ids of the rows that changed since the snapshot was put together.
        self._stale: dict[str, dict[str, None]] = {}
        #: Tables with rows in memory in another order than that of their positions.
        self._unordered: set[str] = set()
        #: Tables with rows that stand elsewhere than the snapshot, patched, would have them.
        self._moved: set[str] = set()
        #: Table -> the position after which a new row stands at the end.
        self._ends = {
            name: max((one.position for one in rows.values()), default=0) for name, rows in self._rows.items()
        }
        self._log: list[tuple[int, str, str, set[str]]] = []
        self._log_begins = self.seen
        #: The last entry that changed something in a source, and the last one about anything else.
        self._last_in: dict[str, int] = {}
        self._last_of: dict[str, int] = {}
        self._last_elsewhere = self.seen
        self._loaded += 1
        self._gone: dict[str, str] = {}
        self._in_source: dict[str, dict[str, None]] = {}
        self._about: dict[str, dict[str, None]] = {}
        for name in ("quotations", "codings"):
            for one in self._rows[name].values():
                self._index(name, one.row)

    def _follow(self, entries: Sequence[AuditEntry]) -> None:
        """Bring what is in memory up to entries that come after the last one it knows; load it again where they say too little."""
        if all(self._apply(entry) for entry in entries):
            self.seen = entries[-1].sequence if entries else self.seen
        else:
            self.study.__dict__.pop("snapshot", None)
            self.study.__dict__.pop("ledger", None)
            self._load()

    def _apply(self, entry: AuditEntry) -> bool:
        """Bring the rows in memory up to one entry; False when the study must be loaded again."""
        if entry.of not in LIVE or entry.action not in ("insert", "update", "delete") or entry.erased:
            return False
        rows = self._rows[entry.of]
        known = rows.pop(entry.row, None) if entry.action != "update" else rows.get(entry.row)
        if known is not None:
            self._unindex(entry.of, known.row)
            if entry.of == "codings" and entry.action == "delete":
                self._gone[entry.row] = known.row.coder
        if entry.action == "insert":
            rows[entry.row] = made = _from_record(entry)
            if made.position > self._ends[entry.of]:
                self._ends[entry.of] = made.position
            else:  # it was deleted and stands again where it stood
                self._unordered.add(entry.of)
            if entry.of in self._unordered or entry.row in self._stale.get(entry.of, ()):
                self._moved.add(entry.of)
        elif entry.action == "update":
            assert known is not None
            kind = TABLES[entry.of]
            new = row_from_plain(kind, {"id": entry.row, **_required(entry.of), **_filled(entry.after)})
            rows[entry.row] = LiveRow(
                replace(known.row, **{name: getattr(new, name) for name in entry.after}),
                known.position,
                known.version + 1,
            )
        if entry.action != "delete":
            self._index(entry.of, rows[entry.row].row)
        self._stale.setdefault(entry.of, {})[entry.row] = None
        sources = set(self._sources_of(entry.of, known, rows.get(entry.row)))
        for source in sources:
            self._last_in[source] = entry.sequence
        self._last_of[entry.of] = entry.sequence
        if not sources and entry.of != "coders":  # no page of a source shows who codes at all
            self._last_elsewhere = entry.sequence
        self._log.append((entry.sequence, entry.of, entry.row, sources))
        if len(self._log) > 2 * _REMEMBERED:
            self._log_begins = self._log[_REMEMBERED - 1][0]
            del self._log[:_REMEMBERED]
        return True

    def _sources_of(self, table: str, *rows: LiveRow | None) -> Iterator[str]:
        """The sources in which a change of a row, as it was and as it is, can be seen; none where that is not known."""
        for one in rows:
            if one is None:
                continue
            if table == "codings":
                about = self._rows["quotations"].get(one.row.quotation)
                if about is not None:
                    yield about.row.source
            elif table == "quotations":
                yield one.row.source

    def _index(self, table: str, row: Any) -> None:
        if table == "quotations" and row.source:
            self._in_source.setdefault(row.source, {})[row.id] = None
        elif table == "codings":
            self._about.setdefault(row.quotation, {})[row.id] = None

    def _unindex(self, table: str, row: Any) -> None:
        if table == "quotations":
            self._in_source.get(row.source, {}).pop(row.id, None)
        elif table == "codings":
            self._about.get(row.quotation, {}).pop(row.id, None)

    def _live(self, table: str, id: str) -> LiveRow:
        found = self._rows[table].get(id)
        if found is None:
            raise NotFoundError(TABLES[table].__name__.lower(), id, list(self._rows[table])[:1000])
        return found

    def _ordered(self, table: str) -> Iterable[LiveRow]:
        if table in self._unordered:
            self._unordered.discard(table)
            self._rows[table] = dict(sorted(self._rows[table].items(), key=lambda item: item[1].position))
        return self._rows[table].values()

    def _table(self, name: str, changed: Iterable[str]) -> Table[Any]:
        """A table as it stands, made of the one before where no row came back or went to the end."""
        if name in self._moved:
            self._moved.discard(name)
            return Table.of(TABLES[name], [one.row for one in self._ordered(name)])
        rows, before = self._rows[name], self.study.snapshot.table(name)
        now = {id: rows[id].row if id in rows else None for id in changed}
        return before.patched(now)


_REQUIRED = {
    "codings": ("quotation", "code"),
    "acceptances": ("rule", "subject_kind", "subject", "reason"),
    "stances": ("claim",),
}


def _digest(coding: Coding, quotation: Quotation) -> str:
    said = (coding.code, coding.coder, coding.note, quotation.source, quotation.start, quotation.end, quotation.text)
    return blake2b(repr(said).encode(errors="backslashreplace"), digest_size=12).hexdigest()


def _from_record(entry: AuditEntry) -> LiveRow:
    record = dict(entry.after)
    position, version = record.pop("position"), record.pop("version")
    return LiveRow(row_from_plain(TABLES[entry.of], {**_required(entry.of), **record}), position, version)


def _required(table: str) -> dict[str, str]:
    """The fields without a default; the trail leaves out what is empty."""
    return dict.fromkeys(_REQUIRED.get(table, ()), "")


def _filled(after: Mapping[str, Any]) -> dict[str, Any]:
    """The changed fields; one that was emptied is left out and takes its default."""
    return {name: value for name, value in after.items() if value is not None}
