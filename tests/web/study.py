"""A synthetic study with texts, made for the tests of the workspace: nobody said any of this."""

from __future__ import annotations

from pathlib import Path

from crosscase.core import (
    Case,
    Code,
    Coding,
    Memo,
    Participant,
    Question,
    Quotation,
    SamplingRule,
    Snapshot,
    Source,
    Study,
    Turn,
    Variable,
    text_hash,
)
from crosscase.study import Study as OpenStudy
from crosscase.text.turns import recognise_turns

INTERVIEW = """Interviewer: How did the first order from abroad come about?
Founder: It came by chance. A buyer in Hamburg found our page and wrote to us; we had never thought of Germany. We answered the same night.
We did not even have a price list in English.

Interviewer: And after that?
Founder: After that we went to a fair in Cologne. The people of the association helped us with the stand, and two of the contacts became clients.
Interviewer: Did you plan the next markets?
Founder: Not with a plan on paper. We followed the clients: where they opened, we opened. Mexico was the exception, there we looked for a partner first.
Interviewer: What would you do differently?
Founder: I would go to the fair a year earlier. And I would learn the language.
"""

#: Characters beyond the basic plane, combining marks, right-to-left text, Windows line ends, and what HTML would read.
AWKWARD = (
    "Interviewer: 😀 How is business?\r\n"
    "Founder: Fine 👩‍👩‍👧‍👦, we sell in cafe\u0301s and in Zürich & <b>Bern</b> for < 10 €.\r\n"
    "\r\n"
    "Founder: نبيع في القاهرة ثم في دبي. 𝒲e also sell ‘abroad’.\r\n"
    "Interviewer: 东京呢？\r\n"
    "Founder: 我们在东京有一个客户。他很好。\r\n"
)

CODES = [
    Code("growth", "Growth abroad", level="dimension", definition="How the firm grows in other countries."),
    Code("start", "How it begins", "growth", "theme"),
    Code("chance", "Chance order", "start", "concept", "emergent", "An order from abroad that nobody had looked for."),
    Code("fair", "Trade fair", "start", "concept", "emergent", "A fair where clients were met."),
    Code("follow", "Following clients", "growth", "theme", colour="#a05a00"),
    Code("evil", "<script>alert(1)</script>", "", "free", definition="<img src=x onerror=alert(2)>"),
]


def synthetic() -> Snapshot:
    """Two interviews of two firms, a codebook on three levels, three codings by two coders."""
    texts = {"S1": INTERVIEW, "S2": AWKWARD}
    turns: list[Turn] = []
    for source, text in texts.items():
        turns += recognise_turns(
            text,
            source=source,
            interviewers=["Interviewer"],
            participants={"Founder": "P1" if source == "S1" else "P2"},
        ).rows(source)
    quotations, codings = [], []
    for number, (words, code, coder) in enumerate(
        [
            ("It came by chance.", "chance", "ana"),
            ("a fair in Cologne", "fair", "ana"),
            ("we went to a fair in Cologne", "start", "ben"),
        ],
        1,
    ):
        start = INTERVIEW.index(words)
        quotations.append(Quotation(f"q{number}", "S1", start, start + len(words), words, case="F1", participant="P1"))
        codings.append(Coding(f"k{number}", f"q{number}", code, coder))
    return Snapshot.of(
        Study(
            title="Firms that were made up for tests",
            question="Does the workspace keep every character where it stood?",
            synthetic=True,
            sampling=(SamplingRule("young", "Firms founded in 2003 or later", "founded >= 2003"),),
            variables=(Variable("founded", "year"),),
            guide=(Question("1", "Beginnings", "How did the first order from abroad come about?"),),
        ),
        texts=texts,
        cases=[Case("F1", {"founded": "2001"}), Case("F2", {"founded": "2004"})],
        participants=[Participant("P1", "F1", "Founder"), Participant("P2", "F2", "Founder")],
        sources=[
            Source("S1", "S1.txt", "interview", "F1", "P1", language="en", title="Interview with the founder of F1", hash=text_hash(INTERVIEW)),
            Source("S2", "S2.txt", "interview", "F2", "P2", title="Awkward characters", hash=text_hash(AWKWARD)),
        ],
        turns=turns,
        codes=CODES,
        quotations=quotations,
        codings=codings,
        memos=[Memo("m1", "codes", "chance", author="ana", title="On chance", text="Is it chance when one has a page?")],
    )  # fmt: skip


def study_file(path: Path, snapshot: Snapshot | None = None) -> Path:
    """The study as a study file."""
    from crosscase.store import open_store

    with open_store(path, create=True) as store:
        store.save_snapshot(snapshot or synthetic(), who="ana", what="made for tests")
    return path


def opened(path: Path, who: str = "ana") -> OpenStudy:
    return OpenStudy.open(path, who=who)
