"""What several families of rules share: naming ids in a message, and reading the study's own thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crosscase.core.errors import InputError
from crosscase.evidence import Ledger

#: How many ids a message names before it counts the rest.
NAMED = 8


def some(ids: Sequence[str]) -> str:
    """The first ids, and how many more there are.

    >>> some(["a", "b"]), some([str(number) for number in range(10)])
    ('a, b', '0, 1, 2, 3, 4, 5, 6, 7 and 2 more')
    """
    return ", ".join(ids[:NAMED]) + (f" and {len(ids) - NAMED} more" if len(ids) > NAMED else "")


def refs(table: str, ids: Iterable[str]) -> list[str]:
    """Evidence as ``table:id``."""
    return [f"{table}:{id}" for id in ids]


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 quotation``, ``2 quotations``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def setting(ledger: Ledger, table: str, key: str, default: float | None) -> float | None:
    """A number that study.toml sets under ``[table] key``, else the default.

    Raises:
        InputError: it is no number.
    """
    values: Any = ledger.snapshot.study.extra.get(table, {})
    value = values.get(key, default) if isinstance(values, Mapping) else default
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise InputError(f"{value!r} is not a number", where=f"study.toml, [{table}], {key}", mend="write a number")
