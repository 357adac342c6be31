"""Quotation tables: power quotations for the text, proof quotations for a table (Pratt 2009), and whose voices they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from crosscase.core import Coding, Quotation, Snapshot
from crosscase.evidence.retrieval import MARKS
from crosscase.evidence.withdrawn import withdrawn_quotations
from crosscase.reports.table import Cell, Column, Format, ReportTable

#: How many quotations, and how many cases, a code is shown with at least.
FEWEST = 2


def quotation_table(snapshot: Snapshot, mark: str = "proof") -> ReportTable:
    """Code × quotation for those marked ``power`` or ``proof``, in the order of the codebook.

    A quotation whose words may not be shown stands with its locator; one that was taken back is left out.  The note counts
    whose voices are heard.
    """
    columns = (Column("Code", heading=True), Column("Quotation"), Column("Case"), Column("Speaker"), Column("Where"))
    withdrawn = withdrawn_quotations(snapshot)
    shown: list[Quotation] = []
    rows: list[tuple[Cell, ...]] = []
    for code in snapshot.codes:
        name = " › ".join(snapshot.code_path(code.id))
        for quotation in _marked(snapshot, snapshot.codings.where(code=code.id), (mark,)):
            if quotation.id not in withdrawn:
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


def quotation_checks(snapshot: Snapshot) -> ReportTable:
    """For every code that was given: how many of its quotations are marked, from how many cases, and what to look at.

    A code is looked at when fewer than two quotations, or quotations of fewer than two cases, are marked, or when one case
    has more than half of four or more.  A quotation without a case or a speaker is counted in the notes.
    """
    columns = (
        Column("Code", heading=True),
        Column("power", "right"),
        Column("proof", "right"),
        Column("cases", "right"),
        Column("most from"),
        Column("share", "right", Format(0, "%")),
        Column("To look at"),
    )
    withdrawn = withdrawn_quotations(snapshot)
    case_of = snapshot.case_of_quotation
    everything: dict[str, Quotation] = {}
    rows = []
    index = snapshot.codings.positions("code")
    for code in snapshot.codes:
        if code.id not in index:
            continue
        codings = [snapshot.codings[place] for place in index[code.id]]
        those = [one for one in _marked(snapshot, codings, MARKS) if one.id not in withdrawn]
        everything |= {one.id: one for one in those}
        marks = Counter(one.mark for one in those)
        cases = Counter(case_of.get(one.id, "") for one in those)
        cases.pop("", None)
        most = cases.most_common(1)[0] if cases else ("", 0)
        rows.append(
            (
                Cell(" › ".join(snapshot.code_path(code.id))),
                *(Cell(marks[mark]) for mark in MARKS),
                Cell(len(cases)),
                Cell(most[0]),
                Cell(100 * most[1] / len(those)) if those else Cell(""),
                Cell(_to_look_at(len(those), len(cases), most)),
            )
        )
    return ReportTable(
        "quotation-checks",
        "Marked quotations by code",
        columns,
        tuple(rows) if everything else (),
        notes=tuple(_voices(snapshot, list(everything.values()))) if everything else (),
        missing="No coded quotation is marked as power or proof quotation.",
    )


def _to_look_at(quotations: int, cases: int, most: tuple[str, int]) -> str:
    if not quotations:
        return "no quotation is marked"
    said = []
    if quotations < FEWEST:
        said.append("one quotation only")
    if cases < FEWEST:
        said.append("one case only" if cases else "no case is known")
    elif quotations >= 2 * FEWEST and most[1] > quotations / 2:
        said.append(f"{most[1]} of {quotations} from {most[0]}")
    return "; ".join(said)


def _voices(snapshot: Snapshot, those: list[Quotation]) -> list[str]:
    """Whose voices are heard, over all codes."""
    cases = Counter(snapshot.case_of_quotation.get(one.id, "") for one in those)
    without = cases.pop("", 0)
    notes = [f"{len(those)} marked quotations from {len(cases)} of {len(snapshot.cases)} cases."]
    if cases:
        case, count = cases.most_common(1)[0]
        notes.append(f"Most are from {case}: {count} of {len(those)} ({count / len(those):.0%}).")
    unheard = [case for case in snapshot.cases.column("id") if case not in cases]
    notes += [f"Not quoted: {', '.join(unheard)}."] if unheard else []
    nameless = sum(not _speaker(snapshot, one) for one in those)
    notes += [f"Without a case: {without}."] if without else []
    notes += [f"Without a speaker: {nameless}."] if nameless else []
    return notes


def _marked(snapshot: Snapshot, codings: Iterable[Coding], marks: tuple[str, ...]) -> Iterable[Quotation]:
    seen: set[str] = set()
    for coding in codings:
        quotation = snapshot.quotations.get(coding.quotation)
        if quotation is not None and quotation.mark in marks and quotation.id not in seen:
            seen.add(quotation.id)
            yield quotation


def _speaker(snapshot: Snapshot, quotation: Quotation) -> str:
    return snapshot.speaker_of_quotation[quotation.id]


def _row(snapshot: Snapshot, quotation: Quotation, code: str) -> tuple[Cell, ...]:
    participant = _speaker(snapshot, quotation)
    who = snapshot.participants.get(participant)
    role = ", ".join(filter(None, (who.role if who else "", participant)))
    words = f"“{quotation.text}”" if quotation.text else "(words not shown)"
    place = f"{quotation.start}–{quotation.end}" if quotation.start is not None and quotation.end is not None else ""
    where = " ".join(filter(None, (quotation.source, quotation.locator or place)))
    return Cell(code), Cell(words), Cell(snapshot.case_of_quotation.get(quotation.id, "")), Cell(role), Cell(where)
