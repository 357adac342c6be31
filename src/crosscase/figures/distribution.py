"""How a measure is distributed over the cases: every case a dot, with median and quartiles; a histogram for many."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from crosscase.figures.axes import LinearScale, horizontal_axis, linear_ticks, nice_range, tick_label, whole_ticks
from crosscase.figures.fonts import CAP_HEIGHT, shorten, shorten_middle, text_width
from crosscase.figures.legend import nothing_to_draw
from crosscase.figures.palette import COLOURS, GRID, INK, MUTED, PAPER, RULE, SMALL, THICK, THIN
from crosscase.figures.scene import FULL_WIDTH, MM, Circle, Group, Line, Rect, Scene, Shape, Text

#: With more cases than this, bars take the place of dots.
MOST_DOTS = 150

#: Dots are piled up to this height; a panel that would need more has bars.
MOST_STACKED = 24

_DOT = 3.6


@dataclass(frozen=True, slots=True)
class Distribution:
    """The values of one measure, ``values`` a (case, value) each; ``missing`` are the cases without one.

    ``label`` names the measure and its unit, as the axis shows them.
    """

    label: str
    values: tuple[tuple[str, float], ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The three quartiles and the fences 1.5 interquartile ranges beyond them (Tukey 1977)."""

    first: float
    median: float
    third: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Quartiles:
        """Linear interpolation between order statistics (Hyndman & Fan 1996, type 7)."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        return cls(*statistics.quantiles(values, n=4, method="inclusive"))

    @property
    def fences(self) -> tuple[float, float]:
        spread = 1.5 * (self.third - self.first)
        return self.first - spread, self.third + spread


def distributions(panels: Sequence[Distribution], *, width_mm: float = FULL_WIDTH) -> Scene:
    """One panel a measure, each with its own axis, one below the other.

    Cases beyond Tukey's fences are open dots, and named where there is room.
    """
    title = "Distribution of the measures over the cases"
    drawn = [panel for panel in panels if panel.values]
    if not drawn:
        return nothing_to_draw("No case has a value of these measures.", title, width_mm)
    width = width_mm * MM
    shapes: list[Shape] = []
    top = 0.0
    for panel in drawn:
        inside, height = _panel(panel, width)
        shapes.append(Group(tuple(inside), move=(0, top), title=panel.label))
        top += height + 8
    return Scene(width, top - 4, tuple(shapes), title, " ".join(_describe(panel) for panel in panels))


def _panel(panel: Distribution, width: float) -> tuple[list[Shape], float]:
    numbers = sorted(value for _, value in panel.values)
    quartiles = Quartiles.of(numbers)
    low, high = nice_range(min(numbers), max(numbers))
    edge = max(text_width(tick_label(tick), SMALL) for tick in linear_ticks(low, high)) / 2 + 2
    scale = LinearScale(low, high, edge + _DOT / 2, width - edge - _DOT / 2)
    dots = _dots(panel, scale, quartiles) if len(numbers) <= MOST_DOTS else None
    body, height = dots or _bars(numbers, scale)
    names = _outlier_names(panel, quartiles, scale, width) if dots else []
    head = 13.0 + (9.0 if names else 0.0)
    foot = head + height
    ticks = whole_ticks(scale.ticks(max(3, round(width / 60))), numbers)
    shapes = horizontal_axis(scale, ticks, foot, head, start=0, end=width)
    shapes.append(Text(0, 2 + SMALL * CAP_HEIGHT, _heading(panel, width), SMALL, INK))
    shapes.extend(Group((shape,), move=(0, head - 4.0)) for shape in names)
    shapes.extend(_box(quartiles, scale, foot + 5))
    shapes.append(Group(tuple(body), move=(0, foot)))
    # the labels of the ticks stand below the bracket of the quartiles
    return [_lowered(shape, foot) for shape in shapes], foot + 21


def _lowered(shape: Shape, foot: float) -> Shape:
    if isinstance(shape, Text) and shape.y > foot:
        return Text(shape.x, shape.y + 7.5, shape.text, shape.size, shape.fill, shape.anchor)
    return shape


def _heading(panel: Distribution, width: float) -> str:
    count = f"  (n = {len(panel.values)}" + (f", no data: {len(panel.missing)})" if panel.missing else ")")
    return shorten(panel.label, SMALL, width - text_width(count, SMALL)) + count


def _dots(panel: Distribution, scale: LinearScale, quartiles: Quartiles) -> tuple[list[Shape], float] | None:
    """Dots stacked upwards where they would touch, the origin on the axis; ``None`` when the piles grow too high."""
    low, high = quartiles.fences
    ends: list[float] = []
    shapes: list[Shape] = []
    for case, value in sorted(panel.values, key=lambda pair: (pair[1], pair[0])):
        x = scale(value)
        level = next((number for number, end in enumerate(ends) if x - end >= _DOT + 0.2), len(ends))
        ends[level : level + 1] = [x]
        y = -(level + 0.5) * (_DOT + 0.4) - 1
        outside = not low <= value <= high
        dot = (
            Circle(x, y, _DOT / 2 - 0.3, COLOURS[0], 0.8, PAPER) if outside else Circle(x, y, _DOT / 2, fill=COLOURS[0])
        )
        shapes.append(Group((dot,), title=f"{case}: {tick_label(value)}"))
    if len(ends) > MOST_STACKED:
        return None
    return shapes, max(12.0, len(ends) * (_DOT + 0.4) + 3)


def _bars(numbers: Sequence[float], scale: LinearScale) -> tuple[list[Shape], float]:
    """A histogram whose bars are as wide as the rule of Freedman and Diaconis (1981) says, rounded."""
    quartiles = Quartiles.of(numbers)
    spread = quartiles.third - quartiles.first
    wanted = 2 * spread / len(numbers) ** (1 / 3) if spread else (scale.high - scale.low) / 10
    edges = linear_ticks(scale.low, scale.high, min(60, max(5, round((scale.high - scale.low) / wanted))))
    counts = [0] * (len(edges) - 1)
    step = edges[1] - edges[0]
    for number in numbers:
        counts[min(int((number - edges[0]) / step + 1e-9), len(counts) - 1)] += 1
    shapes: list[Shape] = []
    for edge, count in zip(edges, counts, strict=False):
        tall = 45 * count / max(counts)
        left, right = scale(edge), scale(edge + step)
        bar = Rect(left + 0.3, -tall, right - left - 0.6, tall, fill=COLOURS[0])
        shapes.append(Group((bar,), title=f"{tick_label(edge)} to {tick_label(edge + step)}: {count}"))
    shapes.append(
        Text(scale(edges[counts.index(max(counts))] + step / 2), -48, str(max(counts)), SMALL, MUTED, "middle")
    )
    return shapes, 56.0


def _box(quartiles: Quartiles, scale: LinearScale, y: float) -> list[Shape]:
    """The quartiles as a bar under the axis, the median as an upright stroke through it."""
    left, right = scale(quartiles.first), scale(quartiles.third)
    middle = scale(quartiles.median)
    words = f"median {quartiles.median:.4g}, quartiles {quartiles.first:.4g} and {quartiles.third:.4g}"
    bar = Rect(left, y - 1.5, max(right - left, 0.1), 3, RULE, THIN, GRID)
    return [Group((bar, Line(middle, y - 3.2, middle, y + 3.2, INK, THICK)), title=words)]


def _outlier_names(panel: Distribution, quartiles: Quartiles, scale: LinearScale, width: float) -> list[Shape]:
    """Names above the cases beyond the fences, the farthest first, where there is room for them."""
    low, high = quartiles.fences
    outside = [(case, value) for case, value in panel.values if not low <= value <= high]
    outside.sort(key=lambda pair: (-abs(pair[1] - quartiles.median), pair[0]))
    taken: list[tuple[float, float]] = []
    names: list[Shape] = []
    for case, value in outside:
        text = shorten_middle(case, SMALL, width * 0.3)
        wide = text_width(text, SMALL)
        left = min(max(scale(value) - wide / 2, 0.0), width - wide)
        if all(left >= end + 4 or left + wide + 4 <= start for start, end in taken):
            names.append(Text(left, 0, text, SMALL, MUTED))
            taken.append((left, left + wide))
    return names


def _describe(panel: Distribution) -> str:
    if not panel.values:
        return f"{panel.label}: no data."
    numbers = [value for _, value in panel.values]
    q = Quartiles.of(numbers)
    text = (
        f"{panel.label}: {len(numbers)} cases from {min(numbers):.4g} to {max(numbers):.4g}, median {q.median:.4g}, "
        f"quartiles {q.first:.4g} and {q.third:.4g}"
    )
    return text + (f"; no data for {len(panel.missing)}." if panel.missing else ".")
