"""TOML both ways: reading with the line of a mistake, and writing one exact form.

The standard library reads TOML and does not write it; the study folder needs little of it and always the same bytes.
Dates in a file are texts here, since ``2015-03`` is none for TOML.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from crosscase.core.errors import InputError
from crosscase.exchange.folder.sheets import Report, decode, quiet

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def read_toml(path: Path, report: Report = quiet, file: str = "") -> dict[str, Any]:
    """The document; InputError says the line and column of a mistake."""
    return parse_toml(path.read_bytes(), file or path.name, report)


def parse_toml(data: bytes, file: str, report: Report = quiet) -> dict[str, Any]:
    """The document in some bytes; InputError names the ``file`` with line and column."""
    text = decode(data, file, report)
    try:
        return _without_dates(tomllib.loads(text))  # type: ignore[no-any-return]
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", where=file) from None


def write_toml(document: Mapping[str, Any]) -> str:
    r"""The text of a document: plain keys first, then its tables.  Keys without a value are left out.

    >>> print(write_toml({"title": "A", "claim": [{"id": "P1", "scope": {"who": "firms"}}]}))
    title = "A"
    <BLANKLINE>
    [[claim]]
    id = "P1"
    <BLANKLINE>
    [claim.scope]
    who = "firms"
    <BLANKLINE>
    """
    text = "\n".join(_lines((), document))
    return text.strip("\n") + "\n" if text else ""


def _lines(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    tables: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, Mapping) or _is_array_of_tables(value):
            tables.append((key, value))
        elif value is not None:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables:
        inner = (*path, key)
        name = ".".join(map(_key, inner))
        if isinstance(value, Mapping):
            yield from ("", f"[{name}]", *_lines(inner, value))
        else:
            for one in value:
                yield from ("", f"[[{name}]]", *_lines(inner, one))


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, Sequence) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if "\n" not in value:
            return _text(value)
        return '"""\n' + "".join("\n" if one == "\n" else _escaped(one) for one in value) + '"""'
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items() if one is not None) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    raise TypeError(f"TOML does not hold a {type(value).__name__}")


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x20 or code == 0x7F else character


def _without_dates(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_dates(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_dates(one) for one in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value
