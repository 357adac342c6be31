"""Long work of a study: bringing files in, building the report, what waits, runs and is done, with its progress."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from crosscase.core.errors import PermissionDenied
from crosscase.exchange import flat, qda_databases, refi, sources, tables
from crosscase.store import Job
from crosscase.study import longwork
from crosscase.study.longwork import Work
from crosscase.study.merging import MergeReport
from crosscase.study.permissions import Permission
from crosscase.study.places import SUFFIX
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.security import Session

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Work", "/work")

#: Seconds that an answer waits for work that may be quick, before the panel of it is shown.
WAIT = 1.0

#: What a source can be; the first is what a text is when nothing else is said.
SOURCE_KINDS = ("interview", "focus group", "archival", "web", "news", "abstract", "survey answer")

Word = Annotated[str, Form(max_length=200)]


@router.get("/work", response_class=HTMLResponse)
def show_all(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    """What waits and runs, each with its panel, and what is over."""
    workspace.catch_up()
    found = longwork.listed(workspace, who=session.coder)
    return page(
        request, "work.html", title="Work", running=[one for one in found if one.running],
        over=[one for one in found if not one.running], **_may(workspace), **_words(),
    )  # fmt: skip


@router.get("/work/{id}", response_class=HTMLResponse)
def show_one(request: Request, workspace: Open, session: Signed, id: str) -> HTMLResponse:
    """The panel of one piece of work."""
    workspace.catch_up()
    work = longwork.one(workspace, id, who=session.coder)
    return page(request, "workpanel.html", title=work.title, work=work, under="/work", **_words())


@router.post("/work/{id}/stop", openapi_extra=asks(Permission.READ))
def stop(workspace: Open, session: Signed, id: str) -> Response:
    """Ask it to stop; whose work it is, and what it needs, is looked at by the use case."""
    work = longwork.stop(workspace, id, who=session.coder)
    return RedirectResponse(address(longwork.wait(workspace, work.job, WAIT).id), 303)


@router.post("/work/{id}/again", openapi_extra=asks(Permission.READ))
def again(workspace: Open, session: Signed, id: str) -> Response:
    """The same once more."""
    work = longwork.one(workspace, id, who=session.coder)
    return follow(workspace, session, longwork.ask_again(workspace, session.coder, work).id)


@router.get("/work/{id}/report.zip", openapi_extra=asks(Permission.EXPORT))
def report(workspace: Open, session: Signed, id: str) -> Response:
    """The report that was built, packed."""
    parts = longwork.report(workspace, id, who=session.coder)
    headers = {"content-disposition": 'attachment; filename="report.zip"'}
    return StreamingResponse(parts, media_type="application/zip", headers=headers)


@router.get("/work/{id}/merged", response_class=HTMLResponse, openapi_extra=asks(Permission.BRING_IN))
def merged(request: Request, workspace: Open, session: Signed, id: str) -> HTMLResponse:
    """What a merge did, table by table, and the conflicts."""
    found = longwork.merged(workspace, id, who=session.coder)
    return page(request, "merged.html", title="Merged", report=found, kinds=MergeReport.KINDS, under="/work")


# -- asking --------------------------------------------------------------------------------------------------------------


@router.get("/bring-in", response_class=HTMLResponse, openapi_extra=asks(Permission.BRING_IN))
def show_bringing_in(request: Request, workspace: Open) -> HTMLResponse:
    _refuse_blind(workspace)
    snapshot = workspace.snapshot
    return page(
        request, "bringin.html", title="Bring files in", under="/work", tables=[*tables.IMPORTABLE, *flat.KINDS],
        kinds=SOURCE_KINDS, cases=list(snapshot.cases.column("id")), participants=list(snapshot.participants.column("id")),
        endings=[*sources.FORMATS, *tables.FORMATS, *refi.FORMATS, *qda_databases.FORMATS, SUFFIX],
    )  # fmt: skip


@router.post("/bring-in", openapi_extra=asks(Permission.BRING_IN))
def bring_in(
    workspace: Open, session: Signed, file: list[UploadFile], table: Word = "", kind: Word = "", case: Word = "",
    participant: Word = "", date: Word = "", language: Word = "", interviewers: Word = "",
    positions: Word = "", merge: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Files to be brought in, as a piece of work."""
    about = {"kind": kind, "case": case, "participant": participant, "date": date, "language": language}
    options = {
        "table": table, "positions": positions, "merge": merge, "source": {name: one for name, one in about.items() if one},
        "interviewers": [one.strip() for one in interviewers.split(",") if one.strip()],
    }  # fmt: skip
    files = [(one.filename or "", one.file) for one in file if one.filename]
    return follow(workspace, session, longwork.ask_import(workspace, session.coder, files, options).id)


@router.post("/work/report", openapi_extra=asks(Permission.EXPORT))
def build(
    workspace: Open, session: Signed, readers: Annotated[Literal["sharing", "team"], Form()] = "sharing"
) -> Response:
    """The report, as a piece of work."""
    return follow(workspace, session, longwork.ask_build(workspace, session.coder, readers).id)


# -- shared --------------------------------------------------------------------------------------------------------------


def follow(workspace: Workspace, session: Session, id: str) -> Response:
    """To the result when the work is quick, else to its panel."""
    work = longwork.one(workspace, id, who=session.coder)
    job = longwork.wait(workspace, work.job, WAIT)
    if job.state == "done" and (result := address_of_result(job)):
        workspace.catch_up()
        return RedirectResponse(result, 303)
    return RedirectResponse(address(id), 303)


def address_of_result(job: Job) -> str:
    """The page on which the result of a piece of work stands; empty when it has none of its own."""
    said = job.arguments
    if job.kind == "agreement":
        return f"/agreement?{urlencode({'unit': said['unit'], 'coder': said.get('coders', ())}, doseq=True)}"
    if job.kind == "merge":
        return f"{address(job.id)}/merged"
    return f"/analyses/{quote(said['id'], safe='')}" if job.kind == "analyse" else ""


def address(id: str) -> str:
    """Where a piece of work has its panel."""
    return f"/work/{id}"


def _refuse_blind(workspace: Workspace) -> None:
    if workspace.blind:
        raise PermissionDenied("this cannot be done while you code blind")


def _may(workspace: Workspace) -> dict[str, Any]:
    return {"may_import": longwork.may_ask(workspace, "import"), "may_build": longwork.may_ask(workspace, "build")}


def _words() -> dict[str, Any]:
    return {"how_long": how_long, "how_far": how_far, "result_of": address_of_result, "many": longwork.MOST}


def how_long(seconds: float) -> str:
    """A time as one says it: ``under a second``, ``40 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 1:
        return "under a second"
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def how_far(work: Work) -> str:
    """``4,000 of 10,000 draws``."""
    steps = {"import": "files", "build": "steps", "merge": "tables"}.get(work.job.kind, "draws")
    return f"{work.job.done:,} of {work.job.total:,} {steps}" if work.job.total else ""
