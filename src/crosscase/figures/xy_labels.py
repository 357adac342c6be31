"""Where the labels of points go: beside their points, on no other label and on no other mark.

A label that finds no free place close to its point is joined to it by a thin line; one that finds none at all is left to
the caller, who says so under the figure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crosscase.figures.fonts import CAP_HEIGHT, DESCENT, text_width
from crosscase.figures.palette import INK, MUTED, SMALL, THIN
from crosscase.figures.scene import Anchor, Line, Rect, Shape, Text

#: Distances from the point that are tried, in points; beyond the first two a line joins label and point.
_RADII = (4.2, 6.5, 11.0, 16.0, 22.0, 30.0, 40.0, 52.0, 66.0, 82.0)
#: So many of them before a label may lie on a line.
_NEAR = 5
_ANGLES = (
    0, 180, 270, 90, 330, 210, 30, 150, 300, 240, 60, 120, 345, 195, 15, 165, 285, 255, 75, 105, 315, 225, 45, 135,
)  # fmt: skip
_MARK = 2.6
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Label:
    """A text that wants to stand beside a point of the page."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right + 1.6
            and other.left < self.right + 1.6
            and self.top < other.bottom + 0.6
            and other.top < self.bottom + 0.6
        )

    def distance(self, other: _Box) -> float:
        """Between the middle of this box and the other box."""
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        return math.hypot(max(other.left - x, 0.0, x - other.right), max(other.top - y, 0.0, y - other.bottom))

    def core(self) -> _Box:
        """The inner half of the box."""
        dx, dy = (self.right - self.left) / 4, (self.bottom - self.top) / 4
        return _Box(self.left + dx, self.top + dy, self.right - dx, self.bottom - dy)

    def crossed_by(self, x1: float, y1: float, x2: float, y2: float) -> bool:
        """Whether the line meets the box (Liang & Barsky 1984)."""
        first, last = 0.0, 1.0
        for direction, low, high in (
            (x2 - x1, self.left - x1, self.right - x1),
            (y2 - y1, self.top - y1, self.bottom - y1),
        ):
            if abs(direction) < 1e-12:
                if low > 0 or high < 0:
                    return False
                continue
            near, far = sorted((low / direction, high / direction))
            first, last = max(first, near), min(last, far)
        return first <= last


@dataclass(frozen=True, slots=True)
class _Place:
    box: _Box
    text: Text
    leader: Line | None


def place_labels(
    labels: Sequence[Label], within: Rect, *, lines: Sequence[Line] = (), size: float = SMALL
) -> tuple[list[Shape], list[str]]:
    """Shapes for the labels, and the texts for which there is no room.

    The most crowded points choose first; the outcome depends on the input only.

    Args:
        labels: the points and their texts; points are kept free of labels.
        within: no label leaves this box.
        lines: what labels keep off as long as they find a place near by.
    """
    marks = [_Box(one.x - _MARK, one.y - _MARK, one.x + _MARK, one.y + _MARK) for one in labels]
    crowd = [sum(math.hypot(a.x - b.x, a.y - b.y) < 30 for b in labels) for a in labels]
    order = sorted(range(len(labels)), key=lambda n: (-crowd[n], n))
    placed, without = _round(labels, order, marks, within, size, lines)
    for _ in range(_ROUNDS):
        if not without:
            break
        # those that found no room choose first
        order = [*without, *(number for number in order if number not in without)]
        again = _round(labels, order, marks, within, size, lines)
        if len(again[1]) < len(without):
            placed, without = again
    leaders: list[Shape] = [one.leader for one in placed if one.leader]
    return [*leaders, *(one.text for one in placed)], [labels[number].text for number in sorted(without)]


def _round(
    labels: Sequence[Label],
    order: Sequence[int],
    marks: Sequence[_Box],
    within: Rect,
    size: float,
    lines: Sequence[Line],
) -> tuple[list[_Place], list[int]]:
    placed: list[_Place] = []
    without: list[int] = []
    for number in order:
        found = _free(labels[number], number, marks, placed, within, size, lines)
        found = found or _free(labels[number], number, marks, placed, within, size, ())
        if found is None:
            without.append(number)
        else:
            placed.append(found)
    return placed, without


def _free(
    label: Label,
    number: int,
    marks: Sequence[_Box],
    placed: Sequence[_Place],
    within: Rect,
    size: float,
    lines: Sequence[Line],
) -> _Place | None:
    width = text_width(label.text, size)
    others = [mark for place, mark in enumerate(marks) if place != number]
    for radius in _RADII[:_NEAR] if lines else _RADII:
        for angle in _ANGLES:
            one = _at(label, radius, angle, width, size)
            box = one.box
            if box.left < within.x or box.right > within.x + within.width:
                continue
            if box.top < within.y or box.bottom > within.y + within.height:
                continue
            if any(box.meets(other) for other in marks) or any(box.meets(p.box) for p in placed):
                continue
            if any(_crosses(line, box) for line in lines):
                continue
            if any(p.leader and _crosses(p.leader, box) for p in placed):
                continue
            if one.leader is None and any(mark.distance(box) < marks[number].distance(box) for mark in others):
                continue  # it would be read as the label of another point
            if one.leader and (
                any(_crosses(one.leader, p.box) for p in placed)
                or any(_crosses(one.leader, mark.core()) for mark in others)
                or any(p.leader and _meet(one.leader, p.leader) for p in placed)
            ):
                continue
            return one
    return None


def _at(label: Label, radius: float, angle: int, width: float, size: float) -> _Place:
    across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, middle = label.x + radius * across, label.y + radius * down
    anchor: Anchor = "start" if across > 0.3 else "end" if across < -0.3 else "middle"
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    if anchor == "middle":
        middle += math.copysign(size * 0.45, down)
    baseline = middle + size * CAP_HEIGHT / 2
    box = _Box(left, baseline - CAP_HEIGHT * size, left + width, baseline + DESCENT * size)
    leader = None
    if radius > _RADII[1]:
        start, end = _MARK, radius - 0.8
        leader = Line(
            label.x + start * across,
            label.y + start * down,
            label.x + end * across,
            label.y + end * down,
            MUTED,
            THIN / 2,
        )
    return _Place(box, Text(x, baseline, label.text, size, INK, anchor), leader)


def _crosses(line: Line, box: _Box) -> bool:
    return box.crossed_by(line.x1, line.y1, line.x2, line.y2)


def _meet(a: Line, b: Line) -> bool:
    """Whether two lines cross."""

    def side(line: Line, x: float, y: float) -> float:
        return (line.x2 - line.x1) * (y - line.y1) - (line.y2 - line.y1) * (x - line.x1)

    return side(a, b.x1, b.y1) * side(a, b.x2, b.y2) < 0 and side(b, a.x1, a.y1) * side(b, a.x2, a.y2) < 0
