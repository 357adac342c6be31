"""Words around numbers."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "entry", "entries"), counted(0, "case")
    ('1 entry', '0 cases')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def p_words(value: float) -> str:
    """A p value as journals write it.

    >>> p_words(0.0312), p_words(0.0001)
    ('= .031', '< .001')
    """
    return "< .001" if value < 0.001 else f"= {value:.3f}".replace("0.", ".", 1)
