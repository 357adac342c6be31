"""PLS path models: composites (PLS) or factors (consistent PLS), bootstrap, and prediction.

:func:`path_model` from a survey table, :func:`path_model_of_correlations` from a correlation matrix, :func:`blindfold`
(Stone–Geisser's Q²), :func:`predict` (PLSpredict).
"""

from crosscase.engines.pls.prediction import Blindfold, ItemPrediction, Prediction, Relevance, blindfold, predict
from crosscase.engines.pls.results import (
    Between,
    ConstructEstimate,
    ItemEstimate,
    PathEstimate,
    PathModel,
    Sampled,
    TotalEffect,
    path_model,
    path_model_of_correlations,
)

__all__ = [
    "Between",
    "Blindfold",
    "ConstructEstimate",
    "ItemEstimate",
    "ItemPrediction",
    "PathEstimate",
    "PathModel",
    "Prediction",
    "Relevance",
    "Sampled",
    "TotalEffect",
    "blindfold",
    "path_model",
    "path_model_of_correlations",
    "predict",
]
