"""Random studies: hypothesis strategies for whole snapshots, in the form in which they are stored.

In that form ids and references are stripped texts, every case has every attribute (an absent one is the empty text), the
kept columns of a table are the same in all its rows, and a missing answer in a survey is ``None``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

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
    Question,
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

#: Characters that files stumble over, besides any others.
AWKWARD = st.sampled_from(
    [*",;\t\"'\n\r=+-@ \\", "\r\n", '""', '"""', "é", "国", "🦊", "\u2028", "\x07", "#", "[", "e\u0301"]
)
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXTS = st.lists(st.one_of(AWKWARD, CHARACTERS), max_size=8).map("".join)
WORDS = st.text("abcXYZ019_-. é国", min_size=1, max_size=6).map(str.strip).filter(bool)
PLACES = st.sampled_from(["", "DEU", "USA", "CHN", "GBR"])
YEARS = st.integers(1900, 2100)
DATES = st.one_of(
    st.none(),
    st.builds(PartialDate, YEARS),
    st.builds(PartialDate, YEARS, st.integers(1, 12)),
    st.builds(PartialDate, YEARS, st.integers(1, 12), st.integers(1, 28)),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
#: Seconds from the beginning; SQLite keeps no sign on a zero, and no turn begins at minus zero.
SECONDS = st.floats(min_value=0, allow_nan=False, allow_infinity=False).map(abs)
#: What JSON and TOML can both hold.
PLAIN = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(-(2**53), 2**53), NUMBERS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=5,
)
PLAIN_OR_NONE = st.recursive(
    st.one_of(st.none(), TEXTS, st.integers(-(2**53), 2**53), NUMBERS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=5,
)
EXTRAS = st.dictionaries(WORDS.map(lambda word: f"x-{word}"), PLAIN, max_size=2)


def ids(prefix: str, most: int = 4) -> st.SearchStrategy[list[str]]:
    """Some ids, each once."""
    return st.lists(WORDS.map(lambda word: prefix + word), max_size=most, unique=True)


@st.composite
def rows(draw: st.DrawFn, row: type[Any], names: Sequence[str], keep: str = "extra", **given: Any) -> list[Any]:
    """Rows with these ids and strategies for their fields; their kept columns are the same in all."""
    kept = draw(st.lists(WORDS.map(lambda word: f"x-{word}"), max_size=2, unique_by=str.casefold)) if keep else []
    made = []
    for id in names:
        values = {name: draw(strategy) for name, strategy in given.items()}
        if kept:
            values[keep] = {key: draw(TEXTS) for key in kept}
        made.append(row(id=id, **values))
    return made


def one_of(names: Sequence[str]) -> st.SearchStrategy[str]:
    """A reference to one of these, or none."""
    return st.sampled_from(["", *names])


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """The head of a study."""
    guide = [Question(id, draw(TEXTS), draw(TEXTS), draw(EXTRAS)) for id in draw(ids("q"))]
    schemes = [
        RegionScheme(
            id, draw(TEXTS), draw(TEXTS), draw(st.dictionaries(TEXTS, st.just(("USA", "CAN:1990-")), max_size=2))
        )
        for id in draw(ids("scheme", 2))
    ]
    return Study(
        title=draw(TEXTS),
        question=draw(TEXTS),
        stance=draw(st.sampled_from(["positivist", "interpretive", "mixed", ""])),
        citation=draw(TEXTS),
        synthetic=draw(st.booleans()),
        sampling=tuple(SamplingRule(id, draw(TEXTS), draw(TEXTS), draw(EXTRAS)) for id in draw(ids("r"))),
        variables=tuple(
            Variable(id, draw(WORDS), draw(TEXTS), tuple(draw(st.lists(TEXTS, max_size=2))), draw(TEXTS), draw(EXTRAS))
            for id in draw(ids("v"))
        ),
        guide=tuple(guide),
        observed_until=draw(st.sampled_from(["", "2019", "age", "007"])),
        region_scheme=draw(st.one_of(st.just(""), WORDS)),
        schemes=tuple(schemes),
        interviews=draw(st.one_of(st.none(), st.integers(0, 500))),
        extra=draw(EXTRAS),
    )


@st.composite
def surveys(draw: st.DrawFn, id: str) -> Survey:
    """A table of answers."""
    length = draw(st.integers(0, 3))
    columns: dict[str, tuple[float | str | None, ...]] = {}
    for name in draw(st.lists(WORDS, max_size=3, unique_by=str.casefold)):
        answers: st.SearchStrategy[Any] = draw(st.sampled_from([NUMBERS, TEXTS.filter(bool)]))
        columns[name] = tuple(draw(st.one_of(st.none(), answers)) for _ in range(length))
    return Survey(
        id,
        title=draw(TEXTS),
        columns=columns,
        labels=draw(st.dictionaries(WORDS, TEXTS, max_size=2)),
        value_labels=draw(st.dictionaries(WORDS, st.dictionaries(WORDS, TEXTS), max_size=1)),
        case_column=draw(st.sampled_from(["", *columns])),
        extra=draw(EXTRAS),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """A whole study whose references all hold."""
    cases = draw(ids("F"))
    people = draw(ids("P"))
    of_case, of_person = one_of(cases), one_of(people)
    a_case = st.sampled_from(cases) if cases else st.nothing()
    some_of = lambda names: st.lists(st.sampled_from(names), max_size=2).map(tuple) if names else st.just(())  # noqa: E731
    source_ids = draw(ids("s", 2))
    texts = {id: draw(TEXTS.filter(lambda text: not text.startswith("\ufeff"))) for id in source_ids}
    sources = [
        Source(
            id, f"{number}.txt", draw(TEXTS), draw(of_case), draw(of_person), draw(DATES), draw(TEXTS), draw(TEXTS),
            draw(TEXTS), text_hash(texts[id]), tuple(draw(st.lists(st.integers(0, 99), max_size=2))),
        )
        for number, id in enumerate(source_ids)
    ]  # fmt: skip
    turns = [
        Turn(
            id,
            number,
            number,
            number + 1,
            draw(TEXTS),
            draw(of_person),
            draw(TEXTS),
            draw(WORDS),
            draw(st.none() | SECONDS),
        )
        for id in source_ids
        for number in range(draw(st.integers(0, 2)))
    ]
    codes = draw(ids("c"))
    quotations = draw(
        rows(
            Quotation, draw(ids("q")), source=one_of(source_ids), text=TEXTS, locator=TEXTS, case=of_case,
            participant=of_person, mark=TEXTS,
        )
    )  # fmt: skip
    coder_ids = draw(ids("coder", 2))
    quotation_ids = [quotation.id for quotation in quotations]
    codings = draw(
        rows(
            Coding, draw(ids("k")) if quotation_ids and codes else [], quotation=st.sampled_from(quotation_ids or [""]),
            code=st.sampled_from(codes or [""]), coder=one_of(coder_ids), note=TEXTS,
        )
    )  # fmt: skip
    claims = [
        Claim(
            id, draw(TEXTS), draw(WORDS), draw(TEXTS), draw(some_of(cases)), draw(st.dictionaries(WORDS, TEXTS, max_size=2)),
            draw(TEXTS), tuple(ClaimVersion(draw(WORDS), draw(TEXTS), draw(TEXTS)) for _ in range(draw(st.integers(0, 2)))),
            tuple(ClaimForm(draw(WORDS), draw(TEXTS), draw(EXTRAS)) for _ in range(draw(st.integers(0, 2)))), draw(EXTRAS),
        )
        for id in draw(ids("P"))
    ]  # fmt: skip
    claim_ids = [claim.id for claim in claims]
    coding_ids = [coding.id for coding in codings]
    return Snapshot.of(
        draw(studies()),
        texts=texts,
        cases=draw(rows(Case, cases, keep="attributes")),
        participants=draw(
            rows(Participant, people, case=of_case, role=TEXTS, consent=TEXTS, consent_until=DATES, note=TEXTS)
        ),
        sources=sources,
        turns=turns,
        codes=draw(
            rows(Code, codes, name=TEXTS, parent=one_of(codes), level=WORDS, definition=TEXTS, include=TEXTS, colour=TEXTS)
        ),
        coders=draw(rows(Coder, coder_ids, name=TEXTS)),
        quotations=quotations,
        codings=codings,
        events=draw(
            rows(Event, draw(ids("e")) if cases else [], case=a_case, kind=WORDS, place=PLACES, date=DATES, mode=TEXTS)
        ),
        ties=draw(
            rows(Tie, draw(ids("t")) if cases else [], case=a_case, alter=WORDS, place=PLACES, start=DATES, knows=some_of(["A", "B;C"]))
        ),
        observations=draw(
            rows(Observation, draw(ids("o")) if cases else [], case=a_case, measure=WORDS, date=DATES, value=TEXTS, unit=TEXTS)
        ),
        memos=draw(rows(Memo, draw(ids("m")), about_kind=TEXTS, about=TEXTS, date=DATES, author=TEXTS, text=TEXTS)),
        constructs=[
            Construct(
                id, draw(TEXTS), draw(WORDS), draw(some_of(codes)), draw(TEXTS),
                calibrate=draw(st.dictionaries(WORDS, PLAIN_OR_NONE, max_size=2)), extra=draw(EXTRAS),
            )
            for id in draw(ids("k"))
        ],
        claims=claims,
        stances=[
            Stance(
                id, draw(st.sampled_from(claim_ids)), draw(of_case), draw(one_of(coding_ids)), draw(TEXTS), draw(WORDS),
                draw(TEXTS), draw(EXTRAS),
            )
            for id in (draw(ids("s")) if claim_ids else [])
        ],
        samples=draw(rows(Sample, draw(ids("n")), study=TEXTS, n=st.none() | st.integers(0, 999), same_as=TEXTS)),
        analyses=[
            Analysis(
                id, draw(WORDS), draw(TEXTS), draw(one_of(claim_ids)), draw(st.dictionaries(WORDS, PLAIN, max_size=2)),
                draw(TEXTS), draw(st.none() | st.dictionaries(WORDS, PLAIN_OR_NONE, max_size=2)), draw(EXTRAS),
            )
            for id in draw(ids("a"))
        ],
        surveys=[draw(surveys(id)) for id in draw(ids("w", 2))],
        acceptances=[
            Acceptance(id, draw(WORDS), draw(WORDS), draw(WORDS), draw(WORDS), draw(TEXTS), draw(DATES), draw(EXTRAS))
            for id in draw(ids("a"))
        ],
    )  # fmt: skip
