"""The parts of the report and what stands in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crosscase.core import Finding
from crosscase.evidence.datastructure import data_structure
from crosscase.figures.words import counted
from crosscase.reports import tables
from crosscase.reports.checklists import coreq, srqr
from crosscase.reports.contents import ReportContents, RuleNote
from crosscase.reports.drawings import (
    Figure,
    entry_figures,
    evidence_map,
    measure_figures,
    reproduction_figures,
    structure_figures,
)
from crosscase.reports.table import ReportTable
from crosscase.reports.tables.findings import ORDER

#: A table with more rows than this is folded away on the page.
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Folded:
    """A table that a reader can open and close."""

    table: ReportTable
    open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: its words, then its figures and tables in order."""

    id: str
    title: str
    words: tuple[str, ...]
    blocks: tuple[ReportTable | Figure | Folded, ...]


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """The findings of one rule, the open ones before the accepted ones."""

    rule: RuleNote
    severity: str
    findings: tuple[Finding, ...]


def sections(contents: ReportContents) -> list[Section]:
    """Every part but the findings, which are no table on the page."""
    return [
        _cases(contents),
        _entries(contents),
        _measures(contents),
        _reproduction(contents),
        _evidence(contents),
        *_claims(contents),
        *_analyses(contents),
        *_synthesis(contents),
        _checklists(contents),
        *([Section("confidentiality", "Confidentiality", (), (contents.changes,))] if contents.changes else []),
    ]


def findings_by_rule(contents: ReportContents) -> list[RuleFindings]:
    """The gravest rules first."""
    codes = dict.fromkeys(finding.rule for finding in contents.findings)
    grouped = []
    for code in codes:
        those = sorted(
            (finding for finding in contents.findings if finding.rule == code),
            key=lambda one: (bool(one.accepted), ORDER.get(one.severity, 3)),
        )
        grouped.append(RuleFindings(contents.rules.get(code, RuleNote(code, code)), those[0].severity, tuple(those)))
    return sorted(
        grouped,
        key=lambda one: (
            all(finding.accepted for finding in one.findings),
            ORDER.get(one.severity, 3),
            one.rule.code,
        ),
    )


def _cases(contents: ReportContents) -> Section:
    snapshot = contents.snapshot
    words = []
    if snapshot.study.sampling:
        words.append("Cases were admitted by these rules:")
    blocks = (_fold(tables.company_profile(snapshot)), _fold(tables.personal_profile(snapshot)))
    return Section("cases", "The cases", tuple(words), blocks)


def _entries(contents: ReportContents) -> Section:
    table = tables.entries(contents.snapshot, contents.region_of, scheme=contents.region_scheme)
    undated = [event for event in contents.snapshot.events if event.kind in ("entry", "re-entry") and not event.date]
    lost = counted(len(undated), "entry has no date and is", "entries have no date and are")
    words = [f"{lost} not in the figures."] if undated else []
    along = [tables.temporal_brackets(contents.ledger), tables.time_ordered(contents.ledger)] if contents.ledger else []
    blocks = (*entry_figures(contents), _fold(table), *(Folded(one) for one in along if one.rows))
    return Section("entries", "Markets entered", tuple(words), blocks)


def _measures(contents: ReportContents) -> Section:
    values = contents.measures
    have = {value.measure for value in values if value.value is not None}
    unproven = {one.measure for one in contents.reproductions if not tables.comparable(one)}
    shown = [value for value in values if value.measure in have]
    found = tables.measure_tables(shown, contents.snapshot.observations, unproven=unproven)
    words = []
    if found:
        words.append(
            "Each measure has a table with a column for each of its definitions. A cell without a value says no data; it "
            "opens what is missing."
        )
    overviews = [tables.classification_summary(values), tables.not_measured(values)]
    blocks: tuple[ReportTable | Figure | Folded, ...] = (
        tables.measure_summary(values),
        *measure_figures(contents),
        *(table for table in overviews[:1] if table.rows),
        *(Folded(table) for table in overviews[1:] if table.rows),
        *(Folded(table, open=_has_printed(table)) for table in found),
    )
    return Section("measures", "Measures", tuple(words), blocks)


def _reproduction(contents: ReportContents) -> Section:
    summary = tables.reproduction_summary(contents.reproductions)
    return Section("reproduction", "Printed and recomputed figures", (), (summary, *reproduction_figures(contents)))


def _evidence(contents: ReportContents) -> Section:
    snapshot = contents.snapshot
    quotations = [tables.quotation_table(snapshot, mark) for mark in ("power", "proof")]
    drawn = structure_figures(contents)
    structure = [tables.data_structure_table(data_structure(snapshot))] if drawn else []
    blocks = (
        *drawn,
        *(
            _fold(table)
            for table in (
                tables.triangulation(snapshot),
                tables.question_matrix(snapshot),
                *structure,
                tables.codebook(snapshot),
                *([tables.meta_matrix(contents.ledger)] if contents.ledger and len(snapshot.codings) else []),
                *(table for table in quotations if table.rows),
            )
        ),
    )
    return Section("evidence", "Evidence", (), blocks)


def _claims(contents: ReportContents) -> list[Section]:
    """Constructs, claims, replication, and a verdict a claim; nothing for a study that has neither."""
    ledger, snapshot = contents.ledger, contents.snapshot
    if ledger is None or not (len(snapshot.claims) or len(snapshot.constructs)):
        return []
    verdicts = [ledger.verdict(id) for id in snapshot.claims.column("id")]
    words = (
        "A cell is absent only on evidence of absence; silence is no data. For each claim, what was said stands beside what "
        "the constructs show, counter-evidence first. Nothing here is a score.",
    )
    tables_of_claims = [
        Folded(table)
        for one in verdicts
        for table in (
            tables.verdict_table(one),
            tables.forms_table(one),
            tables.fares_table(one),
            tables.predictor_outcome(ledger.constructs, one),
        )
        if table.rows
    ]
    blocks = (
        _fold(tables.case_by_construct(ledger.constructs)),
        *(Folded(table) for one in snapshot.constructs if (table := tables.construct_evidence(ledger, one)).rows),
        tables.claims_table(verdicts),
        _fold(tables.replication_table(ledger)),
        *tables_of_claims,
    )
    return [Section("claims", "Claims", words, blocks)]


def _analyses(contents: ReportContents) -> list[Section]:
    """Which analyses there are and how their results stand; the tables and figures of those that are current."""
    if not contents.analyses:
        return []
    shown = sum(one.state == "current" for one in contents.analyses)
    words = [f"{shown} of {counted(len(contents.analyses), 'saved analysis', 'saved analyses')} current."]
    if shown < len(contents.analyses):
        words.append(
            "Of the others nothing is shown: what a stale one found does not follow from the study as it is, and one that "
            "was not run has found nothing. crosscase analyse runs them."
        )
    blocks: list[ReportTable | Figure | Folded] = [tables.analyses_table(contents.analyses)]
    for one in contents.analyses:
        name, before = one.title or one.id, f"analysis-{one.id}-"
        for table in one.tables:
            blocks.append(_fold(replace(table, id=before + table.id, title=f"{name}: {table.title}")))
        for key, scene in one.figures.items():
            blocks.append(Figure(before + key, f"{name}: {scene.title}", "", scene))
    return [Section("analyses", "Analyses", tuple(words), tuple(blocks))]


def _synthesis(contents: ReportContents) -> list[Section]:
    """Only where there is more than one sample, or a claim from elsewhere."""
    snapshot = contents.snapshot
    several = len(snapshot.samples) > 1
    figures = [evidence_map(snapshot)] if several and len(snapshot.claims) else []
    found = [
        tables.evidence_map_table(snapshot) if several else None,
        tables.construct_mapping_table(snapshot),
        tables.lineage_table(snapshot) if several else None,
        tables.relation_table(snapshot),
        tables.published_claims(snapshot),
    ]
    blocks = (*figures, *(_fold(table) for table in found if table is not None and table.rows))
    return [Section("synthesis", "Across studies", (), blocks)] if blocks else []


def _checklists(contents: ReportContents) -> Section:
    words = (
        "Drafts from what the study knows. A blank item is for the researchers to fill ([reporting] in study.toml).",
    )
    blocks = (Folded(coreq(contents.snapshot)), Folded(srqr(contents.snapshot)))
    return Section("checklists", "Reporting checklists", words, blocks)


def _has_printed(table: ReportTable) -> bool:
    return any(column.label == "printed" for column in table.columns)


def _fold(table: ReportTable) -> ReportTable | Folded:
    return Folded(table) if len(table.rows) > MOST_ROWS else table


def counts(contents: ReportContents) -> Sequence[tuple[str, int]]:
    """How much there is of everything that a reader asks for first."""
    snapshot = contents.snapshot
    kinds = snapshot.events.column("kind")
    return [
        ("cases", len(snapshot.cases)),
        ("participants", len(snapshot.participants)),
        ("sources", len(snapshot.sources)),
        ("quotations", len(snapshot.quotations)),
        ("codes", len(snapshot.codes)),
        ("codings", len(snapshot.codings)),
        ("entries", sum(kind in ("entry", "re-entry") for kind in kinds)),
        ("exits", sum(kind == "exit" for kind in kinds)),
        ("open findings", sum(not finding.accepted for finding in contents.findings)),
    ]
