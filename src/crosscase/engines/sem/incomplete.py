"""Robust RMSEA, CFI and TLI after FIML (Zhang & Savalei 2022, their version 3).

The model's implied moments are compared with those of the saturated model as if these came from complete data, and the
statistic is corrected by its expectation k, in which Γ̃ is the covariance of the saturated estimates from the incomplete data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crosscase.engines.sem.baseline import baseline_table, baseline_values
from crosscase.engines.sem.covariance import case_scores, cluster_scores, invert, moment_derivative, normal_weight
from crosscase.engines.sem.discrepancy import NormalDiscrepancy, PatternDiscrepancy, vech
from crosscase.engines.sem.kernel import saturated_kernel
from crosscase.engines.sem.moments import Moments, random_moments
from crosscase.engines.sem.problem import Problem
from crosscase.engines.sem.specification import specify
from crosscase.engines.sem.teststatistic import _block

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["robust_indices", "saturated_information"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Saturated:
    """What is known of one group's saturated estimates (μ̃, vech Σ̃), without the moments of exogenous variables alone.

    ``observed`` and ``middle`` are the observed information and the one by which the model was fitted (see
    :func:`saturated_information`), ``gamma`` is Γ̃: n times the covariance of the estimates.
    """

    observed: Array
    middle: Array
    gamma: Array


def saturated_information(part: Moments, chosen: Array, information: str, sandwich: bool) -> Saturated:
    """Of the moments ``chosen``; ``information`` is observed, expected or first.order, Γ̃ the sandwich or the inverse information."""
    kernel = saturated_kernel(part.mean.size)
    state = kernel.state(np.concatenate([part.mean, vech(part.covariance)])[None])
    if part.patterns is None:
        normal = NormalDiscrepancy.of(part.covariance, part.mean)
        observed, expected = normal.hessian(kernel, state)[0], normal.information(kernel, state)[0]
    else:
        assert part.pattern_means is not None
        assert part.pattern_covariances is not None
        function = PatternDiscrepancy(
            part.patterns.observed, part.patterns.counts / part.n, part.pattern_means, part.pattern_covariances
        )
        observed, expected = function.hessian(kernel, state)[0], function.information(kernel, state)[0]
    block = np.ix_(chosen, chosen)
    bread = np.linalg.inv(observed[block])
    if not sandwich and information != "first.order":
        return Saturated(observed[block], {"observed": observed, "expected": expected}[information][block], bread)
    scores = case_scores(kernel, state, part, True)
    if part.clusters is not None:
        scores = cluster_scores(scores, part.clusters)
    cross = (scores.T @ scores / part.n)[block]
    middle = {"observed": observed[block], "expected": expected[block], "first.order": cross}[information]
    return Saturated(observed[block], middle, bread @ cross @ bread if sandwich else bread)


def corrected(
    problem: Problem,
    theta: Array,
    moments: Sequence[Moments],
    saturated: Sequence[Saturated],
    sandwich: bool,
    active: Array | None = None,
) -> tuple[float, float]:
    """The complete-data statistic at θ, and k = tr(QᵀWQΓ̃), its expectation when the model holds.

    Without the sandwich k = tr{W (Γ̃ − Δ J⁻¹ Δᵀ)}, the same where J, the model's information, is that of Γ̃.  Q takes from the saturated estimates what FIML fits; W weighs moments as complete data would.
    """
    total = sum(part.n for part in moments)
    value = 0.0
    derivatives, complete, incomplete, middle, scaled = [], [], [], [], []
    for kernel, state, part, known in zip(
        problem.specification.kernels, problem.states(theta), moments, saturated, strict=True
    ):
        share = part.n / total
        chosen = random_moments(problem.specification.table.variables, True)
        block = np.ix_(chosen, chosen)
        value += share * float(NormalDiscrepancy.of(part.covariance, part.mean).value(state)[0])
        derivatives.append(moment_derivative(kernel, state, True, theta.size)[chosen])
        complete.append(share * normal_weight(part.covariance, True)[block])
        incomplete.append(share * known.observed)
        middle.append(share * known.middle)
        scaled.append(known.gamma / share)
    delta = np.vstack(derivatives) @ problem.specification.transform
    weight = _block(incomplete)
    fitted = delta @ invert(delta.T @ _block(middle) @ delta, active) @ delta.T
    if not sandwich:
        return 2.0 * total * value, float(np.einsum("ij,ji->", _block(complete), _block(scaled) - fitted))
    residual = np.eye(weight.shape[0]) - fitted @ weight
    k = float(np.einsum("ij,ji->", residual.T @ _block(complete) @ residual, _block(scaled)))
    return 2.0 * total * value, k


def robust_indices(fit: Fit, n: float, groups: int) -> dict[str, float | int | None]:
    """The measures with the suffix ``_robust``."""
    from crosscase.engines.sem.estimate import make_problem
    from crosscase.engines.sem.measures import robust_from
    from crosscase.engines.sem.optimise import minimise

    errors = fit.settings.estimator.errors
    information = "first.order" if errors == "first.order" else fit.settings.information
    chosen = random_moments(fit.problem.specification.table.variables, True)
    sandwich = errors == "robust.huber.white"
    saturated = [saturated_information(part, chosen, information, sandwich) for part in fit.moments]
    chisq, k = corrected(fit.problem, fit.theta, fit.moments, saturated, sandwich, fit.optimum.active)
    specification = specify(baseline_table(fit.problem.specification.table))
    problem = make_problem(specification, fit.moments, fit.settings)
    begin = problem.reduced(baseline_values(specification.table, specification.positions, list(fit.moments)))
    theta = problem.full(minimise(problem, begin).psi)
    base, base_k = corrected(problem, theta, fit.moments, saturated, sandwich)
    base_df = specification.statistics() - specification.parameters
    if fit.df == 0:
        return {}
    return robust_from(chisq, fit.df, k / fit.df, base, base_df, base_k / base_df, n, groups)
