"""A permutation test of a solution's consistency: could an outcome dealt to the cases at random be explained as well?

After Braumoeller (2015): the memberships in the outcome are dealt anew, and the consistency of each term (or of the whole
solution) is measured again; the share of draws at least as consistent is the p value.  With several terms the p values are
corrected by Holm's method.  ``search`` deals before the analysis: truth table and minimisation are made anew for each draw,
which also tests the choice of the terms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.compute import Backend, replicate
from crosscase.core.errors import AnalysisError
from crosscase.engines.qca.data import EPSILON, Floats
from crosscase.engines.qca.minimise import minimize
from crosscase.engines.qca.robustness import model_membership
from crosscase.engines.qca.show import Table
from crosscase.engines.qca.solution import Model, Solution
from crosscase.engines.qca.terms import Memberships
from crosscase.engines.qca.truth_table import TruthTable, remeasured

__all__ = ["PermutationTest", "permutation_test"]


@dataclass(frozen=True, slots=True)
class PermutationTest(Table):
    """Observed consistencies with p values.  ``tests`` has one (term, consistency, p, adjusted p) per term, the whole
    solution last (its p is not adjusted).  ``failures`` counts draws without a solution (``search`` only): they count as
    less consistent."""

    tests: tuple[tuple[str, float, float, float], ...]
    draws: int
    failures: int
    seed: int
    search: bool

    def rows(self) -> list[dict[str, Any]]:
        return [{"term": term, "inclS": incl, "p": p, "p_adjusted": adjusted} for term, incl, p, adjusted in self.tests]

    def to_dict(self) -> dict[str, Any]:
        return {
            "rows": self.rows(),
            "draws": self.draws,
            "failures": self.failures,
            "seed": self.seed,
            "search": self.search,
        }


@dataclass(frozen=True, slots=True)
class _Deal:
    """One chunk of draws for given terms (picklable)."""

    vectors: Floats
    y: Floats

    def __call__(self, generators: Sequence[Any]) -> list[Floats]:
        dealt = np.array([generator.permutation(self.y) for generator in generators])
        totals = self.vectors.sum(axis=1)
        return [np.minimum(self.vectors, y).sum(axis=1) / totals for y in dealt]


@dataclass(frozen=True, slots=True)
class _Search:
    """One chunk of draws that make the analysis anew (picklable)."""

    table: TruthTable
    settings: tuple[tuple[str, Any], ...]

    def __call__(self, generators: Sequence[Any]) -> list[Floats | Exception]:
        results: list[Floats | Exception] = []
        for generator in generators:
            table = remeasured(self.table, generator.permutation(self.table.y))
            try:
                found = minimize(table, **{"all_models": False, **dict(self.settings)})
            except AnalysisError as error:
                results.append(error)
            else:
                results.append(np.array([found.models[0].fit.inclS]))
        return results


def permutation_test(
    solution: Solution | tuple[TruthTable, Model],
    draws: int = 2000,
    *,
    seed: int = 0,
    search: bool = False,
    settings: dict[str, Any] | None = None,
    backend: Backend = "serial",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> PermutationTest:
    """Test the consistency of a model (the first of a solution, unless one is given) against chance.

    Args:
        draws: how many deals; the smallest p value is 1 / (draws + 1).
        search: make truth table and minimisation anew for each deal.
        settings: of :func:`minimize`, for ``search``.
        backend, workers, progress, cancelled: see :func:`crosscase.compute.replicate`.

    Raises:
        AnalysisError: no draw has a solution (``search``).
    """
    table, model = (solution.table, solution.models[0]) if isinstance(solution, Solution) else solution
    memberships = Memberships(table.data, table.conditions)
    whole = model_membership(table, model)
    vectors = np.array([*(memberships.term(term.literals) for term in model.terms), whole])
    observed = np.minimum(vectors, table.y).sum(axis=1) / vectors.sum(axis=1)
    names = [*(term.term for term in model.terms), model.expression]
    if search:
        vectors, observed, names = vectors[-1:], observed[-1:], names[-1:]
    function: Any = _Search(table, tuple((settings or {}).items())) if search else _Deal(vectors, table.y)
    run = replicate(
        function,
        draws,
        seed=seed,
        backend=backend,
        workers=workers,
        progress=progress,
        cancelled=cancelled,
    )
    reached = sum((values >= observed - EPSILON for values in run.successes), np.zeros(len(observed)))
    p = (reached + 1) / (draws + 1)
    adjusted = np.append(_holm(p[:-1]), p[-1])
    tests = tuple(
        (name, float(incl), float(one), float(corrected))
        for name, incl, one, corrected in zip(names, observed, p, adjusted, strict=True)
    )
    return PermutationTest(tests, draws, len(run.failures), seed, search)


def _holm(p: Floats) -> Floats:
    """Holm's step-down correction."""
    order = np.argsort(p)
    corrected = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)) if len(p) else p
    result = np.empty_like(p)
    result[order] = np.minimum(1.0, corrected)
    return result
