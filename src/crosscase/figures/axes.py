"""Scales from data to points on the page, their ticks, and the axes that show them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crosscase.figures.fonts import CAP_HEIGHT, shorten, text_width
from crosscase.figures.palette import GRID, INK, MUTED, RULE, SMALL, THIN
from crosscase.figures.scene import Line, Shape, Text


@dataclass(frozen=True, slots=True)
class LinearScale:
    """Values between ``low`` and ``high`` on the stretch from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, about: int = 5) -> list[float]:
        return linear_ticks(self.low, self.high, about)


@dataclass(frozen=True, slots=True)
class LogScale:
    """Positive values by their logarithm."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return LinearScale(math.log10(self.low), math.log10(self.high), self.start, self.end)(math.log10(value))

    def ticks(self, about: int = 5) -> list[float]:
        """Powers of ten, with twos and fives between them where there is room."""
        low, high = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        steps: tuple[int, ...] = (1, 2, 5) if (high - low) * 3 <= 2 * about else (1,)
        values = [step * 10.0**power for power in range(low, high + 1) for step in steps]
        return [value for value in values if self.low * (1 - 1e-9) <= value <= self.high * (1 + 1e-9)]


@dataclass(frozen=True, slots=True)
class BandScale:
    """A band of equal height for each of ``count`` rows."""

    count: int
    start: float
    end: float

    @property
    def step(self) -> float:
        return (self.end - self.start) / max(self.count, 1)

    def __call__(self, position: int) -> float:
        """The middle of a row's band."""
        return self.start + (position + 0.5) * self.step


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Days between the first of January of two years, ``last`` included."""

    first: int
    last: int
    start: float
    end: float

    def __call__(self, day: datetime.date) -> float:
        return LinearScale(self.first, self.last + 1, self.start, self.end)(decimal_year(day))

    def ticks(self, about: int = 8) -> list[int]:
        """Whole years."""
        years = linear_ticks(self.first, self.last + 1, about)
        step = max(1, round(years[1] - years[0])) if len(years) > 1 else 1
        start = math.ceil(self.first / step) * step
        return list(range(start, self.last + 2, step))


def decimal_year(day: datetime.date) -> float:
    """The year with the part of it that has passed when the day begins.

    >>> decimal_year(datetime.date(2015, 7, 2))
    2015.4986301369863
    """
    begin = datetime.date(day.year, 1, 1)
    # the length of a year in the calendar, without leaving the range of dates at 9999-12-31
    length = 366 if day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0) else 365
    return day.year + (day - begin).days / length


def linear_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values from ``low`` to ``high``, about so many (Heckbert 1990, "Nice numbers for graph labels").

    >>> linear_ticks(0, 9.3)
    [0.0, 2.0, 4.0, 6.0, 8.0]
    """
    if not high > low:
        return [float(low)]
    step = _nice((high - low) / max(about, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step)) + 1)
    return [round(number * step, digits) + 0.0 for number in range(first, last + 1)]


def nice_range(low: float, high: float, about: int = 5) -> tuple[float, float]:
    """The range widened to round values at both ends.

    >>> nice_range(0.13, 4.6)
    (0.0, 5.0)
    """
    if not high > low:
        span = abs(low) * 0.5 or 1.0
        low, high = low - span, high + span
    step = _nice((high - low) / max(about, 1))
    digits = max(0, -math.floor(math.log10(step)) + 1)
    return (
        round(math.floor(low / step + 1e-9) * step, digits) + 0.0,
        round(math.ceil(high / step - 1e-9) * step, digits) + 0.0,
    )


def whole_ticks(ticks: Sequence[float], numbers: Sequence[float]) -> list[float]:
    """The ticks that are whole, when all the numbers are: there is no half of a country."""
    if all(number == int(number) for number in numbers):
        return [tick for tick in ticks if tick == int(tick)]
    return list(ticks)


def tick_label(value: float) -> str:
    """A tick's value without needless decimals, with a true minus sign."""
    return f"{value:.10g}".replace("-", "\u2212")


def horizontal_axis(
    scale: Callable[[float], float],
    ticks: Sequence[float],
    y: float,
    top: float,
    *,
    start: float,
    end: float,
    label: str = "",
    format: Callable[[float], str] = tick_label,
) -> list[Shape]:
    """Grid lines up to ``top``, the line of the axis at ``y``, its ticks' labels (left out where they would touch) and its name."""
    shapes: list[Shape] = []
    filled_to = -math.inf
    for tick in ticks:
        x = scale(tick)
        shapes.append(Line(x, top, x, y, GRID, THIN))
        text = format(tick)
        half = text_width(text, SMALL) / 2
        if x - half > filled_to + SMALL * 0.5:
            shapes.append(Text(x, y + 3 + SMALL * CAP_HEIGHT + 1, text, SMALL, MUTED, "middle"))
            filled_to = x + half
    shapes.append(Line(start, y, end, y, RULE, THIN))
    if label:
        shapes.append(Text((start + end) / 2, y + 14 + SMALL, shorten(label, SMALL, end - start), SMALL, INK, "middle"))
    return shapes


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    fraction = step / power
    return power * (1 if fraction < 1.5 else 2 if fraction < 3 else 5 if fraction < 7 else 10)
