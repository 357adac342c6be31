"""Discrepancy functions: how far the model is from the data, with first and second derivatives.

Every class works on one group and a batch of points (or of samples) and gives ``value``, ``gradient``, ``information``
(expected, for Fisher scoring) and ``hessian`` (exact), all on the scale ½F, so that N ½F·2 is the χ² of that group.

===============================  ======================================================================================
:class:`NormalDiscrepancy`       maximum likelihood from means and covariances
:class:`PatternDiscrepancy`      maximum likelihood from incomplete data, one term per pattern (FIML)
:class:`QuadraticDiscrepancy`    GLS and ULS: ½ tr{[(S − Σ) W]²} with a fixed W
:class:`WeightedDiscrepancy`     WLS and DWLS: (s − σ)ᵀ V (s − σ) with any V
``OrdinalDiscrepancy``           the same for thresholds and polychoric correlations, in :mod:`.ordinaldiscrepancy`
===============================  ======================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from crosscase.engines.sem.kernel import Kernel, State

__all__ = [
    "Discrepancy",
    "NormalDiscrepancy",
    "PatternDiscrepancy",
    "QuadraticDiscrepancy",
    "WeightedDiscrepancy",
    "vech",
]

Array = np.ndarray


class Discrepancy(Protocol):
    """What the optimizer needs of a group."""

    def value(self, state: State) -> Array: ...
    def gradient(self, kernel: Kernel, state: State) -> Array: ...
    def information(self, kernel: Kernel, state: State) -> Array: ...
    def hessian(self, kernel: Kernel, state: State) -> Array: ...


def vech(matrix: Array) -> Array:
    """The lower triangle by columns, over leading axes."""
    columns, rows = np.triu_indices(matrix.shape[-1])
    return np.asarray(matrix[..., rows, columns])


def log_determinant(matrix: Array) -> Array:
    """log|A| of symmetric positive-definite matrices over leading axes; +inf where one is not."""
    try:
        diagonal = np.diagonal(np.linalg.cholesky(matrix), axis1=-2, axis2=-1)
        return np.asarray(2.0 * np.log(diagonal).sum(-1))
    except np.linalg.LinAlgError:
        flat = matrix.reshape(-1, *matrix.shape[-2:])
        if flat.shape[0] == 1:
            return np.full(matrix.shape[:-2], np.inf)
        return np.array([float(log_determinant(one[None])[0]) for one in flat]).reshape(matrix.shape[:-2])


@dataclass(frozen=True, slots=True)
class NormalDiscrepancy:
    """½ [log|Σ| + tr(S Σ⁻¹) − log|S| − p + (m − μ)ᵀ Σ⁻¹ (m − μ)] for a batch of samples (b, p, p), (b, p)."""

    covariance: Array
    mean: Array | None
    log_determinant: Array
    recent: list[Any] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, covariance: Array, mean: Array | None) -> NormalDiscrepancy:
        return cls(covariance[None], None if mean is None else mean[None], log_determinant(covariance[None]))

    def value(self, state: State) -> Array:
        determinant = log_determinant(state.sigma)
        if np.isfinite(determinant).all():
            w = self.parts(state)[0]
        else:
            good = np.isfinite(determinant)
            w = np.linalg.inv(np.where(good[:, None, None], state.sigma, np.eye(state.sigma.shape[-1])))
        trace = np.einsum("bij,bij->b", w, self._second_moment(state))
        return np.asarray(0.5 * (determinant - self.log_determinant + trace - state.sigma.shape[-1]))

    def _second_moment(self, state: State) -> Array:
        if state.mu is None or self.mean is None:
            return self.covariance
        d = self.mean - state.mu
        return np.asarray(self.covariance + d[:, :, None] * d[:, None, :])

    def parts(self, state: State) -> tuple[Array, Array, Array | None]:
        """W, Q = W − W S̃ W, and v = W (m − μ); kept for the last state, for gradient and Hessian."""
        if self.recent and self.recent[0] is state:
            kept: tuple[Array, Array, Array | None] = self.recent[1]
            return kept
        w = np.linalg.inv(state.sigma)
        w = 0.5 * (w + w.transpose(0, 2, 1))
        q = w - w @ self._second_moment(state) @ w
        v = None
        if state.mu is not None and self.mean is not None:
            v = (w @ (self.mean - state.mu)[:, :, None])[:, :, 0]
        found = w, 0.5 * (q + q.transpose(0, 2, 1)), v
        self.recent[:] = [state, found]
        return found

    def gradient(self, kernel: Kernel, state: State) -> Array:
        _, q, v = self.parts(state)
        return kernel.gradient(state, q, None if v is None else -v)

    def information(self, kernel: Kernel, state: State) -> Array:
        return kernel.information(state, self.parts(state)[0], self.mean is not None)

    def hessian(self, kernel: Kernel, state: State) -> Array:
        w, q, v = self.parts(state)
        return kernel.hessian(state, w, q, v)

    def curvature(self, kernel: Kernel, state: State) -> Array:
        """What the model's own second derivatives add to the Hessian."""
        _, q, v = self.parts(state)
        return kernel.curvature(state, q, None if v is None else -v)


@dataclass(frozen=True, slots=True)
class PatternDiscrepancy:
    """Minus the log likelihood of incomplete normal data divided by n, up to a constant (FIML).

    Attributes:
        observed: (patterns, p) booleans.
        weights: the share of the cases in each pattern.
        means, covariances: of each pattern's cases, zero where a variable is missing; (patterns, p), (patterns, p, p).
        constant: subtracted from the value, so that 0 is the saturated model's.
    """

    observed: Array
    weights: Array
    means: Array
    covariances: Array
    constant: float = 0.0

    def _inverses(self, sigma: Array) -> tuple[Array, Array]:
        """Σ_pp⁻¹ embedded in zeros and log|Σ_pp| for every pattern."""
        both = self.observed[:, :, None] & self.observed[:, None, :]
        filled = np.where(both, sigma, np.eye(sigma.shape[-1]))
        determinants = log_determinant(filled)
        if not np.isfinite(determinants).all():
            return np.zeros_like(filled), determinants
        inverse = np.linalg.inv(filled)
        return np.where(both, 0.5 * (inverse + inverse.transpose(0, 2, 1)), 0.0), determinants

    def _deviations(self, state: State) -> Array:
        assert state.mu is not None
        return np.where(self.observed, self.means - state.mu, 0.0)

    def value(self, state: State) -> Array:
        result = np.empty(state.sigma.shape[0])
        for index in range(state.sigma.shape[0]):
            one = _only(state, index)
            w, determinants = self._inverses(one.sigma)
            d = self._deviations(one)
            second = self.covariances + d[:, :, None] * d[:, None, :]
            result[index] = 0.5 * self.weights @ (determinants + np.einsum("pij,pij->p", w, second)) - self.constant
        return result

    def parts(self, state: State) -> tuple[Array, Array, Array]:
        """W, Q and v per pattern."""
        w, _ = self._inverses(state.sigma)
        d = self._deviations(state)
        q = w - w @ (self.covariances + d[:, :, None] * d[:, None, :]) @ w
        return w, 0.5 * (q + q.transpose(0, 2, 1)), (w @ d[:, :, None])[:, :, 0]

    def gradient(self, kernel: Kernel, state: State) -> Array:
        _, q, v = self.parts(state)
        return kernel.gradient(state, np.tensordot(self.weights, q, 1)[None], -np.tensordot(self.weights, v, 1)[None])

    def information(self, kernel: Kernel, state: State) -> Array:
        w, _ = self._inverses(state.sigma)
        return np.asarray(np.tensordot(self.weights, kernel.information(state, w), 1)[None])

    def hessian(self, kernel: Kernel, state: State) -> Array:
        w, q, v = self.parts(state)
        return kernel.hessian(state, w, q, v, self.weights)

    def curvature(self, kernel: Kernel, state: State) -> Array:
        """What the model's own second derivatives add to the Hessian."""
        _, q, v = self.parts(state)
        return kernel.curvature(state, np.tensordot(self.weights, q, 1)[None], -np.tensordot(self.weights, v, 1)[None])


def _only(state: State, index: int) -> State:
    """One point of a batch."""
    own = slice(index, index + 1)
    return State(
        state.sigma[own], None if state.mu is None else state.mu[own], state.loadings[own], state.total[own],
        state.factor_covariance[own], None if state.factor_mean is None else state.factor_mean[own], state.z[own],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuadraticDiscrepancy:
    """¼ tr{[(S − Σ) W]²} + ½ (m − μ)ᵀ W_m (m − μ): GLS with W = S⁻¹, ULS with the identity."""

    covariance: Array
    mean: Array | None
    weight: Array
    mean_weight: Array

    def value(self, state: State) -> Array:
        error = (self.covariance - state.sigma) @ self.weight
        result = 0.25 * np.einsum("bij,bji->b", error, error)
        if self.mean is not None and state.mu is not None:
            d = self.mean - state.mu
            result = result + 0.5 * np.einsum("bi,bij,bj->b", d, np.broadcast_to(self.mean_weight, error.shape), d)
        return np.asarray(result)

    def _q(self, state: State) -> tuple[Array, Array | None]:
        q = self.weight @ (state.sigma - self.covariance) @ self.weight
        r = None
        if self.mean is not None and state.mu is not None:
            r = ((state.mu - self.mean)[:, None, :] @ self.mean_weight)[:, 0, :]
        return q, r

    def gradient(self, kernel: Kernel, state: State) -> Array:
        return kernel.gradient(state, *self._q(state))

    def information(self, kernel: Kernel, state: State) -> Array:
        w = np.broadcast_to(self.weight, state.sigma.shape)
        out = kernel.information(state, w, False)
        if self.mean is not None and kernel.means:
            derivative = kernel.mean_derivative(state)
            cells = kernel.mean_cells
            out[:, cells[:, None], cells] += derivative.transpose(0, 2, 1) @ self.mean_weight @ derivative
        return out

    def hessian(self, kernel: Kernel, state: State) -> Array:
        return np.asarray(self.information(kernel, state) + kernel.curvature(state, *self._q(state)))


@dataclass(frozen=True, slots=True)
class WeightedDiscrepancy:
    """½ (s − σ)ᵀ V (s − σ) with s = (means, vech S) and V a matrix, or its diagonal when one-dimensional."""

    statistics: Array
    weight: Array
    means: bool

    def moments(self, state: State) -> Array:
        sigma = vech(state.sigma)
        if not self.means:
            return sigma
        assert state.mu is not None
        return np.concatenate([state.mu, sigma], axis=1)

    def derivative(self, kernel: Kernel, state: State) -> Array:
        """∂σ by the parameters: (b, statistics, cells)."""
        sigma = kernel.covariance_derivative(state)
        if not self.means:
            return sigma
        mu = np.zeros((sigma.shape[0], len(kernel.observed), len(kernel.cells)))
        mu[:, :, kernel.mean_cells] = kernel.mean_derivative(state)
        return np.concatenate([mu, sigma], axis=1)

    def _weighted(self, array: Array) -> Array:
        """V times a batch of columns (b, statistics, k)."""
        return np.asarray(self.weight[:, None] * array if self.weight.ndim == 1 else self.weight @ array)

    def value(self, state: State) -> Array:
        error = (self.statistics - self.moments(state))[:, :, None]
        return np.asarray(0.5 * (error.transpose(0, 2, 1) @ self._weighted(error))[:, 0, 0])

    def gradient(self, kernel: Kernel, state: State) -> Array:
        error = (self.moments(state) - self.statistics)[:, :, None]
        return np.asarray((self.derivative(kernel, state).transpose(0, 2, 1) @ self._weighted(error))[:, :, 0])

    def information(self, kernel: Kernel, state: State) -> Array:
        derivative = self.derivative(kernel, state)
        return np.asarray(derivative.transpose(0, 2, 1) @ self._weighted(derivative))

    def hessian(self, kernel: Kernel, state: State) -> Array:
        error = self._weighted((self.moments(state) - self.statistics)[:, :, None])[:, :, 0]
        p = len(kernel.observed)
        r = error[:, :p] if self.means else None
        e = error[:, p:] if self.means else error
        columns, rows = np.triu_indices(p)
        q = np.zeros((e.shape[0], p, p))
        # ½ Σᵢⱼ Qᵢⱼ ∂²Σᵢⱼ counts each off-diagonal element twice.
        q[:, rows, columns] = np.where(rows == columns, 2.0, 1.0) * e
        q[:, columns, rows] = q[:, rows, columns]
        return np.asarray(self.information(kernel, state) + kernel.curvature(state, q, r))
