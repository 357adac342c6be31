"""The configurations of a truth table as an UpSet plot (Lex et al. 2014): a column a row of the table, a bar its cases.

It does for up to five conditions what a Venn diagram does, and stays readable.  The bar's pattern says what the row's
outcome is; the names of the cases stand over it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from crosscase.core.errors import InputError
from crosscase.engines.qca import Row, TruthTable
from crosscase.figures.fiss import three
from crosscase.figures.fonts import CAP_HEIGHT, shorten_middle, text_width
from crosscase.figures.legend import legend, nothing_to_draw
from crosscase.figures.palette import COLOURS, GRID, INK, LAND, MUTED, PAPER, RULE, SMALL, THIN
from crosscase.figures.scene import FULL_WIDTH, MM, Circle, Group, Line, Rect, Scene, Shape, Text
from crosscase.figures.words import counted

MOST_CONDITIONS = 5

#: What the outcome of a row means, in words.
OUTCOMES = {
    "1": "consistent with the outcome",
    "C": "contradictory",
    "0": "not consistent",
    "?": "too few cases (remainder)",
}
_FILLS = {"1": (COLOURS[0], ""), "C": (COLOURS[1], ""), "0": (PAPER, INK), "?": (LAND, RULE)}
_DOT = 3.4
_STEP = 12.0
_LINE = SMALL * 1.3
_MOST_NAMES = 8


def upset_plot(table: TruthTable, *, built_on: Collection[str] = (), width_mm: float = FULL_WIDTH) -> Scene:
    """The observed rows, those with most cases first.

    Args:
        table: a truth table with at most five conditions.
        built_on: cases that the claim under test was built on; their names carry a star.

    Raises:
        InputError: there are more conditions.
    """
    names = table.conditions.names
    title = f"Configurations of {', '.join(names)}"
    if len(names) > MOST_CONDITIONS:
        raise InputError(
            f"there are {len(names)} conditions; the plot is for at most {MOST_CONDITIONS}", mend="take the truth table"
        )
    rows = sorted((row for row in table.observed if row.n), key=lambda row: (-row.n, row.number))
    if not rows:
        return nothing_to_draw("No case belongs to a configuration.", title, width_mm)
    most = width_mm * MM
    label_width = min(max(text_width(name, SMALL) for name in (*names, "consistency", "PRI")) + 8, most * 0.3)
    stacks = [_names(row, built_on) for row in rows]
    widest = max(text_width(name, SMALL) for stack in stacks for name in stack)
    column = min(max(widest + 5, 26.0), (most - label_width) / len(rows))
    width = max(label_width + column * len(rows), 230.0)
    unit = min(11.0, 110.0 / max(row.n for row in rows))
    tall = max(row.n * unit + len(stack) * _LINE for row, stack in zip(rows, stacks, strict=True))
    bottom = 6.0 + tall
    shapes: list[Shape] = [Line(label_width, bottom, label_width + column * len(rows), bottom, RULE, THIN)]
    shapes.append(_text(0, bottom - SMALL, "cases"))
    for place, (row, stack) in enumerate(zip(rows, stacks, strict=True)):
        shapes.append(_column(table, row, stack, label_width + (place + 0.5) * column, bottom, unit, column))
    y = bottom + 8
    for place, name in enumerate(names):
        middle = y + (place + 0.5) * _STEP
        shapes.append(_text(0, middle, shorten_middle(name, SMALL, label_width - 4)))
        shapes.insert(0, Line(label_width, middle, label_width + column * len(rows), middle, GRID, THIN))
    y += len(names) * _STEP + 4
    for offset, word in ((SMALL, "consistency"), (SMALL + _STEP, "PRI")):
        shapes.append(_text(0, y + offset, word))
    y += 2 * _STEP + 8
    entries: list[tuple[Sequence[Shape], str]] = [
        ([Rect(-2.5, -2.5, 5, 5, *(pen(out)))], words)
        for out, words in OUTCOMES.items()
        if any(r.out == out for r in rows)
    ]
    entries += [([_dot(0, 0, 1, False)], "present"), ([_dot(0, 0, 0, False)], "absent")]
    if any(case in built_on for row in rows for case in row.cases):
        entries.append(([_text(-2, 1.5, "*")], "the claim was built on it"))
    key = legend(entries, width - 3)
    shapes.append(Group(key.shapes, move=(3, y)))
    return Scene(width, y + key.height + 2, tuple(shapes), title, _description(table, rows))


def _column(
    table: TruthTable, row: Row, stack: Sequence[str], x: float, bottom: float, unit: float, column: float
) -> Group:
    height = row.n * unit
    bar = min(column * 0.55, 22.0)
    shapes: list[Shape] = [Rect(x - bar / 2, bottom - height, bar, height, *pen(row.out))]
    for number, name in enumerate(reversed(stack)):
        y = bottom - height - 2.5 - number * _LINE
        shapes.append(Text(x, y, shorten_middle(name, SMALL, column - 2), SMALL, INK, "middle"))
    multi = table.conditions.multi_value
    present = [place for place, level in enumerate(row.config) if level]
    y = bottom + 8
    if len(present) > 1 and not multi:
        shapes.append(Line(x, y + (present[0] + 0.5) * _STEP, x, y + (present[-1] + 0.5) * _STEP, INK, THIN * 2))
    shapes += [_dot(x, y + (place + 0.5) * _STEP, level, multi) for place, level in enumerate(row.config)]
    y += len(row.config) * _STEP + 4
    for offset, value in ((SMALL, row.incl), (SMALL + _STEP, row.PRI)):
        shapes.append(Text(x, y + offset + SMALL * CAP_HEIGHT / 2, three(value), SMALL, INK, "middle"))
    term = table.conditions.write(tuple(enumerate(row.config)))
    return Group(tuple(shapes), title=f"{term}: {counted(row.n, 'case')} ({', '.join(row.cases)}), {OUTCOMES[row.out]}")


def _names(row: Row, built_on: Collection[str]) -> list[str]:
    """The names over a bar; beyond eight only how many more."""
    names = [case + ("*" if case in built_on else "") for case in row.cases]
    if len(names) > _MOST_NAMES:
        return [*names[: _MOST_NAMES - 1], f"+ {len(names) - _MOST_NAMES + 1} more"]
    return names


def _dot(x: float, y: float, level: int, multi: bool) -> Shape:
    if multi:
        return Group(
            (Circle(x, y, 4.4, INK, THIN, PAPER), Text(x, y + SMALL * CAP_HEIGHT / 2, str(level), SMALL, INK, "middle"))
        )
    return Circle(x, y, _DOT, fill=INK) if level else Circle(x, y, _DOT - THIN / 2, RULE, THIN, PAPER)


def pen(out: str) -> tuple[str, float, str]:
    """Stroke, width of the stroke and fill that say the outcome of a row."""
    fill, stroke = _FILLS[out]
    return stroke, THIN if stroke else 0.0, fill


def _text(x: float, y: float, text: str) -> Text:
    return Text(x, y + SMALL * CAP_HEIGHT / 2, text, SMALL, MUTED if text in ("cases",) else INK)


def _description(table: TruthTable, rows: Sequence[Row]) -> str:
    parts = [
        f"{table.conditions.write(tuple(enumerate(row.config)))}: {', '.join(row.cases)} ({OUTCOMES[row.out]})"
        for row in rows
    ]
    return f"{counted(len(rows), 'configuration')} of {table.conditions.size} observed. " + "; ".join(parts) + "."
