"""Changes as they happen: a stream of server-sent events for each page that is open and seen.

An event says which rows of which tables changed, taken from the audit trail, whoever wrote: another tab, another person,
another program.  The page then asks for what it shows.  A second kind says who is here, a third how far long work is.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from crosscase.study.longwork import listed
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed
from crosscase.web.present import Name, Sequence

router = APIRouter(prefix="/api", include_in_schema=False)

#: Seconds between two looks at the workspace in memory.
LOOK = 0.2

#: Seconds between two looks at long work, for a page that shows it.
LOOK_AT_WORK = 0.5

#: Seconds between two words to a page that there is nothing to tell; also how soon it is known that a page was closed.
HEARTBEAT = 10.0

#: Seconds after which a page asks anew, and whether it may is looked at again.
LASTS = 300.0


@router.get("/events")
async def events(
    request: Request,
    workspace: Open,
    session: Signed,
    after: Annotated[Sequence, Query()],
    source: Annotated[Name, Query()] = "",
    work: bool = False,
    last_event_id: Annotated[str, Header()] = "",
) -> StreamingResponse:
    """What changes after an entry of the trail, until the page is closed; a page that comes back says where it was.

    With ``work`` also how far the long work is that one may know of.
    """
    seen = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 19 else after
    streams = getattr(request.app.state, "streams", None)
    told = _tell(workspace, session.coder, seen, source, streams, work)
    return StreamingResponse(told, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _tell(
    workspace: Workspace, who: str, seen: int, source: str, streams: Any, work: bool = False
) -> AsyncIterator[str]:
    presence, page = workspace.presence, workspace.presence.enter(who, source)
    begun = quiet = time.monotonic()
    people: list[tuple[str, str]] | None = None
    told: list[dict[str, Any]] | None = None
    looked = 0.0
    if streams is not None:
        streams.inc()
    try:
        yield "retry: 1000\n\n"
        while (now := time.monotonic()) - begun < LASTS:
            if workspace.is_time_to_look():
                await run_in_threadpool(workspace.catch_up)
            if workspace.seen != seen:
                touched, seen = await run_in_threadpool(workspace.touched_after, seen)
                if touched.rows or touched.everything:
                    tables = {table: sorted(ids) for table, ids in touched.rows.items()}
                    yield _event("changes", {"seen": seen, "tables": tables, "reload": touched.everything}, seen)
                    quiet = now
            if (here := workspace.people()) != people:
                people, quiet = here, now
                yield _event("people", [{"who": who, "source": source} for who, source in here])
            if work and now - looked > LOOK_AT_WORK:
                looked = now
                there = await run_in_threadpool(_work_of, workspace, who)
                if there != told:
                    told, quiet = there, now
                    yield _event("work", there)
            if now - quiet > HEARTBEAT:
                quiet = now
                presence.stay(page)
                yield ": nothing new\n\n"
            await asyncio.sleep(LOOK)
    finally:
        presence.leave(page)
        if streams is not None:
            streams.dec()


def _work_of(workspace: Workspace, who: str) -> list[dict[str, Any]]:
    return [one.to_dict() for one in listed(workspace, who=who)]


def _event(kind: str, data: Any, number: int | None = None) -> str:
    head = f"event: {kind}\n" + (f"id: {number}\n" if number is not None else "")
    return f"{head}data: {json.dumps(data)}\n\n"
