"""Ordinal variables with covariates, as mediators, and in both parameterizations; numbers of lavaan are in ``lavaan.json``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crosscase.core.errors import AnalysisError, InputError
from crosscase.engines import sem
from crosscase.engines.sem.margins import margin_of
from crosscase.engines.sem.polychoric import pair_of
from tests.engines.sem.test_lavaan import data_of

GIVEN = "f =~ o1 + o3 + o6 + o7\nf ~ c1 + x2\no6 ~ c1"
CHAIN = "f =~ u1 + u2 + u3\nu4 ~ f + age\nv ~ u4 + age\nu5 ~ u4 + v"
FIVE = ["u1", "u2", "u3", "u4", "u5"]


@pytest.fixture(scope="module")
def survey() -> dict[str, Any]:
    """300 simulated answers: three items of a factor that age explains, two responses behind them, one continuous."""
    draw = np.random.default_rng(3)
    age, e = draw.normal(12, 4, 300), draw.normal(size=(300, 7))
    f = 0.08 * (age - 12) + e[:, 0]
    u4 = 0.6 * f + e[:, 4]
    v = 0.5 * u4 + e[:, 5]
    responses = {
        "u1": f + e[:, 1],
        "u2": 0.8 * f + e[:, 2],
        "u3": f + e[:, 3],
        "u4": u4,
        "u5": 0.4 * u4 + 0.3 * v + e[:, 6],
    }
    cuts = {"u1": [-1, 0, 1], "u2": [0.2], "u3": [-1.5, -0.5, 0.5, 1.5], "u4": [-0.8, 0.6], "u5": [-1, 0, 1]}
    found: dict[str, Any] = {name: np.digitize(response, cuts[name]) + 1.0 for name, response in responses.items()}
    return {**found, "age": age, "v": v, "half": np.arange(300) % 2.0}


@pytest.mark.parametrize("parameterization", ["delta", "theta"])
@pytest.mark.parametrize("case", ["given", "chain", "groups"])
def test_derivatives(case: str, parameterization: str, survey: dict[str, Any]) -> None:
    """Gradient and Hessian with slopes, implied residual variances and implied scales, against differences."""
    more: dict[str, Any] = {"group": "half", "group_equal": ["loadings", "thresholds"]} if case == "groups" else {}
    model, data, ordered = {
        "given": (GIVEN, data_of("democracy"), ["o1", "o3", "o6", "o7"]),
        "chain": (CHAIN, survey, FIVE),
        "groups": ("f =~ u1 + u3 + u4\nf ~ age", survey, ["u1", "u3", "u4"]),
    }[case]
    fit = sem.fit(model, data, ordered=ordered, parameterization=parameterization, **more)
    problem, psi = fit.problem, fit.optimum.psi + 0.03 * np.random.default_rng(1).standard_normal(fit.optimum.psi.size)
    steps = 1e-5 * np.eye(psi.size)
    slope = np.array([(problem.value(psi + e) - problem.value(psi - e)) / 2e-5 for e in steps])
    assert problem.gradient(psi) == pytest.approx(slope, abs=1e-7)
    curve = np.array([(problem.gradient(psi + e) - problem.gradient(psi - e)) / 2e-5 for e in steps])
    assert problem.information(psi, "observed") == pytest.approx(curve, abs=1e-6)


def test_both_parameterizations_are_one_model(survey: dict[str, Any]) -> None:
    """Mediators that responses and factors explain: the same fit, implied moments and standardized solution.

    lavaan 0.6-14 leaves the residual variance of such a mediator at 1 in delta, so this is what there is to compare with;
    its theta is compared in ``lavaan.json``.
    """
    delta, theta = (sem.fit(CHAIN, survey, ordered=FIVE, parameterization=name) for name in ("delta", "theta"))
    assert delta.test.chisq == pytest.approx(theta.test.chisq, abs=1e-9)
    assert delta.test.scaled == pytest.approx(theta.test.scaled, abs=1e-8)
    for name, implied in delta.implied[0].items():
        assert implied == pytest.approx(theta.implied[0][name], abs=1e-9), name
    for one, other in zip(delta.parameters, theta.parameters, strict=True):
        if one.op != "~1":
            assert one.std_all == pytest.approx(other.std_all, abs=1e-8), one
    assert delta.r_squared[0] == pytest.approx(theta.r_squared[0], abs=1e-9)
    assert delta.parameter("u4", "~~", "u4").est != pytest.approx(1.0, abs=0.05)
    assert theta.parameter("u4", "~~", "u4").est == 1.0
    total = delta.implied[0]["residual_covariance"]
    assert np.diag(total)[[0, 1, 2, 3, 5]] == pytest.approx(
        np.ones(5), abs=1e-12
    )  # the fifth is v, which is continuous


def test_validity_does_not_depend_on_the_parameterization(survey: dict[str, Any]) -> None:
    model = "f =~ u1 + u2 + u3 + u4\nf ~ age"
    delta, theta = (sem.fit(model, survey, ordered=FIVE[:4], parameterization=name) for name in ("delta", "theta"))
    one, other = sem.validity(delta).factors[0], sem.validity(theta).factors[0]
    assert (one.ave, one.omega, one.cr) == pytest.approx((other.ave, other.omega, other.cr), abs=1e-8)


def test_covariates_move_thresholds_and_slopes_only(survey: dict[str, Any]) -> None:
    """Age in other units, from another zero: τ + βa/s, β/s, the same fit."""
    model = "f =~ u1 + u2 + u3\nf ~ age\nu4 ~ f"
    fit = sem.fit(model, survey, ordered=FIVE[:4])
    other = sem.fit(model, {**survey, "age": 100 + 10 * survey["age"]}, ordered=FIVE[:4])
    assert other.test.scaled == pytest.approx(fit.test.scaled, abs=1e-7)
    assert other.parameter("f", "~", "age").est == pytest.approx(
        (fit.parameter("f", "~", "age").est or 0) / 10, abs=1e-9
    )
    assert other.parameter("f", "~", "age").se == pytest.approx((fit.parameter("f", "~", "age").se or 0) / 10, rel=1e-6)
    assert other.parameter("f", "~", "age").std_all == pytest.approx(fit.parameter("f", "~", "age").std_all, abs=1e-8)
    assert fit.moments[0].ordinal is not None
    shift = 10 * fit.moments[0].ordinal.slopes[0, 0]
    moved = (other.parameter("u1", "|", "t1").est or 0) - (fit.parameter("u1", "|", "t1").est or 0)
    assert moved == pytest.approx(shift, abs=1e-7)


def test_margins_given_covariates(survey: dict[str, Any]) -> None:
    """The scores of probit and regression sum to 0; those of a pair are derivatives of its log likelihood."""
    from scipy.special import ndtr

    x = ((survey["age"] - 12) / 4)[:, None]
    one, two = (margin_of(survey[name] - 1, count, x) for name, count in (("u1", 4), ("u3", 5)))
    continuous = margin_of(survey["v"], 0, x)
    for margin in (one, two, continuous):
        assert margin.scores.mean(axis=0) == pytest.approx(0, abs=1e-10)

    r, score, (by_one, by_continuous) = pair_of(one, continuous, "u1 and v")
    assert abs(score.mean()) < 1e-12

    def log_likelihood(slope: float, mean: float) -> Any:
        root, z = np.sqrt(1 - r * r), (survey["v"] - mean - x[:, 0] * continuous.slopes[0]) / continuous.sd
        codes, shift = (survey["u1"] - 1).astype(int), x[:, 0] * slope
        upper, lower = one.bounds[codes + 1] - shift, one.bounds[codes] - shift
        return -0.5 * z * z + np.log(ndtr((upper - r * z) / root) - ndtr((lower - r * z) / root))

    b, m, h = float(one.slopes[0]), continuous.mean, 1e-5
    by_slope = (log_likelihood(b + h, m) - log_likelihood(b - h, m)) / (2 * h)
    by_mean = (log_likelihood(b, m + h) - log_likelihood(b, m - h)) / (2 * h)
    assert by_one[:, 3] == pytest.approx(by_slope, abs=1e-6)
    assert by_continuous[:, 0] == pytest.approx(by_mean, abs=1e-6)


def test_a_pair_of_ordinal_variables_given_covariates(survey: dict[str, Any]) -> None:
    """The correlation maximizes Σ log P of the cases' rectangles; its score is the derivative of that."""
    from crosscase.engines.sem.polychoric import _rectangle

    x = ((survey["age"] - 12) / 4)[:, None]
    one, two = (margin_of(survey[name] - 1, count, x) for name, count in (("u1", 4), ("u3", 5)))
    r, score, (by_one, _) = pair_of(one, two, "u1 and u3")
    assert abs(score.mean()) < 1e-12
    assert by_one.shape == (300, 4)

    def log_likelihood(at: float) -> Any:
        return np.log(_rectangle(one.low, one.high, two.low, two.high, at)[0])

    assert score == pytest.approx((log_likelihood(r + 1e-5) - log_likelihood(r - 1e-5)) / 2e-5, abs=1e-6)
    assert log_likelihood(r).sum() > max(log_likelihood(r - 0.02).sum(), log_likelihood(r + 0.02).sum())


def test_exogenous_ordinal_variables_count_as_numbers(survey: dict[str, Any]) -> None:
    """As in lavaan, which warns too."""
    model = "f =~ u1 + u2 + u3\nf ~ u4"
    fit, plain = sem.fit(model, survey, ordered=FIVE[:4]), sem.fit(model, survey, ordered=FIVE[:3])
    assert fit.warnings == ("u4: exogenous, so used as numbers although declared ordinal", *plain.warnings)
    assert fit.parameter("f", "~", "u4").est == plain.parameter("f", "~", "u4").est
    alone = sem.fit("v ~ u4", survey, ordered=["u4"])
    assert alone.estimator == "ML"
    assert "although declared ordinal" in alone.warnings[0]


def test_bootstrap_and_effects_with_covariates(survey: dict[str, Any]) -> None:
    fit = sem.fit("f =~ u1 + u2 + u3\nf ~ age\nu4 ~ f", survey, ordered=FIVE[:4])
    drawn = sem.bootstrap(fit, 12, seed=4)
    assert drawn.bootstrap is not None
    assert drawn.bootstrap.failed == 0
    assert 0.4 < (drawn.parameter("f", "~", "age").se or 0) / (fit.parameter("f", "~", "age").se or 1) < 2.5
    found = {(one.path, one.kind): one for one in sem.effects(fit, draws=0).effects}
    a, b = (fit.parameter(*names).est or 0 for names in (("f", "~", "age"), ("u4", "~", "f")))
    assert found["age -> f -> u4", "specific"].estimate == pytest.approx(a * b)


def test_invariance_of_ordinal_items(survey: dict[str, Any]) -> None:
    """Thresholds in the place of intercepts; strict needs residual variances, which only theta has."""
    options: dict[str, Any] = {"group": "half", "ordered": ["u1", "u3", "u4", "u5"]}
    model = "f =~ u1 + u3 + u4 + u5"
    delta = sem.invariance(model, survey, **options)
    theta = sem.invariance(model, survey, **options, parameterization="theta")
    assert [one.name for one in delta.steps] == ["configural", "metric", "scalar"]
    assert [one.df for one in theta.steps] == [
        4,
        7,
        14,
        18,
    ]  # 12 thresholds equal; a mean and 4 scales free; 4 residual variances equal
    assert delta.steps[2].chisq == pytest.approx(theta.steps[2].chisq, abs=1e-8)


def _with(survey: dict[str, Any], **columns: Any) -> dict[str, Any]:
    return {**survey, **columns}


def test_what_is_wrong_is_named(survey: dict[str, Any]) -> None:
    model, half = "f =~ u1 + u2 + u3\nf ~ age", survey["half"]
    lacking = np.where((survey["u1"] == 4) & (half == 1), 3.0, survey["u1"])
    for data, options, words in (
        (_with(survey, u2=np.ones(300)), {}, "u2 does not vary"),
        (_with(survey, u1=lacking), {"group": "half"}, "nobody answered 4 to 'u1' (data, group 1)"),
        (_with(survey, u2=np.where(survey["u1"] > 2, 2.0, 1.0)), {}, "polychoric correlation of u2 and u1 runs to ±1"),
        (_with(survey, age=(survey["u2"] > 1) + 0.1 * survey["v"]), {}, "the covariates predict 'u2' without error"),
        (survey, {"missing": "pairwise"}, "'pairwise', which is not offered"),
        (survey, {"missing": "fiml"}, "complete cases only"),
        (survey, {"cluster": "half"}, "clusters are not offered"),
        (survey, {"growth": True}, "growth curves"),
        (survey, {"parameterization": "gamma"}, "parameterization is 'gamma'"),
    ):  # fmt: skip
        with pytest.raises((InputError, AnalysisError)) as caught:
            sem.fit(model, data, ordered=["u1", "u2", "u3"], **options)
        assert words in str(caught.value)
        assert caught.value.mend or "growth" in options


def test_too_few_cases_for_the_weights_of_wls(survey: dict[str, Any]) -> None:
    """Ten thresholds, six slopes and three correlations."""
    few = {name: values[24:42] for name, values in survey.items()}
    model, ordered = "f =~ u1 + u3 + u5\nf ~ age + v", ["u1", "u3", "u5"]
    with pytest.raises(AnalysisError, match=r"WLS needs more cases: 18 cases for a weight matrix of 19 moments"):
        sem.fit(model, few, ordered=ordered, estimator="WLS")


def test_dummies_of_all_sectors_are_named(survey: dict[str, Any]) -> None:
    kind = np.arange(300) % 3
    data = _with(survey, **{f"d{k}": (kind == k).astype(float) for k in range(3)})
    with pytest.raises(InputError, match="d0, d1, d2 depend linearly"):
        sem.fit("f =~ u1 + u2 + u3\nf ~ d0 + d1 + d2", data, ordered=["u1", "u2", "u3"])


def test_parameters_that_a_parameterization_does_not_have(survey: dict[str, Any]) -> None:
    model, ordered = "f =~ u1 + u2 + u3", ["u1", "u2", "u3"]
    with pytest.raises(InputError, match="residual variance of the ordinal variable 'u1'"):
        sem.fit(model + "\nu1 ~~ u1", survey, ordered=ordered)
    with pytest.raises(InputError, match="scale of the ordinal variable 'u1'"):
        sem.fit(model + "\nu1 ~*~ u1", survey, ordered=ordered, parameterization="theta")


def test_theta_says_that_only_delta_has_a_solution() -> None:
    """A Heywood case: residual variances of 1 cannot be negative, so the loading grows without bound."""
    draw = np.random.default_rng(5)
    one, two = draw.normal(size=(2, 400))
    x = draw.normal(size=400)
    responses = [one + 0.3 * two + 0.2 * x, one + 1.5 * draw.normal(size=400), two + draw.normal(size=400)]
    data = {f"u{k}": (response > 0).astype(float) for k, response in enumerate(responses, start=1)} | {"x": x}
    model, options = "f =~ u1 + u2 + u3\nf ~ x", {"ordered": ["u1", "u2", "u3"]}
    fit = sem.fit(model, data, **options)
    assert (fit.parameter("u1", "~~", "u1").est or 0) < 0
    with pytest.raises(AnalysisError, match="residual variance of u1 is negative"):
        sem.fit(model, data, **options, parameterization="theta")


def test_incomplete_cases_are_counted(survey: dict[str, Any]) -> None:
    ages = survey["age"].copy()
    ages[:7] = np.nan
    fit = sem.fit("f =~ u1 + u2 + u3\nf ~ age", _with(survey, age=ages), ordered=["u1", "u2", "u3"])
    assert fit.n == 293
    assert fit.warnings == ("7 incomplete cases were left out (listwise)",)


def test_factor_scores_are_not_offered(survey: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="factor scores are not offered"):
        sem.factor_scores(sem.fit("f =~ u1 + u2 + u3", survey, ordered=["u1", "u2", "u3"]))
