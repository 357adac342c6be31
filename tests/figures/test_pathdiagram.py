"""The path diagram: every coefficient is there, nothing lies on anything else."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from crosscase.engines import sem
from crosscase.figures.pathdiagram import coefficient, path_diagram
from crosscase.figures.pathdiagram_layout import Structure, layers_of, layout
from crosscase.figures.scene import Path as Drawn
from crosscase.figures.scene import Rect
from crosscase.figures.svg import to_svg
from tests.figures.layout import all_shapes, assert_readable, drawn_texts, text_boxes, titles

DEMOCRACY = Path(__file__).parents[1] / "engines" / "sem" / "political_democracy.csv"
MODEL = """
ind60 =~ x1 + x2 + x3
dem60 =~ y1 + y2 + y3 + y4
dem65 =~ y5 + y6 + y7 + y8
dem60 ~ ind60
dem65 ~ ind60 + dem60
y1 ~~ y5
y2 ~~ y4 + y6
y3 ~~ y7
y4 ~~ y8
y6 ~~ y8
"""


@pytest.fixture(scope="module")
def democracy():
    with DEMOCRACY.open() as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in rows[0] if name}


@pytest.fixture(scope="module")
def mediation(democracy):
    return sem.fit(MODEL, democracy)


@pytest.fixture(scope="module")
def factors(democracy):
    return sem.fit("a =~ x1 + x2 + x3\nb =~ y1 + y2 + y3 + y4\nc =~ y5 + y6 + y7 + y8", democracy)


def simulated():
    generator = np.random.default_rng(7)
    x = generator.normal(size=120)
    first, second = 0.5 * x + generator.normal(size=120), 0.4 * x + generator.normal(size=120)
    y = 0.4 * first + 0.3 * second + generator.normal(size=120)
    return {"x": x, "first": first, "second": second, "y": y}


def test_the_latent_mediation_can_be_read(mediation):
    names = {"ind60": "Industrialization 1960", "dem60": "Democracy 1960", "dem65": "Democracy 1965"}
    scene = path_diagram(mediation, names=names)
    assert_readable(scene)
    assert to_svg(scene) == to_svg(path_diagram(mediation, names=names))
    words = drawn_texts(scene)
    for parameter in mediation.parameters:
        if parameter.op in ("=~", "~"):
            shown = coefficient(parameter.std_all)
            assert any(
                title.startswith(f"{parameter.lhs} {parameter.op} {parameter.rhs}: {shown}") for title in titles(scene)
            )
    assert {"x1", "y8", "Democracy 1965"} <= set(words)
    assert any(word.startswith("Correlated errors: y1 with y5 ") for word in words)
    assert f"R² = {coefficient(mediation.r_squared[0]['dem65'])}" in words


def test_three_factors_are_joined_by_correlations(factors):
    scene = path_diagram(factors)
    assert_readable(scene)
    ellipses = [shape for shape in all_shapes(scene.shapes) if isinstance(shape, Drawn) and "A" in shape.commands]
    assert len(ellipses) == 3
    assert sum("~~" in title for title in titles(scene)) == 3


def test_no_number_lies_on_a_variable(mediation, factors):
    for fit in (mediation, factors):
        scene = path_diagram(fit)
        variables = [
            (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
            for shape in all_shapes(scene.shapes)
            if isinstance(shape, Rect) and shape.stroke
        ]
        move = scene.shapes[0].move
        numbers = [box for box in text_boxes(scene.shapes) if box.text.lstrip("−").startswith(".")]
        assert numbers
        for box in numbers:
            for left, top, right, bottom in variables:
                apart = (
                    box.right <= left + move[0]
                    or box.left >= right + move[0]
                    or box.bottom <= top + move[1]
                    or box.top >= bottom + move[1]
                )
                assert apart, box


def test_observed_variables_stand_in_rectangles():
    scene = path_diagram(sem.fit("first ~ x\nsecond ~ x\ny ~ first + second + x", simulated()))
    assert_readable(scene)
    assert not [shape for shape in all_shapes(scene.shapes) if isinstance(shape, Drawn) and "A" in shape.commands]


def test_a_weak_path_is_broken_and_without_stars():
    data = simulated()
    data["noise"] = np.random.default_rng(1).normal(size=120)
    fit = sem.fit("y ~ x + noise", data)
    weak = next(one for one in fit.parameters if one.rhs == "noise" and one.op == "~")
    assert weak.pvalue > 0.05
    scene = path_diagram(fit)
    assert f"y ~ noise: {coefficient(weak.std_all)}" in titles(scene)
    assert sum(isinstance(shape, Drawn) and bool(shape.dash) for shape in all_shapes(scene.shapes)) == 1


def test_unstandardized_numbers_are_the_estimates(mediation):
    """PoliticalDemocracy by lavaan 0.6-14: dem60 ~ ind60 1.483, dem65 ~ ind60 0.572, dem65 ~ dem60 0.837."""
    scene = path_diagram(mediation, standardized=False, stars=False)
    assert {"1.00", "1.48", "0.57", "0.84"} <= set(drawn_texts(scene))


def test_standardized_numbers_are_lavaans(mediation):
    """The same model: 0.447, 0.182, 0.885, with p < .001, .010, < .001."""
    assert {".45***", ".18**", ".89***"} <= set(drawn_texts(path_diagram(mediation)))


def test_layers_go_from_causes_to_effects():
    structure = Structure((), {}, ("y", "m", "x"), (("x", "m"), ("m", "y"), ("x", "y")))
    assert layers_of(structure) == [["x"], ["m"], ["y"]]
    boxes = layout(structure, {}, second_lines={})
    assert boxes["x"].right < boxes["m"].left < boxes["y"].left
    # the arrow from x to y passes below m
    assert boxes["m"].bottom < boxes["x"].y


def test_a_cycle_is_laid_out():
    structure = Structure((), {}, ("a", "b"), (("a", "b"), ("b", "a")))
    assert sorted(name for layer in layers_of(structure) for name in layer) == ["a", "b"]


def test_the_correlations_of_many_factors_are_listed(democracy):
    """Ten arcs would hide each other; and on three factors no arc may pass under the number of another."""
    pairs = (("x1", "x2"), ("x3", "y1"), ("y2", "y3"), ("y4", "y5"), ("y6", "y7"))
    five = sem.fit("\n".join(f"f{k} =~ 1*{a} + 1*{b}" for k, (a, b) in enumerate(pairs)), democracy)
    scene = path_diagram(five)
    assert_readable(scene)
    assert not any("~~" in title for title in titles(scene))
    words = " ".join(drawn_texts(scene))
    assert "Correlations: f0 with f1 " in words
    assert words.count(" with ") == 10


def test_no_arc_passes_under_the_number_of_another(factors):
    scene = path_diagram(factors)
    boxes = [shape for shape in all_shapes(scene.shapes) if isinstance(shape, Rect) and not shape.stroke]
    arcs = [
        [float(number) for number in shape.commands.replace("M", " ").replace("Q", " ").split()]
        for shape in all_shapes(scene.shapes)
        if isinstance(shape, Drawn) and "Q" in shape.commands
    ]
    for box in boxes:
        crossed = 0
        for x0, y0, x1, y1, x2, y2 in arcs:
            steps = np.linspace(0, 1, 400)
            xs = (1 - steps) ** 2 * x0 + 2 * steps * (1 - steps) * x1 + steps**2 * x2
            ys = (1 - steps) ** 2 * y0 + 2 * steps * (1 - steps) * y1 + steps**2 * y2
            inside = (box.x < xs) & (xs < box.x + box.width) & (box.y < ys) & (ys < box.y + box.height)
            crossed += bool(inside.any())
        assert crossed == 1  # its own
