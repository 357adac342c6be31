"""A clean study, and what a rule finds in a study."""

from __future__ import annotations

import pytest

from checks.study import clean_study
from crosscase.checks import run
from crosscase.core import Snapshot
from crosscase.evidence import Ledger


@pytest.fixture
def clean() -> Snapshot:
    return clean_study()


@pytest.fixture
def found():
    """What a rule finds in a snapshot, as (kind, id, message)."""

    def find(snapshot: Snapshot, code: str) -> list[tuple[str, str, str]]:
        return [(one.subject.kind, one.subject.id, one.message) for one in run(Ledger(snapshot), [code])]

    return find
