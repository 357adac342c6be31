"""The ledger on a large study: import, load, search, check, build, and the start of the program.

Run: ``python benchmarks/ledger.py``.  500 invented transcripts of 17 to 18 million characters in all are imported as a
user imports them; then a study of 100,000 codings over 500 sources and 50 cases is loaded, searched, checked and built.
Prints one table.  Goals on two cores: import 20 s, load 3 s and 1 GB, search 50 ms, check 5 s, ``--help`` 150 ms.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(Path(__file__).parent)]

from _study import large_study  # noqa: E402

from crosscase import Study  # noqa: E402
from crosscase.store import open_store  # noqa: E402

TRANSCRIPTS, CHARACTERS = 500, 17_500_000


def main() -> None:
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows.append(("crosscase --help, median of 7", f"{help_start() * 1000:.0f} ms", "150 ms"))
        seconds, characters = import_transcripts(folder)
        rows.append(
            (
                f"import of {TRANSCRIPTS} transcripts, {characters / 1e6:.1f} million characters",
                f"{seconds:.1f} s",
                "20 s",
            )
        )
        path = folder / "large.crosscase"
        with open_store(path, create=True) as store:
            store.save_snapshot(large_study(), who="bench", what="large study")
        rows.append(("load of 100,000 codings, 20 million characters", load(path), "3 s, 1 GB"))
        with Study.open(path) as study:
            rows.append(("search, slowest of 6 queries", f"{slowest_search(study) * 1000:.0f} ms", "50 ms"))
            rows.append(("check, all rules", f"{timed(study.check):.2f} s", "5 s"))
            rows.append(
                ("build, all tables, figures and the report", f"{timed(lambda: study.build(folder / 'out')):.1f} s", "")
            )
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores\n"
    )
    width = max(len(row[0]) for row in rows)
    for what, measured, goal in rows:
        print(f"{what:<{width}}  {measured:>16}  {'goal ' + goal if goal else ''}".rstrip())


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def help_start() -> float:
    command = [sys.executable, "-m", "crosscase", "--help"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return statistics.median(
        timed(lambda: subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)) for _ in range(7)
    )


def import_transcripts(folder: Path) -> tuple[float, int]:
    """Write the transcripts, then import them into a new study file."""
    draw = random.Random(7)
    words = ["".join(draw.choices("etaoinshrdlucmfwyp", k=draw.randint(2, 10))) for _ in range(5_000)]
    files = []
    for number in range(TRANSCRIPTS):
        turns, length, speaker = [], 0, 0
        while length < CHARACTERS // TRANSCRIPTS:
            turn = (
                ("Interviewer: ", "Maria: ")[speaker % 2]
                + " ".join(draw.choices(words, k=draw.choice((12, 80))))
                + ".\n"
            )
            turns.append(turn)
            length, speaker = length + len(turn), speaker + 1
        file = folder / f"interview-{number:03}.txt"
        file.write_text("".join(turns), "utf-8")
        files.append(file)
    with Study.create(folder / "imported.crosscase") as study:
        seconds = timed(lambda: study.import_files(files))
        return seconds, sum(map(len, study.snapshot.texts.values()))


def load(path: Path) -> str:
    """Seconds and peak memory of a process that does nothing else."""
    code = (
        "import resource, sys, time\n"
        "from crosscase.store import open_store\n"
        "start = time.perf_counter()\n"
        "with open_store(sys.argv[1]) as store:\n"
        "    snapshot = store.load_snapshot()\n"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(snapshot.codings))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=environment, capture_output=True, text=True, check=True
    )
    seconds, kilobytes, codings = ran.stdout.split()
    assert codings == "100000"
    return f"{float(seconds):.2f} s, {int(kilobytes) / 1e6:.2f} GB"


def slowest_search(study: Study) -> float:
    words = next(iter(study.snapshot.texts.values())).split()
    queries = [
        words[5],
        f'"{words[8]} {words[9]}"',
        f"{words[12][:3]}*",
        words[200],
        "nothinglikethis",
        f"{words[3]} {words[40]}",
    ]
    study.search(words[0])
    return max(timed(lambda query=query: study.search(query)) for query in queries)  # type: ignore[misc]


if __name__ == "__main__":
    main()
