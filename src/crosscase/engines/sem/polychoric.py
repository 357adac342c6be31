"""Thresholds, polychoric and polyserial correlations with their joint asymptotic covariance (Olsson 1979; Muthén 1984).

Two steps: thresholds, means and variances from the margins, then each correlation from its pair at these.  The covariance of
all estimates is the sandwich A⁻¹ B A⁻ᵀ of the stacked estimating equations, A from products of the scores as Muthén has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscase.core.errors import AnalysisError
from crosscase.engines.sem.margins import LIMIT, Margin, density, margin_of

__all__ = ["Polychoric", "bivariate_normal", "pair_of", "polychoric", "statistics_of"]

Array = np.ndarray
#: Nodes of the quadrature by the size of the correlation.
_RULES = tuple(
    (end, *np.polynomial.legendre.leggauss(count)) for end, count in ((0.3, 8), (0.75, 16), (0.925, 24), (1.0, 40))
)


@dataclass(frozen=True, slots=True)
class Polychoric:
    """Estimates of one group.

    Attributes:
        variables: (q,), the columns that are not exogenous; what follows is about these, given the exogenous ones.
        thresholds: per variable, ascending; none for a continuous one.
        mean: (q,), 0 for an ordinal variable.
        covariance: (q, q), of the residuals; an ordinal variable counts with variance 1.
        gamma: n times the covariance of the statistics in the order of :func:`statistics_of`.
        slopes: (q, exogenous variables).
    """

    variables: Array
    thresholds: tuple[Array, ...]
    mean: Array
    covariance: Array
    gamma: Array
    slopes: Array

    def threshold(self, column: int, name: str) -> float:
        """The threshold ``t1``, ``t2``, … of a column."""
        return float(self.thresholds[int(np.flatnonzero(self.variables == column)[0])][int(name[1:]) - 1])


def bivariate_normal(h: Array, k: Array, r: float) -> Array:
    """P(X ≤ h, Y ≤ k) for a standard bivariate normal pair with correlation r.

    Φ(h)Φ(k) + ∫₀^{arcsin r} exp[−(h² + k² − 2hk sin t)/(2 cos² t)]/2π dt (Plackett 1954 in Drezner & Wesolowsky's 1990 form)
    by Gauss–Legendre quadrature of up to 40 nodes: exact to 1e-14 for |r| ≤ 0.95.
    """
    from scipy.special import ndtr

    nodes, weights = next((nodes, weights) for end, nodes, weights in _RULES if abs(r) <= end)
    angle = np.arcsin(r)
    t = 0.5 * angle * (nodes + 1.0)
    sine = np.sin(t)
    exponent = -(h[..., None] ** 2 + k[..., None] ** 2 - 2 * h[..., None] * k[..., None] * sine) / (2 * (1 - sine**2))
    integral = (np.exp(exponent) @ weights) * 0.5 * angle
    return np.asarray(ndtr(h) * ndtr(k) + integral / (2 * np.pi))


def _density(h: Array, k: Array, r: float) -> Array:
    """φ₂(h, k; r), zero at the limits."""
    value = np.exp(-(h**2 + k**2 - 2 * r * h * k) / (2 * (1 - r * r))) / (2 * np.pi * np.sqrt(1 - r * r))
    return np.where((np.abs(h) >= LIMIT) | (np.abs(k) >= LIMIT), 0.0, value)


def _cells(one: Array, two: Array, r: float) -> Array:
    """Probabilities of the cells of a table, given bounds that begin and end at ∓limit."""
    h, k = np.meshgrid(one, two, indexing="ij")
    cdf = bivariate_normal(h, k, r)
    cdf[0, :] = cdf[:, 0] = 0.0
    return np.asarray(np.diff(np.diff(cdf, axis=0), axis=1))


def polychoric(
    values: Array, categories: Sequence[int], names: Sequence[str], exogenous: Sequence[int] = ()
) -> Polychoric:
    """Estimate thresholds, means, variances and correlations of ordinal and continuous variables, given the exogenous ones.

    Args:
        values: (n, p); an ordinal variable holds whole numbers from 0, every category present.
        categories: how many each variable has; 0 for a continuous variable.
        names: for messages.
        exogenous: columns of ``values`` on which all others are regressed.

    Raises:
        InputError: an ordinal variable has an empty category.
        AnalysisError: a correlation runs to ±1, or a probit regression has no finite slopes.
    """
    n = values.shape[0]
    variables = np.array([index for index in range(values.shape[1]) if index not in exogenous], dtype=int)
    raw = values[:, list(exogenous)]
    centre, spread = raw.mean(axis=0), raw.std(axis=0)
    x, k = (raw - centre) / spread, raw.shape[1]
    margins = [margin_of(values[:, index], categories[index], x, names[index]) for index in variables]
    p = len(margins)
    own, variances, first = _places(margins, k)
    pairs = [(i, j) for j in range(p) for i in range(j + 1, p)]
    size = first + len(pairs)
    scores, bread = np.zeros((n, size)), np.zeros((size, size))
    for margin, places in zip(margins, own, strict=True):
        scores[:, places], bread[np.ix_(places, places)] = margin.scores, margin.scores.T @ margin.scores / n
    sd = np.array([margin.sd for margin in margins])
    correlation = np.eye(p)
    for place, (i, j) in enumerate(pairs, start=first):
        what = f"{names[variables[i]]} and {names[variables[j]]}"
        r, score, slopes = pair_of(margins[i], margins[j], what)
        correlation[i, j] = correlation[j, i] = r
        scores[:, place] = score
        bread[place, place] = float(score @ score) / n
        for places, slope in zip((own[i], own[j]), slopes, strict=True):
            bread[place, places] = score @ slope / n
    inverse = np.linalg.inv(bread)
    # From correlations to covariances: σᵢⱼ = rᵢⱼ sᵢ sⱼ, with s fixed at 1 for ordinal variables.
    change = np.eye(size)
    for place, (i, j) in enumerate(pairs, start=first):
        change[place, place] = sd[i] * sd[j]
        for index in (i, j):
            if index in variances:
                change[place, variances[index]] = correlation[i, j] * sd[i] * sd[j] / (2 * sd[index] ** 2)
    # And from standardized covariates to those given: β/s, thresholds + βx̄/s, means − βx̄/s.
    for margin, places in zip(margins, own, strict=True):
        count = max(margin.thresholds.size, 1)
        for column, place in enumerate(places[count : count + k]):
            sign = 1.0 if margin.ordinal else -1.0
            change[places[:count], place] = sign * centre[column] / spread[column]
            change[place, place] = 1.0 / spread[column]
    inverse = change @ inverse
    gamma = inverse @ (scores.T @ scores / n) @ inverse.T
    beta = np.array([margin.slopes / spread for margin in margins]).reshape(p, k)
    shift = beta @ centre
    return Polychoric(
        variables, tuple(margin.thresholds + moved if margin.ordinal else margin.thresholds for margin, moved in zip(margins, shift, strict=True)),
        np.array([0.0 if margin.ordinal else margin.mean - moved for margin, moved in zip(margins, shift, strict=True)]),
        correlation * np.outer(sd, sd), 0.5 * (gamma + gamma.T), beta,
    )  # fmt: skip


def _places(margins: Sequence[Margin], k: int) -> tuple[list[list[int]], dict[int, int], int]:
    """Each variable's own places among the statistics, the places of the variances, and the first one of the correlations."""
    starts = np.concatenate([[0], np.cumsum([max(margin.thresholds.size, 1) for margin in margins])])
    slopes = int(starts[-1])
    continuous = [index for index, margin in enumerate(margins) if not margin.ordinal]
    variances = {index: slopes + k * len(margins) + place for place, index in enumerate(continuous)}
    own = []
    for index in range(len(margins)):
        places = list(range(int(starts[index]), int(starts[index + 1])))
        places += range(slopes + k * index, slopes + k * (index + 1))
        own.append(places + ([variances[index]] if index in variances else []))
    return own, variances, slopes + k * len(margins) + len(continuous)


def statistics_of(found: Polychoric) -> Array:
    """The statistics in one row: thresholds or the mean, variable by variable; slopes likewise; variances of continuous
    variables; covariances below the diagonal by columns."""
    location = np.concatenate([one if one.size else found.mean[k : k + 1] for k, one in enumerate(found.thresholds)])
    continuous = [k for k, one in enumerate(found.thresholds) if not one.size]
    columns, rows = np.triu_indices(found.mean.size, 1)
    variances = np.diag(found.covariance)[continuous]
    return np.concatenate([location, found.slopes.ravel(), variances, found.covariance[rows, columns]])


def pair_of(one: Margin, two: Margin, what: str) -> tuple[float, Array, tuple[Array, Array]]:
    """The correlation, its score per case, and the pair's scores by each variable's own estimates."""
    if one.ordinal and two.ordinal:
        return _ordinal_pair(one, two, what)
    if one.ordinal:
        r, score, (by_two, by_one) = _mixed_pair(two, one, what)
        return r, score, (by_one, by_two)
    if two.ordinal:
        return _mixed_pair(one, two, what)
    return _continuous_pair(one, two)


def _continuous_pair(one: Margin, two: Margin) -> tuple[float, Array, tuple[Array, Array]]:
    r = float((one.z * two.z).mean())
    rest = 1 - r * r
    score = (r * rest - r * (one.z**2 + two.z**2) + (1 + r * r) * one.z * two.z) / rest**2
    slopes = []
    for margin, x, y in ((one, one.z, two.z), (two, two.z, one.z)):
        sd = margin.sd
        slopes.append(margin.columns((x - r * y) / (sd * rest), ((x * x - r * x * y) / rest - 1) / (2 * sd * sd)))
    return r, score, (slopes[0], slopes[1])


def _mixed_pair(continuous: Margin, ordinal: Margin, what: str) -> tuple[float, Array, tuple[Array, Array]]:
    """The polyserial correlation (Olsson, Drasgow & Dorans 1982), given the margins."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    z, low, high = continuous.z, ordinal.low, ordinal.high

    def at(r: float) -> tuple[Array, Array, Array, Array]:
        root = np.sqrt(1 - r * r)
        upper, lower = (high - r * z) / root, (low - r * z) / root
        probability = np.maximum(ndtr(upper) - ndtr(lower), 1e-300)
        return probability, np.where(high >= LIMIT, 0.0, _phi(upper)), np.where(low <= -LIMIT, 0.0, _phi(lower)), root

    def score_of(r: float) -> Array:
        probability, above, below, root = at(r)
        return np.asarray((above * (high * r - z) - below * (low * r - z)) / (probability * root**3))

    end = 0.9995
    if score_of(-end).mean() <= 0 or score_of(end).mean() >= 0:
        raise AnalysisError(
            f"the polyserial correlation of {what} runs to ±1", mend="join rare categories, or leave one out"
        )
    r = float(brentq(lambda value: float(score_of(value).mean()), -end, end, xtol=1e-15, rtol=1e-14))
    probability, above, below, root = at(r)
    sd = continuous.sd
    difference = (above - below) / probability
    by_continuous = continuous.columns(
        (z + r / root * difference) / sd, (z * z - 1 + r * z / root * difference) / (2 * sd * sd)
    )
    by_ordinal = ordinal.columns(above / (probability * root), -below / (probability * root))
    return r, score_of(r), (by_continuous, by_ordinal)


def _phi(x: Array) -> Array:
    return np.asarray(np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi))


def _correlate(table: Array, one: Array, two: Array, what: str) -> float:
    """The r that maximizes Σ n log π(r): scoring with halved steps."""
    n = table.sum()
    h, k = np.meshgrid(one, two, indexing="ij")
    x = np.arange(table.shape[0])
    y = np.arange(table.shape[1])
    mx, my = table.sum(1) @ x / n, table.sum(0) @ y / n
    cov = ((x - mx)[:, None] * (y - my) * table).sum() / n
    spread = np.sqrt((table.sum(1) @ (x - mx) ** 2 / n) * (table.sum(0) @ (y - my) ** 2 / n))
    r = float(np.clip(cov / spread, -0.9, 0.9))
    last = np.inf
    for _ in range(100):
        probability = np.maximum(_cells(one, two, r), 1e-300)
        slope = np.diff(np.diff(_density(h, k, r), axis=0), axis=1)
        gradient = float((table / n * slope / probability).sum())
        information = float((slope**2 / np.maximum(probability, 1e-12)).sum())
        if abs(gradient) < 1e-13 * max(1.0, information):
            return r
        step = gradient / information
        while abs(r + step) >= 0.9999:
            step *= 0.5
        r += step
        if abs(step) < 1e-15 or (abs(step) >= last and abs(step) < 1e-12):
            return r
        last = abs(step)
        if abs(r) > 0.9995:
            break
    raise AnalysisError(
        f"the polychoric correlation of {what} runs to ±1", mend="join rare categories, or leave one of them out"
    )


def _ordinal_pair(one: Margin, two: Margin, what: str) -> tuple[float, Array, tuple[Array, Array]]:
    if one.x.shape[1]:
        bounds = (one.low, one.high, two.low, two.high)
        r = _correlate_cases(one, two, what)
        probability, slope = _rectangle(*bounds, r)
        cells: tuple[Array, ...] | slice = slice(None)
    else:
        table = np.zeros((one.bounds.size - 1, two.bounds.size - 1))
        np.add.at(table, (one.codes, two.codes), 1.0)
        r = _correlate(_filled(table), one.bounds, two.bounds, what)
        low, other_low = np.meshgrid(one.bounds[:-1], two.bounds[:-1], indexing="ij")
        high, other_high = np.meshgrid(one.bounds[1:], two.bounds[1:], indexing="ij")
        bounds = (low, high, other_low, other_high)
        h, k = np.meshgrid(one.bounds, two.bounds, indexing="ij")
        probability = np.maximum(_cells(one.bounds, two.bounds, r), 1e-300)
        slope = np.diff(np.diff(_density(h, k, r), axis=0), axis=1)
        cells = (one.codes, two.codes)
    slopes = []
    for margin, (low, high, other_low, other_high) in ((one, bounds), (two, (*bounds[2:], *bounds[:2]))):
        above = _bound_slope(high, other_low, other_high, r) / probability
        below = _bound_slope(low, other_low, other_high, r) / probability
        slopes.append(margin.columns(above[cells], -below[cells]))
    return r, (slope / probability)[cells], (slopes[0], slopes[1])


def _bound_slope(bound: Array, low: Array, high: Array, r: float) -> Array:
    """∂P/∂h of P(X ≤ h, l < Y ≤ k): φ(h) [Φ((k − rh)/√(1 − r²)) − Φ((l − rh)/√(1 − r²))]."""
    from scipy.special import ndtr

    root = np.sqrt(1 - r * r)
    upper = np.where(high >= LIMIT, 1.0, ndtr((high - r * bound) / root))
    lower = np.where(low <= -LIMIT, 0.0, ndtr((low - r * bound) / root))
    return np.asarray(density(bound) * (upper - lower))


def _rectangle(low: Array, high: Array, other_low: Array, other_high: Array, r: float) -> tuple[Array, Array]:
    """P(low < X ≤ high, other_low < Y ≤ other_high) and its derivative by r, elementwise."""
    h, k = np.concatenate([high, low, high, low]), np.concatenate([other_high, other_high, other_low, other_low])
    sign = np.repeat([1.0, -1.0, -1.0, 1.0], low.size)
    probability = (sign * bivariate_normal(h, k, r)).reshape(4, -1).sum(0)
    slope = (sign * _density(h, k, r)).reshape(4, -1).sum(0)
    return np.maximum(probability, 1e-300), slope


def _correlate_cases(one: Margin, two: Margin, what: str) -> float:
    """The r that maximizes Σ log P of the cases' rectangles: Newton steps with the outer product where they fail."""
    bounds = (one.low, one.high, two.low, two.high)
    r = float(np.clip(np.corrcoef(_generalized_residual(one), _generalized_residual(two))[0, 1], -0.9, 0.9))
    h, k = np.concatenate([bounds[1], bounds[0]] * 2), np.repeat(np.stack([bounds[3], bounds[2]]), 2, axis=0).ravel()
    sign = np.repeat([1.0, -1.0, -1.0, 1.0], one.low.size)
    for _ in range(100):
        probability, slope = _rectangle(*bounds, r)
        score = slope / probability
        rest = 1 - r * r
        bend = _density(h, k, r) * (r / rest + (h * k * (1 + r * r) - r * (h * h + k * k)) / rest**2)
        curve = (score**2).mean() - ((sign * bend).reshape(4, -1).sum(0) / probability).mean()
        gradient = float(score.mean())
        step = gradient / curve if curve > 0 else gradient / float((score**2).mean())
        while abs(r + step) >= 0.9999:
            step *= 0.5
        r += step
        if abs(step) < 1e-9:  # the next step of Newton's would be below rounding
            return r
        if abs(r) > 0.9995:
            break
    raise AnalysisError(
        f"the polychoric correlation of {what} runs to ±1", mend="join rare categories, or leave one of them out"
    )


def _generalized_residual(margin: Margin) -> Array:
    """E(e | y, x) of an ordinal variable."""
    from scipy.special import ndtr

    return np.asarray((density(margin.low) - density(margin.high)) / (ndtr(margin.high) - ndtr(margin.low)))


def _filled(table: Array) -> Array:
    """A 2 × 2 table with one empty cell gets half a case there, the margins kept (as lavaan does)."""
    if table.shape != (2, 2) or (table == 0).sum() != 1:
        return table
    sign = 0.5 if table[0, 0] == 0 or table[1, 1] == 0 else -0.5
    return table + sign * np.array([[1.0, -1.0], [-1.0, 1.0]])
