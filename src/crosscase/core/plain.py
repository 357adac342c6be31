"""Rows as plain values and as cells: the one place that knows how each type of field is written down.

*Plain* values are what JSON and TOML hold (texts, numbers, lists, dictionaries).  A *cell* is the text of one field in a
table file.  Both ways are exact: what is written is read back equal.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin

from crosscase.core.dates import PartialDate
from crosscase.core.errors import InputError

__all__ = ["field_types", "from_cell", "from_plain", "row_from_plain", "to_cell", "to_plain"]


@cache
def field_types(row: type[Any]) -> Mapping[str, Any]:
    """The type of each field of a dataclass, ``None`` taken out of the optional ones.

    >>> from crosscase.core import Event
    >>> field_types(Event)["date"].__name__
    'PartialDate'
    """
    hints = typing.get_type_hints(row)
    return {field.name: _without_none(hints[field.name]) for field in fields(row)}


def to_plain(value: Any) -> Any:
    """A value of a field as JSON and TOML can hold it.

    >>> to_plain((PartialDate(2015, 3), None))
    ['2015-03', None]
    """
    if isinstance(value, PartialDate):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(one) for one in value]
    return value


def from_plain(kind: Any, value: Any) -> Any:
    """The value of type ``kind`` that :func:`to_plain` wrote; InputError when it cannot be one."""
    if value is None:
        return None
    if kind is PartialDate:
        return PartialDate.parse(str(value))
    if is_dataclass(kind) and isinstance(kind, type):
        return row_from_plain(kind, value)
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise InputError(f"{value!r} is not a list")
        return tuple(from_plain(get_args(kind)[0], one) for one in value)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise InputError(f"{value!r} is not a table of keys and values")
        return {key: from_plain(get_args(kind)[1], one) for key, one in value.items()}
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind in (str, int, float, bool) and type(value) is not kind:
        raise InputError(f"{value!r} is not {_ARTICLES[kind]}")
    return value


def row_from_plain(row: type[Any], values: Mapping[str, Any]) -> Any:
    """A dataclass from its plain values; fields left out take their defaults."""
    kinds = field_types(row)  # type: ignore[arg-type]
    return row(**{name: from_plain(kinds[name], value) for name, value in values.items()})


def to_cell(value: Any) -> str:
    r"""A value as the text of one cell; the items of a list are parted by semicolons.

    >>> to_cell(("a", "b;c")), to_cell(None), to_cell(PartialDate(2015)), to_cell(3)
    ('a; b\\;c', '', '2015', '3')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return "; ".join(str(one).replace("\\", "\\\\").replace(";", "\\;") for one in value)
    return str(value)


def from_cell(kind: Any, text: str) -> Any:
    r"""The value of type ``kind`` in a cell; InputError says what was expected.

    >>> from_cell(tuple[str, ...], "a; b\\;c")
    ('a', 'b;c')
    """
    if kind is str:
        return text
    text = text.strip()
    if get_origin(kind) is tuple:
        return tuple(from_cell(get_args(kind)[0], item) for item in _split(text))
    if not text:
        return None
    if kind is PartialDate:
        return PartialDate.parse(text)
    reader = _READERS.get(kind)
    if reader is None:
        raise TypeError(f"no cell holds a {kind}")
    try:
        return reader(text)
    except (ValueError, KeyError):
        raise InputError(f"'{text}' is not {_ARTICLES[kind]}") from None


_ARTICLES = {str: "a text", int: "a whole number", float: "a number", bool: "yes or no"}
_BOOLEANS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_READERS: Mapping[Any, Callable[[str], Any]] = {
    int: int,
    float: float,
    bool: lambda text: _BOOLEANS[text.casefold()],
}


def _split(text: str) -> list[str]:
    items: list[str] = [""]
    escaped = False
    for character in text:
        if escaped:
            items[-1] += character
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == ";":
            items.append("")
        else:
            items[-1] += character
    return [item.strip() for item in items] if text else []


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (types.UnionType, typing.Union):
        others = [one for one in get_args(kind) if one is not types.NoneType]
        return others[0] if len(others) == 1 else kind
    return kind
