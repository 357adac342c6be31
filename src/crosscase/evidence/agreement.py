"""The codings of a study as the units on which coders can agree or disagree."""

from __future__ import annotations

from collections.abc import Sequence

from crosscase.core import Snapshot
from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.agreement import Place, Span, UnitCodings
from crosscase.text.segments import sentences

UNITS = ("turn", "sentence", "character")


def unit_codings(
    snapshot: Snapshot, unit: str = "turn", coders: Sequence[str] = (), sources: Sequence[str] = ()
) -> UnitCodings:
    """What each coder gave to each unit of the sources that were coded by at least two of them.

    Args:
        snapshot: the study.
        unit: ``turn``, ``sentence`` or ``character``.
        coders: the coders to compare; all who coded when empty.
        sources: the sources to compare on, also such where one of them coded nothing; when empty, those in which at
            least two of the coders coded something.

    Raises:
        NotFoundError: there is no such unit, coder or source.
        InputError: no source was coded twice.
    """
    if unit not in UNITS:
        raise NotFoundError("unit of agreement", unit, UNITS)
    spans, lengths, wanted = free_spans(snapshot, coders, sources)
    compared = list(lengths)
    places = (
        None if unit == "character" else [place for source in compared for place in _places(snapshot, source, unit)]
    )
    return UnitCodings.from_spans(spans, lengths, coders=wanted, units=places, unit=unit)


def free_spans(
    snapshot: Snapshot, coders: Sequence[str] = (), sources: Sequence[str] = ()
) -> tuple[list[Span], dict[str, int], tuple[str, ...]]:
    """The codings as spans of the sources compared, the lengths of these, and the coders; as :func:`unit_codings`."""
    known = dict.fromkeys(coder for coder in snapshot.codings.column("coder") if coder)
    for coder in coders:
        if coder not in known:
            raise NotFoundError("coder", coder, known)
    for source in sources:
        snapshot.sources[source]
    wanted = tuple(coders) or tuple(known)
    spans = _spans(snapshot, set(wanted))
    by_source: dict[str, set[str]] = {}
    for span in spans:
        by_source.setdefault(span.source, set()).add(span.coder)
    compared = list(sources) or [source for source in snapshot.texts if len(by_source.get(source, ())) > 1]
    if not compared or len(wanted) < 2:
        raise InputError(
            "no source was coded by two coders", mend="let a second coder code a source, or name sources and coders"
        )
    lengths = {source: len(snapshot.texts[source]) for source in compared}
    return [span for span in spans if span.source in lengths], lengths, wanted


def _spans(snapshot: Snapshot, coders: set[str]) -> list[Span]:
    spans = []
    codings = snapshot.codings
    for quotation, code, coder in zip(
        codings.column("quotation"), codings.column("code"), codings.column("coder"), strict=True
    ):
        place = snapshot.quotations.get(quotation) if coder in coders else None
        if place is not None and place.start is not None and place.end is not None and place.source in snapshot.texts:
            spans.append(Span(coder, place.source, place.start, place.end, code))
    return spans


def _places(snapshot: Snapshot, source: str, unit: str) -> list[Place]:
    """The turns of a source, or its sentences; a source without turns is taken as one."""
    if unit == "turn":
        turns = [
            Place(source, turn.start, turn.end) for turn in snapshot.turns.where(source=source) if turn.end > turn.start
        ]
        return turns or [Place(source, 0, len(snapshot.texts[source]))]
    return [Place(source, one.start, one.end) for one in sentences(snapshot.texts[source])]
