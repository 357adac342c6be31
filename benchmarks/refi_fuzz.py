"""Fuzz the reader of REFI-QDA projects for a number of seconds.

Run: ``python benchmarks/refi_fuzz.py [SECONDS]`` (60 by default).  Half of the files are a sound project with damaged bytes, XML
or zip; half are made of the schema's elements in any order and with any values (``tests/exchange/refi/fuzzing.py``, drawn by
hypothesis).  Each must be read or be refused with a CrosscaseError, within five seconds; of what is read the words must stand at
their places, references must go to rows that are there, and it must come back whole when it is written and read again.  Prints
what happened to how many; the exit status is 1 when anything else came out, and the file that did it is kept in the working folder.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402

from crosscase.core import Case, Code, Coder, Coding, Quotation, Snapshot, Source, text_hash  # noqa: E402
from crosscase.exchange.refi import write_project  # noqa: E402
from exchange.refi.fuzzing import holds, packed  # noqa: E402

TEXT = "Interviewer: How did you begin?\r\nMaria: By chance, in Köln \U0001f600, at a fair.\r\n" * 20
SLOW = 5.0


def project(path: Path) -> bytes:
    """A small sound project with every part that the reader knows."""
    spans = [(0, 11), (33, 38), (40, 49), (53, 57)]
    snapshot = Snapshot.of(
        cases=[Case("A", {"founded": "2001"})],
        sources=[Source("s", "s.txt", "interview", "A", hash=text_hash(TEXT))],
        texts={"s": TEXT},
        codes=[Code("t", "Theme", level="theme"), Code("c", "Concept", "t", "concept", colour="#0072b2")],
        coders=[Coder("ana", "Ana")],
        quotations=[Quotation(f"q{n}", "s", a, b, TEXT[a:b]) for n, (a, b) in enumerate(spans)],
        codings=[Coding(f"k{n}", f"q{n}", "c", "ana") for n in range(len(spans))],
    )
    write_project(snapshot, path)
    return path.read_bytes()


def damaged(sound: bytes, draw: random.Random) -> bytes:
    """The project with some of its bytes, or of its XML inside, changed."""
    if draw.random() < 0.3:
        return scrambled(sound, draw)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith(".qde") or draw.random() < 0.1:
                data = scrambled(data, draw) if draw.random() < 0.5 else retagged(data, draw)
            if draw.random() > 0.03:
                new.writestr(name, data)
    return out.getvalue()


def scrambled(data: bytes, draw: random.Random) -> bytes:
    """Some bytes replaced, cut out or repeated."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        place = draw.randrange(len(changed))
        kind = draw.randrange(3)
        if kind == 0:
            changed[place] = draw.randrange(256)
        elif kind == 1:
            del changed[place : place + draw.randint(1, 40)]
        else:
            changed[place:place] = changed[place : place + draw.randint(1, 40)]
        changed = changed or bytearray(b"x")
    return bytes(changed)


def retagged(data: bytes, draw: random.Random) -> bytes:
    """Numbers, names and references in the XML replaced by others, the XML itself mostly sound."""
    words = [
        b'"-1"',
        b'"99999999999999999999"',
        b'""',
        b'"x"',
        b'"1.5"',
        b'"../../etc"',
        b'"internal://"',
        "\U0001f600".encode(),
    ]
    for _ in range(draw.randint(1, 6)):
        quotes = [place for place in range(len(data)) if data[place : place + 1] == b'"']
        if len(quotes) < 4:
            break
        start = draw.randrange(0, len(quotes) - 1)
        data = data[: quotes[start]] + draw.choice(words) + data[quotes[start + 1] + 1 :]
    return data


#: So many examples hypothesis draws before the clock is looked at.
BATCH = 50


def main(seconds: float) -> int:
    draw, counts = random.Random(1), Counter[str]()
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sound = project(place / "p.qdpx")

        @settings(
            max_examples=BATCH,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(packed())
        def one_batch(made: tuple[str, bytes]) -> None:
            attempt(place, *made, counts, "elements")

        while time.monotonic() < end:
            for _ in range(BATCH):
                attempt(place, "p.qdpx", damaged(sound, draw), counts, "damaged")
            one_batch()
    print(", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common()))
    return int(any("broken" in one or "slow" in one for one in counts))


def attempt(folder: Path, name: str, data: bytes, counts: Counter[str], kind: str) -> None:
    """Read one file and count what came out."""
    began = time.monotonic()
    try:
        outcome = holds(folder, name, data)
    except Exception:
        traceback.print_exc()
        outcome = "broken"
    if time.monotonic() - began > SLOW:
        outcome = "too slow"
    counts[f"{kind} {outcome}"] += 1
    if outcome in ("broken", "too slow"):
        Path(f"refi-fuzz-{counts.total()}-{name}").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
