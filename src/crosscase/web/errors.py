"""Errors as answers: for a program JSON with what, where and mend, for a person a page that says the same."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from crosscase.core.errors import (
    ConflictError,
    CrosscaseError,
    InputError,
    MissingExtraError,
    NotFoundError,
    PermissionDenied,
    StudyFileError,
)

#: The status of each kind of error, the most special first.
STATUSES: tuple[tuple[type[CrosscaseError], int], ...] = (
    (NotFoundError, 404),
    (InputError, 422),
    (ConflictError, 409),
    (PermissionDenied, 403),
    (MissingExtraError, 501),
    (StudyFileError, 503),
    (CrosscaseError, 422),
)


def status_of(error: CrosscaseError) -> int:
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def answer_errors(app: FastAPI) -> None:
    """Let the application answer errors this way."""

    @app.exception_handler(CrosscaseError)
    async def _ours(request: Request, error: CrosscaseError) -> Response:
        return _answer(request, status_of(error), error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return _answer(request, 422, InputError(str(first["msg"]), where=where))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        response = _answer(
            request, error.status_code, CrosscaseError(str(error.detail).lower(), where=request.url.path)
        )
        response.headers.update(error.headers or {})
        return response


def _answer(request: Request, status: int, error: CrosscaseError) -> Response:
    from crosscase.web.context import inner_path, page

    if inner_path(request).startswith("/api/"):
        body: dict[str, Any] = error.to_dict()
        if isinstance(error, ConflictError):
            body |= {"mine": error.mine, "theirs": error.theirs}
        return JSONResponse(body, status)
    theirs = error.theirs if isinstance(error, ConflictError) else None
    mine = error.mine if isinstance(error, ConflictError) else None
    return page(request, "error.html", status=status, error=error, mine=mine, theirs=theirs, title="Not done")
