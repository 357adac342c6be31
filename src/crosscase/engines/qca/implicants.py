"""Prime implicants as minimal hitting sets.

A term that covers a positive row keeps some of the row's literals.  It may not cover a row of the *off-set*, so among the
kept conditions there must be one in which the row differs from it, for every off-row.  The prime implicants that cover a
positive row are therefore the minimal sets of conditions that hit all its sets of differences.  Nothing else is needed
for multi-value conditions, and no table of all configurations is made.

The off-set is given as *cubes*: for each condition the levels that it allows, as bits.  For the parsimonious solution
these are the negative rows; for the conservative and the intermediate one the complement of what may be covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.engines.qca.expression import Expression, Literal, Not, Or, write
from crosscase.engines.qca.terms import Term

__all__ = [
    "Cubes",
    "Implicants",
    "complement",
    "cubes_of_expression",
    "cubes_of_rows",
    "cubes_of_terms",
    "everything",
    "prime_implicants",
    "rows_of",
    "without",
]

Words = NDArray[np.uint64]

#: Shape (cubes, conditions): the levels allowed, bit ``l`` for level ``l``; a condition has at most 64 levels.
Cubes = NDArray[np.uint64]

ONE = np.uint64(1)

#: Up to so many conditions all subsets of conditions are held at once, one bit per positive row (2^22 × 8 bytes).
DENSE = 22
#: Beyond that, a row with more minimal hitting sets than this has no practical answer.
SPARSE_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Implicants:
    """Prime implicants and the positive rows that they cover.

    ``masks`` (implicants,) has a bit for every condition kept, ``anchors`` (implicants,) a positive row that each covers,
    ``coverage`` (implicants, words) a bit for every positive row covered.
    """

    positives: NDArray[np.int64]
    masks: Words
    anchors: NDArray[np.int64]
    coverage: Words

    def __len__(self) -> int:
        return len(self.masks)

    def term(self, index: int) -> Term:
        mask, row = int(self.masks[index]), self.positives[self.anchors[index]]
        return tuple((i, int(row[i])) for i in range(self.positives.shape[1]) if mask >> i & 1)


def cubes_of_rows(rows: Sequence[Sequence[int]], levels: Sequence[int]) -> Cubes:
    """One cube per configuration."""
    table = np.array(rows, dtype=np.uint64).reshape(-1, len(levels))
    return np.left_shift(ONE, table)


def cubes_of_terms(terms: Iterable[Term], levels: Sequence[int]) -> Cubes:
    """One cube per term; a condition that the term leaves out allows all its levels."""
    full = [(1 << level) - 1 for level in levels]
    rows = []
    for term in terms:
        row = list(full)
        for i, level in term:
            row[i] = 1 << level
        rows.append(row)
    return np.array(rows, dtype=np.uint64).reshape(-1, len(levels))


def cubes_of_expression(expression: Expression, names: Sequence[str], levels: Sequence[int]) -> Cubes:
    """The configurations that an expression is true of, as cubes (they may overlap).

    Raises:
        NotFoundError: a condition that is not there.
        InputError: a level that is not there, or none for a multi-value condition.
    """
    if isinstance(expression, Literal):
        if expression.name not in names:
            raise NotFoundError("condition", expression.name, names, where=write(expression))
        i = list(names).index(expression.name)
        if expression.levels is None and levels[i] > 2:
            raise InputError(f"'{expression.name}' has {levels[i]} levels", mend=f"say which one: {expression.name}[1]")
        wanted = (1,) if expression.levels is None else expression.levels
        if max(wanted) >= levels[i]:
            raise InputError(
                f"'{expression.name}' has no level {max(wanted)}",
                where=write(expression),
                mend=f"its levels are 0 to {levels[i] - 1}",
            )
        cube = everything(levels)
        cube[0, i] = sum(1 << level for level in wanted)
        return cube
    if isinstance(expression, Not):
        return complement(cubes_of_expression(expression.part, names, levels), levels)
    parts = [cubes_of_expression(part, names, levels) for part in expression.parts]
    if isinstance(expression, Or):
        return np.concatenate(parts)
    result = parts[0]
    for part in parts[1:]:
        crossed = (result[:, None, :] & part[None, :, :]).reshape(-1, len(levels))
        result = crossed[(crossed != 0).all(axis=1)]
    return result


def rows_of(cubes: Cubes, levels: Sequence[int]) -> NDArray[np.int64]:
    """The numbers (from 1) of the configurations that some cube covers, in increasing order.

    The caller sees to it that there are few enough configurations to mark each.
    """
    marked = np.zeros(tuple(levels), dtype=bool)
    for cube in cubes:
        marked[
            np.ix_(*([level for level in range(levels[i]) if int(cube[i]) >> level & 1] for i in range(len(levels))))
        ] = True
    return np.flatnonzero(marked) + 1


def everything(levels: Sequence[int]) -> Cubes:
    """The one cube that covers all configurations."""
    return np.array([[(1 << level) - 1 for level in levels]], dtype=np.uint64)


def complement(cubes: Cubes, levels: Sequence[int]) -> Cubes:
    """What no cube covers, as disjoint cubes."""
    return without(everything(levels), cubes)


def without(rest: Cubes, cubes: Cubes) -> Cubes:
    """What some cubes cover and others do not (the disjoint sharp product); disjoint when ``rest`` is."""
    for cube in cubes:
        touched = ((rest & cube) != 0).all(axis=1)
        if not touched.any():
            continue
        pieces = [rest[~touched]]
        current = rest[touched]
        for i in range(rest.shape[1]):
            outside = current[:, i] & ~cube[i]
            split = outside != 0
            if split.any():
                piece = current[split].copy()
                piece[:, i] = outside[split]
                pieces.append(piece)
            current[:, i] &= cube[i]
        rest = np.concatenate(pieces)
    return rest


def prime_implicants(positives: NDArray[np.int64], off: Cubes, levels: Sequence[int]) -> Implicants:
    """All prime implicants that cover at least one positive row.

    Args:
        positives: shape (rows, conditions), whole numbers, no row twice.
        off: what may not be covered; disjoint from the positive rows.

    Raises:
        AnalysisError: there are too many to be listed (only with more than 22 conditions).
    """
    found = _dense(positives, off) if positives.shape[1] <= DENSE else _sparse(_differences(positives, off))
    return _merge(positives, levels, *found)


def _differences(positives: NDArray[np.int64], off: Cubes) -> Words:
    """For each positive row and off-cube the conditions in which they cannot agree, shape (rows, cubes)."""
    result = np.zeros((len(positives), len(off)), dtype=np.uint64)
    shifts = positives.astype(np.uint64)
    for i in range(positives.shape[1]):
        allowed = (off[None, :, i] >> shifts[:, i, None]) & ONE
        result |= (allowed ^ ONE) << np.uint64(i)
    return result


def _dense(positives: NDArray[np.int64], off: Cubes) -> tuple[Words, NDArray[np.int64]]:
    """Minimal hitting sets of each row's differences: (masks, rows).

    ``bad`` is indexed by a set of conditions left free; bit ``r`` says that row ``r`` differs from some off-cube in free
    conditions only.  A term is prime when its free conditions are not bad and adding any other makes them bad.
    """
    conditions = positives.shape[1]
    size = 1 << conditions
    all_masks, all_rows = [], []
    for start in range(0, len(positives), 64):
        batch = _differences(positives[start : start + 64], off)
        bad = np.zeros(size, dtype=np.uint64)
        for r, row in enumerate(batch):
            bad[np.unique(row).astype(np.int64)] |= ONE << np.uint64(r)
        for i in range(conditions):
            view = bad.reshape(-1, 2, 1 << i)
            view[:, 1, :] |= view[:, 0, :]
        used = np.uint64((1 << len(batch)) - 1)
        prime = ~bad & used
        for i in range(conditions):
            view, worse = prime.reshape(-1, 2, 1 << i), bad.reshape(-1, 2, 1 << i)
            view[:, 0, :] &= worse[:, 1, :]
        free = np.flatnonzero(prime)
        bits = np.unpackbits(prime[free].view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
        which, row_in_batch = np.nonzero(bits)
        all_masks.append((size - 1 - free[which]).astype(np.uint64))
        all_rows.append(row_in_batch + start)
    return np.concatenate(all_masks), np.concatenate(all_rows)


def _sparse(differences: Words) -> tuple[Words, NDArray[np.int64]]:
    all_masks, all_rows = [], []
    for r, row in enumerate(differences):
        hitting = minimal_hitting_sets(row)
        all_masks.append(hitting)
        all_rows.append(np.full(len(hitting), r, dtype=np.int64))
    return np.concatenate(all_masks), np.concatenate(all_rows)


def minimal_hitting_sets(edges: Words) -> Words:
    """Minimal hitting sets of some sets of up to 64 elements, by Berge's multiplication.

    Raises:
        AnalysisError: there are more than :data:`SPARSE_LIMIT`.
    """
    family = np.zeros(1, dtype=np.uint64)
    unique = np.unique(edges)
    order = np.argsort(np.bitwise_count(unique), kind="stable")
    kept: list[int] = []
    for edge in unique[order]:
        if any(smaller & int(edge) == smaller for smaller in kept):
            continue
        kept.append(int(edge))
        hit = (family & edge) != 0
        good, rest = family[hit], family[~hit]
        grown = []
        for i in range(64):
            bit = ONE << np.uint64(i)
            if not edge & bit:
                continue
            candidates = rest | bit
            rivals = good[(good & bit) != 0]
            minimal = np.ones(len(candidates), dtype=bool)
            for rival in rivals:
                minimal &= (candidates & rival) != rival
            grown.append(candidates[minimal])
        family = np.concatenate([good, *grown])
        if len(family) > SPARSE_LIMIT:
            raise AnalysisError(
                f"one row has more than {SPARSE_LIMIT} prime implicants",
                mend="with so many conditions for so few cases, leave out some conditions",
            )
    return family


def _merge(positives: NDArray[np.int64], levels: Sequence[int], masks: Words, rows: NDArray[np.int64]) -> Implicants:
    """One implicant for all the rows that it was found from; those rows are what it covers."""
    keys = [masks]
    field, used = np.zeros(len(masks), dtype=np.uint64), 0
    for i, level in enumerate(levels):
        width = max(1, (level - 1).bit_length())
        if used + width > 64:
            keys.append(field)
            field, used = np.zeros(len(masks), dtype=np.uint64), 0
        kept = (masks >> np.uint64(i)) & ONE
        field = field | ((kept * positives[rows, i].astype(np.uint64)) << np.uint64(used))
        used += width
    keys.append(field)
    order = np.lexsort(keys[::-1])
    changed = np.zeros(len(masks), dtype=bool)
    if len(masks):
        changed[0] = True
    for key in keys:
        sorted_key = key[order]
        changed[1:] |= sorted_key[1:] != sorted_key[:-1]
    first = np.flatnonzero(changed)
    sorted_rows = rows[order]
    words = (len(positives) + 63) // 64
    coverage = np.zeros((len(first), words), dtype=np.uint64)
    for word in range(words):
        inside = sorted_rows // 64 == word
        bits = np.where(inside, ONE << (sorted_rows % 64).astype(np.uint64), np.uint64(0))
        if len(first):
            coverage[:, word] = np.bitwise_or.reduceat(bits, first)
    return Implicants(positives, masks[order][first], sorted_rows[first], coverage)
