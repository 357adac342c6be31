"""Words as the search knows them: the same on both databases, because neither of them divides the text.

A word is a run of letters, digits and combining marks; case, the accents of Latin, Greek and Cyrillic letters, soft
hyphens and compatibility forms (ﬁ, full width) are ignored.  In scripts that are written without spaces (Chinese,
Japanese, Thai, Lao, Khmer, Burmese) every character is a word, so that a string of them is found as a phrase.

SQLite's FTS5 gets the words joined by spaces and divides at spaces; PostgreSQL gets them as a finished ``tsvector``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

#: Scripts in which every character stands for itself.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
#: Soft hyphen, joiners: inside a word, and no part of it.
_INVISIBLE = "\u00ad\u200c\u200d\u2060"

_ASCII_WORD = re.compile(r"[a-z0-9]+")

#: Words of a text without marks, joiners and scripts of their own, as nearly every one in a Latin script is; and what makes
#: a text another one.
_PLAIN_WORD = re.compile(r"[^\W_]+")
_NOT_PLAIN = re.compile("[\u00ad\u0300-\U0010ffff]")

#: The longest passage and how much of it the next one repeats, in code points.
LONGEST = 1500
OVERLAP = 150

_BLANK_LINE = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*[\r\n]\s*")


def words(text: str) -> list[str]:
    """The words of a text, folded.

    >>> words("Naïve “E-Mails” to München, 市场")
    ['naive', 'e', 'mails', 'to', 'munchen', '市', '场']
    """
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    lower = text.lower()
    return [word if word.isascii() else _folded(word) for word in _word_pattern(lower).findall(lower)]


def places(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text with their offsets in code points, end exclusive.

    >>> list(places("a naïve"))
    [('a', 0, 1), ('naive', 2, 7)]
    """
    for found in _word_pattern(text).finditer(text):
        yield _fold(found.group()), *found.span()


def passages(text: str) -> Iterator[tuple[int, int]]:
    """The pieces that a text is searched in, as offsets: its paragraphs, long ones cut with an overlap.

    >>> list(passages("One.\\n\\nTwo."))
    [(0, 4), (6, 10)]
    """
    start = 0
    for gap in _BLANK_LINE.finditer(text):
        yield from _pieces(text, start, gap.start())
        start = gap.end()
    yield from _pieces(text, start, len(text))


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        cut = _space_before(text, start + LONGEST, start + LONGEST - OVERLAP)
        yield start, cut
        start = _space_before(text, cut - OVERLAP // 2, cut - OVERLAP)
    if end > start:
        yield start, end


def _space_before(text: str, place: int, earliest: int) -> int:
    """The last place after a white space that is not before ``earliest``; the place itself when there is none."""
    for candidate in range(place, earliest, -1):
        if text[candidate - 1].isspace():
            return candidate
    return place


def is_latin(text: str) -> bool:
    """Whether each letter of a text is folded to one letter; what else is in it are signs that are in no word."""
    return text.isascii() or not _latin()[1].search(text)


def spellings(letter: str) -> str:
    """A pattern for what stands in a Latin text for a letter of a folded word."""
    return _latin()[0].get(letter, re.escape(letter))


@cache
def _latin() -> tuple[dict[str, str], re.Pattern[str]]:
    """For each folded letter the pattern of what is folded to it; and what finds anything that is not folded one by one."""
    folded: dict[str, str] = {}
    other = [_INVISIBLE]
    for one in map(chr, range(0x300)):
        if one.isalnum():
            alone = _fold(one)
            # one that is two letters when it is folded, or nothing inside a word
            if len(alone) != 1 or _fold(f"x{one}x") != f"x{alone}x":
                other.append(one)
            else:
                folded[alone] = folded.get(alone, "") + one
    patterns = {letter: f"[{re.escape(those)}]" for letter, those in folded.items()}
    return patterns, re.compile(f"[{''.join(other)}\u0300-\u2010\u2028-\u2038\u203b-\U0010ffff]")


def _word_pattern(text: str) -> re.Pattern[str]:
    """A pattern that finds the words of this text: the quick one where both find the same."""
    return _pattern() if _NOT_PLAIN.search(text) else _PLAIN_WORD


@cache
def _pattern() -> re.Pattern[str]:
    marks = "".join(
        f"\\U{first:08x}-\\U{last:08x}"
        for first, last in [*_runs(range(0x300, 0x1E000)), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF)]
    )
    return re.compile(rf"[{_UNSPACED}][{marks}]*|(?:[^\W_{_UNSPACED}]+|[{marks}{_INVISIBLE}]+)+")


def _runs(characters: range) -> list[tuple[int, int]]:
    """The runs of combining marks among these characters."""
    runs: list[tuple[int, int]] = []
    for character in characters:
        if unicodedata.category(chr(character))[0] == "M":
            if runs and runs[-1][1] == character - 1:
                runs[-1] = (runs[-1][0], character)
            else:
                runs.append((character, character))
    return runs


@cache
def _folded(word: str) -> str:
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept = (one for one in parts if not "\u0300" <= one <= "\u036f" and one not in _INVISIBLE)
    folded = unicodedata.normalize("NFC", "".join(one for one in kept if one.isalnum() or one >= "\x80"))
    return folded or word


def _fold(word: str) -> str:
    return word.lower() if word.isascii() else _folded(word)
