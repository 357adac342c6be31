"""Propositional logic for claims: do two forms differ, and could any data contradict a form?

A truth table is one whole number a name, one bit a world (an assignment of true and false to every name), so that *and*,
*or* and *not* act on all worlds at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations, pairwise
from operator import and_, or_

from crosscase.core.expressions import And, Name, Not, Or, Statement, Term, evaluate

#: The most names that are looked at: 2^20 worlds are a million bits a name.
MOST_NAMES = 20


@dataclass(frozen=True)
class Worlds:
    """All assignments of true and false to some atoms.

    An atom is a name, or one level of a multi-value name (``A[1]``).  ``possible`` has the bits of the worlds that may
    exist: levels of one name exclude each other, and so on by :meth:`given`.
    """

    atoms: tuple[str, ...]
    possible: int = field(repr=False)

    @classmethod
    def over(cls, terms: Iterable[Term]) -> Worlds | None:
        """The worlds of some terms; ``None`` when they have too many names."""
        atoms = tuple(sorted({atom for term in terms for atom in _atoms(term)}))
        if len(atoms) > MOST_NAMES:
            return None
        worlds = cls(atoms, (1 << (1 << len(atoms))) - 1)
        levels = [atom for atom in atoms if "[" in atom]
        for one, other in combinations(levels, 2):
            if one.partition("[")[0] == other.partition("[")[0]:
                worlds = Worlds(atoms, worlds.possible & ~(worlds.column(one) & worlds.column(other)))
        return worlds

    def given(self, implications: Iterable[tuple[str, str]]) -> Worlds:
        """Only the worlds in which, for each pair of atoms, the first does not hold without the second."""
        possible = self.possible
        for one, other in implications:
            possible &= ~self.column(one) | self.column(other)
        return Worlds(self.atoms, possible)

    def without(self, never: Iterable[Sequence[tuple[str, bool]]]) -> Worlds:
        """Only the worlds in which no row of (atom, value) pairs is true together."""
        possible = self.possible
        for pairs in never:
            together = possible
            for atom, value in pairs:
                together &= self.column(atom) if value else ~self.column(atom)
            possible &= ~together
        return Worlds(self.atoms, possible)

    def column(self, atom: str) -> int:
        """The worlds in which an atom is true: blocks of 2^place zeros and ones."""
        place, total = self.atoms.index(atom), 1 << len(self.atoms)
        block = 1 << place
        column, width = ((1 << block) - 1) << block, 2 * block
        while width < total:
            column |= column << width
            width *= 2
        return column

    def true(self, term: Term) -> int:
        """The possible worlds in which a term is true."""
        worlds: int = evaluate(
            term,
            lambda name: reduce(or_, (self.column(atom) for atom in _atoms(name))),
            conjoin=and_,
            disjoin=or_,
            negate=lambda worlds: self.possible & ~worlds,
        )
        return self.possible & worlds

    def example(self, worlds: int) -> Mapping[str, bool]:
        """One of the worlds, as what is true and false in it."""
        first = (worlds & -worlds).bit_length() - 1
        return {atom: bool(first >> place & 1) for place, atom in enumerate(self.atoms)}


def against(worlds: Worlds, statement: Statement) -> int:
    """The possible worlds that contradict a statement (compare the table in ``crosscase.evidence.claims``)."""
    columns = [worlds.true(term) for term in statement.terms]
    if statement.connective == "":
        return worlds.possible & ~columns[0]
    if statement.connective == "=>":
        return columns[0] & ~columns[-1]
    if statement.connective == "<=":
        return columns[-1] & ~columns[0]
    return reduce(or_, (one ^ other for one, other in pairwise(columns)))


def difference(one: Statement, other: Statement) -> tuple[Term, Term, Mapping[str, bool]] | None:
    """Where two statements with one connective part: the terms that differ and a world in which they do.

    ``None`` when they are equivalent, term by term, or have too many names to tell.

    >>> from crosscase.core.expressions import parse
    >>> difference(parse("a*b + a*c => y"), parse("a*(b + c) => y")) is None
    True
    >>> difference(parse("a + b => y"), parse("a*b => y"))[2]
    {'a': True, 'b': False}
    """
    for left, right in zip(one.terms, other.terms, strict=True):
        worlds = Worlds.over([left, right])
        if worlds is not None and (apart := worlds.true(left) ^ worlds.true(right)):
            return left, right, worlds.example(apart)
    return None


def _atoms(term: Term) -> list[str]:
    if isinstance(term, Name):
        return [f"{term.name}[{level}]" for level in term.levels] or [term.name]
    if isinstance(term, Not):
        return _atoms(term.part)
    assert isinstance(term, And | Or)
    return [atom for part in term.parts for atom in _atoms(part)]
