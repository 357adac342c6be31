"""What changed from one version of a claim to the next, word by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from crosscase.core import Claim, ClaimVersion

Kept = Literal["same", "gone", "new"]

_WORDS = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Step:
    """One version and how it differs from the one before: stretches of words that stayed, went or came.

    ``expression`` is that of the version, where it is on record; ``was_expression`` the one before, when it is another.
    """

    version: ClaimVersion
    words: tuple[tuple[Kept, str], ...]
    expression: str = ""
    was_expression: str = ""


def history(claim: Claim) -> list[Step]:
    """The versions of a claim in the order in which they are on record."""
    steps: list[Step] = []
    text, formula = None, ""
    for one in claim.versions:
        words: list[tuple[Kept, str]] = [("same", one.text)] if one.text else []
        if text is not None:
            words = word_changes(text, one.text)
        now = str(one.extra.get("expression", ""))
        steps.append(Step(one, tuple(words), now, formula if now and formula and formula != now else ""))
        text, formula = one.text, now or formula
    return steps


def word_changes(before: str, after: str) -> list[tuple[Kept, str]]:
    """Stretches of words; those that went stand before those that came in their place.

    >>> word_changes("peers drive fast spread", "peers help fast spread")
    [('same', 'peers'), ('gone', ' drive'), ('new', ' help'), ('same', ' fast spread')]
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[tuple[Kept, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(new[c:d])))
            continue
        if b > a:
            found.append(("gone", "".join(old[a:b])))
        if d > c:
            found.append(("new", "".join(new[c:d])))
    return found
