"""Minimize the discrepancy: Fisher scoring, then Newton, then another algorithm and perturbed starts before giving up.

What is called converged has a gradient whose largest element is at most 1e-8 and a Hessian that is positive definite on the
space of the parameters.  Nothing here knows models or data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

__all__ = ["TOLERANCE", "Constraints", "Optimum", "minimise"]

Array = np.ndarray

#: The largest absolute element of the gradient at what is called converged.
TOLERANCE = 1e-8
_TARGET = 1e-11
_NEAR = 1e-9  # from a gradient this small on, the last Hessian is good enough
_PERTURBED_STARTS = 4


class Objective(Protocol):
    def value(self, psi: Array) -> float: ...
    def gradient(self, psi: Array) -> Array: ...
    def information(self, psi: Array, kind: str = ...) -> Array: ...


@dataclass(frozen=True, slots=True)
class Constraints:
    """Non-linear equalities c(ψ) = 0 and inequalities d(ψ) ≥ 0 with their Jacobians."""

    equal: Callable[[Array], Array]
    equal_jacobian: Callable[[Array], Array]
    at_least: Callable[[Array], Array]
    at_least_jacobian: Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the search ended.  ``gradient`` is the projected one when constraints are active; ``active`` their Jacobian."""

    psi: Array
    value: float
    gradient: Array
    iterations: int
    converged: bool
    algorithm: str
    active: Array


def minimise(objective: Objective, start: Array, constraints: Constraints | None = None, limit: int = 200) -> Optimum:
    """Search from ``start``; on failure go on with BFGS and from perturbed starts."""
    if constraints is not None:
        return _constrained_from_several(objective, start, constraints, limit)
    if not start.size:
        return Optimum(start, objective.value(start), start, 0, True, "none", np.zeros((0, 0)))
    best = _newton(objective, start, limit)
    if best.converged:
        return best
    generator = np.random.default_rng(20)
    used = best.iterations
    for attempt in range(1 + _PERTURBED_STARTS):
        point = (
            start
            if attempt == 0
            else start + 0.2 * attempt * generator.standard_normal(start.size) * (0.1 + np.abs(start))
        )
        if not np.isfinite(objective.value(point)):
            continue
        rough = _bfgs(objective, point)
        found = _newton(objective, rough, limit)
        used += found.iterations
        if found.converged:
            return Optimum(
                found.psi, found.value, found.gradient, used, True, f"{found.algorithm} after BFGS", found.active
            )
        if found.value < best.value:
            best = found
    return Optimum(best.psi, best.value, best.gradient, used, False, best.algorithm, best.active)


def _newton(objective: Objective, start: Array, limit: int) -> Optimum:
    psi = start.copy()
    value = objective.value(psi)
    gradient = objective.gradient(psi)
    kind = "expected"
    hessian: Array | None = None
    stalled = 0
    iteration = 0
    while iteration < limit:
        size = np.abs(gradient).max()
        if not np.isfinite(value) or not np.isfinite(size):
            break
        if size <= _TARGET or (size <= TOLERANCE and stalled):
            break
        if hessian is not None and size <= _NEAR:
            step = -np.linalg.solve(hessian, gradient)
        else:
            step, kind, hessian = _step(objective, psi, gradient, kind)
        slope = float(gradient @ step)
        scale, accepted = 1.0, False
        for _ in range(25):
            trial = psi + scale * step
            trial_value = objective.value(trial)
            rounding = 4e-15 * (1.0 + abs(value))
            if trial_value <= value + 1e-4 * scale * slope + rounding:
                accepted = True
                break
            scale *= 0.5
        if not accepted:
            hessian = None
            if kind == "observed":
                break
            kind = "observed"
            stalled += 1
            iteration += 1
            continue
        trial_gradient = objective.gradient(trial)
        stalled = stalled + 1 if np.abs(trial_gradient).max() >= 0.5 * size and size < 1e-7 else 0
        if stalled and np.abs(trial_gradient).max() > size:
            break
        if np.abs(trial_gradient).max() > 0.01 * size:
            hessian = None
        psi, value, gradient = trial, trial_value, trial_gradient
        iteration += 1
        if abs(slope) < 1e-2:
            kind = "observed"
        if stalled > 2:
            break
    converged = bool(np.abs(gradient).max() <= TOLERANCE) and np.isfinite(value)
    return Optimum(psi, value, gradient, iteration, converged, "scoring and Newton", np.zeros((0, start.size)))


def _step(objective: Objective, psi: Array, gradient: Array, kind: str) -> tuple[Array, str, Array | None]:
    """A descent direction: Newton where the Hessian is positive definite, scoring otherwise; its kind, and the Hessian."""
    from scipy.linalg.lapack import dposv

    if kind == "observed":
        matrix = objective.information(psi, "observed")
        _, step, failed = dposv(matrix, -gradient)
        if not failed:
            return step, "observed", matrix
    matrix = objective.information(psi, "expected")
    _, step, failed = dposv(matrix, -gradient)
    if not failed:
        return step, "expected", None
    values, vectors = np.linalg.eigh(matrix)
    floor = max(values.max(), 1e-12) * 1e-8
    return -(vectors / np.maximum(np.abs(values), floor)) @ (vectors.T @ gradient), "expected", None


def _bfgs(objective: Objective, start: Array) -> Array:
    from scipy.optimize import minimize

    def value(psi: Array) -> float:
        found = objective.value(psi)
        return found if np.isfinite(found) else 1e10

    def gradient(psi: Array) -> Array:
        try:
            found = objective.gradient(psi)
        except np.linalg.LinAlgError:
            return np.zeros_like(psi)
        return np.where(np.isfinite(found), found, 0.0)

    with np.errstate(all="ignore"):
        return np.asarray(minimize(value, start, jac=gradient, method="BFGS", options={"gtol": 1e-6, "maxiter": 500}).x)


def _constrained_from_several(objective: Objective, start: Array, constraints: Constraints, limit: int) -> Optimum:
    """From the minimum without constraints, from ``start``, then from perturbed starts, until one search converges."""
    generator = np.random.default_rng(20)
    free = _newton(objective, start, limit)
    points = [free.psi if free.converged else start, start]
    points += [
        start + 0.2 * k * generator.standard_normal(start.size) * (0.1 + np.abs(start))
        for k in range(1, 1 + _PERTURBED_STARTS)
    ]
    best: Optimum | None = None
    for point in points:
        if not np.isfinite(objective.value(point)):
            continue
        try:
            found = _constrained(objective, point, constraints)
        except np.linalg.LinAlgError:
            continue
        if found.converged:
            return found
        if best is None or np.abs(found.gradient).max() < np.abs(best.gradient).max():
            best = found
    return best or Optimum(free.psi, free.value, free.gradient, free.iterations, False, free.algorithm, free.active)


def _constrained(objective: Objective, start: Array, constraints: Constraints) -> Optimum:
    """Sequential quadratic programming, then Newton on the Lagrangian of the active constraints."""
    from scipy.optimize import minimize

    given: Any = []
    if constraints.equal(start).size:
        given.append({"type": "eq", "fun": constraints.equal, "jac": constraints.equal_jacobian})
    if constraints.at_least(start).size:
        given.append({"type": "ineq", "fun": constraints.at_least, "jac": constraints.at_least_jacobian})

    def value(psi: Array) -> float:
        found = objective.value(psi)
        return found if np.isfinite(found) else 1e10

    with np.errstate(all="ignore"):
        rough = minimize(
            value,
            start,
            jac=objective.gradient,
            method="SLSQP",
            constraints=given,
            options={"ftol": 1e-14, "maxiter": 1000},
        )
    psi = np.asarray(rough.x)
    near = np.flatnonzero(constraints.at_least(psi) < 1e-6)
    residual = np.inf
    lagrangian = np.zeros_like(psi)
    jacobian = np.zeros((0, psi.size))
    iterations = int(rough.nit)
    for _ in range(50):
        jacobian = np.vstack([constraints.equal_jacobian(psi), constraints.at_least_jacobian(psi)[near]])
        violation = np.concatenate([constraints.equal(psi), constraints.at_least(psi)[near]])
        gradient = objective.gradient(psi)
        multipliers = np.linalg.lstsq(jacobian.T, gradient, rcond=None)[0]
        lagrangian = gradient - jacobian.T @ multipliers
        inequality = multipliers[multipliers.size - near.size :]
        if near.size and (inequality < -1e-10).any():
            near = np.delete(near, int(inequality.argmin()))
            continue
        residual = max(np.abs(lagrangian).max(), np.abs(violation).max(initial=0.0))
        if residual <= 1e-10:
            break
        hessian = objective.information(psi, "observed") - _constraint_curvature(constraints, near, psi, multipliers)
        k = jacobian.shape[0]
        system = np.block([[hessian, jacobian.T], [jacobian, np.zeros((k, k))]])
        step = np.linalg.lstsq(system, -np.concatenate([lagrangian, violation]), rcond=None)[0][: psi.size]
        psi = psi + step
        iterations += 1
    converged = residual <= TOLERANCE and bool((constraints.at_least(psi) >= -1e-8).all())
    return Optimum(psi, objective.value(psi), lagrangian, iterations, converged, "SLSQP and Newton", jacobian)


def _constraint_curvature(constraints: Constraints, near: Array, psi: Array, multipliers: Array) -> Array:
    """Σ λ ∂²c by central differences of the constraints' Jacobians."""
    size = psi.size
    out = np.zeros((size, size))

    def weighted(point: Array) -> Array:
        stacked = np.vstack([constraints.equal_jacobian(point), constraints.at_least_jacobian(point)[near]])
        return np.asarray(stacked.T @ multipliers)

    for index in range(size):
        shift = np.zeros(size)
        shift[index] = 1e-5
        out[:, index] = (weighted(psi + shift) - weighted(psi - shift)) / 2e-5
    return 0.5 * (out + out.T)
