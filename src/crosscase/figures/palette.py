"""Inks and marks: colour-blind-safe, and told apart in grey by their shapes.

The colours of the groups are those of Okabe and Ito (2008, "Color Universal Design"), in an order in which neighbours
also differ in lightness.  A group has a shape of its own besides its colour; from the ninth group on the marks are open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crosscase.figures.scene import Circle, Polyline, Rect, Shape

INK = "#1c1c1c"
MUTED = "#666666"
RULE = "#a8a8a8"
GRID = "#dddddd"
LAND = "#ebebeb"
PAPER = "#ffffff"

#: The two weights of line, in points.
THIN = 0.5
THICK = 1.25

#: The sizes of type, in points, at the size of printing.
SMALL = 6.5
NORMAL = 7.5

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#a05a00", "#7a6fb0", "#2f2f2f")
SHAPES = ("circle", "square", "triangle", "diamond", "triangle down", "plus", "star", "bar")

#: From few to many: one hue, lightness falling evenly.
SHADES = ("#b5cfe8", "#7fb0d8", "#438bbf", "#1b5f97", "#08305c")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a group is drawn: a shape of :data:`SHAPES` (or ``cross``), a colour, filled or open."""

    shape: str
    colour: str
    filled: bool = True

    def at(self, x: float, y: float, size: float) -> Shape:
        """The mark centred at a point; ``size`` is its larger extent."""
        half = size / 2
        if self.shape == "circle":
            inset = 0 if self.filled else THIN / 2
            return Circle(x, y, half - inset, *self._pen())
        if self.shape == "square":
            side = size * 0.88 - (0 if self.filled else THIN)
            return Rect(x - side / 2, y - side / 2, side, side, *self._pen())
        if self.shape == "bar":  # lying, because an upright stroke marks the founding in a timeline
            return Rect(x - half, y - size * 0.22, size, size * 0.44, *self._pen())
        points = tuple((x + half * dx, y + half * dy) for dx, dy in OUTLINES[self.shape])
        stroke, width, fill = self._pen()
        return Polyline(points, stroke, width, fill, closed=True)

    def _pen(self) -> tuple[str, float, str]:
        return ("", 0.0, self.colour) if self.filled else (self.colour, THIN * 1.5, PAPER)


#: What stands for the groups beyond those that can be told apart.
OTHER = Mark("circle", RULE)


def marks(groups: Sequence[str]) -> dict[str, Mark]:
    """A mark for each group, in their order; those after the sixteenth share :data:`OTHER`."""
    found: dict[str, Mark] = {}
    for number, group in enumerate(groups):
        place = number % len(COLOURS)
        if number < 2 * len(COLOURS):
            found[group] = Mark(SHAPES[place], COLOURS[place], filled=number < len(COLOURS))
        else:
            found[group] = OTHER
    return found


def _star(points: int, inner: float) -> tuple[tuple[float, float], ...]:
    radii = (1.1, inner)
    corners = range(2 * points)
    return tuple(
        (
            radii[corner % 2] * math.sin(math.pi * corner / points),
            -radii[corner % 2] * math.cos(math.pi * corner / points),
        )
        for corner in corners
    )


_PLUS = ((-0.33, -1.0), (0.33, -1.0), (0.33, -0.33), (1.0, -0.33), (1.0, 0.33), (0.33, 0.33))
_HALF_PLUS = (*_PLUS, (0.33, 1.0), (-0.33, 1.0), (-0.33, 0.33), (-1.0, 0.33), (-1.0, -0.33), (-0.33, -0.33))
_TURNED = tuple(((x - y) * 0.7071, (x + y) * 0.7071) for x, y in _HALF_PLUS)

#: The corners of the shapes in a square from -1 to 1.
OUTLINES = {
    "triangle": ((0.0, -1.05), (1.05, 0.85), (-1.05, 0.85)),
    "triangle down": ((0.0, 1.05), (1.05, -0.85), (-1.05, -0.85)),
    "diamond": ((0.0, -1.15), (1.0, 0.0), (0.0, 1.15), (-1.0, 0.0)),
    "plus": _HALF_PLUS,
    "cross": tuple((x * 1.05, y * 1.05) for x, y in _TURNED),
    "star": _star(5, 0.5),
}
