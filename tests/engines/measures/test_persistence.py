"""Survival of markets: a published Kaplan–Meier example, and spells worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import InputError
from crosscase.engines.measures import Entry, FirmHistory
from crosscase.engines.measures.persistence import (
    kaplan_meier,
    market_persistence,
    market_survival,
    re_entries,
    spells,
)
from engines.measures.histories import SMALL

#: In DEU 2010-2013 and again from 2016, in USA from 2012, in JPN 2015-2018; observed until 2018.
EXITS = FirmHistory(
    "exits",
    home="CHN",
    founded=2008,
    entries=(Entry("DEU", 2010, 2013), Entry("DEU", 2016), Entry("USA", 2012), Entry("JPN", 2015, 2018)),
    observed_until=2018,
)


def test_kaplan_meier_reproduces_a_published_table() -> None:
    # 6-MP arm of Freireich et al. 1963 (21 patients, weeks of remission; + is censored), the example of many
    # texts: S and Greenwood's standard error, printed to three and four decimals
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = kaplan_meier(ended + censored, [True] * len(ended) + [False] * len(censored))
    assert curve.times == (6, 7, 10, 13, 16, 22, 23)
    assert curve.at_risk == (21, 17, 15, 12, 11, 7, 6)
    assert curve.survival == pytest.approx((0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448), abs=5e-4)
    assert curve.error == pytest.approx((0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346), abs=5e-5)
    assert curve.at(5) == 1
    assert curve.at(12) == curve.survival[2]
    assert curve.at(36) is None
    assert list(curve.to_frame()["times"]) == list(curve.times)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30))
@settings(deadline=None)
def test_survival_never_rises_and_stays_in_range(observed: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier([duration for duration, _ in observed], [ended for _, ended in observed])
    path = (1.0, *curve.survival)
    assert all(0 <= later <= earlier for earlier, later in zip(path, curve.survival, strict=False))
    if all(ended for _, ended in observed):
        assert curve.survival[-1] == pytest.approx(0)


def test_what_cannot_be_estimated_is_refused() -> None:
    for durations, ended in (([], []), ([1], []), ([-1], [True])):
        with pytest.raises(InputError):
            kaplan_meier(durations, ended)
    with pytest.raises(InputError, match="observed_until"):
        spells(replace(EXITS, observed_until=None))


def test_spells_and_survival_by_hand() -> None:
    durations, ended = spells(EXITS)
    assert sorted(zip(durations, ended, strict=True)) == [(2, False), (3, True), (3, True), (6, False)]
    assert market_survival(EXITS, "km-3").value == pytest.approx(1 / 3)  # three at risk at 3 years, two end
    assert market_survival(EXITS, "km-5").value == pytest.approx(1 / 3)
    beyond = market_survival(replace(EXITS, entries=(Entry("DEU", 2015, 2016), Entry("USA", 2016))), "km-5")
    assert beyond.value is None
    assert "the longest is 2" in beyond.warnings[0]


def test_persistence_and_re_entries_by_hand() -> None:
    assert market_persistence(EXITS).value == pytest.approx(2 / 3)
    assert market_persistence(EXITS).inputs["left"] == ["JPN"]
    assert re_entries(EXITS).value == 1
    assert re_entries(EXITS).inputs["re_entries"] == [("DEU", 2016)]
    twice = replace(EXITS, entries=(Entry("USA", 2012), Entry("USA", 2014), Entry("DEU", 2010, 2013)))
    assert re_entries(twice).value == 0
    assert "without an exit" in re_entries(twice).warnings[0]


@pytest.mark.parametrize("measure", [market_persistence, market_survival, re_entries])
def test_without_exit_years_nothing_is_claimed(measure) -> None:
    assert measure(SMALL).value is None
    assert measure(SMALL).missing == ("exit years",)
    looked_for = replace(SMALL, exits_recorded=True)
    assert measure(looked_for).missing == ()
