"""How long a study of 100,000 codings takes to keep, load, search and change.

Run: ``python benchmarks/store.py [--postgres]``.  The study is synthetic: 500 sources with 20 million characters, 100,000
quotations and codings, 200 codes, 50 cases.  Loading is measured in a process of its own, whose peak memory is printed.
``--postgres`` measures the same on a private server of the system's PostgreSQL (needs the tests folder).
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(Path(__file__).parent)]

from _study import CHARACTERS, CODINGS, large_study  # noqa: E402

from crosscase.core import Coding, Quotation, Snapshot  # noqa: E402
from crosscase.store import Store, open_store  # noqa: E402


@contextmanager
def timed(name: str, results: dict[str, str]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    results[name] = f"{time.perf_counter() - start:.2f} s"


def repeated(times: int, action: Callable[[int], Any]) -> str:
    """Median and 95th percentile of some calls."""
    taken = []
    for number in range(times):
        start = time.perf_counter()
        action(number)
        taken.append((time.perf_counter() - start) * 1000)
    return f"{statistics.median(taken):.1f} ms (95 %: {sorted(taken)[int(times * 0.95)]:.1f} ms)"


def measure(place: str, snapshot: Snapshot) -> dict[str, str]:
    results: dict[str, str] = {}
    with open_store(place, create=True) as store:
        with timed("save a new study", results):
            id = store.save_snapshot(snapshot, "bench", "import")
        if Path(place).exists():
            results["size of the file"] = f"{Path(place).stat().st_size / 1e6:.0f} MB"
        loaded = json.loads(
            subprocess.run([sys.executable, __file__, "load", place], capture_output=True, check=True).stdout
        )
        results["load it (own process)"] = f"{loaded['seconds']:.2f} s"
        results["peak memory of that"] = f"{loaded['peak']:.0f} MB"
        with timed("save it again, nothing changed", results):
            store.save_snapshot(snapshot, "bench", "import", id)
        searches(store, id, snapshot, results)
        changes(store, id, results)
        with timed("undo the import", results):
            assert store.undo(id, "bench") == "import"
    return results


def searches(store: Store, id: str, snapshot: Snapshot, results: dict[str, str]) -> None:
    words = next(iter(snapshot.texts.values())).split()
    common = max(set(words), key=words.count)
    rare = [text.split()[-3].strip(".") for text in snapshot.texts.values()]
    phrases = [" ".join(text.split()[100:103]).strip(".") for text in snapshot.texts.values()]
    results["search a word"] = repeated(100, lambda number: store.search(id, rare[number]))
    results["search the commonest word"] = repeated(20, lambda _: store.search(id, common))
    results["search a phrase of three"] = repeated(100, lambda number: store.search(id, f'"{phrases[number]}"'))
    results["search a beginning"] = repeated(100, lambda number: store.search(id, f"{rare[number][:3]}*"))
    results["search two words"] = repeated(100, lambda number: store.search(id, f"{rare[number]} {common}"))


def changes(store: Store, id: str, results: dict[str, str]) -> None:
    def code(number: int) -> None:
        with store.write(id, who="ana", what=f"coding {number}") as change:
            change.insert("quotations", [Quotation(f"new-{number}", "source-000", number, number + 9, "x" * 9)])
            change.insert("codings", [Coding(f"new-{number}", f"new-{number}", "code-000", "ana")])

    results["add a coding"] = repeated(200, code)
    results["undo it"] = repeated(100, lambda _: store.undo(id, "ana"))
    with timed("verify the audit trail", results):
        assert store.verify_audit(id).whole


def load(place: str) -> None:
    start = time.perf_counter()
    with open_store(place) as store:
        snapshot = store.load_snapshot()
    seconds = time.perf_counter() - start
    assert len(snapshot.codings) == CODINGS
    assert sum(map(len, snapshot.texts.values())) >= CHARACTERS
    print(json.dumps({"seconds": seconds, "peak": peak_memory()}))


def peak_memory() -> float:
    """Of this process, in MB.  Linux hands ``ru_maxrss`` on from the process that started this one, VmHWM it does not."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)


def main() -> None:
    snapshot = large_study()
    print(snapshot.counts() | {"characters": sum(map(len, snapshot.texts.values()))})
    server: Any = nullcontext()
    if "--postgres" in sys.argv:
        import postgres

        server = postgres.server()
    with tempfile.TemporaryDirectory() as folder, server as url:
        for name, place in (("SQLite", str(Path(folder) / "bench.crosscase")), ("PostgreSQL", url)):
            if place:
                print(f"\n{name}")
                for what, result in measure(place, snapshot).items():
                    print(f"  {what:<32} {result}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        load(sys.argv[2])
    else:
        main()
