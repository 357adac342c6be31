"""Reliability and validity that need no fitted structural model.

Cronbach's alpha with item statistics, Harman's single factor, the heterotrait-monotrait ratio (HTMT) with bootstrap
intervals, and the table of descriptives and correlations.  What rests on a fitted model (omega, composite reliability,
AVE) belongs to the structural equation models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Unpack

import numpy as np

from crosscase.compute import Run, replicate
from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.results import Caution, Tabular, check_level
from crosscase.engines.regression.data import Floats, Table, percentile_interval, rows


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a scale; ``item_rest`` is its correlation with the sum of the other items."""

    name: str
    mean: float
    sd: float
    item_rest: float
    alpha_without: float | None


@dataclass(frozen=True, slots=True)
class Cronbach(Tabular):
    """Cronbach's alpha of a scale with the interval of Feldt (1965), and its items."""

    alpha: float
    lower: float
    upper: float
    level: float
    standardized: float
    mean_correlation: float
    n: int
    items: tuple[Item, ...]
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("item", "mean", "sd", "item_rest", "alpha_without")

    def rows(self) -> list[tuple[Any, ...]]:
        return [(item.name, item.mean, item.sd, item.item_rest, item.alpha_without) for item in self.items]


def cronbach(table: Table, items: Sequence[str], *, level: float = 0.95) -> Cronbach:
    """Cronbach's alpha of ``items`` (Cronbach, 1951), on complete rows.

    Raises:
        InputError: fewer than two items.
        NotFoundError, AnalysisError: see :func:`~crosscase.engines.regression.data.rows`.
    """
    from scipy.stats import f

    check_level(level)
    if len(items) < 2:
        raise InputError("alpha needs at least two items", mend="name the items of the scale")
    _once(items)
    data = rows(table, items, least=3)
    covariance = np.cov(data.values, rowvar=False)
    correlation = np.atleast_2d(np.corrcoef(data.values, rowvar=False))
    number, n = len(data.names), len(data.values)
    alpha = _alpha(covariance)
    freedom = (n - 1, (n - 1) * (number - 1))
    lower, upper = (1 - (1 - alpha) * f.ppf(p, *freedom) for p in ((1 + level) / 2, (1 - level) / 2))
    cautions = list(data.cautions)
    described = []
    for index, name in enumerate(data.names):
        others = [other for other in range(number) if other != index]
        rest = data.values[:, others].sum(axis=1)
        item_rest = float(np.corrcoef(data.values[:, index], rest)[0, 1]) if np.ptp(rest) else float("nan")
        without = _alpha(covariance[np.ix_(others, others)]) if number > 2 else None
        column = data.values[:, index]
        described.append(Item(name, float(column.mean()), float(column.std(ddof=1)), item_rest, without))
        if item_rest < 0:
            message = f"the item '{name}' goes against the others; it may have to be reversed"
            cautions.append(Caution("reversed-item", message, name))
    mean_r = float(correlation[~np.eye(number, dtype=bool)].mean())
    return Cronbach(
        alpha,
        float(lower),
        float(upper),
        level,
        number * mean_r / (1 + (number - 1) * mean_r),
        mean_r,
        n,
        tuple(described),
        tuple(cautions),
    )


def _once(items: Sequence[str]) -> None:
    twice = sorted({item for item in items if list(items).count(item) > 1})
    if twice:
        raise InputError(f"the item '{twice[0]}' is named twice", mend="name each item once")


def _alpha(covariance: Floats) -> float:
    number = len(covariance)
    return float(number / (number - 1) * (1 - np.trace(covariance) / covariance.sum()))


@dataclass(frozen=True, slots=True)
class SingleFactor(Tabular):
    """Harman's single-factor test: ``share`` of the variance on the first unrotated principal component.

    A small share does not show that there is no common-method variance (Podsakoff et al., 2003); it is here because
    journals ask for it.
    """

    share: float
    eigenvalues: tuple[float, ...]
    n: int
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("component", "eigenvalue", "share", "cumulative")

    def rows(self) -> list[tuple[Any, ...]]:
        total = sum(self.eigenvalues)
        cumulative = np.cumsum(self.eigenvalues) / total
        return [
            (number + 1, value, value / total, float(cumulative[number]))
            for number, value in enumerate(self.eigenvalues)
        ]


def harman(table: Table, items: Sequence[str]) -> SingleFactor:
    """Eigenvalues of the correlation matrix of all items, and the share of the first.

    Raises:
        NotFoundError, AnalysisError: see :func:`~crosscase.engines.regression.data.rows`.
    """
    if len(items) < 2:
        raise InputError("a factor needs at least two items", mend="name the items of all scales")
    _once(items)
    data = rows(table, items, least=3)
    values = np.linalg.eigvalsh(np.corrcoef(data.values, rowvar=False))[::-1]
    return SingleFactor(
        float(values[0] / values.sum()), tuple(float(value) for value in values), len(data.values), data.cautions
    )


@dataclass(frozen=True, slots=True)
class MarkerAdjusted(Tabular):
    """Correlations with what they share with a marker variable taken out.

    ``shared`` is the correlation taken for common-method variance.  Each pair has its correlation, the adjusted one, and
    the two-sided p value of the latter.
    """

    marker: str
    shared: float
    n: int
    pairs: tuple[tuple[str, str, float, float, float], ...]
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("variable", "with", "correlation", "adjusted", "p_value")

    def rows(self) -> list[tuple[Any, ...]]:
        return list(self.pairs)


def marker_adjusted(table: Table, names: Sequence[str], marker: str) -> MarkerAdjusted:
    """The marker-variable technique of Lindell and Whitney (2001, eq. 4 and 5).

    The smallest of the marker's correlations with the other variables, in absolute size, is taken for what the method
    alone produces: adjusted r = (r − shared) / (1 − shared), with t = r √(n − 3) / √(1 − r²).  The marker must be one that
    theory relates to nothing; only the researcher can say so.

    Raises:
        InputError: fewer than two variables, or the marker among them.
        NotFoundError, AnalysisError: see :func:`~crosscase.engines.regression.data.rows`.
    """
    from scipy import stats

    if len(names) < 2 or marker in names:
        raise InputError("give at least two variables, and a marker that is none of them", where=marker)
    data = rows(table, [*names, marker], least=5)
    correlation = np.atleast_2d(np.corrcoef(data.values, rowvar=False))
    shared = float(np.abs(correlation[-1, :-1]).min())
    n = len(data.values)
    pairs = []
    for i, j in combinations(range(len(data.names) - 1), 2):
        r = float(correlation[i, j])
        adjusted = (r - shared) / (1 - shared)
        t = adjusted * np.sqrt((n - 3) / max(1 - adjusted**2, 1e-300))
        pairs.append((data.names[i], data.names[j], r, adjusted, float(2 * stats.t.sf(abs(t), n - 3))))
    return MarkerAdjusted(marker, shared, n, tuple(pairs), data.cautions)


@dataclass(frozen=True, slots=True)
class Htmt(Tabular):
    """HTMT of each pair of constructs, with percentile intervals when draws were asked for."""

    pairs: tuple[tuple[str, str], ...]
    values: tuple[float, ...]
    intervals: tuple[tuple[float, float] | None, ...]
    level: float | None
    draws: int
    failed: int
    seed: int
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("construct", "with", "htmt", "lower", "upper")

    def rows(self) -> list[tuple[Any, ...]]:
        return [
            (*pair, value, *(interval or (None, None)))
            for pair, value, interval in zip(self.pairs, self.values, self.intervals, strict=True)
        ]


def htmt_of_correlations(
    correlation: Any, names: Sequence[str], constructs: Mapping[str, Sequence[str]], *, absolute: bool = True
) -> dict[tuple[str, str], float]:
    """Heterotrait-monotrait ratios from a correlation matrix (Henseler, Ringle and Sarstedt, 2015, eq. 6).

    Args:
        correlation: items × items.
        names: the items in its order.
        constructs: construct → its items; a single item counts as measured without error.
        absolute: use absolute correlations, as the common programs do.

    Raises:
        NotFoundError: an item that is not in ``names``.
        InputError: fewer than two constructs.
    """
    matrix = np.asarray(correlation, dtype=float)
    blocks = _blocks(names, constructs)
    values = _ratios(np.abs(matrix) if absolute else matrix, blocks)
    return dict(zip(combinations(constructs, 2), (float(value) for value in values), strict=True))


def htmt(
    table: Table,
    constructs: Mapping[str, Sequence[str]],
    *,
    absolute: bool = True,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.95,
    **run: Unpack[Run],
) -> Htmt:
    """HTMT of all pairs of constructs from a survey table, with a bootstrap of cases.

    Raises:
        NotFoundError, AnalysisError: see :func:`~crosscase.engines.regression.data.rows`.
    """
    check_level(level)
    names = [item for items in constructs.values() for item in items]
    _once(names)
    data = rows(table, names, least=4)
    blocks = _blocks(data.names, constructs)
    standard = (data.values - data.values.mean(axis=0)) / data.values.std(axis=0)
    draw = _HtmtDraw(standard, tuple(blocks), absolute)
    values = draw.of(np.full((1, len(standard)), 1.0))[0]
    pairs = tuple(combinations(constructs, 2))
    intervals: tuple[tuple[float, float] | None, ...] = (None,) * len(pairs)
    failed = 0
    if draws:
        done = replicate(draw, draws, seed=seed, **run)
        failed = len(done.failures)
        intervals = tuple(percentile_interval(column, level) for column in np.array(done.successes).T)
    return Htmt(
        pairs, tuple(float(v) for v in values), intervals, level if draws else None, draws, failed, seed, data.cautions
    )


def _blocks(names: Sequence[str], constructs: Mapping[str, Sequence[str]]) -> list[list[int]]:

    if len(constructs) < 2:
        raise InputError("HTMT compares constructs: give at least two")
    for items in constructs.values():
        for item in items:
            if item not in names:
                raise NotFoundError("item", item, names)
    return [[list(names).index(item) for item in items] for items in constructs.values()]


def _ratios(correlation: Floats, blocks: Sequence[Sequence[int]]) -> Floats:
    """One ratio a pair of blocks, for one matrix or a stack of them."""

    def inside(block: Sequence[int]) -> Any:
        if len(block) == 1:
            return np.ones(correlation.shape[:-2])
        upper = np.triu_indices(len(block), 1)
        return correlation[..., np.array(block)[upper[0]], np.array(block)[upper[1]]].mean(axis=-1)

    monotrait = [inside(block) for block in blocks]
    with np.errstate(invalid="ignore"):
        found = [
            correlation[..., np.array(blocks[i])[:, None], np.array(blocks[j])].mean(axis=(-2, -1))
            / np.sqrt(monotrait[i] * monotrait[j])
            for i, j in combinations(range(len(blocks)), 2)
        ]
    return np.stack(found, axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class _HtmtDraw:
    """Bootstrap draws of cases, a chunk at a time: correlations from weighted cross-products."""

    values: Floats
    blocks: tuple[Sequence[int], ...]
    absolute: bool

    def of(self, weights: Floats) -> Floats:
        n = weights.sum(axis=1)[:, None]
        means = weights @ self.values / n
        products = np.einsum("bn,ni,nj->bij", weights, self.values, self.values, optimize=True) / n[:, :, None]
        covariance = products - means[:, :, None] * means[:, None, :]
        sd = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0))
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = covariance / (sd[:, :, None] * sd[:, None, :])
        return _ratios(np.abs(correlation) if self.absolute else correlation, self.blocks)

    def __call__(self, generators: Sequence[Any]) -> list[Any]:
        n = len(self.values)
        weights = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for rng in generators])
        return [
            row if np.isfinite(row).all() else ValueError("an item did not vary in the draw")
            for row in self.of(weights.astype(float))
        ]


@dataclass(frozen=True, slots=True)
class Descriptives(Tabular):
    """Means, standard deviations, skewness, excess kurtosis, range, and correlations with two-sided p values.

    ``diagonal`` replaces the ones on the diagonal of the printed table, for instance with the square roots of the AVE.
    """

    names: tuple[str, ...]
    n: int
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    skewness: tuple[float, ...]
    kurtosis: tuple[float, ...]
    minimum: tuple[float, ...]
    maximum: tuple[float, ...]
    correlations: tuple[tuple[float, ...], ...]
    p_values: tuple[tuple[float, ...], ...]
    diagonal: tuple[float, ...] | None = None
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("variable", "mean", "sd", "skewness", "kurtosis", "min", "max", *self.names)

    def rows(self) -> list[tuple[Any, ...]]:
        shown = []
        for i, name in enumerate(self.names):
            own = 1.0 if self.diagonal is None else self.diagonal[i]
            lower = (*self.correlations[i][:i], own, *(None,) * (len(self.names) - i - 1))
            summary = (self.mean[i], self.sd[i], self.skewness[i], self.kurtosis[i], self.minimum[i], self.maximum[i])
            shown.append((name, *summary, *lower))
        return shown


def describe(table: Table, names: Sequence[str], *, diagonal: Mapping[str, float] | None = None) -> Descriptives:
    """Descriptives and Pearson correlations of complete rows.

    Raises:
        NotFoundError, AnalysisError: see :func:`~crosscase.engines.regression.data.rows`.
    """
    from scipy import stats

    data = rows(table, names, least=4)
    correlation = np.corrcoef(data.values, rowvar=False).reshape(len(data.names), -1)
    n = len(data.values)
    with np.errstate(divide="ignore"):
        t = correlation * np.sqrt((n - 2) / np.maximum(1 - correlation**2, 0))
    p_values = 2 * stats.t.sf(np.abs(t), n - 2)
    np.fill_diagonal(p_values, 0.0)

    def each(values: Any) -> tuple[float, ...]:
        return tuple(float(value) for value in values)

    return Descriptives(
        data.names,
        n,
        each(data.values.mean(axis=0)),
        each(data.values.std(axis=0, ddof=1)),
        each(stats.skew(data.values, bias=False)),
        each(stats.kurtosis(data.values, bias=False)),
        each(data.values.min(axis=0)),
        each(data.values.max(axis=0)),
        tuple(each(row) for row in correlation),
        tuple(each(row) for row in p_values),
        None if diagonal is None else tuple(float(diagonal.get(name, 1.0)) for name in data.names),
        data.cautions,
    )
