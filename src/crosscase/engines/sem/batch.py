"""Maximum likelihood for many samples of the same model at once: the inner loop of the bootstrap.

All draws start at the estimates of the original sample.  The first step uses the Hessian there, which is shared; a Newton step
follows, and then BFGS updates (Broyden 1970 and others) of the inverse of one more Hessian, which need gradients only.  Draws
that this loses are tried again with short scoring steps.  What is left is the caller's, who has a slower, safer way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscase.engines.sem.kernel import State
from crosscase.engines.sem.specification import Specification

__all__ = ["BatchResult", "Samples", "minimise_batch"]

Array = np.ndarray
_STEPS = 15
_TARGET = 1e-9
_LOST = 10.0  # a gradient beyond this will not come back


@dataclass(frozen=True, slots=True)
class Samples:
    """The moments of b samples of one group: (b, p, p), and (b, p) when the model has means."""

    covariance: Array
    mean: Array | None

    def take(self, chosen: Array) -> Samples:
        return Samples(self.covariance[chosen], None if self.mean is None else self.mean[chosen])


@dataclass(frozen=True, slots=True)
class BatchResult:
    """ψ of each draw, which converged, and the discrepancy F at the optimum without the sample's own part."""

    psi: Array
    converged: Array
    value: Array


@dataclass(frozen=True, slots=True)
class _Point:
    """State, weights and gradient of all groups at a batch of points."""

    states: list[State]
    w: list[Array]
    q: list[Array]
    v: list[Array | None]
    gradient: Array


def minimise_batch(
    specification: Specification, weights: Array, psi: Array, offset: Array, inverse: Array, samples: Sequence[Samples]
) -> BatchResult:
    """Minimize the normal discrepancy for every sample.

    Args:
        weights: the groups' shares.
        psi: the start, (reduced,), common to all.
        offset: k of each draw, (b, full), with its exogenous moments.
        inverse: the inverse Hessian at ``psi`` on the original sample.
        samples: one entry per group.
    """
    batch = offset.shape[0]
    points = np.broadcast_to(psi, (batch, psi.size)).copy()
    converged = np.zeros(batch, dtype=bool)
    with np.errstate(all="ignore"):
        before, _ = _values(specification, weights, points, offset, samples)
        value = before
        for attempt in (_first_steps, _careful_steps):
            rest = np.flatnonzero(~converged)
            if not rest.size:
                break
            chosen = samples if rest.size == batch else [one.take(rest) for one in samples]
            search = _Search(specification, weights, offset[rest], chosen, inverse)
            found, done = search.finish(attempt(search, np.repeat(psi[None], rest.size, axis=0)))
            reached, sound = _values(specification, weights, found, offset[rest], chosen)
            points[rest] = found
            converged[rest] = done & sound & (reached <= before[rest] + 1e-9)
            value = np.where(np.isin(np.arange(batch), rest), np.nan, value)
            value[rest] = reached
    return BatchResult(points, converged, value)


@dataclass(frozen=True, slots=True)
class _Search:
    """The samples of some draws and what is needed to step."""

    specification: Specification
    weights: Array
    offset: Array
    samples: Sequence[Samples]
    inverse: Array

    def at(self, psi: Array) -> _Point:
        return _evaluate(self.specification, self.weights, psi, self.offset, self.samples)

    def newton(self, psi: Array, count: int) -> Array:
        """``count`` Newton steps."""
        for _ in range(count):
            here = self.at(psi)
            h = _inverted(_hessian(self.specification, self.weights, here), self.inverse)
            psi = psi - (h @ here.gradient[:, :, None])[:, :, 0]
        return psi

    def finish(self, point: Array) -> tuple[Array, Array]:
        """One more Hessian, then BFGS until the gradient is small; ψ and which draws got there."""
        here = self.at(point)
        h = _inverted(_hessian(self.specification, self.weights, here), self.inverse)
        gradient = here.gradient
        points, converged = point.copy(), np.abs(gradient).max(axis=1) <= _TARGET
        active = np.arange(point.shape[0])
        offset, samples = self.offset, list(self.samples)
        for _ in range(_STEPS):
            step = -(h @ gradient[:, :, None])[:, :, 0]
            point = point + step
            new = _evaluate(self.specification, self.weights, point, offset, samples).gradient
            size = np.abs(new).max(axis=1)
            done = size <= _TARGET
            points[active] = point
            converged[active] = done
            keep = ~done & (size < _LOST)
            if not keep.any():
                break
            if keep.sum() < keep.size:
                active, point, step = active[keep], point[keep], step[keep]
                gradient, new, h = gradient[keep], new[keep], h[keep]
                offset, samples = offset[keep], [one.take(keep) for one in samples]
            h = _updated(h, step, new - gradient)
            gradient = new
        return points, converged


def _first_steps(search: _Search, psi: Array) -> Array:
    """The shared step and one Newton step."""
    return search.newton(psi - search.at(psi).gradient @ search.inverse, 1)


def _careful_steps(search: _Search, psi: Array) -> Array:
    """Short scoring steps, which stay where the first attempt overshot, then Newton steps."""
    for size in (0.3, 0.5, 0.5, 0.7, 1.0, 1.0):
        here = search.at(psi)
        information = _hessian(search.specification, search.weights, here, expected=True)
        psi = psi - size * (_inverted(information, search.inverse) @ here.gradient[:, :, None])[:, :, 0]
    return search.newton(psi, 2)


def _evaluate(
    specification: Specification, weights: Array, psi: Array, offset: Array, samples: Sequence[Samples]
) -> _Point:
    transform = specification.transform
    theta = psi @ transform.T + offset
    out = np.zeros((theta.shape[0], theta.shape[1]))
    states, ws, qs, vs = [], [], [], []
    for kernel, weight, sample in zip(specification.kernels, weights, samples, strict=True):
        state = kernel.state(theta)
        w = _inverse(state.sigma)
        second, v = sample.covariance, None
        if sample.mean is not None and state.mu is not None:
            d = sample.mean - state.mu
            second = second + d[:, :, None] * d[:, None, :]
            v = (w @ d[:, :, None])[:, :, 0]
        q = w - w @ second @ w
        out[:, kernel.own] += weight * kernel.gradient(state, q, None if v is None else -v)
        states.append(state)
        ws.append(w)
        qs.append(q)
        vs.append(v)
    return _Point(states, ws, qs, vs, out @ transform)


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


def _is_plain(specification: Specification) -> bool:
    """Whether ψ is θ: one group, no equalities, nothing exogenous, the cells in the order of the parameters."""
    transform = specification.transform
    return (
        len(specification.kernels) == 1
        and transform.shape[0] == transform.shape[1]
        and np.array_equal(specification.kernels[0].own, np.arange(transform.shape[0]))
        and bool((transform == np.eye(transform.shape[0])).all())
    )


def _hessian(specification: Specification, weights: Array, point: _Point, expected: bool = False) -> Array:
    """The Hessian of each draw over ψ, or the expected information."""
    transform = specification.transform
    batch = point.gradient.shape[0]
    plain = _is_plain(specification)
    out = np.zeros((0 if plain else batch, transform.shape[0], transform.shape[0]))
    for kernel, weight, state, w, q, v in zip(
        specification.kernels, weights, point.states, point.w, point.q, point.v, strict=True
    ):
        block = kernel.information(state, w, v is not None) if expected else kernel.hessian(state, w, q, v)
        if plain:
            return np.asarray(block)
        out[:, kernel.own[:, None], kernel.own] += weight * block
    return np.asarray(transform.T @ out @ transform)


def _inverted(hessian: Array, fallback: Array) -> Array:
    """The inverse of each Hessian, or the shared one where it is not positive definite."""
    result = _inverse(hessian)
    bad = ~np.isfinite(result).all(axis=(1, 2)) | (np.diagonal(result, axis1=1, axis2=2) <= 0).any(axis=1)
    result[bad] = fallback
    return result


def _updated(h: Array, step: Array, change: Array) -> Array:
    """The BFGS update of the inverse Hessian of each draw."""
    hy = (h @ change[:, :, None])[:, :, 0]
    sy = np.einsum("bi,bi->b", step, change)
    yhy = np.einsum("bi,bi->b", change, hy)
    usable = sy > 1e-14 * np.sqrt(np.einsum("bi,bi->b", step, step) * np.einsum("bi,bi->b", change, change))
    rho = np.where(usable, 1.0 / np.where(usable, sy, 1.0), 0.0)
    outer = (rho * (1.0 + rho * yhy))[:, None, None] * (step[:, :, None] * step[:, None, :])
    mixed = (rho[:, None] * hy)[:, :, None] * step[:, None, :]
    return np.asarray(h + outer - mixed - mixed.transpose(0, 2, 1))


def _values(
    specification: Specification, weights: Array, psi: Array, offset: Array, samples: Sequence[Samples]
) -> tuple[Array, Array]:
    """½ [log|Σ| + tr(S̃ Σ⁻¹)] summed over groups, and whether every Σ is positive definite."""
    theta = psi @ specification.transform.T + offset
    total = np.zeros(psi.shape[0])
    sound = np.ones(psi.shape[0], dtype=bool)
    for kernel, weight, sample in zip(specification.kernels, weights, samples, strict=True):
        state = kernel.state(theta)
        eigen = np.full(state.sigma.shape[:2], np.nan)
        finite = np.isfinite(state.sigma).all(axis=(1, 2))
        eigen[finite] = np.linalg.eigvalsh(state.sigma[finite])
        sound &= finite & (eigen.min(axis=1) > 0)
        second = sample.covariance
        if sample.mean is not None and state.mu is not None:
            d = sample.mean - state.mu
            second = second + d[:, :, None] * d[:, None, :]
        trace = np.einsum("bij,bji->b", _inverse(state.sigma), second)
        total += weight * 0.5 * (np.log(np.abs(eigen)).sum(axis=1) + trace)
    return total, sound
