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
from crosscase.engines.qca.clusters import ClusterDiagnostics, cluster_diagnostics
from crosscase.engines.qca.data import SetData
from crosscase.engines.qca.expression import membership, parse
from crosscase.engines.qca.fit import FitTable, Necessity, Sufficiency, fit_all_terms, parameters_of_fit
from crosscase.engines.qca.minimise import minimize
from crosscase.engines.qca.necessity import NecessityTable, necessary_conditions, subsets, suin
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.permutation import PermutationTest, permutation_test
from crosscase.engines.qca.practice import table_notices
from crosscase.engines.qca.rcode import r_script
from crosscase.engines.qca.robustness import (
    Comparison,
    Range,
    Sweep,
    alternatives,
    anchor_ranges,
    compare_solutions,
    cut_off_ranges,
    sweep,
)
from crosscase.engines.qca.selection import (
    CasePair,
    CaseSelection,
    FocalCase,
    SelectedCase,
    XYPoint,
    focal_cases,
    select_cases,
    xy_points,
)
from crosscase.engines.qca.solution import Model, ModelTerm, Pair, Solution
from crosscase.engines.qca.theory import TheoryEvaluation, evaluate_theory
from crosscase.engines.qca.truth_table import Row, TruthTable, truth_table
from crosscase.engines.qca.untenable import contradictory_assumptions, rows_matching, simultaneous_rows

__all__ = [
    "Anchor",
    "Calibration",
    "CasePair",
    "CaseSelection",
    "ClusterDiagnostics",
    "Comparison",
    "FitTable",
    "FocalCase",
    "Model",
    "ModelTerm",
    "Necessity",
    "NecessityTable",
    "Notice",
    "Pair",
    "PermutationTest",
    "Range",
    "Row",
    "SelectedCase",
    "SetData",
    "Solution",
    "Sufficiency",
    "Sweep",
    "TheoryEvaluation",
    "TruthTable",
    "XYPoint",
    "alternatives",
    "anchor_ranges",
    "calibrate",
    "calibrate_by_regression",
    "calibrate_crisp",
    "calibrate_direct",
    "calibrate_ecdf",
    "calibrate_from_table",
    "calibrate_indirect",
    "calibrate_linear",
    "calibrate_relative",
    "cluster_diagnostics",
    "compare_solutions",
    "contradictory_assumptions",
    "cut_off_ranges",
    "evaluate_theory",
    "find_thresholds",
    "fit_all_terms",
    "focal_cases",
    "membership",
    "minimize",
    "necessary_conditions",
    "parameters_of_fit",
    "parse",
    "permutation_test",
    "r_script",
    "rows_matching",
    "select_cases",
    "simultaneous_rows",
    "subsets",
    "suin",
    "sweep",
    "table_notices",
    "truth_table",
    "xy_points",
]
