"""Analyses of survey tables and of small groups that need no structural equation model.

:func:`regression` (blocks, robust errors), :func:`collinearity`, :func:`moderation`, :func:`mediation`,
:func:`necessity` (necessary-condition analysis), :func:`compare_groups` (permutation test for few cases),
:func:`compare_waves` (non-response), and for scales :func:`cronbach`, :func:`harman`,
:func:`marker_adjusted`, :func:`htmt`, :func:`describe`.
"""

from crosscase.engines.regression.groups import GroupDifference, compare_groups
from crosscase.engines.regression.linear import Collinearity, Model, Regression, Term, collinearity, regression
from crosscase.engines.regression.mediation import Effect, Mediation, Path, mediation
from crosscase.engines.regression.moderation import Moderation, SimpleLine, Slope, moderation
from crosscase.engines.regression.necessity import Bottleneck, Ceiling, Necessity, necessity
from crosscase.engines.regression.nonresponse import Comparison, NonResponse, compare_waves
from crosscase.engines.regression.scales import (
    Cronbach,
    Descriptives,
    Htmt,
    Item,
    MarkerAdjusted,
    SingleFactor,
    cronbach,
    describe,
    harman,
    htmt,
    htmt_of_correlations,
    marker_adjusted,
)

__all__ = [
    "Bottleneck",
    "Ceiling",
    "Collinearity",
    "Comparison",
    "Cronbach",
    "Descriptives",
    "Effect",
    "GroupDifference",
    "Htmt",
    "Item",
    "MarkerAdjusted",
    "Mediation",
    "Model",
    "Moderation",
    "Necessity",
    "NonResponse",
    "Path",
    "Regression",
    "SimpleLine",
    "SingleFactor",
    "Slope",
    "Term",
    "collinearity",
    "compare_groups",
    "compare_waves",
    "cronbach",
    "describe",
    "harman",
    "htmt",
    "htmt_of_correlations",
    "marker_adjusted",
    "mediation",
    "moderation",
    "necessity",
    "regression",
]
