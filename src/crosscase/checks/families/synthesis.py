"""R6, synthesis: is evidence from one body of people or firms counted once?

A claim or an analysis names its sample in ``sample`` (one id, or several parted by commas); a piece of evidence may name its
own.  Samples that ``same_as`` ties together, directly or over others, are one lineage (``crosscase.evidence.synthesis``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from crosscase.checks.common import refs, some
from crosscase.checks.families.claims import live, read
from crosscase.checks.registry import Report, rule
from crosscase.core import Sample, Snapshot
from crosscase.core.expressions import Statement
from crosscase.evidence import Ledger
from crosscase.evidence.synthesis import lineage_of, relations


@rule("R601", "overlapping samples counted as independent")
def overlapping_samples(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    of_sample = lineage_of(snapshot)
    lineage = {sample: one.id for sample, one in of_sample.items()}
    for body in {one.id: one for one in of_sample.values()}.values():
        if body.unknown:
            yield "samples", body.id, f"is said to be the same as {some(body.unknown)}, which is not on record", ()
    for one, other in combinations(snapshot.samples, 2):
        if lineage[one.id] != lineage[other.id] and _alike(one, other):
            message = (
                f"{one.id} and {other.id} both have n = {one.n}, {one.unit}, {one.setting}, and nothing says whether they are "
                "one sample"
            )
            yield "samples", f"{one.id}+{other.id}", message, refs("samples", (one.id, other.id))
    for claim in live(ledger):
        rows = snapshot.stances.where(claim=claim.id)
        named = [*_samples(claim.extra), *(id for row in rows for id in _samples(row.extra))]
        named += [id for row in snapshot.analyses.where(claim=claim.id) for id in _samples(row.extra)]
        bodies: dict[str, list[str]] = {}
        for id in dict.fromkeys(named):
            if id in lineage:
                bodies.setdefault(lineage[id], []).append(id)
        for ids in bodies.values():
            if len(ids) > 1:
                named_once = len(dict.fromkeys(named))
                message = (
                    f"its evidence names the samples {some(ids)}, which share their people or firms: {len(bodies)} independent "
                    f"of {named_once} named"
                )
                yield "claims", claim.id, message, refs("samples", ids)
    for one_claim, other_claim in _related(snapshot, "agrees"):
        message = f"{one_claim} and {other_claim} are said to agree and rest on one sample: one finding, not two"
        yield "claims", f"{one_claim}+{other_claim}", message, refs("claims", (one_claim, other_claim))


@rule("R602", "papers on the same data disagree")
def same_data_disagree(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    lineage = {sample: one.id for sample, one in lineage_of(snapshot).items()}
    for claim in live(ledger):
        said: dict[str, dict[str, list[str]]] = {}
        for row in snapshot.stances.where(claim=claim.id):
            for id in _samples(row.extra):
                if id in lineage and row.stance in ("supports", "contradicts"):
                    said.setdefault(lineage[id], {}).setdefault(row.stance, []).append(row.id)
        for body, stances in said.items():
            if len(stances) == 2:
                every = [id for ids in stances.values() for id in ids]
                message = f"evidence from one sample ({body}) both supports and contradicts it: {some(every)}"
                yield "claims", claim.id, message, [*refs("stances", every), f"samples:{body}"]
    told = list(_related(snapshot, "contradicts"))
    for first, second in told:
        message = f"{first} is said to contradict {second}, on the same data"
        yield "claims", f"{first}+{second}", message, refs("claims", (first, second))
    yield from _same_ends_other_steps(ledger, lineage, {frozenset(pair) for pair in told})


def _same_ends_other_steps(ledger: Ledger, lineage: dict[str, str], told: set[frozenset[str]]) -> Iterator[Report]:
    """Two claims on one lineage whose paths have the same ends and other steps, but for those that a person told of."""
    statements = [
        (claim, statement, {lineage[id] for id in _samples(claim.extra) if id in lineage})
        for claim in live(ledger)
        if (statement := read(claim.expression)) is not None
    ]
    for (one, first, bodies), (other, second, others) in combinations(statements, 2):
        shared = bodies & others
        differ = _same_ends(first, second) and str(first) != str(second)
        if shared and differ and frozenset((one.id, other.id)) not in told:
            body = sorted(shared)[0]
            yield (
                "claims",
                f"{one.id}+{other.id}",
                f"on one sample ({body}) {one.id} has '{first}' and {other.id} has '{second}'",
                [*refs("claims", (one.id, other.id)), f"samples:{body}"],
            )


def _related(snapshot: Snapshot, how: str) -> Iterator[tuple[str, str]]:
    """The claims that a person related so (``[[claim.related]]``), on one lineage, each naming a sample of its own."""
    for one in relations(snapshot):
        pair = (one.claim, one.other)
        if one.relation == how and one.same_data and all(_samples(snapshot.claims[id].extra) for id in pair):
            yield pair


def _samples(extra: Any) -> list[str]:
    value = extra.get("sample", "") if extra else ""
    parts = value.split(",") if isinstance(value, str) else value
    return [str(part).strip() for part in parts if str(part).strip()]


def _alike(one: Sample, other: Sample) -> bool:
    """Whether two samples look like one: the same number, unit and setting, all of them stated."""

    def words(sample: Sample, name: str) -> str:
        return " ".join(str(getattr(sample, name) or "").casefold().split())

    return all(words(one, name) and words(one, name) == words(other, name) for name in ("n", "unit", "setting"))


def _same_ends(one: Statement, other: Statement) -> bool:
    """Whether two paths begin and end with the same."""
    return one.connective == other.connective == "->" and (str(one.left), str(one.right)) == (
        str(other.left),
        str(other.right),
    )
