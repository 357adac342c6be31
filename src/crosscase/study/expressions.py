"""What an expression says while somebody types it: where it does not parse, which names are unknown, what the cases show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crosscase.core.errors import CrosscaseError, ExpressionError, nearest
from crosscase.core.expressions import Name, parse
from crosscase.evidence import Ledger
from crosscase.evidence.claims import GROUPS, Group, shown_by

#: How many of the nearest names are offered for an unknown one.
OFFERED = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """One expression as it was read.

    ``statement`` is its normal form, empty when it does not parse; then ``problem`` says why, and ``position`` (a code point
    from 0) and ``caret`` (the line with a caret under the place) say where.  ``unknown`` maps a name that no construct has to
    the nearest that there are.  ``groups`` are the cases in each group, when every name is known.
    """

    statement: str = ""
    names: tuple[str, ...] = ()
    problem: str = ""
    mend: str = ""
    position: int | None = None
    caret: str = ""
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[Group, tuple[str, ...]] = field(default_factory=dict)


def read_expression(ledger: Ledger, text: str) -> Reading:
    """Read an expression against the constructs of a study; nothing is raised for what somebody has not finished typing."""
    if not text.strip():
        return Reading()
    try:
        statement = parse(text)
    except ExpressionError as error:
        return Reading(problem=error.what, mend=error.mend, position=error.position, caret=error.caret())
    known = ledger.snapshot.constructs.column("id")
    names = statement.names()
    introduced = statement.left.name if statement.connective == ":=" and isinstance(statement.left, Name) else ""
    unknown = {
        name: tuple(nearest(name, known)[:OFFERED]) for name in names if name not in known and name != introduced
    }
    if unknown:
        return Reading(str(statement), names, unknown=unknown)
    try:
        shown = shown_by(ledger.constructs, text)
    except CrosscaseError as error:
        return Reading(str(statement), names, error.what, error.mend)
    groups = {group: tuple(case for case, one in shown.items() if one.group == group) for group in GROUPS}
    return Reading(str(statement), names, groups=groups)
