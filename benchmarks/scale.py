"""What a server holds: many studies of 100,000 codings in one PostgreSQL database, and what an action costs as it fills.

Run: ``python benchmarks/scale.py [STUDIES]`` (10 by default: a million codings).  One study is saved as a user saves it; the
others are made of it by the database itself, row by row with ids of their own study, because that is quick and what is
measured is how the costs of a single action grow.  Texts are a tenth of the other benchmarks' (2 million characters a
study).  The server is a private one of the system's PostgreSQL, and writes to disk before it answers (``fsync`` is on).

It prints, for ever more studies: the size on disk, listing the studies, reading the rows of one code, adding a coding,
searching a word, and loading the study in the middle.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(Path(__file__).parent)]

import _study  # noqa: E402
import sqlalchemy as sa  # noqa: E402

from crosscase.core import Coding, Quotation  # noqa: E402
from crosscase.store import Store, open_store  # noqa: E402
from crosscase.store.index import ROOM  # noqa: E402
from crosscase.store.schema import ROWS, audit, studies, texts  # noqa: E402
from postgres import server  # noqa: E402

HEADS = ("studies", "codings", "on disk", "list", "rows of a code", "add a coding", "search", "load one")


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    _study.CHARACTERS = 2_000_000
    with server() as url, open_store(url, create=True) as store:
        engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("ALTER SYSTEM SET fsync = on")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        first = store.save_snapshot(_study.large_study(), "bench", "import")
        key = _key(engine, first)
        print(
            f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores\n"
        )
        print("  ".join(f"{head:>14}" for head in HEADS))
        there = 1
        for wanted in _steps(most):
            while there < wanted:
                _copy(engine, key)
                there += 1
            with engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE")
            print("  ".join(f"{cell:>14}" for cell in _measure(store, engine)), flush=True)
        engine.dispose()


def _steps(most: int) -> Iterator[int]:
    step = 1
    while step < most:
        yield step
        step = step * 10 if step * 10 <= most else most
    yield most


def _key(engine: sa.Engine, id: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(sa.select(studies.c.key).where(studies.c.id == id)) or 0)


def _copy(engine: sa.Engine, key: int) -> None:
    """A study like that of ``key``, made inside the database."""
    with engine.connect() as connection:
        values = connection.execute(studies.select().where(studies.c.key == key)).mappings().one()
        made = {**values, "id": uuid.uuid4().hex}
        del made["key"]
        new = connection.execute(studies.insert().returning(studies.c.key), made).scalar()
        assert new is not None
        for table in (*ROWS.values(), texts):
            rest = [column for column in table.c if column.name != "study_key"]
            given = sa.select(sa.literal(new), *rest).where(table.c.study_key == key)
            connection.execute(table.insert().from_select(["study_key", *(column.name for column in rest)], given))
        moved = (new - key) * ROOM
        connection.exec_driver_sql(
            'INSERT INTO passages (id, study_key, kind, "row", field, start, "end") '
            f'SELECT id + {moved}, {new}, kind, "row", field, start, "end" FROM passages WHERE study_key = {key}'
        )
        connection.exec_driver_sql(
            "INSERT INTO passage_words (passage, words) "
            f"SELECT passage + {moved}, array_to_tsvector(array_replace(tsvector_to_array(words), '#{key}', '#{new}')) "
            f"FROM passage_words WHERE passage BETWEEN {key * ROOM} AND {(key + 1) * ROOM - 1}"
        )
        connection.execute(audit.delete().where(audit.c.study_key == new))
        connection.execute(studies.update().where(studies.c.key == new).values(audit_length=0, audit_hash="0" * 64))


def _measure(store: Store, engine: sa.Engine) -> list[str]:
    ids = [one.id for one in store.studies()]
    middle = ids[len(ids) // 2]
    with engine.connect() as connection:
        size = connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0
    rows = store.rows(middle, "codings", code="code-007") or store.rows(
        middle, "codings", code=_some_code(store, middle)
    )
    assert rows

    def add(_: int) -> None:
        quotation = Quotation(uuid.uuid4().hex, "source-007", 10, 20, "ten letters")
        with store.write(middle, who="bench", what="code a passage") as change:
            change.insert("quotations", [quotation])
            change.insert("codings", [Coding(uuid.uuid4().hex, quotation.id, rows[0][0].code, "bench")])

    word = store.load_snapshot(middle).texts["source-007"].split()[40].strip(".")
    begin = time.perf_counter()
    store.load_snapshot(middle)
    loaded = time.perf_counter() - begin
    return [
        f"{len(ids)}",
        f"{len(ids) * _study.CODINGS:,}",
        f"{size / 1e9:.2f} GB",
        _often(10, lambda _: store.studies()),
        _often(20, lambda _: store.rows(middle, "codings", code=rows[0][0].code)),
        _often(50, add),
        _often(20, lambda _: store.search(middle, word)),
        f"{loaded:.2f} s",
    ]


def _some_code(store: Store, study: str) -> str:
    return str(store.load_snapshot(study).codings[0].code)


def _often(times: int, action: Callable[[int], Any]) -> str:
    taken = []
    for number in range(times):
        begin = time.perf_counter()
        action(number)
        taken.append((time.perf_counter() - begin) * 1000)
    return f"{statistics.median(taken):.1f} ms"


if __name__ == "__main__":
    main()
