"""The worker: takes long work from the queue of a study file or a server and does it.

Each kind of work gives the same result as the command of its name, and may be begun again after a crash: an import goes on
with the file at which it stopped, an analysis and the intervals of agreement with the draws that their checkpoints have not, a
build and a merge begin anew.  What the workspace asks for, and who may, is :mod:`crosscase.study.longwork`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import socket
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosscase import __version__
from crosscase.compute.pool import Pool
from crosscase.core.errors import Cancelled, CrosscaseError, InputError, NotFoundError, PermissionDenied
from crosscase.core.results import jsonable
from crosscase.store import Job, Store, open_store
from crosscase.store.jobs import GIVEN, LEASE
from crosscase.study.api import Study
from crosscase.study.permissions import Member, Permission, Role

Progress = Callable[[int, int], None]
Tell = Callable[[str], None]

#: Seconds between two looks at an empty queue.
PAUSE = 0.25

#: Seconds after which an analysis lets other work that waits go first; it then goes on from its draws.
TURN = 10.0

#: What messages say to whoever is at the command line.
_OPTIONS = re.compile(r" \(on the command line: [^()]*\)")

#: Days after which work that ended is forgotten, with the reports that it made.
KEPT_DAYS = 14

#: What each kind of work needs of whoever asks for it.
NEEDED: Mapping[str, Permission] = {
    "import": Permission.BRING_IN,
    "build": Permission.EXPORT,
    "analyse": Permission.JUDGE,
    "merge": Permission.BRING_IN,
    "agreement": Permission.READ,
}

#: The file that a build makes, and that which a merge or the intervals of agreement make.
REPORT, FOUND = "report.zip", "found.json"


class _Stopped(Exception):
    """The work is to wait again: the worker is asked to stop, or it is the turn of other work."""


@dataclass(slots=True)
class Desk:
    """What a worker works with: where it computes, and its folder for checkpoints and files in work.

    The folder is its own (mode 0700) and holds what is needed until a job ends; without one (``None``) an analysis that was
    interrupted begins anew.
    """

    pool: Pool = field(default_factory=Pool)
    spool: Path | None = None
    _open: ExitStack = field(default_factory=ExitStack)
    _run: Any = None

    def run(self) -> Any:
        """The keywords for draws; the cluster is reached, or started, the first time."""
        if self._run is None:
            self._run = self._open.enter_context(self.pool.opened())
        return self._run

    def folder(self, job: Job) -> Path | None:
        """A job's folder, kept from one attempt to the next."""
        if self.spool is None:
            return None
        place = self.spool / job.id
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def clear(self, job: Job) -> None:
        """Delete a job's folder."""
        if self.spool is not None:
            shutil.rmtree(self.spool / job.id, ignore_errors=True)

    def settle(self, store: Store) -> None:
        """Have a folder for this place alone, and delete in it what belongs to no work that waits or runs.

        What workers of other places left is deleted when it is as old as work that is forgotten.
        """
        if self.spool is None:
            return
        here = self.spool / hashlib.sha256(store.place.encode()).hexdigest()[:16]
        here.mkdir(mode=0o700, exist_ok=True)
        wanted = {one.id for one in store.jobs.all() if not one.is_over}
        old = time.time() - KEPT_DAYS * 86_400
        for place in self.spool.glob("*/*"):
            if (place.parent == here and place.name not in wanted) or place.stat().st_mtime < old:
                shutil.rmtree(place, ignore_errors=True)
        self.spool = here

    def close(self) -> None:
        self._open.close()


def default_spool() -> Path:
    """The worker's folder when none is set: systemd's state folder, or the user's."""
    state = os.environ.get("STATE_DIRECTORY") or os.environ.get("XDG_STATE_HOME")
    with suppress(RuntimeError):
        return Path(state.split(":")[0] if state else Path.home() / ".local" / "state") / "crosscase" / "work"
    return Path(tempfile.gettempdir()) / f"crosscase-{os.getuid() if hasattr(os, 'getuid') else 'work'}"


def desk(pool: Pool | None = None, spool: Path | str = "") -> Desk:
    """A desk with a folder that only its user can look into; none when that cannot be made."""
    place = Path(spool).expanduser() if spool else default_spool()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.chmod(0o700)
    except OSError:
        return Desk(pool or Pool(), None)
    return Desk(pool or Pool(), place)


def queue(study: Study, kind: str, arguments: Mapping[str, Any]) -> Job:
    """Put work into the queue of a study; a worker does it.  Paths are made absolute, for the worker is elsewhere.

    Raises:
        NotFoundError: no such kind of work; lists those there are.
        InputError: the study is a folder, which has no queue.
    """
    if kind not in KINDS:
        raise NotFoundError("kind of work", kind, KINDS)
    store, id = study.place.database()
    return store.jobs.add(id, kind, {**arguments, "after": store.audit_length(id)}, who=study.who)


def work(
    where: str,
    *,
    until_empty: bool = False,
    tell: Tell = print,
    stop: threading.Event | None = None,
    at: Desk | None = None,
) -> int:
    """Do what waits at a place, one after the other, and return how much was done.

    Args:
        where: a study file, or a server's URL for all of its studies.
        until_empty: stop when nothing waits; else look again until ``stop`` is set or Ctrl-C comes.  What is in the middle
            of work then waits again, and goes on from there.
        at: where it computes, and where its checkpoints are; in this process, and nowhere, by default.

    Raises:
        StudyFileError: the place cannot be opened.
        InputError: it is a study folder, which has no queue.
    """
    place, _, study = where.partition("#") if "://" in where else (where, "", "")
    if "://" not in place and Path(place).expanduser().is_dir():
        raise InputError(
            "a study folder has no queue", where=place, mend="make a study file of it with crosscase export"
        )
    name = name_of_worker()
    stop, at = stop or threading.Event(), at or Desk()
    done, tidied = 0, 0.0
    try:
        with open_store(place if "://" in place else Path(place).expanduser()) as store:
            store.jobs.leave(_is_gone)
            at.settle(store)
            while not stop.is_set():
                job = store.jobs.claim(name, study or None)
                if job is not None:
                    tell(f"{job.kind} {job.id[:8]}: begun")
                    if _do(store, job, place, name, _Turn(tell, stop, at, study or None)):
                        done += 1
                elif until_empty:
                    break
                else:
                    if time.monotonic() - tidied > 3600 or not tidied:
                        tidied = time.monotonic()
                        store.jobs.forget(KEPT_DAYS)
                    stop.wait(PAUSE)
    finally:
        at.close()
    return done


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one piece of work is done with."""

    tell: Tell
    stop: threading.Event
    desk: Desk
    #: The study whose work alone is done; that of all when there is none.
    study: str | None = None


def do_at_once(store: Store, job: Job, worker: str, study: Study) -> None:
    """Do a piece of work that is known to be quick in this process, on a study that is open; how it ended is noted."""
    _do(store, job, "", worker, _Turn(lambda _: None, threading.Event(), Desk()), study)


def name_of_worker() -> str:
    """A name by which a worker is known: its machine, its process, and a word of its own."""
    return f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex[:8]}"


def _do(store: Store, job: Job, place: str, worker: str, turn: _Turn, opened: Study | None = None) -> bool:
    """Do one piece of work; False when it waits again because the worker must stop."""

    def over(state: Any, said: str, *, result: Any = None, error: Any = None) -> None:
        store.jobs.end(job.id, worker, state, result=_without_options(result), error=_without_options(error))
        turn.desk.clear(job)
        turn.tell(f"{job.kind} {job.id[:8]}: {said}")

    try:
        _refuse_unless_allowed(store, job)
        with _alive(store, job, worker, turn) as progress:
            where = f"{place}#{job.study}" if "://" in place else place
            with nullcontext(opened) if opened else Study.open(where, who=job.who) as study:
                result = KINDS[job.kind](study, job, progress, _Bench(store, worker, turn.desk, "://" in place))
        over("done", "done", result=result)
    except (_Stopped, KeyboardInterrupt) as stopped:
        store.jobs.put_back(job.id, worker)
        turn.tell(f"{job.kind} {job.id[:8]}: waits, and goes on later")
        if isinstance(stopped, KeyboardInterrupt):
            raise
        return False
    except Cancelled as error:
        over("cancelled", "stopped", error=error.to_dict())
    except CrosscaseError as error:
        # what a server writes into its log holds nothing of a study
        over("failed", type(error).__name__ if "://" in place else str(error), error=error.to_dict())
    except Exception as error:  # one piece of work that fails in an unknown way must not end the worker
        kind = type(error).__name__
        over(
            "failed", f"failed in a way that nobody foresaw ({kind})",
            error={
                "error": kind, "what": f"it failed in a way that nobody foresaw ({kind}: {error})", "where": "",
                "mend": "ask whoever looks after the program",
            },
        )  # fmt: skip
    return True


def _without_options(said: Any) -> Any:
    """What came of long work, without the options of the command line that messages name: it is read in a browser."""
    return json.loads(_OPTIONS.sub("", json.dumps(said)))


def _refuse_unless_allowed(store: Store, job: Job) -> None:
    """PermissionDenied when a member who asked may not any more: between asking and doing somebody may have changed that."""
    if not job.arguments.get("member"):
        return
    found = [one for one in store.people.memberships(study=job.study) if one.coder == job.who]
    if not found or found[0].blind:
        raise PermissionDenied(f"{job.who} may not do this in the study any more")
    Member(found[0].coder, Role(found[0].role)).require(NEEDED[job.kind])


def _is_gone(worker: str) -> bool:
    """Whether a worker was a process of this machine that is there no more; of any other nothing is known."""
    host, pid, _ = (*worker.split(" "), "", "")[:3]
    if host != socket.gethostname() or not pid.isdecimal() or sys.platform == "win32":
        return False
    try:
        os.kill(int(pid), 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    return False


@contextmanager
def _alive(store: Store, job: Job, worker: str, turn: _Turn) -> Iterator[Progress]:
    """Gives the sign of life beside the work; what it yields raises when the work must stop."""
    ended, unwanted, over = threading.Event(), threading.Event(), threading.Event()
    reached = [job.done, job.total]
    begun = time.monotonic()
    takes_turns = job.kind in ("analyse", "agreement") and turn.desk.spool is not None

    def beat() -> None:
        while not ended.wait(min(0.5, LEASE / 4)):
            try:
                if not store.jobs.beat(job.id, worker, *reached):
                    unwanted.set()
                if takes_turns and time.monotonic() - begun > TURN and store.jobs.others_wait(turn.study):
                    over.set()
            except CrosscaseError:  # a lost connection: the next beat may go through
                continue

    def progress(done: int, total: int) -> None:
        reached[:] = [done, total]
        if unwanted.is_set():
            raise Cancelled("the work was stopped", mend="ask for it again")
        if turn.stop.is_set() or over.is_set():
            raise _Stopped

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield progress
    finally:
        ended.set()
        beating.join()
        store.jobs.beat(job.id, worker, *reached)


# -- the kinds of work ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a kind of work may need beside the study."""

    store: Store
    worker: str
    desk: Desk
    #: Whether the study is one of a server, whose disk is not that of whoever asks.
    of_server: bool

    def brought(self, job: Job, number: int, name: str, into: Path) -> Path:
        """A file that the job was given, under its own name in a folder of ours."""
        path = into / str(number) / Path(name).name
        path.parent.mkdir()
        path.touch(mode=0o600, exist_ok=False)
        with path.open("wb") as out:
            for part in self.store.jobs.read(job.id, GIVEN, name):
                out.write(part)
        return path

    def keep(self, job: Job, found: Mapping[str, Any]) -> None:
        """Keep beside the job what it found, which is too much to read with every list of work."""
        self.store.jobs.keep(job.id, self.worker, FOUND, io.BytesIO(json.dumps(found, ensure_ascii=False).encode()))


def _kept(study: Study, job: Job) -> set[str]:
    """What an earlier attempt may have kept, in the words of the trail."""
    if job.attempt < 2 and not job.done:
        return set()
    store, id = study.place.database()
    return {one.what for one in store.audit(id, after=job.arguments.get("after", 0), who=study.who)}


@contextmanager
def _called_as_given(folder: Path) -> Iterator[None]:
    """A file is called what its owner called it, wherever it lies here."""
    try:
        yield
    except CrosscaseError as error:
        error.where = error.where.replace(f"{folder}{os.sep}", "")
        raise


def _import(study: Study, job: Job, progress: Progress, bench: _Bench) -> Any:
    """The files one after the other; what an earlier attempt kept is known by its words in the trail."""
    files, options = job.arguments["files"], dict(job.arguments.get("options", {}))
    kept = _kept(study, job)
    done: list[Any] = []
    with tempfile.TemporaryDirectory(prefix="crosscase-", dir=bench.desk.folder(job)) as folder:
        for number, file in enumerate(files):
            if number < job.done:
                continue
            progress(number, len(files))
            note = f" (work {job.id[:8]}, {number + 1} of {len(files)})"
            if not any(one.endswith(note) for one in kept):
                path = bench.brought(job, number, file, Path(folder)) if job.arguments.get("given") else Path(file)
                with _called_as_given(Path(folder) / str(number)):
                    done += study.import_files([path], note=note, **options)
            progress(number + 1, len(files))
    return {"imported": [one.to_dict() for one in done]}


def _build(study: Study, job: Job, progress: Progress, bench: _Bench) -> Any:
    """The report in the folder that was named, or kept beside the job for whoever asked."""
    readers = job.arguments.get("readers", "sharing")
    if "out" in job.arguments:
        return study.build(job.arguments["out"], readers=readers, progress=progress).to_dict()
    if readers == "sharing" and bench.of_server:
        _refuse_declared_key(study)
    with tempfile.TemporaryDirectory(prefix="crosscase-", dir=bench.desk.folder(job)) as folder:
        out = Path(folder) / "report"
        study.build(out, readers=readers, progress=progress)
        files = sorted(one for one in out.rglob("*") if one.is_file())
        packed = Path(folder) / REPORT
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in files:
                archive.write(one, one.relative_to(out.parent))
        with packed.open("rb") as content:
            bench.store.jobs.keep(job.id, bench.worker, REPORT, content)
        return {"files": len(files), "bytes": packed.stat().st_size, "readers": readers}


def _refuse_declared_key(study: Study) -> None:
    from crosscase.evidence.profiles import privacy

    if str(privacy(study.snapshot).get("key_file", "")).strip():
        raise InputError(
            "the study names a key file, and a server has none: names could not be looked for",
            mend="build the report for sharing on the machine that has the key: crosscase build STUDY --out DIR",
        )


def _analyse(study: Study, job: Job, progress: Progress, bench: _Bench) -> Any:
    """An analysis, from the draws that an earlier attempt left if it rests on the same."""
    from crosscase.compute import running
    from crosscase.evidence.analyses import inputs_hash

    id = job.arguments["id"]
    inputs = inputs_hash(study.ledger, study.snapshot.analyses[id])
    with running(
        bench.desk.run(), progress=progress, checkpoints=bench.desk.folder(job), name=f"{__version__}-{inputs[:24]}"
    ):
        done = study.analyse(id)
    return {"id": done.analysis.id, "warnings": done.warnings}


def _merge(study: Study, job: Job, progress: Progress, bench: _Bench) -> Any:
    """A study file merged in one transaction; one that an earlier attempt kept is only compared once more."""
    from crosscase.study.merging import merge_into
    from crosscase.study.workspace import Workspace

    (file,) = job.arguments["files"]
    note = f" (work {job.id[:8]})"
    before = any(one.endswith(note) for one in _kept(study, job))
    with tempfile.TemporaryDirectory(prefix="crosscase-", dir=bench.desk.folder(job)) as folder:
        path = bench.brought(job, 0, file, Path(folder)) if job.arguments.get("given") else Path(file)
        with _called_as_given(Path(folder) / "0"):
            report = merge_into(
                Workspace(study), study.who, path, path.name, keep=not before, note=note, progress=progress
            )
    bench.keep(job, {**report.to_dict(), "sentence": report.sentence, "kept_before": before})
    return {"sentence": report.sentence, "conflicts": len(report.conflicts)}


def _agreement(study: Study, job: Job, progress: Progress, bench: _Bench) -> Any:
    """The coefficients of agreement with their intervals, and the entry of the trail up to which they hold."""
    from crosscase.compute import running
    from crosscase.study.agreeing import DRAWS, compared, unitized
    from crosscase.study.workspace import Workspace

    workspace = Workspace(study)
    unit, coders = job.arguments["unit"], job.arguments.get("coders", ())
    quick, _ = compared(workspace, unit, coders)
    total = DRAWS * (len(quick.codes) + 2)  # the coefficients; the unitizing alpha of all together and of each code
    with running(
        progress=lambda done, _: progress(min(done, total), total), checkpoints=bench.desk.folder(job),
        name=f"{__version__}-{workspace.seen}",
    ):  # fmt: skip
        result, _ = compared(workspace, unit, coders, draws=DRAWS)
        alphas = unitized(workspace, coders)
    bench.keep(job, {"result": result.to_dict(), "unitized": jsonable(alphas)})
    return {"at": workspace.seen}


#: What can be asked for: the kind of work and what does it.
KINDS: Mapping[str, Callable[[Study, Job, Progress, _Bench], Any]] = {
    "import": _import,
    "build": _build,
    "analyse": _analyse,
    "merge": _merge,
    "agreement": _agreement,
}
