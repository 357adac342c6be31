"""Suggestions: how long a study is read before the first, and how long each takes.

python benchmarks/suggestions.py

500 sources, 200 codes, 100,000 codings of passages that say nothing; by shared words.  The sentence model is measured on
200 passages when the extra ``semantic`` is installed.  Processor time, so that what else the machine does counts for nothing.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workspace import line, opened, study

from crosscase.engines.similarity import VectorIndex
from crosscase.study import embeddings
from crosscase.study.suggestions import Suggester
from crosscase.study.workspace import Workspace


def timed(act: Callable[[], Any]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def by_words(folder: Path) -> None:
    with opened(study(500, 1_000, 100_000, 200, 50), folder) as one:
        suggester = Suggester(Workspace(one))
        suggester.switch("ana", "words")
        began = time.process_time()
        while suggester.suggest("S7", 9, 200, coder="zoe").reading:
            time.sleep(0.1)
        line("500 sources, 100,000 codings: read by shared words", time.process_time() - began)
        draw = random.Random(2)
        took = []
        for _ in range(20):
            start = draw.randrange(4000)
            took.append(timed(lambda start=start: suggester.suggest("S7", start, start + 150, coder="zoe")))
        line("  suggestions for a passage: median of 20", statistics.median(took))
        line("  the longest of them", max(took))


def by_meaning() -> None:
    import numpy as np

    if embeddings.has_model():
        draw = random.Random(3)
        texts = [
            " ".join(draw.choices(["fair", "client", "order", "abroad", "peers", "price"], k=30)) for _ in range(200)
        ]
        line("the sentence model: 200 passages of 30 words", timed(lambda: embeddings.sentence_model().encode(texts)))
    else:
        print("the extra 'semantic' is not installed: the model was not measured")
    index = VectorIndex(np.random.default_rng(1).normal(size=(100_000, 384)))
    vector = np.ones(384)
    line("the nearest 100 of 100,000 vectors: median of 5", statistics.median(timed(lambda: index.nearest(vector, 100)) for _ in range(5)))  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        by_words(Path(folder))
    by_meaning()


if __name__ == "__main__":
    main()
