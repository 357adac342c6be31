"""Necessary-condition analysis: the cases, the ceilings laid on them, and the corner that stays empty (Dul 2016)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crosscase.figures.axes import LinearScale, horizontal_axis, tick_label
from crosscase.figures.fonts import CAP_HEIGHT, shorten, text_width, wrap
from crosscase.figures.legend import legend
from crosscase.figures.palette import COLOURS, GRID, INK, LAND, MUTED, RULE, SMALL, THICK, THIN, Mark
from crosscase.figures.scene import MM, Group, Line, Polyline, Scene, Shape, Text
from crosscase.figures.words import p_words

if TYPE_CHECKING:
    from crosscase.engines.regression import Necessity

_TOP = SMALL + 9.0
_AIR = 0.03
_STEPS, _LINE = COLOURS[1], COLOURS[0]
_CASE, _PEER = Mark("circle", MUTED), Mark("circle", INK)
_SIZE = 4.0


def ceilings(
    found: Necessity, points: Sequence[tuple[float, float]], *, names: Sequence[str] = (), width_mm: float = 120.0
) -> Scene:
    """The plot of x and y with both ceilings; the empty zone of the step function is shaded.

    Args:
        points: x and y of the cases.
        names: their names, in the same order; the cases that hold up the ceiling are told by them.
    """
    width = width_mm * MM
    low_x, high_x, low_y, high_y = found.scope
    foot = _TOP + 0.75 * width
    down = LinearScale(*_wider(low_y, high_y), foot, _TOP)
    left = max(text_width(tick_label(tick), SMALL) for tick in down.ticks()) + 6
    across = LinearScale(*_wider(low_x, high_x), left, width - 4)
    steps = _steps(found)
    zone = [*steps, (steps[-1][0], _far(found, 1)), (steps[0][0], _far(found, 1))]
    shapes: list[Shape] = [Polyline(tuple((across(x), down(y)) for x, y in zone), fill=LAND, closed=True)]
    shapes += horizontal_axis(across, across.ticks(), foot, _TOP, start=left, end=width - 4, label=found.x)
    for tick in down.ticks():
        shapes += [
            Line(left, down(tick), width - 4, down(tick), GRID, THIN),
            Text(left - 3, down(tick) + SMALL * CAP_HEIGHT / 2, tick_label(tick), SMALL, MUTED, "end"),
        ]
    shapes.append(Line(left, foot, left, _TOP, RULE, THIN))
    shapes.append(Text(0, SMALL, shorten(found.y, SMALL, width), SMALL, INK))
    shapes.append(Polyline(tuple((across(x), down(y)) for x, y in steps), _STEPS, THICK))
    line = _line(found)
    if line:
        shapes.append(Polyline(tuple((across(x), down(y)) for x, y in line), _LINE, THICK, dash=(5, 2)))
    peers = set(found.peers)
    for number, (x, y) in enumerate(points):
        mark = _PEER if (x, y) in peers else _CASE
        label = f"{names[number]}: " if names else ""
        shapes.append(Group((mark.at(across(x), down(y), _SIZE),), title=f"{label}{x:g} and {y:g}"))
    y_at = foot + 28
    key = legend(
        [
            ((Line(-4, 0, 3, 0, _STEPS, THICK),), f"CE-FDH: d = {_share(found['CE-FDH'].effect)}"),
            ((Line(-4, 0, 3, 0, _LINE, THICK, (3, 1.5)),), f"CR-FDH: d = {_share(found['CR-FDH'].effect)}"),
            (_PEER, "holds up the ceiling"),
            (_CASE, "other case"),
        ],
        width - 3,
    )
    shapes.append(Group(key.shapes, move=(3, y_at)))
    y_at += key.height + 8
    held = [name for name, point in zip(names, points, strict=True) if point in peers] if names else []
    words = _words(found)
    for text in (words, f"The ceiling rests on {', '.join(held)}." if held else ""):
        for part in wrap(text, SMALL, width) if text else ():
            shapes.append(Text(0, y_at, part, SMALL, MUTED))
            y_at += SMALL * 1.45
    return Scene(width, y_at, tuple(shapes), f"Ceilings of {found.x} for {found.y}", words)


def _wider(low: float, high: float) -> tuple[float, float]:
    air = (high - low) * _AIR
    return low - air, high + air


def _far(found: Necessity, axis: int) -> float:
    """The value of x (axis 0) or y (1) on the side of the empty corner."""
    low_x, high_x, low_y, high_y = found.scope
    if axis == 0:
        return low_x if found.corner.endswith("left") else high_x
    return high_y if found.corner.startswith("upper") else low_y


def _steps(found: Necessity) -> list[tuple[float, float]]:
    """The step function from the empty corner's side of x to the other one."""
    far_x, far_y = _far(found, 0), _far(found, 1)
    near_x = next(one for one in found.scope[:2] if one != far_x)
    level = next(one for one in found.scope[2:] if one != far_y)
    points = [(far_x, level)]
    for x, y in sorted(found.peers, key=lambda one: abs(one[0] - far_x)):
        points += [(x, level), (x, y)]
        level = y
    return [*points, (near_x, level)]


def _line(found: Necessity) -> list[tuple[float, float]]:
    """The regression line through the steps' corners, inside the scope; empty when there is none."""
    ceiling = found["CR-FDH"]
    if ceiling.slope is None or ceiling.intercept is None or ceiling.slope == 0:
        return []
    low_x, high_x, low_y, high_y = found.scope
    ends = [low_x, high_x, *((y - ceiling.intercept) / ceiling.slope for y in (low_y, high_y))]
    inside = sorted(x for x in ends if low_x - 1e-9 <= x <= high_x + 1e-9)
    height = high_y - low_y
    points = [(x, ceiling.intercept + ceiling.slope * x) for x in inside]
    return [(x, y) for x, y in points if low_y - 1e-9 * height <= y <= high_y + 1e-9 * height]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _words(found: Necessity) -> str:
    steps = found["CE-FDH"]
    if steps.effect is None or steps.effect == 0:
        return f"The corner is not empty: nothing says that {found.x} is necessary for {found.y}."
    p = "" if steps.p_value is None else f", p {p_words(steps.p_value)} in {found.draws} permutations"
    return f"The shaded corner is {steps.effect:.0%} of the scope (CE-FDH{p})."
