"""Quotation tables: power quotations for the text, proof quotations for an appendix (Pratt 2009)."""

from __future__ import annotations

from collections.abc import Iterable

from crosscase.core import Coding, Quotation, Snapshot
from crosscase.reports.table import Cell, Column, ReportTable


def quotation_table(snapshot: Snapshot, mark: str = "proof") -> ReportTable:
    """Code × quotation for those marked ``power`` or ``proof``, in the order of the codebook.

    A quotation whose words may not be shown stands with its locator.  The note counts whose voices are heard.
    """
    columns = (Column("Code", heading=True), Column("Quotation"), Column("Case"), Column("Speaker"), Column("Where"))
    shown: list[Quotation] = []
    rows: list[tuple[Cell, ...]] = []
    for code in snapshot.codes:
        name = " › ".join(snapshot.code_path(code.id))
        for quotation in _marked(snapshot, snapshot.codings.where(code=code.id), mark):
            rows.append(_row(snapshot, quotation, name))
            name = ""
            shown.append(quotation)
    cases = {snapshot.case_of_quotation.get(one.id, "") for one in shown} - {""}
    unheard = [case for case in snapshot.cases.column("id") if case not in cases]
    notes = [f"{len(shown)} quotations from {len(cases)} of {len(snapshot.cases)} cases."]
    notes += [f"Not quoted: {', '.join(unheard)}."] if unheard else []
    titles = {"power": "Quotations for the text", "proof": "Representative quotations"}
    return ReportTable(
        f"quotations-{mark}",
        titles.get(mark, f"Quotations marked {mark}"),
        columns,
        tuple(rows),
        notes=tuple(notes) if rows else (),
        missing=f"No coded quotation is marked {mark}.",
    )


def _marked(snapshot: Snapshot, codings: Iterable[Coding], mark: str) -> Iterable[Quotation]:
    seen: set[str] = set()
    for coding in codings:
        quotation = snapshot.quotations.get(coding.quotation)
        if quotation is not None and quotation.mark == mark and quotation.id not in seen:
            seen.add(quotation.id)
            yield quotation


def _row(snapshot: Snapshot, quotation: Quotation, code: str) -> tuple[Cell, ...]:
    source = snapshot.sources.get(quotation.source)
    participant = quotation.participant or (source.participant if source else "")
    who = snapshot.participants.get(participant)
    role = ", ".join(filter(None, (who.role if who else "", participant)))
    words = f"“{quotation.text}”" if quotation.text else "(words not shown)"
    place = f"{quotation.start}–{quotation.end}" if quotation.start is not None and quotation.end is not None else ""
    where = " ".join(filter(None, (quotation.source, quotation.locator or place)))
    return Cell(code), Cell(words), Cell(snapshot.case_of_quotation.get(quotation.id, "")), Cell(role), Cell(where)
