"""From a backup back to a study, and from a damaged file to what of it can still be read."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from crosscase.core import Study
from crosscase.core.errors import StudyFileError
from crosscase.core.plain import to_plain
from crosscase.store import sqlite, upgrade
from crosscase.store.audit import BEGINNING, AuditReport, StudyHead, verify
from crosscase.store.backup import DUMP, restore_dump
from crosscase.store.index import FIELDS, SEARCHED, Index
from crosscase.store.rows import dumps
from crosscase.store.schema import METADATA, ROWS, audit, metadata, passages, studies, texts
from crosscase.store.sqlite import SqliteDatabase

#: How often a damaged table is asked before the rest of it is given up.
MOST_QUESTIONS = 200_000


def restore(backup: Path, to: str) -> None:
    """Make a study file of a backup of one, or fill an empty database from the dump of a server.

    The backup is checked first; what is there already is never overwritten.

    Raises:
        StudyFileError: the backup is damaged or none of ours, the place is taken, or the two kinds do not fit.
    """
    try:
        with backup.open("rb") as file:
            dumped = file.read(len(DUMP)) == DUMP
    except OSError as error:
        raise StudyFileError(f"the backup cannot be read: {error.strerror}", where=str(backup)) from None
    server = "://" in to
    if dumped != server:
        raise StudyFileError(
            "this is the backup of a server" if dumped else "this is the backup of a study file",
            where=str(backup),
            mend="restore it into an empty database, by its URL"
            if dumped
            else "restore it to a new file, NAME.crosscase",
        )
    if server:
        restore_dump(backup, to)
        return
    _restore_file(backup, Path(to).absolute())


def _restore_file(backup: Path, out: Path) -> None:
    if out.exists():
        raise StudyFileError(
            "there is a file of that name already", where=str(out), mend="choose another name, or move that one away"
        )
    sqlite.refuse_header(backup)
    database = SqliteDatabase(backup.absolute(), read_only=True)
    try:
        sqlite.refuse_what_is_not_ours(database)
        sqlite.check_integrity(database)
    finally:
        database.close()
    part = out.with_name(out.name + ".part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        shutil.copyfile(backup, part)
        os.replace(part, out)
    except OSError as error:
        raise StudyFileError(f"nothing can be written there: {error.strerror}", where=str(out)) from None
    finally:
        part.unlink(missing_ok=True)


#: Bytes; a header that speaks of more is itself damaged.
LONGEST = 1 << 40


@dataclass(frozen=True, slots=True)
class Rescued:
    """What came out of a damaged file.

    ``rows`` counts by table what was read, ``lost`` what is known to have been there and could not be; ``given_up`` are
    damaged tables of which nobody can say how much is missing.  ``trail`` says by study whether the audit trail is whole.
    """

    rows: dict[str, int]
    lost: dict[str, int]
    given_up: tuple[str, ...]
    trail: dict[str, AuditReport]

    @property
    def whole(self) -> bool:
        return not self.lost and not self.given_up and all(one.whole for one in self.trail.values())

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "whole": self.whole}


def rescue(damaged: Path, out: Path) -> Rescued:
    """Read row by row what a damaged study file still gives, into a new file; the damaged one is not touched.

    Raises:
        StudyFileError: nothing of it can be read, or ``out`` is there already.
    """
    if out.exists():
        raise StudyFileError("there is a file of that name already", where=str(out), mend="choose another name")
    with tempfile.TemporaryDirectory(dir=out.absolute().parent, prefix=f".{out.name}.") as folder:
        return _rescue(damaged, _lengthened(damaged, Path(folder)), out)


def _lengthened(damaged: Path, folder: Path) -> Path:
    """The file, or a copy of one that was cut short with blanks at its end: SQLite reads nothing of a file that is too short."""
    try:
        with damaged.open("rb") as file:
            head = file.read(100)
        size, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
        whole = (65536 if size == 1 else size) * pages
        if len(head) < 100 or not damaged.stat().st_size < whole <= LONGEST:
            return damaged
        copy = folder / damaged.name
        for end in ("", "-wal"):
            if damaged.with_name(damaged.name + end).exists():
                shutil.copyfile(damaged.with_name(damaged.name + end), folder / (damaged.name + end))
        os.truncate(copy, whole)
    except OSError as error:
        raise StudyFileError(f"the file cannot be read: {error.strerror}", where=str(damaged)) from None
    return copy


def _rescue(damaged: Path, readable: Path, out: Path) -> Rescued:
    uri = f"file:{quote(str(readable.absolute()))}?mode=ro"
    try:
        source = sqlite3.connect(uri, uri=True)
        source.execute("PRAGMA cell_size_check=ON")
        known = {str(name) for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise StudyFileError(
            f"not even the list of its tables can be read: {error}", where=str(damaged), mend="look for a backup"
        ) from None
    if "studies" not in known:
        source.close()
        raise StudyFileError("the file is empty, or no study file", where=str(damaged), mend="look for a backup")
    sqlite.create(out)
    database = SqliteDatabase(out, read_only=False)
    try:
        with database.writing() as connection:
            upgrade.upgrade_in(connection)
            counted = [
                _copy_table(source, connection, table) for table in METADATA.sorted_tables if _copied(table, known)
            ]
            _mend_studies(connection)
            for row in connection.execute(studies.select()).all():
                _index_anew(connection, row)
        with database.reading() as connection:
            trail = {row.id: verify(connection, row) for row in connection.execute(studies.select())}
    except BaseException:
        database.close()
        for end in ("", "-wal", "-shm"):
            out.with_name(out.name + end).unlink(missing_ok=True)
        raise
    finally:
        source.close()
    database.close()
    return Rescued(
        {name: read for name, read, _, _ in counted if read},
        {name: lost for name, _, lost, _ in counted if lost},
        tuple(name for name, _, _, ended in counted if not ended),
        trail,
    )


def _copied(table: sa.Table, known: set[str]) -> bool:
    """The search index is made anew, and the note of where a file was seen is not the new file's."""
    return table.name in known and table not in (passages, metadata)


def _copy_table(source: sqlite3.Connection, connection: sa.Connection, table: sa.Table) -> tuple[str, int, int, bool]:
    """Copy the rows that can be read: the table's name, how many were read and lost, and whether its end was reached."""
    names = [column.name for column in table.c]
    have = {str(row[1]) for row in source.execute(f'PRAGMA table_info("{table.name}")')}
    wanted = [name for name in names if name in have]
    reading = _Reading(source, table.name, wanted)
    read = 0
    for row in reading.rows():
        try:
            with connection.begin_nested():
                connection.execute(table.insert(), dict(zip(wanted, row, strict=True)))
            read += 1
        except sa.exc.SQLAlchemyError:  # a row read twice, or one whose cells make no sense any more
            reading.lost += 1
    known = reading.ended and (reading.lost > 0 or _sound(source, table.name))
    return table.name, read, reading.lost if known else 0, known


def _sound(source: sqlite3.Connection, table: str) -> bool:
    """Whether SQLite finds no fault in a table; a damaged one may read as if it were empty."""
    try:
        return source.execute(f"PRAGMA quick_check('{table}')").fetchall() == [("ok",)]
    except sqlite3.Error:
        return False


class _Reading:
    """The rows of a damaged table: in whole ranges where that goes, in ever smaller ones where it does not."""

    def __init__(self, source: sqlite3.Connection, name: str, columns: list[str]) -> None:
        listed = ", ".join(f'"{one}"' for one in columns)
        self._ask = f'SELECT {listed} FROM "{name}" WHERE rowid BETWEEN ? AND ? ORDER BY rowid'  # names of our schema  # nosec
        self._source = source
        self._name = name
        self._questions = 0
        self.lost = 0
        self.ended = True

    def rows(self) -> Iterator[tuple[Any, ...]]:
        try:
            (last,) = self._source.execute(f'SELECT max(rowid) FROM "{self._name}"').fetchone()  # names of our schema  # nosec
        except sqlite3.Error:
            last = 1 << 20
            self.ended = False
        waiting = [(1, int(last or 0))]
        while waiting:
            first, end = waiting.pop()
            if first > end:
                continue
            self._questions += 1
            if self._questions > MOST_QUESTIONS:
                self.ended = False
                return
            try:
                found = self._source.execute(self._ask, (first, end)).fetchall()
            except sqlite3.Error:
                if first == end:
                    self.lost += 1
                else:
                    middle = (first + end) // 2
                    waiting += [(middle + 1, end), (first, middle)]
                continue
            yield from found


def _mend_studies(connection: sa.Connection) -> None:
    """A row of ``studies`` for every study of which rows were read, with counters that fit what is there."""
    known = {row.key: row for row in connection.execute(studies.select())}
    for table in (texts, audit, *ROWS.values()):
        for key in connection.scalars(sa.select(table.c.study_key).distinct()):
            if key not in known:
                made = {
                    "key": key, "id": f"rescued-{key}", "created": "", "title": "Rescued study",
                    "head": dumps(to_plain(Study(title="Rescued study"))), "version": 1, "next_position": 1,
                    "next_passage": 1, "audit_length": 0, "audit_hash": BEGINNING,
                }  # fmt: skip
                connection.execute(studies.insert(), made)
                known[key] = connection.execute(studies.select().where(studies.c.key == key)).one()
    for key, row in known.items():
        last = [
            connection.scalar(sa.select(sa.func.max(one.c.position)).where(one.c.study_key == key))
            for one in ROWS.values()
        ]
        # The trail keeps its length and last hash, so that entries that were lost are seen to be missing.
        free = max([row.next_position, *(1 + (one or 0) for one in last)])
        values: dict[str, Any] = {"next_position": free, "next_passage": 1}
        connection.execute(studies.update().where(studies.c.key == key).values(values))


def _index_anew(connection: sa.Connection, row: sa.Row[Any]) -> None:
    head = StudyHead(
        row.key, row.id, row.version, row.head, row.next_position, row.next_passage, row.audit_length, row.audit_hash
    )
    index = Index(connection, head)
    for source, text in connection.execute(sa.select(texts.c.source, texts.c.text).where(texts.c.study_key == row.key)):
        index.add("sources", source, SEARCHED["sources"][0], text)
    for name, fields in FIELDS.items():
        table = ROWS[name]
        found = connection.execute(
            sa.select(table.c.id, *(table.c[field] for field in fields)).where(table.c.study_key == row.key)
        ).all()
        index.add_rows(name, {column: [one._mapping[column] for one in found] for column in ("id", *fields)})
    index.flush()
    connection.execute(studies.update().where(studies.c.key == row.key).values(next_passage=head.next_passage))
