"""Robustness of a solution (Oana & Schneider 2021): how far cut-offs and anchors can move before it changes, and how it
stands against other analyses that could have been made, in fit and case by case.

The *core* of a solution is what it shares with all the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.compute import Backend, spread
from crosscase.core.errors import AnalysisError, InputError
from crosscase.engines.qca.calibration import calibrate_crisp, calibrate_direct, calibrate_linear
from crosscase.engines.qca.data import EPSILON, Floats
from crosscase.engines.qca.fit import Sufficiency, ratio, sufficiency_of
from crosscase.engines.qca.minimise import minimize
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.show import Table, number
from crosscase.engines.qca.solution import Model, Solution
from crosscase.engines.qca.terms import Memberships
from crosscase.engines.qca.truth_table import TruthTable, truth_table

__all__ = [
    "Comparison",
    "Range",
    "Sweep",
    "alternatives",
    "anchor_ranges",
    "compare_solutions",
    "cut_off_ranges",
    "model_membership",
    "sweep",
]

Models = frozenset[str]


@dataclass(frozen=True, slots=True)
class Range:
    """How far one setting can move while the solution stays the same.

    ``lower`` and ``upper`` are the last values on the grid (steps from ``value``) with the same models; ``None`` when the
    search ended before a change.  ``open_below`` and ``closed_above`` are the exact interval of an inclusion or PRI
    cut-off: above the first, up to and with the second.
    """

    setting: str
    value: float
    lower: float | None
    upper: float | None
    open_below: float | None = None
    closed_above: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "setting": self.setting,
            "value": self.value,
            "lower": self.lower,
            "upper": self.upper,
            "open_below": self.open_below,
            "closed_above": self.closed_above,
        }


def cut_off_ranges(table: TruthTable, *, step: float = 0.01, **settings: Any) -> tuple[Range, ...]:
    """Sensitivity ranges of the inclusion, PRI and frequency cut-offs.

    The solution can only change where a row changes sides, so the values of the rows are tried instead of a grid.

    Args:
        settings: those of :func:`minimize`.

    Raises:
        AnalysisError: the table has no solution with its own cut-offs.
    """
    if step <= 0:
        raise InputError(f"the step is {step:g}", mend="give a number above 0")
    own = _models(table, settings)
    result = []
    for setting, value in (("incl_cut", table.incl_cut), ("pri_cut", table.pri_cut)):

        def moved(cut: float, inclusion: bool = setting == "incl_cut") -> Models:
            recoded = table.recoded(incl_cut=cut) if inclusion else table.recoded(pri_cut=cut)
            return _models(recoded, settings)

        found = {row.incl if setting == "incl_cut" else row.PRI for row in table.observed}
        marks = sorted(mark for mark in found if math.isfinite(mark))
        below, above = 0.0, 1.0
        for mark in [mark for mark in reversed(marks) if mark < value - EPSILON]:
            if moved(mark) != own:
                below = mark
                break
        for mark in [mark for mark in marks if mark >= value - EPSILON]:
            after = math.nextafter(mark + 2 * EPSILON, 2)
            if after > 1 or moved(after) != own:
                above = min(mark, 1.0)
                break
        lower = value - math.floor((value - below - EPSILON) / step + EPSILON) * step if value > below else value
        upper = value + math.floor((above - value) / step + EPSILON) * step
        result.append(Range(setting, value, round(max(lower, 0.0), 12), round(min(upper, 1.0), 12), below, above))
    low = high = table.n_cut
    while low > 1 and _models(table.recoded(n_cut=low - 1), settings) == own:
        low -= 1
    most = max(row.n for row in table.observed)
    while high < most and _models(table.recoded(n_cut=high + 1), settings) == own:
        high += 1
    result.append(Range("n_cut", table.n_cut, low, high))
    return tuple(result)


def anchor_ranges(
    table: TruthTable,
    name: str,
    raw: Floats,
    anchors: Sequence[float],
    *,
    step: float,
    max_steps: int = 20,
    method: str = "direct",
    backend: Backend = "serial",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    **settings: Any,
) -> tuple[Range, ...]:
    """Sensitivity ranges of the anchors of one condition: each is moved alone, the others stay.

    Args:
        name: the condition that was calibrated from ``raw`` (shape (cases,)) with these anchors.
        step: in units of the raw values.
        max_steps: how many steps to each side; a bound not met by then is ``None``.
        method: ``direct``, ``linear`` or ``crisp``.
        backend, workers, progress, cancelled: see :func:`crosscase.compute.spread`; the work is in sides of anchors.
        settings: those of :func:`minimize`.

    Raises:
        InputError: the anchors do not calibrate, or the step is not positive.
    """
    if method not in _MOVABLE:
        raise InputError(f"anchors of the method '{method}' cannot be moved", mend=f"use {', '.join(_MOVABLE)}")
    if step <= 0:
        raise InputError(f"the step is {step:g}", mend="give a number above 0")
    if len(raw) != len(table.data.cases):
        raise InputError(f"there are {len(raw)} raw values for {len(table.data.cases)} cases")
    moving = _Moving(table, name, raw, tuple(anchors), step, max_steps, method, tuple(settings.items()))
    roles = (
        ("exclusion", "crossover", "inclusion")
        if len(anchors) == 3
        else tuple(f"anchor {i + 1}" for i in range(len(anchors)))
    )
    moving.models(anchors)  # anchors that do not calibrate are refused before the work is spread
    sides = [(i, sign) for i in range(len(anchors)) for sign in (-1, 1)]
    bounds = spread(moving, sides, backend=backend, workers=workers, progress=progress, cancelled=cancelled)
    return tuple(Range(role, anchors[i], bounds[2 * i], bounds[2 * i + 1]) for i, role in enumerate(roles))


_MOVABLE: dict[str, Callable[..., Floats]] = {
    "direct": calibrate_direct,
    "linear": calibrate_linear,
    "crisp": calibrate_crisp,
}


@dataclass(frozen=True, slots=True)
class _Moving:
    """One anchor moved to one side until the solution changes (picklable)."""

    table: TruthTable
    name: str
    raw: Floats
    anchors: tuple[float, ...]
    step: float
    max_steps: int
    method: str
    settings: tuple[tuple[str, Any], ...]

    def models(self, anchors: Sequence[float]) -> Models:
        data = self.table.data.replaced(self.name, _MOVABLE[self.method](self.raw, anchors))
        return _models(_again(self.table, data), dict(self.settings))

    def __call__(self, side: tuple[int, int]) -> float | None:
        """The last value with the same models, ``None`` when the search ended before a change."""
        i, sign = side
        own, kept = self.models(self.anchors), self.anchors[i]
        for count in range(1, self.max_steps + 1):
            moved = [*self.anchors]
            moved[i] = self.anchors[i] + sign * count * self.step
            try:
                same = self.models(moved) == own
            except (AnalysisError, InputError):
                same = False
            if not same:
                return kept
            kept = moved[i]
        return None


def alternatives(
    table: TruthTable,
    changes: Sequence[Mapping[str, Any]],
    *,
    backend: Backend = "serial",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    **settings: Any,
) -> list[Solution]:
    """The solutions with other cut-offs, to hold a solution against (:func:`compare_solutions`).

    Args:
        changes: for each alternative the cut-offs that differ: ``incl_cut``, ``pri_cut``, ``n_cut``.
        backend, workers, progress, cancelled: see :func:`crosscase.compute.spread`.
        settings: those of :func:`minimize`.

    Raises:
        AnalysisError: an alternative has no solution; says which.
    """
    made = _Made(table, tuple(settings.items()))
    return spread(made, list(changes), backend=backend, workers=workers, progress=progress, cancelled=cancelled)


@dataclass(frozen=True, slots=True)
class _Made:
    """The solution with other cut-offs (picklable)."""

    table: TruthTable
    settings: tuple[tuple[str, Any], ...]

    def __call__(self, change: Mapping[str, Any]) -> Solution:
        try:
            return minimize(self.table.recoded(**change), **dict(self.settings))
        except AnalysisError as error:
            words = ", ".join(f"{name} {value:g}" for name, value in change.items())
            raise AnalysisError(error.what, where=f"alternative with {words}", mend=error.mend) from None


@dataclass(frozen=True, slots=True)
class Comparison(Table):
    """A solution against alternatives.

    ``rf_cons``, ``rf_cov``: consistency of the solution over that of the core, coverage of the core over that of the
    solution; ``rf_sc_min``, ``rf_sc_max``: set coincidence with the intersection and the union of the alternatives;
    ``rcr_typ``, ``rcr_dev``: robust among all typical (deviant) cases touched; ``rank``: 1 same cases, 2 only possible
    ones besides, 3 only shaky ones, 4 both.  ``cases`` name the cases of each kind.
    """

    solution: str
    alternatives: tuple[str, ...]
    core: Sufficiency
    rf_cons: float
    rf_cov: float
    rf_sc_min: float
    rf_sc_max: float
    rcr_typ: float
    rcr_dev: float
    rank: int
    cases: tuple[tuple[str, tuple[str, ...]], ...]
    notices: tuple[Notice, ...]

    def rows(self) -> list[dict[str, Any]]:
        return [{"kind": kind, "n": len(cases), "cases": ", ".join(cases)} for kind, cases in self.cases]

    def to_dict(self) -> dict[str, Any]:
        return {
            "solution": self.solution,
            "alternatives": list(self.alternatives),
            "core": self.core.to_dict(),
            "RF_cons": number(self.rf_cons),
            "RF_cov": number(self.rf_cov),
            "RF_SC_minTS": number(self.rf_sc_min),
            "RF_SC_maxTS": number(self.rf_sc_max),
            "RCR_typ": number(self.rcr_typ),
            "RCR_dev": number(self.rcr_dev),
            "RCC_rank": self.rank,
            "cases": {kind: list(cases) for kind, cases in self.cases},
            "warnings": [notice.to_dict() for notice in self.notices],
        }


def compare_solutions(solution: Solution | tuple[TruthTable, Model], alternatives: Sequence[Solution]) -> Comparison:
    """Fit-oriented and case-oriented robustness (Oana & Schneider 2021) of a solution against a set of alternatives.

    With several models the first is taken, and a notice says so; give a truth table and a chosen model instead.

    Raises:
        InputError: there is no alternative, or one is of other cases.
    """
    if not alternatives:
        raise InputError("there is no alternative to compare with", mend="make at least one other analysis")
    notices = []
    table, model = (solution.table, solution.models[0]) if isinstance(solution, Solution) else solution
    for one in (*([solution] if isinstance(solution, Solution) else []), *alternatives):
        if one.table.data.cases != table.data.cases:
            raise InputError("an alternative was made from other cases", mend="compare analyses of the same cases")
        if one.n_models > 1:
            notices.append(
                Notice("model-ambiguity", f"the first of {one.n_models} models was taken: {one.models[0].expression}")
            )
    own = model_membership(table, model)
    others = [model_membership(one.table, one.models[0]) for one in alternatives]
    least, most = np.minimum.reduce(others), np.maximum.reduce(others)
    y = table.y
    core, fit = sufficiency_of(np.minimum(own, least), y), sufficiency_of(own, y)
    inside, outside = y > 0.5, y < 0.5
    robust, shaky = np.minimum(own, least) > 0.5, np.minimum(own, 1 - least) > 0.5
    possible, irrelevant = np.minimum(1 - own, most) > 0.5, np.minimum(1 - own, 1 - most) > 0.5

    def names(mask: Any) -> tuple[str, ...]:
        return tuple(case for case, kept in zip(table.data.cases, mask, strict=True) if kept)

    cases = (
        ("robust typical", names(robust & inside)),
        ("robust deviant", names(robust & outside)),
        ("shaky typical", names(shaky & inside)),
        ("shaky deviant", names(shaky & outside)),
        ("possible typical", names(possible & inside)),
        ("possible deviant", names(possible & outside)),
        ("extreme deviant coverage", names(irrelevant & inside)),
        ("irrelevant", names(irrelevant & outside)),
    )
    count = {kind: len(members) for kind, members in cases}

    def share(kind: str) -> float:
        return ratio(count[f"robust {kind}"], sum(count[f"{how} {kind}"] for how in ("robust", "shaky", "possible")))

    return Comparison(
        model.expression,
        tuple(one.models[0].expression for one in alternatives),
        core,
        ratio(fit.inclS, core.inclS),
        ratio(core.covS, fit.covS),
        ratio(np.minimum(own, least).sum(), np.maximum(own, least).sum()),
        ratio(np.minimum(own, most).sum(), np.maximum(own, most).sum()),
        share("typical"),
        share("deviant"),
        1 + bool(possible.any()) + 2 * bool(shaky.any()),
        cases,
        tuple(notices),
    )


@dataclass(frozen=True, slots=True)
class Sweep(Table):
    """Solutions over a grid of cut-offs, and how often each model and each term turns up among the analyses made."""

    analyses: tuple[tuple[float, int, tuple[str, ...]], ...]
    without: tuple[tuple[float, int, str], ...]
    models: tuple[tuple[str, int], ...]
    terms: tuple[tuple[str, int], ...]

    def rows(self) -> list[dict[str, Any]]:
        return [{"term": term, "analyses": count, "share": count / len(self.analyses)} for term, count in self.terms]

    def to_dict(self) -> dict[str, Any]:
        return {
            "analyses": [{"incl_cut": i, "n_cut": n, "models": list(models)} for i, n, models in self.analyses],
            "without_solution": [{"incl_cut": i, "n_cut": n, "reason": reason} for i, n, reason in self.without],
            "models": [{"expression": text, "analyses": count} for text, count in self.models],
            "terms": self.rows(),
        }


def sweep(
    table: TruthTable,
    incl_cuts: Sequence[float],
    n_cuts: Sequence[int] = (1,),
    *,
    backend: Backend = "serial",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    **settings: Any,
) -> Sweep:
    """Minimise at every combination of cut-offs and count what turns up: aggregation over thresholds.

    Args:
        backend, workers, progress, cancelled: see :func:`crosscase.compute.spread`.
        settings: those of :func:`minimize`.

    Raises:
        AnalysisError: no combination has a solution.
    """
    made, without = [], []
    models: dict[str, int] = {}
    terms: dict[str, int] = {}
    grid = [(incl, n) for n in n_cuts for incl in incl_cuts]
    swept = _Swept(table, tuple(settings.items()))
    found = spread(swept, grid, backend=backend, workers=workers, progress=progress, cancelled=cancelled)
    for (incl, n), one in zip(grid, found, strict=True):
        if isinstance(one, str):
            without.append((incl, n, one))
            continue
        made.append((incl, n, tuple(one)))
        for expression in one:
            models[expression] = models.get(expression, 0) + 1
        for term in {term for those in one.values() for term in those}:
            terms[term] = terms.get(term, 0) + 1
    if not made:
        raise AnalysisError("no combination of cut-offs has a solution", mend="widen the grid")

    def ordered(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    return Sweep(tuple(made), tuple(without), ordered(models), ordered(terms))


@dataclass(frozen=True, slots=True)
class _Swept:
    """The models at one pair of cut-offs with their terms, or why there are none (picklable)."""

    table: TruthTable
    settings: tuple[tuple[str, Any], ...]

    def __call__(self, cuts: tuple[float, int]) -> dict[str, tuple[str, ...]] | str:
        try:
            found = minimize(self.table.recoded(incl_cut=cuts[0], n_cut=cuts[1]), **dict(self.settings))
        except AnalysisError as error:
            return error.what
        return {model.expression: tuple(term.term for term in model.terms) for model in found.models}


def model_membership(table: TruthTable, model: Model) -> Floats:
    """The membership of every case in a model (the union of its terms)."""
    memberships = Memberships(table.data, table.conditions)
    union: Floats = np.maximum.reduce([memberships.term(term.literals) for term in model.terms])
    return union


def _models(table: TruthTable, settings: dict[str, Any]) -> Models:
    try:
        return frozenset(model.expression for model in minimize(table, **settings).models)
    except AnalysisError:
        return frozenset()


def _again(table: TruthTable, data: Any) -> TruthTable:
    return truth_table(
        data,
        table.outcome,
        table.conditions.names,
        incl_cut=table.incl_cut,
        incl_cut_contradiction=table.incl_cut_contradiction,
        pri_cut=table.pri_cut,
        n_cut=table.n_cut,
    )
