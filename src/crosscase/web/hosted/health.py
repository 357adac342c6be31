"""For those who run the server: whether it is alive, and its numbers."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from crosscase.core.errors import PermissionDenied
from crosscase.web.hosted.context import hosted

router = APIRouter(include_in_schema=False)


@router.get("/health", response_class=PlainTextResponse)
def health(request: Request) -> Response:
    """``ok`` when the database answers too."""
    hosted(request).host.accounts.people.any_account()
    return PlainTextResponse("ok\n")


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Numbers for Prometheus: for this machine, or with the token that the settings name."""
    here = hosted(request)
    token = here.settings.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token:
        allowed = hmac.compare_digest(given.encode(errors="replace"), token.encode())
    else:
        forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
        allowed = not forwarded and request.client is not None and request.client.host in ("127.0.0.1", "::1")
    if not allowed:
        raise PermissionDenied(
            "the numbers are not for everybody", mend="ask from the machine itself, or with the token"
        )
    for state, count in here.host.work_counts().items():
        here.watching.work.labels(state).set(count)
    return Response(here.watching.numbers(), media_type="text/plain; version=0.0.4; charset=utf-8")
