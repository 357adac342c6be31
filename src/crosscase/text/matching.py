"""Find a quotation in its source, however a writer or a typesetter changed its looks.

A quotation may differ from its source in quotes, dashes, white space, ligatures and words split at line ends; it may be
cut (``...`` or ``[...]``) and hold insertions in square brackets (``[the firm]``, ``[T]he``).  All that is looked through,
and what was cut or inserted is reported.  What still differs is not forgiven: the match then says how far off the nearest
passage is and where the two part.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from crosscase.text.distance import nearest_passage
from crosscase.text.normal import Normal

__all__ = ["Difference", "Match", "Piece", "SourceIndex", "match_quotation"]

Manner = Literal["exact", "typography", "hyphens", "case", "near", "none"]

#: How many characters of the source a cut, and an insertion that stands for something, may pass over.
LONGEST_CUT = 5_000
LONGEST_REPLACEMENT = 200

_GAP = re.compile(
    r"(?P<cut>\[\s*(?:\.{3,}|…|\.\s\.\s\.)\s*\]|\(\s*(?:\.{3,}|…)\s*\)|\.{3,}|…|\.\s\.\s\.)|\[(?P<inserted>[^\[\]]*)\]"
)
_STOPS = " .,;:"
_OUTER = " \t\r\n\"'“”„‘’‚«»‹›"


class _Part(NamedTuple):
    """A part of a quotation to be found: how much may lie before it, and whether its ends must be ends of words."""

    text: str
    gap: int = 0
    word_start: bool = False
    word_end: bool = False


class Piece(NamedTuple):
    """A part of the quotation without cuts, and the span of the source where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place at which quotation and source part: the words of each, and where the source's stand."""

    quoted: str
    found: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """Where a quotation stands in its source, or how far the nearest passage is off.

    ``manner``: ``exact`` (letter for letter), ``typography`` (after levelling quotes, dashes, spaces, split words, cuts
    and insertions), ``hyphens`` (hyphens differ), ``case`` (capitals differ), ``near`` (words differ), ``none``.
    ``start`` and ``end`` are code points of the source, ``None`` when nothing resembles the quotation.  ``cuts`` are the
    spans of the source that the quotation leaves out, ``insertions`` what stands in square brackets.  ``distance`` is the
    edit distance in characters after levelling, ``similarity`` 1 − distance / length (0 to 1).  ``occurrences`` counts
    the places where the whole quotation stands.
    """

    manner: Manner
    start: int | None = None
    end: int | None = None
    pieces: tuple[Piece, ...] = ()
    cuts: tuple[tuple[int, int], ...] = ()
    insertions: tuple[str, ...] = ()
    distance: int = 0
    similarity: float = 1.0
    difference: Difference | None = None
    occurrences: int = 0

    @property
    def verbatim(self) -> bool:
        """Whether every word of the quotation stands in the source, in order."""
        return self.manner not in ("near", "none")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"verbatim": self.verbatim}

    def __str__(self) -> str:
        if self.manner == "none":
            return "nothing in the source resembles the quotation"
        where = f"at {self.start}–{self.end}"
        if self.verbatim:
            return f"found {where} ({self.manner})"
        text = f"not verbatim: the nearest passage {where} agrees to {self.similarity:.0%}"
        if self.difference is not None:
            text += f"; quoted “{self.difference.quoted}”, the source has “{self.difference.found}”"
        return text


class SourceIndex:
    """A source prepared for many quotations.

    >>> index = SourceIndex("Well, we began in Ger-\\nmany – then “the others” came, of course, much later.")
    >>> match = index.find('we began in Germany - then "the others" [...] much later')
    >>> match.manner, [index.text[start:end] for start, end in match.cuts]
    ('typography', ['came, of course,'])
    >>> print(index.find("we started in Germany"))
    not verbatim: the nearest passage at 6–27 agrees to 67%; quoted “started”, the source has “began”
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._normals: dict[str, Normal] = {}

    def _normal(self, manner: Manner) -> Normal:
        if manner not in self._normals:
            self._normals[manner] = Normal(self.text, **_MANNERS[manner])
        return self._normals[manner]

    def find(self, quotation: str) -> Match:
        """Where a quotation stands; tried are first the strictest ways of comparing."""
        if not quotation.strip(_OUTER):
            return Match("none", similarity=0.0)
        places = _places(self.text, quotation)
        if places:
            start, end = places[0], places[0] + len(quotation)
            return Match("exact", start, end, (Piece(quotation, start, end),), occurrences=len(places))
        for manner in _MANNERS:
            match = self._find(quotation, manner)
            if match is not None:
                return match
        return self._nearest(quotation)

    def _find(self, quotation: str, manner: Manner) -> Match | None:
        normal = self._normal(manner)
        whole = _Part(_level(quotation, manner).strip(_OUTER))
        # as it stands; then cut where it says so; then with what stands in square brackets inserted by the writer
        attempts: list[tuple[list[_Part], tuple[str, ...]]] = [([whole], ())]
        if "[" in quotation or ".." in quotation or "…" in quotation or ". ." in quotation:
            attempts += [_parts(quotation, manner, insertions=False), _parts(quotation, manner)]
        for parts, inserted in attempts:
            if not parts:
                continue
            without_stop = parts[-1]._replace(text=parts[-1].text.rstrip(_STOPS), word_end=True)
            for last in (parts[-1], without_stop):
                chain, occurrences = _chain(normal.text, [*parts[:-1], last]) if last.text else ([], 0)
                if chain:
                    pieces = tuple(
                        Piece(part.text, *normal.source_span(place, place + len(part.text)))
                        for part, place in zip([*parts[:-1], last], chain, strict=True)
                    )
                    cuts = _cuts(self.text, pieces)
                    start, end = pieces[0].start, pieces[-1].end
                    return Match(manner, start, end, pieces, cuts, inserted, occurrences=occurrences)
        return None

    def _nearest(self, quotation: str) -> Match:
        """The nearest passages of the quotation's parts; a part that is there counts as no distance."""
        normal = self._normal("case")
        parts, insertions = _parts(quotation, "case")
        pieces: list[Piece] = []
        distance = 0
        difference: Difference | None = None
        for part in (one.text for one in parts):
            found = nearest_passage(part, normal.text)
            if found is None:
                distance += len(part)
                difference = difference or Difference(part, "", 0, 0)
                continue
            pieces.append(Piece(part, *normal.source_span(found.start, found.end)))
            distance += found.distance
            if found.distance and (difference is None or not difference.found):
                difference = _difference(self.text, normal, part, found.start, found.end)
        total = sum(len(part.text) for part in parts)
        if not pieces or not total:
            return Match("none", similarity=0.0, insertions=insertions)
        return Match(
            "near",
            min(piece.start for piece in pieces),
            max(piece.end for piece in pieces),
            tuple(pieces),
            insertions=insertions,
            distance=distance,
            similarity=max(0.0, 1 - distance / total),
            difference=difference,
        )


def match_quotation(quotation: str, source: str) -> Match:
    """Where one quotation stands in a source; for many quotations of one source make a :class:`SourceIndex`."""
    return SourceIndex(source).find(quotation)


_MANNERS: Mapping[Manner, Mapping[str, bool]] = {
    "typography": {},
    "hyphens": {"hyphens": False},
    "case": {"hyphens": False, "case": False},
}


def _level(quotation: str, manner: Manner) -> str:
    return Normal(quotation, **_MANNERS[manner]).text


def _places(text: str, sought: str) -> list[int]:
    """Where ``sought`` stands in ``text``, at most 1,000 places."""
    places: list[int] = []
    place = text.find(sought)
    while place >= 0 and len(places) < 1000:
        places.append(place)
        place = text.find(sought, place + 1)
    return places


def _parts(quotation: str, manner: Manner, *, insertions: bool = True) -> tuple[list[_Part], tuple[str, ...]]:
    """The parts between cuts, and with ``insertions`` between square brackets too; and what those hold."""
    parts: list[_Part] = []
    inserted: list[str] = []
    position = gap = 0
    glued = False
    for found in (*_GAP.finditer(quotation), None):
        if found is not None and not found["cut"] and not insertions:
            continue
        end = found.start() if found else len(quotation)
        text = _level(quotation[position:end], manner)
        text = text.rstrip(" " if found else _OUTER).lstrip(" " if parts else _OUTER)
        if text.strip(_STOPS):
            # "[T]he": what touches a bracket may be a part of a word
            glued_behind = found is not None and (not found["cut"] and not quotation[end - 1].isspace())
            parts.append(_Part(text, gap if parts else 0, not glued, not glued_behind))
            gap = 0
        if found is None:
            break
        position = found.end()
        if found["cut"]:
            gap = LONGEST_CUT
        else:
            inserted.append(found["inserted"])
            gap = max(gap, LONGEST_REPLACEMENT)
        glued = not found["cut"] and not quotation[position : position + 1].isspace()
    return parts, tuple(inserted)


def _chain(text: str, parts: list[_Part]) -> tuple[list[int], int]:
    """The places of all parts in order that lie closest together, and how many beginnings lead to the end."""
    best: list[int] = []
    count = 0
    length = len(parts[-1].text)
    for first in _places(text, parts[0].text):
        if not _at_words(text, parts[0], first):
            continue
        places = [first]
        end = first + len(parts[0].text)
        for part in parts[1:]:
            place = _next_place(text, part, end)
            if place < 0:
                break
            places.append(place)
            end = place + len(part.text)
        else:
            count += 1
            if not best or end - first < best[-1] + length - best[0]:
                best = places
    return best, count


def _next_place(text: str, part: _Part, begin: int) -> int:
    until = begin + part.gap + len(part.text) + 2
    place = text.find(part.text, begin, until)
    while place >= 0 and not _at_words(text, part, place):
        place = text.find(part.text, place + 1, until)
    return place


def _at_words(text: str, part: _Part, place: int) -> bool:
    """Whether the ends of the part are ends of words there, where they must be."""
    end = place + len(part.text)
    starts = not part.word_start or not (text[place - 1 : place].isalnum() and text[place].isalnum())
    ends = not part.word_end or not (text[end - 1].isalnum() and text[end : end + 1].isalnum())
    return starts and ends


def _cuts(text: str, pieces: tuple[Piece, ...]) -> tuple[tuple[int, int], ...]:
    """What lies between the pieces, without white space at its ends; empty ones are left out."""
    cuts: list[tuple[int, int]] = []
    for before, after in pairwise(pieces):
        left = text[before.end : after.start]
        if left.strip():
            start = before.end + len(left) - len(left.lstrip())
            cuts.append((start, start + len(left.strip())))
    return tuple(cuts)


def _difference(source: str, normal: Normal, part: str, start: int, end: int) -> Difference | None:
    """The first words that differ between a part of the quotation and its nearest passage."""
    quoted, found = part.split(" "), normal.text[start:end].split(" ")
    for kind, left, left_end, right, right_end in difflib.SequenceMatcher(None, quoted, found, False).get_opcodes():
        if kind == "equal":
            continue
        offset = start + sum(len(word) + 1 for word in found[:right])
        words = " ".join(found[right:right_end])
        if words:
            span = normal.source_span(offset, offset + len(words))
        else:
            here = normal.source_span(min(offset, len(normal.text) - 1), min(offset + 1, len(normal.text)))[0]
            span = here, here
        return Difference(" ".join(quoted[left:left_end]), source[span[0] : span[1]], *span)
    return None
