"""Constructs made of constructs, and circles of them."""

from __future__ import annotations

import pytest

from crosscase.checks import run
from crosscase.core import Case, Claim, Construct, Snapshot, Study, Variable
from crosscase.core.expressions import parse
from crosscase.evidence import Ledger
from crosscase.evidence.composed import expanded
from crosscase.evidence.constructs import construct_cells

BASE = [Construct(name, drawn_from="variable", of=(name.lower(),), rule=f"{name.lower()} = 1") for name in "AB"]
CASES = {"11": ("1", "1"), "10": ("1", "0"), "1x": ("1", ""), "0x": ("0", ""), "00": ("0", "0")}


def ledger(*constructs, **more):
    cases = [Case(id, {"a": a, "b": b}) for id, (a, b) in CASES.items()]
    study = Study(variables=(Variable("a", "number"), Variable("b", "number")))
    return Ledger(Snapshot.of(study=study, cases=cases, constructs=[*constructs, *BASE], **more))


@pytest.mark.parametrize(
    ("rule", "states"),
    [
        ("A + B", ["present", "present", "present", "no data", "absent"]),
        ("A * B", ["present", "absent", "no data", "absent", "absent"]),
        ("~A", ["absent", "absent", "absent", "present", "present"]),
    ],
)
def test_the_states_follow_kleene(rule, states):
    found = ledger(Construct("C", drawn_from="constructs", rule=rule))
    assert [cell.state for cell in found.constructs.column("C")] == states


def test_its_evidence_is_that_of_what_it_is_made_of_and_what_lacks_is_named():
    found = ledger(Construct("C", drawn_from="constructs", of=("A", "B"), rule="A * B"))
    both, unknown = found.constructs.cell("11", "C"), found.constructs.cell("1x", "C")
    assert both.evidence == ("cases:11#a", "cases:11#b")
    assert unknown.reason == "no data on B"


def test_one_may_be_made_of_another_that_comes_later_and_be_rated():
    ratings = [{"case": "00", "value": "present", "who": "M", "reason": "known"}]
    outer = Construct("D", drawn_from="constructs", rule="~C", extra={"rating": ratings})
    found = ledger(outer, Construct("C", drawn_from="constructs", rule="A + B"))
    assert [cell.state for cell in found.constructs.column("D")] == ["absent", "absent", "absent", "no data", "present"]
    assert found.constructs.cell("00", "D").computed == "present"


def test_a_circle_cannot_be_evaluated_and_says_its_way_round():
    circle = [
        Construct("C", drawn_from="constructs", rule="D"),
        Construct("D", drawn_from="constructs", rule="E + A"),
        Construct("E", drawn_from="constructs", rule="C"),
    ]
    found = ledger(*circle, claims=[Claim("P", expression="A => C")])
    assert "made of itself: C -> D -> E -> C" in str(found.constructs.problems["C"])
    assert {cell.state for cell in found.constructs.column("E")} == {"no data"}
    assert found.constructs.cell("11", "A").state == "present"
    assert [one.subject.id for one in run(found, ["R511"])] == ["C", "D", "E", "P"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"of": ("A",)}, "it has no rule"),
        ({"rule": "A + "}, "ends too early"),
        ({"rule": "A + Z"}, "there is no construct 'Z'"),
        ({"of": ("A",), "rule": "A + B"}, "there is no construct in `of` 'B'"),
    ],
)
def test_what_cannot_be_made_says_why(fields, words):
    construct = Construct("C", drawn_from="constructs", **fields)
    found = ledger(construct)
    assert words in str(found.constructs.problems["C"])
    with pytest.raises(type(found.constructs.problems["C"])):
        construct_cells(found, construct)


def test_a_claim_between_a_construct_and_what_it_is_made_of_is_true_by_construction():
    made = Construct("C", drawn_from="constructs", rule="A + B")
    found = ledger(made, claims=[Claim("P", expression="A => C"), Claim("Q", expression="C => A")])
    assert str(expanded(found.snapshot, parse("A => ~C"))) == "A => ~(A + B)"
    assert [one.subject.id for one in run(found, ["R504"])] == ["P"]
