"""Analytic gradients and Hessians against numerical differentiation of the discrepancy itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crosscase.engines import sem
from tests.engines.sem.conftest import CFA, PD

MODELS = [
    (PD, {}),
    (PD, {"estimator": "GLS"}),
    (PD, {"estimator": "ULS"}),
    (CFA + "\ndem60 ~ x1\ndem65 ~ dem60 + x1\nx2 ~ dem65\ndem65 ~ 1\ny5 ~ 0*1", {"meanstructure": True}),
    (CFA + "\ndem60 ~ x1\ndem65 ~ dem60 + x1", {"missing": "fiml"}),
    ("y1 ~ x1 + y2\ny2 ~ x2 + y1", {}),
    (CFA, {"estimator": "DWLS", "meanstructure": True}),
]


@pytest.mark.parametrize(("model", "options"), MODELS)
def test_gradient_and_hessian(
    democracy: dict[str, Any], incomplete: dict[str, Any], model: str, options: dict[str, Any]
) -> None:
    fit = sem.fit(model, incomplete if options.get("missing") else _complete(democracy), **options)
    problem = fit.problem
    psi = fit.optimum.psi + 0.01 * np.random.default_rng(3).standard_normal(fit.optimum.psi.size)
    size = psi.size
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    for index in range(size):
        step = np.zeros(size)
        step[index] = 1e-5
        gradient[index] = (problem.value(psi + step) - problem.value(psi - step)) / 2e-5
        hessian[index] = (problem.gradient(psi + step) - problem.gradient(psi - step)) / 2e-5
    # Central differences with steps of 1e-5 are good to about 1e-9 times the third derivative.
    assert problem.gradient(psi) == pytest.approx(gradient, abs=1e-6)
    assert problem.information(psi, "observed") == pytest.approx(hessian, abs=1e-5 * max(1.0, np.abs(hessian).max()))


def _complete(data: dict[str, Any]) -> dict[str, Any]:
    return {name: np.where(np.isnan(values), np.nanmean(values), values) for name, values in data.items()}
