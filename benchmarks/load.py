"""Fifty people who code and read at once on a study of 100,000 codings: how long do they wait, and is anything lost?

Run: ``python benchmarks/load.py [--seconds 300] [--people 50] [--on sqlite postgresql]
[--taguette PYTHON]``.  The server runs in a
process of its own with this client beside it on the same machine.  Each person does something every two seconds in the mean
(exponential pauses): of a hundred things 50 are a coding in the source that is open, 33 opening another source, 13 a search, 2 a
list of quotations and 2 the list of sources.  What a browser asks besides is asked too: after the page of a source its codings
and the colours of the codes, and then the stream of changes stays open, one for each person, and what it tells of is asked for.
That is a brisker team than there is (a source is left after ten seconds); scripts and pictures of the program, which a
browser keeps, are not asked for.  ``PYTHON`` is the interpreter of an environment with taguette 1.5.2 (``pip install
taguette==1.5.2``): then the same people do the same, as far as Taguette has it (no search, no list of sources; its page polls
for changes), on a project of as many documents and highlights, in the same run.

Printed: what one answer of each kind costs the server when nothing else is asked; under the load requests a second, the
median, 95th and 99th percentile of the answers by kind, errors, the share of a core that server and client took, and whether
every acknowledged coding is in the study at the end.  Goal: 95th percentile under 150 ms, nothing lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(Path(__file__).parent)]

import httpx  # noqa: E402
from _people import Crosscase, Taguette, Taken, people  # noqa: E402
from _server import Running, Team, cpu_seconds, make_team, running  # noqa: E402
from _study import CODINGS, SOURCES, large_study  # noqa: E402

from crosscase.store import open_store  # noqa: E402
from postgres import server  # noqa: E402

#: How often each kind is asked when what it costs alone is measured.
ALONE = 40


def report(name: str, taken: Taken, seconds: float, busy: tuple[float, float]) -> None:
    every = [one for some in taken.seconds.values() for one in some]
    rate, errors = len(every) / seconds, sum(taken.errors.values())
    print(f"\n{name}: {len(every)} requests, {rate:.1f} a second; {taken.told} told by itself; {errors} errors")
    for kind, some in [*sorted(taken.seconds.items()), ("all", every)]:
        cuts = statistics.quantiles(some, n=100) if len(some) > 1 else [0.0] * 99
        p50, p95, p99 = (f"{cuts[at] * 1e3:8.1f}" for at in (49, 94, 98))
        print(f"  {kind:19} {len(some):6}   p50 {p50}   p95 {p95}   p99 {p99} ms")
    print(f"  of a core the server took {busy[0] / seconds:.0%}, the client {busy[1] / seconds:.0%}")
    for why, times in taken.errors.most_common(5):
        print(f"  {times} × {why}")


def alone(one: Running, team: Team, words: list[str]) -> None:
    """What one answer of each kind costs the server, in the mean of some that are asked one after the other."""
    print("  alone: milliseconds of the processor for one answer, and its kB")
    with httpx.Client(base_url=f"{one.address}/s/{team.study}", timeout=60) as client:
        client.headers["authorization"] = f"Bearer {team.tokens[0]}"

        def coding(at: int) -> httpx.Response:
            body = {"source": f"source-{at:03}", "start": 100 + at, "end": 150 + at, "code": "code-001", "after": 0}
            return client.post("/api/codings", json=body, headers={"x-crosscase-source": body["source"]})

        def get(path: str, name: str, value: str = "") -> Any:
            return lambda at: client.get(path, params={name: value or f"source-{at:03}"})

        for kind, ask in {
            "page of a source": get("/source", "id"),
            "its codings": get("/api/codings", "source"),
            "colours of codes": get("/colours.css", "seen", "1"),
            "coding made": coding,
            "search": lambda at: client.get("/search", params={"q": words[at]}),
            "what changed here": get("/api/changes", "after", "0"),
            "list of quotations": lambda at: client.get("/quotations", params={"q": f"code:code-{at:03}"}),
            "list of sources": get("/sources", "said", "-"),
        }.items():
            ask(0).raise_for_status()
            before = cpu_seconds(one.pid)
            size = sum(len(ask(at).raise_for_status().content) for at in range(1, ALONE + 1)) / ALONE
            print(f"  {kind:19} {(cpu_seconds(one.pid) - before) / ALONE * 1e3:6.1f}   {size / 1e3:7.1f}")


def ours(url: str, name: str, count: int, seconds: float) -> bool:
    snapshot = large_study()
    words = [text.split()[-3].strip(".") for text in snapshot.texts.values()]
    team = make_team(url, snapshot, count)
    with running(url) as one:

        def make(client: httpx.AsyncClient, number: int, taken: Taken) -> Crosscase:
            return Crosscase(client, number, taken, team, one.address, words)

        asyncio.run(people(make, 1, 6))  # the study is opened once, by whoever comes first
        print(f"\n{name}")
        alone(one, team, words)
        begun = cpu_seconds(one.pid), time.process_time()
        taken = asyncio.run(people(make, count, seconds))
        busy = cpu_seconds(one.pid) - begun[0], time.process_time() - begun[1]
        memory = one.memory()
    report(name, taken, seconds, busy)
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
    said = folder / "taguette.log"  # a file: a pipe that nobody reads on would fill and hold the server up
    with said.open("w") as out:
        one = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
    try:
        while not (found := re.search(r"http://\S+token=\S+", said.read_text())):
            if one.poll() is not None:
                raise RuntimeError(said.read_text())
            time.sleep(0.1)
        link = found[0]
        with httpx.Client(follow_redirects=True) as client:
            client.get(link)
            page = client.get(f"http://localhost:{port}/project/1").text
            cookies = client.cookies

        def make(client: httpx.AsyncClient, number: int, taken: Taken) -> Taguette:
            return Taguette(client, number, taken, f"http://localhost:{port}", cookies.get("_xsrf", ""), page)

        begun = cpu_seconds(one.pid), time.process_time()
        taken = asyncio.run(people(make, count, seconds, cookies))
        busy = cpu_seconds(one.pid) - begun[0], time.process_time() - begun[1]
        report("Taguette 1.5.2 (SQLite, one account)", taken, seconds, busy)
    finally:
        one.kill()
        one.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--on", nargs="*", choices=("sqlite", "postgresql"), default=["sqlite"], help="our databases")
    parser.add_argument("--taguette", metavar="PYTHON", default="")
    given = parser.parse_args()
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; ",
        end="",
    )
    print(json.dumps({"people": given.people, "seconds": given.seconds, "codings": CODINGS, "sources": SOURCES}))
    sound = True
    if "sqlite" in given.on:
        with tempfile.TemporaryDirectory() as folder:
            sound &= ours(f"sqlite:///{folder}/team.crosscase", "Crosscase on SQLite", given.people, given.seconds)
    if "postgresql" in given.on:
        # as it is installed: an answer is given when what was written is on the disk
        with server(fsync=True) as url:
            sound &= ours(url, "Crosscase on PostgreSQL", given.people, given.seconds)
    if given.taguette:
        with tempfile.TemporaryDirectory() as folder:
            theirs(given.taguette, Path(folder), given.people, given.seconds)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
