"""A scene written as SVG: what stands in it, what cannot get out of it, and that it is the same every time."""

import pytest
from lxml import etree

from crosscase.figures.palette import INK
from crosscase.figures.scene import MM, Circle, Group, Line, Path, Polyline, Rect, Scene, Text
from crosscase.figures.svg import to_svg

NS = {"s": "http://www.w3.org/2000/svg"}


def read(scene: Scene, **options: str) -> etree._Element:
    return etree.fromstring(to_svg(scene, **options).encode())


def scene(*shapes, title="A title", description="A description") -> Scene:
    return Scene(170 * MM, 100, shapes, title, description)


def test_size_and_words_for_those_who_cannot_see_it():
    root = read(scene(), id="one")
    assert root.get("width") == "170mm"
    assert root.get("viewBox") == "0 0 481.89 100"
    assert root.get("role") == "img"
    labels = [root.xpath(f"//*[@id='{id}']")[0].text for id in root.get("aria-labelledby").split()]
    assert labels == ["A title", "A description"]
    assert root[0].tag.endswith("title")


def test_every_shape_is_written_with_its_numbers():
    root = read(
        scene(
            Line(1, 2, 3, 4, INK, 0.5, (1, 2)),
            Polyline(((0, 0), (1.005, 2)), INK, 1),
            Polyline(((0, 0), (1, 2), (2, 0)), fill="#ff0000", closed=True),
            Path("M0 0L1 1", INK, 1),
            Rect(1, 2, 3, 4, fill=INK, radius=1),
            Circle(5, 6, 7, INK, 1.25),
            Text(1, 2, "word", 7, INK, "end", rotate=-90),
        )
    )
    found = {element.tag.rpartition("}")[2]: element for element in root}
    assert (found["line"].get("x1"), found["line"].get("stroke-dasharray")) == ("1", "1 2")
    assert found["polyline"].get("fill") == "none"
    assert found["polygon"].get("points") == "0,0 1,2 2,0"
    assert found["path"].get("fill-rule") == "evenodd"
    assert found["rect"].get("rx") == "1"
    assert found["circle"].get("stroke-width") == "1.25"
    assert found["text"].get("text-anchor") == "end"
    assert found["text"].get("transform") == "rotate(-90 1 2)"


def test_groups_move_scale_clip_link_and_name():
    inside = Circle(0, 0, 1, fill=INK)
    group = Group((inside,), (10, 20), 2, Rect(0, 0, 5, 5), "Germany: 3", "more", "https://example.org/?a=1&b=2")
    root = read(scene(group), id="map")
    g = root.xpath("//s:g", namespaces=NS)[0]
    assert g.get("transform") == "translate(10 20) scale(2)"
    assert g.get("clip-path") == "url(#map-clip-1)"
    assert root.xpath("//s:clipPath/@id", namespaces=NS) == ["map-clip-1"]
    assert g.xpath("s:title", namespaces=NS)[0].text == "Germany: 3"
    assert g.getparent().get("href") == "https://example.org/?a=1&b=2"


@pytest.mark.parametrize("href", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_a_link_that_runs_something_is_left_out(href):
    assert not read(scene(Group((), href=href))).xpath("//s:a", namespaces=NS)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & b", "\"'><", "]]>", "\x00\x0b\ud800", "עברית"])
def test_no_text_becomes_markup(text):
    shapes = (Text(0, 0, text, 7, INK), Group((), title=text))
    root = read(scene(*shapes, title=text, description=text))
    assert not root.xpath("//*[local-name()='script']")
    shown = root.xpath("//s:text", namespaces=NS)[0].text
    assert shown == "".join(one if one.isprintable() and one != "\ud800" else "\ufffd" for one in text)


def test_the_same_scene_gives_the_same_text_and_ids_can_be_kept_apart():
    one = scene(Group((), clip=Rect(0, 0, 1, 1)))
    assert to_svg(one) == to_svg(one)
    ids = set(read(one, id="a").xpath("//@id")) & set(read(one, id="b").xpath("//@id"))
    assert ids == set()


def test_numbers_are_short_and_never_minus_zero():
    text = to_svg(scene(Circle(-0.001, 1 / 3, 2.0, fill=INK)))
    assert 'cx="0" cy="0.33" r="2"' in text


def test_a_notebook_shows_it():
    assert scene()._repr_svg_().startswith("<svg")
