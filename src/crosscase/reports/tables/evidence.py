"""What a construct rests on in each case, and what was found in each case in condensed words.

The construct table after Eisenhardt & Graebner (2007): for one construct a row a case with its state, the measure behind it and
the words that show it.  The meta-matrix after Miles, Huberman & Saldaña (2014, ch. 8): cases against the fields of the study,
each cell the condensed record of what was found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from crosscase.core import Construct, Quotation
from crosscase.evidence.constructs import Cell as ConstructCell
from crosscase.evidence.ledger import Ledger
from crosscase.reports.table import Cell, Column, ReportTable, state_cell, without_empty
from crosscase.reports.tables.codes import nearest_of_level

#: So many quotations of a case stand in a construct table; the others are counted.
MOST_QUOTATIONS = 2
#: So many concepts of a case stand in a cell of the meta-matrix; the others are counted.
MOST_CONCEPTS = 5
_ORDER = {"present": 0, "absent": 1, "no data": 2}
_MARKED = {"proof": 0, "power": 1}


def construct_evidence(ledger: Ledger, construct: Construct) -> ReportTable:
    """One construct: a row a case, those where it is present first, with what shows it and who said it."""
    columns = (
        Column("Case", heading=True),
        Column("State", "centre"),
        Column("Value", "right"),
        Column("Evidence"),
        Column("Kinds of source"),
        Column("Informants"),
        Column("Judged by a person"),
    )
    cells = sorted(ledger.constructs.column(construct.id), key=lambda one: _ORDER[one.state])
    known = [one for one in cells if one.evidence or one.against or one.state != "no data" or one.rating]
    rows = tuple(_row(ledger, cell) for cell in known)
    silent = [one.case for one in cells if one not in known]
    counts = ledger.constructs.counts(construct.id)
    notes = [", ".join(f"{state} in {number}" for state, number in counts.items()) + " cases."]
    notes += [f"No data, and nothing on record: {', '.join(silent)}."] if silent else []
    table = ReportTable(
        f"construct-{construct.id}",
        f"Evidence of the construct: {construct.name or construct.id}",
        columns,
        rows,
        notes=tuple(notes) if rows else (),
        missing="Nothing is on record for it in any case.",
    )
    return without_empty(table, "Value", "Kinds of source", "Informants", "Judged by a person")


def _row(ledger: Ledger, cell: ConstructCell) -> tuple[Cell, ...]:
    words = list(_words(ledger, cell.evidence))
    words += [f"Against: {one}" for one in _words(ledger, cell.against)]
    value = cell.value if isinstance(cell.value, int | float) else None
    rating = cell.rating
    judged = (
        f"{rating.value} ({rating.who or 'somebody'}): {rating.reason}; the rule gave {cell.computed}" if rating else ""
    )
    return (
        Cell(cell.case),
        state_cell(cell.state),
        Cell(str(cell.value)) if isinstance(cell.value, str) else Cell(value),
        Cell("\n".join(words) or cell.reason),
        Cell(", ".join(cell.kinds)),
        Cell(", ".join(_informant(ledger, one) for one in cell.informants)),
        Cell(judged),
    )


def _words(ledger: Ledger, evidence: Iterable[str]) -> Iterable[str]:
    """Quotations in words or by their place, those marked for a table first; records by what they are."""
    snapshot = ledger.snapshot
    quotations: dict[str, Quotation] = {}
    others: Counter[str] = Counter()
    for reference in evidence:
        kind, _, id = reference.partition(":")
        coding = snapshot.codings.get(id) if kind == "codings" else None
        quotation = snapshot.quotations.get(coding.quotation) if coding else None
        if quotation is not None:
            quotations[quotation.id] = quotation
        else:
            others[kind] += 1
    ranked = sorted(quotations.values(), key=lambda one: (_MARKED.get(one.mark, 2), not one.text))
    for one in ranked[:MOST_QUOTATIONS]:
        yield f"“{one.text}”" if one.text else " ".join(filter(None, (one.source, one.locator))) or "words not shown"
    if len(ranked) > MOST_QUOTATIONS:
        yield f"and {len(ranked) - MOST_QUOTATIONS} more"
    nouns = {"events": "event", "ties": "tie", "sources": "source", "cases": "record", "measures": "measure"}
    for kind, number in others.items():
        noun = nouns.get(kind, kind)
        yield f"{number} {noun}{'' if number == 1 else 's'}"


def _informant(ledger: Ledger, participant: str) -> str:
    person = ledger.snapshot.participants.get(participant)
    return f"{participant} ({person.role})" if person is not None and person.role else participant


def meta_matrix(ledger: Ledger, level: str = "") -> ReportTable:
    """Case × field: the concepts found, each with how many quotations; the fields are the themes, else the dimensions.

    A cell in which nothing was found is no data: that nobody spoke of a thing does not say that it is absent.

    Args:
        ledger: the study.
        level: ``theme`` or ``dimension``; the one under which more codings stand when it is empty.
    """
    snapshot = ledger.snapshot
    under = {one: nearest_of_level(snapshot, one) for one in (("theme", "dimension") if not level else (level,))}
    codes = snapshot.codings.column("code")
    chosen = max(under, key=lambda one: sum(code in under[one] for code in codes))
    field_of = under[chosen]
    found: dict[tuple[str, str], Counter[str]] = {}
    seen: set[tuple[str, str]] = set()
    for coding in snapshot.codings:
        field = field_of.get(coding.code)
        once = (coding.quotation, coding.code)  # two coders of one passage found one thing
        if field is None or coding.quotation in ledger.withdrawn or once in seen:
            continue
        seen.add(once)
        place = (snapshot.case_of_quotation.get(coding.quotation, ""), field)
        found.setdefault(place, Counter())[snapshot.codes[coding.code].name or coding.code] += 1
    fields = [code for code in snapshot.codes if any(place[1] == code.id for place in found)]
    columns = (Column("Case", heading=True), *(Column(one.name or one.id) for one in fields))
    rows = [
        (Cell(case), *(_concepts(found.get((case, one.id))) for one in fields))
        for case in snapshot.cases.column("id")
        if any((case, one.id) in found for one in fields)
    ]
    unheard = [case for case in snapshot.cases.column("id") if all((case, one.id) not in found for one in fields)]
    notes = [f"Fields are the {chosen}s of the codebook; in brackets how many quotations."]
    notes += [f"Nothing coded: {', '.join(unheard)}."] if unheard else []
    return ReportTable(
        "meta-matrix",
        "What was found in each case",
        columns,
        tuple(rows),
        notes=tuple(notes) if rows else (),
        missing="Nothing has been coded under a theme or a dimension.",
    )


def _concepts(counted: Counter[str] | None) -> Cell:
    if not counted:
        return Cell(state="no data")
    listed = [f"{name} ({number})" for name, number in counted.most_common(MOST_CONCEPTS)]
    more = len(counted) - len(listed)
    return Cell("; ".join(listed) + (f"; and {more} more" if more else ""))
