"""Suggestions, off until switched on: passages like a selected one, and codes that the study gave to passages like it.

Three ways of finding what is alike: ``words`` (shared words and pieces of words; nothing else is needed), ``meaning`` (the
small sentence model of the extra ``semantic``, on this machine) and ``address`` (a service that the user configured).
A suggestion carries its reason and changes nothing; a person accepts it, one by one.

Words that were taken back are never read.  A source whose consent excludes a model is not read by ``meaning`` or ``address``;
to an ``address`` goes only what consent allows, or, when the user said so, what nothing is on record about.
"""

from __future__ import annotations

import datetime
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from crosscase.core import Quotation
from crosscase.core.consent import Consent, together
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError, PermissionDenied
from crosscase.study import embeddings
from crosscase.study.coding import passage
from crosscase.study.members import MemberWorkspace
from crosscase.study.permissions import Permission, needs
from crosscase.study.workspace import Workspace
from crosscase.text.segments import paragraphs

Way = Literal["", "words", "meaning", "address"]

#: The ways in the words that the audit trail uses; the empty one is off.
WAYS: Mapping[str, str] = {"words": "by shared words", "meaning": "by meaning", "address": "by a service"}

#: The key of study.toml that says which way is on.
KEY = "suggestions"

#: How many coded passages are asked what codes they have, and how many codes, reasons and passages are shown.
NEIGHBOURS, CODES, REASONS, PASSAGES = 25, 5, 3, 6

#: Less alike than this is not alike, by way.
LEAST = {"words": 0.08, "meaning": 0.3, "address": 0.3}

#: More texts than these are read anew only when one in a hundred has changed.
AT_ONCE = 1500

#: So many seconds an asker waits for the texts to be read; then it goes on behind their back.
PATIENCE = 0.4

#: How much more a nearer passage says: with the cube of the likeness the code was right most often on the shipped example.
_NEARER = 3

#: Of a longer passage only the beginning is compared.
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Reason:
    """A coded passage that is like the selected one, with the words that both have."""

    coding: str
    source: str
    start: int
    text: str
    case: str
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuggestedCode:
    """A code with its share of the likeness among the nearest coded passages, and the nearest of them as reasons."""

    code: str
    share: float
    passages: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SimilarPassage:
    """A paragraph that is like the selected passage, with the codes that it has."""

    source: str
    start: int
    end: int
    text: str
    score: float
    shared: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is suggested.  While texts are still being read, ``done`` of ``of`` are, and more may come.

    ``trouble`` says why nothing can be suggested.
    """

    way: Way
    codes: tuple[SuggestedCode, ...] = ()
    passages: tuple[SimilarPassage, ...] = ()
    reading: bool = False
    done: int = 0
    of: int = 0
    trouble: str = ""


class _Row(NamedTuple):
    """A text that can be found: a coded quotation, or a paragraph."""

    text: str
    source: str
    start: int
    end: int
    quotation: str = ""


@dataclass(slots=True)
class _Corpus:
    """Rows that were read, and how to find the nearest of them."""

    rows: Sequence[_Row]
    nearest: Callable[[str], list[tuple[int, float]]]
    shared: Callable[[str, int], tuple[str, ...]]


@dataclass(slots=True)
class _Progress:
    done: int = 0
    of: int = 0
    running: bool = False


@dataclass(slots=True)
class Suggester:
    """The suggestions of one open study.  What was read stays in memory and is written nowhere.

    Somebody who codes blind has one of their own, ``of`` the suggester of all: the coded passages of others would weigh in
    what is alike, and how many there are would be seen.  The paragraphs are everybody's.
    """

    workspace: Workspace
    of: Suggester | None = None
    _held: dict[tuple[str, str], _Corpus] = field(default_factory=dict)
    _known: dict[tuple[str, str], tuple[Any, Any, int, Sequence[_Row]]] = field(default_factory=dict)
    _reading: dict[tuple[str, str], _Progress] = field(default_factory=dict)
    _vectors: dict[tuple[str, str], Any] = field(default_factory=dict)
    _trouble: str = ""
    _asked: embeddings.Address | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def way(self) -> Way:
        """Which way is on; empty for none."""
        way = self.workspace.study.head.extra.get(KEY, "")
        return way if way in WAYS else ""

    def switch(self, who: str, way: str) -> None:
        """Switch suggestions on in one of :data:`WAYS`, or off with the empty text; it stands in the audit trail.

        Raises:
            NotFoundError: there is no such way.
            InputError: no address is configured on this machine.
            MissingExtraError: the sentence model is not installed.
        """
        if self.of is not None:
            self.of.switch(who, way)
            return
        if way and way not in WAYS:
            raise NotFoundError("way of suggesting", way, WAYS)
        if way == "meaning":
            embeddings.sentence_model()
        if way == "address" and self.address is None:
            raise InputError("no address is configured on this machine", mend="write the address and its model first")
        what = f"suggestions {WAYS[way]} switched on" if way else "suggestions switched off"
        with self.workspace.lock:
            with self.workspace.writing(who, what) as change:
                head = self.workspace.study.head
                extra = {name: value for name, value in head.extra.items() if name != KEY}
                change.set_study(replace(head, extra={**extra, KEY: way} if way else extra))
            self._trouble = ""

    @property
    def address(self) -> embeddings.Address | None:
        """The address that this machine has for the study; on a server one of its own, with its own key, or none."""
        found, services = embeddings.remembered(self.workspace.id), self.workspace.services
        if found is None or services is None:
            return found
        service = next((one for one in services if (one.url, one.model) == (found.url, found.model)), None)
        return None if service is None else replace(service, unstated=found.unstated)

    def configure(self, address: embeddings.Address | None) -> None:
        """Keep another address on this machine, or forget it; what came from the old one is forgotten.

        Raises:
            PermissionDenied: it is not one that the server has in its settings.
        """
        services = self.workspace.services
        if address is not None and services is not None:
            if (address.url, address.model) not in {(one.url, one.model) for one in services}:
                raise PermissionDenied(
                    "this server does not ask that service",
                    mend="choose one that the page lists; whoever runs the server adds others to its settings",
                )
            address = replace(address, key="")  # the server's settings say which key
        embeddings.remember(self.workspace.id, address)
        self._forget_address()

    def _forget_address(self) -> None:
        with self._lock:
            self._trouble = ""
            self._vectors = {key: vector for key, vector in self._vectors.items() if key[0] != "address"}
            self._held = {key: corpus for key, corpus in self._held.items() if key[0] != "address"}

    def readable(self, way: str) -> dict[str, bool]:
        """Source -> whether its words may be read in this way, for all that have any."""
        may = self._readers(way)
        return {source: may(source) for source in self.workspace.texts}

    def suggest(self, source: str, start: int, end: int, *, coder: str, blind: bool = False) -> Suggestions:
        """What is suggested to a coder for a passage; a blind one is told of own codings only.

        Raises:
            NotFoundError: no such source.
            InputError: suggestions are switched off, or this is no passage of the source.
        """
        way = self.way
        if not way:
            raise InputError("suggestions are switched off", mend="switch them on at the page Suggestions")
        if (
            self.of is not None and way == "address" and self.address != self._asked
        ):  # it was configured with the other one
            self._asked = self.address
            self._forget_address()
        if way == "address" and self.address is None:
            return Suggestions(way, trouble="There is no service to ask: choose one at the page Suggestions.")
        text, start, end = passage(self.workspace, source, start, end)
        may = cache(self._readers(way))
        if not may(source):
            return Suggestions(
                way, trouble="The consent on record for this source does not allow it to be read in this way."
            )
        try:
            coded, paragraphs_ = (self._corpus(way, kind) for kind in ("coded", "paragraphs"))
            query = text[:LONGEST]
            here = (source, start, end)
            codes = self._codes(coded, query, self._near(coded, query, here, may), here, coder, blind) if coded else ()
            near = self._near(paragraphs_, query, here, may) if paragraphs_ else []
            found = self._similar(paragraphs_, query, near, coder if blind else "") if paragraphs_ else ()
        except CrosscaseError as error:
            return Suggestions(way, trouble=str(error))
        under_way = [one for kind in ("coded", "paragraphs") if (one := self._under_way(way, kind)) is not None]
        done, of = sum(one.done for one in under_way), sum(one.of for one in under_way)
        return Suggestions(way, codes, found, bool(under_way), done, of, self._trouble)

    def prepare(self) -> None:
        """Begin to read what will be asked for, behind the reader's back; nothing is sent to an address for this."""
        if self.way in ("words", "meaning"):
            for kind in ("coded", "paragraphs"):
                self._corpus(self.way, kind, patience=0)

    def _under_way(self, way: str, kind: str) -> _Progress | None:
        if self.of is not None and kind == "paragraphs":
            return self.of._under_way(way, kind)
        with self._lock:
            found = self._reading.get((way, kind))
            return found if found is not None and found.running else None

    # -- what is alike -------------------------------------------------------------------------------------------------

    def _near(
        self, corpus: _Corpus, query: str, here: tuple[str, int, int], may: Callable[[str], bool]
    ) -> list[tuple[int, float]]:
        """The rows that are alike, without the passage itself and what may not be read any more since it was."""
        source, start, end = here
        return [
            (number, score)
            for number, score in corpus.nearest(query)
            if score >= LEAST[self.way]
            and may((row := corpus.rows[number]).source)
            and not (row.source == source and row.start < end and start < row.end)
        ]

    def _codes(
        self, corpus: _Corpus, query: str, near: Sequence[tuple[int, float]], here: tuple[str, int, int], coder: str,
        blind: bool,
    ) -> tuple[SuggestedCode, ...]:  # fmt: skip
        workspace, (source, start, end) = self.workspace, here
        with workspace.lock:
            mine = {
                one.coding.code
                for one in workspace.codings_in(source)
                if one.coding.coder == coder and _overlap(one.quotation, start, end)
            }
            likeness: dict[str, float] = {}
            reasons: dict[str, list[Reason]] = {}
            total = 0.0
            taken = 0
            for number, score in near:
                row = corpus.rows[number]
                if taken >= NEIGHBOURS or not self._stands(row):
                    continue
                codings = [one for one in workspace.codings_about(row.quotation) if not blind or one.coder == coder]
                taken += bool(codings)
                shared = corpus.shared(query, number)
                for coding in {one.code: one for one in codings}.values():
                    total += score**_NEARER
                    likeness[coding.code] = likeness.get(coding.code, 0.0) + score**_NEARER
                    case = workspace.case_of(row.quotation)
                    reasons.setdefault(coding.code, []).append(
                        Reason(coding.id, row.source, row.start, row.text, case, score, shared)
                    )
        ranked = sorted((code for code in likeness if code not in mine), key=lambda code: -likeness[code])[:CODES]
        return tuple(
            SuggestedCode(code, likeness[code] / total, len(reasons[code]), tuple(reasons[code][:REASONS]))
            for code in ranked
        )

    def _similar(
        self, corpus: _Corpus, query: str, near: Sequence[tuple[int, float]], only: str
    ) -> tuple[SimilarPassage, ...]:
        found: list[SimilarPassage] = []
        for number, score in near:
            row = corpus.rows[number]
            if self.workspace.texts.get(row.source, "")[row.start : row.end] != row.text:
                continue  # the source was replaced since it was read
            codes = dict.fromkeys(
                one.coding.code
                for one in self.workspace.codings_in(row.source)
                if _overlap(one.quotation, row.start, row.end) and only in ("", one.coding.coder)
            )
            shared = corpus.shared(query, number)
            found.append(SimilarPassage(row.source, row.start, row.end, row.text, score, shared, tuple(codes)))
            if len(found) == PASSAGES:
                break
        return tuple(found)

    def _stands(self, row: _Row) -> bool:
        """Whether a quotation is as it was read."""
        if not self.workspace.has("quotations", row.quotation):
            return False
        return bool(self.workspace.row("quotations", row.quotation).text == row.text)

    # -- what was read -------------------------------------------------------------------------------------------------

    def _corpus(self, way: str, kind: str, *, patience: float = PATIENCE) -> _Corpus | None:
        """What was read of one kind; older than the study while newer is being read, ``None`` when nothing was yet."""
        if self.of is not None and kind == "paragraphs":
            return self.of._corpus(way, kind, patience=patience)
        rows = self._rows(way, kind)
        held = self._held.get((way, kind))
        if held is not None and (held.rows is rows or not _outdated(held.rows, rows)):
            return held
        progress = self._reading.setdefault((way, kind), _Progress())
        with self._lock:
            if progress.running:
                return held
            progress.running, progress.done, progress.of = True, 0, len(rows)
        reader = threading.Thread(target=self._read, args=(way, kind, rows, progress), daemon=True)
        reader.start()
        reader.join(patience)
        return self._held.get((way, kind))

    def _read(self, way: str, kind: str, rows: Sequence[_Row], progress: _Progress) -> None:
        try:
            made = self._by_words(rows) if way == "words" else self._by_vectors(way, rows, progress)
            with self._lock:
                self._held[way, kind] = made
                self._trouble = ""
        except CrosscaseError as error:
            self._trouble = str(error)
        finally:
            progress.running = False

    def _by_words(self, rows: Sequence[_Row]) -> _Corpus:
        from crosscase.engines.similarity import WordIndex

        index = WordIndex([row.text for row in rows])
        return _Corpus(
            rows, lambda query: list(index.nearest(query, 4 * NEIGHBOURS)), lambda query, row: tuple(index.shared(query, row))
        )  # fmt: skip

    def _by_vectors(self, way: str, rows: Sequence[_Row], progress: _Progress) -> _Corpus:
        """By the vectors of the texts; those that are known already are not asked for again."""
        import numpy as np

        from crosscase.engines.similarity import VectorIndex

        encoder = self._encoder(way)
        missing = list(dict.fromkeys(row.text for row in rows if (way, row.text) not in self._vectors))
        progress.of = len(missing)
        for first in range(0, len(missing), embeddings.BATCH):
            part = missing[first : first + embeddings.BATCH]
            for text, vector in zip(part, encoder(part), strict=True):
                self._vectors[way, text] = vector
            progress.done = first + len(part)

        @lru_cache(maxsize=1)
        def encoded(query: str) -> Any:
            return encoder([query])[0]

        index = VectorIndex(np.array([self._vectors[way, row.text] for row in rows]) if rows else np.zeros((0, 1)))
        return _Corpus(
            rows, lambda query: list(index.nearest(encoded(query), 4 * NEIGHBOURS)), lambda query, row: ()
        )  # fmt: skip

    def _encoder(self, way: str) -> Callable[[Sequence[str]], Any]:
        if way == "meaning":
            return embeddings.sentence_model().encode
        address = self.address
        if address is None:
            raise InputError("no address is configured on this machine", mend="write it at the page Suggestions")
        return address.encode

    def _rows(self, way: str, kind: str) -> Sequence[_Row]:
        """What there is to be read; put together again only when something changed that it comes from."""
        texts, address = self.workspace.texts, self.address if way == "address" else None
        changes = self.workspace.seen if kind == "coded" else 0
        known = self._known.get((way, kind))
        if known is None or known[0] is not texts or known[1:3] != (address, changes):
            rows = tuple(self._coded(way) if kind == "coded" else self._paragraphs(way))
            known = self._known[way, kind] = (texts, address, changes, rows)
        return known[3]

    def _coded(self, way: str) -> Iterator[_Row]:
        """The quotations with words and a coding."""
        may = self.readable(way)
        with self.workspace.lock:
            for one in self.workspace.rows("quotations"):
                if (
                    one.text
                    and one.start is not None
                    and may.get(one.source, False)
                    and self.workspace.codings_about(one.id)
                ):
                    yield _Row(one.text, one.source, one.start, one.end or 0, one.id)

    def _paragraphs(self, way: str) -> Iterator[_Row]:
        """The paragraphs without the speakers' labels."""
        turns = self.workspace.study.snapshot.turns
        for source, allowed in self.readable(way).items():
            if not allowed:
                continue
            text = self.workspace.texts[source]
            begins = sorted(one.start for one in turns.where(source=source))
            for start, end in paragraphs(text):
                at = bisect_right(begins, start)
                said = begins[at] if at < len(begins) and begins[at] < end else start
                if len(text[said:end].split()) > 2:
                    yield _Row(text[said:end], source, said, end)

    def _readers(self, way: str) -> Callable[[str], bool]:
        """Whether the words of a source may be read in this way, by its consent and that of all who speak in it."""
        snapshot, today = self.workspace.study.snapshot, datetime.date.today()
        speakers, turns_of = snapshot.turns.column("participant"), snapshot.turns.positions("source")
        unstated = way != "address" or bool(self.address and self.address.unstated)

        def may(source: str) -> bool:
            about = snapshot.sources.get(source)
            if about is None:
                return way == "words"
            said = [Consent.of(about)]
            for id in {about.participant, *(speakers[turn] for turn in turns_of.get(source, ()))} - {""}:
                person = snapshot.participants.get(id)
                if person is not None:
                    said.append(Consent.of(person))
            if any(one.withdrawn for one in said):
                return False
            allowed = together(said, "model", today)
            return way == "words" or (unstated if allowed is None else allowed)

        return may


def _outdated(read: Sequence[_Row], rows: Sequence[_Row]) -> bool:
    """Whether what was read is to be read anew: after every change, or of many texts when one in a hundred is new."""
    return read != rows if len(rows) <= AT_ONCE else abs(len(rows) - len(read)) > len(rows) / 100


def _overlap(quotation: Quotation, start: int, end: int) -> bool:
    return (quotation.start or 0) < end and start < (quotation.end or 0)


def suggester_of(workspace: Workspace) -> Suggester:
    """The suggester of an open study: one for all who work in it, and one for each who codes blind.

    It is kept with the workspace, so that it goes when that is closed.
    """
    whole = workspace.whole if isinstance(workspace, MemberWorkspace) else workspace
    made: Suggester = whole.__dict__.setdefault("_suggester", Suggester(whole))
    if isinstance(workspace, MemberWorkspace) and workspace.member.blind:
        own: Suggester = workspace.__dict__.setdefault("_suggester", Suggester(workspace, made))
        return own
    return made


@needs(Permission.MANAGE)
def switch(workspace: Workspace, who: str, way: str) -> None:
    """Switch suggestions on or off for all; raises as :meth:`Suggester.switch`."""
    suggester_of(workspace).switch(who, way)


@needs(Permission.MANAGE)
def configure(workspace: Workspace, who: str, address: embeddings.Address | None) -> None:
    """Choose the address for a study; what was switched on goes off when another service would get the words.

    Raises as :meth:`Suggester.configure`.
    """
    suggester = suggester_of(workspace)
    before = suggester.address
    suggester.configure(address)
    after = suggester.address
    elsewhere = workspace.services is not None and after != before
    if suggester.way == "address" and (after is None or elsewhere):
        suggester.switch(who, "")
