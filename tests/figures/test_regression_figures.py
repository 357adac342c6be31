"""Simple slopes with the Johnson–Neyman region, and the ceilings of necessary-condition analysis."""

from __future__ import annotations

import numpy as np
import pytest

from crosscase.engines.regression import moderation, necessity, regression
from crosscase.figures import to_png
from crosscase.figures.ceilings import ceilings
from crosscase.figures.scene import Group, Line, Polyline
from crosscase.figures.slopes import simple_slopes
from figures.layout import all_shapes, assert_readable, drawn_texts
from tests.attitude import ATTITUDE

#: Dul (2016) lays the steps through such corners: x necessary for y, the upper left corner empty.
X = [1.0, 2.0, 3.0, 4.0, 5.0]
Y = [1.0, 3.0, 2.0, 4.0, 4.0]


def test_the_lines_are_what_the_regression_expects():
    """At an end of x and a level of the moderator, with the covariate at its mean."""
    found = moderation(ATTITUDE, "rating", "complaints", "learning", covariates=["raises"])
    fit = regression(ATTITUDE, "rating", [["complaints", "learning", "raises", "complaints:learning"]])
    b = {term.name: term.b for term in fit.models[-1].terms}
    raises = float(np.mean(ATTITUDE["raises"]))
    for line in found.lines:
        for x, y in zip(line.x, line.y, strict=True):
            expected = b["(intercept)"] + b["complaints"] * x + b["learning"] * line.at + b["raises"] * raises
            assert y == pytest.approx(expected + b["complaints:learning"] * x * line.at, rel=1e-9)
    assert found.lines[0].x == (min(ATTITUDE["complaints"]), max(ATTITUDE["complaints"]))


def test_simple_slopes_are_drawn_with_their_region():
    rng = np.random.default_rng(7)
    x, z = rng.normal(size=(2, 120))
    found = moderation({"x": x, "z": z, "y": x * z + rng.normal(size=120)}, "y", "x", "z")
    scene = simple_slopes(found)
    assert_readable(scene)
    shapes = list(all_shapes(scene.shapes))
    lines = [one for one in shapes if isinstance(one, Group) and one.title.startswith("z = ")]
    assert len(lines) == 3
    rising = [one.shapes[0].points[1][1] < one.shapes[0].points[0][1] for one in lines]  # y grows downwards
    assert rising == [slope.slope > 0 for slope in found.slopes]
    assert (rising[0], rising[-1]) == (False, True)
    assert len([one for one in shapes if isinstance(one, Group) and "differs from 0" in one.title]) == len(
        found.significant
    )
    assert "slope of x" in drawn_texts(scene)
    assert to_png(scene)[:4] == b"\x89PNG"


def test_the_steps_go_through_the_cases_that_hold_up_the_ceiling():
    """By hand: steps at (1, 1), (2, 3) and (4, 4); the empty zone 1·3 + 2·1 of a scope of 4·3."""
    found = necessity({"x": X, "y": Y}, "x", "y", draws=0)
    assert found["CE-FDH"].effect == pytest.approx(5 / 12)
    scene = ceilings(found, list(zip(X, Y, strict=True)), names=list("abcde"))
    assert_readable(scene)
    shapes = list(all_shapes(scene.shapes))
    [steps] = [one for one in shapes if isinstance(one, Polyline) and one.stroke_width > 1 and not one.dash]
    [zone] = [one for one in shapes if isinstance(one, Polyline) and one.closed and one.fill and len(one.points) > 5]
    assert zone.points[: len(steps.points)] == steps.points
    width = zone.points[-2][0] - zone.points[-1][0]
    assert width > 0
    assert "The shaded corner is 42% of the scope (CE-FDH)." in drawn_texts(scene)
    assert "The ceiling rests on a, b, d." in drawn_texts(scene)
    # the shoelace formula on the page, as a share of the scope on the page
    points = zone.points
    turned = zip(points, [*points[1:], points[0]], strict=True)
    area = abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in turned)) / 2
    across = points[-2][0] - points[-1][0]
    down = max(y for _, y in points) - min(y for _, y in points)
    assert area / (across * down) == pytest.approx(5 / 12)


@pytest.mark.parametrize("corner", ["upper-right", "lower-left", "lower-right"])
def test_every_corner_can_be_the_empty_one(corner):
    x = [-one for one in X] if corner.endswith("right") else X
    y = [-one for one in Y] if corner.startswith("lower") else Y
    found = necessity({"x": x, "y": y}, "x", "y", corner=corner, draws=0)
    assert found["CE-FDH"].effect == pytest.approx(5 / 12)
    scene = ceilings(found, list(zip(x, y, strict=True)))
    assert_readable(scene)
    zone = next(one for one in scene.shapes if isinstance(one, Polyline) and one.closed and one.fill)
    middle = sum(x for x, _ in zone.points) / len(zone.points), sum(y for _, y in zone.points) / len(zone.points)
    axes = [one for one in scene.shapes if isinstance(one, Line)]
    centre = (max(one.x2 for one in axes) + min(one.x1 for one in axes)) / 2
    assert (middle[0] > centre) == corner.endswith("right")


def test_a_corner_that_is_not_empty_is_said():
    found = necessity({"x": [1.0, 2.0, 3.0], "y": [3.0, 1.0, 2.0]}, "x", "y", draws=0)
    scene = ceilings(found, [(1.0, 3.0), (2.0, 1.0), (3.0, 2.0)])
    assert_readable(scene)
    assert any("nothing says that x is necessary" in text for text in drawn_texts(scene))
