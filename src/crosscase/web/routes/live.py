"""Changes as they happen: a stream of server-sent events for each page that is open and seen.

An event says which rows of which tables changed, taken from the audit trail, whoever wrote: another tab, another person,
another program.  The page then asks for what it shows.  A second kind says who is here, a third how far long work is.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from crosscase.study.longwork import listed
from crosscase.study.members import MemberWorkspace
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed
from crosscase.web.present import Name, Sequence

router = APIRouter(prefix="/api", include_in_schema=False)

#: Seconds between two looks at the workspace in memory.
LOOK = 0.2

#: Seconds between two words about who is here: with many people somebody always comes or goes.
PEOPLE = 1.0
#: Seconds between two looks at long work, for a page that shows it.
LOOK_AT_WORK = 0.5

#: Seconds between two words to a page that there is nothing to tell; also how soon it is known that a page was closed.
HEARTBEAT = 10.0

#: Seconds between two looks whether whoever listens may still, when this process has changed somebody's rights meanwhile.
#: What another process changed is seen with the heartbeat.
MAY = 2.0

#: Seconds after which a page asks anew.
LASTS = 300.0

#: What is told of more entries of the trail than these is put together in a thread.
MANY = 500

#: Whether whoever listens may still; the stream ends when not.
Still = Callable[[bool], Awaitable[bool]]


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

    With ``work`` also how far the long work is that one may know of.  A page on which one source stands is told of what it may
    show, and not of what is coded in others.
    """
    seen = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 19 else after
    streams = getattr(request.app.state, "streams", None)
    told = _tell(workspace, session.coder, seen, source, streams, work, getattr(request.state, "still", None))
    return StreamingResponse(told, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _tell(
    workspace: Workspace, who: str, seen: int, source: str, streams: Any, work: bool = False, still: Still | None = None
) -> AsyncIterator[str]:
    presence, page = workspace.presence, workspace.presence.enter(who, source)
    begun = quiet = stayed = asked = time.monotonic()
    met, looked = 0.0, 0.0
    people: list[tuple[str, str]] | None = None
    told: list[dict[str, Any]] | None = None
    if streams is not None:
        streams.inc()
    try:
        yield "retry: 1000\n\n"
        while (now := time.monotonic()) - begun < LASTS:
            if still is not None and now - asked > MAY:
                asked = now
                if not await still(now - stayed > HEARTBEAT):
                    return
            if now - stayed > HEARTBEAT:
                stayed = now
                presence.stay(page)
            if workspace.is_time_to_look():
                await run_in_threadpool(workspace.catch_up)
            if (found := await _news(workspace, seen, source)) is not None:
                text, seen = found
                if text:
                    yield text
                    quiet = now
            if now - met > PEOPLE and (here := workspace.people()) != people:
                people, quiet, met = here, now, now
                yield _people(tuple(here))
            if work and now - looked > LOOK_AT_WORK:
                looked = now
                there = await run_in_threadpool(_work_of, workspace, who)
                if there != told:
                    told, quiet = there, now
                    yield _event("work", there)
            if now - quiet > HEARTBEAT:
                quiet = now
                yield ": nothing new\n\n"
            await asyncio.sleep(LOOK)
    finally:
        presence.leave(page)
        if streams is not None:
            streams.dec()


async def _news(workspace: Workspace, seen: int, source: str) -> tuple[str, int] | None:
    """What to tell a page that knows an entry, and the entry that it knows then; ``None``: somebody is writing just now.

    Pages that know the same entry and see the same are told the same, which is put together once.
    """
    # for who codes blind even the number of what is known is looked up, which may wait for a writer
    blind = isinstance(workspace, MemberWorkspace) and workspace.member.blind
    now = await run_in_threadpool(lambda: workspace.seen) if blind else workspace.seen
    if now == seen or not workspace.concerns(seen, source):
        return "", now
    kept: dict[tuple[int, int], str] = workspace.kept.setdefault("events", {})
    if (seen, now) not in kept:
        if blind or now - seen > MANY:
            made = await run_in_threadpool(_put_together, workspace, seen, True)
        else:
            made = _put_together(workspace, seen, False)
        if made is None:
            return None
        text, now = made
        if len(kept) > 100:
            kept.clear()
        kept[seen, now] = text
    return kept[seen, now], now


def _put_together(workspace: Workspace, seen: int, wait: bool) -> tuple[str, int] | None:
    if not workspace.lock.acquire(blocking=wait):  # on the loop nobody waits for a writer: everybody would
        return None
    try:
        touched, now = workspace.since(seen), workspace.seen
    finally:
        workspace.lock.release()
    if not touched.rows and not touched.everything:
        return "", now
    tables = {table: sorted(ids) for table, ids in touched.rows.items()}
    return _event("changes", {"seen": now, "tables": tables, "reload": touched.everything}, now), now


@lru_cache(maxsize=16)
def _people(here: tuple[tuple[str, str], ...]) -> str:
    return _event("people", [{"who": who, "source": source} for who, source in here])


def _work_of(workspace: Workspace, who: str) -> list[dict[str, Any]]:
    return [one.to_dict() for one in listed(workspace, who=who)]


def _event(kind: str, data: Any, number: int | None = None) -> str:
    head = f"event: {kind}\n" + (f"id: {number}\n" if number is not None else "")
    return f"{head}data: {json.dumps(data)}\n\n"
