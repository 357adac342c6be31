"""A clean study of four invented firms, and ways to plant faults in it."""

from __future__ import annotations

import dataclasses

from crosscase.core import (
    Analysis,
    Case,
    Claim,
    ClaimForm,
    ClaimVersion,
    Code,
    Coder,
    Coding,
    Construct,
    Event,
    Observation,
    PartialDate,
    Participant,
    Question,
    Quotation,
    Sample,
    SamplingRule,
    Snapshot,
    Source,
    Stance,
    Study,
    Survey,
    Table,
    Turn,
    Variable,
    text_hash,
)
from crosscase.evidence import inputs_hash

ENTRIES = {"F1": [2001, 2002, 2005], "F2": [2003, 2003, 2006], "F3": [2002, 2004, 2004], "F4": [2000, 2003, 2004]}
PLACES = ("DEU", "USA", "JPN")

#: Case -> its answers to the two questions of the guide.
ANSWERS = {
    "F1": ("We began with one order from a fair; luck had its share.", "Only a client, who introduced us to the next."),
    "F2": (
        "A friend in the trade told us whom to call.",
        "We asked the peers we had studied with – “the others”, of course.",
    ),
    "F3": ("We followed what others had done before us.", "Firms like ours told us what to expect there."),
    "F4": ("It came by chance, on a journey.", "The client at home opened that door for us."),
}
RECORDS = {
    "F1": "Orders abroad came through one client.",
    "F2": "The minutes speak of advice from two firms of the same trade.",
    "F3": "The founders met regularly with other exporters.",
    "F4": "A client placed the first order.",
}


def interview(case: str) -> str:
    first, second = ANSWERS[case]
    return f"How did you begin abroad?\n{first}\nWhom did you know there?\n{second}\n"


#: Quotation -> its source and words, and the code they were given.
QUOTED = {
    "q1": ("SF1", "luck had its share", "luck"),
    "q2": ("SF1", "a client, who introduced us", "clients"),
    "q3": ("SF2", "told us whom to call", "peers"),
    "q4": ("SF2", "the peers we had studied with", "peers"),
    "q5": ("SF3", "told us what to expect", "peers"),
    "q6": ("SF4", "It came by chance", "luck"),
    "q7": ("SF4", "opened that door for us", "clients"),
    "q8": ("AF2", "advice from two firms", "peers"),
    "q9": ("AF3", "met regularly with other exporters", "peers"),
}


def clean_study() -> Snapshot:
    """Four firms, three entries each, an interview and a record each, a claim; nothing is wrong with it."""
    texts = {f"S{case}": interview(case) for case in ENTRIES} | {f"A{case}": RECORDS[case] for case in ENTRIES}
    snapshot = Snapshot.of(
        study=_study(),
        texts=texts,
        cases=[Case(case, {"founded": "2000", "sector": "software"}) for case in ENTRIES],
        participants=[
            Participant(f"P{case}", case, "Founder, managing director", "quote, archive", PartialDate(2090))
            for case in ENTRIES
        ],
        sources=[
            Source(id, kind=kind, case=case, participant=person, date=PartialDate(2006), hash=text_hash(texts[id]))
            for case in ENTRIES
            for id, kind, person in ((f"S{case}", "interview", f"P{case}"), (f"A{case}", "archival", ""))
        ],
        turns=[
            Turn(f"S{case}", number, *_span(texts[f"S{case}"], answer), participant=f"P{case}", kind="answer", question=f"Q{number}")
            for case, answers in ANSWERS.items()
            for number, answer in enumerate(answers, start=1)
        ],
        codes=[
            Code("relations", "Relations abroad", level="dimension", definition="Who opens the way abroad."),
            Code("networks", "Networks", "relations", "theme", definition="Ties that were used."),
            Code("peers", "Advice of peers", "networks", "concept", definition="Advice of firms in a like position."),
            Code("clients", "Clients", "networks", "concept", definition="A client opens a market."),
            Code("luck", "Luck", definition="It came by chance."),
        ],
        coders=[Coder("ana", "Ana")],
        quotations=[
            Quotation(id, source, *_span(texts[source], words), words) for id, (source, words, _) in QUOTED.items()
        ],
        codings=[Coding(f"c{id[1:]}", id, code, "ana") for id, (_, _, code) in QUOTED.items()],
        events=[
            Event(f"{case}-{place}", case, "entry", place, PartialDate(year), evidence=f"sources:S{case}" if year == 2001 else "")
            for case, years in ENTRIES.items()
            for place, year in zip(PLACES, years, strict=True)
        ],
        observations=[
            Observation("o1", "F1", "spread", value="0.33", basis="printed"),
            Observation("o2", "F1", "diversification", value="3", basis="printed", scheme="un-m49-region"),
            Observation("o3", "F1", "number_of_countries", value="3", basis="printed"),
        ],
        constructs=[
            Construct("advice", "Advice of peers", "codings", ("peers",), absent_when="asked Q2"),
            Construct("fast", "Fast spread", "measure", ("spread",), calibrate={"threshold": 0.35, "reason": "a gap in the figures"}),
        ],
        claims=[_claim()],
        stances=[
            Stance("e1", "P1", coding="c4", stance="supports"),
            Stance("e2", "P1", coding="c9", stance="supports"),
            Stance("e3", "P1", "F4", locator="interview, end", stance="contradicts", note="Peers were met later; nothing came of it."),
        ],
        samples=[Sample("S", "this study", 4, "firms", "Northland"), Sample("T", "another", 188, "firms", "Northland")],
        surveys=[Survey("pilot", columns={"x1": (1.0, 2.0, 4.0), "x2": (2.0, 2.0, 5.0)})],
    )  # fmt: skip
    return snapshot.replace(analyses=Table.of(Analysis, [_hashed(snapshot, one) for one in _analyses()]))


def _study() -> Study:
    return Study(
        title="Synthetic",
        sampling=(SamplingRule("S1", "early", "years_to_internationalization <= 3"),),
        variables=(Variable("founded", "year"), Variable("sector", "category", values=("software", "retail"))),
        guide=(Question("Q1", text="How did you begin abroad?"), Question("Q2", text="Whom did you know there?")),
        observed_until="2010",
        region_scheme="un-m49-region",
        interviews=4,
    )


def _claim() -> Claim:
    return Claim(
        "P1",
        "The firms that took the advice of peers entered countries at a faster rate",
        "set relation",
        "advice => fast",
        built_on=("F2",),
        scope={"who": "software firms", "where": "Northland", "when": "2000 to 2010"},
        status="asserted",
        versions=(ClaimVersion("draft", "P1"), ClaimVersion("paper", "P1")),
        forms=(ClaimForm("discussion", "~~advice => fast"),),
    )


def _analyses() -> list[Analysis]:
    rows = [
        {"row": 1, "config": [0], "OUT": "0", "n": 2, "cases": ["F1", "F4"], "deviant": []},
        {"row": 2, "config": [1], "OUT": "1", "n": 2, "cases": ["F2", "F3"], "deviant": []},
    ]
    variance = {"lhs": "x1", "op": "~~", "rhs": "x1", "est": 0.4, "free": True}
    return [
        Analysis("A1", "qca", "Advice and speed", "P1", {"outcome": "fast", "conditions": ["advice"]}, result={"rows": rows}),
        Analysis("A2", "sem", "Pilot", "", {"model": "f =~ x1 + x2", "survey": "pilot"},
                 result={"converged": True, "n": 200, "fit": {"npar": 10}, "parameters": [variance]}),
    ]  # fmt: skip


def _hashed(snapshot: Snapshot, analysis: Analysis) -> Analysis:
    return dataclasses.replace(analysis, inputs_hash=inputs_hash(snapshot, analysis))


def _span(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def changed(snapshot: Snapshot, table: str, id: str, **fields) -> Snapshot:
    """The snapshot with other values in the fields of one row."""
    rows = [dataclasses.replace(row, **fields) if row.id == id else row for row in snapshot.table(table)]
    return snapshot.replace(**{table: Table.of(snapshot.table(table).row, rows)})


def added(snapshot: Snapshot, **rows) -> Snapshot:
    """The snapshot with more rows in its tables."""
    return snapshot.replace(**{name: snapshot.table(name).with_rows(some) for name, some in rows.items()})


def declared(snapshot: Snapshot, **extra) -> Snapshot:
    """The snapshot with more keys in study.toml."""
    study = dataclasses.replace(snapshot.study, extra={**snapshot.study.extra, **extra})
    return snapshot.replace(study=study)
