"""Taking words out for good: out of the audit trail and out of the pages of the database.

The chain of the trail covers the hashes of what stood before and after, so an entry whose content is erased still verifies
and still says that something was there, who changed it and when.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from crosscase.store.database import Database
from crosscase.store.schema import audit, jobs

#: Whether an entry's content must go: its table, its row, and what stood before or after.
Holds = Callable[[str, str, Any], bool]

#: The tables that may have held words, for PostgreSQL to write anew.
_REWRITTEN = (
    "texts", "originals", "passages", "passage_words", "quotations", "memos", "codings", "codes", "audit", "jobs", "job_files",
)  # fmt: skip


def erase_from_trail(connection: sa.Connection, key: int, holds: Holds) -> int:
    """Erase the content of the entries of a study for which ``holds`` is true, and return how many there were."""
    wanted = sa.select(audit.c.sequence, audit.c.of, audit.c.row, audit.c.before, audit.c.after).where(
        audit.c.study_key == key, audit.c.before.is_not(None) | audit.c.after.is_not(None)
    )
    gone = [
        one.sequence
        for one in connection.execute(wanted)
        if any(side is not None and holds(one.of, one.row, json.loads(side)) for side in (one.before, one.after))
    ]
    for sequence in gone:
        here = (audit.c.study_key == key) & (audit.c.sequence == sequence)
        connection.execute(audit.update().where(here).values(before=None, after=None))
    return len(gone)


def forget_ended_work(connection: sa.Connection, key: int) -> None:
    """Delete the long work of a study that has ended: the reports that it made, and what it told of files."""
    connection.execute(jobs.delete().where(jobs.c.study_key == key, jobs.c.state.in_(("done", "failed", "cancelled"))))


def rewrite(database: Database) -> None:
    """Write the database anew, so that what was deleted is on no page of it any more.

    Deleted rows stay readable in a database file until their place is needed.  A server keeps them, too, in its own
    logs and backups, which are not ours to change.
    """
    with database.translated(), database.engine.connect() as connection:
        bare = connection.execution_options(isolation_level="AUTOCOMMIT")
        if connection.dialect.name == "postgresql":
            for name in _REWRITTEN:
                bare.exec_driver_sql(f"VACUUM FULL {name}")
            return
        cursor = bare.connection.cursor()
        cursor.execute("INSERT INTO passage_words(passage_words) VALUES ('optimize')")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
