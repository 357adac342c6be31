"""Constructs made of constructs: ``from = "constructs"``, with a rule in the grammar of claims.

::

    [[construct]]
    id = "learning"
    from = "constructs"
    of = ["peers", "doing", "customers"]
    rule = "peers + doing + customers"

A case has the construct as the rule says over the three states (Kleene 1952): what is not known stays not known.  A construct
that is made of itself, over however many steps, cannot be evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from crosscase.core import Construct, Snapshot
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.core.expressions import And, Name, Not, Or, Statement, Term, names_of, parse_term, three_valued

if TYPE_CHECKING:
    from crosscase.evidence.constructs import Cell

ORIGIN = "constructs"

_STATES = {True: "present", False: "absent", None: "no data"}


def composed_cells(
    construct: Construct, cases: Sequence[str], cells_of: Callable[[str], Mapping[str, Cell]]
) -> list[Cell]:
    """A construct in every case from the cells of others; ``cells_of`` gives those of one by case.

    Raises:
        InputError: there is no rule, or one of the others cannot be evaluated.
        ExpressionError: the rule cannot be read.
        NotFoundError: it names a construct that does not exist.
    """
    from crosscase.evidence.constructs import Cell

    where = f"construct {construct.id}"
    if not construct.rule:
        raise InputError(
            "it has no rule", where=where, mend='write rule = "A + B", with * for and, + for or, ~ for not'
        )
    rule = parse_term(construct.rule)
    names = tuple(dict.fromkeys(names_of(rule)))
    if construct.of and (strange := [name for name in names if name not in construct.of]):
        raise NotFoundError("construct in `of`", strange[0], construct.of, where=where)
    others = {name: cells_of(name) for name in names}
    made = []
    for case in cases:
        own = [others[name][case] for name in names]
        holds = three_valued(rule, lambda name, case=case: others[name.name][case].holds)  # type: ignore[misc]
        told = [cell for cell in own if cell.state != "no data"]
        lacking = [cell.construct for cell in own if cell.state == "no data"]
        made.append(
            Cell(
                case,
                construct.id,
                _STATES[holds],  # type: ignore[arg-type]
                evidence=_each(cell.evidence for cell in told),
                against=_each(cell.against for cell in told),
                kinds=_each(cell.kinds for cell in told),
                informants=_each(cell.informants for cell in told),
                reason=f"no data on {', '.join(lacking)}" if holds is None else "",
            )
        )
    return made


def expanded(snapshot: Snapshot, statement: Statement) -> Statement:
    """A statement in which every construct made of others stands as what it is made of; a circle is left as it is.

    A construct that somebody rated is not replaced: its cells are not what its rule gives.
    """

    def walk(term: Term, above: tuple[str, ...]) -> Term:
        if isinstance(term, Not):
            return Not(walk(term.part, above))
        if isinstance(term, And | Or):
            return type(term)(tuple(walk(part, above) for part in term.parts))
        assert isinstance(term, Name)
        found = snapshot.constructs.get(term.name)
        if found is None or found.drawn_from != ORIGIN or term.levels or "rating" in found.extra or term.name in above:
            return term
        try:
            return walk(parse_term(found.rule), (*above, term.name))
        except CrosscaseError:
            return term

    return Statement(statement.connective, tuple(walk(term, ()) for term in statement.terms))


def _each(values: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(values)))
