"""Distributions and pairs of printed and recomputed figures."""

import random

import pytest

from crosscase.figures.distribution import MOST_DOTS, Distribution, Quartiles, distributions
from crosscase.figures.palette import COLOURS, PAPER
from crosscase.figures.reproduction import Pair, reproduction
from crosscase.figures.scene import Circle, Line, Rect
from figures.layout import all_shapes, assert_readable, drawn_texts, titles


def panel(numbers, label="Spread, countries a year", missing=()) -> Distribution:
    return Distribution(label, tuple((f"F{place}", float(number)) for place, number in enumerate(numbers)), missing)


def dots(scene) -> list[Circle]:
    return [shape for shape in all_shapes(scene.shapes) if isinstance(shape, Circle)]


def test_quartiles_by_hand():
    # type 7 on 1 2 3 4: positions 0.75, 1.5 and 2.25 of 0..3
    assert Quartiles.of([1, 2, 3, 4]) == Quartiles(1.75, 2.5, 3.25)
    assert Quartiles.of([1, 2, 3, 4]).fences == (-0.5, 5.5)
    assert Quartiles.of([5]) == Quartiles(5, 5, 5)


def test_a_dot_a_case_at_its_value():
    scene = distributions([panel([1, 2, 2, 3])])
    found = dots(scene)
    assert len(found) == 4
    xs = sorted(dot.x for dot in found)
    assert xs[1] == xs[2]
    assert xs[1] - xs[0] == pytest.approx(xs[3] - xs[2])
    assert "F0: 1" in titles(scene)


def test_dots_do_not_touch():
    dice = random.Random(1)
    found = dots(distributions([panel([dice.gauss(0, 1) for _ in range(60)])]))
    for number, dot in enumerate(found):
        for other in found[number + 1 :]:
            assert (dot.x - other.x) ** 2 + (dot.y - other.y) ** 2 >= 3.5**2


def test_cases_far_out_are_open_and_named():
    scene = distributions([panel([1, 1.1, 1.2, 1.3, 1.4, 9])])
    assert [dot.fill for dot in dots(scene)].count(PAPER) == 1
    assert "F5" in drawn_texts(scene)
    assert "F0" not in drawn_texts(scene)


def test_many_cases_make_bars_that_add_up():
    dice = random.Random(2)
    count = MOST_DOTS + 50
    scene = distributions([panel([dice.lognormvariate(0, 0.5) for _ in range(count)])])
    assert dots(scene) == []
    bars = [title for title in titles(scene) if " to " in title]
    assert sum(int(title.rpartition(": ")[2]) for title in bars) == count
    tallest = max((shape for shape in all_shapes(scene.shapes) if isinstance(shape, Rect)), key=lambda bar: bar.height)
    assert tallest.fill == COLOURS[0]


def test_whole_numbers_have_whole_ticks():
    assert "2.5" not in drawn_texts(distributions([panel([2, 3, 4])]))


@pytest.mark.parametrize("width", [85, 170])
@pytest.mark.parametrize(
    "numbers",
    [[0.6], [5] * 40, [-1e6, 2.5e6], [1e-5, 2e-5], [0, 0, 0, 100], list(range(150)), [0.1 * n for n in range(400)]],
    ids=["one", "all equal", "large", "tiny", "one far out", "150", "400"],
)
def test_it_can_be_read(numbers, width):
    label = "A measure whose name is as long as a sentence and goes on behind it, countries per year: definition"
    assert_readable(distributions([panel(numbers, label, ("Z",)), panel(numbers)], width_mm=width))


def test_missing_cases_are_counted_in_words_not_drawn_as_zero():
    scene = distributions([panel([1, 2], missing=("X", "Y"))])
    assert len(dots(scene)) == 2
    assert any("no data: 2" in text for text in drawn_texts(scene))
    assert "no data for 2" in scene.description


def test_without_values_it_says_so():
    assert distributions([panel([], missing=("X",))]).empty
    assert distributions([]).empty


PAIRS = [Pair("A", 1.0, 1.0, True), Pair("B", 2.0, 2.5, False), Pair("C", 3.0, None, None)]


def test_pairs_show_agreement_difference_and_no_data():
    scene = reproduction(PAIRS, measure="Spread")
    assert scene.description == ("Spread: 3 printed figures, 1 reproduced. Not reproduced: B. No data to recompute: C.")
    words = drawn_texts(scene)
    assert "no data" in words
    assert "case not reproduced" in words
    assert titles(scene)[:3] == [
        "A: printed 1, recomputed 1",
        "B: printed 2, recomputed 2.5",
        "C: printed 3, no data to recompute it from",
    ]
    heavy = [shape for shape in all_shapes(scene.shapes) if isinstance(shape, Line) and shape.stroke == COLOURS[1]]
    assert len(heavy) == 1


def test_the_legend_leaves_out_what_does_not_occur():
    assert "case not reproduced" not in drawn_texts(reproduction(PAIRS[:1], measure="Spread"))


@pytest.mark.parametrize("width", [85, 170])
@pytest.mark.parametrize("name", ["{}", "A firm whose name is much too long for a label {}", "חברה {}"])
@pytest.mark.parametrize("count", [1, 60])
def test_pairs_can_be_read(count, name, width):
    pairs = [Pair(name.format(n), n / 7, None if n % 5 == 4 else n / 6, n % 3 == 0) for n in range(count)]
    assert_readable(reproduction(pairs, measure="A measure with quite a long name " * 3, width_mm=width))


def test_without_pairs_it_says_so():
    assert reproduction([], measure="Spread").empty
