"""Robust RMSEA, CFI and TLI of models of ordinal variables (Savalei 2021).

The fit function is that of maximum likelihood between the polychoric and the implied correlations; the statistic is corrected by
its expectation under the model, k = tr(QᵀWQΓ), where Q takes out what the estimator fits, W is the normal-theory weight of the
correlations at the model and Γ the covariance of the polychoric correlations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crosscase.engines.sem.covariance import normal_weight
from crosscase.engines.sem.discrepancy import CorrelationDiscrepancy

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["robust_indices"]

Array = np.ndarray


def robust_indices(fit: Fit, n: float) -> dict[str, float | int | None]:
    """The measures with the suffix ``_robust`` of a fit with a scaled statistic; ``n`` as the estimator counts cases."""
    from crosscase.engines.sem.measures import robust_from

    part = fit.moments[0]
    discrepancy = fit.problem.discrepancies[0]
    if fit.test.scaled is None or fit.df == 0 or part.gamma is None or part.thresholds is None:
        return {}
    assert isinstance(discrepancy, CorrelationDiscrepancy)
    gamma = part.gamma[sum(one.size for one in part.thresholds) :, sum(one.size for one in part.thresholds) :]
    kernel, state = fit.problem.specification.kernels[0], fit.problem.states(fit.theta)[0]
    implied = state.sigma[0].copy()
    np.fill_diagonal(implied, 1.0)
    delta = np.zeros((gamma.shape[0], fit.theta.size))
    delta[:, kernel.own] = discrepancy.derivative(kernel, state)[0]
    delta = delta @ fit.problem.specification.transform
    weighted = discrepancy.weight[:, None] * delta
    residual = np.eye(gamma.shape[0]) - delta @ np.linalg.solve(delta.T @ weighted, weighted.T)
    chisq, k = _corrected(part.covariance, implied, residual, gamma, part.n)
    base, base_k = _corrected(part.covariance, np.eye(part.mean.size), np.eye(gamma.shape[0]), gamma, part.n)
    df = part.mean.size * (part.mean.size - 1) // 2
    return robust_from(chisq, fit.df, k / fit.df, base, df, base_k / df, n, 1)


def _corrected(sample: Array, implied: Array, residual: Array, gamma: Array, n: int) -> tuple[float, float]:
    p = sample.shape[0]
    value = (
        np.linalg.slogdet(implied)[1] - np.linalg.slogdet(sample)[1] + np.trace(np.linalg.solve(implied, sample)) - p
    )
    columns, rows = np.triu_indices(p)
    off = np.flatnonzero(rows != columns)
    weight = normal_weight(implied, False)[np.ix_(off, off)]
    return n * float(value), float(np.einsum("ij,ji->", residual.T @ weight @ residual, gamma))
