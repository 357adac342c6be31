"""The PLS algorithm on correlation matrices, many at a time (a bootstrap is a stack of them).

Everything that PLS estimates depends on the data through the items' correlations only (Dijkstra and Henseler, 2015), so
that neither scores nor cases are needed here.  Shapes: draws × items × items, draws × items × constructs, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crosscase.engines.pls.model import Floats, Specification

TOLERANCE = 1e-10
MOST_STEPS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """What follows from the weights, a draw each.

    ``weights`` and ``loadings`` (draws × items) are those of the item's own construct; ``crossed`` (draws × items ×
    constructs) are correlations of items with composites; ``correlations`` are between the composites, or between the
    constructs when consistent; ``paths[:, i, j]`` is the effect of j on i.
    """

    weights: Floats
    loadings: Floats
    crossed: Floats
    correlations: Floats
    paths: Floats
    r2: Floats
    rho_a: Floats
    converged: NDArray[np.bool_]
    steps: int


def estimate(correlation: Floats, model: Specification, *, consistent: bool) -> Estimates:
    """Weights by Wold's algorithm in Lohmöller's form, then loadings and paths.

    Args:
        correlation: items' correlation matrices, draws × items × items.
        model: the model.
        consistent: correct for unreliability in mode A by rho_A (Dijkstra and Henseler, 2015, eq. 3 and 4).

    Raises:
        numpy.linalg.LinAlgError: a block in mode B, or the predictors of a construct, are collinear.
    """
    weights, converged, steps = _weights(correlation, model)
    crossed = correlation @ weights
    weights = weights * _signs(crossed, model)
    crossed = correlation @ weights
    composites = _transposed(weights) @ crossed
    own = np.arange(len(model.items)), model.own
    w, loadings = weights[:, own[0], own[1]], crossed[:, own[0], own[1]]
    rho_a = _rho_a(correlation, weights, model)
    correlations = composites
    if consistent:
        scale = np.sqrt(rho_a)
        correlations = composites / (scale[:, :, None] * scale[:, None, :])
        number = np.arange(len(model.constructs))
        correlations[:, number, number] = 1.0
        square = (weights**2).sum(axis=1)
        corrected = w * (scale / square)[:, model.own]
        reflective = np.array([mode == "A" for mode in model.modes])[model.own]
        single = model.blocks.sum(axis=0)[model.own] == 1
        loadings = np.where(reflective & ~single, corrected, loadings)
    paths, r2 = structural(correlations, model)
    return Estimates(w, loadings, crossed, correlations, paths, r2, rho_a, converged, steps)


def structural(correlations: Floats, model: Specification) -> tuple[Floats, Floats]:
    """Least-squares paths and R² from the constructs' correlations."""
    paths, r2 = np.zeros_like(correlations), np.zeros(correlations.shape[:2])
    for i in np.flatnonzero(model.paths.any(axis=1)):
        j = np.flatnonzero(model.paths[i])
        b = np.linalg.solve(correlations[:, j[:, None], j], correlations[:, j, i][..., None])[..., 0]
        paths[:, i, j] = b
        r2[:, i] = (b * correlations[:, j, i]).sum(axis=1)
    return paths, r2


def total_effects(paths: Floats) -> Floats:
    """Direct and indirect effects together: (I − B)⁻¹ − I."""
    unit = np.eye(paths.shape[-1])
    return np.asarray(np.linalg.inv(unit - paths) - unit)


def htmt(correlation: Floats, model: Specification) -> Floats:
    """Heterotrait-monotrait ratios of absolute correlations (Henseler, Ringle and Sarstedt, 2015), draws × pairs."""
    absolute = np.abs(correlation)
    blocks = [np.flatnonzero(column) for column in model.blocks.T]
    inside = []
    for block in blocks:
        upper = np.triu_indices(len(block), 1)
        alone = len(block) == 1
        inside.append(np.ones(len(absolute)) if alone else absolute[:, block[upper[0]], block[upper[1]]].mean(axis=1))
    found = [
        absolute[:, blocks[i][:, None], blocks[j]].mean(axis=(1, 2)) / np.sqrt(inside[i] * inside[j])
        for i, j in combinations(range(len(blocks)), 2)
    ]
    return np.stack(found, axis=1)


def _weights(correlation: Floats, model: Specification) -> tuple[Floats, NDArray[np.bool_], int]:
    """Weights, whether they settled, and the steps taken; draws that have settled are left alone."""
    start = np.broadcast_to(model.blocks.astype(float), (len(correlation), *model.blocks.shape))
    weights = _scaled(start, correlation)
    moving = np.arange(len(correlation))
    steps = 0
    while steps < MOST_STEPS and len(moving):
        steps += 1
        before = weights[moving]
        after = _step(before, correlation[moving], model)
        weights[moving] = after
        # A weight vector and its negative are the same: compare up to sign.
        change = np.minimum(np.abs(after - before), np.abs(after + before)).max(axis=(1, 2))
        moving = moving[~(change <= TOLERANCE)]
    converged = np.ones(len(correlation), dtype=bool)
    converged[moving] = False
    return weights, converged, steps


def _step(weights: Floats, correlation: Floats, model: Specification) -> Floats:
    """Composites, their neighbours' proxies, and new weights from the proxies."""
    crossed = correlation @ weights
    proxies = crossed @ _inner(_transposed(weights) @ crossed, model)
    updated = np.zeros_like(weights)
    for number, mode in enumerate(model.modes):
        block = np.flatnonzero(model.blocks[:, number])
        covariance = proxies[:, block, number]
        if mode == "B":
            solved = np.linalg.solve(correlation[:, block[:, None], block], covariance[..., None])
            covariance = np.asarray(solved[..., 0], dtype=np.float64)
        updated[:, block, number] = covariance
    return _scaled(updated, correlation)


def _inner(composites: Floats, model: Specification) -> Floats:
    """Weights of the neighbours in each construct's proxy; column j makes the proxy of j."""
    linked = model.paths | model.paths.T
    if model.scheme == "centroid":
        return np.sign(composites) * linked
    inner = composites * linked
    if model.scheme == "path":
        for i in np.flatnonzero(model.paths.any(axis=1)):
            j = np.flatnonzero(model.paths[i])
            right = composites[:, j, i][..., None]
            inner[:, j, i] = np.linalg.solve(composites[:, j[:, None], j], right)[..., 0]
    return inner


def _scaled(weights: Floats, correlation: Floats) -> Floats:
    """Weights that give composites of unit variance."""
    variance = (weights * (correlation @ weights)).sum(axis=1)
    return np.asarray(weights / np.sqrt(variance)[:, None, :])


def _signs(crossed: Floats, model: Specification) -> Floats:
    """A construct points where the sum of its items' loadings does."""
    sums = (crossed * model.blocks).sum(axis=1)
    return np.where(sums < 0, -1.0, 1.0)[:, None, :]


def _rho_a(correlation: Floats, weights: Floats, model: Specification) -> Floats:
    """Dijkstra and Henseler's reliability (2015, eq. 3): 1 for a single item and for mode B."""
    reliability = np.ones((len(correlation), len(model.constructs)))
    for number, mode in enumerate(model.modes):
        block = np.flatnonzero(model.blocks[:, number])
        if mode == "B" or len(block) == 1:
            continue
        w = weights[:, block, number]
        square = (w**2).sum(axis=1)
        between = correlation[:, block[:, None], block] - np.eye(len(block))
        above = (w * (between @ w[..., None])[..., 0]).sum(axis=1)
        reliability[:, number] = square**2 * above / (square**2 - (w**4).sum(axis=1))
    return reliability


def _transposed(stack: Floats) -> Floats:
    return np.asarray(np.swapaxes(stack, 1, 2))
