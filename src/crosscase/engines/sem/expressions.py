"""Arithmetic in model syntax: defined parameters (``ab := a*b``) and constraints (``a == b + 0.5``).

An expression is parsed once into a small tree and then evaluated over arrays, so that a thousand bootstrap draws are one
call.  Derivatives use the complex step (Squire & Trapp 1998), which is exact to machine precision for analytic functions.
It is not a general language: numbers, names, ``+ - * / ^``, parentheses and a few functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscase.core.errors import ExpressionError

__all__ = ["FUNCTIONS", "Expression", "jacobian", "parse_expression"]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d][\w.]*|\.[^\W\d][\w.]*)|(?P<sign>\*\*|[-+*/^()]))"
)


def _absolute(value: Any) -> Any:
    return np.where(np.real(value) < 0, -value, value)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": _absolute,
    "cos": np.cos,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "sqrt": np.sqrt,
    "tan": np.tan,
}

_Tree = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its text without blanks, the names it uses in order, and the tree."""

    text: str
    names: tuple[str, ...]
    tree: _Tree

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The value, elementwise over arrays.  ``values`` must hold every name of :attr:`names`."""
        return _evaluate(self.tree, values)

    @property
    def plain_name(self) -> str | None:
        """The name when the expression is nothing but a name."""
        return str(self.tree[1]) if self.tree[0] == "name" else None

    def terms(self) -> list[str] | None:
        """For a product of two or more plain names, the names; otherwise ``None``."""
        found: list[str] = []

        def walk(tree: _Tree) -> bool:
            if tree[0] == "name":
                found.append(tree[1])
                return True
            return tree[0] == "*" and walk(tree[1]) and walk(tree[2])

        return found if walk(self.tree) and len(found) > 1 else None


def _evaluate(tree: _Tree, values: Mapping[str, Any]) -> Any:
    kind = tree[0]
    if kind == "number":
        return tree[1]
    if kind == "name":
        return values[tree[1]]
    if kind == "call":
        return FUNCTIONS[tree[1]](_evaluate(tree[2], values))
    if kind == "negative":
        return -_evaluate(tree[1], values)
    left, right = _evaluate(tree[1], values), _evaluate(tree[2], values)
    if kind == "+":
        return left + right
    if kind == "-":
        return left - right
    if kind == "*":
        return left * right
    if kind == "/":
        return left / right
    return left**right


def parse_expression(text: str, *, source: str | None = None, offset: int = 0) -> Expression:
    """Parse ``text``.

    Args:
        text: the expression.
        source: the whole model text, for the caret of an error message; ``text`` when ``None``.
        offset: where ``text`` begins in ``source``.

    Raises:
        ExpressionError: the text is no expression.

    >>> parse_expression("a*b + 2^c").names
    ('a', 'b', 'c')
    """
    whole = text if source is None else source
    tokens: list[tuple[str, str, int]] = []
    position = 0
    while position < len(text):
        if not text[position:].strip():
            break
        match = _TOKEN.match(text, position)
        if match is None:
            blank = len(text[position:]) - len(text[position:].lstrip())
            raise ExpressionError("this character has no meaning in an expression", whole, offset + position + blank)
        kind = str(match.lastgroup)
        tokens.append((kind, match.group(kind), offset + match.start(kind)))
        position = match.end()
    parser = _Parser(tokens, whole, offset + len(text.rstrip()))
    tree = parser.sum()
    if parser.at < len(tokens):
        raise ExpressionError("the expression should end here", whole, tokens[parser.at][2])
    return Expression("".join(token[1] for token in tokens), tuple(dict.fromkeys(parser.names)), tree)


class _Parser:
    def __init__(self, tokens: list[tuple[str, str, int]], source: str, end: int) -> None:
        self.tokens, self.source, self.end, self.at = tokens, source, end, 0
        self.names: list[str] = []

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" else ""

    def sum(self) -> _Tree:
        tree = self.product()
        while self.peek() in ("+", "-"):
            sign = self.peek()
            self.at += 1
            tree = (sign, tree, self.product())
        return tree

    def product(self) -> _Tree:
        tree = self.signed()
        while self.peek() in ("*", "/"):
            sign = self.peek()
            self.at += 1
            tree = (sign, tree, self.signed())
        return tree

    def signed(self) -> _Tree:
        if self.peek() in ("+", "-"):
            negative = self.peek() == "-"
            self.at += 1
            tree = self.signed()
            return ("negative", tree) if negative else tree
        return self.power()

    def power(self) -> _Tree:
        tree = self.atom()
        if self.peek() in ("^", "**"):
            self.at += 1
            tree = ("^", tree, self.signed())
        return tree

    def atom(self) -> _Tree:
        if self.at >= len(self.tokens):
            raise ExpressionError(
                "something is missing here", self.source, self.end, mend="write a number, a label or '('"
            )
        kind, text, position = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return ("number", float(text))
        if kind == "name":
            if self.peek() == "(":
                if text not in FUNCTIONS:
                    raise ExpressionError(
                        f"there is no function '{text}'",
                        self.source,
                        position,
                        mend="there are: " + ", ".join(FUNCTIONS),
                    )
                self.at += 1
                tree = ("call", text, self.sum())
                self._close(position)
                return tree
            self.names.append(text)
            return ("name", text)
        if text == "(":
            tree = self.sum()
            self._close(position)
            return tree
        raise ExpressionError(
            f"'{text}' cannot stand here", self.source, position, mend="write a number, a label or '('"
        )

    def _close(self, opened: int) -> None:
        if self.peek() != ")":
            raise ExpressionError("this parenthesis is not closed", self.source, opened)
        self.at += 1


def jacobian(expressions: Sequence[Expression], names: Sequence[str], values: Sequence[float]) -> np.ndarray:
    """Derivatives of the expressions by the names: shape (expressions, names).

    >>> jacobian([parse_expression("a*b")], ["a", "b"], [2.0, 3.0])
    array([[3., 2.]])
    """
    step = 1e-30
    result = np.zeros((len(expressions), len(names)))
    point = {name: complex(value) for name, value in zip(names, values, strict=True)}
    for column, name in enumerate(names):
        shifted = {**point, name: point[name] + 1j * step}
        for row, expression in enumerate(expressions):
            if name in expression.names:
                result[row, column] = np.imag(expression.evaluate(shifted)) / step
    return result
