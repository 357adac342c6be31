"""Quotations and their sources.  Distances are worked by hand in the tests or against the textbook recurrence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.text.distance import infix_distance
from crosscase.text.matching import SourceIndex, match_quotation
from crosscase.text.normal import Normal

SOURCE = (
    "Interviewer: How did you begin?\n"
    "Maria: Well, we inter-\nnationalized early – in “our” second year, you know… It wasn’t a well-known\u00a0firm  then. "
    "The first\u00adclient was Ge\u0301rard, in \ufb01nance. He [laughs] paid us late, but he paid in full.\n"
)


@pytest.mark.parametrize(
    ("quotation", "manner", "found"),
    [
        ("How did you begin?", "exact", "How did you begin?"),
        ('we internationalized early - in "our" second year', "typography", "we inter-\nnationalized early – in “our” second year"),
        ("It wasn't a well-known firm then.", "typography", "It wasn’t a well-known\u00a0firm  then."),
        ("G\u00e9rard, in finance", "typography", "Ge\u0301rard, in \ufb01nance"),
        ("“How did you begin?”", "typography", "How did you begin?"),
        ("you know... It wasn't", "typography", "you know… It wasn’t"),
        ("a wellknown firm", "hyphens", "a well-known\u00a0firm"),
        ("we inter-nationalized early", "hyphens", "we inter-\nnationalized early"),
        ("HOW DID YOU BEGIN?", "case", "How did you begin?"),
        ("he [laughs] paid us late", "case", "He [laughs] paid us late"),
        ("in our second", "near", None),
        ("He [laughs] paid us late.", "typography", "He [laughs] paid us late"),
    ],
)  # fmt: skip
def test_manners(quotation: str, manner: str, found: str | None) -> None:
    match = match_quotation(quotation, SOURCE)
    assert match.manner == manner
    assert match.verbatim == (manner != "near")
    if found is not None:
        assert SOURCE[match.start : match.end] == found


@pytest.mark.parametrize("cut", ["...", "…", "[...]", "[…]", "(...)", "[ . . . ]", ". . ."])
def test_cuts_are_shown(cut: str) -> None:
    match = match_quotation(f"He [laughs] paid us late, {cut} paid in full", SOURCE)
    assert match.verbatim
    assert [SOURCE[start:end] for start, end in match.cuts] == ["but he"]


def test_cuts_at_the_ends_cut_nothing_off() -> None:
    match = match_quotation("... we internationalized early ...", SOURCE)
    assert match.verbatim
    assert SOURCE[match.start : match.end] == "we inter-\nnationalized early"


def test_insertions_are_shown() -> None:
    match = match_quotation("[The French client] paid us late, but [Gérard] paid in full", SOURCE)
    assert match.verbatim
    assert match.insertions == ("The French client", "Gérard")
    assert [SOURCE[start:end] for start, end in match.cuts] == ["he"]
    assert match_quotation("[H]ow did you begin?", SOURCE).insertions == ("H",)


def test_parts_in_the_wrong_order_do_not_match() -> None:
    assert not match_quotation("paid in full [...] we internationalized early", SOURCE).verbatim


def test_the_closest_chain_is_taken() -> None:
    text = "we grew and then much later stopped. we grew fast and stopped."
    match = match_quotation("we grew [...] stopped.", text)
    assert text[match.start : match.end] == "we grew fast and stopped."
    assert match.occurrences == 2


def test_how_far_off_and_where() -> None:
    # one word changed: paid -> payed, Levenshtein 2 (i -> y, + e)
    match = match_quotation("but he payed in full", SOURCE)
    assert (match.manner, match.distance) == ("near", 2)
    assert match.similarity == pytest.approx(1 - 2 / 20, abs=1e-12)  # exact arithmetic but for the last bit
    assert match.difference is not None
    assert (match.difference.quoted, match.difference.found) == ("payed", "paid")
    assert SOURCE[match.difference.start : match.difference.end] == "paid"
    assert "payed" in str(match)


def test_a_word_left_out_is_named() -> None:
    match = match_quotation("The first client Gérard", "The first client was Gérard, in finance")
    assert match.manner == "near"
    assert match.difference is not None
    assert (match.difference.quoted, match.difference.found) == ("", "was")


@pytest.mark.parametrize("quotation", ["", "  ", "“”", "Completely other words were never spoken here, quite surely."])
def test_nothing_like_it(quotation: str) -> None:
    match = match_quotation(quotation, SOURCE)
    assert match.manner == "none"
    assert match.start is None


def test_markup_of_regular_expressions_means_nothing() -> None:
    assert match_quotation("a+b (c) [d", "x a+b (c) [d y").manner == "exact"


def levenshtein_infix(sought: str, text: str) -> int:
    """The recurrence of Sellers (1980): a column a character, free beginning and end."""
    column = list(range(len(sought) + 1))
    best = column[-1]
    for character in text:
        above = [0]
        for row, wanted in enumerate(sought, 1):
            above.append(min(column[row - 1] + (wanted != character), column[row] + 1, above[-1] + 1))
        column = above
        best = min(best, column[-1])
    return best


@settings(deadline=None)
@given(st.text("abc", max_size=12), st.text("abcd", max_size=24))
def test_the_distance_is_the_textbooks(sought: str, text: str) -> None:
    distance, end = infix_distance(sought, text)
    assert distance == levenshtein_infix(sought, text)
    # and a part that ends there has that distance
    assert distance == min(levenshtein_infix_exact(sought, text[start:end]) for start in range(end + 1))


def levenshtein_infix_exact(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for number, character in enumerate(left, 1):
        below = [number]
        for column, other in enumerate(right, 1):
            below.append(min(row[column - 1] + (character != other), row[column] + 1, below[-1] + 1))
        row = below
    return row[-1]


PIECES = ["ab", "c", "-", "\n", "\r\n", " ", "“", "…", "\ufb01", "e\u0301", "😀", "\u00ad", "\u200b", ".", "x", "İ"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.booleans(), st.booleans())
def test_the_normal_form_leads_back(pieces: list[str], hyphens: bool, case: bool) -> None:
    source = "".join(pieces)
    normal = Normal(source, hyphens=hyphens, case=case)
    previous = 0
    for position in range(len(normal.text)):
        start, end = normal.source_span(position, position + 1)
        assert previous <= start < end <= len(source)
        previous = start
    assert not set(normal.text) & set("“…\ufb01\u00ad\u200b\n")


@settings(deadline=None)
@given(st.data())
def test_any_span_of_a_source_is_found_again(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SOURCE) - 12))
    end = data.draw(st.integers(start + 12, len(SOURCE)))
    levelled = " ".join(SOURCE[start:end].replace("-\n", "").replace("\u00ad", "").split())
    match = SourceIndex(SOURCE).find(levelled.translate(str.maketrans("“”’–", '""\'-')))
    assert match.verbatim
