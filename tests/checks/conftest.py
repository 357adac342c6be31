"""A clean study of four invented firms, to plant faults in."""

from __future__ import annotations

import pytest

from crosscase.checks import run
from crosscase.core import (
    Case,
    Code,
    Coding,
    Event,
    Observation,
    PartialDate,
    Participant,
    Question,
    Quotation,
    SamplingRule,
    Snapshot,
    Source,
    Study,
    Turn,
    Variable,
)
from crosscase.evidence import Ledger

ENTRIES = {"F1": [2001, 2002, 2005], "F2": [2003, 2003, 2006], "F3": [2002, 2004, 2004], "F4": [2000, 2003, 2004]}
PLACES = ("DEU", "USA", "JPN")


def clean_study() -> Snapshot:
    """Four firms, three entries each, an interview each; nothing is wrong with it."""
    study = Study(
        title="Synthetic",
        sampling=(SamplingRule("S1", "early", "years_to_internationalization <= 3"),),
        variables=(Variable("founded", "year"), Variable("sector", "category", values=("software", "retail"))),
        guide=(Question("Q1", text="How did you begin abroad?"), Question("Q2", text="Whom did you know there?")),
        observed_until="2010",
        region_scheme="un-m49-region",
        interviews=4,
    )
    events = [
        Event(f"{case}-{place}", case, "entry", place, PartialDate(year))
        for case, years in ENTRIES.items()
        for place, year in zip(PLACES, years, strict=True)
    ]
    return Snapshot.of(
        study=study,
        cases=[Case(case, {"founded": "2000", "sector": "software"}) for case in ENTRIES],
        participants=[Participant(f"P{case}", case, "Founder") for case in ENTRIES],
        sources=[Source(f"S{case}", kind="interview", case=case, participant=f"P{case}") for case in ENTRIES],
        turns=[
            Turn(
                f"S{case}",
                number,
                10 * number,
                10 * number + 9,
                participant=f"P{case}",
                kind="answer",
                question=f"Q{number}",
            )
            for case in ENTRIES
            for number in (1, 2)
        ],
        codes=[Code("luck", "Luck", definition="It came by chance.")],
        quotations=[Quotation("q1", "SF1", 10, 19, "we were ..")],
        codings=[Coding("c1", "q1", "luck", "ana")],
        events=events,
        observations=[
            Observation("o1", "F1", "spread", value="0.33", basis="printed"),
            Observation("o2", "F1", "diversification", value="3", basis="printed", scheme="un-m49-region"),
            Observation("o3", "F1", "number_of_countries", value="3", basis="printed"),
        ],
    )


@pytest.fixture
def clean() -> Snapshot:
    return clean_study()


@pytest.fixture
def found():
    """What a rule finds in a snapshot, as (kind, id, message)."""

    def find(snapshot: Snapshot, code: str) -> list[tuple[str, str, str]]:
        return [(one.subject.kind, one.subject.id, one.message) for one in run(Ledger(snapshot), [code])]

    return find
