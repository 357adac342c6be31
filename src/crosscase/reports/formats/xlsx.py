"""A table as an Excel workbook: numbers as numbers, texts as texts, never a formula."""

from __future__ import annotations

import datetime
import io
from typing import Any

from crosscase.reports.formats.csv import neutral
from crosscase.reports.table import Cell, Column, ReportTable

_WIDEST = 60
_MOST = 32_767
#: A table with more rows than this has no comments: they would make the file slow to open.
_MOST_COMMENTED = 1000


def table_xlsx(table: ReportTable) -> bytes:
    """The bytes of a workbook with the table on one sheet, title above and notes below.

    Remarks on cells and the inputs of numbers are comments of the cells.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    )
    # a fixed date, so that the same table gives the same bytes
    book.set_properties({"title": table.title, "created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)})
    sheet = book.add_worksheet("Table")
    plain = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
    sheet.write_string(0, 0, _short(neutral(table.title)), book.add_format({**plain, "bold": True, "font_size": 12}))
    for place, column in enumerate(table.columns):
        align = "center" if column.align == "centre" else column.align
        head = book.add_format({**plain, "bold": True, "top": 1, "bottom": 1, "align": align, "text_wrap": True})
        body = book.add_format({**plain, "align": align, "text_wrap": True, "num_format": _number_format(column)})
        sheet.write_string(2, place, _short(neutral(column.label)), head)
        widest = len(column.label)
        for number, row in enumerate(table.rows):
            cell = row[place]
            text = table.text(cell, column)
            widest = max(widest, *(len(line) for line in text.splitlines()), 0)
            _write(sheet, 3 + number, place, cell, text, body)
            if len(table.rows) <= _MOST_COMMENTED:
                _comment(sheet, 3 + number, place, cell)
        sheet.set_column(place, place, min(_WIDEST, max(6, widest + 2)))
    foot = 4 + len(table.rows)
    small = book.add_format({**plain, "font_size": 9, "italic": True})
    for number, note in enumerate(table.all_notes() if table.rows else [table.missing, *table.all_notes()]):
        sheet.write_string(foot + number, 0, _short(neutral(note)), small)
    sheet.freeze_panes(3, 1 if table.columns and table.columns[0].heading else 0)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, place: int, cell: Cell, text: str, style: Any) -> None:
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) and abs(cell.value) < 1e15:
        sheet.write_number(row, place, cell.value, style)
    else:
        sheet.write_string(row, place, _short(neutral(text)), style)


def _comment(sheet: Any, row: int, place: int, cell: Cell) -> None:
    remarks = [cell.note] if cell.note else []
    remarks += [f"{name}: {value}" for name, value in cell.inputs]
    if remarks:
        size = {"x_scale": 2, "y_scale": max(1, len(remarks) / 4), "author": "Crosscase"}
        sheet.write_comment(row, place, _short("\n".join(remarks)), size)


def _number_format(column: Column) -> str:
    unit = column.format.unit.replace('"', "")
    number = "General" if column.format.decimals is None else "0" + ("." + "0" * column.format.decimals).rstrip(".")
    return f'{number}" {unit}"' if unit else number


def _short(text: str) -> str:
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"
