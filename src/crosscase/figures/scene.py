"""Shapes on a page: what a figure is before it is written as SVG or PNG.

Lengths are in points (1/72 inch), the origin is the upper left corner, y grows downwards.  A figure function returns a
:class:`Scene`; it writes nothing itself.  Colours are texts as SVG takes them, the empty text meaning none.  Not here:
data, scales, and how a scene is written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Points in a millimetre.
MM = 72 / 25.4

#: The usual widths of a figure in a journal, in millimetres.
SINGLE_COLUMN = 85.0
FULL_WIDTH = 170.0

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    stroke: str
    stroke_width: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Polyline:
    """Straight lines through points; ``closed`` makes it a polygon."""

    points: tuple[tuple[float, float], ...]
    stroke: str = ""
    stroke_width: float = 0.0
    fill: str = ""
    closed: bool = False
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """``commands`` in the path language of SVG, such as ``M0 0L10 10``; holes by the even-odd rule."""

    commands: str
    stroke: str = ""
    stroke_width: float = 0.0
    fill: str = ""
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    stroke: str = ""
    stroke_width: float = 0.0
    fill: str = ""
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Circle:
    x: float
    y: float
    radius: float
    stroke: str = ""
    stroke_width: float = 0.0
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; ``y`` is its baseline, ``rotate`` turns it about its anchor in degrees clockwise."""

    x: float
    y: float
    text: str
    size: float
    fill: str
    anchor: Anchor = "start"
    rotate: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes that belong together: moved, scaled, clipped, named or linked as one.

    ``move`` is applied after ``scale``.  ``clip`` is in the group's own coordinates.  ``title`` is what a reader sees
    on pointing at it and what a screen reader says.
    """

    shapes: tuple[Shape, ...]
    move: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    clip: Rect | None = None
    title: str = ""
    description: str = ""
    href: str = ""


Shape = Line | Polyline | Path | Rect | Circle | Text | Group


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole figure.  ``title`` and ``description`` are for those who cannot see it; they are not drawn."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str
    description: str = ""
    #: Whether it shows any data, or only says that there are none.
    empty: bool = False

    def _repr_svg_(self) -> str:
        from crosscase.figures.svg import to_svg

        return to_svg(self)
