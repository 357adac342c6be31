"""The curves of calibration: from a raw value to a membership.  Formulas only; the checks are in ``calibration``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crosscase.core.errors import AnalysisError
from crosscase.engines.qca.data import Floats

__all__ = ["beta_fit", "empirical", "fractional_logit", "logistic", "logit_fit", "one_sided", "two_sided"]


def logistic(x: Floats, exclusion: float, crossover: float, inclusion: float, degree: float) -> Floats:
    """Log odds proportional to the distance from the crossover, ``degree`` at inclusion, 1 - ``degree`` at exclusion."""
    rising = inclusion > exclusion
    anchor = np.where((x >= crossover) == rising, inclusion, exclusion)
    odds = np.log(degree / (1.0 - degree)) * np.where(anchor == inclusion, 1.0, -1.0)
    result: Floats = 1.0 / (1.0 + np.exp(-odds * (x - crossover) / (anchor - crossover)))
    return result


def one_sided(x: Floats, exclusion: float, crossover: float, inclusion: float, below: float, above: float) -> Floats:
    """0 up to exclusion, 0.5 at the crossover, 1 from inclusion on."""
    sign = 1.0 if inclusion > exclusion else -1.0
    v, e, c, i = sign * x, sign * exclusion, sign * crossover, sign * inclusion
    low = np.clip((v - e) / (c - e), 0.0, 1.0) ** below / 2.0
    high = 1.0 - np.clip((i - v) / (i - c), 0.0, 1.0) ** above / 2.0
    return np.where(np.isnan(x), np.nan, np.where(v <= c, low, high))


def two_sided(x: Floats, anchors: Sequence[float], below: float, above: float) -> Floats:
    """A bell, or a U when the exclusions lie in the middle: the first three anchors rule the left, the others the right."""
    e1, c1, i1, i2, c2, e2 = anchors
    left = one_sided(x, e1, c1, i1, below, above)
    right = one_sided(x, e2, c2, i2, below, above)
    middle = ((i1 + i2) / 2.0) if e1 < i1 else ((e1 + e2) / 2.0)
    return np.where(x <= middle, left, right)


def empirical(x: Floats, exclusion: float, crossover: float, inclusion: float) -> Floats:
    """Membership by the share of the cases between the outer anchors that are not above a case."""
    low, high = min(exclusion, inclusion), max(exclusion, inclusion)
    inner = np.sort(x[(x >= low) & (x <= high)])
    if not len(inner):
        raise AnalysisError("no case lies between the outer anchors", mend="move the anchors")

    def share(v: Floats) -> Floats:
        return np.asarray(np.searchsorted(inner, v, side="right") / len(inner))

    at_crossover = float(share(np.array([crossover]))[0])
    if not 0 < at_crossover < 1:
        raise AnalysisError("all cases lie on one side of the crossover", mend="move the crossover")
    rank = share(x)
    under, over = rank / at_crossover / 2.0, (1.0 - rank) / (1.0 - at_crossover) / 2.0
    if inclusion > exclusion:
        inside = np.where(x <= crossover, under, 1.0 - over)
        return np.where(np.isnan(x), np.nan, np.where(x <= low, 0.0, np.where(x > high, 1.0, inside)))
    inside = np.where(x <= crossover, 1.0 - under, over)
    return np.where(np.isnan(x), np.nan, np.where(x <= low, 1.0, np.where(x > high, 0.0, inside)))


def fractional_logit(x: Floats, codes: Floats) -> Floats:
    """Fitted values of a quasi-binomial logit of the codes on log x, √x, x and x² (0 is read as 0.00001)."""
    v = np.where(x == 0, 1e-5, x)
    return logit_fit(np.column_stack([np.ones_like(v), np.log(v), np.sqrt(v), v, v**2]), codes)


def logit_fit(design: Floats, y: Floats) -> Floats:
    """Fitted values of a fractional logit by iteratively reweighted least squares.

    ``design`` has shape (cases, regressors), ``y`` lies between 0 and 1; rows with missing values get ``nan``.
    Starting values and the rule to stop are those of R's ``glm``.
    """
    known = np.isfinite(design).all(axis=1) & np.isfinite(y)
    matrix, target = design[known], y[known]
    mu = (target + 0.5) / 2.0
    eta = np.log(mu / (1.0 - mu))
    before = np.inf
    for _ in range(100):
        weight = mu * (1.0 - mu)
        working = eta + (target - mu) / weight
        root = np.sqrt(weight)
        beta = np.linalg.lstsq(matrix * root[:, None], working * root, rcond=None)[0]
        eta = matrix @ beta
        mu = np.clip(1.0 / (1.0 + np.exp(-eta)), 1e-15, 1 - 1e-15)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(target > 0, target * np.log(target / mu), 0.0) + np.where(
                target < 1, (1 - target) * np.log((1 - target) / (1 - mu)), 0.0
            )
        deviance = 2.0 * float(terms.sum())
        if abs(deviance - before) / (abs(deviance) + 0.1) < 1e-8:
            break
        before = deviance
    result = np.full(len(y), np.nan)
    result[known] = mu
    return result


def beta_fit(x: Floats, y: Floats) -> Floats:
    """Fitted means of a beta regression with a logit link and one precision (Ferrari & Cribari-Neto 2004).

    ``y`` lies strictly between 0 and 1.
    """
    from scipy.optimize import minimize
    from scipy.special import digamma, expit, gammaln, logit

    def negative(theta: Floats) -> tuple[float, Floats]:
        mu, phi = expit(theta[0] + theta[1] * z), np.exp(theta[2])
        p, q = mu * phi, (1.0 - mu) * phi
        value = gammaln(phi) - gammaln(p) - gammaln(q) + (p - 1) * np.log(y) + (q - 1) * np.log1p(-y)
        inner = logit(y) - (digamma(p) - digamma(q))
        by_mu = phi * inner * mu * (1.0 - mu)
        by_phi = phi * (mu * inner + np.log1p(-y) - digamma(q) + digamma(phi))
        return -float(value.sum()), -np.array([by_mu.sum(), (by_mu * z).sum(), by_phi.sum()])

    z = (x - x.mean()) / x.std()
    slope, intercept = np.polyfit(z, logit(y), 1)
    solved = minimize(negative, np.array([intercept, slope, 1.0]), jac=True, method="BFGS", options={"gtol": 1e-10})
    return np.asarray(expit(solved.x[0] + solved.x[1] * z))
