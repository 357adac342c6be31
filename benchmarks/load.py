"""Fifty people who code and read at once on a study of 100,000 codings: how long do they wait, and is anything lost?

Run: ``python benchmarks/load.py [--seconds 300] [--people 50] [--postgres] [--taguette PYTHON]``.  The server runs in a
process of its own with this client beside it on the same machine.  Each person does something every two seconds in the mean
(exponential pauses): half of it adds a coding, a third opens a source (its page, then its codings), the rest searches a
word.  ``PYTHON`` is the interpreter of an environment with taguette 1.5.2 (``pip install taguette==1.5.2``): then the same people do the
same, as far as Taguette has it (it has no search), on a project of as many documents and highlights, in the same run.

Printed: requests a second, the median, 95th and 99th percentile of the answers by kind, errors, and whether every
acknowledged coding is in the study at the end.  Goal: 95th percentile under 150 ms, nothing lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(Path(__file__).parent)]

import httpx  # noqa: E402
from _server import Team, make_team, running  # noqa: E402
from _study import CHARACTERS, CODINGS, SOURCES, large_study  # noqa: E402

from crosscase.store import open_store  # noqa: E402
from postgres import server  # noqa: E402

PAUSE = 2.0
LENGTH = CHARACTERS // SOURCES


@dataclass
class Taken:
    """Seconds by kind of request, errors, and the codings that were acknowledged."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    async def timed(self, kind: str, asked: Awaitable[httpx.Response]) -> httpx.Response | None:
        begin = time.perf_counter()
        try:
            answer = await asked
        except httpx.HTTPError as error:
            self.errors.append(f"{kind}: {type(error).__name__}")
            return None
        self.seconds[kind].append(time.perf_counter() - begin)
        if answer.status_code >= 400:
            self.errors.append(f"{kind}: {answer.status_code} {answer.text[:120]}")
            return None
        return answer


Act = Callable[[httpx.AsyncClient, random.Random, int, Taken], Awaitable[None]]


def crosscase(team: Team, address: str, words: list[str]) -> Act:
    base = f"{address}/s/{team.study}"
    after = [0] * len(team.tokens)

    async def act(client: httpx.AsyncClient, draw: random.Random, number: int, taken: Taken) -> None:
        headers = {"authorization": f"Bearer {team.tokens[number]}"}
        source, kind = f"source-{draw.randrange(SOURCES):03}", draw.random()
        if kind < 0.5:
            start = draw.randrange(LENGTH - 200)
            body = {
                "source": source, "start": start, "end": start + draw.randint(20, 150),
                "code": f"code-{draw.randrange(200):03}", "id": uuid.uuid4().hex, "after": after[number],
            }  # fmt: skip
            answer = await taken.timed("code", client.post(f"{base}/api/codings", json=body, headers=headers))
            if answer is not None:
                said = answer.json()
                after[number] = said["seen"]
                # a passage that this coder has given this code before keeps its coding, and the answer names that one
                taken.acknowledged += [one["id"] for one in said["codings"] if one["id"] == body["id"]]
        elif kind < 0.85:
            await taken.timed("read", client.get(f"{base}/source", params={"id": source}, headers=headers))
            answer = await taken.timed(
                "its codings", client.get(f"{base}/api/codings", params={"source": source}, headers=headers)
            )
            if answer is not None:
                after[number] = answer.json()["seen"]
        else:
            await taken.timed("search", client.get(f"{base}/search", params={"q": draw.choice(words)}, headers=headers))

    return act


def taguette(address: str, token: str) -> Act:
    async def act(client: httpx.AsyncClient, draw: random.Random, _: int, taken: Taken) -> None:
        document = draw.randint(1, SOURCES)
        if draw.random() < 0.6:  # the same shares of coding and reading; it has no search
            start = draw.randrange(LENGTH - 200)
            body = {"start_offset": start, "end_offset": start + draw.randint(20, 150), "tags": [draw.randint(1, 200)]}
            url = f"{address}/api/project/1/document/{document}/highlight/new"
            await taken.timed("code", client.post(url, json=body, headers={"X-XSRFToken": token}))
        else:
            await taken.timed("read", client.get(f"{address}/api/project/1/document/{document}"))

    return act


async def people(act: Act, count: int, seconds: float, cookies: httpx.Cookies | None = None) -> Taken:
    taken = Taken()
    limit = time.monotonic() + seconds

    async def person(number: int) -> None:
        draw = random.Random(number)
        async with httpx.AsyncClient(timeout=60, cookies=cookies) as client:
            await asyncio.sleep(draw.random() * PAUSE)
            while time.monotonic() < limit:
                await act(client, draw, number, taken)
                await asyncio.sleep(draw.expovariate(1 / PAUSE))

    await asyncio.gather(*(person(number) for number in range(count)))
    return taken


def report(name: str, taken: Taken, seconds: float) -> None:
    every = [one for some in taken.seconds.values() for one in some]
    print(f"\n{name}: {len(every)} requests, {len(every) / seconds:.1f} a second, {len(taken.errors)} errors")
    for kind, some in [*taken.seconds.items(), ("all", every)]:
        cuts = statistics.quantiles(some, n=100) if len(some) > 1 else [0.0] * 99
        print(
            f"  {kind:12} {len(some):6}   p50 {cuts[49] * 1e3:7.1f} ms   p95 {cuts[94] * 1e3:7.1f} ms   p99 {cuts[98] * 1e3:7.1f} ms"
        )
    for why in sorted(set(taken.errors))[:5]:
        print(f"  error: {why}")


def ours(url: str, name: str, count: int, seconds: float) -> bool:
    snapshot = large_study()
    words = [text.split()[-3].strip(".") for text in snapshot.texts.values()]
    team = make_team(url, snapshot, count)
    with running(url) as one:
        act = crosscase(team, one.address, words)
        asyncio.run(people(act, 1, 6))  # the study is opened once, by whoever comes first
        taken = asyncio.run(people(act, count, seconds))
        memory = one.memory()
    report(name, taken, seconds)
    with open_store(url) as store:
        there = set(store.load_snapshot(team.study).codings.column("id"))
        whole = store.verify_audit(team.study).whole
    lost = [id for id in taken.acknowledged if id not in there]
    print(
        f"  {len(taken.acknowledged)} codings acknowledged, {len(lost)} lost; the trail is {'whole' if whole else 'BROKEN'}; {memory:.0f} MB"
    )
    return not lost and whole


def theirs(python: str, folder: Path, count: int, seconds: float) -> None:
    path, port = folder / "taguette.sqlite3", "17466"
    subprocess.run([python, str(Path(__file__).with_name("_taguette_team.py")), str(path)], check=True)
    command = [
        str(Path(python).with_name("taguette")),
        "--no-browser",
        "--port",
        port,
        "--database",
        str(path),
        "--dont-set-umask",
    ]
    one = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert one.stdout is not None
        link = next(found[0] for line in one.stdout if (found := re.search(r"http://\S+token=\S+", line)))
        with httpx.Client(follow_redirects=True) as client:
            client.get(link)
            client.get(f"http://localhost:{port}/project/1")
            cookies = client.cookies
        act = taguette(f"http://localhost:{port}", cookies.get("_xsrf", ""))
        report("Taguette 1.5.2 (SQLite, one account)", asyncio.run(people(act, count, seconds, cookies)), seconds)
    finally:
        one.kill()
        one.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--taguette", metavar="PYTHON", default="")
    given = parser.parse_args()
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; ",
        end="",
    )
    print(json.dumps({"people": given.people, "seconds": given.seconds, "codings": CODINGS, "sources": SOURCES}))
    sound = True
    with tempfile.TemporaryDirectory() as folder:
        sound &= ours(f"sqlite:///{folder}/team.crosscase", "Crosscase on SQLite", given.people, given.seconds)
        if given.taguette:
            theirs(given.taguette, Path(folder), given.people, given.seconds)
    if given.postgres:
        with server() as url:
            sound &= ours(url, "Crosscase on PostgreSQL", given.people, given.seconds)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
