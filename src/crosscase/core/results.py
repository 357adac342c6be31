"""What every result offers: ``to_frame()``, ``to_dict()`` and a table in a notebook; and cautions as data.

A result is a frozen dataclass that inherits :class:`Tabular` and says what its main table is.  Nothing is computed
here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from html import escape
from typing import TYPE_CHECKING, Any

from crosscase.core.errors import InputError
from crosscase.core.frames import to_frame

if TYPE_CHECKING:
    import pandas

__all__ = ["Caution", "Tabular", "check_level", "jsonable"]


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a reader of a result must know: a short stable ``kind``, the message, and what it is about."""

    kind: str
    message: str
    subject: str = ""


def check_level(level: float) -> None:
    """InputError when ``level`` is no coverage of an interval."""
    if not 0 < level < 1:
        raise InputError(f"the level is {level}", mend="give a number between 0 and 1, such as 0.95")


class Tabular:
    """A result with one main table: ``columns()`` and ``rows()``.

    >>> @dataclass(frozen=True)
    ... class Shares(Tabular):
    ...     share: float
    ...     def columns(self): return ("name", "share")
    ...     def rows(self): return [("all", self.share)]
    >>> Shares(0.25).to_dict()
    {'share': 0.25}
    """

    __slots__ = ()

    def columns(self) -> tuple[str, ...]:
        raise NotImplementedError

    def rows(self) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def to_frame(self) -> pandas.DataFrame:
        """The main table as a data frame."""
        table = self.rows()
        return to_frame({name: [row[place] for row in table] for place, name in enumerate(self.columns())})

    def to_dict(self) -> dict[str, Any]:
        """Every field as JSON-able values; a number that does not exist is ``None``."""
        result: dict[str, Any] = jsonable(self)
        return result

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.columns())
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(cell))}</td>" for cell in row) + "</tr>" for row in self.rows()
        )
        notes = "".join(f"<li>{escape(caution.message)}</li>" for caution in getattr(self, "cautions", ()))
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return table + (f"<ul>{notes}</ul>" if notes else "")


def jsonable(value: Any) -> Any:
    """``value`` as lists, dictionaries, strings, numbers and ``None``; NaN and infinities become ``None``.

    >>> jsonable((1.5, float("nan"), {"a": (1,)}))
    [1.5, None, {'a': [1]}]
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsonable(getattr(value, f.name)) for f in fields(value) if not f.name.startswith("_")}
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return jsonable(value.value)
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if hasattr(value, "tolist"):
        return jsonable(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return [jsonable(item) for item in value]


def _shown(cell: Any) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
