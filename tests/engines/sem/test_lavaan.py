"""The rarer estimators, options and kinds of data beside R lavaan 0.6-14.

``lavaan.json`` is written by ``benchmarks/sem_accuracy.py frozen --freeze``: lavaan's formulas evaluated at the optimum, which is
stationary by lavaan's own gradient (below 1e-6) and at or below the minimum lavaan found by itself.  The data are the democracy
data with columns made by the rules below.

Tolerances: estimates 1e-6, standard errors 1e-5 relative, fit measures 1e-6, modification indices 1e-4 relative.  lavaan's own
optimum of the baseline model is 1e-3 short at worst (``BASELINE``), its polychoric correlations are 1e-7 short, which moves the
measures of ordinal models by up to 1e-5 relative.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crosscase.engines import sem
from crosscase.engines.sem.margins import margin_of
from crosscase.engines.sem.polychoric import _continuous_pair, pair_of
from tests.engines.sem.conftest import read

HERE = Path(__file__).parent
CASES = json.loads((HERE / "lavaan.json").read_text())["cases"]
BASELINE = ("baseline", "cfi", "tli", "nnfi", "rfi", "nfi", "pnfi", "ifi", "rni")


def data_of(name: str) -> dict[str, Any]:
    data = read(HERE / "political_democracy.csv")
    i = np.arange(75)
    data.update(half=(i >= 38).astype(float), odd=(i % 2).astype(float), five=(i // 5).astype(float))
    for k in range(1, 9):
        data[f"o{k}"] = np.digitize(data[f"y{k}"], [3.0, 6.0], right=True).astype(float)
    data.update(c1=data["x1"] - 5.0, z2=data["y2"] / 3.0, z7=data["y7"] / 3.0)
    if name == "gaps":
        for column, step, rest in (("y3", 7, 0), ("y8", 11, 2), ("y5", 6, 4)):
            data[column][i % step == rest] = np.nan
    return data


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case["name"])
def pair(request: pytest.FixtureRequest) -> tuple[dict[str, Any], sem.Fit]:
    case = request.param
    return case, sem.fit(case["model"], data_of(case["data"]), **case["options"])


def test_parameters(pair: tuple[dict[str, Any], sem.Fit]) -> None:
    case, fit = pair
    assert len(fit.parameters) >= len(case["parameters"]) >= 8
    for lhs, op, rhs, group, est, se, std_lv, std_all in case["parameters"]:
        mine = fit.parameter(lhs, op, rhs, group)
        assert mine.est == pytest.approx(est, abs=1e-6)
        assert mine.se == pytest.approx(0.0 if se is None else se, rel=1e-5, abs=1e-9)
        assert mine.std_lv == pytest.approx(std_lv, abs=1e-6)
        assert mine.std_all == pytest.approx(std_all, abs=1e-6)


def test_fit_measures(pair: tuple[dict[str, Any], sem.Fit]) -> None:
    case, fit = pair
    mine = fit.fit_measures
    ordinal = "ordered" in case["options"]
    for name, value in case["fit"].items():
        if value is None:
            assert mine[name] is None, name
        elif name.startswith(BASELINE):
            assert mine[name] == pytest.approx(value, rel=3e-5, abs=1e-5), name
        else:
            assert mine[name] == pytest.approx(value, rel=1e-6 if ordinal else 1e-7, abs=1e-6), name


def test_modification_indices(pair: tuple[dict[str, Any], sem.Fit]) -> None:
    case, fit = pair
    if not case["indices"]:
        return
    mine = {(one.lhs, one.op, one.rhs, one.group): one for one in fit.modification_indices()}
    assert len(mine) == len(case["indices"])
    for lhs, op, rhs, group, mi, epc in case["indices"]:
        one = mine[lhs, op, rhs, group]
        assert one.mi == pytest.approx(mi, rel=2e-4, abs=1e-6)
        assert one.epc == pytest.approx(epc, rel=2e-4, abs=1e-6)


def test_scores_of_a_pair_are_derivatives() -> None:
    """The scores behind Γ against differences of the log likelihood, for continuous with continuous and with ordinal."""
    from scipy.special import ndtr

    data = data_of("democracy")
    x, y = data["y1"], data["y2"]
    one, two = margin_of(x, 0), margin_of(y, 0)

    def both(r: float, mean: float, sd: float) -> Any:
        z, w = (x - mean) / sd, two.z
        return -0.5 * np.log(1 - r * r) - np.log(sd) - (z * z - 2 * r * z * w + w * w) / (2 * (1 - r * r))

    r, score, (by_first, _) = _continuous_pair(one, two)
    h = 1e-5
    assert score == pytest.approx((both(r + h, one.mean, one.sd) - both(r - h, one.mean, one.sd)) / (2 * h), abs=1e-6)
    moved = (both(r, one.mean + h, one.sd) - both(r, one.mean - h, one.sd)) / (2 * h)
    assert by_first[:, 0] == pytest.approx(moved, abs=1e-6)
    v = one.sd**2
    spread = (both(r, one.mean, np.sqrt(v + h)) - both(r, one.mean, np.sqrt(v - h))) / (2 * h)
    assert by_first[:, 1] == pytest.approx(spread, abs=1e-6)

    ordinal = margin_of(data["o2"].astype(int), 3)

    def mixed(r: float, mean: float, bounds: Any) -> Any:
        z, root = (x - mean) / one.sd, np.sqrt(1 - r * r)
        upper, lower = bounds[ordinal.codes + 1], bounds[ordinal.codes]
        return -0.5 * z * z + np.log(ndtr((upper - r * z) / root) - ndtr((lower - r * z) / root))

    r, score, (by_continuous, by_ordinal) = pair_of(one, ordinal, "y1 and o2")
    assert abs(score.mean()) < 1e-12
    assert score == pytest.approx(
        (mixed(r + h, one.mean, ordinal.bounds) - mixed(r - h, one.mean, ordinal.bounds)) / (2 * h), abs=1e-5
    )
    shifted = ordinal.bounds.copy()
    shifted[1] += h
    back = ordinal.bounds.copy()
    back[1] -= h
    assert by_ordinal[:, 0] == pytest.approx(
        (mixed(r, one.mean, shifted) - mixed(r, one.mean, back)) / (2 * h), abs=1e-5
    )
    assert by_continuous[:, 0] == pytest.approx(
        (mixed(r, one.mean + h, ordinal.bounds) - mixed(r, one.mean - h, ordinal.bounds)) / (2 * h), abs=1e-5
    )


def test_derivatives_of_ordinal_models() -> None:
    """Gradient and Hessian of a model with free thresholds and scales against differences."""
    case = next(one for one in CASES if one["name"] == "frozen-ordinal-groups")
    problem = sem.fit(case["model"], data_of("democracy"), **case["options"]).problem
    fit = sem.fit(case["model"], data_of("democracy"), **case["options"])
    psi = fit.optimum.psi + 0.05 * np.random.default_rng(1).standard_normal(fit.optimum.psi.size)
    steps = 1e-5 * np.eye(psi.size)
    slope = np.array([(problem.value(psi + e) - problem.value(psi - e)) / 2e-5 for e in steps])
    assert problem.gradient(psi) == pytest.approx(slope, abs=1e-7)
    curve = np.array([(problem.gradient(psi + e) - problem.gradient(psi - e)) / 2e-5 for e in steps])
    assert problem.information(psi, "observed") == pytest.approx(curve, abs=1e-6)


def test_bootstrap_of_an_ordinal_model() -> None:
    """The same seed gives the same draws; the errors are of the size of the sandwich's."""
    data = data_of("democracy")
    fit = sem.fit("dem60 =~ o1 + o2 + o3 + o4", data, ordered=["o1", "o2", "o3", "o4"])
    first, second = (sem.bootstrap(fit, 30, seed=4) for _ in range(2))
    assert first.bootstrap is not None
    assert second.bootstrap is not None
    assert np.array_equal(first.bootstrap.theta, second.bootstrap.theta)
    for lhs, op, rhs in (("dem60", "=~", "o3"), ("o1", "|", "t1")):
        assert 0.4 < (first.parameter(lhs, op, rhs).se or 0) / (fit.parameter(lhs, op, rhs).se or 1) < 2.5
