"""The workspace: how soon a long transcript can be coded, and what a coding costs at the server and on the screen.

python benchmarks/workspace.py

Two synthetic studies: one transcript of 40,000 words with 2,000 codings, driven in the system's Chromium; and 500 sources,
200 codes, 100,000 codings, 50 cases at the server alone.  No peer is measured in the same run yet.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crosscase.core import Case, Code, Coding, Quotation, Snapshot, Source, Study, Turn, text_hash
from crosscase.store import open_store
from crosscase.study import Study as OpenStudy
from crosscase.study import codebook, coding
from crosscase.study.quotations import quotations
from crosscase.study.workspace import Workspace

WORDS = ["we", "went", "to", "the", "fair", "and", "a", "client", "asked", "for", "prices", "nobody", "had", "expected"]
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def study(sources: int, words: int, codings: int, codes: int, cases: int) -> Snapshot:
    """A study of texts that say nothing, with codings spread evenly over them."""
    draw = random.Random(1)
    texts: dict[str, str] = {}
    turns: list[Turn] = []
    for number in range(sources):
        id, parts, length, said = f"S{number}", [], 0, 0
        while said < words:
            answer = " ".join(draw.choice(WORDS) for _ in range(60)) + "."
            parts.append(f"Founder: {answer}")
            turns.append(Turn(id, len(parts), length + 9, length + 9 + len(answer), "Founder", kind="answer"))
            length += len(parts[-1]) + 1
            said += 60
        texts[id] = "\n".join(parts)
    quoted, coded = [], []
    for number in range(codings):
        id = f"S{number % sources}"
        start = draw.randrange(len(texts[id]) - 400)
        start = texts[id].index(" ", start) + 1
        end = texts[id].index(" ", start + draw.randrange(20, 300))
        quoted.append(
            Quotation(f"q{number}", id, start, end, texts[id][start:end], case=f"F{number % sources % cases}")
        )
        coded.append(
            Coding(f"k{number}", f"q{number}", f"c{draw.randrange(codes)}", ("ana", "ben")[number // sources % 2])
        )
    return Snapshot.of(
        Study(title="Made up for measuring", synthetic=True),
        texts=texts,
        cases=[Case(f"F{number}") for number in range(cases)],
        sources=[Source(id, f"{id}.txt", "interview", f"F{n % cases}", hash=text_hash(text)) for n, (id, text) in enumerate(texts.items())],
        turns=turns,
        codes=[Code(f"c{number}", f"Code {number}", f"c{number % 10}" if number >= 10 else "") for number in range(codes)],
        quotations=quoted,
        codings=coded,
    )  # fmt: skip


def opened(snapshot: Snapshot, folder: Path) -> OpenStudy:
    path = folder / f"{len(snapshot.codings)}.crosscase"
    with open_store(path, create=True) as store:
        store.save_snapshot(snapshot, who="import", what="made for measuring")
    return OpenStudy.open(path, who="ana")


def line(name: str, seconds: float, goal: str = "") -> None:
    print(f"{name:<70}{1000 * seconds:9.1f} ms  {goal}", flush=True)


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def adding(workspace: Workspace, source: str, times: int = 60) -> list[float]:
    """Seconds of each new coding, each at a place of its own."""
    length = len(workspace.texts[source])
    places = [100 + number * (length - 500) // times for number in range(times)]
    return [timed(lambda at=at: coding.code_passage(workspace, "ana", source, at, at + 120, "c1")) for at in places]


def at_the_server(folder: Path) -> None:
    """Adding a coding in texts of different lengths, and the whole study's questions."""
    for words in (2_000, 40_000, 800_000):
        with opened(study(1, words, 2_000 if words == 40_000 else 20, 20, 1), folder) as one:
            took = adding(Workspace(one), "S0")
            line(f"add a coding, text of {words:,} words: median of 60", statistics.median(took), "goal 20")
            line("  95th percentile", sorted(took)[56])
        for path in folder.glob("*.crosscase*"):
            path.unlink()
    with opened(study(500, 1_000, 100_000, 200, 50), folder) as large:
        made: list[Workspace] = []
        line("100,000 codings: open for work", timed(lambda: made.append(Workspace(large))))
        workspace = made[0]
        took = adding(workspace, "S7")
        line("  add a coding: median of 60", statistics.median(took), "goal 20")
        line("  95th percentile", sorted(took)[56])
        line("  codebook with counts, after a change", timed(lambda: codebook.tree(workspace)))
        line(
            "  quotations of a code and those under it", timed(lambda: quotations(workspace.frozen().ledger, "code:c1"))
        )
        line("  cross-case table case × code", timed(lambda: (workspace.snapshot, large.matrix("code"))))


def in_the_browser(folder: Path) -> None:
    """A transcript of 40,000 words with 2,000 codings."""
    import socket

    import uvicorn
    from playwright.sync_api import sync_playwright

    from crosscase.web.app import create_app
    from crosscase.web.security import Gate

    path = next((one for one in CHROMIUM if Path(one).exists()), None)
    if path is None:
        print("no Chromium here: the screen was not measured")
        return
    with opened(study(1, 40_000, 2_000, 50, 1), folder) as one, socket.socket() as listening, sync_playwright() as run:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        gate = Gate(coder="ana", port=listening.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(create_app(Workspace(one), gate), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        browser = run.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        while not server.started:
            time.sleep(0.01)
        page.goto(gate.link)
        ready, coded, clicked = [], [], []
        for turn in range(6):
            page.goto(f"http://127.0.0.1:{gate.port}/source?id=S0")
            page.wait_for_selector("#text[data-ready=yes]")
            ready.append(page.evaluate("() => performance.getEntriesByName('crosscase-ready')[0].startTime / 1000"))
            coded.append(page.evaluate(_CODE, turn))
            clicked.append(page.evaluate(_CLICK))
        line(
            "40,000 words, 2,000 codings: ready to use, median of 5 after a first",
            statistics.median(ready[1:]),
            "goal 800",
        )
        line("  Enter to painted: median of 5", statistics.median(coded[1:]))
        line("  click to the codings listed: median of 5", statistics.median(clicked[1:]))
        browser.close()
        server.should_exit = True
        thread.join(5)


#: Select a passage, choose the first code and wait until it is painted; seconds.
_CODE = """async (turn) => {
  const runs = document.querySelectorAll("[data-start]");
  const node = runs[2 * turn + 5].firstChild;
  getSelection().setBaseAndExtent(node, 3, node, 60 + turn);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const status = document.getElementById("status");
  status.textContent = "";
  const began = performance.now();
  document.getElementById("code-filter").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  await new Promise((resolve) => new MutationObserver(resolve).observe(status, { childList: true }));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return (performance.now() - began) / 1000;
}"""

#: Click into the text and wait for the list at the side and the next frame; seconds.
_CLICK = """async () => {
  getSelection().removeAllRanges();
  const box = document.querySelector("#p3 [data-start]:not(.label)").getBoundingClientRect();
  const began = performance.now();
  const where = { bubbles: true, clientX: box.left + 60, clientY: box.top + 8 };
  document.elementFromPoint(where.clientX, where.clientY).dispatchEvent(new MouseEvent("click", where));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return (performance.now() - began) / 1000;
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        if "--server" not in sys.argv:
            in_the_browser(Path(folder))
        for path in Path(folder).glob("*"):
            path.unlink()
        at_the_server(Path(folder))


if __name__ == "__main__":
    main()
