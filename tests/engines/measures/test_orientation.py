"""The four classes of Rugman & Verbeke and how they move with the thresholds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.engines.measures import FirmHistory
from crosscase.engines.measures.orientation import classify_shares, home_region_orientation, orientation_sensitivity

NA, EU, ASIA = "North America", "European Union", "Asia"


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({NA: 0.80, EU: 0.15, ASIA: 0.05}, "home-region oriented"),
        ({NA: 0.50, EU: 0.30, ASIA: 0.20}, "home-region oriented"),
        ({NA: 0.30, EU: 0.60, ASIA: 0.10}, "host-region oriented"),
        ({NA: 0.45, EU: 0.35, ASIA: 0.20}, "global"),
        ({NA: 0.45, EU: 0.45, ASIA: 0.10}, "bi-regional"),
        ({NA: 0.45, EU: 0.10, ASIA: 0.10}, "none of the four"),
    ],
)
def test_classes(shares: dict[str, float], expected: str) -> None:
    assert classify_shares(shares, NA) == expected


def firm(**sales: float) -> FirmHistory:
    return FirmHistory("x", home="USA", observed_until=2015, sales=sales)


def test_the_measure_shows_thresholds_scheme_and_sensitivity() -> None:
    measured = home_region_orientation(firm(USA=40, MEX=8, DEU=30, JPN=22))
    assert measured.value == "global"
    assert measured.inputs["shares"] == pytest.approx({NA: 0.48, EU: 0.30, ASIA: 0.22})
    assert (measured.inputs["majority"], measured.inputs["presence"]) == (0.5, 0.2)
    assert measured.scheme == "triad"
    # 25 pairs; majority 0.40 and 0.45: home (10); the other 15: presence up to 0.20 global (9), 0.25 and 0.30 bi-regional (6)
    assert measured.inputs["sensitivity"] == {"home-region oriented": 0.4, "global": 0.36, "bi-regional": 0.24}
    assert "depends on the thresholds" in measured.warnings[-1]


def test_a_clear_case_does_not_depend_on_the_thresholds() -> None:
    measured = home_region_orientation(firm(USA=90, DEU=5, JPN=5))
    assert measured.inputs["sensitivity"] == {"home-region oriented": 1.0}
    assert measured.warnings == ()


def test_sales_elsewhere_stay_in_the_denominator() -> None:
    assert home_region_orientation(firm(USA=45, DEU=15, BRA=40)).value == "none of the four"


def test_what_is_missing() -> None:
    assert home_region_orientation(FirmHistory("x", home="BRA", sales={"BRA": 1})).missing == (
        "region of BRA under triad",
    )
    assert home_region_orientation(FirmHistory("x", home="USA")).missing == ("sales by country",)
    assert home_region_orientation(FirmHistory("x", home="USA", sales={"DEU": 1})).missing == ("sales at home",)
    assert orientation_sensitivity(FirmHistory("x")).classes == {}


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda parts: sum(parts) > 0))
@settings(deadline=None)
def test_a_lower_presence_never_makes_a_firm_less_global(parts: list[float]) -> None:
    shares = dict(zip((NA, EU, ASIA), (part / sum(parts) for part in parts), strict=True))
    rank = ["none of the four", "bi-regional", "global"]
    strict, loose = (classify_shares(shares, NA, presence=presence) for presence in (0.3, 0.1))
    if strict in rank:
        assert rank.index(loose) >= rank.index(strict)
