"""Entropy and Blau: by hand, against Palepu's illustration, and that the parts add up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import InputError
from crosscase.engines.measures import FirmHistory
from crosscase.engines.measures.concentration import (
    blau,
    blau_decomposition,
    entropy,
    entropy_decomposition,
    geographic_blau,
    geographic_entropy,
)
from engines.measures.histories import PLACES, SMALL

SALES = {"DEU": 50.0, "FRA": 25.0, "USA": 25.0}
REGIONS = {"DEU": "EU", "FRA": "EU", "USA": "NA"}
FIRM = FirmHistory("firm", home="CHN", observed_until=2018, sales={"CHN": 100.0, **SALES})


def test_entropy_by_hand() -> None:
    parts = entropy_decomposition(SALES, REGIONS)
    assert parts.total == pytest.approx(1.5 * math.log(2))  # 0.5 ln 2 + 2 * 0.25 ln 4
    assert parts.between == pytest.approx(0.75 * math.log(4 / 3) + 0.25 * math.log(4))
    assert parts.by_region == {"EU": pytest.approx(2 / 3 * math.log(1.5) + 1 / 3 * math.log(3)), "NA": 0}
    assert parts.within == pytest.approx(0.75 * parts.by_region["EU"])


@pytest.mark.parametrize(("shares", "printed"), [((95, 5), 0.20), ((80, 10, 10), 0.64), ((60, 10, 10, 10, 10), 1.23)])
def test_entropy_of_palepu_1985(shares: tuple[float, ...], printed: float) -> None:
    # the illustration in Palepu 1985 of total diversification, printed to two decimals: half a unit of the last
    assert entropy({str(i): share for i, share in enumerate(shares)}) == pytest.approx(printed, abs=0.005)


def test_blau_by_hand() -> None:
    parts = blau_decomposition(SALES, REGIONS)
    assert parts.total == pytest.approx(1 - 0.375)
    assert parts.between == pytest.approx(1 - 0.625)
    assert parts.within == pytest.approx(0.75**2 * (1 - 5 / 9))
    assert blau(SALES, 3) == pytest.approx(0.625 / (2 / 3))


amounts = st.dictionaries(st.sampled_from(PLACES), st.floats(0.01, 1e6), min_size=1)
placements = st.fixed_dictionaries({place: st.sampled_from("rst") for place in PLACES})


@given(amounts, placements)
@settings(deadline=None)
def test_the_parts_add_up_and_stay_in_range(by_place: dict[str, float], regions: dict[str, str]) -> None:
    for split, most in ((entropy_decomposition, math.log(len(by_place))), (blau_decomposition, 1 - 1 / len(by_place))):
        parts = split(by_place, regions)
        assert parts.total == pytest.approx(parts.between + parts.within, abs=1e-9)  # sums of floats up to 14 terms
        assert -1e-12 <= parts.total <= most + 1e-12
    assert 0 <= blau(by_place, 14) <= 1 + 1e-12


@given(amounts, st.floats(0.1, 100))
@settings(deadline=None)
def test_only_shares_matter(by_place: dict[str, float], factor: float) -> None:
    scaled = {place: amount * factor for place, amount in by_place.items()}
    assert entropy(scaled) == pytest.approx(entropy(by_place), abs=1e-9)


def test_what_has_no_shares_is_refused() -> None:
    for bad in ({}, {"USA": 0.0}, {"USA": -1.0}, {"USA": math.nan}):
        with pytest.raises(InputError):
            entropy(bad)
    with pytest.raises(InputError, match="cannot hold"):
        blau(SALES, 2)
    with pytest.raises(InputError, match="no region"):
        entropy_decomposition(SALES, {"DEU": "EU"})


def test_the_measures_take_foreign_sales_only() -> None:
    assert geographic_entropy(FIRM).value == pytest.approx(1.5 * math.log(2))
    assert geographic_blau(FIRM).value == pytest.approx(0.625)
    assert geographic_blau(FIRM, "sales/between").value == pytest.approx(0.375)
    assert geographic_blau(FIRM, "sales/normalised").value == pytest.approx(0.375 / (1 - 1 / 12))
    assert geographic_entropy(FIRM, "sales/across").scheme == "yang-stoian-12"
    assert geographic_entropy(FIRM, "sales/total").scheme == ""
    assert geographic_entropy(SMALL).missing == ("sales by country",)


def test_countries_have_equal_weight_when_sales_are_not_known() -> None:
    assert geographic_entropy(SMALL, "countries/total").value == pytest.approx(math.log(4))
    assert geographic_blau(SMALL, "countries/within").value == pytest.approx(0.5**2 * 0.5)  # DEU and FRA
    assert geographic_entropy(FirmHistory("x"), "countries/total").missing == ("entries",)
