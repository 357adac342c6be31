"""The necessity plot: how consistent each expression is as a necessary condition, against its relevance (RoN).

A condition that is consistent because it is present nearly everywhere lies at the bottom right: consistent, and trivial
(Schneider & Wagemann 2012, section 9.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crosscase.figures.axes import LinearScale, horizontal_axis, linear_ticks, tick_label
from crosscase.figures.fonts import CAP_HEIGHT, wrap
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import COLOURS, GRID, INK, MUTED, RULE, SMALL, THIN, Mark
from crosscase.figures.scene import MM, Group, Line, Rect, Scene, Text
from crosscase.figures.words import counted
from crosscase.figures.xy_labels import Label, place_labels

if TYPE_CHECKING:
    from crosscase.engines.qca import NecessityTable
    from crosscase.engines.qca.necessity import NecessaryCondition

#: How an expression is joined, and how it is drawn.
_JOINED = {
    "": ("single condition", Mark("circle", COLOURS[0])),
    "*": ("conjunction", Mark("square", COLOURS[1])),
    "+": ("disjunction", Mark("diamond", COLOURS[2])),
}
_SIZE = 4.6
_LEFT = 20.0
_MOST_LABELS = 30


def necessity_plot(table: NecessityTable, *, width_mm: float = 120.0) -> Scene:
    """What is necessary for an outcome above the cut-offs of the analysis: consistency across, relevance up.

    The names of the thirty most consistent expressions are set; all are said on pointing at them.
    """
    title = f"Necessary for {table.outcome}"
    if not table.found:
        message = f"Nothing is necessary for {table.outcome} with a consistency of at least {table.incl_cut:g}."
        return nothing_to_draw(message, title, width_mm)
    width = width_mm * MM
    low = max(0.0, min(table.incl_cut, *(one.fit.inclN for one in table.found)) - 0.02)
    top, bottom = SMALL + 9.0, SMALL + 9.0 + (width - _LEFT) * 0.72
    across = LinearScale(low, 1.0, _LEFT, width - 10.0)
    down = LinearScale(0.0, 1.0, bottom, top)
    shapes = horizontal_axis(
        across, linear_ticks(low, 1.0, 5), bottom, top, start=_LEFT, end=width - 10.0, label="consistency of necessity"
    )
    for tick in linear_ticks(0.0, 1.0, 5):
        shapes.append(Line(_LEFT, down(tick), width - 10.0, down(tick), GRID, THIN))
        shapes.append(Text(_LEFT - 3, down(tick) + SMALL * CAP_HEIGHT / 2, tick_label(tick), SMALL, MUTED, "end"))
    shapes.append(Line(_LEFT, bottom, _LEFT, top, RULE, THIN))
    shapes.append(Text(0, SMALL, "relevance of necessity (RoN)", SMALL, INK))
    if table.incl_cut > low:
        shapes.append(Line(across(table.incl_cut), bottom, across(table.incl_cut), top, MUTED, THIN, (2, 2)))
    ranked = sorted(table.found, key=lambda one: (-one.fit.inclN, -one.fit.RoN, one.term))
    for one in ranked:
        words = f"{one.term}: consistency {one.fit.inclN:.3f}, RoN {one.fit.RoN:.3f}, coverage {one.fit.covN:.3f}"
        mark = _JOINED[one.joined_by][1].at(across(one.fit.inclN), down(one.fit.RoN), _SIZE)
        shapes.append(Group((mark,), title=words))
    labels = [Label(across(one.fit.inclN), down(one.fit.RoN), one.term) for one in ranked[:_MOST_LABELS]]
    placed, without = place_labels(labels, Rect(_LEFT + 1, top - 4, width - _LEFT - 1, bottom - top + 3))
    shapes += placed
    without += [one.term for one in ranked[_MOST_LABELS:]]
    kinds = [_JOINED[joined] for joined in _JOINED if any(one.joined_by == joined for one in ranked)]
    key = legend([(mark, word) for word, mark in kinds], width)
    y = bottom + 26
    shapes.append(Group(key.shapes, move=(0, y)))
    y += key.height + 8
    for line in wrap("Without a label: " + ", ".join(without) + ".", SMALL, width) if without else ():
        shapes.append(Text(0, y, line, SMALL, MUTED))
        y += SMALL * 1.45
    return Scene(width, y, tuple(shapes), title, _description(table, ranked))


def _description(table: NecessityTable, ranked: Sequence[NecessaryCondition]) -> str:
    rows = [f"{one.term} (consistency {one.fit.inclN:.3f}, RoN {one.fit.RoN:.3f})" for one in ranked[:8]]
    return f"{counted(len(ranked), 'expression')} above the cut-off of {table.incl_cut:g}: {'; '.join(rows)}."
