"""What a claim says about an outcome, beside the records: the outcome in the cases with and without the condition (R510)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosscase.core import Claim
from crosscase.core.errors import CrosscaseError
from crosscase.core.expressions import Name, Not, Statement, three_valued
from crosscase.evidence import Ledger

if TYPE_CHECKING:
    from crosscase.engines.regression.groups import GroupDifference

#: In either group there must be so many cases.
FEWEST = 2
#: A one-sided p above this does not show the difference that the claim speaks of.
LEVEL = 0.05
#: Random regroupings where there are too many to look at all of them.
DRAWS = 999

_LESS = re.compile(r"[\w.-]+\s*<=?\s*[-\d.%]+")
_MORE = re.compile(r"[\w.-]+\s*>=?\s*[-\d.%]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a claim as a number a case; ``sign`` is −1 when the claim says that it is less."""

    name: str
    values: Mapping[str, float]
    sign: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome in the cases with the condition beside those without it; a case of which nothing is on record is neither."""

    outcome: Outcome
    present: tuple[str, ...]
    absent: tuple[str, ...]
    difference: GroupDifference

    @property
    def p_one_sided(self) -> float:
        return self.difference.p_greater if self.outcome.sign > 0 else self.difference.p_less

    @property
    def as_claimed(self) -> bool:
        """Whether the difference lies in the direction of the claim and is more than regrouping explains."""
        return self.difference.difference * self.outcome.sign > 0 and self.p_one_sided <= LEVEL

    @property
    def undecided(self) -> bool:
        """The direction is the claim's, and with so few cases no grouping could have shown more."""
        smallest = self.difference.smallest_p
        return self.difference.difference * self.outcome.sign > 0 and smallest is not None and smallest > LEVEL


def compare(ledger: Ledger, claim: Claim, statement: Statement, cases: Collection[str]) -> Comparison | None:
    """The comparison over these cases; ``None`` when the outcome has no values or a group has fewer than two cases."""
    from crosscase.engines.regression.groups import compare_groups

    if statement.connective not in ("=>", "<=", "->"):
        return None
    table = ledger.constructs
    if any(name not in {one.id for one in table.constructs} or name in table.problems for name in statement.names()):
        return None
    outcome = outcome_of(ledger, claim, statement)
    if outcome is None:
        return None
    groups: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for case in cases:
        if case in outcome.values:
            holds = three_valued(statement.left, lambda name, case=case: _level(ledger, name, case))  # type: ignore[misc]
            groups[holds].append(case)
    absent = groups[False]
    if min(len(groups[True]), len(absent)) < FEWEST:
        return None
    values = outcome.values
    found = compare_groups([values[case] for case in groups[True]], [values[case] for case in absent], draws=DRAWS)
    return Comparison(outcome, tuple(groups[True]), tuple(absent), found)


def outcome_of(ledger: Ledger, claim: Claim, statement: Statement) -> Outcome | None:
    """The outcome as numbers: what the claim names as ``outcome``, else what its last term is drawn from."""
    sign, term = 1, statement.right
    while isinstance(term, Not):
        sign, term = -sign, term.part
    named = str(claim.extra.get("outcome", "")).strip()
    if named:
        return _known(ledger, named, sign) if ledger.knows(named) else None
    if isinstance(term, Name) and not term.levels:
        construct = ledger.snapshot.constructs[term.name]
        if construct.drawn_from in ("variable", "measure") and len(construct.of) == 1:
            direction = _direction(construct.rule)
            found = _known(ledger, construct.of[0], sign * direction) if direction else None
            if found is not None:
                return found
        if construct.drawn_from == "survey":
            cells = {cell.case: cell.value for cell in ledger.constructs.column(term.name)}
            return Outcome(term.name, {case: one for case, one in cells.items() if isinstance(one, float)}, sign)
    states = {
        case: three_valued(term, lambda name, case=case: _level(ledger, name, case))  # type: ignore[misc]
        for case in ledger.constructs.cases
    }
    return Outcome(str(term), {case: float(state) for case, state in states.items() if state is not None}, sign)


def _known(ledger: Ledger, name: str, sign: int) -> Outcome | None:
    values = {case: ledger.known(case, name) for case in ledger.snapshot.cases.column("id")}
    numbers = {case: value for case, value in values.items() if isinstance(value, float)}
    return Outcome(name, numbers, sign) if numbers else None


def _direction(rule: str) -> int:
    """Whether a rule asks for more (1) or less (−1) of its variable; 0 when it asks for something else."""
    rule = rule.strip()
    if not rule or _MORE.fullmatch(rule):
        return 1
    return -1 if _LESS.fullmatch(rule) else 0


def _level(ledger: Ledger, name: Name, case: str) -> bool | None:
    try:
        cell = ledger.constructs.cell(case, name.name)
    except CrosscaseError:
        return None
    if not name.levels:
        return cell.holds
    return None if cell.value is None else cell.value in name.levels
