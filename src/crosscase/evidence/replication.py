"""Replication logic over all claims, and cases laid out along time.

Literal and theoretical replication after Yin (2018, ch. 2); predictor–outcome and time-ordered tables after Miles, Huberman
and Saldaña (2014, ch. 8 and 9); temporal brackets after Langley (1999).  Here is what the tables hold; how they look is in
``crosscase.reports.tables.replication``.

``[[bracket]]`` in study.toml names periods of a firm's life, in years since its founding or, with ``since = "first entry"``,
since it first went abroad; ``until`` is excluded and may be left out::

    [[bracket]]
    name = "before going abroad"
    until = 0
    since = "first entry"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from crosscase.core import Event
from crosscase.core.errors import CrosscaseError, InputError
from crosscase.core.expressions import names_of, parse
from crosscase.evidence.claims import Group, Verdict
from crosscase.evidence.ledger import Ledger

Since = Literal["founding", "first entry"]

#: Used when a study names no brackets of its own.
DEFAULT_BRACKETS = (
    {"name": "before the first entry", "until": 0, "since": "first entry"},
    {"name": "years 0 to 2 abroad", "from": 0, "until": 3, "since": "first entry"},
    {"name": "years 3 to 5 abroad", "from": 3, "until": 6, "since": "first entry"},
    {"name": "year 6 abroad and later", "from": 6, "since": "first entry"},
)


@dataclass(frozen=True, slots=True)
class Replication:
    """One claim in one case: the group, whether the claim was built on the case, and the stances on record."""

    claim: str
    case: str
    group: Group
    built_on: bool
    said: tuple[str, ...]


def replications(ledger: Ledger) -> dict[tuple[str, str], Replication]:
    """(claim, case) -> what the case does to the claim, for every claim and case."""
    found = {}
    for claim in ledger.snapshot.claims.column("id"):
        for row in ledger.verdict(claim).rows:
            said = tuple(dict.fromkeys(one.stance for one in row.said))
            found[claim, row.case] = Replication(claim, row.case, row.group, row.built_on, said)
    return found


def outcome_of(verdict: Verdict) -> tuple[str, ...]:
    """The constructs on the outcome's side of a claim: the right, and for a definition what is defined."""
    try:
        statement = parse(verdict.claim.expression)
    except CrosscaseError:
        return ()
    if not statement.connective:
        return ()
    return tuple(dict.fromkeys(names_of(statement.left if statement.connective == ":=" else statement.right)))


def predictors_of(verdict: Verdict) -> tuple[str, ...]:
    """The other constructs of the claim, in the order of its expression."""
    outcomes = outcome_of(verdict)
    try:
        return tuple(name for name in parse(verdict.claim.expression).names() if name not in outcomes)
    except CrosscaseError:
        return ()


@dataclass(frozen=True, slots=True)
class Bracket:
    """A period of a firm's life: years since ``since``, ``start`` included, ``end`` not; ``None`` is open."""

    name: str
    since: Since
    start: float | None = None
    end: float | None = None

    def holds(self, years: int) -> bool:
        return (self.start is None or years >= self.start) and (self.end is None or years < self.end)


def brackets(ledger: Ledger) -> tuple[Bracket, ...]:
    """The brackets that the study names, else the four of this module.

    Raises:
        InputError: a bracket without a name, or with a bound or an origin that cannot be read.
    """
    given = ledger.snapshot.study.extra.get("bracket") or DEFAULT_BRACKETS
    return tuple(_bracket(row, number) for number, row in enumerate(given, start=1))


@dataclass(frozen=True, slots=True)
class Bracketed:
    """The events of one case in one bracket; ``None`` for events when the case's origin is not on record."""

    case: str
    bracket: str
    events: tuple[Event, ...] | None


def bracketed(ledger: Ledger) -> list[Bracketed]:
    """Every case × bracket; an event without a date is in none."""
    found = []
    for case in ledger.snapshot.cases.column("id"):
        events = [event for event in ledger.snapshot.events_of(case) if event.date is not None]
        origins = _origins(ledger, case, events)
        for bracket in brackets(ledger):
            origin = origins[bracket.since]
            inside = (
                None
                if origin is None
                else tuple(one for one in events if one.date is not None and bracket.holds(one.date.year - origin))
            )
            found.append(Bracketed(case, bracket.name, inside))
    return found


def undated(ledger: Ledger) -> list[Event]:
    """Events that no table along time can hold."""
    return [event for event in ledger.snapshot.events if event.date is None]


def _origins(ledger: Ledger, case: str, events: Sequence[Event]) -> dict[Since, int | None]:
    entries = [event.date.year for event in events if event.kind == "entry" and event.date is not None]
    return {"founding": ledger.histories[case].founded, "first entry": min(entries, default=None)}


def _bracket(row: Mapping[str, Any], number: int) -> Bracket:
    where = f"study.toml, bracket {number}"
    if not isinstance(row, Mapping) or not row.get("name"):
        raise InputError("a bracket has no name", where=where, mend="write [[bracket]] and under it name = …")
    since = row.get("since", "founding")
    if since not in ("founding", "first entry"):
        raise InputError(f"a bracket cannot count from '{since}'", where=where, mend="write founding or first entry")
    bounds: list[float | None] = []
    for key in ("from", "until"):
        value = row.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise InputError(f"{key} is {value!r}", where=where, mend="write a number of years")
        bounds.append(value)
    return Bracket(str(row["name"]), since, bounds[0], bounds[1])


def kinds_in(events: Iterable[Event]) -> dict[str, int]:
    """Kind of event -> how many, in the order of their first."""
    counted: dict[str, int] = {}
    for event in events:
        counted[event.kind] = counted.get(event.kind, 0) + 1
    return counted
