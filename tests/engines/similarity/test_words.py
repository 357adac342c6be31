"""The nearest texts by words and by vectors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crosscase.engines.similarity import VectorIndex, WordIndex

TEXTS = [
    "We met the client at a fair in Cologne",
    "Fairs are where you meet clients",
    "The bank refused the loan",
    "نبيع في القاهرة ثم في دبي",
    "我们在东京有一个客户",
    "",
]


def test_the_same_text_is_nearest_and_what_shares_nothing_is_left_out() -> None:
    index = WordIndex(TEXTS)
    for row, text in enumerate(TEXTS[:-1]):
        first = index.nearest(text)[0]
        assert first.row == row
        assert first.score == pytest.approx(1)
    assert index.nearest("qqqq zzzz") == []
    assert index.nearest("") == []


def test_the_same_stem_is_found_under_another_ending_and_in_other_scripts() -> None:
    index = WordIndex(TEXTS)
    assert [one.row for one in index.nearest("meeting a clientele", 2)] == [0, 1]
    assert index.nearest("القاهرة")[0].row == 3
    assert index.nearest("东京的客户")[0].row == 4


def test_a_similarity_worked_by_hand() -> None:
    """Two texts of words of one letter, whose only piece of two characters or more is the letter with its margins.

    "x y" against "x z" among these two: idf of x is ln(3/3)+1 = 1, of y and z ln(3/2)+1 = i.  The cosine of the words is
    1 / (1 + i²).  Each word has the pieces " x", "x ", " x ": three of its own with the idf of the word, so the cosine of
    the pieces is the same, and so is the mean.
    """
    i = math.log(3 / 2) + 1
    [first, second] = WordIndex(["x y", "x z"]).nearest("x y")
    assert (first.row, second.row) == (0, 1)
    assert second.score == pytest.approx(1 / (1 + i**2))


def test_shared_words_leave_out_what_is_everywhere() -> None:
    texts = [f"the founder said number{n}" for n in range(50)] + ["the fair in cologne", "a fair in bremen"]
    index = WordIndex(texts)
    assert index.shared("the fair of the founder", 50) == ["fair"]
    assert WordIndex(["", "  "]).nearest("fair") == []
    assert WordIndex(["the fair", "the fair"]).shared("the fair", 0) == ["fair", "the"]


def test_the_nearest_vectors_by_their_cosine() -> None:
    index = VectorIndex([[2, 0], [0, 5], [1, 1], [-1, 0], [0, 0]])
    found = index.nearest([3, 0])
    assert [one.row for one in found] == [0, 2]
    assert [one.score for one in found] == pytest.approx([1, math.sqrt(0.5)])
    assert VectorIndex(np.zeros((0, 3))).nearest([1, 0, 0]) == []
