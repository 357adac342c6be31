"""Schemes, dated membership and schemes of one's own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.countries import all_countries
from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.measures.regions import from_mapping, scheme, scheme_names, variants

YS = scheme("yang-stoian-12")
CODES = [country.alpha3 for country in all_countries()]


@pytest.mark.parametrize(
    ("year", "members"),
    # member states after each enlargement and after the exit of the United Kingdom (European Union, official history)
    [
        (1957, 0),
        (1958, 6),
        (1973, 9),
        (1981, 10),
        (1986, 12),
        (1995, 15),
        (2004, 25),
        (2007, 27),
        (2013, 28),
        (2020, 27),
    ],
)
def test_members_of_the_european_union(year: int, members: int) -> None:
    assert sum(YS.region(code, year) == "European Union" for code in CODES) == members
    assert sum(scheme("triad").region(code, year) == "European Union" for code in CODES) == members


def test_the_twelve_regions_have_the_printed_names() -> None:
    assert len(YS.regions) == 12
    named = {"CHN": "China", "JPN": "Japan", "IND": "India", "KOR": "Rest of Asia", "SGP": "Southeast Asia"}
    named |= {"SAU": "Middle East and North Africa", "AUS": "Pacific", "MEX": "Latin America and the Caribbean"}
    named |= {
        "USA": "North America",
        "CAN": "North America",
        "ETH": "Others",
        "RUS": "Rest of Europe",
        "FRA": "European Union",
    }
    for code, region in named.items():
        assert YS.region(code, 2015) == region


@given(st.sampled_from(CODES), st.integers(1900, 2030))
@settings(deadline=None)
def test_a_country_is_in_exactly_one_of_the_twelve_in_every_year(code: str, year: int) -> None:
    holding = [m for m in YS.memberships if m.place == code and m.holds(year)]
    assert len(holding) == 1


@pytest.mark.parametrize("name", scheme_names())
def test_no_scheme_places_a_country_twice_or_an_unknown_one(name: str) -> None:
    one = scheme(name)
    assert {m.place for m in one.memberships} <= set(CODES)
    for year in (1950, 1973, 2004, 2020, 2025):
        places = [m.place for m in one.memberships if m.holds(year)]
        assert len(places) == len(set(places))
    assert one.version
    assert one.source


def test_world_bank_and_m49_have_their_sizes() -> None:
    bank = scheme("world-bank-7")
    assert len(bank.regions) == 7
    # 218 economies in fiscal year 2025; the Channel Islands are one economy and two codes
    assert len({m.place for m in bank.memberships}) == 219
    assert (bank.region("TUR"), bank.region("AFG")) == ("Europe and Central Asia", "South Asia")
    m49 = scheme("un-m49-subregion")
    assert len(m49.regions) == 18  # 17 sub-regions, and Antarctica that is in none
    assert (m49.region("SRB"), m49.region("IRN")) == ("Southern Europe", "Southern Asia")
    assert len(scheme("un-m49-region").regions) == 6
    assert len(scheme("continents-7").regions) == 7
    assert {m.place for m in scheme("continents-7").memberships} == set(CODES)
    assert {m.place for m in m49.memberships} == set(CODES) - {"XKX"}


def test_a_year_without_membership_and_now() -> None:
    triad = scheme("triad")
    assert triad.region("POL", 2003) is None
    assert triad.region("POL") == "European Union"
    assert triad.region("GBR") is None
    assert triad.region("BRA") is None


def test_a_scheme_of_ones_own() -> None:
    mine = from_mapping("mine", "3", {"DEU": "Core", "POL": ("Core", 2004, None)})
    assert mine.region("POL", 2003) is None
    assert mine.region("POL", 2004) == "Core"
    with pytest.raises(InputError, match="would leave"):
        from_mapping("mine", "3", {"POL": ("Core", 2004, 2004)})
    with pytest.raises(NotFoundError):
        from_mapping("mine", "3", {"UK": "Core"})
    with pytest.raises(NotFoundError, match="yang-stoian-12"):
        scheme("yang-stoian")


def test_overriding_makes_a_version_of_its_own() -> None:
    other = YS.overridden("1b", {"TUR": "Rest of Europe", "GBR": None})
    assert other.version == "1b"
    assert other.region("TUR", 2015) == "Rest of Europe"
    assert other.region("GBR", 2015) is None
    assert YS.region("TUR", 2015) == "Middle East and North Africa"
    assert len(variants(YS, {"TUR": ["Rest of Europe", "Rest of Asia"], "CHE": ["European Union"]})) == 6
    assert variants(YS, {}) == (YS,)
