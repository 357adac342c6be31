"""Do two small groups differ?  A permutation test with effect sizes: exact where that is feasible.

With the few cases of a case study, a t-test's assumptions cannot be checked and often no grouping could reach a small p
value; ``smallest_p`` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from crosscase.compute import replicate
from crosscase.core.errors import AnalysisError, InputError
from crosscase.core.results import Caution, Tabular
from crosscase.engines.regression.data import Floats

#: Up to so many regroupings are all looked at.
EXACT_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class GroupDifference(Tabular):
    """The difference between two groups, a minus b.

    ``p_value`` is two-sided, for the difference of the means; ``p_greater`` is for the one-sided claim that a is larger,
    ``p_less`` that b is, to be used only where the claim named the direction beforehand.  ``exact`` tells whether all ``regroupings`` were
    looked at or so many drawn at random.  ``smallest_p`` is the least p value that any grouping of these values
    could have given (exact tests only).  ``hedges_g`` is ``None`` when nothing varies inside the groups.
    ``cliffs_delta`` is the share of pairs in which a is larger, less the share in which b is (−1 to 1).
    """

    n_a: int
    n_b: int
    mean_a: float
    mean_b: float
    median_a: float
    median_b: float
    difference: float
    p_value: float
    p_greater: float
    p_less: float
    exact: bool
    regroupings: int
    smallest_p: float | None
    hedges_g: float | None
    cliffs_delta: float
    seed: int
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("n_a", "n_b", "mean_a", "mean_b", "difference", "p_value", "exact", "hedges_g", "cliffs_delta")

    def rows(self) -> list[tuple[Any, ...]]:
        return [tuple(getattr(self, name) for name in self.columns())]


def compare_groups(
    values_a: Sequence[float | None], values_b: Sequence[float | None], *, seed: int = 0, draws: int = 9_999
) -> GroupDifference:
    """Compare two groups by a permutation test of the difference of their means.

    Exact (every regrouping) when there are at most 20,000 regroupings, otherwise ``draws`` random ones, with the
    observed grouping counted as one of them (Phipson and Smyth, 2010).  Missing values (``None``, NaN) are left out.

    >>> result = compare_groups([4, 5, 6], [1, 2, 3], seed=1)
    >>> result.p_value, result.smallest_p, result.cliffs_delta
    (0.1, 0.1, 1.0)

    Raises:
        AnalysisError: a group without values.
        InputError: a value that is not a number.
    """
    a, b = _present(values_a, "a"), _present(values_b, "b")
    difference = float(a.mean() - b.mean())
    pooled = np.concatenate([a, b])
    total = comb(len(pooled), len(a))
    # Sums of doubles in another order differ in the last digits: what is equal but for that counts as equal.
    slack = 1e-9 * max(1.0, float(np.abs(pooled).max()))
    smallest: float | None = None
    if total <= EXACT_LIMIT:
        chosen = np.array(list(combinations(range(len(pooled)), len(a))))
        found = _differences(pooled[chosen].sum(axis=1), pooled, len(a))
        smallest = float(np.mean(np.abs(found) >= np.abs(found).max() - slack))
        count, extra = total, 0
    else:
        found = _random(pooled, len(a), draws, seed)
        count, extra = draws, 1
    p_value, p_greater, p_less = (
        float((extra + np.sum(side >= value - slack)) / (extra + count))
        for side, value in ((np.abs(found), abs(difference)), (found, difference), (-found, -difference))
    )
    return GroupDifference(
        len(a),
        len(b),
        float(a.mean()),
        float(b.mean()),
        float(np.median(a)),
        float(np.median(b)),
        difference,
        p_value,
        p_greater,
        p_less,
        total <= EXACT_LIMIT,
        count,
        smallest,
        hedges_g(a, b),
        cliffs_delta(a, b),
        seed,
        _cautions(values_a, values_b, a, b, smallest),
    )


def hedges_g(a: Floats, b: Floats) -> float | None:
    """The difference of means in pooled standard deviations, corrected for small samples (Hedges, 1981)."""
    freedom = len(a) + len(b) - 2
    if freedom < 1:
        return None
    pooled = (((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / freedom
    if pooled == 0:
        return None
    return float((a.mean() - b.mean()) / np.sqrt(pooled) * (1 - 3 / (4 * freedom - 1)))


def cliffs_delta(a: Floats, b: Floats) -> float:
    """Share of pairs with a > b less share with a < b (Cliff, 1993)."""
    return float(np.sign(a[:, None] - b[None, :]).mean())


def _cautions(
    values_a: Sequence[Any], values_b: Sequence[Any], a: Floats, b: Floats, smallest: float | None
) -> tuple[Caution, ...]:
    cautions = []
    lost = len(values_a) + len(values_b) - len(a) - len(b)
    if lost:
        cautions.append(Caution("missing", f"{lost} values are missing and were left out"))
    if min(len(a), len(b)) == 1:
        cautions.append(Caution("one-case", "a group has a single case"))
    if smallest is not None and smallest > 0.05:
        message = f"with {len(a)} and {len(b)} cases no grouping of these values could give p below {smallest:.3g}"
        cautions.append(Caution("cannot-differ", message))
    return tuple(cautions)


def _present(values: Sequence[float | None], name: str) -> Floats:
    try:
        numbers = np.array([np.nan if value is None else float(value) for value in values], dtype=float)
    except (TypeError, ValueError):
        raise InputError("a value is not a number", where=f"group {name}", mend="give numbers, or None") from None
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        raise AnalysisError("there are no values to compare", where=f"group {name}", mend="give at least one value")
    return np.asarray(numbers)


def _differences(sums: Floats, pooled: Floats, size: int) -> Floats:
    return np.asarray(sums / size - (pooled.sum() - sums) / (len(pooled) - size))


def _random(pooled: Floats, size: int, draws: int, seed: int) -> Floats:
    def draw(generators: Sequence[Any]) -> list[float]:
        sums = np.array([rng.permutation(pooled)[:size].sum() for rng in generators])
        return [float(value) for value in _differences(sums, pooled, size)]

    return np.array(replicate(draw, draws, seed=seed).successes)
