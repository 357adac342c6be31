"""Legends, and the figure that only says why there is nothing to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crosscase.figures.fonts import CAP_HEIGHT, shorten, text_width, wrap
from crosscase.figures.palette import INK, MUTED, NORMAL, SMALL, Mark
from crosscase.figures.scene import MM, Scene, Shape, Text

_MARK = 5.0
_LINE = 10.5


@dataclass(frozen=True, slots=True)
class Legend:
    """Shapes with the origin at the legend's upper left corner, and the height that they take."""

    shapes: tuple[Shape, ...]
    height: float


def legend(entries: Sequence[tuple[Mark | Sequence[Shape], str]], width: float) -> Legend:
    """Marks with their words, flowing in columns of one width.

    An entry's picture is a mark, or shapes drawn around the origin.
    """
    from crosscase.figures.scene import Group

    if not entries:
        return Legend((), 0.0)
    widest = max(text_width(words, SMALL) for _, words in entries) + _MARK + 12
    columns = max(1, min(len(entries), int(width // min(widest, width))))
    column_width = width / columns if widest * columns > width else widest
    rows = -(-len(entries) // columns)
    shapes: list[Shape] = []
    for number, (picture, words) in enumerate(entries):
        column, row = divmod(number, rows)
        x, y = column * column_width + _MARK / 2 + 0.5, (row + 0.5) * _LINE
        shapes.append(picture.at(x, y, _MARK) if isinstance(picture, Mark) else Group(tuple(picture), move=(x, y)))
        text = shorten(words, SMALL, column_width - _MARK - 6)
        shapes.append(Text(x + _MARK / 2 + 3.5, y + SMALL * CAP_HEIGHT / 2, text, SMALL, INK))
    return Legend(tuple(shapes), rows * _LINE)


def nothing_to_draw(message: str, title: str, width_mm: float) -> Scene:
    """A scene that says what is missing."""
    width = width_mm * MM
    lines = wrap(message, NORMAL, width - 8)
    words = [Text(4, 14 + number * 11, line, NORMAL, MUTED) for number, line in enumerate(lines)]
    return Scene(width, 20 + 11 * len(lines), tuple(words), title, message, empty=True)
