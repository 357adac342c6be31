"""Cross-case tables whose every cell opens what stands behind it.

The tables are those of :mod:`crosscase.reports.tables`; here their cells learn where they lead, their rows are narrowed to
some of the cases, and a cell is opened.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from crosscase.core import Snapshot, Source
from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.values import read_number
from crosscase.evidence import Ledger
from crosscase.evidence.constructs import Cell as ConstructCell
from crosscase.reports import tables
from crosscase.reports.names import evidence_words
from crosscase.reports.table import Cell, ReportTable, state_cell
from crosscase.reports.tables.codes import nearest_of_level
from crosscase.study.passages import Passage, passages, turn_passage, without_withdrawn

#: What stands against the cases -> the words for it.
KINDS = {
    "code": "Codes", "theme": "Themes", "construct": "Constructs", "question": "Questions",
    "source-kind": "Kinds of source",
}  # fmt: skip

Show = Literal["counts", "presence", "excerpts"]

#: The characters of an excerpt in a cell.
_EXCERPT = 160

#: Where the cell of a case and a column leads.
Address = Callable[[str, str], str]

#: A variable with more values than this is no way to choose cases.
_MOST_VALUES = 15


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands behind one cell.

    ``case`` is a case, or the words for a group of them.  ``passages`` speak for it and ``against`` for its absence;
    ``records`` are (reference, words) of what is no passage.  ``cell`` is the construct's cell, when the table is that of
    the constructs.
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


def choices(snapshot: Snapshot) -> dict[str, list[str]]:
    """Variable -> the values by which cases can be chosen: two or more, and not one for nearly every case."""
    found: dict[str, dict[str, None]] = {}
    for case in snapshot.cases:
        for name, value in case.attributes.items():
            if value:
                found.setdefault(name, {})[value] = None
    return {name: sorted(values) for name, values in found.items() if 1 < len(values) <= _MOST_VALUES}


def chosen(snapshot: Snapshot, where: str) -> list[str]:
    """The cases that have a value: ``variable=value``, or at least or less than a number: ``variable>=5``, ``variable<5``.

    All cases when nothing is asked; a case without a value is in ``variable=`` only.

    Raises:
        InputError: it is not written so.
        NotFoundError: no case has the variable; lists those there are.
    """
    if not where:
        return list(snapshot.cases.column("id"))
    known = dict.fromkeys(name for case in snapshot.cases for name in case.attributes)
    # a name may hold any sign, so the names there are come first
    found = next(
        (
            (name, sign, where.removeprefix(name + sign))
            for name in sorted(known, key=len, reverse=True)
            for sign in (">=", "=", "<")
            if where.startswith(name + sign)
        ),
        None,
    )
    if found is None:
        name, equals, _ = where.partition("=")
        if not equals:
            raise InputError(f"'{where}' chooses no cases", mend="write variable=value")
        raise NotFoundError("variable", name, known)
    name, sign, value = found
    bound = read_number(value) or 0.0
    if sign != "=" and read_number(value) is None:
        raise InputError(f"'{value}' is no number", where=where, mend="write such as founded>=2003")
    if sign == "=":
        return [case.id for case in snapshot.cases if case.attributes.get(name, "") == value]
    numbers = ((case.id, read_number(case.attributes.get(name, ""))) for case in snapshot.cases)
    return [id for id, number in numbers if number is not None and (number >= bound) == (sign == ">=")]


def groupings(snapshot: Snapshot) -> list[str]:
    """The variables by which cases can be put into groups: by their values, or when these are many numbers, by their median."""
    numeric = []
    for name in dict.fromkeys(name for case in snapshot.cases for name in case.attributes):
        values = [case.attributes.get(name, "") for case in snapshot.cases]
        numbers = {read_number(value) for value in values if value}
        if len(numbers) > _MOST_VALUES and None not in numbers:
            numeric.append(name)
    return [*choices(snapshot), *numeric]


def groups(snapshot: Snapshot, variable: str) -> dict[str, str]:
    """Case -> its group as :func:`chosen` takes it, group by group; those without a value are in ``variable=``.

    Raises:
        NotFoundError: the variable makes no groups; lists those that do.
    """
    if variable not in groupings(snapshot):
        raise NotFoundError("variable that makes groups", variable, groupings(snapshot))
    values = {case.id: case.attributes.get(variable, "") for case in snapshot.cases}
    if variable in choices(snapshot):
        made = {case: f"{variable}={value}" for case, value in values.items()}
        return dict(sorted(made.items(), key=lambda item: (not values[item[0]], item[1])))
    numbers = {case: read_number(value) for case, value in values.items()}
    middle = statistics.median_high(number for number in numbers.values() if number is not None)
    made = {
        case: f"{variable}=" if number is None else f"{variable}{'<' if number < middle else '>='}{middle:g}"
        for case, number in numbers.items()
    }
    return dict(sorted(made.items(), key=lambda item: (made[item[0]].endswith("="), made[item[0]])))


def group_words(variable: str, group: str) -> str:
    """A group as a person names it: the value, or below and from a number.

    >>> group_words("size", "size=small"), group_words("founded", "founded<2004"), group_words("size", "size=")
    ('small', 'below 2004', 'no value')
    """
    rest = group.removeprefix(variable)
    if rest.startswith(">="):
        return f"{rest.removeprefix('>=')} and above"
    return f"below {rest[1:]}" if rest.startswith("<") else rest[1:] or "no value"


def cross_table(
    ledger: Ledger,
    by: str,
    address: Address,
    *,
    cases: Sequence[str] | None = None,
    show: Show = "counts",
    group: str = "",
    under: str = "",
) -> ReportTable:
    """A cross-case table with the addresses of its cells.

    Args:
        ledger: the study.
        by: one of :data:`KINDS`.
        address: where the cell of a case and a column (the id of a code, construct or question; a kind) leads.
        cases: the cases to show; all when ``None``.
        show: how much there is, only whether there is anything, or the words of the best passage (codes and themes).
        group: a variable whose values make the rows (codes and themes).
        under: only this code and those under it (codes and themes).

    Raises:
        NotFoundError: no such table, variable or code.
    """
    if by not in KINDS:
        raise NotFoundError("cross-case table", by, KINDS)
    snapshot = ledger.snapshot
    if by in ("code", "theme"):
        made = _by_code(ledger, by, address, show, group, under)
    elif by == "construct":
        ids = [one.id for one in ledger.constructs.constructs]
        made = _addressed(tables.case_by_construct(ledger.constructs), ids, address)
    elif by == "question":
        made = _questions(tables.question_matrix(snapshot), snapshot, address)
    else:
        made = tables.triangulation(snapshot)
        kinds = [column.label for column in made.columns[1:-2]]
        made = _addressed(made, ["" if kind == "kind not given" else kind for kind in kinds], address)
    if cases is not None and not (group and by in ("code", "theme")):
        made = _of_cases(made, set(cases), set(snapshot.cases.column("id")))
    totals = {"code": 1, "theme": 1, "source-kind": 2}.get(by, 0)
    return _presence(made, totals) if show == "presence" else made


def _by_code(ledger: Ledger, by: str, address: Address, show: Show, group: str, under: str) -> ReportTable:
    snapshot = ledger.snapshot
    if under:
        snapshot.codes[under]
    made = groups(snapshot, group) if group else {}
    return tables.case_by_code(
        snapshot,
        "theme" if by == "theme" else "",
        address=address,
        groups=made if group else None,
        named={one: group_words(group, one) for one in made.values()},
        only=set(snapshot.subtree(under)) if under else None,
        words=_excerpts(ledger) if show == "excerpts" else None,
    )


def _excerpts(ledger: Ledger) -> Callable[[Sequence[int]], str]:
    """The words that stand for some codings: those of a marked quotation before others, else the first; and how many more."""
    snapshot = ledger.snapshot
    about, withdrawn = snapshot.codings.column("quotation"), ledger.withdrawn
    ids, *columns = (snapshot.quotations.column(name) for name in ("id", "text", "locator", "mark"))
    rank = {"power": 0, "proof": 1}
    rows = {id: (rank.get(mark, 2), text, locator) for id, text, locator, mark in zip(ids, *columns, strict=True)}

    def words(places: Sequence[int]) -> str:
        found = [
            rows[id] for id in dict.fromkeys(about[place] for place in places) if id in rows and id not in withdrawn
        ]
        if not found:
            return "withdrawn"
        _, text, locator = min(found, key=lambda row: (row[0], not row[1]))
        line = " ".join(text[: 2 * _EXCERPT].split())
        short = line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip() + "…"
        return (f"“{short}”" if line else locator or "no text") + (f" (+{len(found) - 1})" if len(found) > 1 else "")

    return words


#: The most codes that a page shows beside each other.
MOST_TOGETHER = 60


def together_table(
    ledger: Ledger,
    address: Address,
    *,
    show: Literal["counts", "share", "both"] = "both",
    under: str = "",
    most: int | None = MOST_TOGETHER,
) -> ReportTable:
    """Code × code: how often each two overlap; only the ``most`` codes with the most codings when there are more.

    Args:
        ledger: the study.
        address: where the cell of two codes leads.
        show: counts, the share of their passages, or both.
        under: only this code and those under it.
        most: all when ``None``.

    Raises:
        NotFoundError: no such code.
    """
    snapshot = ledger.snapshot
    if under:
        snapshot.codes[under]
    among = set(snapshot.subtree(under)) if under else None
    given = snapshot.codings.positions("code")
    used = [code for code in snapshot.codes.column("id") if code in given and (among is None or code in among)]
    kept = set(used if most is None else sorted(used, key=lambda code: -len(given[code]))[:most])
    made = tables.code_by_code(ledger, [code for code in used if code in kept], address=address, show=show)
    if len(kept) == len(used):
        return made
    note = f"The {len(kept)} codes with the most codings of {len(used)}; the files hold all."
    return replace(made, notes=(note, *made.notes))


def open_cell(ledger: Ledger, by: str, case: str, of: str, where: str = "") -> Opened:
    """What stands behind one cell: of a case, or of the group of cases ``where`` (codes and themes).

    Raises:
        NotFoundError: no such table, case, variable, code, construct, question or kind of source.
        InputError: ``where`` chooses no cases.
    """
    if by not in KINDS:
        raise NotFoundError("cross-case table", by, KINDS)
    snapshot = ledger.snapshot
    if case:
        snapshot.cases[case]
    if by in ("code", "theme"):
        opened = _open_codings(snapshot, by, case, of, where)
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


def _open_codings(snapshot: Snapshot, by: str, case: str, of: str, where: str) -> Opened:
    snapshot.codes[of]
    stands_for = nearest_of_level(snapshot, "theme") if by == "theme" else {}
    codes = [code for code, theme in stands_for.items() if theme == of] if by == "theme" else [of]
    index = snapshot.codings.positions("code")
    codings = [snapshot.codings[place] for code in codes for place in index.get(code, ())]
    cases = set(chosen(snapshot, where)) if where else {case}
    here = [one for one in codings if snapshot.case_of_quotation.get(one.quotation, "") in cases]
    name = " › ".join(snapshot.code_path(of))
    return Opened(by, where.removesuffix("=") or case, of, name, tuple(passages(snapshot, here)))


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
