"""The projection against published values, the shapes against known geography, the maps against their data."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscase.core import Event, PartialDate, Snapshot
from crosscase.core.countries import all_countries
from crosscase.figures.palette import SHADES
from crosscase.figures.projection import equal_earth
from crosscase.figures.scene import Circle, Path
from crosscase.figures.topology import country_shapes, cut
from crosscase.figures.worldmap import Period, class_bounds, entry_periods, world_maps
from figures.layout import all_shapes, assert_readable, drawn_texts, titles

SINGAPORE = {"SGP": (1.29, 103.85)}


@pytest.mark.parametrize(
    ("longitude", "latitude", "x", "y"),
    [
        (0, 0, 0.0, 0.0),
        # Savric, Patterson & Jenny 2018: the equator is 2.05458 times as long as the straight meridian of the middle,
        # and the poles are 0.59247 times as long as the equator
        (180, 0, 2.70663, 0.0),
        (0, 90, 0.0, 1.31736),
        (180, 90, 2.70663 * 0.59247, 1.31736),
    ],
)
def test_equal_earth(longitude, latitude, x, y):
    assert equal_earth(longitude, latitude) == pytest.approx((x, y), abs=5e-4)
    assert pytest.approx(2.05458, abs=1e-4) == 2.70663 / 1.31736


@given(st.floats(-170, 170), st.floats(-85, 80))
def test_equal_earth_keeps_areas(longitude, latitude):
    # the area of a small field on the globe is (sin of its latitudes) x longitude; the map's must be the same
    step = 0.01
    corners = [equal_earth(longitude + dx, latitude + dy) for dx, dy in ((0, 0), (step, 0), (step, step), (0, step))]
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2
    globe = math.radians(step) * (math.sin(math.radians(latitude + step)) - math.sin(math.radians(latitude)))
    assert area == pytest.approx(globe, rel=2e-3)


def test_shapes_have_the_codes_of_countries():
    shapes = country_shapes()
    codes = {country.alpha3 for country in all_countries()}
    assert len(shapes) == 177
    assert set(shapes) - codes == {"N. Cyprus", "Somaliland"}
    assert "XKX" in shapes
    assert "SGP" not in shapes


@pytest.mark.parametrize(
    ("code", "longitude", "latitude"),
    [("DEU", 13.4, 52.5), ("BRA", -47.9, -15.8), ("FJI", 178.0, -17.8), ("RUS", -175.0, 66.5), ("RUS", 37.6, 55.8)],
)
def test_shapes_lie_where_the_countries_are(code, longitude, latitude):
    assert any(inside(ring, longitude, latitude) for ring in country_shapes()[code])
    assert not any(inside(ring, -140.0, 0.0) for ring in country_shapes()[code])


def inside(ring, x, y) -> bool:
    hits = 0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            hits += 1
    return hits % 2 == 1


def test_no_shape_runs_across_the_map():
    for code, rings in country_shapes().items():
        for ring in rings:
            longitudes = [x for x, _ in ring]
            assert min(longitudes) >= -180.001
            assert max(longitudes) <= 180.001
            # Antarctica goes all the way round
            assert max(longitudes) - min(longitudes) < 180 or code == "ATA"


def test_cutting_keeps_the_area():
    ring = ((170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0))
    pieces = cut(ring)
    assert sorted(max(x for x, _ in piece) - min(x for x, _ in piece) for piece in pieces) == [10, 10]
    assert cut(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))) == [((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))]


def test_periods_are_of_equal_length_and_hold_every_dated_entry():
    events = [Event(str(year), "F", "entry", "DEU", PartialDate(year)) for year in (1997, 1999, 2004, 2019)]
    events += [Event("x", "F", "entry", "FRA"), Event("y", "F", "exit", "FRA", PartialDate(2001))]
    periods = entry_periods(Snapshot.of(events=events))
    assert [period.label for period in periods] == ["1997–2002", "2003–2008", "2009–2014", "2015–2019"]
    assert [dict(period.counts) for period in periods] == [{"DEU": 2}, {"DEU": 1}, {}, {"DEU": 1}]
    assert [period.label for period in entry_periods(Snapshot.of(events=events[:1]))] == ["1997"]
    assert entry_periods(Snapshot()) == []


@pytest.mark.parametrize("most", range(1, 200, 7))
def test_classes_grow_and_end_at_the_largest_count(most):
    bounds = class_bounds(most)
    assert list(bounds) == sorted(set(bounds))
    assert bounds[-1] == most
    assert len(bounds) <= len(SHADES)


def test_more_entries_are_darker_and_small_countries_are_circles():
    scene = world_maps([Period("2000–2004", {"DEU": 1, "USA": 9, "SGP": 3})], positions=SINGAPORE)
    fills = {shape.fill for shape in all_shapes(scene.shapes) if isinstance(shape, Path)}
    assert {SHADES[0], SHADES[-1]} <= fills
    circles = [shape for shape in all_shapes(scene.shapes) if isinstance(shape, Circle) and shape.fill in SHADES]
    assert len(circles) == 1
    # Singapore lies in the eastern half, just north of the equator
    assert circles[0].x > scene.width / 2
    assert "SGP: 3 entries, 2000–2004" in titles(scene)


def test_what_cannot_be_placed_is_named():
    scene = world_maps([Period("2000", {"SGP": 3, "DEU": 1})])
    assert any(text.startswith("Not on the map: SGP 3") for text in drawn_texts(scene))


@pytest.mark.parametrize("width", [85, 170])
@pytest.mark.parametrize("count", [1, 3, 4])
def test_it_can_be_read(width, count):
    everywhere = {country.alpha3: 1 + number % 40 for number, country in enumerate(all_countries())}
    periods = [Period(f"200{number}", everywhere) for number in range(count)]
    assert_readable(world_maps(periods, width_mm=width))


def test_without_entries_it_says_so():
    scene = world_maps([Period("2000", {})], width_mm=85)
    assert scene.empty
    assert_readable(scene)


def test_description_names_countries_and_counts():
    scene = world_maps([Period("2000", {"DEU": 1, "FRA": 2})], place_name={"DEU": "Germany", "FRA": "France"}.get)
    assert scene.description == "2000: France 2, Germany 1."
