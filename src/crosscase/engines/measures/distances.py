"""Distances between home and host from open data: kilometres, borders, languages, currencies, office hours.

Capitals and borders come from tables in this package (see docs/measures.md for where they are from); official
languages and currencies from the Unicode CLDR through Babel.  Indices such as Hofstede's or the Governance
Indicators are not shipped: the functions at the end take a user's own table.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from crosscase.core.countries import by_alpha3
from crosscase.core.errors import InputError
from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.timing import pick
from crosscase.engines.measures.values import Definition, MeasureValue, result

__all__ = [
    "KOGUT_SINGH_WARNING",
    "CountryPair",
    "IndexDistance",
    "compare",
    "contiguous",
    "euclidean",
    "great_circle",
    "kogut_singh",
    "mahalanobis",
    "office_overlap",
]

EARTH_RADIUS = 6371.0088
"""Mean radius of the Earth in kilometres (IUGG)."""

KOGUT_SINGH_WARNING = (
    "the Kogut–Singh index is a squared distance and misleads (Konara & Mohr 2019): use the Euclidean one"
)

DISTANCE = (
    Definition(
        "first-entry",
        "Great-circle distance between the capitals of home and of the first country entered.",
        "great circle",
        "haversine formula",
    ),
    Definition(
        "mean",
        "Mean great-circle distance from home over the countries entered.",
        "mean of great circles",
        "haversine formula",
    ),
    Definition("farthest", "The largest of these distances.", "maximum of great circles", "haversine formula"),
)


@dataclass(frozen=True, slots=True)
class CountryPair:
    """Home and host compared; ``None`` where the data say nothing.

    ``kilometres`` between capitals; ``common_languages`` that are official (also de facto or regionally) in both;
    ``common_currencies`` that were legal tender in both in the year; ``office_overlap`` hours of a 9-to-17 day in
    common, by standard time.
    """

    home: str
    host: str
    year: int | None
    kilometres: float | None
    contiguous: bool | None
    common_languages: tuple[str, ...] | None
    common_currencies: tuple[str, ...] | None
    office_overlap: float | None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class IndexDistance:
    """A distance in a user's own table of indices: of how many dimensions, scaled over how many countries."""

    home: str
    host: str
    method: str
    value: float
    dimensions: int
    countries: int
    warnings: tuple[str, ...] = ()
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"warnings": list(self.warnings)}


def compare(home: str, host: str, year: int | None = None) -> CountryPair:
    """Everything the open data say about a pair of countries (alpha-3).

    >>> pair = compare("DEU", "AUT", 2015)
    >>> round(pair.kilometres), pair.contiguous, pair.common_currencies, pair.office_overlap
    (524, True, ('EUR',), 8.0)
    """
    known = home in _geography() and host in _geography()
    return CountryPair(
        home=by_alpha3(home).alpha3,
        host=by_alpha3(host).alpha3,
        year=year,
        kilometres=great_circle(home, host) if known else None,
        contiguous=contiguous(home, host) if known else None,
        common_languages=_common(_languages(home), _languages(host)),
        common_currencies=_common(_currencies(home, year), _currencies(host, year)),
        office_overlap=office_overlap(home, host) if known else None,
    )


def great_circle(a: str, b: str) -> float:
    """Kilometres between the capitals of two countries (alpha-3), on a sphere (haversine).

    Raises:
        InputError: a country has no capital in the table (Antarctica and three uninhabited territories).
    """
    (lat_a, lon_a), (lat_b, lon_b) = ([math.radians(x) for x in _place(code)[:2]] for code in (a, b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))


def positions() -> dict[str, tuple[float, float]]:
    """Country (alpha-3) -> latitude and longitude of its capital, in degrees."""
    return {place: (latitude, longitude) for place, (latitude, longitude, _) in _geography().items()}


def contiguous(a: str, b: str) -> bool:
    """Whether two countries share a land border.  Overseas territories with a code of their own are countries here."""
    return frozenset((a, b)) in _borders()


def office_overlap(a: str, b: str, start: float = 9, stop: float = 17) -> float:
    """Hours in which offices in both capitals are open, by standard time, in [0, stop - start].

    Daylight saving is left out: it shifts the figure by an hour in a part of the year.

    >>> office_overlap("CHN", "SGP"), office_overlap("CHN", "IND"), office_overlap("CHN", "USA")
    (8.0, 5.5, 0.0)
    """
    apart = abs(_place(a)[2] - _place(b)[2]) % 24
    return max(0.0, stop - start - min(apart, 24 - apart))


def distance(history: FirmHistory, definition: str = "mean") -> MeasureValue:
    """Kilometres between home and the countries entered; ``inputs`` hold every pair compared."""
    chosen = pick(DISTANCE, definition)
    missing = [] if history.first_entries else ["entries"]
    if history.home is None:
        missing.append("home")
    pairs = (
        [compare(history.home, place, year) for place, year in history.first_entries.items()] if history.home else []
    )
    missing += [f"capital of {pair.host}" for pair in pairs if pair.kilometres is None]
    kilometres = [pair.kilometres for pair in pairs if pair.kilometres is not None]
    value, warnings = None, []
    if kilometres and not missing:
        value = {"first-entry": kilometres[0], "mean": sum(kilometres) / len(kilometres), "farthest": max(kilometres)}[
            definition
        ]
        tied = sum(year == history.t1 for year in history.first_entries.values())
        if definition == "first-entry" and tied > 1:
            value = sum(kilometres[:tied]) / tied
            warnings.append(f"{tied} countries were entered in the first year: their mean is given")
    inputs = {"pairs": [pair.to_dict() for pair in pairs]}
    return result(history, "distance", chosen, "km", value, inputs=inputs, missing=missing, warnings=warnings)


def euclidean(table: Mapping[str, Sequence[float]], home: str, host: str, *, scaled: bool = True) -> IndexDistance:
    """Euclidean distance of two countries in a table of indices (country → one number a dimension).

    ``scaled`` divides each squared difference by the variance of the dimension over the table (n - 1) and takes the
    mean, as Kogut and Singh do, but then the root (Konara & Mohr 2019).

    >>> euclidean({"A": [0, 0], "B": [3, 4], "C": [6, 0]}, "A", "B", scaled=False).value
    5.0
    """
    difference, variance = _difference(table, home, host)
    value = np.sqrt(np.mean(difference**2 / variance)) if scaled else np.sqrt(np.sum(difference**2))
    name = "Euclidean, scaled" if scaled else "Euclidean"
    return IndexDistance(home, host, name, float(value), len(difference), len(table), source="Konara & Mohr 2019")


def kogut_singh(table: Mapping[str, Sequence[float]], home: str, host: str) -> IndexDistance:
    """The index of Kogut & Singh (1988): mean over dimensions of (I_j - I_h)² / V, with :data:`KOGUT_SINGH_WARNING`."""
    difference, variance = _difference(table, home, host)
    value = float(np.mean(difference**2 / variance))
    sizes = (len(difference), len(table))
    return IndexDistance(home, host, "Kogut–Singh", value, *sizes, (KOGUT_SINGH_WARNING,), "Kogut & Singh 1988")


def mahalanobis(table: Mapping[str, Sequence[float]], home: str, host: str) -> IndexDistance:
    """Mahalanobis distance: the dimensions' correlations taken into account (Berry, Guillén & Zhou 2010).

    Raises:
        InputError: the covariance cannot be inverted (fewer countries than dimensions, or a redundant dimension).
    """
    difference, _ = _difference(table, home, host)
    values = np.array(list(table.values()), dtype=float)
    covariance = np.atleast_2d(np.cov(values, rowvar=False))
    if np.linalg.matrix_rank(covariance) < covariance.shape[0]:
        raise InputError(
            "the dimensions' covariance has no inverse",
            mend="give more countries than dimensions, and no redundant dimension",
        )
    value = float(np.sqrt(difference @ np.linalg.solve(covariance, difference)))
    sizes = (len(difference), len(table))
    return IndexDistance(home, host, "Mahalanobis", value, *sizes, source="Berry, Guillén & Zhou 2010")


def _difference(table: Mapping[str, Sequence[float]], home: str, host: str) -> tuple[Any, Any]:
    for country in (home, host):
        if country not in table:
            raise InputError(f"{country} is not in the table of indices", mend="add its row, or leave it out")
    values = np.array([table[country] for country in table], dtype=float)
    variance = values.var(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    if not np.isfinite(values).all() or (variance <= 0).any():
        raise InputError(
            "a dimension of the table has an empty cell or does not vary", mend="fill it, or leave the dimension out"
        )
    return np.array(table[host], dtype=float) - np.array(table[home], dtype=float), variance


def _common(a: set[str] | None, b: set[str] | None) -> tuple[str, ...] | None:
    return None if a is None or b is None else tuple(sorted(a & b))


def _languages(country: str) -> set[str] | None:
    from babel.languages import get_official_languages

    found = get_official_languages(by_alpha3(country).alpha2, regional=True, de_facto=True)
    return {tag.partition("_")[0] for tag in found} or None


def _currencies(country: str, year: int | None) -> set[str] | None:
    from datetime import date

    from babel.numbers import get_territory_currencies

    day = date(year, 7, 1) if year is not None else date.today()
    return set(get_territory_currencies(by_alpha3(country).alpha2, day, day, tender=True)) or None


def _place(code: str) -> tuple[float, float, float]:
    found = _geography().get(code)
    if found is None:
        raise InputError(f"{by_alpha3(code).name} has no capital in the table", mend="leave it out of the distances")
    return found


@cache
def _geography() -> dict[str, tuple[float, float, float]]:
    return {
        row["alpha3"]: (float(row["latitude"]), float(row["longitude"]), float(row["utc_offset"]))
        for row in _rows("geography.csv")
    }


@cache
def _borders() -> frozenset[frozenset[str]]:
    return frozenset(frozenset((row["a"], row["b"])) for row in _rows("borders.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    path = resources.files("crosscase.engines.measures").joinpath(f"data/{name}")
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
