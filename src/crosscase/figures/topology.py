"""The shapes of countries, from the shipped TopoJSON file.

The shapes are those of Natural Earth at 1:110 million (public domain), as the npm package world-atlas 2.0.2 (ISC) has
them.  Territories that are too small for this scale are not in it.  Boundaries are those of the file; no judgement about
them is made or meant.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from crosscase.core.countries import all_countries

Ring = tuple[tuple[float, float], ...]

#: Kosovo has no number of its own in the file.
_BY_NAME = {"Kosovo": "XKX"}


@cache
def country_shapes() -> Mapping[str, tuple[Ring, ...]]:
    """Country (alpha-3, or the file's own name for a territory without a code) -> its rings of (longitude, latitude)."""
    text = resources.files("crosscase.figures").joinpath("data/countries-110m.json").read_text(encoding="utf-8")
    topology = json.loads(text)
    arcs = [_decode(arc, topology["transform"]) for arc in topology["arcs"]]
    alpha3 = {country.numeric: country.alpha3 for country in all_countries() if country.numeric}
    shapes: dict[str, tuple[Ring, ...]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = alpha3.get(geometry.get("id", ""), _BY_NAME.get(name, name))
        rings = tuple(piece for ring in _rings(geometry) for piece in cut(_join(ring, arcs)))
        shapes[code] = shapes.get(code, ()) + rings
    return shapes


def _decode(arc: Sequence[Sequence[int]], transform: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Quantised steps to positions (TopoJSON specification, 2.1.3)."""
    (scale_x, scale_y), (shift_x, shift_y) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + shift_x, y * scale_y + shift_y))
    return points


def _rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[int]]:
    if geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def _join(indexes: Sequence[int], arcs: Sequence[Sequence[tuple[float, float]]]) -> Ring:
    """Arcs end to end; a negative index is the arc with that complement, backwards."""
    points: list[tuple[float, float]] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(arc[1:] if points else arc)
    return tuple(points)


def cut(ring: Ring) -> list[Ring]:
    """A ring that crosses the 180th meridian as pieces on either side of it; any other ring as it is.

    >>> cut(((170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0)))[1]
    ((-180.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (-180.0, 10.0))
    """
    unrolled = [ring[0]]
    for longitude, latitude in ring[1:]:
        turns = round((unrolled[-1][0] - longitude) / 360)
        unrolled.append((longitude + 360 * turns, latitude))
    west, east = min(x for x, _ in unrolled), max(x for x, _ in unrolled)
    if west >= -180 and east <= 180:
        return [ring]
    pieces = []
    for turns in range(math.floor((west + 180) / 360), math.floor((east + 180) / 360) + 1):
        moved = [(x - 360 * turns, y) for x, y in unrolled]
        piece = _keep(_keep(moved, -180.0, 1), 180.0, -1)
        if len(piece) >= 3:
            pieces.append(tuple(piece))
    return pieces


def _keep(points: Sequence[tuple[float, float]], meridian: float, side: int) -> list[tuple[float, float]]:
    """What of a polygon lies east (1) or west (-1) of a meridian (Sutherland & Hodgman 1974)."""
    kept: list[tuple[float, float]] = []
    for (x1, y1), (x2, y2) in zip([points[-1], *points[:-1]] if points else [], points, strict=True):
        inside1, inside2 = (x1 - meridian) * side >= 0, (x2 - meridian) * side >= 0
        if inside1 != inside2:
            kept.append((meridian, y1 + (y2 - y1) * (meridian - x1) / (x2 - x1)))
        if inside2:
            kept.append((x2, y2))
    return kept
