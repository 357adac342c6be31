"""Take words out of a study for good: a person withdraws, or a passage must not be read by anybody any more.

What stays is a mark that something was there: the source, the codings and the entries of the audit trail remain, without
words.  The text goes from the sources, the search index, copies of passages in memos and the codebook, the audit trail
and the pages of the database.  This is the one change that cannot be undone.

Copies made before are beyond reach; those beside the study file are named, so that somebody can delete them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from crosscase.core import Memo, PartialDate, Participant, Quotation, Snapshot, Source, Table
from crosscase.core.consent import WITHDRAWN
from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.snapshot import text_hash
from crosscase.exchange.crate.withholding import repeated, struck_out, without_sources
from crosscase.study.permissions import Permission, needs

if TYPE_CHECKING:
    from crosscase.study.places import Place
    from crosscase.study.workspace import Workspace

#: What stands for a redacted character.
BLOCK = "█"

_NOT_A_LINE_END = re.compile(r"[^\r\n]")

Spans = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out.

    ``sources`` lost all of their text, ``passages`` counts the redacted spans, ``quotations`` lost words (ids), ``struck``
    are rows elsewhere that repeated them (table, id), ``trail`` counts the entries of the audit trail that were emptied.
    ``claims`` rest on one of the quotations.  ``copies`` are earlier backups beside the study file, which still hold all.
    """

    sources: tuple[str, ...] = ()
    passages: int = 0
    quotations: tuple[str, ...] = ()
    struck: tuple[tuple[str, str], ...] = ()
    claims: tuple[str, ...] = ()
    trail: int = 0
    copies: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class _Work:
    """A study from which words are being taken."""

    snapshot: Snapshot
    sources: set[str] = field(default_factory=set)
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    quotations: set[str] = field(default_factory=set)
    struck: list[tuple[str, str]] = field(default_factory=list)


def withdraw(place: Place, snapshot: Snapshot, *, participant: str, source: str, reason: str, who: str) -> Removed:
    """Take out everything that a participant said, or a whole source, and note that consent was withdrawn.

    Sources of which the participant is the speaker lose their text; in those with other speakers the participant's turns
    are redacted.

    Raises:
        InputError: not exactly one of the two is named, or there is no reason.
        NotFoundError: there is no such participant or source.
    """
    if bool(participant) == bool(source):
        raise InputError("name a participant or a source", mend="one of the two, not both")
    _refuse_no_reason(reason, "a withdrawal")
    work = _Work(snapshot)
    if source:
        _refuse_unknown("source", source, snapshot.sources)
        whole = {source: f"withdrawn: {reason}"}
        what = f"source {source}"
    else:
        _refuse_unknown("participant", participant, snapshot.participants)
        own = [one.id for one in snapshot.sources if one.participant == participant]
        whole = dict.fromkeys(own, f"{participant} withdrew: {reason}")
        what = f"participant {participant}"
        people = (replace(one, consent=WITHDRAWN) if one.id == participant else one for one in snapshot.participants)
        work.snapshot = snapshot.replace(participants=Table.of(Participant, people))
    _take_sources(work, whole)
    if participant:
        _redact(work, _spoken(work.snapshot, participant))
    return _keep(place, snapshot, work, who, f"withdrawal of {what}: {reason}")


def redact(
    place: Place, snapshot: Snapshot, source: str, spans: Sequence[tuple[int, int]], *, reason: str, who: str
) -> Removed:
    """Put blocks over passages of a source, given in code points, end exclusive; all other positions stay as they were.

    Raises:
        InputError: there is no reason, no text, or a span lies outside of it.
        NotFoundError: there is no such source.
    """
    _refuse_no_reason(reason, "a redaction")
    _refuse_unknown("source", source, snapshot.sources)
    text = snapshot.texts.get(source)
    if text is None:
        raise InputError("this source has no text", where=source)
    for start, end in spans:
        if not 0 <= start < end <= len(text):
            raise InputError(f"{start} to {end} is no passage of it", where=f"{source}, {len(text)} characters")
    if not spans:
        raise InputError("there is nothing to redact", where=source, mend="name a passage")
    work = _Work(snapshot)
    _redact(work, {source: list(spans)})
    where = ", ".join(f"{start}–{end}" for start, end in spans)
    today = datetime.date.today()
    memos = work.snapshot.memos
    number = 1 + sum(one.startswith("redaction-") for one in memos.column("id"))
    memo = Memo(
        f"redaction-{number}", "sources", source, PartialDate(today.year, today.month, today.day), who,
        "Redacted", f"Characters {where}: {reason}",
    )  # fmt: skip
    work.snapshot = work.snapshot.replace(memos=Table.of(Memo, [*memos, memo]))
    return _keep(place, snapshot, work, who, f"redaction in {source}: {reason}")


@needs(Permission.MANAGE)
def withdraw_here(workspace: Workspace, who: str, *, participant: str = "", source: str = "", reason: str) -> Removed:
    """:func:`withdraw` in a study that is open for work; the same errors."""
    with workspace.lock:
        workspace.catch_up()
        place, base = workspace.study.place, workspace.snapshot
        removed = withdraw(place, base, participant=participant, source=source, reason=reason, who=who)
        workspace.catch_up()
        return removed


@needs(Permission.MANAGE)
def redact_here(
    workspace: Workspace, who: str, source: str, spans: Sequence[tuple[int, int]], *, reason: str
) -> Removed:
    """:func:`redact` in a study that is open for work; the same errors."""
    with workspace.lock:
        workspace.catch_up()
        removed = redact(workspace.study.place, workspace.snapshot, source, spans, reason=reason, who=who)
        workspace.catch_up()
        return removed


def find_passages(text: str, words: str) -> list[tuple[int, int]]:
    """Where words stand in a text, in any case and white space.

    >>> find_passages("Zhang Wei said so. zhang  wei again.", "Zhang Wei")
    [(0, 9), (19, 29)]
    """
    parts = words.split()
    if not parts:
        return []
    return [one.span() for one in re.finditer(r"\s+".join(map(re.escape, parts)), text, re.IGNORECASE)]


def _take_sources(work: _Work, whole: Mapping[str, str]) -> None:
    snapshot = work.snapshot
    work.sources.update(whole)
    taken = [one for one in snapshot.quotations if one.source in whole]
    work.quotations.update(one.id for one in taken)
    work.words += [one.text for one in taken]
    left, struck = without_sources(snapshot, whole) if whole else (snapshot, ())
    rows = (replace(one, consent=WITHDRAWN) if one.id in whole else one for one in left.sources)
    work.snapshot = left.replace(sources=Table.of(Source, rows))
    work.struck += struck


def _redact(work: _Work, spans: Spans) -> None:
    """Blocks over the spans, in the texts and in the quotations that overlap them; the documents themselves go."""
    spans = {source: some for source, some in spans.items() if some}
    if not spans:
        return
    snapshot, texts = work.snapshot, dict(work.snapshot.texts)
    for source, some in spans.items():
        for start, end in some:
            text = texts[source]
            work.words.append(text[start:end])
            texts[source] = text[:start] + _NOT_A_LINE_END.sub(BLOCK, text[start:end]) + text[end:]
        work.spans.setdefault(source, []).extend(some)

    def covered(one: Quotation) -> Quotation:
        if one.start is None or one.end is None or not _overlaps(one.start, one.end, spans.get(one.source, ())):
            return one
        work.quotations.add(one.id)
        return replace(one, text=texts[one.source][one.start : one.end])

    def hashed(one: Source) -> Source:
        if one.id not in spans:
            return one
        # the document shows what the text no longer does
        return replace(one, hash=text_hash(texts[one.id]) if one.hash else "", original="")

    left = snapshot.replace(
        texts=texts,
        quotations=Table.of(Quotation, [covered(one) for one in snapshot.quotations]),
        sources=Table.of(Source, [hashed(one) for one in snapshot.sources]),
        originals={id: data for id, data in snapshot.originals.items() if id not in spans},
    )
    pattern = repeated(work.words)
    if pattern is not None:
        left, struck = struck_out(left, pattern)
        work.struck += [pair for pair in struck if pair[0] != "quotations" or pair[1] not in work.quotations]
    work.snapshot = left


def _spoken(snapshot: Snapshot, participant: str) -> dict[str, list[tuple[int, int]]]:
    """The turns of a participant, and quotations marked as theirs, in the texts that are left."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for turn in snapshot.turns:
        if turn.participant == participant and turn.source in snapshot.texts:
            spans.setdefault(turn.source, []).append((turn.start, turn.end))
    for one in snapshot.quotations:
        if one.participant == participant and one.source in snapshot.texts and None not in (one.start, one.end):
            assert one.start is not None
            assert one.end is not None
            spans.setdefault(one.source, []).append((one.start, one.end))
    return spans


def _overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in spans)


def _keep(place: Place, base: Snapshot, work: _Work, who: str, what: str) -> Removed:
    pattern = repeated(work.words)

    def holds(of: str, row: str, record: Any) -> bool:
        return _holds(work, pattern, of, row, record)

    trail, copies = place.erase(work.snapshot, base, holds, who=who, what=what)
    return Removed(
        tuple(sorted(work.sources)),
        sum(map(len, work.spans.values())),
        tuple(sorted(work.quotations)),
        tuple(dict.fromkeys(work.struck)),
        _claims(base, work.quotations),
        trail,
        tuple(copies),
    )


def _holds(work: _Work, pattern: re.Pattern[str] | None, of: str, row: str, record: Any) -> bool:
    """Whether what an entry of the trail keeps shows words that were taken out."""
    if of in ("texts", "originals"):
        gone = row in work.sources or row in work.spans
        return gone and isinstance(record, dict) and bool({"text", "base64"} & set(record))
    if of == "studies":
        return isinstance(record, dict) and "refi" in (record.get("extra") or {})
    if of == "quotations":
        return row in work.quotations or any(_is_taken(work, one) for one in _records(record))
    return pattern is not None and any(pattern.search(text) for text in _strings(record))


def _is_taken(work: _Work, record: Mapping[str, Any]) -> bool:
    """Whether a quotation as the trail has it, which may be deleted by now, is one of those that lost words."""
    source, start, end = record.get("source"), record.get("start"), record.get("end")
    if record.get("id") in work.quotations or source in work.sources:
        return True
    return start is not None and end is not None and _overlaps(start, end, work.spans.get(source or "", ()))


def _records(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    return [text for one in value for text in _strings(one)] if isinstance(value, list) else []


def _claims(snapshot: Snapshot, quotations: set[str]) -> tuple[str, ...]:
    """The claims that name a coding of one of these quotations as evidence."""
    codings = {one.id for one in snapshot.codings if one.quotation in quotations}
    return tuple(dict.fromkeys(one.claim for one in snapshot.stances if one.coding in codings))


def _refuse_no_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise InputError(f"{what} is noted with its reason", mend="say why, in words that give nothing away")


def _refuse_unknown(kind: str, id: str, table: Table[Any]) -> None:
    if id not in table:
        raise NotFoundError(kind, id, table.column("id"))
