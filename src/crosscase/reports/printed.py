"""Figures as they were printed: their number, their precision, and whether a recomputed one agrees with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"\s*([-+−]?\d+(?:[.,]\d+)?)\s*(%|per ?cent)?\s*", re.IGNORECASE)

#: Half a unit in the last printed place, and what binary fractions add to it.
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed figure: its text, its number (a percentage as a ratio) and the decimals that were printed of it."""

    text: str
    value: float
    decimals: int

    def agrees(self, value: float) -> bool:
        """Whether a value, rounded to the printed decimals, is the printed one.

        A value exactly between two roundings agrees with both, since half-up and half-even are both in use.

        >>> printed("0.6").agrees(0.5714), printed("0.6").agrees(0.55), printed("80%").agrees(0.79)
        (True, True, False)
        """
        return abs(value - self.value) <= 0.5 * 10.0**-self.decimals + _SLACK


def printed(text: str, unit: str = "") -> Printed | None:
    """Read a figure; ``None`` when it is no plain number, such as "almost 100%".

    A percentage is a hundredth: its sign may stand in the text or in the unit.

    >>> printed("80%"), printed("almost 100%")
    (Printed(text='80%', value=0.8, decimals=2), None)
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number = found[1].replace("−", "-").replace(",", ".")
    decimals = len(number.partition(".")[2])
    if found[2] or unit.strip().casefold() in ("%", "percent", "per cent"):
        return Printed(text, float(number) / 100, decimals + 2)
    return Printed(text, float(number), decimals)
