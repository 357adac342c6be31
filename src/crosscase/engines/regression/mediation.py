"""Mediation with observed variables: indirect effects with bootstrap intervals (Preacher and Hayes, 2004, 2008).

x works on y through mediators that stand side by side (parallel) or follow one another (serial: each may depend on
those before it).  All regressions are least squares.  A draw of the bootstrap reweights the cases; its regressions
come from weighted cross-products, many draws at once.  Latent variables need a structural equation model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Literal, Unpack

import numpy as np

from crosscase.compute import Run, replicate
from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.core.results import Caution, Tabular, check_level
from crosscase.engines.regression.data import Floats, Table, bca_interval, percentile_interval, rows

Interval = Literal["percentile", "bca"]


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect of x on y.  ``standardized`` is in standard deviations of both.  ``se`` is the sd of the draws."""

    name: str
    estimate: float
    se: float
    lower: float
    upper: float
    standardized: float


@dataclass(frozen=True, slots=True)
class Path:
    """A regression coefficient, with its classical standard error and p value."""

    outcome: str
    predictor: str
    b: float
    se: float
    t: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Mediation(Tabular):
    """Total, direct, total indirect and every specific indirect effect (``x -> m -> y``), and the paths behind them."""

    x: str
    mediators: tuple[str, ...]
    y: str
    serial: bool
    n: int
    effects: tuple[Effect, ...]
    paths: tuple[Path, ...]
    interval: Interval
    level: float
    draws: int
    failed: int
    seed: int
    cautions: tuple[Caution, ...] = ()

    def __getitem__(self, name: str) -> Effect:

        for effect in self.effects:
            if effect.name == name:
                return effect
        raise NotFoundError("effect", name, [effect.name for effect in self.effects])

    def columns(self) -> tuple[str, ...]:
        return ("effect", "estimate", "se", "lower", "upper", "standardized")

    def rows(self) -> list[tuple[Any, ...]]:
        return [(e.name, e.estimate, e.se, e.lower, e.upper, e.standardized) for e in self.effects]


def mediation(
    table: Table,
    x: str,
    mediators: Sequence[str],
    y: str,
    *,
    serial: bool = False,
    covariates: Sequence[str] = (),
    interval: Interval = "percentile",
    draws: int = 5_000,
    seed: int = 0,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Mediation:
    """Estimate the effects of x on y through the mediators, with bootstrap intervals.

    Args:
        table: names to columns; rows with a missing value are left out.
        mediators: one or more; in their order when ``serial``.
        covariates: predictors of every mediator and of y.
        interval: ``percentile``, or ``bca`` (bias-corrected and accelerated; Efron, 1987).
        draws: bootstrap draws of cases, at least 100.
        run: ``backend``, ``progress``, ``checkpoint`` and so on; see :func:`crosscase.compute.replicate`.

    Raises:
        NotFoundError: a column is not in the table.
        InputError: no mediator, a variable named twice, fewer than 100 draws, or another interval.
        AnalysisError: too few rows, a column that does not vary, or collinear predictors.
    """
    check_level(level)
    names = [x, *mediators, y, *covariates]
    if not mediators or len(set(names)) < len(names):
        raise InputError("mediation needs x, y and mediators, each named once", where=", ".join(names))
    if draws < 100:
        raise InputError(f"{draws} draws are too few for an interval", mend="draw at least 100 times, better 5000")
    if interval not in ("percentile", "bca"):
        raise InputError(f"there is no interval '{interval}'", mend="use percentile or bca")
    data = rows(table, names, least=len(names) + 2)
    plan = _Plan.of(len(mediators), len(covariates), serial)
    # Standardized, so that all sums are of one size; undone in the effects.
    sd = data.values.std(axis=0)
    values = (data.values - data.values.mean(axis=0)) / sd
    if np.linalg.matrix_rank(values) < values.shape[1]:
        raise AnalysisError("the variables are perfectly collinear", where=", ".join(names), mend="leave one out")
    unit = float(sd[len(mediators) + 1] / sd[0])
    draw = _Draw(values, plan)
    estimate = draw.of(np.ones((1, len(values))))[0]
    done = replicate(draw, draws, seed=seed, **run)
    found = np.array(done.successes)
    left_out = _leave_one_out(values, plan) if interval == "bca" else None
    labels = plan.names(x, mediators, y)
    effects = []
    for number, name in enumerate(labels):
        column = found[:, number]
        if left_out is None:
            lower, upper = percentile_interval(column, level)
        else:
            lower, upper = bca_interval(column, float(estimate[number]), left_out[:, number], level)
        effects.append(
            Effect(
                name,
                float(estimate[number]) * unit,
                float(column.std(ddof=1)) * unit,
                lower * unit,
                upper * unit,
                float(estimate[number]),
            )
        )
    cautions = list(data.cautions)
    for name in (*mediators, y):
        if len(np.unique(data[name])) == 2:
            message = f"'{name}' has two values only; least squares treats it as a number"
            cautions.append(Caution("binary", message, name))
    if done.failures:
        cautions.append(Caution("failed-draws", f"{len(done.failures)} of {draws} draws had no solution"))
    return Mediation(
        x,
        tuple(mediators),
        y,
        serial,
        len(values),
        tuple(effects),
        tuple(_paths(data.values, plan, names)),
        interval,
        level,
        draws,
        len(done.failures),
        seed,
        tuple(cautions),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which columns predict which (columns: x, mediators, y, covariates), and which chains make an indirect effect."""

    outcomes: tuple[tuple[int, tuple[int, ...]], ...]
    total: tuple[int, tuple[int, ...]]
    chains: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, mediators: int, covariates: int, serial: bool) -> _Plan:
        y = mediators + 1
        extra = tuple(range(y + 1, y + 1 + covariates))
        outcomes = [(m, (0, *(range(1, m) if serial else ()), *extra)) for m in range(1, y)]
        outcomes.append((y, (0, *range(1, y), *extra)))
        longest = mediators if serial else 1
        chains = [chain for size in range(1, longest + 1) for chain in combinations(range(1, y), size)]
        return cls(tuple(outcomes), (y, (0, *extra)), tuple(chains))

    def names(self, x: str, mediators: Sequence[str], y: str) -> list[str]:
        chains = [" -> ".join([x, *(mediators[m - 1] for m in chain), y]) for chain in self.chains]
        return ["total", "direct", "total indirect", *chains]

    def effects(self, covariance: Floats) -> Floats:
        """Total, direct, total indirect and specific effects of a stack of covariance matrices."""
        b = {(0, 0): np.zeros(len(covariance))}
        for outcome, predictors in self.outcomes:
            solved = _solve(covariance, outcome, predictors)
            b |= {(outcome, predictor): solved[:, i] for i, predictor in enumerate(predictors)}
        y = self.total[0]
        indirect = []
        for chain in self.chains:
            steps = (0, *chain, y)
            indirect.append(np.prod([b[after, before] for before, after in pairwise(steps)], axis=0))
        total = _solve(covariance, *self.total)[:, 0]
        return np.column_stack([total, b[y, 0], np.sum(indirect, axis=0), *indirect])


def _solve(covariance: Floats, outcome: int, predictors: Sequence[int]) -> Floats:
    chosen = np.array(predictors)
    left = covariance[:, chosen[:, None], chosen]
    right = covariance[:, chosen, outcome]
    return np.asarray(np.linalg.solve(left, right[..., None])[..., 0])


@dataclass(frozen=True, slots=True, eq=False)
class _Draw:
    """Bootstrap draws of cases, a chunk at a time; picklable for the process backends."""

    values: Floats
    plan: _Plan

    def of(self, weights: Floats) -> Floats:
        n, width = self.values.shape
        total = weights.sum(axis=1)
        means = weights @ self.values / total[:, None]
        products = (self.values[:, :, None] * self.values[:, None, :]).reshape(n, -1)
        second = (weights @ products).reshape(-1, width, width) / total[:, None, None]
        return self.plan.effects(second - means[:, :, None] * means[:, None, :])

    def __call__(self, generators: Sequence[Any]) -> list[Any]:
        n = len(self.values)
        weights = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for rng in generators]).astype(float)
        try:
            return list(self.of(weights))
        except np.linalg.LinAlgError:  # one singular draw stops the stack: take them one by one
            return [self._one(row) for row in weights]

    def _one(self, weights: Floats) -> Any:
        try:
            return self.of(weights[None, :])[0]
        except np.linalg.LinAlgError:
            return ValueError("the predictors are collinear in the draw")


def _leave_one_out(values: Floats, plan: _Plan) -> Floats:
    """The effects without one case each, for the acceleration of the BCa interval."""
    return _Draw(values, plan).of(1.0 - np.eye(len(values)))


def _paths(values: Floats, plan: _Plan, names: Sequence[str]) -> list[Path]:
    from scipy.stats import t as student

    n = len(values)
    found = []
    for outcome, predictors in (*plan.outcomes, plan.total):
        design = np.column_stack([np.ones(n), values[:, predictors]])
        inverse = np.linalg.inv(design.T @ design)
        b = inverse @ design.T @ values[:, outcome]
        residuals = values[:, outcome] - design @ b
        freedom = n - design.shape[1]
        se = np.sqrt(np.diag(inverse) * (residuals @ residuals) / freedom)
        label = names[outcome] + (" (total)" if (outcome, predictors) == plan.total else "")
        for i, predictor in enumerate(predictors, start=1):
            statistic = float(b[i] / se[i])
            p_value = float(2 * student.sf(abs(statistic), freedom))
            found.append(Path(label, names[predictor], float(b[i]), float(se[i]), statistic, p_value))
    return found
