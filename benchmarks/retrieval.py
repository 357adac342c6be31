"""Retrieval, tables and exports: 500 sources, 200 codes, 100,000 codings, 50 cases; Taguette beside ours where it has the function.

python benchmarks/retrieval.py [--taguette PYTHON] [--quick]

``PYTHON`` is the interpreter of an environment with taguette 1.5.2 (``pip install taguette==1.5.2``); without it only ours is
measured.  Each line has the best of several runs by the clock and by the processor; the machine is often shared, so compare
the two programs of one run and look at the ratios.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from workspace import opened, study

from crosscase.core import Case, Code, Coding, Quotation, Snapshot, Source, Study, text_hash
from crosscase.engines.agreement import agreement
from crosscase.evidence import Ledger
from crosscase.evidence.agreement import unit_codings
from crosscase.evidence.saturation import growth
from crosscase.reports.formats import FORMATS
from crosscase.study.crosstables import cross_table, together_table
from crosscase.study.quotations import quotations
from crosscase.study.workspace import Workspace

PARAGRAPH = "We went to the fair and a client asked for prices that nobody had expected. " * 3


def line(name: str, wall: float, cpu: float, goal: str = "") -> None:
    print(f"{name:<66}{1000 * wall:9.1f} ms  {1000 * cpu:9.1f} ms processor  {goal}", flush=True)


def best(act: Callable[[], Any], times: int = 3) -> tuple[float, float]:
    """The least seconds by the clock and by the processor."""
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


# -- the large study ---------------------------------------------------------------------------------------------------


def large(folder: Path) -> None:
    """The questions of a whole study, each from the rows in memory to the answer."""
    snapshot = study(500, 1_000, 100_000, 200, 50)
    codes = list(snapshot.codes.column("id"))

    def address(one: str, other: str) -> str:
        return f"/tables/cell?case={one}&of={other}"

    fresh = lambda: Ledger(snapshot.replace())  # noqa: E731 (nothing computed before)
    line("the passages of the study, put together", *best(lambda: fresh().passages))
    ledger = fresh()
    ledger.passages.together(codes)
    line("co-occurrence of 200 codes, with the passages", *best(lambda: fresh().passages.together(codes)), "goal 1000")
    line("co-occurrence of 200 codes, again", *best(lambda: ledger.passages.together(codes)))
    line("  as a table of 200 × 200", *best(lambda: together_table(ledger, address, most=None)))
    line("case × code as a table", *best(lambda: cross_table(ledger, "code", address)))
    line("  with an excerpt in each cell", *best(lambda: cross_table(ledger, "code", address, show="excerpts")))
    line("growth of the codebook", *best(lambda: growth(snapshot)))
    for query in ("code:c1", "code:c1 and case:F7", "code:c1 overlaps code:c2", "code:c1 near/2 code:c2", "text:fair"):
        found = quotations(ledger, query)
        line(f"quotations: {query} ({len(found):,})", *best(lambda query=query: quotations(ledger, query)[:100]))
    everything = quotations(ledger, "")
    line("sort 100,000 quotations by code", *best(lambda: everything.sorted("code")))
    line(
        "agreement of all codes, two coders, by turn",
        *best(lambda: agreement(unit_codings(snapshot, "turn")), 1),
        "goal 5000",
    )
    pages(snapshot, folder)


def pages(snapshot: Snapshot, folder: Path) -> None:
    """Pages of the large study at the server, from the request to its last byte."""
    with opened(snapshot, folder) as one:
        running = Served(Workspace(one))
        with closing(running.client()) as client:
            for name, path in (
                ("page of the quotations of a code", "/quotations?q=code:c1"),
                ("page case × code, 50 × 200", "/tables"),
                ("page case × code with excerpts", "/tables?show=excerpts"),
                ("page of codes together (60 of 200)", "/tables/together"),
                ("page of a case", "/case?id=F1"),
            ):
                client.get(path)
                wall, cpu = best(lambda path=path: client.get(path).raise_for_status())
                line(f"{name} ({len(client.get(path).content) / 1e6:.1f} MB)", wall, cpu)
        running.stop()


class Served:
    """A workspace on a free port."""

    def __init__(self, workspace: Workspace) -> None:
        import uvicorn

        from crosscase.web.app import create_app
        from crosscase.web.security import Gate

        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(16)
        self.gate = Gate(coder="ana", port=self._listening.getsockname()[1])
        self._server = uvicorn.Server(
            uvicorn.Config(create_app(workspace, self.gate), log_level="warning", access_log=False, lifespan="off")
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listening]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def client(self) -> httpx.Client:
        made = httpx.Client(base_url=f"http://127.0.0.1:{self.gate.port}", follow_redirects=True, timeout=120)
        made.get(self.gate.link)
        token = made.get("/").text.split('name="crosscase-token" content="')[1].split('"')[0]
        made.headers["x-crosscase-token"] = token
        return made

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)
        self._listening.close()


# -- beside Taguette ---------------------------------------------------------------------------------------------------


def transcript(paragraphs: int, codings: int, codes: int = 50) -> Snapshot:
    """One text with codings spread evenly over it; the same for both programs."""
    text = "\n".join(PARAGRAPH.strip() for _ in range(paragraphs))
    step = (len(text) - 200) // max(codings, 1)
    quoted = [
        Quotation(f"q{n}", "S1", n * step, n * step + 90, text[n * step : n * step + 90], case="F1")
        for n in range(codings)
    ]
    return Snapshot.of(
        Study(title="Made up for measuring", synthetic=True),
        texts={"S1": text},
        cases=[Case("F1")],
        sources=[Source("S1", "S1.txt", "interview", "F1", hash=text_hash(text))],
        codes=[Code(f"c{n}", f"Code {n}") for n in range(codes)],
        quotations=quoted,
        codings=[Coding(f"k{n}", f"q{n}", f"c{n % codes}", "ana") for n in range(codings)],
    )


def exporting(folder: Path, taguette: str) -> None:
    """10,000 quotations as a file: from the study in memory here, from the open database there."""
    snapshot = transcript(2_000, 10_000)
    theirs = run_taguette(taguette, folder, "export", paragraphs=2_000, codings=10_000) if taguette else {}
    for ending, goal in (("csv", "goal 1000"), ("xlsx", "goal 3000"), ("docx", "")):
        wall, cpu = best(lambda ending=ending: FORMATS[ending](quotations(Ledger(snapshot.replace()), "").table()))
        line(f"export 10,000 quotations as {ending}", wall, cpu, goal)
        if ending in theirs:
            other = theirs[ending]
            line(f"  Taguette: {other['wall'] / wall:.1f} times as long (processor {other['cpu'] / cpu:.1f})", **other)


def adding(folder: Path, taguette: str, paragraphs: int, times: int) -> None:
    """A coding over HTTP, from the request to the answer; the median, and the ratio of the medians."""
    with opened(transcript(paragraphs, 100), folder) as one:
        running = Served(Workspace(one))
        length = len(one.snapshot.texts["S1"])
        with closing(running.client()) as client:
            took = []
            for number in range(times):
                start = 50 + number * (length - 500) // times
                body = {"source": "S1", "start": start, "end": start + 90, "code": "c1", "after": 0}
                began = time.perf_counter()
                client.post("/api/codings", json=body).raise_for_status()
                took.append(time.perf_counter() - began)
        running.stop()
    ours = statistics.median(took)
    print(
        f"{f'add a coding over HTTP, {paragraphs:,} paragraphs: median of {times}':<66}{1000 * ours:9.1f} ms  goal 20",
        flush=True,
    )
    if taguette:
        theirs = run_taguette(taguette, folder, "add", paragraphs=paragraphs, codings=100, times=times)["median"]
        print(f"{f'  Taguette: {theirs / ours:.1f} times as long':<66}{1000 * theirs:9.1f} ms", flush=True)
    for path in folder.glob("*.crosscase*"):
        path.unlink()


def run_taguette(python: str, folder: Path, what: str, **sizes: int) -> dict[str, Any]:
    """Measure Taguette in its own environment with the same text and codings."""
    script = Path(__file__).with_name("_taguette.py")
    asked = json.dumps({"what": what, "folder": str(folder), "paragraph": PARAGRAPH.strip(), **sizes})
    ran = subprocess.run([python, str(script), asked], capture_output=True, text=True, check=False, timeout=600)
    if ran.returncode:
        print(f"Taguette could not be measured: {ran.stderr.strip().splitlines()[-1:]}")
        return {}
    return json.loads(ran.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taguette", default="", metavar="PYTHON", help="an interpreter that has taguette 1.5.2")
    parser.add_argument("--quick", action="store_true", help="leave out the large study")
    given = parser.parse_args()
    print(f"Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exporting(folder, given.taguette)
        for paragraphs in (200, 2_000):
            adding(folder, given.taguette, paragraphs, 30)
        if not given.quick:
            large(folder)


if __name__ == "__main__":
    main()
