"""Maximum likelihood for many samples of the same model at once: the inner loop of the bootstrap.

All draws start at the estimates of the original sample.  The first step uses the Hessian there, which is shared; the second is
a Newton step with the draw's own; then follow BFGS updates (Broyden 1970 and others) of the inverse of one more Hessian, which
need gradients only.  Where a step does not lower the discrepancy it is shortened.  Draws that take long are put together and get
a new Hessian every few evaluations.  What is left is the caller's, who has a slower, safer way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscase.engines.sem.discrepancy import log_determinant
from crosscase.engines.sem.kernel import State
from crosscase.engines.sem.specification import Specification

__all__ = ["BatchResult", "Samples", "minimise_batch"]

Array = np.ndarray
_BLOCK = 63  # draws at a time: their arrays then stay in the cache
_REFRESH = 5  # evaluations between one Hessian and the next
_POOLED = 1 + _REFRESH  # after so many the draws of all blocks that are left go on together, with a new Hessian
_EVALUATIONS = 31
_TARGET = 3e-9  # the last step, taken from there without another look, leaves about 1e-10
_SHORTER = 0.4  # what is left of a step that did not lower the discrepancy
_SHARE = 0.5  # of what the exact Hessian has beyond the expected one, in the first Newton step: all of it overshoots in small samples


@dataclass(frozen=True, slots=True)
class Samples:
    """The moments of b samples of one group: (b, p, p), and (b, p) when the model has means."""

    covariance: Array
    mean: Array | None

    def take(self, chosen: Array | slice) -> Samples:
        return Samples(self.covariance[chosen], None if self.mean is None else self.mean[chosen])


@dataclass(frozen=True, slots=True)
class BatchResult:
    """ψ of each draw, which converged, and the discrepancy F at the optimum without the sample's own part."""

    psi: Array
    converged: Array
    value: Array


@dataclass(frozen=True, slots=True)
class _Point:
    """Value and gradient at a batch of points; of all groups the state, W, Q and v."""

    value: Array
    gradient: Array
    states: list[State]
    w: list[Array]
    q: list[Array]
    v: list[Array | None]


@dataclass(frozen=True, slots=True)
class _Objective:
    """The discrepancy of b draws.

    Attributes:
        weights: the groups' shares.
        offset: k of each draw, (b, full), or one for all, (1, full).
        samples: one entry per group.
    """

    specification: Specification
    weights: Array
    offset: Array
    samples: Sequence[Samples]

    def take(self, chosen: Array | slice) -> _Objective:
        offset = self.offset if len(self.offset) == 1 else self.offset[chosen]
        return replace(self, offset=offset, samples=[one.take(chosen) for one in self.samples])

    def at(self, psi: Array) -> _Point:
        """½ [log|Σ| + tr(S̃ Σ⁻¹)] summed over groups and its gradient at ``psi``, (b, reduced), or (1, reduced) for all."""
        transform = self.specification.transform
        theta = psi if self.specification.plain else psi @ transform.T + self.offset
        value = np.zeros(len(self.samples[0].covariance))
        gradient = np.zeros((value.size, transform.shape[0]))
        states, ws, qs, vs = [], [], [], []
        for kernel, weight, sample in zip(self.specification.kernels, self.weights, self.samples, strict=True):
            state = kernel.state(theta)
            w = _inverse(state.sigma)
            second, v = sample.covariance, None
            if sample.mean is not None and state.mu is not None:
                d = sample.mean - state.mu
                second = second + d[:, :, None] * d[:, None, :]
                v = (w @ d[:, :, None])[:, :, 0]
            product = w @ second
            q = w - product @ w
            sign, determinant = np.linalg.slogdet(state.sigma)
            trace = np.trace(product, axis1=1, axis2=2)
            value += weight * 0.5 * (np.where(sign > 0, determinant, np.inf) + trace)
            gradient[:, kernel.own] += weight * kernel.gradient(state, q, None if v is None else -v)
            states.append(state)
            ws.append(w)
            qs.append(q)
            vs.append(v)
        return _Point(value, gradient if self.specification.plain else gradient @ transform, states, ws, qs, vs)

    def hessian(self, point: _Point, share: float) -> Array:
        """The expected information of each draw over ψ and ``share`` of what the exact Hessian has beyond it."""
        transform = self.specification.transform
        out = np.zeros((0 if self.specification.plain else point.value.size, transform.shape[0], transform.shape[0]))
        for kernel, weight, state, w, q, v in zip(
            self.specification.kernels, self.weights, point.states, point.w, point.q, point.v, strict=True
        ):
            block = kernel.hessian(state, w, share * q, None if v is None else share * v)
            if self.specification.plain:
                return np.asarray(block)
            out[:, kernel.own[:, None], kernel.own] += weight * block
        return np.asarray(transform.T @ out @ transform)

    def is_sound(self, psi: Array) -> Array:
        """Whether every Σ is positive definite."""
        theta = psi @ self.specification.transform.T + self.offset
        states = [kernel.state(theta) for kernel in self.specification.kernels]
        return np.asarray(np.all([np.isfinite(log_determinant(one.sigma)) for one in states], axis=0))


def minimise_batch(
    specification: Specification, weights: Array, psi: Array, offset: Array, inverse: Array, samples: Sequence[Samples]
) -> BatchResult:
    """Minimize the normal discrepancy for every sample.

    Args:
        weights: the groups' shares.
        psi: the start, (reduced,), common to all.
        offset: k of each draw, (b, full), with its exogenous moments, or one for all, (1, full).
        inverse: the inverse Hessian at ``psi`` on the original sample.
        samples: one entry per group.
    """
    objective = _Objective(specification, weights, offset, samples)
    count = len(samples[0].covariance)
    found = BatchResult(np.repeat(psi[None], count, axis=0), np.zeros(count, dtype=bool), np.full(count, np.nan))
    with np.errstate(all="ignore"):
        rest = []
        for first in range(0, count, _BLOCK):
            which = np.arange(first, min(first + _BLOCK, count))
            part = objective.take(which)
            start = part.at(psi[None] if len(offset) == 1 else found.psi[which])
            draws = _Draws(which, found.psi[which], start.value, start.gradient, -start.gradient @ inverse)
            rest.append(_search(part, draws, inverse, range(_POOLED), found))
        left = _Draws.together(rest)
        if left.which.size:
            _search(objective.take(left.which), left, inverse, range(_POOLED, _EVALUATIONS), found)
        found.converged[:] &= objective.is_sound(found.psi)
    return found


@dataclass(frozen=True, slots=True)
class _Draws:
    """Where the search stands for some draws: ψ, F and its gradient there, the step to try next."""

    which: Array
    point: Array
    value: Array
    gradient: Array
    step: Array

    def take(self, chosen: Array) -> _Draws:
        return _Draws(*(getattr(self, name)[chosen] for name in self.__slots__))

    @classmethod
    def together(cls, parts: Sequence[_Draws]) -> _Draws:
        return cls(*(np.concatenate([getattr(one, name) for one in parts]) for name in cls.__slots__))


def _search(objective: _Objective, draws: _Draws, inverse: Array, evaluations: range, found: BatchResult) -> _Draws:
    """Descend with ``draws``; those that get there are written to ``found``, those that do not come back."""
    h = np.broadcast_to(inverse, (draws.which.size, *inverse.shape))
    updates: list[_Update] = []
    for evaluation in evaluations:
        trial = draws.point + draws.step
        there = objective.at(trial)
        better = there.value <= draws.value + 1e-10
        mask = better[:, None]
        gradient = np.where(mask, there.gradient, draws.gradient)
        if evaluation == 0:
            direction = _newton(objective.hessian(there, _SHARE), gradient, inverse)
        elif evaluation % _REFRESH == 1:
            h, updates = _inverted(objective, there, trial, inverse), []
            direction = _quasi_newton(h, updates, gradient)
        else:
            updates.append(_Update.of(draws.step, gradient - draws.gradient))
            direction = _quasi_newton(h, updates, gradient)
        draws = _Draws(
            draws.which,
            np.where(mask, trial, draws.point),
            np.where(better, there.value, draws.value),
            gradient,
            np.where(mask, direction, _SHORTER * draws.step),
        )
        done = better & (np.abs(gradient).max(axis=1) <= _TARGET)
        if done.any():
            ready, keep = draws.take(done), ~done
            found.psi[ready.which], found.value[ready.which] = ready.point + ready.step, ready.value
            found.converged[ready.which] = True
            objective, draws, h = objective.take(keep), draws.take(keep), h[keep]
            updates = [one.take(keep) for one in updates]
            if not draws.which.size:
                break
    return draws


def _inverse(matrices: Array) -> Array:
    try:
        return np.asarray(np.linalg.inv(matrices))
    except np.linalg.LinAlgError:
        out = np.full_like(matrices, np.nan)
        for index, matrix in enumerate(matrices):
            try:
                out[index] = np.linalg.inv(matrix)
            except np.linalg.LinAlgError:
                continue
        return out


def _inverted(objective: _Objective, point: _Point, psi: Array, fallback: Array) -> Array:
    """The inverse of each Hessian; where it is not positive definite that of the expected information, or the shared one."""
    result = _inverse(objective.hessian(point, 1.0))
    bad = ~_is_positive(result)
    if bad.any():
        some = objective.take(bad)
        result[bad] = _inverse(some.hessian(some.at(psi[bad]), 0.0))
        result[~_is_positive(result)] = fallback
    return result


def _is_positive(inverse: Array) -> Array:
    return np.asarray(np.isfinite(inverse).all(axis=(1, 2)) & (np.diagonal(inverse, axis1=1, axis2=2) > 0).all(axis=1))


def _newton(hessian: Array, gradient: Array, fallback: Array) -> Array:
    """The Newton step of each draw, or that with the shared inverse where it does not descend."""
    try:
        step = -np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        step = -(_inverse(hessian) @ gradient[:, :, None])[:, :, 0]
    bad = ~(np.einsum("bi,bi->b", step, gradient) < 0)
    step[bad] = -gradient[bad] @ fallback
    return np.asarray(step)


@dataclass(frozen=True, slots=True)
class _Update:
    """A BFGS update of the inverse Hessian of each draw: the step, the change of the gradient, 1 / (their product)."""

    step: Array
    change: Array
    rho: Array

    @classmethod
    def of(cls, step: Array, change: Array) -> _Update:
        sy = np.einsum("bi,bi->b", step, change)
        usable = sy > 1e-14 * np.sqrt(np.einsum("bi,bi->b", step, step) * np.einsum("bi,bi->b", change, change))
        return cls(step, change, np.where(usable, 1.0 / np.where(usable, sy, 1.0), 0.0))

    def take(self, chosen: Array) -> _Update:
        return _Update(self.step[chosen], self.change[chosen], self.rho[chosen])


def _quasi_newton(h: Array, updates: Sequence[_Update], gradient: Array) -> Array:
    """Minus the updated inverse Hessian times the gradient, by the two loops of Nocedal (1980)."""
    out = -gradient
    weights = []
    for one in reversed(updates):
        weights.append(one.rho * np.einsum("bi,bi->b", one.step, out))
        out = out - weights[-1][:, None] * one.change
    out = (h @ out[:, :, None])[:, :, 0]
    for one, weight in zip(updates, reversed(weights), strict=True):
        out = out + (weight - one.rho * np.einsum("bi,bi->b", one.change, out))[:, None] * one.step
    return np.asarray(out)
