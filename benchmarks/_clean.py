"""Clean synthetic studies with a seed: firms, events, interviews, codes, claims and analyses in which nothing is wrong."""

from __future__ import annotations

import dataclasses
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

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
from crosscase.evidence import Ledger, inputs_hash

PLACES = ("DEU", "USA", "JPN", "GBR", "FRA", "BRA", "IND", "AUS", "ZAF", "SWE", "CAN", "MEX")
UNTIL = 2012
WORDS = [
    "market",
    "order",
    "partner",
    "journey",
    "meeting",
    "price",
    "sample",
    "contract",
    "harbour",
    "winter",
    "language",
    "letter",
    "supplier",
    "export",
    "workshop",
    "season",
    "machine",
    "colleague",
    "trade",
    "visit",
    "exhibition",
    "catalogue",
    "delivery",
    "payment",
    "customs",
    "warehouse",
    "agent",
    "translation",
    "question",
]
#: What a careless search for identifiers or words would stumble over.
ASIDES = (
    "– in 2007 –", "“the others”", "12,000 euros", "2001-2005", "No. 4711", "at 10:30", "co-founder", "50%", "https://doi.org/10.1000/182", "(2009)",
)  # fmt: skip
#: Wordings of the claims: past tense, a limit, or a conjecture.
ADVISED = (
    "The firms that took advice entered countries at a higher rate",
    "Firms that were advised by peers grew abroad at a higher rate",
    "In the cases studied, advice of peers went with a higher rate of entry",
    "Advice of peers may raise the rate of entry",
)
FOLLOWED = (
    "The firms that followed their clients entered countries at a lower rate",
    "Firms that were led by clients entered fewer countries a year",
    "In our cases, following a client went with a lower rate of entry",
    "Following clients seems to keep the rate of entry low",
)
CODES = (
    Code("relations", "Relations", "", "dimension", definition="Who opened the way abroad."),
    Code("networks", "Networks", "relations", "theme", definition="Ties that were drawn on."),
    Code("effort", "Own effort", "relations", "theme", definition="What the firm did itself."),
    Code("peers", "Advice of peers", "networks", "concept", definition="Advice of firms in a like position."),
    Code("clients", "Clients", "networks", "concept", definition="A client opened a market."),
    Code("fairs", "Fairs", "effort", "concept", definition="A fair was visited."),
    Code("website", "Own website", "effort", "concept", definition="Orders came over the website."),
    Code("luck", "Luck", definition="It came by chance."),
)


def clean_study(seed: int) -> Snapshot:
    """Eight to fourteen firms: those that took advice of peers spread fast, the others came by clients and spread slowly."""
    draw = random.Random(seed)
    ids = [f"C{number:02}" for number in range(1, draw.randint(8, 14) + 1)]
    advised = {case: number % 2 == 0 for number, case in enumerate(draw.sample(ids, len(ids)))}
    founded = {case: draw.choice((2000, 2004)) if number < 2 else 0 for number, case in enumerate(ids)}
    for number, case in enumerate(ids):  # in pairs, so that no profile is of one firm
        founded[case] = (
            (2000, 2004)[number // 2 % 2] if number < len(ids) - 1 or len(ids) % 2 == 0 else founded[ids[-2]]
        )
    cases = [Case(case, {"founded": str(founded[case]), "sector": "software", "home": "DNK"}) for case in ids]
    entries = {case: _years(draw, founded[case], advised[case]) for case in ids}
    texts, turns, quotations, codings = _sources(draw, ids, advised)
    sources = [
        Source(id, f"{id}.txt", kind, case, person, PartialDate(UNTIL), hash=text_hash(texts[id]))
        for case in ids
        for id, kind, person in ((f"I-{case}", "interview", f"P-{case}"), (f"R-{case}", "archival", ""))
    ]
    events = [
        Event(f"E-{case}-{place}", case, "entry", place, PartialDate(year), evidence=f"sources:I-{case}" if year >= 2009 else "")
        for case, years in entries.items()
        for place, year in zip(draw.sample(PLACES, len(years)), years, strict=True)
    ]  # fmt: skip
    snapshot = Snapshot(
        study=_study(len(ids)),
        texts=texts,
        cases=Table.of(Case, cases),
        participants=Table.of(
            Participant, [Participant(f"P-{case}", case, "Founder, director", "quote") for case in ids]
        ),
        sources=Table.of(Source, sources),
        turns=Table.of(Turn, turns),
        codes=Table.of(Code, CODES),
        coders=Table.of(Coder, [Coder("ana")]),
        quotations=Table.of(Quotation, quotations),
        codings=Table.of(Coding, codings),
        events=Table.of(Event, events),
        observations=Table.of(Observation, list(_figures(founded, entries))),
        constructs=Table.of(Construct, _constructs()),
        samples=Table.of(
            Sample, [Sample(id, f"paper {id}", n, "firms", "Jutland") for id, n in (("A", 90), ("B", 140), ("C", 210))]
        ),
        surveys=Table.of(Survey, [Survey("pilot", columns={"x1": (1.0, 2.0, 4.0), "x2": (2.0, 3.0, 5.0)})]),
    )
    snapshot = snapshot.replace(**_claims(draw, snapshot, advised))
    return snapshot.replace(analyses=Table.of(Analysis, _analyses(snapshot)))


def _study(interviews: int) -> Study:
    return Study(
        title="Clean",
        synthetic=True,
        sampling=(SamplingRule("S1", "early", "years_to_internationalization <= 3"),),
        variables=(
            Variable("founded", "year"),
            Variable("sector", "category", values=("software", "retail")),
            Variable("home", "country"),
        ),
        guide=(Question("Q1", text="How did it begin?"), Question("Q2", text="Whom did you ask?")),
        observed_until=str(UNTIL),
        region_scheme="un-m49-region",
        interviews=interviews,
    )


def _years(draw: random.Random, founded: int, advised: bool) -> list[int]:
    """First entry two years after the founding; so many countries that spread is above or below 0.75."""
    first, exposure = founded + 2, UNTIL - founded - 2
    many = {(10, True): (8, 10), (10, False): (5, 7), (6, True): (5, 6), (6, False): (3, 4)}[exposure, advised]
    return [first, *sorted(draw.randint(first + 1, UNTIL) for _ in range(draw.randint(*many) - 1))]


def _sources(draw: random.Random, ids: list[str], advised: dict[str, bool]) -> tuple[Any, ...]:
    texts: dict[str, str] = {}
    turns: list[Turn] = []
    quotations: list[Quotation] = []
    codings: list[Coding] = []

    def sentence() -> str:
        words = [draw.choice(WORDS) for _ in range(draw.randint(12, 25))]
        words.insert(draw.randrange(len(words)), draw.choice(ASIDES))
        return " ".join(words).capitalize() + "."

    def quote(source: str, start: int, end: int, code: str) -> None:
        number = len(quotations) + 1
        start, end = texts[source].rindex(" ", 0, start + 1) + 1 if start else 0, texts[source].index(" ", end)
        words = _as_written(draw, texts[source][start:end])
        quotations.append(Quotation(f"q{number}", source, start, end, words))
        codings.append(Coding(f"k{number}", f"q{number}", code, "ana"))

    for number, case in enumerate(ids):
        source, paragraphs, length = f"I-{case}", [], 0
        for place, question in enumerate(("How did it begin?", "Whom did you ask?")):
            answer = " ".join(sentence() for _ in range(4))
            for text, kind in ((question, "question"), (answer, "answer")):
                person, asked = (f"P-{case}", f"Q{place + 1}") if kind == "answer" else ("", "")
                turns.append(
                    Turn(
                        source,
                        len(turns) + 1,
                        length,
                        length + len(text),
                        participant=person,
                        kind=kind,
                        question=asked,
                    )
                )
                paragraphs.append(text)
                length += len(text) + 1
        texts[source] = "\n".join(paragraphs)
        texts[f"R-{case}"] = " ".join(sentence() for _ in range(3))
        answers = [turn for turn in turns if turn.source == source and turn.kind == "answer"]
        named = "peers" if advised[case] else "clients"
        other = ("fairs", "website", "luck")[number % 3]
        for code, turn, part in (
            (named, answers[1], 0),
            (named, answers[1], 1),
            (other, answers[0], 0),
            ("luck", answers[0], 1),
        ):
            start = turn.start + part * 70 + draw.randrange(10)
            quote(source, start, start + draw.randint(20, 50), code)
        quote(f"R-{case}", 0, draw.randint(30, 60), named)
    return texts, turns, quotations, codings


def _as_written(draw: random.Random, words: str) -> str:
    """A quotation as authors write it: letter for letter, with other typography, or cut in its middle."""
    manner = draw.random()
    if manner < 0.2:
        return words.replace("“", '"').replace("”", '"').replace("–", "-").replace(" ", "  ", 1)
    parts = words.split(" ")
    if manner < 0.4 and len(parts) > 5:
        return " ".join([*parts[:2], draw.choice(("[...]", "…")), *parts[-2:]])
    return words


def _figures(founded: dict[str, int], entries: dict[str, list[int]]) -> Any:
    for case, years in entries.items():
        spread = len(years) / (UNTIL - founded[case] - 2)
        yield Observation(f"O-s-{case}", case, "spread", value=f"{spread:.2f}", basis="printed")
        yield Observation(f"O-n-{case}", case, "number_of_countries", value=str(len(years)), basis="printed")


def _constructs() -> list[Construct]:
    reason = {"threshold": 0.75, "reason": "a gap between 0.70 and 0.80"}
    return [
        Construct("advice", "Advice", "codings", ("peers",), "present", "asked Q2"),
        Construct("clientele", "Clients", "codings", ("clients",), "present", "asked Q2"),
        Construct("fast", "Fast spread", "measure", ("spread",), calibrate=reason),
    ]


def _claims(draw: random.Random, snapshot: Snapshot, advised: dict[str, bool]) -> dict[str, Any]:
    claims, stances = [], []
    scope = {"who": "software firms", "where": "Denmark", "when": f"2000 to {UNTIL}"}
    for id, text, expression, side in (
        ("P1", draw.choice(ADVISED), "advice => fast", True),
        ("P2", draw.choice(FOLLOWED), "clientele => ~fast", False),
    ):
        own = [case for case in advised if advised[case] is side]
        built = tuple(draw.sample(own, 2))
        versions = (ClaimVersion("draft", id), ClaimVersion("paper", id))
        forms = (ClaimForm("discussion", expression),)
        claims.append(
            Claim(id, text, "set relation", expression, built, scope, "asserted", versions, forms, {"sample": "A"})
        )
        code = "peers" if side else "clients"
        for case in draw.sample(own, 3):
            coding = draw.choice(
                [one for one in snapshot.codings.where(code=code) if _case(snapshot, one.quotation) == case]
            )
            stances.append(Stance(f"s{len(stances)}", id, case, coding.id, stance="supports"))
        record = next(q for q in snapshot.quotations if q.source == f"R-{built[0]}")
        stances.append(Stance(f"s{len(stances)}", id, coding=f"k{record.id[1:]}", stance="supports"))
        interview = next(q for q in snapshot.quotations if q.source == f"I-{built[1]}" and q.start)
        stances.append(Stance(f"s{len(stances)}", id, coding=f"k{interview.id[1:]}", stance="supports"))
        against = draw.choice([case for case in advised if advised[case] is not side])
        stances.append(
            Stance(f"s{len(stances)}", id, against, locator="end", stance="contradicts", note="Asked too late.")
        )
    return {"claims": Table.of(Claim, claims), "stances": Table.of(Stance, stances)}


def _case(snapshot: Snapshot, quotation: str) -> str:
    return snapshot.case_of_quotation[quotation]


def _analyses(snapshot: Snapshot) -> list[Analysis]:
    from crosscase.engines.qca import SetData, truth_table

    ledger = Ledger(snapshot)
    cases = snapshot.cases.column("id")
    columns = {
        name: [float(bool(cell.holds)) for cell in ledger.constructs.column(name)] for name in ("advice", "fast")
    }
    table = truth_table(SetData.from_columns(columns, cases=cases), "fast", ["advice"], incl_cut=0.8)
    specification = {"outcome": "fast", "conditions": ["advice"]}
    result = {
        "converged": True,
        "n": 210,
        "fit": {"npar": 20},
        "parameters": [_variance("x1", 0.4), _variance("x2", 0.3)],
    }
    made = [
        Analysis("N1", "qca", claim="P1", specification=specification, result=table.to_dict()),
        Analysis("N2", "sem", specification={"model": "f =~ x1 + x2", "data": "pilot"}, result=result),
    ]
    return [dataclasses.replace(one, inputs_hash=inputs_hash(ledger, one)) for one in made]


def _variance(name: str, value: float) -> dict[str, Any]:
    return {"lhs": name, "op": "~~", "rhs": name, "est": value, "free": True}
