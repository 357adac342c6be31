"""Groups are told apart without colour, and colours apart in grey and by those who see fewer of them."""

from itertools import combinations

import pytest

from crosscase.figures.palette import COLOURS, INK, MUTED, OTHER, PAPER, SHADES, SHAPES, Mark, marks
from crosscase.figures.scene import Circle, Polyline, Rect


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_sixteen_groups_differ_by_more_than_colour():
    found = marks([f"g{number}" for number in range(16)])
    assert len({(mark.shape, mark.filled) for mark in found.values()}) == 16
    assert marks([str(number) for number in range(17)])["16"] == OTHER


def test_texts_are_legible_on_paper():
    assert contrast(INK, PAPER) >= 7
    assert contrast(MUTED, PAPER) >= 4.5


@pytest.mark.parametrize("colour", COLOURS)
def test_marks_stand_out_from_the_paper(colour):
    assert contrast(colour, PAPER) >= 2.2


def test_shades_darken_in_steps_that_show_in_grey():
    for lighter, darker in combinations(SHADES, 2):
        assert contrast(lighter, darker) >= 1.35
        assert luminance(lighter) > luminance(darker)


@pytest.mark.parametrize("shape", [*SHAPES, "cross"])
@pytest.mark.parametrize("filled", [True, False])
def test_a_mark_is_about_as_large_as_asked_and_centred(shape, filled):
    drawn = Mark(shape, "#000000", filled).at(10, 20, 4)
    if isinstance(drawn, Circle):
        box = (drawn.x - drawn.radius, drawn.y - drawn.radius, drawn.x + drawn.radius, drawn.y + drawn.radius)
    elif isinstance(drawn, Rect):
        box = (drawn.x, drawn.y, drawn.x + drawn.width, drawn.y + drawn.height)
    else:
        assert isinstance(drawn, Polyline)
        xs, ys = zip(*drawn.points, strict=True)
        box = (min(xs), min(ys), max(xs), max(ys))
    assert (box[0] + box[2]) / 2 == pytest.approx(10, abs=0.3)
    assert (box[1] + box[3]) / 2 == pytest.approx(20, abs=0.5)
    assert 2.9 <= max(box[2] - box[0], box[3] - box[1]) <= 5
    assert (drawn.fill == PAPER) is not filled
