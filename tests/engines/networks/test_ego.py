"""Ego networks worked by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import InputError
from crosscase.engines.networks import MEASURES, TieRecord, ego_network

#: Four alters; a is client and partner; d is in the firm's own group.
TIES = [
    TieRecord("1", "a", "client", internal=False, start=2010),
    TieRecord("1", "a", "partner", internal=False, start=2012),
    TieRecord("1", "b", "client", internal=False, start=2011),
    TieRecord("1", "c", "fair", internal=False, start=2013, end=2016),
    TieRecord("1", "d", "peer", internal=True, start=2014),
    TieRecord("2", "z", "client", internal=False, start=2000),
]
PAIRS = [("a", "b"), ("b", "c"), ("c", "b"), ("a", "z"), ("a", "a")]


def test_by_hand() -> None:
    network = ego_network("1", TIES, alter_ties=PAIRS, year=2015)
    assert network["network_size"].value == 4
    assert network["network_density"].value == pytest.approx(2 * 2 / (4 * 3))
    assert network["effective_size"].value == pytest.approx(4 - 2 * 2 / 4)
    # kinds: client 2, partner, fair, peer of 5: 1 - (4 + 1 + 1 + 1)/25
    assert network["type_heterogeneity"].value == pytest.approx(1 - 7 / 25)
    assert network["ei_index"].value == pytest.approx((3 - 1) / 4)
    assert network["multiplexity"].value == pytest.approx(1 / 4)
    assert network["tie_age"].value == pytest.approx((5 + 3 + 4 + 2 + 1) / 5)


def test_constraint_by_hand() -> None:
    ties = [TieRecord("1", "a"), TieRecord("1", "b")]
    apart = ego_network("1", ties, alter_ties=[])
    assert apart["constraint"].value == pytest.approx(2 * 0.5**2)
    # joined: p = 0.5 everywhere, each alter (0.5 + 0.5 * 0.5)^2
    joined = ego_network("1", ties, alter_ties=[("a", "b")])
    assert joined["constraint"].value == pytest.approx(2 * 0.75**2)
    assert joined["effective_size"].value == pytest.approx(2 - 2 * 1 / 2)
    assert (apart["network_density"].value, joined["network_density"].value) == (0, 1)


def test_unknown_ties_among_alters_are_missing_not_zero() -> None:
    network = ego_network("1", TIES, year=2015)
    for name in ("network_density", "effective_size", "constraint"):
        assert network[name].value is None
        assert network[name].missing == ("ties among the alters",)
    assert ego_network("1", TIES, alter_ties=[], year=2015)["network_density"].value == 0


def test_only_ties_of_the_year_count() -> None:
    assert ego_network("1", TIES, year=2016)["network_size"].value == 3
    assert ego_network("1", TIES, year=2009)["network_size"].value == 0
    assert ego_network("1", TIES)["network_size"].value == 4
    assert "year" in ego_network("1", TIES)["tie_age"].missing


def test_one_alter_has_no_density() -> None:
    lone = ego_network("1", [TieRecord("1", "a")], alter_ties=[])
    assert lone["network_density"].value is None
    assert "one alter" in lone["network_density"].warnings[0]
    assert lone["effective_size"].value == 1
    assert lone["constraint"].value == 1


def test_no_ties_at_all() -> None:
    empty = ego_network("9", TIES, alter_ties=[], year=2015)
    assert empty["network_size"].value == 0
    assert all(m.value is None and m.missing for m in empty.measures if m.measure != "network_size")


def test_what_is_not_known_of_a_tie_is_named() -> None:
    network = ego_network("1", [TieRecord("1", "a", "client"), TieRecord("1", "b", None, internal=True)], year=2015)
    assert network["type_heterogeneity"].missing == ("kind of the tie with b",)
    assert network["ei_index"].missing == ("internal of the tie with a",)
    assert network["tie_age"].missing == ("start of the tie with a", "start of the tie with b")
    both = ego_network("1", [TieRecord("1", "a", internal=True), TieRecord("1", "a", internal=False)])
    assert both["ei_index"].value is None
    assert "both internal and external: a" in both["ei_index"].warnings
    with pytest.raises(InputError, match="before it starts"):
        TieRecord("1", "a", start=2015, end=2014)


NAMES = "abcdef"


@given(st.sets(st.sampled_from(NAMES), min_size=2), st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))))
@settings(deadline=None)
def test_density_and_effective_size_agree(alters: set[str], pairs: set[tuple[str, str]]) -> None:
    network = ego_network("1", [TieRecord("1", name) for name in alters], alter_ties=pairs)
    n, density, effective = len(alters), network["network_density"].value, network["effective_size"].value
    assert 0 <= density <= 1
    # Borgatti 1997: effective size is n - 2t/n, and density is 2t/(n(n-1))
    assert effective == pytest.approx(n - density * (n - 1))
    assert network["constraint"].value > 0


def test_the_result_shows_itself() -> None:
    network = ego_network("1", TIES, alter_ties=PAIRS, year=2015)
    assert [measure.measure for measure in network] == list(MEASURES)
    assert list(network.to_frame()["measure"]) == list(MEASURES)
    assert "no data" not in network._repr_html_()
    json.dumps(network.to_dict())
