"""Moderation: the outcome over x at levels of the moderator, and the slope of x over the moderator (Johnson and Neyman 1936)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosscase.figures.axes import LinearScale, horizontal_axis, nice_range, tick_label
from crosscase.figures.fonts import CAP_HEIGHT, shorten, text_width
from crosscase.figures.legend import legend
from crosscase.figures.palette import COLOURS, GRID, INK, LAND, MUTED, RULE, SMALL, THICK, THIN
from crosscase.figures.scene import FULL_WIDTH, MM, Group, Line, Polyline, Scene, Shape, Text
from crosscase.figures.words import p_words

if TYPE_CHECKING:
    from crosscase.engines.regression import Moderation

_HEIGHT = 150.0
_TOP = SMALL + 9.0
_GAP = 26.0
#: Lines are told apart in grey by their dashes.
_DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2), (1.5, 1.5), (5, 1.5, 1.5, 1.5), (8, 2))


def simple_slopes(found: Moderation, *, width_mm: float = FULL_WIDTH) -> Scene:
    """Two panels: the lines of the simple slopes, and the slope with its interval where the moderator was observed.

    On the right the stretches in which the slope differs from 0 are drawn thick on the line at 0.
    """
    width = width_mm * MM
    half = (width - _GAP) / 2
    shapes = [*_lines(found, 0.0, half), *_regions(found, half + _GAP, width)]
    y = _TOP + _HEIGHT + 30
    pictures = [
        (
            (Line(-4, 0, 3, 0, _colour(number), THICK, _dash(number)),),
            f"{found.moderator} = {_number(line.at)}: b = {_number(slope.slope)}, p {p_words(slope.p_value)}",
        )
        for number, (line, slope) in enumerate(zip(found.lines, found.slopes, strict=True))
    ]
    key = legend(pictures, width)
    shapes.append(Group(key.shapes, move=(3, y)))
    words = ". ".join(
        f"Where {found.moderator} is {_number(one.at)} the slope of {found.x} is {_number(one.slope)} "
        f"[{_number(one.lower)}, {_number(one.upper)}]"
        for one in found.slopes
    )
    title = f"Simple slopes of {found.x} on {found.outcome} by {found.moderator}"
    return Scene(width, y + key.height + 2, tuple(shapes), title, f"{words}.")


def _lines(found: Moderation, left: float, right: float) -> Iterator[Shape]:
    """The outcome that is expected over x, a line for each level of the moderator, the covariates at their means."""
    xs = [one for line in found.lines for one in line.x]
    ys = [one for line in found.lines for one in line.y]
    across, down, frame = _panel(left, right, (min(xs), max(xs)), nice_range(min(ys), max(ys)), found.x, found.outcome)
    yield from frame
    for number, line in enumerate(found.lines):
        points = tuple((across(x), down(y)) for x, y in zip(line.x, line.y, strict=True))
        yield Group(
            (Polyline(points, _colour(number), THICK, dash=_dash(number)),),
            title=f"{found.moderator} = {_number(line.at)}",
        )


def _regions(found: Moderation, left: float, right: float) -> Iterator[Shape]:
    """The slope of x over the moderator with its interval, and where it differs from 0."""
    low, high = min(0.0, *(one.lower for one in found.curve)), max(0.0, *(one.upper for one in found.curve))
    name = f"slope of {found.x}"
    across, down, frame = _panel(left, right, found.observed_range, nice_range(low, high), found.moderator, name)
    band = [(across(one.at), down(one.upper)) for one in found.curve]
    band += [(across(one.at), down(one.lower)) for one in reversed(found.curve)]
    yield Polyline(tuple(band), fill=LAND, closed=True)
    yield from frame
    yield Line(across.start, down(0), across.end, down(0), MUTED, THIN, (2, 2))
    yield Polyline(tuple((across(one.at), down(one.slope)) for one in found.curve), COLOURS[0], THICK)
    for first, last in found.significant:
        words = f"differs from 0 where {found.moderator} is from {_number(first)} to {_number(last)}"
        yield Group((Line(across(first), down(0), across(last), down(0), INK, 2 * THICK),), title=words)
    for edge in found.boundaries:
        yield Line(across(edge), down.start, across(edge), down.end, INK, THIN, (2, 2))


def _panel(
    left: float, right: float, x: tuple[float, float], y: tuple[float, float], x_name: str, y_name: str
) -> tuple[LinearScale, LinearScale, list[Shape]]:
    """The scales of a panel, and its axes."""
    foot = _TOP + _HEIGHT
    down = LinearScale(*y, foot, _TOP)
    inner = left + max(text_width(tick_label(tick), SMALL) for tick in down.ticks()) + 6
    across = LinearScale(*x, inner, right - 4)
    shapes = horizontal_axis(across, across.ticks(), foot, _TOP, start=inner, end=right - 4, label=x_name)
    for tick in down.ticks():
        shapes += [
            Line(inner, down(tick), right - 4, down(tick), GRID, THIN),
            Text(inner - 3, down(tick) + SMALL * CAP_HEIGHT / 2, tick_label(tick), SMALL, MUTED, "end"),
        ]
    shapes.append(Line(inner, foot, inner, _TOP, RULE, THIN))
    shapes.append(Text(left, SMALL, shorten(y_name, SMALL, right - left), SMALL, INK))
    return across, down, shapes


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _dash(number: int) -> tuple[float, ...]:
    return _DASHES[number % len(_DASHES)]


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212")
