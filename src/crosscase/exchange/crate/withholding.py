"""Leave out of a study what its people did not agree to see archived.

A source stays as a row that says so (a tombstone): its words, its document, its turns and the words of its quotations go.
Where words of those quotations stand elsewhere in the study (a memo, an example in the codebook), they are struck out
there too.  That finds repeated words, not retold ones: a memo that tells in other words what was said is not recognised.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from crosscase.core import TABLES, Quotation, Snapshot, Source, Table, Turn
from crosscase.core.consent import Consent

__all__ = ["STRUCK", "Withheld", "withhold"]

STRUCK = "[withheld]"
#: Shorter words than this are not looked for elsewhere: "yes" stands everywhere.
SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Withheld:
    """What stays out: the reason by source, and where repeated words were struck out (table, id).

    ``silent`` are the sources with words about whose archiving nothing is on record; they are not left out.
    """

    reasons: Mapping[str, str]
    struck: tuple[tuple[str, str], ...] = ()
    silent: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "sources": dict(self.reasons),
            "struck": [f"{table} {id}" for table, id in self.struck],
            "silent": list(self.silent),
        }


def withhold(snapshot: Snapshot, today: datetime.date) -> tuple[Snapshot, Withheld]:
    """The study without what may not be archived, and what that was.

    A source's own consent and that of all who speak in it must include it; consent that ended before ``today`` has ended.
    """
    reasons: dict[str, str] = {}
    silent: list[str] = []
    speakers = _speakers(snapshot)
    for source in snapshot.sources:
        said, reason = _judged(snapshot, source, speakers.get(source.id, ()), today)
        if reason:
            reasons[source.id] = reason
        elif not said and source.id in snapshot.texts:
            silent.append(source.id)
    if not reasons:
        return snapshot, Withheld({}, (), tuple(silent))
    left, struck = without_sources(snapshot, reasons)
    return left, Withheld(reasons, struck, tuple(silent))


def without_sources(snapshot: Snapshot, reasons: Mapping[str, str]) -> tuple[Snapshot, tuple[tuple[str, str], ...]]:
    """The study without the words of these sources (id -> reason), and the rows in which they stood elsewhere."""
    words = [one.text for one in snapshot.quotations if one.source in reasons]
    # What an import from another program kept aside may hold words of any source.
    head = replace(snapshot.study, extra={key: one for key, one in snapshot.study.extra.items() if key != "refi"})
    left = snapshot.replace(
        study=head,
        sources=Table.of(Source, (_tombstone(one, reasons) for one in snapshot.sources)),
        turns=Table.of(Turn, (one for one in snapshot.turns if one.source not in reasons)),
        quotations=Table.of(Quotation, (_without_words(one, reasons) for one in snapshot.quotations)),
        texts={id: text for id, text in snapshot.texts.items() if id not in reasons},
        originals={id: content for id, content in snapshot.originals.items() if id not in reasons},
    )
    pattern = repeated(words)
    return (left, ()) if pattern is None else struck_out(left, pattern)


def repeated(words: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern that finds these words where they were copied to; ``None`` when all are too short to be looked for.

    White space differs between a transcript and what was copied from it.
    """
    looked_for = {one.strip() for one in words if len(one.strip()) >= SHORTEST}
    patterns = [r"\s+".join(map(re.escape, one.split())) for one in sorted(looked_for, key=len, reverse=True)]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def _speakers(snapshot: Snapshot) -> dict[str, list[str]]:
    """The participants who are heard in each source."""
    heard: dict[str, dict[str, None]] = {}
    pairs = [(one.id, one.participant) for one in snapshot.sources]
    pairs += zip(snapshot.turns.column("source"), snapshot.turns.column("participant"), strict=True)
    pairs += zip(snapshot.quotations.column("source"), snapshot.quotations.column("participant"), strict=True)
    for source, participant in pairs:
        if participant:
            heard.setdefault(source, {})[participant] = None
    return {source: list(ids) for source, ids in heard.items()}


def _judged(snapshot: Snapshot, source: Source, speakers: Iterable[str], today: datetime.date) -> tuple[bool, str]:
    """Whether anything is on record about archiving a source, and why it may not be archived (empty when it may)."""
    consents = [("its consent", Consent.of(source))]
    people = ((id, snapshot.participants.get(id)) for id in speakers)
    consents += [(f"the consent of {id}", Consent.of(person)) for id, person in people if person is not None]
    for whose, consent in consents:
        if consent.allows("archive", today) is False:
            return True, _why(whose, consent)
    return any(consent.stated for _, consent in consents), ""


def _why(whose: str, consent: Consent) -> str:
    if consent.withdrawn:
        return f"{whose} was withdrawn"
    if consent.unknown:
        return f"{whose} ({consent.text}) has words that are not known: {', '.join(consent.unknown)}"
    if consent.allows("archive") is not False:
        return f"{whose} ended on {consent.until}"
    return f"{whose} ({consent.text}) does not include archiving"


def _tombstone(source: Source, reasons: Mapping[str, str]) -> Source:
    reason = reasons.get(source.id)
    if reason is None:
        return source
    kept = {"withheld": reason}
    return replace(source, file="", hash="", pages=(), original="", title="", extra=kept)


def _without_words(quotation: Quotation, reasons: Mapping[str, str]) -> Quotation:
    if quotation.source not in reasons:
        return quotation
    place = "" if quotation.start is None else f", characters {quotation.start} to {quotation.end}"
    locator = quotation.locator or f"source {quotation.source}{place} (withheld)"
    return replace(quotation, start=None, end=None, text="", locator=locator, extra={})


def struck_out(snapshot: Snapshot, pattern: re.Pattern[str]) -> tuple[Snapshot, tuple[tuple[str, str], ...]]:
    """The study without what a pattern finds in any of its text fields, and the rows in which it stood (table, id)."""
    struck: list[tuple[str, str]] = []
    changed: dict[str, Any] = {"study": _clean(snapshot.study, pattern)}
    if changed["study"] != snapshot.study:
        struck.append(("study", ""))
    for name, row in TABLES.items():
        table = snapshot.table(name)
        rows = list(table)
        clean = [_clean(one, pattern) for one in rows]
        hit = [str(getattr(one, "id", "")) for one, other in zip(rows, clean, strict=True) if one != other]
        if hit:
            struck += [(name, id) for id in hit]
            changed[name] = Table.of(row, clean)
    return snapshot.replace(**changed), tuple(struck)


def _clean(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(STRUCK, value)
    if isinstance(value, Mapping):
        return {key: _clean(one, pattern) for key, one in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return type(value)(_clean(one, pattern) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        new = {one.name: _clean(getattr(value, one.name), pattern) for one in fields(value) if one.init}
        return replace(value, **new)
    return value
