"""Constructs: three states, and absence only on evidence of absence."""

from __future__ import annotations

import pytest

from crosscase.core import (
    Case,
    Code,
    Coding,
    Construct,
    Event,
    PartialDate,
    Participant,
    Question,
    Quotation,
    Snapshot,
    Source,
    Study,
    Survey,
    Turn,
    Variable,
)
from crosscase.core.errors import InputError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.evidence.constructs import construct_cells


def study(*constructs: Construct, **more) -> Ledger:
    """Three cases: A says it twice, B denies it, C was never asked."""
    tables = {
        "study": Study(variables=(Variable("size", "number"),), guide=(Question("Q1"),), observed_until="2010"),
        "cases": [Case("A", {"size": "10"}), Case("B", {"size": "200"}), Case("C", {})],
        "participants": [Participant("PA", "A"), Participant("PB", "B")],
        "sources": [Source("SA", kind="interview", case="A", participant="PA"), Source("SB", kind="web", case="B")],
        "turns": [Turn("SB", 1, 0, 5, kind="answer", question="Q1")],
        "codes": [Code("theme"), Code("luck", parent="theme"), Code("no-luck")],
        "quotations": [Quotation("q1", "SA"), Quotation("q2", "SA"), Quotation("q3", "SB")],
        "codings": [Coding("1", "q1", "luck"), Coding("2", "q2", "theme"), Coding("3", "q3", "no-luck")],
        "events": [
            Event("e1", "A", "exit", "DEU", PartialDate(2005)),
            Event("e2", "A", "entry", "DEU", PartialDate(2001)),
        ],
        "constructs": constructs,
    }
    return Ledger(Snapshot.of(**{**tables, **more}))


def states(ledger: Ledger, construct: str = "x") -> list[str]:
    return [cell.state for cell in ledger.constructs.column(construct)]


def test_silence_is_no_data():
    ledger = study(Construct("x", drawn_from="codings", of=("theme",)))
    assert states(ledger) == ["present", "no data", "no data"]
    cell = ledger.constructs.cell("A", "x")
    assert (cell.value, cell.evidence, cell.kinds, cell.informants) == (
        2.0,
        ("codings:1", "codings:2"),
        ("interview",),
        ("PA",),
    )


@pytest.mark.parametrize(
    ("absent_when", "expected"),
    [
        ("coded no-luck", ["present", "absent", "no data"]),
        ("asked Q1", ["present", "absent", "no data"]),
        ("sources: every interview asked for luck", ["present", "absent", "no data"]),
        ("records: the press was searched for every firm", ["present", "absent", "absent"]),
    ],
)
def test_absence_needs_its_evidence(absent_when, expected):
    assert states(study(Construct("x", drawn_from="codings", of=("luck",), absent_when=absent_when))) == expected


@pytest.mark.parametrize("absent_when", ["never", "coded", "asked Q9", "coded nothing"])
def test_a_rule_of_absence_that_says_nothing_is_refused(absent_when):
    construct = Construct("x", drawn_from="codings", of=("luck",), absent_when=absent_when)
    with pytest.raises(InputError):
        construct_cells(study(construct), construct)


def test_a_number_of_quotations_may_be_asked_for():
    assert states(study(Construct("x", drawn_from="codings", of=("theme",), rule="count >= 2")))[0] == "present"
    cell = study(Construct("x", drawn_from="codings", of=("theme",), rule="count >= 3")).constructs.cell("A", "x")
    assert (cell.state, cell.reason) == ("absent", "found 2 times; the rule is count >= 3")


def test_events_are_absent_only_where_the_records_are_complete():
    assert states(study(Construct("x", drawn_from="event", of=("exit",)))) == ["present", "no data", "no data"]
    complete = Construct(
        "x", drawn_from="event", of=("exit:DEU",), absent_when="records: exits were asked for in all cases"
    )
    assert states(study(complete)) == ["present", "absent", "absent"]
    elsewhere = Construct("x", drawn_from="event", of=("exit:FRA",), absent_when="records: as above")
    assert states(study(elsewhere)) == ["absent", "absent", "absent"]


def test_a_variable_is_its_own_record():
    ledger = study(Construct("x", drawn_from="variable", of=("size",), rule="size < 50"))
    assert states(ledger) == ["present", "absent", "no data"]
    assert ledger.constructs.cell("C", "x").reason == "no value for size"


def test_a_number_without_a_rule_has_a_value_and_no_state():
    cell = study(Construct("x", drawn_from="variable", of=("size",))).constructs.cell("A", "x")
    assert (cell.state, cell.value) == ("no data", 10.0)
    assert "no rule or threshold" in cell.reason


def test_a_threshold_makes_a_state_of_a_measure():
    construct = Construct("x", drawn_from="measure", of=("number_of_countries",), calibrate={"threshold": 0.5})
    assert states(study(construct)) == ["present", "no data", "no data"]


def test_a_person_may_rate_and_the_rule_is_kept_beside_it():
    rated = Construct(
        "x", drawn_from="codings", of=("luck",), extra={"rating": [{"case": "C", "value": "absent", "who": "ana"}]}
    )
    cell = study(rated).constructs.cell("C", "x")
    assert (cell.state, cell.computed, cell.rating.who) == ("absent", "no data", "ana")


def test_contradictory_ratings_are_refused():
    ratings = [{"case": "A", "value": 1.0, "who": "ana"}, {"case": "A", "value": 0.2, "who": "ben"}]
    construct = Construct("x", drawn_from="codings", of=("luck",), extra={"rating": ratings})
    with pytest.raises(InputError, match=r"rated 1\.0 by ana and 0\.2 by ben"):
        construct_cells(study(construct), construct)


def test_a_scale_is_the_mean_of_complete_answers_with_reversed_items_turned():
    survey = Survey(
        "s",
        columns={"firm": ("A", "A", "B", "C"), "i1": (7.0, 5.0, 1.0, None), "i2": (1.0, 1.0, 7.0, 2.0)},
        case_column="firm",
    )
    construct = Construct("x", drawn_from="survey", of=("s.i1", "-s.i2"), calibrate={"range": [1, 7], "threshold": 4})
    ledger = study(construct, surveys=[survey])
    # A: means of (7, 8-1) and (5, 8-1) are 7 and 6, their mean 6.5; B: (1, 8-7) gives 1; C left an item out.
    assert [cell.value for cell in ledger.constructs.column("x")] == [6.5, 1.0, None]
    assert states(ledger) == ["present", "absent", "no data"]


@pytest.mark.parametrize(
    ("construct", "error"),
    [
        (Construct("x", drawn_from="interviews", of=("luck",)), NotFoundError),
        (Construct("x", drawn_from="codings", of=("lucky",)), NotFoundError),
        (Construct("x", drawn_from="codings"), InputError),
        (Construct("x", drawn_from="codings", of=("luck",), rule="often"), InputError),
        (Construct("x", drawn_from="variable", of=("sise",)), NotFoundError),
        (Construct("x", drawn_from="survey", of=("s.i1",)), NotFoundError),
    ],
)
def test_a_construct_that_cannot_be_read_is_refused_by_name(construct, error):
    ledger = study(construct)
    with pytest.raises(error, match="construct x"):
        construct_cells(ledger, construct)
    assert set(ledger.constructs.problems) == {"x"}
    assert states(ledger) == ["no data"] * 3


def test_one_passage_coded_by_two_people_is_one_quotation():
    twice = [Coding("1", "q1", "luck", "ana"), Coding("2", "q1", "luck", "ben")]
    ledger = study(Construct("x", drawn_from="codings", of=("luck",), rule="count >= 2"), codings=twice)
    cell = ledger.constructs.cell("A", "x")
    assert (cell.state, cell.value, cell.evidence) == ("absent", 1.0, ("codings:1", "codings:2"))


def test_words_that_were_withdrawn_count_for_nothing():
    people = [Participant("PA", "A", consent="withdrawn"), Participant("PB", "B")]
    ledger = study(Construct("x", drawn_from="codings", of=("theme",)), participants=people)
    assert states(ledger) == ["no data", "no data", "no data"]
    assert ledger.withdrawn == {"q1", "q2"}


def test_falling_anchors_put_low_values_in():
    calibrate = {"exclusion": 100, "crossover": 50, "inclusion": 5}
    assert states(study(Construct("x", drawn_from="variable", of=("size",), calibrate=calibrate))) == ["present", "absent", "no data"]  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"calibrate": {"threshold": "high"}},
        {"calibrate": {"exclusion": [], "crossover": 5, "inclusion": 7}},
        {"extra": {"rating": [{"value": "present"}]}},
        {"extra": {"rating": [{"case": "A", "value": []}]}},
        {"extra": {"rating": ["A"]}},
    ],
)
def test_an_anchor_or_a_judgement_that_is_none_is_a_problem_of_its_construct(fields):
    ledger = study(Construct("x", drawn_from="variable", of=("size",), **fields))
    assert states(ledger) == ["no data"] * 3
    assert isinstance(ledger.constructs.problems["x"], InputError)
