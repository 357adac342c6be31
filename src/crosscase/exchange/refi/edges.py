"""Whether the ends of a selection stand where words do, and how much that says.

A person selects words, sentences or lines; now and then a selection begins inside a word.  How often an end stands where by
chance depends on the text, so it is counted there: what a kind of place says is the logarithm of how much oftener the ends
of selections stand there than places that nobody chose (a likelihood ratio).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from math import log

__all__ = ["BETWEEN", "EDGE", "INSIDE", "NAMED", "Edges", "Span"]

Span = tuple[int, int] | None

#: Points of one end of a selection: at the edge of a word, between words, inside a word.
EDGE, BETWEEN, INSIDE = 2, 1, 0
#: Points when the selection's name repeats its words.
NAMED = 4

# Kinds of places.  In scripts that are written without spaces it cannot be told what is inside a word.
_LINE, _EDGE, _BETWEEN, _INSIDE, _UNTOLD = range(5)
_POINTS = (EDGE, EDGE, BETWEEN, INSIDE, BETWEEN)
#: How often the ends that people choose stand at each kind of place, in a text with and in one without spaces.
_CHOSEN = (0.20, 0.55, 0.13, 0.12, 0.02)
_CHOSEN_UNSPACED = (0.20, 0.35, 0.05, 0.02, 0.38)
#: Without spaces punctuation alone tells, and less than it seems: so much is taken off.
_UNSPACED_DOUBT = 0.35
#: So many places of a text are counted.
_COUNTED = 250
#: What a position says that is outside the text or inside a character.
_NOWHERE = -3.0
#: What a letter of a name says that repeats the words, and all of them together at most.
_LETTER, _WHOLE_NAME = 1.5, 6.0

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]"
)
_CUT = re.compile(r"\s*(?:…|\.\.\.)\s*$")


class Edges:
    """The places of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        step = max(1, len(text) // _COUNTED)
        places = range(step // 2, len(text), step)
        self._starts = _says([self._start(place) for place in places])
        self._ends = _says([self._end(place) for place in places if place])

    def of(self, span: Span) -> int:
        """The points of both ends."""
        if span is None or span[0] == span[1]:
            return 0
        return _POINTS[self._start(span[0])] + _POINTS[self._end(span[1])]

    def evidence(self, span: Span, name: str) -> float:
        """The logarithm of how much likelier a person has selected this span than chance has."""
        if span is None:
            return _NOWHERE
        if span[0] == span[1]:
            return 0.0
        said = self._starts[self._start(span[0])] + self._ends[self._end(span[1])]
        return said + (min(_WHOLE_NAME, _LETTER * len(name)) if self.named(span, name) else 0.0)

    def named(self, span: Span, name: str) -> bool:
        """Whether the name repeats the words, whole or cut."""
        if span is None or not name or span[0] == span[1]:
            return False
        cut = _CUT.search(name)
        shown = "".join((name[: cut.start()] if cut else name).split())
        if not shown:
            return False
        words = "".join(self.text[span[0] : min(span[1], span[0] + 3 * len(name) + 200)].split())
        return words == shown or (len(shown) >= 8 and cut is not None and words.startswith(shown))

    def _start(self, place: int) -> int:
        text = self.text
        if place == 0 or text[place - 1] in "\r\n":
            return _LINE if place == 0 or text[place - 1 : place + 1] != "\r\n" else _BETWEEN
        before, after = text[place - 1], text[place]
        if after.isspace():
            return _BETWEEN
        if _of_word(before):
            return _within(before, after) if _of_word(after) else _BETWEEN
        return _EDGE

    def _end(self, place: int) -> int:
        text = self.text
        if place == len(text):
            return _LINE
        before, after = text[place - 1], text[place]
        if before == "\n" or after in "\r\n":
            return _LINE if before != "\r" or after != "\n" else _BETWEEN
        if before.isspace():
            return _BETWEEN
        if _of_word(after):
            return _within(before, after) if _of_word(before) else _BETWEEN
        return _EDGE


@cache
def _of_word(character: str) -> bool:
    """Letters and digits with the marks that stand on them, and what joins them."""
    return unicodedata.category(character)[0] in "LNM" or character in "_\u200c\u200d"


def _within(before: str, after: str) -> int:
    if before < "\u0e00" and after < "\u0e00":
        return _INSIDE
    return _UNTOLD if _UNSPACED.match(before) or _UNSPACED.match(after) else _INSIDE


def _says(kinds: list[int]) -> list[float]:
    """What each kind of place says, by how many of the text's places are of it."""
    by_chance = [(kinds.count(kind) + 0.5) / (len(kinds) + 2.5) for kind in range(5)]
    inside, untold = kinds.count(_INSIDE), kinds.count(_UNTOLD)
    unspaced = untold / (inside + untold) if untold else 0.0
    chosen = [(1 - unspaced) * one + unspaced * other for one, other in zip(_CHOSEN, _CHOSEN_UNSPACED, strict=True)]
    trust = 1 - _UNSPACED_DOUBT * unspaced
    return [trust * log(one / chance) for one, chance in zip(chosen, by_chance, strict=True)]
