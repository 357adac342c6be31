"""Timing, with numbers worked by hand on SMALL: t1 2010, T 2018, N(T) 4, N(t1) 2."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.measures import Entry, FirmHistory
from crosscase.engines.measures.timing import (
    gap_regularity,
    kurtosis,
    post_entry_spread,
    rhythm,
    spread,
    years_to_internationalization,
)
from engines.measures.histories import SMALL, any_history


def test_time_to_internationalization() -> None:
    assert years_to_internationalization(SMALL).value == 2
    assert years_to_internationalization(SMALL, "nth-year").value == 3
    unknown = years_to_internationalization(replace(SMALL, founded=None))
    assert (unknown.value, unknown.missing) == (None, ("founded",))


@pytest.mark.parametrize(
    ("definition", "expected"),
    [("entries/(T-t1)", 4 / 8), ("entries/(T-t1+1)", 4 / 9), ("entries/age", 4 / 10), ("post-entry", 2 / 8)],
)
def test_spread_under_each_definition(definition: str, expected: float) -> None:
    measured = spread(SMALL, definition)
    assert measured.value == expected
    assert measured.definition == definition
    assert measured.inputs["countries"] == 4


def test_post_entry_spread_is_a_measure_of_its_own() -> None:
    assert post_entry_spread(SMALL).value == 0.25
    assert post_entry_spread(SMALL).measure == "post_entry_spread"


def test_a_re_entry_does_not_count_again_and_later_entries_are_left_out() -> None:
    history = replace(SMALL, entries=(*SMALL.entries, Entry("DEU", 2016), Entry("BRA", 2019), Entry("CHN", 2011)))
    measured = spread(history)
    assert measured.value == 0.5
    assert any("after the last observed year" in warning for warning in measured.warnings)
    assert any("home" in warning for warning in measured.warnings)


def test_spread_says_what_is_missing_or_undefined() -> None:
    assert spread(FirmHistory("x")).missing == ("entries", "observed_until")
    assert spread(replace(SMALL, founded=None), "entries/age").missing == ("founded",)
    same_year = spread(FirmHistory("x", entries=(Entry("USA", 2018),), observed_until=2018))
    assert same_year.value is None
    assert "no denominator" in same_year.warnings[-1]


def test_no_variation_after_entry_is_warned_of() -> None:
    history = FirmHistory("x", entries=(Entry("USA", 2015), Entry("DEU", 2015)), observed_until=2019)
    assert "all entries in the first year" in spread(history).warnings
    assert spread(history, "post-entry").value == 0


def test_unknown_definition_lists_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="entries/T"):
        spread(SMALL, "entries/T")


@given(any_history())
@settings(deadline=None)
def test_spread_is_ordered(history: FirmHistory) -> None:
    plain, counted, after = (spread(history, d).value for d in ("entries/(T-t1)", "entries/(T-t1+1)", "post-entry"))
    if plain is not None:
        assert 0 <= after < plain
        assert 0 < counted < plain


@given(any_history(), st.sampled_from(["AUS", "BRA", "NOR", "PER"]))
@settings(deadline=None)
def test_spread_never_falls_with_an_entry_more(history: FirmHistory, place: str) -> None:
    before = spread(history).value
    later = replace(history, entries=(*history.entries, Entry(place, history.observed_until)))
    if before is not None:
        assert spread(later).value >= before


def test_kurtosis_by_hand_and_by_scipy() -> None:
    # [2,0,1,0,0]: m = 0.6, s^2 = 0.8, sum (x-m)^4 = 4.256; 30/24 * 4.256/0.64 - 3*16/6 = 0.3125
    assert kurtosis([2, 0, 1, 0, 0]) == pytest.approx(0.3125, abs=1e-12)

    values = [2, 0, 1, 0, 0, 1, 0, 0, 0]
    # scipy 1.17.1, scipy.stats.kurtosis(values, bias=False); the same formula, so rounding only
    assert kurtosis(values) == pytest.approx(1.467352592006331, abs=1e-12)
    assert rhythm(SMALL).inputs["yearly_entries"] == values
    assert rhythm(SMALL).value == kurtosis(values)
    assert rhythm(SMALL, "kurtosis[t1+1..T]").value == kurtosis(values[1:])


def test_kurtosis_needs_four_years_that_differ() -> None:
    assert kurtosis([1, 2, 3]) is None
    assert kurtosis([1, 1, 1, 1]) is None
    short = rhythm(replace(SMALL, observed_until=2012))
    assert short.value is None
    assert "at least 4 years" in short.warnings[-1]


def test_gap_regularity_by_hand() -> None:
    # entry years 2010, 2012, 2015: gaps 2 and 3, mean 2.5, s = sqrt(0.5)
    assert gap_regularity(SMALL).value == pytest.approx(0.5**0.5 / 2.5)
    assert gap_regularity(SMALL, "share-of-years").value == pytest.approx(3 / 9)
    assert gap_regularity(replace(SMALL, observed_until=None)).value is not None
    assert gap_regularity(replace(SMALL, entries=SMALL.entries[:3])).value is None


def test_a_history_that_contradicts_itself() -> None:
    with pytest.raises(InputError, match="before the entry"):
        Entry("USA", 2010, 2009)
    with pytest.raises(InputError, match="unknown figure"):
        FirmHistory("x", figures={"sales": 1})
    with pytest.raises(InputError, match="at least 0"):
        FirmHistory("x", sales={"USA": -1})
    early = years_to_internationalization(replace(SMALL, founded=2012))
    assert early.value == -2
    assert "before the founding" in early.warnings[0]
