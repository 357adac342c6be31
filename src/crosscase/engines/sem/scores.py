"""Factor scores: regression (Thurstone 1935) and Bartlett (1937)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from crosscase.core.errors import InputError

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["factor_scores"]

Array = np.ndarray


def factor_scores(fit: Fit, method: Literal["regression", "bartlett"] = "regression") -> tuple[dict[str, Array], ...]:
    """Per group, factor → the scores of its cases, (n,).  Incomplete cases use what they have.

    Raises:
        InputError: the fit was made from moments only, the model has no factor, or it has ordinal variables.
        AnalysisError: the fit did not converge.
    """
    names = fit.problem.specification.table.variables.latent
    if not names:
        raise InputError("the model has no latent variable")
    out = []
    for kernel, state, part in zip(
        fit.problem.specification.kernels, fit.problem.states(fit.theta), fit.moments, strict=True
    ):
        if part.ordinal is not None:
            raise InputError("factor scores are not offered with ordinal variables", mend="treat them as continuous")
        if part.values is None:
            raise InputError("factor scores need the cases, not only their moments")
        parts = kernel.matrices(fit.theta[None])
        m, p = len(names), len(kernel.observed)
        cross = state.z[0, :, p + len(kernel.factors) :][:, :m]  # Cov(y, η)
        loadings = parts["lambda"][0][:, :m]
        mean = part.mean if state.mu is None else state.mu[0]
        shift = np.zeros(m) if state.factor_mean is None else state.factor_mean[0, :m]
        scores = np.empty((part.values.shape[0], m))
        blocks = (
            [(np.arange(part.n), np.ones(p, dtype=bool))]
            if part.patterns is None
            else list(zip(part.patterns.members, part.patterns.observed, strict=True))
        )
        for members, seen in blocks:
            z = part.values[members][:, seen] - mean[seen]
            if method == "regression":
                weight = np.linalg.solve(state.sigma[0][np.ix_(seen, seen)], cross[seen])
            else:
                scaled = np.linalg.solve(parts["theta"][0][np.ix_(seen, seen)], loadings[seen])
                weight = np.linalg.solve(loadings[seen].T @ scaled, scaled.T).T
            scores[members] = z @ weight + shift
        out.append({name: scores[:, index] for index, name in enumerate(names)})
    return tuple(out)
