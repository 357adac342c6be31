"""Bootstrap, effects, score, Wald and difference tests, validity, factor scores."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crosscase.core.errors import Cancelled, InputError
from crosscase.engines import sem
from crosscase.engines.sem.bootstrap import Task
from crosscase.engines.sem.estimate import make_problem
from crosscase.engines.sem.optimise import TOLERANCE
from tests.engines.sem.conftest import CFA, PD

MEDIATION = PD.replace("dem60 ~ ind60", "dem60 ~ a*ind60").replace(
    "dem65 ~ ind60 + dem60", "dem65 ~ c*ind60 + b*dem60"
) + ("\nindirect := a*b\ntotal := c + indirect")


def test_batched_draws_are_the_single_fits(democracy: dict[str, Any]) -> None:
    """Each draw of the batch reaches the optimum that an ordinary fit of the resampled table reaches."""
    fit = sem.fit(MEDIATION, democracy)
    generators = [np.random.default_rng(seed) for seed in range(4)]
    drawn = Task.of(fit, "plain")(generators)
    for seed, (theta, chisq) in enumerate(drawn):
        index = np.repeat(np.arange(75), np.bincount(np.random.default_rng(seed).integers(0, 75, 75), minlength=75))
        alone = sem.fit(MEDIATION, {name: values[index] for name, values in democracy.items()})
        assert theta == pytest.approx(alone.theta, abs=1e-6)
        assert chisq == pytest.approx(alone.test.chisq, abs=1e-6)


DIFFICULT: dict[str, tuple[str, int, dict[str, Any]]] = {
    "35 cases": (PD, 35, {}),
    "factors of unrelated items": ("f =~ x1 + y2 + y6\ng =~ y1 + y3 + y5", 40, {}),
    "a factor correlation at one": (CFA, 25, {"meanstructure": True}),
    "groups of 38 and 37": (CFA, 75, {"group": "half", "group_equal": ("loadings", "intercepts")}),
}


@pytest.mark.parametrize("case", DIFFICULT)
def test_difficult_draws_reach_the_optimum_of_the_single_search(democracy: dict[str, Any], case: str) -> None:
    """Small samples with Heywood cases: what the batch calls converged is where the slower search ends, and is an optimum."""
    model, n, options = DIFFICULT[case]
    democracy["half"] = np.arange(75) % 2
    task = Task.of(sem.fit(model, {name: values[:n] for name, values in democracy.items()}, **options), "plain")
    generators = [np.random.default_rng(seed) for seed in range(60)]
    counts = [
        [np.bincount(one.integers(0, part.n, part.n), minlength=part.n).astype(float) for part in task.fit.moments]
        for one in generators
    ]
    alone = [task._slowly(one) for one in counts]
    asked: list[Any] = []
    found = replace_slow(task, asked).fit_counts(counts)
    assert len(asked) <= 12, "the batch itself should reach nearly all of them"
    for one, other, count in zip(found, alone, counts, strict=True):
        if one is None:
            continue
        # Both searches stop at a gradient below 1e-8; the inverse Hessians of these samples reach about 100.
        assert one[0] == pytest.approx(other[0], abs=1e-6)
        assert one[1] == pytest.approx(other[1], abs=1e-8)
        moments = [task._resampled(group, each) for group, each in enumerate(count)]
        problem = make_problem(task.fit.problem.specification, moments, task.fit.settings)
        assert np.abs(problem.gradient(problem.reduced(one[0]))).max() <= TOLERANCE


def replace_slow(task: Task, asked: list[Any]) -> Task:
    """The task with nothing in the place of its slower search; ``asked`` counts the draws left to it."""

    class Batch(Task):
        def _slowly(self, counts: Any) -> Any:
            asked.append(counts)

    return Batch(task.fit, task.values, task.inverse, task.batched)


def test_the_floats_do_not_depend_on_the_threads_of_linear_algebra(democracy: dict[str, Any]) -> None:
    from threadpoolctl import threadpool_limits

    fit = sem.fit(PD, democracy)
    drawn = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            found = sem.bootstrap(fit, 250, seed=3).bootstrap
        assert found is not None
        drawn.append(found.theta)
    assert np.array_equal(*drawn)


@pytest.mark.parametrize("options", [{"meanstructure": True}, {"missing": "fiml"}, {"estimator": "GLS"}])
def test_other_kinds_of_fit_can_be_drawn_again(incomplete: dict[str, Any], options: dict[str, Any]) -> None:
    fit = sem.bootstrap(sem.fit(CFA, incomplete, **options), 4, seed=2)
    assert fit.bootstrap is not None
    assert fit.bootstrap.theta.shape[0] + fit.bootstrap.failed == 4


def test_exogenous_moments_move_with_the_draw(democracy: dict[str, Any]) -> None:
    """A bootstrap of regression coefficients equals least squares on the same resamples."""
    fit = sem.bootstrap(sem.fit("y1 ~ x1 + x2", democracy), 20, seed=5)
    assert fit.bootstrap is not None
    sequence = np.random.SeedSequence(5, spawn_key=(0,))
    index = np.random.default_rng(sequence).integers(0, 75, 75)
    x = np.column_stack([np.ones(75), democracy["x1"][index], democracy["x2"][index]])
    beta = np.linalg.lstsq(x, democracy["y1"][index], rcond=None)[0]
    assert fit.bootstrap.theta[0, :2] == pytest.approx(beta[1:], abs=1e-7)


def test_bootstrap_of_a_defined_effect(democracy: dict[str, Any]) -> None:
    plain = sem.fit(MEDIATION, democracy)
    fit = sem.bootstrap(plain, 300, seed=11)
    boot = fit.bootstrap
    assert boot is not None
    assert (boot.draws, boot.seed) == (300, 11)
    row, product = fit.parameter("indirect", ":="), boot.rows
    names = [one.text for one in fit.problem.specification.rows]
    drawn = product[:, names.index("dem60~ind60")] * product[:, names.index("dem65~dem60")]
    assert row.se == pytest.approx(drawn.std(ddof=1), rel=1e-12)
    assert (row.ci_lower, row.ci_upper) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), rel=1e-12)
    # R lavaan 0.6-14, bootstrapLavaan(R = 600): standard error 0.345.  300 draws against 600 differ by 5 % (one standard error).
    assert row.se == pytest.approx(0.345, rel=0.15)
    again = sem.bootstrap(plain, 300, seed=11)
    assert again.bootstrap is not None
    assert np.array_equal(boot.theta, again.bootstrap.theta)
    basic = boot.interval("indirect", ":=", method="basic")
    assert row.est is not None
    assert basic.lower == pytest.approx(2 * row.est - np.quantile(drawn, 0.975), rel=1e-12)
    bca = boot.interval("indirect", ":=", method="bca")
    assert basic.lower < bca.lower < bca.estimate < bca.upper
    standard = boot.interval("indirect", ":=", standard="all")
    assert standard.estimate == pytest.approx(row.std_all, abs=1e-12)


def test_bca_reduces_to_percentile_for_a_symmetric_estimate() -> None:
    """For a mean of symmetric data bias and acceleration vanish: BCa is the percentile interval."""
    x = np.concatenate([np.arange(1, 41), -np.arange(1, 41)]).astype(float)
    fit = sem.bootstrap(sem.fit("x ~ 1", {"x": x}), 2000, seed=3)
    assert fit.bootstrap is not None
    bca, percentile = (fit.bootstrap.interval("x", "~1", method=name) for name in ("bca", "percentile"))
    # The share of draws below the mean is 0.5 +- 0.01, which moves the limits by less than 4 % of the width.
    assert bca.lower == pytest.approx(percentile.lower, abs=0.04 * (percentile.upper - percentile.lower))


def test_bollen_stine(democracy: dict[str, Any]) -> None:
    fit = sem.fit(PD, democracy)
    task = Task.of(fit, "bollen-stine")
    transformed = np.cov(task.values[0], rowvar=False, bias=True)
    assert transformed == pytest.approx(fit.implied[0]["covariance"], abs=1e-10), (
        "the model holds in the transformed sample"
    )
    found = sem.bootstrap(fit, 200, seed=4, kind="bollen-stine").bollen_stine
    assert found is not None
    # R lavaan 0.6-14, bootstrapLavaan(type = "bollen.stine", R = 600): share 0.397, mean 36.54 (standard deviation about 11.6).
    # Three standard errors of the difference with 200 draws: 0.12 for the share, 2.8 for the mean.
    assert found.pvalue == pytest.approx(0.397, abs=0.12)
    assert found.chisq.mean() == pytest.approx(36.54, abs=2.8)


def test_the_same_floats_with_dask(democracy: dict[str, Any], tmp_path: Path) -> None:
    """Two worker processes of a local cluster."""
    distributed = pytest.importorskip("distributed")
    fit = sem.fit(CFA, democracy)
    serial = sem.bootstrap(fit, 600, seed=8)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", local_directory=str(tmp_path)
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        spread = sem.bootstrap(fit, 600, seed=8, backend="dask", client=client)
    assert serial.bootstrap is not None
    assert spread.bootstrap is not None
    assert np.array_equal(serial.bootstrap.theta, spread.bootstrap.theta)


def test_a_cancelled_bootstrap_goes_on_where_it_was(democracy: dict[str, Any], tmp_path: Path) -> None:
    fit = sem.fit(CFA, democracy)
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        sem.bootstrap(fit, 1000, seed=8, checkpoint=tmp_path / "draws", cancelled=lambda: next(asked))
    assert (tmp_path / "draws").stat().st_size > 0
    seen: list[tuple[int, int]] = []
    resumed = sem.bootstrap(
        fit, 1000, seed=8, checkpoint=tmp_path / "draws", progress=lambda done, total: seen.append((done, total))
    )
    whole = sem.bootstrap(fit, 1000, seed=8)
    assert seen[-1] == (1000, 1000)
    assert resumed.bootstrap is not None
    assert whole.bootstrap is not None
    assert np.array_equal(resumed.bootstrap.theta, whole.bootstrap.theta)


def test_failed_draws_are_counted_and_shown(democracy: dict[str, Any]) -> None:
    """Two of 75 cases give the highest answer to y1: about every seventh draw, exp(-2), has none of them."""
    data: dict[str, Any] = {name: np.digitize(democracy[name], [3.0, 6.0]).astype(float) for name in ("y2", "y3", "y4")}
    data["y1"] = np.digitize(democracy["y1"], [5.0]).astype(float)
    data["y1"][np.flatnonzero(data["y1"] == 1)[:2]] = 2.0
    fit = sem.fit("f =~ y1 + y2 + y3 + y4", data, ordered=["y1", "y2", "y3", "y4"])
    found = sem.bootstrap(fit, 60, seed=2)
    assert found.bootstrap is not None
    assert 0 < found.bootstrap.failed < 60
    assert found.bootstrap.theta.shape[0] == 60 - found.bootstrap.failed
    assert found.to_dict()["bootstrap"] == {"draws": 60, "failed": found.bootstrap.failed, "seed": 2}
    assert any("did not" in text or "failed" in text for text in found.warnings)


def test_all_effects_are_found() -> None:
    generator = np.random.default_rng(1)
    x = generator.standard_normal(200)
    m1 = 0.5 * x + generator.standard_normal(200)
    m2 = 0.4 * x + 0.3 * m1 + generator.standard_normal(200)
    y = 0.2 * x + 0.3 * m1 + 0.4 * m2 + generator.standard_normal(200)
    fit = sem.fit("m1 ~ x\nm2 ~ x + m1\ny ~ x + m1 + m2", {"x": x, "m1": m1, "m2": m2, "y": y})
    found = {(one.path, one.kind): one for one in sem.effects(fit).effects}
    b = {(p.lhs, p.rhs): p.est for p in fit.parameters if p.op == "~"}
    assert found["x -> m1 -> m2 -> y", "specific"].estimate == pytest.approx(
        b["m1", "x"] * b["m2", "m1"] * b["y", "m2"]
    )
    specific = [
        one.estimate for one in found.values() if one.kind == "specific" and (one.source, one.target) == ("x", "y")
    ]
    assert len(specific) == 3
    assert found["x -> y", "indirect"].estimate == pytest.approx(sum(specific))
    # In a saturated recursive model the total effect is the simple regression of y on x.
    assert found["x -> y", "total"].estimate == pytest.approx(np.polyfit(x, y, 1)[0], abs=1e-10)
    permuted = {(one.path, one.kind): one for one in sem.permutation(fit, seed=1, draws=2000).effects}
    delta = found["x -> y", "indirect"]
    assert permuted["x -> y", "indirect"].lower == pytest.approx(delta.lower, abs=0.05)


def test_delta_method_of_a_product(democracy: dict[str, Any]) -> None:
    fit = sem.fit(MEDIATION, democracy)
    a, b = (fit.parameter(*name) for name in (("dem60", "~", "ind60"), ("dem65", "~", "dem60")))
    v = fit.covariance
    i, j = fit.problem.specification.labels["a"], fit.problem.specification.labels["b"]
    assert a.est is not None
    assert b.est is not None
    expected = np.sqrt(b.est**2 * v[i, i] + a.est**2 * v[j, j] + 2 * a.est * b.est * v[i, j])  # Sobel with covariance
    row = fit.parameter("indirect", ":=")
    assert row.se == pytest.approx(expected, rel=1e-12)
    # R lavaan 0.6-14 at the optimum: 1.24178135768851, se 0.355422052633751.
    assert (row.est, row.se) == pytest.approx((1.24178135768851, 0.355422052633751), rel=1e-6)
    (carlo, _) = sem.monte_carlo(fit, seed=1)
    assert carlo.se == pytest.approx(row.se, rel=0.05)


def test_difference_tests(democracy: dict[str, Any]) -> None:
    equal = "dem60 =~ y1 + a*y2 + b*y3 + c*y4\ndem65 =~ y5 + a*y6 + b*y7 + c*y8"
    plain = sem.difference_test(sem.fit(equal, democracy), sem.fit(CFA, democracy))
    assert plain.df == 3
    assert plain.chisq == pytest.approx(sem.fit(equal, democracy).test.chisq - sem.fit(CFA, democracy).test.chisq)
    one, two = sem.fit(equal, democracy, estimator="MLR"), sem.fit(CFA, democracy, estimator="MLR")
    scaled = sem.difference_test(one, two)
    assert scaled.method == "satorra.bentler.2001"
    c0, c1 = one.test.factor, two.test.factor
    assert c0 is not None
    assert c1 is not None
    assert scaled.chisq == pytest.approx(plain.chisq / ((22 * c0 - 19 * c1) / 3), rel=1e-9)
    with pytest.raises(InputError, match=r"same degrees of freedom"):
        sem.difference_test(two, two)


def test_score_and_wald_tests_agree_with_the_difference_test_when_it_is_small(democracy: dict[str, Any]) -> None:
    restricted = sem.fit("dem60 =~ y1 + a*y2 + a*y3 + y4\ndem65 =~ y5 + y6 + y7 + y8", democracy)
    general = sem.fit("dem60 =~ y1 + a*y2 + b*y3 + y4\ndem65 =~ y5 + y6 + y7 + y8", democracy)
    ratio = sem.difference_test(restricted, general).chisq
    (score,) = sem.score_tests(restricted)
    wald = sem.wald_test(general, "a == b")
    assert score.df == wald.df == 1
    # The three tests are asymptotically the same; here within 15 % of each other.
    assert score.chisq == pytest.approx(ratio, rel=0.15)
    assert wald.chisq == pytest.approx(ratio, rel=0.15)


def test_modification_index_predicts_the_drop(democracy: dict[str, Any]) -> None:
    fit = sem.fit(CFA, democracy)
    best = max(fit.modification_indices(), key=lambda one: one.mi)
    freed = sem.fit(f"{CFA}\n{best.lhs} {best.op} {best.rhs}", democracy)
    assert fit.test.chisq - freed.test.chisq == pytest.approx(best.mi, rel=0.15)
    assert freed.parameter(best.lhs, best.op, best.rhs).est == pytest.approx(best.epc, rel=0.25)


def test_invariance_series(democracy: dict[str, Any]) -> None:
    democracy["g"] = np.where(np.arange(75) % 2 == 0, "even", "odd")
    found = sem.invariance(CFA, democracy, group="g")
    assert [one.name for one in found.steps] == ["configural", "metric", "scalar", "strict"]
    # R lavaan 0.6-14: 71.552112, 73.979497, 77.132658.
    assert [one.chisq for one in found.steps[:3]] == pytest.approx([71.552112, 73.979497, 77.132658], abs=1e-5)
    for before, after in itertools.pairwise(found.steps):
        assert after.delta_df == after.df - before.df
        assert after.delta_chisq == pytest.approx(after.chisq - before.chisq)
    partial = sem.invariance(CFA, democracy, group="g", partial=["dem60=~y2"], steps=["configural", "metric"])
    assert partial.steps[1].df == found.steps[1].df - 1


def test_validity_by_hand() -> None:
    """Equal loadings of 0.8 and uncorrelated errors: every measure has a closed form."""
    lam, phi = 0.8, 0.5
    inside, between = lam**2, lam**2 * phi
    matrix = np.full((6, 6), between)
    matrix[:3, :3] = matrix[3:, 3:] = inside
    np.fill_diagonal(matrix, 1.0)
    fit = sem.fit_moments("f =~ a + b + c\ng =~ d + e + h", matrix, 500, list("abcdeh"), std_lv=True)
    found = sem.validity(fit)
    one, pair = found.factors[0], found.pairs[0]
    cr = (3 * lam) ** 2 / ((3 * lam) ** 2 + 3 * (1 - lam**2))
    assert (one.ave, one.cr, one.omega, one.alpha) == pytest.approx((lam**2, cr, cr, cr), abs=1e-8)
    assert (pair.correlation, pair.htmt, pair.htmt2) == pytest.approx((phi, phi, phi), abs=1e-8)
    assert one.msv == pytest.approx(phi**2, abs=1e-8)
    assert one.fornell_larcker
    methods = sem.common_method(fit)
    assert methods.vif["f"] == pytest.approx(1 / (1 - phi**2), abs=1e-8)
    assert methods.harman == pytest.approx((1 + 2 * inside + 3 * between) / 6, abs=1e-12)


def test_marker_variable() -> None:
    matrix = np.array([[1.0, 0.5, 0.1], [0.5, 1.0, 0.2], [0.1, 0.2, 1.0]])
    found = sem.marker_adjusted(["x", "y", "marker"], matrix, "marker")
    assert found[0, 1] == pytest.approx((0.5 - 0.1) / (1 - 0.1))


def test_factor_scores(democracy: dict[str, Any], incomplete: dict[str, Any]) -> None:
    fit = sem.fit(CFA, sem_complete(democracy))
    (regression,), (bartlett,) = sem.factor_scores(fit), sem.factor_scores(fit, "bartlett")
    phi = fit.problem.states(fit.theta)[0].factor_covariance[0]
    scores = np.column_stack(list(bartlett.values()))
    # Bartlett scores are conditionally unbiased: their covariance is at least that of the factors.
    assert np.linalg.eigvalsh(np.cov(scores, rowvar=False, bias=True) - phi).min() > -1e-8
    shrunk = np.column_stack(list(regression.values()))
    assert np.linalg.eigvalsh(phi - np.cov(shrunk, rowvar=False, bias=True)).min() > -1e-8
    (partial,) = sem.factor_scores(sem.fit(CFA, incomplete, missing="fiml"))
    assert np.isfinite(partial["dem60"]).all()


def sem_complete(data: dict[str, Any]) -> dict[str, Any]:
    return {name: np.where(np.isnan(values), np.nanmean(values), values) for name, values in data.items()}


def test_results_can_be_shown(democracy: dict[str, Any]) -> None:
    fit = sem.fit(MEDIATION, democracy)
    assert list(fit.to_frame()["label"])[-2:] == ["indirect", "total"]
    assert "<table>" in fit._repr_html_()
    for shown in (sem.effects(fit), sem.validity(fit), sem.compare({"one": fit})):
        assert len(shown.to_frame())
        assert "<table>" in shown._repr_html_()


def test_score_tests_across_groups(democracy: dict[str, Any]) -> None:
    """lavTestScore() of lavaan 0.6-14 for cfa(CFA, group="half", group.equal=c("loadings", "intercepts")).

    lavaan's search ends with a relative tolerance of 1e-10, which leaves its statistics short by up to 1e-5.
    """
    democracy["half"] = (np.arange(75) >= 38).astype(float)
    fit = sem.fit(CFA, democracy, group="half", group_equal=["loadings", "intercepts"])
    found = sem.score_tests(fit)
    expected = {
        "dem60=~y2": 0.667475, "dem60=~y3": 0.000385, "dem60=~y4": 2.274380, "dem65=~y6": 0.387977, "dem65=~y7": 0.002614,
        "dem65=~y8": 1.311984, "y1~1": 0.088059, "y2~1": 8.758772, "y3~1": 1.008702, "y4~1": 6.404620, "y5~1": 4.606206,
        "y6~1": 5.580418, "y7~1": 0.016373, "y8~1": 0.174906,
    }  # fmt: skip
    assert [(one.left, one.right) for one in found] == [(f"{name} [group 1]", f"{name} [group 2]") for name in expected]
    assert [one.chisq for one in found] == pytest.approx(list(expected.values()), abs=2e-5)


@pytest.mark.parametrize(
    ("estimator", "method", "expected"),
    [
        ("MLR", "", 4.614242), ("MLR", "satorra.bentler.2010", 4.721407), ("MLM", "", 4.520811),
        ("MLM", "satorra.bentler.2010", 4.611376), ("MLM", "satorra.2000", 4.599454), ("MLMV", "", 4.599454),
        ("WLSMV", "", 3.135254),
    ],
)  # fmt: skip
def test_scaled_difference_tests_of_lavaan(
    democracy: dict[str, Any], ordinal: dict[str, Any], estimator: str, method: str, expected: float
) -> None:
    """lavTestLRT() of lavaan 0.6-14 with the same method; its optimum is short by about 1e-5."""
    equal = "dem60 =~ y1 + a*y2 + b*y3 + c*y4\ndem65 =~ y5 + a*y6 + b*y7 + c*y8"
    data, ordered = (ordinal, tuple(ordinal)) if estimator == "WLSMV" else (democracy, ())
    fits = [sem.fit(model, data, estimator=estimator, ordered=ordered) for model in (equal, CFA)]
    found = sem.difference_test(*fits, method=method)
    assert found.chisq == pytest.approx(expected, abs=3e-5)
    assert found.df == 3


def test_difference_tests_that_do_not_fit_are_refused(democracy: dict[str, Any]) -> None:
    equal = "dem60 =~ y1 + a*y2 + a*y3 + y4\ndem65 =~ y5 + y6 + y7 + y8"
    for estimator, method, what in (
        ("MLMV", "satorra.bentler.2001", "cannot be subtracted"),
        ("MLR", "satorra.2000", "not for the statistic of MLR"),
        ("MLR", "satorra.2001", "no method of a difference test"),
    ):
        fits = [sem.fit(model, democracy, estimator=estimator) for model in (equal, CFA)]
        with pytest.raises(InputError, match=what):
            sem.difference_test(*fits, method=method)


def test_effects_in_a_loop_have_no_last_path(democracy: dict[str, Any]) -> None:
    """y1 ⇄ y2: the total effect of x1 on y1 is a/(1 − bc), the same for its defined parameter and its error."""
    model = "y1 ~ a*x1 + b*y2\ny2 ~ c*y1 + d*x2\ntotal := a/(1 - b*c)\nindirect := a/(1 - b*c) - a"
    fit = sem.fit(model, democracy)
    found = {(one.kind, one.source, one.target): one for one in sem.effects(fit).effects}
    for kind in ("total", "indirect"):
        defined, effect = fit.parameter(kind, ":="), found[kind, "x1", "y1"]
        assert (effect.estimate, effect.se) == (pytest.approx(defined.est), pytest.approx(defined.se, rel=1e-6))
    total = found["total", "x1", "y2"]
    a, b, c = (fit.parameter(*key).est for key in (("y1", "~", "x1"), ("y1", "~", "y2"), ("y2", "~", "y1")))
    assert total.estimate == pytest.approx(a * c / (1 - b * c))
    more = sem.fit(model + "\nback := a*c/(1 - b*c)", democracy).parameter("back", ":=")
    assert (total.estimate, total.se) == (pytest.approx(more.est), pytest.approx(more.se, rel=1e-6))


def test_a_resample_takes_the_weights_along(democracy: dict[str, Any]) -> None:
    """The draw of every case once is the sample, so its estimates are those of the weighted fit."""
    from crosscase.engines.sem.bootstrap import Task

    weights = 0.5 + (np.arange(75) % 4)
    fit = sem.fit(CFA, {**democracy, "w": weights}, weights="w")
    ((theta, chisq),) = Task.of(fit, "plain").fit_counts([[np.ones(75)]])
    assert theta == pytest.approx(fit.theta, abs=1e-7)
    assert chisq == pytest.approx(fit.test.chisq, abs=1e-6)
    assert sem.fit(CFA, democracy).theta != pytest.approx(fit.theta, abs=1e-2)
