"""How a claim fares, on tables small enough to compute by hand."""

from __future__ import annotations

import pytest

from crosscase.core import Case, Claim, Construct, Snapshot, Study, Variable
from crosscase.evidence import Ledger


def verdict(expression, rows, built_on=(), calibrate=None):
    """``rows``: case -> (a, y); ``None`` is not known."""
    cases = [
        Case(name, {key: str(value) for key, value in (("a", a), ("y", y)) if value is not None})
        for name, (a, y) in rows.items()
    ]
    outcome = (
        Construct("Y", drawn_from="variable", of=("y",), calibrate=calibrate)
        if calibrate
        else Construct("Y", drawn_from="variable", of=("y",), rule="y = 1")
    )
    constructs = [Construct("A", drawn_from="variable", of=("a",), rule="a = 1"), outcome]
    study = Study(variables=(Variable("a", "number"), Variable("y", "number")))
    claim = Claim("C", expression=expression, built_on=built_on)
    return Ledger(Snapshot.of(study, cases=cases, constructs=constructs, claims=[claim])).verdict("C")


ROWS = {"c1": (1, 1), "c2": (1, 1), "c3": (1, 0), "c4": (0, 1), "c5": (0, 0), "c6": (1, None)}


def test_sufficiency_with_crisp_sets():
    (fare,) = verdict("A => Y", ROWS).fares
    # members of A with data: c1 c2 c3; of these in Y: c1 c2: consistency 2/3; crisp sets: PRI the same; coverage 2 of 3
    assert fare.kind == "sufficiency"
    assert fare.numbers == pytest.approx({"consistency": 2 / 3, "PRI": 2 / 3, "coverage": 2 / 3})
    assert fare.deviant == ("c3",)
    assert fare.left_out == ("c6",)
    assert not fare.is_test


def test_necessity_looks_from_the_outcome():
    (fare,) = verdict("A <= Y", ROWS).fares
    # members of Y: c1 c2 c4; of these in A: 2: consistency 2/3; RoN = sum(1-x)/sum(1-min) = 2/3; coverage 2 of 3
    assert fare.numbers == pytest.approx({"consistency": 2 / 3, "RoN": 2 / 3, "coverage": 2 / 3})
    assert fare.deviant == ("c4",)


def test_the_cases_it_was_built_from_are_apart():
    built, other = verdict("A => Y", ROWS, built_on=("c1", "c2")).fares
    assert (built.on, built.cases, built.is_test) == ("the cases it was built from", 2, False)
    assert built.numbers["consistency"] == 1
    assert (other.on, other.cases, other.is_test) == ("other cases", 3, True)
    assert other.numbers["consistency"] == 0


def test_a_claim_with_no_other_cases_has_no_test():
    _, other = verdict("A => Y", ROWS, built_on=tuple(ROWS)).fares
    assert other.cases == 0
    assert other.problem == "there are none"


def test_memberships_are_calibrated_where_there_are_anchors():
    anchors = {"exclusion": 0, "crossover": 5, "inclusion": 10}
    (fare,) = verdict("A => Y", {"c1": (1, 10), "c2": (1, 5)}, calibrate=anchors).fares
    # Ragin (2008): the full-inclusion anchor is 0.95, the crossover 0.5; consistency (0.95 + 0.5) / 2 = 0.725
    assert fare.numbers["consistency"] == pytest.approx(0.725, abs=1e-9)
    assert fare.deviant == ()


def test_a_group_difference_is_exact_and_says_what_it_could_have_shown():
    rows = {f"w{n}": (1, n) for n in (4, 5, 6)} | {f"o{n}": (0, n) for n in (1, 2, 3)}
    (fare,) = verdict("A -> Y", rows, calibrate={"threshold": 3.5}).fares
    # all of 20 regroupings: only this one and its mirror are as far apart: p = 2/20; every pair is larger: delta 1
    assert fare.numbers["p (two-sided)"] == pytest.approx(0.1)
    assert fare.numbers["least p possible"] == pytest.approx(0.1)
    assert fare.numbers["Cliff's delta"] == 1
    assert any("exact" in note for note in fare.notes)
    assert any("no grouping of these values could give p below" in note for note in fare.notes)


def test_a_group_difference_without_a_second_group_says_so():
    (fare,) = verdict("A -> Y", {"c1": (1, 1), "c2": (1, 0)}).fares
    assert "nothing to compare" in fare.problem


def test_a_chain_fares_link_by_link():
    found = verdict("A -> Y -> A", ROWS).fares
    assert [fare.expression for fare in found] == ["A -> Y", "Y -> A"]


@pytest.mark.parametrize("expression", ["A := Y", "A * Y", "", "A => Z"])
def test_what_has_no_analysis_has_none(expression):
    assert verdict(expression, ROWS).fares == ()


def test_an_unknown_value_that_cannot_matter_does_not_leave_a_case_out():
    (fare,) = verdict("A * ~A => Y + ~Y", {"c1": (0, None), "c2": (0, 1)}).fares
    # Y + ~Y is not known of c1 (bounds 0 and 1): it is left out; A * ~A is known
    assert fare.left_out == ("c1",)


def test_it_is_json(tmp_path):
    import json

    text = json.dumps(verdict("A => Y", ROWS).to_dict())
    assert json.loads(text)["fares"][0]["deviant_in_kind"] == ["c3"]
