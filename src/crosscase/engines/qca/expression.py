"""Expressions over sets: ``A*~B + C[2]``, with ``*`` and, ``+`` or, ``~`` not, and parentheses.

Evaluated on fuzzy memberships (minimum, maximum, one minus), or on the configurations of a truth table.  ``A[1,2]`` is
the union of levels of a multi-value set.  A name with other signs than letters, digits, ``_`` and ``.`` is written in
backticks.  Not here: the grammar of claims with its arrows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosscase.core.errors import ExpressionError, InputError, NotFoundError
from crosscase.engines.qca.data import EPSILON, Floats, SetData

__all__ = ["And", "Expression", "Literal", "Not", "Or", "disjuncts", "literals", "membership", "parse", "write"]

TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d][\w.]*|`[^`]+`)|(?P<levels>[\[{]\s*\d+(?:\s*,\s*\d+)*\s*[\]}])|(?P<sign>[*+~()]))"
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A set, or some levels of it (``None``: full membership of a crisp or fuzzy set)."""

    name: str
    levels: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Not:
    part: Expression


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Expression, ...]


Expression = Literal | Not | And | Or


def parse(text: str, names: Sequence[str] | None = None) -> Expression:
    """Parse an expression.

    Args:
        names: the sets there are; an unknown name is then a :class:`NotFoundError`.

    Raises:
        ExpressionError: the text does not parse; its position is marked.

    >>> write(parse("~(A + B[1]) * C"))
    '~(A + B[1])*C'
    """
    parser = _Parser(text, names)
    expression = parser.disjunction()
    parser.end()
    return expression


class _Parser:
    def __init__(self, text: str, names: Sequence[str] | None) -> None:
        self.text = text
        self.names = names
        self.tokens = list(_tokens(text))
        self.next = 0

    def peek(self) -> tuple[str, str, int]:
        return self.tokens[self.next]

    def take(self, sign: str) -> bool:
        if self.peek()[1] == sign and self.peek()[0] == "sign":
            self.next += 1
            return True
        return False

    def fail(self, wanted: str) -> ExpressionError:
        kind, value, position = self.peek()
        found = "the end" if kind == "end" else f"'{value}'"
        return ExpressionError(f"expected {wanted}, found {found}", self.text, position, mend="an example: A*~B + C[2]")

    def end(self) -> None:
        if self.peek()[0] != "end":
            raise self.fail("'*', '+' or the end")

    def disjunction(self) -> Expression:
        parts = [self.conjunction()]
        while self.take("+"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Expression:
        parts = [self.factor()]
        while self.take("*"):
            parts.append(self.factor())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def factor(self) -> Expression:
        if self.take("~"):
            return Not(self.factor())
        if self.take("("):
            inner = self.disjunction()
            if not self.take(")"):
                raise self.fail("')'")
            return inner
        kind, value, _ = self.peek()
        if kind != "name":
            raise self.fail("a set, '~' or '('")
        self.next += 1
        name = value.strip("`")
        if self.names is not None and name not in self.names:
            raise NotFoundError("set", name, self.names, where=f"expression {self.text.strip()}")
        kind, value, _ = self.peek()
        if kind != "levels":
            return Literal(name)
        self.next += 1
        return Literal(name, tuple(sorted({int(level) for level in re.findall(r"\d+", value)})))


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    position = 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise ExpressionError(
                f"'{text[start]}' cannot stand here",
                text,
                start,
                mend="use names, [levels], '*', '+', '~' and parentheses",
            )
        yield match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)
        position = match.end()
    yield "end", "", len(text)


def write(expression: Expression) -> str:
    """The expression as text; parses back to the same expression."""
    if isinstance(expression, Literal):
        name = expression.name if re.fullmatch(r"[^\W\d][\w.]*", expression.name) else f"`{expression.name}`"
        return name if expression.levels is None else f"{name}[{','.join(map(str, expression.levels))}]"
    if isinstance(expression, Not):
        inner = write(expression.part)
        return f"~{inner}" if isinstance(expression.part, Literal | Not) else f"~({inner})"
    if isinstance(expression, And):
        return "*".join(f"({write(part)})" if isinstance(part, Or | And) else write(part) for part in expression.parts)
    return " + ".join(f"({write(part)})" if isinstance(part, Or) else write(part) for part in expression.parts)


def literals(expression: Expression) -> Iterator[Literal]:
    """Every mention of a set, in order."""
    if isinstance(expression, Literal):
        yield expression
    elif isinstance(expression, Not):
        yield from literals(expression.part)
    else:
        for part in expression.parts:
            yield from literals(part)


def disjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The parts joined by ``+`` at the top; the expression itself when there are none."""
    return expression.parts if isinstance(expression, Or) else (expression,)


def evaluate(expression: Expression, literal: Callable[[Literal], Floats]) -> Floats:
    """Minimum, maximum and one minus, with ``literal`` for the sets."""
    if isinstance(expression, Literal):
        return literal(expression)
    if isinstance(expression, Not):
        return 1.0 - evaluate(expression.part, literal)
    parts = [evaluate(part, literal) for part in expression.parts]
    joined: Floats = np.minimum.reduce(parts) if isinstance(expression, And) else np.maximum.reduce(parts)
    return joined


def membership(expression: Expression | str, data: SetData) -> Floats:
    """The membership of every case in an expression, shape (cases,).

    Raises:
        InputError: a multi-value set without a level, or a level that does not exist.
    """
    tree = parse(expression, data.names) if isinstance(expression, str) else expression

    def literal(part: Literal) -> Floats:
        j = data.index(part.name)
        return level_membership(data.values[:, j], data.levels[j], data.kinds[j] == "multi-value", part)

    return evaluate(tree, literal)


def level_membership(column: Floats, levels: int, multi_value: bool, part: Literal) -> Floats:
    """Membership in some levels of one set."""
    if part.levels is None:
        if multi_value:
            raise InputError(
                f"'{part.name}' has {levels} levels", where=f"'{part.name}'", mend=f"say which one: {part.name}[1]"
            )
        return column
    for level in part.levels:
        if level >= levels:
            raise InputError(
                f"'{part.name}' has no level {level}", where=write(part), mend=f"its levels are 0 to {levels - 1}"
            )
    if multi_value:
        return np.isin(column, part.levels).astype(np.float64)
    parts = [column if level == 1 else 1.0 - column for level in part.levels]
    union: Floats = np.maximum.reduce(parts)
    return union


def holds(
    expression: Expression, configurations: NDArray[np.int64], names: Sequence[str], levels: Sequence[int]
) -> NDArray[np.bool_]:
    """Which configurations (rows × conditions, whole numbers) an expression is true of."""

    def literal(part: Literal) -> Floats:
        if part.name not in names:
            raise NotFoundError("condition", part.name, names, where=f"expression {write(expression)}")
        j = list(names).index(part.name)
        return level_membership(configurations[:, j].astype(np.float64), levels[j], levels[j] > 2, part)

    return evaluate(expression, literal) > 1 - EPSILON
