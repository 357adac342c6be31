"""Printed figures beside recomputed ones: each case a pair of marks on a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crosscase.figures.axes import (
    BandScale,
    LinearScale,
    horizontal_axis,
    linear_ticks,
    nice_range,
    tick_label,
    whole_ticks,
)
from crosscase.figures.fonts import CAP_HEIGHT, shorten_middle, text_width
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import COLOURS, GRID, INK, MUTED, PAPER, SMALL, THICK, THIN, Mark
from crosscase.figures.scene import FULL_WIDTH, MM, Circle, Group, Line, Scene, Shape, Text

_STEP = 8.6
_MARK = 4.4


@dataclass(frozen=True, slots=True)
class Pair:
    """A printed figure and the recomputed one (``None``: no data); ``reproduced`` says whether they agree as printed."""

    case: str
    printed: float
    recomputed: float | None
    reproduced: bool | None


def reproduction(pairs: Sequence[Pair], *, measure: str, width_mm: float = FULL_WIDTH) -> Scene:
    """Draw the pairs in their order; those that do not agree carry a heavy line and a mark at the margin."""
    title = f"Printed and recomputed figures: {measure}"
    if not pairs:
        return nothing_to_draw(f"No printed figure of {measure} is on record.", title, width_mm)
    width = width_mm * MM
    left = min(max(text_width(pair.case, SMALL) for pair in pairs) + 14, width * 0.32)
    numbers = [pair.printed for pair in pairs] + [pair.recomputed for pair in pairs if pair.recomputed is not None]
    low, high = nice_range(min(*numbers, 0.0), max(numbers))
    edge = max(text_width(tick_label(tick), SMALL) for tick in linear_ticks(low, high)) / 2 + 2
    scale = LinearScale(low, high, left + _MARK, width - edge)
    bands = BandScale(len(pairs), 2, 2 + _STEP * len(pairs))
    foot = bands.end + 2
    shapes: list[Shape] = horizontal_axis(
        scale,
        whole_ticks(scale.ticks(max(3, round((width - left) / 50))), numbers),
        foot,
        2,
        start=left,
        end=width,
        label=measure,
    )
    for number, pair in enumerate(pairs):
        shapes.append(_pair(pair, scale, bands(number), left))
    words = legend(_legend(pairs), width)
    shapes.append(Group(words.shapes, move=(0, foot + 26)))
    return Scene(width, foot + 28 + words.height, tuple(shapes), title, _describe(pairs, measure))


def _pair(pair: Pair, scale: LinearScale, y: float, left: float) -> Group:
    baseline = y + SMALL * CAP_HEIGHT / 2
    failed = pair.reproduced is False
    shapes: list[Shape] = [
        Text(8, baseline, shorten_middle(pair.case, SMALL, left - 14), SMALL, INK),
        Line(left, y, scale.end, y, GRID, THIN / 2),
    ]
    printed = scale(pair.printed)
    if failed:
        shapes.append(Mark("diamond", COLOURS[1]).at(3, y, _MARK))
    if pair.recomputed is None:
        fits = printed + 6 + text_width("no data", SMALL) <= scale.end
        shapes.append(
            Text(printed + (6 if fits else -6), baseline, "no data", SMALL, MUTED, "start" if fits else "end")
        )
        words = "no data to recompute it from"
    else:
        recomputed = scale(pair.recomputed)
        shapes.append(Line(printed, y, recomputed, y, COLOURS[1] if failed else MUTED, THICK if failed else THIN))
        shapes.append(Circle(recomputed, y, _MARK / 2 - 0.5, fill=COLOURS[1] if failed else COLOURS[0]))
        words = f"recomputed {pair.recomputed:.4g}"
    shapes.append(Circle(printed, y, _MARK / 2, INK, THIN * 1.5, PAPER if pair.recomputed is None else ""))
    return Group(tuple(shapes), title=f"{pair.case}: printed {pair.printed:.4g}, {words}")


def _legend(pairs: Sequence[Pair]) -> list[tuple[Mark | Sequence[Shape], str]]:
    entries: list[tuple[Mark | Sequence[Shape], str]] = [
        ([Circle(0, 0, _MARK / 2, INK, THIN * 1.5)], "as printed"),
    ]
    if any(pair.reproduced for pair in pairs):
        entries.append(([Circle(0, 0, _MARK / 2 - 0.5, fill=COLOURS[0])], "recomputed, agrees"))
    if any(pair.reproduced is False for pair in pairs):
        entries.append(([Circle(0, 0, _MARK / 2 - 0.5, fill=COLOURS[1])], "recomputed, differs"))
        entries.append((Mark("diamond", COLOURS[1]), "case not reproduced"))
    return entries


def _describe(pairs: Sequence[Pair], measure: str) -> str:
    agree = sum(pair.reproduced is True for pair in pairs)
    differ = [pair.case for pair in pairs if pair.reproduced is False]
    without = [pair.case for pair in pairs if pair.recomputed is None]
    text = f"{measure}: {len(pairs)} printed figures, {agree} reproduced."
    if differ:
        text += " Not reproduced: " + ", ".join(differ) + "."
    if without:
        text += " No data to recompute: " + ", ".join(without) + "."
    return text
