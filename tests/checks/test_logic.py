"""Truth tables as whole numbers, against the definition of the connectives."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from crosscase.checks.logic import Worlds, against, difference
from crosscase.core.expressions import And, Name, Not, Or, evaluate, parse

TERMS = st.recursive(
    st.sampled_from([Name(name) for name in "abcd"]),
    lambda part: st.one_of(
        st.builds(Not, part),
        st.builds(lambda one, other: And((one, other)), part, part),
        st.builds(lambda one, other: Or((one, other)), part, part),
    ),
    max_leaves=8,
)


@given(TERMS)
def test_a_column_is_the_term_in_every_world(term):
    worlds = Worlds.over([term])
    column = worlds.true(term)
    for place, values in enumerate(product((False, True), repeat=len(worlds.atoms))):
        world = dict(zip(reversed(worlds.atoms), values, strict=True))  # the first atom changes fastest
        holds = evaluate(
            term,
            lambda name, world=world: world[name.name],
            conjoin=lambda one, other: one and other,
            disjoin=lambda one, other: one or other,
            negate=lambda one: not one,
        )
        assert bool(column >> place & 1) == holds


def test_what_speaks_against_each_connective():
    for text, speaks in {
        "a => b": [{"a": True, "b": False}],
        "a <= b": [{"a": False, "b": True}],
        "a -> b": [{"a": True, "b": False}, {"a": False, "b": True}],
    }.items():
        statement = parse(text)
        worlds = Worlds.over(statement.terms)
        bits = against(worlds, statement)
        found = [worlds.example(1 << place) for place in range(4) if bits >> place & 1]
        assert found == speaks


def test_implications_take_worlds_away():
    statement = parse("a => b + c")
    worlds = Worlds.over(statement.terms)
    assert against(worlds, statement)
    assert not against(worlds.given([("a", "c")]), statement)


def test_levels_of_one_name_exclude_each_other():
    statement = parse("size[1]*size[2] => fast")
    assert not against(Worlds.over(statement.terms), statement)
    assert difference(parse("size[1,2] => y"), parse("size[1] + size[2] => y")) is None


def test_fourteen_names_are_told_apart():
    names = [f"n{number}" for number in range(14)]
    one, other = f"{'*'.join(names)} => y", f"{'*'.join(names[:-1])} => y"
    assert difference(parse(one), parse(one)) is None
    assert difference(parse(one), parse(other))[2]["n13"] is False


def test_too_many_names_are_not_compared():
    assert Worlds.over(parse("*".join(f"n{number}" for number in range(21))).terms) is None
