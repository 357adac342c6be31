"""The passages of a study, to be asked with queries.

A passage is what somebody quoted: the same stretch of the same source in the same case is one passage, by however many
quotations and coders; a locator without a stretch is a passage of its own.  A query is true or false of each passage:

* ``code:`` and ``coder:`` ask for at least one coding of the passage that fits as a whole (``code:a by ana``);
* a comparison asks for a known value of the passage's case; what is not known does not fit, so that ``not founded >= 2003``
  finds the passages of cases without a year as well, and ``founded < 2003`` does not;
* ``overlaps`` asks for a passage that fits the other side and shares at least one character, which may be the passage
  itself; ``near/n`` for one at most ``n`` paragraphs on or back in the same source (0: a paragraph in common);
* ``and``, ``or`` and ``not`` are those of sets.

Words that were taken back stay as a passage without words: its text and its speaker are not found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from itertools import repeat
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from crosscase.core import Quotation, Snapshot, Table
from crosscase.core.conditions import Condition
from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.numbered import Numbered
from crosscase.core.vocabulary import SOURCE_KINDS
from crosscase.evidence.retrieval.query import And, Beside, Coded, Everything, Has, Not, Or, Query, Where
from crosscase.evidence.retrieval.spans import Line, Numbers
from crosscase.text.segments import paragraphs

if TYPE_CHECKING:
    from crosscase.evidence.ledger import Ledger

Fitting = npt.NDArray[np.bool_]

#: What a quotation can be marked as (Pratt 2009).
MARKS = ("power", "proof")


class Passages:
    """Every passage of a study, made once for a state of it.  Passages are numbered in the order of sources and text."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.snapshot: Snapshot = ledger.snapshot
        self._group()

    def __len__(self) -> int:
        return len(self._first)

    def find(self, query: Query) -> list[int]:
        """The numbers of the passages that fit, in their order.

        Raises:
            NotFoundError: the query names a code, case, source, kind, speaker, mark, variable or measure that is not there.
            InputError: a name of a code that several codes have.
        """
        return [int(one) for one in np.flatnonzero(self.fitting(query))]

    def fitting(self, query: Query) -> Fitting:
        """Whether each passage fits."""
        match query:
            case Everything():
                return np.ones(len(self), dtype=np.bool_)
            case Not():
                return ~self.fitting(query.one)
            case And():
                return reduce(and_, (self.fitting(one) for one in query.parts))
            case Or():
                return reduce(or_, (self.fitting(one) for one in query.parts))
            case Beside():
                return self._beside(query)
            case Coded():
                return self._coded(query)
            case Where():
                return self._where(query.comparison)
            case Has():
                return self._has(query.field, query.value)

    # -- what a passage is ---------------------------------------------------------------------------------------------

    def quotations(self, number: int) -> list[Quotation]:
        """The quotations of a passage."""
        return [self.snapshot.quotations[place] for place in self._members(number)]

    def codings(self, number: int) -> list[int]:
        """The positions of its codings among those of the study."""
        order, edges = self._codings_by_passage
        return [int(place) for place in order[edges[number] : edges[number + 1]]]

    def case(self, number: int) -> str:
        return self._case_names[int(self._cases[number])]

    def source(self, number: int) -> str:
        return self._source_names[int(self._sources[number])]

    def participant(self, number: int) -> str:
        """Who speaks: the quotation's participant, or else its source's; empty for words that were taken back."""
        return "" if self._taken_back[number] else self._person_names[int(self._people[number])]

    def withdrawn(self, number: int) -> bool:
        """Whether the words were taken back."""
        return bool(self._taken_back[number])

    def text(self, number: int) -> str:
        """Its words; empty when they may not be shown or were taken back."""
        return "" if self._taken_back[number] else str(self.snapshot.quotations.column("text")[self._first[number]])

    def mark(self, number: int) -> str:
        """``power``, ``proof`` or empty; power when its quotations are marked both ways."""
        marks = self.snapshot.quotations.column("mark")
        found = {marks[place] for place in self._members(number)}
        return next((mark for mark in MARKS if mark in found), "")

    # -- putting together ----------------------------------------------------------------------------------------------

    def _group(self) -> None:
        snapshot, quotations = self.snapshot, self.snapshot.quotations
        self._source_names, source = _numbered(quotations, "source", snapshot.sources.column("id"))
        self._case_names, case = _own_or_sources(snapshot, "case")
        self._person_names, person = _own_or_sources(snapshot, "participant")
        # a locator has no stretch and is not shared; it stands after what has one
        begins, ends = quotations.whole("start"), quotations.whole("end")
        stretch = begins.known & ends.known
        alone = np.arange(len(quotations), dtype=np.int64)
        start, end = np.where(stretch, begins.values, alone), np.where(stretch, ends.values, alone)
        # two keys for six columns, each the earlier column before the later: sorting is what costs here
        room = int(max(start.max(initial=0), end.max(initial=0))) + 1
        above = (2 * source + ~stretch) * room + start
        below = (end * len(self._case_names) + case) * len(self._person_names) + person
        order = np.lexsort((below, above))
        new = np.ones(len(order), dtype=np.bool_)
        if len(order):
            new[1:] = (np.diff(above[order]) != 0) | (np.diff(below[order]) != 0)
        self._order, self._edges = order, np.append(np.flatnonzero(new), len(order))
        self._first = order[new]
        self._passage_of = np.empty(len(order), dtype=np.int64)
        self._passage_of[order] = np.cumsum(new) - 1
        self._sources, self._cases, self._people = source[self._first], case[self._first], person[self._first]
        self._stretch, self._starts, self._ends = stretch[self._first], start[self._first], end[self._first]
        self._taken_back = np.zeros(len(self._first), dtype=np.bool_)
        if withdrawn := self._ledger.withdrawn:
            gone = np.array([id in withdrawn for id in quotations.column("id")], dtype=np.bool_)
            self._taken_back[self._passage_of[gone]] = True

    def _members(self, number: int) -> list[int]:
        """The positions of a passage's quotations among those of the study."""
        return [int(place) for place in self._order[self._edges[number] : self._edges[number + 1]]]

    @cached_property
    def _coding_columns(self) -> tuple[Numbers, Numbers, Numbers, list[str], list[str]]:
        """For every coding its passage (-1: its quotation is not there), its code and its coder; the codes' and coders' ids."""
        codings, place_of = self.snapshot.codings, self.snapshot.quotations.places()
        places = np.fromiter(map(place_of.get, codings.column("quotation"), repeat(-1)), np.int64, len(codings))
        about = np.where(places >= 0, self._passage_of[places], -1) if len(self._passage_of) else places
        code_names, codes = _numbered(codings, "code", self.snapshot.codes.column("id"))
        coder_names, coders = _numbered(codings, "coder")
        return about, codes, coders, code_names, coder_names

    @cached_property
    def _codings_by_passage(self) -> tuple[Numbers, Numbers]:
        """The codings in the order of their passages, and where in it each passage begins."""
        about = self._coding_columns[0]
        order = np.argsort(about, kind="stable")
        return order, np.searchsorted(about[order], np.arange(len(self) + 1))

    @cached_property
    def _stretches(self) -> tuple[Numbers, Numbers]:
        """Every passage on one line: sources behind each other, a locator alone in a place of its own."""
        longest = int(self._ends.max(initial=0)) + 2
        base = self._sources * longest
        alone = int((self._sources.max(initial=0) + 1) * longest) + 2 * np.arange(len(self), dtype=np.int64)
        starts = np.where(self._stretch, base + self._starts, alone)
        # an empty stretch still is at a place: it shares the character there
        ends = np.where(self._stretch, np.maximum(base + self._ends, starts + 1), alone + 1)
        return starts, ends

    @cached_property
    def _paragraphs(self) -> tuple[Numbers, Numbers]:
        """The first and last paragraph of every passage; -1 where there is no text to count in."""
        first, last = np.full(len(self), -1, dtype=np.int64), np.full(len(self), -1, dtype=np.int64)
        texts = self.snapshot.texts
        for number, source in enumerate(self._source_names):
            here = np.flatnonzero((self._sources == number) & self._stretch) if source in texts else ()
            if not len(here):
                continue
            begins = np.array([span.start for span in paragraphs(texts[source])] or [0], dtype=np.int64)
            first[here] = np.maximum(np.searchsorted(begins, self._starts[here], side="right") - 1, 0)
            last[here] = np.maximum(np.searchsorted(begins, self._ends[here] - 1, side="right") - 1, first[here])
        return first, last

    # -- asking --------------------------------------------------------------------------------------------------------

    def _coded(self, asked: Coded) -> Fitting:
        about, codes, coders, code_names, coder_names = self._coding_columns
        wanted = about >= 0
        if asked.code:
            code = self.code(asked.code)
            below = set(self.snapshot.subtree(code)) if asked.below else {code}
            wanted &= _among(code_names, below)[codes]
        if asked.coder:
            wanted &= _among(coder_names, {asked.coder})[coders]
        fits = np.zeros(len(self), dtype=np.bool_)
        fits[about[wanted]] = True
        return fits

    def code(self, wanted: str) -> str:
        """The id of a code by its id, or by its name when only one code has it."""
        codes = self.snapshot.codes
        if wanted in codes:
            return wanted
        named = [one.id for one in codes if one.name.casefold() == wanted.casefold()]
        if len(named) > 1:
            raise InputError(f"{len(named)} codes are called '{wanted}'", mend=f"give the id: {', '.join(named)}")
        if not named:
            raise NotFoundError("code", wanted, list(codes.column("id")))
        return named[0]

    def _has(self, field: str, value: str) -> Fitting:
        snapshot = self.snapshot
        if field == "text":
            words = value.casefold()
            return self._each(lambda one: words in self._searched(one))
        if field == "mark":
            known(value, (*MARKS, "none"), "mark")
            return self._each(lambda one: (self.mark(one) or "none") == value)
        if field in ("speaker", "role"):
            return self._of_people(field, value)
        if field == "case":
            known(value, snapshot.cases.column("id"), "case")
            return _among(self._case_names, {value})[self._cases]
        if field == "source":
            known(value, snapshot.sources.column("id"), "source")
            return _among(self._source_names, {value})[self._sources]
        kinds = dict(zip(snapshot.sources.column("id"), snapshot.sources.column("kind"), strict=True))
        known(value, dict.fromkeys((*SOURCE_KINDS, *kinds.values())), "kind of source")
        return _among(self._source_names, {id for id, kind in kinds.items() if kind == value})[self._sources]

    def _of_people(self, field: str, value: str) -> Fitting:
        people = self.snapshot.participants
        if field == "speaker":
            speaking = (self._person_names[at] for at in np.unique(self._people))
            known(value, dict.fromkeys((*people.column("id"), *speaking)), "participant")
            those = {value}
        else:
            those = {one.id for one in people if value.casefold() in _parts(one.role.casefold())}
        # whoever took their words back is not found by who they are
        return _among(self._person_names, those)[self._people] & ~self._taken_back

    def _searched(self, number: int) -> str:
        if self._taken_back[number]:
            return ""
        quotations = self.snapshot.quotations
        place = self._first[number]
        return f"{quotations.column('text')[place]} {quotations.column('locator')[place]}".casefold()

    def _where(self, comparison: str) -> Fitting:
        condition = Condition.parse(comparison)
        for name in condition.names:
            if not self._ledger.knows(name):
                raise NotFoundError("variable or measure", name, self._ledger.known_names)
        holds = {
            case for case in self.snapshot.cases.column("id") if condition.evaluate(self._lookup(case)).holds is True
        }
        return _among(self._case_names, holds)[self._cases]

    def _lookup(self, case: str) -> Callable[[str], float | str | None]:
        return lambda name: self._ledger.known(case, name)

    def _each(self, fits: Callable[[int], bool]) -> Fitting:
        return np.fromiter((fits(one) for one in range(len(self))), np.bool_, len(self))

    def _beside(self, asked: Beside) -> Fitting:
        mine, other = np.flatnonzero(self.fitting(asked.one)), np.flatnonzero(self.fitting(asked.other))
        starts, ends = self._stretches if asked.within is None else self._neighbourhoods(asked.within)
        reach = 0 if asked.within is None else asked.within
        touched = Line(starts[mine], ends[mine]).touched_by(starts[other] - reach, ends[other] + reach)
        fits = np.zeros(len(self), dtype=np.bool_)
        fits[mine[touched]] = True
        return fits

    def _neighbourhoods(self, within: int) -> tuple[Numbers, Numbers]:
        """The paragraphs of every passage on one line; what has none is near itself only."""
        first, last = self._paragraphs
        room = int(last.max(initial=0)) + within + 2
        counted = first >= 0
        alone = int((self._sources.max(initial=0) + 1) * room) + (within + 2) * np.arange(len(self), dtype=np.int64)
        starts = np.where(counted, self._sources * room + first, alone)
        ends = np.where(counted, self._sources * room + last + 1, alone + 1)
        return starts, ends

    # -- codes beside codes --------------------------------------------------------------------------------------------

    def together(self, codes: Sequence[str]) -> tuple[Mapping[str, int], npt.NDArray[np.int64]]:
        """How often each code overlaps each other.

        Args:
            codes: ids; a code counts for itself, without those under it.

        Returns:
            the number of passages with each code; and a square array, its cell (i, j) the number of passages with the code
            ``i`` that share a character with a passage that has the code ``j``.
        """
        about, numbers, _, code_names, _ = self._coding_columns
        place_of = {code: place for place, code in enumerate(codes)}
        places = np.array([place_of.get(one, -1) for one in code_names], dtype=np.int64)[numbers]
        kept = (places >= 0) & (about >= 0)
        # one row for each passage with each code, however many coders gave it
        pairs = np.unique(about[kept] * max(len(codes), 1) + places[kept])
        passage, code_of = np.divmod(pairs, max(len(codes), 1))
        starts, ends = self._stretches
        line = Line(starts[passage], ends[passage])
        found = np.zeros((len(codes), len(codes)), dtype=np.int64)
        by_code = np.argsort(code_of, kind="stable")
        edges = np.searchsorted(code_of[by_code], np.arange(len(codes) + 1))
        for place in range(len(codes)):
            those = passage[by_code[edges[place] : edges[place + 1]]]
            touched = line.touched_by(starts[those], ends[those])
            found[:, place] = np.bincount(code_of[touched], minlength=len(codes))
        return {code: int(edges[place + 1] - edges[place]) for place, code in enumerate(codes)}, found


def known(value: str, those: Iterable[str], what: str) -> None:
    """NotFoundError when a value is not among those there are."""
    those = list(those)
    if value not in those:
        raise NotFoundError(what, value, those)


def _numbered(table: Table[Any], name: str, first: Iterable[str] = ()) -> tuple[list[str], Numbers]:
    """The values of a field, those of ``first`` before others by the alphabet, and the number of each row's value."""
    column = table.numbered(name)
    names = list(dict.fromkeys((*first, *sorted(column.number_of))))
    return names, _renumbered(column, names)[column.rows]


def _renumbered(column: Numbered, names: Sequence[str]) -> Numbers:
    """For each number of a column the number that its value has among names."""
    number_of = {name: number for number, name in enumerate(names)}
    return np.array([number_of[value] for value in column.number_of], dtype=np.int64)


def _own_or_sources(snapshot: Snapshot, name: str) -> tuple[list[str], Numbers]:
    """A field of every quotation: its own, or else its source's.  All values by the alphabet, and the number of each."""
    own, sources = snapshot.quotations.numbered(name), snapshot.quotations.numbered("source")
    of_source = dict(zip(snapshot.sources.column("id"), snapshot.sources.column(name), strict=True))
    names = sorted({"", *own.number_of, *of_source.values()})
    number_of = {value: number for number, value in enumerate(names)}
    theirs = np.array([number_of[of_source.get(source, "")] for source in sources.number_of], dtype=np.int64)
    mine = _renumbered(own, names)[own.rows]
    # the empty value is the first of all
    return names, np.where(mine > 0, mine, theirs[sources.rows])


def _among(names: Sequence[str], wanted: Collection[str]) -> Fitting:
    """Whether each name is wanted."""
    return np.array([one in wanted for one in names], dtype=np.bool_)


def _parts(role: str) -> set[str]:
    """A role and its parts: who is "Founder, CEO" is found as either."""
    return {role, *(part.strip() for part in role.replace(";", ",").replace("&", ",").split(","))} - {""}
