"""A whole study in memory, with quick look-ups.

Files become a snapshot, a snapshot goes into the store and comes out of it, and tables, checks and reports read it.  It
does not change: a change goes through the store, which gives a new one.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from crosscase.core.errors import NotFoundError
from crosscase.core.table import Table
from crosscase.core.vocabulary import (
    Acceptance,
    Analysis,
    Case,
    Claim,
    Code,
    Coder,
    Coding,
    Construct,
    Event,
    Memo,
    Observation,
    Participant,
    Quotation,
    Sample,
    Source,
    Stance,
    Study,
    Survey,
    Tie,
    Turn,
)

#: The tables of a study: name -> the dataclass of its rows, in an order in which a row's references come before it.
TABLES: Mapping[str, type[Any]] = {
    "cases": Case,
    "participants": Participant,
    "sources": Source,
    "turns": Turn,
    "codes": Code,
    "coders": Coder,
    "quotations": Quotation,
    "codings": Coding,
    "events": Event,
    "ties": Tie,
    "observations": Observation,
    "memos": Memo,
    "constructs": Construct,
    "claims": Claim,
    "stances": Stance,
    "samples": Sample,
    "analyses": Analysis,
    "surveys": Survey,
    "acceptances": Acceptance,
}


def text_hash(text: str) -> str:
    """The SHA-256 of a text's UTF-8 form, as ``Source.hash`` holds it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _table(row: type[Any]) -> Any:
    return field(default_factory=lambda: Table.of(row))


@dataclass(frozen=True)
class Snapshot:
    """One study as it stood at one moment.

    ``texts`` maps a source to its words.  ``originals`` maps a source to the bytes of the document it was taken from;
    they may be read from the store only when asked for.

    >>> from crosscase.core import Case, Event, PartialDate
    >>> firm = Case("F1", {"founded": "2001"})
    >>> late, early = (Event(str(year), "F1", "entry", "DEU", PartialDate(year)) for year in (2009, 2003))
    >>> snapshot = Snapshot.of(cases=[firm], events=[late, early])
    >>> [event.id for event in snapshot.events_of("F1")]
    ['2003', '2009']
    """

    study: Study = field(default_factory=Study)
    cases: Table[Case] = _table(Case)
    participants: Table[Participant] = _table(Participant)
    sources: Table[Source] = _table(Source)
    turns: Table[Turn] = _table(Turn)
    codes: Table[Code] = _table(Code)
    coders: Table[Coder] = _table(Coder)
    quotations: Table[Quotation] = _table(Quotation)
    codings: Table[Coding] = _table(Coding)
    events: Table[Event] = _table(Event)
    ties: Table[Tie] = _table(Tie)
    observations: Table[Observation] = _table(Observation)
    memos: Table[Memo] = _table(Memo)
    constructs: Table[Construct] = _table(Construct)
    claims: Table[Claim] = _table(Claim)
    stances: Table[Stance] = _table(Stance)
    samples: Table[Sample] = _table(Sample)
    analyses: Table[Analysis] = _table(Analysis)
    surveys: Table[Survey] = _table(Survey)
    acceptances: Table[Acceptance] = _table(Acceptance)
    texts: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, bytes] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, study: Study | None = None, *, texts: Mapping[str, str] | None = None, **rows: Any) -> Snapshot:
        """A snapshot from lists of rows by the name of their table."""
        for name in rows:
            if name not in TABLES:
                raise NotFoundError("table", name, TABLES)
        tables: dict[str, Any] = {name: Table.of(TABLES[name], some) for name, some in rows.items()}
        return cls(study=study or Study(), texts=texts or {}, **tables)

    def table(self, name: str) -> Table[Any]:
        """A table by its name (NotFoundError lists the names)."""
        if name not in TABLES:
            raise NotFoundError("table", name, TABLES)
        table: Table[Any] = getattr(self, name)
        return table

    def replace(self, **changes: Any) -> Snapshot:
        """A snapshot with other tables, texts or study; look-ups over tables that stay are not made again."""
        made = replace(self, **changes)
        for name, tables in _LOOK_UPS.items():
            if name in self.__dict__ and not changes.keys() & tables:
                made.__dict__[name] = self.__dict__[name]
        return made

    # -- cases ---------------------------------------------------------------------------------------------------------

    def events_of(self, case: str, kind: str | None = None) -> list[Event]:
        """The events of a case in the order of their dates, undated ones last."""
        events = self.events.where(case=case)
        if kind is not None:
            events = [event for event in events if event.kind == kind]
        return sorted(events, key=lambda event: (event.date is None, event.date or 0))

    @cached_property
    def _quotations_by_case(self) -> dict[str, list[int]]:
        by_case: dict[str, list[int]] = {}
        of_source = dict(zip(self.sources.column("id"), self.sources.column("case"), strict=True))
        pairs = zip(self.quotations.column("case"), self.quotations.column("source"), strict=True)
        for position, (case, source) in enumerate(pairs):
            by_case.setdefault(case or of_source.get(source, ""), []).append(position)
        return by_case

    @cached_property
    def case_of_quotation(self) -> Mapping[str, str]:
        """The case of each quotation by its id: its own, or else its source's; empty when neither says."""
        ids = self.quotations.column("id")
        return {ids[position]: case for case, positions in self._quotations_by_case.items() for position in positions}

    @cached_property
    def speaker_of_quotation(self) -> Mapping[str, str]:
        """The participant of each quotation by its id: its own, else that of the turn it begins in, else its source's."""
        turns: dict[str, list[tuple[int, int, str]]] = {}
        columns = (self.turns.column(name) for name in ("source", "start", "end", "participant"))
        for source, start, end, participant in zip(*columns, strict=True):
            if participant:
                turns.setdefault(source, []).append((start, end, participant))
        for spans in turns.values():
            spans.sort()
        of_source = dict(zip(self.sources.column("id"), self.sources.column("participant"), strict=True))

        def at(source: str, start: int | None) -> str:
            spans = turns.get(source, [])
            place = bisect_right(spans, (start, math.inf)) - 1 if start is not None else -1
            return spans[place][2] if place >= 0 and start is not None and start < spans[place][1] else ""

        columns = (self.quotations.column(name) for name in ("id", "source", "start", "participant"))
        return {
            id: participant or at(source, start) or of_source.get(source, "")
            for id, source, start, participant in zip(*columns, strict=True)
        }

    def quotations_of(self, case: str) -> list[Quotation]:
        """The quotations of a case, by themselves or through their source."""
        return [self.quotations[position] for position in self._quotations_by_case.get(case, ())]

    # -- codes ---------------------------------------------------------------------------------------------------------

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the codes directly under each code; those at the top are under the empty id."""
        children: dict[str, list[str]] = {}
        for code in self.codes:
            children.setdefault(code.parent if code.parent in self.codes else "", []).append(code.id)
        return {parent: tuple(ids) for parent, ids in children.items()}

    def subtree(self, code: str) -> Iterator[str]:
        """A code and all codes under it, depth first; a circle of parents is walked once."""
        seen: set[str] = set()
        waiting = [code]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                yield one
                waiting.extend(reversed(self.children.get(one, ())))

    def code_path(self, code: str) -> tuple[str, ...]:
        """The names from the top of the codebook down to this code."""
        names: list[str] = []
        seen: set[str] = set()
        current = self.codes.get(code)
        while current is not None and current.id not in seen:
            seen.add(current.id)
            names.append(current.name or current.id)
            current = self.codes.get(current.parent)
        return tuple(reversed(names))

    def codings_under(self, code: str) -> list[Coding]:
        """The codings with a code or with any code under it."""
        index = self.codings.positions("code")
        positions = sorted(position for one in self.subtree(code) for position in index.get(one, ()))
        return [self.codings[position] for position in positions]

    # -- the whole -----------------------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return {name: len(getattr(self, name)) for name in TABLES}


#: The look-ups of a snapshot and the tables that each rests on.
_LOOK_UPS: Mapping[str, set[str]] = {
    "_quotations_by_case": {"quotations", "sources"},
    "case_of_quotation": {"quotations", "sources"},
    "children": {"codes"},
}

assert {one.name for one in fields(Snapshot)} == {"study", "texts", "originals", *TABLES}
