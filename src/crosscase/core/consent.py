"""What a person agreed to: the words in the column ``consent`` of participants and sources.

Words are parted by commas, semicolons or spaces.  An empty cell says nothing, which is neither consent nor its refusal.
This module reads the words; whether a use keeps within them is the rule R304's.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from crosscase.core.dates import PartialDate

#: What may be agreed to.  Whoever agrees to anything agrees that their words are read and coded for this study.
SCOPES = {
    "analyse": "read and code for this study",
    "quote": "print passages word for word, under a pseudonym",
    "name": "name the person or the firm",
    "archive": "deposit the text for others to use",
    "model": "have a language model or an outside service process the text",
}
#: Nothing was agreed to; agreed to and taken back.
NONE, WITHDRAWN = "none", "withdrawn"
#: Everything in :data:`SCOPES`.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent as read: ``scopes`` agreed to, ``unknown`` words, and whether anything was ``stated`` at all.

    >>> consent = Consent.read("quote, archive")
    >>> consent.allows("quote"), consent.allows("model"), Consent.read("").allows("model")
    (True, False, None)
    """

    text: str
    scopes: frozenset[str] = frozenset()
    none: bool = False
    withdrawn: bool = False
    unknown: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Consent:
        words = [word for word in re.split(r"[\s,;]+", text.casefold()) if word]
        scopes = {word for word in words if word in SCOPES}
        if ALL in words:
            scopes |= set(SCOPES)
        if scopes:
            scopes.add("analyse")
        unknown = tuple(word for word in words if word not in (*SCOPES, ALL, NONE, WITHDRAWN))
        return cls(text.strip(), frozenset(scopes), NONE in words, WITHDRAWN in words, unknown)

    @property
    def stated(self) -> bool:
        return bool(self.scopes or self.none or self.withdrawn)

    def allows(self, scope: str) -> bool | None:
        """Whether a use is agreed to; ``None`` when nothing was stated."""
        if not self.stated:
            return None
        return scope in self.scopes and not (self.none or self.withdrawn)


def expired(until: PartialDate | None, today: datetime.date) -> bool:
    """Whether the last day on which consent holds lies before today; a year or a month holds to its end."""
    return until is not None and until.last < today
