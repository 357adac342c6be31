"""Sample moments: means, covariances, fourth-order moments, and the saturated model of incomplete data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscase.engines.sem.data import GroupData, Patterns, patterns_of
from crosscase.engines.sem.discrepancy import PatternDiscrepancy, vech
from crosscase.engines.sem.kernel import saturated_kernel
from crosscase.engines.sem.polychoric import Polychoric
from crosscase.engines.sem.table import Variables

__all__ = [
    "Moments",
    "available_moments",
    "fourth_moments",
    "minus_log_likelihood",
    "normal_log_likelihood",
    "random_moments",
    "sample_moments",
    "saturate",
]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Moments:
    """What estimation needs of one group.

    Attributes:
        n: cases.
        mean, covariance: the sample's, or with missing values those of the saturated model.
        unbiased: whether the covariance was divided by n − 1.
        values: the cases (n, p), ``None`` when only moments were given.
        patterns: for incomplete data, with ``pattern_means`` and ``pattern_covariances``.
        log_likelihood: of the saturated model.
        ordinal: with ordinal variables the estimates given the exogenous ones, from which mean and covariance are put together.
    """

    label: str
    n: int
    mean: Array
    covariance: Array
    unbiased: bool
    values: Array | None
    patterns: Patterns | None = None
    pattern_means: Array | None = None
    pattern_covariances: Array | None = None
    log_likelihood: float = np.nan
    clusters: Array | None = None
    weights: Array | None = None
    iterations: int = 0
    ordinal: Polychoric | None = None

    def unrestricted(self) -> Array:
        return np.concatenate([self.mean, vech(self.covariance)])


def sample_moments(part: GroupData, *, unbiased: bool, fiml: bool) -> Moments:
    """Means and covariances of one group; with ``fiml`` those of the saturated model."""
    values = part.values
    n = part.n
    if fiml and not part.complete:
        return saturate(part)
    weights = part.weights
    if weights is None:
        mean = values.mean(axis=0)
        centred = values - mean
        covariance = centred.T @ centred / (n - 1 if unbiased else n)
    else:
        share = weights / weights.sum()
        mean = share @ values
        centred = values - mean
        covariance = (centred * share[:, None]).T @ centred * (n / (n - 1) if unbiased else 1.0)
    log_likelihood = normal_log_likelihood(n, covariance)
    return Moments(
        part.label, n, mean, covariance, unbiased, values, log_likelihood=log_likelihood, clusters=part.clusters,
        weights=None if weights is None else weights * n / weights.sum(),
    )  # fmt: skip


def normal_log_likelihood(n: int, covariance: Array) -> float:
    """log L of n cases at their own mean and (biased) covariance."""
    p = covariance.shape[0]
    if p == 0:
        return 0.0
    sign, determinant = np.linalg.slogdet(covariance)
    return float(-0.5 * n * (p * np.log(2 * np.pi) + determinant + p)) if sign > 0 else float("nan")


def saturate(part: GroupData) -> Moments:
    """The saturated model of incomplete data: EM (Dempster, Laird & Rubin 1977), accelerated, then Newton."""
    values = part.values
    n, p = values.shape
    patterns = patterns_of(values)
    counts = patterns.counts
    means = np.zeros((len(counts), p))
    covariances = np.zeros((len(counts), p, p))
    for index, members in enumerate(patterns.members):
        seen = patterns.observed[index]
        rows = values[members][:, seen]
        means[index, seen] = rows.mean(axis=0)
        centred = rows - means[index, seen]
        covariances[index][np.ix_(seen, seen)] = centred.T @ centred / len(members)
    weights = counts / n
    # Variables are scaled to unit variance while the algorithm runs.
    location, scale = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    mask = patterns.observed
    scaled_means = np.where(mask, (means - location) / scale, 0.0)
    scaled_covariances = covariances / np.outer(scale, scale)
    part_function = PatternDiscrepancy(mask, weights, scaled_means, scaled_covariances)
    mu, sigma, iterations = _em(part_function, np.zeros(p), np.eye(p))
    mean, covariance = location + scale * mu, sigma * np.outer(scale, scale)
    observed_count = float(counts @ mask.sum(axis=1))
    log_determinant_scale = float(counts @ (mask @ np.log(scale)))
    value = minus_log_likelihood(part_function, mu, sigma)
    log_likelihood = -n * value - 0.5 * observed_count * np.log(2 * np.pi) - log_determinant_scale
    return Moments(
        part.label, n, mean, covariance, False, values, patterns, means, covariances, log_likelihood, part.clusters, None,
        iterations,
    )  # fmt: skip


def minus_log_likelihood(function: PatternDiscrepancy, mu: Array, sigma: Array) -> float:
    w, determinants = function._inverses(sigma[None])
    d = np.where(function.observed, function.means - mu, 0.0)
    second = function.covariances + d[:, :, None] * d[:, None, :]
    return float(0.5 * function.weights @ (determinants + np.einsum("pij,pij->p", w, second)))


def _em_step(function: PatternDiscrepancy, mu: Array, sigma: Array) -> tuple[Array, Array]:
    w, _ = function._inverses(sigma[None])
    d = np.where(function.observed, function.means - mu, 0.0)
    weights = function.weights
    v = (w @ d[:, :, None])[:, :, 0]
    shift = sigma @ (weights @ v)
    second = function.covariances + d[:, :, None] * d[:, None, :]
    middle = np.tensordot(weights, w @ second @ w - w, 1)
    updated = sigma + sigma @ middle @ sigma - np.outer(shift, shift)
    return mu + shift, 0.5 * (updated + updated.T)


def _em(function: PatternDiscrepancy, mu: Array, sigma: Array, limit: int = 2000) -> tuple[Array, Array, int]:
    """EM with squared extrapolation (Varadhan & Roland 2008), to a change below 1e-12; Newton finishes small problems."""
    p = mu.size
    columns, rows = np.triu_indices(p)

    def pack(one: Array, two: Array) -> Array:
        return np.concatenate([one, two[rows, columns]])

    def unpack(vector: Array) -> tuple[Array, Array]:
        matrix = np.zeros((p, p))
        matrix[rows, columns] = vector[p:]
        matrix[columns, rows] = vector[p:]
        return vector[:p], matrix

    newton = p * (p + 3) // 2 <= 260
    tolerance = 1e-4 if newton else 1e-13
    point = pack(mu, sigma)
    current = minus_log_likelihood(function, *unpack(point))
    iterations = 0
    while iterations < limit:
        first = pack(*_em_step(function, *unpack(point)))
        second = pack(*_em_step(function, *unpack(first)))
        iterations += 2
        step, bend = first - point, second - 2 * first + point
        if np.abs(step).max() < tolerance:
            point = second
            break
        norm = np.sqrt(bend @ bend)
        alpha = -np.sqrt(step @ step) / norm if norm > 0 else -1.0
        candidate = point - 2 * alpha * step + alpha**2 * bend if alpha < -1 else second
        value = minus_log_likelihood(function, *unpack(candidate))
        if not np.isfinite(value) or value > current:
            candidate = second
            value = minus_log_likelihood(function, *unpack(candidate))
        point, current = candidate, value
    if newton:
        point, extra = _newton_saturated(function, *unpack(point))
        iterations += extra
    return (*unpack(point), iterations)


def _newton_saturated(function: PatternDiscrepancy, mu: Array, sigma: Array) -> tuple[Array, int]:
    """Newton steps on (μ, vech Σ)."""
    p = mu.size
    kernel = saturated_kernel(p)
    point = np.concatenate([mu, vech(sigma)])
    state = kernel.state(point[None])
    current = function.value(state)[0]
    for iteration in range(30):
        gradient = function.gradient(kernel, state)[0]
        if np.abs(gradient).max() < 1e-13:
            return point, iteration
        hessian = function.hessian(kernel, state)[0]
        try:
            np.linalg.cholesky(hessian)
        except np.linalg.LinAlgError:
            hessian = function.information(kernel, state)[0]
        step = -np.linalg.solve(hessian, gradient)
        scale = 1.0
        while scale > 1e-6:
            trial = point + scale * step
            trial_state = kernel.state(trial[None])
            value = function.value(trial_state)[0]
            if value <= current + 1e-13 * (1 + abs(current)):
                break
            scale *= 0.5
        else:
            return point, iteration
        point, state, current = trial, trial_state, value
        if np.abs(step).max() < 1e-13:
            return point, iteration
    return point, iteration


def random_moments(variables: Variables, means: bool) -> Array:
    """Places in (μ, vech Σ) that are not moments of exogenous variables alone."""
    fixed = {variables.observed.index(name) for name in variables.exogenous}
    p = len(variables.observed)
    columns, rows = np.triu_indices(p)
    keep = [not (r in fixed and c in fixed) for r, c in zip(rows.tolist(), columns.tolist(), strict=True)]
    if means:
        keep = [place not in fixed for place in range(p)] + keep
    return np.flatnonzero(keep)


def available_moments(part: Moments) -> tuple[Array, Array]:
    """Means and covariances; for incomplete data from the cases available for each variable and each pair."""
    if part.patterns is None or part.values is None:
        return part.mean, part.covariance
    seen = ~np.isnan(part.values)
    filled = np.where(seen, part.values - np.nanmean(part.values, axis=0), 0.0)
    count = seen.T.astype(float) @ seen
    first = filled.T @ seen  # sums of one variable over the cases where the other is seen
    products = filled.T @ filled - first * first.T / count
    return np.nanmean(part.values, axis=0), products / (count - 1) * (part.n - 1) / part.n


def fourth_moments(values: Array, *, means: bool, weights: Array | None = None, exogenous: Sequence[int] = ()) -> Array:
    """Γ: n times the asymptotic covariance of (means, vech S), distribution-free (Browne 1984).

    With ``exogenous`` variables the moments are those given their values: what they predict is taken out of each product.
    """
    n = values.shape[0]
    share = np.full(n, 1.0 / n) if weights is None else weights / weights.sum()
    z = values - share @ values
    columns, rows = np.triu_indices(values.shape[1])
    products = z[:, rows] * z[:, columns]
    if len(exogenous):
        x = z[:, list(exogenous)]
        predicted = x @ np.linalg.solve((x * share[:, None]).T @ x, (x * share[:, None]).T @ z)
        products -= predicted[:, rows] * predicted[:, columns]
        z = z - predicted
    stacked = np.concatenate([z, products], axis=1) if means else products
    stacked = stacked - share @ stacked
    return np.asarray((stacked * share[:, None]).T @ stacked)
