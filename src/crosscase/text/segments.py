"""Lines, paragraphs, sentences and words with their offsets.

Simple rules that hold for most languages: they are for selecting and numbering, not for linguistics.  All functions give
spans in code points, end exclusive; spans never overlap, come in order, and carry no white space at their ends (a line
may be empty).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Span", "is_wrapped", "lines", "marks", "paragraphs", "sentences", "words"]

#: What ends a line.  CRLF is one end.
LINE_END = r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]"

#: Words after which a full stop ends no sentence, lower case, in the languages that transcripts often come in.
ABBREVIATIONS = frozenset(
    word
    for line in (
        "mr mrs ms dr prof st jr sr vs etc eg ie cf approx dept est fig inc ltd co corp no nos vol pp ed eds al",
        "e.g i.e p.a a.m p.m u.s u.k z.b d.h u.a bzw ca usw evtl ggf inkl nr str sra srta ud uds dra mme mlle",
        "jan feb mar apr jun jul aug sep sept oct nov dec",
    )
    for word in line.split()
)

_LINE = re.compile(rf"(?P<text>[^\n\r\x0b\x0c\x85\u2028\u2029]*)(?P<end>{LINE_END}|\Z)")
_SENTENCE_END = re.compile(r"(?P<stop>[.!?…؟।]+)[\"'”’»)\]]*(?=\s)|[。！？｡]+[」』”’）]*")


class Span(NamedTuple):
    """Where something stands: code points, end exclusive."""

    start: int
    end: int


def lines(text: str) -> list[Span]:
    r"""The lines without their ends.

    >>> lines("a\r\nbc\n")
    [Span(start=0, end=1), Span(start=3, end=5)]
    """
    spans = [Span(found.start(), found.end("text")) for found in _LINE.finditer(text)]
    while spans and spans[-1].start == spans[-1].end == len(text):  # what follows the last line end is no line
        spans.pop()
    return spans


def is_wrapped(text: str) -> bool:
    """Whether the lines were broken to fit a width, so that a paragraph runs over several of them.

    The rule: there are blank lines, no line is longer than 120 characters, and of the lines that another one follows
    directly at least half are longer than 50.
    """
    widths = [end - start if text[start:end].strip() else 0 for start, end in lines(text)]
    if 0 not in widths or max(widths) > 120:
        return False
    followed = [width for width, after in pairwise(widths) if width and after]
    return bool(followed) and 2 * sum(width > 50 for width in followed) >= len(followed)


def paragraphs(text: str, *, wrapped: bool | None = None) -> list[Span]:
    r"""The paragraphs: runs of lines in a wrapped text, else each line that is not blank.

    ``wrapped`` says which; ``None`` leaves it to :func:`is_wrapped`.

    >>> text = "one\ntwo\n\nthree"
    >>> [text[start:end] for start, end in paragraphs(text, wrapped=True)]
    ['one\ntwo', 'three']
    """
    wrapped = is_wrapped(text) if wrapped is None else wrapped
    spans: list[Span] = []
    open_block = False
    for start, end in lines(text):
        line = text[start:end]
        stripped = line.strip()
        if not stripped:
            open_block = False
            continue
        first = start + line.index(stripped[0])
        last = first + len(stripped)
        if wrapped and open_block:
            spans[-1] = Span(spans[-1].start, last)
        else:
            spans.append(Span(first, last))
        open_block = True
    return spans


def sentences(text: str, *, wrapped: bool | None = None) -> list[Span]:
    """The sentences; none reaches over the end of a paragraph.

    A full stop ends no sentence after an abbreviation, an initial, or before a small letter.

    >>> text = "We met Dr. Li at approx. 9 a.m. in Ulm. Then? Nothing."
    >>> [text[start:end] for start, end in sentences(text)]
    ['We met Dr. Li at approx. 9 a.m. in Ulm.', 'Then?', 'Nothing.']
    """
    spans: list[Span] = []
    for start, end in paragraphs(text, wrapped=wrapped):
        begin = start
        for found in _SENTENCE_END.finditer(text, start, end):
            if found.group("stop") and not _ends_sentence(text, found, begin, end):
                continue
            spans.append(Span(begin, found.end()))
            begin = found.end()
            while begin < end and text[begin].isspace():
                begin += 1
        if begin < end:
            spans.append(Span(begin, end))
    return spans


def words(text: str) -> list[Span]:
    """The words: letters, digits and their marks, with an apostrophe or hyphen inside a word.

    >>> text = "don't re-enter, 'naïve'"
    >>> [text[start:end] for start, end in words(text)]
    ["don't", 're-enter', 'naïve']
    """
    return [Span(*found.span()) for found in _word_pattern().finditer(text)]


@cache
def marks() -> str:
    """The combining marks (Unicode Mn and Mc) of the living scripts, as the inside of a character class."""
    ranges: list[tuple[int, int]] = []
    for code in (*range(0x0300, 0x3100), *range(0xA800, 0xAC00), *range(0xFE00, 0xFE30)):
        if unicodedata.category(chr(code)) in ("Mn", "Mc"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1] = (ranges[-1][0], code)
            else:
                ranges.append((code, code))
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in ranges)


@cache
def _word_pattern() -> re.Pattern[str]:
    inside = rf"\w{marks()}\u200c\u200d\u00ad"
    return re.compile(rf"\w[{inside}]*(?:['’\-\u2010\u2011]\w[{inside}]*)*")


def _ends_sentence(text: str, stop: re.Match[str], begin: int, end: int) -> bool:
    after = stop.end()
    while after < end and text[after].isspace():
        after += 1
    if after < end and text[after].islower() and stop["stop"][0] in ".…":
        return False
    if stop["stop"] != ".":
        return True
    word = text[max(begin, stop.start() - 24) : stop.start()].rsplit(maxsplit=1)[-1:]
    if not word:
        return False
    last = word[0].lstrip("\"'“‘«([").casefold()
    if last in ABBREVIATIONS:
        # "at 9 a.m. In Ulm": the abbreviations of hours may end a sentence, before a capital they do
        return last in ("a.m", "p.m", "etc", "inc", "ltd") and after < end and text[after].isupper()
    return not (len(last) == 1 and last.isalpha() and word[0][-1:].isupper() and word[0].casefold() != "i")
