"""A clean study has no finding under any rule: what the rules say elsewhere is not said of everything."""

from __future__ import annotations

from crosscase.checks import run
from crosscase.core import Snapshot
from crosscase.evidence import Ledger


def test_nothing_is_found_in_a_clean_study(clean):
    assert [f"{one.rule} {one.subject.id}: {one.message}" for one in run(Ledger(clean))] == []


def test_nothing_is_found_in_an_empty_study():
    assert run(Ledger(Snapshot())) == []
