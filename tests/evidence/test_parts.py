"""What a compound claim is split into, and whether the parts say together what the whole says."""

from __future__ import annotations

from functools import reduce
from operator import or_

import pytest

from crosscase.checks.logic import Worlds, against
from crosscase.core import Claim, Snapshot
from crosscase.core.errors import ExpressionError
from crosscase.core.expressions import parse
from crosscase.evidence.parts import all_parts, parts_of, proposed_parts, whole_of

SPLIT = [
    ("A -> Y*Z", ["A -> Y", "A -> Z"]),
    ("A + B -> Y", ["A -> Y", "B -> Y"]),
    ("a -> b -> c", ["a -> b", "b -> c"]),
    ("a -> b*c -> d -> e", ["a -> b*c", "b*c -> d", "d -> e"]),
    ("A => Y*Z", ["A => Y", "A => Z"]),
    ("A + B => Y*Z", ["A => Y", "A => Z", "B => Y", "B => Z"]),
    ("A*B <= Y", ["A <= Y", "B <= Y"]),
    ("A <= Y + Z", ["A <= Y", "A <= Z"]),
    ("A*~B*(C + D)", ["A", "~B", "C + D"]),
]
WHOLE = ["A", "A + B", "A*B => Y", "A => Y + Z", "A*B -> Y", "A + B <= Y", "A <= Y*Z", "t := A*B", "~(A*B) => ~(Y*Z)"]


@pytest.mark.parametrize(("expression", "parts"), SPLIT)
def test_the_parts_are_those_of_the_form(expression, parts):
    assert [one.expression for one in proposed_parts(expression).parts] == parts


@pytest.mark.parametrize("expression", WHOLE)
def test_one_statement_has_no_parts(expression):
    split = proposed_parts(expression)
    assert split.parts == ()
    assert split.why


@pytest.mark.parametrize("expression", [one for one, _ in SPLIT])
def test_together_says_whether_the_same_worlds_contradict_the_parts_and_the_whole(expression):
    split, whole = proposed_parts(expression), parse(expression)
    worlds = Worlds.over(whole.terms)
    of_parts = reduce(or_, (against(worlds, parse(one.expression)) for one in split.parts))
    assert split.together == (of_parts == against(worlds, whole))


def test_a_link_of_a_mechanism_is_an_association():
    assert {one.type for one in proposed_parts("a -> b -> c", "mechanism").parts} == {"association"}
    assert {one.type for one in proposed_parts("A => Y*Z", "set relation").parts} == {"set relation"}


def test_an_expression_that_cannot_be_read_is_refused():
    with pytest.raises(ExpressionError):
        proposed_parts("A -> ")


def test_parts_name_their_whole():
    claims = [Claim("P5a", extra={"part_of": "P5"}), Claim("P6"), Claim("P5b", extra={"part_of": "P5"})]
    snapshot = Snapshot.of(claims=claims)
    assert parts_of(snapshot, "P5") == ("P5a", "P5b")
    assert parts_of(snapshot, "P6") == ()
    assert [whole_of(one) for one in claims] == ["P5", "", "P5"]
    assert dict(all_parts(snapshot)) == {"P5": ("P5a", "P5b")}
