"""Necessary conditions: single ones, conjunctions, and disjunctions, with consistency, relevance (RoN) and coverage; SUIN.

A disjunction is reported when no part of it is already necessary.  It is a claim only with a concept that its parts stand
for (functional equivalents); relevance says when it is necessary merely for being nearly always there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import InputError
from crosscase.engines.qca.data import EPSILON, Floats, SetData
from crosscase.engines.qca.expression import Or, disjuncts, membership, parse, write
from crosscase.engines.qca.fit import Necessity, Sufficiency, necessity_of, outcome_vector, parse_outcome
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.show import Table, number
from crosscase.engines.qca.terms import Conditions, Memberships, Term

__all__ = ["NecessaryCondition", "NecessityTable", "SubsetTable", "Suin", "necessary_conditions", "subsets", "suin"]

#: Without a depth, combinations go as deep as keeps their number below this.
COMBINATIONS = 200_000
TRIVIAL = 0.5


@dataclass(frozen=True, slots=True)
class NecessaryCondition:
    """A literal, conjunction or disjunction with its fit as necessary."""

    term: str
    joined_by: Literal["", "*", "+"]
    fit: Necessity

    def to_dict(self) -> dict[str, Any]:
        return {"term": self.term, **self.fit.to_dict()}


@dataclass(frozen=True, slots=True)
class NecessityTable(Table):
    """What is necessary for an outcome, above the cut-offs."""

    outcome: str
    conditions: tuple[str, ...]
    incl_cut: float
    ron_cut: float
    cov_cut: float
    depth: int
    found: tuple[NecessaryCondition, ...]
    notices: tuple[Notice, ...]

    def rows(self) -> list[dict[str, Any]]:
        return [one.to_dict() for one in self.found]

    def to_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "conditions": list(self.conditions),
            "incl_cut": self.incl_cut,
            "ron_cut": self.ron_cut,
            "cov_cut": self.cov_cut,
            "depth": self.depth,
            "rows": self.rows(),
            "warnings": [notice.to_dict() for notice in self.notices],
        }


@dataclass(frozen=True, slots=True)
class _Combinations:
    """All combinations of literals up to a depth, level by level: the parent in the level before, and the literal."""

    literals: tuple[tuple[int, int], ...]
    levels: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]

    @classmethod
    def of(cls, conditions: Conditions, depth: int) -> _Combinations:
        literals = tuple((i, level) for i in range(len(conditions)) for level in range(conditions.levels[i]))
        first_after = [sum(conditions.levels[: i + 1]) for i in range(len(conditions))]
        parent, literal = np.zeros(len(literals), dtype=np.int64), np.arange(len(literals))
        levels = [(parent, literal)]
        for _ in range(1, depth):
            starts = np.array([first_after[literals[k][0]] for k in literal], dtype=np.int64)
            counts = len(literals) - starts
            parent = np.repeat(np.arange(len(literal)), counts)
            offsets = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
            literal = np.repeat(starts, counts) + offsets
            levels.append((parent, literal))
        return cls(literals, tuple(levels))

    def sums(
        self, memberships: Memberships, y: Floats, join: Callable[..., Any], doubt: bool
    ) -> list[tuple[Floats, Floats, Floats]]:
        """For each level Σx, Σmin(x, y) and, when asked for, Σmin(x, y, 1 - y)."""
        table = memberships.matrix
        result = [tuple(np.zeros(len(parent)) for _ in range(3)) for parent, _ in self.levels]
        widest = max(len(parent) for parent, _ in self.levels)
        block = max(16, min(len(y), 262_144 // widest))
        either = np.minimum(y, 1.0 - y)
        for start in range(0, len(y), block):
            part = slice(start, start + block)
            literals = np.ascontiguousarray(table[:, part])
            current = literals
            for depth, (parent, literal) in enumerate(self.levels):
                current = literals if depth == 0 else join(current[parent], literals[literal])
                total, shared, doubtful = result[depth]
                total += current.sum(axis=1)
                both = np.minimum(current, y[part])
                shared += both.sum(axis=1)
                if doubt:
                    doubtful += np.minimum(both, either[part]).sum(axis=1)
        return [(a, b, c) for a, b, c in result]

    def terms(self) -> list[list[Term]]:
        result: list[list[Term]] = []
        for depth, (parent, literal) in enumerate(self.levels):
            before = result[-1] if depth else [()] * len(literal)
            result.append(
                [(*before[p], self.literals[k]) for p, k in zip(parent.tolist(), literal.tolist(), strict=True)]
            )
        return result


def necessary_conditions(
    data: SetData,
    outcome: str,
    conditions: Sequence[str],
    *,
    negate: bool = False,
    incl_cut: float = 0.9,
    ron_cut: float = 0.0,
    cov_cut: float = 0.0,
    depth: int | None = None,
) -> NecessityTable:
    """Search single conditions, conjunctions and disjunctions for what is necessary.

    Every conjunction above the cut-offs is listed, and every disjunction of which no part is.  An exclusive choice of
    levels of the same condition is never joined.

    Args:
        depth: the largest number of literals joined.

    Raises:
        InputError: a cut-off is out of range, the depth is not positive, or the outcome is among the conditions.
        NotFoundError: a condition or outcome does not exist.
    """
    y, written, given, reach = _prepare(data, outcome, conditions, negate, (incl_cut, ron_cut, cov_cut), depth)
    combinations = _Combinations.of(given, reach)
    memberships = Memberships(data, given)
    terms = combinations.terms()
    found = []
    count = len(y)
    sums = {"*": combinations.sums(memberships, y, np.minimum, False)}
    sums["+"] = combinations.sums(memberships, y, np.maximum, False) if reach > 1 else []
    necessary: list[frozenset[tuple[int, int]]] = []
    for sign, joined in sums.items():
        for level, (total, shared, _) in enumerate(joined):
            if sign == "+" and level == 0:
                continue
            with np.errstate(divide="ignore", invalid="ignore"):
                incl, cov, ron = shared / y.sum(), shared / total, (count - total) / (count - shared)
            good = (incl >= incl_cut - EPSILON) & (np.nan_to_num(cov) >= cov_cut - EPSILON)
            good &= np.nan_to_num(ron) >= ron_cut - EPSILON
            fresh = []
            for i in np.flatnonzero(good):
                term = terms[level][i]
                if level == 0:
                    fresh.append(frozenset(term))
                if sign == "+":
                    parts = frozenset(term)
                    if any(known <= parts for known in necessary):
                        continue
                    fresh.append(parts)
                text = (" + " if sign == "+" else "*").join(given.literal(c, value) for c, value in term)
                label: Literal["", "*", "+"] = "" if level == 0 else "+" if sign == "+" else "*"
                found.append(NecessaryCondition(text, label, Necessity(float(incl[i]), _nan(ron[i]), _nan(cov[i]))))
            necessary += fresh
    notices = _notices(found, written)
    return NecessityTable(written, given.names, incl_cut, ron_cut, cov_cut, reach, tuple(found), notices)


@dataclass(frozen=True, slots=True)
class SubsetTable(Table):
    """Conjunctions that are sufficient above the cut-offs, none a part of another."""

    outcome: str
    found: tuple[tuple[str, Sufficiency], ...]

    def rows(self) -> list[dict[str, Any]]:
        return [{"term": term, **fit.to_dict()} for term, fit in self.found]

    def to_dict(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "rows": self.rows()}


def subsets(
    data: SetData,
    outcome: str,
    conditions: Sequence[str],
    *,
    negate: bool = False,
    incl_cut: float = 0.8,
    pri_cut: float = 0.0,
    cov_cut: float = 0.0,
    depth: int | None = None,
) -> SubsetTable:
    """Search conjunctions for those sufficient above the cut-offs; of nested ones only the shortest."""
    y, written, given, reach = _prepare(data, outcome, conditions, negate, (incl_cut, pri_cut, cov_cut), depth)
    combinations = _Combinations.of(given, reach)
    kept: list[frozenset[tuple[int, int]]] = []
    found = []
    joined = combinations.sums(Memberships(data, given), y, np.minimum, True)
    for terms, (total, shared, doubtful) in zip(combinations.terms(), joined, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            incl, pri, cov = shared / total, (shared - doubtful) / (total - doubtful), shared / y.sum()
        good = (np.nan_to_num(incl) >= incl_cut - EPSILON) & (cov >= cov_cut - EPSILON)
        if pri_cut > 0:
            good &= np.nan_to_num(pri) >= pri_cut - EPSILON
        for i in np.flatnonzero(good):
            parts = frozenset(terms[i])
            if any(known <= parts for known in kept):
                continue
            kept.append(parts)
            found.append((given.write(terms[i]), Sufficiency(float(incl[i]), _nan(pri[i]), float(cov[i]))))
    return SubsetTable(written, tuple(found))


@dataclass(frozen=True, slots=True)
class Suin(Table):
    """A necessary disjunction and its parts: each a sufficient but unnecessary part of a condition that is insufficient
    but necessary (Mahoney, Kimball & Koivu 2009)."""

    outcome: str
    expression: str
    parts: tuple[tuple[str, Necessity], ...]
    whole: Necessity

    def rows(self) -> list[dict[str, Any]]:
        parts = [{"term": term, **fit.to_dict()} for term, fit in self.parts]
        return [*parts, {"term": self.expression, **self.whole.to_dict()}]

    def to_dict(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "rows": self.rows()}


def suin(data: SetData, expression: str, outcome: str, *, negate: bool = False) -> Suin:
    """The necessity of a disjunction and of each of its parts.

    Raises:
        InputError: the expression is not a disjunction.
    """
    y, written = outcome_vector(data, outcome, negate=negate)
    tree = parse(expression, data.names)
    if not isinstance(tree, Or):
        raise InputError(f"'{expression}' is not a disjunction", mend="join its parts by '+'")
    parts = tuple((write(part), necessity_of(membership(part, data), y)) for part in disjuncts(tree))
    return Suin(written, write(tree), parts, necessity_of(membership(tree, data), y))


def _prepare(
    data: SetData,
    outcome: str,
    conditions: Sequence[str],
    negate: bool,
    cuts: tuple[float, float, float],
    depth: int | None,
) -> tuple[Floats, str, Conditions, int]:
    from crosscase.engines.qca.expression import literals

    for cut in cuts:
        if not 0 <= cut <= 1:
            raise InputError(f"a cut-off is {cut:g}", mend="give a number between 0 and 1")
    if depth is not None and depth < 1:
        raise InputError(f"the depth is {depth}", mend="give a whole number of at least 1")
    if not conditions:
        raise InputError("there are no conditions", mend="name at least one condition")
    y, written = outcome_vector(data, outcome, negate=negate)
    for literal in literals(parse_outcome(outcome, data.names)):
        if literal.name in conditions:
            raise InputError(f"the outcome '{literal.name}' is among the conditions", mend="leave it out")
    given = Conditions.of(data, conditions)
    return y, written, given, min(depth, len(given)) if depth else _depth(given)


def _depth(conditions: Conditions) -> int:
    """How deep all combinations are still few enough."""
    by_size = [1] + [0] * len(conditions)
    for levels in conditions.levels:
        for size in range(len(conditions), 0, -1):
            by_size[size] += by_size[size - 1] * levels
    depth, total = 1, by_size[1]
    while depth < len(conditions) and total + by_size[depth + 1] <= COMBINATIONS:
        depth += 1
        total += by_size[depth]
    return depth


def _nan(value: float) -> float:
    return float(value) if math.isfinite(value) else math.nan


def _notices(found: Sequence[NecessaryCondition], outcome: str) -> tuple[Notice, ...]:
    notices = []
    for one in found:
        ron = number(one.fit.RoN)
        if ron is not None and ron < TRIVIAL:
            notices.append(
                Notice(
                    "trivial-necessity",
                    f"{one.term} is necessary for {outcome} mostly because it is nearly always there (RoN {ron:.3f})",
                    one.term,
                )
            )
    if any(one.joined_by == "+" for one in found):
        notices.append(
            Notice(
                "necessary-disjunction",
                "a disjunction is a necessary condition only if its parts stand for one concept; many pass by chance",
            )
        )
    return tuple(notices)
