"""Score tests: what χ² would fall by if a fixed parameter were free, or an equality constraint were given up.

Sörbom (1989); with g the gradient of the discrepancy and I the information, the statistic of one candidate c is
N g_c² / (I_cc − I_cm I_mm⁻¹ I_mc) and the expected change of the parameter −g_c / (I_cc − I_cm I_mm⁻¹ I_mc).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscase.core.errors import InputError
from crosscase.engines.sem.covariance import invert, model_weight, moment_derivative
from crosscase.engines.sem.discrepancy import NormalDiscrepancy
from crosscase.engines.sem.moments import random_moments
from crosscase.engines.sem.problem import Problem
from crosscase.engines.sem.specification import Specification, specify
from crosscase.engines.sem.standardise import standardised
from crosscase.engines.sem.table import Row, Table

if TYPE_CHECKING:
    from crosscase.engines.sem.result import Fit

__all__ = ["Modification", "Release", "modification_indices", "score_tests"]

Array = np.ndarray
#: What the data must tell of a candidate for it to be listed, as in lavaan (∛ε); on the parameter's own scale.
_SMALLEST = float(np.finfo(float).eps ** (1 / 3))
_OPENED = ("=~", "~", "~~", "~1", "|", "~*~")


@dataclass(frozen=True, slots=True)
class Modification:
    """One candidate: its index (χ² with 1 df), the expected parameter change and the standardized change."""

    lhs: str
    op: str
    rhs: str
    group: int
    mi: float
    epc: float
    sepc_lv: float | None
    sepc_all: float | None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Release:
    """The score test of giving up one equality constraint between ``left`` and ``right`` (arrows, with their group)."""

    left: str
    right: str
    chisq: float
    df: int
    pvalue: float


def candidates(table: Table, *, everything: bool = False) -> list[Row]:
    """Rows that could be freed and are not in the table, in lavaan's order.

    Cross-loadings of every factor on every indicator, covariances among indicators and among factors and, when the model has
    regressions, every other regression among the variables of the regressions.  ``everything`` adds covariances of the
    remaining random observed variables.
    """
    variables = table.variables
    latent = set(variables.latent)
    found: list[Row] = []
    for group in range(1, table.options.groups + 1):
        own = [row for row in table.rows if row.group == group]
        present = {row.key for row in own} | {(row.rhs, row.op, row.lhs) for row in own if row.op == "~~"}
        pairs: list[tuple[str, str, str]] = []
        related = list(dict.fromkeys((*variables.outcomes, *variables.predictors)))
        loaded = [name for name in variables.indicators if name not in related]
        pairs += [(factor, "=~", name) for factor in variables.latent for name in loaded]
        covarying = variables.random if everything else variables.indicators
        for names in (covarying, variables.latent):
            pairs += [(one, "~~", two) for place, one in enumerate(names) for two in names[place + 1 :]]
        measured = set(variables.indicators)
        fixed = set(variables.exogenous) if table.options.ordered else set()
        for outcome in related:
            if outcome in fixed:
                continue
            for predictor in related:
                loading = outcome in measured and predictor in latent
                if outcome != predictor and not loading:
                    pairs.append((outcome, "~", predictor))
        found += [
            Row(lhs, op, rhs, group, user=False, value=0.0) for lhs, op, rhs in pairs if (lhs, op, rhs) not in present
        ]
    return found


def _extended(fit: Fit, extra: Sequence[Row]) -> tuple[Specification, Problem, Array, list[int], int]:
    """The model with the fixed rows and the extra ones free, at the estimates; the candidates' rows; how many rows it had."""
    table = fit.problem.specification.table
    rows: list[Row] = []
    chosen: list[int] = []
    for number, row in enumerate(table.rows):
        opened = (
            not row.free and (row.exogenous or row.value is not None) and row.op in _OPENED and not _settled(row, table)
        )
        if opened:
            chosen.append(number)
        rows.append(replace(row, free=True, label="") if opened else row)
    for row in extra:
        chosen.append(len(rows))
        rows.append(replace(row, free=True))
    # Labels and constraints concern the model's own parameters, whose directions are given by its own K.
    plain = tuple(replace(row, label="") for row in rows)
    specification = specify(Table(plain, (), table.variables, table.options))
    theta = np.zeros(len(specification.positions))
    old = fit.problem.specification.positions
    for number, position in specification.positions.items():
        if number in old:
            theta[position] = fit.theta[old[number]]
        else:
            theta[position] = (table.rows[number].value if number < len(table.rows) else 0.0) or 0.0
    problem = Problem(specification, fit.problem.discrepancies, fit.problem.weights, np.zeros(theta.size))
    return specification, problem, theta, chosen, len(table.rows)


def _settled(row: Row, table: Table) -> bool:
    """Whether a row of a model with ordinal variables cannot be freed: it follows from others, or is conditioned on."""
    options = table.options
    implied = "~~" if options.parameterization == "delta" else "~*~"
    ordinal = row.op == implied and row.lhs == row.rhs and row.lhs in options.ordered
    return ordinal or (bool(options.ordered) and row.exogenous)


def modification_indices(fit: Fit, *, everything: bool = False) -> tuple[Modification, ...]:
    """The index of every fixed and every absent candidate parameter, one at a time.

    Candidates that only rescale the model, or that the data cannot tell from it, are left out, as in lavaan.  ``everything``
    lists covariances of all random variables, and candidates on any scale.
    """
    if fit.df == 0 or not fit.theta.size:
        return ()
    table = fit.problem.specification.table
    extra = candidates(table, everything=everything)
    specification, problem, theta, chosen, _ = _extended(fit, extra)
    gradient = problem.full_gradient(theta)
    columns, diagonal = _information(fit, specification, problem, theta)
    transform = fit.problem.specification.transform
    embedded = np.array([specification.positions[number] for number in fit.problem.specification.positions], dtype=int)
    place = np.array([specification.positions[number] for number in chosen], dtype=int)
    if not place.size:
        return ()
    inner = transform.T @ columns[embedded] @ transform
    across = columns[place] @ transform
    diagonal = diagonal[place]
    residual = diagonal - ((across @ invert(inner, fit.optimum.active)) * across).sum(axis=1)
    total = fit.n
    unit = np.full((1, len(specification.rows)), 1.0)
    scale_lv, scale_all = (part[0] for part in standardised(specification, theta[None], unit))
    result = []
    for index, number in enumerate(chosen):
        row = specification.rows[number]
        if residual[index] < (0.0 if everything else _SMALLEST) or residual[index] < 1e-9 * diagonal[index]:
            continue
        g = gradient[place[index]]
        epc = -g / residual[index]
        result.append(
            Modification(
                row.lhs, row.op, row.rhs, row.group, float(total * g * g / residual[index]), float(epc),
                _finite(epc * scale_lv[number]), float(np.sign(epc)) if row.op == "~*~" else _finite(epc * scale_all[number]),
            )
        )  # fmt: skip
    return tuple(sorted(result, key=lambda one: one.group))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _information(fit: Fit, specification: Specification, problem: Problem, theta: Array) -> tuple[Array, Array]:
    """The columns of the information that belong to the model's own parameters, (extended, own), and the whole diagonal."""
    own = fit.problem.specification.positions
    embedded = np.array([specification.positions[number] for number in own], dtype=int)
    discrepancies = problem.discrepancies
    if specification.exogenous.size and all(part.ordinal is None for part in fit.moments):
        information = _given_exogenous(fit, problem, theta)
        return information[:, embedded], np.diag(information)
    if not all(isinstance(one, NormalDiscrepancy) for one in discrepancies):
        information = problem.full_information(theta, "expected", fit.information_weights)
        return information[:, embedded], np.diag(information)
    back = np.full(theta.size, -1)
    back[embedded] = np.arange(embedded.size)
    columns, diagonal = np.zeros((theta.size, embedded.size)), np.zeros(theta.size)
    for kernel, state, weight in zip(
        specification.kernels, problem.states(theta), fit.information_weights, strict=True
    ):
        cells = np.flatnonzero(back[kernel.own] >= 0)
        block, part = kernel.information_columns(state, np.linalg.inv(state.sigma), cells)
        columns[kernel.own[:, None], back[kernel.own[cells]]] += weight * block[0]
        diagonal[kernel.own] += weight * part[0]
    return columns, diagonal


def _given_exogenous(fit: Fit, problem: Problem, theta: Array) -> Array:
    """The expected information given the exogenous variables: their own moments tell nothing (as lavaan has it)."""
    specification = problem.specification
    variables, means = specification.table.variables, specification.means
    out = np.zeros((theta.size, theta.size))
    for group, (kernel, state, part, weight) in enumerate(
        zip(specification.kernels, problem.states(theta), fit.moments, fit.information_weights, strict=True)
    ):
        chosen = random_moments(variables, means)
        delta = moment_derivative(kernel, state, means, theta.size)[chosen]
        v = model_weight(problem, group, state, part)[np.ix_(chosen, chosen)]
        out += weight * delta.T @ v @ delta
    return out


def score_tests(fit: Fit) -> tuple[Release, ...]:
    """For every linear equality constraint, the χ² (1 df) of giving it up."""
    from scipy.special import chdtrc

    specification = fit.problem.specification
    constraints = specification.linear
    if not len(constraints):
        raise InputError("the model has no equality constraint to give up")
    groups = specification.table.options.groups
    names = [""] * len(specification.positions)
    for number, position in specification.positions.items():
        row = specification.rows[number]
        names[position] = row.text + (f" [group {row.group}]" if groups > 1 else "")
    gradient = fit.problem.full_gradient(fit.theta)
    information = fit.problem.full_information(fit.theta, "expected", fit.information_weights)
    total = fit.n
    estimated = np.setdiff1d(np.arange(fit.theta.size), specification.exogenous)
    out = []
    for index in range(len(constraints)):
        rest = np.delete(constraints, index, axis=0)
        _, singular, right = (
            np.linalg.svd(rest[:, estimated]) if len(rest) else (None, np.zeros(0), np.eye(estimated.size))
        )
        basis = np.zeros((fit.theta.size, estimated.size - int((singular > 1e-12).sum())))
        basis[estimated] = right[int((singular > 1e-12).sum()) :].T
        g = basis.T @ gradient
        value = float(total * g @ np.linalg.solve(basis.T @ information @ basis, g))
        involved = [names[place] for place in np.flatnonzero(constraints[index])]
        out.append(Release(involved[0], " and ".join(involved[1:]), value, 1, float(chdtrc(1, value))))
    return tuple(out)
