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

from crosscase.engines.qca.bits import bits_of, elements, matrix_of

__all__ = [
    "SLACK",
    "Core",
    "Prices",
    "ascent",
    "branched",
    "core_of",
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
#: Steps of branching before a solver is asked.
BRANCHES = 300
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
            table = np.zeros(1)
            for price in vector[start : start + 8]:
                table = np.concatenate([table, table + price])
            tables.append(tuple(table.tolist()))
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


@dataclass(frozen=True, slots=True)
class Core:
    """What is left of a chart when nothing in it is settled (McCluskey 1956).

    ``taken`` are classes that some smallest cover has, ``paid`` one row for each that no other class left covers: prices of 1
    for them bound the whole chart.  ``rows`` still have to be covered, as bits, by some of ``kept``.
    """

    taken: tuple[int, ...]
    paid: tuple[int, ...]
    rows: int
    kept: list[int]


def core_of(classes: list[int], columns: list[int], rows: int) -> Core:
    """Take a class that alone covers a row, drop classes and rows that another stands for, and again."""
    taken: list[int] = []
    paid: list[int] = []
    kept = list(range(len(classes)))
    while rows:
        kept = undominated([c & rows for c in classes], kept)
        alive = bits_of(kept)
        candidates = {row: columns[row] & alive for row in elements(rows)}
        sole = {c.bit_length() - 1: row for row, c in candidates.items() if not c & (c - 1)}
        if sole:
            taken += sole
            paid += sole.values()
            rows &= ~bits_union(classes, list(sole))
            continue
        needed: list[int] = []
        for row in sorted(candidates, key=lambda row: (candidates[row].bit_count(), row)):
            if all(candidates[other] & ~candidates[row] for other in needed):
                needed.append(row)
        if len(needed) == len(candidates):
            break
        rows = bits_of(needed)
    return Core(tuple(taken), tuple(paid), rows, kept if rows else [])


def ascent(columns: list[int], core: Core) -> NDArray[np.float64]:
    """Prices of the rows of a core without a solver: rows with few candidates first take what their classes have left."""
    alive = bits_of(core.kept)
    slack = dict.fromkeys(core.kept, 1.0)
    prices = np.zeros(len(columns))
    for row in sorted(elements(core.rows), key=lambda row: (columns[row] & alive).bit_count()):
        members = list(elements(columns[row] & alive))
        price = min(slack[c] for c in members)
        if price > 0:
            prices[row] = price
            for c in members:
                slack[c] -= price
    return prices


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


def greedy(classes: list[int], rows: int, among: list[int]) -> tuple[int, ...]:
    """Always the class that covers most of what is left, then without those that are not needed."""
    uncovered = rows
    chosen: list[int] = []
    while uncovered:
        c = max(among, key=lambda c: (classes[c] & uncovered).bit_count())
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
    classes: list[int], rows: int, kept: list[int], prices: Prices, start: tuple[int, ...]
) -> tuple[tuple[int, ...], bool]:
    """A cover with the least number of the kept classes, given a first one; and whether it is proved that none is smaller.

    The proof is tried where HiGHS can be expected to end; a chart of hundreds of rows and thousands of classes is not.
    """
    best = start
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
        return minimum_cover(classes, rows, kept, prices, found)
    return best, decided


def branched(
    classes: list[int], columns: list[int], core: Core, prices: Prices, start: tuple[int, ...]
) -> tuple[tuple[int, ...], bool]:
    """A smaller cover of a core by branching on the row with fewest candidates; and whether none is smaller than it.

    For the small charts of which most analyses are, where a solver takes longer to start than this to end.
    """
    steps = BRANCHES

    def walk(rows: int, chosen: tuple[int, ...], alive: int, size: int) -> tuple[int, ...] | None:
        nonlocal steps
        steps -= 1
        if not rows or steps < 0:
            return None if rows else chosen
        row = min(elements(rows), key=lambda row: (columns[row] & alive).bit_count())
        for c in elements(columns[row] & alive):
            alive &= ~(1 << c)
            rest = rows & ~classes[c]
            if len(chosen) + 1 + prices.value(rest) <= size + SLACK and (len(chosen) + 1 < size or not rest):
                found = walk(rest, (*chosen, c), alive, size)
                if found is not None or steps < 0:
                    return found
        return None

    best = start
    while len(best) > math.ceil(prices.total - SLACK):
        found = walk(core.rows, (), bits_of(core.kept), len(best) - 1)
        if found is None:
            return best, steps >= 0
        best = found
    return best, True


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
