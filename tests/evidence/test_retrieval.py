"""Finding quotations: the language, and what fits it held against a definition in plain words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core import Case, Code, Coding, Participant, Quotation, Snapshot, Source, Study, Variable
from crosscase.core.errors import ExpressionError, InputError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.evidence.retrieval import And, Beside, Coded, Everything, Has, Not, Or, Where, joined, parse, quoted

#: Six paragraphs of ten characters with the line end.
TEXT = "\n".join(f"para {number:04}" for number in range(6))
CODES = [Code("a", "Alpha"), Code("a1", "Twin", "a"), Code("a2", "Below", "a1"), Code("b", "Twin"), Code("c", "C c")]


def study(spans, codings, marks=()) -> Snapshot:
    """Two sources of two cases and locators of a third; spans are (source or "", start, end)."""
    quotations = [
        Quotation(f"q{n}", source, start, end, TEXT[start:end], mark=dict(marks).get(n, ""))
        if source
        else Quotation(f"q{n}", locator=f"page {start}", case="F3")
        for n, (source, start, end) in enumerate(spans)
    ]
    return Snapshot.of(
        Study(variables=(Variable("founded", "year"), Variable("sector"))),
        texts={"S1": TEXT, "S2": TEXT},
        cases=[Case("F1", {"founded": "2001", "sector": "Software"}), Case("F2", {"sector": "toys"}), Case("F3")],
        participants=[Participant("P1", "F1", "Founder, CEO"), Participant("P2", "F2", "Export manager")],
        sources=[Source("S1", kind="interview", case="F1", participant="P1"), Source("S2", kind="web", case="F2")],
        codes=CODES,
        quotations=quotations,
        codings=[Coding(f"k{n}", f"q{about}", code, coder) for n, (about, code, coder) in enumerate(codings)],
    )


# -- the definition, as a person would apply it to one passage after the other -------------------------------------------


class Plain:
    """The passages of a study as sets of quotations, asked one by one."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.passages: dict[object, list[Quotation]] = {}
        for one in snapshot.quotations:
            key = (one.source, one.start, one.end) if one.start is not None else one.id
            self.passages.setdefault(key, []).append(one)

    def find(self, query) -> set[frozenset[str]]:
        return {frozenset(one.id for one in those) for those in self.passages.values() if self.fits(query, those)}

    def fits(self, query, those) -> bool:
        first = those[0]
        match query:
            case Everything():
                return True
            case Not():
                return not self.fits(query.one, those)
            case And():
                return all(self.fits(one, those) for one in query.parts)
            case Or():
                return any(self.fits(one, those) for one in query.parts)
            case Beside():
                return self.fits(query.one, those) and any(
                    self.fits(query.other, others) and self.beside(those, others, query.within)
                    for others in self.passages.values()
                )
            case Coded():
                below = set(self.snapshot.subtree(query.code)) if query.below else {query.code}
                return any(
                    (not query.code or coding.code in below) and query.coder in ("", coding.coder)
                    for one in those
                    for coding in self.snapshot.codings.where(quotation=one.id)
                )
            case Has("case", value):
                return (self.snapshot.case_of_quotation[first.id]) == value
            case Has("kind", value):
                return bool(first.source) and self.snapshot.sources[first.source].kind == value
            case Has("text", value):
                return value.casefold() in f"{first.text} {first.locator}".casefold()
            case Has("mark", value):
                return any(one.mark == value for one in those)
            case Where("founded >= 2000"):
                return self.snapshot.case_of_quotation[first.id] == "F1"  # the only case with a year
        raise AssertionError(query)

    def beside(self, those, others, within) -> bool:
        one, other = those[0], others[0]
        if one.start is None or other.start is None:
            return one.id == other.id
        if one.source != other.source:
            return False
        if within is None:
            return one.start < other.end and other.start < one.end
        # nine characters and a line end: a character's place // 10 is the number of its paragraph
        first, last, others_first, others_last = (
            place // 10 for place in (one.start, one.end - 1, other.start, other.end - 1)
        )
        return others_first - last <= within and first - others_last <= within


spans = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["S1", "S2"]), st.integers(0, 57), st.integers(1, 25)).map(
            lambda one: (one[0], one[1], min(one[1] + one[2], len(TEXT)))
        ),
        st.tuples(st.just(""), st.integers(1, 9), st.just(0)),
    ),
    max_size=12,
)  # fmt: skip
coders = st.sampled_from(["ana", "ben"])
codings = st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["a", "a1", "a2", "b"]), coders), max_size=20)
leaves = st.one_of(
    st.builds(Coded, st.sampled_from(["a", "a1", "a2", "b", "c"]), st.booleans(), st.sampled_from(["", "ana", "ben"])),
    st.builds(lambda coder: Coded(coder=coder), coders),
    st.builds(Has, st.just("case"), st.sampled_from(["F1", "F2", "F3"])),
    st.builds(Has, st.just("kind"), st.sampled_from(["interview", "web", "news"])),
    st.builds(Has, st.just("text"), st.sampled_from(["PARA", "a 0002", "page 3"])),
    st.builds(Has, st.just("mark"), st.just("proof")),
    st.just(Where("founded >= 2000")),
    st.just(Everything()),
)
queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Beside, inner, inner, st.sampled_from([None, 0, 1, 3])),
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(spans, codings, queries)
def test_what_is_found_is_what_the_definition_says(spans, codings, query):
    snapshot = study(spans, [one for one in codings if one[0] < len(spans)], marks=[(0, "proof")])
    passages = Ledger(snapshot).passages
    found = {frozenset(one.id for one in passages.quotations(number)) for number in passages.find(query)}
    assert found == Plain(snapshot).find(query)


@settings(max_examples=200, deadline=None)
@given(queries)
def test_a_query_is_read_as_it_is_written(query):
    assert parse(str(query)) == query


@given(st.text(max_size=30))
def test_no_text_makes_it_stumble(text):
    try:
        query = parse(text)
    except (ExpressionError, InputError):
        return
    assert parse(str(query)) == query


@given(st.text(min_size=1, max_size=20))
def test_any_value_can_be_written(value):
    assert parse(f"role:{quoted(value)}") == Has("role", value)


@settings(max_examples=150, deadline=None)
@given(spans, codings)
def test_codes_together_are_counted_as_the_queries_find_them(spans, codings):
    snapshot = study(spans, [one for one in codings if one[0] < len(spans)])
    passages = Ledger(snapshot).passages
    codes = ["a", "a1", "b", "c"]
    alone, together = passages.together(codes)
    for row, one in enumerate(codes):
        assert alone[one] == len(passages.find(parse(f"only:{one}")))
        for column, other in enumerate(codes):
            assert together[row, column] == len(passages.find(parse(f"only:{one} overlaps only:{other}")))


# -- single things -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def passages():
    made = [("S1", 0, 9), ("S1", 5, 19), ("S1", 40, 49), ("S2", 0, 9), ("", 7, 0)]
    coded = [(0, "a2", "ana"), (1, "b", "ben"), (2, "b", "ana"), (3, "a", "ben"), (4, "b", "ana")]
    return Ledger(study(made, coded)).passages


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("Anything overlaps code:b", [0, 1, 2, 4]),
        ("code:a", [0, 3]),
        ("only:a", [3]),
        ("CODE:Alpha by ana", [0]),
        ('code:"C C"', []),
        ("coder:ana", [0, 2, 4]),
        ("code:a overlaps code:b", [0]),
        ("code:b overlaps code:a", [1]),
        ("code:b near/3 code:a", [1]),
        ("code:b near/4 code:a", [1, 2]),
        ("not code:b overlaps code:a", [0, 2, 3, 4]),  # the relation binds closer than "not"
        ("(not code:b) overlaps code:b", [0]),
        ("role:founder", [0, 1, 2]),
        ("role:ceo", [0, 1, 2]),
        ("role:export", []),
        ("speaker:P1 source:S1 only:b", [1, 2]),
        ("founded >= 2000", [0, 1, 2]),
        ("not founded < 2000", [0, 1, 2, 3, 4]),
        ("founded != 2000", [0, 1, 2]),  # what is not known does not differ
        ('sector = "software" or sector in {Toys}', [0, 1, 2, 3]),
        ("mark:none and kind:web", [3]),
    ],
)
def test_questions(passages, query, found):
    assert passages.find(parse(query)) == found


@pytest.mark.parametrize(
    "query", ["code:nope", "case:F9", "source:S9", "kind:telegram", "mark:gold", "size > 3", "speaker:P9"]
)
def test_what_is_not_there_is_said(passages, query):
    with pytest.raises(NotFoundError):
        passages.find(parse(query))


def test_a_name_of_two_codes_is_refused(passages):
    with pytest.raises(InputError, match="2 codes are called 'twin'"):
        passages.find(parse("code:twin"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("code:a and", 10), ("(code:a", 0), ("code:a)", 6), ("colour:red", 0), ("code:a near code:b", 7), ("price", 0),
        ("code:a by", 9), ("founded >= ", 8), ("code:a near/9999 code:b", 7), ("text:\"open", 5), ("not", 3), ('code:""', 0),
    ],
)  # fmt: skip
def test_where_a_query_cannot_be_read(text, place):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.position == place


def test_deep_nesting_is_refused_and_no_stack_overflows():
    for text in ("(" * 3000 + "case:a" + ")" * 3000, "not " * 3000 + "case:a"):
        with pytest.raises(ExpressionError, match="too deeply"):
            parse(text)


def test_what_was_taken_back_is_found_by_neither_words_nor_speaker():
    snapshot = study([("S1", 0, 9), ("S2", 0, 9)], [(0, "a", "ana"), (1, "a", "ana")])
    people = [Participant("P1", "F1", "Founder", consent="withdrawn")]
    passages = Ledger(snapshot.replace(participants=type(snapshot.participants).of(Participant, people))).passages
    assert passages.find(parse("text:para")) == [1]
    assert passages.find(parse("speaker:P1")) == []
    assert passages.find(parse("role:founder")) == []
    assert passages.find(parse("code:a")) == [0, 1]
    assert (passages.text(0), passages.participant(0), passages.withdrawn(0)) == ("", "", True)


def test_two_coders_who_quote_the_same_words_make_one_passage():
    passages = Ledger(study([("S1", 0, 9), ("S1", 0, 9)], [(0, "a", "ana"), (1, "b", "ben")])).passages
    assert passages.find(parse("code:a and code:b")) == [0]
    assert len(passages) == 1


def test_a_study_with_nothing_in_it():
    passages = Ledger(Snapshot()).passages
    assert passages.find(parse("")) == []
    assert passages.find(parse("not text:a near/2 mark:proof")) == []
    assert passages.together([])[1].shape == (0, 0)


def test_parts_that_ask_for_nothing_are_left_out():
    assert joined(Everything(), Has("case", "F1")) == Has("case", "F1")
    assert joined() == Everything()
