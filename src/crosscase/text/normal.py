"""A text in the form in which quotations are compared, with the way back to its positions.

Typography is levelled: quotes and dashes of all kinds, ligatures, composed and decomposed letters, runs of white space,
and words split at line ends.  Letters, digits and punctuation stay.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache

from crosscase.text.segments import marks

__all__ = ["Normal"]

_SINGLE = "‘’‚‛′´`ʼ＇"
_DOUBLE = "“”„‟«»″〝〞＂"
_DASHES = "‐‑‒–—―−﹘﹣－"
_NOTHING = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_PLAIN = str.maketrans(dict.fromkeys(_SINGLE, "'") | dict.fromkeys(_DOUBLE, '"') | dict.fromkeys(_DASHES, "-"))


class Normal:
    r"""The normal form of a text.

    ``hyphens=False`` drops every hyphen inside a word, so that ``well-known``, ``well-\nknown`` and ``wellknown`` are one.
    ``case=False`` also makes small letters of all.

    >>> normal = Normal("“We  inter-\nnationalized”…")
    >>> normal.text, normal.source_span(1, 3)
    ('"We internationalized"...', (1, 3))
    """

    __slots__ = ("_lengths", "_normal_starts", "_source_starts", "source_length", "text")

    def __init__(self, source: str, *, hyphens: bool = True, case: bool = True) -> None:
        self.source_length = len(source)
        pieces: list[str] = []
        self._normal_starts: list[int] = []
        self._source_starts: list[int] = []
        #: How many code points of the source a piece stands for when it was changed, or 0 when it is as it was.
        self._lengths: list[int] = []
        # a translation one for one moves nothing; only what changes length needs the table of pieces
        plain = source if source.isascii() else source.translate(_PLAIN)
        length = position = 0
        for found in _changes(hyphens).finditer(plain):
            start, end = found.span()
            if start > position:
                self._add(length, position, 0)
                pieces.append(plain[position:start])
                length += start - position
            piece = _changed(found)
            self._add(length, start, end - start)
            pieces.append(piece)
            length += len(piece)
            position = end
        if position < len(plain):
            self._add(length, position, 0)
            pieces.append(plain[position:])
        self.text = "".join(pieces)
        if not case:
            lowered = self.text.lower()
            self.text = lowered if len(lowered) == len(self.text) else "".join(map(_lower, self.text))

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source that a span of the normal form (at least one character) came from."""
        return self._source(start, False), self._source(end - 1, True)

    def _add(self, normal: int, source: int, length: int) -> None:
        self._normal_starts.append(normal)
        self._source_starts.append(source)
        self._lengths.append(length)

    def _source(self, position: int, end: bool) -> int:
        piece = bisect_right(self._normal_starts, position) - 1
        begin, length = self._source_starts[piece], self._lengths[piece]
        if length:
            return begin + length if end else begin
        return begin + position - self._normal_starts[piece] + end


@cache
def _changes(hyphens: bool) -> re.Pattern[str]:
    letters = r"[^\W\d_]"
    return re.compile(
        rf"(?P<split>(?<=\w)[-\u00ad][^\S\n\r\u2028]*[\n\r\u2028]\s*(?={letters}))"
        + ("" if hyphens else r"|(?P<hyphen>(?<=\w)-[ ]?(?=\w))")
        + rf"|(?P<space>[^\S ][\s{_NOTHING}]*|[ ][\s{_NOTHING}]+)|(?P<nothing>[{_NOTHING}]+)|(?P<dots>…|\.(?:[ \u00a0]\.){{2,}})"
        rf"|(?P<compose>[^\W\d_][{marks()}]+|[\ufb00-\ufb06])"
    )


def _changed(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "space":
        return " "
    if kind == "dots":
        return "..."
    if kind == "compose":
        return unicodedata.normalize("NFC" if found[0][0] < "\ufb00" else "NFKC", found[0])
    return ""


def _lower(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character
