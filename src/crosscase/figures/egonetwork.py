"""A firm among its ties: the firm in the middle, its alters around it, grouped by the kind of tie.

The alters stand on circles in the order of their kinds, so that the same study gives the same picture; what an alter is
known to be tied to is a line between the two.  Not here: measures of the network (``crosscase.engines.networks``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscase.figures.fonts import CAP_HEIGHT, shorten, text_width
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import GRID, INK, MUTED, PAPER, RULE, SMALL, THICK, THIN, Mark, marks
from crosscase.figures.scene import FULL_WIDTH, MM, Anchor, Circle, Group, Line, Path, Scene, Shape, Text
from crosscase.figures.words import counted

#: More alters than this stand on a second, wider circle.
_MOST_ON_ONE = 24
_LABEL = 88.0
_MARK = 6.5


@dataclass(frozen=True, slots=True)
class Alter:
    """Somebody a firm is tied to.

    ``kinds`` are the kinds of its ties (``no kind`` when none is given), ``ended`` says that all of them are over,
    ``internal`` that it belongs to the firm's own group; ``label`` is what is shown on pointing at it.
    """

    name: str
    kinds: tuple[str, ...]
    ended: bool = False
    internal: bool = False
    label: str = ""


def ego_network(
    case: str, alters: Sequence[Alter], pairs: Iterable[tuple[str, str]] = (), *, width_mm: float = FULL_WIDTH
) -> Scene:
    """The network; ``pairs`` are alters known to be tied to each other.

    A dashed line is a tie that is over; a ring around the mark is an alter of the firm's own group; an alter with ties of
    several kinds has the marks of all.
    """
    title = f"Ties of {case}"
    if not alters:
        return nothing_to_draw(f"No tie of {case} is on record.", title, width_mm)
    width = width_mm * MM
    kinds = list(dict.fromkeys(kind for alter in sorted(alters, key=_order) for kind in alter.kinds))
    signs = marks(kinds)
    placed = sorted(alters, key=_order)
    rings = 1 if len(placed) <= _MOST_ON_ONE else 2
    radius = min(max(60.0, 8.0 * len(placed) / rings), width / 2 - _LABEL - 10)
    height = 2 * (radius + 26)
    x, y = width / 2, height / 2
    at = {alter.name: _place(number, len(placed), rings, radius, x, y) for number, alter in enumerate(placed)}
    shapes: list[Shape] = []
    known = {frozenset(pair) for pair in pairs if len({*pair}) == 2 and pair[0] in at and pair[1] in at}
    for one, other in sorted(tuple(sorted(pair)) for pair in known):
        shapes.append(_arc(at[one], at[other], (x, y)))
    for alter in placed:
        shapes.append(
            Line(x, y, *at[alter.name], MUTED if not alter.ended else GRID, THIN * 1.5, (3, 2) if alter.ended else ())
        )
    for alter in placed:
        shapes.append(_drawn(alter, at[alter.name], signs, x, y))
    half = min(max(text_width(case, SMALL) / 2 + 5, 13), 40)
    shapes.append(Circle(x, y, half, INK, THIN * 2, PAPER))
    shapes.append(Text(x, y + SMALL * CAP_HEIGHT / 2, shorten(case, SMALL, 2 * half - 6), SMALL, INK, "middle"))
    key = legend([(signs[kind], kind) for kind in kinds], width)
    shapes.append(Group(key.shapes, move=(0, height)))
    said = ", ".join(f"{alter.name} ({', '.join(alter.kinds)}{', ended' if alter.ended else ''})" for alter in placed)
    about = f"{counted(len(placed), 'alter', 'alters')}: {said}." + (f" {counted(len(known), 'tie', 'ties')} among them are known." if known else "")  # fmt: skip
    return Scene(width, height + key.height + 4, tuple(shapes), title, about)


def _order(alter: Alter) -> tuple[str, str]:
    return alter.kinds[0], alter.name


def _place(number: int, of: int, rings: int, radius: float, x: float, y: float) -> tuple[float, float]:
    angle = 2 * math.pi * number / of - math.pi / 2
    # neighbours on different circles, so that their names have room
    away = radius * (0.62 if rings == 2 and number % 2 else 1.0)
    return x + away * math.cos(angle), y + away * math.sin(angle)


def _arc(one: tuple[float, float], other: tuple[float, float], middle: tuple[float, float]) -> Path:
    """A line between two alters that bends around the firm, so that it is not taken for the lines of the firm."""
    (x1, y1), (x2, y2), (x, y) = one, other, middle
    half_x, half_y = (x1 + x2) / 2, (y1 + y2) / 2
    across_x, across_y = (y2 - y1) * 0.28, (x1 - x2) * 0.28
    outward = across_x * (half_x - x) + across_y * (half_y - y)
    sign = -1 if outward < -1e-6 else 1
    return Path(
        f"M{x1:.1f} {y1:.1f}Q{half_x + sign * across_x:.1f} {half_y + sign * across_y:.1f} {x2:.1f} {y2:.1f}",
        RULE,
        THICK,
    )


def _drawn(alter: Alter, at: tuple[float, float], signs: dict[str, Mark], x: float, y: float) -> Shape:
    left, top = at
    inside: list[Shape] = []
    if alter.internal:
        inside.append(Circle(left, top, _MARK * 0.95, INK, THIN, PAPER))
    span = _MARK * 1.15 * (len(alter.kinds) - 1)
    inside += [
        signs[kind].at(left - span / 2 + number * _MARK * 1.15, top, _MARK) for number, kind in enumerate(alter.kinds)
    ]
    anchor: Anchor = "start" if left > x + 8 else "end" if left < x - 8 else "middle"
    gap = (_MARK + span) / 2 + 3
    dx = gap if anchor == "start" else -gap if anchor == "end" else 0.0
    dy = SMALL * CAP_HEIGHT / 2 if anchor != "middle" else (12.0 if top > y else -8.0)
    inside.append(Text(left + dx, top + dy, shorten(alter.name, SMALL, _LABEL), SMALL, INK, anchor))
    return Group(tuple(inside), title=alter.label or f"{alter.name}: {', '.join(alter.kinds)}")
