"""Logical minimisation: the conservative, the parsimonious and the intermediate solution of a truth table, with all models.

Conventions are those of R's QCA: models have the least number of terms; a literal of a multi-value condition names one
level; with several conservative and parsimonious models the intermediate solution is made for each pair.  Every model is
reported, or the number there is at least and what can be said about each prime implicant: never silently the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal as OneOf

import numpy as np

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.engines.qca.cover import Chart
from crosscase.engines.qca.expectations import Expectations
from crosscase.engines.qca.expression import parse
from crosscase.engines.qca.implicants import (
    Cubes,
    complement,
    cubes_of_expression,
    cubes_of_rows,
    cubes_of_terms,
    prime_implicants,
    rows_of,
    without,
)
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.solution import MAX_ROWS, Pair, Solution, build_models
from crosscase.engines.qca.terms import Conditions, Term
from crosscase.engines.qca.truth_table import TruthTable

__all__ = ["minimize"]

Kind = OneOf["conservative", "parsimonious", "intermediate"]

#: Pairs of a conservative and a parsimonious model for which the intermediate solution is made.
MAX_PAIRS = 200
#: Tables up to this size have their off-set marked row by row; larger ones are cut into cubes, unless there are many.
SMALL, LARGE, MANY = 1 << 12, 1 << 20, 300


@dataclass(frozen=True, slots=True)
class _Answer:
    """The minimal models of one minimisation, as terms; ``unproved`` is a lower bound for the number of terms where the
    model is not proved to have the fewest."""

    implicants: tuple[Term, ...]
    models: tuple[tuple[Term, ...], ...]
    count: int
    counted: bool
    in_all: frozenset[Term]
    in_some: frozenset[Term]
    undecided: frozenset[Term]
    unproved: int | None = None

    @property
    def complete(self) -> bool:
        return self.counted and self.count == len(self.models)


def _with(wanted: frozenset[Term], models: Iterable[tuple[Term, ...]]) -> list[tuple[Term, ...]]:
    return [model for model in models if wanted <= set(model)]


@dataclass(slots=True)
class _Problem:
    """The rows of a truth table as the minimisation sees them."""

    table: TruthTable
    excluded: Cubes
    limit: int
    summarise: bool
    effort: int
    wanted: frozenset[Term] = frozenset()
    positives: np.ndarray[tuple[int, int], np.dtype[np.int64]] = field(init=False)

    def __post_init__(self) -> None:
        self.positives = np.array([row.config for row in self.table.positive], dtype=np.int64)

    @property
    def conditions(self) -> Conditions:
        return self.table.conditions

    def off_rows(self) -> Cubes:
        """What the parsimonious solution may not cover."""
        levels = self.conditions.levels
        negative = cubes_of_rows([row.config for row in self.table.negative], levels)
        return np.concatenate([negative, self.excluded])

    def outside(self, cubes: Cubes) -> Cubes:
        """What lies outside the cubes and outside the positive rows."""
        levels = self.conditions.levels
        allowed = np.concatenate([cubes, cubes_of_rows(self.positives.tolist(), levels)])
        if self.conditions.size > (LARGE if len(allowed) > MANY else SMALL):
            return complement(allowed, levels)
        inside = np.zeros(self.conditions.size, dtype=bool)
        inside[rows_of(allowed, levels) - 1] = True
        rows = np.stack(np.unravel_index(np.flatnonzero(~inside), levels), axis=1)
        return cubes_of_rows(rows.tolist(), levels)

    def _asked(
        self,
        wanted: frozenset[Term],
        listed: tuple[tuple[Term, ...], ...],
        complete: bool,
        terms: list[Term],
        chart: Chart,
    ) -> tuple[tuple[Term, ...], ...]:
        """The listed models, those with the wanted terms first; one more when none has them and there may be others."""
        places = {term: place for place, term in enumerate(terms)}
        for term in wanted:
            if term not in places:
                known = [self.conditions.write(one) for one in terms]
                raise NotFoundError("prime implicant", self.conditions.write(term), known, where="containing")
        first = _with(wanted, listed)
        if not first and not complete:
            model, decided = chart.model_with([places[term] for term in wanted])
            if model is None and not decided:
                raise AnalysisError(
                    f"whether a smallest model has {self.conditions.expression(self.conditions.sort(wanted))} was not decided",
                    mend="give it more effort",
                )
            first = [self.conditions.sort(terms[i] for i in model)] if model else []
        if not first:
            raise AnalysisError(
                f"no smallest model has {self.conditions.expression(self.conditions.sort(wanted))}",
                mend="look at the prime implicants that are in some model",
            )
        rest = [model for model in listed if model not in first]
        return tuple([*first, *rest][: max(self.limit, len(first))])

    def solve(self, off: Cubes, asked: frozenset[Term] = frozenset()) -> _Answer:
        if not len(off):
            raise AnalysisError(
                "no row is negative or left open: every condition is minimised away",
                mend="raise the inclusion cut-off, or look for cases without the outcome",
            )
        found = prime_implicants(self.positives, off, self.conditions.levels)
        terms = [found.term(i) for i in range(len(found))]
        chart = Chart(found.coverage, len(self.positives), self.effort)
        unproved = None if chart.proved else chart.lower_bound
        if not self.summarise:
            first = self.conditions.sort(terms[i] for i in chart.first_model)
            unknown = frozenset(terms)
            return _Answer(
                tuple(terms), (first,), 1, False, frozenset(), frozenset(first), unknown - set(first), unproved
            )
        models = chart.models(self.limit)
        groups = chart.ambiguity()
        listed = tuple(self.conditions.sort(terms[i] for i in model) for model in models.listed)
        if asked:
            listed = self._asked(asked, listed, models.complete, terms, chart)
        return _Answer(
            self.conditions.sort(terms),
            listed,
            models.count,
            models.counted,
            frozenset(terms[i] for i in groups.in_all),
            frozenset(terms[i] for i in groups.in_some),
            frozenset(terms[i] for i in groups.undecided),
            unproved,
        )


def minimize(
    table: TruthTable,
    solution: Kind = "conservative",
    *,
    directional: str | Iterable[str] | None = None,
    exclude: str | Sequence[str | int] | None = None,
    max_models: int = 1000,
    all_models: bool = True,
    containing: str | None = None,
    effort: int = 1,
) -> Solution:
    """Minimise a truth table.

    Args:
        solution: ``conservative`` (no assumption about remainders), ``parsimonious`` (any that simplifies) or
            ``intermediate`` (those that the directional expectations allow).
        directional: expectations for the intermediate solution: ``A,~B``, ``A*B + C*~D``, ``A[2],B[1]``.
        exclude: what no term may cover (enhanced standard analysis): expressions, which are taken to mean their
            remainders, and row numbers, which may also name observed rows.
        max_models: how many models are listed at most; more are counted.
        all_models: when false, stop at the first minimal model: no count, no summary of ambiguity.
        containing: terms, ``A*B + C``: the models that have them are listed first; one is looked for when none of the
            listed has them.
        effort: how many times the usual work (seconds) to spend on counting models and dividing prime implicants.

    Raises:
        AnalysisError: no row is positive, or none is negative; or no smallest model has the terms asked for.
        InputError: a row number that does not exist, or expectations for another solution than the intermediate.
        NotFoundError: an expectation or exclusion for a condition that is not there.
    """
    if solution not in ("conservative", "parsimonious", "intermediate"):
        raise InputError(f"there is no {solution} solution", mend="ask for conservative, parsimonious or intermediate")
    if directional and solution != "intermediate":
        raise InputError(
            f"directional expectations mean nothing for the {solution} solution",
            mend="ask for the intermediate solution",
        )
    for what, value in (("number of models to list", max_models), ("effort", effort)):
        if value < 1:
            raise InputError(f"the {what} is {value}", mend="give a whole number of at least 1")
    expectations = Expectations.parse(directional or "", table.conditions)
    table, excluded, written = _exclude(table, exclude)
    if not table.positive:
        raise AnalysisError(
            f"no row is consistent enough: none reaches the inclusion cut-off of {table.incl_cut:g}"
            + (f" and the PRI cut-off of {table.pri_cut:g}" if table.pri_cut > 0 else "")
            + (f" with at least {table.n_cut} cases" if table.n_cut > 1 else "")
            + _best(table),
            mend="look at the truth table; lower the cut-off only for a reason",
        )
    wanted = frozenset(table.conditions.terms(containing)) if containing else frozenset()
    problem = _Problem(table, excluded, max_models, all_models, effort, wanted)
    nothing = np.empty((0, len(table.conditions)), dtype=np.uint64)
    if solution == "conservative":
        answer = problem.solve(problem.outside(nothing), asked=wanted)
        return _result(problem, solution, answer, expectations, written, _labels(answer), {})
    if solution == "parsimonious":
        answer = problem.solve(problem.off_rows(), asked=wanted)
        return _result(problem, solution, answer, expectations, written, _labels(answer), _all_core(answer))
    return _intermediate(problem, expectations, written)


def _best(table: TruthTable) -> str:
    """The most consistent of the rows with enough cases, for somebody who wonders about the cut-off."""
    rows = [row for row in table.observed if row.n >= table.n_cut and row.incl == row.incl]
    best = max(rows, key=lambda row: row.incl, default=None)
    return (
        "" if best is None else f"; the most consistent is row {best.number} with {best.incl:.3f} (PRI {best.PRI:.3f})"
    )


def _intermediate(problem: _Problem, expectations: Expectations, written: tuple[str, ...]) -> Solution:
    levels = problem.conditions.levels
    nothing = np.empty((0, len(levels)), dtype=np.uint64)
    conservative = problem.solve(problem.outside(nothing))
    parsimonious = problem.solve(problem.off_rows())
    pairs: list[Pair] = []
    answers: dict[tuple[Term, ...], _Answer] = {}
    labels: dict[tuple[Term, ...], list[str]] = {}
    core: dict[tuple[Term, ...], set[tuple[int, Term]]] = {}
    complete = conservative.complete and parsimonious.complete
    numbered = [(c, p) for c in range(len(conservative.models)) for p in range(len(parsimonious.models))]
    if len(numbered) > MAX_PAIRS:
        numbered, complete = numbered[:MAX_PAIRS], False
    for c, p in numbered:
        label = f"C{c + 1}P{p + 1}"
        c_model, p_model = conservative.models[c], parsimonious.models[p]
        reduced = problem.conditions.sort(
            {expectations.reduce(term, within) for term in c_model for within in p_model if set(within) <= set(term)}
        )
        if reduced not in answers:
            answers[reduced] = problem.solve(problem.outside(cubes_of_terms(reduced, levels)))
        answer = answers[reduced]
        complete &= answer.complete
        for model in answer.models:
            labels.setdefault(model, []).append(label)
            marks = core.setdefault(model, set())
            marks |= {(i, term) for term in model for within in p_model if set(within) <= set(term) for i, _ in within}
        easy, difficult = _counterfactuals(problem, reduced, p_model)
        pairs.append(Pair(label, c_model, p_model, answer.models, easy, difficult))
    # An implicant is in all models when it is in all models of every pair.
    found = list(answers.values())
    merged = _Answer(
        problem.conditions.sort({term for answer in found for term in answer.implicants}),
        tuple(sorted(labels, key=lambda model: [(len(term), [(i, -level) for i, level in term]) for term in model])),
        len(labels) if complete else max(len(labels), *(answer.count for answer in found)),
        complete,
        frozenset.intersection(*(answer.in_all for answer in found)),
        frozenset(),
        frozenset().union(*(answer.undecided for answer in found)),
    )
    some = {term for answer in found for term in answer.in_some | answer.in_all} - merged.in_all
    merged = _Answer(
        merged.implicants,
        merged.models,
        merged.count,
        merged.counted,
        merged.in_all,
        frozenset(some),
        merged.undecided - some - merged.in_all,
        min((one.unproved for one in (conservative, parsimonious, *found) if one.unproved is not None), default=None),
    )
    if problem.wanted:
        first = _with(problem.wanted, merged.models)
        if not first:
            words = problem.conditions.expression(problem.conditions.sort(problem.wanted))
            raise AnalysisError(
                f"no {'' if merged.complete else 'listed '}model has {words}",
                mend="look at the prime implicants that are in some model",
            )
        merged = replace(merged, models=(*first, *(model for model in merged.models if model not in first)))
    result_labels = {model: tuple(names) for model, names in labels.items()}
    return _result(problem, "intermediate", merged, expectations, written, result_labels, core, tuple(pairs))


def _counterfactuals(
    problem: _Problem, reduced: tuple[Term, ...], parsimonious: tuple[Term, ...]
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Remainders that the expectations admit (easy), and those that only the parsimonious model uses (difficult)."""
    if problem.conditions.size > MAX_ROWS:
        return None, None
    levels = problem.conditions.levels
    observed = {row.number for row in (*problem.table.positive, *problem.table.negative)}
    easy = set(rows_of(cubes_of_terms(reduced, levels), levels).tolist()) - observed
    used = set(rows_of(cubes_of_terms(parsimonious, levels), levels).tolist()) - observed
    return tuple(sorted(easy)), tuple(sorted(used - easy))


def _exclude(table: TruthTable, exclude: str | Sequence[str | int] | None) -> tuple[TruthTable, Cubes, tuple[str, ...]]:
    """The table with observed rows made negative that are excluded by number, and the excluded remainders as cubes."""
    conditions = table.conditions
    wanted = [] if exclude is None else [exclude] if isinstance(exclude, str) else list(exclude)
    cubes = [np.empty((0, len(conditions)), dtype=np.uint64)]
    numbers: set[int] = set()
    for one in wanted:
        if isinstance(one, str):
            tree = parse(one)
            cubes.append(cubes_of_expression(tree, conditions.names, conditions.levels))
        else:
            table.row(int(one))
            numbers.add(int(one))
    observed = [row.config for row in table.observed if row.out != "?"]
    remainders = without(np.concatenate(cubes), cubes_of_rows(observed, conditions.levels))
    by_number = cubes_of_rows([conditions.configuration(number) for number in sorted(numbers)], conditions.levels)
    rows = tuple(replace(row, out="0") if row.number in numbers else row for row in table.observed)
    return replace(table, observed=rows), np.concatenate([remainders, by_number]), tuple(str(one) for one in wanted)


def _labels(answer: _Answer) -> dict[tuple[Term, ...], tuple[str, ...]]:
    return {model: (f"M{i + 1}",) for i, model in enumerate(answer.models)}


def _all_core(answer: _Answer) -> dict[tuple[Term, ...], set[tuple[int, Term]]]:
    return {model: {(i, term) for term in model for i, _ in term} for model in answer.models}


def _result(
    problem: _Problem,
    kind: Kind,
    answer: _Answer,
    expectations: Expectations,
    written: tuple[str, ...],
    labels: dict[tuple[Term, ...], tuple[str, ...]],
    core: dict[tuple[Term, ...], set[tuple[int, Term]]],
    pairs: tuple[Pair, ...] = (),
) -> Solution:
    models = build_models(problem.table, answer.models, labels, core)
    notices = list(problem.table.notices) + _notices(problem, kind, answer, expectations, pairs)
    return Solution(
        kind,
        problem.table,
        models,
        len(models) if answer.complete else answer.count,
        answer.complete,
        answer.implicants,
        problem.conditions.sort(answer.in_all),
        problem.conditions.sort(answer.in_some),
        problem.conditions.sort(answer.undecided),
        pairs,
        expectations.text,
        written,
        tuple(notices),
    )


def _notices(
    problem: _Problem, kind: Kind, answer: _Answer, expectations: Expectations, pairs: tuple[Pair, ...]
) -> list[Notice]:
    from crosscase.engines.qca.practice import solution_notices

    notices = []
    if kind == "intermediate" and not expectations:
        notices.append(
            Notice("no-expectation", "no directional expectation was given: the solution is the conservative one")
        )
    if answer.unproved is not None:
        notices.append(
            Notice(
                "minimum-not-proved",
                "the truth table is too large to prove that no model has fewer terms; it takes at least "
                f"{answer.unproved}",
            )
        )
    if answer.undecided:
        none = len(answer.implicants) - len(answer.in_all) - len(answer.in_some) - len(answer.undecided)
        notices.append(
            Notice(
                "undecided-implicants",
                f"of {len(answer.implicants)} prime implicants {len(answer.in_all)} are in all smallest models, "
                f"{len(answer.in_some)} in some, {none} in none; of {len(answer.undecided)} it was not decided within the "
                f"work allowed; there are at least {answer.count} models",
            )
        )
    if len(pairs) == MAX_PAIRS:
        notices.append(
            Notice("pairs-cut", f"the intermediate solution was made for the first {MAX_PAIRS} pairs of models only")
        )
    return notices + solution_notices(problem.table, answer.models, answer.complete, answer.count)
