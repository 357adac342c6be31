"""Structural equation models: LISREL's work on NumPy and SciPy.

A library of its own: a model as text and columns of data in, result dataclasses out::

    from crosscase.engines import sem

    result = sem.fit("visual =~ x1 + x2 + x3;  speed =~ x7 + x8 + x9", data, estimator="MLR")
    result.parameters, result.fit_measures, result.modification_indices()
    sem.bootstrap(result, 1000, seed=1)

It follows lavaan in syntax, defaults and names so that results do not change for those who come from there.
"""

from crosscase.engines.sem.bootstrap import Bootstrap, Interval, bootstrap, monte_carlo
from crosscase.engines.sem.commonmethod import CommonMethod, common_method, marker_adjusted
from crosscase.engines.sem.compare import (
    Comparison,
    DifferenceTest,
    Step,
    WaldTest,
    compare,
    difference_test,
    invariance,
    wald_test,
)
from crosscase.engines.sem.effects import Effect, Effects, effects, permutation
from crosscase.engines.sem.estimate import ESTIMATORS, fit, fit_moments
from crosscase.engines.sem.modification import Modification, Release, score_tests
from crosscase.engines.sem.result import Diagnosis, Fit, Parameter
from crosscase.engines.sem.scores import factor_scores
from crosscase.engines.sem.simplis import is_simplis, parse_simplis
from crosscase.engines.sem.syntax import Model, parse
from crosscase.engines.sem.validity import FactorPair, FactorQuality, Validity, descriptives, validity

__all__ = [
    "ESTIMATORS",
    "Bootstrap",
    "CommonMethod",
    "Comparison",
    "Diagnosis",
    "DifferenceTest",
    "Effect",
    "Effects",
    "FactorPair",
    "FactorQuality",
    "Fit",
    "Interval",
    "Model",
    "Modification",
    "Parameter",
    "Release",
    "Step",
    "Validity",
    "WaldTest",
    "bootstrap",
    "common_method",
    "compare",
    "descriptives",
    "difference_test",
    "effects",
    "factor_scores",
    "fit",
    "fit_moments",
    "invariance",
    "is_simplis",
    "marker_adjusted",
    "monte_carlo",
    "parse",
    "parse_simplis",
    "permutation",
    "score_tests",
    "validity",
    "wald_test",
]
