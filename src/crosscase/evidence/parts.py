"""A compound claim in parts: what its expression can be split into, and which claims of a study are parts of which.

A claim that says two things at once ("learning from peers drives sales and new products") can be half right.  Its parts are
claims of their own with ``part_of``: the id of the whole or, when the whole is no claim of the study, its number in print.

==================  ========================  ========================================================================
form of the whole   parts                     do the parts say together what the whole says?
==================  ========================  ========================================================================
``A -> Y*Z``        ``A -> Y``, ``A -> Z``    no: a case with one of the outcomes and no A contradicts only a part
``A + B -> Y``      ``A -> Y``, ``B -> Y``    no: a case with one of the conditions and Y contradicts only a part
``a -> b -> c``     ``a -> b``, ``b -> c``    yes: a chain holds when its links do
``A => Y*Z``        ``A => Y``, ``A => Z``    yes
``A + B => Y``      ``A => Y``, ``B => Y``    yes
``A*B <= Y``        ``A <= Y``, ``B <= Y``    yes
``A <= Y + Z``      ``A <= Y``, ``A <= Z``    yes
``A*B``             ``A``, ``B``              yes
==================  ========================  ========================================================================

``A*B => Y`` is one statement about a combination and has no parts; neither has a definition.  Nothing is split by itself: the
parts are proposed, and a person words and types them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

from crosscase.core import Claim, Snapshot
from crosscase.core.expressions import And, Or, Statement, Term, parse

#: The type of a part where it is not that of the whole: a link of a mechanism is an association.
_TYPE_OF_PART = {"mechanism": "association"}
#: Connective -> by what its condition and its outcome fall apart.
_APART: dict[str, tuple[type[And] | type[Or], type[And] | type[Or]]] = {
    "": (And, And),
    "=>": (Or, And),
    "->": (Or, And),
    "<=": (And, Or),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One proposed part: its expression, and the type of claim it would be (empty when the whole has none)."""

    expression: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """How a claim could be split: two or more ``parts``, or none, and ``why`` in words.

    ``together`` is whether the parts say together what the whole says; where they do not, the whole stays a claim of its own.
    """

    parts: tuple[Part, ...]
    why: str
    together: bool = True


def proposed_parts(expression: str, type: str = "") -> Split:
    """The parts that the form of an expression suggests, by the table above; ``type`` is that of the whole claim.

    >>> [one.expression for one in proposed_parts("search -> sales * (products + markets)").parts]
    ['search -> sales', 'search -> products + markets']
    >>> proposed_parts("peers * partner => spread").parts
    ()

    Raises:
        ExpressionError: the expression cannot be read.
    """
    statement = parse(expression)
    if statement.connective == ":=":
        return Split((), "a definition is one statement")
    pieces = _apart(statement)
    if len(pieces) == 1:
        return Split((), "it says one thing: a combination of conditions is not split, nor are outcomes joined by or")
    parts = tuple(Part(str(piece), _TYPE_OF_PART.get(type, type)) for piece in pieces)
    if len(statement.terms) > 2:
        return Split(parts, "one part for each link of the chain")
    if not statement.connective:
        return Split(parts, "one part for each thing that is said to hold")
    return Split(parts, "one part for each condition and outcome", together=statement.connective != "->")


def _apart(statement: Statement) -> list[Statement]:
    if len(statement.terms) > 2:
        return [Statement("->", pair) for pair in pairwise(statement.terms)]
    condition, outcome = _APART[statement.connective]
    sides = [_pieces(term, by) for term, by in zip(statement.terms, (condition, outcome), strict=False)]
    return [Statement(statement.connective, terms) for terms in product(*sides)]


def _pieces(term: Term, by: type[And] | type[Or]) -> tuple[Term, ...]:
    return term.parts if isinstance(term, by) else (term,)


def whole_of(claim: Claim) -> str:
    """What a claim is a part of: the id of a claim or a number in print; empty for a claim that is no part."""
    return str(claim.extra.get("part_of", "")).strip()


def parts_of(snapshot: Snapshot, claim: str) -> tuple[str, ...]:
    """The ids of the claims that are parts of a claim, in the order of the study."""
    return tuple(one.id for one in snapshot.claims if whole_of(one) == claim)


def all_parts(snapshot: Snapshot) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every whole (id of a claim, or number in print) with its parts."""
    wholes = dict.fromkeys(whole for one in snapshot.claims if (whole := whole_of(one)))
    for whole in wholes:
        yield whole, parts_of(snapshot, whole)
