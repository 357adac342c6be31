"""A study file that was worked on elsewhere, merged back: what is new, what was changed on one side, what on both."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscase.cli import main
from crosscase.core.errors import InputError
from crosscase.study import Study, codebook, coding, memos
from crosscase.study.merging import MergeReport
from crosscase.study.workspace import Workspace
from web.study import study_file


class Side:
    """A study file that somebody works on."""

    def __init__(self, file: Path, who: str) -> None:
        self.file, self.who = file, who
        self.study = Study.open(file, who=who)
        self.workspace = Workspace(self.study)

    def define(self, code: str, words: str) -> None:
        version = self.workspace.version("codes", code)
        codebook.change_code(self.workspace, self.who, code, version, definition=words)

    def code(self, start: int, end: int, code: str, who: str = "") -> str:
        return coding.code_passage(self.workspace, who or self.who, "S1", start, end, code).coding.id

    def uncode(self, id: str) -> None:
        coding.uncode(self.workspace, self.who, id, self.workspace.placed(id).version)

    def merge(self, other: Side) -> MergeReport:
        other.study.close()
        report = self.study.merge(other.file)
        other.study = Study.open(other.file, who=other.who)
        other.workspace = Workspace(other.study)
        self.workspace.catch_up()
        return report


@pytest.fixture(params=["exported", "copied"])
def sides(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Side, Side]]:
    """A study, and the file of it that somebody took along: an export, or a copy with the whole trail."""
    mine = Side(study_file(tmp_path / "mine.crosscase"), "ana")
    mine.define("chance", "before they parted")
    taken = tmp_path / "taken.crosscase"
    if request.param == "exported":
        with Study.open(mine.file) as study:
            study.export("crosscase", taken)
    else:
        mine.study.backup(taken)
    other = Side(taken, "ben")
    yield mine, other
    mine.study.close()
    other.study.close()


def test_each_row_is_what_the_two_trails_say(sides: tuple[Side, Side]) -> None:
    mine, other = sides
    mine.define("follow", "changed here")
    other.define("start", "changed there")
    mine.define("fair", "changed on both sides, here")
    other.define("fair", "changed on both sides, there")
    both = mine.code(100, 140, "fair", "cleo"), other.code(100, 140, "fair", "cleo")
    new = other.code(200, 240, "fair")
    gone = other.workspace.rows("codings")[0].id
    other.uncode(gone)
    deleted_here = mine.workspace.rows("codings")[1].id
    mine.uncode(deleted_here)

    report = mine.merge(other)

    codes = {one.id: one.definition for one in mine.workspace.rows("codes")}
    assert codes["follow"] == "changed here"
    assert codes["start"] == "changed there"
    assert codes["fair"] == "changed on both sides, here"
    assert codes["chance"] == "before they parted"
    (conflict,) = report.conflicts
    assert (conflict.table, conflict.id) == ("codes", "fair")
    assert conflict.mine is not None
    assert conflict.theirs is not None
    assert conflict.mine["definition"] == "changed on both sides, here"
    assert conflict.theirs["definition"] == "changed on both sides, there"
    assert both[0] != both[1]
    held = {one.id for one in mine.workspace.rows("codings")}
    assert both[0] in held
    assert both[1] not in held, "the same passage, code and coder are one coding"
    assert new in held
    assert gone not in held
    assert deleted_here not in held
    counts = report.counts["codes"]
    assert (counts["changed here"], counts["changed there"], counts["in conflict"]) == (1, 1, 1)
    assert report.counts["codings"]["new"] == 1
    assert report.counts["codings"]["deleted there"] == 1
    assert report.counts["codings"]["deleted here"] == 1
    assert mine.study.audit().report.whole


def test_merging_twice_changes_nothing_more(sides: tuple[Side, Side]) -> None:
    mine, other = sides
    other.code(200, 240, "fair")
    memos.add_memo(other.workspace, "ben", "A thought from the train")
    codebook.add_code(other.workspace, "ben", "From the train")
    first = mine.merge(other)
    assert first.total("new") >= 3
    length = mine.workspace.store.audit_length(mine.workspace.id)
    again = mine.merge(other)
    assert again.total("new") == again.total("in conflict") == 0
    assert mine.workspace.store.audit_length(mine.workspace.id) == length


def test_what_was_deleted_on_one_side_and_changed_on_the_other_is_a_conflict(sides: tuple[Side, Side]) -> None:
    mine, other = sides
    one, two = (row.id for row in mine.workspace.rows("codings")[:2])
    mine.uncode(one)
    seen = other.workspace.placed(one)
    coding.change_coding(other.workspace, "ben", one, seen.version, note="still of use")
    seen = mine.workspace.placed(two)
    coding.change_coding(mine.workspace, "ana", two, seen.version, note="of use here")
    other.uncode(two)
    report = mine.merge(other)
    found = {one.id: one for one in report.conflicts if one.table == "codings"}
    assert set(found) == {one, two}
    assert found[one].mine is None
    assert found[two].theirs is None
    held = {row.id for row in mine.workspace.rows("codings")}
    assert two in held
    assert one not in held


def test_a_quotation_that_a_new_coding_needs_is_not_deleted(sides: tuple[Side, Side]) -> None:
    mine, other = sides
    shared = mine.workspace.placed(mine.workspace.rows("codings")[0].id)
    start, end = shared.quotation.start, shared.quotation.end
    assert start is not None
    assert end is not None
    new = coding.code_passage(other.workspace, "ben", shared.quotation.source, start, end, "follow").coding.id
    mine.uncode(shared.coding.id)
    assert not mine.workspace.has("quotations", shared.quotation.id)
    mine.merge(other)
    assert mine.workspace.placed(new).quotation.text == shared.quotation.text


def test_without_a_common_history_what_differs_is_listed(tmp_path: Path) -> None:
    """Two files of one study that were made apart: nothing says which side changed what."""
    mine, other = Side(study_file(tmp_path / "a.crosscase"), "ana"), Side(study_file(tmp_path / "b.crosscase"), "ben")
    other.define("fair", "another")
    new = other.code(200, 240, "fair")
    report = mine.merge(other)
    assert [one.id for one in report.conflicts if one.table == "codes"] == ["fair"]
    assert "nothing says when" in report.sentence.casefold()
    assert mine.workspace.has("codings", new)
    mine.study.close()
    other.study.close()


def test_the_words_of_a_source_are_not_merged(sides: tuple[Side, Side]) -> None:
    mine, other = sides
    with other.workspace.writing("ben", "another text") as change:
        change.set_text("S1", "Quite another text.")
    report = mine.merge(other)
    assert ("sources", "S1", "Its words differ") in [(one.table, one.id, one.why) for one in report.conflicts]
    assert "Quite another text." not in mine.workspace.texts["S1"]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = study_file(tmp_path / "mine.crosscase")
    with Study.open(mine, who="ana") as study:
        study.export("crosscase", tmp_path / "taken.crosscase")
    other = Side(tmp_path / "taken.crosscase", "ben")
    other.code(200, 240, "fair")
    other.study.close()
    before = shutil.copy(mine, tmp_path / "before.crosscase")
    assert main(["merge", str(mine), str(other.file), "--dry-run", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["codings"]["new"] == 1
    with Study.open(mine) as now, Study.open(before) as was:
        assert now.snapshot.codings == was.snapshot.codings
    assert main(["merge", str(mine), str(other.file)]) == 0
    assert "new" in capsys.readouterr().out
    side = Side(mine, "ana")
    side.define("fair", "here")
    side.study.close()
    other = Side(other.file, "ben")
    other.define("fair", "there")
    other.study.close()
    assert main(["merge", str(mine), str(other.file)]) == 1
    said = capsys.readouterr().out
    assert "It was changed here and there" in said
    assert "'here'" in said
    assert "'there'" in said
    assert main(["merge", str(tmp_path), str(other.file)]) == 2


def test_a_folder_cannot_be_merged_into(tmp_path: Path) -> None:
    from crosscase import copy_example

    folder = copy_example("born-globals", tmp_path / "firms")
    with Study.open(folder) as study, pytest.raises(InputError, match="keeps no audit trail"):
        study.merge(study_file(tmp_path / "x.crosscase"))
