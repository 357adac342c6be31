"""The figures of set-theoretic analysis: what they show, that it can be read, and that it is the same each time."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from crosscase.core.errors import InputError
from crosscase.engines.qca import (
    Anchor,
    SetData,
    XYPoint,
    calibrate,
    minimize,
    necessary_conditions,
    truth_table,
    xy_points,
)
from crosscase.figures.calibration import calibration_plot
from crosscase.figures.fiss import CORE, PERIPHERAL, fiss_chart, fiss_columns
from crosscase.figures.necessity import necessity_plot
from crosscase.figures.scene import Circle, Line, Polyline, Scene
from crosscase.figures.svg import to_svg
from crosscase.figures.upset import upset_plot
from crosscase.figures.venn import ellipses, regions, venn_diagram
from crosscase.figures.xy import xy_plot
from tests.engines.qca.lipset import CASES, CONDITIONS, FUZZY, GNP, OUTCOME
from tests.figures.layout import all_shapes, assert_readable, drawn_texts, titles

BUILT_ON = {"AU", "BE", "EE"}


@pytest.fixture(scope="module")
def data():
    return SetData.from_columns(FUZZY, cases=CASES)


@pytest.fixture(scope="module")
def table(data):
    return truth_table(data, OUTCOME, CONDITIONS, incl_cut=0.8)


@pytest.fixture(scope="module")
def solution(table):
    """The intermediate solution that the page of the engine prints: DEV*URB*LIT*STB + DEV*LIT*~IND*STB."""
    return minimize(table, "intermediate", directional="DEV,URB,LIT,IND,STB")


def the_figures(data, table, solution) -> dict[str, Scene]:
    found = calibrate("DEV", CASES, GNP, "direct", [Anchor(400, "", "a gap in the data"), 550.0, 900.0])
    return {
        "xy": xy_plot(xy_points(solution), x_label="solution", y_label=OUTCOME, built_on=BUILT_ON),
        "fiss": fiss_chart(solution),
        "necessity": necessity_plot(necessary_conditions(data, OUTCOME, CONDITIONS, incl_cut=0.85, depth=2)),
        "upset": upset_plot(table, built_on=BUILT_ON),
        "calibration": calibration_plot(found, raw_label="GNP per head", built_on=BUILT_ON),
    }


def test_all_can_be_read_and_are_the_same_each_time(data, table, solution):
    once, again = the_figures(data, table, solution), the_figures(data, table, solution)
    for name, scene in once.items():
        assert_readable(scene)
        assert to_svg(scene) == to_svg(again[name])


# -- XY plot -----------------------------------------------------------------------------------------------------------


def test_every_case_of_the_xy_plot_is_drawn_at_its_memberships(solution):
    points = xy_points(solution)
    scene = xy_plot(points, x_label="solution", y_label=OUTCOME)
    for point in points:
        assert any(
            title.startswith(f"{point.case}: ") and title.endswith(f"{point.x:.2f} and {point.y:.2f}")
            for title in titles(scene)
        )
    named = {name for text in drawn_texts(scene) for name in text.split(", ")}
    assert set(CASES) <= named


def test_the_half_against_the_relation_is_shaded():
    def corner(relation):
        scene = xy_plot([XYPoint("a", 0.2, 0.9, "typical")], x_label="X", y_label="Y", relation=relation)
        half = next(shape for shape in scene.shapes if isinstance(shape, Polyline) and len(shape.points) == 3)
        diagonal = next(s for s in scene.shapes if isinstance(s, Line) and s.x1 != s.x2 and s.y1 != s.y2)
        assert half.points[0] == (diagonal.x1, diagonal.y1)
        assert half.points[2] == (diagonal.x2, diagonal.y2)
        return half.points[1]

    right_bottom, left_top = corner("sufficient"), corner("necessary")
    assert right_bottom[0] > left_top[0]
    assert right_bottom[1] > left_top[1]


def test_cases_that_a_claim_was_built_on_are_open():
    points = [XYPoint("a", 0.7, 0.9, "typical"), XYPoint("b", 0.6, 0.7, "typical")]
    scene = xy_plot(points, x_label="X", y_label="Y", built_on={"b"})
    fills = {
        group.title[0]: group.shapes[0].fill
        for group in all_shapes(scene.shapes)
        if getattr(group, "title", "")[1:2] == ":"
    }
    assert fills["b"] == "#ffffff"
    assert fills["a"] != "#ffffff"
    assert "built on b" in scene.description


def test_sixty_crowded_cases_leave_no_label_on_another():
    generator = random.Random(5)
    points = [
        XYPoint(f"Company {number}", round(generator.random() ** 2, 2), round(generator.random(), 1), "irrelevant")
        for number in range(60)
    ]
    scene = xy_plot(points, x_label="A*B", y_label="Y")
    assert_readable(scene)
    # a case whose label found no room is named under the plot
    said = " ".join(drawn_texts(scene))
    assert all(f"{point.case}" in said for point in points)


def test_many_cases_at_one_place_are_listed_below():
    points = [XYPoint(f"K{number}", 0.0, 0.05, "irrelevant") for number in range(6)]
    scene = xy_plot(points, x_label="X", y_label="Y")
    assert "K0, K1 + 4 more" in drawn_texts(scene)
    assert "At 0.00, 0.05: K0, K1, K2, K3, K4, K5." in drawn_texts(scene)


def test_no_case_is_said():
    assert xy_plot([], x_label="X", y_label="Y").empty


# -- the chart of Fiss -------------------------------------------------------------------------------------------------


def test_the_chart_shows_core_and_peripheral_conditions(solution):
    """The parsimonious solution is DEV*~IND + URB*STB (R QCA 3.25.1): its conditions are the core."""
    scene = fiss_chart(solution)
    marks = [title for title in titles(scene) if title.startswith(("core", "peripheral"))]
    legend = ["core, present", "core, absent", "peripheral, present", "peripheral, absent"]
    # terms DEV*URB*LIT*STB with core URB, STB; DEV*LIT*~IND*STB with core DEV, ~IND
    expected = {"core, present": 3, "core, absent": 1, "peripheral, present": 4, "peripheral, absent": 0}
    assert {kind: marks.count(kind) - 1 for kind in legend} == expected
    radii = {shape.radius for shape in all_shapes(scene.shapes) if isinstance(shape, Circle)}
    assert {CORE, PERIPHERAL} <= radii
    words = drawn_texts(scene)
    for number in ("0.901", "0.879", "0.468", "0.378", "0.814", "0.721", "0.282", "0.191", "0.866", "0.839", "0.660"):
        assert number in words


def test_terms_with_one_core_share_a_number():
    columns = {"A": [1, 1, 1, 1, 0, 0, 0], "B": [1, 1, 0, 0, 1, 0, 0], "C": [1, 0, 1, 0, 1, 1, 0]}
    data = SetData.from_columns({**columns, "Y": [1, 1, 1, 0, 0, 0, 0]})
    solution = minimize(truth_table(data, "Y", ["A", "B", "C"]), "intermediate", directional="A")
    for label, term in ((one.label, one.term) for one in fiss_columns(solution.models)):
        assert label[0].isdigit()
        assert term.core
    assert_readable(fiss_chart(solution))


def test_several_models_stand_in_bands_of_one_width():
    """A circular structure of six rows: two models of three terms."""
    rows = [(0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (0, 0, 0), (1, 1, 1)]
    columns = {name: [row[place] for row in rows] for place, name in enumerate("ABC")}
    data = SetData.from_columns({**columns, "Y": [1] * 6 + [0] * 2})
    solution = minimize(truth_table(data, "Y", list("ABC")))
    assert solution.n_models == 2
    scene = fiss_chart(solution, width_mm=85)
    assert_readable(scene)
    assert [text for text in drawn_texts(scene) if text.startswith("M2.")] == ["M2.1", "M2.2", "M2.3"]


# -- necessity, UpSet, calibration -------------------------------------------------------------------------------------


def test_the_necessity_plot_names_what_is_necessary(data):
    found = necessary_conditions(data, OUTCOME, CONDITIONS, incl_cut=0.9, depth=1)
    scene = necessity_plot(found)
    assert {"LIT", "STB"} <= set(drawn_texts(scene))
    assert any(title.startswith("LIT: consistency 0.991, RoN 0.509") for title in titles(scene))
    assert_readable(necessity_plot(necessary_conditions(data, OUTCOME, CONDITIONS, incl_cut=0.7, depth=3)))
    nothing = necessary_conditions(data, OUTCOME, CONDITIONS, incl_cut=0.999, depth=1)
    assert necessity_plot(nothing).empty


def test_the_configurations_stand_with_their_cases(table):
    scene = upset_plot(table, built_on=BUILT_ON)
    columns = [title for title in titles(scene) if " cases (" in title or " case (" in title]
    assert columns[0] == "DEV*URB*LIT*IND*STB: 4 cases (BE, CZ, NL, UK), consistent with the outcome"
    assert len(columns) == len(table.observed)
    assert {"BE*", "EE*", "AU*", "CZ"} <= set(drawn_texts(scene))


def test_more_than_five_conditions_are_refused():
    columns = {name: [0, 1] for name in "ABCDEFY"}
    table = truth_table(SetData.from_columns(columns), "Y", list("ABCDEF"))
    with pytest.raises(InputError, match="6 conditions"):
        upset_plot(table)


def test_the_calibration_shows_anchors_reasons_and_cases():
    found = calibrate("DEV", [*CASES, "XX"], [*GNP, math.nan], "direct", [Anchor(400, "", "a gap"), 550.0, 900.0])
    scene = calibration_plot(found)
    words = drawn_texts(scene)
    assert "crossover 550" in words
    assert "full exclusion 400: a gap." in words
    assert "crossover 550: no reason recorded." in words
    assert "Left out, no data: XX." in words
    assert f"UK: 1038 → {found.memberships[CASES.index('UK')]:.3f}" in titles(scene)
    assert_readable(scene)


@pytest.mark.parametrize(
    ("method", "anchors"), [("crisp", [550.0]), ("indirect", [400.0, 550.0, 900.0]), ("relative", [])]
)
def test_other_calibrations_can_be_read(method, anchors):
    assert_readable(calibration_plot(calibrate("DEV", CASES, GNP, method, anchors)))


# -- Venn diagram ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sets", [1, 2, 3, 4, 5])
def test_every_combination_of_sets_has_one_region(sets):
    """Seen from the shapes alone: the middle of a region lies in its sets and in no other, and each set is one convex shape."""
    shapes = ellipses(sets)
    found = regions(sets)
    assert len(found) == 2**sets - 1
    for combination, (x, y, room) in found.items():
        assert tuple(int(one.holds(np.array([[x, y]]))[0]) for one in shapes) == combination
        assert room > 0.05  # half axes are 1: at the size of printing a number of two digits
    nobody = np.array([[9.0, 9.0]])
    assert not any(one.holds(nobody)[0] for one in shapes)


@pytest.mark.parametrize("conditions", [1, 2, 3, 4, 5])
def test_a_venn_diagram_has_the_number_of_cases_of_every_configuration(data, conditions):
    table = truth_table(data, OUTCOME, CONDITIONS[:conditions], incl_cut=0.8)
    scene = venn_diagram(table, built_on=BUILT_ON)
    assert_readable(scene)
    assert to_svg(scene) == to_svg(venn_diagram(table, built_on=BUILT_ON))
    said = titles(scene)
    for row in table.observed:
        term = table.conditions.write(tuple(enumerate(row.config)))
        assert any(one.startswith(f"{term}: {row.n} case") and f"({', '.join(row.cases)})" in one for one in said)
    empty = 2**conditions - len(table.observed) - (0 if any(not any(row.config) for row in table.observed) else 1)
    assert said.count("no case") == empty
    words = " ".join(drawn_texts(scene))
    assert all(case + ("*" if case in BUILT_ON else "") in words for case in CASES)


def test_a_venn_diagram_is_of_at_most_five_sets_without_levels():
    six = truth_table(SetData.from_columns({name: [0, 1] for name in "ABCDEFY"}), "Y", list("ABCDEF"))
    with pytest.raises(InputError, match="6 conditions"):
        venn_diagram(six)
    levels = truth_table(SetData.from_columns({"A": [0, 1, 2], "Y": [0, 1, 1]}), "Y", ["A"])
    with pytest.raises(InputError, match="several levels"):
        venn_diagram(levels)
