"""The growth of a codebook, and a firm among its ties."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from crosscase.figures import to_png, to_svg
from crosscase.figures.egonetwork import Alter, ego_network
from crosscase.figures.growth import GrowthBar, growth
from crosscase.figures.scene import Circle, Group, Line, Path, Polyline, Rect, Text
from figures.layout import all_shapes, assert_readable


def bars(new: list[int]) -> list[GrowthBar]:
    return [GrowthBar(f"interview {n + 1}", count, sum(new[: n + 1]), f"/q?{n}") for n, count in enumerate(new)]


def test_heights_are_the_counts():
    """Ten codes on an axis to ten: a bar of five is half of the height of one of ten; the line ends at the top."""
    scene = growth(bars([5, 0, 3, 2]))
    groups = [one for one in scene.shapes if isinstance(one, Group)]
    heights = [one.height for group in groups for one in group.shapes if isinstance(one, Rect)]
    assert heights == pytest.approx([75, 45, 30])  # of 150 for ten codes; an interview without new codes has no bar
    [line] = [one for one in scene.shapes if isinstance(one, Polyline) and len(one.points) == 4]
    assert [y for _, y in line.points] == pytest.approx([16 + 75, 16 + 75, 16 + 30, 16])
    assert groups[1].title == "interview 2: 0 new, 5 so far"
    assert groups[3].href == "/q?3"


def test_the_run_in_the_threshold_has_a_bracket_over_its_interviews():
    scene = growth(bars([8, 1, 1, 0, 0]), base=2, reached=(4, 5))
    texts = [one.text for one in all_shapes(scene.shapes) if isinstance(one, Text)]
    assert "within the threshold" in texts
    assert "base of 2" in texts
    bracket = next(one for one in scene.shapes if isinstance(one, Polyline) and len(one.points) == 4)
    middles = [
        one.x for group in scene.shapes if isinstance(group, Group) for one in group.shapes if isinstance(one, Circle)
    ]
    assert bracket.points[0][0] < middles[3] < middles[4] < bracket.points[-1][0]
    assert bracket.points[0][0] > middles[2]


@pytest.mark.parametrize("many", [1, 4, 60, 500])
def test_labels_do_not_touch(many):
    scene = growth(bars([1] * many), base=4)
    turned = sorted(one.x for one in scene.shapes if isinstance(one, Text) and one.rotate and one.text != "codes")
    assert all(right - left >= 6.5 for left, right in pairwise(turned))
    upright = type(scene)(
        scene.width, scene.height, tuple(one for one in scene.shapes if not (isinstance(one, Text) and one.rotate)), ""
    )
    assert_readable(upright)


def test_nothing_to_draw():
    assert growth([]).empty
    assert ego_network("F1", []).empty


NAMES = ["Ana", "Bo", "Cy", "Dee", "Eve", "Flo"]


def test_every_alter_stands_on_the_circle_with_its_marks():
    alters = [
        Alter("Ana", ("client", "peer")),
        Alter("Bo", ("client",), ended=True),
        Alter("Cy", ("peer",), internal=True),
    ]
    scene = ego_network("F1", alters, [("Ana", "Cy"), ("Cy", "Ana"), ("Ana", "nobody"), ("Bo", "Bo")])
    groups = {one.title.split(":")[0]: one for one in scene.shapes if isinstance(one, Group) and one.title}
    assert set(groups) == {"Ana", "Bo", "Cy"}
    shapes = list(all_shapes(scene.shapes))
    assert sum(isinstance(one, Line) for one in shapes) == 3
    assert [one.dash for one in shapes if isinstance(one, Line)] == [(), (3, 2), ()]
    assert sum(isinstance(one, Path) for one in shapes) == 1  # each known tie once, none to strangers or to oneself
    assert "3 alters: Ana (client, peer), Bo (client, ended), Cy (peer). 1 tie among them" in scene.description
    assert_readable(scene)


@pytest.mark.parametrize("many", [1, 2, 7, 24, 40])
def test_names_do_not_touch(many):
    assert_readable(
        ego_network("A firm with a long name", [Alter(f"Alter number {n}", ("client",)) for n in range(many)])
    )


def test_markup_in_names_is_text():
    evil = "<script>alert('x')</script>&"
    for scene in (
        ego_network(evil, [Alter(evil, (evil,), label=evil)]),
        growth([GrowthBar(evil, 1, 1, "javascript:alert(1)")]),
    ):
        tree = ElementTree.fromstring(to_svg(scene))
        assert "script" not in {one.tag.split("}")[-1] for one in tree.iter()}
        assert not tree.findall(".//{http://www.w3.org/2000/svg}a")
        assert to_png(scene, dpi=72).startswith(b"\x89PNG")
