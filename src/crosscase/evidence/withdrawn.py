"""Words that a person took back: they stay as a mark that something was there, and count for nothing."""

from __future__ import annotations

from crosscase.core import Snapshot, Turn
from crosscase.core.consent import Consent


class TakenBack:
    """Which places of the sources hold words that were taken back: those of a source, or of a turn, of somebody who did."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._turns = snapshot.turns
        # column by column: it is asked for with every search
        people, sources = snapshot.participants.column, snapshot.sources.column
        gone = {text: Consent.read(text).withdrawn for text in {*people("consent"), *sources("consent")}}
        self._people = {id for id, consent in zip(people("id"), people("consent"), strict=True) if gone[consent]}
        each = zip(sources("id"), sources("consent"), sources("participant"), strict=True)
        self._sources = {id for id, consent, who in each if gone[consent] or who in self._people}

    def turn(self, turn: Turn) -> bool:
        """Whether what was said in a turn was taken back; a turn with a speaker of its own is judged by the source and that."""
        return turn.source in self._sources or turn.participant in self._people

    def at(self, source: str, place: int) -> bool:
        """Whether the character at a place (code points) was taken back."""
        if source in self._sources or not self._people:
            return source in self._sources
        return any(
            self._turns[position].start <= place < self._turns[position].end
            for person in self._people
            for position in self._turns.positions("participant").get(person, ())
            if self._turns.column("source")[position] == source
        )


def withdrawn_quotations(snapshot: Snapshot) -> frozenset[str]:
    """The ids of the quotations whose participant or source withdrew consent."""
    people = {one.id for one in snapshot.participants if Consent.read(one.consent).withdrawn}
    sources = {one.id for one in snapshot.sources if Consent.read(one.consent).withdrawn}
    if not people and not sources:
        return frozenset()
    speaker = snapshot.speaker_of_quotation
    pairs = zip(snapshot.quotations.column("id"), snapshot.quotations.column("source"), strict=True)
    return frozenset(id for id, source in pairs if source in sources or speaker[id] in people)
