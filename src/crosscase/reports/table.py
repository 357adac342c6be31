"""A table for a report, before it takes the form of any file.

A cell holds the value and the words for it apart: a spreadsheet gets the number, a page the words.  Not here: what a
table is about (``crosscase.reports.tables``) and how a format writes it (``crosscase.reports.formats``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from crosscase.core import PartialDate
from crosscase.core.frames import to_frame

if TYPE_CHECKING:
    import pandas

Align = Literal["left", "right", "centre"]

#: What a cell of a case × something table can say.  An empty cell is never read as absent.
State = Literal["present", "absent", "no data", ""]

Value = str | int | float | bool | PartialDate | None

#: The signs of the three states, told apart without colour.
STATE_SIGNS: Mapping[str, str] = {"present": "●", "absent": "○", "no data": "–"}


@dataclass(frozen=True, slots=True)
class Format:
    """How a number is written: decimals (``None``: as many as it needs for four figures) and a unit after it."""

    decimals: int | None = None
    unit: str = ""

    def __call__(self, value: float) -> str:
        """
        >>> print(Format(2)(0.5), Format()(12.0), Format(0, "%")(80), Format()(-1.23456))
        0.50 12 80 % −1.235
        """
        if not math.isfinite(value):
            return "no finite number"
        if self.decimals is not None:
            text = f"{value:.{self.decimals}f}"
        elif (value == int(value) or abs(value) >= 1000) and abs(value) < 1e15:
            text = f"{value:.0f}"
        else:
            text = f"{value:.4g}"
        if text.startswith("-"):
            text = "\u2212" + text[1:]
        return f"{text}\u00a0{self.unit}" if self.unit else text


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its label, alignment and number format.  ``heading`` marks the column that names its rows."""

    label: str
    align: Align = "left"
    format: Format = Format()
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        value: what a spreadsheet gets.
        text: what is read; made from the value when it is empty.
        note: a remark on this cell.
        state: one of the three states, when the cell says one.
        inputs: what a number was computed from, as (name, value) pairs; a reader can open them.
        href: where the cell leads, an address or ``#`` with an id in the report.
    """

    value: Value = None
    text: str = ""
    note: str = ""
    state: State = ""
    inputs: tuple[tuple[str, str], ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with its title, notes and source.  ``id`` names its files and its place in the report.

    ``missing`` says in one sentence why there are no rows.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    missing: str = ""

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} of table {self.id} has {len(row)} cells, not {len(self.columns)}")

    def text(self, cell: Cell, column: Column) -> str:
        """The words of a cell: its own, its value's in the column's format, or its state's."""
        if cell.text:
            return cell.text
        if isinstance(cell.value, bool):
            return "yes" if cell.value else "no"
        if isinstance(cell.value, int | float):
            return column.format(cell.value)
        if cell.value is not None:
            return str(cell.value)
        return cell.state

    def texts(self) -> list[list[str]]:
        """The words of all cells, row by row."""
        return [[self.text(cell, column) for cell, column in zip(row, self.columns, strict=True)] for row in self.rows]

    def all_notes(self) -> list[str]:
        """The notes of the table, the remarks on cells lettered as :func:`letters` letters them, and the source."""
        remarks = [f"{letter} {note}" for note, letter in letters(self).items()]
        return [*self.notes, *remarks, *([f"Source: {self.source}"] if self.source else [])]

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "id": self.id,
            "title": self.title,
            "columns": [column.label for column in self.columns],
            "rows": [
                [
                    {
                        "value": str(cell.value) if isinstance(cell.value, PartialDate) else cell.value,
                        "text": self.text(cell, column),
                        "note": cell.note,
                        "state": cell.state,
                        "inputs": dict(cell.inputs),
                    }
                    for cell, column in zip(row, self.columns, strict=True)
                ]
                for row in self.rows
            ],
            "notes": list(self.notes),
            "source": self.source,
        }

    def to_frame(self) -> pandas.DataFrame:
        """A row a row; the values where there are any, else the words."""
        values = [
            [
                self.text(cell, column) if cell.value is None else cell.value
                for cell, column in zip(row, self.columns, strict=True)
            ]
            for row in self.rows
        ]
        return to_frame({column.label: [row[place] for row in values] for place, column in enumerate(self.columns)})

    def _repr_html_(self) -> str:
        from crosscase.reports.formats.html import table_html

        return table_html(self)


def letters(table: ReportTable) -> dict[str, str]:
    """A letter for each different remark on a cell, in reading order: a, b, … z, aa, ab."""
    remarks = dict.fromkeys(cell.note for row in table.rows for cell in row if cell.note)
    return {note: _letter(number) for number, note in enumerate(remarks)}


def state_cell(state: State, *, text: str = "", inputs: Iterable[tuple[str, str]] = ()) -> Cell:
    """A cell that says one of the three states by a sign and a word."""
    return Cell(state, text or state, state=state, inputs=tuple(inputs))


def without_empty(table: ReportTable, *labels: str) -> ReportTable:
    """The table without those of the columns ``labels`` in which nothing stands; a note says which they were."""
    empty = [
        place
        for place, column in enumerate(table.columns)
        if column.label in labels and all(row[place].value in (None, "") for row in table.rows)
    ]
    if not empty or not table.rows:
        return table
    kept = [place for place in range(len(table.columns)) if place not in empty]
    gone = ", ".join(table.columns[place].label for place in empty)
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
        notes=(*table.notes, f"Nothing on record: {gone}."),
    )


def row_of(*values: Value | Cell) -> tuple[Cell, ...]:
    """A row from values and cells."""
    return tuple(value if isinstance(value, Cell) else Cell(value) for value in values)


def _letter(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("a") + place) + letters
    return letters
