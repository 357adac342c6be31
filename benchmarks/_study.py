"""The synthetic study that the benchmarks measure on: 500 sources with 20 million characters, 100,000 codings, 50 cases."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from crosscase.core import (
    Case,
    Claim,
    Code,
    Coder,
    Coding,
    Construct,
    Event,
    PartialDate,
    Quotation,
    Snapshot,
    Source,
    Stance,
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


def with_claims(snapshot: Snapshot, constructs: int = 60, claims: int = 40) -> Snapshot:
    """The study with constructs (codings, events and measures in turn), claims over them, and ten pieces of evidence each."""
    draw = random.Random(2)
    made = [_construct(number) for number in range(constructs)]
    cases = snapshot.cases.column("id")
    stated, stances = [], []
    for number in range(claims):
        a, b, outcome = (f"c{draw.randrange(constructs // 3) * 3 + kind}" for kind in (0, 1, 2))
        scope = {"who": "firms", "where": "here", "when": "2001 to 2020"}
        built_on = tuple(draw.sample(cases, 10))
        text = "The firms that had both entered more countries a year"
        stated.append(
            Claim(f"P{number}", text, "set relation", f"{a}*({b} + ~{a}) => {outcome}", built_on, scope, "asserted")
        )
        for piece in range(10):
            coding = f"coding-{draw.randrange(CODINGS):06}"
            stance = draw.choice(("supports", "supports", "contradicts"))
            stances.append(Stance(f"P{number}-{piece}", f"P{number}", coding=coding, stance=stance, note="seen"))
    return snapshot.replace(
        constructs=Table.of(Construct, made), claims=Table.of(Claim, stated), stances=Table.of(Stance, stances)
    )


def _construct(number: int) -> Construct:
    if number % 3 == 0:
        return Construct(f"c{number}", "", "codings", (f"code-{number:03}",), f"count >= {5 + number % 9}")
    if number % 3 == 1:
        return Construct(
            f"c{number}",
            "",
            "event",
            (f"entry:{('DEU', 'USA', 'JPN')[number % 9 // 3]}",),
            absent_when="records: all entries",
        )
    return Construct(
        f"c{number}", "", "measure", ("spread",), calibrate={"threshold": 0.2 + number / 100, "reason": "-"}
    )
