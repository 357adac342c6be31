"""Long work that waits in a table until a worker takes it: the queue of a study file or a server.

A worker claims the oldest waiting job, and while it works it tells how far it is; that is its sign of life.  A job whose
worker gave no sign for :data:`LEASE` seconds is taken up by the next one, at most :data:`TRIES` times.  All times are UTC.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import sqlalchemy as sa

from crosscase.core.errors import NotFoundError
from crosscase.store.database import Database
from crosscase.store.rows import dumps
from crosscase.store.schema import jobs, studies

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]

#: Seconds without a sign of life after which a job is taken from its worker.
LEASE = 60.0

#: How often a job is begun before it counts as failed.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work.

    ``done`` of ``total`` steps are finished.  ``attempt`` counts how often it was begun.  ``result`` is what it gave,
    ``error`` what went wrong, as the errors' ``to_dict``.  ``cancelling`` says that somebody asked to stop it.
    """

    id: str
    study: str
    kind: str
    arguments: Mapping[str, Any]
    who: str
    state: JobState
    asked: str
    begun: str
    ended: str
    done: int
    total: int
    attempt: int
    cancelling: bool
    result: Any
    error: Any

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Jobs:
    """The jobs of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, study: str, kind: str, arguments: Mapping[str, Any], *, who: str) -> Job:
        """Put a job at the end of the queue."""
        id = uuid.uuid4().hex
        with self._database.writing() as connection:
            key = connection.scalar(sa.select(studies.c.key).where(studies.c.id == study))
            if key is None:
                raise NotFoundError("study", study, list(connection.scalars(sa.select(studies.c.id).limit(1000))))
            values = {
                "id": id, "study_key": key, "kind": kind, "arguments": dumps(dict(arguments)), "who": who,
                "state": "waiting", "asked": _now(), "begun": "", "ended": "", "beat": "", "worker": "", "done": 0,
                "total": 0, "attempt": 0, "cancelling": 0, "result": None, "error": None,
            }  # fmt: skip
            connection.execute(jobs.insert(), values)
        return self.get(id)

    def all(self, study: str | None = None) -> list[Job]:
        """The jobs in the order in which they were asked for; of one study when it is named."""
        wanted = _wanted().order_by(jobs.c.key)
        if study is not None:
            wanted = wanted.where(studies.c.id == study)
        with self._database.reading() as connection:
            return [_job(row) for row in connection.execute(wanted)]

    def get(self, id: str) -> Job:
        """A job by its id, or by the beginning of it when no other begins so; NotFoundError lists the latest."""
        with self._database.reading() as connection:
            found = connection.execute(_wanted().where(jobs.c.id.startswith(id, autoescape=True)).limit(2)).all()
            if len(found) == 1 and id:
                return _job(found[0])
            known = connection.scalars(sa.select(jobs.c.id).order_by(jobs.c.key.desc()).limit(20)).all()
        raise NotFoundError("job", id, known)

    def claim(self, worker: str, study: str | None = None, *, now: str = "") -> Job | None:
        """Take the oldest job that waits, or whose worker is gone; ``None`` when there is none."""
        now = now or _now()
        gone = _before(now, LEASE)
        waits = (jobs.c.state == "waiting") | ((jobs.c.state == "running") & (jobs.c.beat < gone))
        with self._database.writing() as connection:
            while True:
                wanted = sa.select(jobs.c.key, jobs.c.id, jobs.c.attempt, jobs.c.cancelling).where(waits)
                if study is not None:
                    of = sa.select(studies.c.key).where(studies.c.id == study).scalar_subquery()
                    wanted = wanted.where(jobs.c.study_key == of)
                # On a server several workers ask at once: each takes a row that no other has locked.
                row = connection.execute(wanted.order_by(jobs.c.key).limit(1).with_for_update(skip_locked=True)).first()
                if row is None:
                    return None
                here = jobs.update().where(jobs.c.key == row.key)
                if row.cancelling:
                    connection.execute(here.values(state="cancelled", ended=now))
                elif row.attempt >= TRIES:
                    error = {
                        "error": "StudyFileError", "where": "", "mend": "look at what it was given, and ask again",
                        "what": f"the worker was lost {TRIES} times in the middle of it",
                    }  # fmt: skip
                    connection.execute(here.values(state="failed", ended=now, error=dumps(error)))
                else:
                    taken = {
                        "state": "running",
                        "worker": worker,
                        "beat": now,
                        "begun": now,
                        "attempt": row.attempt + 1,
                    }
                    connection.execute(here.values(taken))
                    break
        return self.get(row.id)

    def beat(self, id: str, worker: str, done: int, total: int) -> bool:
        """Tell how far a job is.  False when the worker must stop: somebody cancelled, or another worker has it now."""
        mine = (jobs.c.id == id) & (jobs.c.worker == worker) & (jobs.c.state == "running")
        with self._database.writing() as connection:
            told = connection.execute(jobs.update().where(mine).values(beat=_now(), done=done, total=total))
            return told.rowcount == 1 and not connection.scalar(sa.select(jobs.c.cancelling).where(mine))

    def end(self, id: str, worker: str, state: JobState, *, result: Any = None, error: Any = None) -> None:
        """Note how a job ended; nothing is noted when another worker has it now."""
        mine = (jobs.c.id == id) & (jobs.c.worker == worker) & (jobs.c.state == "running")
        values = {"state": state, "ended": _now(), "result": _text(result), "error": _text(error)}
        with self._database.writing() as connection:
            connection.execute(jobs.update().where(mine).values(values))

    def cancel(self, id: str) -> Job:
        """Ask a job to stop: one that waits does not begin, one that runs stops at its next step."""
        id = self.get(id).id
        with self._database.writing() as connection:
            connection.execute(
                jobs.update().where(jobs.c.id == id, jobs.c.state == "waiting").values(state="cancelled", ended=_now())
            )
            connection.execute(jobs.update().where(jobs.c.id == id, jobs.c.state == "running").values(cancelling=1))
        return self.get(id)


def _wanted() -> sa.Select[Any]:
    return sa.select(jobs, studies.c.id.label("study")).join(studies, studies.c.key == jobs.c.study_key)


def _job(row: sa.Row[Any]) -> Job:
    values = {name: getattr(row, name) for name in Job.__dataclass_fields__}
    values["cancelling"] = bool(values["cancelling"])
    for name in ("arguments", "result", "error"):
        values[name] = None if values[name] is None else json.loads(values[name])
    return Job(**values)


def _text(value: Any) -> str | None:
    return None if value is None else dumps(value)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _before(now: str, seconds: float) -> str:
    return (datetime.datetime.fromisoformat(now) - datetime.timedelta(seconds=seconds)).isoformat(
        timespec="milliseconds"
    )
