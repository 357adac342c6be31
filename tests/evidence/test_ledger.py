"""What follows from a snapshot: measures under the study's own definitions, networks, what a rule can speak of."""

from __future__ import annotations

import pytest

from crosscase.core import (
    Case,
    Claim,
    Construct,
    Event,
    Observation,
    PartialDate,
    Quotation,
    RegionScheme,
    Snapshot,
    Stance,
    Study,
    Table,
    Tie,
    Variable,
)
from crosscase.core.errors import InputError, NotFoundError
from crosscase.evidence import Ledger


def firm(**more) -> Snapshot:
    """Founded in 2000; three countries in 2001, 2003 and 2005; observed until 2010."""
    events = [
        Event(place, "A", "entry", place, PartialDate(year))
        for place, year in (("DEU", 2001), ("USA", 2003), ("JPN", 2005))
    ]
    tables = {
        "study": Study(observed_until="2010", variables=(Variable("founded", "year"),)),
        "cases": [Case("A", {"founded": "2000", "home": "CHN"})],
        "events": events,
    }
    return Snapshot.of(**{**tables, **more})


def test_the_study_chooses_the_definition():
    # Three countries: over 2010 - 2001 = 9 years, or over 10 when the first year counts.
    assert Ledger(firm()).measures(["spread"])[0].value == pytest.approx(3 / 9)
    chosen = Study(observed_until="2010", extra={"measures": {"spread": "entries/(T-t1+1)"}})
    assert Ledger(firm(study=chosen)).measures(["spread"])[0].value == pytest.approx(3 / 10)


def test_each_case_may_have_its_own_last_year():
    own = firm(study=Study(observed_until="seen"), cases=[Case("A", {"founded": "2000", "seen": "2004"})])
    (spread,) = Ledger(own).measures(["spread"])
    assert (spread.value, spread.inputs["T"]) == (pytest.approx(2 / 3), 2004)


def test_a_founding_event_serves_when_no_attribute_says_it():
    events = [Event("f", "A", "founding", date=PartialDate(1999)), Event("e", "A", "entry", "DEU", PartialDate(2001))]
    (value,) = Ledger(firm(cases=[Case("A")], events=events)).measures(["years_to_internationalization"])
    assert value.value == 2


def test_exits_close_the_spell_of_their_country():
    events = [
        Event("1", "A", "entry", "DEU", PartialDate(2001)),
        Event("2", "A", "exit", "DEU", PartialDate(2004)),
        Event("3", "A", "re-entry", "DEU", PartialDate(2006)),
        Event("4", "A", "entry", "USA", PartialDate(2002)),
        Event("5", "A", "exit", "USA", PartialDate(2003)),
    ]
    history = Ledger(firm(events=events)).histories["A"]
    assert [(one.place, one.year, one.exit_year) for one in history.entries] == [
        ("DEU", 2001, 2004), ("USA", 2002, 2003), ("DEU", 2006, None),
    ]  # fmt: skip


def test_the_figures_of_the_firm_are_preferred_to_those_in_print():
    rows = [
        Observation("1", "A", "intensity", PartialDate(2009), "60%", basis="printed"),
        Observation("2", "A", "intensity", PartialDate(2009), "0.55", basis="recorded"),
        Observation("3", "A", "foreign_sales", PartialDate(2009), "1,200"),
    ]
    history = Ledger(firm(observations=rows)).histories["A"]
    assert history.figures == {"intensity": 0.55, "foreign_sales": 1200.0}
    assert history.figures_year == 2009


def test_a_scheme_of_the_study_with_dated_members():
    own = RegionScheme("own", regions={"West": ("USA", "DEU:1990-2002"), "East": ("JPN", "DEU:2003-")})
    ledger = Ledger(firm(study=Study(observed_until="2010", region_scheme="own", schemes=(own,))))
    assert ledger.measures(["diversification"])[0].value == 2
    assert ledger.scheme.region("DEU", 2002) == "West"
    assert ledger.scheme.region("DEU", 2003) == "East"


@pytest.mark.parametrize("member", ["Germany", "DEU:199-2000", "deu"])
def test_a_member_that_cannot_be_read_is_refused(member):
    own = RegionScheme("own", regions={"West": (member,)})
    with pytest.raises(InputError, match="no member of a region"):
        Ledger(firm(study=Study(region_scheme="own", schemes=(own,)))).scheme  # noqa: B018


def test_an_unknown_scheme_lists_those_that_exist():
    with pytest.raises(NotFoundError, match="yang-stoian-12"):
        Ledger(firm(study=Study(region_scheme="yang-stoian"))).scheme  # noqa: B018


def test_ties_are_measured_and_what_alters_know_of_each_other_is_unknown_unless_said():
    ties = [Tie("1", "A", "fair", "fair", "external"), Tie("2", "A", "uncle", "family or friends", "internal")]
    values = {one.measure: one for one in Ledger(firm(ties=ties)).measures() if one.case == "A"}
    assert values["network_size"].value == 2
    assert values["ei_index"].value == 0
    assert values["network_density"].value is None
    assert values["network_density"].missing
    known = [Tie("1", "A", "fair", knows=("uncle",)), Tie("2", "A", "uncle")]
    assert Ledger(firm(ties=known)).known("A", "network_density") == 1.0
    assert not any(one.measure == "network_size" for one in Ledger(firm()).measures())


def test_a_rule_speaks_of_variables_figures_and_measures():
    ledger = Ledger(firm(observations=[Observation("1", "A", "staff", PartialDate(2008), "12")]))
    assert ledger.known("A", "founded") == 2000
    assert ledger.known("A", "home") == "CHN"
    assert ledger.known("A", "staff") == 12
    assert ledger.known("A", "number_of_countries") == 3
    assert ledger.known("A", "intensity") is None
    assert ledger.knows("intensity")
    assert not ledger.knows("luck")


def test_entries_without_a_year_are_missed_aloud():
    events = [Event("1", "A", "entry", "DEU", PartialDate(2001)), Event("2", "A", "entry", "USA")]
    (value,) = Ledger(firm(events=events)).measures(["number_of_countries"])
    assert value.value == 1
    assert "1 of the entries on record have no year or no country" in value.warnings[-1]


def test_a_later_state_keeps_what_does_not_follow_from_what_changed() -> None:
    claims = [Claim("P1", "A", expression="large"), Claim("P2", "B", expression="~large")]
    large = Construct("large", "", "variable", ("employees",), "employees > 20")
    was = firm(cases=[Case("A", {"employees": "30"})], constructs=[large], claims=claims)
    ledger = Ledger(was)
    assert [ledger.verdict(id).groups["literal"] for id in ("P1", "P2")] == [("A",), ()]
    said = was.replace(stances=Table.of(Stance, [Stance("e", "P1", "A", locator="p. 1", stance="contradicts")]))
    later = ledger.followed_by(said)
    assert later.constructs is ledger.constructs
    assert later.verdict("P2") is ledger.verdict("P2")
    assert [one.stance for one in later.verdict("P1").rows[0].said] == ["contradicts"]
    part = Claim("P2a", "Part", extra={"part_of": "P2"})
    assert later.followed_by(said.replace(claims=Table.of(Claim, [*claims, part]))).verdict("P2").parts == ("P2a",)
    shrunk = said.replace(cases=Table.of(Case, [Case("A", {"employees": "3"})]))
    assert later.followed_by(shrunk).verdict("P1").groups["contradicting"] == ("A",)
    reworded = said.replace(claims=Table.of(Claim, [claims[0], Claim("P2", "B", expression="large")]))
    assert later.followed_by(reworded).verdict("P2").groups["literal"] == ("A",)


def test_look_ups_of_a_snapshot_follow_its_tables() -> None:
    was = firm(quotations=[Quotation("q", case="A")])
    assert was.case_of_quotation == {"q": "A"}
    same = was.replace(claims=Table.of(Claim, [Claim("P1")]))
    assert same.case_of_quotation is was.case_of_quotation
    assert was.replace(quotations=Table.of(Quotation, [Quotation("r", case="A")])).case_of_quotation == {"r": "A"}
