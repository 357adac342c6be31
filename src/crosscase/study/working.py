"""The worker: takes long work from the queue of a study file or a server and does it.

Each kind of work gives the same result as the command of its name, and may be begun again after a crash: an import goes on
with the file at which it stopped, an analysis with the draws that its checkpoint has not, a build begins anew.
"""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crosscase.core.errors import Cancelled, CrosscaseError, InputError, NotFoundError
from crosscase.store import Job, Store, open_store
from crosscase.store.jobs import LEASE
from crosscase.study.api import Study

Progress = Callable[[int, int], None]
Tell = Callable[[str], None]

#: Seconds between two looks at an empty queue.
PAUSE = 1.0


def queue(study: Study, kind: str, arguments: Mapping[str, Any]) -> Job:
    """Put work into the queue of a study; a worker does it.  Paths are made absolute, for the worker is elsewhere.

    Raises:
        NotFoundError: no such kind of work; lists those there are.
        InputError: the study is a folder, which has no queue.
    """
    if kind not in KINDS:
        raise NotFoundError("kind of work", kind, KINDS)
    store, id = study.place.database()
    return store.jobs.add(id, kind, arguments, who=study.who)


def work(where: str, *, until_empty: bool = False, tell: Tell = print, stop: threading.Event | None = None) -> int:
    """Do what waits at a place, one after the other, and return how much was done.

    Args:
        where: a study file, or a server's URL for all of its studies.
        until_empty: stop when nothing waits; else look again until ``stop`` is set or Ctrl-C comes.

    Raises:
        StudyFileError: the place cannot be opened.
        InputError: it is a study folder, which has no queue.
    """
    place, _, study = where.partition("#") if "://" in where else (where, "", "")
    if "://" not in place and Path(place).expanduser().is_dir():
        raise InputError(
            "a study folder has no queue", where=place, mend="make a study file of it with crosscase export"
        )
    name = f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex[:8]}"
    stop = stop or threading.Event()
    done = 0
    with open_store(place if "://" in place else Path(place).expanduser()) as store:
        while not stop.is_set():
            job = store.jobs.claim(name, study or None)
            if job is not None:
                tell(f"{job.kind} {job.id[:8]}: begun")
                _do(store, job, place, name, tell)
                done += 1
            elif until_empty:
                break
            else:
                stop.wait(PAUSE)
    return done


def _do(store: Store, job: Job, place: str, worker: str, tell: Tell) -> None:
    try:
        with _alive(store, job, worker) as progress:
            where = f"{place}#{job.study}" if "://" in place else place
            with Study.open(where, who=job.who) as study:
                result = KINDS[job.kind](study, job, progress)
        store.jobs.end(job.id, worker, "done", result=result)
        tell(f"{job.kind} {job.id[:8]}: done")
    except Cancelled as error:
        store.jobs.end(job.id, worker, "cancelled", error=error.to_dict())
        tell(f"{job.kind} {job.id[:8]}: stopped")
    except CrosscaseError as error:
        store.jobs.end(job.id, worker, "failed", error=error.to_dict())
        tell(f"{job.kind} {job.id[:8]}: {error}")
    except Exception as error:  # one piece of work that fails in an unknown way must not end the worker
        store.jobs.end(
            job.id, worker, "failed", error={"error": type(error).__name__, "what": str(error), "where": "", "mend": ""}
        )
        tell(f"{job.kind} {job.id[:8]}: failed in a way that nobody foresaw ({type(error).__name__})")


@contextmanager
def _alive(store: Store, job: Job, worker: str) -> Iterator[Progress]:
    """Gives the sign of life beside the work; what it yields raises Cancelled when the work must stop."""
    ended, unwanted = threading.Event(), threading.Event()
    reached = [job.done, job.total]

    def beat() -> None:
        while not ended.wait(min(1.0, LEASE / 4)):
            try:
                if not store.jobs.beat(job.id, worker, *reached):
                    unwanted.set()
            except CrosscaseError:  # a lost connection: the next beat may go through
                continue

    def progress(done: int, total: int) -> None:
        reached[:] = [done, total]
        if unwanted.is_set():
            raise Cancelled("the work was stopped", mend="ask for it again")

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield progress
    finally:
        ended.set()
        beating.join()
        store.jobs.beat(job.id, worker, *reached)


def _import(study: Study, job: Job, progress: Progress) -> Any:
    files, options = job.arguments["files"], dict(job.arguments.get("options", {}))
    done: list[Any] = []
    for number, file in enumerate(files):
        if number >= job.done:  # those before were kept in an earlier attempt
            done += study.import_files([file], **options)
        progress(number + 1, len(files))
    return {"imported": [one.to_dict() for one in done]}


def _build(study: Study, job: Job, progress: Progress) -> Any:
    return study.build(job.arguments["out"], progress=progress).to_dict()


def _analyse(study: Study, job: Job, progress: Progress) -> Any:
    done = study.analyse(job.arguments["id"])
    progress(1, 1)
    return {"id": done.analysis.id, "warnings": done.warnings}


#: What can be asked for: the kind of work and what does it.
KINDS: Mapping[str, Callable[[Study, Job, Progress], Any]] = {"import": _import, "build": _build, "analyse": _analyse}
