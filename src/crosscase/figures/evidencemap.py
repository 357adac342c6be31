"""The evidence map: themes of claims against kinds of firm, a circle where somebody has looked.

The area of a circle is the number of independent data sets behind the claims, so that papers on one data set count once; the
number in or beside it is that of the claims.  A circle with a cross beside it is one whose claims contradict each other.  An
empty place is a gap.  What a theme is and how data sets are counted: :mod:`crosscase.evidence.synthesis`.
"""

from __future__ import annotations

import math

from crosscase.evidence.synthesis import EvidenceMap, MapCell
from crosscase.figures.fonts import CAP_HEIGHT, shorten, text_width, wrap
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import COLOURS, GRID, INK, NORMAL, PAPER, SMALL, THIN, Mark
from crosscase.figures.scene import FULL_WIDTH, MM, Circle, Group, Line, Rect, Scene, Shape, Text
from crosscase.figures.words import counted

_ROW = 24.0
_LARGEST = 11.0
_LEFT = 0.32  # of the width, at most
_AGREES, _CONTRADICTS = COLOURS[4], COLOURS[1]
_NONE = Mark("circle", COLOURS[7], filled=False)


def evidence_map_figure(found: EvidenceMap, *, width_mm: float = FULL_WIDTH) -> Scene:
    """Themes across and kinds of firm down, or the other way round: the fewer are across."""
    title = "Evidence map"
    if not found.cells:
        return nothing_to_draw("The study has no claims yet.", title, width_mm)
    turned = len(found.settings) < len(found.themes)
    across, down = (found.settings, tuple(found.themes)) if turned else (tuple(found.themes), found.settings)
    width = width_mm * MM
    left = min(max(text_width(label, SMALL) for label in down) + 6, width * _LEFT)
    step = (width - left) / len(across)
    heads = [wrap(label, SMALL, step - 6) for label in across]
    top = max(map(len, heads)) * SMALL * 1.3 + 6
    shapes: list[Shape] = []
    for place, lines in enumerate(heads):
        x = left + (place + 0.5) * step
        first = top - 4 - (len(lines) - 1) * SMALL * 1.3
        shapes += [
            Text(x, first + n * SMALL * 1.3, shorten(line, SMALL, step - 2), SMALL, INK, "middle")
            for n, line in enumerate(lines)
        ]
        shapes.append(Line(x, top, x, top + len(down) * _ROW, GRID, THIN))
    most = max(cell.support.independent for cell in found.cells.values())
    for place, label in enumerate(down):
        y = top + (place + 0.5) * _ROW
        shapes.append(Line(left, y, width, y, GRID, THIN))
        shapes += _head(label, left, y)
        for other, head in enumerate(across):
            cell = found.cells.get((label, head) if turned else (head, label))
            if cell is not None:
                where = f"{label}, {head}" if turned else f"{head}, {label}"
                shapes.append(_circle(cell, left + (other + 0.5) * step, y, most, where))
    y = top + len(down) * _ROW + 8
    key = legend(_key(found, most), width)
    shapes.append(Group(key.shapes, move=(0, y)))
    return Scene(width, y + key.height + 2, tuple(shapes), title, _description(found, down))


def _head(label: str, left: float, y: float) -> list[Shape]:
    lines = wrap(label, SMALL, left - 6)[:2]
    first = y + SMALL * CAP_HEIGHT / 2 - (len(lines) - 1) * SMALL * 0.65
    return [
        Text(0, first + n * SMALL * 1.3, shorten(line, SMALL, left - 6), SMALL, INK) for n, line in enumerate(lines)
    ]


def _circle(cell: MapCell, x: float, y: float, most: int, where: str) -> Group:
    """Claims without any sample on record have a small open circle."""
    samples, claims = cell.support.independent, len(cell.claims)
    radius = _LARGEST * math.sqrt(samples / most) if samples else 3.0
    shapes: list[Shape] = []
    colour = _CONTRADICTS if cell.contradicting else _AGREES
    if not samples:
        shapes.append(_NONE.at(x, y, 2 * radius))
    else:
        shapes.append(Circle(x, y, radius, PAPER, THIN, colour))
    text, middle = str(claims), y + NORMAL * CAP_HEIGHT / 2
    beside = "" if samples and text_width(text, NORMAL) < 2 * radius - 1 else text
    if not beside:
        shapes.append(Text(x, middle, text, NORMAL, INK, "middle"))
    beside = f"{beside} ×".strip() if cell.contradicting else beside
    if beside:
        shapes.append(Rect(x + radius + 1, y - 5, text_width(beside, NORMAL) + 2, 10, fill=PAPER))
        shapes.append(Text(x + radius + 2, middle, beside, NORMAL, INK))
    words = f"{where}: {cell.support.in_words()} ({', '.join(cell.claims)})"
    return Group(
        tuple(shapes), title=words + (f"; contradicting: {', '.join(cell.contradicting)}" * bool(cell.contradicting))
    )


def _key(found: EvidenceMap, most: int) -> list[tuple[list[Shape], str]]:
    cells = list(found.cells.values())
    entries: list[tuple[list[Shape], str]] = [
        ([Circle(0, 0, 2.5, PAPER, THIN, _AGREES)], f"area: independent data sets, the largest {most}; number: claims")
    ]
    if any(cell.contradicting for cell in cells):
        entries.append(([Circle(0, 0, 2.5, PAPER, THIN, _CONTRADICTS)], "× some of the claims contradict each other"))
    if any(not cell.support.independent for cell in cells):
        entries.append(([_NONE.at(0, 0, 5)], "no data set on record"))
    return entries


def _description(found: EvidenceMap, down: tuple[str, ...]) -> str:
    claims = sum(map(len, found.themes.values()))
    gaps = len(found.themes) * len(found.settings) - len(found.cells)
    against = sum(bool(cell.contradicting) for cell in found.cells.values())
    return (
        f"{counted(claims, 'claim')} in {counted(len(found.themes), 'theme')} and "
        f"{counted(len(found.settings), 'kind of firm', 'kinds of firm')}; {counted(gaps, 'place')} empty, "
        f"{against} with claims that contradict each other."
    )
