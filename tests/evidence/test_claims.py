"""Verdicts: what is said beside what is shown."""

from __future__ import annotations

import pytest

from crosscase.core import (
    Case,
    Claim,
    ClaimForm,
    Code,
    Coding,
    Construct,
    Quotation,
    Snapshot,
    Source,
    Stance,
    Study,
    Variable,
)
from crosscase.core.errors import ExpressionError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.evidence.claims import shown_by

#: Each case by its name: p1o0 has the condition and not the outcome; x is unknown.
CASES = ["a1y1", "a1y0", "a0y1", "a0y0", "a1yx", "axy1"]


def ledger_of(claim: Claim, **more) -> Ledger:
    def attributes(name):
        return {key: value for key, value in (("a", name[1]), ("y", name[3])) if value != "x"}

    constructs = [
        Construct("A", drawn_from="variable", of=("a",), rule="a = 1"),
        Construct("Y", drawn_from="variable", of=("y",), rule="y = 1"),
    ]
    tables = {
        "study": Study(variables=(Variable("a", "number"), Variable("y", "number"))),
        "cases": [Case(name, attributes(name)) for name in CASES],
        "constructs": constructs,
        "claims": [claim],
    }
    return Ledger(Snapshot.of(**{**tables, **more}))


def groups(expression):
    shown = ledger_of(Claim("C", expression=expression)).verdict("C").rows
    return {row.case: row.shown.group for row in shown}


# What each expression implies for a case, worked out by hand from the truth table of the connective.
EXPECTED = {
    "A => Y": ["literal", "contradicting", "silent", "theoretical", "silent", "silent"],
    "A <= Y": ["literal", "silent", "contradicting", "theoretical", "silent", "silent"],
    "A -> Y": ["literal", "contradicting", "contradicting", "theoretical", "silent", "silent"],
    "A := Y": ["literal", "contradicting", "contradicting", "theoretical", "silent", "silent"],
    "A*Y": ["literal", "contradicting", "contradicting", "contradicting", "silent", "silent"],
    "A + Y": ["literal", "literal", "literal", "contradicting", "literal", "literal"],
}


@pytest.mark.parametrize(("expression", "expected"), EXPECTED.items())
def test_what_the_values_imply(expression, expected):
    assert groups(expression) == dict(zip(CASES, expected, strict=True))


def test_a_chain_is_broken_at_a_link():
    table = ledger_of(Claim("C")).constructs
    shown = shown_by(table, "A -> Y -> A")
    assert shown["a1y1"].group == "literal"
    assert shown["a0y0"].group == "theoretical"
    assert "A -> Y is broken" in shown["a1y0"].reason


def test_counter_evidence_stands_first_and_reasons_are_given():
    rows = ledger_of(Claim("C", expression="A => Y")).verdict("C").rows
    assert rows[0].case == "a1y0"
    assert rows[0].shown.reason == "A without Y"
    assert next(row for row in rows if row.case == "a1yx").shown.reason == "no data on Y"


def test_cases_that_a_claim_was_built_on_are_not_its_test():
    verdict = ledger_of(Claim("C", expression="A => Y", built_on=("a1y1", "a0y0"))).verdict("C")
    assert verdict.groups["literal"] == ("a1y1",)
    assert verdict.tested_on()["literal"] == ()
    assert verdict.tested_on()["contradicting"] == ("a1y0",)


def test_said_is_linked_through_the_coding_or_the_locator():
    ledger = ledger_of(
        Claim("C", expression="A => Y"),
        codes=[Code("k")],
        quotations=[Quotation("q", case="a1y1")],
        codings=[Coding("1", "q", "k")],
        stances=[
            Stance("s1", "C", coding="1", stance="supports"),
            Stance("s2", "C", case="a1y1", locator="p. 3", stance="contradicts", note="a second thought"),
        ],
    )
    verdict = ledger.verdict("C")
    row = next(row for row in verdict.rows if row.case == "a1y1")
    assert [one.stance for one in row.said] == ["contradicts", "supports"]
    assert set(verdict.silent_in_words()) == set(CASES) - {"a1y1"}


def test_a_rival_form_is_shown_beside():
    verdict = ledger_of(Claim("C", expression="A => Y", forms=(ClaimForm("abstract", "A <= Y"),))).verdict("C")
    assert verdict.forms[0].groups["contradicting"] == ("a0y1",)


@pytest.mark.parametrize("expression", ["A => Z", "A =>", ""])
def test_an_expression_that_cannot_be_evaluated_is_a_problem_and_not_a_verdict(expression):
    verdict = ledger_of(Claim("C", expression=expression)).verdict("C")
    assert verdict.problem
    assert all(row.shown is None for row in verdict.rows)
    assert verdict.to_dict()["cases"][0]["shown"] is None


def test_an_unknown_construct_lists_those_that_exist():
    with pytest.raises(NotFoundError, match="There are: "):
        shown_by(ledger_of(Claim("C")).constructs, "AA => Y")
    with pytest.raises(ExpressionError):
        shown_by(ledger_of(Claim("C")).constructs, "A => => Y")


def test_a_study_without_cases_has_an_empty_verdict():
    ledger = Ledger(
        Snapshot.of(
            claims=[Claim("C", expression="A => Y")], constructs=[Construct("A", drawn_from="variable", of=("a",))]
        )
    )
    assert ledger.verdict("C").rows == ()


def test_a_definition_that_introduces_a_name_sorts_cases_and_tests_nothing():
    verdict = ledger_of(Claim("C", expression="early := A*~Y")).verdict("C")
    shown = {row.case: (row.shown.group, row.shown.reason) for row in verdict.rows}
    assert verdict.problem == ""
    assert shown["a1y0"] == ("silent", "falls under early")
    assert shown["a1y1"] == ("silent", "does not fall under early")
    assert shown["a1yx"] == ("silent", "no data on Y")


def test_evidence_of_no_case_and_evidence_that_was_withdrawn_are_not_lost_from_sight():
    ledger = ledger_of(
        Claim("C", expression="A => Y"),
        sources=[Source("s", case="a1y1", consent="withdrawn")],
        codes=[Code("k")],
        quotations=[Quotation("q", "s")],
        codings=[Coding("1", "q", "k")],
        stances=[
            Stance("s1", "C", coding="1", stance="supports"),
            Stance("s2", "C", locator="Section 4.2", stance="qualifies"),
        ],
    )
    verdict = ledger.verdict("C")
    assert [one.id for one in verdict.elsewhere] == ["s2"]
    assert [one.id for one in verdict.withdrawn] == ["s1"]
    assert all(row.said == () for row in verdict.rows)
    assert verdict.to_dict()["elsewhere"][0]["locator"] == "Section 4.2"
