"""How well a PLS path model predicts: blindfolding (Q²) within the sample, PLSpredict on cases that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.core.errors import AnalysisError, InputError
from crosscase.core.results import Caution, Tabular
from crosscase.engines.pls.model import Floats, Mode, Scheme, Specification, Table, standardized
from crosscase.engines.pls.results import solve


@dataclass(frozen=True, slots=True)
class Relevance:
    """Q² of an endogenous construct: 1 − sse / sso."""

    construct: str
    q2: float
    sse: float
    sso: float


@dataclass(frozen=True, slots=True)
class Blindfold(Tabular):
    """Stone–Geisser's Q² as cross-validated redundancy; above 0 the predictors say something about the construct."""

    distance: int
    relevance: tuple[Relevance, ...]
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("construct", "q2", "sse", "sso")

    def rows(self) -> list[tuple[Any, ...]]:
        return [(item.construct, item.q2, item.sse, item.sso) for item in self.relevance]


def blindfold(
    table: Table,
    constructs: Mapping[str, Sequence[str]],
    paths: Mapping[str, Sequence[str]],
    *,
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
    distance: int = 7,
) -> Blindfold:
    """Cross-validated redundancy of every reflective endogenous construct (Tenenhaus et al., 2005, section 2.6).

    Every ``distance``-th value of the construct's items (counted case by case) is left out and set to the item's mean
    of the others; the model is estimated again, and the values left out are predicted by path and loading from the
    predictors' scores.  ``sso`` are the squares with the mean as the prediction.

    Raises:
        InputError: a distance below 2, or one that divides the number of cases.
        NotFoundError, AnalysisError: see :func:`path_model`.
    """
    model = Specification.of(constructs, paths, modes, scheme)
    values, cautions = standardized(table, model.items)
    n = len(values)
    if distance < 2 or n % distance == 0:
        raise InputError(
            f"the omission distance is {distance} for {n} cases",
            mend="choose 5 to 12, and none that divides the number of cases",
        )
    found = []
    for i in np.flatnonzero(model.paths.any(axis=1)):
        if model.modes[i] == "B":
            continue
        sse, sso = _blindfold_one(values, model, int(i), distance)
        found.append(Relevance(model.constructs[i], 1 - sse / sso, sse, sso))
    return Blindfold(distance, tuple(found), cautions)


def _blindfold_one(values: Floats, model: Specification, construct: int, distance: int) -> tuple[float, float]:
    block = np.flatnonzero(model.blocks[:, construct])
    position = np.arange(len(values) * len(block)).reshape(len(values), len(block)) % distance
    sse = sso = 0.0
    for turn in range(distance):
        out = position == turn
        own = np.where(out, np.nan, values[:, block])
        means = np.nanmean(own, axis=0)
        filled = values.copy()
        filled[:, block] = np.where(out, means, own)
        center, sd = filled.mean(axis=0), filled.std(axis=0)
        standard = (filled - center) / sd
        fit = solve(standard.T @ standard / len(standard), model, consistent=False)
        score = _scores(standard, model, fit.weights[0]) @ fit.paths[0, construct]
        predicted = score[:, None] * fit.loadings[0, block] * sd[block] + center[block]
        sse += float((((values[:, block] - predicted) ** 2)[out]).sum())
        sso += float((((values[:, block] - means) ** 2)[out]).sum())
    return sse, sso


def _scores(standard: Floats, model: Specification, weights: Floats) -> Floats:
    return np.asarray(standard @ (weights[:, None] * model.blocks))


@dataclass(frozen=True, slots=True)
class ItemPrediction:
    """Errors in the item's own units on cases left out; ``q2`` compares with the training mean.

    ``lm_rmse`` and ``lm_mae`` are those of a regression of the item on all items of the predictors: PLS should do
    better.
    """

    construct: str
    item: str
    q2: float
    rmse: float
    mae: float
    lm_rmse: float
    lm_mae: float


@dataclass(frozen=True, slots=True)
class Prediction(Tabular):
    """PLSpredict: out-of-sample errors of the items of endogenous constructs."""

    folds: int
    repetitions: int
    seed: int
    items: tuple[ItemPrediction, ...]
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return ("construct", "item", "q2", "rmse", "lm_rmse", "mae", "lm_mae")

    def rows(self) -> list[tuple[Any, ...]]:
        return [(p.construct, p.item, p.q2, p.rmse, p.lm_rmse, p.mae, p.lm_mae) for p in self.items]


def predict(
    table: Table,
    constructs: Mapping[str, Sequence[str]],
    paths: Mapping[str, Sequence[str]],
    *,
    modes: Mapping[str, Mode] | None = None,
    scheme: Scheme = "path",
    folds: int = 10,
    repetitions: int = 10,
    seed: int = 0,
) -> Prediction:
    """PLSpredict (Shmueli, Ray, Velasquez Estrada and Chatla, 2016) with the direct antecedents as predictors.

    Cases are divided at random into folds; each fold is predicted from a model of the others, with their means and
    standard deviations: scores of the direct predictors, times paths, times loadings.  Squared errors are averaged over
    the repetitions before the root is taken.

    Raises:
        InputError: fewer than 2 folds or more than there are cases.
        AnalysisError: a training set in which the model or the benchmark regression cannot be estimated.
    """
    from numpy.random import SeedSequence, default_rng

    model = Specification.of(constructs, paths, modes, scheme)
    standard, cautions = standardized(table, model.items)
    raw = np.column_stack([np.asarray(table[item], dtype=float) for item in model.items])
    raw = raw[np.isfinite(raw).all(axis=1)]
    n = len(standard)
    if not 2 <= folds <= n or repetitions < 1:
        raise InputError(f"{folds} folds of {n} cases, {repetitions} times", mend="give 2 to n folds, at least once")
    outcomes = np.flatnonzero(np.asarray(model.paths.any(axis=1))[model.own])
    errors = np.zeros((5, len(model.items)))
    for child in SeedSequence(seed).spawn(repetitions):
        fold = default_rng(child).permutation(np.arange(n) % folds)
        for turn in range(folds):
            errors += _fold_errors(raw[fold != turn], raw[fold == turn], model, outcomes)
    total = n * repetitions
    pls_square, pls_absolute, lm_square, lm_absolute, mean_square = errors
    found = tuple(
        ItemPrediction(
            model.constructs[model.own[i]],
            model.items[i],
            float(1 - pls_square[i] / mean_square[i]),
            float(np.sqrt(pls_square[i] / total)),
            float(pls_absolute[i] / total),
            float(np.sqrt(lm_square[i] / total)),
            float(lm_absolute[i] / total),
        )
        for i in outcomes
    )
    return Prediction(folds, repetitions, seed, found, cautions)


def _fold_errors(train: Floats, test: Floats, model: Specification, outcomes: Any) -> Floats:
    """Sums of squared and absolute errors: PLS, linear model, and the squares around the training mean."""
    center, sd = train.mean(axis=0), train.std(axis=0)
    if (sd == 0).any():
        raise AnalysisError("an item does not vary in a training set", mend="use fewer folds")
    standard = (train - center) / sd
    fit = solve(standard.T @ standard / len(standard), model, consistent=False)
    predicted = _scores((test - center) / sd, model, fit.weights[0]) @ fit.paths[0].T
    found = np.zeros((5, train.shape[1]))
    for i in outcomes:
        by_model = predicted[:, model.own[i]] * fit.loadings[0, i] * sd[i] + center[i]
        inputs = np.flatnonzero(model.paths[model.own[i]][model.own])
        design = np.column_stack([np.ones(len(train)), standard[:, inputs]])
        b, _, rank, _ = np.linalg.lstsq(design, train[:, i], rcond=None)
        if rank < design.shape[1]:
            raise AnalysisError("the benchmark regression has more items than cases", mend="use more folds or cases")
        by_line = np.column_stack([np.ones(len(test)), ((test - center) / sd)[:, inputs]]) @ b
        apart, beside = test[:, i] - by_model, test[:, i] - by_line
        found[:, i] = (
            (apart**2).sum(),
            np.abs(apart).sum(),
            (beside**2).sum(),
            np.abs(beside).sum(),
            ((test[:, i] - center[i]) ** 2).sum(),
        )
    return found
