"""Columns of a survey table as arrays: names looked up, rows with missing values left out and counted, columns
checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.core.results import Caution

Floats = NDArray[np.float64]
#: A table: a mapping of names to columns of the same length, such as a dictionary of lists or a pandas DataFrame.
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The complete rows of some columns: ``values`` is rows × names, ``kept`` tells which rows of the table they
    are."""

    names: tuple[str, ...]
    values: Floats
    kept: NDArray[np.bool_]
    cautions: tuple[Caution, ...]

    def __getitem__(self, name: str) -> Floats:
        return np.asarray(self.values[:, self.names.index(name)])


def rows(table: Table, names: Sequence[str], *, least: int = 2, vary: bool = True) -> Rows:
    """The complete rows of ``names``.

    Raises:
        NotFoundError: a name is not in the table.
        InputError: a column that is not numeric, or columns of different lengths.
        AnalysisError: fewer than ``least`` complete rows, or (with ``vary``) a column that does not vary.
    """
    chosen = tuple(dict.fromkeys(names))
    columns = [_numeric(table, name) for name in chosen]
    if len({len(column) for column in columns}) > 1:
        sizes = ", ".join(f"{name} {len(column)}" for name, column in zip(chosen, columns, strict=True))
        raise InputError(f"the columns have different lengths: {sizes}", mend="give one value a case in each")
    values = np.column_stack(columns)
    kept = np.asarray(~np.isnan(values).any(axis=1), dtype=bool)
    values = values[kept]
    if len(values) < least:
        raise AnalysisError(
            f"there are {len(values)} complete rows, and at least {least} are needed",
            where=", ".join(chosen),
            mend="use fewer variables or more cases",
        )
    for name, column in zip(chosen, values.T, strict=True):
        if vary and np.ptp(column) == 0:
            raise AnalysisError(f"the column '{name}' does not vary", where=name, mend="leave it out")
    cautions: tuple[Caution, ...] = ()
    if not kept.all():
        lost = int((~kept).sum())
        cautions = (Caution("missing", f"{lost} of {len(kept)} rows have missing values and were left out"),)
    return Rows(chosen, values, kept, cautions)


def _numeric(table: Table, name: str) -> Floats:
    if name not in table:
        raise NotFoundError("column", name, [str(column) for column in table])
    try:
        column = np.asarray(table[name], dtype=float)
    except (TypeError, ValueError):
        wrong = next((value for value in table[name] if not _is_number(value)), None)
        raise InputError(
            f"the value {wrong!r} is not a number", where=f"column {name}", mend="code it as numbers"
        ) from None
    if np.isinf(column).any():
        raise InputError("a value is infinite", where=f"column {name}", mend="leave the cell empty")
    return column


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def percentile_interval(draws: Floats, level: float) -> tuple[float, float]:
    """The central ``level`` of the draws."""
    tail = (1 - level) / 2
    lower, upper = np.quantile(draws, [tail, 1 - tail])
    return float(lower), float(upper)


def bca_interval(draws: Floats, estimate: float, left_out: Floats, level: float) -> tuple[float, float]:
    """Bias-corrected and accelerated interval (Efron, 1987); ``left_out`` are the estimates without one case each.

    Draws equal to the estimate count half below it.
    """
    from scipy.stats import norm

    below = (np.mean(draws < estimate) + np.mean(draws <= estimate)) / 2
    if below in (0.0, 1.0):
        return percentile_interval(draws, level)
    shift = norm.ppf(below)
    apart = left_out.mean() - left_out
    spread = float((apart**2).sum())
    acceleration = float((apart**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
    ends = norm.ppf([(1 - level) / 2, (1 + level) / 2])
    places = norm.cdf(shift + (shift + ends) / (1 - acceleration * (shift + ends)))
    lower, upper = np.quantile(draws, places)
    return float(lower), float(upper)
