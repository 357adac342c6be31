"""Home-region orientation of a firm's sales (Rugman & Verbeke 2004), with its thresholds shown and varied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.regions import RegionScheme, scheme
from crosscase.engines.measures.timing import pick
from crosscase.engines.measures.values import Definition, MeasureValue, result

__all__ = ["ORIENTATION", "Sensitivity", "classify_shares", "home_region_orientation", "orientation_sensitivity"]

ORIENTATION = (
    Definition(
        "rugman-verbeke-2004",
        "Home-region oriented: at least half of sales in the home region. Host-region oriented: more than half "
        "in another "
        "region. Global: at least 20% in each of the three regions, under half at home. Bi-regional: at least "
        "20% in each of "
        "two, under half at home. The first that holds, in this order.",
        "share of total sales by region of the triad; thresholds 0.5 and 0.2",
        "Rugman & Verbeke 2004; robustness questioned by Osegowitsch & Sammartino 2008",
    ),
)
NO_CLASS = "none of the four"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The class at every pair of thresholds: (majority, presence) → class."""

    case: str
    classes: Mapping[tuple[float, float], str]

    @property
    def shares(self) -> dict[str, float]:
        """Share of the threshold pairs that give each class, the most frequent first."""
        return {name: count / len(self.classes) for name, count in Counter(self.classes.values()).most_common()}

    def to_dict(self) -> dict[str, Any]:
        rows = [{"majority": m, "presence": p, "class": name} for (m, p), name in self.classes.items()]
        return {"case": self.case, "thresholds": rows, "shares": self.shares}


def classify_shares(shares: Mapping[str, float], home: str, *, majority: float = 0.5, presence: float = 0.2) -> str:
    """The class of a distribution of sales over regions.

    Args:
        shares: region → share of all sales, each in [0, 1]; they may add up to less than 1 (sales elsewhere).
        home: the home region.
        majority: the share that makes one region dominant.
        presence: the share that makes a region count.

    >>> classify_shares({"North America": 0.45, "European Union": 0.35, "Asia": 0.2}, "North America")
    'global'
    """
    if shares.get(home, 0.0) >= majority:
        return "home-region oriented"
    if any(share > majority for region, share in shares.items() if region != home):
        return "host-region oriented"
    present = sum(share >= presence for share in shares.values())
    return "global" if present >= 3 else "bi-regional" if present == 2 else NO_CLASS


def home_region_orientation(
    history: FirmHistory,
    definition: str = "rugman-verbeke-2004",
    *,
    under: RegionScheme | None = None,
    majority: float = 0.5,
    presence: float = 0.2,
) -> MeasureValue:
    """The class of the firm's sales, with the thresholds used and how far the answer depends on them.

    Needs sales by country, home included, and a home country that lies in a region of the scheme (``triad``).
    """
    chosen = pick(ORIENTATION, definition)
    under = under or scheme("triad")
    shares, home_region, missing = _region_shares(history, under)
    value = None
    inputs: dict[str, Any] = {"shares": shares, "home_region": home_region, "majority": majority, "presence": presence}
    warnings = []
    if not missing and home_region is not None:
        value = classify_shares(shares, home_region, majority=majority, presence=presence)
        sensitivity = orientation_sensitivity(history, under=under)
        inputs["sensitivity"] = sensitivity.shares
        if len(sensitivity.shares) > 1:
            warnings.append("the class depends on the thresholds: see sensitivity")
        if len(under.regions) != 3:
            warnings.append(f"'global' asks for three regions; {under.id} has {len(under.regions)}")
    return result(
        history,
        "home_region_orientation",
        chosen,
        "class",
        value,
        inputs=inputs,
        missing=missing,
        warnings=warnings,
        scheme=under.name,
    )


def orientation_sensitivity(
    history: FirmHistory,
    *,
    under: RegionScheme | None = None,
    majorities: Sequence[float] = (0.4, 0.45, 0.5, 0.55, 0.6),
    presences: Sequence[float] = (0.1, 0.15, 0.2, 0.25, 0.3),
) -> Sensitivity:
    """The class at every pair of thresholds; empty when the shares are not known."""
    shares, home_region, missing = _region_shares(history, under or scheme("triad"))
    if missing or home_region is None:
        return Sensitivity(history.case, {})
    return Sensitivity(
        history.case,
        {
            (majority, presence): classify_shares(shares, home_region, majority=majority, presence=presence)
            for majority in majorities
            for presence in presences
        },
    )


def _region_shares(history: FirmHistory, under: RegionScheme) -> tuple[dict[str, float], str | None, list[str]]:
    """(region → share of all sales, home region, missing); sales in no region stay in the denominator."""
    year = history.figures_year or history.observed_until
    missing = []
    home_region = under.region(history.home, year) if history.home else None
    if history.home is None:
        missing.append("home")
    elif home_region is None:
        missing.append(f"region of {history.home} under {under.id}")
    total = sum(history.sales.values())
    if not total:
        missing.append("sales by country")
    elif history.home is not None and history.home not in history.sales:
        missing.append("sales at home")
    shares: dict[str, float] = {}
    for place, amount in history.sales.items():
        region = under.region(place, year)
        if region is not None and total:
            shares[region] = shares.get(region, 0.0) + amount / total
    return shares, home_region, missing
