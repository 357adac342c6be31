"""Rows as SQL values: columns of a core ``Table`` to lists that a driver takes, and back.

The only place that knows which SQL type a field has and what an empty value looks like in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_type_hints

from crosscase.core import PartialDate, Table
from crosscase.core.errors import InputError
from crosscase.core.plain import field_types, from_plain, to_plain
from crosscase.core.vocabulary import NOTHING

Kind = Literal["text", "integer", "float", "date", "json"]

_KINDS: dict[Any, Kind] = {str: "text", int: "integer", float: "float", PartialDate: "date"}

#: Text columns whose values are long and seldom repeat; the others share equal strings when loaded.
_LONG = {"text", "note", "definition", "include", "exclude", "example"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a dataclass as a column.  ``empty`` is the value that NULL stands for."""

    name: str
    kind: Kind
    type: Any
    nullable: bool
    optional: bool
    empty: Any


def fields_of(row: type[Any]) -> tuple[Field, ...]:
    """The columns of a dataclass in the order of its fields."""
    return _fields_of(row)  # type: ignore[arg-type]


@cache
def _fields_of(row: type[Any]) -> tuple[Field, ...]:
    hints = get_type_hints(row)
    kinds = field_types(row)  # type: ignore[arg-type]
    made = []
    for field in fields(row):
        kind = _KINDS.get(kinds[field.name], "json")
        optional = NoneType in get_args(hints[field.name])
        made.append(
            Field(
                field.name,
                kind,
                kinds[field.name],
                optional or kind == "json",
                optional,
                None if optional else _empty(field),
            )
        )
    return tuple(made)


def _empty(field: Any) -> Any:
    if field.name == "extra":
        return NOTHING
    if field.default_factory is not MISSING:
        return field.default_factory()
    return () if field.default == () else None


def dumps(value: Any) -> str:
    """Compact JSON with the order of keys kept."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encode(field: Field, values: Iterable[Any]) -> Sequence[Any]:
    """The values of one field as the driver takes them; InputError for what no database can hold."""
    match field.kind:
        case "text":
            texts = list(values)
            for text in texts:
                if type(text) is not str or "\0" in text:
                    raise _refused(field, text)
            return texts
        case "date":
            return [None if value is None else str(value) for value in values]
        case "json":
            return [_encode_json(field, value) for value in values]
        case "float":
            return [None if value is None else float(value) for value in values]
        case _:
            numbers = list(values)
            for number in numbers:
                if number is not None and not -(2**63) <= number < 2**63:
                    raise InputError(f"the number {number} of {field.name} is too large to be kept")
            return numbers


def _encode_json(field: Field, value: Any) -> str | None:
    if value is None or (not value and not field.optional):
        return None
    try:
        return dumps(to_plain(value))
    except (TypeError, ValueError) as error:
        raise InputError(f"the value of {field.name} cannot be kept: {error}", mend="use texts and numbers") from None


def _refused(field: Field, text: Any) -> InputError:
    if isinstance(text, str):
        return InputError(f"the {field.name} '{text[:40]!r}' holds a NUL character", mend="remove it from the text")
    return InputError(f"the {field.name} {text!r} is not a text")


def decode(field: Field, values: Sequence[Any], shared: dict[str, str], dates: dict[str, PartialDate]) -> Sequence[Any]:
    """The values of one field as the dataclass has them.  ``shared`` and ``dates`` make equal values one object."""
    match field.kind:
        case "text":
            if field.name in _LONG:
                return values
            intern = shared.setdefault
            return [intern(value, value) for value in values]
        case "date":
            for value in set(values):
                if value is not None and value not in dates:
                    dates[value] = PartialDate.parse(value)
            return [None if value is None else dates[value] for value in values]
        case "json":
            empty, kind = field.empty, field.type
            return [empty if value is None else from_plain(kind, json.loads(value)) for value in values]
        case _:
            return values


def encode_table(table: Table[Any]) -> dict[str, Sequence[Any]]:
    """All columns of a table, and the ``id`` column that turns have only in the database."""
    columns = {field.name: encode(field, table.column(field.name)) for field in fields_of(table.row)}
    if "id" not in columns:
        pairs = zip(columns["source"], columns["number"], strict=True)
        columns = {"id": [f"{source}#{number}" for source, number in pairs], **columns}
    return columns


def decode_table(
    row: type[Any], found: Sequence[Sequence[Any]], shared: dict[str, str], dates: dict[str, PartialDate]
) -> Table[Any]:
    """A table from rows whose values stand in the order of the dataclass's fields."""
    kinds = fields_of(row)
    columns = list(zip(*found, strict=True)) if found else [()] * len(kinds)
    return Table(
        row, {kind.name: decode(kind, column, shared, dates) for kind, column in zip(kinds, columns, strict=True)}
    )


def to_record(row: type[Any], values: Mapping[str, Any], *, whole: bool = True) -> dict[str, Any]:
    """SQL values of a row as the audit trail writes them: JSON columns as JSON, and in a ``whole`` row nothing empty."""
    kinds = {field.name: field.kind for field in fields_of(row)}
    return {
        name: json.loads(value) if value is not None and kinds.get(name) == "json" else value
        for name, value in values.items()
        if not (whole and value in (None, ""))
    }


def from_record(row: type[Any], record: Mapping[str, Any], *, whole: bool = True) -> dict[str, Any]:
    """The SQL values that :func:`to_record` wrote down."""
    values = dict(record)
    for field in fields_of(row):
        if field.name in values:
            if field.kind == "json" and values[field.name] is not None:
                values[field.name] = dumps(values[field.name])
        elif whole:
            values[field.name] = "" if field.kind == "text" and not field.nullable else None
    return values
