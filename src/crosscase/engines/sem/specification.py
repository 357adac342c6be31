"""The table made ready for estimation: one kernel per group, and the constraints as θ = K ψ + k.

The *full vector* θ has an entry for every free row and for every moment of an exogenous observed variable (which stays at the
sample's value).  The *reduced vector* ψ is what is estimated: equal labels and linear ``==`` constraints are solved once, so
that estimation is unconstrained.  Non-linear ``==`` and the inequalities remain as functions for the optimizer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosscase.core.errors import InputError
from crosscase.engines.sem.expressions import Expression, jacobian
from crosscase.engines.sem.kernel import Kernel, build_kernel
from crosscase.engines.sem.syntax import Constraint
from crosscase.engines.sem.table import Row, Table

__all__ = ["Definition", "Specification", "specify"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Definition:
    """A defined parameter ``name := expression``, with earlier definitions usable in later ones."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Specification:
    """A model ready for estimation.

    Attributes:
        table: the parameter table.
        kernels: one per group.
        positions: row number → position in the full vector θ, for free and exogenous rows.
        transform: K of shape (full, reduced).
        offset: k of shape (full,); the entries of exogenous rows are filled from the sample.
        exogenous: positions in θ of the exogenous moments, which are taken from the sample.
        labels: label → position in θ.
        equalities, inequalities: non-linear constraints; left − right is 0, or at least 0.
        definitions: the defined parameters.
        linear: the matrix A of all linear equalities A θ = b, for counting and for score tests.
        means: whether there is a mean structure.
        plain: whether ψ is θ and is that of the only group: nothing equal, exogenous or fixed by a constraint.
    """

    table: Table
    kernels: tuple[Kernel, ...]
    positions: dict[int, int]
    transform: Array
    offset: Array
    exogenous: Array
    labels: dict[str, int]
    equalities: tuple[Constraint, ...]
    inequalities: tuple[Constraint, ...]
    definitions: tuple[Definition, ...]
    linear: Array
    means: bool
    plain: bool

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.table.rows

    @property
    def parameters(self) -> int:
        """How many are estimated."""
        return int(self.transform.shape[1]) - len(self.equalities)

    def names(self) -> list[str]:
        """A readable name for every entry of θ: its label, or the arrow, with the group when there are several."""
        names = [""] * len(self.positions)
        for number, position in self.positions.items():
            row = self.rows[number]
            text = row.label if row.label and not row.label.startswith(".p") else row.text
            names[position] = text + (f" [group {row.group}]" if row.group > 1 and not row.label else "")
        return names

    def statistics(self) -> int:
        """How many sample moments the model has to explain."""
        variables = self.table.variables
        p, x = len(variables.observed), len(variables.exogenous)
        count = p * (p + 1) // 2 - x * (x + 1) // 2 + ((p - x) if self.means else 0)
        ordered = self.table.options.ordered
        if ordered:
            q = p - x
            continuous = sum(name not in ordered for name in variables.random)
            count = q * (q - 1) // 2 + sum(ordered.values()) + 2 * continuous + q * x
        return count * len(self.kernels)

    def values(self, theta: Array) -> dict[str, Array]:
        """Label → value over leading axes, with the definitions evaluated."""
        found: dict[str, Array] = {label: theta[..., position] for label, position in self.labels.items()}
        for definition in self.definitions:
            found[definition.name] = definition.expression.evaluate(found)
        return found


def specify(table: Table) -> Specification:
    """Number the parameters, build the kernels, solve the linear constraints.

    Raises:
        InputError: the constraints contradict each other.
    """
    rows = table.rows
    positions: dict[int, int] = {}
    for number, row in enumerate(rows):
        if row.free or row.exogenous:
            positions[number] = len(positions)
    means = table.options.meanstructure
    kernels = tuple(
        build_kernel(rows, positions, table.variables, means, group, table.options.parameterization)
        for group in range(1, table.options.groups + 1)
    )
    labels: dict[str, int] = {}
    equal: list[tuple[int, int]] = []
    for number, position in positions.items():
        labels[f".p{number + 1}."] = position
        label = rows[number].label
        if not label or labels.get(label) == position:
            continue
        if label in labels:
            equal.append((labels[label], position))
        else:
            labels[label] = position
    fixed_labels = {row.label: row.value for row in rows if row.label and not row.free and row.value is not None}
    definitions = _definitions(table, fixed_labels)
    size = len(positions)
    exogenous = np.array([positions[number] for number in positions if rows[number].exogenous], dtype=int)
    linear_rows: list[Array] = []
    linear_values: list[float] = []
    for one, two in equal:
        row_vector = np.zeros(size)
        row_vector[one], row_vector[two] = 1.0, -1.0
        linear_rows.append(row_vector)
        linear_values.append(0.0)
    equalities: list[Constraint] = []
    inequalities: list[Constraint] = []
    for constraint in table.constraints:
        if constraint.op == ":=":
            continue
        constraint = _substituted(constraint, fixed_labels, definitions)
        if constraint.op != "==":
            inequalities.append(constraint)
            continue
        linear = _linear(constraint, labels, size)
        if linear is None:
            equalities.append(constraint)
        else:
            linear_rows.append(linear[0])
            linear_values.append(linear[1])
    inequalities.extend(_bounds(rows, positions))
    matrix = np.array(linear_rows).reshape(-1, size)
    texts = [f"{one.left.text} == {one.right.text}" for one in table.constraints if one.op == "=="]
    transform, offset = _solve(matrix, np.array(linear_values), exogenous, size, equal, texts)
    plain = (
        len(kernels) == 1 and not len(matrix) and not exogenous.size and np.array_equal(kernels[0].own, np.arange(size))
    )
    return Specification(
        table, kernels, positions, transform, offset, exogenous, labels, tuple(equalities), tuple(inequalities),
        definitions, matrix, means, plain,
    )  # fmt: skip


def _definitions(table: Table, fixed: Mapping[str, float]) -> tuple[Definition, ...]:
    result: list[Definition] = []
    for constraint in table.constraints:
        if constraint.op != ":=":
            continue
        name = str(constraint.left.plain_name)
        result.append(Definition(name, _replaced(constraint.right, fixed)))
    return tuple(result)


def _replaced(expression: Expression, fixed: Mapping[str, float]) -> Expression:
    """The expression with the labels of fixed parameters replaced by their values."""
    if not any(name in fixed for name in expression.names):
        return expression

    def walk(tree: tuple[object, ...]) -> tuple[object, ...]:
        if tree[0] == "name" and tree[1] in fixed:
            return ("number", fixed[str(tree[1])])
        return tuple(walk(part) if isinstance(part, tuple) else part for part in tree)

    names = tuple(name for name in expression.names if name not in fixed)
    return Expression(expression.text, names, walk(expression.tree))


def _substituted(constraint: Constraint, fixed: Mapping[str, float], definitions: tuple[Definition, ...]) -> Constraint:
    """A constraint in terms of free parameters only."""
    known = {definition.name: definition.expression for definition in definitions}

    def walk(tree: tuple[object, ...]) -> tuple[object, ...]:
        if tree[0] == "name" and tree[1] in known:
            return walk(known[str(tree[1])].tree)
        return tuple(walk(part) if isinstance(part, tuple) else part for part in tree)

    def names_in(tree: tuple[object, ...]) -> list[str]:
        if tree[0] == "name":
            return [str(tree[1])]
        return [name for part in tree if isinstance(part, tuple) for name in names_in(part)]

    sides = []
    for side in (constraint.left, constraint.right):
        tree = walk(_replaced(side, fixed).tree)
        sides.append(Expression(side.text, tuple(dict.fromkeys(names_in(tree))), tree))
    return Constraint(sides[0], constraint.op, sides[1], constraint.position)


def difference(constraint: Constraint) -> Expression:
    """left − right for ``==`` and ``>``, right − left for ``<``."""
    first, second = (constraint.right, constraint.left) if constraint.op == "<" else (constraint.left, constraint.right)
    names = tuple(dict.fromkeys((*first.names, *second.names)))
    return Expression(f"{first.text}-({second.text})", names, ("-", first.tree, second.tree))


def _linear(constraint: Constraint, labels: Mapping[str, int], size: int) -> tuple[Array, float] | None:
    """The row a and value b of aθ = b when the constraint is linear."""
    expression = difference(constraint)
    names = expression.names
    if not names:
        raise InputError(f"the constraint '{constraint.left.text} == {constraint.right.text}' names no free parameter")
    generator = np.random.default_rng(1)
    first, second = 0.5 + generator.random(len(names)), 0.5 + generator.random(len(names))
    slope, other = (jacobian([expression], names, point.tolist())[0] for point in (first, second))
    if not np.allclose(slope, other, rtol=1e-12, atol=1e-12):
        return None
    row = np.zeros(size)
    for name, value in zip(names, slope, strict=True):
        row[labels[name]] += value
    constant = float(np.real(expression.evaluate(dict(zip(names, first, strict=True))))) - float(slope @ first)
    return row, -constant


def _bounds(rows: tuple[Row, ...], positions: Mapping[int, int]) -> list[Constraint]:
    found: list[Constraint] = []
    for number in positions:
        row = rows[number]
        if row.lower is None and row.upper is None:
            continue
        name = Expression(row.text, (f".p{number + 1}.",), ("name", f".p{number + 1}."))
        for bound, op in ((row.lower, ">"), (row.upper, "<")):
            if bound is not None and np.isfinite(bound):
                found.append(Constraint(name, op, Expression(str(bound), (), ("number", bound))))
    return found


def _solve(
    matrix: Array, values: Array, exogenous: Array, size: int, equal: list[tuple[int, int]], texts: Sequence[str]
) -> tuple[Array, Array]:
    """K and k such that every θ = Kψ + k satisfies the linear constraints."""
    if not len(matrix) and not exogenous.size:
        return np.eye(size), np.zeros(size)
    estimated = np.setdiff1d(np.arange(size), exogenous)
    representative = np.arange(size)
    for one, two in equal:
        keep, drop = sorted((representative[one], representative[two]))
        representative[representative == drop] = keep
    leaders = [index for index in estimated if representative[index] == index]
    place = {leader: column for column, leader in enumerate(leaders)}
    transform = np.zeros((size, len(leaders)))
    for index in estimated:
        transform[index, place[int(representative[index])]] = 1.0
    offset = np.zeros(size)
    rest, target = matrix[len(equal) :], values[len(equal) :]
    if len(rest):
        reduced = rest @ transform
        particular = np.linalg.lstsq(reduced, target, rcond=None)[0]
        if not np.allclose(reduced @ particular, target, atol=1e-10):
            raise InputError(
                "the equality constraints contradict each other", where="model", mend="take one of them out: " + "; ".join(texts)
            )  # fmt: skip
        _, singular, right = np.linalg.svd(reduced)
        rank = int((singular > 1e-12 * max(1.0, singular.max(initial=0.0))).sum())
        offset = transform @ particular
        transform = transform @ right[rank:].T
    return transform, offset
