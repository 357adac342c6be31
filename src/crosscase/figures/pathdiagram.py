"""The path diagram of a fitted structural model: ellipses are latent, rectangles observed, arrows carry coefficients.

Numbers are set as journals set them: no zero before the point where a correlation could stand, stars for p, R² in the
variables that the model explains.  Disturbances are not drawn; correlated errors of indicators are listed below, and so are
the correlations of many factors, whose arcs would hide each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosscase.figures.fonts import CAP_HEIGHT, DESCENT, text_width, wrap
from crosscase.figures.legend import nothing_to_draw
from crosscase.figures.palette import INK, MUTED, NORMAL, PAPER, SMALL, THIN
from crosscase.figures.pathdiagram_layout import Box, Structure, layout
from crosscase.figures.scene import FULL_WIDTH, Group, Path, Polyline, Rect, Scene, Shape, Text
from crosscase.figures.words import counted

if TYPE_CHECKING:
    from crosscase.engines.sem import Fit, Parameter

_HEAD = 4.2
_MARGIN = 4.0
_SAMPLES = 128
#: More correlations of factors than these are listed under the figure.
_MOST_ARCS = 6
#: How far an arrow is bent, in parts of its length, until it passes no variable.
_BENDS = (0.0, 0.18, -0.18, 0.32, -0.32, 0.5, -0.5, 0.75, -0.75)
#: Where on an arrow its number may stand.
_SPOTS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8)
_LOADING_SPOTS = (0.62, 0.7, 0.54, 0.76, 0.46, 0.38)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Curve:
    """A quadratic curve from start to end."""

    start: Point
    control: Point
    end: Point

    def at(self, t: float) -> Point:
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        return (
            a * self.start[0] + b * self.control[0] + c * self.end[0],
            a * self.start[1] + b * self.control[1] + c * self.end[1],
        )

    def points(self) -> list[Point]:
        return [self.at(number / _SAMPLES) for number in range(_SAMPLES + 1)]


@dataclass(frozen=True, slots=True)
class _Edge:
    curve: _Curve
    parameter: Parameter
    both: bool
    spots: tuple[float, ...]


def path_diagram(
    fit: Fit,
    *,
    group: int = 1,
    standardized: bool = True,
    stars: bool = True,
    names: Mapping[str, str] | None = None,
    title: str = "Path diagram",
) -> Scene:
    """The model with its estimates; the figure takes the width that it needs.

    Args:
        fit: a fitted model; one that did not converge gives a figure that says so.
        group: which group of a multi-group model, from 1.
        standardized: completely standardized coefficients; otherwise the estimates as they are.
        stars: mark p < .05, .01 and .001 of paths and correlations.
        names: variable → the words for it.
    """
    if not fit.converged:
        return nothing_to_draw(f"No estimates: {fit.diagnosis}", title, FULL_WIDTH)
    rows = [one for one in fit.parameters if one.group == group]
    structure = _structure(rows)
    explained = fit.r_squared[group - 1]
    second = {
        name: f"R² = {coefficient(explained[name])}"
        for name in structure.nodes
        if name in explained and any(effect == name for _, effect in structure.arrows)
    }
    boxes = layout(structure, names or {}, second_lines=second)
    edges = _edges(rows, structure, boxes)
    value = "std_all" if standardized else "est"
    shapes: list[Shape] = []
    for edge in edges:
        shapes += _arrow(edge)
    shapes += _numbers(edges, boxes, value, stars, set(structure.nodes))
    drawn: list[Shape] = [_variable(box) for box in boxes.values()]
    left, top, right, bottom = _extent(edges, boxes)
    move = (_MARGIN - left, _MARGIN - top)
    width = max(right - left + 2 * _MARGIN, 240.0)
    y = bottom - top + 2 * _MARGIN + 10
    below: list[Shape] = []
    for note in _notes(fit, rows, structure, standardized, stars, value, names or {}):
        for line in wrap(note, SMALL, width):
            below.append(Text(0, y, line, SMALL, MUTED))
            y += SMALL * 1.45
    scene = (Group((*shapes, *drawn), move=move), *below)
    return Scene(width, y, scene, title, _description(rows, structure, value))


def coefficient(value: float) -> str:
    """Two decimals without the zero before the point; a true minus sign.

    >>> print(coefficient(0.4436), coefficient(-0.05), coefficient(1.02), coefficient(-0.001))
    .44 −.05 1.02 .00
    """
    text = f"{abs(value):.2f}"
    text = text[1:] if text.startswith("0") else text
    return ("\u2212" if value < 0 and text != ".00" else "") + text


def _number(value: float, kind: str) -> str:
    """An unstandardized estimate keeps the zero before the point."""
    return coefficient(value) if kind == "std_all" else f"{value:.2f}".replace("-", "\u2212")


def significance(pvalue: float | None) -> str:
    """Stars for p < .05, .01, .001."""
    if pvalue is None:
        return ""
    return "***" if pvalue < 0.001 else "**" if pvalue < 0.01 else "*" if pvalue < 0.05 else ""


# -- what is in the model ----------------------------------------------------------------------------------------------


def _structure(rows: Sequence[Parameter]) -> Structure:
    latents = tuple(dict.fromkeys(row.lhs for row in rows if row.op == "=~"))
    arrows = [(row.rhs, row.lhs) for row in rows if row.op == "~"]
    arrows += [(row.lhs, row.rhs) for row in rows if row.op == "=~" and row.rhs in latents]
    structural = dict.fromkeys((*latents, *(name for arrow in arrows for name in arrow)))
    indicators: dict[str, list[str]] = {}
    owned: set[str] = set(structural)
    for row in rows:
        if row.op == "=~" and row.rhs not in owned:
            indicators.setdefault(row.lhs, []).append(row.rhs)
            owned.add(row.rhs)
    return Structure(
        latents,
        {name: tuple(those) for name, those in indicators.items()},
        tuple(structural),
        tuple(dict.fromkeys(arrows)),
    )


def _edges(rows: Sequence[Parameter], structure: Structure, boxes: Mapping[str, Box]) -> list[_Edge]:
    nodes = set(structure.nodes)
    listed = _listed(rows, structure)
    edges = []
    for row in rows:
        if row.op == "=~" and row.rhs not in nodes:
            edges.append(_Edge(_straight(boxes[row.lhs], boxes[row.rhs]), row, False, _LOADING_SPOTS))
        elif row.op in ("~", "=~"):
            cause, effect = (row.rhs, row.lhs) if row.op == "~" else (row.lhs, row.rhs)
            edges.append(_Edge(_free(boxes[cause], boxes[effect], boxes), row, False, _SPOTS))
        elif row.op == "~~" and row.lhs != row.rhs and {row.lhs, row.rhs} <= nodes and row not in listed:
            edges.append(_Edge(_arc(boxes[row.lhs], boxes[row.rhs], boxes), row, True, _SPOTS))
    return edges


def _listed(rows: Sequence[Parameter], structure: Structure) -> list[Parameter]:
    """The correlations of structural variables when there are too many of them for arcs."""
    nodes = set(structure.nodes)
    arcs = [row for row in rows if row.op == "~~" and row.lhs != row.rhs and {row.lhs, row.rhs} <= nodes]
    return arcs if len(arcs) > _MOST_ARCS else []


# -- arrows ------------------------------------------------------------------------------------------------------------


def _border(box: Box, towards: Point) -> Point:
    """Where the line from the middle of a variable towards a point leaves it."""
    dx, dy = towards[0] - box.x, towards[1] - box.y
    if not dx and not dy:
        return box.x, box.y
    if box.latent:
        scale = 1 / math.hypot(dx / box.half_width, dy / box.half_height)
    else:
        scale = min(
            box.half_width / abs(dx) if dx else math.inf,
            box.half_height / abs(dy) if dy else math.inf,
        )
    return box.x + dx * scale, box.y + dy * scale


def _straight(factor: Box, indicator: Box) -> _Curve:
    """A loading: to the middle of the side of the indicator that faces its factor."""
    side = indicator.side
    if side in ("left", "right") and factor.side == side:
        target = (indicator.right if side == "left" else indicator.left, indicator.y)
    elif factor.side == side:
        target = (indicator.x, indicator.bottom if side == "above" else indicator.top)
    else:
        target = _border(indicator, (factor.x, factor.y))
    start = _border(factor, target)
    return _Curve(start, _between(start, target), target)


def _free(cause: Box, effect: Box, boxes: Mapping[str, Box]) -> _Curve:
    """A path, bent until it passes no variable."""
    others = [box for box in boxes.values() if box.name not in (cause.name, effect.name)]
    best: tuple[int, _Curve] | None = None
    for bend in _BENDS:
        curve = _bent(cause, effect, bend)
        hits = sum(_inside(point, box) for point in curve.points() for box in others)
        if best is None or hits < best[0]:
            best = (hits, curve)
        if not hits:
            break
    assert best is not None
    return best[1]


def _bent(cause: Box, effect: Box, bend: float) -> _Curve:
    dx, dy = effect.x - cause.x, effect.y - cause.y
    middle = ((cause.x + effect.x) / 2 - dy * bend, (cause.y + effect.y) / 2 + dx * bend)
    start, end = _border(cause, middle), _border(effect, middle)
    return _Curve(start, middle if bend else _between(start, end), end)


def _arc(first: Box, second: Box, boxes: Mapping[str, Box]) -> _Curve:
    """A correlation.  Within a layer it runs on the side without indicators, the further the more it has to pass."""
    upper, lower = sorted((first, second), key=lambda box: (box.y, box.name))
    if abs(first.x - second.x) > 1.0:
        return _free(first, second, boxes)
    between = sum(abs(box.x - upper.x) < 1.0 and upper.y < box.y < lower.y for box in boxes.values())
    free = all(box.right >= upper.left for box in boxes.values())
    if not free and not between:
        start, end = (upper.x, upper.bottom), (lower.x, lower.top)
        return _Curve(start, _between(start, end), end)
    sign = -1 if free else 1
    edge = min(upper.left, lower.left) if free else max(upper.right, lower.right)
    reach = 26.0 + 34.0 * between
    middle = (edge + sign * reach * 1.6, (upper.y + lower.y) / 2)
    starts = [_border(box, (edge + sign * reach, box.y + (middle[1] - box.y) * 0.35)) for box in (upper, lower)]
    return _Curve(starts[0], middle, starts[1])


def _between(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _inside(point: Point, box: Box, pad: float = 3.0) -> bool:
    return box.left - pad < point[0] < box.right + pad and box.top - pad < point[1] < box.bottom + pad


def _arrow(edge: _Edge) -> list[Shape]:
    curve, row = edge.curve, edge.parameter
    weak = row.op != "=~" and row.pvalue is not None and row.pvalue >= 0.05
    x1, y1 = _short_of(curve.end, curve.control)
    x0, y0 = _short_of(curve.start, curve.control) if edge.both else curve.start
    commands = f"M{x0:.2f} {y0:.2f}Q{curve.control[0]:.2f} {curve.control[1]:.2f} {x1:.2f} {y1:.2f}"
    dash = (2.2, 1.8) if weak else ()
    shapes: list[Shape] = [
        Path(commands, INK, THIN * (1.6 if row.op == "~" else 1.0), dash=dash),
        _head(curve.end, curve.control),
    ]
    if edge.both:
        shapes.append(_head(curve.start, curve.control))
    return shapes


def _short_of(tip: Point, behind: Point) -> Point:
    """A little before the tip, so that the line does not blunt the arrow's head."""
    length = math.hypot(tip[0] - behind[0], tip[1] - behind[1]) or 1.0
    part = min(0.8, _HEAD * 0.7 / length)
    return tip[0] + (behind[0] - tip[0]) * part, tip[1] + (behind[1] - tip[1]) * part


def _head(tip: Point, behind: Point) -> Polyline:
    angle = math.atan2(tip[1] - behind[1], tip[0] - behind[0])
    corners = [tip]
    for turn in (2.72, -2.72):
        corners.append((tip[0] + _HEAD * math.cos(angle + turn), tip[1] + _HEAD * math.sin(angle + turn)))
    return Polyline(tuple(corners), fill=INK, closed=True)


# -- numbers and variables ---------------------------------------------------------------------------------------------


def _numbers(
    edges: Sequence[_Edge], boxes: Mapping[str, Box], value: str, stars: bool, nodes: Iterable[str]
) -> list[Shape]:
    """The coefficients on their arrows: on no variable, on no other number, and off other arrows where that can be had."""
    placed: list[tuple[float, float, float, float]] = []
    shapes: list[Shape] = []
    lines = [(edge, edge.curve.points()) for edge in edges]
    structural = set(nodes)
    # paths and correlations choose first; loadings have their fans to themselves
    ordered = sorted(edges, key=lambda edge: edge.parameter.op == "=~" and edge.parameter.rhs not in structural)
    for edge in ordered:
        number = getattr(edge.parameter, value)
        if number is None:
            continue
        loading = edge.spots is _LOADING_SPOTS
        text = _number(number, value) + (significance(edge.parameter.pvalue) if stars and not loading else "")
        half, tall = text_width(text, SMALL) / 2 + 1.2, SMALL * (CAP_HEIGHT + DESCENT) / 2 + 0.8
        best: tuple[float, Point] | None = None
        for rank, spot in enumerate(edge.spots):
            x, y = edge.curve.at(spot)
            area = (x - half - 1, y - tall - 1, x + half + 1, y + tall + 1)
            cost = 1000.0 * sum(_meet(area, other) for other in placed)
            cost += 500.0 * sum(_meet(area, (box.left, box.top, box.right, box.bottom)) for box in boxes.values())
            cost += (
                sum(
                    area[0] < px < area[2] and area[1] < py < area[3]
                    for other, points in lines
                    if other is not edge
                    for px, py in points
                )
                * 10.0
            )
            if best is None or cost + rank < best[0]:
                best = (cost + rank, (x, y))
        assert best is not None
        x, y = best[1]
        placed.append((x - half, y - tall, x + half, y + tall))
        shapes.append(Rect(x - half, y - tall, 2 * half, 2 * tall, fill=PAPER))
        words = f"{edge.parameter.lhs} {edge.parameter.op} {edge.parameter.rhs}: {text}"
        shapes.append(Group((Text(x, y + SMALL * CAP_HEIGHT / 2, text, SMALL, INK, "middle"),), title=words))
    return shapes


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _variable(box: Box) -> Group:
    outline: Shape
    if box.latent:
        w, h = box.half_width, box.half_height
        commands = (
            f"M{box.x - w:.2f} {box.y:.2f}A{w:.2f} {h:.2f} 0 1 1 {box.x + w:.2f} {box.y:.2f}"
            f"A{w:.2f} {h:.2f} 0 1 1 {box.x - w:.2f} {box.y:.2f}Z"
        )
        outline = Path(commands, INK, THIN * 1.6, PAPER)
    else:
        outline = Rect(box.left, box.top, 2 * box.half_width, 2 * box.half_height, INK, THIN, PAPER)
    indicator = len(box.lines) == 1 and box.half_height < 8
    sizes = [SMALL if indicator or line.startswith("R² = ") else NORMAL for line in box.lines]
    heights = [size * 1.22 for size in sizes]
    y = box.y - sum(heights) / 2
    shapes: list[Shape] = [outline]
    for line, size, height in zip(box.lines, sizes, heights, strict=True):
        fill = MUTED if line.startswith("R² = ") else INK
        shapes.append(Text(box.x, y + height / 2 + size * CAP_HEIGHT / 2, line, size, fill, "middle"))
        y += height
    return Group(tuple(shapes), title=box.name)


def _extent(edges: Sequence[_Edge], boxes: Mapping[str, Box]) -> tuple[float, float, float, float]:
    xs = [x for box in boxes.values() for x in (box.left, box.right)]
    ys = [y for box in boxes.values() for y in (box.top, box.bottom)]
    for edge in edges:
        for x, y in edge.curve.points():
            xs += [x - 14, x + 14] if edge.both else [x]
            ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)


# -- words -------------------------------------------------------------------------------------------------------------


def _notes(
    fit: Fit,
    rows: Sequence[Parameter],
    structure: Structure,
    standardized: bool,
    stars: bool,
    value: str,
    names: Mapping[str, str],
) -> list[str]:
    kind = "Completely standardized" if standardized else "Unstandardized"
    group = max((row.group for row in rows), default=1)
    part = f"group {fit.groups[group - 1]}, " if len(fit.groups) > 1 else ""
    notes = [f"{kind} estimates ({part}{fit.estimator}, n = {fit.moments[group - 1].n})."]
    if stars:
        notes[0] += " * p < .05, ** p < .01, *** p < .001; broken arrows: p ≥ .05."
    loadings = [row for row in rows if row.op == "=~" and row.free and row.pvalue is not None]
    if loadings:
        most = max(row.pvalue for row in loadings if row.pvalue is not None)
        notes[0] += f" Loadings: p {'< .001' if most < 0.001 else '≤ ' + f'{most:.3f}'[1:]}."
    nodes = set(structure.nodes)
    errors = [row for row in rows if row.op == "~~" and row.lhs != row.rhs and not {row.lhs, row.rhs} <= nodes]
    for rows_of, what in (
        (_listed(rows, structure), "Correlations" if standardized else "Covariances"),
        (errors, f"{'Correlated' if standardized else 'Covariances of'} errors"),
    ):
        pairs = (
            f"{names.get(row.lhs, row.lhs)} with {names.get(row.rhs, row.rhs)} {_number(getattr(row, value), value)}"
            + (significance(row.pvalue) if stars else "")
            for row in rows_of
        )
        if rows_of:
            notes.append(f"{what}: {', '.join(pairs)}.")
    return notes


def _description(rows: Sequence[Parameter], structure: Structure, value: str) -> str:
    parts = [f"{counted(len(structure.latents), 'latent variable')}, {counted(len(structure.arrows), 'path')}."]
    parts += [
        f"{row.rhs} to {row.lhs}: {_number(getattr(row, value), value)}{significance(row.pvalue)}."
        for row in rows
        if row.op == "~"
    ]
    return " ".join(parts)
