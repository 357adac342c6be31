"""Cross-case tables whose every cell opens what stands behind it.

The tables are those of :mod:`crosscase.reports.tables`; here their cells learn where they lead, their rows are narrowed to
some of the cases, and a cell is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from crosscase.core import Coding, Quotation, Snapshot, Source, Stance, Table
from crosscase.core.errors import InputError, NotFoundError
from crosscase.evidence import Ledger
from crosscase.evidence.constructs import Cell as ConstructCell
from crosscase.reports import tables
from crosscase.reports.names import evidence_words
from crosscase.reports.table import Cell, ReportTable, state_cell
from crosscase.reports.tables.codes import nearest_of_level
from crosscase.study.passages import Passage, passages, turn_passage, without_withdrawn
from crosscase.study.workspace import Workspace

#: What stands against the cases -> the words for it.
KINDS = {
    "code": "Codes", "theme": "Themes", "construct": "Constructs", "question": "Questions",
    "source-kind": "Kinds of source",
}  # fmt: skip

#: Where the cell of a case and a column leads.
Address = Callable[[str, str], str]

#: A variable with more values than this is no way to choose cases.
_MOST_VALUES = 15


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands behind one cell.

    ``passages`` speak for it and ``against`` for its absence; ``records`` are (reference, words) of what is no passage.
    ``cell`` is the construct's cell, when the table is that of the constructs.
    """

    by: str
    case: str
    of: str
    name: str
    passages: tuple[Passage, ...] = ()
    against: tuple[Passage, ...] = ()
    records: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    cell: ConstructCell | None = None


def seen_by(workspace: Workspace, coder: str = "") -> Ledger:
    """The study as it stands; with a ``coder``, as somebody sees it who codes blind: nothing of what others coded."""
    study = workspace.frozen()
    if not coder:
        return study.ledger
    snapshot = study.snapshot
    own = [one for one in snapshot.codings if one.coder == coder]
    known = {one.id for one in own}
    stances = [one for one in snapshot.stances if not one.coding or one.coding in known]
    others = {one.quotation for one in snapshot.codings} - {one.quotation for one in own}
    return Ledger(
        snapshot.replace(
            codings=Table.of(Coding, own),
            stances=Table.of(Stance, stances),
            quotations=Table.of(Quotation, [one for one in snapshot.quotations if one.id not in others]),
        )
    )


def choices(snapshot: Snapshot) -> dict[str, list[str]]:
    """Variable -> the values by which cases can be chosen: two or more, and not one for nearly every case."""
    found: dict[str, dict[str, None]] = {}
    for case in snapshot.cases:
        for name, value in case.attributes.items():
            if value:
                found.setdefault(name, {})[value] = None
    return {name: sorted(values) for name, values in found.items() if 1 < len(values) <= _MOST_VALUES}


def chosen(snapshot: Snapshot, where: str) -> list[str]:
    """The cases that have a value: ``variable=value``; all cases when nothing is asked.

    Raises:
        InputError: it is not written so.
        NotFoundError: no case has the variable; lists those there are.
    """
    if not where:
        return list(snapshot.cases.column("id"))
    name, equals, value = where.partition("=")
    if not equals:
        raise InputError(f"'{where}' chooses no cases", mend="write variable=value")
    known = dict.fromkeys(name for case in snapshot.cases for name in case.attributes)
    if name not in known:
        raise NotFoundError("variable", name, known)
    return [case.id for case in snapshot.cases if case.attributes.get(name, "") == value]


def cross_table(
    ledger: Ledger, by: str, address: Address, *, cases: Sequence[str] | None = None, presence: bool = False
) -> ReportTable:
    """A cross-case table with the addresses of its cells.

    Args:
        ledger: the study.
        by: one of :data:`KINDS`.
        address: where the cell of a case and a column (the id of a code, construct or question; a kind) leads.
        cases: the cases to show; all when ``None``.
        presence: say only whether there is anything, not how much.

    Raises:
        NotFoundError: no such table.
    """
    if by not in KINDS:
        raise NotFoundError("cross-case table", by, KINDS)
    snapshot = ledger.snapshot
    if by in ("code", "theme"):
        made = tables.case_by_code(snapshot, "theme" if by == "theme" else "", address=address)
    elif by == "construct":
        ids = [one.id for one in ledger.constructs.constructs]
        made = _addressed(tables.case_by_construct(ledger.constructs), ids, address)
    elif by == "question":
        made = _questions(tables.question_matrix(snapshot), snapshot, address)
    else:
        made = tables.triangulation(snapshot)
        kinds = [column.label for column in made.columns[1:-2]]
        made = _addressed(made, ["" if kind == "kind not given" else kind for kind in kinds], address)
    if cases is not None:
        made = _of_cases(made, set(cases), set(snapshot.cases.column("id")))
    totals = {"code": 1, "theme": 1, "source-kind": 2}.get(by, 0)
    return _presence(made, totals) if presence else made


def open_cell(ledger: Ledger, by: str, case: str, of: str) -> Opened:
    """What stands behind one cell.

    Raises:
        NotFoundError: no such table, case, code, construct, question or kind of source.
    """
    if by not in KINDS:
        raise NotFoundError("cross-case table", by, KINDS)
    snapshot = ledger.snapshot
    if case:
        snapshot.cases[case]
    if by in ("code", "theme"):
        opened = _open_codings(snapshot, by, case, of)
    elif by == "construct":
        opened = _open_construct(ledger, case, of)
    elif by == "question":
        opened = _open_question(snapshot, case, of)
    else:
        opened = _open_kind(snapshot, case, of)
    coded, against = (without_withdrawn(those, ledger.withdrawn) for those in (opened.passages, opened.against))
    return replace(opened, passages=coded, against=against)


# -- the tables --------------------------------------------------------------------------------------------------------


def _addressed(table: ReportTable, ids: Sequence[str], address: Address) -> ReportTable:
    """The cells after the first column lead somewhere, as far as there are ids; those of a count of nothing do not."""

    def lead(case: str, cell: Cell, id: str) -> Cell:
        return replace(cell, inputs=(), href=address(case, id)) if cell.value else replace(cell, inputs=())

    rows = tuple(
        (
            row[0],
            *(lead(str(row[0].value), cell, id) for cell, id in zip(row[1:], ids, strict=False)),
            *row[1 + len(ids) :],
        )
        for row in table.rows
    )
    return replace(table, rows=rows)


def _questions(table: ReportTable, snapshot: Snapshot, address: Address) -> ReportTable:
    cases = set(snapshot.cases.column("id"))
    columns = [column.label for column in table.columns]
    down_questions = "Question" in columns[:1]

    def lead(row: tuple[Cell, ...], place: int, cell: Cell) -> Cell:
        if not cell.inputs:
            return cell
        first, head = str(row[0].value), columns[place]
        case, question = (head, first) if down_questions else (first, head)
        return replace(cell, inputs=(), href=address(case, question) if case in cases else "")

    return replace(
        table, rows=tuple(tuple(lead(row, place, cell) for place, cell in enumerate(row)) for row in table.rows)
    )


def _of_cases(table: ReportTable, wanted: set[str], known: set[str]) -> ReportTable:
    """Only some of the cases, whether they are the rows or the columns."""
    if table.columns and table.columns[0].label == "Case":
        return replace(
            table,
            rows=tuple(row for row in table.rows if row[0].value in wanted),
            missing="No case has this value." if not wanted else table.missing,
        )
    kept = [
        place
        for place, column in enumerate(table.columns)
        if place < 2 or column.label in wanted or column.label not in known
    ]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
    )


def _presence(table: ReportTable, totals: int) -> ReportTable:
    """Counts as present or no data; words, states and the ``totals`` last columns stay as they are."""

    def said(cell: Cell) -> Cell:
        if cell.state or not isinstance(cell.value, int):
            return cell
        return replace(state_cell("present" if cell.value else "no data"), href=cell.href)

    last = len(table.columns) - totals
    return replace(table, rows=tuple((*(said(cell) for cell in row[:last]), *row[last:]) for row in table.rows))


# -- the cells ---------------------------------------------------------------------------------------------------------


def _open_codings(snapshot: Snapshot, by: str, case: str, of: str) -> Opened:
    snapshot.codes[of]
    stands_for = nearest_of_level(snapshot, "theme") if by == "theme" else {}
    codes = [code for code, theme in stands_for.items() if theme == of] if by == "theme" else [of]
    index = snapshot.codings.positions("code")
    codings = [snapshot.codings[place] for code in codes for place in index.get(code, ())]
    here = [one for one in codings if snapshot.case_of_quotation.get(one.quotation, "") == case]
    return Opened(by, case, of, " › ".join(snapshot.code_path(of)), tuple(passages(snapshot, here)))


def _open_construct(ledger: Ledger, case: str, of: str) -> Opened:
    snapshot = ledger.snapshot
    construct = snapshot.constructs[of]
    cell = ledger.constructs.cell(case, of)
    coded, records = _split(snapshot, cell.evidence)
    denied, records_against = _split(snapshot, cell.against)
    return Opened("construct", case, of, construct.name or of, coded, denied, (*records, *records_against), cell=cell)


def _split(snapshot: Snapshot, references: Sequence[str]) -> tuple[tuple[Passage, ...], tuple[tuple[str, str], ...]]:
    """The passages of the codings among some references, and the other records in words."""
    codings = {
        one: snapshot.codings[id]
        for one in references
        for table, _, id in [one.partition(":")]
        if table == "codings" and id in snapshot.codings
    }
    records = tuple((one, evidence_words(snapshot, one)) for one in references if one not in codings)
    return tuple(passages(snapshot, codings.values())), records


def _open_question(snapshot: Snapshot, case: str, of: str) -> Opened:
    turns = [
        turn
        for turn in snapshot.turns.where(question=of)
        if turn.kind != "question" and turn.end > turn.start and snapshot.sources[turn.source].case == case
    ]
    asked = {question.id: question for question in snapshot.study.guide}
    if of not in asked and not snapshot.turns.where(question=of):
        raise NotFoundError("question", of, asked)
    name = f"{of} {asked[of].text}" if of in asked else of
    return Opened("question", case, of, name, tuple(turn_passage(snapshot, turn) for turn in turns))


def _open_kind(snapshot: Snapshot, case: str, of: str) -> Opened:
    kinds = dict.fromkeys(snapshot.sources.column("kind"))
    if of not in kinds:
        raise NotFoundError("kind of source", of, kinds)
    sources = tuple(snapshot.sources.where(case=case, kind=of))
    quotations = [one.id for source in sources for one in snapshot.quotations.where(source=source.id)]
    codings = [one for id in quotations for one in snapshot.codings.where(quotation=id)]
    return Opened("source-kind", case, of, of or "kind not given", tuple(passages(snapshot, codings)), sources=sources)
