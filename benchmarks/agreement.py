"""Agreement of all codes: 500 sources, 200 codes, 100,000 codings, two coders.  Prints seconds of processor time.

python benchmarks/agreement.py
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from crosscase.engines.agreement import Place, Span, UnitCodings, agreement, disagreements, unitizing_by_code

SOURCES, CODES, CODINGS, LENGTH = 500, 200, 100_000, 40_000


def make() -> list[Span]:
    """Half of the codings by each coder; the second repeats 70 % of the first's, with other edges."""
    rng = np.random.default_rng(1)
    half = CODINGS // 2
    source, code = rng.integers(0, SOURCES, half), rng.integers(0, CODES, half)
    start = rng.integers(0, LENGTH - 500, half)
    end = start + rng.integers(20, 400, half)
    first = [Span("a", f"s{s}", int(x), int(y), f"c{c}") for s, x, y, c in zip(source, start, end, code, strict=True)]
    repeated = rng.random(half) < 0.7
    code2 = np.where(repeated, code, rng.integers(0, CODES, half))
    end2 = end + rng.integers(-15, 40, half)
    return first + [
        Span("b", f"s{s}", int(x), int(y), f"c{c}") for s, x, y, c in zip(source, start, end2, code2, strict=True)
    ]


@contextmanager
def timed(name: str) -> Iterator[None]:
    began = time.process_time()
    yield
    print(f"{name:<62}{time.process_time() - began:8.2f} s")


def main() -> None:
    spans = make()
    lengths = {f"s{i}": LENGTH for i in range(SOURCES)}
    turns = [Place(source, x, x + 400) for source in lengths for x in range(0, LENGTH, 400)]
    run: Callable[..., object] = agreement
    with timed(f"{len(spans):,} codings to {len(turns):,} turns"):
        by_turn = UnitCodings.from_spans(spans, lengths, units=turns, unit="turn")
    with timed("kappa and alpha of 200 codes by turn"):
        run(by_turn)
    with timed("the same with 1,000 bootstrap draws of turns"):
        run(by_turn, draws=1000)
    with timed("disagreements by turn"):
        print(f"  ({len(disagreements(by_turn).items):,} places)")
    with timed("codings to stretches of characters"):
        by_character = UnitCodings.from_spans(spans, lengths)
    with timed(f"kappa and alpha of 200 codes by character ({SOURCES * LENGTH:,})"):
        run(by_character)
    with timed("the same with 1,000 bootstrap draws of sources"):
        run(by_character, draws=1000)
    with timed("unitizing alpha of one code in 500 sources"):
        unitizing_by_code([span for span in spans if span.code == "c1"], lengths)


if __name__ == "__main__":
    main()
