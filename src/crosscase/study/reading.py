"""A source laid out for reading: turns, numbered paragraphs, and the runs of text that a page shows.

A run is a piece of a paragraph that is shown as one: a speaker's label, what was said, or between two ends of codings.
Joined with the white space between paragraphs the runs are the source's text, so a place on the page is a place in the
text.  Positions are code points, end exclusive.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from crosscase.core import Source, Turn
from crosscase.study.coding import text_of
from crosscase.study.workspace import Placed, Workspace
from crosscase.text.segments import paragraphs


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text.  ``label`` marks a speaker's name; ``codings`` are those that cover the whole run."""

    start: int
    text: str
    label: bool = False
    codings: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A numbered paragraph."""

    number: int
    start: int
    end: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """The paragraphs of one turn, or those between turns, which have no ``turn``."""

    turn: Turn | None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A source as it is read: all of it, or of a very long one a part.

    ``parts`` are where each part begins and ends, ``part`` is the place among them of what is laid out.
    """

    source: Source
    passages: tuple[Passage, ...]
    length: int
    words: int
    parts: tuple[tuple[int, int], ...]
    part: int


#: A part of a long source has at most about so many characters and paragraphs: a book is one part, an archive several.
LONGEST, MOST = 400_000, 6_000


def read(workspace: Workspace, source: str, *, codings: Sequence[Placed] = (), at: int = 0) -> Reading:
    """Lay a source out, of a very long one the part that holds the code point ``at``.

    With ``codings`` the runs are cut at their ends; without, a paragraph is one run after its label.

    Raises:
        NotFoundError: no such source.
    """
    about = workspace.study.sources[source]
    text = text_of(workspace, source)
    turns = sorted(workspace.study.snapshot.turns.where(source=source), key=lambda turn: turn.start)
    laid_out, words = _laid_out(text)
    parts = _parts(laid_out, len(text))
    part = max(0, bisect_right([first for first, _ in parts], at) - 1)
    begin, stop = parts[part]
    codings = [one for one in codings if (one.quotation.start or 0) < stop and begin < (one.quotation.end or 0)]
    cuts = sorted({place for one in codings for place in (one.quotation.start or 0, one.quotation.end or 0)})
    passages: list[tuple[Turn | None, list[Paragraph]]] = []
    first = bisect_left(laid_out, (begin, begin))
    near = 0
    for number in range(first, bisect_left(laid_out, (stop, stop))):
        start, end = laid_out[number]
        while near < len(turns) and turns[near].end <= start:
            near += 1
        turn = turns[near] if near < len(turns) and turns[near].start < end else None
        label = turn.start if turn is not None and start < turn.start else start
        runs = tuple(_runs(text, start, label, end, cuts, codings))
        if not passages or passages[-1][0] is not turn:
            passages.append((turn, []))
        passages[-1][1].append(Paragraph(number + 1, start, end, runs))
    laid = tuple(Passage(turn, tuple(some)) for turn, some in passages)
    return Reading(about, laid, len(text), words, parts, part)


@lru_cache(maxsize=64)
def _laid_out(text: str) -> tuple[tuple[tuple[int, int], ...], int]:
    """The paragraphs of a text and how many words it has."""
    return tuple((start, end) for start, end in paragraphs(text)), len(text.split())


def _parts(laid_out: Sequence[tuple[int, int]], length: int) -> tuple[tuple[int, int], ...]:
    """Where a text is cut for reading: before paragraphs, in parts of about the same size."""
    number = max(1, -(-length // LONGEST), -(-len(laid_out) // MOST))
    step = -(-len(laid_out) // number)
    begins = [0, *(laid_out[at][0] for at in range(step, len(laid_out), step))] if step else [0]
    return tuple(pairwise([*begins, length]))


def _runs(text: str, start: int, label: int, end: int, cuts: Sequence[int], codings: Iterable[Placed]) -> Iterable[Run]:
    inner = cuts[bisect_right(cuts, start) : bisect_right(cuts, end - 1)]
    edges = sorted({start, label, *inner, end})
    here = [one for one in codings if (one.quotation.start or 0) < end and start < (one.quotation.end or 0)] if inner or codings else []  # fmt: skip
    for first, last in pairwise(edges):
        cover = tuple(one for one in here if (one.quotation.start or 0) <= first and last <= (one.quotation.end or 0))
        yield Run(first, text[first:last], last <= label, cover)
