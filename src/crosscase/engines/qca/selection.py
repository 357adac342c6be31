"""Which cases to study more closely after a QCA, and which to compare (Schneider & Rohlfing 2013; Oana & Schneider 2018).

Of a term X for an outcome Y: *typical* cases are in both with X ≤ Y; *deviant in consistency* are in X but not in Y.  Of a
solution: *deviant in coverage* are in Y but in no term; *individually irrelevant* in neither.  Every case or pair has a
``distance`` from the ideal: the smallest is the best choice.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.core.errors import NotFoundError
from crosscase.engines.qca.data import EPSILON, Floats
from crosscase.engines.qca.show import Table
from crosscase.engines.qca.solution import Model, ModelTerm, Solution
from crosscase.engines.qca.terms import Memberships
from crosscase.engines.qca.truth_table import TruthTable

__all__ = [
    "CasePair",
    "CaseSelection",
    "FocalCase",
    "SelectedCase",
    "XYPoint",
    "focal_cases",
    "select_cases",
    "xy_points",
]


@dataclass(frozen=True, slots=True)
class SelectedCase:
    """A case with the part it plays.  ``term`` is empty for parts that concern the whole solution; ``row`` is then the
    truth-table row it is deviant or irrelevant in (0 when a membership of 0.5 puts it in none)."""

    kind: str
    term: str
    case: str
    membership: float
    outcome: float
    distance: float
    best: bool
    uniquely_covered: bool
    row: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class CasePair:
    """Two cases to compare: typical and typical, typical and deviant in consistency, typical and irrelevant (for a term);
    deviant in coverage and irrelevant (in the same truth-table row)."""

    kind: str
    term: str
    first: str
    second: str
    distance: float
    best: bool

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class CaseSelection(Table):
    """The cases and pairs of a model, best first within each kind and term."""

    model: str
    cases: tuple[SelectedCase, ...]
    pairs: tuple[CasePair, ...]

    def of(self, kind: str, term: str | None = None) -> tuple[SelectedCase, ...]:
        """The cases of one kind, of one term when given."""
        return tuple(one for one in self.cases if one.kind == kind and term in (None, one.term))

    def rows(self) -> list[dict[str, Any]]:
        return [one.to_dict() for one in self.cases]

    def to_dict(self) -> dict[str, Any]:
        return {"model": self.model, "cases": self.rows(), "pairs": [pair.to_dict() for pair in self.pairs]}


@dataclass(frozen=True, slots=True)
class FocalCase:
    """A typical case for one conjunct of a term: ``rank`` 1 when the focal conjunct is the smallest and so makes the
    membership in the term, 2 otherwise; ``clean`` when the other conjuncts do not make the case consistent on their own."""

    conjunct: str
    case: str
    focal: float
    outcome: float
    others: float
    rank: int
    clean: bool
    consistent: bool
    uniquely_covered: bool
    distance: float

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class XYPoint:
    """A point of an XY plot: membership in a term or solution and in the outcome, with the name and kind of the case."""

    case: str
    x: float
    y: float
    kind: str


def select_cases(solution: Solution | tuple[TruthTable, Model], *, max_pairs: int = 5) -> CaseSelection:
    """Typical and deviant cases of a model (the first of a solution, unless one is given), and pairs to compare."""
    table, model = _one(solution)
    y = table.y
    memberships = Memberships(table.data, table.conditions)
    vectors = {term.term: memberships.term(term.literals) for term in model.terms}
    whole = np.maximum.reduce(list(vectors.values()))
    inside = np.sum([vector > 0.5 for vector in vectors.values()], axis=0)
    row_of = {case: row.number for row in table.observed for case in row.cases}
    in_row = _row_membership(table, memberships, row_of)
    cases: list[SelectedCase] = []
    pairs: list[CasePair] = []

    def add(kind: str, term: str, x: Floats, mask: Any, distance: Floats, group: Any = None) -> None:
        chosen = np.flatnonzero(mask)
        best = {
            g: distance[[i for i in chosen if group is None or group[i] == g]].min()
            for g in {None if group is None else group[i] for i in chosen}
        }
        for i in sorted(chosen, key=lambda i: (0 if group is None else group[i], distance[i])):
            case = table.data.cases[i]
            smallest = best[None if group is None else group[i]]
            cases.append(
                SelectedCase(
                    kind,
                    term,
                    case,
                    float(x[i]),
                    float(y[i]),
                    float(distance[i]),
                    bool(distance[i] <= smallest + EPSILON),
                    bool(inside[i] == 1 and x[i] > 0.5),
                    row_of.get(case, 0) if not term else 0,
                )
            )

    for term, x in vectors.items():
        typical = (x > 0.5) & (y > 0.5) & (x <= y + EPSILON)
        deviant = (x > 0.5) & (y < 0.5)
        irrelevant = (x < 0.5) & (y < 0.5)
        add("typical", term, x, typical, 2 * (y - x) + (1 - x))
        add("deviant consistency", term, x, deviant, 1 - (x - y) + (1 - x))
        more = 2 * (y - x) + (1 - x)
        pairs += _pairs(
            table,
            "typical – typical",
            term,
            typical,
            typical,
            max_pairs,
            lambda i, j, x=x: 1 - (x[i] - x[j]) - (y[i] - y[j]) + 2 * abs(y[i] - x[i]) + 2 * abs(y[j] - x[j]),
            lambda i, j, more=more: i != j and more[i] <= more[j],
        )
        pairs += _pairs(
            table,
            "typical – deviant consistency",
            term,
            typical,
            deviant,
            max_pairs,
            lambda i, j, x=x: abs(x[i] - x[j]) + 1 - (y[i] - y[j]) + (1 - x[i]) + (1 - x[j]),
        )
        pairs += _pairs(
            table,
            "typical – irrelevant",
            term,
            typical,
            irrelevant & (whole < 0.5),
            max_pairs,
            lambda i, j, x=x: 2 - (x[i] - x[j]) - (y[i] - y[j]) + 2 * abs(y[i] - x[i]) + 2 * abs(y[j] - x[j]),
        )
    numbers = np.array([row_of.get(case, 0) for case in table.data.cases])
    uncovered, outside = (whole < 0.5) & (y > 0.5) & (numbers > 0), (whole < 0.5) & (y < 0.5) & (numbers > 0)
    add("deviant coverage", "", whole, uncovered, 1 - in_row, numbers)
    add("irrelevant", "", whole, outside, 1 - in_row, numbers)
    for number in sorted(set(numbers[uncovered].tolist())):
        here = numbers == number
        pairs += _pairs(
            table,
            "deviant coverage – irrelevant",
            f"row {number}",
            uncovered & here,
            outside & here,
            max_pairs,
            lambda i, j: abs(in_row[i] - in_row[j]) + 1 - (y[i] - y[j]) + (1 - in_row[i]) + (1 - in_row[j]),
        )
    return CaseSelection(model.expression, tuple(cases), tuple(pairs))


def focal_cases(solution: Solution | tuple[TruthTable, Model], term: str) -> tuple[FocalCase, ...]:
    """Typical cases of a term for each of its conjuncts, the best first.

    Raises:
        NotFoundError: the model has no such term.
    """
    table, model = _one(solution)
    chosen = _term(model, term)
    memberships = Memberships(table.data, table.conditions)
    y, x = table.y, memberships.term(chosen.literals)
    elsewhere = np.zeros(len(y), dtype=bool)
    for other in model.terms:
        if other.term != term:
            elsewhere |= memberships.term(other.literals) > 0.5
    typical = np.flatnonzero((x > 0.5) & (y > 0.5) & (x <= y + EPSILON))
    found = []
    for literal in chosen.literals:
        focal = memberships.literal(*literal)
        rest = tuple(one for one in chosen.literals if one != literal)
        others = memberships.term(rest) if rest else np.ones(len(y))
        listed = []
        for i in typical:
            rank = 1 if focal[i] < others[i] - EPSILON else 2
            listed.append(
                FocalCase(
                    table.conditions.literal(*literal),
                    table.data.cases[i],
                    float(focal[i]),
                    float(y[i]),
                    float(others[i]),
                    rank,
                    bool(rank == 2 or y[i] < others[i] - EPSILON),
                    bool(focal[i] <= y[i] + EPSILON),
                    not elsewhere[i],
                    float(2 * abs(y[i] - focal[i]) + 1 - x[i]),
                )
            )
        found += sorted(
            listed,
            key=lambda one: (one.rank, not one.clean, not one.consistent, not one.uniquely_covered, one.distance),
        )
    return tuple(found)


def xy_points(solution: Solution | tuple[TruthTable, Model], term: str | None = None) -> tuple[XYPoint, ...]:
    """The points of an XY plot of a term, or of the whole model."""
    table, model = _one(solution)
    memberships = Memberships(table.data, table.conditions)
    terms = model.terms if term is None else (_term(model, term),)
    x = np.maximum.reduce([memberships.term(one.literals) for one in terms])
    points = []
    for case, a, b in zip(table.data.cases, x, table.y, strict=True):
        if a > 0.5 and b > 0.5:
            kind = "typical" if a <= b + EPSILON else "deviant in degree"
        elif a > 0.5:
            kind = "deviant consistency" if b < 0.5 else "ambiguous"
        else:
            kind = "deviant coverage" if b > 0.5 and a < 0.5 else "irrelevant" if a < 0.5 and b < 0.5 else "ambiguous"
        points.append(XYPoint(case, float(a), float(b), kind))
    return tuple(points)


def _one(solution: Solution | tuple[TruthTable, Model]) -> tuple[TruthTable, Model]:
    return (solution.table, solution.models[0]) if isinstance(solution, Solution) else solution


def _term(model: Model, term: str) -> ModelTerm:
    for one in model.terms:
        if one.term == term:
            return one
    raise NotFoundError("term", term, [one.term for one in model.terms])


def _row_membership(table: TruthTable, memberships: Memberships, row_of: dict[str, int]) -> Floats:
    """The membership of each case in its own truth-table row; 0.5 when it has none."""
    result = np.full(len(table.data.cases), 0.5)
    index = {case: i for i, case in enumerate(table.data.cases)}
    for row in table.observed:
        members = [index[case] for case in row.cases]
        result[members] = memberships.term(tuple(enumerate(row.config)))[members]
    return result


def _pairs(
    table: TruthTable,
    kind: str,
    term: str,
    first: Any,
    second: Any,
    limit: int,
    distance: Any,
    allowed: Any = lambda i, j: True,
) -> list[CasePair]:
    names: Sequence[str] = table.data.cases
    every = [
        (float(distance(i, j)), names[i], names[j])
        for i, j in itertools.product(np.flatnonzero(first).tolist(), np.flatnonzero(second).tolist())
        if allowed(i, j)
    ]
    every.sort()
    return [CasePair(kind, term, a, b, d, d <= every[0][0] + EPSILON) for d, a, b in every[:limit]]
