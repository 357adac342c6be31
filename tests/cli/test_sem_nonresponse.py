"""``crosscase sem non-response``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosscase.cli import main


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    rows = [f"{1 + (i >= 12)},{10 + i % 5},{'ab'[i % 2]}" for i in range(20)]
    path.write_text("wave,size,sector\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_json_and_text(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "sem",
        "non-response",
        str(table),
        "--wave",
        "wave",
        "--late",
        "2",
        "--compare",
        "size",
        "--categorical",
        "sector",
    ]
    assert main([*asked, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["early"], found["late"]) == (12, 8)
    assert [one["variable"] for one in found["comparisons"]] == ["size", "sector"]
    assert main(asked) == 0
    assert "p (Holm)" in capsys.readouterr().out


def test_it_says_what_is_wrong(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sem", "non-response", str(table), "--wave", "wave", "--late", "9", "--compare", "size"]) == 2
    assert "the column holds 1, 2" in capsys.readouterr().err
    assert main(["sem", "non-response", str(table), "--wave", "wve", "--late", "2", "--compare", "size"]) == 2
    assert "wave" in capsys.readouterr().err
    assert main(["sem", "non-response", str(table), "--wave", "wave", "--late", "2"]) == 2
    assert "--compare" in capsys.readouterr().err
