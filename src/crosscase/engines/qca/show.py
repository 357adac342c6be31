"""How results show themselves: frames, HTML and JSON-able numbers, pandas only when a frame is asked for."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

__all__ = ["Table", "number"]


class Table:
    """A result that is a table: give ``rows()``, get ``to_frame()`` and ``_repr_html_()``."""

    __slots__ = ()

    def rows(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def to_frame(self) -> pandas.DataFrame:
        """The table as a pandas data frame."""
        from crosscase.core.frames import to_frame

        rows = self.rows()
        return to_frame({column: [row.get(column) for row in rows] for column in (rows[0] if rows else ())})

    def _repr_html_(self) -> str:
        return html_table(self.rows())


def number(value: float | None) -> float | None:
    """A JSON-able number: ``nan`` and infinities become ``None``."""
    return None if value is None or not math.isfinite(value) else float(value)


def text(value: Any) -> str:
    """One cell for a reader: three decimals, lists joined, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if math.isfinite(value) else ""
    if isinstance(value, list | tuple):
        return ", ".join(text(part) for part in value)
    return str(value)


def html_table(rows: list[dict[str, Any]], caption: str = "") -> str:
    if not rows:
        return "<p>nothing to show</p>"
    columns = list(rows[0])
    head = "".join(f'<th scope="col">{html.escape(str(column))}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(text(row.get(column)))}</td>" for column in columns) + "</tr>"
        for row in rows
    )
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def text_table(rows: list[dict[str, Any]]) -> str:
    """A plain-text table with aligned columns, for a terminal."""
    if not rows:
        return "(none)"
    columns = list(rows[0])
    cells = [[text(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(column), *(len(line[i]) for line in cells)) for i, column in enumerate(columns)]
    numeric = [all(isinstance(row.get(column), int | float | None) for row in rows) for column in columns]
    lines = [[*columns], ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )
