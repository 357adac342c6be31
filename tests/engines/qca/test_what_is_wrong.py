"""Bad input gets an error that says what, where and how to mend it; doubtful analyses get notices."""

from __future__ import annotations

import numpy as np
import pytest

from crosscase.core.errors import AnalysisError, CrosscaseError, ExpressionError, InputError, NotFoundError
from crosscase.engines.qca import (
    Anchor,
    SetData,
    calibrate,
    calibrate_crisp,
    calibrate_direct,
    calibrate_from_table,
    calibrate_linear,
    membership,
    minimize,
    parameters_of_fit,
    truth_table,
)
from crosscase.engines.qca.practice import conditions_allowed, table_notices

from .lipset import CONDITIONS, OUTCOME, lipset

GOOD = {"A": [1, 0, 1, 0], "B": [0.2, 0.7, 0.9, 0.4], "Y": [1, 0, 1, 0]}


def data(**changes):
    return SetData.from_columns(GOOD | changes, cases=["w", "x", "y", "z"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"A": [1, -1, 0, 0]}, r"below 0: -1 \(case x, column A\)"),
        ({"A": [1, 0.5, 2, 0]}, "mixes fractions with values above 1"),
        ({"A": [1, 0, "", 0]}, r"a value is missing: case 'y' has none in 'A'"),
        ({"A": [1, 0, "many", 0]}, r"'many' is not a number \(case y, column A\)"),
        ({"A": [720, 0, 1, 0]}, "Calibrate the column first"),
        ({"A": [1, 0, float("inf"), 0]}, "not finite"),
        ({"A": [1, 0]}, "2 values for 4 cases"),
    ],
)
def test_data(changes, message):
    with pytest.raises(InputError, match=message):
        data(**changes)


def test_missing_values_are_dropped_by_name_only_when_asked():
    kept = SetData.from_columns(GOOD | {"A": [1, None, 1, 0]}, cases=["w", "x", "y", "z"], drop_missing=True)
    assert kept.cases == ("w", "y", "z")
    assert kept.dropped == ("x",)
    left = SetData.from_columns(GOOD, cases=["w", "x", "y", "z"], leave_out=["z"])
    assert left.dropped == ("z",)
    with pytest.raises(NotFoundError, match="there is no case 'q'"):
        SetData.from_columns(GOOD, cases=["w", "x", "y", "z"], leave_out=["q"])
    with pytest.raises(InputError, match="more than once"):
        SetData.from_columns(GOOD, cases=["w", "w", "y", "z"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"conditions": ["A", "Y"]}, "the outcome 'Y' is among the conditions"),
        ({"conditions": ["A", "A"]}, "named twice"),
        ({"conditions": []}, "there are no conditions"),
        ({"conditions": ["A", "BB"]}, "there is no set 'BB'; did you mean 'B'"),
        ({"outcome": "Z"}, "there is no set 'Z'"),
        ({"incl_cut": 1.2}, "inclusion cut-off is 1.2"),
        ({"incl_cut": 0.7, "incl_cut_contradiction": 0.8}, "above the inclusion cut-off"),
        ({"n_cut": 0}, "frequency cut-off is 0"),
    ],
)
def test_truth_tables(arguments, message):
    with pytest.raises(InputError, match=message):
        truth_table(data(), **({"outcome": "Y", "conditions": ["A", "B"]} | arguments))


def test_no_row_above_and_none_below_the_cut():
    with pytest.raises(AnalysisError, match=r"none reaches the inclusion cut-off of 0\.99"):
        minimize(truth_table(lipset(), OUTCOME, CONDITIONS, incl_cut=0.99))
    every = truth_table(data(Y=[1, 1, 1, 1]), "Y", ["A", "B"], incl_cut=0.5)
    with pytest.raises(AnalysisError, match="every condition is minimised away"):
        minimize(every, "parsimonious")
    assert {"no-negative-cases", "all-rows-positive"} <= {notice.code for notice in table_notices(every)}
    with pytest.raises(AnalysisError, match="no case is a member of the outcome"):
        truth_table(data(Y=[0, 0, 0, 0]), "Y", ["A", "B"])


@pytest.mark.parametrize(
    ("text", "position"), [("A*", 2), ("A + * B", 4), ("(A", 2), ("A & B", 2), ("", 0), ("A B", 2), ("~", 1)]
)
def test_expressions_show_the_place(text, position):
    with pytest.raises(ExpressionError) as caught:
        membership(text, data())
    assert caught.value.position == position


def test_expressions_name_what_is_there():
    with pytest.raises(NotFoundError, match="there is no set 'C'"):
        membership("A*C", data())
    with pytest.raises(InputError, match="stands in the expression"):
        parameters_of_fit(data(), "A*Y", "~Y")
    many = data(A=[0, 1, 2, 2])
    with pytest.raises(InputError, match="'A' has 3 levels"):
        membership("A", many)
    with pytest.raises(InputError, match="no level 3"):
        membership("A[3]", many)
    assert membership("~A[2] + B", many).tolist() == [1.0, 1.0, 0.9, 0.4]


def test_memberships_of_one_half():
    table = truth_table(data(B=[0.2, 0.5, 0.9, 0.4]), "Y", ["A", "B"], incl_cut=0.5)
    assert sum(row.n for row in table.observed) == 3
    (notice,) = table.notices
    assert notice.code == "half-membership"
    assert notice.cases == ("x",)
    with pytest.raises(AnalysisError, match=r"every case has a membership of exactly 0\.5"):
        truth_table(data(B=[0.5] * 4), "Y", ["A", "B"])


def test_anchors():
    raw = np.array([1.0, 2.0, 3.0, 4.0])
    for anchors in ([1, 3, 2], [2, 2, 3], [1, 2]):
        with pytest.raises(InputError, match="anchors"):
            calibrate_direct(raw, anchors)
    with pytest.raises(InputError, match="out of order"):
        calibrate_linear(raw, [1, 2, 3, 2, 5, 6])
    with pytest.raises(InputError, match="outside the data"):
        calibrate_crisp(raw, [9])
    with pytest.raises(InputError, match="'huge' is not in the table"):
        calibrate_from_table(["small", "huge"], {"small": 0, "large": 1})
    assert calibrate_from_table(["small", "", "large"], {"small": 0.2, "large": 1}).tolist()[::2] == [0.2, 1.0]
    found = calibrate("SIZE", ["a", "b", "c", "d"], [1, 2, 2.1, float("nan")], "direct", [1, Anchor(2, "", "a law"), 9])
    assert found.diagnostics.at_half == ("b",)
    assert found.diagnostics.missing == ("d",)
    assert {"anchor-without-reason", "anchor-outside-data", "half-membership", "no-data"} <= {
        notice.code for notice in found.notices
    }
    grid, curve = found.curve(5)
    assert (grid[0], grid[-1]) == (1, 9)
    assert curve[-1] == pytest.approx(0.95)


def test_good_practice():
    assert [conditions_allowed(n) for n in (4, 16, 60)] == [3, 5, 6]
    few = SetData.from_columns({name: [0, 1, 1, 0] for name in "ABCDEY"})
    codes = {notice.code for notice in table_notices(truth_table(few, "Y", list("ABCDE")))}
    assert "too-many-conditions" in codes
    flat = truth_table(data(A=[1, 1, 1, 1]), "Y", ["A", "B"], incl_cut=0.5)
    assert {"constant-set"} <= {notice.code for notice in table_notices(flat)}
    # B is consistent with Y (1.3 of 1.9) and with ~Y (1.2 of 1.9); its second case is without Y; ~B (1.2 of 2.1) is not positive
    both = SetData.from_columns({"B": [0.8, 0.8, 0.1, 0.2], "Y": [0.6, 0.4, 0.1, 0.2]})
    table = truth_table(both, "Y", ["B"], incl_cut=0.6)
    codes = {notice.code for notice in minimize(table).notices}
    assert {"deviant-consistency", "simultaneous-subset"} <= codes


def test_a_condition_in_every_term_is_not_called_necessary():
    solution = minimize(truth_table(lipset(), OUTCOME, CONDITIONS, incl_cut=0.8), "conservative")
    found = {notice.subject: notice.message for notice in solution.notices if notice.code == "not-necessary"}
    # DEV, LIT and STB are in both terms; the necessity of DEV is 0.831 (R's QCA 3.25.1), of LIT 0.991, of STB 0.920
    assert set(found) == {"DEV"}
    assert "0.831" in found["DEV"]


def test_every_error_says_how_to_mend_it():
    for call in (
        lambda: data(A=[1, -1, 0, 0]),
        lambda: truth_table(data(), "Y", ["A", "Y"]),
        lambda: minimize(truth_table(lipset(), OUTCOME, CONDITIONS, incl_cut=0.99)),
        lambda: minimize(truth_table(lipset(), OUTCOME, CONDITIONS), "short"),
        lambda: minimize(truth_table(lipset(), OUTCOME, CONDITIONS), exclude=[99]),
    ):
        with pytest.raises(CrosscaseError) as caught:
            call()
        assert caught.value.mend
