"""A server that is killed while people code: a small run of what benchmarks/faults.py does at length."""

from __future__ import annotations

from pathlib import Path

import pytest

from postgres import server

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.mark.slow
@pytest.mark.parametrize("place", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_every_acknowledged_coding_is_there_once(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import faults

    options = {"codings": 160, "kills": 2, "clients": 4}
    if place == "sqlite":
        found = faults.run(f"sqlite:///{tmp_path}/team.crosscase", **options)
    else:
        with server() as url:
            found = faults.run(url, **options, postgres=True)
    assert found.kills == 2
    assert found.acknowledged == 160
    assert found.asked_again > 0
    assert (found.lost, found.doubled, found.unasked, found.whole) == ([], [], [], True)
