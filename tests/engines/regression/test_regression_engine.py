"""References from R 4.2.2 (lm, glm, anova, vcov on the data set attitude); robust errors by their formulas in R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

from attitude import ATTITUDE
from crosscase.core.errors import AnalysisError, Cancelled, InputError, NotFoundError
from crosscase.engines.regression import collinearity, mediation, moderation, regression
from crosscase.engines.regression.data import bca_interval

BLOCKS = [["complaints", "privileges"], ["learning", "raises"]]
TERMS = ["(intercept)", "complaints", "privileges", "learning", "raises"]


def test_hierarchical_least_squares_as_lm_and_anova() -> None:
    first, second = regression(ATTITUDE, "rating", BLOCKS).models
    b = [11.8335428283023, 0.6911487199525, -0.1028855695924, 0.2463306143448, -0.0255115514394]
    se = [8.535109294144, 0.145646946610, 0.131887535576, 0.154347119167, 0.183879776368]
    p = [0.177849262558353, 0.000072083986174, 0.442655197367291, 0.123064536253974, 0.890766857208959]
    assert [term.name for term in second.terms] == TERMS
    # printed by R to 12 digits
    assert [term.b for term in second.terms] == pytest.approx(b, rel=1e-9)
    assert [term.se for term in second.terms] == pytest.approx(se, rel=1e-9)
    assert [term.p_value for term in second.terms] == pytest.approx(p, rel=1e-7)
    assert [term.vif for term in second.terms[1:]] == pytest.approx(
        [2.22813484692, 1.54283037475, 1.94439465746, 2.16558415157], rel=1e-9
    )
    assert first.r2 == pytest.approx(0.68306390112, rel=1e-9)
    assert second.r2_change == pytest.approx(0.715223714651 - 0.68306390112, rel=1e-8)
    assert second.adjusted_r2 == pytest.approx(0.669659508996, rel=1e-9)
    assert second.change == pytest.approx(1.41163, rel=1e-5)
    assert second.change_freedom == (2, 25)
    assert second.change_p == pytest.approx(0.26251, rel=1e-4)


@pytest.mark.parametrize(
    ("errors", "se"),
    [
        ("HC0", [8.1337473472707, 0.1055066604255, 0.0993740657179, 0.1267409889668, 0.1332522782418]),
        ("HC1", [8.910073798296, 0.115576755764, 0.108858834849, 0.138837797235, 0.145970557264]),
        ("HC2", [8.963060722518, 0.124340440391, 0.112773579337, 0.142746585506, 0.154630457399]),
        ("HC3", [9.929093107103, 0.149036208050, 0.130390504540, 0.163528168080, 0.182320034672]),
        ("cluster", [8.8695805814879, 0.0704243637051, 0.0758822175753, 0.1315175044602, 0.0862889205497]),
    ],
)
def test_robust_errors(errors: str, se: list[float]) -> None:
    # cluster: six departments a cluster, in order, with the factor G/(G-1) * (n-1)/(n-k)
    table = ATTITUDE | {"wave": [f"w{i // 5}" for i in range(30)]}
    cluster = "wave" if errors == "cluster" else None
    result = regression(table, "rating", BLOCKS, errors=errors, cluster=cluster)
    terms = result.models[-1].terms
    assert [term.se for term in terms] == pytest.approx(se, rel=1e-9)
    freedom = 5 if cluster else 25
    assert terms[1].p_value == pytest.approx(2 * student.sf(abs(terms[1].b / terms[1].se), freedom), rel=1e-9)
    assert (result.clusters, "few-clusters" in {c.kind for c in result.cautions}) == (
        (6, True) if cluster else (None, False)
    )


def test_logit_as_glm() -> None:
    table = ATTITUDE | {"high": [int(value > 65) for value in ATTITUDE["rating"]]}
    first, second = regression(table, "high", [["complaints"], ["learning"]], kind="logit").models
    assert [term.b for term in second.terms] == pytest.approx(
        [-17.772945182550, 0.361176839201, -0.112178463074],
        rel=1e-6,  # glm stops at 1e-8 of the deviance
    )
    assert [term.se for term in second.terms] == pytest.approx(
        [7.2117085532732, 0.1616372398264, 0.0936635247053], rel=1e-4
    )
    assert second.log_likelihood == pytest.approx(-8.86808599401, rel=1e-9)
    assert second.change == pytest.approx(1.861521711, rel=1e-7)
    assert second.change_p == pytest.approx(0.17245, rel=1e-4)
    assert first.r2 == pytest.approx(1 - 19.59769370 / (60 * np.log(2)), rel=1e-8)  # 15 of 30 are high


def test_a_perfect_predictor_has_no_logit() -> None:
    table = {"y": [0, 0, 0, 0, 1, 1, 1, 1], "x": [1, 2, 3, 4, 5, 6, 7, 8]}
    with pytest.raises(AnalysisError, match="separate"):
        regression(table, "y", [["x"]], kind="logit")


def test_bad_specifications_are_refused_plainly() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'raises'"):
        regression(ATTITUDE, "rating", [["rises"]])
    with pytest.raises(InputError, match="twice"):
        regression(ATTITUDE, "rating", [["raises"], ["raises"]])
    with pytest.raises(InputError, match="not a number"):
        regression({"y": [1, 2, 3, 4], "x": [1, "two", 3, 4]}, "y", [["x"]])
    with pytest.raises(AnalysisError, match="does not vary"):
        regression(ATTITUDE | {"one": [1] * 30}, "rating", [["one"]])
    double = {"double": [2 * value for value in ATTITUDE["raises"]]}
    with pytest.raises(AnalysisError, match="collinear"):
        regression(ATTITUDE | double, "rating", [["raises", "double"]])
    with pytest.raises(AnalysisError, match="complete rows"):
        regression({"y": [1, 2, 3], "x": [1, None, 3]}, "y", [["x"]])
    with pytest.raises(InputError, match="clusters"):
        regression(ATTITUDE, "rating", [["raises"]], errors="cluster")


def test_full_collinearity_regresses_each_on_all_others() -> None:
    result = collinearity(ATTITUDE, ["complaints", "privileges", "learning"], outcome="rating")
    others = np.column_stack([ATTITUDE[name] for name in ("complaints", "privileges", "learning")])
    design = np.column_stack([np.ones(30), others])
    y = np.array(ATTITUDE["rating"], float)
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    by_hand = ((y - y.mean()) ** 2).sum() / (residual**2).sum()  # 1 / (1 - R²)
    assert dict(zip(result.names, result.vif, strict=True))["rating"] == pytest.approx(by_hand, rel=1e-10)


def test_simple_slopes_and_johnson_neyman() -> None:
    # R: both centred; coefficients .6384097218899 (x) and .0058855495817 (product), their variances as in vcov
    result = moderation(ATTITUDE, "rating", "complaints", "learning")
    middle, sd = np.mean(ATTITUDE["learning"]), 11.7370128766
    assert result.interaction == pytest.approx(0.0058855495817, rel=1e-9)
    assert result.interaction_p == pytest.approx(0.49638587742867, rel=1e-9)
    for slope, away in zip(result.slopes, (-sd, 0, sd), strict=True):
        assert slope.at == pytest.approx(middle + away, rel=1e-9)
        assert slope.slope == pytest.approx(0.6384097218899 + 0.0058855495817 * away, rel=1e-8)
        variance = 1.43695743034e-02 + 2 * away * -6.31672314345e-05 + away**2 * 7.27838898987e-05
        assert slope.se == pytest.approx(variance**0.5, rel=1e-8)


def test_at_a_johnson_neyman_boundary_p_is_one_minus_level() -> None:
    rng = np.random.default_rng(4)
    x, z = rng.normal(size=80), rng.normal(size=80)
    table = {"x": x, "z": z, "y": 0.2 * x + 0.5 * x * z + rng.normal(size=80)}
    result = moderation(table, "y", "x", "z")
    assert len(result.boundaries) >= 1
    checked = moderation(table, "y", "x", "z", at=result.boundaries)
    assert [slope.p_value for slope in checked.slopes] == pytest.approx([0.05] * len(result.boundaries), abs=1e-9)
    low, high = result.significant[-1]
    assert all(s.p_value < 0.05 for s in moderation(table, "y", "x", "z", at=[low + 0.01, high - 0.001]).slopes)


def test_mediation_multiplies_the_paths_of_lm() -> None:
    result = mediation(ATTITUDE, "complaints", ["raises"], "rating", draws=200, seed=1)
    indirect = 0.522562825799 * 0.0800854842081
    assert result["complaints -> raises -> rating"].estimate == pytest.approx(indirect, rel=1e-9)
    assert result["direct"].estimate == pytest.approx(0.7127601217861, rel=1e-9)
    assert result["total"].estimate == pytest.approx(indirect + 0.7127601217861, rel=1e-9)
    assert {path.predictor: path.b for path in result.paths if path.outcome == "rating"}["raises"] == pytest.approx(
        0.0800854842081, rel=1e-9
    )


def test_serial_mediation_finds_every_chain() -> None:
    result = mediation(ATTITUDE, "complaints", ["raises", "learning"], "rating", serial=True, draws=200, seed=1)
    a, through = 0.522562825799, 0.492657481438
    expected = {
        "complaints -> raises -> rating": a * -0.0286369974065,
        "complaints -> learning -> rating": 0.268580566865 * 0.2206857415363,
        "complaints -> raises -> learning -> rating": a * through * 0.2206857415363,
    }
    for name, value in expected.items():
        assert result[name].estimate == pytest.approx(value, rel=1e-8)
    assert result["total indirect"].estimate == pytest.approx(sum(expected.values()), rel=1e-9)
    total = result["total indirect"].estimate + result["direct"].estimate
    assert result["total"].estimate == pytest.approx(total, rel=1e-10)
    assert len(mediation(ATTITUDE, "complaints", ["raises", "learning"], "rating", draws=100).effects) == 5


def test_a_draw_is_least_squares_on_the_drawn_rows() -> None:
    from crosscase.engines.regression.mediation import _Draw, _Plan

    values = np.column_stack([ATTITUDE[name] for name in ("complaints", "raises", "rating", "learning")]).astype(float)
    chosen = np.random.default_rng(9).integers(0, 30, 30)
    weights = np.bincount(chosen, minlength=30).astype(float)
    drawn = values[chosen]
    ones = np.ones(30)
    a = np.linalg.lstsq(np.column_stack([ones, drawn[:, [0, 3]]]), drawn[:, 1], rcond=None)[0][1]
    b = np.linalg.lstsq(np.column_stack([ones, drawn[:, [0, 1, 3]]]), drawn[:, 2], rcond=None)[0]
    found = _Draw(values, _Plan.of(1, 1, False)).of(weights[None, :])[0]
    assert found[1] == pytest.approx(b[1], rel=1e-8)
    assert found[3] == pytest.approx(a * b[2], rel=1e-8)


def test_bca_is_scipys_given_the_same_draws() -> None:
    from scipy.stats import bootstrap

    data = np.array(ATTITUDE["raises"], float)
    reference = bootstrap((data,), np.var, n_resamples=999, method="BCa", rng=np.random.default_rng(3), vectorized=True)
    left_out = np.array([np.var(np.delete(data, i)) for i in range(30)])
    lower, upper = bca_interval(reference.bootstrap_distribution, float(np.var(data)), left_out, 0.95)
    assert lower == pytest.approx(reference.confidence_interval.low, rel=1e-9)
    assert upper == pytest.approx(reference.confidence_interval.high, rel=1e-9)


def test_the_seed_alone_decides_and_bca_differs_from_percentile() -> None:
    arguments = (ATTITUDE, "complaints", ["learning"], "rating")
    serial = mediation(*arguments, draws=150, seed=7, covariates=["privileges"])
    assert serial == mediation(*arguments, draws=150, seed=7, covariates=["privileges"], backend="loky")
    bca = mediation(*arguments, draws=150, seed=7, covariates=["privileges"], interval="bca")
    assert bca["direct"].estimate == serial["direct"].estimate
    assert bca["direct"].lower != serial["direct"].lower


def test_draws_without_a_solution_are_counted() -> None:
    # x is 1 for one case only: draws without it have no slope
    table = {"x": [1, 0, 0, 0, 0, 0, 0, 0], "m": [3, 1, 2, 4, 3, 5, 1, 2], "y": [2, 4, 1, 3, 5, 2, 2, 4]}
    result = mediation(table, "x", ["m"], "y", draws=200, seed=2)
    assert 20 < result.failed < 120  # a draw misses the case with probability (7/8)^8 = 0.34
    assert "failed-draws" in {caution.kind for caution in result.cautions}
    assert np.isfinite(result["direct"].upper)


def test_a_simple_slope_is_the_coefficient_at_that_value() -> None:
    table = ATTITUDE | {"wave": [f"w{i // 5}" for i in range(30)]}
    terms = (
        regression(
            table, "rating", [["complaints", "learning", "complaints:learning"]], errors="cluster", cluster="wave"
        )
        .models[0]
        .terms
    )
    result = moderation(table, "rating", "complaints", "learning", at=[0], errors="cluster", cluster="wave")
    (slope,) = result.slopes
    assert (slope.slope, slope.se, slope.p_value) == pytest.approx(
        (terms[1].b, terms[1].se, terms[1].p_value), rel=1e-6
    )
    assert result.interaction == pytest.approx(terms[3].b, rel=1e-8)


def test_overall_f_and_nagelkerke_by_their_formulas() -> None:
    model = regression(ATTITUDE, "rating", BLOCKS).models[-1]
    assert model.overall == pytest.approx((model.r2 / 4) / ((1 - model.r2) / 25), rel=1e-9)
    table = ATTITUDE | {"high": [int(value > 65) for value in ATTITUDE["rating"]]}
    logit = regression(table, "high", [["complaints"]], kind="logit").models[0]
    null = -30 * np.log(2)  # 15 of 30 are high
    assert logit.log_likelihood == pytest.approx(-19.59769370 / 2, rel=1e-8)  # R's residual deviance
    cox_snell = 1 - np.exp(2 * (null - logit.log_likelihood) / 30)
    assert logit.nagelkerke == pytest.approx(cox_snell / (1 - np.exp(2 * null / 30)), rel=1e-9)


def test_robust_block_tests_use_the_robust_errors() -> None:
    # one term in the block: its F is its t squared
    model = regression(ATTITUDE, "rating", [["complaints"], ["learning"]], errors="HC3").models[1]
    assert model.change == pytest.approx(model.terms[2].statistic ** 2, rel=1e-9)
    assert model.change_p == pytest.approx(model.terms[2].p_value, rel=1e-9)


def test_a_pandas_table_with_missing_values_counts_them() -> None:
    import pandas as pd

    frame = pd.DataFrame(ATTITUDE)
    frame["raises"] = frame["raises"].astype("Int64")
    frame.loc[3, "raises"] = pd.NA
    result = regression(frame, "rating", [["raises"]])
    assert result.n == 29
    assert result.cautions[0].message == "1 of 30 rows have missing values and were left out"


def test_a_binary_outcome_is_pointed_out() -> None:
    table = ATTITUDE | {"high": [int(value > 65) for value in ATTITUDE["rating"]]}
    result = mediation(table, "complaints", ["raises"], "high", draws=100)
    assert ("binary", "high") in {(caution.kind, caution.subject) for caution in result.cautions}


def test_bootstrap_errors_and_intervals_are_those_of_the_drawn_rows() -> None:
    seed, found = 5, []
    x, m, y = (np.array(ATTITUDE[name], float) for name in ("complaints", "learning", "rating"))
    for draw in range(100):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(draw,)))
        rows = rng.integers(0, 30, 30)
        a = np.polyfit(x[rows], m[rows], 1)[0]
        b = np.linalg.lstsq(np.column_stack([np.ones(30), x[rows], m[rows]]), y[rows], rcond=None)[0][2]
        found.append(a * b)
    effect = mediation(ATTITUDE, "complaints", ["learning"], "rating", draws=100, seed=seed)["total indirect"]
    assert effect.se == pytest.approx(np.std(found, ddof=1), rel=1e-8)
    assert (effect.lower, effect.upper) == pytest.approx(tuple(np.quantile(found, [0.025, 0.975])), rel=1e-8)
    assert effect.standardized == pytest.approx(effect.estimate * x.std() / y.std(), rel=1e-10)


def test_a_cancelled_bootstrap_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    arguments = (ATTITUDE, "complaints", ["learning"], "rating")
    checkpoint, done = tmp_path / "draws", []

    def progress(finished: int, total: int) -> None:
        done.append(finished)

    with pytest.raises(Cancelled):
        mediation(*arguments, draws=300, checkpoint=checkpoint, progress=progress, cancelled=lambda: len(done) >= 2)
    stopped = done[-1]
    result = mediation(*arguments, draws=300, checkpoint=checkpoint, progress=progress)
    assert 0 < stopped < 300
    assert done[2] >= stopped  # what is kept is told first; the finished draws were not drawn again
    assert result == mediation(*arguments, draws=300)
