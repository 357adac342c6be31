"""Rounding, reading of printed figures, and the search for a definition."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.measures import Entry, FirmHistory
from crosscase.engines.measures.regions import scheme, variants
from crosscase.engines.measures.reproduce import candidates_for, parse_printed, reproduce, roundings
from engines.measures.histories import SMALL


@pytest.mark.parametrize(
    ("text", "number", "decimals"),
    [("0.6", "0.6", 1), ("2", "2", 0), ("3.0", "3.0", 1), ("80%", "0.8", 2), ("12.5 %", "0.125", 3), ("0,7", "0.7", 1)],
)
def test_reading_a_printed_figure(text: str, number: str, decimals: int) -> None:
    printed = parse_printed(text)
    assert printed is not None
    assert (printed.number, printed.decimals) == (Decimal(number), decimals)


@pytest.mark.parametrize("text", ["Almost 100%", "n/a", "", "1.2.3", "> 3"])
def test_what_is_no_plain_number_is_not_compared(text: str) -> None:
    assert parse_printed(text) is None


@pytest.mark.parametrize(
    ("computed", "text", "found"),
    [
        (2 / 3, "0.7", ("half-up", "half-even")),
        (0.75, "0.8", ("half-up", "half-even")),
        (0.25, "0.3", ("half-up",)),
        (0.25, "0.2", ("half-even",)),
        (0.15, "0.2", ("half-up", "half-even")),  # stored as 0.1499999999999999944
        (0.26, "0.2", ()),
        (0.6, "0.6", ("half-up", "half-even")),
    ],
)
def test_rounding(computed: float, text: str, found: tuple[str, ...]) -> None:
    printed = parse_printed(text)
    assert printed is not None
    assert roundings(computed, printed) == found


@given(st.integers(0, 10_000), st.integers(1, 500))
@settings(deadline=None)
def test_a_figure_always_reproduces_its_own_rounding(numerator: int, denominator: int) -> None:
    value = numerator / denominator
    printed = parse_printed(f"{Decimal(f'{value:.12g}'):.1f}")  # half-even
    assert printed is not None
    assert "half-even" in roundings(value, printed)


TWO = FirmHistory("two", founded=2010, entries=(Entry("USA", 2012), Entry("JPN", 2014)), observed_until=2018)


def test_the_search_counts_and_names_the_rest() -> None:
    # SMALL: 4/8, 4/9, 4/10, 2/8; TWO: 2/6, 2/7, 2/8, 1/6
    found = reproduce("spread", {"small": "0.5", "two": "0.3", "gone": "1.0"}, [SMALL, TWO], candidates_for("spread"))
    assert found.counts == {"entries/(T-t1)": 2, "entries/(T-t1+1)": 1, "entries/age": 1, "post-entry": 0}
    assert found.best == "entries/(T-t1)"
    assert found.not_reproduced == ("gone",)
    assert found.not_reproduced_by("entries/age") == ("small", "gone")
    assert found.cases[1].agreements["entries/age"] == ("half-up",)  # 0.25 is 0.3 half up, 0.2 half even
    assert found.compared == 3
    assert found.to_dict()["cases"][0]["values"]["post-entry"] == 0.25
    assert list(found.to_frame()["reproduced_by"])[2] == ""
    assert "entries/age" in found._repr_html_()


def test_the_decimals_of_the_column_hold_for_a_whole_number() -> None:
    # 2/6 = 0.33 must not pass for a printed 0 in a column of one decimal; on its own the 0 would do
    column = reproduce("spread", {"small": "0.5", "two": "0"}, [SMALL, TWO], candidates_for("spread"))
    assert column.not_reproduced == ("two",)
    alone = reproduce("spread", {"two": "0"}, [TWO], candidates_for("spread"))
    assert alone.not_reproduced == ()


def test_nothing_reproduced_has_no_best() -> None:
    found = reproduce("spread", {"small": "9.9"}, [SMALL], candidates_for("spread"))
    assert found.best is None
    assert found.not_reproduced == ("small",)


def test_text_is_kept_apart_from_failure() -> None:
    found = reproduce("spread", {"small": "high"}, [SMALL], candidates_for("spread"))
    assert (found.compared, found.not_reproduced) == (0, ())


def test_candidates_take_schemes_and_last_years() -> None:
    schemes = variants(scheme("yang-stoian-12"), {"TUR": ["Rest of Europe"]})
    candidates = candidates_for("diversification", schemes=schemes, last_years=[None, 2015])
    assert len(candidates) == 3 * 2 * 2
    assert "yang-stoian-12 1, TUR in Rest of Europe" in candidates[2].id
    late = candidates_for("spread", last_years=[2016])[0]
    assert late.compute(SMALL).value == pytest.approx(4 / 6)
    with pytest.raises(NotFoundError, match="spread"):
        candidates_for("spred")
    with pytest.raises(InputError, match="same id"):
        reproduce("spread", {}, [], [late, late])
