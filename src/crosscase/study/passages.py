"""Evidence as a reader meets it: the passage, who said it, where it stands, and how it was coded."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from crosscase.core import Coding, Quotation, Snapshot, Turn
from crosscase.evidence.withdrawn import TakenBack

#: What stands in the place of words that were taken back.
WITHDRAWN = "withdrawn: the words were taken back"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a source, or a locator where the text may not be shown.

    ``start`` is a code point of the source, ``None`` for a locator; ``quotation`` and ``codings`` are empty for an answer
    that nobody coded.
    """

    text: str
    locator: str
    source: str
    source_title: str
    kind: str
    start: int | None
    case: str
    speaker: str
    quotation: str = ""
    codings: tuple[Coding, ...] = ()


def passages(snapshot: Snapshot, codings: Iterable[Coding]) -> list[Passage]:
    """The passages of codings, in the order of the sources and their text; codings of the same words stand together.

    Raises:
        NotFoundError: a coding is about a quotation that is not there.
    """
    together: dict[tuple[object, ...], list[Coding]] = {}
    for coding in codings:
        quotation = snapshot.quotations[coding.quotation]
        # two coders who mark the same words make two quotations; without words only the quotation itself is the same
        place = (quotation.source, quotation.start, quotation.end) if quotation.start is not None else (quotation.id,)
        together.setdefault(place, []).append(coding)
    found = [quotation_passage(snapshot, snapshot.quotations[those[0].quotation], those) for those in together.values()]
    return sorted(found, key=lambda one: (snapshot.sources.position(one.source) or 0, one.start or 0, one.quotation))


def quotation_passage(snapshot: Snapshot, quotation: Quotation, codings: Iterable[Coding] = ()) -> Passage:
    """One quotation with some of its codings."""
    source = snapshot.sources.get(quotation.source)
    return Passage(
        quotation.text,
        quotation.locator,
        quotation.source,
        (source.title or source.id) if source else "",
        source.kind if source else "",
        quotation.start,
        snapshot.case_of_quotation.get(quotation.id, ""),
        speaker(snapshot, snapshot.speaker_of_quotation.get(quotation.id, quotation.participant)),
        quotation.id,
        tuple(codings),
    )


def turn_passage(snapshot: Snapshot, turn: Turn) -> Passage:
    """What was said in one turn; a tombstone when who spoke, or the source, took the words back."""
    source = snapshot.sources[turn.source]
    if TakenBack(snapshot).turn(turn):
        return Passage("", WITHDRAWN, source.id, source.title or source.id, source.kind, None, source.case, "")
    text = snapshot.texts.get(turn.source, "")[turn.start : turn.end]
    who = speaker(snapshot, turn.participant) or turn.speaker
    return Passage(text, "", source.id, source.title or source.id, source.kind, turn.start, source.case, who)


def speaker(snapshot: Snapshot, participant: str) -> str:
    """A person under the pseudonym, with the role where it is on record."""
    person = snapshot.participants.get(participant) if participant else None
    return f"{participant}, {person.role}" if person is not None and person.role else participant


def coded_passage(snapshot: Snapshot, coding: str) -> Passage | None:
    """The passage of one coding; ``None`` when it is no longer there."""
    one = snapshot.codings.get(coding)
    quotation = snapshot.quotations.get(one.quotation) if one is not None else None
    return quotation_passage(snapshot, quotation, [one]) if one is not None and quotation is not None else None


def without_withdrawn(those: Iterable[Passage], withdrawn: Container[str]) -> tuple[Passage, ...]:
    """The passages with a tombstone in place of words that were taken back; ``withdrawn`` are ids of quotations."""
    return tuple(
        replace(one, text="", locator=WITHDRAWN, start=None) if one.quotation in withdrawn else one for one in those
    )
