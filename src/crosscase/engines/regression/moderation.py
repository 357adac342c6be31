"""Moderation: how the slope of x depends on the moderator; simple slopes and the Johnson–Neyman region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from crosscase.core.errors import InputError
from crosscase.core.results import Caution, Tabular, check_level
from crosscase.engines.regression.data import Floats, Table, rows
from crosscase.engines.regression.linear import Errors, _fit, _with_clusters


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope of x where the moderator is ``at`` (in its own units)."""

    at: float
    slope: float
    se: float
    t: float
    p_value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class SimpleLine:
    """The outcome expected at the ends of x's observed range where the moderator is ``at`` and covariates at their means."""

    at: float
    x: tuple[float, float]
    y: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Moderation(Tabular):
    """Simple slopes, the curve to draw, and where the slope differs from 0.

    ``boundaries`` are the moderator's values, inside its observed range, at which the slope's p value is 1 − level
    (Johnson and Neyman, 1936); ``significant`` are the stretches of that range in which it is below.
    ``interaction`` is the coefficient of the product with its p value; ``r2_change`` is what it adds.
    """

    outcome: str
    x: str
    moderator: str
    n: int
    interaction: float
    interaction_p: float
    r2: float
    r2_change: float
    slopes: tuple[Slope, ...]
    curve: tuple[Slope, ...]
    boundaries: tuple[float, ...]
    significant: tuple[tuple[float, float], ...]
    observed_range: tuple[float, float]
    #: What to draw for each of ``slopes``.
    lines: tuple[SimpleLine, ...]
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return (self.moderator, "slope", "se", "t", "p_value", "lower", "upper")

    def rows(self) -> list[tuple[Any, ...]]:
        return [(s.at, s.slope, s.se, s.t, s.p_value, s.lower, s.upper) for s in self.slopes]


def moderation(
    table: Table,
    outcome: str,
    x: str,
    moderator: str,
    *,
    covariates: Sequence[str] = (),
    at: Sequence[float] | None = None,
    errors: Errors = "classical",
    cluster: str | None = None,
    level: float = 0.95,
    points: int = 41,
) -> Moderation:
    """Least squares of outcome on x, moderator, their product and covariates.

    Args:
        at: values of the moderator; the mean and one standard deviation to each side (or 0 and 1 for a 0/1 moderator)
            when ``None``.
        points: how many points of the curve over the moderator's observed range.

    The slope of x at z is b1 + b3·z with variance v11 + 2z·v13 + z²·v33 (Aiken and West, 1991).

    Raises:
        See :func:`~crosscase.engines.regression.linear.regression`.
    """
    from scipy.stats import t as student

    check_level(level)
    if len({outcome, x, moderator, *covariates}) < 3 + len(covariates):
        raise InputError("a variable is named twice", where=f"{outcome}, {x}, {moderator}", mend="name each once")
    if (errors == "cluster") != (cluster is not None):
        raise InputError(
            "clustered errors need the column of the clusters", mend="give errors='cluster' and cluster='…'"
        )
    usable, groups = _with_clusters(table, cluster)
    data = rows(usable, [outcome, x, moderator, *covariates], least=6 + len(covariates))
    labels = None if groups is None else groups[data.kept]
    z = data[moderator]
    # Centred inside, for the condition of the matrix; slopes do not depend on it.
    middle = z.mean()
    main = [np.ones(len(z)), data[x], z - middle, *(data[name] for name in covariates)]
    plain_fit = _fit(data[outcome], np.column_stack(main), "ols", errors, labels)
    fit = _fit(data[outcome], np.column_stack([*main, data[x] * (z - middle)]), "ols", errors, labels)
    covariance = np.asarray(fit.cov_params())
    freedom = float(getattr(fit, "df_resid_inference", fit.df_resid) or fit.df_resid)
    critical = float(student.ppf((1 + level) / 2, freedom))
    b, v = fit.params[[1, -1]], covariance[np.ix_([1, -1], [1, -1])]

    def slope(value: float) -> Slope:
        away = value - middle
        estimate = float(b[0] + b[1] * away)
        se = float(np.sqrt(v[0, 0] + 2 * away * v[0, 1] + away**2 * v[1, 1]))
        p_value = float(2 * student.sf(abs(estimate / se), freedom))
        return Slope(
            float(value), estimate, se, estimate / se, p_value, estimate - critical * se, estimate + critical * se
        )

    ends = (float(data[x].min()), float(data[x].max()))
    rest = fit.params[0] + sum(b * data[name].mean() for b, name in zip(fit.params[3:-1], covariates, strict=True))

    def line(value: float) -> SimpleLine:
        base = rest + fit.params[2] * (value - middle)
        low, high = (float(base + slope(value).slope * end) for end in ends)
        return SimpleLine(float(value), ends, (low, high))

    if at is None:
        binary = set(np.unique(z)) == {0.0, 1.0}
        at = (0.0, 1.0) if binary else (middle - z.std(ddof=1), middle, middle + z.std(ddof=1))
    low, high = float(z.min()), float(z.max())
    boundaries = tuple(edge for edge in _boundaries(b, v, critical, middle) if low <= edge <= high)
    edges = (low, *boundaries, high)
    significant = tuple((a, c) for a, c in pairwise(edges) if abs(slope((a + c) / 2).t) > critical)
    return Moderation(
        outcome,
        x,
        moderator,
        len(z),
        float(fit.params[-1]),
        float(fit.pvalues[-1]),
        float(fit.rsquared),
        float(fit.rsquared - plain_fit.rsquared),
        tuple(slope(value) for value in at),
        tuple(slope(value) for value in np.linspace(low, high, points)),
        boundaries,
        significant,
        (low, high),
        tuple(line(value) for value in at),
        data.cautions,
    )


def _boundaries(b: Floats, v: Floats, critical: float, middle: float) -> list[float]:
    """Where (b1 + b3 z)² = t² (v11 + 2 z v13 + z² v33): a quadratic in z."""
    square = b[1] ** 2 - critical**2 * v[1, 1]
    linear = 2 * (b[0] * b[1] - critical**2 * v[0, 1])
    constant = b[0] ** 2 - critical**2 * v[0, 0]
    inside = linear**2 - 4 * square * constant
    if inside < 0 or square == 0:
        return []
    return sorted(float(middle + (-linear + sign * np.sqrt(inside)) / (2 * square)) for sign in (-1, 1))
