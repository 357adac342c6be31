"""Where the entries of a Hessian come from: one table of indices per model, so that a Hessian is a few gathers and products.

Every entry is a sum of products of elements of ZᵀWZ and ZᵀQZ, and, for the model's own curvature, of ZᵀQZ with elements of
M = (I − B)⁻¹ and C = M Ψ Mᵀ (the notation of :mod:`.kernel`).  Half of the symmetric matrix is computed.  The batch runs last
while it is: each element of the small matrices is then one contiguous row.  Nothing here knows data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Pairs"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs k ≤ l of covariance cells.

    Attributes:
        aa, bb, ab, ba: for each pair the place in a flat ZᵀWZ of the form between the columns a or b of k and those of l.
        weight: w_k w_l.
        full: (cells, cells), the pair of each entry of the full matrix.
        curved: the pairs that have curvature.
        starts: where the terms of each of them begin in the following three.
        form, factor: for each term the place in a flat ZᵀQZ, and in M followed by C.
        scale: of each term.
    """

    aa: Array
    bb: Array
    ab: Array
    ba: Array
    weight: Array
    full: Array
    curved: Array
    starts: Array
    form: Array
    factor: Array
    scale: Array

    @classmethod
    def of(
        cls, left: Array, right: Array, weight: Array, cells: Sequence[tuple[str, int, int]], reach: Array, p: int
    ) -> Pairs:
        """The tables of a model.

        Args:
            left, right, weight: a, b and w of each cell.
            cells: the matrix, row and column of each.
            reach: (m, m), where M can differ from zero.
            p: the number of observed variables.
        """
        size = p + 2 * reach.shape[0]
        k, l = np.triu_indices(left.size)  # noqa: E741
        full = np.empty((left.size, left.size), dtype=int)
        full[k, l] = full[l, k] = np.arange(k.size)
        terms = _curvature(left, right, weight, cells, reach, p)
        pair = full[terms[0], terms[1]]
        order = np.argsort(pair, kind="stable")
        pair = pair[order]
        starts = np.flatnonzero(np.diff(pair, prepend=-1))
        return cls(
            left[k] * size + left[l], right[k] * size + right[l], left[k] * size + right[l], right[k] * size + left[l],
            weight[k] * weight[l], full, pair[starts], starts, *(one[order] for one in terms[2:]),
        )  # fmt: skip

    def expected(self, zwz: Array) -> Array:
        """½ tr(W ∂ₖΣ W ∂ₗΣ): (pairs, b)."""
        w = _batch_last(zwz)
        half = w[self.aa] * w[self.bb]
        half += w[self.ab] * w[self.ba]
        half *= self.weight[:, None]
        return np.asarray(half)

    def half(self, zwz: Array, zqz: Array) -> Array:
        """½ tr(W ∂ₖΣ W ∂ₗΣ) − tr(W ∂ₖΣ Q ∂ₗΣ): (pairs, b)."""
        w, q = _batch_last(zwz), _batch_last(zqz)
        h = w - q
        half = w[self.aa] * h[self.bb]
        half += w[self.ab] * h[self.ba]
        half -= w[self.bb] * q[self.aa]
        half -= w[self.ba] * q[self.ab]
        half *= self.weight[:, None]
        return np.asarray(half)

    def add_curvature(self, half: Array, zqz: Array, total: Array, covariance: Array) -> None:
        """Add ½ tr(Q ∂²ₖₗΣ) to ``half``; ``total`` is M, ``covariance`` C, each (b, m, m)."""
        if self.starts.size:
            factors = np.concatenate([_batch_last(total), _batch_last(covariance)])
            terms = _batch_last(zqz)[self.form]
            terms *= factors[self.factor]
            terms *= self.scale[:, None]
            half[self.curved] += np.add.reduceat(terms, self.starts, axis=0)

    def matrix(self, half: Array) -> Array:
        """(b, cells, cells) from (pairs, b)."""
        return np.asarray(np.ascontiguousarray(half.T)[:, self.full])


def _batch_last(matrices: Array) -> Array:
    return np.ascontiguousarray(matrices.reshape(matrices.shape[0], -1).T)


def _curvature(
    left: Array, right: Array, weight: Array, cells: Sequence[tuple[str, int, int]], reach: Array, p: int
) -> list[Array]:
    """The terms of ½ tr(Q ∂²ₖₗΣ): k ≤ l, place in ZᵀQZ, place in M and C, scale.

    It is w_k [(∂a_k/∂l)ᵀ Q b_k + a_kᵀ Q ∂b_k/∂l].  The columns of Z move by ∂T[:, c]/∂l = a_l M[j_l, c] for loadings and
    regressions l, which stand in row i and column j; and P[:, c] by a_l C[j_l, c] for them, by b_l M[c, i_l] too for
    regressions, and by w_l (a_l M[c, j_l] + b_l M[c, i_l]) for factor covariances.
    """
    m = reach.shape[0]
    size = p + 2 * m
    row, column = (np.array([cell[index] for cell in cells], dtype=int) for index in (1, 2))
    loading, regression, factor = (
        np.array([index for index, cell in enumerate(cells) if cell[0] in kinds], dtype=int)
        for kinds in (("lambda", "beta"), ("beta",), ("psi",))
    )
    found: list[tuple[Array, ...]] = []

    def add(k: Array, l: Array, other: Array, side: Array, place: Array, scale: Array | None, moved: bool) -> None:  # noqa: E741
        """Terms of the pairs of ``k`` and ``l`` above the diagonal; ``moved`` says that the element is one of M, and may be zero."""
        keep = k[:, None] <= l
        if moved:
            keep &= reach.ravel()[place]
        first, second = keep.nonzero()
        cell = k[first]
        factor = weight[cell] if scale is None else weight[cell] * scale[second]
        form = other[cell] * size + side[l][second]
        found.append((cell, l[second], form, place[first, second] + (0 if moved else m * m), factor))

    for anchor, other in ((left, right), (right, left)):
        k = np.flatnonzero((anchor >= p) & (anchor < p + m))
        if k.size:
            add(k, loading, other, left, column[loading] * m + (anchor[k] - p)[:, None], None, True)
        k = np.flatnonzero(anchor >= p + m)
        if not k.size:
            continue
        c = (anchor[k] - p - m)[:, None]
        add(k, loading, other, left, column[loading] * m + c, None, False)
        add(k, factor, other, left, c * m + column[factor], weight[factor], True)
        add(k, factor, other, right, c * m + row[factor], weight[factor], True)
        if regression.size:
            add(k, regression, other, right, c * m + row[regression], None, True)
    if not found:
        nothing = np.zeros(0, dtype=int)
        return [nothing] * 5
    return [np.concatenate(part) for part in zip(*found, strict=True)]
