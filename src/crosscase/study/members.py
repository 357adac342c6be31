"""A workspace as one member of a study has it: what they may not do is refused, what is hidden from them is not there.

Reading goes through the member's view: who codes blind finds no coding of others in it, nor a quotation, memo or finding
that would show where others coded.  Changes go through the use cases, which say what they need
(:func:`crosscase.study.permissions.needs`) and then work on the whole study.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crosscase.core import TABLES, Coding, Snapshot
from crosscase.core.errors import NotFoundError, PermissionDenied
from crosscase.study.api import Study
from crosscase.study.blindness import HIDING, Steps, shown_to, unmarked
from crosscase.study.permissions import Member, Permission, Role
from crosscase.study.workspace import LiveRow, Placed, Touched, Workspace

if TYPE_CHECKING:
    from crosscase.store import Change, Hit, Store
    from crosscase.store.erasing import Holds
    from crosscase.study.findings import Findings
    from crosscase.study.places import Place


class MemberWorkspace(Workspace):
    """A workspace bound to a member.  What it holds is the whole workspace's; only what is shown differs."""

    def __init__(self, whole: Workspace, member: Member) -> None:
        """PermissionDenied for a member who may not even read."""
        member.require(Permission.READ)
        self.whole = whole
        self.member = member
        self._found: tuple[Snapshot, Findings] | None = None
        # everybody who sees everything shares what was worked out of it; of what is hidden from one nothing is shared
        self.kept = {} if member.blind else whole.kept
        self._steps = Steps(whole.seen, self._since) if member.blind else None

    def __getattr__(self, name: str) -> Any:
        """What the workspace holds is held once, by the whole one."""
        if name == "study":
            # As the workspace's own: the tables that are edited row by row may be of a moment before, see ``rows``.
            with self.whole.lock:
                return self._shown(self.whole.study.snapshot)
        if name == "whole":
            raise AttributeError(name)
        return getattr(self.whole, name)

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        return self.frozen().snapshot

    def frozen(self) -> Study:
        """The study as the member sees it at this moment."""
        with self.whole.lock:
            study = self._shown(self.whole.snapshot)
            if not self.member.blind:
                study.__dict__["ledger"] = self.whole.frozen().ledger
            return study

    def _shown(self, snapshot: Snapshot) -> Study:
        """A state of the study as the member sees it; what it is kept in cannot be reached around the permissions."""
        # they are kept with the whole study and not here: a view that nobody works with would hold on to old states
        shown = next((studies for state, studies in self.whole.shown if state is snapshot), None)
        if shown is None:
            shown = {}
            self.whole.shown = [*self.whole.shown[-1:], (snapshot, shown)]
        if self not in shown:
            study = Study(MemberPlace(self), who=self.member.coder)
            study.__dict__["snapshot"] = shown_to(snapshot, self.member.coder) if self.member.blind else snapshot
            shown[self] = study
        return shown[self]

    def findings(self) -> Findings:
        """What the checks find in what the member sees."""
        if not self.member.blind:
            return self.whole.findings()
        study = self.frozen()
        if self._found is None or self._found[0] is not study.snapshot:
            self._found = (study.snapshot, study.check())
        return self._found[1]

    @property
    def findings_known(self) -> bool:
        if not self.member.blind:
            return self.whole.findings_known
        return self._found is not None and self._found[0] is self.frozen().snapshot

    def search(self, query: str, *, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
        most = limit
        while True:  # what is hidden takes no place away from what is not
            found = self.whole.search(query, kinds=kinds, limit=most)
            shown = [hit for hit in found if not self._hidden(hit.kind, hit.id)]
            if len(shown) >= limit or len(found) < most:
                return shown[:limit]
            most *= 4

    def rows(self, table: str) -> list[Any]:
        rows = self.whole.rows(table)
        if not self.member.blind or table not in HIDING:
            return rows
        if table == "codings":
            return [row for row in rows if row.coder == self.member.coder]
        if table == "quotations":
            return list(self.snapshot.quotations)
        with self.whole.lock:
            return [row for row in rows if not self._hidden(table, row.id)]

    def has(self, table: str, id: str) -> bool:
        return self.whole.has(table, id) and not self._hidden(table, id)

    def codings_in(self, source: str) -> list[Placed]:
        if not self.member.blind:
            return self.whole.codings_in(source)
        return [one for one in self.whole.codings_in(source) if not self._hidden("codings", one.coding.id)]

    def spans_in(self, source: str) -> list[tuple[int, int]]:
        if not self.member.blind:
            return self.whole.spans_in(source)
        return [(one.quotation.start or 0, one.quotation.end or 0) for one in self.codings_in(source)]

    def state_of(self, source: str) -> tuple[int, int]:
        return self.whole.state_of(source)

    def state_of_table(self, table: str) -> tuple[int, int]:
        return self.whole.state_of_table(table)

    def count(self, table: str) -> int:
        return self.whole.count(table) if not self.member.blind else len(self.rows(table))

    def case_of(self, quotation: str) -> str:
        self.refuse_unseen("quotations", quotation)
        return self.whole.case_of(quotation)

    def codings_about(self, quotation: str) -> list[Coding]:
        return [one for one in self.whole.codings_about(quotation) if not self._hidden("codings", one.id)]

    @property
    def seen(self) -> int:  # type: ignore[override]
        """The last entry of the trail that is known; for who codes blind a number of their own, see :class:`Steps`."""
        if self._steps is None:
            return self.whole.seen
        with self.whole.lock:
            return self._steps.number(self.whole.seen)

    def concerns(self, sequence: int, source: str) -> bool:
        # what was changed that is hidden is not told apart here: that is done when it is put together
        return self.member.blind or self.whole.concerns(sequence, source)

    def since(self, sequence: int, source: str = "") -> Touched:
        if self._steps is None:
            return self.whole.since(sequence, source)
        with self.whole.lock:
            self._steps.number(self.whole.seen)
            entry = self._steps.entry(sequence)
            return Touched(everything=True) if entry is None else self._since(entry, source)

    def _since(self, entry: int, source: str = "") -> Touched:
        """What changed after an entry of the trail, of what is shown."""
        touched = self.whole.since(entry, source)
        for table in HIDING:
            kept = {id for id in touched.of(table) if not self._was_hidden(table, id)}
            if kept:
                touched.rows[table] = kept
            else:
                touched.rows.pop(table, None)
        return touched

    def people(self) -> list[tuple[str, str]]:
        here = self.whole.people()
        return [one for one in here if one[0] == self.member.coder] if self.member.blind else here

    def refuse_hidden(self, table: str, id: str) -> None:
        """NotFoundError for a row that is hidden, as for one that is not there."""
        if self.member.blind and id and table in HIDING and not self.has(table, id):
            raise NotFoundError(TABLES[table].__name__.lower(), id, [row.id for row in self.rows(table)][:1000])

    # -- what is done --------------------------------------------------------------------------------------------------

    @property
    def blind(self) -> bool:
        return self.member.blind

    def require(self, permission: Permission) -> None:
        self.member.require(permission)

    def refuse_blind(self) -> None:
        if self.member.blind:
            raise PermissionDenied(
                "this cannot be done while you code blind",
                mend="show the codings of others with the coder switch, or on a server ask an owner",
            )

    def changing(self, permission: Permission, who: str) -> Workspace:
        self.member.require(permission)
        if who != self.member.coder:
            raise PermissionDenied("nobody changes anything under the name of somebody else", where=who)
        return self.whole

    def changing_row(self, permission: Permission, who: str, table: str, id: str, by: str) -> Workspace:
        self.catch_up()
        if self.whole.gone_coder(id) != self.member.coder:  # one's own that is gone is no secret
            self.refuse_hidden(table, id)
        owner = getattr(self.whole.row(table, id), by) if self.whole.has(table, id) else who
        return self.changing(permission if owner in ("", who) else Permission.OTHERS, who)

    @contextmanager
    def writing(self, who: str, what: str) -> Iterator[Change]:
        """For a change that does not say what it needs: the owner's alone, and not while others' codings are hidden."""
        self.refuse_blind()
        with self.changing(Permission.MANAGE, who).writing(who, what) as change:
            yield change

    def undo(self, who: str) -> str | None:
        return self.changing(Permission.CODE, who).undo(who)

    def redo(self, who: str) -> str | None:
        return self.changing(Permission.CODE, who).redo(who)

    def catch_up(self) -> int:
        self.whole.catch_up()
        return self.seen

    def is_time_to_look(self) -> bool:
        return self.whole.is_time_to_look()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _live(self, table: str, id: str) -> LiveRow:
        self.refuse_unseen(table, id)
        live = self.whole._live(table, id)
        if self.member.blind and table == "quotations":  # its version would count what others did with the passage
            return LiveRow(unmarked(live.row), live.position, 1)
        return live

    def refuse_unseen(self, table: str, id: str) -> None:
        """NotFoundError for a row that is not there for the member; it lists those that are."""
        if not self.has(table, id):
            raise NotFoundError(TABLES[table].__name__.lower(), id, [row.id for row in self.rows(table)][:1000])

    def _hidden(self, table: str, id: str) -> bool:
        """Whether somebody who codes blind must not know of a row."""
        if not self.member.blind or table not in HIDING or not self.whole.has(table, id):
            return False
        if table == "codings":
            return bool(self.whole.row(table, id).coder != self.member.coder)
        if table == "coders":
            return id != self.member.coder
        if table == "quotations":
            return all(one.coder != self.member.coder for one in self.whole.codings_about(id))
        row = self.whole.row(table, id)
        if table == "stances":
            return bool(row.coding) and (
                not self.whole.has("codings", row.coding) or self._hidden("codings", row.coding)
            )
        kind, about = (row.about_kind, row.about) if table == "memos" else (row.subject_kind, row.subject)
        if kind == "quotations" and table == "memos" and row.author != self.member.coder:
            return True  # several share a passage
        return kind in ("codings", "quotations") and (not self.whole.has(kind, about) or self._hidden(kind, about))

    def _was_hidden(self, table: str, id: str) -> bool:
        if self.whole.has(table, id):
            return self._hidden(table, id)
        return table != "codings" or self.whole.gone_coder(id) != self.member.coder


@lru_cache(maxsize=16)
def blind_view(whole: Workspace, coder: str) -> MemberWorkspace:
    """A study that one person has open on their own machine, as somebody sees it there who codes blind."""
    return MemberWorkspace(whole, Member(coder, Role.OWNER, blind=True))


class MemberPlace:
    """Where a member's study is kept: searched through the member's view, changed only through the use cases."""

    def __init__(self, view: MemberWorkspace) -> None:
        self._view = view
        self.name = view.whole.study.place.name

    def load(self) -> Snapshot:
        return self._view.snapshot

    def save(self, snapshot: Snapshot, base: Snapshot, *, who: str, what: str) -> None:
        """For the owner: a member who codes blind has not the whole study, and would write back the part they see."""
        self._view.refuse_blind()
        place: Place = self._view.changing(Permission.BRING_IN, who).study.place
        place.save(snapshot, base, who=who, what=what)

    def erase(self, snapshot: Snapshot, base: Snapshot, holds: Holds, *, who: str, what: str) -> tuple[int, list[str]]:
        """As :meth:`save`."""
        self._view.refuse_blind()
        place: Place = self._view.changing(Permission.MANAGE, who).study.place
        return place.erase(snapshot, base, holds, who=who, what=what)

    def search(self, query: str, kinds: tuple[str, ...], limit: int) -> list[Hit]:
        return self._view.search(query, kinds=kinds, limit=limit)

    def database(self) -> tuple[Store, str]:
        self._view.require(Permission.AUDIT)
        return self._view.whole.study.place.database()

    def close(self) -> None:
        pass
