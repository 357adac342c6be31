"""What reading a project gave: the study, and an account of everything that was in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crosscase.core import Snapshot
from crosscase.exchange.refi.choosing import Choice

__all__ = ["Account", "Read", "Written"]

#: Positions that could not be used are shown one by one, up to so many.
SHOWN = 50


@dataclass(slots=True)
class Account:
    """Kept while reading: how many of each kind were read, kept aside and dropped, and what a person should know."""

    read: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    merged: Counter[str] = field(default_factory=Counter)
    unplaced: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Read:
    """A project as a study.

    ``counts`` are the things in the file: sources, codes, codings, cases, variables, memos (notes and annotations), links,
    sets.  ``kept`` are the rows of the study.  ``kept_aside`` counts what goes out again on export and is not shown,
    ``dropped`` what is lost, ``merged`` what stood in the file twice.  ``unplaced`` are the selections whose positions
    are outside the text or reversed: their codings are kept with a locator, without words.  ``words`` says of all codings
    how many have words, and how many of those are verified: the selection's name repeats its words, or it begins and ends
    where words do.
    """

    snapshot: Snapshot
    origin: str
    counts: Mapping[str, int]
    kept: Mapping[str, int]
    positions: tuple[Choice, ...]
    kept_aside: Mapping[str, int]
    dropped: Mapping[str, int]
    merged: Mapping[str, int]
    unplaced: tuple[Mapping[str, Any], ...]
    words: Mapping[str, int]
    warnings: tuple[str, ...] = ()
    #: ``own`` when the study came from our side files in the archive, else ``standard``.
    basis: str = "standard"

    def to_dict(self) -> dict[str, Any]:
        return {
            "origin": self.origin,
            "basis": self.basis,
            "counts": dict(self.counts),
            "kept": dict(self.kept),
            "words": dict(self.words),
            "positions": [one.to_dict() for one in self.positions],
            "kept_aside": dict(self.kept_aside),
            "dropped": dict(self.dropped),
            "merged": dict(self.merged),
            "unplaced": [dict(one) for one in self.unplaced[:SHOWN]],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Written:
    """What the standard's part of a written project does not hold; our side files do."""

    counts: Mapping[str, int]
    only_aside: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "only_aside": dict(self.only_aside)}
