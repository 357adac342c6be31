"""A small study with everything in it, one with nothing, and one whose every text tries to be markup."""

from __future__ import annotations

from crosscase.core import (
    Case,
    Code,
    Coding,
    Event,
    Finding,
    Observation,
    PartialDate,
    Participant,
    Question,
    Quotation,
    SamplingRule,
    Snapshot,
    Source,
    Study,
    Subject,
    Turn,
    Variable,
)
from crosscase.engines.measures import MeasureValue
from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.reproduce import Candidate, reproduce
from crosscase.reports import ReportContents, RuleNote

EVIL = "<script>alert(1)</script>&\"'=1+1|\\input{x}"


def date(text: str) -> PartialDate:
    return PartialDate.parse(text)


def snapshot(word: str = "") -> Snapshot:
    """Two firms, one of which is on record with almost nothing; ``word`` is put into every free text."""
    firm = f"F1{word}"
    return Snapshot.of(
        Study(
            title=f"Two firms {word}",
            question=f"How fast? {word}",
            stance="mixed",
            citation=f"Somebody 2024 {word}",
            sampling=(SamplingRule("s1", f"Young {word}", "intensity >= 0.25"),),
            variables=(Variable("founded", "year"), Variable("home", "country"), Variable("staff", "number", "people")),
            guide=(Question("Q1", "", f"Why? {word}"), Question("Q2", "", "How?")),
        ),
        cases=[Case(firm, {"founded": "2000", "home": "CHN", "sector": f"shoes {word}"}), Case("F2")],
        participants=[Participant("P1", firm, f"founder {word}", note=word)],
        sources=[
            Source("i1", kind="interview", case=firm, participant="P1", title=f"An interview {word}"),
            Source("w1", kind="web", case=firm),
            Source("w2", kind="web", case=firm),
        ],
        turns=[
            Turn("i1", 1, 0, 5, kind="question", question="Q2"),
            Turn("i1", 2, 5, 50, participant="P1", kind="answer", question="Q1"),
        ],
        codes=[
            Code("t", f"A theme {word}", level="theme"),
            Code("c", f"A concept {word}", "t", "concept", definition=word or "said so"),
        ],
        quotations=[Quotation("q1", "i1", 5, 10), Quotation("q2", case="F2", locator=f"p. 3 {word}")],
        codings=[Coding("k1", "q1", "c"), Coding("k2", "q2", "c"), Coding("k3", "q1", "t")],
        events=[
            Event("e1", firm, "entry", "DEU", date("2002-05"), mode=f"export {word}", note=word),
            Event("e2", firm, "entry", "FRA", date("2005")),
            Event("e3", firm, "exit", "FRA", date("2007")),
            Event("e4", firm, "entry", "SGP"),
        ],
        observations=[Observation("o1", firm, "spread", value="0.6", basis="printed", locator=f"Table 1 {word}")],
    )


def contents(word: str = "") -> ReportContents:
    firm = f"F1{word}"
    values = [
        MeasureValue(firm, "spread", 0.571, "countries per year", "a", inputs={"entries": 4, "years": 7, "w": word}),
        MeasureValue("F2", "spread", None, "countries per year", "a", missing=(f"first entry {word}",)),
        MeasureValue(firm, "spread", 0.5, "countries per year", "b", warnings=(f"careful {word}",), source=f"S {word}"),
        MeasureValue("F2", "spread", None, "countries per year", "b", missing=("first entry",)),
        MeasureValue(firm, "born_global", f"yes{word}", "yes/no", "x"),
        MeasureValue("F2", "born_global", None, "yes/no", "x", missing=("intensity",)),
        MeasureValue(firm, "entropy", None, "nats", "sales", missing=("sales by country",)),
        MeasureValue("F2", "entropy", None, "nats", "sales", missing=("sales by country",)),
    ]
    histories = [FirmHistory(case=firm)]
    by_definition = {value.definition: value for value in values if value.case == firm and value.measure == "spread"}
    candidates = [Candidate(name, lambda _, name=name: by_definition[name]) for name in ("a", "b")]
    return ReportContents(
        snapshot=snapshot(word),
        measures=values,
        reproductions=[reproduce("spread", {firm: "0.6"}, histories, candidates)],
        findings=[
            Finding("R206", "note", Subject("cases", "F2"), f"nothing on record {word}"),
            Finding("R201", "warning", Subject("cases", firm), f"not reproduced {word}", ("events:e1", f"odd {word}")),
            Finding("R201", "warning", Subject("cases", "F2"), "neither", accepted=f"a slip of the pen {word}"),
        ],
        rules={"R201": RuleNote("R201", f"a printed figure {word}", f"because {word}", "mend it", "Yin 2018")},
        region_of=lambda event: f"Europe {word}" if event.place in ("DEU", "FRA") else "",
        region_scheme=f"scheme 1 {word}",
        positions={"SGP": (1.3, 103.8)},
        data_statement=f"On request {word}",
        version="0.1",
    )
