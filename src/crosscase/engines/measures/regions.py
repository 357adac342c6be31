"""Region schemes: which region a country belongs to, under a named and versioned scheme, in a given year.

Membership is dated, so that ``European Union`` depends on the year.  A year counts as inside from the year of accession
on, and as outside from the year of exit on: the United Kingdom is inside from 1973 to 2019.  Not for here: what
counts as a country (``crosscase.core.countries``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import product

from crosscase.core.countries import by_alpha3
from crosscase.core.errors import InputError, NotFoundError

__all__ = ["Membership", "RegionScheme", "from_mapping", "scheme", "scheme_names", "variants"]


@dataclass(frozen=True, slots=True)
class Membership:
    """``place`` is in ``region`` in the years ``since`` ≤ year < ``until``; ``None`` is open."""

    place: str
    region: str
    since: int | None = None
    until: int | None = None

    def holds(self, year: int | None) -> bool:
        """Whether it holds in ``year``; without a year, whether it holds now (has no end)."""
        if year is None:
            return self.until is None
        return (self.since is None or self.since <= year) and (self.until is None or year < self.until)


@dataclass(frozen=True, slots=True)
class RegionScheme:
    """A named and versioned partition of countries into regions."""

    id: str
    version: str
    text: str
    source: str
    memberships: tuple[Membership, ...]
    _by_place: Mapping[str, tuple[Membership, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table: dict[str, tuple[Membership, ...]] = {}
        for membership in self.memberships:
            table[membership.place] = (*table.get(membership.place, ()), membership)
        object.__setattr__(self, "_by_place", table)

    @property
    def regions(self) -> tuple[str, ...]:
        """The names of the regions, in alphabetical order."""
        return tuple(sorted({membership.region for membership in self.memberships}))

    @property
    def name(self) -> tuple[str, str]:
        return self.id, self.version

    def region(self, place: str, year: int | None = None) -> str | None:
        """The region of a country (alpha-3) in a year (now, when ``None``); ``None`` when the scheme does not place it.

        >>> scheme("yang-stoian-12").region("GBR", 2015), scheme("yang-stoian-12").region("GBR", 2021)
        ('European Union', 'Rest of Europe')
        """
        return next((m.region for m in self._by_place.get(place, ()) if m.holds(year)), None)

    def overridden(self, version: str, placements: Mapping[str, str | None], note: str = "") -> RegionScheme:
        """The same scheme under a new version, with some countries placed in one region for all years (or nowhere)."""
        kept = tuple(m for m in self.memberships if m.place not in placements)
        new = tuple(Membership(by_alpha3(place).alpha3, region) for place, region in placements.items() if region)
        return RegionScheme(self.id, version, f"{self.text} {note}".strip(), self.source, kept + new)


_ABOUT = {
    "yang-stoian-12": (
        "1",
        "Twelve regions: the names are printed, the countries of each are not. Our reading: M49 for the parts of Asia, "
        "America, Europe and Oceania; the World Bank's list for Middle East and North Africa, with Türkiye "
        "added; Hong Kong, "
        "Macao, Taiwan and the Caucasus in the rest of Asia; Mexico in Latin America.",
        "Yang & Stoian 2024, Table 1, note b",
    ),
    "world-bank-7": (
        "FY2025",
        "The seven analytical regions, high-income economies included, as before the change of July 2025 that moved "
        "Afghanistan and Pakistan.",
        "World Bank country and lending groups, fiscal year 2025",
    ),
    "un-m49-region": (
        "2024",
        "Five continents and Antarctica. M49 has no entry for Taiwan; it stands under Asia, as in CLDR.",
        "United Nations Statistics Division, M49",
    ),
    "un-m49-subregion": (
        "2024",
        "Seventeen sub-regions and Antarctica. M49 has no entry for Taiwan; it stands under Eastern Asia, as in CLDR.",
        "United Nations Statistics Division, M49",
    ),
    "continents-7": (
        "1",
        "The seven continents of school atlases: M49's, with the Americas divided into South America (M49 005) "
        "and North America (the rest, Central America and the Caribbean included); Kosovo under Europe.",
        "derived from M49",
    ),
    "triad": (
        "1",
        "North America (USA, Canada, Mexico), the European Union of the year, Asia (M49 without Western Asia). "
        "Countries "
        "elsewhere are in no region. The countries of Asia are our reading.",
        "Rugman & Verbeke 2004",
    ),
}


def scheme_names() -> tuple[str, ...]:
    """The schemes that come with the program."""
    return tuple(_ABOUT)


@cache
def scheme(name: str) -> RegionScheme:
    """A scheme that comes with the program.

    Raises:
        NotFoundError: there is no such scheme.
    """
    if name not in _ABOUT:
        raise NotFoundError("region scheme", name, _ABOUT)
    version, text, source = _ABOUT[name]
    path = resources.files("crosscase.engines.measures").joinpath(f"data/regions/{name}.csv")
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    memberships = tuple(
        Membership(
            row["alpha3"],
            row["region"],
            int(row["since"]) if row["since"] else None,
            int(row["until"]) if row["until"] else None,
        )
        for row in rows
    )
    return RegionScheme(name, version, text, source, memberships)


def from_mapping(
    name: str,
    version: str,
    placements: Mapping[str, str | tuple[str, int | None, int | None]],
    *,
    text: str = "",
    source: str = "defined by the study",
) -> RegionScheme:
    """A scheme that a study defines: alpha-3 code → region, or → (region, since, until).

    Raises:
        NotFoundError: a code is none of ISO 3166-1.
        InputError: ``since`` is not before ``until``.

    >>> mine = from_mapping("mine", "1", {"CHN": "Home", "JPN": "Near"})
    >>> mine.region("JPN"), mine.region("USA")
    ('Near', None)
    """
    memberships = []
    for place, placed in placements.items():
        region, since, until = (placed, None, None) if isinstance(placed, str) else placed
        if since is not None and until is not None and since >= until:
            raise InputError(
                f"{place} would leave {region!r} in {until}, not after it joined in {since}",
                where=f"region scheme {name}",
                mend="give a later year",
            )
        memberships.append(Membership(by_alpha3(place).alpha3, region, since, until))
    return RegionScheme(name, version, text, source, tuple(memberships))


def variants(under: RegionScheme, doubtful: Mapping[str, Sequence[str]]) -> tuple[RegionScheme, ...]:
    """The scheme as it is, and every combination of other placements of the countries whose place is in doubt.

    Args:
        under: the scheme.
        doubtful: alpha-3 code → other regions to try.

    >>> [scheme.version for scheme in variants(scheme("yang-stoian-12"), {"TUR": ["Rest of Europe", "Rest of Asia"]})]
    ['1', '1, TUR in Rest of Europe', '1, TUR in Rest of Asia']
    """
    found = []
    for choice in product(*((None, *regions) for regions in doubtful.values())):
        moved = {place: region for place, region in zip(doubtful, choice, strict=True) if region is not None}
        version = ", ".join([under.version, *(f"{place} in {region}" for place, region in moved.items())])
        found.append(under.overridden(version, moved) if moved else under)
    return tuple(found)
