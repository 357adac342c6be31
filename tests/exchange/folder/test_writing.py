"""A folder is written whole or not at all, and only over a study."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from crosscase.core import Case, Coding, Quotation, Snapshot, Source, Stance, Survey
from crosscase.core.errors import InputError
from crosscase.exchange.folder import read_folder, write_folder

Make = Callable[..., Path]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_has_one_form(tmp_path: Path) -> None:
    write_folder(Snapshot.of(cases=[Case("A", {"x": '=1+1, "so"\nor so'}), Case("B", {"x": "-2"})]), tmp_path / "study")
    assert files(tmp_path / "study") == {
        "study.toml": b'title = ""\n',
        "cases.csv": b'id,x\nA,"=1+1, ""so""\nor so"\nB,-2\n',
    }


def test_a_folder_by_hand_is_the_same_study_after_it_was_written(study: Make) -> None:
    folder = study()
    before = read_folder(folder)
    write_folder(before, folder)
    once = files(folder)
    assert read_folder(folder) == before
    write_folder(read_folder(folder), folder)
    assert files(folder) == once


def test_files_that_are_not_the_study_s_are_kept_and_old_ones_of_the_study_go(study: Make) -> None:
    folder = study(
        {"README.md": "mine", ".git/HEAD": "ref", "sources/unlisted.txt": "mine", "surveys/codes.pdf": "mine"}
    )
    snapshot = read_folder(folder)
    write_folder(Snapshot(study=snapshot.study, cases=snapshot.cases), folder)
    left = {"README.md", ".git/HEAD", "sources/unlisted.txt", "surveys/codes.pdf", "study.toml", "cases.csv"}
    assert set(files(folder)) == left


def test_a_folder_that_is_no_study_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_bytes(b"")
    with pytest.raises(InputError, match="is not empty and not a study folder"):
        write_folder(Snapshot(), tmp_path / "photos")
    with pytest.raises(InputError, match="is a file"):
        write_folder(Snapshot(), tmp_path / "photos" / "one.jpg")
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


@pytest.mark.parametrize(
    "stop", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()], ids=["full", "Ctrl-C"]
)
@pytest.mark.parametrize("at", ["open", "rename"])
def test_what_was_there_stays_when_writing_fails(study: Make, monkeypatch, stop: BaseException, at: str) -> None:
    folder = study()
    before = files(folder)
    snapshot = read_folder(folder).replace(cases=Snapshot.of(cases=[Case("A"), Case("B"), Case("C")]).cases)
    real = getattr(Path, at)

    def fails(self: Path, *arguments, **named):
        # The last file, and the moment at which the new folder is put in the place of the old one.
        if (self.name == "one.txt" and arguments == ("wb",)) or self.name == "new":
            raise stop
        return real(self, *arguments, **named)

    monkeypatch.setattr(Path, at, fails)
    with pytest.raises((InputError, KeyboardInterrupt)) as caught:
        write_folder(snapshot, folder)
    monkeypatch.undo()
    if isinstance(caught.value, InputError):
        assert "No space left on device; nothing was changed" in str(caught.value)
    assert files(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["study"]


@pytest.mark.parametrize(
    ("snapshot", "told"),
    [
        (Snapshot.of(codings=[Coding("c", "lost", "x")]), "there is no quotation 'lost'"),
        (Snapshot.of(stances=[Stance("s", "lost")]), "there is no claim 'lost'"),
        (Snapshot.of(sources=[Source("s", "../x.txt")], texts={"s": ""}), "is not a name for a file"),
        (
            Snapshot.of(sources=[Source("s", "x"), Source("t", "X")], texts={"s": "1", "t": "2"}),
            "two sources have the file",
        ),
        (Snapshot.of(surveys=[Survey("w", columns={"q": (1.0, "x")})]), "has numbers and texts"),
    ],
)
def test_what_would_be_lost_is_not_written(snapshot: Snapshot, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=told):
        write_folder(snapshot, tmp_path / "study")
    assert not list(tmp_path.iterdir())


def test_codings_in_another_order_than_their_quotations_keep_it(tmp_path: Path, study: Make) -> None:
    folder = study()
    snapshot = read_folder(folder)
    codings = [Coding("c2", "q2", "net"), Coding("c1", "q1", "net")]
    changed = snapshot.replace(codings=Snapshot.of(codings=codings).codings)
    write_folder(changed, folder)
    assert list(read_folder(folder).codings) == codings
    assert list(read_folder(folder).quotations) == [
        Quotation("q1", "S1", 3, 7, "went"),
        Quotation("q2", "S1", 8, 10, "to"),
    ]


def test_words_without_a_file_get_one(tmp_path: Path) -> None:
    snapshot = Snapshot.of(sources=[Source("Firm A/1"), Source("none")], texts={"Firm A/1": "said\r\n"})
    write_folder(snapshot, tmp_path / "study")
    read = read_folder(tmp_path / "study")
    assert read.texts == {"Firm A/1": "said\r\n"}
    assert read.sources.column("file") == ["Firm A%2F1.txt", ""]


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"U\+D83E"):
        write_folder(Snapshot.of(cases=[Case("A", {"x": "\ud83e"})]), tmp_path / "study")
