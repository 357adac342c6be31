"""References: R 4.2.2 with psych 2.2.9 and semTools 0.5-6 on the data set attitude; enumeration by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from attitude import ATTITUDE
from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.engines.regression import (
    compare_groups,
    compare_waves,
    cronbach,
    describe,
    harman,
    htmt,
    htmt_of_correlations,
    marker_adjusted,
)

ITEMS = list(ATTITUDE)
CONSTRUCTS = {"f1": ITEMS[:3], "f2": ITEMS[3:]}


def test_alpha_and_items_as_psych() -> None:
    result = cronbach(ATTITUDE, ITEMS)
    assert result.alpha == pytest.approx(0.8431427695648, rel=1e-10)
    assert result.standardized == pytest.approx(0.8390838030295, rel=1e-10)
    assert result.mean_correlation == pytest.approx(0.4269066426497, rel=1e-10)
    assert (round(result.lower, 2), round(result.upper, 2)) == (0.74, 0.92)  # psych prints Feldt's interval so
    assert [item.item_rest for item in result.items] == pytest.approx(
        [
            0.671262057224,
            0.742109710222,
            0.560711111480,
            0.714445498134,
            0.786275593834,
            0.265034339197,
            0.460810549468,
        ],
        rel=1e-10,
    )
    assert [item.alpha_without for item in result.items] == pytest.approx(
        [
            0.809760206309,
            0.796917457274,
            0.827847765939,
            0.803030975023,
            0.795386574198,
            0.863872311446,
            0.840464868265,
        ],
        rel=1e-10,
    )


def test_a_reversed_item_is_named() -> None:
    turned = ATTITUDE | {"raises": [100 - value for value in ATTITUDE["raises"]]}
    assert ("reversed-item", "raises") in {(c.kind, c.subject) for c in cronbach(turned, ITEMS).cautions}
    with pytest.raises(InputError):
        cronbach(ATTITUDE, ["raises"])
    with pytest.raises(InputError, match="twice"):
        cronbach(ATTITUDE, ["raises", "rating", "raises"])


def test_harman_as_eigen() -> None:
    result = harman(ATTITUDE, ITEMS)
    assert result.eigenvalues[:3] == pytest.approx([3.716375750616, 1.140921885217, 0.847191545623], rel=1e-10)
    assert result.share == pytest.approx(3.716375750616 / 7, rel=1e-10)


def test_htmt_as_semtools_and_from_correlations() -> None:
    result = htmt(ATTITUDE, CONSTRUCTS, draws=200, seed=1)
    # semTools::htmt(htmt2 = FALSE): 0.7666392125
    assert result.values[0] == pytest.approx(0.7666392125, abs=1e-9)
    correlation = np.corrcoef(np.column_stack([ATTITUDE[name] for name in ITEMS]), rowvar=False)
    assert htmt_of_correlations(correlation, ITEMS, CONSTRUCTS)[("f1", "f2")] == pytest.approx(result.values[0])
    lower, upper = result.intervals[0]  # type: ignore[misc]
    assert lower < result.values[0] < upper
    assert result == htmt(ATTITUDE, CONSTRUCTS, draws=200, seed=1, backend="loky")
    with pytest.raises(NotFoundError):
        htmt_of_correlations(correlation, ITEMS, {"f1": ["rate"], "f2": ["raises"]})


def test_htmt_draw_is_htmt_of_the_drawn_rows() -> None:
    from crosscase.engines.regression.scales import _HtmtDraw

    values = np.column_stack([ATTITUDE[name] for name in ITEMS]).astype(float)
    chosen = np.random.default_rng(5).integers(0, 30, 30)
    draw = _HtmtDraw(values, ([0, 1, 2], [3, 4, 5, 6]), True)
    weights = np.bincount(chosen, minlength=30).astype(float)[None, :]
    drawn = htmt_of_correlations(np.corrcoef(values[chosen], rowvar=False), ITEMS, CONSTRUCTS)
    assert draw.of(weights)[0, 0] == pytest.approx(drawn[("f1", "f2")], rel=1e-8)


def test_descriptives() -> None:
    result = describe(ATTITUDE | {"gap": [None, *range(29)]}, ["rating", "raises"], diagonal={"rating": 0.8})
    assert result.skewness[0] == pytest.approx(-0.396714805325, rel=1e-10)  # psych::skew(type = 2)
    assert result.kurtosis[0] == pytest.approx(-0.494609773252, rel=1e-10)
    assert result.rows()[0][7:] == (0.8, None)
    assert describe(ATTITUDE | {"gap": [None, *range(29)]}, ["rating", "gap"]).cautions[0].kind == "missing"
    json.dumps(result.to_dict())


def test_groups_exact_by_hand() -> None:
    # 20 ways to choose 3 of 6; only the observed and its mirror reach a difference of 3
    result = compare_groups([4, 5, 6], [1, 2, 3])
    assert (result.exact, result.regroupings, result.p_value) == (True, 20, pytest.approx(0.1))
    assert (result.p_greater, result.p_less) == (pytest.approx(1 / 20), 1.0)
    assert result.hedges_g == pytest.approx(3 * (1 - 3 / 15))  # pooled sd 1, 4 degrees of freedom
    assert result.cliffs_delta == 1.0
    assert "cannot-differ" in {caution.kind for caution in result.cautions}


def test_groups_random_agrees_with_scipy() -> None:
    from scipy.stats import permutation_test

    rng = np.random.default_rng(0)
    a, b = rng.normal(0.6, 1, 14), rng.normal(0, 1, 13)
    result = compare_groups(list(a), list(b), seed=1, draws=4000)
    assert (result.exact, result.regroupings, result.smallest_p) == (False, 4000, None)
    reference = permutation_test(
        (a, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=20000, vectorized=True, rng=2
    )
    assert result.p_value == pytest.approx(reference.pvalue, abs=0.03)  # three standard errors of 4000 draws
    assert result == compare_groups(list(a), list(b), seed=1, draws=4000)
    assert result.p_value == pytest.approx(2 * result.p_greater, abs=0.02)  # a symmetric distribution
    assert result.p_greater + result.p_less == pytest.approx(
        1, abs=0.001
    )  # no ties: the observed grouping counts twice


def test_groups_take_missing_values_and_single_cases() -> None:
    result = compare_groups([5, None, float("nan")], [1, 2, 3, 4])
    assert (result.n_a, result.p_value) == (1, pytest.approx(0.4))  # 5 and 1 lie equally far out: 2 of 5
    assert {"missing", "one-case"} <= {caution.kind for caution in result.cautions}
    same = compare_groups([1, 1], [1, 1])
    assert (same.p_value, same.hedges_g, same.cliffs_delta) == (1.0, None, 0.0)
    with pytest.raises(AnalysisError):
        compare_groups([], [1])
    with pytest.raises(InputError):
        compare_groups(["much"], [1])  # type: ignore[list-item]


def test_early_and_late_as_r() -> None:
    late = [False] * 18 + [True] * 12
    table = ATTITUDE | {"high": ["yes" if value > 65 else "no" for value in ATTITUDE["rating"]]}
    rating, high = compare_waves(table, late, ["rating"], categorical=["high"]).comparisons
    assert rating.statistic == pytest.approx(0.9084183025, rel=1e-9)  # t.test
    assert rating.freedom == pytest.approx(18.78955663, rel=1e-9)
    assert rating.p_value == pytest.approx(0.375162083, rel=1e-8)
    assert rating.mann_whitney == 132.5  # wilcox.test
    assert rating.p_mann_whitney == pytest.approx(0.309197986, rel=1e-8)
    assert high.statistic == pytest.approx(2.222222222, rel=1e-9)  # chisq.test without correction
    assert high.p_value == pytest.approx(0.136037128, rel=1e-8)
    assert high.effect == pytest.approx((2.2222222222 / 30) ** 0.5, rel=1e-9)
    assert (high.p_holm, rating.p_holm) == (pytest.approx(2 * 0.136037128), pytest.approx(0.375162083))
    with pytest.raises(InputError):
        compare_waves(table, late[:-1], ["rating"])
    with pytest.raises(AnalysisError):
        compare_waves(table, [False] * 29 + [True], ["rating"])


def test_marker_adjustment_by_its_formula() -> None:
    result = marker_adjusted(ATTITUDE, ["rating", "raises"], "critical")
    r = np.corrcoef([ATTITUDE["rating"], ATTITUDE["raises"], ATTITUDE["critical"]])
    shared = min(r[0, 2], r[1, 2])  # .156 with rating, .377 with raises
    assert result.shared == pytest.approx(shared)
    assert result.pairs[0][2:4] == (pytest.approx(r[0, 1]), pytest.approx((r[0, 1] - shared) / (1 - shared)))
    # the p value is that of a partial correlation of this size: compare with a regression's t on n - 3
    adjusted = result.pairs[0][3]
    t = adjusted * (27 / (1 - adjusted**2)) ** 0.5
    from scipy.stats import t as student

    assert result.pairs[0][4] == pytest.approx(2 * student.sf(t, 27))
    with pytest.raises(InputError):
        marker_adjusted(ATTITUDE, ["rating", "raises"], "raises")


def test_holm_never_falls() -> None:
    from crosscase.engines.regression.nonresponse import _holm

    # 3 * .01, 2 * .03, and 1 * .04, which must not be less than the one before
    assert _holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
