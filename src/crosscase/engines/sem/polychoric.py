"""Thresholds and polychoric correlations with their joint asymptotic covariance (Olsson 1979; Muthén 1984).

Two steps: thresholds from the margins, then each correlation from its bivariate table at these thresholds.  The covariance of
all estimates is the sandwich A⁻¹ B A⁻ᵀ of the stacked estimating equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscase.core.errors import AnalysisError

__all__ = ["Polychoric", "bivariate_normal", "polychoric"]

Array = np.ndarray
_LIMIT = 8.5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


@dataclass(frozen=True, slots=True)
class Polychoric:
    """Estimates of one group.

    Attributes:
        thresholds: per variable, ascending.
        correlation: (p, p).
        gamma: n times the covariance of (all thresholds in the order of the variables, correlations below the diagonal by
            columns).
    """

    thresholds: tuple[Array, ...]
    correlation: Array
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


def polychoric(codes: Array, categories: Sequence[int], names: Sequence[str]) -> Polychoric:
    """Estimate thresholds and correlations of ordinal variables.

    Args:
        codes: (n, p) integers from 0, every category of every variable present.
        categories: how many each variable has.
        names: for messages.

    Raises:
        AnalysisError: a correlation runs to ±1.
    """
    from scipy.special import ndtri

    n, p = codes.shape
    thresholds = []
    for index in range(p):
        share = np.bincount(codes[:, index], minlength=categories[index]).cumsum()[:-1] / n
        thresholds.append(np.asarray(ndtri(share)))
    bounds = [np.concatenate([[-_LIMIT], one, [_LIMIT]]) for one in thresholds]
    starts = np.concatenate([[0], np.cumsum([one.size for one in thresholds])])
    count = int(starts[-1])
    pairs = [(i, j) for j in range(p) for i in range(j + 1, p)]
    size = count + len(pairs)
    scores = np.zeros((n, size))
    bread = np.zeros((size, size))
    for index in range(p):
        own = slice(int(starts[index]), int(starts[index + 1]))
        scores[:, own], bread[own, own] = _margin(codes[:, index], bounds[index])
    correlation = np.eye(p)
    for place, (i, j) in enumerate(pairs, start=count):
        table = np.zeros((categories[i], categories[j]))
        np.add.at(table, (codes[:, i], codes[:, j]), 1.0)
        r = _correlate(table, bounds[i], bounds[j], f"{names[i]} and {names[j]}")
        correlation[i, j] = correlation[j, i] = r
        _pair(codes[:, i], codes[:, j], bounds[i], bounds[j], r, place, int(starts[i]), int(starts[j]), scores, bread)
    inverse = np.linalg.inv(bread)
    gamma = inverse @ (scores.T @ scores / n) @ inverse.T
    return Polychoric(tuple(thresholds), correlation, 0.5 * (gamma + gamma.T))


def _normal(x: Array) -> Array:
    return np.where(np.abs(x) >= _LIMIT, 0.0, np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi))


def _margin(codes: Array, bounds: Array) -> tuple[Array, Array]:
    """Scores (n, thresholds) and information of the thresholds of one variable."""
    from scipy.special import ndtr

    probability = np.diff(ndtr(bounds))
    density = _normal(bounds)
    m = bounds.size - 2
    slope = np.zeros((m + 1, m))  # ∂π_c/∂τ_t
    for t in range(m):
        slope[t, t] = density[t + 1]
        slope[t + 1, t] = -density[t + 1]
    score = slope / probability[:, None]
    return score[codes], np.asarray(score.T @ slope)


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


def _pair(
    codes_i: Array, codes_j: Array, one: Array, two: Array, r: float, place: int, start_i: int, start_j: int, scores: Array, bread: Array
) -> None:  # fmt: skip
    """Scores of one correlation and its row of A (by its thresholds and itself)."""
    from scipy.special import ndtr

    h, k = np.meshgrid(one, two, indexing="ij")
    probability = np.maximum(_cells(one, two, r), 1e-300)
    slope = np.diff(np.diff(_density(h, k, r), axis=0), axis=1)
    score = slope / probability
    scores[:, place] = score[codes_i, codes_j]
    observed = np.zeros(probability.shape)
    np.add.at(observed, (codes_i, codes_j), 1.0 / codes_i.size)
    # A from the outer products of the scores, as Muthén's programs have it, not from their expectation.
    score = score * observed / probability
    bread[place, place] = float((slope * score).sum())
    root = np.sqrt(1 - r * r)
    # ∂F(h, k)/∂h = φ(h) Φ((k − rh)/√(1 − r²)): how cell probabilities move with a threshold.
    for bounds, other, start, rows in ((one, two, start_i, True), (two, one, start_j, False)):
        for t in range(1, bounds.size - 1):
            conditional = np.where(
                other <= -_LIMIT, 0.0, np.where(other >= _LIMIT, 1.0, ndtr((other - r * bounds[t]) / root))
            )
            move = _normal(bounds[t : t + 1])[0] * np.diff(conditional)
            delta = (score[t - 1] - score[t]) @ move if rows else (score[:, t - 1] - score[:, t]) @ move
            bread[place, start + t - 1] = float(delta)
