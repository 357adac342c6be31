"""A table as HTML: semantic, readable without a style sheet, every number opening what it was computed from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import jinja2
from markupsafe import Markup

from crosscase.reports.table import STATE_SIGNS, Cell, Column, ReportTable, letters

_SAFE_LINK = re.compile(r"(?:https?:|mailto:|#|[^:]*$)", re.IGNORECASE)

#: With more columns than this the words of the states are there for screen readers only.
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cell as the template takes it."""

    column: Column
    text: str
    state: str
    sign: str
    note: str
    inputs: tuple[tuple[str, str], ...]
    popover: str
    href: str


@cache
def environment() -> jinja2.Environment:
    """The templates of the reports; everything put into them is escaped."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("crosscase.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def table_html(table: ReportTable, *, downloads: tuple[tuple[str, str], ...] = ()) -> Markup:
    """The ``figure``-like block of one table: the table itself, its notes, and links to its files.

    ``downloads`` are (format, address) pairs.
    """
    template = environment().get_template("table.html")
    return Markup(template.render(**_context(table), downloads=downloads))


def table_page(table: ReportTable) -> str:
    """A page of its own with nothing but the table."""
    return environment().get_template("table_page.html").render(table=table, block=table_html(table), style=style())


def sections_page(title: str, lead: str, parts: Sequence[tuple[str, Sequence[str], Sequence[ReportTable]]]) -> str:
    """A page with headings, paragraphs and tables: (title, paragraphs, tables) a part."""
    shown = [(heading, words, [table_html(table) for table in tables]) for heading, words, tables in parts]
    template = environment().get_template("sections_page.html")
    return template.render(title=title, lead=lead, parts=shown, style=style())


def style() -> Markup:
    """The style sheet of the reports."""
    source, _, _ = environment().loader.get_source(environment(), "style.css")  # type: ignore[union-attr]
    return Markup(source)


def anchor(text: str) -> str:
    """A text as an id of HTML; different texts of one report may share it only if they share their letters and digits.

    >>> anchor("measure-spread (T)")
    'measure-spread-T'
    """
    return re.sub(r"[^\w.]+", "-", text).strip("-") or "x"


def _context(table: ReportTable) -> dict[str, object]:
    remarks = letters(table)
    id = anchor(table.id)
    rows = []
    for number, (row, texts) in enumerate(zip(table.rows, table.texts(), strict=True)):
        shown = []
        for place, (cell, text, column) in enumerate(zip(row, texts, table.columns, strict=True)):
            shown.append(_show(cell, text, column, remarks.get(cell.note, ""), f"{id}-{number}-{place}"))
        rows.append(shown)
    return {
        "table": table,
        "id": id,
        "rows": rows,
        "remarks": [(letter, note) for note, letter in remarks.items()],
        "narrow": len(table.columns) > _MOST_WORDS,
        "opens": any(cell.inputs for row in table.rows for cell in row),
    }


def _show(cell: Cell, text: str, column: Column, note: str, popover: str) -> _Shown:
    return _Shown(
        column,
        cell.state if cell.state else text,
        cell.state.replace(" ", "-"),
        STATE_SIGNS.get(cell.state, ""),
        note,
        cell.inputs,
        popover,
        cell.href if _SAFE_LINK.match(cell.href) else "",
    )
