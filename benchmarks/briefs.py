"""How long a brief and a verdict take on 50 cases, 100,000 codings, 60 constructs and 40 claims.

    PYTHONPATH=src python benchmarks/briefs.py

Prints seconds: the first brief on a study just read (constructs and verdicts are computed on the way), a second one, a
first verdict after the construct table, one with three saved analyses whose inputs are hashed, and the pages.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from crosscase.core import (
    Analysis,
    Case,
    Claim,
    Code,
    Coding,
    Construct,
    Event,
    PartialDate,
    Quotation,
    Sample,
    Snapshot,
    Source,
    Study,
    Variable,
)
from crosscase.evidence import Ledger
from crosscase.evidence.briefs import brief
from crosscase.evidence.firms import firm_from_document
from crosscase.reports.brief import brief_html
from crosscase.reports.verdict import verdict_docx, verdict_html

CASES, SOURCES, CODINGS, CONSTRUCTS, CLAIMS, CODES = 50, 500, 100_000, 60, 40, 120


def study() -> Snapshot:
    rng = random.Random(4)
    cases = [
        Case(
            f"F{n}",
            {f"v{m}": str(rng.randint(0, 99)) for m in range(12)} | {"founded": str(1990 + n % 20), "home": "CHN"},
        )
        for n in range(CASES)
    ]
    sources = [Source(f"s{n}", kind="interview", case=f"F{n % CASES}") for n in range(SOURCES)]
    codes = [Code(f"d{n}", level="dimension") for n in range(4)]
    codes += [Code(f"c{n}", parent=f"d{n % 4}") for n in range(CODES)]
    quotations = [Quotation(f"q{n}", f"s{rng.randrange(SOURCES)}", n, n + 9, "some words") for n in range(CODINGS)]
    # Half of the codes are rare, so that cells differ.
    codings = [
        Coding(f"k{n}", f"q{n}", f"c{rng.randrange(60) if n % 500 else 60 + rng.randrange(60)}", "MK")
        for n in range(CODINGS)
    ]
    events = [
        Event(f"e{n}-{m}", f"F{n}", "entry", place, PartialDate(2012 + m))
        for n in range(CASES)
        for m, place in enumerate(("DEU", "FRA", "USA", "JPN")[: 1 + n % 4])
    ]
    constructs = [
        Construct(f"x{n}", "", "codings", (f"c{n + 60}",), absent_when="sources: all were asked") for n in range(50)
    ]
    constructs += [
        Construct(f"x{n}", "", "variable", (f"v{n - 50}",), f"v{n - 50} >= 50") for n in range(50, CONSTRUCTS)
    ]
    claims = [
        Claim(
            f"P{n}", f"Claim {n}", expression=f"x{n} * (x{n + 1} + x{n + 2}) => x{50 + n % 10}", built_on=("F1", "F2")
        )
        for n in range(CLAIMS)
    ]
    relation = {
        "expression": claims[2].expression,
        "all": {"n": 50, "consistency": 0.8},
        "others": {"n": 48, "consistency": 0.8},
    }
    conditions = ["x2", "x3", "x4", "x52"]
    analyses = [
        Analysis(
            f"a{n}",
            "qca",
            f"Sets {n}",
            "P2",
            {"outcome": "x52", "conditions": conditions},
            "old",
            {"relation": relation},
        )
        for n in range(3)
    ]
    head = Study(title="Large", variables=tuple(Variable(f"v{m}", "number") for m in range(12)), observed_until="2020")
    return Snapshot.of(
        head, cases=cases, sources=sources, codes=codes, quotations=quotations, codings=codings, events=events,
        constructs=constructs, claims=claims, analyses=analyses, samples=[Sample("s", n=CASES)],
    )  # fmt: skip


def timed(what: str, function: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = function()
    print(f"{what:34}{time.perf_counter() - start:8.3f} s")
    return result


def main() -> None:
    snapshot = study()
    document = {"id": "Nova", "attributes": {f"v{m}": 40 + m for m in range(12)} | {"founded": 2010, "home": "CHN"}}
    firm = firm_from_document(document, snapshot)
    ledger = Ledger(snapshot)
    timed("first brief, nothing computed", lambda: brief(ledger, firm))
    made = timed("second brief", lambda: brief(ledger, firm))
    timed("its page", lambda: brief_html(made))
    other = Ledger(snapshot)
    timed("case × construct table", lambda: other.constructs)
    timed("one verdict", lambda: other.verdict("P1"))
    verdict = timed("one with three saved analyses", lambda: other.verdict("P2"))
    timed("its page", lambda: verdict_html(verdict))
    timed("its document", lambda: verdict_docx(verdict))


if __name__ == "__main__":
    main()
