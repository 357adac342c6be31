"""The migrations make the tables that the program expects, and an upgrade keeps a backup."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from crosscase.core.errors import MissingExtraError, StudyFileError
from crosscase.store import Store, open_store, postgres, upgrade
from crosscase.store.schema import HEAD, METADATA
from crosscase.store.sqlite import SqliteDatabase
from store.studies import small

#: Study files as earlier versions wrote them, by the revision of their tables.
RELEASED = Path(__file__).parent / "released"


def test_the_migrations_make_the_tables_of_the_schema(store: Store) -> None:
    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and name is not None and name.startswith("passage_words"))

    with store._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_newest_migration_is_the_one_the_program_expects(store: Store) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(upgrade._configuration(None))
    assert scripts.get_heads() == [HEAD]
    assert upgrade.revision(store._database) == HEAD


def test_the_migrations_can_be_taken_back_and_done_again(tmp_path: Path) -> None:
    from alembic import command

    path = tmp_path / "study.crosscase"
    open_store(path, create=True).close()
    database = SqliteDatabase(path, read_only=False)
    with database.writing() as connection:
        command.downgrade(upgrade._configuration(connection), "base")
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'table'").scalar() == 1
    upgrade.upgrade(database)
    database.close()
    with open_store(path) as store:
        store.save_snapshot(small(), "ana", "import")


@pytest.fixture(params=sorted(RELEASED.glob("*.gz")), ids=lambda file: file.name.partition(".")[0])
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A study file as an earlier version wrote it: ``small()``, and a coding by ben that was undone and done again."""
    path = tmp_path / "study.crosscase"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def _is_as_written(store: Store) -> None:
    snapshot = store.load_snapshot()
    late = snapshot.codings["late"]
    assert snapshot.replace(codings=small().codings) == small()
    assert list(snapshot.codings) == [*small().codings, late]
    (study,) = store.studies()
    assert store.verify_audit(study.id).whole
    assert [one.kind for one in store.audit(study.id, who="ben")] == ["do", "undo", "redo"]


def test_a_file_of_every_earlier_version_opens_with_all_that_is_in_it(released: Path) -> None:
    with pytest.raises(StudyFileError, match="may not be written"):
        open_store(released, read_only=True)
    with open_store(released) as store:
        _is_as_written(store)
        (study,) = store.studies()
        store.undo(study.id, "ben")
        assert store.load_snapshot() == small()
        word = next(iter(small().texts.values())).split()[0].strip(".,")
        assert store.search(study.id, word)
    (backup,) = released.parent.glob("*.backup")
    with open_store(backup) as store:
        _is_as_written(store)


def test_an_upgrade_can_be_taken_back_with_the_data(released: Path) -> None:
    from alembic import command

    old = released.read_bytes()
    open_store(released).close()
    database = SqliteDatabase(released, read_only=False)
    before = upgrade.revision(SqliteDatabase(next(iter(released.parent.glob("*.backup"))), read_only=True))
    with database.writing() as connection:
        command.downgrade(upgrade._configuration(connection), str(before))
    assert upgrade.revision(database) == before
    database.close()
    assert _content(released.read_bytes(), released.parent) == _content(old, released.parent)
    with open_store(released) as store:
        _is_as_written(store)


def _content(data: bytes, folder: Path) -> dict[str, object]:
    """The tables of a study file, their columns and their rows, without the note of where it was seen."""
    file = folder / "content"
    file.write_bytes(data)
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM metadata")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        found = {
            name: (
                [row[1:4] for row in connection.execute(f"PRAGMA table_info({name})")],
                connection.execute(f"SELECT * FROM {name}").fetchall(),
            )
            for (name,) in tables
            if not name.startswith("passage_words_")
        }
    connection.close()
    file.unlink()
    return found


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    def fail(configuration: Any, to: str) -> None:
        configuration.attributes["connection"].exec_driver_sql("DROP TABLE passages")
        raise RuntimeError("the migration is wrong")

    database = SqliteDatabase(path, read_only=False)
    monkeypatch.setattr(command, "upgrade", fail)
    with pytest.raises(RuntimeError, match="is wrong"):
        upgrade.upgrade(database)
    database.close()
    with open_store(path) as store:
        store.save_snapshot(small(), "ana", "import")


@pytest.mark.postgres
def test_a_server_without_our_tables_is_refused(postgres_url: str) -> None:
    with pytest.raises(StudyFileError, match="holds no studies"):
        open_store(postgres_url.replace("/postgres?", "/template1?"))
    with pytest.raises(StudyFileError, match=r"does not let us in: .*gone.* does not exist"):
        open_store(postgres_url.replace("/postgres?", "/gone?"))


def test_the_driver_for_postgresql_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="crosscase\\[postgres\\]"):
        open_store("postgresql://localhost/x")


def test_a_password_is_not_shown() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StudyFileError) as caught:
        open_store("postgresql://ana:secret@127.0.0.1:1/x")
    assert "secret" not in str(caught.value)
    assert caught.value.where == "postgresql://ana:***@127.0.0.1:1/x"


def test_the_package_is_imported_without_sqlalchemy() -> None:
    code = "import sys, crosscase.store; print('sqlalchemy' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True).stdout.strip() == b"False"


def test_who_was_disabled_does_not_come_in_after_a_downgrade(path: Path) -> None:
    """What came before revision 0005 would let in whoever has a password or a provider."""
    from alembic import command

    path = path.parent / "people.crosscase"
    with open_store(path, create=True) as made:
        people = made.people
        for name in ("ana", "ben"):
            account = people.add_account(
                name=name, email="", password="hash", subject=f"https://x {name}", created="2026", steward=False
            )
        people.disable(account, "2026-11-22")
    database = SqliteDatabase(path, read_only=False)
    with database.writing() as connection:
        command.downgrade(upgrade._configuration(connection), "0004")
        rows = connection.exec_driver_sql("SELECT name, password, subject FROM accounts ORDER BY name").fetchall()
    assert [tuple(row) for row in rows] == [("ana", "hash", "https://x ana"), ("ben", None, None)]
    upgrade.upgrade(database)
    database.close()
    with open_store(path) as again:
        ben = again.people.account(name="ben")
    assert ben is not None
    assert (ben.disabled, ben.password) == ("", None)


def test_a_file_with_accounts_keeps_them(tmp_path: Path) -> None:
    """As revision 0004 wrote it: two stewards, one of them signed in and with a token."""
    from crosscase.study.accounts import Accounts

    path = tmp_path / "server.crosscase"
    path.write_bytes(gzip.decompress((RELEASED / "0004.crosscase.gz").read_bytes()))
    with open_store(path) as store:
        accounts = Accounts(store.people)
        assert [(one.name, one.disabled, one.sessions, one.tokens) for one in store.people.accounts("")] == [
            ("cleo", "", 1, 1), ("olga", "", 0, 0),
        ]  # fmt: skip
        assert accounts.sign_in("olga", "three words of olga", address="")
