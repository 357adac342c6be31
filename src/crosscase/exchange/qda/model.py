"""What reading a database gave, and how a coding is held against the stored text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from crosscase.core import Snapshot

__all__ = ["Account", "Fate", "Place", "Placed", "Read", "same_words", "settle"]

Fate = Literal["verified", "moved", "unplaced"]

#: Codings that could not be placed are shown one by one, up to so many.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Place:
    """How the positions in one source were read: the convention's name, and how many selections it puts on their words."""

    source: str
    convention: str
    selections: int
    agreeing: int
    alternatives: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "convention": {"name": self.convention},
            "score": self.agreeing / self.selections if self.selections else 1.0,
            "selections": self.selections,
            "agreeing": self.agreeing,
            "alternatives": dict(self.alternatives),
        }


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a selection stands in the text (code points, end exclusive), or ``None`` twice; and how that is known.

    ``verified``: the words at the stored position are the stored words.  ``moved``: they are not, but the stored words
    stand in the text exactly once, and there it is.  ``unplaced``: neither.
    """

    fate: Fate
    start: int | None = None
    end: int | None = None


@dataclass(slots=True)
class Account:
    """Kept while reading."""

    read: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    codings: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)
    unplaced: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Read:
    """A database as a study, with an account in the form of :class:`crosscase.exchange.refi.Read`.

    ``codings`` counts those ``read``, ``verified``, ``moved`` and ``unplaced``; unplaced ones are kept with a locator and
    without words.  ``counts`` are the things in the file, ``dropped`` those that have no place in a study.
    """

    snapshot: Snapshot
    origin: str
    account: Account

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.account.read)

    @property
    def codings(self) -> dict[str, int]:
        tally = self.account.codings
        return {"read": tally.total(), **{name: tally[name] for name in ("verified", "moved", "unplaced")}}

    @property
    def warnings(self) -> tuple[str, ...]:
        told = []
        if moved := self.codings["moved"]:
            verb = "coding was" if moved == 1 else "codings were"
            told.append(f"{moved} {verb} not at the place given; the words stand elsewhere once, and there it is")
        if unplaced := self.codings["unplaced"]:
            verb = "coding is" if unplaced == 1 else "codings are"
            told.append(f"{unplaced} {verb} not on the words that were marked; kept with a locator, without words")
        return tuple(told)

    def to_dict(self) -> dict[str, Any]:
        rows = {name: count for name, count in self.snapshot.counts().items() if count}
        return {
            "origin": self.origin,
            "counts": self.counts,
            "kept": rows,
            "codings": self.codings,
            "positions": [one.to_dict() for one in self.account.places],
            "kept_aside": {},
            "dropped": dict(self.account.dropped),
            "merged": {},
            "unplaced": self.account.unplaced[:SHOWN],
            "warnings": list(self.warnings),
        }


def same_words(one: str, other: str) -> bool:
    """Whether two texts have the same words, whatever white space is between and around them."""
    return bool(one.split()) and one.split() == other.split()


def settle(
    source: str,
    text: str,
    stored: Sequence[tuple[int, int, str]],
    conventions: Mapping[str, Callable[[int, int], tuple[int, int] | None]],
) -> tuple[list[Placed], Place]:
    """Place the selections of one source: start, end and words of each as they are stored.

    ``conventions`` turn stored positions into code points of ``text`` (``None``: outside it, or reversed).  The one that
    puts most selections on their words is taken, the first among equals.
    """
    spans = {name: [to_span(start, end) for start, end, _ in stored] for name, to_span in conventions.items()}
    agreeing = {
        name: [
            span is not None and same_words(text[slice(*span)], words)
            for span, (_, _, words) in zip(given, stored, strict=True)
        ]
        for name, given in spans.items()
    }
    best = max(agreeing, key=lambda name: sum(agreeing[name]))
    placed: list[Placed] = []
    for span, agrees, (_, _, words) in zip(spans[best], agreeing[best], stored, strict=True):
        if agrees and span is not None:
            placed.append(Placed("verified", *span))
        else:
            start = text.find(words) if words.strip() else -1
            alone = start >= 0 and text.find(words, start + 1) < 0
            placed.append(Placed("moved", start, start + len(words)) if alone else Placed("unplaced"))
    others = {name: sum(one) for name, one in agreeing.items() if name != best}
    return placed, Place(source, best, len(stored), sum(agreeing[best]), others)
