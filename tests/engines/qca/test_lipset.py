"""One published data set all the way, with the numbers of R's QCA 3.25.1 at full precision (tolerance 1e-9: they are printed
with 15 digits)."""

from __future__ import annotations

import pytest

from crosscase.engines.qca import (
    calibrate_direct,
    calibrate_linear,
    minimize,
    necessary_conditions,
    parameters_of_fit,
    suin,
    truth_table,
)

from .lipset import CONDITIONS, GNP, OUTCOME, lipset


@pytest.fixture(scope="module")
def table():
    return truth_table(lipset(), OUTCOME, CONDITIONS, incl_cut=0.8)


def expressions(solution):
    return [model.expression for model in solution.models]


def test_rows(table):
    rows = {row.number: row for row in table.observed}
    assert {number: row.out for number, row in rows.items()} == {
        1: "0", 2: "0", 5: "0", 6: "0", 22: "1", 23: "0", 24: "0", 31: "0", 32: "1",
    }  # fmt: skip
    assert rows[22].incl == pytest.approx(0.804270462633452, abs=1e-9)
    assert pytest.approx(0.719387755102041, abs=1e-9) == rows[22].PRI
    assert rows[32].cases == ("BE", "CZ", "NL", "UK")
    assert rows[23].deviant == ("AU",)
    assert table.remainders == 23
    assert len(table.complete()) == 32


def test_conservative(table):
    solution = minimize(table, "conservative")
    assert expressions(solution) == ["DEV*URB*LIT*IND*STB + DEV*~URB*LIT*~IND*STB"]
    assert solution.models[0].fit.inclS == pytest.approx(0.869767441860465, abs=1e-9)
    assert solution.assumptions(solution.models[0]) == ()


def test_parsimonious(table):
    solution = minimize(table, "parsimonious")
    (model,) = solution.models
    assert [term.term for term in model.terms] == ["DEV*~IND", "URB*STB"]
    first = model.terms[0]
    assert first.fit.covU == pytest.approx(0.193661971830986, abs=1e-9)
    assert first.cases == ("FI", "IE")
    assert pytest.approx(0.81864406779661, abs=1e-9) == model.fit.PRI
    assert solution.assumptions(model) == (10, 12, 14, 16, 17, 18, 21, 25, 26, 28, 29, 30)
    assert solution.models_complete


def test_intermediate(table):
    solution = minimize(table, "intermediate", directional="DEV,URB,LIT,IND,STB")
    (model,) = solution.models
    assert model.expression == "DEV*URB*LIT*STB + DEV*LIT*~IND*STB"
    assert model.fit.covS == pytest.approx(0.65962441314554, abs=1e-9)
    assert solution.pairs[0].easy == (30,)
    # core conditions (Fiss 2011) are those of the parsimonious terms URB*STB and DEV*~IND
    assert [[CONDITIONS[i] for i in term.core] for term in model.terms] == [["URB", "STB"], ["DEV", "IND"]]


def test_the_order_of_the_conditions_is_the_order_of_the_literals():
    turned = truth_table(lipset(), OUTCOME, CONDITIONS[::-1], incl_cut=0.8)
    assert expressions(minimize(turned, "parsimonious")) == ["STB*URB + ~IND*DEV"]


def test_exclusion_of_what_contradicts_necessity(table):
    # LIT and STB are necessary: an enhanced standard analysis assumes nothing about rows without one of them.
    solution = minimize(table, "parsimonious", exclude="~LIT + ~STB")
    assert set(expressions(solution)[0].split(" + ")) == {"URB*LIT*STB", "DEV*LIT*~IND*STB"}
    assert solution.assumptions(solution.models[0]) == (14, 16, 30)


def test_two_inclusion_cut_offs():
    table = truth_table(lipset(), OUTCOME, CONDITIONS, incl_cut=0.8, incl_cut_contradiction=0.5)
    assert [row.number for row in table.observed if row.out == "C"] == [5, 6, 24]
    assert {row.number for row in table.negative} == {1, 2, 5, 6, 23, 24, 31}


def test_frequency_and_two_cut_offs_follow_the_definition():
    # Rows below the frequency cut-off are remainders whatever their consistency (R's QCA 3.25.1 mixes them up).
    table = truth_table(lipset(), OUTCOME, CONDITIONS, incl_cut=0.8, incl_cut_contradiction=0.5, n_cut=2)
    assert {row.number: row.out for row in table.observed} == {
        1: "0", 2: "0", 5: "C", 6: "?", 22: "1", 23: "?", 24: "C", 31: "?", 32: "1",
    }  # fmt: skip


def test_fit_of_an_expression():
    fit = parameters_of_fit(lipset(), "DEV*~IND + URB*STB", OUTCOME)
    assert fit.whole.sufficiency.inclS == pytest.approx(0.85034965034965, abs=1e-9)
    assert fit.parts[1].sufficiency.covU == pytest.approx(0.429577464788732, abs=1e-9)
    assert parameters_of_fit(lipset(), "STB", OUTCOME).whole.necessity.RoN == pytest.approx(0.680118110236221, abs=1e-9)


def test_necessity():
    found = necessary_conditions(lipset(), OUTCOME, CONDITIONS, incl_cut=0.9, ron_cut=0.6)
    assert {one.term for one in found.found} == {"STB", "LIT*STB", "DEV + URB + IND"}
    both = next(one for one in found.found if one.term == "LIT*STB")
    assert both.fit.inclN == pytest.approx(0.915492957746479, abs=1e-9)
    assert both.fit.RoN == pytest.approx(0.8, abs=1e-9)
    parts = suin(lipset(), "DEV + URB + IND", OUTCOME)
    assert parts.whole.RoN == pytest.approx(0.704170708050436, abs=1e-9)
    assert [term for term, _ in parts.parts] == ["DEV", "URB", "IND"]


def test_calibration_of_development():
    import numpy as np

    raw = np.array(GNP, dtype=float)
    memberships = calibrate_direct(raw, [400, 550, 900])
    assert memberships[:3] == pytest.approx([0.806925632987392, 0.990147709556608, 0.57514068276979], abs=1e-9)
    assert calibrate_direct(raw, [900, 550, 400])[0] == pytest.approx(0.193074367012608, abs=1e-9)
    assert calibrate_linear(raw, [400, 550, 900])[3] == pytest.approx(0.226666666666667, abs=1e-9)
