"""Robust RMSEA, CFI and TLI of models of ordinal variables (Savalei 2021).

The fit function is that of maximum likelihood between the polychoric and the implied correlations; the statistic is corrected by
its expectation under the model, k = tr(QᵀWQΓ), where Q takes out what the estimator fits, W is the normal-theory weight of the
correlations at the model and Γ the covariance of the polychoric correlations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crosscase.engines.sem.covariance import normal_weight
from crosscase.engines.sem.moments import Moments
from crosscase.engines.sem.teststatistic import _block, stacked

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["robust_indices"]

Array = np.ndarray


def robust_indices(fit: Fit, n: float) -> dict[str, float | int | None]:
    """The measures with the suffix ``_robust`` of a fit with a scaled statistic; ``n`` as the estimator counts cases.

    They are defined for ordinal variables only: ``None`` where continuous or exogenous ones are among them.
    """
    from crosscase.engines.sem.measures import robust_from

    if fit.test.scaled is None or fit.test.df_scaled != fit.df:
        return {}
    if fit.df == 0 or any(not _all_ordinal(part) for part in fit.moments):
        nothing = (
            "cfi",
            "tli",
            "nnfi",
            "rni",
            "rmsea",
            "rmsea_ci_lower",
            "rmsea_ci_upper",
            "rmsea_pvalue",
            "rmsea_notclose_pvalue",
        )
        return {f"{name}_robust": None for name in nothing}
    derivative, weight, _ = stacked(fit.problem, fit.theta, fit.moments)
    delta = derivative @ fit.problem.specification.transform
    fitted = delta @ np.linalg.solve(delta.T @ weight @ delta, delta.T @ weight)
    chisq = base = base_k = 0.0
    places, weights, gammas = [], [], []
    start = 0
    for part, implied in zip(fit.moments, fit.implied, strict=True):
        assert part.ordinal is not None
        gamma = part.ordinal.gamma
        p, size = part.mean.size, gamma.shape[0]
        pairs = p * (p - 1) // 2
        place = np.arange(start + size - pairs, start + size)
        start += size
        columns, rows = np.triu_indices(p)
        off = np.flatnonzero(rows != columns)
        share = part.n / fit.n
        own = gamma[size - pairs :, size - pairs :]
        model = implied["covariance"].copy()
        np.fill_diagonal(model, 1.0)
        chisq += part.n * _distance(part.covariance, model)
        base += part.n * _distance(part.covariance, np.eye(p))
        base_k += float(np.trace(own)) / share
        places.append(place)
        weights.append(share * normal_weight(model, False)[np.ix_(off, off)])
        gammas.append(own / share)
    chosen = np.concatenate(places)
    residual = (np.eye(fitted.shape[0]) - fitted)[np.ix_(chosen, chosen)]
    k = float(np.einsum("ij,ji->", residual.T @ _block(weights) @ residual, _block(gammas)))
    base_df = chosen.size
    return robust_from(chisq, fit.df, k / fit.df, base, base_df, base_k / base_df, n, len(fit.moments))


def _all_ordinal(part: Moments) -> bool:
    found = part.ordinal
    return found is not None and not found.slopes.size and all(one.size for one in found.thresholds)


def _distance(sample: Array, implied: Array) -> float:
    """The discrepancy of maximum likelihood between two correlation matrices."""
    return float(
        np.linalg.slogdet(implied)[1] - np.linalg.slogdet(sample)[1] + np.trace(np.linalg.solve(implied, sample)) - sample.shape[0]
    )  # fmt: skip
