"""Table files as text: reading what people's programs write, and writing one exact form.

Written is RFC 4180 with commas, UTF-8 without a byte order mark and ``\\n``.  Read are also semicolons and tabs, other
encodings and a byte order mark, and each of these is reported.  Cells are verbatim; their meaning is not known here.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscase.core.errors import InputError, nearest
from crosscase.exchange.archive import Limits
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.sources import encoding
from crosscase.exchange.sources.model import Document

Report = Callable[[str], None]

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}

# Quotations and memos are longer than the module's limit of 128 KiB a cell.
csv.field_size_limit(2**31 - 1)


def quiet(message: str) -> None:
    """A report that nobody reads."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a table file by column; ``rows`` are the numbers that a person sees (the header is row 1)."""

    file: str
    columns: dict[str, list[str]]
    rows: list[int]


def decode(content: bytes, file: str, report: Report = quiet) -> str:
    """The text in these bytes; a byte order mark and every encoding but UTF-8 are reported."""
    if not content.strip():
        return ""
    found = encoding.decode(Document(file, content, Limits()))
    if found.encoding != "utf-8" and not found.warnings:
        report(f"{file} is in {found.encoding.upper()}")
    elif content.startswith(codecs.BOM_UTF8):
        report(f"{file} begins with a byte order mark, which was left out")
    for warning in found.warnings:
        report(f"{file}: {warning}")
    return found.text


def read_sheet(
    path: Path, known: Collection[str], report: Report = quiet, file: str = "", *, empty_rows: bool = False
) -> Sheet:
    """The cells of a csv file whose header names some of the ``known`` columns.

    Rows whose cells are all empty are left out unless ``empty_rows``; empty lines always are.

    Raises InputError when the file is no table: no header, a column twice, a row longer than the header, an open quote.
    """
    file = file or path.name
    return parse_sheet(decode(path.read_bytes(), file, report), file, known, report, empty_rows=empty_rows)


def parse_sheet(
    text: str, file: str, known: Collection[str], report: Report = quiet, *, empty_rows: bool = False
) -> Sheet:
    """The cells in the text of a csv file."""
    separator = _separator(text, known)
    if separator != ",":
        report(f"{file} is separated by {_SEPARATORS[separator]}, not by commas")
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        records.extend(reader)
    except csv.Error as error:
        where = f"{file}, line {reader.line_num}"
        raise InputError(f"the table cannot be read: {error}", where=where, mend="look for an open quote") from None
    if not records or not any(cell.strip() for cell in records[0]):
        raise InputError(
            "the table has no header", where=file, mend=f"the first row names the columns: {', '.join(known)}"
        )
    problems = Problems(file)
    header = _header(records[0], known, problems, report)
    width = len(header)
    rows: list[int] = []
    body: list[list[str]] = []
    for row, record in enumerate(records[1:], start=2):
        if not record or not (empty_rows or any(record)):
            continue
        if len(record) > width:
            if any(record[width:]):
                problems.add(
                    f"there are {len(record)} cells under {width} columns",
                    row=row,
                    mend="put a cell that holds the separator in quotes",
                )
            record = record[:width]
        rows.append(row)
        body.append(record if len(record) == width else record + [""] * (width - len(record)))
    problems.raise_any()
    columns = [list(column) for column in zip(*body, strict=True)] if body else [[] for _ in header]
    named = {}
    for position, (name, cells) in enumerate(zip(header, columns, strict=True), start=1):
        if name:
            named[name] = cells
        elif any(cells):
            problems.add(f"the column in place {position} has no name", row=1, mend="name it or empty it")
    problems.raise_any()
    return Sheet(file, named, rows)


def write_sheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""The text of a csv file.

    >>> write_sheet(["id", "text"], [["1", 'say "so",\nplease']])
    'id,text\n1,"say ""so"",\nplease"\n'
    """
    lines = [",".join(map(_quoted, header))]
    # A row of one empty cell would be an empty line, which is no row.
    lines.extend(",".join(map(_quoted, row)) or '""' for row in rows)
    return "\n".join(lines) + "\n"


def _quoted(cell: str) -> str:
    if '"' in cell:
        return '"' + cell.replace('"', '""') + '"'
    if "," in cell or "\n" in cell or "\r" in cell:
        return f'"{cell}"'
    return cell


def _separator(text: str, known: Collection[str]) -> str:
    """The separator under which the first line names the most known columns, or else the one that stands there most."""
    first = text.split("\n", 1)[0].rstrip("\r")
    folded = {name.casefold() for name in known}

    def fit(separator: str) -> tuple[int, int]:
        names = first.split(separator)
        return sum(name.strip(' "').casefold() in folded for name in names), len(names) if not folded else 0

    return max(_SEPARATORS, key=fit)


def _header(cells: Sequence[str], known: Collection[str], problems: Problems, report: Report) -> list[str]:
    header = [cell.strip() for cell in cells]
    for position, name in enumerate(header):
        folded = name.casefold()
        if name not in known and folded in known and folded not in header:
            report(f"{problems.file}: the column '{name}' was read as '{folded}'")
            header[position] = folded
    for name in dict.fromkeys(name for name in header if name and header.count(name) > 1):
        problems.add(f"there are {header.count(name)} columns '{name}'", row=1, mend="name each column once")
    unknown = [name for name in header if name and name not in known]
    missing = [name for name in known if name not in header]
    for name in unknown:
        close = nearest(name, missing)
        if close and alike(name, close[0]):
            report(
                f"{problems.file}: the column '{name}' is not known and was kept as it is; '{close[0]}' is a known one"
            )
    return header


def alike(name: str, other: str) -> bool:
    """Whether one name may be a slip for the other."""
    return difflib.SequenceMatcher(None, name.casefold(), other).ratio() >= 0.75
