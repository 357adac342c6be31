"""How programs count the positions of their selections, and what a position is in a text.

The standard says Unicode code points.  Programs also count UTF-16 units (a character beyond the basic plane is two), take
a line end for one position where the file has two characters or the other way round, and may count the byte-order mark.
Which one a program used is found out in :mod:`crosscase.exchange.refi.choosing`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from crosscase.core.errors import NotFoundError

__all__ = ["CONVENTIONS", "STANDARD", "Convention", "Ruler", "Selection", "Selections", "convention"]

Units = Literal["code-points", "utf-16"]
LineEnds = Literal["as-stored", "one", "two"]

_LINE_END = re.compile("\r\n|\n|\r")


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


class Ruler:
    """Turns positions of one convention into code points of one text."""

    __slots__ = ("_at", "_length", "_mark", "_unit", "_width")

    def __init__(self, text: str, convention: Convention) -> None:
        self._length = len(text)
        self._mark = 1 if convention.mark else 0
        special: list[tuple[int, int]] = []
        if convention.units == "utf-16" and not text.isascii():
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
