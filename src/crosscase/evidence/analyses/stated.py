"""What a claim's expression states that an analysis can test: a relation between sets, or the links of a chain."""

from __future__ import annotations

from itertools import pairwise

from crosscase.core.expressions import Name, Not, parse


def stated_relation(expression: str) -> tuple[str, str, str] | None:
    """Antecedent, ``=>`` or ``<=``, and outcome of a set relation whose outcome is one set; else ``None``."""
    if not expression:
        return None
    statement = parse(expression)
    if statement.connective not in ("=>", "<="):
        return None
    left, right = statement.terms
    single = right.part if isinstance(right, Not) else right
    return (str(left), statement.connective, str(right)) if isinstance(single, Name) else None


def stated_paths(expression: str) -> list[tuple[str, ...]]:
    """The links of ``a -> b -> c``, and the whole chain when it has more than one."""
    statement = parse(expression) if expression else None
    if statement is None or statement.connective != "->":
        return []
    names = [str(term) for term in statement.terms]
    links: list[tuple[str, ...]] = list(pairwise(names))
    return [*links, tuple(names)] if len(names) > 2 else links
