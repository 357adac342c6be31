"""The test of the model: χ² = 2Nf̂ and its corrections for non-normal data.

=====================  ===============================================================================================
satorra.bentler        mean-adjusted: ĉ = tr(UΓ)/df (Satorra & Bentler 1994)
mean.var.adjusted      mean- and variance-adjusted: df′ = tr(UΓ)²/tr[(UΓ)²] (Satterthwaite; Satorra & Bentler 1994)
scaled.shifted         a·χ² + b with the model's df (Asparouhov & Muthén 2010)
yuan.bentler.mplus     ĉ = [tr(A₁⁻¹B₁) − tr(A₀⁻¹B₀)]/df (Yuan & Bentler 2000, in the form of Asparouhov & Muthén 2005)
=====================  ===============================================================================================

with U = V − VΔ(ΔᵀVΔ)⁻¹ΔᵀV, and A, B the information and the scores' cross products of the model (0) and the saturated one (1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crosscase.engines.sem.covariance import (
    case_scores,
    cluster_scores,
    cross_products,
    invert,
    moment_derivative,
    moment_weight,
)
from crosscase.engines.sem.discrepancy import NormalDiscrepancy, PatternDiscrepancy, vech
from crosscase.engines.sem.fitmeasures import TestStatistic
from crosscase.engines.sem.kernel import saturated_kernel
from crosscase.engines.sem.moments import Moments, fourth_moments, random_moments
from crosscase.engines.sem.problem import Problem
from crosscase.engines.sem.specification import Specification

__all__ = ["gamma_of", "residual_weight", "saturated_trace", "stacked", "statistic"]

Array = np.ndarray


def statistic(
    problem: Problem, theta: Array, value: float, df: int, moments: Sequence[Moments], test: str, information: str, wishart: bool,
    active: Array | None = None,
) -> TestStatistic:  # fmt: skip
    """The test of a model at its optimum."""
    chisq = max(2.0 * _multiplied(problem, theta, value, moments, wishart), 0.0)
    if value < 1e-14:
        chisq = 0.0
    if test == "standard":
        return TestStatistic(chisq, df)
    if df == 0:
        return TestStatistic(chisq, df, chisq, 0.0, None)
    if test == "yuan.bentler.mplus":
        factor = (
            saturated_trace(moments, problem.specification, information)
            - model_trace(problem, theta, moments, information, active)
        ) / df
        return TestStatistic(chisq, df, chisq / factor, float(df), factor, trace=factor * df)
    derivative, weight, gamma = stacked(problem, theta, moments)
    u = residual_weight(derivative @ problem.specification.transform, weight, active)
    ug = u @ gamma
    trace, square = float(np.trace(ug)), float(np.einsum("ij,ji->", ug, ug))
    if test == "satorra.bentler":
        factor = trace / df
        return TestStatistic(chisq, df, chisq / factor, float(df), factor, trace=trace)
    if test == "mean.var.adjusted":
        adjusted = trace**2 / square
        return TestStatistic(chisq, df, chisq * adjusted / trace, adjusted, trace / adjusted, trace=trace)
    scale = float(np.sqrt(df / square))
    shift = df - scale * trace
    return TestStatistic(chisq, df, scale * chisq + shift, float(df), 1.0 / scale, shift, trace)


def _multiplied(problem: Problem, theta: Array, value: float, moments: Sequence[Moments], wishart: bool) -> float:
    """N f̂; for the Wishart likelihood Σ (n_g − 1) f̂_g."""
    if not wishart:
        return value * sum(part.n for part in moments)
    states = problem.states(theta)
    return sum(
        (part.n - 1) * float(one.value(state)[0])
        for part, one, state in zip(moments, problem.discrepancies, states, strict=True)
    )


def stacked(problem: Problem, theta: Array, moments: Sequence[Moments]) -> tuple[Array, Array, Array]:
    """Δ, V and Γ of all groups, weighted by the groups' shares."""
    states = problem.states(theta)
    means = problem.specification.means
    derivatives, weights, gammas = [], [], []
    total = sum(part.n for part in moments)
    for group, (kernel, state, part) in enumerate(zip(problem.specification.kernels, states, moments, strict=True)):
        share = part.n / total
        derivatives.append(moment_derivative(kernel, state, means, theta.size, problem.discrepancies[group]))
        weights.append(share * moment_weight(problem, group, state, part))
        gammas.append(gamma_of(part, problem.specification) / share)
    return np.vstack(derivatives), _block(weights), _block(gammas)


def gamma_of(part: Moments, specification: Specification) -> Array:
    """Γ of one group given its exogenous variables."""
    if part.ordinal is not None:
        return part.ordinal.gamma
    assert part.values is not None
    variables = specification.table.variables
    exogenous = [variables.observed.index(name) for name in variables.exogenous]
    return fourth_moments(part.values, means=specification.means, weights=part.weights, exogenous=exogenous)


def _block(parts: Sequence[Array]) -> Array:
    size = sum(part.shape[0] for part in parts)
    out = np.zeros((size, size))
    at = 0
    for part in parts:
        out[at : at + part.shape[0], at : at + part.shape[0]] = part
        at += part.shape[0]
    return out


def residual_weight(derivative: Array, weight: Array, active: Array | None = None) -> Array:
    """U = V − VΔ(ΔᵀVΔ)⁻¹ΔᵀV; the inverse is bordered by the constraints that are active."""
    vd = weight @ derivative
    return np.asarray(weight - vd @ invert(derivative.T @ vd, active) @ vd.T)


def model_trace(
    problem: Problem, theta: Array, moments: Sequence[Moments], information: str, active: Array | None
) -> float:
    """tr(A₀⁻¹ B₀) over the estimated parameters."""
    transform = problem.specification.transform
    a = invert(transform.T @ problem.full_information(theta, information) @ transform, active)
    b = transform.T @ cross_products(problem, theta, moments) @ transform
    return float(np.einsum("ij,ji->", a, b))


def saturated_trace(moments: Sequence[Moments], specification: Specification, information: str) -> float:
    """tr(A₁⁻¹ B₁) of the saturated model given the exogenous variables, summed over the groups.

    A₁ is the expected information where that was asked for: with missing values it differs from the Hessian.
    """
    total = 0.0
    random = random_moments(specification.table.variables, True)
    for part in moments:
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
            hessian = (function.information if information == "expected" else function.hessian)(kernel, state)[0]
        scores = case_scores(kernel, state, part, True)
        if part.clusters is not None:
            scores = cluster_scores(scores, part.clusters)
        cross = scores.T @ scores / part.n
        chosen = random if specification.means else random[random >= part.mean.size]
        hessian, cross = hessian[np.ix_(chosen, chosen)], cross[np.ix_(chosen, chosen)]
        total += float(np.trace(np.linalg.solve(hessian, cross)))
    return total
