"""The model syntax that users of lavaan know, read into statements.

::

    visual =~ x1 + x2 + x3        measured by
    y ~ a*x + start(0.5)*z        regressed on, with a label and a start value
    x1 ~~ x2                      variance or covariance
    y ~ 1                         intercept
    u | t1 + t2                   thresholds of an ordinal variable
    ab := a*b                     a defined parameter
    a == b;  a > 0                constraints

This module knows nothing of defaults or matrices (:mod:`.table` does).  It points at the place of an error with a caret.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from crosscase.core.errors import ExpressionError
from crosscase.engines.sem.expressions import FUNCTIONS, Expression, parse_expression

__all__ = ["Constraint", "Model", "Term", "parse"]

#: One value per group; a single value stands for all groups.  ``None`` in ``fixed`` means freed by ``NA``.
Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One arrow of the model with what the user said about it.

    ``op`` is one of ``=~ ~ ~~ ~1 | ~*~``; ``group`` is the 1-based group of a ``group:`` block, 0 for all groups.
    """

    lhs: str
    op: str
    rhs: str
    fixed: Values = ()
    start: Values = ()
    labels: tuple[str, ...] = ()
    lower: Values = ()
    upper: Values = ()
    equal: str = ""
    group: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True)
class Constraint:
    """``left op right`` with op ``:=``, ``==``, ``<`` or ``>``; for ``:=`` the left side is a plain name."""

    left: Expression
    op: str
    right: Expression
    position: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """A parsed model: its terms and constraints in the order of the text, and the ``group:`` blocks with their places."""

    text: str
    terms: tuple[Term, ...]
    constraints: tuple[Constraint, ...] = field(default=())
    blocks: tuple[tuple[str, int], ...] = ()

    def for_groups(self, labels: Sequence[str]) -> Model:
        """The model with its ``group:`` blocks in the order of the groups of the data; the blocks name them, or number them.

        Raises:
            ExpressionError: a block for a group that the data do not have, a group without a block, a block that speaks of
                other variables than the others.
        """
        if not self.blocks:
            return self
        if len(labels) < 2:
            raise ExpressionError(
                "the model has blocks for groups, the data have one group", self.text, self.blocks[0][1],
                mend="name the column of the groups (--group VAR), or take the blocks out",
            )  # fmt: skip
        known = list(labels)
        if not {name for name, _ in self.blocks} & set(known):
            known = [str(number) for number in range(1, len(labels) + 1)]
        order: dict[int, int] = {}
        for block, (name, position) in enumerate(self.blocks, start=1):
            if name not in known or known.index(name) + 1 in order.values():
                problem = f"there is no group '{name}'" if name not in known else f"a second block for group '{name}'"
                raise ExpressionError(
                    problem, self.text, position, mend=f"the groups of the data are {', '.join(labels)}"
                )
            order[block] = known.index(name) + 1
        left_out = [label for number, label in enumerate(labels, start=1) if number not in order.values()]
        if left_out:
            raise ExpressionError(
                f"there is no block for group {', '.join(left_out)}", self.text, self.blocks[-1][1],
                mend="write one block for each group, or no blocks: a model without them holds for all groups",
            )  # fmt: skip
        self._same_names()
        return replace(self, terms=tuple(replace(term, group=order.get(term.group, 0)) for term in self.terms))

    def _same_names(self) -> None:
        """Every block has to speak of the same variables: what one group lacks is no model for its data."""
        names = [
            {name for term in self.terms if term.group in (0, block) for name in (term.lhs, term.rhs) if name}
            for block in range(1, len(self.blocks) + 1)
        ]
        for own, (_, position) in zip(names, self.blocks, strict=True):
            lacking = sorted(set().union(*names) - own)
            if lacking:
                raise ExpressionError(
                    f"this block says nothing of {', '.join(lacking)}, another one does", self.text, position,
                    mend="all groups need the same variables under the same names",
                )  # fmt: skip


_TOKEN = re.compile(
    r"""(?P<newline>\n)|(?P<blank>[ \t\r\f\v]+)|(?P<comment>[#!][^\n]*)|(?P<semicolon>;)
    |(?P<op>=~|<~|~\*~|~~|:=|==|~|<=|>=|<|>|\|)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d][\w.]*(?::(?!=)[^\W\d][\w.]*)*|\.[^\W\d][\w.]*)
    |(?P<string>"[^"\n]*"|'[^'\n]*')
    |(?P<sign>[-+*/^(),?:])""",
    re.VERBOSE,
)
_OPERATORS = "=~  ~  ~~  ~ 1  |  :=  ==  <  >"
_FUNCTIONS = ("c", "start", "label", "equal", "fixed", "lower", "upper")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def parse(text: str) -> Model:
    """Read a model.

    Raises:
        ExpressionError: the text does not parse; the message shows the line with a caret.

    >>> [(term.lhs, term.op, term.rhs) for term in parse("f =~ x1 + x2; y ~ f").terms]
    [('f', '=~', 'x1'), ('f', '=~', 'x2'), ('y', '~', 'f')]
    """
    terms: list[Term] = []
    constraints: list[Constraint] = []
    blocks: list[tuple[str, int]] = []
    for statement in _statements(text, _tokens(text)):
        label = _block(text, statement)
        if label is not None:
            blocks.append((label, statement[0].start))
            continue
        operator = next((index for index, token in enumerate(statement) if token.kind == "op"), None)
        if operator is None:
            first = statement[0]
            raise ExpressionError("this line has no operator", text, first.start, mend=f"use one of  {_OPERATORS}")
        left, op, right = statement[:operator], statement[operator], statement[operator + 1 :]
        if not left:
            raise ExpressionError(f"there is nothing to the left of '{op.text}'", text, op.start)
        if not right:
            raise ExpressionError(f"there is nothing to the right of '{op.text}'", text, op.end)
        if op.text in (":=", "==", "<", ">", "<=", ">="):
            constraints.append(_constraint(text, left, op, right))
        else:
            _extend(text, terms, _merged(_formula(text, left, op, right, len(blocks))))
    _no_latent_products(text, terms)
    if not terms:
        raise ExpressionError(
            "the model is empty", text, 0, mend="write at least one line, for example  f =~ x1 + x2 + x3"
        )
    return Model(text, tuple(terms), tuple(constraints), tuple(blocks))


def _block(text: str, statement: list[_Token]) -> str | None:
    """The label of a ``group: label`` line; ``None`` for any other line."""
    first = statement[0]
    kind, colon, _ = first.text.partition(":")
    if not colon and len(statement) > 1 and statement[1].text == ":":
        colon = ":"
    if first.kind != "name" or not colon or any(token.kind == "op" for token in statement):
        return None
    if kind.casefold() in ("level", "block"):
        raise ExpressionError(
            "models of several levels are not part of this engine", text, first.start,
            mend="for cases within clusters fit one level with standard errors that know of the clusters (--cluster VAR)",
        )  # fmt: skip
    label = text[text.index(":", first.start) + 1 : statement[-1].end].strip().strip("\"'")
    if kind.casefold() != "group" or not label:
        raise ExpressionError("this line begins no block", text, first.start, mend="write for example  group: 1")
    return label


def _extend(text: str, terms: list[Term], more: list[Term]) -> None:
    """Add the terms of one statement; an arrow may stand in one statement only, as two would contradict each other."""
    known = {key for term in terms for key in _keys(term)}
    for term in more:
        if known.intersection(_keys(term)):
            raise ExpressionError(
                f"{term.lhs} {term.op if term.rhs else '~ 1'} {term.rhs}".rstrip() + " is in the model a second time",
                text, term.position, mend="write it once; several modifiers go into one line:  f =~ a*x + start(1)*x",
            )  # fmt: skip
    terms.extend(more)


def _keys(term: Term) -> list[tuple[str, str, str, int]]:
    keys = [(term.lhs, term.op, term.rhs, term.group)]
    return [*keys, (term.rhs, term.op, term.lhs, term.group)] if term.op == "~~" else keys


def _no_latent_products(text: str, terms: list[Term]) -> None:
    latent = {term.lhs for term in terms if term.op == "=~"}
    for term in terms:
        parts = latent.intersection(term.rhs.split(":")) if ":" in term.rhs else set()
        if parts:
            raise ExpressionError(
                f"'{term.rhs}' is a product with the latent {min(parts)}, which has no values to multiply", text, term.position,
                mend="make products of indicators in the data and let them measure a factor of their own",
            )  # fmt: skip


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"the character {text[position]!r} has no meaning here", text, position)
        kind = str(match.lastgroup)
        if kind not in ("blank", "comment"):
            tokens.append(_Token(kind, match.group(), match.start(), match.end()))
        position = match.end()
    return tokens


def _statements(text: str, tokens: list[_Token]) -> list[list[_Token]]:
    """Cut at semicolons and at those line ends where a statement is complete."""
    statements: list[list[_Token]] = [[]]
    depth = 0
    for index, token in enumerate(tokens):
        current = statements[-1]
        if token.kind == "semicolon":
            statements.append([])
        elif token.kind == "newline":
            following = next((later for later in tokens[index + 1 :] if later.kind != "newline"), None)
            continues = (
                not current
                or depth > 0
                or current[-1].kind == "op"
                or current[-1].text in ("+", "*", ",", "-", "/", "(", "^")
                or (
                    following is not None
                    and (following.text in ("+", "*") or (following.kind == "op" and not _has_op(current)))
                )
            )
            if not continues:
                statements.append([])
        else:
            depth += (token.text == "(") - (token.text == ")")
            current.append(token)
    return [statement for statement in statements if statement]


def _has_op(tokens: list[_Token]) -> bool:
    return any(token.kind == "op" for token in tokens)


def _constraint(text: str, left: list[_Token], op: _Token, right: list[_Token]) -> Constraint:
    extra = next((token for token in right if token.kind == "op"), None)
    if extra is not None:
        raise ExpressionError(f"a second operator '{extra.text}' in one statement", text, extra.start)
    sides = [parse_expression(_uncommented(text, side), source=text, offset=side[0].start) for side in (left, right)]
    if op.text == ":=" and sides[0].plain_name is None:
        raise ExpressionError("a defined parameter needs a plain name on the left of ':='", text, left[0].start)
    return Constraint(sides[0], op.text.rstrip("=") if op.text in ("<=", ">=") else op.text, sides[1], left[0].start)


def _uncommented(text: str, side: list[_Token]) -> str:
    """The source of a side with everything that is no token (comments, line ends) blanked, so that offsets hold."""
    start, end = side[0].start, side[-1].end
    characters = [" "] * (end - start)
    for token in side:
        characters[token.start - start : token.end - start] = token.text
    return "".join(characters)


def _formula(text: str, left: list[_Token], op: _Token, right: list[_Token], block: int) -> list[Term]:
    if op.text == "<~":
        raise ExpressionError(
            "composites ('<~') are not part of this engine", text, op.start, mend="use '=~', or PLS for composites"
        )
    if op.text in ("<", ">"):
        raise ExpressionError(f"'{op.text}' needs labels on both sides", text, op.start)
    extra = next((token for token in right if token.kind == "op"), None)
    if extra is not None:
        raise ExpressionError(
            f"a second operator '{extra.text}' in one statement",
            text,
            extra.start,
            mend="start a new line before the name",
        )
    if any(token.text == "efa" for token in left):
        raise ExpressionError(
            "exploratory blocks (efa()) are not part of this engine", text, left[0].start, mend="say which items measure which factor"
        )  # fmt: skip
    outcomes = []
    for group in _split(text, left, op.start):
        if len(group) != 1 or group[0].kind not in ("name", "string"):
            raise ExpressionError(f"the left of '{op.text}' must be names joined by '+'", text, group[0].start)
        outcomes.append(group[0].text.strip("\"'"))
    result: list[Term] = []
    for outcome in outcomes:
        for group in _split(text, right, op.end):
            result.append(_term(text, outcome, op, group, block))
    return result


def _split(text: str, tokens: list[_Token], after: int) -> list[list[_Token]]:
    """Cut at the plus signs outside parentheses."""
    groups: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.text == "+" and depth == 0:
            if not groups[-1]:
                raise ExpressionError("there is nothing before this '+'", text, token.start)
            groups.append([])
            after = token.end
        else:
            depth += (token.text == "(") - (token.text == ")")
            groups[-1].append(token)
    if not groups[-1]:
        raise ExpressionError("there is nothing after this '+'", text, after - 1)
    return groups


def _term(text: str, outcome: str, op: _Token, tokens: list[_Token], block: int) -> Term:
    parts: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if token.text in ("*", "?") and depth == 0:
            if token.text == "?" and parts[-1]:
                # 0.5?x is another way to write start(0.5)*x
                parts[-1] = [
                    _Token("name", "start", token.start, token.end),
                    _Token("sign", "(", 0, 0),
                    *parts[-1],
                    _Token("sign", ")", 0, 0),
                ]
            parts.append([])
        else:
            parts[-1].append(token)
    name = parts[-1]
    if not name:
        raise ExpressionError("a name is missing after '*'", text, tokens[-1].start)
    if len(name) > 1:
        raise ExpressionError(
            "names must be joined by '+'", text, name[1].start, mend="write a '+' or a '*' here, or start a new line"
        )
    kind, operator, rhs = name[0].kind, op.text, name[0].text.strip("\"'")
    modifiers: dict[str, tuple[float | None, ...] | tuple[str, ...] | str] = {}
    if kind == "number":
        if operator != "~" or rhs not in ("0", "1"):
            raise ExpressionError(
                f"'{rhs}' is not a name", text, name[0].start, mend="only '~ 1' (intercept) may be a number"
            )
        operator = "~1"
        if rhs == "0":
            modifiers["fixed"] = (0.0,)
        rhs = ""
    elif kind not in ("name", "string"):
        raise ExpressionError(f"'{rhs}' cannot stand here", text, name[0].start, mend="write the name of a variable")
    if rhs == outcome and operator in ("~", "=~"):
        raise ExpressionError(f"{rhs} cannot stand on both sides of '{operator}'", text, name[0].start)
    for part in parts[:-1]:
        if not part:
            raise ExpressionError("there is nothing before this '*'", text, name[0].start)
        modifiers.update(_modifier(text, part))
    return Term(outcome, operator, rhs, group=block, position=name[0].start, **modifiers)  # type: ignore[arg-type]


def _modifier(text: str, tokens: list[_Token]) -> dict[str, tuple[float | None, ...] | tuple[str, ...] | str]:
    first = tokens[0]
    if first.kind == "name" and len(tokens) > 1 and tokens[1].text == "(" and first.text not in FUNCTIONS:
        if first.text not in _FUNCTIONS:
            raise ExpressionError(
                f"there is no modifier '{first.text}'", text, first.start, mend="there are: " + ", ".join(_FUNCTIONS)
            )
        if tokens[-1].text != ")":
            raise ExpressionError("this parenthesis is not closed", text, tokens[1].start)
        values = _values(text, tokens[2:-1])
        if first.text == "c":
            return _plain(text, values, first)
        if first.text == "label":
            return {"labels": tuple(str(value or "") for value in values)}
        if first.text == "equal":
            return {"equal": str(values[0]).replace(" ", "")}
        if any(isinstance(value, str) for value in values):
            raise ExpressionError(f"{first.text}() takes numbers", text, tokens[2].start)
        return {first.text: tuple(None if value is None else float(value) for value in values)}
    return _plain(text, _values(text, tokens), first)


def _plain(
    text: str, values: list[float | str | None], first: _Token
) -> dict[str, tuple[float | None, ...] | tuple[str, ...] | str]:
    """Bare values are labels when one of them is a word, fixed values otherwise; ``NA`` alone frees the parameter."""
    if any(isinstance(value, str) for value in values):
        if any(isinstance(value, float) for value in values):
            raise ExpressionError("labels and numbers are mixed in c()", text, first.start)
        return {"labels": tuple(value if isinstance(value, str) else "" for value in values)}
    return {"fixed": tuple(None if value is None else float(value) for value in values)}


def _values(text: str, tokens: list[_Token]) -> list[float | str | None]:
    """Comma-separated values: numbers (also ``-1`` and ``1/2``), labels, strings, ``NA``."""
    if len(tokens) > 2 and tokens[0].text == "c" and tokens[1].text == "(":
        tokens = tokens[2:-1]  # start(c(1, 2)) reads like start(1, 2)
    groups: list[list[_Token]] = [[]]
    for token in tokens:
        if token.text == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    values: list[float | str | None] = []
    for group in groups:
        if not group:
            raise ExpressionError(
                "a value is missing",
                text,
                tokens[0].start if tokens else 0,
                mend="write NA for a group without a value",
            )
        if len(group) == 1 and group[0].text == "NA":
            values.append(None)
        elif len(group) == 1 and group[0].kind == "name":
            values.append(group[0].text)
        elif len(group) == 1 and group[0].kind == "string":
            values.append(group[0].text[1:-1])
        else:
            expression = parse_expression(_uncommented(text, group), source=text, offset=group[0].start)
            if expression.names:
                raise ExpressionError("a number or one label is expected", text, group[0].start)
            values.append(float(expression.evaluate({})))
    return values


def _merged(terms: list[Term]) -> list[Term]:
    """The same arrow twice in a statement (``f =~ a*x1 + start(1)*x1``) is one term with both modifiers."""
    found: dict[tuple[str, str, str, int], Term] = {}
    for term in terms:
        swapped = (term.rhs, term.op, term.lhs, term.group)
        key = (term.lhs, term.op, term.rhs, term.group)
        if term.op == "~~" and swapped in found:
            key = swapped
        if key in found:
            old = found[key]
            found[key] = Term(
                old.lhs, old.op, old.rhs,
                term.fixed or old.fixed, term.start or old.start, term.labels or old.labels,
                term.lower or old.lower, term.upper or old.upper, term.equal or old.equal, old.group, old.position,
            )  # fmt: skip
        else:
            found[key] = term
    return list(found.values())
