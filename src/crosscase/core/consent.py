"""What a person agreed to: the words in the column ``consent`` of participants and sources.

Words are parted by commas, semicolons or spaces.  An empty cell says nothing, which is neither consent nor its refusal.
A cell with a word that is not known (``no``, ``quotes``, ``not name``) allows nothing until somebody has mended it: what
was meant may be a refusal.  Consent ends after the day in ``consent_until``; of a source and those who speak in it the
stricter one holds.  This module reads the words; whether a use keeps within them is the rule R304's.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from crosscase.core.dates import PartialDate
from crosscase.core.errors import InputError
from crosscase.core.vocabulary import Participant, Source

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
    """Consent as read: ``scopes`` agreed to, ``unknown`` words, the last day, and whether anything was ``stated`` at all.

    >>> consent = Consent.read("quote, archive")
    >>> consent.allows("quote"), consent.allows("model"), Consent.read("").allows("model")
    (True, False, None)
    >>> Consent.read("no quote").allows("quote")
    False
    """

    text: str
    scopes: frozenset[str] = frozenset()
    none: bool = False
    withdrawn: bool = False
    unknown: tuple[str, ...] = ()
    until: PartialDate | None = None

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

    @classmethod
    def of(cls, row: Participant | Source) -> Consent:
        """The consent of a person or a source, with its end; an end that is no date is an unknown word."""
        consent = cls.read(row.consent)
        if isinstance(row, Participant):
            return replace(consent, until=row.consent_until)
        end = str(row.extra.get("consent_until") or "").strip()  # a column of sources.csv that not every study has
        if not end:
            return consent
        try:
            return replace(consent, until=PartialDate.parse(end))
        except InputError:
            return replace(consent, unknown=(*consent.unknown, end))

    @property
    def stated(self) -> bool:
        return bool(self.scopes or self.none or self.withdrawn or self.unknown)

    def ended(self, today: datetime.date) -> bool:
        """Whether the last day on which it holds lies before today; a year or a month holds to its end."""
        return self.until is not None and self.until.last < today

    def allows(self, scope: str, today: datetime.date | None = None) -> bool | None:
        """Whether a use is agreed to, and still is ``today``; ``None`` when nothing was stated."""
        if today is not None and self.ended(today):
            return False
        if not self.stated:
            return None
        return scope in self.scopes and not (self.none or self.withdrawn or self.unknown)


def together(consents: Iterable[Consent], scope: str, today: datetime.date) -> bool | None:
    """Whether all of them allow a use: one refusal refuses, and ``None`` is when none of them says anything."""
    answers = {one.allows(scope, today) for one in consents}
    return False if False in answers else True if True in answers else None
