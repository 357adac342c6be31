"""Files to raw tables: one reader a format."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.sheets import decode
from crosscase.exchange.tables.raw import Cell, RawTable
from crosscase.exchange.tables.statistics import read_dta, read_sav
from crosscase.exchange.tables.workbook import read_workbook


class Format(NamedTuple):
    """A kind of table file: its name and its reader (content, file name, sheet) -> table."""

    name: str
    read: Callable[[bytes, str, str], RawTable]


def read_delimited(content: bytes, file: str, sheet: str = "") -> RawTable:
    """A csv or tsv file: commas, semicolons or tabs, in any encoding; what is unusual is in ``warnings``."""
    warnings: list[str] = []
    text = decode(content, file, warnings.append)
    separator = _separator(text)
    if separator != ("\t" if file.lower().endswith((".tsv", ".tab")) else ","):
        warnings.append(f"{file} is separated by {_NAMES[separator]}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        records: list[Sequence[Cell]] = list(reader)
    except csv.Error as error:
        where = f"{file}, line {reader.line_num}"
        raise InputError(f"the table cannot be read: {error}", where=where, mend="look for an open quote") from None
    return table_of(records, file, warnings=tuple(warnings))


def table_of(records: Sequence[Sequence[Cell]], file: str, **more: Any) -> RawTable:
    """The table in the rows of a file: the first row that is not empty names the columns."""
    start = next((place for place, record in enumerate(records) if any(_filled(cell) for cell in record)), None)
    if start is None:
        raise InputError("the table is empty", where=file, mend="the first row names the columns")
    header = ["" if cell is None else str(cell).strip() for cell in records[start]]
    while header and not header[-1]:
        header.pop()
    problems = Problems(file)
    twice = [name for name, count in Counter(header).items() if name and count > 1]
    for name in twice:
        problems.add(f"there are {header.count(name)} columns '{name}'", row=start + 1, mend="name each column once")
    width = len(header)
    rows, numbers = [], []
    for number, record in enumerate(records[start + 1 :], start=start + 2):
        if not any(_filled(cell) for cell in record):
            continue
        if any(_filled(cell) for cell in record[width:]):
            problems.add(f"there are {len(record)} cells under {width} columns", row=number)
        rows.append((*record[:width], *[None] * (width - len(record))))
        numbers.append(number)
    for place, name in enumerate(header):
        if not name and any(_filled(row[place]) for row in rows):
            problems.add(f"the column in place {place + 1} has no name", row=start + 1, mend="name it or empty it")
    problems.raise_any()
    named = [place for place, name in enumerate(header) if name]
    return RawTable(
        file,
        tuple(header[place] for place in named),
        tuple(tuple(row[place] for place in named) for row in rows),
        tuple(numbers),
        **more,
    )


def _workbook(content: bytes, file: str, sheet: str) -> RawTable:
    book = read_workbook(content, file, sheet)
    return table_of(book.records, f"{file}, sheet {book.sheet}", sheet=book.sheet, sheets=book.sheets)


#: The suffixes that can be imported as tables.
FORMATS: Mapping[str, Format] = {
    ".csv": Format("comma-separated values", read_delimited),
    ".tsv": Format("tab-separated values", read_delimited),
    ".tab": Format("tab-separated values", read_delimited),
    ".xlsx": Format("Excel", _workbook),
    ".xlsm": Format("Excel", _workbook),
    ".xls": Format("Excel 97", _workbook),
    ".ods": Format("OpenDocument", _workbook),
    ".sav": Format("SPSS", read_sav),
    ".zsav": Format("SPSS", read_sav),
    ".dta": Format("Stata", read_dta),
}


def read_table(path: str | Path, sheet: str = "") -> RawTable:
    """The table in a file; of a workbook the named sheet, or else the first one with cells.

    Raises:
        InputError: the file cannot be read, is empty, damaged, protected by a password or unreasonably large.
        NotFoundError: a format or a sheet that is not there.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise NotFoundError("table format", suffix or path.name, FORMATS, where=path.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", where=str(path)) from None
    if not content:
        raise InputError("the file is empty", where=path.name)
    return FORMATS[suffix].read(content, path.name, sheet)


_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}


def _separator(text: str) -> str:
    """The separator that stands most often in the first line that is not empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_NAMES, key=first.count)


def _filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip() != ""
