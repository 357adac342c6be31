"""In which units a program counted the positions of its selections.

The standard says Unicode code points.  Programs also count UTF-16 units (a character beyond the basic plane is two), take
a line end for one position where the file has two characters or the other way round, and may count the byte-order mark.
So every convention is tried on every source: a person selects words, so the right one lets selections begin and end where
words do, and where a selection's name repeats its words they agree.  What is not clear is not guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from crosscase.core.errors import InputError, NotFoundError

__all__ = ["CONVENTIONS", "STANDARD", "Choice", "Convention", "Selection", "Selections", "choose", "convention"]

Units = Literal["code-points", "utf-16"]
LineEnds = Literal["as-stored", "one", "two"]

#: Points of one end of a selection: at the edge of a word, between words, inside a word.
EDGE, BETWEEN, INSIDE = 2, 1, 0
#: Points when the selection's name repeats its words.
NAMED = 4
#: A choice is clear when it is ahead by so many points, and by so many for each selection that the two place differently.
AHEAD, AHEAD_EACH = 2, 0.8
#: By the selections of the whole project a choice is clear when it is ahead by so many points.
AHEAD_IN_PROJECT = 4
#: Below this share of the possible points no convention is believed, when there are at least so many selections.
BELIEVABLE, ENOUGH = 0.35, 5
#: So many selections of a source are scored, spread evenly.
SAMPLE = 400

# Scripts that are written without spaces: any place may be the edge of a word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]"
)
_LINE_END = re.compile("\r\n|\n|\r")
_CUT = re.compile(r"\s*(?:…|\.\.\.)\s*$")


@dataclass(frozen=True, slots=True)
class Convention:
    """How positions are counted.  ``mark`` says whether the byte-order mark is a position."""

    units: Units = "code-points"
    line_ends: LineEnds = "as-stored"
    mark: bool = False

    @property
    def name(self) -> str:
        """As it is given on the command line.

        >>> Convention("utf-16", "one").name
        'utf-16/one'
        """
        parts = [
            self.units,
            *([] if self.line_ends == "as-stored" else [self.line_ends]),
            *(["mark"] if self.mark else []),
        ]
        return "/".join(parts)

    def describe(self, text: str) -> dict[str, Any]:
        """What it means for one text: the width of a line end is 1, 2 or ``mixed``."""
        width: int | str = {"one": 1, "two": 2}.get(self.line_ends, 0)
        if not width:
            ends = {len(found) for found in set(_LINE_END.findall(text))} or {1}
            width = ends.pop() if len(ends) == 1 else "mixed"
        return {"name": self.name, "units": self.units, "line_end": width, "mark_counted": self.mark}


STANDARD = Convention()

#: All conventions; among those that place the selections alike, the first is named.
CONVENTIONS: tuple[Convention, ...] = tuple(
    Convention(units, ends, mark)
    for mark in (False, True)
    for ends in ("as-stored", "one", "two")
    for units in ("code-points", "utf-16")
)


def convention(name: str) -> Convention:
    """The convention with a name; NotFoundError lists the names."""
    for one in CONVENTIONS:
        if one.name == name:
            return one
    raise NotFoundError("way of counting positions", name, [one.name for one in CONVENTIONS])


class Selection(NamedTuple):
    """The positions of a selection as they are written, and its name."""

    start: int
    end: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Selections:
    """A source's text and the selections in it.  ``mark`` says whether its file began with a byte-order mark."""

    source: str
    text: str
    selections: Sequence[Selection]
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The convention of one source.

    ``score`` is the share of the possible points, 0 to 1.  ``basis`` says what decided: ``own`` selections, the selections
    of the whole ``project``, ``alike`` (all conventions say the same), or ``named`` by the caller.  ``named`` counts
    the selections whose name repeats their words, ``edges`` those that begin and end at the edge of a word, ``verified``
    those with either.
    """

    source: str
    convention: Convention
    score: float
    selections: int
    basis: str
    named: int = 0
    edges: int = 0
    verified: int = 0
    described: Mapping[str, Any] = field(default_factory=dict)
    #: Of each selection, whether it is verified.
    each: tuple[bool, ...] = ()
    alternatives: tuple[tuple[Convention, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "convention": dict(self.described),
            "score": round(self.score, 4),
            "selections": self.selections,
            "decided_by": self.basis,
            "name_repeats_the_words": self.named,
            "at_word_edges": self.edges,
            "verified": self.verified,
            "alternatives": [{"convention": one.name, "score": round(score, 4)} for one, score in self.alternatives],
        }


class Ruler:
    """Turns positions of one convention into code points of one text."""

    __slots__ = ("_at", "_length", "_mark", "_unit", "_width")

    def __init__(self, text: str, convention: Convention) -> None:
        self._length = len(text)
        self._mark = 1 if convention.mark else 0
        special: list[tuple[int, int]] = []
        if convention.units == "utf-16" and text and max(text) > "\uffff":
            special = [(found.start(), 2) for found in re.finditer("[\U00010000-\U0010ffff]", text)]
        if convention.line_ends == "one":
            special += [(found.start() + 1, 0) for found in re.finditer("\r\n", text)]
        elif convention.line_ends == "two":
            special += [(found.start(), 2) for found in re.finditer("(?<!\r)\n|\r(?!\n)", text)]
        special.sort()
        self._at: list[int] = []
        self._unit: list[int] = []
        self._width: list[int] = []
        shift = 0
        for place, width in special:
            self._at.append(place)
            self._unit.append(place + shift)
            self._width.append(width)
            shift += width - 1

    def code_point(self, position: int) -> int | None:
        """The code point at a position, or ``None`` when it is outside the text or inside a character."""
        unit = max(0, position - self._mark) if position >= 0 else -1
        place = bisect_right(self._unit, unit) - 1
        if place < 0:
            point = unit
        else:
            into = unit - self._unit[place]
            if into == 0 and self._width[place] == 2:
                point = self._at[place]
            elif into < self._width[place]:
                return None
            else:
                point = self._at[place] + 1 + into - self._width[place]
        return point if 0 <= point <= self._length else None

    def span(self, selection: Selection) -> tuple[int, int] | None:
        """The span in code points, or ``None`` when it is reversed or not in the text."""
        start, end = self.code_point(selection.start), self.code_point(selection.end)
        return None if start is None or end is None or end < start else (start, end)


Span = tuple[int, int] | None


@dataclass(slots=True)
class _Group:
    """The conventions that place the selections of one source alike, and their points."""

    conventions: list[Convention]
    spans: list[Span]
    points: int = 0


def choose(sources: Iterable[Selections], named: Convention | None = None) -> dict[str, Choice]:
    """The convention of every source.

    Raises:
        InputError: it is not clear for some source; lists the alternatives with their scores.
    """
    sources = [source for source in sources if source.selections]
    if named is not None:
        return {source.source: _choice(source, [named], _group(source, [named]), "named") for source in sources}
    groups = {source.source: _group(source, _possible(source)) for source in sources}
    pooled: dict[Convention, int] = dict.fromkeys(CONVENTIONS, 0)
    for source in sources:
        of = {one: group.points for group in groups[source.source] for one in group.conventions}
        for one in CONVENTIONS:  # a convention that cannot be told apart here counts as the one it equals
            pooled[one] += of.get(one, of.get(Convention(one.units, one.line_ends), of[STANDARD]))
    return {source.source: _decide(source, groups[source.source], pooled) for source in sources}


def _possible(source: Selections) -> list[Convention]:
    return [one for one in CONVENTIONS if source.mark or not one.mark]


def _group(source: Selections, conventions: Iterable[Convention]) -> list[_Group]:
    """The conventions by where they place the selections, best first."""
    step = max(1, len(source.selections) // SAMPLE)
    sample = source.selections[::step]
    by_spans: dict[tuple[Span, ...], _Group] = {}
    for one in conventions:
        ruler = Ruler(source.text, one)
        spans = [ruler.span(selection) for selection in sample]
        by_spans.setdefault(tuple(spans), _Group([], spans)).conventions.append(one)
    groups = list(by_spans.values())
    edges = _Edges(source.text)
    for group in groups:
        group.points = sum(map(edges.points, group.spans, sample))
    groups.sort(key=lambda group: (-group.points, CONVENTIONS.index(group.conventions[0])))
    return groups


def _decide(source: Selections, groups: list[_Group], pooled: Mapping[Convention, int]) -> Choice:
    best = groups[0]
    if len(groups) == 1:
        return _choice(source, best.conventions, groups, "alike")
    # Bare line ends counted as two are rare: believed on clear evidence, no reason for doubt otherwise.
    rivals = [group for group in groups[1:] if _likely(group, source.text)]
    if not _likely(best, source.text) and not all(_ahead(best, other) for other in groups[1:]):
        best = rivals.pop(0)
    basis = "own"
    if not all(_ahead(best, other) for other in rivals):
        basis = "project"
        best = max([best, *rivals], key=lambda group: max(pooled[one] for one in group.conventions))
        others = [group for group in (groups[0], *rivals) if group is not best and _likely(group, source.text)]
        mine = max(pooled[one] for one in best.conventions)
        if any(mine - max(pooled[one] for one in other.conventions) < AHEAD_IN_PROJECT for other in others):
            raise _unclear(source, groups)
    names = sorted(best.conventions, key=lambda one: (-pooled[one], CONVENTIONS.index(one)))
    choice = _choice(source, names, [best, *(group for group in groups if group is not best)], basis)
    if choice.score < BELIEVABLE and choice.selections >= ENOUGH:
        raise _unclear(source, groups)
    return choice


def _likely(group: _Group, text: str) -> bool:
    return "\r\n" in text or any(one.line_ends != "two" for one in group.conventions)


def _ahead(best: _Group, other: _Group) -> bool:
    differing = sum(one != another for one, another in zip(best.spans, other.spans, strict=True))
    return best.points - other.points >= max(AHEAD, AHEAD_EACH * differing)


def _choice(source: Selections, conventions: Sequence[Convention], groups: list[_Group], basis: str) -> Choice:
    chosen = conventions[0]
    ruler, edges = Ruler(source.text, chosen), _Edges(source.text)
    spans = [ruler.span(selection) for selection in source.selections]
    named = [edges.named(span, one) for span, one in zip(spans, source.selections, strict=True)]
    at_edges = [edges.of(span) == 2 * EDGE for span in spans]
    verified = tuple(map(max, named, at_edges))
    return Choice(
        source.source,
        chosen,
        _score(source, groups[0], groups),
        len(source.selections),
        basis,
        sum(named),
        sum(at_edges),
        sum(verified),
        chosen.describe(source.text),
        verified,
        tuple((group.conventions[0], _score(source, group, groups)) for group in groups[1:]),
    )


def _score(source: Selections, group: _Group, groups: Sequence[_Group]) -> float:
    """The share of the points that could be had: those of names count where some convention matches them."""
    step = max(1, len(source.selections) // SAMPLE)
    edges = _Edges(source.text)
    possible = 0
    for place, selection in enumerate(source.selections[::step]):
        spans = [one.spans[place] for one in groups if one.spans[place] is not None]
        if spans:  # what no convention can place says nothing about any
            possible += 2 * EDGE + (NAMED if any(edges.named(span, selection) for span in spans) else 0)
    return group.points / possible if possible else 1.0


def _unclear(source: Selections, groups: Sequence[_Group]) -> InputError:
    shown = ", ".join(f"{group.conventions[0].name} ({_score(source, group, groups):.0%})" for group in groups[:6])
    return InputError(
        f"it is not clear how the positions of its {len(source.selections)} selections are counted; possible are {shown}",
        where=f"source {source.source}",
        mend=f"name one, as in --positions {groups[0].conventions[0].name}",
    )


class _Edges:
    """Whether places in a text are edges of words."""

    def __init__(self, text: str) -> None:
        self.text = text

    def points(self, span: Span, selection: Selection) -> int:
        return self.of(span) + (NAMED if self.named(span, selection) else 0)

    def of(self, span: Span) -> int:
        """The points of both ends; an empty selection has none."""
        if span is None or span[0] == span[1]:
            return 0
        return self._start(span[0]) + self._end(span[1])

    def named(self, span: Span, selection: Selection) -> bool:
        """Whether the name repeats the words, whole or cut."""
        if span is None or not selection.name or span[0] == span[1]:
            return False
        name = selection.name
        cut = _CUT.search(name)
        shown = "".join((name[: cut.start()] if cut else name).split())
        if not shown:
            return False
        words = "".join(self.text[span[0] : min(span[1], span[0] + 3 * len(name) + 200)].split())
        return words == shown or (len(shown) >= 8 and cut is not None and words.startswith(shown))

    def _start(self, place: int) -> int:
        text = self.text
        if place == 0 or text[place - 1] in "\r\n":
            return EDGE if text[place : place + 1] != "\n" or text[place - 1 : place] != "\r" else BETWEEN
        before, after = text[place - 1], text[place]
        if after.isspace():
            return BETWEEN
        if before.isalnum() and after.isalnum():
            return BETWEEN if _UNSPACED.match(before) or _UNSPACED.match(after) else INSIDE
        return BETWEEN if before.isalnum() else EDGE

    def _end(self, place: int) -> int:
        text = self.text
        before = text[place - 1]
        if place == len(text) or before == "\n" or text[place] in "\r\n":
            return EDGE if place == len(text) or before != "\r" or text[place] != "\n" else BETWEEN
        after = text[place]
        if before.isspace():
            return BETWEEN
        if before.isalnum() and after.isalnum():
            return BETWEEN if _UNSPACED.match(before) or _UNSPACED.match(after) else INSIDE
        return BETWEEN if after.isalnum() else EDGE
