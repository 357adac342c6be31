"""The grammar of claims: what is read, how it is written back, what it evaluates to, and where it goes wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscase.core.errors import ExpressionError
from crosscase.core.expressions import And, Name, Not, Or, evaluate, parse, parse_term, three_valued

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True).map(Name)
levels = st.builds(Name, st.just("M"), st.lists(st.integers(0, 9), min_size=1, max_size=3).map(tuple))
terms = st.recursive(
    names | levels,
    lambda inner: (
        inner.map(Not)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts)))
    ),
    max_leaves=8,
)


def truth(term, values):
    return evaluate(
        term,
        lambda one: values[str(one)],
        conjoin=lambda a, b: a and b,
        disjoin=lambda a, b: a or b,
        negate=lambda a: not a,
    )


@given(terms, st.randoms())
def test_what_is_written_is_read_with_the_same_meaning(term, random):
    read = parse_term(str(term))
    values = {}

    def collect(one):
        values.setdefault(str(one), random.random() < 0.5)
        return values[str(one)]

    evaluate(term, collect, conjoin=lambda a, b: a, disjoin=lambda a, b: a, negate=lambda a: a)
    assert truth(read, values) == truth(term, values)
    assert str(parse_term(str(read))) == str(read)


@pytest.mark.parametrize(
    ("text", "connective", "terms"),
    [
        ("A*B + ~C => Y", "=>", ["A*B + ~C", "Y"]),
        ("A <= Y", "<=", ["A", "Y"]),
        ("a -> b -> c", "->", ["a", "b", "c"]),
        ("bg := early * intensive", ":=", ["bg", "early*intensive"]),
        ("~(A + B)*C[2]", "", ["~(A + B)*C[2]"]),
        ("größe * 早期 => wachstum", "=>", ["größe*早期", "wachstum"]),
        ("7s_model => y", "=>", ["7s_model", "y"]),
    ],
)
def test_statements(text, connective, terms):
    statement = parse(text)
    assert statement.connective == connective
    assert [str(term) for term in statement.terms] == terms


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("A *", 3),
        ("A B", 2),
        ("(A + B", 0),
        ("A => ", 5),
        ("A => B => C", 7),
        ("A*B := C", 0),
        ("A & B", 2),
        ("A[x]", 2),
        ("=> B", 0),
    ],
)
def test_the_caret_stands_under_the_place(text, position):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.position == min(position, len(text.rstrip())) or caught.value.position == position
    assert str(caught.value).splitlines()[-1].strip() == "^"


def test_deep_nesting_is_refused_and_not_a_crash():
    with pytest.raises(ExpressionError, match="deep"):
        parse("(" * 5000 + "A" + ")" * 5000)
    with pytest.raises(ExpressionError, match="deep"):
        parse("~" * 5000 + "A")


# Kleene's strong tables (1952, §64), written out.
KLEENE = [
    ("A*B", True, None, None), ("A*B", False, None, False), ("A*B", None, None, None),
    ("A + B", True, None, True), ("A + B", False, None, None), ("A + B", None, None, None),
    ("~A", None, True, None), ("~A", True, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "a", "b", "value"), KLEENE)
def test_what_is_not_known_stays_not_known(text, a, b, value):
    assert three_valued(parse_term(text), lambda one: {"A": a, "B": b}[one.name]) is value
