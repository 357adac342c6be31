"""Write every table, every figure and the report of a study."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crosscase import __version__
from crosscase.checks import get_rule
from crosscase.core import Analysis, Event
from crosscase.core.errors import InputError
from crosscase.engines.measures.distances import positions
from crosscase.evidence import Ledger, alternatives, observed_until, printed_figures, reproduction
from crosscase.evidence.analyses import state_of
from crosscase.reports import Report, ReportContents, ReportTable, RuleNote, build_report
from crosscase.reports.contents import AnalysisPart
from crosscase.study.analyses.paper import kept_paper, warnings_of
from crosscase.study.findings import Findings

#: Tables of an analysis that have a row a case or a profile of cases; and figures in which no case is marked.
_TABLES_OF_CASES = ("qca-calibration", "qca-truth-table")
_FIGURES_OF_NO_CASE = ("chart", "necessity", "path-diagram")


def build(
    ledger: Ledger, findings: Findings, out: Path, *, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Write the report of a study into the folder ``out``."""
    return build_report(contents(ledger, findings), out, progress=progress)


def contents(ledger: Ledger, findings: Findings) -> ReportContents:
    """What the report is made from: the snapshot and everything that follows from it.

    Of an analysis that rests on more than the ledger holds (``beyond``) nothing is shown that speaks of single cases.
    """
    snapshot, scheme = ledger.snapshot, ledger.scheme

    def region_of(event: Event) -> str:
        return scheme.region(event.place, event.date.year if event.date else None) or ""

    until = {case: year for case in snapshot.cases.column("id") if (year := observed_until(snapshot, case)) is not None}
    return ReportContents(
        snapshot=snapshot,
        measures=ledger.measures(all_definitions=True),
        reproductions=[reproduction(ledger, one, alternatives(ledger, one)) for one in printed_figures(ledger)],
        findings=findings.all,
        rules={code: rule_note(code) for code in dict.fromkeys(one.rule for one in findings)},
        region_of=region_of,
        region_scheme=f"{scheme.id} {scheme.version}",
        positions=positions(),
        observed_until=until,
        data_statement=str(snapshot.study.extra.get("data_statement", "")),
        ledger=ledger,
        analyses=[_analysis(ledger, one) for one in snapshot.analyses],
        version=__version__,
    )


def _analysis(ledger: Ledger, analysis: Analysis) -> AnalysisPart:
    """An analysis with what it found, when that follows from the study as it is."""
    head = (analysis.id, analysis.kind, analysis.title, analysis.claim, state_of(ledger, analysis))
    if head[-1] != "current" or analysis.result is None:
        return AnalysisPart(*head)
    try:
        paper = kept_paper(analysis.result)
    except InputError as error:
        return AnalysisPart(*head, problem=str(error))
    if analysis.id not in ledger.beyond:
        return AnalysisPart(*head, paper.tables, paper.figures, tuple(warnings_of(analysis.result)))
    tables = tuple(_without_cases(one) for one in paper.tables if one.id not in _TABLES_OF_CASES)
    figures = {name: scene for name, scene in paper.figures.items() if name in _FIGURES_OF_NO_CASE}
    left = "it rests on what stays in the team; what shows single cases is left out"
    return AnalysisPart(*head, tables, figures, problem=left)


def _without_cases(table: ReportTable) -> ReportTable:
    """The table without the names of cases."""
    kept = [place for place, column in enumerate(table.columns) if column.label != "Cases"]
    rows = [row for row in table.rows if row[0].value != "Cases"]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in rows),
        notes=tuple(note for note in table.notes if not note.startswith(("*", "Left out", "Notice"))),
    )


def rule_note(code: str) -> RuleNote:
    """The parts of a rule's page that stand beside its findings."""
    rule = get_rule(code)
    parts = dict(re.findall(r"^## (.+?)\n\n(.+?)(?=\n## |\Z)", rule.page, re.M | re.S))
    return RuleNote(code, rule.title, _plain(parts["Why it matters"]), _plain(parts["Mend or accept"]))


def _plain(markdown: str) -> str:
    """Markdown prose as one line of plain words."""
    return re.sub(r"[`*]", "", re.sub(r"\s+", " ", markdown)).strip()
