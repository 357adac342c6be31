"""Robust RMSEA, CFI and TLI after FIML (Zhang & Savalei 2022, their version 3).

The model's implied moments are compared with those of the saturated model as if these came from complete data, and the
statistic is corrected by its expectation k, in which Γ̃ is the covariance of the saturated estimates from the incomplete data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from crosscase.engines.sem.baseline import baseline_table, baseline_values
from crosscase.engines.sem.covariance import case_scores, moment_derivative, normal_weight
from crosscase.engines.sem.discrepancy import NormalDiscrepancy, PatternDiscrepancy, vech
from crosscase.engines.sem.kernel import saturated_kernel
from crosscase.engines.sem.moments import Moments, random_moments
from crosscase.engines.sem.problem import Problem
from crosscase.engines.sem.specification import specify
from crosscase.engines.sem.teststatistic import _block

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["robust_indices", "saturated_covariance"]

Array = np.ndarray


def saturated_covariance(part: Moments, sandwich: bool) -> Array:
    """Γ̃: n times the covariance of the saturated estimates (μ̃, vech Σ̃), from the observed information or the sandwich."""
    kernel = saturated_kernel(part.mean.size)
    state = kernel.state(np.concatenate([part.mean, vech(part.covariance)])[None])
    if part.patterns is None:
        hessian = NormalDiscrepancy.of(part.covariance, part.mean).hessian(kernel, state)[0]
    else:
        assert part.pattern_means is not None
        assert part.pattern_covariances is not None
        function = PatternDiscrepancy(
            part.patterns.observed, part.patterns.counts / part.n, part.pattern_means, part.pattern_covariances
        )
        hessian = function.hessian(kernel, state)[0]
    bread = np.linalg.inv(hessian)
    if not sandwich:
        return np.asarray(bread)
    scores = case_scores(kernel, state, part, True)
    return np.asarray(bread @ (scores.T @ scores / part.n) @ bread)


def corrected(
    problem: Problem, theta: Array, moments: Sequence[Moments], gammas: Sequence[tuple[Array, Array]]
) -> tuple[float, float]:
    """The complete-data statistic at θ, and k = tr(QᵀWQΓ̃), its expectation when the model holds.

    Q takes from the saturated estimates what FIML fits; W weighs moments as complete data would.  ``gammas`` holds for each
    group the inverse information of the saturated estimates and Γ̃.
    """
    total = sum(part.n for part in moments)
    value = 0.0
    derivatives, complete, incomplete, scaled = [], [], [], []
    for kernel, state, part, (naive, gamma) in zip(
        problem.specification.kernels, problem.states(theta), moments, gammas, strict=True
    ):
        share = part.n / total
        chosen = random_moments(problem.specification.table.variables, True)
        block = np.ix_(chosen, chosen)
        value += share * float(NormalDiscrepancy.of(part.covariance, part.mean).value(state)[0])
        derivatives.append(moment_derivative(kernel, state, True, theta.size)[chosen])
        complete.append(share * normal_weight(part.covariance, True)[block])
        incomplete.append(share * np.linalg.inv(naive)[block])
        scaled.append(gamma[block] / share)
    delta = np.vstack(derivatives) @ problem.specification.transform
    weight = _block(incomplete)
    residual = np.eye(weight.shape[0]) - delta @ np.linalg.solve(delta.T @ weight @ delta, delta.T @ weight)
    k = float(np.einsum("ij,ji->", residual.T @ _block(complete) @ residual, _block(scaled)))
    return 2.0 * total * value, k


def robust_indices(fit: Fit, n: float, groups: int) -> dict[str, float | int | None]:
    """The measures with the suffix ``_robust``."""
    from crosscase.engines.sem.estimate import make_problem
    from crosscase.engines.sem.measures import robust_from
    from crosscase.engines.sem.optimise import minimise

    sandwich = fit.settings.estimator.errors == "robust.huber.white"
    gammas = [(saturated_covariance(part, False), saturated_covariance(part, sandwich)) for part in fit.moments]
    chisq, k = corrected(fit.problem, fit.theta, fit.moments, gammas)
    specification = specify(baseline_table(fit.problem.specification.table))
    problem = make_problem(specification, fit.moments, fit.settings)
    begin = problem.reduced(baseline_values(specification.table, specification.positions, list(fit.moments)))
    theta = problem.full(minimise(problem, begin).psi)
    base, base_k = corrected(problem, theta, fit.moments, gammas)
    base_df = specification.statistics() - specification.parameters
    if fit.df == 0:
        return {}
    return robust_from(chisq, fit.df, k / fit.df, base, base_df, base_k / base_df, n, groups)
