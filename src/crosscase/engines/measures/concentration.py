"""How evenly foreign business lies over countries and regions: entropy and Blau (Herfindahl), with their parts.

``amounts`` are non-negative numbers by country: foreign sales, or 1 for every country entered.  Both indices decompose:
total = between regions + within regions (Jacquemin & Berry 1979 for entropy; Acar & Sankaran 1999 for Herfindahl).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosscase.core.errors import InputError
from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.regions import RegionScheme, scheme
from crosscase.engines.measures.timing import pick
from crosscase.engines.measures.values import Definition, MeasureValue, result

__all__ = ["Decomposition", "blau", "blau_decomposition", "entropy", "entropy_decomposition"]

_ENTROPY_SOURCE = "Jacquemin & Berry 1979; Palepu 1985; Kim 1989"
_BLAU_SOURCE = "Blau 1977; decomposition: Acar & Sankaran 1999"
_BASES = {
    "sales": "shares of foreign sales by country",
    "countries": "every country entered has the same weight",
}
_ENTROPY_PARTS = {
    "total": ("between countries, in nats", "sum P_i ln(1/P_i)"),
    "across": ("between regions", "sum P_r ln(1/P_r)"),
    "within": ("within regions, weighted with their shares", "sum P_r sum p_i|r ln(1/p_i|r)"),
}
_BLAU_PARTS = {
    "total": ("between countries", "1 - sum P_i^2"),
    "normalised": (
        "between regions, relative to the most even distribution over the K regions of the scheme",
        "(1 - sum P_r^2) / (1 - 1/K)",
    ),
    "between": ("between regions", "1 - sum P_r^2"),
    "within": ("within regions, weighted with their squared shares", "sum P_r^2 (1 - sum p_i|r^2)"),
}


def _definitions(name: str, parts: Mapping[str, tuple[str, str]], source: str) -> tuple[Definition, ...]:
    return tuple(
        Definition(f"{basis}/{part}", f"{name} {text}; {meaning}.", formula, source)
        for basis, meaning in _BASES.items()
        for part, (text, formula) in parts.items()
    )


ENTROPY = _definitions("Entropy", _ENTROPY_PARTS, _ENTROPY_SOURCE)
BLAU = _definitions("Blau index", _BLAU_PARTS, _BLAU_SOURCE)


@dataclass(frozen=True, slots=True)
class Decomposition:
    """``total`` = ``between`` + ``within``; ``by_region`` is the index inside each region, ``shares`` the "
    "regions' shares."""

    total: float
    between: float
    within: float
    by_region: Mapping[str, float]
    shares: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "between": self.between,
            "within": self.within,
            "by_region": dict(self.by_region),
            "shares": dict(self.shares),
        }


def entropy(amounts: Mapping[str, float]) -> float:
    """Sum P ln(1/P) over the shares, in nats; 0 when everything is in one place, ln(n) when it is even over n.

    >>> round(entropy({"DEU": 1, "USA": 1}), 6)
    0.693147
    """
    return math.fsum(share * math.log(1 / share) for share in _shares(amounts).values() if share > 0)


def blau(amounts: Mapping[str, float], categories: int | None = None) -> float:
    """1 - sum P²; with ``categories`` (K ≥ 2), divided by its maximum 1 - 1/K so that it lies in [0, 1].

    >>> blau({"DEU": 1, "USA": 1}), blau({"DEU": 1, "USA": 1}, categories=2)
    (0.5, 1.0)
    """
    shares = _shares(amounts)
    plain = max(0.0, 1 - math.fsum(share * share for share in shares.values()))
    if categories is None:
        return plain
    if categories < max(2, sum(share > 0 for share in shares.values())):
        raise InputError(
            f"{categories} categories cannot hold the {len(shares)} given",
            mend="give the number of possible categories, at least 2",
        )
    return plain / (1 - 1 / categories)


def entropy_decomposition(amounts: Mapping[str, float], regions: Mapping[str, str]) -> Decomposition:
    """Entropy of countries = entropy of regions + sum P_r × entropy inside r (Jacquemin & Berry 1979)."""
    grouped = _grouped(amounts, regions)
    by_region = {region: entropy(inside) for region, inside in grouped.items()}
    shares = _shares({region: math.fsum(inside.values()) for region, inside in grouped.items()})
    within = math.fsum(shares[region] * by_region[region] for region in shares)
    return Decomposition(entropy(amounts), entropy(shares), within, by_region, shares)


def blau_decomposition(amounts: Mapping[str, float], regions: Mapping[str, str]) -> Decomposition:
    """Blau of countries = Blau of regions + sum P_r² × Blau inside r (Acar & Sankaran 1999)."""
    grouped = _grouped(amounts, regions)
    by_region = {region: blau(inside) for region, inside in grouped.items()}
    shares = _shares({region: math.fsum(inside.values()) for region, inside in grouped.items()})
    within = math.fsum(shares[region] ** 2 * by_region[region] for region in shares)
    return Decomposition(blau(amounts), blau(shares), within, by_region, shares)


def geographic_entropy(
    history: FirmHistory, definition: str = "sales/total", *, under: RegionScheme | None = None
) -> MeasureValue:
    """Entropy of the foreign business over countries, across regions or within regions, in nats."""
    return _concentration(history, "geographic_entropy", pick(ENTROPY, definition), under)


def geographic_blau(
    history: FirmHistory, definition: str = "sales/total", *, under: RegionScheme | None = None
) -> MeasureValue:
    """Blau index (1 - Herfindahl) of the foreign business over countries, between regions or within regions."""
    return _concentration(history, "geographic_blau", pick(BLAU, definition), under)


def _concentration(history: FirmHistory, measure: str, chosen: Definition, under: RegionScheme | None) -> MeasureValue:
    basis, part = chosen.id.split("/")
    under = under or scheme("yang-stoian-12")
    amounts, missing, warnings = _amounts(history, basis)
    placed = {}
    if part != "total":
        year = history.figures_year or history.observed_until
        years = history.first_entries if basis == "countries" else dict.fromkeys(amounts, year)
        placed = {place: under.region(place, years[place]) for place in amounts}
        missing += [f"region of {place} under {under.id}" for place, region in placed.items() if region is None]
    value = None
    if not missing:
        regions = {place: region for place, region in placed.items() if region is not None}
        if part == "total":
            value = entropy(amounts) if measure == "geographic_entropy" else blau(amounts)
        else:
            split = entropy_decomposition if measure == "geographic_entropy" else blau_decomposition
            parts = split(amounts, regions)
            value = parts.within if part == "within" else parts.between
            if part == "normalised":
                value = blau(parts.shares, len(under.regions))
    inputs = {"amounts": dict(amounts), "regions": placed}
    unit = "nats" if measure == "geographic_entropy" else ""
    used = ("", "") if part == "total" else under.name
    return result(history, measure, chosen, unit, value, inputs=inputs, missing=missing, warnings=warnings, scheme=used)


def _amounts(history: FirmHistory, basis: str) -> tuple[dict[str, float], list[str], list[str]]:
    if basis == "countries":
        amounts = dict.fromkeys(history.first_entries, 1.0)
        return amounts, [] if amounts else ["entries"], []
    if history.home is None and history.sales:
        return {}, ["home"], []
    amounts = {place: amount for place, amount in history.sales.items() if place != history.home and amount > 0}
    if not amounts:
        return {}, ["sales by country"], []
    unsold = sorted(set(history.first_entries) - set(amounts))
    return amounts, [], [f"no sales on record in {', '.join(unsold)}"] if unsold else []


def _grouped(amounts: Mapping[str, float], regions: Mapping[str, str]) -> dict[str, dict[str, float]]:
    grouped: dict[str, dict[str, float]] = {}
    for place, amount in amounts.items():
        if place not in regions:
            raise InputError(f"{place} is in no region", mend="place it, or leave its amount out")
        if amount > 0:
            grouped.setdefault(regions[place], {})[place] = amount
    return grouped


def _shares(amounts: Mapping[str, float]) -> dict[str, float]:
    if any(amount < 0 or not math.isfinite(amount) for amount in amounts.values()):
        raise InputError("an amount is negative or not a number", mend="give amounts of at least 0")
    total = math.fsum(amounts.values())
    if total <= 0:
        raise InputError("the amounts add up to 0: there are no shares", mend="give at least one amount above 0")
    return {place: amount / total for place, amount in amounts.items()}
