"""A table as a file gives it, whatever the format: columns by name, cells by row, labels where the format has them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crosscase.core.errors import NotFoundError

Cell = str | int | float | bool | datetime.date | datetime.datetime | None


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells that nobody has interpreted yet.

    ``numbers`` are the rows as a person counts them in the file (the header is mostly row 1).  ``labels`` are the long
    names of columns, ``value_labels`` the words behind coded numbers (keys as :func:`cell_text` writes them); both are
    there for SPSS and Stata files only.  ``sheet`` is the name of the sheet, ``sheets`` those that a workbook has.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def column(self, name: str) -> Sequence[Cell]:
        """The cells of a column; NotFoundError lists the names."""
        if name not in self.columns:
            raise NotFoundError("column", name, self.columns, where=self.file)
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def text(self, name: str, cell: Cell) -> str:
        """A cell as text: the word behind a coded number where there is one."""
        text = cell_text(cell)
        return self.value_labels.get(name, {}).get(text, text)


def cell_text(cell: Cell) -> str:
    """A cell as text; a whole number has no decimal point, a date is ISO 8601.

    >>> cell_text(5.0), cell_text(0.25), cell_text(None), cell_text(datetime.date(2015, 3, 1)), cell_text(" a ")
    ('5', '0.25', '', '2015-03-01', ' a ')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell)
