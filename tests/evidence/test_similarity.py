"""Gower's distance, by hand."""

from __future__ import annotations

import pytest

from crosscase.evidence.similarity import Attribute, distances, gower, nearest_distances


def attributes():
    """Three cases and the firm ``f``; the size of ``c`` is not known."""
    return [
        Attribute("size", "number", {"a": 0.0, "b": 100.0, "c": None, "f": 50.0}, low=0, high=100),
        Attribute("kind", "category", {"a": "Shop", "b": "mill", "c": "mill", "f": "shop "}),
        Attribute(
            "markets", "list", {"a": frozenset("xy"), "b": frozenset("z"), "c": frozenset("yz"), "f": frozenset("y")}
        ),
    ]


def test_the_distance_is_the_mean_of_the_differences_that_are_known():
    # size |50-0|/100 = 1/2; kind equal but for case and space = 0; markets 1 - 1/2 = 1/2: (1/2 + 0 + 1/2) / 3 = 1/3
    found = gower(attributes(), "f", "a")
    assert found.value == pytest.approx(1 / 3)
    assert found.parts == pytest.approx({"size": 1 / 6, "kind": 0, "markets": 1 / 6})
    assert sum(found.parts.values()) == pytest.approx(found.value)


def test_what_is_missing_is_left_out_and_said():
    # size unknown of c; kind differs = 1; markets 1 - 1/2 = 1/2: (1 + 1/2) / 2 = 3/4
    found = gower(attributes(), "f", "c")
    assert found.value == pytest.approx(0.75)
    assert found.left_out == ("size",)


def test_nothing_in_common_is_no_distance():
    assert gower([Attribute("size", "number", {"a": None, "f": 1.0}, low=0, high=1)], "f", "a") is None


def test_nearest_first_and_the_firm_is_not_its_own_neighbour():
    found = distances(attributes(), "f", ["a", "b", "c", "f"])
    assert [one.case for one in found] == ["a", "c", "b"]
    # b: size 1/2, kind 1, markets 1 = 5/6
    assert found[-1].value == pytest.approx(5 / 6)


def test_a_number_beyond_the_study_counts_as_wholly_different_and_is_named():
    size = Attribute("size", "number", {"a": 0.0, "b": 10.0, "f": 500.0}, low=0, high=10)
    assert gower([size], "f", "b").value == 1
    assert size.beyond(500.0)
    assert not size.beyond(10.0)


def test_a_number_that_is_the_same_everywhere_tells_nothing_apart():
    assert gower([Attribute("size", "number", {"a": 3.0, "f": 4.0}, low=3, high=3)], "f", "a") is None


def test_the_nearest_distances_inside_a_study():
    size = Attribute("size", "number", {"a": 0.0, "b": 1.0, "c": 10.0}, low=0, high=10)
    # a and b are each other's nearest (0.1); c's nearest is b (0.9)
    assert nearest_distances([size], ["a", "b", "c"]) == pytest.approx([0.1, 0.1, 0.9])
