"""Study files that are opened, refused, moved, full, locked, copied."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from crosscase.core import Case, Code, Snapshot
from crosscase.core.errors import ConflictError, StudyFileError
from crosscase.store import open_store, sqlite
from crosscase.study.exporting import export
from store.studies import small


@pytest.fixture
def full(path: Path) -> Path:
    """A study file with the small study in it."""
    with open_store(path) as store:
        store.save_snapshot(small(), "ana", "import", "one")
    return path


def test_a_file_is_made_once_and_then_opened(tmp_path: Path) -> None:
    path = tmp_path / "ein Ordner #1 %20?" / "stüdy.crosscase"
    path.parent.mkdir()
    with open_store(path, create=True) as store:
        store.save_snapshot(small(), "ana", "import")
    with open_store(path, create=True) as store:
        assert store.load_snapshot() == small()
        assert store.place == str(path)
    assert os.listdir(path.parent) == [path.name], "nothing else is left in the folder"


def test_a_new_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    open_store(tmp_path / "a.crosscase", create=True).close()
    assert (tmp_path / "a.crosscase").stat().st_mode & 0o777 == 0o600


def _other_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (a)")
    connection.close()


def _with_trigger(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TRIGGER evil AFTER INSERT ON codes BEGIN DELETE FROM codes; END")
    connection.close()


def _newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "there is no such study file"),
        (lambda path: (path.unlink(), path.mkdir()), "this is a folder"),
        (lambda path: path.write_text("id,name\n1,x\n"), "this is not a study file"),
        (lambda path: path.write_bytes(b""), "this is not a study file"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "damaged|not a study file"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\x07" * 5000), "not a study file|damaged"),
        (lambda path: (path.unlink(), _other_database(path)), "database of another program"),
        (_with_trigger, "a program of its own .'evil'"),
        (_newer, "made by a newer Crosscase .tables 9999"),
    ],
)
def test_what_is_not_a_sound_study_file_of_ours_is_refused(full: Path, spoil: object, message: str) -> None:
    spoil(full)  # type: ignore[operator]
    with pytest.raises(StudyFileError, match=message) as caught:
        open_store(full)
    assert str(full) in caught.value.where
    assert caught.value.mend


def test_a_damaged_page_is_found_in_a_file_that_was_not_seen_here(full: Path, tmp_path: Path) -> None:
    content = bytearray(full.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    for page in range(10, len(content) // size):
        content[page * size : page * size + 100] = b"\xff" * 100
    copy = tmp_path / "copy.crosscase"
    copy.write_bytes(content)
    with pytest.raises(StudyFileError, match="damaged"):
        open_store(copy)
    full.write_bytes(content)
    with pytest.raises(StudyFileError, match="damaged"):
        open_store(full, check=True)


def test_only_an_unseen_file_is_read_through(full: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    checked = []
    monkeypatch.setattr(sqlite, "check_integrity", lambda database: checked.append(database.path.name))
    copy = tmp_path / "copy.crosscase"
    copy.write_bytes(full.read_bytes())
    for _ in range(2):
        open_store(full).close()
        open_store(copy).close()
    open_store(full, check=True).close()
    open_store(full, check=False).close()
    assert checked == ["copy.crosscase", "study.crosscase"]


def test_a_file_that_could_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match="cannot be made"):
        open_store(tmp_path / "no" / "study.crosscase", create=True)
    assert list(tmp_path.iterdir()) == []


def test_other_addresses_are_refused() -> None:
    with pytest.raises(StudyFileError, match="this kind of database"):
        open_store("mysql://x/y")


def test_reading_only(full: Path) -> None:
    with open_store(full, read_only=True) as store:
        assert store.read_only
        assert store.load_snapshot() == small()
        with pytest.raises(StudyFileError, match="for reading only"), store.write("one", who="a", what="b"):
            pass


def test_a_folder_that_may_not_be_written_is_opened_for_reading(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who runs the tests may be root, who may write everywhere; so the system's answer is replaced."""
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    full.chmod(0o444)
    with open_store(full) as store:
        assert store.read_only
        assert store.load_snapshot() == small()
        assert os.listdir(full.parent) == [full.name], "no -wal or -shm is made beside it"
        with pytest.raises(StudyFileError, match="for reading only"):
            store.undo("one", "ana")


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_a_moved_or_replaced_file_is_noticed_before_anything_is_written(full: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "moved.crosscase"
    with open_store(full) as store:
        full.rename(elsewhere)
        with pytest.raises(StudyFileError, match="moved, deleted or replaced"), store.write("one", who="a", what="b"):
            pass
        full.write_bytes(b"something else")
        with pytest.raises(StudyFileError, match="moved, deleted or replaced"), store.write("one", who="a", what="b"):
            pass
        full.unlink()
        elsewhere.rename(full)
        with store.write("one", who="a", what="b") as change:
            change.insert("codes", [Code("new")])
    with open_store(full) as store:
        assert "new" in store.load_snapshot().codes


def test_a_file_moved_during_a_write_keeps_nothing_of_it(full: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "moved.crosscase"

    def moved() -> None:
        with open_store(full) as store, store.write("one", who="a", what="b") as change:
            change.delete("codes", ["c"])
            full.rename(elsewhere)

    with pytest.raises(StudyFileError, match="moved, deleted or replaced"):
        moved()
    with open_store(elsewhere) as store:
        assert store.load_snapshot() == small()


def test_a_full_disk_keeps_nothing_and_says_so(full: Path) -> None:
    with open_store(full) as store:
        with store._database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            # The limit is the connection's, and the pool hands out the same one again.
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        big = small().replace(texts={"s1": "word " * 200_000})
        with pytest.raises(StudyFileError, match="the disk is full") as caught:
            store.save_snapshot(big, "ana", "import", "one")
        assert "make room" in caught.value.mend
        assert store.load_snapshot("one") == small()
        assert store.verify_audit("one").whole


WRITER = """
import sys
from crosscase.core import Case
from crosscase.store import open_store
with open_store(sys.argv[1]) as store, store.write("one", who="bo", what="slow") as change:
    change.insert("cases", [Case("bo")])
    print("writing", flush=True)
    sys.stdin.readline()
"""


def test_a_second_process_reads_on_and_is_told_who_writes(full: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, full],
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        with open_store(full) as store:
            assert store.load_snapshot() == small()
            store._database.patience = 0.2  # type: ignore[attr-defined]
            store._database.engine.dispose()
            with pytest.raises(ConflictError, match="somebody else is writing") as caught:
                store.save_snapshot(Snapshot.of(cases=[Case("x")]), "cy", "import", "one")
            assert "the last change is by ana at 20" in caught.value.where
            writer.stdin.write("\n")
            writer.stdin.flush()
            assert writer.wait(20) == 0
            assert "bo" in store.load_snapshot().cases


def test_a_writer_that_is_killed_leaves_the_study_as_it_was(full: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, full],
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        writer.kill()
        writer.wait(20)
    with open_store(full, check=True) as store:
        assert store.load_snapshot() == small()
        assert store.verify_audit("one").whole


def test_a_backup_is_made_while_the_file_is_written(full: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.crosscase"
    with open_store(full) as store:
        with store.write("one", who="ana", what="unfinished") as change:
            change.delete("codes", ["c"])
            with open_store(full) as other:
                assert other.backup(copy) == copy
        with pytest.raises(StudyFileError, match="a file of that name"):
            store.backup(copy)
        with pytest.raises(StudyFileError, match="cannot be opened"):
            store.backup(tmp_path / "no" / "copy.crosscase")
    with open_store(copy) as store:
        assert store.load_snapshot() == small()
        with store._database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.crosscase", "study.crosscase"]


@pytest.mark.skipif(os.name == "nt", reason="no limit of a file's size")
@pytest.mark.parametrize("room", [0, 20_000])
def test_a_study_file_that_there_is_no_room_for_is_said_and_not_left(tmp_path: Path, room: int) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(StudyFileError):
            export(small(), "crosscase", tmp_path / "new.crosscase", who="ana", what="export")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_to_open_a_file_is_said(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite speaks of an I/O error when its small files beside the study do not fit."""
    with open_store(full) as store:
        assert "could not be read or written" in str(store._database._of_message("disk I/O error"))
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
        assert "the disk is full" in str(store._database._of_message("disk I/O error"))
