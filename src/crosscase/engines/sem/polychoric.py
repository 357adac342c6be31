"""Thresholds, polychoric and polyserial correlations with their joint asymptotic covariance (Olsson 1979; Muthén 1984).

Two steps: thresholds, means and variances from the margins, then each correlation from its pair at these.  The covariance of
all estimates is the sandwich A⁻¹ B A⁻ᵀ of the stacked estimating equations, A from products of the scores as Muthén has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscase.core.errors import AnalysisError

__all__ = ["Polychoric", "bivariate_normal", "polychoric", "statistics_of"]

Array = np.ndarray
_LIMIT = 8.5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


@dataclass(frozen=True, slots=True)
class Polychoric:
    """Estimates of one group.

    Attributes:
        thresholds: per variable, ascending; none for a continuous one.
        mean: (p,), 0 for an ordinal variable.
        covariance: (p, p); an ordinal variable counts with variance 1.
        gamma: n times the covariance of the statistics in the order of :func:`statistics_of`.
    """

    thresholds: tuple[Array, ...]
    mean: Array
    covariance: Array
    gamma: Array


def bivariate_normal(h: Array, k: Array, r: Array | float) -> Array:
    """P(X ≤ h, Y ≤ k) for a standard bivariate normal pair with correlation r.

    Φ(h)Φ(k) + ∫₀^{arcsin r} exp[−(h² + k² − 2hk sin t)/(2 cos² t)]/2π dt (Plackett 1954 in Drezner & Wesolowsky's 1990 form)
    by Gauss–Legendre quadrature of 40 nodes: exact to 1e-14 for |r| ≤ 0.95.
    """
    from scipy.special import ndtr

    angle = np.arcsin(r)
    t = 0.5 * angle * (_NODES + 1.0)
    sine = np.sin(t)
    exponent = -(h[..., None] ** 2 + k[..., None] ** 2 - 2 * h[..., None] * k[..., None] * sine) / (2 * (1 - sine**2))
    integral = (np.exp(exponent) * _WEIGHTS).sum(-1) * 0.5 * angle
    return np.asarray(ndtr(h) * ndtr(k) + integral / (2 * np.pi))


def _density(h: Array, k: Array, r: float) -> Array:
    """φ₂(h, k; r), zero at the limits."""
    value = np.exp(-(h**2 + k**2 - 2 * r * h * k) / (2 * (1 - r * r))) / (2 * np.pi * np.sqrt(1 - r * r))
    return np.where((np.abs(h) >= _LIMIT) | (np.abs(k) >= _LIMIT), 0.0, value)


def _cells(one: Array, two: Array, r: float) -> Array:
    """Probabilities of the cells of a table, given bounds that begin and end at ∓limit."""
    h, k = np.meshgrid(one, two, indexing="ij")
    cdf = bivariate_normal(h, k, r)
    cdf[0, :] = cdf[:, 0] = 0.0
    return np.asarray(np.diff(np.diff(cdf, axis=0), axis=1))


def polychoric(values: Array, categories: Sequence[int], names: Sequence[str]) -> Polychoric:
    """Estimate thresholds, means, variances and correlations of ordinal and continuous variables.

    Args:
        values: (n, p); an ordinal variable holds whole numbers from 0, every category present.
        categories: how many each variable has; 0 for a continuous variable.
        names: for messages.

    Raises:
        AnalysisError: a correlation runs to ±1.
    """
    n, p = values.shape
    margins = [_margin_of(values[:, index], count) for index, count in enumerate(categories)]
    starts = np.concatenate([[0], np.cumsum([1 if count == 0 else count - 1 for count in categories])])
    continuous = [index for index, count in enumerate(categories) if count == 0]
    variances = {index: int(starts[-1]) + place for place, index in enumerate(continuous)}
    first = int(starts[-1]) + len(continuous)
    pairs = [(i, j) for j in range(p) for i in range(j + 1, p)]
    size = first + len(pairs)
    scores, bread = np.zeros((n, size)), np.zeros((size, size))
    own: list[list[int]] = []
    for index, margin in enumerate(margins):
        places = list(range(int(starts[index]), int(starts[index + 1])))
        places += [variances[index]] if index in variances else []
        own.append(places)
        scores[:, places], bread[np.ix_(places, places)] = margin.scores, margin.scores.T @ margin.scores / n
    sd = np.array([margin.sd for margin in margins])
    correlation = np.eye(p)
    for place, (i, j) in enumerate(pairs, start=first):
        one, two = margins[i], margins[j]
        r, score, slopes = _pair(one, two, f"{names[i]} and {names[j]}")
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
    inverse = change @ inverse
    gamma = inverse @ (scores.T @ scores / n) @ inverse.T
    return Polychoric(
        tuple(margin.thresholds for margin in margins), np.array([margin.mean for margin in margins]),
        correlation * np.outer(sd, sd), 0.5 * (gamma + gamma.T),
    )  # fmt: skip


def statistics_of(thresholds: Sequence[Array], mean: Array, covariance: Array) -> Array:
    """The statistics in one row: thresholds or the mean, variable by variable; variances of continuous variables; covariances
    below the diagonal by columns."""
    location = np.concatenate([one if one.size else mean[k : k + 1] for k, one in enumerate(thresholds)])
    continuous = [k for k, one in enumerate(thresholds) if not one.size]
    columns, rows = np.triu_indices(mean.size, 1)
    return np.concatenate([location, np.diag(covariance)[continuous], covariance[rows, columns]])


@dataclass(frozen=True, slots=True)
class _Margin:
    """One variable: its first-step estimates, the scores of these, and what the second step needs.

    ``codes`` and ``bounds`` of an ordinal variable, ``z`` of a continuous one.
    """

    thresholds: Array
    mean: float
    sd: float
    scores: Array
    codes: Array
    bounds: Array
    z: Array

    @property
    def ordinal(self) -> bool:
        return bool(self.thresholds.size)


def _margin_of(values: Array, categories: int) -> _Margin:
    from scipy.special import ndtr, ndtri

    nothing = np.zeros(0)
    if not categories:
        mean, sd = float(values.mean()), float(values.std())
        z = (values - mean) / sd
        scores = np.column_stack([z / sd, (z * z - 1) / (2 * sd * sd)])
        return _Margin(nothing, mean, sd, scores, nothing, nothing, z)
    codes = values.astype(int)
    counts = np.bincount(codes, minlength=categories)
    if not counts.all():
        raise AnalysisError(
            "an ordinal variable has an empty category", where="data", mend="join it with its neighbour"
        )
    share = counts.cumsum()[:-1] / codes.size
    thresholds = np.asarray(ndtri(share))
    bounds = np.concatenate([[-_LIMIT], thresholds, [_LIMIT]])
    probability, density = np.diff(ndtr(bounds)), _normal(bounds)
    slope = np.zeros((categories, categories - 1))  # ∂π_c/∂τ_t
    for t in range(categories - 1):
        slope[t, t], slope[t + 1, t] = density[t + 1], -density[t + 1]
    return _Margin(thresholds, 0.0, 1.0, (slope / probability[:, None])[codes], codes, bounds, nothing)


def _pair(one: _Margin, two: _Margin, what: str) -> tuple[float, Array, tuple[Array, Array]]:
    """The correlation, its score per case, and the pair's scores by each variable's own estimates."""
    if one.ordinal and two.ordinal:
        return _ordinal_pair(one, two, what)
    if one.ordinal:
        r, score, (by_two, by_one) = _mixed_pair(two, one, what)
        return r, score, (by_one, by_two)
    if two.ordinal:
        return _mixed_pair(one, two, what)
    return _continuous_pair(one, two)


def _continuous_pair(one: _Margin, two: _Margin) -> tuple[float, Array, tuple[Array, Array]]:
    r = float((one.z * two.z).mean())
    rest = 1 - r * r
    score = (r * rest - r * (one.z**2 + two.z**2) + (1 + r * r) * one.z * two.z) / rest**2
    slopes = []
    for x, y, sd in ((one.z, two.z, one.sd), (two.z, one.z, two.sd)):
        slopes.append(np.column_stack([(x - r * y) / (sd * rest), ((x * x - r * x * y) / rest - 1) / (2 * sd * sd)]))
    return r, score, (slopes[0], slopes[1])


def _mixed_pair(continuous: _Margin, ordinal: _Margin, what: str) -> tuple[float, Array, tuple[Array, Array]]:
    """The polyserial correlation (Olsson, Drasgow & Dorans 1982), given the margins."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    z, low, high = continuous.z, ordinal.bounds[ordinal.codes], ordinal.bounds[ordinal.codes + 1]

    def at(r: float) -> tuple[Array, Array, Array, Array]:
        root = np.sqrt(1 - r * r)
        upper, lower = (high - r * z) / root, (low - r * z) / root
        probability = np.maximum(ndtr(upper) - ndtr(lower), 1e-300)
        return probability, np.where(high >= _LIMIT, 0.0, _phi(upper)), np.where(low <= -_LIMIT, 0.0, _phi(lower)), root

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
    by_continuous = np.column_stack([
        (z + r / root * difference) / sd, (z * z - 1 + r * z / root * difference) / (2 * sd * sd),
    ])  # fmt: skip
    by_ordinal = np.zeros((z.size, ordinal.thresholds.size))
    for t in range(ordinal.thresholds.size):
        by_ordinal[:, t] = np.where(ordinal.codes == t, above, 0.0) - np.where(ordinal.codes == t + 1, below, 0.0)
    return r, score_of(r), (by_continuous, by_ordinal / (probability * root)[:, None])


def _phi(x: Array) -> Array:
    return np.asarray(np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi))


def _normal(x: Array) -> Array:
    return np.where(np.abs(x) >= _LIMIT, 0.0, np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi))


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


def _ordinal_pair(first: _Margin, second: _Margin, what: str) -> tuple[float, Array, tuple[Array, Array]]:
    from scipy.special import ndtr

    one, two = first.bounds, second.bounds
    table = np.zeros((one.size - 1, two.size - 1))
    np.add.at(table, (first.codes, second.codes), 1.0)
    r = _correlate(_filled(table), one, two, what)
    h, k = np.meshgrid(one, two, indexing="ij")
    probability = np.maximum(_cells(one, two, r), 1e-300)
    score = np.diff(np.diff(_density(h, k, r), axis=0), axis=1) / probability
    root = np.sqrt(1 - r * r)
    slopes = []
    # ∂F(h, k)/∂h = φ(h) Φ((k − rh)/√(1 − r²)): how cell probabilities move with a threshold.
    for bounds, other, rows in ((one, two, True), (two, one, False)):
        moved = np.zeros((*probability.shape, bounds.size - 2))
        for t in range(1, bounds.size - 1):
            conditional = np.where(
                other <= -_LIMIT, 0.0, np.where(other >= _LIMIT, 1.0, ndtr((other - r * bounds[t]) / root))
            )
            move = _normal(bounds[t : t + 1])[0] * np.diff(conditional)
            if rows:
                moved[t - 1, :, t - 1], moved[t, :, t - 1] = move, -move
            else:
                moved[:, t - 1, t - 1], moved[:, t, t - 1] = move, -move
        slopes.append((moved / probability[:, :, None])[first.codes, second.codes])
    return r, score[first.codes, second.codes], (slopes[0], slopes[1])


def _filled(table: Array) -> Array:
    """A 2 × 2 table with one empty cell gets half a case there, the margins kept (as lavaan does)."""
    if table.shape != (2, 2) or (table == 0).sum() != 1:
        return table
    sign = 0.5 if table[0, 0] == 0 or table[1, 1] == 0 else -0.5
    return table + sign * np.array([[1.0, -1.0], [-1.0, 1.0]])
