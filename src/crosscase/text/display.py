"""A text as it is shown: words that were split at line ends are joined again.

The stored text stays verbatim.  A :class:`DisplayText` holds what is shown and converts positions both ways, so that a
selection on the screen becomes a span of the stored text.  Lines are not reflowed and nothing else is changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from crosscase.text.segments import LINE_END, Span

__all__ = ["DisplayText", "join_split_words"]

_SPLIT = re.compile(rf"(?<!\w)(?P<head>\w+)(?P<hyphen>[-\u2010\u00ad])(?P<gap>[ \t]*(?:{LINE_END})[ \t]*)(?P<tail>\w+)")


class DisplayText:
    """What is shown of a text after some spans of it were left out.

    ``cuts`` are the spans of the stored text that are not shown, in order and apart from each other.
    """

    __slots__ = ("_display_starts", "_hidden", "_source_ends", "_source_starts", "cuts", "text")

    def __init__(self, stored: str, cuts: Sequence[Span]) -> None:
        self.cuts = tuple(cuts)
        kept: list[str] = []
        position = hidden = 0
        self._source_starts = [cut.start for cut in self.cuts]
        self._source_ends = [cut.end for cut in self.cuts]
        self._display_starts: list[int] = []
        #: How much is hidden before and within each cut.
        self._hidden: list[int] = []
        for start, end in self.cuts:
            kept.append(stored[position:start])
            self._display_starts.append(start - hidden)
            hidden += end - start
            self._hidden.append(hidden)
            position = end
        kept.append(stored[position:])
        self.text = "".join(kept)

    def to_display(self, position: int) -> int:
        """Where a position of the stored text stands on the screen; inside a cut, where the cut is."""
        before = bisect_right(self._source_starts, position) - 1
        if before < 0:
            return position
        if position < self._source_ends[before]:
            return self._display_starts[before]
        return position - self._hidden[before]

    def to_stored(self, position: int, *, end: bool = False) -> int:
        """Where a position on the screen stands in the stored text.

        At a cut a position can mean before or after it: a span's start is after the cut, its ``end`` before it.
        """
        before = (bisect_left if end else bisect_right)(self._display_starts, position) - 1
        return position if before < 0 else position + self._hidden[before]

    def span_to_stored(self, start: int, end: int) -> Span:
        """A span on the screen as a span of the stored text, cuts at its ends left outside."""
        first = self.to_stored(start)
        return Span(first, max(first, self.to_stored(end, end=True)) if end > start else first)


def join_split_words(text: str) -> DisplayText:
    r"""Join words that a hyphen and a line end split: ``inter-\nnational`` is shown as ``international``.

    Only before a small letter.  A soft hyphen always goes.  Another hyphen stays, and only the line end goes, when the
    hyphenated word stands elsewhere in the text and the joined one does not (``well-\nknown``).

    >>> join_split_words("We inter-\nnationalized; a well-\nknown, well-known firm.").text
    'We internationalized; a well-known, well-known firm.'
    """
    cuts: list[Span] = []
    vocabulary: set[str] | None = None
    for found in _SPLIT.finditer(text):
        head, tail = found["head"], found["tail"]
        if not tail[0].islower():
            continue
        start = found.start("hyphen")
        if found["hyphen"] != "\u00ad":
            if vocabulary is None:
                vocabulary = set(re.findall(r"\w+(?:-\w+)*", text.casefold()))
            joined, hyphenated = (head + tail).casefold(), f"{head}-{tail}".casefold()
            if hyphenated in vocabulary and joined not in vocabulary:
                start += 1
        cuts.append(Span(start, found.end("gap")))
    return DisplayText(text, cuts)
