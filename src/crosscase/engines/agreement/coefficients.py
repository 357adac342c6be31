"""Cohen's kappa and Krippendorff's alpha for values that exclude each other: one value a unit and coder.

Codes that may overlap are yes/no decisions a code; :mod:`.codes` does all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crosscase.compute import replicate
from crosscase.core.errors import InputError
from crosscase.core.results import Caution, Tabular, check_level

Floats = NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True, slots=True, eq=False)
class Coefficient(Tabular):
    """A coefficient with what it was made from.  ``value`` is ``None`` where nothing varies, so that none exists."""

    name: str
    value: float | None
    observed: float
    expected: float
    categories: tuple[Any, ...]
    table: Floats
    units: int
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("coefficient", "value", "lower", "upper", "observed", "expected", "units")

    def rows(self) -> list[tuple[Any, ...]]:
        return [(self.name, self.value, self.lower, self.upper, self.observed, self.expected, self.units)]


def cohen_kappa(first: Sequence[Any], second: Sequence[Any]) -> Coefficient:
    """Cohen's kappa of two coders with values that exclude each other (Cohen, 1960, eq. 1).

    ``None`` and NaN are missing: a unit that one coder left out does not count.  ``observed`` and ``expected`` are
    shares of agreement; ``table`` holds counts, the first coder in rows.

    >>> cohen_kappa("aabb", "aaab").value
    0.5

    Raises:
        InputError: sequences of different lengths, or no unit with two values.
    """
    if len(first) != len(second):
        raise InputError(f"one coder has {len(first)} units, the other {len(second)}", mend="give both the same units")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if not (_missing(a) or _missing(b))]
    if not pairs:
        raise InputError("no unit was coded by both coders", mend="give units that both have coded")
    categories = tuple(sorted({value for pair in pairs for value in pair}, key=lambda value: (str(type(value)), value)))
    index = {value: number for number, value in enumerate(categories)}
    table = np.zeros((len(categories), len(categories)))
    for a, b in pairs:
        table[index[a], index[b]] += 1
    shares = table / len(pairs)
    observed = float(np.trace(shares))
    expected = float(shares.sum(axis=1) @ shares.sum(axis=0))
    if expected >= 1.0:
        caution = Caution("no-variation", "both coders gave one and the same value to every unit: kappa does not exist")
        return Coefficient("kappa", None, observed, expected, categories, table, len(pairs), cautions=(caution,))
    value = (observed - expected) / (1 - expected)
    return Coefficient("kappa", value, observed, expected, categories, table, len(pairs))


def krippendorff_alpha(
    values: Sequence[Sequence[Any]],
    *,
    metric: Metric = "nominal",
    draws: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> Coefficient:
    """Krippendorff's alpha for any number of coders, with missing values (Krippendorff, 2011, "Computing
    Krippendorff's Alpha-Reliability", section C).

    Args:
        values: a sequence a coder, of one value a unit; ``None`` and NaN are missing.
        metric: nominal, ordinal, interval or ratio; the last three need numbers.
        draws: draws of the bootstrap of Hayes and Krippendorff (2007): pairs of values are drawn from the coincidence
            matrix while the expected disagreement stays as it is.  None when 0.
        seed: the seed of the draws.
        level: coverage of the interval.

    ``observed`` and ``expected`` are disagreements; ``table`` is the coincidence matrix.

    Raises:
        InputError: fewer than two coders, ragged values, nothing to pair, or words with a numeric metric.
    """
    check_level(level)
    if len(values) < 2:
        raise InputError("alpha needs at least two coders", mend="give a row of values for each coder")
    if len({len(row) for row in values}) != 1:
        raise InputError("the coders have different numbers of units", mend="give None where a coder left a unit out")
    present = {value for row in values for value in row if not _missing(value)}
    if metric != "nominal" and any(isinstance(value, str) for value in present):
        raise InputError(f"the {metric} metric needs numbers", mend="use metric='nominal' for names")
    categories = tuple(sorted(present, key=lambda value: (str(type(value)), value) if metric == "nominal" else value))
    table, units = _coincidences(values, categories)
    total = float(table.sum())
    if units == 0:
        raise InputError("no unit was coded by two coders", mend="give units that several coders have coded")
    margins = table.sum(axis=0)
    distance = _DISTANCES[metric](categories, margins)
    observed = float((table * distance).sum() / total)
    expected = float(margins @ distance @ margins / (total * (total - 1)))
    if expected == 0.0:
        caution = Caution("no-variation", "every value is the same: alpha does not exist")
        return Coefficient("alpha", None, observed, expected, categories, table, units, cautions=(caution,))
    lower, upper = (None, None)
    if draws:
        lower, upper = _pair_bootstrap(table, distance, expected, draws, seed, level)
    return Coefficient(
        "alpha",
        1 - observed / expected,
        observed,
        expected,
        categories,
        table,
        units,
        lower,
        upper,
        level if draws else None,
    )


def _coincidences(values: Sequence[Sequence[Any]], categories: tuple[Any, ...]) -> tuple[Floats, int]:
    index = {value: number for number, value in enumerate(categories)}
    counts = np.zeros((len(values[0]), len(categories)))
    for row in values:
        for unit, value in enumerate(row):
            if not _missing(value):
                counts[unit, index[value]] += 1
    sizes = counts.sum(axis=1)
    counts, sizes = counts[sizes >= 2], sizes[sizes >= 2]
    weighted = counts / (sizes - 1)[:, None]
    return weighted.T @ counts - np.diag(weighted.sum(axis=0)), len(sizes)


def _pair_bootstrap(
    table: Floats, distance: Floats, expected: float, draws: int, seed: int, level: float
) -> tuple[float, float]:
    """Hayes and Krippendorff (2007, p. 80-81): as many pairs as the data hold, drawn by the observed coincidences."""
    pairs = max(1, round(float(table.sum()) / 2))
    shares = (table / table.sum()).ravel()

    def draw(generators: Sequence[Any]) -> list[float]:
        return [
            max(-1.0, 1 - float(rng.multinomial(pairs, shares) @ distance.ravel()) / pairs / expected)
            for rng in generators
        ]

    found = np.array(replicate(draw, draws, seed=seed).successes)
    tail = (1 - level) / 2
    lower, upper = np.quantile(found, [tail, 1 - tail])
    return float(lower), float(upper)


def _nominal(categories: tuple[Any, ...], margins: Floats) -> Floats:
    return 1.0 - np.eye(len(categories))


def _ordinal(categories: tuple[Any, ...], margins: Floats) -> Floats:
    ranks = np.cumsum(margins) - margins / 2
    return np.asarray((ranks[:, None] - ranks[None, :]) ** 2)


def _interval(categories: tuple[Any, ...], margins: Floats) -> Floats:
    numbers = np.array(categories, dtype=float)
    return np.asarray((numbers[:, None] - numbers[None, :]) ** 2)


def _ratio(categories: tuple[Any, ...], margins: Floats) -> Floats:
    numbers = np.array(categories, dtype=float)
    if np.any(numbers < 0):
        raise InputError("the ratio metric needs values of at least 0", mend="use metric='interval'")
    sums = numbers[:, None] + numbers[None, :]
    return np.asarray((np.subtract.outer(numbers, numbers) / np.where(sums == 0, 1.0, sums)) ** 2)


_DISTANCES: dict[str, Callable[[tuple[Any, ...], Floats], Floats]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _ratio,
}


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)
