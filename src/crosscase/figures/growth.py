"""Codebook growth: a bar for the codes that an interview brought first, a line for all codes up to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosscase.figures.axes import LinearScale, nice_range, tick_label, whole_ticks
from crosscase.figures.fonts import CAP_HEIGHT, shorten, text_width
from crosscase.figures.legend import nothing_to_draw
from crosscase.figures.palette import COLOURS, GRID, INK, LAND, MUTED, RULE, SHADES, SMALL, THICK, THIN
from crosscase.figures.scene import FULL_WIDTH, MM, Anchor, Circle, Group, Line, Polyline, Rect, Scene, Shape, Text

_HEIGHT = 150.0
_BAR = SHADES[1]
#: The most that a label takes, in points.
_LABEL = 62.0
_LINE = COLOURS[0]


@dataclass(frozen=True, slots=True)
class GrowthBar:
    """One interview: its label, how many codes were new in it, how many there were up to it; ``href`` is where it leads."""

    label: str
    new: int
    so_far: int
    href: str = ""


def growth(
    bars: Sequence[GrowthBar], *, base: int = 0, reached: tuple[int, int] | None = None, words: str = "",
    unit: str = "interview", width_mm: float = FULL_WIDTH,
) -> Scene:  # fmt: skip
    """The curve.  ``base`` interviews are shaded; ``reached`` (from 1) are the first and last of the run in the threshold.

    ``words`` says the result, for those who cannot see it.
    """
    title = f"Growth of the codebook by {unit}"
    if not bars:
        return nothing_to_draw(f"No {unit} has been coded.", title, width_mm)
    width = width_mm * MM
    _, high = nice_range(0, max(bar.so_far for bar in bars))
    left = max(text_width(tick_label(high), SMALL), 12) + 16
    top, foot = 16.0, 16.0 + _HEIGHT
    y = LinearScale(0, high, foot, top)
    step = (width - left - 4) / len(bars)
    shapes: list[Shape] = []
    if base:
        shade = min(base, len(bars)) * step
        shapes += [
            Rect(left, top, shade, _HEIGHT, fill=LAND),
            Text(left + 3, top + 8, shorten(f"base of {base}", SMALL, max(shade - 4, 30)), SMALL, MUTED),
        ]
    for tick in whole_ticks(y.ticks(), [0]):
        shapes += [
            Line(left, y(tick), width - 4, y(tick), GRID, THIN),
            Text(left - 4, y(tick) + SMALL * CAP_HEIGHT / 2, tick_label(tick), SMALL, MUTED, "end"),
        ]
    shapes.append(Text(8, (top + foot) / 2, "codes", SMALL, INK, "middle", -90))
    shapes += _bars(bars, left, step, foot, y)
    shapes.append(Line(left, foot, width - 4, foot, RULE, THIN))
    if reached is not None:
        x1, x2 = left + (reached[0] - 1) * step, left + reached[1] * step
        shapes += [
            Polyline(((x1, top - 3), (x1, top - 6), (x2, top - 6), (x2, top - 3)), INK, THIN),
            Text((x1 + x2) / 2, top - 8.5, "within the threshold", SMALL, INK, _anchor(x1, x2, left, width)),
        ]
    foot += 4 + max(min(text_width(bar.label, SMALL), _LABEL) for bar in bars) + 6
    shapes += _key(left, foot + 4)
    return Scene(width, foot + 10, tuple(shapes), title, f"{words} {_described(bars)}".strip())


def _bars(bars: Sequence[GrowthBar], left: float, step: float, foot: float, y: LinearScale) -> Iterator[Shape]:
    """The bars with their dots and labels, as many labels as have room, and the line through the dots."""
    every = max(1, round(8 / step)) if step < 8 else 1
    points = []
    for number, bar in enumerate(bars):
        middle = left + (number + 0.5) * step
        points.append((middle, y(bar.so_far)))
        dot = Circle(middle, y(bar.so_far), min(1.8, step * 0.3), fill=_LINE)
        new = [Rect(middle - step * 0.35, y(bar.new), step * 0.7, foot - y(bar.new), fill=_BAR)] if bar.new else []
        yield Group((*new, dot), title=f"{bar.label}: {bar.new} new, {bar.so_far} so far", href=bar.href)
        if number % every == 0:
            label = shorten(bar.label, SMALL, _LABEL)
            yield Text(middle + SMALL * CAP_HEIGHT / 2, foot + 4, label, SMALL, MUTED, "end", -90)
    yield Polyline(tuple(points), _LINE, THICK)


def _anchor(x1: float, x2: float, left: float, width: float) -> Anchor:
    middle = (x1 + x2) / 2
    return "start" if middle < left + 35 else "end" if middle > width - 39 else "middle"


def _key(x: float, y: float) -> list[Shape]:
    rise = SMALL * CAP_HEIGHT / 2
    return [
        Rect(x, y - 2.5, 8, 5, fill=_BAR),
        Text(x + 12, y + rise, "new codes", SMALL, INK),
        Line(x + 62, y, x + 74, y, _LINE, THICK),
        Circle(x + 68, y, 1.8, fill=_LINE),
        Text(x + 78, y + rise, "codes so far", SMALL, INK),
    ]


def _described(bars: Sequence[GrowthBar]) -> str:
    return " ".join(f"{bar.label}: {bar.new} new, {bar.so_far} so far." for bar in bars)
