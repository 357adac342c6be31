"""NCA on points whose areas are worked out by hand, and the definitions in a slow second implementation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from crosscase.core.errors import AnalysisError, InputError
from crosscase.engines.regression import necessity

# The ceiling steps 1 → 2 → 4 at x = 0, 2, 3; scope 0..4 × 0..4.
POINTS = {"x": [0, 1, 2, 3, 4, 4], "y": [1, 0, 2, 4, 3, 1]}


def test_step_ceiling_by_hand() -> None:
    result = necessity(POINTS, "x", "y", draws=0)
    ceiling = result["CE-FDH"]
    # above the steps: 2 wide × 3 high, then 1 wide × 2 high; 8 of 16
    assert ceiling.zone == pytest.approx(8)
    assert ceiling.effect == pytest.approx(0.5)
    assert ceiling.accuracy == 1.0
    assert ceiling.condition_inefficiency == pytest.approx(0.25)  # y is unconstrained from x = 3 of 0..4
    assert ceiling.outcome_inefficiency == pytest.approx(0.25)  # below y = 1 of 0..4 x is unconstrained
    assert result.peers == ((0, 1), (2, 2), (3, 4))
    assert result.scope == (0, 4, 0, 4)


def test_line_ceiling_by_hand() -> None:
    # least squares through (0, 1), (2, 2), (3, 4): slope 13/14, intercept 11/14
    ceiling = necessity(POINTS, "x", "y", draws=0)["CR-FDH"]
    assert ceiling.slope == pytest.approx(13 / 14)
    assert ceiling.intercept == pytest.approx(11 / 14)
    # a triangle with the corners (0, 11/14), (0, 4), (45/13, 4)
    zone = (4 - 11 / 14) * (45 / 13) / 2
    assert ceiling.zone == pytest.approx(zone)
    assert ceiling.effect == pytest.approx(zone / 16)
    assert ceiling.accuracy == pytest.approx(4 / 6)  # (0, 1) and (3, 4) lie above the line
    assert ceiling.condition_inefficiency == pytest.approx(1 - 45 / 13 / 4)


def test_bottleneck_table_by_hand() -> None:
    table = necessity(POINTS, "x", "y", draws=0, steps=4).bottleneck
    assert [row.y for row in table] == [0, 1, 2, 3, 4]
    assert [row.required[0] for row in table] == [None, None, 2, 3, 3]
    line = [(y - 11 / 14) / (13 / 14) for y in (1, 2, 3, 4)]
    assert table[0].required[1] is None
    assert [row.required[1] for row in table[1:]] == pytest.approx(line)
    assert table[2].required_percent[0] == pytest.approx(50)


def test_a_line_that_does_not_reach_the_top_inside_the_scope() -> None:
    # least squares through (0, 0), (3, 1), (4, 4): slope 11/13, intercept -4/13; at x = 4 it is at 40/13, below the top
    result = necessity({"x": [0, 3, 4], "y": [0, 1, 4]}, "x", "y", draws=0)
    line = result["CR-FDH"]
    assert (line.slope, line.intercept) == (pytest.approx(11 / 13), pytest.approx(-4 / 13))
    # full height up to x = 4/11, then a trapezoid with the heights 4 and 4 - 40/13
    assert line.zone == pytest.approx(4 / 11 * 4 + (4 - 4 / 11) * (4 + 12 / 13) / 2)
    assert result.bottleneck[-1].beyond == ("CR-FDH",)
    assert result.bottleneck[-1].required == (4, None)


def test_other_corners_are_mirror_images() -> None:
    mirrored = {"x": [-v for v in POINTS["x"]], "y": [-v for v in POINTS["y"]]}
    plain = necessity(POINTS, "x", "y", draws=0)
    for corner, table in (
        ("upper-right", {"x": mirrored["x"], "y": POINTS["y"]}),
        ("lower-left", {"x": POINTS["x"], "y": mirrored["y"]}),
        ("lower-right", mirrored),
    ):
        result = necessity(table, "x", "y", corner=corner, draws=0)
        for name in ("CE-FDH", "CR-FDH"):
            assert result[name].effect == pytest.approx(plain[name].effect)
    lower = necessity(mirrored, "x", "y", corner="lower-right", draws=0, steps=4)
    assert lower.bottleneck[2].y == pytest.approx(-2)
    assert lower.bottleneck[2].required[0] == pytest.approx(-2)
    line = lower["CR-FDH"]
    assert (line.slope, line.intercept) == (pytest.approx(13 / 14), pytest.approx(-11 / 14))


def test_theoretical_scope_widens_the_box() -> None:
    result = necessity(POINTS, "x", "y", scope=(0, 5, 0, 5), draws=0)
    # above the steps inside 0..5: 2 × 4 + 1 × 3 + 2 × 1 = 13 of 25
    assert result["CE-FDH"].effect == pytest.approx(13 / 25)
    with pytest.raises(InputError, match="scope"):
        necessity(POINTS, "x", "y", scope=(0, 3, 0, 5), draws=0)


def _slow(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Both effects by their definitions, for the tests only."""
    cases = sorted(set(x))
    ceiling = {a: max(v for u, v in zip(x, y, strict=True) if u <= a) for a in cases}
    area = sum((y.max() - ceiling[a]) * (b - a) for a, b in pairwise(cases))
    peers = [(a, ceiling[a]) for i, a in enumerate(cases) if i == 0 or ceiling[a] > ceiling[cases[i - 1]]]
    scope = np.ptp(x) * np.ptp(y)
    if len(peers) < 2:
        return area / scope, 0.0
    slope, intercept = np.polyfit(*zip(*peers, strict=True), 1)
    grid = x.min() + (np.arange(20000) + 0.5) / 20000 * np.ptp(x)
    line = np.clip(intercept + slope * grid, y.min(), y.max())
    return area / scope, float((y.max() - line).mean() * np.ptp(x) / scope)


@pytest.mark.parametrize("seed", range(5))
def test_ties_and_random_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 8, 40).astype(float)
    y = np.minimum(rng.integers(0, 8, 40), x + 2).astype(float)
    result = necessity({"x": x, "y": y}, "x", "y", draws=0)
    step, line = _slow(x, y)
    assert result["CE-FDH"].effect == pytest.approx(step)
    assert result["CR-FDH"].effect == pytest.approx(line, abs=1e-4)  # 20,000 strips


def test_permutation_test_separates_a_constraint_from_noise() -> None:
    rng = np.random.default_rng(11)
    x = rng.random(60)
    constrained = necessity({"x": x, "y": x * rng.random(60)}, "x", "y", draws=400, seed=1)
    noise = necessity({"x": x, "y": rng.random(60)}, "x", "y", draws=400, seed=1)
    assert constrained["CE-FDH"].p_value == pytest.approx(1 / 401)
    assert noise["CE-FDH"].p_value > 0.05  # type: ignore[operator]
    again = necessity({"x": x, "y": rng.random(60) * 0 + x**2}, "x", "y", draws=100, seed=1, backend="loky")
    assert again == necessity({"x": x, "y": x**2}, "x", "y", draws=100, seed=1)


def test_permutation_p_value_of_three_points_is_its_enumeration() -> None:
    # y = x for three cases: of the 6 orders, only the observed one has the largest zone
    result = necessity({"x": [0, 1, 2], "y": [0, 1, 2]}, "x", "y", draws=4000, seed=3)
    assert result["CE-FDH"].p_value == pytest.approx(1 / 6, abs=0.02)  # three standard errors of 4000 draws


def test_an_empty_corner_is_no_effect() -> None:
    result = necessity({"x": [0, 1, 2], "y": [2, 1, 0]}, "x", "y", draws=10)
    assert result["CE-FDH"].effect == 0
    assert result["CR-FDH"].effect is None
    assert "few-peers" in {caution.kind for caution in result.cautions}
    with pytest.raises(AnalysisError):
        necessity({"x": [1, 1, 1], "y": [1, 2, 3]}, "x", "y")
    with pytest.raises(InputError):
        necessity(POINTS, "x", "y", corner="top")  # type: ignore[arg-type]
