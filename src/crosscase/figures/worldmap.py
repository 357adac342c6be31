"""Maps of the countries entered, one a period, shaded by the number of entries.

Projection: Equal Earth.  Countries that are too small to be seen, or not in the shapes at all, are circles of the same
shade at the position given for them.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from crosscase.core import Snapshot
from crosscase.figures.fonts import CAP_HEIGHT, text_width, wrap
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import INK, LAND, MUTED, NORMAL, PAPER, SHADES, SMALL, THIN
from crosscase.figures.projection import equal_earth
from crosscase.figures.scene import FULL_WIDTH, MM, Circle, Group, Path, Rect, Scene, Shape, Text
from crosscase.figures.topology import Ring, country_shapes
from crosscase.figures.words import counted

#: The latitudes shown; Antarctica is left out.
SOUTH, NORTH = -56.0, 84.0

_GAP = 8.0
#: A country that covers less than this on the page, in square points, is a circle.
_SMALLEST = 9.0
_RADIUS = 2.3
#: Shapes are drawn to this many points: finer than a dot of 300 to the inch.
_GRID = 0.2


@dataclass(frozen=True, slots=True)
class Period:
    """The entries of one stretch of time by country (alpha-3)."""

    label: str
    counts: Mapping[str, int]


def entry_periods(snapshot: Snapshot, most: int = 4) -> list[Period]:
    """The dated entries of a study in at most so many periods, of equal numbers of years but for the last, which may be shorter."""
    entries = [
        (event.date.year, event.place) for event in snapshot.events if _counts(event) and event.date and event.place
    ]
    if not entries:
        return []
    first, last = min(year for year, _ in entries), max(year for year, _ in entries)
    length = math.ceil((last - first + 1) / most)
    periods = []
    for start in range(first, last + 1, length):
        end = min(start + length - 1, last)
        counts = Counter(place for year, place in entries if start <= year <= end)
        periods.append(Period(f"{start}–{end}" if end > start else str(start), dict(sorted(counts.items()))))
    return periods


def world_maps(
    periods: Sequence[Period],
    *,
    positions: Mapping[str, tuple[float, float]] | None = None,
    width_mm: float = FULL_WIDTH,
    place_name: Callable[[str], str] = lambda code: code,
) -> Scene:
    """Small multiples, two beside each other at full width, one at the width of a column.

    Args:
        periods: one map each.
        positions: country -> (latitude, longitude) in degrees, for those too small to be seen.
        width_mm: the width of the figure.
        place_name: the name of a country by its code.
    """
    title = "Countries entered, by period"
    drawn = [period for period in periods if period.counts]
    if not drawn:
        return nothing_to_draw("No entry with a date and a country is on record.", title, width_mm)
    width = width_mm * MM
    columns = 2 if width_mm >= 120 and len(drawn) > 1 else 1
    panel = (width - _GAP * (columns - 1)) / columns
    scale = panel / (2 * equal_earth(180, 0)[0])
    height = scale * (equal_earth(0, NORTH)[1] - equal_earth(0, SOUTH)[1])
    bounds = class_bounds(max(count for period in drawn for count in period.counts.values()))
    shapes: list[Shape] = []
    unplaced: Counter[str] = Counter()
    for number, period in enumerate(drawn):
        row, column = divmod(number, columns)
        x, y = column * (panel + _GAP), row * (height + 22)
        shapes.append(Group(tuple(_heading(period, panel)), move=(x, y)))
        inside, absent = _map(period, bounds, scale, positions or {}, place_name)
        unplaced.update(absent)
        shapes.append(
            Group((Group(tuple(inside), clip=Rect(0, 0, panel, height)),), move=(x, y + 12), title=period.label)
        )
    foot = math.ceil(len(drawn) / columns) * (height + 22)
    words = legend(_legend(bounds), width)
    shapes.append(
        Group(
            (Text(0, 5, "Entries in the country", SMALL, INK), *(Group((one,), move=(0, 8)) for one in words.shapes)),
            move=(0, foot),
        )
    )
    foot += 10 + words.height
    if unplaced:
        lost = ", ".join(f"{place_name(place)} {count}" for place, count in sorted(unplaced.items()))
        for line in wrap(f"Not on the map: {lost}", SMALL, width):
            shapes.append(Text(0, foot + 8, line, SMALL, MUTED))
            foot += 9
        foot += 3
    return Scene(width, foot + 2, tuple(shapes), title, _describe(drawn, place_name))


def class_bounds(most: int) -> tuple[int, ...]:
    """The largest count of each shade, growing about geometrically; at most five.

    >>> class_bounds(3), class_bounds(12)
    ((1, 2, 3), (1, 2, 3, 6, 12))
    """
    if most <= len(SHADES):
        return tuple(range(1, most + 1))
    steps = len(SHADES) - 1
    bounds = [1]
    for step in range(1, steps + 1):
        bounds.append(max(bounds[-1] + 1, round(most ** (step / steps))))
    bounds[-1] = most
    return tuple(bounds)


def _counts(event: object) -> bool:
    return getattr(event, "kind", "") in ("entry", "re-entry")


def _heading(period: Period, panel: float) -> list[Shape]:
    total = sum(period.counts.values())
    words = f"{counted(total, 'entry', 'entries')}, {counted(len(period.counts), 'country', 'countries')}"
    shapes: list[Shape] = [Text(0, NORMAL * CAP_HEIGHT + 2, period.label, NORMAL, INK)]
    left = text_width(period.label, NORMAL) + 8
    if left + text_width(words, SMALL) <= panel:
        shapes.append(Text(left, NORMAL * CAP_HEIGHT + 2, words, SMALL, MUTED))
    return shapes


def _map(
    period: Period,
    bounds: Sequence[int],
    scale: float,
    positions: Mapping[str, tuple[float, float]],
    place_name: Callable[[str], str],
) -> tuple[list[Shape], dict[str, int]]:
    paths = _paths(round(scale, 3))
    areas = _areas()
    land = "".join(path for code, path in paths.items() if code not in period.counts)
    shapes: list[Shape] = [_land(land, LAND)]
    points: list[Shape] = []
    absent: dict[str, int] = {}
    for code, count in period.counts.items():
        shade = _shade(count, bounds)
        label = f"{place_name(code)}: {counted(count, 'entry', 'entries')}, {period.label}"
        small = areas.get(code, 0.0) * scale * scale < _SMALLEST
        if code in paths:
            shapes.append(Group((_land(paths[code], shade),), title=label))
        if not small:
            continue
        centre = _centre(code, positions)
        if centre is None:
            absent[code] = count
            continue
        x, y = _on_page(*centre, scale)
        points.append(Group((Circle(x, y, _RADIUS, PAPER, THIN, shade),), title=label))
    return [*shapes, *points], absent


def _centre(code: str, positions: Mapping[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Longitude and latitude of a small country: its given position, else the middle of its largest ring."""
    if code in positions:
        latitude, longitude = positions[code]
        return longitude, latitude
    rings = country_shapes().get(code)
    if not rings:
        return None
    ring = max(rings, key=len)
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def _on_page(longitude: float, latitude: float, scale: float) -> tuple[float, float]:
    x, y = equal_earth(longitude, latitude)
    return (x + equal_earth(180, 0)[0]) * scale, (equal_earth(0, NORTH)[1] - y) * scale


@lru_cache(maxsize=8)
def _paths(scale: float) -> Mapping[str, str]:
    """Every country as commands of a path in units of :data:`_GRID`; points that fall together are left out."""
    paths = {}
    for code, rings in country_shapes().items():
        if code != "ATA":
            path = "".join(_commands(ring, scale) for ring in rings)
            if path:
                paths[code] = path
    return paths


def _commands(ring: Ring, scale: float) -> str:
    points: list[tuple[int, int]] = []
    for longitude, latitude in ring:
        x, y = _on_page(longitude, latitude, scale)
        point = (round(x / _GRID), round(y / _GRID))
        if not points or point != points[-1]:
            points.append(point)
    if points and points[0] == points[-1]:
        points.pop()
    if len(points) < 3:
        return ""
    steps = (f"{x2 - x1} {y2 - y1}" for (x1, y1), (x2, y2) in itertools.pairwise(points))
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def _land(path: str, fill: str) -> Group:
    """A path of :func:`_paths` at its size on the page."""
    return Group((Path(path, PAPER, THIN / 2 / _GRID, fill),), scale=_GRID)


@cache
def _areas() -> Mapping[str, float]:
    """The area of each country on a globe of radius 1 (the projection keeps areas)."""
    return {code: abs(sum(_area(ring) for ring in rings)) for code, rings in country_shapes().items()}


def _area(ring: Ring) -> float:
    points = [equal_earth(*point) for point in ring]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True)) / 2


def _shade(count: int, bounds: Sequence[int]) -> str:
    place = next((number for number, bound in enumerate(bounds) if count <= bound), len(bounds) - 1)
    return SHADES[_spread(len(bounds))[place]]


def _spread(count: int) -> tuple[int, ...]:
    """Which shades to take for so few classes, the lightest and the darkest among them."""
    if count == 1:
        return (2,)
    return tuple(round(place * (len(SHADES) - 1) / (count - 1)) for place in range(count))


def _legend(bounds: Sequence[int]) -> list[tuple[Sequence[Shape], str]]:
    entries: list[tuple[Sequence[Shape], str]] = []
    low = 1
    for bound in bounds:
        box = Rect(-2.5, -2.5, 5, 5, fill=_shade(bound, bounds))
        entries.append(([box], str(bound) if bound == low else f"{low}–{bound}"))
        low = bound + 1
    entries.append(([Circle(0, 0, _RADIUS, MUTED, THIN, PAPER)], "too small to shade"))
    return entries


def _describe(periods: Sequence[Period], place_name: Callable[[str], str]) -> str:
    parts = []
    for period in periods:
        ordered = sorted(period.counts.items(), key=lambda pair: (-pair[1], pair[0]))
        named = ", ".join(f"{place_name(code)} {count}" for code, count in ordered)
        parts.append(f"{period.label}: {named}.")
    return " ".join(parts)
