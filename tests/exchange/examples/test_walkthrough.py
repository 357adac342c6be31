"""The invented study shows every part of a study, and the faults that its README lists are found."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from crosscase.core import Snapshot
from crosscase.core.vocabulary import CLAIM_TYPES, CONSTRUCT_ORIGINS
from crosscase.exchange.examples import example_folder
from crosscase.exchange.folder import read_folder
from crosscase.study import Study

ROOT = Path(__file__).resolve().parents[3]
FOLDER = example_folder("walkthrough")


@pytest.fixture(scope="module")
def walkthrough() -> Snapshot:
    return read_folder(FOLDER)


def test_it_says_that_it_is_invented(walkthrough: Snapshot) -> None:
    assert walkthrough.study.synthetic
    assert "synthetic" in walkthrough.study.title
    assert "(synthetic)" in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()[0]


def test_every_part_of_a_study_is_shown(walkthrough: Snapshot) -> None:
    counts = walkthrough.counts()
    assert [name for name, count in counts.items() if not count and name != "acceptances"] == []
    assert {one.drawn_from for one in walkthrough.constructs} == set(CONSTRUCT_ORIGINS)
    assert {one.absent_when.split()[0] for one in walkthrough.constructs if one.absent_when} == {
        "coded", "asked", "sources:", "records:",
    }  # fmt: skip
    assert {one.type for one in walkthrough.claims} == set(CLAIM_TYPES)


def test_twelve_interviews_in_two_languages(walkthrough: Snapshot) -> None:
    interviews = walkthrough.sources.where(kind="interview")
    assert len(interviews) == 12
    assert sorted({one.language for one in interviews}) == ["en", "es"]
    for one in interviews:
        assert 600 <= len(walkthrough.texts[one.id].split()) <= 1500
        turns = walkthrough.turns.where(source=one.id)
        assert {turn.kind for turn in turns} == {"question", "answer"}
        assert all(turn.question for turn in turns)


def test_offsets_are_those_of_the_words(walkthrough: Snapshot) -> None:
    altered = [
        one.id
        for one in walkthrough.quotations
        if one.source and walkthrough.texts[one.source][one.start : one.end] != one.text
    ]
    assert altered == ["cedar-2.5"]  # planted: R301


def test_every_planted_fault_is_found() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    planted = set(re.findall(r"^\| (R\d+)", readme, flags=re.MULTILINE))
    with Study.open(FOLDER) as study:
        found = {finding.rule for finding in study.check()}
    assert planted == found
    assert {code[:2] for code in planted} == {f"R{family}" for family in range(1, 9)}


def test_the_script_makes_the_computed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from make_walkthrough import make

    copy = shutil.copytree(FOLDER, tmp_path / "copy")
    for name in ("turns.csv", "codings.csv", "surveys/orientation.csv"):
        (copy / name).write_text("", encoding="utf-8")
    make(copy)
    for path in FOLDER.rglob("*.csv"):
        assert (copy / path.relative_to(FOLDER)).read_bytes() == path.read_bytes(), path.name
