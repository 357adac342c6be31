"""Theory evaluation (Ragin 1987; Schneider & Wagemann 2012, ch. 11): where a theory and a solution meet and part, with fit
and cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.engines.qca.expression import membership, parse, write
from crosscase.engines.qca.fit import Sufficiency, sufficiency_of
from crosscase.engines.qca.robustness import model_membership
from crosscase.engines.qca.show import Table
from crosscase.engines.qca.solution import Model, Solution
from crosscase.engines.qca.truth_table import TruthTable

__all__ = ["Intersection", "TheoryEvaluation", "evaluate_theory"]

KINDS = {
    "T*S": ("covered most likely", "inconsistent most likely"),
    "~T*S": ("covered least likely", "inconsistent least likely"),
    "T*~S": ("uncovered most likely", "consistent most likely"),
    "~T*~S": ("uncovered least likely", "consistent least likely"),
}


@dataclass(frozen=True, slots=True)
class Intersection:
    """One meeting of theory T and solution S: its fit, and its cases with and without the outcome."""

    name: str
    fit: Sufficiency
    with_outcome: str
    with_cases: tuple[str, ...]
    without_outcome: str
    without_cases: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "set": self.name,
            **self.fit.to_dict(),
            "cases": {self.with_outcome: list(self.with_cases), self.without_outcome: list(self.without_cases)},
        }


@dataclass(frozen=True, slots=True)
class TheoryEvaluation(Table):
    """The fit of a theory, of a model, and of their four intersections."""

    theory: str
    model: str
    theory_fit: Sufficiency
    model_fit: Sufficiency
    intersections: tuple[Intersection, ...]

    def rows(self) -> list[dict[str, Any]]:
        lines = [
            {"set": "solution", **self.model_fit.to_dict(), "with Y": "", "without Y": ""},
            {"set": "theory", **self.theory_fit.to_dict(), "with Y": "", "without Y": ""},
        ]
        for one in self.intersections:
            lines.append(
                {
                    "set": one.name,
                    **one.fit.to_dict(),
                    "with Y": ", ".join(one.with_cases),
                    "without Y": ", ".join(one.without_cases),
                }
            )
        return lines

    def to_dict(self) -> dict[str, Any]:
        return {
            "theory": self.theory,
            "model": self.model,
            "theory_fit": self.theory_fit.to_dict(),
            "model_fit": self.model_fit.to_dict(),
            "intersections": [one.to_dict() for one in self.intersections],
        }


def evaluate_theory(theory: str, solution: Solution | tuple[TruthTable, Model]) -> TheoryEvaluation:
    """Hold a theory (an expression) against a model (the first of a solution, unless a model is given).

    Raises:
        ExpressionError, NotFoundError: the theory does not parse, or names a set that is not there.
    """
    table, model = (solution.table, solution.models[0]) if isinstance(solution, Solution) else solution
    tree = parse(theory, table.data.names)
    t, s, y = membership(tree, table.data), model_membership(table, model), table.y
    sets = {
        "T*S": np.minimum(t, s),
        "~T*S": np.minimum(1 - t, s),
        "T*~S": np.minimum(t, 1 - s),
        "~T*~S": np.minimum(1 - t, 1 - s),
    }
    intersections = []
    for name, x in sets.items():
        inside, outside = KINDS[name]
        members = [(case, b) for case, a, b in zip(table.data.cases, x, y, strict=True) if a > 0.5]
        with_y = tuple(case for case, value in members if value > 0.5)
        without_y = tuple(case for case, value in members if value < 0.5)
        intersections.append(Intersection(name, sufficiency_of(x, y), inside, with_y, outside, without_y))
    return TheoryEvaluation(
        write(tree), model.expression, sufficiency_of(t, y), sufficiency_of(s, y), tuple(intersections)
    )
