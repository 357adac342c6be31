"""Countries, regions and the dimensions of post-entry speed, worked by hand."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from crosscase.engines.measures import Entry, FirmHistory
from crosscase.engines.measures.regions import from_mapping, scheme
from crosscase.engines.measures.scope import diversification, number_of_continents, number_of_countries, psi
from engines.measures.histories import SMALL, any_history


def test_number_of_countries_ever_and_active() -> None:
    assert number_of_countries(SMALL).value == 4
    assert number_of_countries(SMALL, "active").missing == ("exit years",)
    left = replace(SMALL, entries=(*SMALL.entries[:3], Entry("JPN", 2015, 2017)))
    assert number_of_countries(left).value == 4
    assert number_of_countries(left, "active").value == 3
    back = replace(left, entries=(*left.entries, Entry("JPN", 2018)))
    assert number_of_countries(back, "active").value == 4


def test_diversification_names_its_scheme() -> None:
    measured = diversification(SMALL)
    assert measured.value == 3  # European Union, North America, Japan
    assert (measured.scheme, measured.scheme_version) == ("yang-stoian-12", "1")
    assert diversification(SMALL, "regions-and-home").value == 4
    assert diversification(SMALL, "regions-beyond-home").value == 3
    assert diversification(SMALL, under=scheme("un-m49-region")).value == 3
    assert diversification(SMALL, "regions-beyond-home", under=scheme("un-m49-region")).value == 2  # Asia is home


def test_the_european_union_depends_on_the_year() -> None:
    history = FirmHistory("x", entries=(Entry("DEU", 2003), Entry("POL", 2003)), observed_until=2008)
    assert diversification(history).value == 2
    assert diversification(history, membership="observed").value == 1


def test_a_country_without_a_region_is_named() -> None:
    mine = from_mapping("mine", "2", {"DEU": "A", "FRA": "A", "USA": "B"})
    measured = diversification(SMALL, under=mine)
    assert measured.value is None
    assert measured.missing == ("region of JPN under mine",)


def test_continents_depend_on_how_many_americas_there_are() -> None:
    history = FirmHistory(
        "x", entries=(Entry("USA", 2018), Entry("MEX", 2018), Entry("BRA", 2019)), observed_until=2021
    )
    assert number_of_continents(history).value == 2
    assert number_of_continents(history, "un-m49-region").value == 1
    assert number_of_continents(history).scheme == "continents-7"


def test_psi_by_hand() -> None:
    history = replace(SMALL, figures={"foreign_sales": 40.0, "total_sales": 100.0})
    assert psi(history, "spread").value == 4 / 8
    assert psi(history, "diversity").value == 3 / 8
    assert psi(history, "intensity").value == 0.4 / 8
    assert psi(SMALL, "intensity").missing == ("foreign_sales", "total_sales")


@given(any_history())
@settings(deadline=None)
def test_regions_are_never_more_than_countries(history: FirmHistory) -> None:
    countries = number_of_countries(history).value
    for under in (scheme("yang-stoian-12"), scheme("world-bank-7"), scheme("un-m49-subregion")):
        assert 1 <= diversification(history, under=under).value <= countries
