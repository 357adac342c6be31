"""A small study with something in every table and every type of field."""

from __future__ import annotations

from crosscase.core import (
    Acceptance,
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
    Memo,
    Observation,
    PartialDate,
    Participant,
    Quotation,
    RegionScheme,
    Sample,
    SamplingRule,
    Snapshot,
    Source,
    Stance,
    Study,
    Survey,
    Tie,
    Turn,
    Variable,
    text_hash,
)

TEXT = "INTERVIEWER: Wie war der Anfang?\n\nAnna: We were “born global” – naïve, 𝒐𝒌? Ja.\r\n第一个市场是德国。\n"


def small() -> Snapshot:
    study = Study(
        title="Firms that go abroad",
        stance="mixed",
        synthetic=True,
        sampling=(SamplingRule("S1", "young", "age <= 3", {"note": [1, 2.5, None, "é"]}),),
        variables=(Variable("founded", "year", values=("2001", "2002")),),
        schemes=(RegionScheme("own", regions={"North": ("DEU", "GBR:1973-2020"), "Empty": ()}),),
        interviews=2,
        extra={"nested": {"b": 1, "a": [True, 0.1]}},
    )
    snapshot = Snapshot.of(
        study,
        texts={"s1": TEXT, "s2": ""},
        cases=[Case("F2", {"founded": "2001", "employees": ""}), Case("F1"), Case("", {})],
        participants=[Participant("P1", "F1", "founder", "quote", PartialDate(2030, 1, 31), extra={"x": "1"})],
        sources=[Source("s1", case="F1", date=PartialDate(2020, 2), hash=text_hash(TEXT), pages=(0, 40)), Source("s2")],
        turns=[Turn("s1", 1, 0, 33, kind="question"), Turn("s1", 2, 35, 80, "Anna", "P1", "answer", "Q1", 12.25)],
        codes=[Code("t", "Theme", level="theme"), Code("c", 'Name\'s; "quoted"\n', "t", colour="#fff")],
        coders=[Coder("ana", "Ana"), Coder("bo")],
        quotations=[Quotation("q2", "s1", 47, 58, "born global"), Quotation("q1", locator="p. 3", case="F2")],
        codings=[
            Coding("k2", "q2", "c", "ana"),
            Coding("k1", "q1", "c", "bo", "weak"),
            Coding("k3", "gone", "missing"),
        ],
        events=[Event("e1", "F1", "entry", "DEU", PartialDate(2003)), Event("e0", "F1", "exit")],
        ties=[Tie("t1", "F1", "Agency", "peer", start=PartialDate(2001, 5), knows=("Bank", "Fair; 2"))],
        observations=[Observation("o1", "F1", "spread", PartialDate(2004), "1.50", "years", "printed")],
        memos=[Memo("m1", "codes", "c", PartialDate(2021, 3, 4), "ana", "Why", "Because\nof this."), Memo("m0")],
        constructs=[Construct("k", "K", "codings", ("c", "t"), calibrate={"full": 0.95, "out": 1, "list": [1, 2]})],
        claims=[
            Claim(
                "P1",
                "a leads to b",
                "mechanism",
                "a -> b",
                ("F1",),
                {"who": "SMEs"},
                "asserted",
                (ClaimVersion("draft", "1", "a", extra={"z": 1}), ClaimVersion("final")),
                (ClaimForm("p. 2", "a => b"),),
            )
        ],
        stances=[Stance("x", "P1", "F1", "k2", stance="supports")],
        samples=[Sample("s", "Some 2020", 188, "firm"), Sample("s-2")],
        analyses=[
            Analysis("A", "qca", specification={"outcome": "y", "cut": 0.8}, result={}),
            Analysis("B", result={"p": [0.1, None]}),
            Analysis("C"),
        ],
        surveys=[
            Survey(
                "V", columns={"a": (1.0, None, "x"), "b": ()}, labels={"a": "Is it?"}, value_labels={"a": {"1": "y"}}
            )
        ],
        acceptances=[Acceptance("y", "R101", "cases", "F1", "known", "ana", PartialDate(2022))],
    )
    return snapshot.replace(originals={"s1": b"\x00\xff%PDF"})
