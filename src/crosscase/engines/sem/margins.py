"""One variable at a time: thresholds and slopes of an ordered probit, mean, slopes and variance of a regression.

The first step of the polychoric correlations, with or without covariates x.  An ordinal variable y stands for a normal response
y* = xβ + e, Var(e) = 1, of which category c is seen between τ_c and τ_{c+1} (Muthén 1984, with covariates as there).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscase.core.errors import AnalysisError, InputError

__all__ = ["LIMIT", "Margin", "density", "margin_of"]

Array = np.ndarray
#: Bounds beyond this count as infinite.
LIMIT = 8.5


@dataclass(frozen=True, slots=True)
class Margin:
    """One variable: its estimates, their scores (n, own), and what the correlations need.

    The own estimates are thresholds or mean, slopes, and the variance of a continuous variable.  ``codes``, ``bounds`` (those at
    x = 0) and, for each case, ``low`` and ``high`` are of an ordinal variable, the standardized residual ``z`` of a continuous one.
    """

    thresholds: Array
    mean: float
    sd: float
    slopes: Array
    scores: Array
    codes: Array
    bounds: Array
    low: Array
    high: Array
    z: Array
    x: Array

    @property
    def ordinal(self) -> bool:
        return bool(self.thresholds.size)

    def columns(self, first: Array, second: Array) -> Array:
        """Derivatives by the own estimates from those by a case's upper and lower bound, or by its mean and variance."""
        if not self.ordinal:
            return np.column_stack([first, self.x * first[:, None], second])
        by_threshold = [
            np.where(self.codes == t, first, 0.0) + np.where(self.codes == t + 1, second, 0.0)
            for t in range(self.thresholds.size)
        ]
        return np.column_stack([*by_threshold, -self.x * (first + second)[:, None]])


def density(x: Array) -> Array:
    """φ(x), 0 at the limits."""
    return np.where(np.abs(x) >= LIMIT, 0.0, np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi))


def margin_of(values: Array, categories: int, x: Array | None = None, name: str = "an ordinal variable") -> Margin:
    """The estimates of one variable given ``x`` (n, k), 0 to k columns; ``categories`` is 0 for a continuous one.

    Raises:
        InputError: an ordinal variable has an empty category.
        AnalysisError: the covariates predict an ordinal variable without error.
    """
    x = np.zeros((values.size, 0)) if x is None else x
    return _ordinal(values.astype(int), categories, x, name) if categories else _continuous(values, x)


def _continuous(values: Array, x: Array) -> Margin:
    design = np.column_stack([np.ones(values.size), x])
    coefficients = np.linalg.lstsq(design, values, rcond=None)[0] if x.shape[1] else np.array([values.mean()])
    rest = values - design @ coefficients
    sd = float(np.sqrt((rest * rest).mean()))
    z = rest / sd
    scores = np.column_stack([z / sd, x * (z / sd)[:, None], (z * z - 1) / (2 * sd * sd)])
    nothing = np.zeros(0)
    return Margin(
        nothing, float(coefficients[0]), sd, coefficients[1:], scores, nothing, nothing, nothing, nothing, z, x
    )


def _ordinal(codes: Array, categories: int, x: Array, name: str) -> Margin:
    from scipy.special import ndtr, ndtri

    counts = np.bincount(codes, minlength=categories)
    if not counts.all():
        raise InputError(f"{name} has an empty category", where="data", mend="join it with its neighbour")
    thresholds, slopes = np.asarray(ndtri(counts.cumsum()[:-1] / codes.size)), np.zeros(x.shape[1])
    if x.shape[1]:
        thresholds, slopes = _probit(codes, thresholds, x, name)
    bounds = np.concatenate([[-LIMIT], thresholds, [LIMIT]])
    low, high = _bounds(codes, bounds, x @ slopes)
    probability = ndtr(high) - ndtr(low)
    plain = Margin(
        thresholds, 0.0, 1.0, slopes, np.zeros((0, 0)), codes, bounds, low, high, np.zeros(0), x
    )  # fmt: skip
    scores = plain.columns(density(high) / probability, -density(low) / probability)
    return Margin(thresholds, 0.0, 1.0, slopes, scores, codes, bounds, low, high, np.zeros(0), x)


def _bounds(codes: Array, bounds: Array, shift: Array) -> tuple[Array, Array]:
    """Each case's bounds; those of the outermost categories stay at the limits."""
    low = np.where(codes == 0, -LIMIT, np.clip(bounds[codes] - shift, -LIMIT, LIMIT))
    high = np.where(codes == bounds.size - 2, LIMIT, np.clip(bounds[codes + 1] - shift, -LIMIT, LIMIT))
    return low, high


def _probit(codes: Array, thresholds: Array, x: Array, name: str) -> tuple[Array, Array]:
    """Newton's method on the concave log likelihood of the ordered probit (McKelvey & Zavoina 1975)."""
    from scipy.special import ndtr

    n, k = x.shape
    count = thresholds.size
    upper, lower = np.zeros((n, count + k)), np.zeros((n, count + k))  # ∂high and ∂low by the parameters
    upper[codes < count, codes[codes < count]] = 1.0
    lower[codes > 0, codes[codes > 0] - 1] = 1.0
    upper[:, count:] = np.where((codes < count)[:, None], -x, 0.0)
    lower[:, count:] = np.where((codes > 0)[:, None], -x, 0.0)

    def at(point: Array) -> tuple[Array, Array, Array]:
        bounds = np.concatenate([[-LIMIT], point[:count], [LIMIT]])
        low, high = _bounds(codes, bounds, x @ point[count:])
        return low, high, np.asarray(ndtr(high) - ndtr(low))

    point = np.concatenate([thresholds, np.zeros(k)])
    low, high, probability = at(point)
    value = np.log(probability).mean()
    for _ in range(50):
        above, below = density(high) / probability, density(low) / probability
        score = upper * above[:, None] - lower * below[:, None]
        gradient = score.mean(axis=0)
        curve = upper.T @ (upper * (high * above)[:, None]) - lower.T @ (lower * (low * below)[:, None])
        information = (score.T @ score + curve) / n
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        if np.abs(step).max() < 1e-13 * (1 + np.abs(point).max()):
            return point[:count], point[count:]
        scale = 1.0
        while scale > 1e-8:
            low, high, probability = at(point + scale * step)
            with np.errstate(divide="ignore", invalid="ignore"):
                found = np.log(probability).mean()
            if np.isfinite(found) and found >= value - 1e-14:
                break
            scale *= 0.5
        if scale < 1e-8 or np.abs(point).max() > 30:
            break
        point, value = point + scale * step, found
        if scale == 1.0 and np.abs(step).max() < 1e-9:  # the next step of Newton's would be below rounding
            return point[:count], point[count:]
    raise AnalysisError(
        f"the covariates predict '{name}' without error: its probit regression has no finite slopes", where="data",
        mend="join rare categories, or leave out the covariate that separates them",
    )  # fmt: skip
