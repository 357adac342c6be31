"""The questions of an interview guide, found again in a text: by their number or by their words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from crosscase.core import Question
from crosscase.text.segments import lines, words

__all__ = ["Guide", "QuestionLine", "question_lines"]

#: How much of a question's words must stand in what was said.
SHARE = 0.7

_NUMBERED = re.compile(
    r"[ \t]*(?:\*\*|__)?(?P<q>Q(?:uestion)?[ .]*)?(?P<number>\d{1,2})(?:[.):]|(?<=\d)[ ]*[-–—]|(?=[ ]))[ \t]*",
    re.IGNORECASE,
)


class QuestionLine(NamedTuple):
    """A line that asks a question of the guide: its span, and the question's id."""

    start: int
    end: int
    question: str


class Guide:
    """The guide's questions by their words.

    >>> guide = Guide([Question("Q1", text="When did you first sell abroad?"), Question("Q2", text="Why that country?")])
    >>> guide.match("So, when did you, ehm, first sell abroad?"), guide.match("Fine.")
    ('Q1', '')
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        self._by_number = {_number(question.id): question.id for question in questions if _number(question.id)}
        self._words = {question.id: _vocabulary(question.text) for question in questions}
        self._by_word: dict[str, list[str]] = {}
        for id, vocabulary in self._words.items():
            for word in vocabulary:
                self._by_word.setdefault(word, []).append(id)

    def match(self, said: str, *, whole: bool = False) -> str:
        """The id of the question that these words ask, or empty.

        At least 70 % of the question's words must be there; with ``whole``, they must also make up 70 % of what is said.
        """
        if not self._by_word:
            return ""
        vocabulary = _vocabulary(said)
        counts = Counter(id for word in vocabulary for id in self._by_word.get(word, ()))
        best, share = "", 0.0
        for id, count in counts.items():
            of_question = count / len(self._words[id])
            enough = of_question >= SHARE and (not whole or count / len(vocabulary) >= SHARE)
            if enough and count > 1 and of_question > share:
                best, share = id, of_question
        return best

    def numbered(self, number: int) -> str:
        """The id of the question with this number: the guide's own, or ``Q`` and the number."""
        return self._by_number.get(number, f"Q{number}")


def question_lines(text: str, guide: Guide) -> list[QuestionLine]:
    """The lines that ask a question of the guide, when there are at least two.

    A numbered line counts when it begins with ``Q``, or has a question mark, or has the words of a question of the guide;
    the numbers must rise.  A line without a number counts when it has the words of a question and little else.
    """
    found: list[QuestionLine] = []
    last = 0
    for start, end in lines(text):
        line = text[start:end]
        if not line or line.isspace():
            continue
        numbered = _NUMBERED.match(line)
        asked = guide.match(line, whole=True)
        if numbered is not None and numbered.end() < len(line):
            number = int(numbered["number"])
            plausible = bool(asked or numbered["q"] or line.rstrip(" *_").endswith(("?", "？", "؟")))
            if plausible and last < number <= last + 10:
                last = number
                found.append(QuestionLine(start, end, asked or guide.numbered(number)))
                continue
        if asked:
            found.append(QuestionLine(start, end, asked))
    return found if len(found) > 1 else []


def leading_number(said: str) -> int | None:
    """The number with which what is said begins (``Q3.``, ``3)``), or ``None``."""
    numbered = _NUMBERED.match(said)
    if numbered is None or not (
        numbered["q"] or said[numbered.end("number") : numbered.end("number") + 1] in (".", ")")
    ):
        return None
    return int(numbered["number"])


def _number(id: str) -> int | None:
    digits = re.fullmatch(r"[A-Za-z]?(\d+)", id)
    return int(digits[1]) if digits else None


def _vocabulary(text: str) -> set[str]:
    folded = text.casefold()
    return {folded[start:end] for start, end in words(folded)}
