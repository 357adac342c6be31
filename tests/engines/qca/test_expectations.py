"""Directional expectations, by the definition worked by hand."""

from __future__ import annotations

import pytest

from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.qca import SetData, minimize, truth_table
from crosscase.engines.qca.expectations import Expectations
from crosscase.engines.qca.terms import Conditions

FOUR = Conditions(("A", "B", "C", "D"), (2, 2, 2, 2), False)
LEVELS = Conditions(("A", "B"), (3, 3), True)


def reduce(text, conservative, parsimonious, conditions=FOUR):
    (left,), (right,) = conditions.terms(conservative), conditions.terms(parsimonious)
    return conditions.write(Expectations.parse(text, conditions).reduce(left, right))


@pytest.mark.parametrize(
    ("text", "conservative", "expected"),
    [
        ("B,C,D", "A*B*C*D", "A*B*C*D"),  # all as expected: nothing may be dropped
        ("B,C", "A*~B*C*D", "A*C*D"),  # ~B is against the expectation; D has none and stays
        ("~B", "A*~B*C*D", "A*~B*C*D"),
        ("~A", "A*B*C*D", "A*B*C*D"),  # A is in the parsimonious term and stays whatever is expected
        ("B*C", "A*B*C*D", "A*B*C*D"),  # the whole conjunction is there
        ("B*C", "A*B*~C*D", "A*D"),  # half of it is not enough: neither B nor ~C is as expected
        ("B*C, ~D", "A*B*~C*D", "A"),
        ("B*C + C*~D", "A*B*C*D", "A*B"),  # the second conjunction is not met: C and D go
        ("A*B", "A*~B*C*D", "A*C*D"),  # A is settled by the parsimonious term, B must be as expected
    ],
)
def test_reduction(text, conservative, expected):
    assert reduce(text, conservative, "A") == expected


def test_levels():
    assert reduce("B[1,2]", "A[2]*B[1]", "A[2]", LEVELS) == "A[2]*B[1]"
    assert reduce("B[1,2]", "A[2]*B[0]", "A[2]", LEVELS) == "A[2]"
    assert reduce("~B[0]", "A[2]*B[2]", "A[2]", LEVELS) == "A[2]*B[2]"
    parsed = Expectations.parse("A[2], B[1,2]", LEVELS)
    assert parsed.simple == ((0, frozenset({2})), (1, frozenset({1, 2})))


def test_by_position():
    assert Expectations.parse("1,-,0,-", FOUR).simple == ((0, frozenset({1})), (2, frozenset({0})))


def test_unknown_conditions_and_levels():
    with pytest.raises(NotFoundError, match="there is no condition 'E'"):
        Expectations.parse("A,E", FOUR)
    with pytest.raises(InputError, match="no level 3"):
        Expectations.parse("A[3]", LEVELS)
    with pytest.raises(InputError, match="3 levels"):
        Expectations.parse("A", LEVELS)


def test_without_expectations_nothing_is_assumed():
    data = SetData.from_columns({"A": [1, 1, 0, 0], "B": [1, 0, 1, 0], "C": [1, 1, 1, 0], "Y": [1, 1, 0, 0]})
    table = truth_table(data, "Y", ["A", "B", "C"])
    solution = minimize(table, "intermediate")
    assert [model.expression for model in solution.models] == [
        model.expression for model in minimize(table, "conservative").models
    ]
    assert "no-expectation" in {notice.code for notice in solution.notices}
    with pytest.raises(InputError, match="mean nothing"):
        minimize(table, "parsimonious", directional="A")
