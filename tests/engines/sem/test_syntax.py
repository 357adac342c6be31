"""The model syntax, expressions and SIMPLIS."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscase.core.errors import ExpressionError, NotFoundError
from crosscase.engines.sem.expressions import jacobian, parse_expression
from crosscase.engines.sem.simplis import is_simplis, parse_simplis
from crosscase.engines.sem.syntax import parse
from crosscase.engines.sem.table import Options, build_table


def test_every_kind_of_line() -> None:
    model = parse(
        """f =~ NA*x1 + c(a, b)*x2   # a comment
            + start(.5)*x3 + -1*x4 + equal("f=~x2")*x5
        y ~ 1 + c*x; y ~~ 0.5?y
        z ~ x1:x2
        ab := a*b +
          2^c
        a == b ; a > 0"""
    )
    by_name = {(term.lhs, term.op, term.rhs): term for term in model.terms}
    assert by_name["f", "=~", "x1"].fixed == (None,)
    assert by_name["f", "=~", "x2"].labels == ("a", "b")
    assert by_name["f", "=~", "x3"].start == (0.5,)
    assert by_name["f", "=~", "x4"].fixed == (-1.0,)
    assert by_name["f", "=~", "x5"].equal == "f=~x2"
    assert by_name["y", "~1", ""].fixed == ()
    assert by_name["y", "~", "x"].labels == ("c",)
    assert by_name["y", "~~", "y"].start == (0.5,)
    assert ("z", "~", "x1:x2") in by_name
    assert [(one.left.text, one.op, one.right.text) for one in model.constraints] == [
        ("ab", ":=", "a*b+2^c"), ("a", "==", "b"), ("a", ">", "0"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "caret"),
    [
        ("f =~ x1 +", 8),
        ("f =~ x1 x2", 8),
        ("f ~ ~ x", 4),
        ("f", 0),
        ("y ~ x1 & x2", 7),
        ("f =~ 3", 5),
        ("f =~ foo(2)*x", 5),
        ("ab := a*(b", 8),
        ("f <~ x", 2),
    ],
)
def test_an_error_shows_the_place(text: str, caret: int) -> None:
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert error.value.position == caret
    assert str(error.value).endswith("\n  " + text + "\n  " + " " * caret + "^")


@given(st.text(alphabet='fxy =~*+:<>()c1,.;\n#"', max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    # Anything but a model with terms or an ExpressionError fails the test.
    with contextlib.suppress(ExpressionError):
        assert parse(text).terms


def test_expressions_and_their_derivatives() -> None:
    one = parse_expression("-a^2 + exp(b)/(1 - c)*sqrt(4)")
    assert one.evaluate({"a": 3.0, "b": 0.0, "c": 0.5}) == pytest.approx(-5.0)  # -(9) + 1/0.5*2
    assert jacobian([one], ["a", "b", "c"], [3.0, 0.0, 0.5]) == pytest.approx(np.array([[-6.0, 4.0, 8.0]]))


def test_defaults_are_those_of_lavaan() -> None:
    # Row order and free rows of parTable(sem(model)) in lavaan 0.6-14.
    table = build_table(parse("f =~ x1 + x2\ng =~ x3 + x4\ng ~ f + z\nu ~ z"), Options(meanstructure=True))
    assert [(row.text, row.free) for row in table.rows] == [
        ("f=~x1", False), ("f=~x2", True), ("g=~x3", False), ("g=~x4", True), ("g~f", True), ("g~z", True), ("u~z", True),
        ("x1~~x1", True), ("x2~~x2", True), ("x3~~x3", True), ("x4~~x4", True), ("u~~u", True), ("f~~f", True), ("g~~g", True),
        ("g~~u", True), ("z~~z", False), ("x1~1", True), ("x2~1", True), ("x3~1", True), ("x4~1", True), ("u~1", True),
        ("z~1", False), ("f~1", False), ("g~1", False),
    ]  # fmt: skip


def test_group_values_must_fit_the_groups() -> None:
    with pytest.raises(ExpressionError, match=r"3 labels for 2 groups"):
        build_table(parse("f =~ x1 + c(a, b, d)*x2"), Options(groups=2))


def test_simplis() -> None:
    text = """Title of the study
Observed Variables: x1 - x6
Covariance Matrix from file x.cov
Sample Size: 300
Latent Variables: Visual Verbal
Relationships
x1 - x3 = Visual
x4 = 1*Verbal
x5 x6 = Verbal
Verbal = Visual
Let the errors of x1 and x4 correlate
Set the error variance of x2 to 0.3
Set the path from Visual to x2 equal to the path from Visual to x3
End of Problem"""
    assert is_simplis(text)
    found = {(term.lhs, term.op, term.rhs): term for term in parse_simplis(text).terms}
    assert found["Visual", "~~", "Visual"].fixed == (1.0,)
    assert found["Verbal", "=~", "x4"].fixed == (1.0,)
    assert ("Verbal", "~", "Visual") in found
    assert ("x1", "~~", "x4") in found
    assert found["x2", "~~", "x2"].fixed == (0.3,)
    assert found["Visual", "=~", "x2"].labels == found["Visual", "=~", "x3"].labels != ()


def test_simplis_errors() -> None:
    with pytest.raises(NotFoundError, match=r"there is no variable 'x9'"):
        parse_simplis("Observed Variables: x1 x2\nLatent Variables: F\nRelationships\nx1 x9 = F")
    with pytest.raises(ExpressionError, match=r"not understood"):
        parse_simplis("Observed Variables: x1 x2\nLatent Variables: F\nRelationships\nplease fit it")
