"""A server for a team, once for each test that changes it and once for all that only look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from web.hosted.team import Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "server.db")
    yield made
    made.close()


@pytest.fixture(scope="module")
def standing_team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A server that the tests of a module share; what they change does not matter to each other."""
    made = make_team(tmp_path_factory.mktemp("team") / "server.db")
    yield made
    made.close()
