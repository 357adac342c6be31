"""The configurations of a truth table as a Venn diagram of up to five sets: every region with its number of cases.

One to three sets are circles, four and five are congruent ellipses; five lie around a centre as those of Grünbaum (1975) do.
What the number of a region says stands beside it in the pattern of the UpSet plot; cases that do not fit into their region are
named below the diagram.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import InputError
from crosscase.engines.qca import Row, TruthTable
from crosscase.figures.fonts import CAP_HEIGHT, text_width, wrap
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import COLOURS, INK, MUTED, SMALL, THICK
from crosscase.figures.scene import FULL_WIDTH, MM, Group, Path, Rect, Scene, Shape, Text
from crosscase.figures.upset import MOST_CONDITIONS, OUTCOMES, pen
from crosscase.figures.words import counted

__all__ = ["Ellipse", "ellipses", "regions", "venn_diagram"]

_At = Callable[[float, float], tuple[float, float]]

_LINE = SMALL * 1.3
_SQUARE = 4.0
#: Points of the grid on which the middle of a region is looked for, along each axis; and points on the rim of an ellipse.
_GRID, _RIM = 160, 120


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Centre, half axes, and the turn of the first of them in radians; y grows upwards."""

    x: float
    y: float
    a: float
    b: float
    turn: float

    def holds(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points, shape (points, 2), lie inside."""
        dx, dy = points[:, 0] - self.x, points[:, 1] - self.y
        c, s = math.cos(self.turn), math.sin(self.turn)
        inside: NDArray[np.bool_] = ((dx * c + dy * s) / self.a) ** 2 + ((dy * c - dx * s) / self.b) ** 2 < 1
        return inside

    def rim(self) -> NDArray[np.float64]:
        """Points on it, shape (points, 2)."""
        t = np.linspace(0, 2 * math.pi, _RIM, endpoint=False)
        u, v = self.a * np.cos(t), self.b * np.sin(t)
        c, s = math.cos(self.turn), math.sin(self.turn)
        return np.stack([self.x + u * c - v * s, self.y + u * s + v * c], axis=1)


def ellipses(sets: int) -> tuple[Ellipse, ...]:
    """The sets of a Venn diagram; each of the 2^sets combinations has one region.

    The proportions for four and five sets are those, on a grid of proportions, whose narrowest region is widest.
    """
    if sets <= 3:
        distance = (0.0, 0.6, 0.62)[sets - 1]
        turns = [math.pi / 2 + 2 * math.pi * i / sets for i in range(sets)]
        if sets == 2:
            turns = [math.pi, 0.0]
        return tuple(Ellipse(distance * math.cos(t), distance * math.sin(t), 1, 1, 0) for t in turns)
    if sets == 4:
        turn = math.radians(40)
        places = (
            (-0.36, -0.16, math.pi - turn),
            (-0.08, 0.16, math.pi - turn),
            (0.08, 0.16, turn),
            (0.36, -0.16, turn),
        )
        return tuple(Ellipse(x, y, 1, 0.54, t) for x, y, t in places)
    found = []
    for i in range(5):
        turn = math.pi / 2 + 2 * math.pi * i / 5
        direction = turn + math.radians(15)
        found.append(Ellipse(0.30 * math.cos(direction), 0.30 * math.sin(direction), 1, 0.52, turn))
    return tuple(found)


@cache
def regions(sets: int) -> Mapping[tuple[int, ...], tuple[float, float, float]]:
    """Combination (1 inside a set, 0 outside) → a point in the middle of its region and its distance from the next rim.

    The combination outside of all sets is left out.
    """
    shapes = ellipses(sets)
    rims = np.concatenate([one.rim() for one in shapes])
    grids = [np.linspace(rims[:, axis].min(), rims[:, axis].max(), _GRID) for axis in (0, 1)]
    points = np.stack([axis.ravel() for axis in np.meshgrid(*grids)], axis=1)
    code = sum(one.holds(points).astype(np.int64) << i for i, one in enumerate(shapes))
    found = {}
    for number in range(1, 1 << sets):
        inside = points[code == number]
        squares = np.min([((inside - rim) ** 2).sum(axis=1) for rim in rims], axis=0)
        best = int(np.argmax(squares))
        combination = tuple(number >> i & 1 for i in range(sets))
        found[combination] = (float(inside[best, 0]), float(inside[best, 1]), math.sqrt(float(squares[best])))
    return found


def venn_diagram(table: TruthTable, *, built_on: Collection[str] = (), width_mm: float = FULL_WIDTH) -> Scene:
    """The observed rows as regions.

    Args:
        table: a truth table of at most five crisp or fuzzy conditions.
        built_on: cases that the claim under test was built on; their names carry a star.

    Raises:
        InputError: there are more conditions, or one has several levels.
    """
    names = table.conditions.names
    title = f"Venn diagram of {', '.join(names)}"
    if len(names) > MOST_CONDITIONS:
        raise InputError(
            f"there are {len(names)} conditions; the diagram is for at most {MOST_CONDITIONS}",
            mend="take the truth table",
        )
    if table.conditions.multi_value:
        raise InputError("a condition has several levels; the diagram is for sets", mend="take the UpSet plot")
    rows = {row.config: row for row in table.observed if row.n}
    if not rows:
        return nothing_to_draw("No case belongs to a configuration.", title, width_mm)
    most = width_mm * MM
    shapes = ellipses(len(names))
    rims = np.concatenate([one.rim() for one in shapes])
    low, high = rims.min(axis=0), rims.max(axis=0)
    side = max(text_width(name, SMALL) for name in names) + 8
    unit = min(300.0, most - 2 * side) / float(high[0] - low[0])
    width = max(float(high[0] - low[0]) * unit + 2 * side, 230.0)
    head = _LINE + 6

    def at(x: float, y: float) -> tuple[float, float]:
        return width / 2 + (x - float(low[0] + high[0]) / 2) * unit, head + (float(high[1]) - y) * unit

    drawn: list[Shape] = [_outline(one, at, unit, COLOURS[i]) for i, one in enumerate(shapes)]
    drawn += [_name(one, at, name, shapes) for one, name in zip(shapes, names, strict=True)]
    listed: list[Row] = []
    for combination, (x, y, room) in regions(len(names)).items():
        drawn.append(_region(table, rows.get(combination), *at(x, y), room * unit, built_on, listed))
    bottom = head + float(high[1] - low[1]) * unit + head
    outside = rows.get((0,) * len(names))
    if outside is not None:
        drawn.append(_region(table, outside, 8, bottom - _LINE, 0.0, built_on, listed))
    words, y = _listed(table, listed, built_on, bottom + 4, width)
    drawn += words
    key = legend(_entries(table, rows.values(), built_on), width - 3)
    drawn.append(Group(key.shapes, move=(3, y)))
    return Scene(width, y + key.height + 2, tuple(drawn), title, _description(table, rows.values()))


def _outline(one: Ellipse, at: _At, unit: float, colour: str) -> Path:
    (x1, y1), (x2, y2) = (at(*_along(one, sign)) for sign in (1, -1))
    arc = f"A{one.a * unit:.2f} {one.b * unit:.2f} {-math.degrees(one.turn):.2f} 0 1"
    return Path(f"M{x1:.2f} {y1:.2f}{arc} {x2:.2f} {y2:.2f}{arc} {x1:.2f} {y1:.2f}Z", colour, THICK)


def _along(one: Ellipse, sign: int) -> tuple[float, float]:
    return one.x + sign * one.a * math.cos(one.turn), one.y + sign * one.a * math.sin(one.turn)


def _name(one: Ellipse, at: _At, name: str, shapes: Sequence[Ellipse]) -> Text:
    """The name of a set, outside of it where its rim is farthest from the other sets."""
    rim = one.rim()
    outward = rim - [one.x, one.y]
    outward /= np.hypot(outward[:, 0], outward[:, 1])[:, None]
    centre = np.mean([[other.x, other.y] for other in shapes], axis=0)
    free = np.ones(len(rim), dtype=bool)
    for other in shapes:
        if other is not one:
            free &= ~other.holds(rim + 0.05 * outward)
    far = np.where(free, np.hypot(*(rim - centre).T), -1.0)
    place = int(np.argmax(far))
    x, y = at(float(rim[place, 0]), float(rim[place, 1]))
    dx, dy = outward[place]
    x, y = x + 4 * dx, y - 6 * dy
    anchor = "middle" if abs(dx) < 0.35 else "start" if dx > 0 else "end"
    return Text(x, y + SMALL * CAP_HEIGHT / 2, name, SMALL, INK, anchor)  # type: ignore[arg-type]


def _region(
    table: TruthTable,
    row: Row | None,
    x: float,
    y: float,
    room: float,
    built_on: Collection[str],
    listed: list[Row],
) -> Group:
    """The number of cases with the sign of the row's outcome; the names under it where there is room for all of them."""
    if row is None:
        return Group((Text(x, y + SMALL * CAP_HEIGHT / 2, "0", SMALL, MUTED, "middle"),), title="no case")
    names = _starred(row, built_on)
    lines = len(names) + 1
    fits = math.hypot(max(text_width(name, SMALL) for name in names) / 2, lines * _LINE / 2) <= room
    if not fits:
        listed.append(row)
    top = y - (len(names) * _LINE / 2 if fits else 0.0)
    number = str(row.n)
    span = _SQUARE + 2 + text_width(number, SMALL)
    shapes: list[Shape] = [
        Rect(x - span / 2, top - _SQUARE / 2, _SQUARE, _SQUARE, *pen(row.out)),
        Text(x - span / 2 + _SQUARE + 2, top + SMALL * CAP_HEIGHT / 2, number, SMALL, INK),
    ]
    if fits:
        shapes += [
            Text(x, top + (place + 1) * _LINE + SMALL * CAP_HEIGHT / 2, name, SMALL, INK, "middle")
            for place, name in enumerate(names)
        ]
    return Group(tuple(shapes), title=_words(table, row))


def _listed(
    table: TruthTable, listed: Sequence[Row], built_on: Collection[str], top: float, width: float
) -> tuple[list[Shape], float]:
    """The cases of the regions that have no room for their names."""
    shapes: list[Shape] = []
    y = top
    for row in sorted(listed, key=lambda row: row.number):
        words = f"{_term(table, row)}: {', '.join(_starred(row, built_on))}"
        for line in wrap(words, SMALL, width - 6):
            y += _LINE
            shapes.append(Text(3, y, line, SMALL, INK))
    return shapes, y + 8


def _entries(table: TruthTable, rows: Collection[Row], built_on: Collection[str]) -> list[tuple[Sequence[Shape], str]]:
    entries: list[tuple[Sequence[Shape], str]] = [
        ([Rect(-_SQUARE / 2, -_SQUARE / 2, _SQUARE, _SQUARE, *pen(out))], words)
        for out, words in OUTCOMES.items()
        if any(row.out == out for row in rows)
    ]
    if any(case in built_on for row in rows for case in row.cases):
        entries.append(([Text(-2, 1.5 + SMALL * CAP_HEIGHT / 2, "*", SMALL, INK)], "the claim was built on it"))
    return entries


def _starred(row: Row, built_on: Collection[str]) -> list[str]:
    return [case + ("*" if case in built_on else "") for case in row.cases]


def _term(table: TruthTable, row: Row) -> str:
    return table.conditions.write(tuple(enumerate(row.config)))


def _words(table: TruthTable, row: Row) -> str:
    return f"{_term(table, row)}: {counted(row.n, 'case')} ({', '.join(row.cases)}), {OUTCOMES[row.out]}"


def _description(table: TruthTable, rows: Collection[Row]) -> str:
    parts = [_words(table, row) for row in sorted(rows, key=lambda row: (-row.n, row.number))]
    return f"{counted(len(rows), 'region')} of {table.conditions.size} with cases. " + "; ".join(parts) + "."
