"""Long work that waits in a table until a worker takes it: the queue of a study file or a server.

A worker claims the oldest waiting job, and while it works it tells how far it is; that is its sign of life.  A job whose
worker gave no sign for :data:`LEASE` seconds is taken up by the next one, at most :data:`TRIES` times.  All times are UTC.

What a job is given (an uploaded file) and what it made (a report) stand beside it in the database, so that any worker has
them, a restart loses none, and they go with the study.  What was given is deleted when the job ends.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Literal

import sqlalchemy as sa

from crosscase.core.errors import NotFoundError
from crosscase.store.database import Database
from crosscase.store.rows import dumps
from crosscase.store.schema import job_files, jobs, studies

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]

#: Seconds without a sign of life after which a job is taken from its worker.
LEASE = 60.0

#: What the names of files begin with: what a job was given, and what it made.
GIVEN, MADE = "given/", "made/"

#: Bytes of a file in one row.
_PART = 1 << 20

#: How often a job is begun before it counts as failed.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work.

    ``done`` of ``total`` steps are finished.  ``attempt`` counts how often it was begun.  ``result`` is what it gave,
    ``error`` what went wrong, as the errors' ``to_dict``.  ``cancelling`` says that somebody asked to stop it.  ``already``
    steps were done before this attempt began.
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
    already: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.state not in ("waiting", "running")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Jobs:
    """The jobs of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        study: str,
        kind: str,
        arguments: Mapping[str, Any],
        *,
        who: str,
        files: Iterable[tuple[str, BinaryIO]] = (),
        worker: str = "",
    ) -> Job:
        """Put a job at the end of the queue, with the ``files`` (name, content) that it is given.

        With ``worker`` it is not put there: that worker has it, and does it at once.
        """
        id = uuid.uuid4().hex
        with self._database.writing() as connection:
            key = connection.scalar(sa.select(studies.c.key).where(studies.c.id == study))
            if key is None:
                raise NotFoundError("study", study, list(connection.scalars(sa.select(studies.c.id).limit(1000))))
            now = _now()
            begun = {"state": "running", "worker": worker, "beat": now, "begun": now, "attempt": 1} if worker else {}
            values = {
                "id": id, "study_key": key, "kind": kind, "arguments": dumps(dict(arguments)), "who": who,
                "state": "waiting", "asked": now, "begun": "", "ended": "", "beat": "", "worker": "", "done": 0,
                "total": 0, "attempt": 0, "cancelling": 0, "result": None, "error": None, "already": 0, **begun,
            }  # fmt: skip
            connection.execute(jobs.insert(), values)
            made = connection.execute(sa.select(jobs.c.key).where(jobs.c.id == id)).scalar_one()
            for name, content in files:
                _write(connection, made, GIVEN + name, content)
        return self.get(id)

    def all(self, study: str | None = None, *, who: str | None = None, latest: int | None = None) -> list[Job]:
        """The jobs in the order in which they were asked for; of one study, of one person, or the latest so many."""
        wanted = _wanted().order_by(jobs.c.key if latest is None else jobs.c.key.desc()).limit(latest)
        if study is not None:
            wanted = wanted.where(studies.c.id == study)
        if who is not None:
            wanted = wanted.where(jobs.c.who == who)
        with self._database.reading() as connection:
            found = [_job(row) for row in connection.execute(wanted)]
        return found if latest is None else found[::-1]

    def get(self, id: str, study: str | None = None) -> Job:
        """A job by its id, or by the beginning of it when no other begins so; NotFoundError lists the latest.

        With ``study`` the jobs of other studies do not exist.
        """
        here = sa.true() if study is None else studies.c.id == study
        with self._database.reading() as connection:
            wanted = _wanted().where(here, jobs.c.id.startswith(id, autoescape=True))
            found = connection.execute(wanted.limit(2)).all()
            if len(found) == 1 and id:
                return _job(found[0])
            known = connection.scalars(
                sa.select(jobs.c.id).join(studies, studies.c.key == jobs.c.study_key).where(here)
                .order_by(jobs.c.key.desc()).limit(20)
            ).all()  # fmt: skip
        raise NotFoundError("job", id, known)

    def claim(self, worker: str, study: str | None = None, *, now: str = "") -> Job | None:
        """Take the oldest job that waits, or whose worker is gone; ``None`` when there is none.

        One that was begun before and put back comes after those that were not.
        """
        now = now or _now()
        gone = _before(now, LEASE)
        waits = (jobs.c.state == "waiting") | ((jobs.c.state == "running") & (jobs.c.beat < gone))
        with self._database.reading() as connection:  # most looks find nothing, and need not keep writers waiting
            if connection.scalar(sa.select(jobs.c.key).where(waits).limit(1)) is None:
                return None
        with self._database.writing() as connection:
            while True:
                wanted = sa.select(jobs.c.key, jobs.c.id, jobs.c.attempt, jobs.c.cancelling, jobs.c.done).where(waits)
                if study is not None:
                    of = sa.select(studies.c.key).where(studies.c.id == study).scalar_subquery()
                    wanted = wanted.where(jobs.c.study_key == of)
                # On a server several workers ask at once: each takes a row that no other has locked.
                row = connection.execute(
                    wanted.order_by(jobs.c.begun, jobs.c.key).limit(1).with_for_update(skip_locked=True)
                ).first()
                if row is None:
                    return None
                here = jobs.update().where(jobs.c.key == row.key)
                if row.cancelling or row.attempt >= TRIES:
                    _drop(connection, jobs.c.key == row.key)
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
                        "already": row.done,
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
            if connection.execute(jobs.update().where(mine).values(values)).rowcount:
                _drop(connection, jobs.c.id == id)

    def counts(self) -> dict[str, int]:
        """How many jobs wait, and how many run."""
        states = ("waiting", "running")
        wanted = sa.select(jobs.c.state, sa.func.count()).where(jobs.c.state.in_(states)).group_by(jobs.c.state)
        with self._database.reading() as connection:
            found = {state: int(count) for state, count in connection.execute(wanted)}
        return {state: found.get(state, 0) for state in states}

    def others_wait(self, study: str | None = None, *, for_seconds: float = 1.0) -> bool:
        """Whether there is work that no worker has taken for a while: all of them have something to do."""
        wanted = sa.select(jobs.c.key).where(jobs.c.state == "waiting", jobs.c.asked < _before(_now(), for_seconds))
        if study is not None:
            wanted = wanted.join(studies, studies.c.key == jobs.c.study_key).where(studies.c.id == study)
        with self._database.reading() as connection:
            return connection.scalar(wanted.limit(1)) is not None

    def put_back(self, id: str, worker: str) -> None:
        """Let a job wait again because its worker is asked to stop; that is no lost worker, and counts as no attempt."""
        mine = (jobs.c.id == id) & (jobs.c.worker == worker) & (jobs.c.state == "running")
        with self._database.writing() as connection:
            connection.execute(jobs.update().where(mine).values(state="waiting", attempt=jobs.c.attempt - 1))

    def leave(self, is_gone: Callable[[str], bool]) -> None:
        """Let the jobs of workers that are known to be gone be taken up at once, and not when their time has passed."""
        with self._database.writing() as connection:
            running = connection.execute(sa.select(jobs.c.key, jobs.c.worker).where(jobs.c.state == "running")).all()
            for row in running:
                if is_gone(row.worker):
                    connection.execute(jobs.update().where(jobs.c.key == row.key).values(beat=""))

    def forget(self, days: int) -> None:
        """Delete the jobs that ended so many days ago, with what they made."""
        before = _before(_now(), days * 86_400)
        with self._database.writing() as connection:
            connection.execute(jobs.delete().where(jobs.c.ended != "", jobs.c.ended < before))

    # -- what a job is given and what it made ----------------------------------------------------------------------------

    def files(self, id: str, kind: str) -> list[str]:
        """The names of what a job was given (:data:`GIVEN`) or made (:data:`MADE`), without that beginning."""
        wanted = (
            sa.select(job_files.c.name).join(jobs, jobs.c.key == job_files.c.job_key)
            .where(jobs.c.id == id, job_files.c.part == 0, job_files.c.name.startswith(kind, autoescape=True))
            .order_by(job_files.c.key)
        )  # fmt: skip
        with self._database.reading() as connection:
            return [name.removeprefix(kind) for name in connection.scalars(wanted)]

    def read(self, id: str, kind: str, name: str) -> Iterator[bytes]:
        """A file of a job in its parts; nothing when there is none."""
        here = (jobs.c.id == id) & (job_files.c.name == kind + name)
        part = 0
        while True:
            wanted = sa.select(job_files.c.content).join(jobs, jobs.c.key == job_files.c.job_key)
            with self._database.reading() as connection:
                content = connection.scalar(wanted.where(here, job_files.c.part == part))
            if content is None:
                return
            yield bytes(content)
            part += 1

    def keep(self, id: str, worker: str, name: str, content: BinaryIO) -> None:
        """Keep what a job made; one of that name that an earlier attempt made is replaced."""
        with self._database.writing() as connection:
            mine = (jobs.c.id == id) & (jobs.c.worker == worker) & (jobs.c.state == "running")
            key = connection.scalar(sa.select(jobs.c.key).where(mine))
            if key is not None:
                connection.execute(
                    job_files.delete().where(job_files.c.job_key == key, job_files.c.name == MADE + name)
                )
                _write(connection, key, MADE + name, content)

    def cancel(self, id: str) -> Job:
        """Ask a job to stop: one that waits does not begin, one that runs stops at its next step."""
        id = self.get(id).id
        with self._database.writing() as connection:
            waits = jobs.update().where(jobs.c.id == id, jobs.c.state == "waiting")
            if connection.execute(waits.values(state="cancelled", ended=_now())).rowcount:
                _drop(connection, jobs.c.id == id)
            connection.execute(jobs.update().where(jobs.c.id == id, jobs.c.state == "running").values(cancelling=1))
        return self.get(id)


def _write(connection: sa.Connection, job: int, name: str, content: BinaryIO) -> None:
    part = 0
    while (some := content.read(_PART)) or part == 0:
        connection.execute(job_files.insert(), {"job_key": job, "name": name, "part": part, "content": some})
        part += 1


def _drop(connection: sa.Connection, of: sa.ColumnElement[bool]) -> None:
    """Delete what a job that ends was given."""
    keys = sa.select(jobs.c.key).where(of).scalar_subquery()
    connection.execute(
        job_files.delete().where(job_files.c.job_key.in_(keys), job_files.c.name.startswith(GIVEN, autoescape=True))
    )


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
