"""The least-squares discrepancy of thresholds, slopes and polychoric correlations, with its derivatives.

The kernel's implied cells (residual variances or scales that follow from unit variances) are eliminated here: with φ the implied
quantities, c(θ, φ) = Δ²Σᵢᵢ − 1 = 0 gives ∂φ/∂θ = −(∂c/∂φ)⁻¹ ∂c/∂θ, and the Hessian is that of the Lagrangian F − λᵀc.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscase.engines.sem.kernel import Kernel, State
from crosscase.engines.sem.polychoric import Polychoric, statistics_of

__all__ = ["OrdinalDiscrepancy", "ordinal_implied"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class OrdinalDiscrepancy:
    """½ (s − σ)ᵀ V (s − σ) for ordinal variables, with continuous ones among them, given exogenous variables.

    s holds, in the order of :func:`~crosscase.engines.sem.polychoric.statistics_of`, a threshold Δᵢ(τ − μᵢ) or the mean μᵢ,
    slopes ΔᵢΠᵢ on exogenous variables, variances Σᵢᵢ of continuous variables, covariances ΔᵢΔⱼΣᵢⱼ (Muthén 1984; Δ = 1 for
    continuous variables).

    Attributes:
        statistics: (1, statistics).
        weight: V, or its diagonal.
        variables: indices of the variables that are not exogenous, (q,).
        variable: for each threshold or mean its variable.
        threshold: for each threshold or mean the number of the threshold, −1 for a mean.
        continuous: indices of the continuous variables.
    """

    statistics: Array
    weight: Array
    variables: Array
    variable: Array
    threshold: Array
    continuous: Array

    @classmethod
    def of(cls, found: Polychoric, weight: Array) -> OrdinalDiscrepancy:
        variable = np.repeat(found.variables, [max(one.size, 1) for one in found.thresholds])
        without = [not one.size for one in found.thresholds]
        continuous = found.variables[without]
        ordinal = ~np.isin(variable, continuous)
        threshold = np.where(ordinal, np.cumsum(ordinal) - 1, -1)
        return cls(statistics_of(found)[None], weight, found.variables, variable, threshold, continuous)

    def moments(self, state: State) -> Array:
        """σ: (b, statistics)."""
        own = state.given or state
        assert own.mu is not None
        assert own.thresholds is not None
        assert own.scales is not None
        rows, columns = self._below()
        mean = own.mu[:, self.variable]
        response = own.scales[:, self.variable] * (own.thresholds[:, self.threshold] - mean)
        location = np.where(self.threshold >= 0, response, mean)
        variances = own.sigma[:, self.continuous, self.continuous]
        scaled = own.scales[:, rows] * own.scales[:, columns] * own.sigma[:, rows, columns]
        return np.concatenate([location, self._slopes(own), variances, scaled], axis=1)

    def _slopes(self, own: State) -> Array:
        """The scaled slopes, variable by variable."""
        if own.slopes is None:
            return np.zeros((own.sigma.shape[0], 0))
        assert own.scales is not None
        scaled = own.scales[:, self.variables, None] * own.slopes[:, self.variables]
        return np.asarray(scaled.reshape(scaled.shape[0], -1))

    def _below(self) -> tuple[Array, Array]:
        """Rows and columns of the elements below the diagonal, by columns."""
        columns, rows = np.triu_indices(self.variables.size, 1)
        return self.variables[rows], self.variables[columns]

    def _error(self, state: State) -> Array:
        return np.asarray(self.moments(state) - self.statistics)

    def _weighted(self, array: Array) -> Array:
        return np.asarray(self.weight[:, None] * array if self.weight.ndim == 1 else self.weight @ array)

    def value(self, state: State) -> Array:
        error = self._error(state)[:, :, None]
        return np.asarray(0.5 * (error.transpose(0, 2, 1) @ self._weighted(error))[:, 0, 0])

    def gradient(self, kernel: Kernel, state: State) -> Array:
        error = self._weighted(self._error(state)[:, :, None])
        return np.asarray((self.derivative(kernel, state).transpose(0, 2, 1) @ error)[:, :, 0])

    def information(self, kernel: Kernel, state: State) -> Array:
        derivative = self.derivative(kernel, state)
        return np.asarray(derivative.transpose(0, 2, 1) @ self._weighted(derivative))

    def derivative(self, kernel: Kernel, state: State) -> Array:
        """∂σ by the parameters: (b, statistics, parameters)."""
        own = state.given or state
        slope = _Slope.of(kernel, own)
        every = self._derivative(kernel, own, slope)
        if not kernel.implied.size:
            return every
        return np.asarray(every @ _elimination(kernel, own, slope)[1])

    def _derivative(self, kernel: Kernel, own: State, slope: _Slope) -> Array:
        """∂σ by all cells, the implied ones as if they were parameters."""
        assert own.mu is not None
        assert own.thresholds is not None
        assert own.scales is not None
        rows, columns = self._below()
        scales = own.scales
        ordinal = np.flatnonzero(self.threshold >= 0)
        location = slope.mu[:, self.variable].copy()
        location[:, ordinal] *= -scales[:, self.variable[ordinal], None]
        slopes = scales[:, self.variables, None, None] * slope.slopes[:, self.variables]
        covariance = (scales[:, rows] * scales[:, columns])[:, :, None] * slope.sigma[:, rows, columns]
        for place in ordinal:
            cell = kernel.threshold_cells[self.threshold[place]]
            if cell >= 0:
                location[:, place, cell] += scales[:, self.variable[place]]
        for variable in np.flatnonzero(kernel.scale_cells >= 0):
            cell = kernel.scale_cells[variable]
            for place in ordinal[self.variable[ordinal] == variable]:
                location[:, place, cell] += own.thresholds[:, self.threshold[place]] - own.mu[:, variable]
            if own.slopes is not None:
                slopes[:, self.variables == variable, :, cell] += own.slopes[:, [variable]]
            for one, other in ((rows, columns), (columns, rows)):
                at = np.flatnonzero(one == variable)
                covariance[:, at, cell] += scales[:, other[at]] * own.sigma[:, rows[at], columns[at]]
        flat = slopes.reshape(slopes.shape[0], -1, slopes.shape[-1])
        return np.concatenate([location, flat, slope.sigma[:, self.continuous, self.continuous], covariance], axis=1)

    def hessian(self, kernel: Kernel, state: State) -> Array:
        own = state.given or state
        assert own.scales is not None
        slope = _Slope.of(kernel, own)
        derivative = self._derivative(kernel, own, slope)
        error = self._weighted(self._error(state)[:, :, None])[:, :, 0]
        ends = np.cumsum([self.variable.size, slope.slopes[0, self.variables, :, 0].size, self.continuous.size])
        location, pi, variances, e = np.split(error, ends, axis=1)
        pi = pi.reshape(pi.shape[0], self.variables.size, -1)
        batch, p = own.sigma.shape[:2]
        rows, columns = self._below()
        q, r = np.zeros((batch, p, p)), np.zeros((batch, p))
        q[:, rows, columns] = q[:, columns, rows] = e * own.scales[:, rows] * own.scales[:, columns]
        q[:, self.continuous, self.continuous] = 2.0 * variances
        signed = np.where(self.threshold >= 0, -own.scales[:, self.variable], 1.0) * location
        for place, variable in enumerate(self.variable):
            r[:, variable] += signed[:, place]
        multipliers = np.zeros((batch, p))
        if kernel.implied.size:
            by_cell, elimination = _elimination(kernel, own, slope)
            first = (derivative.transpose(0, 2, 1) @ error[:, :, None])[:, kernel.own.size :]
            square = by_cell[:, :, kernel.own.size :].transpose(0, 2, 1)
            multipliers[:, kernel.implied] = np.linalg.solve(square, first)[:, :, 0]
            q[:, kernel.implied, kernel.implied] -= (2.0 * multipliers * own.scales**2)[:, kernel.implied]
        out = derivative.transpose(0, 2, 1) @ self._weighted(derivative) + kernel.curvature(own, q, r)
        for column, x in enumerate(kernel.given):
            weights = np.zeros((batch, p))
            weights[:, self.variables] = own.scales[:, self.variables] * pi[:, :, column]
            out += kernel.slope_curvature(own, int(x), weights)
        self._scaled(kernel, own, slope, out, location, pi, e, multipliers)
        if kernel.implied.size:
            out = elimination.transpose(0, 2, 1) @ out @ elimination
        return np.asarray(out)

    def _scaled(
        self, kernel: Kernel, own: State, slope: _Slope, out: Array, location: Array, pi: Array, e: Array, multipliers: Array
    ) -> None:  # fmt: skip
        """Add the second derivatives in which a scale takes part, those of the constraints times −λ among them."""
        assert own.scales is not None
        rows, columns = self._below()
        for variable in np.flatnonzero(kernel.scale_cells >= 0):
            cell = kernel.scale_cells[variable]
            mixed = np.zeros((out.shape[0], len(kernel.cells)))
            for one, other in ((rows, columns), (columns, rows)):
                at = np.flatnonzero(one == variable)
                weights = (e[:, at] * own.scales[:, other[at]])[:, :, None]
                mixed += (weights * slope.sigma[:, rows[at], columns[at]]).sum(axis=1)
                for place in at:
                    partner = kernel.scale_cells[other[place]]
                    if partner >= 0:  # halved: the pair is met from both sides, and the whole is added to its transpose
                        mixed[:, partner] += 0.5 * e[:, place] * own.sigma[:, rows[place], columns[place]]
            for place in np.flatnonzero((self.variable == variable) & (self.threshold >= 0)):
                mixed -= location[:, place, None] * slope.mu[:, variable]
                threshold = kernel.threshold_cells[self.threshold[place]]
                if threshold >= 0:
                    mixed[:, threshold] += location[:, place]
            row = int(np.flatnonzero(self.variables == variable)[0])
            mixed += (pi[:, row, :, None] * slope.slopes[:, variable]).sum(axis=1)
            by = multipliers[:, variable]
            mixed -= (2.0 * by * own.scales[:, variable])[:, None] * slope.sigma[:, variable, variable]
            mixed[:, cell] -= by * own.sigma[:, variable, variable]  # halved likewise
            out[:, cell, :] += mixed
            out[:, :, cell] += mixed


def ordinal_implied(state: State, found: Polychoric) -> dict[str, Array]:
    """What the model implies of scaled responses, in all and given the exogenous variables."""
    own = state.given or state
    assert state.mu is not None
    assert own.mu is not None
    assert own.thresholds is not None
    assert own.scales is not None
    scales, chosen = own.scales[0], found.variables
    levels = np.repeat(chosen, [one.size for one in found.thresholds])
    slopes = np.zeros((chosen.size, 0)) if own.slopes is None else own.slopes[0, chosen]
    return {
        "covariance": state.sigma[0] * np.outer(scales, scales),
        "mean": state.mu[0] * scales,
        "thresholds": scales[levels] * (own.thresholds[0] - own.mu[0, levels]),
        "slopes": scales[chosen, None] * slopes,
        "residual_covariance": (own.sigma[0] * np.outer(scales, scales))[np.ix_(chosen, chosen)],
    }


@dataclass(frozen=True, slots=True)
class _Slope:
    """Derivatives by all cells of μ (b, p, cells), of the slopes (b, p, x, cells) and of Σ (b, p, p, cells)."""

    mu: Array
    slopes: Array
    sigma: Array

    @classmethod
    def of(cls, kernel: Kernel, own: State) -> _Slope:
        batch, p = own.sigma.shape[:2]
        columns, rows = np.triu_indices(p)
        sigma = np.zeros((batch, p, p, len(kernel.cells)))
        sigma[:, rows, columns] = sigma[:, columns, rows] = kernel.covariance_derivative(own)
        mu = np.zeros((batch, p, len(kernel.cells)))
        mu[:, :, kernel.mean_cells] = kernel.mean_derivative(own)
        slopes = np.zeros((batch, p, kernel.given.size, len(kernel.cells)))
        for column, x in enumerate(kernel.given):
            slopes[:, :, column, kernel.mean_cells] = kernel.slope_derivative(own, int(x))
        return cls(mu, slopes, sigma)


def _elimination(kernel: Kernel, own: State, slope: _Slope) -> tuple[Array, Array]:
    """∂c by all cells, (b, implied, cells), and the derivative of all cells by the parameters, (b, cells, parameters)."""
    assert own.scales is not None
    scales = own.scales[:, kernel.implied]
    by_cell = (scales**2)[:, :, None] * slope.sigma[:, kernel.implied, kernel.implied]
    for place, variable in enumerate(kernel.implied):
        cell = kernel.scale_cells[variable]
        if cell >= 0:
            by_cell[:, place, cell] += 2.0 * scales[:, place] * own.sigma[:, variable, variable]
    free = kernel.own.size
    implied = -np.linalg.solve(by_cell[:, :, free:], by_cell[:, :, :free])
    identity = np.broadcast_to(np.eye(free), (implied.shape[0], free, free))
    return by_cell, np.concatenate([identity, implied], axis=1)
