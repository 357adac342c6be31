"""A study while things go wrong: an interrupt in the middle of an import, two writers, a folder that is gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crosscase import Study
from crosscase.core.errors import ConflictError, StudyFileError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_an_interrupt_leaves_whole_files_and_a_sound_study(tmp_path, crosscase):
    study = tmp_path / "s.crosscase"
    assert crosscase("init", study).status == 0
    files = []
    for number in range(300):
        file = tmp_path / f"{number:03}.txt"
        file.write_text(f"Interviewer: How?\nAna: number {number} " + "and so on " * 2000 + "\n")
        files.append(str(file))
    importing = subprocess.Popen(
        [sys.executable, "-m", "crosscase", "import", str(study), *files],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(600):
        with Study.open(study) as seen:
            if 0 < len(seen.sources) < 300:
                break
        time.sleep(0.05)
    importing.send_signal(signal.SIGINT)
    _, said = importing.communicate(timeout=60)
    with Study.open(study) as after:
        count = len(after.sources)
        assert set(after.snapshot.texts) == set(after.sources.column("id"))
        assert set(after.snapshot.turns.column("source")) == set(after.sources.column("id"))
        assert after.audit().report.whole
    if importing.returncode:  # it may have finished before the signal came
        assert importing.returncode == 2
        assert "Traceback" not in said
        assert 0 < count <= 300
    else:
        assert count == 300


def test_a_folder_that_changed_in_between_is_not_overwritten(example):
    study = Study.open(example)
    (example / "cases.csv").write_text((example / "cases.csv").read_text() + "BG34,,,,,,,,,\n")
    with pytest.raises(ConflictError, match="changed since"):
        study.accept("R207", "measures", "spread", "as reported")
    assert "BG34" in (example / "cases.csv").read_text()


def test_a_folder_that_was_moved_is_missed(example, tmp_path):
    study = Study.open(example)
    shutil.move(example, tmp_path / "elsewhere")
    with pytest.raises(StudyFileError, match="not there any more"):
        study.accept("R207", "measures", "spread", "as reported")


def test_two_who_have_the_same_study_open_lose_nothing(tmp_path, crosscase):
    path = tmp_path / "s.crosscase"
    crosscase("init", path)
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"Interviewer: How?\nAna: I am {name}.\n")
    with Study.open(path) as one, Study.open(path) as other:
        one.import_files([tmp_path / "a.txt"])
        other.import_files([tmp_path / "b.txt"])
    with Study.open(path) as both:
        assert set(both.sources.column("id")) == {"a", "b"}
