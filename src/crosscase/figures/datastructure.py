"""The data structure as a figure: concepts on the left, the themes they form, the dimensions on the right.

Black on white, for print; labels are wrapped.  Each box says how many codings and which cases stand behind it,
and leads to them when an address is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from crosscase.evidence.datastructure import STRUCTURE, Box, DataStructure
from crosscase.figures.fonts import shorten, text_width, wrap
from crosscase.figures.palette import INK, MUTED, NORMAL, PAPER, SMALL, THIN
from crosscase.figures.scene import FULL_WIDTH, MM, Group, Path, Polyline, Rect, Scene, Shape, Text
from crosscase.figures.words import counted

#: Left edge and width of each column, in points.
_PLACES = {
    "concept": (0.0, 64 * MM),
    "theme": (74 * MM, 50 * MM),
    "dimension": (134 * MM, 36 * MM),
}
_HEADS = {"concept": "First-order concepts", "theme": "Second-order themes", "dimension": "Aggregate dimensions"}

#: The names of the cases take so many lines of a box; the rest are in its title.
_CASE_LINES = 3

_PADDING = 4.0
_LEADING = 1.25
_GAP = 4.0
#: Between the boxes of one dimension and those of the next.
_WIDE_GAP = 10.0
_HEAD = 22.0
_ARROW = 4.0

#: The height that fits a page of a journal, in points.
PAGE = 225 * MM


@dataclass(frozen=True, slots=True)
class _Laid:
    """A box with its lines of text and its heights: its own, and with all below it."""

    box: Box
    label: tuple[str, ...]
    small: tuple[str, ...]
    own: float
    height: float
    below: tuple[_Laid, ...]


def data_structure_figure(
    structure: DataStructure, *, address: Callable[[str], str] = lambda code: "", chosen: str = ""
) -> Scene:
    """The figure.

    Args:
        structure: what is drawn.
        address: where the box of a code leads; nowhere for the empty text.
        chosen: the code whose box has a thick frame.
    """
    width = FULL_WIDTH * MM
    laid = [_lay(root, structure.cases) for root in structure.roots]
    if not laid:
        words = "No code is a concept, theme or dimension yet."
        return Scene(width, 30, (Text(0, 18, words, NORMAL, INK),), "Data structure", words, empty=True)
    shapes: list[Shape] = []
    present = {one.level for one in structure.boxes()}
    for level in STRUCTURE:
        x, wide = _PLACES[level]
        ink = INK if level in present else MUTED
        shapes.append(Text(x + wide / 2, 9, _HEADS[level], NORMAL, ink, "middle"))
    y = _HEAD
    for one in laid:
        _draw(shapes, one, y, address, chosen)
        y += one.height + _WIDE_GAP
    return Scene(width, y - _WIDE_GAP + THIN, tuple(shapes), "Data structure", _described(structure))


def pages(structure: DataStructure, *, height: float = PAGE) -> list[DataStructure]:
    """The structure in parts that fit a page each; a dimension is not divided, unless it alone is longer than a page."""
    parts: list[list[Box]] = []
    room = 0.0
    for root in structure.roots:
        needed = _lay(root, structure.cases).height + _WIDE_GAP
        if not parts or needed > room:
            parts.append([])
            room = height - _HEAD
        parts[-1].append(root)
        room -= needed
    return [DataStructure(tuple(part), structure.cases, structure.free) for part in parts]


def _lay(box: Box, cases: int) -> _Laid:
    wide = _PLACES[box.level][1] - 2 * _PADDING
    label = tuple(wrap(box.name, NORMAL, wide)) or (box.code,)
    small = _evidence(box, cases, wide)
    own = 2 * _PADDING + _LEADING * (NORMAL * len(label) + SMALL * len(small))
    below = tuple(_lay(one, cases) for one in box.below)
    return _Laid(box, label, small, own, max(own, _stacked(below)), below)


def _stacked(below: Sequence[_Laid]) -> float:
    return sum(one.height for one in below) + _GAP * max(0, len(below) - 1)


def _evidence(box: Box, cases: int, wide: float) -> tuple[str, ...]:
    """The counts, and the cases by name when they are not all of the study's."""
    if not box.codings:
        return ("no coding yet",)
    codings = counted(box.codings, "coding")
    if cases > 1 and len(box.cases) == cases:
        return (f"{codings}, all {cases} cases",)
    counts = f"{codings}, {len(box.cases)} of {counted(cases, 'case')}" if cases else codings
    names = ", ".join(box.cases)
    together = f"{counts}: {names}"
    if not names or text_width(together, SMALL) <= wide:
        return (together,) if names else (counts,)
    lines = wrap(names, SMALL, wide)
    if len(lines) > _CASE_LINES:
        lines[_CASE_LINES - 1 :] = [shorten(" ".join(lines[_CASE_LINES - 1 :]), SMALL, wide)]
    return (counts, *lines)


def _draw(shapes: list[Shape], one: _Laid, top: float, address: Callable[[str], str], chosen: str) -> float:
    """Draw a box and what is below it, from ``top`` down; returns the height of the middle of the box."""
    x, wide = _PLACES[one.box.level]
    y = top + (one.height - _stacked(one.below)) / 2
    middles = []
    for child in one.below:
        middles.append((_draw(shapes, child, y, address, chosen), child.box.level))
        y += child.height + _GAP
    middle = (middles[0][0] + middles[-1][0]) / 2 if middles else top + one.height / 2
    middle = min(max(middle, top + one.own / 2), top + one.height - one.own / 2)
    shapes.extend(_links(middles, x, middle))
    shapes.append(_box(one, x, middle - one.own / 2, wide, address(one.box.code), one.box.code == chosen))
    return middle


def _links(middles: Sequence[tuple[float, str]], x: float, middle: float) -> Iterable[Shape]:
    """From the right edge of each box below to an arrow at this one's left edge."""
    turn = x - 5 * MM
    for at, level in middles:
        start = sum(_PLACES[level])
        yield Path(f"M{start:.2f} {at:.2f}H{turn:.2f}V{middle:.2f}H{x - _ARROW:.2f}", INK, THIN)
    if middles:
        tip = ((x, middle), (x - _ARROW, middle - _ARROW / 2), (x - _ARROW, middle + _ARROW / 2))
        yield Polyline(tip, fill=INK, closed=True)


def _box(one: _Laid, x: float, y: float, wide: float, href: str, chosen: bool) -> Group:
    box = one.box
    pen = 3 * THIN if chosen else 2 * THIN if box.level == "dimension" else THIN
    parts: list[Shape] = [Rect(x + pen / 2, y + pen / 2, wide - pen, one.own - pen, INK, pen, PAPER, radius=2.0)]
    line = y + _PADDING
    for text in one.label:
        line += _LEADING * NORMAL
        parts.append(Text(x + _PADDING, line - 0.25 * NORMAL, text, NORMAL, INK))
    for text in one.small:
        line += _LEADING * SMALL
        parts.append(Text(x + _PADDING, line - 0.25 * SMALL, text, SMALL, MUTED))
    cases = ", ".join(box.cases) or "none"
    title = f"{box.name} ({box.level}): {counted(box.codings, 'coding')}; cases: {cases}"
    return Group(tuple(parts), title=title, href=href)


def _described(structure: DataStructure) -> str:
    """The structure in words, for who cannot see it."""

    def said(box: Box) -> str:
        below = "; ".join(said(one) for one in box.below)
        return f"{box.name} ({counted(box.codings, 'coding')})" + (f" from [{below}]" if below else "")

    return ". ".join(said(root) for root in structure.roots) + "."
