from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.text.display import join_split_words
from crosscase.text.segments import Span


def test_words_are_joined_and_positions_lead_back() -> None:
    stored = "We inter-\r\n  nationalized in 2004-\n2006 and Anglo-\nAmerican."
    shown = join_split_words(stored)
    assert shown.text == "We internationalized in 2004-\n2006 and Anglo-\nAmerican."
    start = shown.text.index("internationalized")
    span = shown.span_to_stored(start, start + len("internationalized"))
    assert stored[span.start : span.end] == "inter-\r\n  nationalized"
    assert shown.to_display(stored.index("nationalized")) == start + 5


def test_a_hyphenated_word_that_stands_elsewhere_keeps_its_hyphen() -> None:
    assert join_split_words("a well-\nknown firm, well-known").text == "a well-known firm, well-known"
    assert join_split_words("a well\u00ad\nknown firm, well-known").text == "a wellknown firm, well-known"


def test_a_span_ends_before_a_cut() -> None:
    shown = join_split_words("inter-\nnational")
    assert shown.span_to_stored(0, 5) == Span(0, 5)
    assert shown.span_to_stored(5, 13) == Span(7, 15)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["ab", "-", "\u00ad", "\n", "\r\n", " ", "😀", "C", "x"]), max_size=60))
def test_there_and_back(pieces: list[str]) -> None:
    stored = "".join(pieces)
    shown = join_split_words(stored)
    hidden = {position for start, end in shown.cuts for position in range(start, end)}
    assert shown.text == "".join(character for position, character in enumerate(stored) if position not in hidden)
    for position in range(len(shown.text)):
        assert stored[shown.to_stored(position)] == shown.text[position]
        assert shown.to_display(shown.to_stored(position)) == position
    for position, character in enumerate(stored):
        if position not in hidden:
            assert shown.text[shown.to_display(position)] == character
