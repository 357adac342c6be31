"""Estimates, standard errors and statistics against numbers of R lavaan 0.6-14.

The numbers were printed by lavaan (``control = list(rel.tol = 1e-14)``) on the data beside this file.  lavaan's optimizer stops
with gradients of about 1e-6, so that its estimates carry an error of up to 1e-5; the tolerance is that.  The exact references,
in ``test_references.py``, are held to 1e-6.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crosscase.core.errors import InputError
from crosscase.engines import sem
from tests.engines.sem.conftest import CFA, PD

# estimator, dem65 ~ dem60: estimate, standard error; chi-square; scaled chi-square
COMPLETE = [
    ("ML", 0.8373445, 0.0983508, 38.125218, None),
    ("MLM", 0.8373445, 0.0864260, 38.125218, 39.971238),
    ("MLMV", 0.8373445, 0.0864260, 38.125218, 38.724817),
    ("MLR", 0.8373445, 0.0872731, 38.125218, 41.400693),
    ("GLS", 0.8096621, 0.1010632, 35.946857, None),
    ("ULS", 0.8420940, 0.0155821, 269.721960, None),
    ("DWLS", 0.8634970, 0.1239420, 8.399474, None),
    ("WLSMV", 0.8634970, 0.0858403, 8.399474, 38.465686),
]


def agrees(fit: sem.Fit, name: tuple[str, str, str], est: float, se: float, chisq: float, scaled: float | None) -> None:
    row = fit.parameter(*name)
    assert row.est == pytest.approx(est, rel=2e-5)
    assert row.se == pytest.approx(se, rel=2e-5)
    assert fit.test.chisq == pytest.approx(chisq, rel=2e-6)
    assert fit.test.scaled == (None if scaled is None else pytest.approx(scaled, rel=2e-5))
    assert np.abs(fit.optimum.gradient).max() <= 1e-8


@pytest.mark.parametrize(("estimator", "est", "se", "chisq", "scaled"), COMPLETE)
def test_complete_data(
    democracy: dict[str, Any], estimator: str, est: float, se: float, chisq: float, scaled: float | None
) -> None:
    agrees(sem.fit(PD, democracy, estimator=estimator), ("dem65", "~", "dem60"), est, se, chisq, scaled)


def test_wishart_likelihood(democracy: dict[str, Any]) -> None:
    fit = sem.fit(PD, democracy, likelihood="wishart")
    agrees(fit, ("dem65", "~", "dem60"), 0.8373447, 0.0990132, 37.616882, None)


def test_wls(democracy: dict[str, Any]) -> None:
    agrees(sem.fit(CFA, democracy, estimator="WLS"), ("dem60", "=~", "y2"), 1.3102940, 0.0947797, 34.419159, None)


@pytest.mark.parametrize(
    ("estimator", "se", "scaled"), [("ML", 0.0998474, None), ("MLR", 0.0869770, 38.630959)]
)  # fmt: skip
def test_incomplete_data(incomplete: dict[str, Any], estimator: str, se: float, scaled: float | None) -> None:
    fit = sem.fit(PD, incomplete, missing="fiml", estimator=estimator)
    agrees(fit, ("dem65", "~", "dem60"), 0.8510147, se, 37.121941, scaled)
    patterns = fit.moments[0].patterns
    assert patterns is not None
    assert patterns.counts.sum() == 75
    assert patterns.observed[0].all(), "the commonest pattern is the complete one"


@pytest.mark.parametrize(
    ("equal", "est", "se", "chisq", "df"),
    [
        ((), 1.3384581, 0.2623500, 71.552112, 38),
        (("loadings",), 1.3502508, 0.1720789, 73.979497, 44),
        (("loadings", "intercepts"), 1.3439469, 0.1707086, 77.132658, 50),
    ],
)
def test_groups(
    democracy: dict[str, Any], equal: tuple[str, ...], est: float, se: float, chisq: float, df: int
) -> None:
    democracy["g"] = np.where(np.arange(75) % 2 == 0, "even", "odd")
    fit = sem.fit(CFA, democracy, group="g", group_equal=equal)
    agrees(fit, ("dem60", "=~", "y2"), est, se, chisq, None)
    assert fit.df == df
    assert fit.groups == ("even", "odd")


@pytest.mark.parametrize(
    ("estimator", "loading", "se", "covariance", "chisq", "scaled"),
    [
        ("WLSMV", 1.0190072, 0.0785590, 0.6855283, 21.093845, 37.522387),
        ("DWLS", 1.0190072, 0.0613522, 0.6855283, 21.093845, None),
        ("ULSMV", 0.9855283, 0.0886328, 0.6641896, 7.809212, 33.106628),
        ("WLSM", 1.0190072, 0.0785590, 0.6855283, 21.093845, 43.421443),
    ],
)
def test_ordinal(
    ordinal: dict[str, Any],
    estimator: str,
    loading: float,
    se: float,
    covariance: float,
    chisq: float,
    scaled: float | None,
) -> None:
    fit = sem.fit(CFA, ordinal, ordered=list(ordinal), estimator=estimator)
    agrees(fit, ("dem60", "=~", "y2"), loading, se, chisq, scaled)
    assert fit.parameter("dem60", "~~", "dem65").est == pytest.approx(covariance, rel=2e-5)
    threshold = fit.parameter("y1", "|", "t2")
    assert (threshold.est, threshold.se) == pytest.approx((-0.0501536, 0.1457614), abs=1e-6)


def test_polychoric_correlation_of_lavaan(ordinal: dict[str, Any]) -> None:
    fit = sem.fit(CFA, ordinal, ordered=list(ordinal))
    # lavInspect(fit, "sampstat")$cov; its correlations are converged to about 1e-8.
    assert fit.moments[0].covariance[0, 1:3] == pytest.approx([0.654083537311828, 0.696171993308490], abs=1e-7)


def test_labels_constraints_and_defined_parameters(democracy: dict[str, Any]) -> None:
    equal = sem.fit("dem60 =~ y1 + a*y2 + b*y3 + c*y4\ndem65 =~ y5 + a*y6 + b*y7 + c*y8", democracy)
    written = sem.fit(
        "dem60 =~ y1 + a*y2 + b*y3 + c*y4\ndem65 =~ y5 + d*y6 + e*y7 + f*y8\na == d\nb - e == 0\nc == f", democracy
    )
    assert written.test.chisq == pytest.approx(equal.test.chisq, abs=1e-9)
    assert written.df == equal.df == 22
    mixed = sem.fit("dem60 =~ y1 + a*y2 + b*y3 + c*y4\na == 2*b - 0.5\nq := a*b/c", democracy)
    values = {one.label: one.est for one in mixed.parameters if one.label}
    assert values["a"] == pytest.approx(2 * values["b"] - 0.5, abs=1e-9)
    assert values["q"] == pytest.approx(values["a"] * values["b"] / values["c"], abs=1e-12)


def test_non_linear_and_inequality_constraints(democracy: dict[str, Any]) -> None:
    curved = sem.fit("dem60 =~ y1 + a*y2 + b*y3 + y4\na == b^2", democracy)
    values = {one.label: one.est for one in curved.parameters if one.label}
    assert values["a"] == pytest.approx(values["b"] ** 2, abs=1e-8)
    assert curved.df == 3
    free = sem.fit("dem60 =~ y1 + a*y2 + y3 + y4", democracy)
    a = free.parameter("dem60", "=~", "y2").est
    assert a is not None
    slack = sem.fit("dem60 =~ y1 + a*y2 + y3 + y4\na < 5", democracy)
    assert slack.parameter("dem60", "=~", "y2").est == pytest.approx(a, abs=1e-7)
    tight = sem.fit("dem60 =~ y1 + a*y2 + y3 + y4\na > 2", democracy)
    assert tight.parameter("dem60", "=~", "y2").est == pytest.approx(2.0, abs=1e-8)
    assert tight.test.chisq > free.test.chisq


def test_a_path_model_is_ordinary_regression(democracy: dict[str, Any]) -> None:
    fit = sem.fit("y1 ~ b1*x1 + b2*x2\ny2 ~ y1 + x3", democracy)
    x = np.column_stack([np.ones(75), democracy["x1"], democracy["x2"]])
    beta, rss, *_ = np.linalg.lstsq(x, democracy["y1"], rcond=None)
    assert [fit.coefficients["b1"], fit.coefficients["b2"]] == pytest.approx(beta[1:], abs=1e-10)
    # ML divides the residual sum of squares by n.
    assert fit.parameter("y1", "~~", "y1").est == pytest.approx(rss[0] / 75, abs=1e-10)


def test_moments_give_what_the_cases_give(democracy: dict[str, Any]) -> None:
    names = [f"y{k}" for k in range(1, 9)]
    covariance = np.cov(np.column_stack([democracy[name] for name in names]), rowvar=False)
    from_cases, from_moments = sem.fit(CFA, democracy), sem.fit_moments(CFA, covariance, 75, names)
    assert from_moments.test.chisq == pytest.approx(from_cases.test.chisq, abs=1e-10)
    assert from_moments.parameter("dem60", "=~", "y2").se == pytest.approx(
        from_cases.parameter("dem60", "=~", "y2").se, abs=1e-12
    )


def test_a_non_recursive_model_and_a_second_order_factor(democracy: dict[str, Any]) -> None:
    loop = sem.fit("y1 ~ x1 + y2\ny2 ~ x2 + y1\ny1 ~~ y2", democracy)
    assert loop.converged
    assert loop.df == 0
    sigma = loop.implied[0]["covariance"]
    assert sigma == pytest.approx(loop.moments[0].covariance, abs=1e-8)
    higher = sem.fit(CFA + "\nind60 =~ x1 + x2 + x3\ng =~ dem60 + dem65 + ind60", democracy)
    first = sem.fit(CFA + "\nind60 =~ x1 + x2 + x3", democracy)
    # Three first-order factors with a second-order one are the same model as three correlated factors.
    assert higher.test.chisq == pytest.approx(first.test.chisq, abs=1e-8)


def test_clusters_of_one_case_are_mlr(democracy: dict[str, Any]) -> None:
    """With a cluster for every case only the factor G/(G - 1) of the scores' covariance is left."""
    alone = sem.fit(CFA, {**democracy, "id": np.arange(75)}, cluster="id")
    robust = sem.fit(CFA, democracy, estimator="MLR", meanstructure=True)
    one, two = (fit.parameter("dem60", "=~", "y2") for fit in (alone, robust))
    assert one.se is not None
    assert two.se is not None
    assert one.se / two.se == pytest.approx(np.sqrt(75 / 74), rel=1e-10)


def test_a_weight_of_two_is_a_case_twice(democracy: dict[str, Any]) -> None:
    weights = 1.0 + (np.arange(75) % 3 == 0)
    weighted = sem.fit(CFA, {**democracy, "w": weights}, weights="w")
    index = np.repeat(np.arange(75), weights.astype(int))
    doubled = sem.fit(CFA, {name: values[index] for name, values in democracy.items()})
    assert weighted.parameter("dem60", "=~", "y2").est == pytest.approx(
        doubled.parameter("dem60", "=~", "y2").est, abs=1e-8
    )
    with pytest.raises(InputError, match=r"the weight is -2 \(data, row 1, column w\)"):
        sem.fit(CFA, {**democracy, "w": -weights}, weights="w")


def test_patterns_are_reported(incomplete: dict[str, Any]) -> None:
    fit = sem.fit(PD, incomplete, missing="fiml")
    patterns = fit.missing_patterns
    assert sum(one["cases"] for one in patterns) == 75
    assert patterns[0]["missing"] == []
    assert {"y3"} in [set(one["missing"]) for one in patterns]
    assert fit.to_dict()["missing_patterns"] == patterns


def test_a_factor_with_a_single_indicator_is_the_indicator(democracy: dict[str, Any]) -> None:
    latent = sem.fit("f =~ y1\nf ~ x1 + x2\ny5 ~ f", democracy)
    plain = sem.fit("y1 ~ x1 + x2\ny5 ~ y1", democracy)
    assert (latent.df, latent.test.chisq) == (plain.df, pytest.approx(plain.test.chisq, abs=1e-9))
    assert latent.parameter("y1", "~~", "y1").est == 0.0


@pytest.mark.parametrize(
    ("constraint", "estimator", "scaled"),
    [("a*b == 0.5", "MLM", 69.183), ("a*b == 0.5", "MLMV", 55.105), ("a < 0.9", "MLM", 46.810)],
)
def test_scaled_statistics_know_of_constraints(
    democracy: dict[str, Any], constraint: str, estimator: str, scaled: float
) -> None:
    """chisq.scaled as lavaan 0.6-14 prints it."""
    model = CFA.replace("y2", "a*y2").replace("y6", "b*y6") + "\n" + constraint
    assert sem.fit(model, democracy, estimator=estimator).test.scaled == pytest.approx(scaled, abs=6e-4)


def test_expected_information_of_incomplete_data_scales_both_models(incomplete: dict[str, Any]) -> None:
    """MLR, FIML, information="expected" in lavaan 0.6-14: chisq.scaled and scaling.factor.h1."""
    fit = sem.fit(CFA, incomplete, estimator="MLR", missing="fiml", information="expected")
    assert fit.test.scaled == pytest.approx(33.516, abs=6e-4)
    assert fit.fit_measures["scaling_factor_h1"] == pytest.approx(0.983, abs=6e-4)
