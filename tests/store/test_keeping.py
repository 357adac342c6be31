"""Backups come back, and a damaged file gives what it still holds."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from crosscase.core import Coding, Quotation
from crosscase.core.errors import StudyFileError
from crosscase.store import Store, open_store
from crosscase.store.restoring import rescue, restore
from store.studies import small


def test_a_backup_of_a_file_comes_back(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        store.save_snapshot(small(), "ana", "import")
        store.backup(tmp_path / "copy")
    restore(tmp_path / "copy", str(tmp_path / "again.crosscase"))
    for name in ("copy", "again.crosscase"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    with open_store(tmp_path / "again.crosscase") as again:
        assert again.load_snapshot() == small()
        assert again.verify_audit(again.studies()[0].id).whole


@pytest.mark.postgres
@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")
def test_a_dump_of_a_server_comes_back(postgres_url: str, tmp_path: Path) -> None:
    engine = sa.create_engine(
        postgres_url.replace("postgresql:", "postgresql+psycopg:", 1), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("DELETE FROM studies")
        connection.exec_driver_sql("DROP DATABASE IF EXISTS again")
        connection.exec_driver_sql("CREATE DATABASE again")
    engine.dispose()
    with open_store(postgres_url) as store:
        first = store.save_snapshot(small(), "ana", "import")
        second = store.save_snapshot(small(), "ben", "import")
        store.backup(tmp_path / "dump")
    assert (tmp_path / "dump").stat().st_mode & 0o077 == 0
    url = postgres_url.replace("/postgres?", "/again?")
    restore(tmp_path / "dump", url)
    with open_store(url) as again:
        assert [one.id for one in again.studies()] == [first, second]
        assert again.load_snapshot(second) == small()
        assert again.verify_audit(first).whole
    with pytest.raises(StudyFileError, match="not empty"):
        restore(tmp_path / "dump", url)
    with pytest.raises(StudyFileError, match="backup of a server"):
        restore(tmp_path / "dump", str(tmp_path / "x.crosscase"))


def test_what_cannot_be_restored_is_refused(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        store.save_snapshot(small(), "ana", "import")
        store.backup(tmp_path / "copy")
    with pytest.raises(StudyFileError, match="already"):
        restore(tmp_path / "copy", str(path))
    with pytest.raises(StudyFileError, match="backup of a study file"):
        restore(tmp_path / "copy", "postgresql://nobody@localhost/x")
    with pytest.raises(StudyFileError, match="cannot be read"):
        restore(tmp_path / "missing", str(tmp_path / "x"))
    data = bytearray((tmp_path / "copy").read_bytes())
    data[8192:16384] = os.urandom(8192)
    (tmp_path / "copy").write_bytes(data)
    with pytest.raises(StudyFileError, match="damaged"):
        restore(tmp_path / "copy", str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()


def _large(store: Store) -> str:
    """A study of many pages: 400 quotations of 300 characters, coded."""
    snapshot = small()
    quotations = [Quotation(f"big{number}", "", text=f"{number:04} " * 60, locator="p. 1") for number in range(400)]
    code = snapshot.codes[0].id
    id = store.save_snapshot(snapshot, "ana", "import")
    for part in range(0, 400, 50):
        with store.write(id, who="ana", what="code") as change:
            change.insert("quotations", quotations[part : part + 50])
            change.insert(
                "codings", [Coding(f"c-{one.id}", one.id, code, "ana") for one in quotations[part : part + 50]]
            )
    return id


def test_nothing_is_missing_from_a_sound_file(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        id = _large(store)
        before = store.load_snapshot()
    found = rescue(path, tmp_path / "saved.crosscase")
    assert found.whole
    with open_store(tmp_path / "saved.crosscase") as saved:
        assert saved.load_snapshot() == before
        assert saved.verify_audit(id).whole
        assert saved.search(id, "0007") == []  # quotations are not searched; the texts and codes are
        word = next(iter(before.texts.values())).split()[0].strip(".,")
        assert saved.search(id, word)
        with saved.write(id, who="ana", what="go on") as change:
            change.insert("quotations", [Quotation("new")])


def test_a_damaged_file_gives_the_rest(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        id = _large(store)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'quotations'").fetchone()[0]
    connection.close()
    data = bytearray(path.read_bytes())
    leaves = [
        page for page in range(1, len(data) // size)
        if data[page * size] == 13 and b"0123 0123" in data[page * size : (page + 1) * size] and page + 1 != root
    ]  # fmt: skip
    assert leaves
    for page in leaves:
        data[page * size : (page + 1) * size] = b"\xff" * size
    path.write_bytes(data)
    with pytest.raises(StudyFileError, match="crosscase rescue"):
        open_store(path, check=True)
    found = rescue(path, tmp_path / "saved.crosscase")
    assert not found.whole
    assert sum(found.lost.values()) > 0
    assert found.rows["codings"] >= 400
    assert found.rows["quotations"] > 350
    assert path.read_bytes() == data
    with open_store(tmp_path / "saved.crosscase", check=True) as saved:
        snapshot = saved.load_snapshot(id)
        assert "big7" in snapshot.quotations
        assert "big123" not in snapshot.quotations


@pytest.mark.parametrize("garbage", [b"\xff", b"\x00", b"\x0d"])
def test_a_table_that_reads_as_if_it_were_empty_is_not_called_whole(path: Path, tmp_path: Path, garbage: bytes) -> None:
    with open_store(path) as store:
        _large(store)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'participants'").fetchone()[0]
    connection.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * size : root * size] = garbage * size
    path.write_bytes(data)
    found = rescue(path, tmp_path / "saved.crosscase")
    assert found.given_up == ("participants",)
    assert not found.whole
    assert found.rows["quotations"] > 350


def test_a_file_without_its_first_page_is_beyond_help(path: Path, tmp_path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(data)
    with pytest.raises(StudyFileError, match="backup"):
        rescue(path, tmp_path / "saved.crosscase")
    assert not (tmp_path / "saved.crosscase").exists()


def test_a_file_that_was_cut_short_gives_what_stands_in_the_rest(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        _large(store)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 9 // 10 + 7])
    found = rescue(path, tmp_path / "saved.crosscase")
    assert not found.whole
    assert found.rows["codes"] > 0
    assert found.rows["quotations"] > 0
    assert path.stat().st_size == len(data) * 9 // 10 + 7
    with open_store(tmp_path / "saved.crosscase", check=True) as saved:
        assert saved.load_snapshot().codes
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".saved")] == []


def test_an_empty_file_is_not_called_rescued(tmp_path: Path) -> None:
    path = tmp_path / "s.crosscase"
    path.touch()
    with pytest.raises(StudyFileError, match="the file is empty, or no study file"):
        rescue(path, tmp_path / "saved.crosscase")
    assert not (tmp_path / "saved.crosscase").exists()
