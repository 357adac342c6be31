"""PLS path models from a survey table or a correlation matrix, with bootstrap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Unpack

import numpy as np

from crosscase.compute import Run, replicate
from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.core.results import Caution, Tabular, check_level
from crosscase.engines.pls.algorithm import Estimates, estimate, htmt, structural, total_effects
from crosscase.engines.pls.model import Floats, Mode, Scheme, Specification, Table, standardized


@dataclass(frozen=True, slots=True)
class Sampled:
    """An estimate with what the bootstrap says: standard error, t, p (normal) and percentile interval; else
    ``None``."""

    estimate: float
    se: float | None = None
    t: float | None = None
    p_value: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class ItemEstimate:
    """An item's weight and loading on its construct, and its correlation with every composite (cross-loadings)."""

    name: str
    construct: str
    weight: Sampled
    loading: Sampled
    cross_loadings: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ConstructEstimate:
    """Reliability and validity of a construct (``None`` in mode B and for a single item), and its R².

    ``alpha`` is Cronbach's of standardized items, ``rho_a`` Dijkstra and Henseler's, ``rho_c`` the composite
    reliability, ``ave`` the average variance extracted.
    """

    name: str
    mode: Mode
    items: int
    alpha: float | None
    rho_a: float | None
    rho_c: float | None
    ave: float | None
    r2: float | None
    adjusted_r2: float | None


@dataclass(frozen=True, slots=True)
class PathEstimate:
    """A path; ``f2`` is Cohen's effect size of leaving it out, ``vif`` the predictor's variance inflation."""

    outcome: str
    predictor: str
    coefficient: Sampled
    f2: float
    vif: float


@dataclass(frozen=True, slots=True)
class Between:
    """Two constructs: their correlation and heterotrait-monotrait ratio."""

    first: str
    second: str
    correlation: float
    htmt: Sampled


@dataclass(frozen=True, slots=True)
class TotalEffect:
    """All effect of ``predictor`` on ``outcome``; ``indirect`` is what does not go by the direct path."""

    outcome: str
    predictor: str
    total: Sampled
    indirect: Sampled


@dataclass(frozen=True, slots=True)
class PathModel(Tabular):
    """A PLS path model.  The main table lists the paths."""

    n: int
    scheme: Scheme
    consistent: bool
    steps: int
    constructs: tuple[ConstructEstimate, ...]
    items: tuple[ItemEstimate, ...]
    paths: tuple[PathEstimate, ...]
    effects: tuple[TotalEffect, ...]
    pairs: tuple[Between, ...]
    level: float | None
    draws: int
    failed: int
    seed: int
    cautions: tuple[Caution, ...] = ()

    def construct(self, name: str) -> ConstructEstimate:
        found: ConstructEstimate = _named(self.constructs, "construct", name)
        return found

    def item(self, name: str) -> ItemEstimate:
        found: ItemEstimate = _named(self.items, "item", name)
        return found

    def path(self, outcome: str, predictor: str) -> PathEstimate:
        for path in self.paths:
            if (path.outcome, path.predictor) == (outcome, predictor):
                return path
        raise NotFoundError("path", f"{outcome} ~ {predictor}", [f"{p.outcome} ~ {p.predictor}" for p in self.paths])

    def columns(self) -> tuple[str, ...]:
        return ("outcome", "predictor", "estimate", "se", "t", "p_value", "lower", "upper", "f2", "vif")

    def rows(self) -> list[tuple[Any, ...]]:
        return [
            (p.outcome, p.predictor, c.estimate, c.se, c.t, c.p_value, c.lower, c.upper, p.f2, p.vif)
            for p in self.paths
            for c in [p.coefficient]
        ]


def _named(parts: Sequence[Any], kind: str, name: str) -> Any:
    for part in parts:
        if part.name == name:
            return part
    raise NotFoundError(kind, name, [part.name for part in parts])


def path_model(
    table: Table,
    constructs: Mapping[str, Sequence[str]],
    paths: Mapping[str, Sequence[str]],
    *,
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
    consistent: bool = False,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.95,
    **run: Unpack[Run],
) -> PathModel:
    """Estimate a PLS path model from standardized items, on complete rows.

    Args:
        table: names to columns.
        constructs: construct → its items.
        paths: outcome → its predictors; no circles.
        modes: construct → "A" (reflective; default) or "B" (formative).
        scheme: the inner weighting, ``path``, ``factorial`` or ``centroid``.
        consistent: consistent PLS (Dijkstra and Henseler, 2015), which estimates a factor model; else composites.
        draws: bootstrap draws of cases; none when 0.  A draw that does not converge or is not admissible is counted as
            failed.
        level: coverage of the percentile intervals.
        run: ``backend``, ``progress``, ``checkpoint`` and so on; see :func:`crosscase.compute.replicate`.

    Raises:
        NotFoundError, InputError: the model or the table does not fit; see :class:`Specification`.
        AnalysisError: too few rows, collinear items or predictors, or no convergence.
    """
    check_level(level)
    model = Specification.of(constructs, paths, modes, scheme)
    values, cautions = standardized(table, model.items)
    correlation = values.T @ values / len(values)
    return _fit(correlation, len(values), model, consistent, values, cautions, draws, seed, level, run)


def path_model_of_correlations(
    correlation: Any,
    items: Sequence[str],
    n: int,
    constructs: Mapping[str, Sequence[str]],
    paths: Mapping[str, Sequence[str]],
    *,
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
    consistent: bool = False,
) -> PathModel:
    """The same from a correlation matrix in the order of ``items``; no bootstrap without cases.

    Raises:
        NotFoundError: an item of a construct is not in ``items``.
        InputError: the matrix is no correlation matrix of so many items.
    """
    model = Specification.of(constructs, paths, modes, scheme)
    matrix = np.asarray(correlation, dtype=float)
    if (
        matrix.shape != (len(items), len(items))
        or not np.allclose(matrix, matrix.T)
        or not np.allclose(np.diag(matrix), 1)
    ):
        raise InputError("this is not a correlation matrix of the items", mend="give a symmetric matrix with ones")
    for item in model.items:
        if item not in items:
            raise NotFoundError("item", item, items)
    order = [list(items).index(item) for item in model.items]
    return _fit(matrix[np.ix_(order, order)], n, model, consistent, None, (), 0, 0, 0.95, {})


def _fit(
    correlation: Floats,
    n: int,
    model: Specification,
    consistent: bool,
    values: Floats | None,
    cautions: tuple[Caution, ...],
    draws: int,
    seed: int,
    level: float,
    run: Run,
) -> PathModel:
    found = solve(correlation, model, consistent=consistent)
    draw = Draw(values if values is not None else np.empty((0, 0)), model, consistent)
    vector = draw.parameters(correlation[None], found)[0]
    sampled, failed = [Sampled(float(value)) for value in vector], 0
    if draws and values is not None:
        done = replicate(draw, draws, seed=seed, **run)
        failed = len(done.failures)
        sampled = _sampled(vector, np.array(done.successes), level)
    notes = [*cautions, *_improper(found, model, consistent)]
    if failed:
        notes.append(Caution("failed-draws", f"{failed} of {draws} draws did not converge or were not admissible"))
    weights, loadings, paths, totals, indirects, ratios = draw.parts(sampled)
    return PathModel(
        n,
        model.scheme,
        consistent,
        found.steps,
        tuple(_construct(i, correlation, found, model, n) for i in range(len(model.constructs))),
        _items(found, model, weights, loadings),
        _paths(found, model, paths),
        _effects(draw, totals, indirects),
        _pairs(found, model, ratios),
        level if draws else None,
        draws,
        failed,
        seed,
        tuple(notes),
    )


def _items(
    found: Estimates, model: Specification, weights: Sequence[Sampled], loadings: Sequence[Sampled]
) -> tuple[ItemEstimate, ...]:
    return tuple(
        ItemEstimate(
            item,
            model.constructs[model.own[i]],
            weights[i],
            loadings[i],
            tuple(float(value) for value in found.crossed[0, i]),
        )
        for i, item in enumerate(model.items)
    )


def _paths(found: Estimates, model: Specification, sampled: Sequence[Sampled]) -> tuple[PathEstimate, ...]:
    sizes = _path_sizes(found, model)
    names = model.constructs
    return tuple(
        PathEstimate(names[i], names[j], coefficient, *sizes[int(i), int(j)])
        for i, j, coefficient in zip(*np.nonzero(model.paths), sampled, strict=True)
    )


def _effects(draw: Draw, totals: Sequence[Sampled], indirects: Sequence[Sampled]) -> tuple[TotalEffect, ...]:
    names = draw.model.constructs
    return tuple(
        TotalEffect(names[i], names[j], total, indirect)
        for (i, j), total, indirect in zip(draw.reachable, totals, indirects, strict=True)
    )


def _pairs(found: Estimates, model: Specification, sampled: Sequence[Sampled]) -> tuple[Between, ...]:
    names = model.constructs
    return tuple(
        Between(names[i], names[j], float(found.correlations[0, i, j]), ratio)
        for (i, j), ratio in zip(combinations(range(len(names)), 2), sampled, strict=True)
    )


def solve(correlation: Floats, model: Specification, *, consistent: bool) -> Estimates:
    """Estimates of one correlation matrix, or a plain reason why there are none."""
    try:
        found = estimate(correlation[None], model, consistent=consistent)
    except np.linalg.LinAlgError:
        raise AnalysisError(
            "items of a formative construct, or predictors of a construct, are perfectly collinear",
            mend="leave one of them out",
        ) from None
    if not found.converged.all():
        raise AnalysisError(
            f"the weights did not settle in {found.steps} steps",
            mend="try another scheme, or look for a construct that hardly correlates with its neighbours",
        )
    if (found.rho_a <= 0).any() and consistent:
        name = model.constructs[int((found.rho_a[0] <= 0).argmax())]
        raise AnalysisError(
            f"the items of '{name}' do not hang together: its reliability is negative",
            where=f"construct {name}",
            mend="check for reversed items",
        )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """Bootstrap draws of cases, a chunk at a time; every parameter in one vector a draw."""

    values: Floats
    model: Specification
    consistent: bool

    @property
    def reachable(self) -> list[tuple[int, int]]:
        """Outcome and predictor of every total effect."""
        effects = total_effects(self.model.paths.astype(float)[None])[0]
        return [(int(i), int(j)) for i, j in zip(*np.nonzero(effects), strict=True)]

    def parameters(self, correlation: Floats, found: Estimates) -> Floats:
        i, j = np.nonzero(self.model.paths)
        totals = total_effects(found.paths)
        outcome, predictor = (np.array([pair[side] for pair in self.reachable]) for side in (0, 1))
        total = totals[:, outcome, predictor]
        return np.column_stack(
            [
                found.weights,
                found.loadings,
                found.paths[:, i, j],
                total,
                total - found.paths[:, outcome, predictor],
                htmt(correlation, self.model),
            ]
        )

    def parts(self, sampled: Sequence[Sampled]) -> list[Sequence[Sampled]]:
        """The vector of :meth:`parameters` in its parts: weights, loadings, paths, total and indirect effects, HTMT."""
        items, effects = len(self.model.items), len(self.reachable)
        edges = np.cumsum([0, items, items, int(self.model.paths.sum()), effects, effects]).tolist()
        return [sampled[a:b] for a, b in pairwise([*edges, len(sampled)])]

    def __call__(self, generators: Sequence[Any]) -> list[Any]:
        n, width = self.values.shape
        weights = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for rng in generators]) / n
        means = weights @ self.values
        products = (self.values[:, :, None] * self.values[:, None, :]).reshape(n, -1)
        covariance = (weights @ products).reshape(-1, width, width) - means[:, :, None] * means[:, None, :]
        sd = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0))
        results: list[Any] = [ValueError("an item did not vary in the draw")] * len(generators)
        usable = np.flatnonzero((sd > 1e-12).all(axis=1))
        correlation = covariance[usable] / (sd[usable, :, None] * sd[usable, None, :])
        if len(usable):
            for index, result in zip(usable, self._solved(correlation), strict=True):
                results[index] = result
        return results

    def _solved(self, correlation: Floats) -> list[Any]:
        try:
            with np.errstate(invalid="ignore"):  # a negative reliability: its draw is refused below
                found = estimate(correlation, self.model, consistent=self.consistent)
                vectors = self.parameters(correlation, found)
        except np.linalg.LinAlgError:  # one collinear draw stops the stack: take them one by one
            if len(correlation) == 1:
                return [ValueError("items or predictors are collinear in the draw")]
            return [self._solved(one[None])[0] for one in correlation]
        proper = np.isfinite(vectors).all(axis=1) & found.converged & (found.r2 <= 1).all(axis=1)
        return [v if good else ValueError("not admissible") for v, good in zip(vectors, proper, strict=True)]


def _sampled(vector: Floats, found: Floats, level: float) -> list[Sampled]:
    from scipy.stats import norm

    se = found.std(axis=0, ddof=1)
    lower, upper = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], axis=0)
    sampled = []
    for i, value in enumerate(vector):
        # A single item's weight is 1 in every draw, and so has no t.
        t = float(value / se[i]) if se[i] > 1e-12 else None
        p_value = None if t is None else float(2 * norm.sf(abs(t)))
        sampled.append(Sampled(float(value), float(se[i]), t, p_value, float(lower[i]), float(upper[i])))
    return sampled


def _construct(i: int, correlation: Floats, found: Estimates, model: Specification, n: int) -> ConstructEstimate:
    block = np.flatnonzero(model.blocks[:, i])
    predictors = int(model.paths[i].sum())
    r2 = float(found.r2[0, i]) if predictors else None
    adjusted = None if r2 is None or n <= predictors + 1 else 1 - (1 - r2) * (n - 1) / (n - predictors - 1)
    name, mode, number = model.constructs[i], model.modes[i], len(block)
    if mode == "B" or number == 1:
        return ConstructEstimate(name, mode, number, None, None, None, None, r2, adjusted)
    inside = correlation[np.ix_(block, block)]
    mean = float((inside.sum() - number) / (number * (number - 1)))
    loading = found.loadings[0, block]
    alpha = number * mean / (1 + (number - 1) * mean)
    rho_c = float(loading.sum() ** 2 / (loading.sum() ** 2 + (1 - loading**2).sum()))
    ave = float((loading**2).mean())
    return ConstructEstimate(name, mode, number, alpha, float(found.rho_a[0, i]), rho_c, ave, r2, adjusted)


def _path_sizes(found: Estimates, model: Specification) -> dict[tuple[int, int], tuple[float, float]]:
    """f² (Cohen, 1988) and the predictor's variance inflation, a path."""
    sizes = {}
    for i, j in zip(*np.nonzero(model.paths), strict=True):
        without = model.paths.copy()
        without[i, j] = False
        reduced = Specification(model.constructs, model.items, model.modes, model.scheme, model.blocks, without)
        r2, less = float(found.r2[0, i]), float(structural(found.correlations, reduced)[1][0, i])
        others = np.flatnonzero(model.paths[i])
        inverse = np.linalg.inv(found.correlations[0][np.ix_(others, others)])
        vif = float(inverse[others.tolist().index(j), others.tolist().index(j)])
        sizes[int(i), int(j)] = ((r2 - less) / (1 - r2) if r2 < 1 else float("nan"), vif)
    return sizes


def _improper(found: Estimates, model: Specification, consistent: bool) -> list[Caution]:
    cautions = []
    for i, loading in enumerate(found.loadings[0]):
        if abs(loading) > 1:
            message = f"the loading of '{model.items[i]}' is {loading:.3f}, beyond 1"
            cautions.append(Caution("improper-loading", message, model.items[i]))
        elif loading < 0:
            cautions.append(Caution("reversed-item", f"'{model.items[i]}' loads negatively", model.items[i]))
    if consistent and np.linalg.eigvalsh(found.correlations[0]).min() < 0:
        message = "the corrected correlations of the constructs are not those of any data (not positive definite)"
        cautions.append(Caution("not-positive-definite", message))
    for i, name in enumerate(model.constructs):
        if found.r2[0, i] > 1:
            cautions.append(Caution("improper-r2", f"R² of '{name}' is above 1", name))
    return cautions
