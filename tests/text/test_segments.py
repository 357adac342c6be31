from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.text.segments import Span, lines, paragraphs, sentences, words


def cut(text: str, spans: list[Span]) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\r\nb\rc\nd\u2028e", ["a", "b", "c", "d", "e"]),
        ("a\n\nb\n", ["a", "", "b"]),
        ("\n\n", ["", ""]),
    ],
)
def test_lines(text: str, expected: list[str]) -> None:
    assert cut(text, lines(text)) == expected


def test_each_line_is_a_paragraph_unless_the_text_is_wrapped() -> None:
    wrapped = (
        "This line was broken at a width of some seventy characters by a\nprogram that wraps.\n\n"
        "And this one too, since it is long enough to have been broken by\nthe same program.\n"
    )
    assert len(paragraphs(wrapped)) == 2
    assert len(paragraphs("I: Why?\nP: Because.\n\nI: So?\nP: Well.\n")) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. J. Li came. He sold.", ["Mr. J. Li came.", "He sold."]),
        ("It grew by 3.5 percent. Then it fell!", ["It grew by 3.5 percent.", "Then it fell!"]),
        ("Well... we tried. “Really?” Yes.", ["Well... we tried.", "“Really?”", "Yes."]),
        ("Das war z.B. Ulm. Gut.", ["Das war z.B. Ulm.", "Gut."]),
        ("我们开始了。然后呢？好。", ["我们开始了。", "然后呢？", "好。"]),
        ("هل بعت؟ نعم.", ["هل بعت؟", "نعم."]),
        ("No stop\nNext line.", ["No stop", "Next line."]),
        ("So did I. Then we left.", ["So did I.", "Then we left."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text, sentences(text)) == expected


def test_a_word_keeps_its_combining_marks() -> None:
    text = "re\u0301sume\u0301 का काम don’t well-known"
    assert cut(text, words(text)) == ["re\u0301sume\u0301", "का", "काम", "don’t", "well-known"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "B.", "?", " ", "\n", "\r\n", "😀", "ש", "\u0301", "3", "…", "”"]), max_size=60))
def test_spans_are_in_order_and_leave_no_word_out(pieces: list[str]) -> None:
    text = "".join(pieces)
    for find in (paragraphs, sentences):
        spans = find(text)
        assert all(a.end <= b.start for a, b in pairwise(spans))
        assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
        assert "".join("".join(cut(text, spans)).split()) == "".join(text.split())
