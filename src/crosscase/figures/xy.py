"""The XY plot of set-theoretic analysis: membership in a term against membership in the outcome, with the names of the cases.

Cases above the diagonal agree with "sufficient", those below with "necessary"; the other half is shaded.  Not here: which
kind of case a point is (:func:`crosscase.engines.qca.xy_points`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from crosscase.figures.axes import LinearScale, horizontal_axis, tick_label
from crosscase.figures.fonts import CAP_HEIGHT, shorten_middle, wrap
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import COLOURS, GRID, INK, LAND, MUTED, RULE, SMALL, THIN, Mark
from crosscase.figures.scene import MM, Group, Line, Polyline, Rect, Scene, Shape, Text
from crosscase.figures.words import counted
from crosscase.figures.xy_labels import Label, place_labels

if TYPE_CHECKING:
    from crosscase.engines.qca import XYPoint

Relation = Literal["sufficient", "necessary"]

#: How each kind of case is drawn: shape and colour.
KINDS = {
    "typical": ("circle", COLOURS[0]),
    "deviant in degree": ("triangle", COLOURS[5]),
    "deviant consistency": ("square", COLOURS[1]),
    "deviant coverage": ("diamond", COLOURS[3]),
    "irrelevant": ("circle", MUTED),
    "ambiguous": ("plus", COLOURS[7]),
}

_KIND_WORDS = {"deviant consistency": "deviant in consistency", "deviant coverage": "deviant in coverage"}
_SIZE = 4.6
_LEFT = 20.0
#: Room beyond 0 and 1, so that the many cases that lie there are whole.
_AIR = 0.025
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_MOST_NAMES = 3


def xy_plot(
    points: Sequence[XYPoint],
    *,
    x_label: str,
    y_label: str,
    relation: Relation = "sufficient",
    built_on: Collection[str] = (),
    fit: str = "",
    width_mm: float = 120.0,
) -> Scene:
    """The XY plot of a term, a solution or a condition.

    Args:
        points: the cases with their memberships and kinds.
        x_label: the term; ``y_label``: the outcome.
        relation: which relation the shading is about: ``sufficient`` shades below the diagonal, ``necessary`` above.
        built_on: cases that the claim under test was built on; drawn open, because they do not test it.
        fit: parameters of fit in words, set under the plot.
        width_mm: the width of the figure; the plot itself is square.
    """
    title = f"XY plot: {x_label} and {y_label}"
    if not points:
        return nothing_to_draw("There is no case to draw.", title, width_mm)
    width = width_mm * MM
    top, side = SMALL + 9.0, width - _LEFT - 8.0
    across = LinearScale(-_AIR, 1 + _AIR, _LEFT, _LEFT + side)
    down = LinearScale(-_AIR, 1 + _AIR, top + side, top)
    shapes: list[Shape] = [_half(across, down, relation), *_frame(across, down, x_label, y_label, width)]
    drawn, named, crowded = _points(points, across, down, built_on)
    shapes += drawn
    diagonal = [Line(across(0), down(0), across(1), down(1), INK, THIN)]
    labels, without = place_labels(named, Rect(_LEFT + 1, top + 1, side - 2, side - 2), lines=diagonal)
    shapes += labels
    y = top + side + 26
    key = legend(_entries(points, built_on, relation), width)
    shapes.append(Group(key.shapes, move=(0, y)))
    y += key.height + 8
    notes = [fit, *crowded]
    if without:
        notes.append("No room for the label: " + ", ".join(without) + ".")
    for note in filter(None, notes):
        for line in wrap(note, SMALL, width):
            shapes.append(Text(0, y, line, SMALL, MUTED))
            y += SMALL * 1.45
    return Scene(width, y, tuple(shapes), title, _description(points, built_on, relation, fit))


def _half(across: LinearScale, down: LinearScale, relation: Relation) -> Shape:
    """The half in which cases go against the relation."""
    corner = (across.end, down.start) if relation == "sufficient" else (across.start, down.end)
    corners = ((across.start, down.start), corner, (across.end, down.end))
    return Polyline(corners, fill=LAND, closed=True)


def _frame(across: LinearScale, down: LinearScale, x_label: str, y_label: str, width: float) -> list[Shape]:
    left, right, bottom, top = across.start, across.end, down.start, down.end
    shapes = horizontal_axis(
        across, _TICKS, bottom, top, start=left, end=right, label=shorten_middle(x_label, SMALL, right - left)
    )
    for tick in _TICKS:
        y = down(tick)
        shapes.append(Line(left, y, right, y, GRID, THIN))
        shapes.append(Text(left - 3, y + SMALL * CAP_HEIGHT / 2, tick_label(tick), SMALL, MUTED, "end"))
    shapes += [
        Line(left, bottom, left, top, RULE, THIN),
        Line(left, bottom, right, top, INK, THIN),
        Line(across(0.5), bottom, across(0.5), top, MUTED, THIN, (2, 2)),
        Line(left, down(0.5), right, down(0.5), MUTED, THIN, (2, 2)),
        Text(0, SMALL, shorten_middle(y_label, SMALL, width), SMALL, INK),
    ]
    return shapes


def _points(
    points: Sequence[XYPoint], across: LinearScale, down: LinearScale, built_on: Collection[str]
) -> tuple[list[Shape], list[Label], list[str]]:
    """Marks, labels, and the full lists of the places where too many cases lie for a label."""
    together: dict[tuple[float, float], list[XYPoint]] = {}
    for point in points:
        together.setdefault((round(point.x, 3), round(point.y, 3)), []).append(point)
    marks: list[Shape] = []
    labels: list[Label] = []
    crowded: list[str] = []
    for (x, y), those in together.items():
        for one in those:
            shape, colour = KINDS[one.kind]
            mark = Mark(shape, colour, filled=one.case not in built_on)
            words = f"{one.case}: {_KIND_WORDS.get(one.kind, one.kind)}, {one.x:.2f} and {one.y:.2f}"
            marks.append(Group((mark.at(across(x), down(y), _SIZE),), title=words))
        names = [one.case for one in those]
        text = ", ".join(names)
        if len(names) > _MOST_NAMES:
            text = f"{', '.join(names[: _MOST_NAMES - 1])} + {len(names) - _MOST_NAMES + 1} more"
            crowded.append(f"At {x:.2f}, {y:.2f}: {', '.join(names)}.")
        labels.append(Label(across(x), down(y), text))
    return marks, labels, crowded


def _entries(
    points: Sequence[XYPoint], built_on: Collection[str], relation: Relation
) -> list[tuple[Mark | Sequence[Shape], str]]:
    kinds = {point.kind for point in points}
    entries: list[tuple[Mark | Sequence[Shape], str]] = [
        (Mark(*KINDS[kind]), _KIND_WORDS.get(kind, kind)) for kind in KINDS if kind in kinds
    ]
    if any(point.case in built_on for point in points):
        entries.append((Mark("circle", INK, filled=False), "open: the claim was built on it"))
    swatch: Sequence[Shape] = [Rect(-2.5, -2.5, 5, 5, fill=LAND, stroke=RULE, stroke_width=THIN / 2)]
    entries.append((swatch, f"against “{relation}”"))
    return entries


def _description(points: Sequence[XYPoint], built_on: Iterable[str], relation: Relation, fit: str) -> str:
    against = [p.case for p in points if (p.x > p.y + 1e-9 if relation == "sufficient" else p.y > p.x + 1e-9)]
    parts = [f"{counted(len(points), 'case')}; against “{relation}”: {', '.join(against) or 'none'}."]
    for kind in KINDS:
        names = [point.case for point in points if point.kind == kind]
        if names:
            parts.append(f"{_KIND_WORDS.get(kind, kind)}: {', '.join(names)}.")
    marked = [point.case for point in points if point.case in set(built_on)]
    if marked:
        parts.append("The claim was built on " + ", ".join(marked) + ".")
    return " ".join([*parts, fit]).strip()
