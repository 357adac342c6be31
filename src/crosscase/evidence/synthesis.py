"""Several studies in one: whose data a claim rests on, which claims agree, and where there is evidence at all.

Papers on one data set are one piece of evidence.  A sample says with ``same_as`` that it shares its firms or people with
another; samples that hang together, over however many steps, are one *lineage*, and only lineages are counted.

A claim that is known from a paper says so in claims.toml::

    [[claim]]
    id = "A24"
    sample = "p24"                  # an id of samples.csv, or a list of them
    known_from = "abstract"         # never data: such a claim has no cases
    method = "structural model"
    path = "product flexibility -> personal interaction -> technology innovation"
    finding = "supported"

    [[claim.related]]
    claim = "A26"
    relation = "contradicts"        # agrees, contradicts, refines
    note = "the same data, without the mediator"

A construct says under which names the studies know it, in constructs.toml::

    [[construct.known_as]]
    sample = "p26"
    name = "international technology development"
    note = "taken for the same: both ask about products and processes"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crosscase.core import Claim, Sample, Snapshot

RELATIONS = ("agrees", "contradicts", "refines")


@dataclass(frozen=True, slots=True)
class Lineage:
    """Samples that share their firms or people.

    ``id`` is the first of them in the study's order.  ``inferred`` tells that a link between them is a judgement, not
    something that a paper states.  ``unknown`` are ids that a ``same_as`` names and no sample has.
    """

    id: str
    samples: tuple[str, ...]
    sizes: tuple[int, ...] = ()
    inferred: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def size(self) -> int | None:
        """The largest n on record: an upper bound of how many different units the papers tell of is not known."""
        return max(self.sizes, default=None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "samples": list(self.samples),
            "n": self.size,
            "inferred": self.inferred,
            "unknown": list(self.unknown),
        }


def lineages(samples: Iterable[Sample]) -> tuple[Lineage, ...]:
    """The samples in groups that share data, in the order of the study; a circle of ``same_as`` is one group.

    >>> [one.samples for one in lineages([Sample("a"), Sample("b", same_as="a"), Sample("c")])]
    [('a', 'b'), ('c',)]
    """
    rows = list(samples)
    above = {one.id: one.id for one in rows}

    def root(id: str) -> str:
        while above[id] != id:
            id = above[id]
        return id

    for one in rows:
        for other in _ids(one.same_as):
            if other in above:
                above[root(one.id)] = root(other)
    groups: dict[str, list[Sample]] = {}
    for one in rows:
        groups.setdefault(root(one.id), []).append(one)
    return tuple(_lineage(group, set(above)) for group in groups.values())


def lineage_of(snapshot: Snapshot) -> Mapping[str, Lineage]:
    """Sample -> the lineage that it belongs to."""
    return {sample: lineage for lineage in lineages(snapshot.samples) for sample in lineage.samples}


def samples_of(snapshot: Snapshot, claim: Claim) -> tuple[str, ...]:
    """The samples that a claim rests on: those it names, else the study's when it has one and the claim was built on cases.

    Ids that no sample has are kept, so that they can be shown.
    """
    named = claim.extra.get("sample", ())
    if named:
        return tuple(_ids(named)) if isinstance(named, str) else tuple(str(one) for one in named)
    ids = tuple(snapshot.samples.column("id"))
    return ids if len(ids) == 1 and claim.extra.get("known_from") != "abstract" else ()


@dataclass(frozen=True, slots=True)
class Support:
    """What a group of claims that speak of one thing rests on, counted once a lineage."""

    claims: tuple[str, ...]
    lineages: tuple[str, ...]
    without_sample: tuple[str, ...]

    @property
    def independent(self) -> int:
        return len(self.lineages)

    def in_words(self) -> str:
        """
        >>> Support(("A24", "A26"), ("p22",), ()).in_words()
        '2 claims on 1 independent sample'
        """
        claims = f"{len(self.claims)} claim" + ("" if len(self.claims) == 1 else "s")
        samples = f"{self.independent} independent sample" + ("" if self.independent == 1 else "s")
        more = f"; {len(self.without_sample)} name no sample" if self.without_sample else ""
        return f"{claims} on {samples}{more}"


def support(snapshot: Snapshot, claims: Sequence[Claim]) -> Support:
    """On how many lineages some claims rest together; a claim without a sample counts for nothing and is named."""
    of = lineage_of(snapshot)
    found: dict[str, None] = {}
    without = []
    for claim in claims:
        known = [of[sample].id for sample in samples_of(snapshot, claim) if sample in of]
        found |= dict.fromkeys(known)
        if not known:
            without.append(claim.id)
    return Support(tuple(claim.id for claim in claims), tuple(found), tuple(without))


@dataclass(frozen=True, slots=True)
class Relation:
    """A person's judgement of how two claims stand to each other.  ``same_data``: they share a lineage."""

    claim: str
    other: str
    relation: str
    note: str = ""
    same_data: bool = False
    problem: str = ""


def relations(snapshot: Snapshot) -> tuple[Relation, ...]:
    """Every ``[[claim.related]]``, with whether the two rest on the same data; what cannot be read says so."""
    of = lineage_of(snapshot)

    def on(claim: Claim) -> set[str]:
        return {of[sample].id for sample in samples_of(snapshot, claim) if sample in of}

    found = []
    for claim in snapshot.claims:
        for row in _rows(claim.extra.get("related")):
            other, relation = str(row.get("claim", "")), str(row.get("relation", ""))
            problem = ""
            if other not in snapshot.claims:
                problem = f"there is no claim '{other}'"
            elif relation not in RELATIONS:
                problem = f"the relation '{relation}' is none of {', '.join(RELATIONS)}"
            same = not problem and bool(on(claim) & on(snapshot.claims[other]))
            found.append(Relation(claim.id, other, relation, str(row.get("note", "")), same, problem))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class KnownAs:
    """Under which name a study knows a construct: a person's judgement.  ``data`` is the lineage of the sample."""

    construct: str
    sample: str
    name: str
    data: str = ""
    note: str = ""
    problem: str = ""


def construct_mapping(snapshot: Snapshot) -> tuple[KnownAs, ...]:
    """Every ``[[construct.known_as]]``, with the data that the study rests on; what cannot be read says so."""
    of = lineage_of(snapshot)
    found = []
    for construct in snapshot.constructs:
        for row in _rows(construct.extra.get("known_as")):
            sample, name = str(row.get("sample", "")), str(row.get("name", "")).strip()
            problem = "" if sample in of else f"there is no sample '{sample}'"
            problem = problem or ("" if name else "no name is given")
            data = of[sample].id if sample in of else ""
            found.append(KnownAs(construct.id, sample, name, data, str(row.get("note", "")), problem))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class MapCell:
    """The claims of one theme in one setting, and how many independent samples are behind them."""

    claims: tuple[str, ...]
    support: Support
    contradicting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceMap:
    """Themes × settings.  An empty cell is a gap: nobody in this study has looked."""

    themes: Mapping[str, tuple[str, ...]]
    settings: tuple[str, ...]
    cells: Mapping[tuple[str, str], MapCell]

    def to_dict(self) -> dict[str, Any]:
        return {
            "settings": list(self.settings),
            "themes": [
                {
                    "theme": theme,
                    "claims": list(claims),
                    "cells": {
                        setting: {
                            "claims": list(cell.claims),
                            "independent_samples": cell.support.independent,
                            "contradicting": list(cell.contradicting),
                        }
                        for setting in self.settings
                        if (cell := self.cells.get((theme, setting))) is not None
                    },
                }
                for theme, claims in self.themes.items()
            ],
        }


def evidence_map(snapshot: Snapshot) -> EvidenceMap:
    """Claims that a person related to each other, against the settings of their samples.

    A theme is a claim with all that are related to it, over however many steps, named after the first; a claim may name
    its theme itself (``theme = "…"``).  The setting is the sample's, else the claim's ``scope.where`` or ``scope.who``.
    """
    themes = _themes(snapshot)
    against = {
        id
        for relation in relations(snapshot)
        if relation.relation == "contradicts" and not relation.problem
        for id in (relation.claim, relation.other)
    }
    cells: dict[tuple[str, str], MapCell] = {}
    settings: dict[str, None] = {}
    for theme, ids in themes.items():
        by_setting: dict[str, list[Claim]] = {}
        for id in ids:
            for setting in settings_of(snapshot, snapshot.claims[id]):
                by_setting.setdefault(setting, []).append(snapshot.claims[id])
        for setting, claims in by_setting.items():
            settings[setting] = None
            there = tuple(claim.id for claim in claims)
            cells[theme, setting] = MapCell(
                there, support(snapshot, claims), tuple(id for id in there if id in against)
            )
    return EvidenceMap(themes, tuple(settings), cells)


def settings_of(snapshot: Snapshot, claim: Claim) -> tuple[str, ...]:
    """Where a claim was studied: the kinds of firm of its samples, else its scope, else ``setting not on record``.

    The kind of firm is what a person put into the column ``firms`` of samples.csv, else the sample's setting.
    """
    named = [snapshot.samples.get(id) for id in samples_of(snapshot, claim)]
    kinds = (str(one.extra.get("firms", "")).strip() or one.setting for one in named if one is not None)
    found = dict.fromkeys(kind for kind in kinds if kind)
    scope = claim.scope.get("where") or claim.scope.get("who")
    return tuple(found) or ((scope,) if scope else ("setting not on record",))


def _themes(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    above = {id: id for id in snapshot.claims.column("id")}

    def root(id: str) -> str:
        while above[id] != id:
            id = above[id]
        return id

    for relation in relations(snapshot):
        if not relation.problem:
            above[root(relation.other)] = root(relation.claim)
    groups: dict[str, list[Claim]] = {}
    for claim in snapshot.claims:
        groups.setdefault(str(claim.extra.get("theme", "")) or root(claim.id), []).append(claim)
    return {
        (key if key not in snapshot.claims else group[0].text or group[0].id): tuple(one.id for one in group)
        for key, group in groups.items()
    }


def _lineage(group: Sequence[Sample], known: set[str]) -> Lineage:
    return Lineage(
        group[0].id,
        tuple(one.id for one in group),
        tuple(one.n for one in group if one.n is not None),
        any(one.same_as and one.basis == "inferred" for one in group),
        tuple(other for one in group for other in _ids(one.same_as) if other not in known),
    )


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, Sequence) else []
