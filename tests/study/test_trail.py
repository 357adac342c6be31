"""The audit trail: filters and their combinations, what is said of one that was tampered with, and the supplement."""

from __future__ import annotations

import datetime
import itertools
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crosscase.cli import main
from crosscase.core.errors import InputError, NotFoundError
from crosscase.store.audit import ACTIONS
from crosscase.study.coding import change_coding, code_passage, uncode
from crosscase.study.memos import add_memo
from crosscase.study.supplement import read_supplement, verified
from crosscase.study.trail import OBJECTS, Filter
from crosscase.study.workspace import Workspace
from web.study import opened, study_file

DAYS = ("2026-03-01", "2026-03-02", "2026-03-03")
SECRET = "=cmd|'/c calc'!A1 told me in confidence"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A study on which two people worked on three days."""
    path = study_file(tmp_path / "study.crosscase")
    study = opened(path)
    workspace = Workspace(study)
    made = code_passage(workspace, "ana", "S1", 300, 345, "fair", note=SECRET)
    other = code_passage(workspace, "ben", "S1", 100, 140, "chance")
    change_coding(workspace, "ben", other.coding.id, other.version, note="mine")
    add_memo(workspace, "=ana", SECRET, kind="codings", about=made.coding.id, title=SECRET)
    uncode(workspace, "ana", made.coding.id, made.version)
    study.close()
    return path


def rehashed(file: Path) -> Path:
    """The same trail as if it had come about on three days."""
    from crosscase.store.audit import BEGINNING, CHAINED, entry_hash

    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        study = connection.execute("SELECT * FROM studies").fetchone()
        previous = BEGINNING
        for row in connection.execute("SELECT * FROM audit ORDER BY sequence").fetchall():
            entry = {name: row[name] for name in CHAINED}
            entry["at"] = f"{DAYS[row['sequence'] % 3]}T23:59:59.999999+00:00"
            previous = entry_hash(study["id"], entry, previous)
            changed = (entry["at"], previous, row["sequence"])
            connection.execute("UPDATE audit SET at = ?, hash = ? WHERE sequence = ?", changed)
        connection.execute("UPDATE studies SET audit_hash = ?", (previous,))
    return file


def test_every_combination_of_filters(file: Path) -> None:
    """Against the plain reading of all entries."""
    with opened(rehashed(file)) as study:
        everything = study.audit()
        assert everything.report.whole
        choices: dict[str, tuple[str, ...]] = {
            "who": ("", "ana", "ben", "nobody"), "action": ("", "insert", "update", "delete"),
            "table": ("", "codings", "quotations"), "row": ("", "k1", everything.entries[0].row),
            "since": ("", DAYS[1]), "until": ("", DAYS[1]),
        }  # fmt: skip
        found = 0
        for values in itertools.product(*choices.values()):
            given = dict(zip(choices, values, strict=True))
            expected = [
                one.sequence
                for one in everything.entries
                if given["who"] in ("", one.who)
                and given["action"] in ("", one.action)
                and given["table"] in ("", one.of)
                and given["row"] in ("", one.row)
                and (given["since"] or "0") <= one.at[:10] <= (given["until"] or "9")
            ]
            assert [one.sequence for one in study.audit(**given).entries] == expected, given
            assert [one.sequence for one in everything.only(Filter(**given)).entries] == expected, given
            found += bool(expected)
        assert found > 50


def test_what_cannot_be_asked() -> None:
    with pytest.raises(NotFoundError, match="no table 'coding'"):
        Filter(table="coding")
    with pytest.raises(NotFoundError, match="no action 'remove'"):
        Filter(action="remove")
    with pytest.raises(InputError, match="no day"):
        Filter(since="yesterday")
    with pytest.raises(InputError, match="no day lies between"):
        Filter(since="2026-03-02", until="2026-03-01")
    assert {"codings", "studies", "texts"} <= set(OBJECTS)
    assert "delete many" in ACTIONS


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE audit SET what = 'x' WHERE sequence = 5", "entry 5: the entry, or the one before it, was altered"),
        ("UPDATE audit SET after = '{}' WHERE sequence = 5", "entry 5: what stood 'after' was altered"),
        ("DELETE FROM audit WHERE sequence = 5", "entry 5: entry 5 is missing"),
        ("UPDATE audit SET sequence = CASE sequence WHEN 5 THEN -6 WHEN 6 THEN -5 ELSE sequence END;"
         "UPDATE audit SET sequence = -sequence WHERE sequence < 0", "entry 5: the entry, or the one before it, was altered"),
        ("DELETE FROM audit WHERE sequence > 20", "entries at the end are missing"),
        ("DELETE FROM audit", "entry 1: entries at the end are missing"),
    ],
)  # fmt: skip
def test_a_trail_that_was_tampered_with(file: Path, harm: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(file) as connection:
        connection.executescript(harm)
    assert main(["audit", str(file), "--who", "ben"]) == 1
    assert said in capsys.readouterr().out
    out = file.with_name("supplement.json")
    assert main(["audit", str(file), "--out", str(out)]) == 2
    assert not out.exists()


def script() -> str:
    """The one that the docs give to readers."""
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.S)
    assert found is not None
    return found[1]


def says(file: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-c", script(), str(file)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("names", [False, True])
def test_a_supplement_is_verified_without_the_study(
    file: Path, names: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    out = file.with_name("supplement.json")
    with opened(file) as study:
        study.audit_supplement(out, names=names)
        last = study.audit().report.last_hash
        with pytest.raises(InputError, match="exists"):
            study.audit_supplement(out)
    text, document = out.read_text("utf-8"), json.loads(out.read_text("utf-8"))
    assert document["trail"]["last_hash"] == last
    assert (document["last_hash"] == last) == names
    for secret in ('"ana"', '"ben"', "Cologne", '"S1"', '"k1"'):
        assert (secret in text) == names, secret
    assert says(out) == (0, f"{len(document['entries'])} entries; the chain is whole\n")
    assert main(["audit", str(out), "--table", "memos", "--format", "json"]) == 0
    assert [one["of"] for one in json.loads(capsys.readouterr().out)["entries"]] == ["memos"] * 2


@pytest.mark.parametrize(
    "harm",
    [
        lambda entries: entries[4].update(at="2020-01-01T00:00:00+00:00"),
        lambda entries: entries.pop(4),
        lambda entries: entries.insert(4, entries.pop(5)),
        lambda entries: entries.pop(),
        lambda entries: entries[4].update(hash="0" * 64),
    ],
)
def test_a_supplement_that_was_tampered_with(file: Path, harm: Callable[[list[Any]], object]) -> None:
    out = file.with_name("supplement.json")
    with opened(file) as study:
        study.audit_supplement(out)
    document = json.loads(out.read_text("utf-8"))
    harm(document["entries"])
    out.write_text(json.dumps(document), encoding="utf-8")
    read = read_supplement(out)
    assert read is not None
    assert not verified(read).report.whole
    assert says(out)[0] == 1
    assert main(["audit", str(out)]) == 1


def test_what_is_no_supplement(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_supplement(file) is None
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "crosscase audit trail 1", "entries": [{}]}', encoding="utf-8")
    assert main(["audit", str(broken)]) == 2
    assert "lacks what its chain is made of" in capsys.readouterr().err
    assert main(["audit", str(file), "--out", str(tmp_path / "x.json"), "--who", "ana"]) == 2


def test_no_formula_in_a_spreadsheet(file: Path) -> None:
    with opened(file) as study:
        lines = study.audit().csv().splitlines()
    assert any("'=ana" in line for line in lines)
    assert not any(cell.strip('"').startswith(("=", "+", "@")) for line in lines for cell in line.split(","))
    assert datetime.datetime.fromisoformat(lines[1].split(",")[1]).tzinfo is not None
