"""How far a passage is from a text, and where the nearest place is.

The distance is Levenshtein's (insertions, deletions, substitutions), with the passage free to begin and end anywhere in
the text.  It is computed with bit vectors (Myers 1999, J. ACM 46(3), 395-415), on Python's long integers, over windows
that share rare pieces with the passage; so a far-fetched resemblance without any common piece of five characters is not
found, and then there is none worth showing.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

__all__ = ["Nearest", "infix_distance", "nearest_passage"]

#: Lengths of the pieces that are looked up, the longer ones first; places for one piece; windows that are measured.
_SEEDS = (16, 8, 5)
_PLACES = 20
_WINDOWS = 4


class Nearest(NamedTuple):
    """The nearest passage: its span in the text and its edit distance from what was sought."""

    start: int
    end: int
    distance: int


def nearest_passage(sought: str, text: str) -> Nearest | None:
    """The passage of ``text`` nearest to ``sought``; ``None`` when they share no piece or less than half agrees."""
    best: Nearest | None = None
    for window_start, window_end in _windows(sought, text):
        window = text[window_start:window_end]
        distance, end = infix_distance(sought, window)
        if best is None or distance < best.distance:
            back = infix_distance(sought[::-1], window[:end][::-1])[1]
            best = Nearest(window_start + end - back, window_start + end, distance)
    return best if best is not None and best.distance * 2 <= len(sought) else None


def infix_distance(sought: str, text: str) -> tuple[int, int]:
    """The least edit distance between ``sought`` and any part of ``text``, and where such a part ends (the first one).

    >>> infix_distance("growth", "the grwth of firms")
    (1, 9)
    """
    length = len(sought)
    if not length:
        return 0, 0
    masks: dict[str, int] = {}
    for position, character in enumerate(sought):
        masks[character] = masks.get(character, 0) | 1 << position
    all_ones = (1 << length) - 1
    last = 1 << (length - 1)
    positive, negative = all_ones, 0
    distance = best = length
    best_end = 0
    for end, character in enumerate(text, 1):
        equal = masks.get(character, 0)
        vertical = equal | negative
        diagonal = (((equal & positive) + positive) ^ positive) | equal
        up = negative | ~(diagonal | positive) & all_ones
        down = positive & diagonal
        if up & last:
            distance += 1
        elif down & last:
            distance -= 1
        up = up << 1 & all_ones
        down = down << 1 & all_ones
        positive = down | ~(vertical | up) & all_ones
        negative = up & vertical
        if distance < best:
            best, best_end = distance, end
    return best, best_end


def _windows(sought: str, text: str) -> list[tuple[int, int]]:
    """Where the passage could stand, by the votes of its pieces; the likeliest first."""
    width = len(sought)
    slack = max(16, width // 4)
    votes: Counter[int] = Counter()
    for size in _SEEDS:
        if votes and (size < 8 or votes.most_common(1)[0][1] > 2 * _SEEDS[0]):
            break  # shorter pieces are everywhere: only when the longer ones do not point to one place
        last = max(0, width - size)
        for offset in {*range(0, last, max(1, size // 2)), last}:
            seed = sought[offset : offset + size]
            place = text.find(seed)
            for _ in range(_PLACES):
                if place < 0:
                    break
                votes[(place - offset) // slack] += size
                place = text.find(seed, place + 1)
    windows: list[tuple[int, int]] = []
    for bucket, _ in votes.most_common(_WINDOWS):
        start = bucket * slack
        windows.append((max(0, start - slack), min(len(text), start + width + 2 * slack)))
    return windows
