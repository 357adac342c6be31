"""Speakers' turns in texts that came with a project of another program, found as in transcripts that are imported alone.

The words are not touched, and neither are turns that the project brought itself, as the points in time of a transcript.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from crosscase.core import Snapshot, Source, Table, Turn
from crosscase.exchange.sources import kind_of
from crosscase.text.turns import recognise_turns

__all__ = ["Heard", "hear"]


@dataclass(frozen=True, slots=True)
class Heard:
    """The study with turns, and of each source in which some were found what they are, in a line."""

    snapshot: Snapshot
    summaries: dict[str, str]


def hear(snapshot: Snapshot, interviewers: Collection[str] = ()) -> Heard:
    """Find the turns of the sources that have a text and no turns; a source with turns and no kind gets one."""
    people = list(snapshot.participants.column("id"))
    have = set(snapshot.turns.column("source"))
    turns: list[Turn] = []
    summaries: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for source in snapshot.sources:
        if source.id in have or source.id not in snapshot.texts:
            continue
        found = recognise_turns(
            snapshot.texts[source.id],
            source=source.id,
            guide=snapshot.study.guide,
            interviewers=interviewers,
            participants=people,
        )
        if found.turns:
            turns += found.turns
            summaries[source.id] = found.summary()
            kinds[source.id] = kind_of(found)
    if not turns:
        return Heard(snapshot, {})
    sources = [replace(one, kind=one.kind or kinds.get(one.id, "")) for one in snapshot.sources]
    changed = snapshot.replace(sources=Table.of(Source, sources), turns=snapshot.turns.with_rows(turns))
    return Heard(changed, summaries)
