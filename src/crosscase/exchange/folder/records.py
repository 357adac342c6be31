"""From the tables of a toml file to dataclasses, and back.

A field that has its default is left out.  A field of free keys that holds an empty value (``None``), which TOML does not
know, is written as JSON in a text.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args, get_origin

from crosscase.core.errors import CrosscaseError
from crosscase.core.plain import field_types, from_plain, to_plain
from crosscase.core.table import field_default
from crosscase.exchange.folder.problems import Problems


def record_from_toml(
    row: type[Any],
    values: Any,
    problems: Problems,
    place: str,
    *,
    required: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
    ignored: Collection[str] = (),
) -> Any:
    """The dataclass in a toml table, or ``None`` when problems were found; unknown keys go to ``extra``."""
    if not isinstance(values, Mapping):
        problems.add(f"{values!r} is not a table of keys and values", place=place)
        return None
    before = len(problems.found)
    renamed = renamed or {}
    given: dict[str, Any] = {}
    for name, kind in field_types(row).items():  # type: ignore[arg-type]
        key = renamed.get(name, name)
        if name == "extra" or key not in values:
            if name in required:
                problems.add(f"there is no {key}", place=place)
            continue
        try:
            given[name] = _field_from_toml(kind, values[key], problems, f"{place}, {key}")
        except CrosscaseError as error:
            problems.add_error(error, place=place, column=key)
        except (TypeError, ValueError):
            problems.add(f"{values[key]!r} cannot be read", place=place, column=key)
    for name in required:
        if name in ("id", "name") and given.get(name) == "":
            problems.add(f"the {name} is empty", place=place)
    known = {renamed.get(field.name, field.name) for field in fields(row)} - {"extra"} | set(ignored)
    extra = {key: value for key, value in values.items() if key not in known}
    if len(problems.found) > before:
        return None
    return row(**given, **({"extra": extra} if extra else {}))


def record_to_toml(record: Any, renamed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A dataclass as a toml table: fields with other values than their defaults, then the kept keys."""
    renamed = renamed or {}
    table: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name == "extra" or value == field_default(type(record), field.name):
            continue
        if isinstance(value, tuple) and value and hasattr(value[0], "__dataclass_fields__"):
            table[renamed.get(field.name, field.name)] = [record_to_toml(one) for one in value]
            continue
        plain = to_plain(value)
        table[renamed.get(field.name, field.name)] = json.dumps(plain) if _has_none(plain) else plain
    return {**table, **record.extra}


def tables_in(document: Mapping[str, Any], key: str, problems: Problems) -> list[Any]:
    """The array of tables under a key, empty when it is not there."""
    value = document.get(key, [])
    if not isinstance(value, list):
        problems.add(f"{key} is not an array of tables", mend=f"write [[{key}]]")
        return []
    return value


def _field_from_toml(kind: Any, value: Any, problems: Problems, place: str) -> Any:
    if kind is str and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if get_origin(kind) is tuple and isinstance(value, list) and hasattr(get_args(kind)[0], "__dataclass_fields__"):
        inner = get_args(kind)[0]
        required = [field.name for field in fields(inner) if _is_required(inner, field.name)]
        return tuple(
            record_from_toml(inner, one, problems, f"{place} {number}", required=required)
            for number, one in enumerate(value, start=1)
        )
    if get_origin(kind) is tuple:
        items = [value] if isinstance(value, str) else value
        return tuple(
            _field_from_toml(get_args(kind)[0], one, problems, place) for one in from_plain(tuple[Any, ...], items)
        )
    if isinstance(value, str) and get_origin(kind) is not None and issubclass(get_origin(kind), Mapping):
        value = json.loads(value)
    return from_plain(kind, value)


def _is_required(row: type[Any], name: str) -> bool:
    return field_default(row, name) is MISSING


def _has_none(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_none, value.values()))
    if isinstance(value, list):
        return any(map(_has_none, value))
    return value is None
