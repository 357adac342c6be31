"""A person's confidence in a claim, in the manner of GRADE-CERQual (Lewin et al. 2018): kept and shown, never computed.

In claims.toml, under the claim::

    [claim.confidence]
    level = "moderate"                       # high, moderate, low, very low
    methodological_limitations = "…"         # a reason for each of the four components
    coherence = "…"
    adequacy = "…"
    relevance = "…"
    who = "MK"
    date = "2024-05-02"

A level that lacks the reason for a component is a problem, and the claim is shown without a level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crosscase.core import Claim

LEVELS = ("high", "moderate", "low", "very low")
COMPONENTS = ("methodological_limitations", "coherence", "adequacy", "relevance")


@dataclass(frozen=True, slots=True)
class Confidence:
    """A level with the reason for each component.  ``level`` is empty when ``problem`` says what is wrong with it."""

    level: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    who: str = ""
    date: str = ""
    problem: str = ""

    def in_words(self) -> str:
        """One line for a table."""
        by = f" ({', '.join(part for part in (self.who, self.date) if part)})" if self.who or self.date else ""
        return self.problem or f"{self.level} confidence{by}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "reasons": dict(self.reasons),
            "who": self.who,
            "date": self.date,
            "problem": self.problem,
        }


def confidence(claim: Claim) -> Confidence | None:
    """The confidence on record for a claim; ``None`` when nobody has judged it."""
    given = claim.extra.get("confidence")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        return Confidence("", problem=f"confidence is {given!r}, not a table with a level and its reasons")
    reasons = {name: str(given.get(name, "")).strip() for name in COMPONENTS}
    level = str(given.get("level", "")).strip().casefold()
    lacking = [name.replace("_", " ") for name, reason in reasons.items() if not reason]
    problem = ""
    if level not in LEVELS:
        problem = f"the level of confidence '{given.get('level', '')}' is none of {', '.join(LEVELS)}"
    elif lacking:
        problem = f"a level of confidence needs its reasons: none is given for {', '.join(lacking)}"
    return Confidence(
        "" if problem else level,
        {name: reason for name, reason in reasons.items() if reason},
        str(given.get("who", "")),
        str(given.get("date", "")),
        problem,
    )
