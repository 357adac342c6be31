"""What fifty people's browsers ask of a server, for the benchmark of load: of Crosscase, and the same of Taguette."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
from _server import Team
from _study import CHARACTERS, SOURCES

#: Seconds between two things that one person does, in the mean; the pauses are exponential.
PAUSE = 2.0

#: What a person does next, in parts of a hundred.  The rest of what is asked follows from these, as it does in a browser.
MIX = {"code": 50, "open a source": 33, "search": 13, "list quotations": 2, "list sources": 2}

LENGTH = CHARACTERS // SOURCES


@dataclass
class Taken:
    """Seconds by kind of request, errors, what was told by itself, and the codings that were acknowledged."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    told: int = 0
    acknowledged: list[str] = field(default_factory=list)

    async def timed(self, kind: str, asked: Awaitable[httpx.Response]) -> httpx.Response | None:
        begin = time.perf_counter()
        try:
            answer = await asked
        except httpx.HTTPError as error:
            self.errors[f"{kind}: {type(error).__name__}"] += 1
            return None
        self.seconds[kind].append(time.perf_counter() - begin)
        if answer.status_code >= 400:
            self.errors[f"{kind}: {answer.status_code} {answer.text[:120]}"] += 1
            return None
        return answer


class Someone:
    """One person.  ``number`` also seeds what they do."""

    def __init__(self, client: httpx.AsyncClient, number: int, taken: Taken) -> None:
        self.client, self.number, self.taken = client, number, taken
        self.draw = random.Random(number)
        self.source = -1
        self.following: asyncio.Task[None] | None = None

    async def act(self) -> None:
        """Do the next thing.  Only what is open is coded, so whoever has nothing open opens a source first."""
        does = self.draw.choices(list(MIX), list(MIX.values()))[0]
        if does == "open a source" or self.source < 0:
            self.leave()
            self.source = self.draw.randrange(SOURCES)
            await self.open()
        elif does == "code":
            start = self.draw.randrange(LENGTH - 200)
            await self.code(start, start + self.draw.randint(20, 150), self.draw.randrange(200))
        else:
            await self.look(does)

    def leave(self) -> None:
        """Another page comes: the stream of the one before ends."""
        if self.following is not None:
            self.following.cancel()
            self.following = None

    async def open(self) -> None: ...

    async def code(self, start: int, end: int, code: int) -> None: ...

    async def look(self, at: str) -> None: ...


class Crosscase(Someone):
    """As the workspace's own pages ask; what a browser keeps (scripts, style sheets of the program) is not asked again."""

    def __init__(
        self, client: httpx.AsyncClient, number: int, taken: Taken, team: Team, address: str, words: list[str]
    ) -> None:
        super().__init__(client, number, taken)
        self.base, self.words, self.after = f"{address}/s/{team.study}", words, 0
        self.headers = {"authorization": f"Bearer {team.tokens[number]}"}

    @property
    def id(self) -> str:
        return f"source-{self.source:03}"

    def _get(self, path: str, **params: str | int) -> Awaitable[httpx.Response]:
        return self.client.get(
            self.base + path, params=params, headers={**self.headers, "x-crosscase-source": quote(self.id)}
        )

    async def open(self) -> None:
        await self.taken.timed("page of a source", self._get("/source", id=self.id))
        answer, _ = await asyncio.gather(
            self.taken.timed("its codings", self._get("/api/codings", source=self.id)),
            self.taken.timed("colours of codes", self._get("/colours.css")),
        )
        if answer is not None:
            self.after = answer.json()["seen"]
            self.following = asyncio.create_task(self._follow(self.id))

    async def code(self, start: int, end: int, code: int) -> None:
        body = {
            "source": self.id, "start": start, "end": end, "code": f"code-{code:03}", "id": uuid.uuid4().hex,
            "after": self.after,
        }  # fmt: skip
        headers = {**self.headers, "x-crosscase-source": quote(self.id)}
        posted = self.client.post(f"{self.base}/api/codings", json=body, headers=headers)
        answer = await self.taken.timed("coding made", posted)
        if answer is not None:
            said = answer.json()
            self.after = max(self.after, said["seen"])
            # a passage that this coder has given this code before keeps its coding, and the answer names that one
            self.taken.acknowledged += [one["id"] for one in said["codings"] if one["id"] == body["id"]]

    async def look(self, at: str) -> None:
        if at == "search":
            await self.taken.timed("search", self._get("/search", q=self.draw.choice(self.words)))
        elif at == "list quotations":
            query = f"code:code-{self.draw.randrange(200):03}"
            await self.taken.timed("list of quotations", self._get("/quotations", q=query))
        else:
            await self.taken.timed("list of sources", self._get("/sources"))

    async def _follow(self, source: str) -> None:
        """The stream of a page: when it tells of a change, the page asks what it was."""
        url, params = f"{self.base}/api/events", {"after": self.after, "source": source}
        with contextlib.suppress(httpx.HTTPError):
            async with self.client.stream("GET", url, params=params, headers=self.headers, timeout=None) as stream:
                async for kind, data in _events(stream):
                    self.taken.told += 1
                    if kind == "changes" and data["seen"] > self.after:
                        answer = await self.taken.timed(
                            "what changed here", self._get("/api/changes", after=self.after)
                        )
                        self.after = answer.json()["seen"] if answer is not None else self.after


async def _events(stream: httpx.Response) -> AsyncIterator[tuple[str, dict[str, int]]]:
    """The events of a stream; those of who is here are not read further, a browser's own work is not the server's."""
    text = ""
    async for part in stream.aiter_text():
        *done, text = (text + part).split("\n\n")
        for one in done:
            if one.startswith("event: changes"):
                yield "changes", json.loads(one.partition("data: ")[2])
            elif one.startswith("event: "):
                yield "people", {}


class Taguette(Someone):
    """The same of Taguette 1.5.2, as far as it has it: it has no search, and its lists are parts of its one page."""

    def __init__(
        self, client: httpx.AsyncClient, number: int, taken: Taken, address: str, token: str, page: str
    ) -> None:
        super().__init__(client, number, taken)
        self.page, self.project, self.token = f"{address}/project/1", f"{address}/api/project/1", token
        self._loaded(page)

    def _loaded(self, page: str) -> None:
        self.version = re.findall(r"var version = '([^']*)'", page)[0]
        self.after = int(re.findall(r"var last_event = (-?\d+)", page)[0])

    async def open(self) -> None:
        await self.taken.timed("page of a source", self.client.get(f"{self.project}/document/{self.source + 1}"))
        self.following = asyncio.create_task(self._follow())

    async def code(self, start: int, end: int, code: int) -> None:
        url = f"{self.project}/document/{self.source + 1}/highlight/new"
        body = {"start_offset": start, "end_offset": end, "tags": [code + 1]}
        await self.taken.timed("coding made", self.client.post(url, json=body, headers={"X-XSRFToken": self.token}))

    async def look(self, at: str) -> None:
        if at == "list quotations":
            path = quote(f"Code {self.draw.randrange(200)}")
            await self.taken.timed("list of quotations", self.client.get(f"{self.project}/highlights/{path}"))

    async def _follow(self) -> None:
        """Its page polls: an answer comes when somebody changed something, and then it asks again.

        It is loaded anew when it missed more than twenty changes; ``after`` then is where that page stands.
        """
        with contextlib.suppress(httpx.HTTPError, ValueError):
            while True:
                asked = {"version": self.version, "from": self.after}
                answer = await self.client.get(f"{self.project}/events", params=asked, timeout=None)
                self.taken.told += 1
                events = answer.json().get("events")
                if events is not None:
                    self.after = max([self.after, *(one["id"] for one in events)])
                elif (page := await self.taken.timed("page loaded anew", self.client.get(self.page))) is not None:
                    self._loaded(page.text)


Make = Callable[[httpx.AsyncClient, int, Taken], Someone]


async def people(make: Make, count: int, seconds: float, cookies: httpx.Cookies | None = None) -> Taken:
    """So many people for so long."""
    taken, limit = Taken(), time.monotonic() + seconds

    async def person(number: int) -> None:
        async with httpx.AsyncClient(timeout=60, cookies=cookies) as client:
            one = make(client, number, taken)
            await asyncio.sleep(one.draw.random() * PAUSE)
            while time.monotonic() < limit:
                await one.act()
                await asyncio.sleep(one.draw.expovariate(1 / PAUSE))
            one.leave()

    await asyncio.gather(*(person(number) for number in range(count)))
    return taken
