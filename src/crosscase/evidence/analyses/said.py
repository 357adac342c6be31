"""What the saved analyses that are linked to a claim say about it, apart for the cases that it was built on and others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from crosscase.core import Analysis, Claim
from crosscase.core.errors import CrosscaseError
from crosscase.core.expressions import parse
from crosscase.core.results import jsonable
from crosscase.evidence.analyses.kinds import GROUP_DIFFERENCES, QCA, State, state_of
from crosscase.evidence.ledger import Ledger

On = Literal["the cases it was built from", "other cases", "all together"]

_NOT_ON_RECORD = "what the claim was built on is not on record"
_BEYOND = "it rests on what stays in the team; which cases deviate is left out"


@dataclass(frozen=True, slots=True)
class Said:
    """What one linked analysis says about a claim.

    ``about`` is the relation, path or difference.  ``numbers`` are over everything that the analysis was made of, ``on_built``
    over the cases that the claim was built on and ``on_others`` over the other cases: only these test it.  ``apart`` says why
    the two are not told apart, when they are not.  ``deviant`` cases go against a relation in kind; ``deviant_built_on`` are
    those of them that the claim was built on.  ``problem`` says why there is nothing to say.
    """

    analysis: str
    title: str
    kind: str
    state: State
    about: str
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    on_built: Mapping[str, float | None] = field(default_factory=dict)
    on_others: Mapping[str, float | None] = field(default_factory=dict)
    deviant: tuple[str, ...] = ()
    deviant_built_on: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    apart: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""

    def on(self) -> Iterator[tuple[On, Mapping[str, float | None]]]:
        """What the numbers are of, with the numbers: the cases it was built from, then others, then everything."""
        if self.on_built:
            yield "the cases it was built from", self.on_built
        if self.on_others:
            yield "other cases", self.on_others
        if self.numbers:
            yield "all together", self.numbers

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        found: dict[str, Any] = jsonable(self)
        return found


def modelled(ledger: Ledger, claim: Claim) -> tuple[str, ...]:
    """The names in a claim's expression that are no constructs, when all of these are names of models linked to the claim.

    Those are the keys of ``constructs`` in the specification, and the names in the model's own text.
    """
    try:
        names = parse(claim.expression).names() if claim.expression.strip() else ()
    except CrosscaseError:
        return ()
    known: set[str] = set()
    for analysis in ledger.snapshot.analyses.where(claim=claim.id):
        given = analysis.specification.get("constructs", {})
        known |= set(given) if isinstance(given, Mapping) else set()
        known |= set(re.findall(r"[^\W\d][\w.]*", str(analysis.specification.get("model", ""))))
    unknown = tuple(name for name in names if name not in ledger.snapshot.constructs)
    return unknown if known.issuperset(unknown) else ()


def of_claim(ledger: Ledger, claim: str) -> tuple[Said, ...]:
    """What the saved analyses that are linked to a claim say about it.  NotFoundError when there is no such claim.

    Nothing is computed again: it is what the results hold, with their state.  How a claim fares on the construct table
    without a saved analysis is in :mod:`crosscase.evidence.fares`.
    """
    stated = ledger.snapshot.claims[claim]
    found: list[Said] = []
    for analysis in ledger.snapshot.analyses.where(claim=claim):
        says = _says(ledger, analysis, stated.expression, stated.built_on)
        found += map(_without_cases, says) if analysis.id in ledger.beyond else says
    return tuple(found)


def _without_cases(said: Said) -> Said:
    """What may leave the team of an analysis that rests on what stays there."""
    notes = (*said.notes, _BEYOND) if said.deviant else said.notes
    return replace(said, deviant=(), deviant_built_on=(), left_out=dict.fromkeys(said.left_out, ""), notes=notes)


def _says(ledger: Ledger, analysis: Analysis, expression: str, built: Sequence[str]) -> Iterator[Said]:
    result = analysis.result
    head = (analysis.id, analysis.title, analysis.kind, state_of(ledger, analysis))
    if result is None:
        yield Said(*head, expression, problem="it was not run")
        return
    left_out = {str(case): str(why) for case, why in (result.get("left_out") or {}).items()}
    common: Mapping[str, Any] = {"left_out": left_out, "simulated": bool(result.get("simulated"))}
    kind = analysis.kind.casefold()
    if kind in (*QCA, *GROUP_DIFFERENCES):
        stated = result.get("relation" if kind in QCA else "differences")
        rows = [one for one in (stated if isinstance(stated, list | tuple) else [stated]) if isinstance(one, Mapping)]
        if not rows:
            yield Said(*head, expression, problem="it does not hold the relation that the claim states", **common)
        for row in rows:
            yield _relation_said(head, row, expression, built, common)
        return
    paths = [one for one in result.get("paths", ()) if isinstance(one, Mapping)]
    if not paths:
        yield Said(*head, expression, problem="it holds none of the paths that the claim states", **common)
    for path in paths:
        yield _path_said(head, {"n": result.get("n"), **path}, str(result.get("apart", "")), bool(built), common)


def _relation_said(
    head: tuple[str, str, str, State],
    row: Mapping[str, Any],
    expression: str,
    built: Sequence[str],
    common: Mapping[str, Any],
) -> Said:
    deviant = tuple(str(case) for case in row.get("deviant", ()))
    changed = row.get("claim", row.get("expression")) != expression
    return Said(
        *head,
        str(row.get("expression", "")),
        dict(row.get("all") or {}),
        dict(row.get("built") or {}),
        dict(row.get("others") or {}),
        deviant=deviant,
        deviant_built_on=tuple(case for case in deviant if case in built),
        apart="" if built else _NOT_ON_RECORD,
        notes=tuple(str(one) for one in row.get("notes", ())),
        problem="the claim's expression has changed since it was run" if changed else "",
        **common,
    )


def _path_said(
    head: tuple[str, str, str, State], path: Mapping[str, Any], apart: str, built: bool, common: Mapping[str, Any]
) -> Said:
    def numbers(part: Mapping[str, Any]) -> dict[str, float | None]:
        kept = {name: part.get(name) for name in ("estimate", "se", "lower", "upper", "pvalue", "std_all")}
        return {**({} if part.get("n") is None else {"n": part["n"]}), **kept}

    own, others = (numbers(one) if isinstance(one := path.get(part), Mapping) else {} for part in ("built", "others"))
    why = (apart or "it was run before the two were told apart") if built else _NOT_ON_RECORD
    about, told = str(path.get("path", "")), bool(own and others)
    return Said(*head, about, numbers(path), own, others, apart="" if told else why, **common)
