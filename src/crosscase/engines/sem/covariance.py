"""The covariance matrix of the estimates: information, sandwich, clusters; and the pieces that robust tests need.

Information is per case.  With A the information and B the covariance of the cases' scores, Var(θ̂) = A⁻¹/N for the standard
errors, A⁻¹ B A⁻¹/N for the sandwich (Huber 1967; White 1982), and (ΔᵀVΔ)⁻¹ ΔᵀVΓVΔ (ΔᵀVΔ)⁻¹/N for the errors that are robust
to non-normality (Browne 1984; Satorra & Bentler 1994).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crosscase.engines.sem.discrepancy import (
    Discrepancy,
    NormalDiscrepancy,
    PatternDiscrepancy,
    QuadraticDiscrepancy,
    WeightedDiscrepancy,
    vech,
)
from crosscase.engines.sem.kernel import Kernel, State, saturated_kernel
from crosscase.engines.sem.moments import Moments
from crosscase.engines.sem.ordinaldiscrepancy import OrdinalDiscrepancy
from crosscase.engines.sem.problem import Problem

__all__ = [
    "case_scores",
    "cluster_scores",
    "cross_products",
    "invert",
    "model_weight",
    "moment_derivative",
    "moment_weight",
]

Array = np.ndarray


def invert(information: Array, active: Array | None = None) -> Array:
    """A⁻¹, or with active constraints the upper block of the bordered inverse (Aitchison & Silvey 1958)."""
    if active is None or not active.size:
        try:
            return np.asarray(np.linalg.inv(information))
        except np.linalg.LinAlgError:
            return np.full_like(information, np.nan)
    k = active.shape[0]
    bordered = np.block([[information, active.T], [active, np.zeros((k, k))]])
    try:
        return np.asarray(np.linalg.inv(bordered)[: information.shape[0], : information.shape[0]])
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(bordered)[: information.shape[0], : information.shape[0]])


def case_scores(kernel: Kernel, state: State, part: Moments, means: bool) -> Array:
    """The derivative of each case's log likelihood by the group's parameters: (n, cells)."""
    assert part.values is not None
    n = part.values.shape[0]
    out = np.zeros((n, len(kernel.cells)))
    if part.patterns is None:
        blocks = [(np.arange(n), np.ones(part.values.shape[1], dtype=bool))]
    else:
        blocks = list(zip(part.patterns.members, part.patterns.observed, strict=True))
    centre = state.mu[0] if means and state.mu is not None else part.mean
    z = state.z[0]
    derivative = kernel.mean_derivative(state)[0] if means and kernel.means else None
    for members, seen in blocks:
        w = np.zeros((seen.size, seen.size))
        w[np.ix_(seen, seen)] = np.linalg.inv(state.sigma[0][np.ix_(seen, seen)])
        v = np.where(seen, part.values[members] - centre, 0.0) @ w
        vz = v @ z
        wz = z.T @ w @ z
        scores = np.zeros((len(members), len(kernel.cells)))
        scores[:, kernel.covariance_cells] = kernel.weight * (
            vz[:, kernel.left] * vz[:, kernel.right] - wz[kernel.left, kernel.right]
        )
        if derivative is not None:
            scores[:, kernel.mean_cells] += v @ derivative
        out[members] = scores
    if part.weights is not None:
        out *= part.weights[:, None]
    return out


def cluster_scores(scores: Array, clusters: Array) -> Array:
    """The scores summed within clusters, times √(G/(G − 1)) for G clusters, so that their cross products are unbiased."""
    _, codes = np.unique(clusters, return_inverse=True)
    count = int(codes.max()) + 1
    sums = np.zeros((count, scores.shape[1]))
    np.add.at(sums, codes.ravel(), scores)
    return np.asarray(sums * np.sqrt(count / (count - 1)))


def cross_products(problem: Problem, theta: Array, moments: Sequence[Moments]) -> Array:
    """B: the mean outer product of the scores over the full vector; summed within clusters first when there are any."""
    total = sum(part.n for part in moments)
    out = np.zeros((theta.size, theta.size))
    specification = problem.specification
    for kernel, state, part in zip(specification.kernels, problem.states(theta), moments, strict=True):
        scores = np.zeros((part.n, theta.size))
        scores[:, kernel.own] = case_scores(kernel, state, part, specification.means)
        if part.clusters is not None:
            scores = cluster_scores(scores, part.clusters)
        out += scores.T @ scores / total
    return out


def moment_derivative(
    kernel: Kernel, state: State, means: bool, size: int, discrepancy: Discrepancy | None = None
) -> Array:
    """Δ: the derivative of (μ, vech Σ), or of the statistics of ordinal variables, by the full vector: (statistics, full)."""
    if isinstance(discrepancy, OrdinalDiscrepancy):
        sigma = discrepancy.derivative(kernel, state)[0]
    else:
        sigma = kernel.covariance_derivative(state)[0]
    if means and not isinstance(discrepancy, OrdinalDiscrepancy):
        mu = np.zeros((len(kernel.observed), len(kernel.cells)))
        mu[:, kernel.mean_cells] = kernel.mean_derivative(state)[0]
        sigma = np.vstack([mu, sigma])
    out = np.zeros((sigma.shape[0], size))
    out[:, kernel.own] = sigma
    return out


def normal_weight(covariance: Array, means: bool) -> Array:
    """V of normal theory: ½ Dᵀ(W ⊗ W)D for vech Σ, and W = Σ⁻¹ for the means."""
    w = np.linalg.inv(covariance)
    p = w.shape[0]
    columns, rows = np.triu_indices(p)
    factor = np.where(rows == columns, 0.5, 1.0)
    block = w[np.ix_(rows, rows)] * w[np.ix_(columns, columns)] + w[np.ix_(rows, columns)] * w[np.ix_(columns, rows)]
    block *= np.outer(factor, factor)
    if not means:
        return np.asarray(block)
    out = np.zeros((p + rows.size, p + rows.size))
    out[:p, :p] = w
    out[p:, p:] = block
    return out


def moment_weight(problem: Problem, group: int, state: State, part: Moments) -> Array:
    """V, the weight of the moments, without the (n − 1)/n of the least-squares discrepancies; for ML at the model's Σ."""
    discrepancy = problem.discrepancies[group]
    means = problem.specification.means
    if isinstance(discrepancy, NormalDiscrepancy | PatternDiscrepancy):
        return normal_weight(state.sigma[0], means)
    if isinstance(discrepancy, QuadraticDiscrepancy):
        return normal_weight(part.covariance, means)
    assert isinstance(discrepancy, WeightedDiscrepancy | OrdinalDiscrepancy)
    weight = discrepancy.weight * (part.n / (part.n - 1))
    return np.diag(weight) if weight.ndim == 1 else weight


def model_weight(problem: Problem, group: int, state: State, part: Moments) -> Array:
    """V at the model's moments; for incomplete data the expected information of the saturated model there."""
    discrepancy = problem.discrepancies[group]
    if isinstance(discrepancy, PatternDiscrepancy):
        assert state.mu is not None
        kernel = saturated_kernel(part.mean.size)
        point = kernel.state(np.concatenate([state.mu[0], vech(state.sigma[0])])[None])
        return np.asarray(discrepancy.information(kernel, point)[0])
    return moment_weight(problem, group, state, part)
