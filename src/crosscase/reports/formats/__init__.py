"""How a table is written down: one file a format, each from a :class:`~crosscase.reports.table.ReportTable` to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crosscase.reports.formats.csv import table_csv
from crosscase.reports.formats.docx import table_docx
from crosscase.reports.formats.html import table_page
from crosscase.reports.formats.latex import table_latex
from crosscase.reports.formats.xlsx import table_xlsx
from crosscase.reports.table import ReportTable

__all__ = ["FORMATS"]

#: The formats of a table by the ending of its file.
FORMATS: Mapping[str, Callable[[ReportTable], bytes]] = {
    "html": lambda table: table_page(table).encode(),
    "csv": table_csv,
    "xlsx": table_xlsx,
    "docx": table_docx,
    "tex": lambda table: table_latex(table).encode(),
}
