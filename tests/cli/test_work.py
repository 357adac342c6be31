"""``crosscase jobs`` and ``crosscase worker``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosscase.cli import main
from crosscase.core import Snapshot, Study
from crosscase.store import open_store


@pytest.fixture
def file(tmp_path: Path) -> str:
    where = tmp_path / "study.crosscase"
    with open_store(where, create=True) as store:
        store.save_snapshot(Snapshot(Study("Born globals")), "ana", "new")
    return str(where)


@pytest.fixture(autouse=True)
def _spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCASE_SPOOL", str(tmp_path / "spool"))


def test_work_is_asked_for_done_and_listed(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "i.txt"
    text.write_text("A word.\n")
    assert main(["jobs", file, "--queue", "import", "--with", f"file={text}"]) == 0
    assert main(["worker", file, "--once", "--backend", "joblib", "--processes", "2"]) == 0
    capsys.readouterr()
    assert main(["jobs", file, "--format", "json"]) == 0
    (job,) = json.loads(capsys.readouterr().out)["jobs"]
    assert (job["kind"], job["state"], job["done"], job["total"]) == ("import", "done", 1, 1)
    assert job["result"]["imported"][0]["counts"]["sources"] == 1


def test_a_merge_and_intervals_are_asked_for_with_what_they_need_and_nothing_else(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "taken.crosscase"
    other.write_bytes(Path(file).read_bytes())
    two = ["--with", f"file={other}", "--with", f"file={other}"]
    assert main(["jobs", file, "--queue", "merge", *two]) == 2
    assert main(["jobs", file, "--queue", "agreement", "--with", f"file={other}"]) == 2
    assert "needs unit" in capsys.readouterr().err
    assert main(["jobs", file, "--queue", "merge", "--with", f"file={other}"]) == 0
    assert main(["jobs", file, "--queue", "agreement", "--with", "unit=turn"]) == 0
    assert main(["worker", file, "--once"]) == 0
    capsys.readouterr()
    assert main(["jobs", file, "--format", "json"]) == 1
    merge, agreement = json.loads(capsys.readouterr().out)["jobs"]
    assert (merge["state"], merge["result"]["conflicts"]) == ("done", 0)
    assert "no source was coded by two coders" in agreement["error"]["what"]


def test_the_place_and_the_backend_come_from_the_environment(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["worker", "--once"]) == 2
    assert "nothing says where work waits" in capsys.readouterr().err
    monkeypatch.setenv("CROSSCASE_DATABASE", f"sqlite:///{file}")
    assert main(["worker", "--once"]) == 0
    assert "0 done" in capsys.readouterr().err
    monkeypatch.setenv("CROSSCASE_BACKEND", "dusk")
    assert main(["worker", "--once"]) == 2
    assert "dusk" in capsys.readouterr().err


def test_the_settings_of_a_server_say_it_all(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "crosscase.toml"
    settings.write_text(f'database = "sqlite:///{file}"\nbackend = "dask"\ncluster = "tcp://elsewhere:8786"\n')
    assert main(["worker", "--once", "--settings", str(settings)]) == 0  # a cluster is reached when there are draws
    assert main(["worker", "--once", "--settings", str(settings), "--backend", "joblib"]) == 2
    assert "joblib knows no cluster" in capsys.readouterr().err


def test_nobody_else_may_look_into_the_folder_of_a_worker(file: str, tmp_path: Path) -> None:
    assert main(["worker", file, "--once"]) == 0
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
