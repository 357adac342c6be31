"""Non-response bias: do late answers differ from early ones (Armstrong and Overton, 1977)?

Late respondents stand in for those who never answered.  That is an assumption, not a proof; the table lays out the
differences, with effect sizes and p values adjusted for the number of variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.core.results import Caution, Tabular
from crosscase.engines.regression.data import Floats, Table, _numeric
from crosscase.engines.regression.groups import cliffs_delta, hedges_g


@dataclass(frozen=True, slots=True)
class Comparison:
    """One variable, early against late.

    For a number: Welch's t, Mann–Whitney's U, Hedges' g and Cliff's delta.  For categories: Pearson's chi-square and
    Cramér's V.  ``p_holm`` is the p value of the t or chi-square test, adjusted by Holm (1979) over all variables.
    """

    variable: str
    kind: str
    n_early: int
    n_late: int
    mean_early: float | None
    mean_late: float | None
    statistic: float
    freedom: float
    p_value: float
    p_holm: float
    mann_whitney: float | None
    p_mann_whitney: float | None
    effect: float | None
    cliffs_delta: float | None


@dataclass(frozen=True, slots=True)
class NonResponse(Tabular):
    """The comparisons; ``effect`` is Hedges' g (early minus late) or Cramér's V."""

    comparisons: tuple[Comparison, ...]
    cautions: tuple[Caution, ...] = ()

    def columns(self) -> tuple[str, ...]:
        return tuple(Comparison.__dataclass_fields__)

    def rows(self) -> list[tuple[Any, ...]]:
        return [tuple(getattr(item, name) for name in self.columns()) for item in self.comparisons]


def compare_waves(
    table: Table, late: Sequence[bool], variables: Sequence[str], *, categorical: Sequence[str] = ()
) -> NonResponse:
    """Compare early and late respondents on each variable.

    Args:
        table: the survey.
        late: true for the late respondents.
        variables: numeric variables to compare.
        categorical: further variables, whose values are categories.

    Raises:
        NotFoundError: a variable is not in the table.
        InputError: ``late`` has another length than a column.
        AnalysisError: fewer than two early or late answers to a variable.
    """
    flags = np.asarray(late, dtype=bool)
    found = [_number(table, name, flags) for name in variables]
    found += [_category(table, name, flags) for name in categorical]
    adjusted = _holm([item["p_value"] for item in found])
    cautions = tuple(
        Caution("small-expected", f"an expected count of '{item['variable']}' is below 5", item["variable"])
        for item in found
        if item.pop("small", False)
    )
    return NonResponse(tuple(Comparison(p_holm=p, **item) for item, p in zip(found, adjusted, strict=True)), cautions)


def _number(table: Table, name: str, late: Any) -> dict[str, Any]:
    from scipy import stats

    values = _numeric(table, name)
    early_values, late_values = _split(values, late, name, ~np.isnan(values))
    if np.ptp(early_values) == 0 and np.ptp(late_values) == 0:
        raise AnalysisError(f"the variable '{name}' does not vary inside the groups", where=name, mend="leave it out")
    test = stats.ttest_ind(early_values, late_values, equal_var=False)
    ranks = stats.mannwhitneyu(early_values, late_values)
    return {
        "variable": name,
        "kind": "number",
        "n_early": len(early_values),
        "n_late": len(late_values),
        "mean_early": float(early_values.mean()),
        "mean_late": float(late_values.mean()),
        "statistic": float(test.statistic),
        "freedom": float(test.df),
        "p_value": float(test.pvalue),
        "mann_whitney": float(ranks.statistic),
        "p_mann_whitney": float(ranks.pvalue),
        "effect": hedges_g(early_values, late_values),
        "cliffs_delta": cliffs_delta(early_values, late_values),
    }


def _category(table: Table, name: str, late: Any) -> dict[str, Any]:
    from scipy import stats

    if name not in table:
        raise NotFoundError("column", name, [str(column) for column in table])
    raw = list(table[name])
    present = np.array([not (value is None or value != value) for value in raw])
    values = np.array(["" if value is None else str(value) for value in raw])
    early_values, late_values = _split(values, late, name, present)
    levels = np.unique(np.concatenate([early_values, late_values]))
    if len(levels) < 2:
        raise AnalysisError(f"the variable '{name}' has one category only", where=name, mend="leave it out")
    counts = np.array([[(group == level).sum() for level in levels] for group in (early_values, late_values)])
    test = stats.chi2_contingency(counts, correction=False)
    return {
        "variable": name,
        "kind": "category",
        "n_early": len(early_values),
        "n_late": len(late_values),
        "mean_early": None,
        "mean_late": None,
        "statistic": float(test.statistic),
        "freedom": float(test.dof),
        "p_value": float(test.pvalue),
        "mann_whitney": None,
        "p_mann_whitney": None,
        "effect": float(np.sqrt(test.statistic / counts.sum())),
        "cliffs_delta": None,
        "small": bool((test.expected_freq < 5).any()),
    }


def _split(values: Any, late: Any, name: str, present: Any) -> tuple[Any, Any]:
    if len(values) != len(late):
        raise InputError(
            f"the column has {len(values)} rows, but {len(late)} are marked early or late",
            where=f"column {name}",
            mend="mark every row",
        )
    early_values, late_values = values[present & ~late], values[present & late]
    if min(len(early_values), len(late_values)) < 2:
        raise AnalysisError(
            f"'{name}' has {len(early_values)} early and {len(late_values)} late answers; two of each are needed",
            where=f"column {name}",
            mend="mark at least two answers as late and two as early",
        )
    return early_values, late_values


def _holm(p_values: Sequence[float]) -> list[float]:
    order = np.argsort(p_values)
    adjusted: Floats = np.empty(len(p_values))
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return [float(value) for value in adjusted]
