"""The chart of solutions of Fiss (2011, "Building better causal theories"): a column a term, a row a condition.

A black circle is presence, a crossed circle absence; large circles are core conditions (those that the parsimonious
solution keeps too), small ones peripheral; blank says that the condition does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosscase.figures.fonts import CAP_HEIGHT, shorten_middle, text_width
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import GRID, INK, MUTED, PAPER, RULE, SMALL, THIN
from crosscase.figures.scene import FULL_WIDTH, MM, Circle, Group, Line, Scene, Shape, Text

if TYPE_CHECKING:
    from crosscase.engines.qca import Model, ModelTerm, Solution

CORE, PERIPHERAL = 4.6, 2.7
_ROW = 12.5
_MOST_COLUMN = 74.0


@dataclass(frozen=True, slots=True)
class FissColumn:
    """A term of a model as a column: ``model`` counts from 1, ``label`` such as ``1a`` or ``M2.1``."""

    model: int
    label: str
    term: ModelTerm


def fiss_columns(models: Sequence[Model]) -> list[FissColumn]:
    """Terms with the same core conditions share a number and differ by a letter, as in Fiss (2011): 1a, 1b, 2.

    With several models the label begins with the model: ``M2.1a``.  A conservative model has no core; its terms are
    numbered.
    """
    columns = []
    for number, model in enumerate(models, 1):
        groups: dict[tuple[tuple[int, int], ...], list[ModelTerm]] = {}
        for place, term in enumerate(model.terms):
            core = tuple(literal for literal in term.literals if literal[0] in term.core)
            groups.setdefault(core or ((-1, place),), []).append(term)
        before = f"M{number}." if len(models) > 1 else ""
        for group, terms in enumerate(groups.values(), 1):
            for letter, term in enumerate(terms):
                columns.append(
                    FissColumn(number, f"{before}{group}{chr(ord('a') + letter) if len(terms) > 1 else ''}", term)
                )
    return columns


def fiss_chart(
    solution: Solution,
    *,
    models: Sequence[Model] = (),
    names: Mapping[str, str] | None = None,
    width_mm: float = FULL_WIDTH,
) -> Scene:
    """The chart of the models of a solution.

    Args:
        solution: a minimised truth table.
        models: those to show; all listed when empty.
        names: condition → the words for it.
        width_mm: the most that the figure may take; columns that do not fit go on further bands below.
    """
    shown = list(models or solution.models)
    title = f"{solution.kind.capitalize()} solution for {solution.table.outcome}"
    if not shown:
        return nothing_to_draw("The solution has no model.", title, width_mm)
    words = [(names or {}).get(name, name) for name in solution.table.conditions.names]
    heads = [
        *words,
        "Consistency",
        "PRI",
        "Raw coverage",
        "Unique coverage",
        "Solution consistency",
        "Solution PRI",
        "Solution coverage",
    ]
    full = width_mm * MM
    label_width = min(max(text_width(head, SMALL) for head in heads) + 8, full * 0.4)
    columns = fiss_columns(shown)
    fits = max(1, int((full - label_width) // 40.0))
    bands = [columns[first : first + fits] for first in range(0, len(columns), fits)]
    column_width = min(_MOST_COLUMN, (full - label_width) / max(len(band) for band in bands))
    width = max(label_width + column_width * max(len(band) for band in bands), 210.0)
    shapes: list[Shape] = []
    y = 2.0
    for band in bands:
        drawn, y = _band(solution, shown, band, words, label_width, column_width, y)
        shapes += drawn
        y += 8
    key = legend(_entries(solution, shown), width - 3)
    shapes.append(Group(key.shapes, move=(3, y)))
    return Scene(width, y + key.height + 2, tuple(shapes), title, _description(solution, shown))


def _band(
    solution: Solution,
    models: Sequence[Model],
    band: Sequence[FissColumn],
    words: Sequence[str],
    label_width: float,
    column_width: float,
    top: float,
) -> tuple[list[Shape], float]:
    right = label_width + column_width * len(band)
    middles = [label_width + (number + 0.5) * column_width for number in range(len(band))]
    shapes: list[Shape] = [Line(0, top, right, top, INK, THIN * 1.5)]
    y = top + _ROW
    for column, x in zip(band, middles, strict=True):
        shapes.append(_text(x, y - _ROW / 2, column.label, "middle"))
    shapes.append(Line(0, y, right, y, RULE, THIN))
    binary = not solution.table.conditions.multi_value
    for place, word in enumerate(words):
        shapes.append(_text(0, y + _ROW / 2, shorten_middle(word, SMALL, label_width - 4)))
        for column, x in zip(band, middles, strict=True):
            level = dict(column.term.literals).get(place)
            if level is not None:
                size = CORE if _is_core(column.term, place) else PERIPHERAL
                shapes.append(condition_mark(x, y + _ROW / 2, level, size, binary=binary))
        y += _ROW
    shapes.append(Line(0, y, right, y, RULE, THIN))
    for head, name in (("Consistency", "inclS"), ("PRI", "PRI"), ("Raw coverage", "covS"), ("Unique coverage", "covU")):
        shapes.append(_text(0, y + _ROW / 2, head))
        for column, x in zip(band, middles, strict=True):
            shapes.append(_text(x, y + _ROW / 2, three(getattr(column.term.fit, name)), "middle"))
        y += _ROW
    shapes.append(Line(0, y, right, y, RULE, THIN))
    for head, name in (("Solution consistency", "inclS"), ("Solution PRI", "PRI"), ("Solution coverage", "covS")):
        shapes.append(_text(0, y + _ROW / 2, head))
        for number in dict.fromkeys(column.model for column in band):
            those = [x for column, x in zip(band, middles, strict=True) if column.model == number]
            fit = models[number - 1].fit
            shapes.append(_text((those[0] + those[-1]) / 2, y + _ROW / 2, three(getattr(fit, name)), "middle"))
        y += _ROW
    for number, x in zip(range(1, len(band)), middles[1:], strict=False):
        if band[number].model != band[number - 1].model:
            shapes.append(Line(x - column_width / 2, top + 2, x - column_width / 2, y, GRID, THIN))
    shapes.append(Line(0, y, right, y, INK, THIN * 1.5))
    return shapes, y


def condition_mark(x: float, y: float, level: int, radius: float, *, binary: bool = True) -> Group:
    """● for presence, ⊗ for absence; for a multi-value condition a circle with its level."""
    if not binary:
        number = Text(x, y + SMALL * CAP_HEIGHT / 2, str(level), SMALL, INK, "middle")
        return Group(
            (Circle(x, y, max(radius, 4.2), INK, THIN * (2 if radius >= CORE else 1), PAPER), number),
            title=f"level {level}",
        )
    core = "core" if radius >= CORE else "peripheral"
    if level:
        return Group((Circle(x, y, radius, fill=INK),), title=f"{core}, present")
    arm = radius * 0.7071
    cross = (
        Circle(x, y, radius - THIN / 2, INK, THIN * 1.4, PAPER),
        Line(x - arm, y - arm, x + arm, y + arm, INK, THIN * 1.4),
        Line(x - arm, y + arm, x + arm, y - arm, INK, THIN * 1.4),
    )
    return Group(cross, title=f"{core}, absent")


def three(value: float) -> str:
    """A parameter of fit; nan (0/0, or a term alone) is a dash.

    >>> three(0.90049), three(float("nan"))
    ('0.900', '–')
    """
    return f"{value:.3f}" if value == value else "–"


def _is_core(term: ModelTerm, place: int) -> bool:
    return place in term.core


def _text(x: float, y: float, text: str, anchor: str = "start") -> Text:
    return Text(x, y + SMALL * CAP_HEIGHT / 2, text, SMALL, INK, "middle" if anchor == "middle" else "start")


def _entries(solution: Solution, models: Sequence[Model]) -> list[tuple[Sequence[Shape], str]]:
    if solution.table.conditions.multi_value:
        return [
            ([condition_mark(0, 0, 1, CORE, binary=False)], "thick: core; thin: peripheral; the number is the level")
        ]
    core = any(term.core for model in models for term in model.terms)
    entries: list[tuple[Sequence[Shape], str]] = []
    sizes = [(CORE, "core"), (PERIPHERAL, "peripheral")] if core else [(PERIPHERAL, "")]
    for size, word in sizes:
        for level, what in ((1, "present"), (0, "absent")):
            entries.append(([condition_mark(0, 0, level, size)], f"{word} condition {what}".strip()))
    return [*entries, ([Text(0, 2, "", SMALL, MUTED)], "blank: does not matter")]


def _description(solution: Solution, models: Sequence[Model]) -> str:
    parts = []
    for number, model in enumerate(models, 1):
        parts.append(f"Model {number}: {model.expression} => {solution.table.outcome}.")
        core = [
            solution.table.conditions.literal(*literal)
            for t in model.terms
            for literal in t.literals
            if literal[0] in t.core
        ]
        if core:
            parts.append(f"Core: {', '.join(dict.fromkeys(core))}.")
    return " ".join(parts)
