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


FOUR = "f =~ x1 + x2 + x3 + x4"


@pytest.mark.parametrize(
    ("text", "what", "caret"),
    [
        (FOUR + "\nf =~ 0*x2", "f =~ x2 is in the model a second time", len(FOUR) + 8),
        (FOUR + "\nx1 ~~ x2\nx2 ~~ x1", "x2 ~~ x1 is in the model a second time", len(FOUR) + 16),
        ("x1 ~ x1", "both sides of '~'", 5),
        ("f =~ f + x1", "both sides of '=~'", 5),
        ('efa("a")*f1 =~ x1 + x2', "exploratory blocks", 0),
        ("level: 1\nf =~ x1 + x2", "several levels", 0),
        ("groups: 1\nf =~ x1 + x2", "begins no block", 0),
        ("f =~ x1 + x2 + x3\ny ~ f + f:z", "product with the latent f", 26),
    ],
)
def test_what_is_no_model_is_refused_at_its_place(text: str, what: str, caret: int) -> None:
    with pytest.raises(ExpressionError, match=what) as error:
        parse(text)
    assert error.value.position == caret


def test_a_coefficient_may_be_an_expression() -> None:
    fixed = {term.rhs: term.fixed for term in parse("f =~ x1 + sqrt(4)*x2 + (2/3)*x3 + -1*x4 + exp(0)*x5").terms}
    assert fixed == {"x1": (), "x2": (2.0,), "x3": (2 / 3,), "x4": (-1.0,), "x5": (1.0,)}


def test_blocks_are_matched_to_the_groups_by_name_or_number() -> None:
    blocks = f"group: b c\n{FOUR}\nx1 ~~ x2\nGroup: a\n{FOUR}"
    assert [one.group for one in parse(blocks).for_groups(["a", "b c"]).terms] == [2] * 5 + [1] * 4
    numbers = blocks.replace("b c", "2").replace(": a", ": 1")
    assert [one.group for one in parse(numbers).for_groups(["a", "b"]).terms] == [2] * 5 + [1] * 4
    for labels, what in (
        (["a"], "the data have one group"),
        (["a", "b"], "no group 'b c'"),
        (["a", "b c", "d"], "no block for group d"),
    ):
        with pytest.raises(ExpressionError, match=what):
            parse(blocks).for_groups(labels)
    with pytest.raises(ExpressionError, match="says nothing of x4"):
        parse(f"group: 1\n{FOUR}\ngroup: 2\nf =~ x1 + x2 + x3").for_groups(["a", "b"])


def free_rows(text: str, **options: object) -> dict[tuple[str, int], tuple[bool, str]]:
    rows = build_table(parse(text), Options(**{"groups": 2, "meanstructure": True, **options})).rows  # type: ignore[arg-type]
    return {(row.text, row.group): (row.free, row.label) for row in rows}


def test_equal_kinds_across_groups_as_in_lavaan() -> None:
    """Which rows are free and which share a label, as in parTable() of lavaan 0.6-14 (sem() with the same arguments)."""
    loadings = {"group_equal": ("loadings",)}
    own = free_rows("f =~ x1 + c(a, b)*x2 + x3", **loadings)
    assert (own["f=~x2", 1], own["f=~x2", 2]) == ((True, "a"), (True, "b"))
    assert own["f=~x3", 1] == own["f=~x3", 2]
    for values in ("c(0.5, NA)", "c(NA, 0.5)"):
        fixed = free_rows(f"f =~ x1 + {values}*x2 + x3", **loadings)
        assert (fixed["f=~x2", 1], fixed["f=~x2", 2]) == ((False, ""), (False, ""))
    predictors = free_rows(
        "y ~ x1 + x2", fixed_x=False, group_equal=("residuals", "intercepts", "residual.covariances")
    )
    assert predictors["y~~y", 2][1]
    assert predictors["y~1", 2][1]
    assert not any(predictors[name, 2][1] for name in ("x1~~x1", "x1~~x2", "x1~1"))
    # A covariance is of the kind of its left side: that of a factor and an outcome counts as one of factors.
    mixed = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\ng ~ f\ny ~ f"
    assert free_rows(mixed, group_equal=("lv.covariances",))["g~~y", 2][1]
    assert not free_rows(mixed, group_equal=("residual.covariances",))["g~~y", 2][1]


def test_variances_of_factors_and_orthogonal_factors_as_in_lavaan() -> None:
    assert not free_rows("f =~ x1 + x2 + x3\nf ~~ v*f", std_lv=True, groups=1)["f~~f", 1][0]
    assert free_rows("f =~ x1 + x2 + x3\nf ~~ NA*f", std_lv=True, groups=1)["f~~f", 1][0]
    outcomes = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\nh =~ x7 + x8 + x9\nf ~ h\ng ~ h"
    assert free_rows(outcomes, groups=1)["f~~g", 1][0]
    assert not free_rows(outcomes, orthogonal=True, groups=1)["f~~g", 1][0]


def test_a_scale_is_for_ordinal_variables() -> None:
    with pytest.raises(ExpressionError, match=r"'x1' is none.*--ordered x1"):
        build_table(parse(FOUR + "\nx1 ~*~ x1"), Options())


def test_an_unknown_label_is_shown_with_its_line() -> None:
    with pytest.raises(NotFoundError, match=r"no label 'beta' \(model, line 2: ab := a\*beta\).*did you mean 'beta1'"):
        build_table(parse("y ~ a*x + beta1*z\nab := a*beta"), Options())
    with pytest.raises(NotFoundError, match=r"no label 'q' \(model, line 2: q == 2\); give it to a parameter first"):
        build_table(parse("y ~ x\nq == 2"), Options())


def test_a_predictor_of_which_the_model_speaks_covaries_only_as_said() -> None:
    assert ("x1~~x2", 1) in free_rows("y ~ x1 + x2", fixed_x=False, groups=1)
    assert ("x1~~x2", 1) not in free_rows("y ~ x1 + x2\nx1 ~~ x1", fixed_x=False, groups=1)
