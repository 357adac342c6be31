"""Widths of texts against the font's published metrics; scales and ticks against hand-worked values."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscase.figures.axes import (
    BandScale,
    LinearScale,
    LogScale,
    TimeScale,
    decimal_year,
    linear_ticks,
    nice_range,
    tick_label,
    whole_ticks,
)
from crosscase.figures.fonts import covered, shorten, shorten_middle, text_width, wrap


def test_widths_are_those_of_helvetica():
    # Adobe's metrics of Helvetica, in thousandths: H 722, e 556, l 222, v 500, t 278, i 222, c 500, a 556
    wanted = (722 + 556 + 222 + 500 + 556 + 278 + 222 + 500 + 556) / 1000
    assert text_width("Helvetica", 1) == pytest.approx(wanted, abs=0.005)  # Liberation rounds to 1/2048


def test_characters_that_the_font_has_not_get_an_estimate():
    assert covered("Zürich Ж שלום ≤ –")
    assert not covered("شركة")
    assert text_width("深圳", 10) == 20
    assert text_width("e\u0301", 10) == pytest.approx(text_width("e", 10), abs=0.1)


@given(st.text(max_size=40), st.floats(5, 200))
def test_shortened_texts_fit(text, width):
    for shortened in (shorten(text, 7, width), shorten_middle(text, 7, width), *wrap(text, 7, width)):
        assert text_width(shortened, 7) <= max(width, text_width("…", 7)) + 1e-9
    if text_width(text, 7) <= width:
        assert shorten(text, 7, width) == shorten_middle(text, 7, width) == text


def test_the_end_of_a_name_is_kept_when_it_is_shortened_in_the_middle():
    assert shorten_middle("A very long name of firm 12", 7, 60).endswith("12")


def test_wrapped_lines_hold_all_words():
    words = "one two three four five six seven"
    assert " ".join(wrap(words, 7, 60)) == words


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_lie_in_the_range_at_equal_steps_and_the_nice_range_holds_it(low, span):
    high = low + span
    ticks = linear_ticks(low, high)
    slack = span * 1e-6
    assert 2 <= len(ticks) <= 12
    assert low - slack <= ticks[0] <= ticks[-1] <= high + slack
    wide = nice_range(low, high)
    assert wide[0] <= low + slack
    assert wide[1] >= high - slack


def test_ticks_by_hand():
    assert linear_ticks(0, 3.3) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert linear_ticks(5, 5) == [5.0]
    assert nice_range(5, 5)[0] < 5 < nice_range(5, 5)[1]
    assert whole_ticks([0, 0.5, 1], [1, 2]) == [0, 1]
    assert whole_ticks([0, 0.5, 1], [1, 2.5]) == [0, 0.5, 1]
    assert tick_label(-0.5) == "−0.5"


def test_scales():
    assert LinearScale(0, 10, 100, 200)(2.5) == 125
    assert LinearScale(3, 3, 0, 10)(3) == 5
    assert LogScale(1, 100, 0, 10)(10) == pytest.approx(5)
    assert LogScale(1, 1000, 0, 10).ticks(4) == [1, 10, 100, 1000]
    assert LogScale(1, 10, 0, 10).ticks(5) == [1, 2, 5, 10]
    assert [BandScale(2, 0, 10)(row) for row in range(2)] == [2.5, 7.5]


def test_days_on_the_time_scale():
    assert decimal_year(datetime.date(2016, 7, 2)) == 2016.5  # 183 of 366 days have passed
    scale = TimeScale(2000, 2009, 0, 100)
    assert scale(datetime.date(2005, 1, 1)) == pytest.approx(50)
    assert scale.ticks(5) == [2000, 2002, 2004, 2006, 2008, 2010]
    assert TimeScale(2015, 2015, 0, 10).ticks() == [2015, 2016]
