"""Foreign shares and the indices made of them, worked by hand."""

from __future__ import annotations

import pytest

from crosscase.engines.measures import FirmHistory
from crosscase.engines.measures.intensity import (
    degree_of_internationalization,
    foreign_share,
    intensity,
    transnationality_index,
)

FULL = FirmHistory(
    "full",
    home="CHN",
    figures={
        "foreign_sales": 60,
        "total_sales": 100,
        "foreign_assets": 20,
        "total_assets": 80,
        "foreign_employees": 5,
        "total_employees": 50,
    },
)


def test_shares_and_tni() -> None:
    assert intensity(FULL).value == 0.6
    assert foreign_share(FULL, "FATA").value == 0.25
    assert foreign_share(FULL, "FETE").value == 0.1
    assert transnationality_index(FULL).value == pytest.approx((0.6 + 0.25 + 0.1) / 3)


def test_sales_by_country_are_used_when_the_totals_are_not_there() -> None:
    history = FirmHistory("x", home="CHN", sales={"CHN": 30, "USA": 50, "DEU": 20})
    assert intensity(history).value == pytest.approx(0.7)
    abroad_only = intensity(FirmHistory("x", home="CHN", sales={"USA": 50}))
    assert abroad_only.value == 1
    assert "by construction" in abroad_only.warnings[0]


def test_a_reported_ratio_is_given_as_such() -> None:
    measured = intensity(FirmHistory("x", figures={"intensity": 0.8}))
    assert measured.value == 0.8
    assert "could not be recomputed" in measured.warnings[0]
    assert intensity(FULL, "as-reported").missing == ("intensity",)


def test_missing_inputs_are_named_and_zero_totals_have_no_ratio() -> None:
    assert intensity(FirmHistory("x")).missing == ("foreign_sales", "total_sales")
    assert set(transnationality_index(FirmHistory("x")).missing) >= {"foreign_sales", "total_assets", "total_employees"}
    nothing = intensity(FirmHistory("x", figures={"foreign_sales": 0, "total_sales": 0}))
    assert nothing.value is None
    assert "no denominator" in nothing.warnings[0]
    odd = intensity(FirmHistory("x", figures={"foreign_sales": 2, "total_sales": 1}))
    assert "larger than" in odd.warnings[0]


def test_sullivan_needs_all_five() -> None:
    assert "psychic_dispersion" in degree_of_internationalization(FULL).missing
    more = {"overseas_subsidiaries_share": 0.5, "psychic_dispersion": 0.3, "managers_experience": 0.2}
    whole = degree_of_internationalization(FirmHistory("x", figures={**FULL.figures, **more}))
    assert whole.value == pytest.approx(0.6 + 0.25 + 0.5 + 0.3 + 0.2)
    assert "disputed" in whole.warnings[0]
