"""Reliability and validity of the factors of a fitted measurement model.

α Cronbach (1951); ω McDonald (1999, with the observed variance of the sum); CR and AVE Fornell & Larcker (1981); HTMT Henseler,
Ringle & Sarstedt (2015), HTMT2 with geometric means Roemer, Schuberth & Henseler (2021); MSV the largest squared correlation with another factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscase.core.errors import InputError
from crosscase.engines.sem.frames import frame_of
from crosscase.engines.sem.standardise import row_values, standardised

if TYPE_CHECKING:
    import pandas

    from crosscase.engines.sem.result import Fit

__all__ = ["FactorPair", "FactorQuality", "Validity", "descriptives", "htmt", "validity"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class FactorQuality:
    """One factor.  ``fornell_larcker``: √AVE exceeds every correlation with another factor."""

    name: str
    group: int
    items: int
    alpha: float
    omega: float
    cr: float
    ave: float
    msv: float | None
    fornell_larcker: bool
    lowest_loading: float

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class FactorPair:
    """Two factors: their correlation in the model, and HTMT with a bootstrap interval when draws were asked for."""

    first: str
    second: str
    group: int
    correlation: float
    htmt: float
    htmt2: float
    htmt_lower: float | None
    htmt_upper: float | None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Validity:
    """The usual table, factor by factor and pair by pair, with warnings in words."""

    factors: tuple[FactorQuality, ...]
    pairs: tuple[FactorPair, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "factors": [one.to_dict() for one in self.factors], "pairs": [one.to_dict() for one in self.pairs],
            "warnings": list(self.warnings),
        }  # fmt: skip

    def to_frame(self) -> pandas.DataFrame:
        """One row per factor."""
        return frame_of([one.to_dict() for one in self.factors])

    def _repr_html_(self) -> str:
        names = FactorQuality.__slots__
        head = "".join(f"<th scope='col'>{name}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(getattr(one, name)))}</td>" for name in names) + "</tr>"
            for one in self.factors
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def validity(fit: Fit, *, draws: int = 0, seed: int = 1, level: float = 0.95) -> Validity:
    """Reliability and validity of every factor that is measured by observed variables.

    Args:
        draws: bootstrap draws for the intervals of HTMT; none by default.

    Raises:
        InputError: no factor is measured by observed variables.
        AnalysisError: the fit did not converge.
    """
    specification = fit.problem.specification
    values = row_values(specification, fit.theta[None])
    standard = standardised(specification, fit.theta[None], values)[1][0]
    factors: list[FactorQuality] = []
    pairs: list[FactorPair] = []
    warnings: list[str] = []
    for group, (part, state, kernel) in enumerate(
        zip(fit.moments, fit.problem.states(fit.theta), specification.kernels, strict=True), start=1
    ):
        observed = list(kernel.observed)
        blocks: dict[str, list[int]] = {}
        for number, row in enumerate(specification.rows):
            if row.op == "=~" and row.group == group and row.rhs in observed:
                blocks.setdefault(row.lhs, []).append(number)
        if not blocks:
            raise InputError("no factor is measured by observed variables")
        names = list(blocks)
        place = [kernel.factors.index(name) for name in names]
        covariance = state.factor_covariance[0][np.ix_(place, place)]
        deviations = np.sqrt(np.diag(covariance))
        correlation = covariance / np.outer(deviations, deviations)
        theta = np.diag(kernel.matrices(fit.theta[None])["theta"][0])
        scales = np.ones(len(observed)) if state.scales is None else state.scales[0]
        for index, name in enumerate(names):
            items = [observed.index(specification.rows[number].rhs) for number in blocks[name]]
            loadings = values[0, blocks[name]] * scales[items]
            lam = standard[blocks[name]]
            s = part.covariance[np.ix_(items, items)]
            k = len(items)
            alpha = k / (k - 1) * (1 - np.trace(s) / s.sum()) if k > 1 else float("nan")
            common = float(loadings.sum() ** 2 * covariance[index, index])
            error = float((theta * scales**2)[items].sum())
            explained = float((loadings**2).sum() * covariance[index, index])
            others = np.delete(np.abs(correlation[index]), index)
            ave = explained / (explained + error)
            quality = FactorQuality(
                name, group, k, float(alpha), common / float(s.sum()),
                float(lam.sum() ** 2 / (lam.sum() ** 2 + (1 - lam**2).sum())), ave,
                float(others.max() ** 2) if others.size else None,
                bool((np.sqrt(max(ave, 0.0)) > others).all()), float(np.abs(lam).min()),
            )  # fmt: skip
            factors.append(quality)
            warnings += _remarks(quality)
        items_of = {name: [observed.index(specification.rows[number].rhs) for number in blocks[name]] for name in names}
        pairs += _pairs(names, correlation, items_of, part.covariance, part.values, group, draws, seed, level)
    return Validity(tuple(factors), tuple(pairs), tuple(warnings))


def _remarks(one: FactorQuality) -> list[str]:
    found = []
    if one.ave < 0.5:
        found.append(
            f"{one.name}: AVE {one.ave:.2f} is below 0.50, so errors explain more of its items than the factor does"
        )
    if one.cr < 0.7:
        found.append(f"{one.name}: composite reliability {one.cr:.2f} is below 0.70")
    if not one.fornell_larcker:
        found.append(f"{one.name}: the root of AVE does not exceed its correlations (Fornell–Larcker)")
    return found


def _pairs(
    names: list[str], correlation: Array, items: dict[str, list[int]], covariance: Array, values: Array | None, group: int,
    draws: int, seed: int, level: float,
) -> list[FactorPair]:  # fmt: skip
    point = htmt(covariance, list(items.values()))
    geometric = htmt(covariance, list(items.values()), geometric=True)
    low = high = None
    if draws and values is not None and not np.isnan(values).any():
        generator = np.random.default_rng(seed)
        sampled = np.array([
            htmt(np.cov(values[generator.integers(0, len(values), len(values))], rowvar=False), list(items.values())) for _ in range(draws)
        ])  # fmt: skip
        low, high = np.quantile(sampled, [(1 - level) / 2, (1 + level) / 2], axis=0)
    out = []
    for i, first in enumerate(names):
        for j in range(i + 1, len(names)):
            out.append(
                FactorPair(
                    first, names[j], group, float(correlation[i, j]), float(point[i, j]), float(geometric[i, j]),
                    None if low is None else float(low[i, j]), None if high is None else float(high[i, j]),
                )
            )  # fmt: skip
    return out


def htmt(covariance: Array, blocks: list[list[int]], *, geometric: bool = False) -> Array:
    """Heterotrait–monotrait ratios of absolute correlations: (blocks, blocks) with ones on the diagonal.

    With ``geometric`` means it is HTMT2, which needs no equal loadings.
    """
    deviations = np.sqrt(np.diag(covariance))
    r = np.abs(covariance / np.outer(deviations, deviations))

    def mean(values: Array) -> float:
        return float(np.exp(np.log(values).mean()) if geometric else values.mean())

    within = []
    for block in blocks:
        inside = r[np.ix_(block, block)][np.triu_indices(len(block), 1)]
        within.append(mean(inside) if inside.size else 1.0)
    out = np.eye(len(blocks))
    for i, one in enumerate(blocks):
        for j in range(i + 1, len(blocks)):
            out[i, j] = out[j, i] = mean(r[np.ix_(one, blocks[j])]) / np.sqrt(within[i] * within[j])
    return out


def descriptives(fit: Fit) -> dict[str, Any]:
    """Means and deviations of the factors' item averages, and the factor correlations with √AVE on the diagonal (group 1).

    Raises:
        InputError: the fit was made from moments only.
    """
    found = validity(fit)
    part = fit.moments[0]
    if part.values is None:
        raise InputError("descriptive statistics need the cases, not only their moments")
    specification = fit.problem.specification
    observed = list(specification.table.variables.observed)
    first = [one for one in found.factors if one.group == 1]
    names = [one.name for one in first]
    averages = []
    for name in names:
        items = [
            observed.index(row.rhs)
            for row in specification.rows
            if row.op == "=~" and row.lhs == name and row.group == 1 and row.rhs in observed
        ]
        averages.append(np.nanmean(part.values[:, items], axis=1))
    matrix = np.diag([float(np.sqrt(one.ave)) for one in first])
    for pair in found.pairs:
        if pair.group == 1:
            i, j = names.index(pair.first), names.index(pair.second)
            matrix[i, j] = matrix[j, i] = pair.correlation
    return {
        "names": names,
        "mean": [float(np.mean(values)) for values in averages],
        "sd": [float(np.std(values, ddof=1)) for values in averages],
        "matrix": matrix.tolist(),
    }
