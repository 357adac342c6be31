"""The grammar of claims and analyses.

::

    statement  =  term                        an expression by itself
               |  term "=>" term              is sufficient for
               |  term "<=" term              is necessary for
               |  term "->" term ("->" term)* leads to; a chain is a mediation
               |  NAME ":=" term              is defined as
    term       =  factor ("+" factor)*        or
    factor     =  literal ("*" literal)*      and
    literal    =  "~" literal | "(" term ")" | NAME [ "[" LEVELS "]" ]

``A[2]`` is level 2 of a multi-value condition, ``A[1,2]`` the union of two.  A term can be evaluated over any values that
have an *and*, an *or* and a *not*: memberships, arrays of memberships, or the three states of a cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Literal, TypeVar

from crosscase.core.errors import ExpressionError

Connective = Literal["", "=>", "<=", "->", ":="]
Value = TypeVar("Value")

#: The deepest nesting of parentheses and negations that is read.
DEEPEST = 60

_TOKEN = re.compile(r"\s*(?:(=>|<=|->|:=|[*+~()])|([^\W\d][\w.]*|\d+\w*[^\W\d]\w*)(\s*\[([^\]]*)\])?)")


@dataclass(frozen=True, slots=True)
class Name:
    """A construct or condition; ``levels`` are those of a multi-value condition, empty for a set."""

    name: str
    levels: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.name + (f"[{','.join(map(str, self.levels))}]" if self.levels else "")


@dataclass(frozen=True, slots=True)
class Not:
    part: Term

    def __str__(self) -> str:
        return f"~{self.part}" if isinstance(self.part, Name | Not) else f"~({self.part})"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Term, ...]

    def __str__(self) -> str:
        return "*".join(f"({part})" if isinstance(part, Or | And) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Term, ...]

    def __str__(self) -> str:
        return " + ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


Term = Name | Not | And | Or


@dataclass(frozen=True, slots=True)
class Statement:
    """Terms joined by one connective; a single term has the empty one."""

    connective: Connective
    terms: tuple[Term, ...]

    @property
    def left(self) -> Term:
        return self.terms[0]

    @property
    def right(self) -> Term:
        """The last term: the outcome of a claim."""
        return self.terms[-1]

    def names(self) -> tuple[str, ...]:
        """The names it uses, each once, in the order of the text."""
        return tuple(dict.fromkeys(name for term in self.terms for name in names_of(term)))

    def __str__(self) -> str:
        return f" {self.connective} ".join(str(term) for term in self.terms)


def parse(text: str) -> Statement:
    """Read a statement; ExpressionError shows the place with a caret.

    >>> statement = parse("perceive * (ecommerce + soe) * customers => spread")
    >>> statement.connective, statement.names()
    ('=>', ('perceive', 'ecommerce', 'soe', 'customers', 'spread'))
    >>> str(statement)
    'perceive*(ecommerce + soe)*customers => spread'
    """
    return _Parser(text).statement()


def parse_term(text: str) -> Term:
    """Read an expression without a connective."""
    statement = parse(text)
    if statement.connective:
        raise ExpressionError(
            f"'{statement.connective}' cannot stand here",
            text,
            text.index(statement.connective),
            mend="give one side only",
        )
    return statement.left


def names_of(term: Term) -> Iterator[str]:
    """The names in a term, in the order of the text, repetitions included."""
    if isinstance(term, Name):
        yield term.name
    elif isinstance(term, Not):
        yield from names_of(term.part)
    else:
        for part in term.parts:
            yield from names_of(part)


def evaluate(
    term: Term,
    lookup: Callable[[Name], Value],
    *,
    conjoin: Callable[[Value, Value], Value],
    disjoin: Callable[[Value, Value], Value],
    negate: Callable[[Value], Value],
) -> Value:
    """The value of a term, given the value of each name and what *and*, *or* and *not* do.

    >>> term = parse_term("A*~B")
    >>> membership = {"A": 0.75, "B": 0.5}
    >>> evaluate(term, lambda one: membership[one.name], conjoin=min, disjoin=max, negate=lambda value: 1 - value)
    0.5
    """

    def walk(one: Term) -> Value:
        if isinstance(one, Name):
            return lookup(one)
        if isinstance(one, Not):
            return negate(walk(one.part))
        return reduce(conjoin if isinstance(one, And) else disjoin, (walk(part) for part in one.parts))

    return walk(term)


def three_valued(term: Term, lookup: Callable[[Name], bool | None]) -> bool | None:
    """The value of a term over present / absent / no data (Kleene 1952): what is not known stays not known.

    >>> three_valued(parse_term("A + B"), lambda name: {"A": True, "B": None}[name.name])
    True
    >>> three_valued(parse_term("A * B"), lambda name: {"A": True, "B": None}[name.name]) is None
    True
    """
    return evaluate(
        term, lookup, conjoin=kleene_and, disjoin=kleene_or, negate=lambda one: None if one is None else not one
    )


def kleene_and(a: bool | None, b: bool | None) -> bool | None:
    """*And* where one side may be unknown (Kleene 1952)."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def kleene_or(a: bool | None, b: bool | None) -> bool | None:
    """*Or* where one side may be unknown (Kleene 1952)."""
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    start: int
    levels: tuple[int, ...] = ()
    text: str = ""


class _Parser:
    """Recursive descent; one token of look-ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens())
        self.next = 0

    def _tokens(self) -> Iterator[_Token]:
        position = 0
        end = len(self.text.rstrip())
        while position < end:
            found = _TOKEN.match(self.text, position)
            if found is None:
                start = position + len(self.text[position:]) - len(self.text[position:].lstrip())
                raise ExpressionError(
                    f"'{self.text[start]}' has no meaning here",
                    self.text,
                    start,
                    mend="use names, * (and), + (or), ~ (not), parentheses, and =>, <=, -> or :=",
                )
            operator, name, _, levels = found.groups()
            start = found.start(1) if operator else found.start(2)
            if operator:
                yield _Token(operator, start)
            else:
                yield _Token("name", start, self._levels(levels, found.start(4)), name)
            position = found.end()
        yield _Token("end", end)

    def _levels(self, text: str | None, start: int) -> tuple[int, ...]:
        if text is None:
            return ()
        try:
            return tuple(int(level) for level in text.split(","))
        except ValueError:
            raise ExpressionError(
                f"'{text}' is no level", self.text, start, mend="write whole numbers, as in A[2] or A[1,2]"
            ) from None

    def statement(self) -> Statement:
        terms = [self._or(0)]
        connective = self._peek().kind
        if connective not in ("=>", "<=", "->", ":="):
            self._expect_end()
            return Statement("", tuple(terms))
        while self._peek().kind == connective and (len(terms) == 1 or connective == "->"):
            self.next += 1
            terms.append(self._or(0))
        self._expect_end()
        if connective == ":=" and not isinstance(terms[0], Name):
            raise ExpressionError("only a single name can be defined", self.text, 0, mend="write NAME := ...")
        return Statement(connective, tuple(terms))  # type: ignore[arg-type]

    def _or(self, depth: int) -> Term:
        parts = [self._and(depth)]
        while self._peek().kind == "+":
            self.next += 1
            parts.append(self._and(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self, depth: int) -> Term:
        parts = [self._literal(depth)]
        while self._peek().kind == "*":
            self.next += 1
            parts.append(self._literal(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _literal(self, depth: int) -> Term:
        token = self._peek()
        if depth > DEEPEST:
            raise ExpressionError(
                "this is nested too deeply", self.text, token.start, mend=f"{DEEPEST} levels are read"
            )
        if token.kind == "~":
            self.next += 1
            return Not(self._literal(depth + 1))
        if token.kind == "(":
            self.next += 1
            inner = self._or(depth + 1)
            if self._peek().kind != ")":
                raise ExpressionError("this parenthesis is not closed", self.text, token.start, mend="add ')'")
            self.next += 1
            return inner
        if token.kind == "name":
            self.next += 1
            return Name(token.text, token.levels)
        raise ExpressionError(self._unexpected(token), self.text, token.start, mend="a name, '~' or '(' is expected")

    def _peek(self) -> _Token:
        return self.tokens[self.next]

    def _expect_end(self) -> None:
        token = self._peek()
        if token.kind != "end":
            raise ExpressionError(self._unexpected(token), self.text, token.start, mend="join two names by * or +")

    @staticmethod
    def _unexpected(token: _Token) -> str:
        if token.kind == "end":
            return "the expression ends too early"
        return f"'{token.text or token.kind}' cannot stand here"
