"""Set-theoretic analysis (QCA): crisp, multi-value and fuzzy sets, exact, with every model.

::

    data = SetData.from_columns({"A": [...], "B": [...], "Y": [...]}, cases=[...])
    table = truth_table(data, "Y", ["A", "B"], incl_cut=0.8)
    solution = minimize(table, "intermediate", directional="A,~B")
    solution.models[0].expression

A library of its own on NumPy and SciPy: no files, no database.  Results are frozen dataclasses with ``to_frame()``,
``to_dict()`` and an HTML form.
"""

from crosscase.engines.qca.calibration import (
    Anchor,
    Calibration,
    calibrate,
    calibrate_by_regression,
    calibrate_crisp,
    calibrate_direct,
    calibrate_ecdf,
    calibrate_from_table,
    calibrate_indirect,
    calibrate_linear,
    calibrate_relative,
    find_thresholds,
)
from crosscase.engines.qca.data import SetData
from crosscase.engines.qca.expression import membership, parse
from crosscase.engines.qca.fit import FitTable, Necessity, Sufficiency, fit_all_terms, parameters_of_fit
from crosscase.engines.qca.minimise import minimize
from crosscase.engines.qca.necessity import NecessityTable, necessary_conditions, subsets, suin
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.solution import Model, ModelTerm, Pair, Solution
from crosscase.engines.qca.truth_table import Row, TruthTable, truth_table

__all__ = [
    "Anchor",
    "Calibration",
    "FitTable",
    "Model",
    "ModelTerm",
    "Necessity",
    "NecessityTable",
    "Notice",
    "Pair",
    "Row",
    "SetData",
    "Solution",
    "Sufficiency",
    "TruthTable",
    "calibrate",
    "calibrate_by_regression",
    "calibrate_crisp",
    "calibrate_direct",
    "calibrate_ecdf",
    "calibrate_from_table",
    "calibrate_indirect",
    "calibrate_linear",
    "calibrate_relative",
    "find_thresholds",
    "fit_all_terms",
    "membership",
    "minimize",
    "necessary_conditions",
    "parameters_of_fit",
    "parse",
    "subsets",
    "suin",
    "truth_table",
]
