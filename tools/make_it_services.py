"""Make the example study ``it-services`` from facts of Jabeen, Ishaq & Jabeen (2026).

    python tools/make_it_services.py

The facts were entered by hand below: the guide in our words, which firm has an answer to which question in the printed
table, and what the text says of the firms.  Firms and persons have pseudonyms only.
"""

from __future__ import annotations

from pathlib import Path

from crosscase.core import (
    Case,
    Claim,
    Code,
    Coding,
    Event,
    PartialDate,
    Participant,
    Question,
    Quotation,
    Sample,
    SamplingRule,
    Snapshot,
    Source,
    Study,
    Variable,
)
from crosscase.exchange.folder import write_folder

TARGET = Path(__file__).resolve().parents[1] / "src/crosscase/exchange/examples/it_services"

#: Section -> (letter, the questions in our words).
GUIDE = {
    "General": (
        "G",
        (
            "The owner's background", "Years in business", "Years of exporting", "Place of the founding",
            "How the firm is organized", "What is sold at home and abroad", "What makes it better than what others sell",
            "Customers aimed at abroad", "Chief competitors abroad", "Countries in which the firm is present",
            "Difficulties at the start", "Whether going abroad was planned or came about",
        ),
    ),
    "Motives": ("A", ("Chief motive to go abroad", "What pushed from outside", "What pushed from inside")),
    "Entry": (
        "B",
        (
            "What counted when a market was chosen", "Preparations", "Where knowledge of the market came from",
            "What such knowledge is worth", "Form in which the firm operates abroad", "Mode of entry", "How hard competition is",
        ),
    ),
    "Strategy": (
        "C",
        ("Leading strategy", "Business model", "Worth of networks", "Number of partners", "How the firm sells itself abroad"),
    ),
    "Barriers": ("D", ("Greatest risk", "Three greatest difficulties")),
    "Success": ("S", ("Three reasons for success", "Worth of being innovative", "Worth of skills abroad", "Entrepreneur's skills")),
    "Future": ("F", ("Countries that are planned", "Goals abroad")),
    "Suggestions": ("T", ("Advice to other firms",)),
}  # fmt: skip

#: The printed table has a question more than the printed guide.
ONLY_IN_TABLE = ("G-employees", "General", "How many persons work in the firm (in Table 2 only)")

#: Firm -> (home, code given by the paper, years in business, years of exporting, employees as a number, independent, role).
FIRMS = {
    "IT1": ("PAK", "old_sport", "3", "3", "", "yes", "Owner, CEO"),
    "IT2": ("PAK", "old_sport", "5", "5", "", "yes", "Owner, CEO"),
    "IT3": ("CHN", "new_bee", "20", "20", "20000", "no", "Country head"),
    "IT4": ("MYS", "old_sport", "", "", "", "no", "Regional director"),
    "IT5": ("BHR", "old_sport", "", "", "", "no", "Operations manager"),
}
#: The columns of Table 2 that our copy of the text holds, and the one cell in them that is empty.
COLUMNS = ("IT1", "IT2", "IT3")
EMPTY = ("IT2", "D1")

#: Where the text puts the firms, as countries; none has a year.
MARKETS = {
    "IT1": ("CHN",), "IT2": ("SAU", "ARE"), "IT3": ("PAK", "KEN", "IDN"), "IT4": ("PAK", "SGP", "THA"), "IT5": ("PAK", "SAU"),
}  # fmt: skip

#: What the paper lists as its propositions, as the questions that they are.
QUESTIONS = {
    "JB1": "What made the firms leave their home market?",
    "JB2": "Which causes within and outside the firms pushed them abroad?",
    "JB3": "How did the firms enter foreign markets, and how do they operate there?",
    "JB4": "Which strategies did the firms follow on their way abroad?",
    "JB5": "What stood in the firms' way abroad?",
    "JB6": "What made the firms succeed abroad?",
}
NO_PROPOSITION = "Listed as a proposition; it asks and states nothing that could be supported or contradicted."

STUDY = Study(
    title="How IT service firms in Pakistan went abroad (published facts)",
    question="How do small IT service firms from or in Pakistan go abroad?",
    stance="interpretive",
    citation="Jabeen, Ishaq & Jabeen (2026), on how small IT service firms in Pakistan internationalize; five firms, one panel, "
    "2023.",
    sampling=(
        SamplingRule("small", "Fewer than 250 employees (the paper's definition, after OECD 2005)", "employees < 250"),
        SamplingRule("independent", "Independent, not a subsidiary (the paper's definition)", "independent = 1"),
        SamplingRule("purposive", "Chosen by age, experience of exporting and ownership"),
    ),
    variables=(
        Variable("home", "country", label="Country of origin"),
        Variable("years_in_business", "integer", "years", label="Years in business (Table 2)"),
        Variable("years_of_export", "integer", "years", label="Years of exporting (Table 2)"),
        Variable("employees", "integer", "persons", label="Employees, where Table 2 has a number (printed: more than)"),
        Variable("independent", "boolean", label="Derived: the appendix names no head office in another country"),
    ),
    guide=tuple(
        Question(f"{letter}{number}", section, text)
        for section, (letter, texts) in GUIDE.items()
        for number, text in enumerate(texts, start=1)
    ),
    extra={"privacy": {"public": "the profiles of the five firms are printed in the paper"}},
)


def make() -> Snapshot:
    """The study."""
    quotations, codings = make_codings()
    return Snapshot.of(
        STUDY,
        cases=[
            Case(
                firm,
                {
                    "home": home, "years_in_business": business, "years_of_export": export, "employees": employees,
                    "independent": independent,
                },
            )
            for firm, (home, _, business, export, employees, independent, _) in FIRMS.items()
        ],
        participants=[
            Participant(f"{firm}-1", firm, facts[-1], extra={"relation": "possibly: has a name in common with an author"}
                        if firm == "IT2" else {})
            for firm, facts in FIRMS.items()
        ],
        sources=[Source("panel", kind="focus group", date=PartialDate(2023), title="Panel of five, one person a firm")],
        events=[
            Event(f"{firm}-{place}", firm, "entry", place, evidence="Findings, general information")
            for firm, places in MARKETS.items()
            for place in places
        ],
        codes=make_codes(),
        quotations=quotations,
        codings=codings,
        claims=[
            Claim(id, text, scope={"who": "small IT service firms", "where": "Pakistan", "when": "2023"}, status="asserted",
                  extra={"note": NO_PROPOSITION})
            for id, text in QUESTIONS.items()
        ],
        samples=[Sample("jabeen-2026", "Jabeen, Ishaq & Jabeen 2026", 5, "firms", "Pakistan", basis="stated")],
    )  # fmt: skip


def make_codes() -> list[Code]:
    """A code a question, under its section; and the two kinds of firm that the paper tells apart."""
    asked = "Answers to the questions of the section, in the printed table"
    sections = [Code(section.lower(), section, level="free", origin="a priori", definition=asked) for section in GUIDE]
    rows = [*((one.id, one.section, one.text) for one in STUDY.guide), ONLY_IN_TABLE]
    there = "The printed table has an answer of the firm to this question"
    questions = [Code(id, text, section.lower(), "free", "a priori", there) for id, section, text in rows]
    read = {"applies_when": "employees < 250", "note": "The condition is ours: a one-man show is a small firm."}
    kinds = [
        Code("old_sport", "Experienced owner, one-man show", level="free", origin="emergent", extra=read,
             definition="The owner, who is alone, had worked before"),
        Code("new_bee", "New owner, one-man show", level="free", origin="emergent", extra=read,
             definition="The owner, who is alone, came straight from university"),
    ]  # fmt: skip
    return [*sections, *questions, *kinds]


def make_codings() -> tuple[list[Quotation], list[Coding]]:
    """Which firm has an answer to which question in Table 2: a place, no words; and the kind that each firm was given."""
    places = [
        (firm, f"Table 2, {question}", question)
        for question in (*(one.id for one in STUDY.guide), ONLY_IN_TABLE[0])
        for firm in COLUMNS
        if (firm, question) != EMPTY
    ]
    places += [(firm, "Table 2, head" if firm in COLUMNS else "Method", facts[1]) for firm, facts in FIRMS.items()]
    quotations = [
        Quotation(f"q{number}", locator=place, case=firm, participant=f"{firm}-1")
        for number, (firm, place, _) in enumerate(places, start=1)
    ]
    codings = [Coding(f"c{number}", f"q{number}", code) for number, (*_, code) in enumerate(places, start=1)]
    return quotations, codings


if __name__ == "__main__":
    write_folder(make(), TARGET)
