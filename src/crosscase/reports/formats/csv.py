"""A table as CSV for a spreadsheet: UTF-8 with a byte-order mark, one row of labels, values rather than words.

Title and notes are left out; they would no longer be a table.
"""

from __future__ import annotations

import csv
import io

from crosscase.reports.table import Cell, Column, ReportTable

#: A text that begins with one of these could be run as a formula (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def table_csv(table: ReportTable) -> bytes:
    """The bytes of the file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(table, cell, column) for cell, column in zip(row, table.columns, strict=True)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what could begin one.

    >>> neutral("=1+1"), neutral("Peru")
    ("'=1+1", 'Peru')
    """
    text = text.replace("\0", "")
    # a spreadsheet skips blanks before it looks, and full-width forms of the signs are read as well
    first = text.lstrip(" \u00a0\ufeff")[:1]
    return f"'{text}" if first in (*FORMULA_STARTS, "＝", "＋", "－", "＠") and first else text


def _cell(table: ReportTable, cell: Cell, column: Column) -> str:
    if isinstance(cell.value, bool):
        return "yes" if cell.value else "no"
    if isinstance(cell.value, int | float):
        return repr(cell.value)
    return neutral(str(cell.value) if cell.value is not None else table.text(cell, column))
