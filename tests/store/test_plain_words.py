"""The quick pattern for plain texts finds what the one for all scripts finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crosscase.store import words as module

#: Letters, digits and signs below the first combining mark, soft hyphens, and a few from beyond.
TEXTS = st.text(
    st.one_of(st.characters(max_codepoint=0x2FF), st.sampled_from("\u00ad\u0301\u4e00\u0e01\u200d\ufb01 _-"))
)


@given(TEXTS)
def test_both_patterns_find_the_same_words(text: str) -> None:
    whole = [(module._fold(found[0]), *found.span()) for found in module._pattern().finditer(text)]
    assert list(module.places(text)) == whole
    lower = text.lower()
    found = [word if word.isascii() else module._folded(word) for word in module._pattern().findall(lower)]
    assert module.words(text) == found


def test_only_a_plain_text_takes_the_quick_one() -> None:
    assert module._word_pattern("naïve Über-Mut 2x") is module._PLAIN_WORD
    for text in ("e\u0301", "co\u00adoperate", "市场", "ﬁ"):
        assert module._word_pattern(text) is module._pattern()
