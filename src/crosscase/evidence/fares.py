"""How a claim fares under the analysis that its form calls for, computed from the construct table.

====================  ================================================================================================
``A => Y``            sufficiency: consistency, PRI, coverage, and the cases deviant in kind (more in A, more out of Y)
``A <= Y``            necessity: consistency, relevance (RoN), coverage, deviant: more in Y, more out of A
``A -> Y``            the outcome in cases with A against cases without: permutation test with effect sizes; a chain link by
                      link
====================  ================================================================================================

Each is computed apart on the cases that the claim was built from and on other cases; only the second is a test.
Memberships are crisp (present 1, absent 0), or calibrated when the construct has three anchors (``exclusion``,
``crossover``, ``inclusion`` in ``calibrate``) and the cell a number.  A case with a value that is no data is left out and
named.  A definition, a composition and an expression without a connective have no such analysis.

Fit after Ragin (2006) and Schneider & Wagemann (2012); deviant in kind after Schneider & Rohlfing (2013).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from crosscase.core import Claim, Construct
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.core.expressions import Name, Statement, Term, evaluate, names_of, parse
from crosscase.evidence.constructs import Cell, ConstructTable

#: The cases that the claim was built on; others; all cases, when what it was built on is not on record.
On = Literal[
    "the cases it was built from", "other cases", "all cases", "all cases: what it was built on is not on record"
]

_ANCHORS = ("exclusion", "crossover", "inclusion")
_KINDS = {"=>": "sufficiency", "<=": "necessity", "->": "group difference"}


@dataclass(frozen=True, slots=True)
class Fare:
    """One analysis of one claim on one group of cases.

    ``numbers`` holds what the analysis gives, each ``None`` where it is not defined; ``deviant`` the cases deviant in kind
    (contradicting cases for a group difference have no meaning and are not named).  ``left_out`` are cases without data.
    ``problem`` says why nothing could be computed.
    """

    kind: str
    expression: str
    on: On
    cases: int
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    deviant: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_test(self) -> bool:
        """Whether the cases could have gone against the claim without its author knowing them."""
        return self.on == "other cases"

    def in_words(self) -> str:
        """One line for a table."""
        if self.problem:
            return self.problem
        numbers = ", ".join(
            f"{name} {'not defined' if value is None else f'{value:.3g}'}" for name, value in self.numbers.items()
        )
        deviant = f"; deviant in kind: {', '.join(self.deviant)}" if self.deviant else ""
        return f"{numbers}{deviant}" + "".join(f"; {note}" for note in self.notes)

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "expression": self.expression,
            "on": self.on,
            "is_test": self.is_test,
            "cases": self.cases,
            "numbers": dict(self.numbers),
            "deviant_in_kind": list(self.deviant),
            "left_out": list(self.left_out),
            "notes": list(self.notes),
            "problem": self.problem,
        }


def fares(table: ConstructTable, claim: Claim, *, seed: int = 0) -> tuple[Fare, ...]:
    """How a claim fares, on the cases it was built from and on others.

    Raises:
        ExpressionError, NotFoundError, InputError: the expression cannot be read or evaluated.
    """
    statement = parse(claim.expression)
    if statement.connective not in _KINDS:
        return ()
    constructs = {one.id: one for one in table.constructs}
    for name in statement.names():
        if name in table.problems:
            raise table.problems[name]
    return tuple(
        fare
        for on, cases in _groups(table.cases, claim)
        for one in _pairs(statement)
        for fare in [_fare(one, cases, on, table, constructs, seed)]
    )


def group_differences(
    table: ConstructTable, expression: str, built_on: Sequence[str], cases: Sequence[str], *, seed: int = 0
) -> list[dict[On, Fare]]:
    """For each link of ``A -> Y`` the outcome with the condition against without it: on all ``cases``, and on each part.

    Raises:
        ExpressionError, NotFoundError: the expression cannot be read, or names a construct that does not exist.
        InputError: it does not say that something leads to something.
    """
    statement = parse(expression)
    if statement.connective != "->":
        raise InputError(f"'{expression}' names no condition and outcome", mend="write CONDITION -> OUTCOME")
    constructs = {one.id: one for one in table.constructs}
    for name in statement.names():
        if name not in constructs:
            raise NotFoundError("construct", name, constructs)
        if name in table.problems:
            raise table.problems[name]
    parts: dict[On, list[str]] = {"all cases": list(cases)}
    if built_on:
        parts["the cases it was built from"] = [case for case in cases if case in built_on]
        parts["other cases"] = [case for case in cases if case not in built_on]
    return [
        {on: _fare(one, those, on, table, constructs, seed) for on, those in parts.items()} for one in _pairs(statement)
    ]


def _groups(cases: Sequence[str], claim: Claim) -> Iterable[tuple[On, tuple[str, ...]]]:
    built = tuple(case for case in cases if case in claim.built_on)
    others = tuple(case for case in cases if case not in claim.built_on)
    if not built:
        yield "all cases: what it was built on is not on record", others
        return
    yield "the cases it was built from", built
    yield "other cases", others


def _pairs(statement: Statement) -> Iterable[Statement]:
    """The links of a chain, each a claim of its own."""
    for left, right in zip(statement.terms, statement.terms[1:], strict=False):
        yield Statement(statement.connective, (left, right))


def _fare(
    statement: Statement,
    cases: Sequence[str],
    on: On,
    table: ConstructTable,
    constructs: Mapping[str, Construct],
    seed: int,
) -> Fare:
    kind, text = _KINDS[statement.connective], str(statement)
    if not cases:
        return Fare(kind, text, on, 0, problem="there are none")
    try:
        if kind == "group difference":
            return _difference(statement, cases, on, table, constructs, seed)
        return _set_relation(statement, cases, on, table, constructs)
    except CrosscaseError as error:
        return Fare(kind, text, on, 0, left_out=tuple(cases), problem=error.what)


# -- set relations -----------------------------------------------------------------------------------------------------


def _set_relation(
    statement: Statement, cases: Sequence[str], on: On, table: ConstructTable, constructs: Mapping[str, Construct]
) -> Fare:
    import numpy as np

    from crosscase.engines.qca.fit import necessity_of, sufficiency_of

    pairs = {
        case: (
            _membership(statement.left, case, table, constructs),
            _membership(statement.right, case, table, constructs),
        )
        for case in cases
    }
    known = {case: (x, y) for case, (x, y) in pairs.items() if x is not None and y is not None}
    left_out = tuple(case for case in cases if case not in known)
    kind = _KINDS[statement.connective]
    if not known:
        return Fare(kind, str(statement), on, 0, left_out=left_out, problem="no case has data on condition and outcome")
    x, y = (np.array([pair[side] for pair in known.values()], dtype=float) for side in (0, 1))
    if kind == "sufficiency":
        fit = sufficiency_of(x, y)
        numbers = {"consistency": fit.inclS, "PRI": fit.PRI, "coverage": fit.covS}
        deviant = tuple(case for case, (a, b) in known.items() if a > 0.5 > b)
    else:
        need = necessity_of(x, y)
        numbers = {"consistency": need.inclN, "RoN": need.RoN, "coverage": need.covN}
        deviant = tuple(case for case, (a, b) in known.items() if b > 0.5 > a)
    members = sum(a > 0.5 for a, _ in known.values()), sum(b > 0.5 for _, b in known.values())
    notes = [f"{members[0]} of {len(known)} cases in the condition, {members[1]} in the outcome"]
    if members[1] == len(known):
        notes.append("every case has the outcome: nothing could go against it" if kind == "sufficiency" else "")
    return Fare(
        kind,
        str(statement),
        on,
        len(known),
        {name: None if math.isnan(value) else value for name, value in numbers.items()},
        deviant,
        left_out,
        tuple(note for note in notes if note),
    )


def _membership(term: Term, case: str, table: ConstructTable, constructs: Mapping[str, Construct]) -> float | None:
    """The membership of a case in a term by the weakest link; ``None`` when what is not known could change it."""

    def bounds(name: Name) -> tuple[float, float]:
        value = _level(name, table.cell(case, name.name), constructs[name.name])
        return (0.0, 1.0) if value is None else (value, value)

    low, high = evaluate(
        term,
        bounds,
        conjoin=lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
        disjoin=lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
        negate=lambda a: (1 - a[1], 1 - a[0]),
    )
    return low if low == high else None


def _level(name: Name, cell: Cell, construct: Construct) -> float | None:
    if name.levels:
        return None if cell.value is None else float(cell.value in name.levels)
    if cell.rating is None and isinstance(cell.value, float) and all(key in construct.calibrate for key in _ANCHORS):
        return _calibrated(cell.value, construct)
    return None if cell.holds is None else float(cell.holds)


def _calibrated(value: float, construct: Construct) -> float:
    """The direct method of Ragin (2008) with the construct's three anchors."""
    import numpy as np

    from crosscase.engines.qca.calibration import calibrate_direct

    try:
        anchors = [float(construct.calibrate[key]) for key in _ANCHORS]
    except (TypeError, ValueError):
        raise InputError("an anchor is not a number", where=f"construct {construct.id}") from None
    return float(calibrate_direct(np.array([value]), anchors)[0])


# -- group differences -------------------------------------------------------------------------------------------------


def _difference(
    statement: Statement,
    cases: Sequence[str],
    on: On,
    table: ConstructTable,
    constructs: Mapping[str, Construct],
    seed: int,
) -> Fare:
    """The outcome with the condition against without it: its number when the outcome is one construct that has one."""
    from crosscase.engines.regression.groups import compare_groups

    outcome = [_amount(statement.right, case, table, constructs) for case in cases]
    condition = [_membership(statement.left, case, table, constructs) for case in cases]
    with_it = [y for x, y in zip(condition, outcome, strict=True) if x is not None and x > 0.5 and y is not None]
    without = [y for x, y in zip(condition, outcome, strict=True) if x is not None and x < 0.5 and y is not None]
    left_out = tuple(
        case for case, x, y in zip(cases, condition, outcome, strict=True) if x is None or x == 0.5 or y is None
    )
    counted = len(with_it) + len(without)
    base = Fare("group difference", str(statement), on, counted, left_out=left_out)
    if not with_it or not without:
        lack = "with" if not with_it else "without"
        problem = f"no case {lack} {statement.left} has data on the outcome: there is nothing to compare"
        return Fare(base.kind, base.expression, on, counted, left_out=left_out, problem=problem)
    found = compare_groups(with_it, without, seed=seed)
    return Fare(
        base.kind,
        base.expression,
        on,
        counted,
        {
            "mean with": found.mean_a,
            "mean without": found.mean_b,
            "p (two-sided)": found.p_value,
            "least p possible": found.smallest_p,
            "Hedges g": found.hedges_g,
            "Cliff's delta": found.cliffs_delta,
        },
        (),
        left_out,
        (
            f"{found.n_a} cases with, {found.n_b} without",
            "exact permutation test" if found.exact else f"permutation test, {found.regroupings} draws, seed {seed}",
            *(caution.message for caution in found.cautions),
        ),
    )


def _amount(term: Term, case: str, table: ConstructTable, constructs: Mapping[str, Construct]) -> float | None:
    names = tuple(names_of(term))
    if isinstance(term, Name) and len(names) == 1 and not term.levels:
        cell, construct = table.cell(case, names[0]), constructs[names[0]]
        counted = construct.drawn_from in ("codings", "event", "tie")
        if isinstance(cell.value, float) and not counted and cell.rating is None:
            return cell.value
    return _membership(term, case, table, constructs)
