"""Permutation test, sweep, clusters, case selection, R code and the shapes of results: worked by hand on small data."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.engines.qca import (
    SetData,
    alternatives,
    anchor_ranges,
    calibrate_direct,
    fit_all_terms,
    membership,
    minimize,
    truth_table,
)
from crosscase.engines.qca.clusters import cluster_diagnostics
from crosscase.engines.qca.fit import necessity_of, sufficiency_of
from crosscase.engines.qca.permutation import permutation_test
from crosscase.engines.qca.rcode import r_script
from crosscase.engines.qca.robustness import compare_solutions, cut_off_ranges, sweep
from crosscase.engines.qca.selection import focal_cases, select_cases, xy_points
from crosscase.engines.qca.theory import evaluate_theory
from crosscase.engines.qca.untenable import simultaneous_rows

from .lipset import CONDITIONS, OUTCOME, lipset


@pytest.fixture(scope="module")
def table():
    return truth_table(lipset(), OUTCOME, CONDITIONS, incl_cut=0.8)


@pytest.fixture(scope="module")
def solution(table):
    return minimize(table, "parsimonious")


def test_formulas_of_fit():
    x, y = np.array([0.8, 0.4, 0.3]), np.array([0.6, 0.9, 0.1])
    fit = sufficiency_of(x, y, np.array([0.0, 0.4, 0.0]))
    # Σmin(x, y) = 0.6 + 0.4 + 0.1 = 1.1; Σx = 1.5; Σy = 1.6; Σmin(x, y, 1 - y) = 0.4 + 0.1 + 0.1 = 0.6
    assert fit.inclS == pytest.approx(1.1 / 1.5)
    assert pytest.approx(0.5 / 0.9) == fit.PRI
    assert fit.covS == pytest.approx(1.1 / 1.6)
    assert fit.covU == pytest.approx(0.7 / 1.6)  # the second case is covered by the other term too
    necessity = necessity_of(x, y)
    assert necessity.inclN == pytest.approx(1.1 / 1.6)
    assert necessity.RoN == pytest.approx(1.5 / 1.9)  # Σ(1 - x) = 1.5, Σ(1 - min(x, y)) = 1.9
    assert math.isnan(sufficiency_of(np.zeros(3), y).inclS)


def test_fit_of_all_terms_is_the_fit_of_each():
    data = lipset()
    fits = fit_all_terms(data, tuple(CONDITIONS), OUTCOME)
    assert len(fits.inclS) == 3**5
    y = data.column(OUTCOME)
    for index in (1, 50, 121, 242):
        signs = zip(CONDITIONS, fits.codes[index], strict=True)
        text = "*".join(("~" if code == 1 else "") + name for name, code in signs if code)
        x = membership(text, data)
        assert fits.inclS[index] == pytest.approx(sufficiency_of(x, y).inclS, abs=1e-12)
        assert fits.PRI[index] == pytest.approx(sufficiency_of(x, y).PRI, abs=1e-12)
        assert fits.RoN[index] == pytest.approx(necessity_of(x, y).RoN, abs=1e-12)


def test_permutation(solution):
    first = permutation_test(solution, 200, seed=3)
    assert [term for term, *_ in first.tests] == ["DEV*~IND", "URB*STB", "DEV*~IND + URB*STB"]
    assert permutation_test(solution, 200, seed=3, backend="serial").tests == first.tests
    assert permutation_test(solution, 200, seed=4).tests != first.tests
    (_, observed, p, adjusted), (_, _, q, adjusted_q), (_, _, whole, _) = first.tests
    assert observed == pytest.approx(0.814814814814815, abs=1e-9)
    assert sorted([adjusted, adjusted_q])[0] == pytest.approx(min(1, 2 * min(p, q)))  # Holm: the smaller is doubled
    assert 1 / 201 <= whole <= 0.05
    again = permutation_test(solution, 20, seed=1, search=True, settings={"solution": "parsimonious"})
    assert again.draws == 20
    assert len(again.tests) == 1


def test_permutation_of_a_perfect_solution_by_hand():
    """Four cases, X = Y = (1, 1, 0, 0): of the six ways to deal Y, one has Y in both members of X: p near 1/6."""
    data = SetData.from_columns({"X": [1, 1, 0, 0], "Y": [1, 1, 0, 0]})
    found = permutation_test(minimize(truth_table(data, "Y", ["X"])), 4000, seed=0)
    assert found.tests[0][2] == pytest.approx(1 / 6, abs=0.02)  # 3.4 standard errors of a share of 4000


def test_ranges_are_exact(table, solution):
    incl, pri, n = cut_off_ranges(table, solution="parsimonious", step=0.01)
    # the solution changes when row 24 (0.7088) becomes positive, and when row 22 (0.8043) no longer is
    assert incl.open_below == pytest.approx(0.708771929824562, abs=1e-9)
    assert incl.closed_above == pytest.approx(0.804270462633452, abs=1e-9)
    assert (incl.lower, incl.upper) == (0.71, 0.8)
    assert pri.closed_above == pytest.approx(0.719387755102041, abs=1e-9)
    assert (n.lower, n.upper) == (1, 1)


def test_comparison_with_itself_is_perfect(solution):
    found = compare_solutions(solution, [solution])
    assert [found.rf_cons, found.rf_cov, found.rf_sc_min, found.rf_sc_max] == [1, 1, 1, 1]
    assert (found.rcr_typ, found.rank) == (1, 1)
    with pytest.raises(InputError, match="no alternative"):
        compare_solutions(solution, [])


def test_sweep(table):
    found = sweep(table, [0.75, 0.8, 0.99], solution="parsimonious")
    assert [(cut, n) for cut, n, _ in found.analyses] == [(0.75, 1), (0.8, 1)]
    assert found.without[0][:2] == (0.99, 1)
    assert dict(found.terms) == {"DEV*~IND": 2, "URB*STB": 2}


def test_theory(solution):
    found = evaluate_theory("DEV*STB", solution)
    # R's modelFit for the same theory and model (QCA 3.25.1), printed with three decimals
    assert [round(found.theory_fit.inclS, 3), round(found.theory_fit.covS, 3)] == [0.869, 0.824]
    both = found.intersections[0]
    assert [round(both.fit.inclS, 3), round(both.fit.PRI, 3), round(both.fit.covS, 3)] == [0.866, 0.839, 0.66]


def test_clusters_by_hand():
    data = SetData.from_columns({"X": [1, 1, 1, 0], "Y": [1, 0, 1, 1]})
    found = cluster_diagnostics(data, "X", "Y", ["a", "a", "b", "b"], ["u", "v", "u", "v"])
    assert [(name, n, con) for name, n, con, _ in found.between] == [("a", 2, 0.5), ("b", 2, 1.0)]
    assert found.distance_between == pytest.approx(math.sqrt(2) * (1 / 2 - 1 / 3))  # shares 1/3 and 2/3
    assert [con for _, _, con, _ in found.within] == [1.0, 0.0]
    with pytest.raises(InputError, match="only one group"):
        cluster_diagnostics(data, "X", "Y", ["a"] * 4)


def test_cases_and_pairs(solution):
    found = select_cases(solution)
    # BE, CZ, NL and UK are in URB*STB and in the outcome; only in BE (0.89 and 0.95) is the term not above the outcome
    assert {case.case for case in found.of("typical", "URB*STB")} == {"BE"}
    best = next(case for case in found.of("typical", "URB*STB") if case.best)
    assert best.distance == min(case.distance for case in found.of("typical", "URB*STB"))
    assert {case.case for case in found.of("deviant coverage")} >= {"FR"}
    kinds = {pair.kind for pair in found.pairs}
    assert {"typical – typical", "typical – irrelevant"} <= kinds
    assert all(case.conjunct in ("URB", "STB") for case in focal_cases(solution, "URB*STB"))
    with pytest.raises(NotFoundError):
        focal_cases(solution, "URB*IND")
    points = {point.case: point for point in xy_points(solution)}
    assert (points["BE"].x, points["BE"].y, points["BE"].kind) == (0.89, 0.95, "typical")
    assert points["AU"].kind == "irrelevant"


def test_simultaneous_rows():
    data = SetData.from_columns({"A": [0.6, 0.6, 0.1], "Y": [0.6, 0.4, 0.2]})
    # row A: for Y (0.6 + 0.4 + 0.1) / 1.3, for ~Y (0.4 + 0.6 + 0.1) / 1.3
    assert simultaneous_rows(truth_table(data, "Y", ["A"], incl_cut=0.8)) == (2,)


def test_a_choice_among_models_is_the_users():
    table = truth_table(lipset(), OUTCOME, CONDITIONS, incl_cut=0.7, n_cut=2)
    solution = minimize(table, "parsimonious")
    assert solution.n_models == 2
    assert solution.choose("LIT*STB").expression == "LIT*STB"
    with pytest.raises(NotFoundError, match="there is no model 'DEV\\*STB'"):
        solution.choose("DEV*STB")
    assert "model-ambiguity" in {notice.code for notice in solution.notices}
    assert len(solution.pairs) == 0


def test_results_show_themselves(table, solution):
    import json

    results = [
        table,
        solution,
        select_cases(solution),
        compare_solutions(solution, [solution]),
        evaluate_theory("DEV", solution),
        sweep(table, [0.8], solution="parsimonious"),
        permutation_test(solution, 10),
    ]
    for result in results:
        json.dumps(result.to_dict(), allow_nan=False)
        assert len(result.to_frame()) == len(result.rows())
        assert "<table>" in result._repr_html_()


def test_r_code_names_the_whole_analysis(table):
    script = r_script(
        minimize(table, "intermediate", directional="DEV,STB", exclude=["~LIT*URB", 21]),
        file="LF.csv",
        id_column="case",
    )
    for part in ("incl.cut = 0.8", 'dir.exp = "DEV, STB"', 'findRows("~LIT*URB", tt)', "c(21)", 'include = "?"'):
        assert part in script


def test_the_same_robustness_in_processes(table):
    """Anchors, alternatives and thresholds are the same wherever they are computed."""
    raw = np.linspace(0, 10, len(table.data.cases))
    name = table.conditions.names[0]
    data = table.data.replaced(name, calibrate_direct(raw, [1, 5, 9]))
    own = truth_table(data, table.outcome, table.conditions.names, incl_cut=0.75)

    def everything(backend):
        how = {"backend": backend, "workers": 2}
        ranges = anchor_ranges(own, name, raw, [1, 5, 9], step=0.5, max_steps=4, **how)
        others = alternatives(own, [{"incl_cut": 0.7}, {"n_cut": 1, "pri_cut": 0.1}], **how)
        swept = sweep(own, [0.7, 0.75, 1.0], **how)
        return ranges, [one.to_dict() for one in others], swept

    assert everything("serial") == everything("loky")
    with pytest.raises(AnalysisError, match=r"alternative with incl_cut 0\.7, n_cut 99"):
        alternatives(own, [{"incl_cut": 0.7, "n_cut": 99}])
