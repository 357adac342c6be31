"""Terms: conjunctions of literals such as ``A*~B`` or ``A[2]*B[0]``, and the texts they are written as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from crosscase.core.errors import ExpressionError, InputError, NotFoundError
from crosscase.engines.qca.data import Floats, SetData
from crosscase.engines.qca.expression import And, Expression, Literal, Not, Or, parse

__all__ = ["Conditions", "Term"]

#: (condition, level) pairs in the order of the conditions.
Term = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of an analysis in the order given, with their numbers of levels."""

    names: tuple[str, ...]
    levels: tuple[int, ...]
    multi_value: bool

    @classmethod
    def of(cls, data: SetData, names: Sequence[str]) -> Conditions:
        """In an analysis with a multi-value condition every literal is written with its level, as R's QCA does."""
        levels = tuple(data.levels[data.index(name)] for name in names)
        return cls(tuple(names), levels, any(level > 2 for level in levels))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def size(self) -> int:
        """The number of logically possible configurations."""
        product = 1
        for level in self.levels:
            product *= level
        return product

    def write(self, term: Term) -> str:
        """The text of a term; ``1`` for the term that is always true."""
        return "*".join(self.literal(i, level) for i, level in term) or "1"

    def literal(self, condition: int, level: int) -> str:
        name = self.names[condition]
        if not re.fullmatch(r"[^\W\d][\w.]*", name):
            name = f"`{name}`"
        if self.multi_value:
            return f"{name}[{level}]"
        return name if level else f"~{name}"

    def expression(self, terms: Iterable[Term]) -> str:
        return " + ".join(self.write(term) for term in terms)

    def sort(self, terms: Iterable[Term]) -> tuple[Term, ...]:
        """Shorter terms first, then by the order of the conditions, presence before absence."""
        return tuple(sorted(terms, key=lambda term: (len(term), [(i, -level) for i, level in term])))

    def row(self, configuration: Sequence[int]) -> int:
        """The number of a configuration, from 1, the first condition most significant."""
        number = 0
        for value, level in zip(configuration, self.levels, strict=True):
            number = number * level + int(value)
        return number + 1

    def configuration(self, row: int) -> tuple[int, ...]:
        """The configuration with that number."""
        number = row - 1
        values = []
        for level in reversed(self.levels):
            number, value = divmod(number, level)
            values.append(value)
        return tuple(reversed(values))

    def terms(self, text: str) -> list[Term]:
        """The terms of an expression without parentheses: ``A*B + C*~D``; a union of levels gives a term for each.

        Raises:
            NotFoundError: a condition that is not there.
            InputError: the expression is not a disjunction of conjunctions of literals.
        """
        tree = parse(text)
        found: list[Term] = []
        for part in tree.parts if isinstance(tree, Or) else (tree,):
            alternatives: list[dict[int, int]] = [{}]
            for factor in part.parts if isinstance(part, And) else (part,):
                condition, levels = self._levels(factor, text)
                alternatives = [{**chosen, condition: level} for chosen in alternatives for level in levels]
            found += [tuple(sorted(chosen.items())) for chosen in alternatives]
        return found

    def _levels(self, factor: Expression, text: str) -> tuple[int, list[int]]:
        negated = isinstance(factor, Not)
        literal = factor.part if isinstance(factor, Not) else factor
        if not isinstance(literal, Literal):
            raise ExpressionError("parentheses cannot stand here", text, 0, mend="write it out: A*B + A*C")
        if literal.name not in self.names:
            raise NotFoundError("condition", literal.name, self.names, where=text)
        condition = self.names.index(literal.name)
        count = self.levels[condition]
        levels = list(literal.levels) if literal.levels is not None else [1]
        if literal.levels is None and count > 2:
            raise InputError(
                f"'{literal.name}' has {count} levels", where=text, mend=f"say which one: {literal.name}[1]"
            )
        if max(levels) >= count:
            raise InputError(
                f"'{literal.name}' has no level {max(levels)}", where=text, mend=f"its levels are 0 to {count - 1}"
            )
        return condition, [level for level in range(count) if (level in levels) != negated]


class Memberships:
    """Memberships of the cases in literals and terms, each literal computed once.

    ``outcome`` is a vector of memberships; terms are written with the conditions' numbers.
    """

    def __init__(self, data: SetData, conditions: Conditions) -> None:
        self.cases = data.cases
        columns: list[Floats] = []
        self.offsets: list[int] = []
        for name in conditions.names:
            self.offsets.append(len(columns))
            values = data.column(name)
            if data.kind(name) == "multi-value":
                columns += [(values == level).astype(np.float64) for level in range(data.levels[data.index(name)])]
            else:
                columns += [1.0 - values, values]
        #: shape (literals, cases)
        self.matrix = np.array(columns)

    def literal(self, condition: int, level: int) -> Floats:
        row: Floats = self.matrix[self.offsets[condition] + level]
        return row

    def term(self, term: Term) -> Floats:
        if not term:
            return np.ones(self.matrix.shape[1])
        rows = [self.offsets[i] + level for i, level in term]
        result: Floats = self.matrix[rows].min(axis=0)
        return result
