"""Whether the scope of a claim includes a firm: by its rule and its country, else for a person to judge.

``scope.rule`` is a rule over variables and measures as in sampling rules; ``scope.where`` is read when it names countries.
What ``scope.who`` and ``scope.when`` say in words is shown and never guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from crosscase.core import Claim
from crosscase.core.conditions import Condition
from crosscase.core.countries import resolve
from crosscase.core.errors import CrosscaseError
from crosscase.evidence.ledger import Ledger

Inclusion = Literal["includes", "excludes", "to judge"]


@dataclass(frozen=True, slots=True)
class ScopeJudgement:
    """Whether a claim's scope includes a firm, and by what."""

    inclusion: Inclusion
    reason: str

    def to_dict(self) -> dict[str, Any]:
        return {"inclusion": self.inclusion, "reason": self.reason}


def judge_scope(claim: Claim, ledger: Ledger, firm: str) -> ScopeJudgement:
    """Whether the claim speaks of the firm; one part of the scope that excludes it is enough."""
    if not any(claim.scope.values()):
        return ScopeJudgement("to judge", "the claim names no scope")
    open_parts: list[str] = []
    met: list[str] = []
    if rule := claim.scope.get("rule", "").strip():
        try:
            outcome = Condition.parse(rule).evaluate(lambda name: ledger.known(firm, name))
        except CrosscaseError as error:
            open_parts.append(f"its rule cannot be read: {error.what}")
        else:
            if outcome.holds is False:
                return ScopeJudgement("excludes", f"{rule} does not hold")
            if outcome.holds:
                met.append(rule)
            else:
                open_parts.append(f"{rule}: no value for {', '.join(outcome.missing)}")
    if where := claim.scope.get("where", "").strip():
        countries = _countries(where)
        home = ledger.known(firm, "home")
        if countries and isinstance(home, str) and (country := _country(home)):
            if country not in countries:
                return ScopeJudgement("excludes", f"it speaks of {where}; the firm's home is {home}")
            met.append(where)
        else:
            open_parts.append(where if home or not countries else f"{where} (the firm's home is not known)")
    for key in ("when", *(("who",) if not rule else ())):
        if text := claim.scope.get(key, "").strip():
            open_parts.append(text)
    if open_parts:
        return ScopeJudgement("to judge", "; ".join(open_parts))
    return ScopeJudgement("includes", "; ".join(met))


def _countries(text: str) -> set[str]:
    """The countries that a text names and nothing else; empty when a part of it is no country."""
    parts = [part for part in re.split(r"[,;/]|\band\b", text) if part.strip()]
    found = {_country(part.strip()) for part in parts}
    return set() if "" in found else found


def _country(written: str) -> str:
    try:
        return resolve(written).alpha3
    except CrosscaseError:
        return ""
