"""R2 on planted faults; the clean study has none."""

from __future__ import annotations

import dataclasses

import pytest

from crosscase.checks import run
from crosscase.core import Case, Event, Observation, PartialDate, RegionScheme, Snapshot, Study, Table
from crosscase.evidence import Ledger


def observed(snapshot, *rows):
    return snapshot.replace(observations=Table.of(Observation, rows))


def eventful(snapshot, *events):
    return snapshot.replace(events=snapshot.events.with_rows(events))


def test_a_clean_study_has_no_finding(clean, found):
    assert found(clean, "R2") == []


def test_r201_says_what_was_computed_and_who_gives_the_printed_figure(clean, found):
    # Three countries from 2001 to 2010: 3/9 = 0.33, and 3/10 = 0.30 when the first year counts.
    changed = observed(clean, Observation("o", "F1", "spread", value="0.30", basis="printed"))
    ((_, id, message),) = found(changed, "R201")
    assert id == "F1"
    assert "gives 0.333" in message
    assert "entries/(T-t1+1)" in message


def test_r201_says_when_no_definition_gives_it(clean, found):
    ((_, _, message),) = found(observed(clean, Observation("o", "F1", "spread", value="0.91", basis="printed")), "R201")
    assert "no definition on record gives it" in message


def test_r201_follows_the_definition_that_the_study_declares(clean, found):
    changed = observed(clean, Observation("o", "F1", "spread", value="0.30", basis="printed"))
    study = dataclasses.replace(clean.study, extra={"measures": {"spread": "entries/(T-t1+1)"}})
    assert found(changed.replace(study=study), "R201") == []


def test_r201_does_not_take_a_printed_figure_as_its_own_proof(clean, found):
    changed = observed(clean, Observation("o", "F1", "intensity", value="80%", basis="printed"))
    assert found(changed, "R201") == []  # the sales it comes from are not on record: nothing was recomputed


def test_r201_finds_a_placement_that_explains_a_figure_and_loses_none(clean, found):
    # Switzerland stands apart; the printed figures count it with its neighbours.
    own = RegionScheme("own", regions={"Union": ("DEU", "FRA"), "Apart": ("CHE",), "Far": ("USA", "JPN")})
    study = dataclasses.replace(clean.study, region_scheme="own", schemes=(own,))
    changed = observed(
        clean.replace(study=study),
        Observation("a", "F1", "diversification", value="2", basis="printed", scheme="own"),
        Observation("b", "F2", "diversification", value="2", basis="printed", scheme="own"),
    )
    changed = changed.replace(events=changed.events.with_rows([Event("x", "F1", "entry", "CHE", PartialDate(2006))]))
    ((_, id, message),) = found(changed, "R201")
    assert id == "F1"
    assert "no other figure is lost, with " in message
    assert "CHE in Union" in message


def test_r202_a_count_and_its_list(clean, found):
    changed = observed(clean, Observation("o", "F1", "number_of_countries", value="5", basis="printed"))
    ((_, id, message),) = found(changed, "R202")
    assert id == "F1"
    assert "is 5; 3 are on record" in message


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Event("x", "F1", "entry", "FRA", PartialDate(1998)), "before the founding"),
        (Event("x", "F1", "entry", "FRA", PartialDate(2012)), "after the last year"),
        (Event("x", "F1", "exit", "FRA", PartialDate(2005)), "no earlier entry"),
        (Event("x", "F1", "exit", "JPN", PartialDate(2004)), "no earlier entry"),
    ],
)
def test_r203_events_outside_the_life_of_the_case(clean, found, event, message):
    ((kind, id, text),) = found(eventful(clean, event), "R203")
    assert (kind, id) == ("events", "x")
    assert message in text


def test_r204_a_region_and_a_name(clean, found):
    wrong = eventful(clean, Event("x", "F1", "entry", "North America"), Event("y", "F1", "entry", "Germany"))
    messages = {id: message for _, id, message in found(wrong, "R204")}
    assert "not a country" in messages["x"]
    assert "write DEU" in messages["y"]


def test_r205_no_scheme_and_another_one(clean, found):
    rows = [
        Observation("a", "F1", "diversification", value="3", basis="recorded"),
        Observation("b", "F2", "diversification", value="3", basis="recorded", scheme="world-bank-7"),
    ]
    messages = [message for _, _, message in found(observed(clean, *rows), "R205")]
    assert len(messages) == 2
    assert any("name no region scheme" in message for message in messages)
    assert any("use the scheme 'world-bank-7'" in message for message in messages)


def test_r206_all_entries_in_one_year(clean, found):
    burst = [Event(place, "F1", "entry", place, PartialDate(2003)) for place in ("DEU", "USA")]
    ((_, id, message),) = found(clean.replace(events=Table.of(Event, burst)), "R206")
    assert id == "F1"
    assert "all 2 countries were entered in 2003" in message


def test_r207_spread_that_only_shows_age():
    # Fifteen firms with three countries each, abroad since 1 to 15 years: spread is 3 over the years.
    cases = [Case(f"F{years}", {"founded": "1990"}) for years in range(1, 16)]
    events = [
        Event(f"F{years}-{place}", f"F{years}", "entry", place, PartialDate(2010 - years))
        for years in range(1, 16)
        for place in ("DEU", "USA", "JPN")
    ]
    snapshot = Snapshot.of(study=Study(observed_until="2010"), cases=cases, events=events)
    findings = run(Ledger(snapshot), ["R207"])
    assert [one.subject.id for one in findings] == ["spread"]
    assert "-1.00" in findings[0].message
