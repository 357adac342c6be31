"""The demo knows the shipped studies by their folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscase.cli import main
from crosscase.exchange.examples import examples


def test_the_list_is_that_of_the_folders(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [one.name for one in examples()]


def test_an_unknown_study_is_refused_and_the_nearest_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--example", "walktrough"]) == 2
    assert "did you mean 'walkthrough'" in capsys.readouterr().err


def test_the_folder_has_the_name_of_the_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--example", "it-services"]) == 0
    assert (tmp_path / "it-services" / "out" / "report.html").is_file()
    assert "R106" in capsys.readouterr().out
