"""REFI-QDA out and in: time and memory for 5,000, 20,000 and 100,000 codings over 500 sources.

    python benchmarks/refi.py [CODINGS ...]

Each size runs in a process of its own, so that the memory is that of the one size.  Printed are seconds, the peak of the
resident memory, and the time a coding relative to the smallest size: near 1 means linear growth.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from crosscase.core import Code, Coder, Coding, Quotation, Snapshot, Source, Study, text_hash
from crosscase.exchange.refi import read_project, write_project

SIZES = (5_000, 20_000, 100_000)
SOURCES = 500
WORDS = [
    "we",
    "went",
    "to",
    "Germany",
    "because",
    "a",
    "client",
    "whom",
    "we",
    "trusted",
    "asked",
    "us",
    "for",
    "more",
    "than",
    "the",
    "market",
    "at",
    "home",
    "would",
    "bear",
]


def study(codings: int) -> Snapshot:
    """500 interviews of about 5,000 words with quotations of a few words each, one coding a quotation."""
    chance = random.Random(1)
    texts = {}
    for number in range(SOURCES):
        lines = [" ".join(chance.choices(WORDS, k=chance.randint(10, 60))) + "." for _ in range(140)]
        texts[f"I{number}"] = "\n\n".join(lines)
    codes = [Code(f"k{number}", f"Code {number}", f"k{number // 10}" if number >= 10 else "") for number in range(200)]
    quotations, made = [], []
    for number in range(codings):
        source = f"I{number % SOURCES}"
        text = texts[source]
        start = text.index(" ", chance.randrange(len(text) - 400)) + 1
        end = text.index(" ", start + chance.randint(20, 200))
        quotations.append(Quotation(f"q{number}", source, start, end, text[start:end]))
        made.append(Coding(f"c{number}", f"q{number}", f"k{chance.randrange(200)}", "ann"))
    return Snapshot.of(
        Study("benchmark"),
        texts=texts,
        sources=[Source(id, f"{id}.txt", "interview", hash=text_hash(text)) for id, text in texts.items()],
        codes=codes,
        coders=[Coder("ann", "Ann")],
        quotations=quotations,
        codings=made,
    )


def run(codings: int) -> dict[str, float]:
    """Write and read one study: whole, and by the standard's part alone with every way of counting positions tried."""
    snapshot = study(codings)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        path, theirs = Path(folder) / "a.qdpx", Path(folder) / "b.qdpx"
        start = time.perf_counter()
        write_project(snapshot, path)
        written = time.perf_counter() - start
        start = time.perf_counter()
        read = read_project(path)
        back = time.perf_counter() - start
        assert read.basis == "own"
        assert read.snapshot == snapshot
        _as_another_program(path, theirs)
        start = time.perf_counter()
        other = read_project(theirs)
        alone = time.perf_counter() - start
        assert other.words == {"read": codings, "with_words": codings, "verified": codings}
        size = path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "codings": codings, "out": written, "in": back, "in_standard": alone, "file_mb": size / 1e6,
        "study_mb": before / 1024, "peak_mb": peak / 1024,
    }  # fmt: skip


def _as_another_program(path: Path, out: Path) -> None:
    """Without our side files, and not said to be ours."""
    import zipfile

    with zipfile.ZipFile(path) as ours, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as theirs:
        for name in ours.namelist():
            if not name.startswith("crosscase/"):
                theirs.writestr(name, ours.read(name).replace(b'origin="Crosscase"', b'origin="Another"'))


def main(sizes: list[int]) -> None:
    print(
        f"{'codings':>8} {'out s':>7} {'in s':>7} {'standard in s':>14} {'file MB':>8} {'study MB':>9} {'peak MB':>8}  time a coding, relative"
    )
    first: dict[str, float] = {}
    for size in sizes:
        ran = subprocess.run([sys.executable, __file__, "--one", str(size)], capture_output=True, text=True, check=True)
        one = json.loads(ran.stdout)
        first = first or one
        relative = " ".join(
            f"{name} {one[name] / one['codings'] / (first[name] / first['codings']):.2f}"
            for name in ("out", "in", "in_standard")
        )
        print(
            f"{size:>8,} {one['out']:>7.2f} {one['in']:>7.2f} {one['in_standard']:>14.2f} {one['file_mb']:>8.1f} "
            f"{one['study_mb']:>9.0f} {one['peak_mb']:>8.0f}  {relative}"
        )


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(json.dumps(run(int(sys.argv[2]))))
    else:
        main([int(one) for one in sys.argv[1:]] or list(SIZES))
