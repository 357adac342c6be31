"""Words around numbers."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "entry", "entries"), counted(0, "case")
    ('1 entry', '0 cases')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"
