"""A study of two interviews, small enough to look through by eye."""

from __future__ import annotations

import datetime

from crosscase.core import (
    Case,
    Code,
    Coding,
    Event,
    Memo,
    PartialDate,
    Participant,
    Quotation,
    Snapshot,
    Source,
    Study,
    Turn,
    text_hash,
)
from crosscase.exchange.crate import Withheld, archive_files, withhold

TODAY = datetime.date(2024, 5, 1)
OPEN = "We began abroad through a client in Hamburg – früh, sehr früh 🙂."
SECRET = "The minister's cousin signed the first contract for us in Lagos."


def study(*, person: str = "quote", source: str = "", until: PartialDate | None = None) -> Snapshot:
    """Two firms; ``person`` is the consent of the second's speaker, ``source`` that of her interview."""
    texts = {"A1": OPEN, "B1": f"Q: How?\n{SECRET} And then it grew."}
    start = texts["B1"].index(SECRET)
    snapshot = Snapshot.of(
        Study(title="Two firms", question="How do firms go abroad?", stance="interpretive", interviews=2),
        texts=texts,
        cases=[Case("A"), Case("B")],
        participants=[
            Participant("A-ceo", "A", consent="quote, archive"),
            Participant("B-ceo", "B", consent=person, consent_until=until),
        ],
        sources=[
            Source("A1", "A1.txt", "interview", "A", "A-ceo", hash=text_hash(texts["A1"])),
            Source("B1", "B1.txt", "interview", "B", "B-ceo", consent=source, hash=text_hash(texts["B1"])),
        ],
        turns=[Turn("B1", 1, 0, 7, "Q", kind="question"), Turn("B1", 2, 8, len(texts["B1"]), "CEO", "B-ceo", "answer")],
        codes=[Code("tie", "Tie", example=SECRET.replace(" ", "\n", 1))],
        quotations=[
            Quotation("q1", "A1", 0, 8, OPEN[:8]),
            Quotation("q2", "B1", start, start + len(SECRET), SECRET),
        ],
        codings=[Coding("c1", "q1", "tie"), Coding("c2", "q2", "tie")],
        events=[
            Event("e1", "A", "entry", "DEU", PartialDate(2009)),
            Event("e2", "B", "entry", "NGA", PartialDate(2011)),
        ],
        memos=[Memo("m1", "cases", "B", text=f"She said: {SECRET.upper()} Check.")],
    )
    return snapshot.replace(originals={})


def files(snapshot: Snapshot, report: dict[str, bytes] | None = None) -> tuple[dict[str, bytes], Withheld]:
    left, withheld = withhold(snapshot, TODAY)
    return archive_files(left, withheld, report or {"report.html": b"<p>report</p>"}, date=TODAY), withheld
