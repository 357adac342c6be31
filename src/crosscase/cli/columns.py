"""A table file as columns of numbers for the engines, and their errors told in the words of the file.

Not for the tables of a study (:mod:`crosscase.exchange.tables`): there nothing is interpreted, here a cell is a number where it
can be one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscase.core.errors import CrosscaseError, InputError

__all__ = ["Columns", "read_columns", "read_text"]

_BINARY = (".xlsx", ".xlsm", ".xls", ".ods", ".sav", ".zsav", ".dta")
_MISSING = {"", "na", "n/a", "#n/a", "nan", ".", "null", "none"}
_DECIMAL_COMMA = re.compile(r"[-+]?\d+(,\d+)?")


@dataclass(frozen=True)
class Columns:
    """The columns by name: float arrays with ``NaN`` for missing, or object arrays of text with ``None``.

    ``rows`` are the numbers of the cases' rows as a person counts them in the file.
    """

    file: str
    values: dict[str, Any]
    rows: tuple[int, ...]

    @contextmanager
    def told(self) -> Iterator[dict[str, Any]]:
        """The columns; errors of an engine about its ``data`` name the file and the row in it instead."""
        try:
            yield self.values
        except CrosscaseError as error:
            if re.match(r"data\b", error.where):
                error.where = re.sub(r"(?<=, row )\d+", self._row, self.file + error.where[4:])
            raise

    def _row(self, match: re.Match[str]) -> str:
        place = int(match.group()) - 1
        return str(self.rows[place]) if place < len(self.rows) else match.group()


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 or, failing these, Windows-1252."""
    raw = _content(path)
    if b"\0" in raw[:1000] and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError("the file is no text", where=str(path), mend="give a text file")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = {"Is a directory": "it is a folder", "No such file or directory": "there is no such file"}
        what = reason.get(error.strerror or "", error.strerror)
        raise InputError(f"the file cannot be read: {what}", where=str(path), mend="check the path") from None


def read_columns(path: Path) -> Columns:
    """The columns of a delimited file, an Excel, OpenDocument, SPSS or Stata file.

    A column is numeric where every cell is a number or missing (empty, ``NA``, ``N/A``, ``.``, ``NULL``).  The delimiter (comma,
    semicolon, tab) is told from the header; a decimal comma is understood where it can be nothing else.

    Raises:
        InputError: no header, no cases, a row with another number of cells, a doubled column name.
    """
    if path.suffix.lower() in _BINARY:
        from crosscase.exchange.tables import read_table

        _content(path)
        table = read_table(path)
        names, records, numbers = list(table.columns), [list(row) for row in table.rows], table.numbers
        delimiter = ","
    else:
        names, records, numbers, delimiter = _delimited(path)
    if not records:
        raise InputError("the table has column names and no cases", where=str(path), mend="write one row for each case")
    if sum(_number(name, False) is not None for name in names) * 2 > len(names):
        raise InputError(
            "the first row holds numbers", where=str(path), mend="write the names of the columns into the first row"
        )
    # A column without a name cannot be spoken of in a model: row numbers as R writes them, or nothing at all.
    values = {
        name: _column([record[place] for record in records], delimiter) for place, name in enumerate(names) if name
    }
    return Columns(str(path), values, tuple(numbers))


def _delimited(path: Path) -> tuple[list[str], list[list[Any]], tuple[int, ...], str]:
    text = read_text(path)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError("the file is empty", where=str(path), mend="write the names of the columns, then the cases")
    delimiter = max((",", ";", "\t"), key=lines[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    names = [name.strip() for name in rows[0][1]]
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        where = f"{path}, row {rows[0][0]}"
        raise InputError(f"the column name '{doubled[0]}' occurs twice", where=where, mend="rename one of them")
    for number, row in rows[1:]:
        if len(row) != len(names):
            raise InputError(
                f"the row has {len(row)} cells, the header {len(names)}", where=f"{path}, row {number}",
                mend="a cell that contains the delimiter needs quotation marks",
            )  # fmt: skip
    return names, [row for _, row in rows[1:]], tuple(number for number, _ in rows[1:]), delimiter


def _column(cells: Sequence[Any], delimiter: str) -> Any:
    """Numbers where every cell is one or missing, else text."""
    import numpy as np

    cells = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    filled = [cell for cell in cells if not (cell is None or (isinstance(cell, str) and cell.casefold() in _MISSING))]
    comma = delimiter != "," or _decimal_commas(filled)
    numbers = [_number(cell, comma) for cell in filled]
    missing = [cell is None or (isinstance(cell, str) and cell.casefold() in _MISSING) for cell in cells]
    if any(number is None for number in numbers):
        return np.array([None if gone else str(cell) for cell, gone in zip(cells, missing, strict=True)], dtype=object)
    found = np.full(len(cells), np.nan)
    found[~np.array(missing, dtype=bool)] = numbers
    return found


def _decimal_commas(cells: Sequence[Any]) -> bool:
    """Whether quoted cells like ``4,25`` are decimals: every cell fits, and one at least is no group of thousands."""
    return all(isinstance(cell, str) and _DECIMAL_COMMA.fullmatch(cell) for cell in cells) and any(
        len(cell.partition(",")[2]) not in (0, 3) for cell in cells
    )


def _number(cell: Any, decimal_comma: bool) -> float | None:
    if not isinstance(cell, str | int | float):
        return None
    try:
        return float(cell.replace(",", ".") if isinstance(cell, str) and decimal_comma else cell)
    except ValueError:
        return None
