"""Every definition gives its own answer, with the conditions it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crosscase.core.errors import InputError
from crosscase.engines.measures import Entry, FirmHistory, MeasureTable
from crosscase.engines.measures.classify import born_again_global, born_global, born_regional, commitment, inv_type
from crosscase.engines.measures.regions import scheme
from engines.measures.histories import SMALL

#: Abroad two years after founding in four countries on three continents, 40% of sales abroad.
EARLY = replace(SMALL, figures={"foreign_sales": 40.0, "total_sales": 100.0}, figures_year=2011)


def answers(table: MeasureTable) -> dict[str, float | str | None]:
    return {row.definition: row.value for row in table}


def test_born_global_definitions_disagree_and_say_so() -> None:
    assert answers(born_global(EARLY)) == {
        "knight-cavusgil-2004": "yes",
        "rennie-1993": "no",
        "puthusserry-2020": "yes",
        "sui-baum-2014": None,
        "yang-stoian-2024": "yes",
    }
    table = born_global(EARLY)
    assert table[1].inputs["conditions"] == [
        {"condition": "years to internationalization <= 2", "value": 2, "holds": True},
        {"condition": "intensity >= 0.75", "value": 0.4, "holds": False},
    ]
    assert table[3].missing == ("sales by country",)


def test_one_condition_that_fails_is_a_no_even_when_others_are_unknown() -> None:
    late = replace(SMALL, founded=1990)
    assert answers(born_global(late))["knight-cavusgil-2004"] == "no"
    unknown = born_global(SMALL)[0]
    assert (unknown.value, unknown.missing) == (None, ("foreign_sales", "total_sales"))


def test_the_home_region_definition_needs_sales_by_country() -> None:
    sales = {"CHN": 50.0, "JPN": 30.0, "USA": 20.0}
    assert answers(born_global(replace(SMALL, sales=sales)))["sui-baum-2014"] == "no"  # 20% outside Asia
    sales = {"CHN": 50.0, "JPN": 10.0, "USA": 40.0}
    assert answers(born_global(replace(SMALL, sales=sales)))["sui-baum-2014"] == "yes"


def test_the_date_of_the_intensity_is_shown() -> None:
    assert born_global(EARLY)[0].warnings == ()
    assert "2018, 10 years after" in born_global(replace(EARLY, figures_year=2018))[0].warnings[0]
    assert "not known" in born_global(replace(EARLY, figures_year=None))[0].warnings[0]


def test_born_regional_by_sales_and_by_countries() -> None:
    firm = replace(
        EARLY,
        entries=(Entry("JPN", 2010), Entry("KOR", 2010), Entry("VNM", 2012), Entry("USA", 2012)),
        sales={"CHN": 60.0, "JPN": 30.0, "USA": 10.0},
    )
    table = born_regional(firm, under=scheme("un-m49-region"))
    assert answers(table) == {
        "sales>=0.5": "yes",
        "sales>=0.75": "yes",
        "sales>=0.9": "no",
        "countries>=0.5": "yes",
        "countries>=0.75": "yes",
        "countries>=0.9": "no",
    }
    assert table[0].scheme == "un-m49-region"
    assert born_regional(EARLY)[0].missing == ("sales by country",)


def test_born_again_global_shows_every_threshold() -> None:
    firm = FirmHistory(
        "x", founded=1998, entries=(Entry("USA", 2010), Entry("DEU", 2011), Entry("JPN", 2012)), observed_until=2018
    )
    table = born_again_global(firm)
    assert answers(table) == {"domestic>=5": "yes", "domestic>=10": "yes", "domestic>=15": "no"}
    assert "critical incident" in table[0].warnings[0]
    slow = replace(firm, entries=(Entry("USA", 2010), Entry("DEU", 2015)))
    assert answers(born_again_global(slow))["domestic>=5"] == "no"
    assert "fewer than 3 years" in born_again_global(replace(firm, observed_until=2011))[0].warnings[-1]
    assert born_again_global(FirmHistory("x"))[0].missing == ("founded", "entries")


@pytest.mark.parametrize(
    ("modes", "one_year", "three_years"),
    [
        (["export", "agent", "export"], "low committer", "low committer"),
        (["export", "export", "joint venture"], "incremental committer", "incremental committer"),
        (["Export", "subsidiary", "export"], "incremental committer", "high committer"),
        (["acquisition", "export", "export"], "high modes only at first", "high committer"),
    ],
)
def test_committers(modes: list[str], one_year: str, three_years: str) -> None:
    years = (2010, 2012, 2016)
    entries = tuple(Entry(p, y, mode=m) for p, y, m in zip(("USA", "DEU", "JPN"), years, modes, strict=True))
    table = commitment(FirmHistory("x", entries=entries))
    assert answers(table) == {"inception=1": one_year, "inception=3": three_years}


def test_a_mode_that_is_unknown_or_unread_gives_no_class() -> None:
    table = commitment(FirmHistory("x", entries=(Entry("USA", 2010), Entry("DEU", 2011, mode="barter"))))
    assert table[0].value is None
    assert table[0].missing == ("mode of USA 2010", "commitment of the mode 'barter'")
    own = commitment(FirmHistory("x", entries=(Entry("DEU", 2011, mode="barter"),)), modes={"barter": "low"})
    assert own[0].value == "low committer"


@pytest.mark.parametrize(
    ("activities", "few_from_5", "many_from_3"),
    [(1, "export/import start-up", "multinational trader"), (4, "geographically focused start-up", "global start-up")],
)
def test_inv_types(activities: int, few_from_5: str, many_from_3: str) -> None:
    firm = replace(SMALL, figures={"value_chain_activities": activities})
    types = answers(inv_type(firm))
    assert types["countries>=5,activities>=3"] == few_from_5
    assert types["countries>=3,activities>=3"] == many_from_3
    assert inv_type(SMALL)[0].missing == ("value_chain_activities",)
    with pytest.raises(InputError):
        inv_type(firm, many_countries=())
