"""It says what is wrong: data, identification, convergence, improper solutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crosscase.core.errors import AnalysisError, CrosscaseError, InputError, NotFoundError
from crosscase.engines import sem
from tests.engines.sem.conftest import CFA


def test_unknown_variable_names_the_nearest(democracy: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError, match=r"there is no variable 'Y1'.*did you mean 'y1'"):
        sem.fit("f =~ Y1 + y2 + y3", democracy)


def test_unknown_estimator_label_and_kind(democracy: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError, match=r"did you mean 'MLR'"):
        sem.fit(CFA, democracy, estimator="MLRR")
    with pytest.raises(NotFoundError, match=r"there is no label 'b'"):
        sem.fit("y1 ~ a*x1\nq := a*b", democracy)
    democracy["g"] = np.arange(75) % 2
    with pytest.raises(NotFoundError, match=r"did you mean 'loadings'"):
        sem.fit(CFA, democracy, group="g", group_equal=["loading"])


def test_columns_that_cannot_be_used(democracy: dict[str, Any]) -> None:
    model = "f =~ y1 + y2 + y3 + bad"
    cases: list[tuple[Any, str]] = [
        (np.ones(75), "bad does not vary"),
        (democracy["y1"].copy(), "'bad' is the same column as 'y1'"),
        (np.array(["3"] * 74 + ["tall"], dtype=object), "'tall' is not a number.*row 75, column bad"),
        (np.full(75, np.nan), "no case has a value of bad"),
        (democracy["y1"][:50], "unequal lengths"),
        (democracy["y1"] + democracy["y2"], "not positive definite.*depend linearly"),
        (np.where(np.arange(75) == 3, np.inf, democracy["y4"]), "infinite"),
    ]
    for column, message in cases:
        with pytest.raises(InputError, match=message):
            sem.fit(model, {**democracy, "bad": column})


def test_groups_that_cannot_be_used(democracy: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"only one value"):
        sem.fit(CFA, {**democracy, "g": np.ones(75)}, group="g")
    lonely = np.where(np.arange(75) == 4, "b", "a")
    with pytest.raises(InputError, match=r"one usable case.*group b"):
        sem.fit(CFA, {**democracy, "g": lonely}, group="g")


def test_too_few_cases(democracy: dict[str, Any]) -> None:
    with pytest.raises(AnalysisError, match=r"6 cases are too few for 8 observed variables"):
        sem.fit(CFA, {name: values[:6] for name, values in democracy.items()})


def test_unidentified_models_name_the_parameters(democracy: dict[str, Any]) -> None:
    with pytest.raises(AnalysisError, match=r"not identified: 4 parameters for 3 moments"):
        sem.fit("f =~ y1 + y2", democracy)
    with pytest.raises(AnalysisError, match=r"cannot tell apart .*dem60=~y1.*dem60~~dem60") as error:
        sem.fit("dem60 =~ NA*y1 + y2 + y3 + y4", democracy)
    assert "y2~~y2" not in str(error.value)


def test_a_search_that_fails_gives_no_estimates(democracy: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from crosscase.engines.sem import estimate, optimise

    def one_step(objective: Any, start: Any, constraints: Any = None) -> Any:
        found = optimise._newton(objective, start, 1)
        assert not found.converged
        return found

    monkeypatch.setattr(estimate, "minimise", one_step)
    fit = sem.fit(CFA, democracy)
    assert not fit.converged
    assert fit.diagnosis is not None
    assert fit.diagnosis.gradient > 1e-8
    assert fit.diagnosis.parameter in str(fit.diagnosis)
    assert all(one.est is None and one.se is None for one in fit.parameters)
    assert fit.fit_measures == {}
    assert any("did not converge" in text for text in fit.to_dict()["warnings"])
    for question in (
        lambda: fit.covariance,
        lambda: fit.test,
        lambda: sem.bootstrap(fit, 10, seed=1),
        fit.modification_indices,
    ):
        with pytest.raises(AnalysisError, match=r"did not converge"):
            question()


def test_heywood_cases_are_named() -> None:
    # Three items determine the loadings: lambda_a^2 = 0.8 * 0.8 / 0.5 = 1.28 > 1.
    matrix = np.array([[1.0, 0.8, 0.8], [0.8, 1.0, 0.5], [0.8, 0.5, 1.0]])
    fit = sem.fit_moments("f =~ a + b + c", matrix, 200, ["a", "b", "c"])
    assert fit.converged
    assert fit.parameter("a", "~~", "a").est == pytest.approx((1 - 1.28) * 199 / 200, abs=1e-8)
    assert fit.warnings == ("Heywood case: the estimated residual variance of a is negative",)
    assert fit.parameter("a", "~~", "a").std_all == pytest.approx(1 - 1.28, abs=1e-8)


def test_factor_correlations_beyond_one_are_named() -> None:
    matrix = np.array([[1.0, 0.5, 0.7, 0.7], [0.5, 1.0, 0.7, 0.7], [0.7, 0.7, 1.0, 0.5], [0.7, 0.7, 0.5, 1.0]])
    fit = sem.fit_moments("f =~ a + b\ng =~ c + d", matrix, 200, list("abcd"))
    assert any("factors is not positive definite: look at f, g" in text for text in fit.warnings)


def test_what_does_not_go_together(democracy: dict[str, Any], ordinal: dict[str, Any]) -> None:
    for options, message in (
        ({"estimator": "GLS", "missing": "fiml"}, "cannot use incomplete cases"),
        ({"missing": "pairwise"}, "use listwise or fiml"),
        ({"ordered": ["y1"]}, "too many for an ordinal variable"),
        ({"ordered": ["x9"]}, "ordinal variable of the model"),
        ({"information": "full"}, "use expected or observed"),
    ):
        with pytest.raises(CrosscaseError, match=message):
            sem.fit(CFA, democracy, **options)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"MLR is not for ordinal"):
        sem.fit(CFA, ordinal, ordered=list(ordinal), estimator="MLR")
    with pytest.raises(InputError, match=r"needs the cases"):
        sem.fit_moments("f =~ a + b + c", np.eye(3) + 0.5, 50, ["a", "b", "c"], estimator="MLR")


def test_listwise_deletion_is_said(incomplete: dict[str, Any]) -> None:
    fit = sem.fit(CFA, incomplete)
    assert fit.n == 58  # y3 is missing 11 times, y8 7 times, both once
    assert fit.warnings == ("17 incomplete cases were left out (listwise)",)


def test_missing_answers_behind_a_number_are_named(democracy: dict[str, Any]) -> None:
    coded = np.where(np.arange(75) < 3, 999.0, democracy["y2"])
    assert any("y2 is 999 in 3 cases" in text for text in sem.fit(CFA, {**democracy, "y2": coded}).warnings)
    ages = np.where(np.arange(75) < 1, 99.0, np.arange(75) + 18.0)  # 99 is no farther from 92 than the others spread
    assert not sem.fit("f =~ y1 + y2 + y3 + age", {**democracy, "age": ages}).warnings


def test_cases_of_no_group_and_no_cluster_are_left_out(democracy: dict[str, Any]) -> None:
    group = np.array(["", None, *"ab" * 36, "a"], dtype=object)
    fitted = sem.fit(CFA, {**democracy, "g": group}, group="g")
    assert [part.label for part in fitted.moments] == ["a", "b"]
    assert fitted.n == 73
    assert any("2 cases without a value of 'g'" in text for text in fitted.warnings)
    numbers = np.where(np.arange(75) < 4, np.nan, np.arange(75) % 7)
    clustered = sem.fit(CFA, {**democracy, "k": numbers}, cluster="k")
    assert clustered.n == 71
    assert any("4 cases without a value of 'k'" in text for text in clustered.warnings)
    assert not any("incomplete" in text for text in clustered.warnings)
    with pytest.raises(InputError, match=r"'k' puts all cases into one cluster"):
        sem.fit(CFA, {**democracy, "k": np.ones(75)}, cluster="k")


def test_weights_that_do_not_fit_are_shown_with_their_row(democracy: dict[str, Any]) -> None:
    for place, value, what in ((3, -1.0, "weight is -1"), (5, np.nan, "weight is missing")):
        weights = np.where(np.arange(75) == place, value, 1.0)
        with pytest.raises(InputError, match=rf"{what} \(data, row {place + 1}, column w\)"):
            sem.fit(CFA, {**democracy, "w": weights}, weights="w")
    with pytest.raises(InputError, match=r"all weights are 0"):
        sem.fit(CFA, {**democracy, "w": np.zeros(75)}, weights="w")


def test_what_contradicts_itself_is_said(democracy: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"contradict each other.*a == 1; a == 2"):
        sem.fit(CFA + "\ny1 ~~ a*y5\na == 1\na == 2", democracy)
    with pytest.raises(InputError, match=r"no group is named"):
        sem.fit(CFA, democracy, group_equal=["loadings"])
    with pytest.raises(AnalysisError, match=r"cannot begin.*not positive definite at y1"):
        sem.fit(CFA + "\ny1 ~~ -50*y1", democracy)


def test_a_second_start_finds_the_minimum_that_the_first_misses(democracy: dict[str, Any]) -> None:
    """Fourteen countries, where the first search follows a loading to infinity; lavaan 0.6-14 ends at the same χ²."""
    chosen = [6, 16, 24, 48, 27, 43, 55, 63, 66, 40, 26, 0, 14, 13]
    few = {name: values[chosen] for name, values in democracy.items()}
    fit = sem.fit("f =~ x1 + y2 + y4\ng =~ y3 + y6 + y8\ng ~ f", few)
    assert fit.converged
    assert fit.test.chisq == pytest.approx(7.9683025, abs=1e-6)
    assert any("Heywood" in text for text in fit.warnings)
