"""Parameters of fit: how far a set is sufficient or necessary for an outcome.

Sufficiency of X for Y (Ragin 2006, Schneider & Wagemann 2012): consistency Σmin(x, y)/Σx, PRI with the part removed that
is also consistent with ~Y, coverage Σmin(x, y)/Σy.  Necessity: consistency Σmin(x, y)/Σy, coverage Σmin(x, y)/Σx, and the
relevance of necessity RoN = Σ(1 - x)/Σ(1 - min(x, y)).  A share of nothing is ``nan``, in JSON ``null``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.core.errors import AnalysisError, InputError
from crosscase.engines.qca.data import Floats, SetData
from crosscase.engines.qca.expression import Expression, Literal, Not, disjuncts, literals, membership, parse, write
from crosscase.engines.qca.show import Table, number

__all__ = [
    "Fit",
    "FitTable",
    "Necessity",
    "Sufficiency",
    "fit_all_terms",
    "necessity_of",
    "outcome_vector",
    "parameters_of_fit",
    "sufficiency_of",
]


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """Consistency (inclusion), PRI, raw and unique coverage of a sufficient condition; ``covU`` is nan alone."""

    inclS: float
    PRI: float
    covS: float
    covU: float = math.nan

    def to_dict(self) -> dict[str, float | None]:
        return {name: number(getattr(self, name)) for name in ("inclS", "PRI", "covS", "covU")}


@dataclass(frozen=True, slots=True)
class Necessity:
    """Consistency (inclusion), relevance and coverage of a necessary condition."""

    inclN: float
    RoN: float
    covN: float

    def to_dict(self) -> dict[str, float | None]:
        return {name: number(getattr(self, name)) for name in ("inclN", "RoN", "covN")}


@dataclass(frozen=True, slots=True)
class Fit:
    """One expression with its fit and the cases that are more in than out (membership above 0.5)."""

    expression: str
    sufficiency: Sufficiency
    necessity: Necessity
    cases: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "term": self.expression,
            **self.sufficiency.to_dict(),
            **self.necessity.to_dict(),
            "cases": list(self.cases),
        }


@dataclass(frozen=True, slots=True)
class FitTable(Table):
    """The fit of an expression: its disjuncts, then the whole.  With one disjunct, only the whole."""

    outcome: str
    parts: tuple[Fit, ...]
    whole: Fit

    def to_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "terms": [part.to_dict() for part in self.parts],
            "expression": self.whole.to_dict(),
        }

    def rows(self) -> list[dict[str, Any]]:
        return [part.to_dict() for part in (*self.parts, self.whole)]


def ratio(numerator: float, denominator: float) -> float:
    return float(numerator / denominator) if denominator > 0 else math.nan


def sufficiency_of(x: Floats, y: Floats, others: Floats | None = None) -> Sufficiency:
    """The fit of ``x`` as sufficient for ``y`` (both shape (cases,), between 0 and 1).

    ``others`` is the union of the other terms of a solution, for the unique coverage.
    """
    both = np.minimum(x, y)
    total, shared, ambiguous = x.sum(), both.sum(), np.minimum(both, 1.0 - y).sum()
    unique = math.nan if others is None else ratio(shared - np.minimum(both, others).sum(), y.sum())
    return Sufficiency(
        ratio(shared, total), ratio(shared - ambiguous, total - ambiguous), ratio(shared, y.sum()), unique
    )


def necessity_of(x: Floats, y: Floats) -> Necessity:
    """The fit of ``x`` as necessary for ``y``; RoN after Schneider & Wagemann (2012, p. 236)."""
    both = np.minimum(x, y)
    return Necessity(ratio(both.sum(), y.sum()), ratio((1.0 - x).sum(), (1.0 - both).sum()), ratio(both.sum(), x.sum()))


def parse_outcome(outcome: str, names: Sequence[str] | None = None) -> Expression:
    """An outcome: a name as it stands in the table, also with its negation, or an expression."""
    name = outcome.strip().removeprefix("~").strip()
    if names is not None and name in names:
        literal = Literal(name)
        return Not(literal) if outcome.strip().startswith("~") else literal
    return parse(outcome, names)


def outcome_vector(data: SetData, outcome: str, *, negate: bool = False) -> tuple[Floats, str]:
    """Memberships in the outcome (any expression over the sets, mostly ``Y``, ``~Y`` or ``Y[1,2]``) and how it is written."""
    tree = parse_outcome(outcome, data.names)
    if negate:
        tree = tree.part if isinstance(tree, Not) else Not(tree)
    vector = membership(tree, data)
    if vector.sum() <= 0:
        raise AnalysisError(
            f"no case is a member of the outcome {write(tree)}", mend="an analysis needs cases with the outcome"
        )
    return vector, write(tree)


def parameters_of_fit(data: SetData, expression: str, outcome: str, *, negate: bool = False) -> FitTable:
    """Sufficiency and necessity of an expression and of each of its disjuncts.

    Raises:
        ExpressionError, NotFoundError: the expression does not parse or names what is not there.
        InputError: the outcome stands in the expression.
    """
    y, written = outcome_vector(data, outcome, negate=negate)
    tree = parse(expression, data.names)
    own = {literal.name for literal in literals(parse_outcome(outcome, data.names))}
    for literal in literals(tree):
        if literal.name in own:
            raise InputError(f"the outcome '{literal.name}' stands in the expression", where=expression)
    parts = disjuncts(tree)
    vectors = [membership(part, data) for part in parts]

    def fit(text: str, x: Floats, others: Floats | None) -> Fit:
        return Fit(
            text,
            sufficiency_of(x, y, others),
            necessity_of(x, y),
            tuple(case for case, value in zip(data.cases, x, strict=True) if value > 0.5),
        )

    rows = []
    if len(parts) > 1:
        for i, part in enumerate(parts):
            rest = np.maximum.reduce([vector for j, vector in enumerate(vectors) if j != i])
            rows.append(fit(write(part), vectors[i], rest))
    whole = fit(write(tree), np.maximum.reduce(vectors), None)
    return FitTable(written, tuple(rows), whole)


@dataclass(frozen=True, slots=True)
class TermFits:
    """The fit of every conjunction of some sets, as arrays with one entry per term.

    ``codes`` has shape (terms, sets): 0 the set absent from the term, 1 negated, 2 present.  The last entry along each
    axis is as in ``itertools.product`` over (absent, negated, present), the first set slowest.
    """

    names: tuple[str, ...]
    codes: np.ndarray[Any, np.dtype[np.int8]]
    inclS: Floats
    PRI: Floats
    covS: Floats
    RoN: Floats


def fit_all_terms(data: SetData, names: tuple[str, ...], outcome: str) -> TermFits:
    """The fit of all 3^k conjunctions of ``k`` crisp or fuzzy sets, the empty one included.

    Raises:
        InputError: a set is multi-value, or 3^k × cases would need more than half a gigabyte at once.
    """
    for name in names:
        if data.kind(name) == "multi-value":
            raise InputError(f"'{name}' is a multi-value set", mend="name crisp and fuzzy sets")
    if 3 ** len(names) > 5_000_000:
        raise InputError(f"{len(names)} sets have {3 ** len(names)} conjunctions", mend="name at most 14 sets")
    y, _ = outcome_vector(data, outcome)
    doubt = np.minimum(y, 1.0 - y)
    count = 3 ** len(names)
    middle = (len(names) + 1) // 2
    sums = np.zeros((3, count))
    block = max(1, min(len(y), 32_768 // 3 ** (len(names) - middle)))
    for start in range(0, len(y), block):
        part = slice(start, start + block)
        columns = [data.column(name)[part] for name in names]
        first, last = _products(columns[:middle], len(y[part])), _products(columns[middle:], len(y[part]))
        room = np.empty_like(last)
        for i, limit in enumerate((np.ones_like(y[part]), y[part], doubt[part])):
            lines = sums[i].reshape(len(first), len(last))
            for line, row in zip(lines, np.minimum(first, limit), strict=True):
                line += np.minimum(last, row, out=room).sum(axis=1)
    total, shared, ambiguous = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        codes = np.stack(np.unravel_index(np.arange(count), (3,) * len(names)), axis=1).astype(np.int8)
        return TermFits(
            names,
            codes,
            shared / total,
            (shared - ambiguous) / (total - ambiguous),
            shared / y.sum(),
            (len(y) - total) / (len(y) - shared),
        )


def _products(columns: list[Floats], cases: int) -> Floats:
    """All conjunctions of some sets, each absent, negated or present: shape (3^sets, cases)."""
    table = np.ones((1, cases))
    for x in columns:
        choice = np.stack([np.ones_like(x), 1.0 - x, x])
        table = np.minimum(table[:, None, :], choice[None, :, :]).reshape(-1, cases)
    return table
