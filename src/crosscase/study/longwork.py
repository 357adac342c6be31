"""Long work as the workspace asks for it: who may, what of it they see, stopping it, and asking for it again.

The work itself is done by a worker, see :mod:`crosscase.study.working`.  A member sees the work that they asked for, an owner
that of all; who codes blind sees their own alone, and asks for nothing that shows what others coded.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from crosscase.core import Analysis
from crosscase.core.errors import ConflictError, InputError, NotFoundError, PermissionDenied
from crosscase.evidence.analyses import MEDIATIONS, MODELS
from crosscase.exchange import flat, tables
from crosscase.store import Job
from crosscase.store.jobs import MADE
from crosscase.study.agreeing import compared
from crosscase.study.api import Study
from crosscase.study.permissions import Permission, needs
from crosscase.study.working import FOUND, NEEDED, REPORT, do_at_once, name_of_worker
from crosscase.study.workspace import Workspace

Readers = Literal["sharing", "team"]

#: Draws of a mediation that says nothing of them.
_MEDIATION_DRAWS = 1000

#: Files that are brought in at once: at most so many, of at most so many bytes together, of these kinds.
_FEW, _SMALL = 3, 100_000
_QUICK = (".txt", ".md", ".vtt", ".srt", ".csv", ".tsv")

#: How much work is listed.
MOST = 100

#: How much of it one person may have waiting in a study.
MOST_WAITING = 25

#: Seconds after which it is said that work waits for a worker.
_PATIENCE = 10.0

#: What an import may be told; the names are those of :func:`crosscase.study.importing.import_file`.
OPTIONS = ("table", "sheet", "positions", "project", "merge", "interviewers", "source")


@dataclass(frozen=True, slots=True)
class Work:
    """A job as a person sees it."""

    job: Job
    #: ``Import of 3 files``, ``Report for sharing``, the title of an analysis.
    title: str
    #: Whether whoever looks may stop it or ask for it again.
    may: bool
    #: Where its result stands in the workspace; empty when there is none.
    analysis: str = ""
    report: bool = False

    @property
    def running(self) -> bool:
        return not self.job.is_over

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; ``None`` while that is not known."""
        return self.job.done / self.job.total if self.job.total and self.job.done else None

    @property
    def left(self) -> float | None:
        """Seconds that are left, by the pace of this attempt; ``None`` while that is not known."""
        done = self.job.done - self.job.already
        if self.job.state != "running" or done <= 0 or not self.job.total:
            return None
        return self.took * (self.job.total - self.job.done) / done

    @property
    def took(self) -> float:
        """Seconds since it was begun, until it ended."""
        if not self.job.begun:
            return 0.0
        until = datetime.datetime.fromisoformat(self.job.ended) if self.job.ended else _now()
        return max(0.0, (until - datetime.datetime.fromisoformat(self.job.begun)).total_seconds())

    @property
    def neglected(self) -> bool:
        """Whether it waits so long that perhaps no worker runs."""
        asked = datetime.datetime.fromisoformat(self.job.asked)
        return self.job.state == "waiting" and (_now() - asked).total_seconds() > _PATIENCE

    def to_dict(self) -> dict[str, Any]:
        """What changes while it runs."""
        return {
            "id": self.job.id, "kind": self.job.kind, "state": self.job.state, "done": self.job.done, "total": self.job.total, "left": self.left,
            "cancelling": self.job.cancelling, "neglected": self.neglected,
        }  # fmt: skip


# -- asking --------------------------------------------------------------------------------------------------------------


@needs(Permission.BRING_IN, blind=False)
def ask_import(
    workspace: Workspace, who: str, files: Sequence[tuple[str, BinaryIO]], options: Mapping[str, Any] | None = None
) -> Job:
    """Bring files (name, content) in, one after the other, each as a whole or not at all.

    Raises:
        InputError: there is no file.
        NotFoundError: there is no such table to read a file as, or no such option.
    """
    if not files:
        raise InputError("there is no file", where="files", mend="choose one or more")
    given = {name: value for name, value in (options or {}).items() if value}
    for name in given:
        if name not in OPTIONS:
            raise NotFoundError("option", name, OPTIONS)
    if "table" in given and given["table"] not in (*tables.IMPORTABLE, *flat.KINDS):
        raise NotFoundError("table", str(given["table"]), [*tables.IMPORTABLE, *flat.KINDS], where="table")
    names = _apart([_plain(name) for name, _ in files])
    contents = [(name, content) for name, (_, content) in zip(names, files, strict=True)]
    arguments = {"files": names, "given": True, "options": given}
    if not _tiny(contents):
        return _add(workspace, who, "import", arguments, contents)
    worker = name_of_worker()
    job = _add(workspace, who, "import", arguments, contents, worker)
    study = Study(workspace.study.place, who=who)
    study.__dict__["snapshot"] = workspace.snapshot
    do_at_once(workspace.store, job, worker, study)
    workspace.catch_up()
    return workspace.store.jobs.get(job.id)


@needs(Permission.EXPORT, blind=False)
def ask_build(workspace: Workspace, who: str, readers: Readers = "sharing") -> Job:
    """Build the report; when it is done it can be fetched."""
    return _same_that_waits(workspace, who, "build", {"readers": readers}) or _add(
        workspace, who, "build", {"readers": readers}
    )


@needs(Permission.JUDGE, blind=False)
def ask_analysis(workspace: Workspace, who: str, id: str) -> Job:
    """Run a saved analysis; NotFoundError when there is none of that id."""
    workspace.snapshot.analyses[id]
    return _same_that_waits(workspace, who, "analyse", {"id": id}) or _add(workspace, who, "analyse", {"id": id})


@needs(Permission.BRING_IN, blind=False)
def ask_merge(workspace: Workspace, who: str, name: str, content: BinaryIO) -> Job:
    """Merge a study file into the study, as one change; see :mod:`crosscase.study.merging`."""
    plain = _plain(name)
    return _add(workspace, who, "merge", {"files": [plain], "given": True}, [(plain, content)])


@needs(Permission.READ, blind=False)
def ask_agreement(workspace: Workspace, who: str, unit: str, coders: Sequence[str] = ()) -> Job:
    """Work out the intervals of agreement on a unit; errors as :meth:`Study.agreement`."""
    compared(workspace, unit, coders)  # what cannot be compared at all is said at once
    asked = {"unit": unit, "coders": list(coders)}
    return _same_that_waits(workspace, who, "agreement", asked) or _add(workspace, who, "agreement", asked)


def takes_long(analysis: Analysis) -> bool:
    """Whether an analysis is left to a worker: it draws, or has to do with ordinal variables in every step."""
    kind, said = analysis.kind.casefold(), analysis.specification
    if kind in MEDIATIONS:
        return bool(said.get("bootstrap", _MEDIATION_DRAWS))
    return kind in MODELS and bool(said.get("bootstrap") or said.get("ordered"))


@needs(Permission.READ)
def ask_again(workspace: Workspace, who: str, work: Work) -> Job:
    """Ask for the same once more; an import and a merge need their files anew.

    Raises:
        PermissionDenied: whoever asks may not do that work.
        InputError: it is not over, or it was an import or a merge.
    """
    if not work.may:
        raise PermissionDenied("this work is not yours to ask for")
    job = work.job
    if not job.is_over or job.kind in ("import", "merge"):
        raise InputError("this is not asked for again", mend="bring the files in once more")
    said = ("id", "readers", "unit", "coders")
    return _add(workspace, who, job.kind, {name: job.arguments[name] for name in said if name in job.arguments})


# -- looking -------------------------------------------------------------------------------------------------------------


def listed(workspace: Workspace, *, who: str) -> list[Work]:
    """The work of a study that somebody may know of, the latest first."""
    every = _sees_all(workspace)
    found = workspace.store.jobs.all(workspace.id, who=None if every else who, latest=MOST)
    return [_seen(workspace, job, who) for job in reversed(found)]


def running(workspace: Workspace, analysis: str, *, who: str) -> Work | None:
    """The work that runs an analysis just now, or waits to, if one may know of it."""
    found = (one for one in listed(workspace, who=who) if one.running and one.analysis == analysis)
    return next(found, None)


def running_agreement(workspace: Workspace, unit: str, coders: Sequence[str] = (), *, who: str) -> Job | None:
    """The work of somebody that works out the intervals of agreement just now, or waits to."""
    return _same_that_waits(workspace, who, "agreement", {"unit": unit, "coders": list(coders)})


def one(workspace: Workspace, id: str, *, who: str) -> Work:
    """A piece of work; NotFoundError when there is none of that id that one may know of."""
    try:
        job = workspace.store.jobs.get(id, workspace.id)
    except NotFoundError:
        job = None
    if job is None or job.id != id or not (job.who == who or _sees_all(workspace)):
        raise NotFoundError("work", id, [])
    return _seen(workspace, job, who)


def stop(workspace: Workspace, id: str, *, who: str) -> Work:
    """Ask a piece of work to stop at its next step; PermissionDenied when one may not."""
    work = one(workspace, id, who=who)
    if not work.may:
        raise PermissionDenied("this work is not yours to stop", mend="ask an owner of the study")
    return _seen(workspace, workspace.store.jobs.cancel(work.job.id), who)


def report(workspace: Workspace, id: str, *, who: str) -> Iterator[bytes]:
    """The report that a piece of work made, packed, in its parts.

    Raises:
        NotFoundError: there is no such work, or it made none.
        PermissionDenied: whoever asks takes nothing out, or codes blind.
    """
    workspace.require(Permission.EXPORT)
    work = one(workspace, id, who=who)
    if workspace.blind:
        raise PermissionDenied("a report shows the codings of all, and those of others are hidden while you code blind")
    if not work.report:
        raise NotFoundError("report", id, [])
    return workspace.store.jobs.read(work.job.id, MADE, REPORT)


def merged(workspace: Workspace, id: str, *, who: str) -> dict[str, Any]:
    """What a merge did: a :class:`~crosscase.study.merging.MergeReport` as plain values, with its ``sentence``.

    ``kept_before``: the worker was lost when the merge was kept, and this is how the two compare since.

    Raises:
        NotFoundError: there is no such work, or it merged nothing.
        PermissionDenied: whoever asks brings nothing in, or codes blind.
    """
    workspace.require(Permission.BRING_IN)
    work = one(workspace, id, who=who)
    if workspace.blind:
        raise PermissionDenied("a merge shows what all did, and that is hidden while you code blind")
    if work.job.kind != "merge" or work.job.state != "done":
        raise NotFoundError("merge", id, [])
    return _found(workspace, work.job)


def intervals(workspace: Workspace, unit: str, coders: Sequence[str] = ()) -> dict[str, Any] | None:
    """The agreement of coders with intervals as plain values (``result``, ``unitized``), whoever asked for it.

    ``None`` when nobody did since the study was changed last; PermissionDenied for who codes blind.
    """
    if workspace.blind:
        raise PermissionDenied(
            "agreement shows the codings of all, and those of others are hidden while you code blind"
        )
    asked = {"unit": unit, "coders": list(coders)}
    for job in workspace.store.jobs.all(workspace.id, latest=MOST)[::-1]:
        if job.kind == "agreement" and job.state == "done" and asked.items() <= job.arguments.items():
            return _found(workspace, job) if job.result["at"] == workspace.seen else None
    return None


def wait(workspace: Workspace, job: Job, seconds: float) -> Job:
    """The job when it is over, or as it stands after so many seconds."""
    until = time.monotonic() + seconds
    while not job.is_over and time.monotonic() < until:
        time.sleep(0.05)
        job = workspace.store.jobs.get(job.id, workspace.id)
    return job


def may_ask(workspace: Workspace, kind: str) -> bool:
    """Whether whoever works with the workspace may ask for a kind of work."""
    return not workspace.store.read_only and not workspace.blind and _allowed(workspace, NEEDED[kind])


# -- inside --------------------------------------------------------------------------------------------------------------


def _allowed(workspace: Workspace, permission: Permission) -> bool:
    try:
        workspace.require(permission)
    except PermissionDenied:
        return False
    return True


def _sees_all(workspace: Workspace) -> bool:
    return not workspace.blind and _allowed(workspace, Permission.MANAGE)


def _seen(workspace: Workspace, job: Job, who: str) -> Work:
    may = _allowed(workspace, NEEDED[job.kind]) and (job.who == who or _sees_all(workspace)) and not workspace.blind
    done = job.state == "done"
    analysis = str(job.arguments.get("id", "")) if job.kind == "analyse" else ""
    known = workspace.study.snapshot.analyses.get(analysis) if analysis else None
    return Work(
        job, _title(job, known), may, analysis if known is not None and not workspace.blind else "",
        done and job.kind == "build" and "out" not in job.arguments and may,
    )  # fmt: skip


def _found(workspace: Workspace, job: Job) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(workspace.store.jobs.read(job.id, MADE, FOUND)))
    return found


def _title(job: Job, analysis: Analysis | None) -> str:
    if job.kind in ("import", "merge"):
        names = [str(name).replace("\\", "/").rsplit("/", 1)[-1] for name in job.arguments["files"]]
        what = names[0] if len(names) == 1 else f"{len(names)} files"
        return f"{job.kind.capitalize()} of {what}"
    if job.kind == "agreement":
        coders = ", ".join(job.arguments.get("coders", ())) or "all coders"
        return f"Agreement by {job.arguments['unit']}: {coders}"
    if job.kind == "build":
        return "Report for the team" if job.arguments.get("readers") == "team" else "Report for sharing"
    id = str(job.arguments.get("id", ""))
    return f"Analysis: {(analysis.title if analysis else '') or id}"


def _add(
    workspace: Workspace, who: str, kind: str, arguments: dict[str, Any], files: Sequence[tuple[str, BinaryIO]] = (),
    worker: str = "",
) -> Job:  # fmt: skip
    store, id = workspace.store, workspace.id
    if sum(not one.is_over for one in store.jobs.all(id, who=who, latest=MOST)) >= MOST_WAITING:
        raise ConflictError(
            f"{MOST_WAITING} pieces of work that you asked for wait or run already",
            mend="wait until some are done, or stop them",
        )
    member = any(one.coder == who for one in store.people.memberships(study=id))
    said = {**arguments, "after": store.audit_length(id), **({"member": True} if member else {})}
    return store.jobs.add(id, kind, said, who=who, files=files, worker=worker)


def _tiny(files: Sequence[tuple[str, BinaryIO]]) -> bool:
    """Whether files are read in less time than a page takes: a few small texts or tables."""
    if len(files) > _FEW or any(not name.casefold().endswith(_QUICK) for name, _ in files):
        return False
    size = 0
    for _, content in files:
        size += content.seek(0, 2)
        content.seek(0)
    return size <= _SMALL


def _same_that_waits(workspace: Workspace, who: str, kind: str, arguments: Mapping[str, Any]) -> Job | None:
    """The same work that this person asked for a moment ago: a form that was sent twice."""
    for job in workspace.store.jobs.all(workspace.id, who=who, latest=MOST):
        same = job.kind == kind and arguments.items() <= job.arguments.items()
        if same and not job.is_over and not job.cancelling:
            return job
    return None


def _plain(name: str) -> str:
    """The last part of the name that a file came with; never a path."""
    last = "".join(one for one in name.replace("\\", "/").rsplit("/", 1)[-1] if one.isprintable()).strip()
    stem, dot, ending = last[-200:].rpartition(".")
    return last[-200:] if (stem if dot else ending).strip(". ") else f"file{dot}{ending}"


def _apart(names: Sequence[str]) -> list[str]:
    """The names, with a number before the ending of those that came before."""
    made: list[str] = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        free, number = name, 2
        while free in made:
            free, number = f"{stem}-{number}{dot}{ending}", number + 1
        made.append(free)
    return made


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
