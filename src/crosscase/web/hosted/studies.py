"""My studies: those that I am in, and for a steward a new one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.web.context import page
from crosscase.web.hosted.context import SignedIn, hosted
from crosscase.web.routes.work import address

router = APIRouter(include_in_schema=False)


@router.get("/studies", response_class=HTMLResponse)
def show(request: Request, person: SignedIn) -> Response:
    return page(
        request, "studies.html", title="My studies", studies=hosted(request).host.studies_of(person),
        steward=person.account.steward,
    )  # fmt: skip


@router.post("/studies/make")
def make(request: Request, person: SignedIn, title: Annotated[str, Form(max_length=500)]) -> Response:
    return RedirectResponse(f"/s/{hosted(request).host.make(person, title)}/", 303)


@router.post("/studies/bring-in")
def bring_in(request: Request, person: SignedIn, file: UploadFile) -> Response:
    """A new study from a study file, which a worker reads."""
    with kept(file) as path:
        made, job = hosted(request).host.bring_in(person, path, shown_name(file))
    return RedirectResponse(f"/s/{made}{address(job.id)}", 303)


class kept:
    """An uploaded file in a folder of its own, under a name of ours: the name it came with is never a path."""

    def __init__(self, file: UploadFile) -> None:
        self._file = file

    def __enter__(self) -> Path:
        self._folder = tempfile.TemporaryDirectory(prefix="crosscase-")
        path = Path(self._folder.name) / "brought.crosscase"
        with path.open("xb") as out:
            while part := self._file.file.read(1 << 20):
                out.write(part)
        return path

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def shown_name(file: UploadFile) -> str:
    """The last part of the name that a file came with, for messages and the audit trail."""
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in name if one.isprintable())[:100] or "a file"
