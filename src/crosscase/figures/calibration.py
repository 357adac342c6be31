"""The calibration plot: raw value against membership, the curve, the anchors with their reasons, and a dot a case."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING

from crosscase.figures.axes import LinearScale, horizontal_axis, linear_ticks, tick_label
from crosscase.figures.fonts import CAP_HEIGHT, shorten, wrap
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import COLOURS, GRID, INK, MUTED, RULE, SMALL, THIN, Mark
from crosscase.figures.scene import MM, Anchor, Group, Line, Polyline, Rect, Scene, Shape, Text
from crosscase.figures.words import counted
from crosscase.figures.xy_labels import Label, place_labels

if TYPE_CHECKING:
    from crosscase.engines.qca import Calibration

_LEFT = 20.0
_SIZE = 4.2
_MOST_LABELS = 24


def calibration_plot(
    calibration: Calibration, *, raw_label: str = "", built_on: Collection[str] = (), width_mm: float = 120.0
) -> Scene:
    """What a calibration does to the cases.

    Args:
        calibration: as :func:`crosscase.engines.qca.calibrate` gives it.
        raw_label: the words for the raw value, with its unit; the name of the set when empty.
        built_on: cases that a claim was built on; drawn open.
        width_mm: the width of the figure.
    """
    title = f"Calibration of {calibration.name}"
    known = [
        (case, float(raw), float(value))
        for case, raw, value in zip(calibration.cases, calibration.raw, calibration.memberships, strict=True)
        if not math.isnan(raw) and not math.isnan(value)
    ]
    if not known:
        return nothing_to_draw("No case has a raw value.", title, width_mm)
    width = width_mm * MM
    right = width - 10.0
    grid, curve = calibration.curve(240)
    high = max(1.0, *(value for _, _, value in known))
    margin = (float(grid[-1]) - float(grid[0])) * 0.04 or 1.0
    top = SMALL * 3.2 + 9.0
    bottom = top + (width - _LEFT) * 0.55
    across = LinearScale(float(grid[0]) - margin, float(grid[-1]) + margin, _LEFT, right)
    down = LinearScale(0.0, high, bottom, top)
    shapes = _frame(across, down, raw_label or calibration.name, high)
    shapes += _anchors(calibration, across, down)
    points = tuple((across(float(x)), down(float(y))) for x, y in zip(grid, curve, strict=True) if not math.isnan(y))
    shapes.append(Polyline(points, INK, THIN * 1.5))
    for case, raw, value in known:
        mark = Mark("circle", COLOURS[0], filled=case not in built_on)
        words = f"{case}: {raw:g} → {value:.3f}"
        shapes.append(Group((mark.at(across(raw), down(value), _SIZE),), title=words))
    labels = [Label(across(raw), down(value), case) for case, raw, value in known]
    without: list[str] = [case for case, _, _ in known[_MOST_LABELS:]]
    lines = [Line(*a, *b, INK, THIN) for a, b in zip(points, points[8:], strict=False)][::8]
    lines += [Line(across(one.value), top, across(one.value), bottom, INK, THIN) for one in calibration.anchors]
    room = Rect(_LEFT + 1, top + 1, right - _LEFT - 2, bottom - top - 2)
    placed, more = place_labels(labels[:_MOST_LABELS], room, lines=lines)
    shapes += placed
    y = bottom + 26
    if any(case in built_on for case, _, _ in known):
        key = legend(
            [(Mark("circle", COLOURS[0]), "a case"), (Mark("circle", COLOURS[0], False), "the claim was built on it")],
            width,
        )
        shapes.append(Group(key.shapes, move=(0, y)))
        y += key.height + 6
    for note in _notes(calibration, [*more, *without]):
        for line in wrap(note, SMALL, width):
            y += SMALL * 1.45
            shapes.append(Text(0, y - SMALL * 0.45, line, SMALL, MUTED))
    return Scene(width, y + 2, tuple(shapes), title, _description(calibration, len(known)))


def _frame(across: LinearScale, down: LinearScale, label: str, high: float) -> list[Shape]:
    left, right, bottom, top = across.start, across.end, down.start, down.end
    shapes = horizontal_axis(across, across.ticks(6), bottom, top, start=left, end=right, label=label)
    for tick in linear_ticks(0.0, high, 4) if high > 1 else (0.0, 0.25, 0.5, 0.75, 1.0):
        shapes.append(Line(left, down(tick), right, down(tick), GRID, THIN))
        shapes.append(Text(left - 3, down(tick) + SMALL * CAP_HEIGHT / 2, tick_label(tick), SMALL, MUTED, "end"))
    shapes.append(Line(left, bottom, left, top, RULE, THIN))
    shapes.append(Text(0, SMALL, "membership" if high <= 1 else "level", SMALL, INK))
    return shapes


def _anchors(calibration: Calibration, across: LinearScale, down: LinearScale) -> list[Shape]:
    """A dashed line an anchor; its role and value above the plot, on two heights so that neighbours keep apart."""
    shapes: list[Shape] = []
    room = across.end - across.start
    for number, anchor in enumerate(sorted(calibration.anchors, key=lambda one: one.value)):
        x = across(anchor.value)
        level = down.end - 3 - (SMALL * 1.25 if number % 2 else 0)
        text = shorten(f"{anchor.role} {tick_label(anchor.value)}", SMALL, room / 2.2)
        side: Anchor = "start" if x < across.start + room * 0.2 else "end" if x > across.end - room * 0.2 else "middle"
        shapes.append(Line(x, down.start, x, level + 1.5, COLOURS[1], THIN, (2, 2)))
        shapes.append(Text(x, level, text, SMALL, INK, side))
    return shapes


def _notes(calibration: Calibration, without: list[str]) -> list[str]:
    notes = [
        f"{one.role} {tick_label(one.value)}: {one.reason or 'no reason recorded'}." for one in calibration.anchors
    ]
    if calibration.diagnostics.missing:
        notes.append("Left out, no data: " + ", ".join(calibration.diagnostics.missing) + ".")
    if calibration.diagnostics.at_half:
        notes.append("At exactly 0.5: " + ", ".join(calibration.diagnostics.at_half) + ".")
    if without:
        notes.append("Without a label: " + ", ".join(without) + ".")
    return notes


def _description(calibration: Calibration, count: int) -> str:
    anchors = ", ".join(f"{one.role} {one.value:g}" for one in calibration.anchors)
    return (
        f"{counted(count, 'case')} calibrated by the {calibration.method} method; {anchors}; "
        f"{calibration.diagnostics.share_inside:.0%} more in than out."
    )
