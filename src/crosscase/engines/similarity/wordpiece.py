"""Text as the numbers of word pieces, as the uncased BERT models take it.

Words are lower-cased, stripped of accents and parted at white space, punctuation and Chinese characters; a word is then cut
from its beginning into the longest pieces that the vocabulary has (Wu et al., 2016; Devlin et al., 2019).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"

#: A longer word is unknown.
_LONGEST = 100

#: Where the Chinese characters stand, as far as BERT parts them.
_CHINESE = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPiece:
    """A vocabulary: its pieces in the order of their numbers, those inside a word with ``##`` before them."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._known: dict[str, tuple[int, ...]] = {}

    @classmethod
    def read(cls, path: Path) -> WordPiece:
        """The vocabulary of a file with one piece a line."""
        return cls(path.read_text(encoding="utf-8").splitlines())

    def encode(self, text: str, longest: int) -> list[int]:
        """The numbers of a text with those of its beginning and end, at most ``longest`` in all."""
        found = [self._numbers[BEGIN]]
        for word in words(text):
            found += self._pieces(word)
            if len(found) >= longest:
                break
        return [*found[: longest - 1], self._numbers[END]]

    def _pieces(self, word: str) -> tuple[int, ...]:
        if word not in self._known:
            self._known[word] = tuple(self._cut(word))
        return self._known[word]

    def _cut(self, word: str) -> list[int]:
        unknown = [self._numbers[UNKNOWN]]
        if len(word) > _LONGEST:
            return unknown
        found = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                number = self._numbers.get(f"{'##' if start else ''}{word[start:end]}")
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return unknown
        return found


def words(text: str) -> Iterator[str]:
    """The words and marks of a text, lower-cased and without accents.

    >>> list(words("Zürich’s café 東京!"))
    ['zurich', '’', 's', 'cafe', '東', '京', '!']
    """
    plain = "".join(
        character
        for character in unicodedata.normalize("NFD", text.lower())
        if unicodedata.category(character) != "Mn" and not _is_control(character)
    )
    for run in plain.split():
        word = ""
        for character in run:
            if _stands_alone(character):
                if word:
                    yield word
                yield character
                word = ""
            else:
                word += character
        if word:
            yield word


def _is_control(character: str) -> bool:
    return character not in "\t\n\r" and unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs")


def _stands_alone(character: str) -> bool:
    """Punctuation, the other signs of ASCII, and Chinese characters."""
    point = ord(character)
    return (
        33 <= point <= 47
        or 58 <= point <= 64
        or 91 <= point <= 96
        or 123 <= point <= 126
        or unicodedata.category(character).startswith("P")
        or any(first <= point <= last for first, last in _CHINESE)
    )
