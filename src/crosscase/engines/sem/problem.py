"""What the optimizer minimizes: the weighted sum of the groups' discrepancies as a function of the reduced vector ψ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from crosscase.engines.sem.discrepancy import Discrepancy, NormalDiscrepancy, PatternDiscrepancy
from crosscase.engines.sem.kernel import State
from crosscase.engines.sem.specification import Specification

__all__ = ["Problem"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Problem:
    """F(ψ) = Σ w_g f_g(θ), θ = Kψ + k.

    Attributes:
        specification: the model.
        discrepancies: one per group.
        weights: the groups' shares, summing to one.
        offset: k with the exogenous moments of this sample filled in.
        recent: the states at the last two points: value, gradient and Hessian are asked for at the same one.
    """

    specification: Specification
    discrepancies: Sequence[Discrepancy]
    weights: Array
    offset: Array
    recent: dict[bytes, list[State]] = field(default_factory=dict, repr=False, compare=False)

    def full(self, psi: Array) -> Array:
        if self.specification.plain:
            return np.asarray(psi + self.offset)
        return np.asarray(self.specification.transform @ psi + self.offset)

    def reduced(self, theta: Array) -> Array:
        """The ψ nearest to a full vector."""
        if self.specification.plain:
            return np.array(theta)
        transform = self.specification.transform
        return np.asarray(np.linalg.lstsq(transform, theta - self.offset, rcond=None)[0])

    def states(self, theta: Array) -> list[State]:
        key = theta.tobytes()
        found = self.recent.get(key)
        if found is None:
            found = [kernel.state(theta[None]) for kernel in self.specification.kernels]
            if len(self.recent) > 1:
                self.recent.pop(next(iter(self.recent)))
            self.recent[key] = found
        return found

    def value(self, psi: Array) -> float:
        states = self.states(self.full(psi))
        return float(
            sum(
                weight * part.value(state)[0]
                for weight, part, state in zip(self.weights, self.discrepancies, states, strict=True)
            )
        )

    def full_gradient(self, theta: Array) -> Array:
        out = np.zeros(theta.size)
        for kernel, part, weight, state in self._groups(theta):
            out[kernel.own] += weight * part.gradient(kernel, state)[0]
        return out

    def gradient(self, psi: Array) -> Array:
        gradient = self.full_gradient(self.full(psi))
        return gradient if self.specification.plain else np.asarray(self.specification.transform.T @ gradient)

    def full_information(self, theta: Array, kind: str = "expected", weights: Array | None = None) -> Array:
        """The expected information or the exact Hessian (``observed``) of F over θ; ``weights`` in the place of the groups'.

        ``h1`` is the Hessian without the model's own curvature: ΔᵀHΔ, H the saturated model's Hessian at the model's moments (ML only).
        """
        out = np.zeros((theta.size, theta.size))
        for index, (kernel, part, weight, state) in enumerate(self._groups(theta)):
            if weights is not None:
                weight = weights[index]
            block = part.information(kernel, state) if kind == "expected" else part.hessian(kernel, state)
            if kind == "h1":
                assert isinstance(part, NormalDiscrepancy | PatternDiscrepancy)
                block = block - part.curvature(kernel, state)
            if self.specification.plain:
                return np.asarray(weight * block[0])
            out[kernel.own[:, None], kernel.own] += weight * block[0]
        return out

    def information(self, psi: Array, kind: str = "expected") -> Array:
        information = self.full_information(self.full(psi), kind)
        transform = self.specification.transform
        return information if self.specification.plain else np.asarray(transform.T @ information @ transform)

    def _groups(self, theta: Array):  # type: ignore[no-untyped-def]
        return zip(self.specification.kernels, self.discrepancies, self.weights, self.states(theta), strict=True)
