"""How like two firms are: the distance of Gower (1971), with what each attribute adds to it.

A distance is the mean of the differences in the attributes that are known of both firms (Gower 1971, Biometrics 27,
equation 1, as distance: one less the similarity), all with the same weight:

==================================  ==================================================================================
number, integer, percent, year      |a - b| / range over the cases of the study, at most 1
category, country, boolean          0 when equal, else 1
list                                1 - shared / all members (Jaccard 1901), which Gower did not have
==================================  ==================================================================================

Free text is not compared, and a number without a range (all cases alike) is left out as it tells nothing apart.
Not here: what the near cases did (:mod:`crosscase.evidence.briefs`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["number", "category", "list"]
Value = float | str | frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of every case and of the firm; ``None`` where it is not known.

    ``low`` and ``high`` are the ends of a number over the cases of the study, without the firm.
    """

    name: str
    kind: Kind
    values: Mapping[str, Value]
    label: str = ""
    low: float = 0.0
    high: float = 0.0

    def difference(self, a: Value, b: Value) -> float | None:
        """Between 0 (alike) and 1; ``None`` when one of the two is not known or the attribute tells nothing apart."""
        if a is None or b is None:
            return None
        if isinstance(a, frozenset) and isinstance(b, frozenset):
            return 1 - len(a & b) / len(a | b) if a | b else None
        if isinstance(a, float) and isinstance(b, float) and self.kind == "number":
            return min(1.0, abs(a - b) / (self.high - self.low)) if self.high > self.low else None
        return 0.0 if _plain(a) == _plain(b) else 1.0

    def beyond(self, value: Value) -> bool:
        """Whether a number lies outside of what the cases of the study have."""
        return self.kind == "number" and isinstance(value, float) and not self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Distance:
    """The distance between the firm and one case.

    ``parts`` maps an attribute to what it adds; the parts sum to ``value``, which lies between 0 and 1.  ``left_out`` are
    the attributes not known of one of the two.
    """

    case: str
    value: float
    parts: Mapping[str, float]
    left_out: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"case": self.case, "distance": self.value, "parts": dict(self.parts), "left_out": list(self.left_out)}


def gower(attributes: Sequence[Attribute], a: str, b: str) -> Distance | None:
    """The distance of case ``b`` from ``a``; ``None`` when no attribute is known of both.

    >>> size = Attribute("size", "number", {"x": 10.0, "y": 60.0}, low=10, high=110)
    >>> kind = Attribute("kind", "category", {"x": "shop", "y": "mill"})
    >>> found = gower([size, kind], "x", "y")
    >>> found.value, dict(found.parts)
    (0.75, {'size': 0.25, 'kind': 0.5})
    """
    differences = {one.name: one.difference(one.values.get(a), one.values.get(b)) for one in attributes}
    known = {name: value for name, value in differences.items() if value is not None}
    if not known:
        return None
    parts = {name: value / len(known) for name, value in known.items()}
    missing = tuple(name for name, value in differences.items() if value is None)
    return Distance(b, sum(parts.values()), parts, missing)


def distances(attributes: Sequence[Attribute], firm: str, cases: Sequence[str]) -> list[Distance]:
    """The distance of every other case from the firm, nearest first; cases at the same distance in their given order."""
    found = [one for case in cases if case != firm and (one := gower(attributes, firm, case)) is not None]
    return sorted(found, key=lambda one: one.value)


def nearest_distances(attributes: Sequence[Attribute], cases: Sequence[str]) -> list[float]:
    """How far each case of the study is from its own nearest neighbour in it, smallest first."""
    nearest: dict[str, float] = {}
    for position, a in enumerate(cases):
        for b in cases[position + 1 :]:
            found = gower(attributes, a, b)
            if found is not None:
                nearest[a] = min(found.value, nearest.get(a, 1.0))
                nearest[b] = min(found.value, nearest.get(b, 1.0))
    return sorted(nearest.values())


def _plain(value: Value) -> Value:
    return value.strip().casefold() if isinstance(value, str) else value
