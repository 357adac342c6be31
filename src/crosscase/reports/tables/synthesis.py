"""Samples with their lineage, how claims stand to each other, and the evidence map."""

from __future__ import annotations

from crosscase.core import Snapshot
from crosscase.evidence.appraisal import confidence
from crosscase.evidence.synthesis import (
    KnownAs,
    MapCell,
    construct_mapping,
    evidence_map,
    lineage_of,
    lineages,
    relations,
    samples_of,
)
from crosscase.reports.table import Cell, Column, ReportTable


def lineage_table(snapshot: Snapshot) -> ReportTable:
    """A row a lineage: the papers or samples that share their data, and the claims that rest on it."""
    of = lineage_of(snapshot)
    resting: dict[str, dict[str, None]] = {}
    for claim in snapshot.claims:
        for sample in samples_of(snapshot, claim):
            if sample in of:
                resting.setdefault(of[sample].id, {})[claim.id] = None
    columns = (
        Column("Data", heading=True),
        Column("Samples on it"),
        Column("Studies"),
        Column("n", "right"),
        Column("Unit"),
        Column("Claims"),
        Column("How it is known"),
    )
    rows = []
    for one in lineages(snapshot.samples):
        samples = [snapshot.samples[id] for id in one.samples]
        shared = len(samples) > 1
        sizes = sorted(set(one.sizes))
        known = ("a judgement" if one.inferred else "stated") if shared else ""
        rows.append(
            (
                Cell(one.id),
                Cell(", ".join(one.samples)),
                Cell("; ".join(dict.fromkeys(sample.study for sample in samples if sample.study))),
                Cell(one.size, "" if len(sizes) < 2 else " or ".join(map(str, sizes))),
                Cell(", ".join(dict.fromkeys(sample.unit for sample in samples if sample.unit))),
                Cell(", ".join(resting.get(one.id, ()))),
                Cell(known, note=f"there is no sample {', '.join(one.unknown)}" if one.unknown else ""),
            )
        )
    notes = (f"Samples: {len(snapshot.samples)}; different data sets: {len(rows)}. Papers on one data set count once.",)
    return ReportTable(
        "lineage", "Samples and their lineage", columns, tuple(rows), notes=notes, missing="No samples are on record."
    )


def published_claims(snapshot: Snapshot) -> ReportTable:
    """Claims known from papers only (``known_from``): method, path and finding as reported; they have no cases."""
    columns = tuple(
        Column(label, heading=label == "Claim")
        for label in ("Claim", "Wording", "Method", "Path", "Finding", "Samples", "Known from", "Confidence")
    )
    rows = []
    for claim in snapshot.claims:
        if not (known := str(claim.extra.get("known_from", ""))):
            continue
        judged = confidence(claim)
        texts = (str(claim.extra.get(key, "")) for key in ("method", "path", "finding"))
        rows.append(
            (
                Cell(claim.id),
                Cell(claim.text),
                *(Cell(text) for text in texts),
                Cell(", ".join(samples_of(snapshot, claim)) or "none named"),
                Cell(known),
                Cell(judged.in_words() if judged else ""),
            )
        )
    return ReportTable(
        "published-claims",
        "Claims of published studies, as reported",
        columns,
        tuple(rows),
        missing="No claim is known from a paper only.",
    )


def relation_table(snapshot: Snapshot) -> ReportTable:
    """Which claims agree with, contradict or refine which, contradictions first, and whether on the same data."""
    columns = tuple(
        Column(label, heading=label == "Claim") for label in ("Claim", "Relation", "Other claim", "Data", "Note")
    )
    found = sorted(relations(snapshot), key=lambda one: one.relation != "contradicts")
    rows = tuple(
        (
            Cell(one.claim),
            Cell(one.relation),
            Cell(one.other, note=one.problem),
            Cell("" if one.problem else "the same data" if one.same_data else "other data"),
            Cell(one.note),
        )
        for one in found
    )
    return ReportTable(
        "claim-relations", "How the claims stand to each other", columns, rows, missing="No claims are related."
    )


def construct_mapping_table(snapshot: Snapshot) -> ReportTable:
    """A row a construct and name: under which names the studies know it, and on how many different data sets."""
    columns = (
        Column("Construct", heading=True),
        Column("Known as"),
        Column("Samples"),
        Column("Data sets", "right"),
        Column("Why it is taken for the same"),
    )
    labels = {one.id: one.name or one.id for one in snapshot.constructs}
    grouped: dict[tuple[str, str], list[KnownAs]] = {}
    for one in construct_mapping(snapshot):
        grouped.setdefault((one.construct, one.name), []).append(one)
    rows, before = [], ""
    for (construct, name), those in grouped.items():
        rows.append(
            (
                Cell(labels[construct] if construct != before else ""),
                Cell(name, note="; ".join(dict.fromkeys(one.problem for one in those if one.problem))),
                Cell(", ".join(one.sample for one in those)),
                Cell(len({one.data for one in those if one.data})),
                Cell("; ".join(dict.fromkeys(one.note for one in those if one.note))),
            )
        )
        before = construct
    return ReportTable(
        "construct-mapping",
        "Constructs and the names that the studies have for them",
        columns,
        tuple(rows),
        notes=("That two names mean one construct is a person's judgement.",),
        missing="No construct says under which names the studies know it.",
    )


def evidence_map_table(snapshot: Snapshot) -> ReportTable:
    """Theme × setting: claims and the independent samples behind them; an empty cell is a gap.

    Whichever there are fewer of, themes or settings, are the columns.
    """
    found = evidence_map(snapshot)
    themes, settings = tuple(found.themes), found.settings
    upright = len(settings) > len(themes)
    across, down = (themes, settings) if upright else (settings, themes)
    columns = (
        Column("Kind of firm" if upright else "Theme", heading=True),
        *(Column(label, "centre") for label in across),
    )
    rows = [
        (Cell(head), *(_map_cell(found.cells.get((label, head) if upright else (head, label))) for label in across))
        for head in down
    ]
    notes = (
        "Claims on independent data sets; ! some of them contradict each other. An empty cell: nobody has looked.",
    )
    return ReportTable(
        "evidence-map",
        "Evidence map",
        columns,
        tuple(rows),
        notes=notes,
        missing="The study has no claims yet.",
    )


def _map_cell(one: MapCell | None) -> Cell:
    if one is None:
        return Cell("")
    text = f"{len(one.claims)} on {one.support.independent}" + (" !" if one.contradicting else "")
    inputs = [("claims", ", ".join(one.claims)), ("independent data", ", ".join(one.support.lineages) or "none")]
    inputs += [("contradicting", ", ".join(one.contradicting))] if one.contradicting else []
    return Cell(text, inputs=tuple(inputs))
