"""Good practice: what a reader of a set-theoretic analysis has to be told (Schneider & Wagemann 2012; Oana, Schneider &
Thomann 2021; Greckhamer et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crosscase.engines.qca.data import EPSILON
from crosscase.engines.qca.fit import necessity_of
from crosscase.engines.qca.notice import Notice
from crosscase.engines.qca.terms import Memberships, Term
from crosscase.engines.qca.truth_table import TruthTable

__all__ = ["conditions_allowed", "design_notices", "row_notices", "solution_notices", "table_notices"]

#: Below this PRI a row or term is hardly more consistent with the outcome than with its negation.
LOW_PRI = 0.5
#: A set is skewed when more than this share of the cases is on one side of 0.5 (a rule of thumb).
SKEWED = 0.85
#: Consistency below which a condition is not called necessary.
NECESSARY = 0.9


def conditions_allowed(cases: int) -> int:
    """How many conditions so many cases can carry, by a rule of thumb.

    With k conditions there are 2^k configurations; the rule asks for no more than twice as many of them as cases.  That too
    many conditions find consistent configurations in random data was shown by Marx & Dusa (2011), who give finer bounds.

    >>> [conditions_allowed(n) for n in (8, 16, 30, 60)]
    [4, 5, 5, 6]
    """
    return max(1, (2 * max(cases, 1)).bit_length() - 1)


def design_notices(table: TruthTable) -> list[Notice]:
    """Notices about the cases and sets of an analysis."""
    data, y = table.data, table.y
    notices = []
    if not (y < 0.5 - EPSILON).any():
        notices.append(
            Notice(
                "no-negative-cases",
                f"no case is without the outcome {table.outcome}: whatever the cases share would seem sufficient",
                table.outcome,
            )
        )
    allowed = conditions_allowed(len(data.cases))
    if len(table.conditions) > allowed:
        notices.append(
            Notice(
                "too-many-conditions",
                f"{len(table.conditions)} conditions for {len(data.cases)} cases: so few cases carry about {allowed}; more "
                "conditions find consistent configurations in random data too",
            )
        )
    for name in (*table.conditions.names,):
        values = data.column(name)
        if np.ptp(values) <= EPSILON:
            notices.append(Notice("constant-set", f"{name} is {values[0]:g} in every case", name))
        elif data.kind(name) != "multi-value":
            _skewed(notices, name, values)
    if np.ptp(y) <= EPSILON:
        notices.append(Notice("constant-set", f"the outcome {table.outcome} is {y[0]:g} in every case", table.outcome))
    else:
        _skewed(notices, table.outcome, y)
    half = tuple(case for case, value in zip(data.cases, y, strict=True) if abs(value - 0.5) <= EPSILON)
    if half:
        notices.append(
            Notice(
                "half-outcome",
                f"membership of exactly 0.5 in the outcome {table.outcome}: {', '.join(half[:8])}; such a case counts as "
                "neither typical nor deviant",
                table.outcome,
                half,
            )
        )
    if data.dropped:
        notices.append(
            Notice("cases-dropped", f"left out for missing values: {', '.join(data.dropped)}", cases=data.dropped)
        )
    return notices


def _skewed(notices: list[Notice], name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    inside = float((values > 0.5).mean())
    if max(inside, 1 - inside) > SKEWED:
        where = "in" if inside > 0.5 else "out of"
        notices.append(
            Notice(
                "skewed-set",
                f"{max(inside, 1 - inside):.0%} of the cases are more {where} {name} than not: a skewed set makes trivial "
                "relations look consistent",
                name,
            )
        )


def row_notices(table: TruthTable) -> list[Notice]:
    """Notices about the rows of a truth table."""
    notices = []
    if table.observed and not table.negative:
        notices.append(
            Notice("all-rows-positive", "every observed row is positive: nothing tells the outcome's absence")
        )
    contradictory = [row for row in table.observed if row.out == "C"]
    if contradictory:
        notices.append(
            Notice(
                "contradictory-rows",
                f"{len(contradictory)} rows lie between the two inclusion cut-offs and are used by no solution",
                cases=tuple(case for row in contradictory for case in row.cases),
            )
        )
    for row in table.positive:
        if row.PRI < LOW_PRI:
            notices.append(
                Notice(
                    "low-pri",
                    f"row {row.number} is positive with a PRI of {row.PRI:.3f}: it is as consistent with the absence of "
                    f"{table.outcome} (simultaneous subset relation)",
                    f"row {row.number}",
                    row.cases,
                )
            )
        if row.deviant:
            notices.append(
                Notice(
                    "deviant-consistency",
                    f"row {row.number} is positive although {', '.join(row.deviant)} are without the outcome",
                    f"row {row.number}",
                    row.deviant,
                )
            )
    return notices


def table_notices(table: TruthTable) -> list[Notice]:
    """All that is to be said about a truth table before it is minimised."""
    notices = [*table.notices, *design_notices(table), *row_notices(table)]
    if not table.positive:
        notices.append(Notice("no-row-above-cut", f"no row reaches the inclusion cut-off of {table.incl_cut:g}"))
    return notices


def solution_notices(table: TruthTable, models: Sequence[tuple[Term, ...]], complete: bool, count: int) -> list[Notice]:
    """Notices about a solution: the design, the rows, ambiguity, and terms that say both Y and ~Y."""
    notices = [*design_notices(table), *row_notices(table)]
    if not complete or count > 1:
        many = f"{count}" if complete else f"at least {count}"
        notices.append(
            Notice("model-ambiguity", f"{many} models explain the positive rows equally well; report all, or why one")
        )
    memberships = Memberships(table.data, table.conditions)
    shared_by_all = [set.intersection(*(set(term) for term in model)) for model in models if model]
    for literal in sorted({one for common in shared_by_all for one in common}):
        fit = necessity_of(memberships.literal(*literal), table.y)
        if fit.inclN < NECESSARY:
            written = table.conditions.literal(*literal)
            notices.append(
                Notice(
                    "not-necessary",
                    f"{written} stands in every term of a model, which does not make it necessary: its consistency as a "
                    f"necessary condition is {fit.inclN:.3f}",
                    written,
                )
            )
    for term in dict.fromkeys(term for model in models for term in model):
        x = memberships.term(term)
        total, shared = x.sum(), np.minimum(x, table.y).sum()
        against = np.minimum(x, 1.0 - table.y).sum()
        if total > 0 and min(shared, against) / total >= min(table.incl_cut, 0.75) - EPSILON:
            notices.append(
                Notice(
                    "simultaneous-subset",
                    f"{table.conditions.write(term)} is consistent with {table.outcome} ({shared / total:.3f}) and with its "
                    f"absence ({against / total:.3f})",
                    table.conditions.write(term),
                )
            )
    return notices
