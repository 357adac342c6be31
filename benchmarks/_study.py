"""The synthetic study that the benchmarks measure on: 500 sources with 20 million characters, 100,000 codings, 50 cases."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from crosscase.core import (
    Case,
    Code,
    Coder,
    Coding,
    Event,
    PartialDate,
    Quotation,
    Snapshot,
    Source,
    Study,
    Table,
    Turn,
    text_hash,
)

SOURCES, CHARACTERS, CODINGS, CODES, CASES = 500, 20_000_000, 100_000, 200, 50


def large_study() -> Snapshot:
    """A synthetic study whose words are as unevenly frequent as those of a language (Zipf)."""
    draw = random.Random(1)
    letters = "etaoinshrdlucmfwypvbgkjqxzéü"
    vocabulary = list(dict.fromkeys("".join(draw.choices(letters, k=draw.randint(2, 11))) for _ in range(20_000)))
    weights = [1 / (rank + 2) for rank in range(len(vocabulary))]
    texts: dict[str, str] = {}
    turns: list[Turn] = []
    for number in range(SOURCES):
        id = f"source-{number:03}"
        paragraphs: list[str] = []
        length = 0
        while length < CHARACTERS // SOURCES:
            words = draw.choices(vocabulary, weights, k=draw.randint(5, 150))
            paragraph = " ".join(words).capitalize() + "."
            turns.append(
                Turn(id, len(paragraphs) + 1, length, length + len(paragraph), f"Speaker {len(paragraphs) % 2}")
            )
            paragraphs.append(paragraph)
            length += len(paragraph) + 2
        texts[id] = "\n\n".join(paragraphs)
    ids = list(texts)
    quotations, codings = [], []
    for number in range(CODINGS):
        source = draw.choice(ids)
        start = draw.randrange(len(texts[source]) - 300)
        end = start + draw.randint(20, 300)
        quotations.append(Quotation(f"quotation-{number:06}", source, start, end, texts[source][start:end]))
        code, coder = f"code-{draw.randrange(CODES):03}", f"coder-{draw.randrange(2)}"
        codings.append(Coding(f"coding-{number:06}", f"quotation-{number:06}", code, coder))
    return Snapshot(
        study=Study(title="Benchmark", synthetic=True, observed_until="2020"),
        cases=Table.of(Case, [Case(f"case-{number:02}", {"founded": "2001"}) for number in range(CASES)]),
        sources=Table.of(
            Source,
            [
                Source(id, f"{id}.txt", "interview", f"case-{number % CASES:02}", hash=text_hash(texts[id]))
                for number, id in enumerate(ids)
            ],
        ),
        turns=Table.of(Turn, turns),
        codes=Table.of(Code, [Code(f"code-{number:03}", f"Code {number}") for number in range(CODES)]),
        coders=Table.of(Coder, [Coder("coder-0"), Coder("coder-1")]),
        quotations=Table.of(Quotation, quotations),
        codings=Table.of(Coding, codings),
        events=Table.of(Event, list(_entries(draw))),
        texts=texts,
    )


def _entries(draw: random.Random) -> Iterator[Event]:
    """Three to ten market entries a case."""
    places = ("DEU", "USA", "JPN", "GBR", "FRA", "BRA", "IND", "AUS", "ZAF", "SWE")
    for case in range(CASES):
        for place in draw.sample(places, draw.randint(3, 10)):
            year = PartialDate(draw.randint(2002, 2019))
            yield Event(f"entry-{case:02}-{place}", f"case-{case:02}", "entry", place, year)
