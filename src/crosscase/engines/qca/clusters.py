"""Cluster diagnostics (García-Castro & Ariño 2016): does a relation hold in every group and for every unit of a panel?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.core.errors import InputError
from crosscase.engines.qca.data import Floats, SetData
from crosscase.engines.qca.expression import membership as membership_of
from crosscase.engines.qca.expression import parse, write
from crosscase.engines.qca.fit import outcome_vector, ratio
from crosscase.engines.qca.show import Table, number

__all__ = ["ClusterDiagnostics", "cluster_diagnostics"]


@dataclass(frozen=True, slots=True)
class ClusterDiagnostics(Table):
    """Consistency and coverage pooled, between groups and within units.

    ``between`` has one (name, cases, consistency, coverage) per group, ``within`` one per unit.  ``distance_between`` and
    ``distance_within`` are the Euclidean distances of the shares of the consistencies from equal shares: 0 when all are
    the same.
    """

    expression: str
    outcome: str
    relation: str
    consistency: float
    coverage: float
    between: tuple[tuple[str, int, float, float], ...]
    within: tuple[tuple[str, int, float, float], ...]
    distance_between: float
    distance_within: float

    def rows(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = [
            {"level": "pooled", "name": "", "n": None, "consistency": self.consistency, "coverage": self.coverage}
        ]
        for level, groups in (("between", self.between), ("within", self.within)):
            lines += [
                {"level": level, "name": name, "n": n, "consistency": number(con), "coverage": number(cov)}
                for name, n, con, cov in groups
            ]
        return lines

    def to_dict(self) -> dict[str, Any]:
        return {
            "expression": self.expression,
            "outcome": self.outcome,
            "relation": self.relation,
            "rows": self.rows(),
            "distance_between": number(self.distance_between),
            "distance_within": number(self.distance_within),
        }


def cluster_diagnostics(
    data: SetData,
    expression: str,
    outcome: str,
    clusters: Sequence[str],
    units: Sequence[str] | None = None,
    *,
    necessity: bool = False,
    negate: bool = False,
) -> ClusterDiagnostics:
    """Consistency and coverage of an expression in every group, and in every unit.

    Args:
        clusters: the group (a year, a country) of each case.
        units: the unit (a firm over years) of each case; no within-diagnosis when ``None``.
        necessity: judge the expression as necessary instead of sufficient.

    Raises:
        InputError: the labels are not one per case, or there is one group only.
    """
    for labels in (clusters, units or clusters):
        if len(labels) != len(data.cases):
            raise InputError(f"there are {len(labels)} labels for {len(data.cases)} cases", mend="give one per case")
    if len(set(clusters)) < 2:
        raise InputError("there is only one group", mend="give the group of each case")
    tree = parse(expression, data.names)
    x, (y, written) = membership_of(tree, data), outcome_vector(data, outcome, negate=negate)

    def both(mask: Any) -> tuple[float, float]:
        shared = np.minimum(x[mask], y[mask]).sum()
        sufficient, necessary = ratio(shared, x[mask].sum()), ratio(shared, y[mask].sum())
        return (necessary, sufficient) if necessity else (sufficient, necessary)

    def groups(labels: Sequence[str]) -> tuple[tuple[str, int, float, float], ...]:
        array = np.array([str(label) for label in labels])
        found = []
        for name in dict.fromkeys(array.tolist()):
            mask = array == name
            found.append((name, int(mask.sum()), *both(mask)))
        return tuple(sorted(found))

    between = groups(clusters)
    within = groups(units) if units is not None else ()
    consistency, coverage = both(np.ones(len(x), dtype=bool))
    return ClusterDiagnostics(
        write(tree),
        written,
        "necessity" if necessity else "sufficiency",
        consistency,
        coverage,
        between,
        within,
        _distance([con for _, _, con, _ in between]),
        _distance([con for _, _, con, _ in within]),
    )


def _distance(values: list[float]) -> float:
    known: Floats = np.array([value for value in values if math.isfinite(value)])
    if len(known) == 0 or known.sum() == 0:
        return math.nan
    return float(np.sqrt(((known / known.sum() - 1 / len(known)) ** 2).sum()))
