"""Directional expectations: which level of a condition, or which conjunction, is expected to contribute to the outcome.

They decide which simplifying assumptions an intermediate solution may use (Ragin 2008; conjunctural expectations:
Schneider & Wagemann 2013).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crosscase.engines.qca.terms import Conditions, Term

__all__ = ["Expectations"]


@dataclass(frozen=True, slots=True)
class Expectations:
    """``simple`` maps a condition to its expected levels; ``joint`` are conjunctions expected as a whole."""

    simple: tuple[tuple[int, frozenset[int]], ...] = ()
    joint: tuple[Term, ...] = ()
    text: str = ""

    @classmethod
    def parse(cls, text: str | Iterable[str], conditions: Conditions) -> Expectations:
        """Read ``A,~B``, ``A*B + C*~D``, ``A[2],B[1,2]`` or a list of such texts; or ``1,-,0``, a level or none for each
        condition in order.

        Raises:
            NotFoundError: a condition that is not there.
            ExpressionError, InputError: the text does not parse, or names a level that is not there.
        """
        parts = [text] if isinstance(text, str) else list(text)
        by_position = [piece.strip() for part in parts for piece in part.split(",")]
        if len(by_position) == len(conditions) and all(re.fullmatch(r"\d+|-", piece) for piece in by_position):
            parts = [
                f"{name}[{level}]" for name, level in zip(conditions.names, by_position, strict=True) if level != "-"
            ]
        simple: dict[int, set[int]] = {}
        joint: list[Term] = []
        for piece in (piece for part in parts for piece in re.split(r"[,;](?![^\[{]*[\]}])", part) if piece.strip()):
            for term in conditions.terms(piece):
                if len(term) == 1:
                    simple.setdefault(term[0][0], set()).add(term[0][1])
                elif term not in joint:
                    joint.append(term)
        return cls(
            tuple((condition, frozenset(levels)) for condition, levels in sorted(simple.items())),
            tuple(joint),
            ", ".join(part.strip() for part in parts),
        )

    def __bool__(self) -> bool:
        return bool(self.simple or self.joint)

    def reduce(self, conservative: Term, parsimonious: Term) -> Term:
        """What an intermediate solution may keep of a conservative term inside a parsimonious one.

        A literal stays when the parsimonious term has it, when nothing is expected of its condition, or when it has an
        expected level.  A conjunction is expected as a whole: unless the conservative term has all of it (apart from
        conditions that the parsimonious term settles), none of its conditions is held to be as expected.
        """
        needed = {condition for condition, _ in parsimonious}
        term = dict(conservative)
        free = {condition for condition in term if condition not in needed}
        dropped = {
            condition for condition, levels in self.simple if condition in free and term[condition] not in levels
        }
        for conjunction in self.joint:
            concerned = [(condition, level) for condition, level in conjunction if condition in free]
            if any(term[condition] != level for condition, level in concerned):
                dropped |= {condition for condition, _ in concerned}
        return tuple((condition, level) for condition, level in conservative if condition not in dropped)
