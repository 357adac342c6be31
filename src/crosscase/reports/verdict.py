"""The verdict on one claim as a document of its own: HTML and DOCX with the same parts in the same order.

What the verdict says is :mod:`crosscase.evidence.claims`; its JSON is ``Verdict.to_dict()``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crosscase.evidence.claims import GROUPS, Verdict
from crosscase.reports.formats.docx import sections_docx
from crosscase.reports.formats.html import sections_page
from crosscase.reports.table import Cell, Column, ReportTable
from crosscase.reports.tables.claims import GROUP_WORDS, fares_table, forms_table, verdict_table

Part = tuple[str, list[str], list[ReportTable]]


def verdict_tables(verdict: Verdict) -> list[ReportTable]:
    """The tables of a verdict that have rows: the cases, the forms on record, the analyses, the confidence."""
    found = [verdict_table(verdict), forms_table(verdict), fares_table(verdict), confidence_table(verdict)]
    return [found[0], *(table for table in found[1:] if table.rows)]


def verdict_html(verdict: Verdict) -> bytes:
    """A page of its own."""
    return sections_page(_title(verdict), _lead(verdict), _parts(verdict)).encode("utf-8", "replace")


def verdict_docx(verdict: Verdict) -> bytes:
    """The same as a Word document."""
    return sections_docx(_title(verdict), _lead(verdict), _parts(verdict), landscape=True)


#: The documents of a verdict by the ending of their file.
DOCUMENTS: Mapping[str, Callable[[Verdict], bytes]] = {"html": verdict_html, "docx": verdict_docx}


def confidence_table(verdict: Verdict) -> ReportTable:
    """A person's confidence in the manner of GRADE-CERQual: a row a component with its reason."""
    judged = verdict.confidence
    reasons = {} if judged is None else judged.reasons
    rows = [(Cell(name, name.replace("_", " ").capitalize()), Cell(reason)) for name, reason in reasons.items()]
    return ReportTable(
        f"confidence-{verdict.claim.id}",
        f"{verdict.claim.id}: confidence, judged by a person",
        (Column("Component", heading=True), Column("Reason")),
        tuple(rows),
        notes=(f"{judged.in_words()}.",) if judged else (),
        missing="Nobody has judged it.",
    )


def _title(verdict: Verdict) -> str:
    return f"{verdict.claim.id}: {verdict.claim.text}" if verdict.claim.text else verdict.claim.id


def _lead(verdict: Verdict) -> str:
    claim = verdict.claim
    built = f"built on {len(claim.built_on)} cases" if claim.built_on else "what it was built on is not on record"
    return "; ".join(part for part in (claim.type, claim.status, claim.expression, built) if part) + "."


def _parts(verdict: Verdict) -> list[Part]:
    claim, tested = verdict.claim, verdict.tested_on()
    groups = ", ".join(
        f"{GROUP_WORDS[group]} {len(verdict.groups[group])} ({len(tested[group])} not built on)" for group in GROUPS
    )
    cases = [f"Shown by the constructs: {groups}."] if not verdict.problem else []
    parts: list[Part] = [("The cases", cases, [verdict_table(verdict)])]
    for title, table in (
        ("Logical forms on record", forms_table(verdict)),
        ("How it fares", fares_table(verdict)),
        ("Confidence", confidence_table(verdict)),
    ):
        if table.rows:
            parts.append((title, [], [table]))
    if any(claim.scope.values()):
        parts.append(("Scope", [f"{key.capitalize()}: {value}" for key, value in claim.scope.items() if value], []))
    if rival := str(claim.extra.get("rival", "")).strip():
        parts.append(("Rival explanation", [rival], []))
    versions = [
        f"{one.label} ({', '.join(part for part in (one.number, one.status) if part)}): {one.text}"
        for one in claim.versions
    ]
    if versions:
        parts.append(("Versions", versions, []))
    return parts
