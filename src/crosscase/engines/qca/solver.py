"""Minimum cover by prices, local search and HiGHS.

The *price* of a row is its dual value in the linear relaxation: whatever covers some rows takes at least the sum of
their prices.  A cover of a wanted size comes from a local search with row weights (after Gao, Weise & Li 2015); that there
is none comes from the prices, or from HiGHS.  Not here: all covers (``search``).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscase.engines.qca.bits import elements, matrix_of

__all__ = [
    "SLACK",
    "Prices",
    "ascent",
    "cover_of_size",
    "greedy",
    "local_search",
    "minimum_cover",
    "relaxation",
    "undominated",
]

SLACK = 1e-6
#: Steps of a local search; nodes of HiGHS when it decides about one class.
LOCAL_STEPS = 1500
DECIDE_NODES = 60
#: A proof that no smaller cover exists is tried up to so many rows × classes, with so many nodes times that.
PROOF_SIZE, PROOF_WORK = 300_000, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of the rows, with tables that add them up for a set of rows, eight at a time."""

    total: float
    vector: NDArray[np.float64]
    tables: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, vector: NDArray[np.float64]) -> Prices:
        tables = []
        for start in range(0, len(vector), 8):
            part = vector[start : start + 8]
            table = [0.0] * 256
            for bits in range(1, 1 << len(part)):
                low = (bits & -bits).bit_length() - 1
                table[bits] = table[bits & (bits - 1)] + float(part[low])
            tables.append(tuple(table))
        return cls(float(vector.sum()), vector, tuple(tables))

    def value(self, rows: int) -> float:
        """A lower bound for the number of classes that it takes to cover these rows."""
        total = 0.0
        for table in self.tables:
            total += table[rows & 255]
            rows >>= 8
        return total


def undominated(classes: list[int], among: list[int] | None = None) -> list[int]:
    """Classes of which no other covers all the rows; of equal ones the first."""
    order = sorted(range(len(classes)) if among is None else among, key=lambda c: (-classes[c].bit_count(), c))
    order = [c for c in order if classes[c]]
    if not order:
        return []
    words = (max(classes[c].bit_length() for c in order) + 63) // 64
    mask = (1 << 64) - 1
    table = np.array([[classes[c] >> (64 * w) & mask for w in range(words)] for c in order], dtype=np.uint64)
    alive = np.ones(len(order), dtype=bool)
    for i in range(len(order)):
        if alive[i]:
            inside = ((table[i + 1 :] & ~table[i]) == 0).all(axis=1)
            alive[i + 1 :] &= ~inside
    return [order[int(i)] for i in np.flatnonzero(alive)]


def ascent(classes: list[int], columns: list[int]) -> Prices:
    """Prices without a solver: rows with few candidates first take what their classes have left."""
    slack = [1.0] * len(classes)
    prices = np.zeros(len(columns))
    for row in sorted(range(len(columns)), key=lambda r: columns[r].bit_count()):
        members = list(elements(columns[row]))
        price = min(slack[c] for c in members)
        if price > 0:
            prices[row] = price
            for c in members:
                slack[c] -= price
    return Prices.of(prices)


def relaxation(classes: list[int], rows: int, among: list[int]) -> NDArray[np.float64]:
    """Prices from the linear relaxation over some classes that between them cover ``rows``; 0 for other rows.

    The solver's prices are feasible up to its tolerance; they are made feasible exactly, so that they bound exactly.
    """
    from scipy.optimize import linprog

    width = max(classes[c].bit_length() for c in among)
    chosen = list(elements(rows))
    matrix = matrix_of([classes[c] for c in among], width)[:, chosen].astype(np.float64)
    solved = linprog(np.ones(len(among)), A_ub=-matrix.T, b_ub=-np.ones(len(chosen)), bounds=(0, None), method="highs")
    prices = np.zeros(width)
    if solved.status == 0:
        own = np.maximum(0.0, -solved.ineqlin.marginals)
        prices[chosen] = own / max(1.0, float((matrix @ own).max()))
    return prices


def greedy(classes: list[int], rows: int) -> tuple[int, ...]:
    """Always the class that covers most of what is left, then without those that are not needed."""
    uncovered = rows
    chosen: list[int] = []
    while uncovered:
        c = max(range(len(classes)), key=lambda c: (classes[c] & uncovered).bit_count())
        chosen.append(c)
        uncovered &= ~classes[c]
    for c in list(chosen):
        rest = 0
        for other in chosen:
            if other != c:
                rest |= classes[other]
        if rest & rows == rows:
            chosen.remove(c)
    return tuple(chosen)


def minimum_cover(
    classes: list[int], rows: int, prices: Prices, start: tuple[int, ...]
) -> tuple[tuple[int, ...], bool]:
    """A cover with the least number of classes, given a first one; and whether it is proved that none is smaller.

    The proof is tried where HiGHS can be expected to end; a chart of hundreds of rows and thousands of classes is not.
    """
    best = start
    kept = undominated([c & rows for c in classes])
    lower = math.ceil(prices.total - SLACK)
    while len(best) > lower:
        found = local_search(classes, rows, kept, len(best) - 1, LOCAL_STEPS)
        if found is None:
            break
        best = found
    if len(best) <= lower:
        return best, True
    below = len(best) - 1
    affordable = [c for c in kept if prices.total + 1 - prices.value(classes[c] & rows) <= below + SLACK]
    work = rows.bit_count() * len(affordable)
    if work > PROOF_SIZE:
        return best, False
    found, decided = _highs(classes, rows, affordable, below, PROOF_WORK // max(1, work))
    if found is not None:
        return minimum_cover(classes, rows, prices, found)
    return best, decided


def cover_of_size(
    classes: list[int], rows: int, size: int, kept: list[int], prices: Prices
) -> tuple[tuple[int, ...] | None, bool]:
    """A cover of ``rows`` with at most ``size`` of the kept classes; and whether ``None`` means that there is none."""
    if not rows:
        return (), True
    total = prices.value(rows)
    affordable = [c for c in kept if total + 1 - prices.value(classes[c] & rows) <= size + SLACK]
    if size <= 0 or total > size + SLACK or rows & ~bits_union(classes, affordable):
        return None, True
    return _highs(classes, rows, affordable, size, DECIDE_NODES)


def local_search(
    classes: list[int], rows: int, kept: list[int], size: int, steps: int, seed: int = 1
) -> tuple[int, ...] | None:
    """A cover of ``rows`` with ``size`` of the kept classes, or ``None`` when none was met.

    A set of ``size`` classes is changed one for one; rows that stay uncovered grow heavier.  The random choices have a
    fixed seed, so the answer depends on the arguments alone; another seed starts from another set.
    """
    if size >= len(kept):
        return tuple(kept) if bits_union(classes, kept) & rows == rows else None
    chooser = random.Random(seed)
    chosen_rows = list(elements(rows))
    table = matrix_of([classes[c] & rows for c in kept], rows.bit_length())[:, chosen_rows]
    values = table.astype(np.float64)
    by_row = [np.flatnonzero(table[:, r]) for r in range(len(chosen_rows))]
    if any(not len(candidates) for candidates in by_row):
        return None
    weights = np.ones(len(chosen_rows))
    counts = np.zeros(len(chosen_rows), dtype=np.int64)
    inside: list[int] = []
    touched = np.full(len(kept), -1)
    for _ in range(size):
        gain = values @ (counts == 0)
        if seed != 1:
            gain = gain * np.array([0.6 + 0.4 * chooser.random() for _ in kept])
        gain[inside] = -1.0
        best = int(gain.argmax())
        inside.append(best)
        counts += table[best]
    for step in range(steps):
        if counts.all():
            return tuple(sorted(kept[i] for i in inside))
        single = weights * (counts == 1)
        loss = values[inside] @ single
        worst = min(range(size), key=lambda k: (loss[k], touched[inside[k]]))
        out = inside.pop(worst)
        counts -= table[out]
        touched[out] = step
        uncovered = np.flatnonzero(counts == 0)
        row = int(uncovered[chooser.randrange(len(uncovered))]) if len(uncovered) else 0
        candidates = by_row[row]
        gain = values[candidates] @ (weights * (counts == 0))
        gain[touched[candidates] == step] = -1.0
        top = candidates[gain >= gain.max() - 1e-12]
        pick = int(top[np.argmin(touched[top])])
        if pick in inside:  # only when nothing is left uncovered
            pick = out
        inside.append(pick)
        counts += table[pick]
        touched[pick] = step
        weights[counts == 0] += 1.0
    return None


def bits_union(classes: list[int], chosen: list[int]) -> int:
    result = 0
    for c in chosen:
        result |= classes[c]
    return result


def _highs(
    classes: list[int], rows: int, kept: list[int], size: int, nodes: int
) -> tuple[tuple[int, ...] | None, bool]:
    """HiGHS: a cover of at most ``size`` classes, or that there is none, or (second value) neither."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not kept or rows & ~bits_union(classes, kept):
        return None, True
    chosen_rows = list(elements(rows))
    matrix = matrix_of([classes[c] & rows for c in kept], rows.bit_length())[:, chosen_rows].T.astype(np.float64)
    cost = np.ones(len(kept))
    solved = milp(
        cost,
        constraints=[LinearConstraint(matrix, lb=1), LinearConstraint(cost[None, :], ub=size)],
        integrality=np.ones(len(kept), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"node_limit": nodes},
    )
    if solved.x is not None:
        return tuple(kept[int(j)] for j in np.flatnonzero(solved.x > 0.5)), True
    return None, solved.status == 2
