"""The case × construct table, the claims, and the verdict on one claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from crosscase.core import Stance
from crosscase.evidence.analyses import Said
from crosscase.evidence.claims import GROUPS, Row, Verdict
from crosscase.evidence.constructs import Cell as ConstructCell
from crosscase.evidence.constructs import ConstructTable
from crosscase.evidence.fares import Fare
from crosscase.reports.table import Cell, Column, Format, ReportTable, state_cell

GROUP_WORDS = {
    "contradicting": "contradicts",
    "literal": "condition and outcome",
    "theoretical": "neither",
    "silent": "silent",
}


def case_by_construct(table: ConstructTable) -> ReportTable:
    """Case × construct: the state of every cell, which opens its evidence, kinds of source and informants."""
    columns = (Column("Case", heading=True), *(Column(one.name or one.id, "centre") for one in table.constructs))
    rows = [
        (Cell(case), *(_construct_cell(table.cell(case, one.id)) for one in table.constructs)) for case in table.cases
    ]
    notes = [
        f"{one.name or one.id}: {_drawn(one.drawn_from, one.of, one.rule, one.absent_when)}" for one in table.constructs
    ]
    notes += [f"{id} could not be evaluated: {error}" for id, error in table.problems.items()]
    return ReportTable(
        "case-by-construct",
        "Constructs by case",
        columns,
        tuple(rows) if table.constructs else (),
        notes=tuple(notes),
        missing="The study has no constructs yet.",
    )


def claims_table(verdicts: Sequence[Verdict]) -> ReportTable:
    """Claim × group: how many cases the constructs show in each group, and how many are silent in words."""
    columns = (
        Column("Claim", heading=True),
        Column("Type"),
        Column("Wording"),
        Column("Expression"),
        *(Column(GROUP_WORDS[group], "right") for group in GROUPS),
        Column("without evidence in words", "right"),
        Column("built on", "right"),
    )
    rows = [
        (
            Cell(one.claim.id, href=f"#claim-{one.claim.id}"),
            Cell(one.claim.type),
            Cell(one.claim.text),
            Cell(one.claim.expression, note=one.problem),
            *(
                Cell(len(cases), inputs=(("cases", ", ".join(cases)),) if cases else ())
                for cases in (one.groups[group] for group in GROUPS)
            ),
            Cell(len(one.silent_in_words())),
            Cell(len(one.claim.built_on)),
        )
        for one in verdicts
    ]
    return ReportTable("claims", "Claims and the cases", columns, tuple(rows), missing="The study has no claims yet.")


def verdict_table(verdict: Verdict, *, condensed: bool = False) -> ReportTable:
    """A row a case, counter-evidence first: what is said beside what is shown.

    ``condensed`` puts the cases of which nothing is said and nothing known into one row for each reason, for print.
    """
    columns = (
        Column("Case", heading=True),
        Column("Said"),
        Column("Shown"),
        Column("Why"),
        Column("Constructs"),
        Column("Built on it"),
    )
    claim = verdict.claim
    notes = [f"Expression: {claim.expression}"] if claim.expression else []
    notes += [verdict.problem] if verdict.problem else []
    notes += [f"A part of {verdict.part_of}."] if verdict.part_of else []
    notes += [f"Its parts: {', '.join(verdict.parts)}."] if verdict.parts else []
    notes += _confidence(verdict)
    for one in verdict.elsewhere:
        notes.append(f"Evidence that belongs to no case: {_said(one)}")
    if verdict.withdrawn:
        notes.append(
            f"{len(verdict.withdrawn)} pieces of evidence were withdrawn with their words and no longer count."
        )
    if claim.built_on:
        notes.append("A case that the claim was built on cannot count as its test.")
    return ReportTable(
        f"claim-{claim.id}",
        f"{claim.id}: {claim.text}" if claim.text else claim.id,
        columns,
        tuple(_condensed(verdict.rows) if condensed else (_verdict_row(row) for row in verdict.rows)),
        notes=tuple(notes),
        missing="The study has no cases.",
    )


def forms_table(verdict: Verdict) -> ReportTable:
    """The logical forms of a claim on record, as asserted first: how many cases each would put into each group."""
    columns = (
        Column("Where", heading=True),
        Column("Form"),
        *(Column(GROUP_WORDS[group], "right") for group in GROUPS),
    )
    forms = [("as asserted here", verdict.claim.expression, {} if verdict.problem else verdict.groups)]
    forms += [(one.where, one.expression, one.groups) for one in verdict.forms]
    rows = [
        (Cell(where), Cell(expression), *(_cases_cell(groups.get(group, ())) for group in GROUPS))
        for where, expression, groups in forms
    ]
    return ReportTable(
        f"forms-{verdict.claim.id}",
        f"{verdict.claim.id}: logical forms on record",
        columns,
        tuple(rows) if verdict.forms else (),
        missing="One form is on record.",
    )


def fares_table(verdict: Verdict) -> ReportTable:
    """How a claim fares: a row an analysis and the cases it was made on, those that are a test first."""
    columns: tuple[Column, ...] = (
        Column("Analysis", heading=True),
        Column("Of"),
        Column("On"),
        Column("n", "right"),
        Column("Result"),
        Column("Deviant in kind"),
        Column("Remarks"),
    )
    rows = [_fare_row(one) for one in sorted(verdict.fares, key=lambda one: not one.is_test)]
    rows += [row for one in verdict.analyses for row in _said_rows(one)]
    built = bool(verdict.claim.built_on)
    notes = ["Only other cases are a test of a claim; those it was built from are not."] if built else []
    notes += ["* the claim was built on the case."] if any(one.deviant_built_on for one in verdict.analyses) else []
    if rows and not any(row[5].text or row[5].value for row in rows):
        columns, rows = (*columns[:5], *columns[6:]), [(*row[:5], *row[6:]) for row in rows]
    return ReportTable(
        f"fares-{verdict.claim.id}",
        f"{verdict.claim.id}: how it fares",
        columns,
        tuple(rows),
        notes=tuple(notes) if rows else (),
        missing="Its form calls for no analysis, and no saved analysis is linked to it.",
    )


def differences_table(fares: Sequence[Fare]) -> ReportTable:
    """The outcome of the cases with a condition against those without: a row a difference and the cases it is of."""
    names = ("mean with", "mean without", "p (two-sided)", "least p possible", "Hedges g", "Cliff's delta")
    columns = (
        Column("Difference", heading=True),
        Column("On"),
        Column("n", "right"),
        *(Column(name, "right", Format(3)) for name in names),
    )
    rows = [
        (Cell(one.expression), Cell(one.on), Cell(one.cases), *(_number(one.numbers.get(name)) for name in names))
        for one in fares
    ]
    notes = dict.fromkeys(f"{one.expression}, {one.on}: {note}." for one in fares for note in _remarks(one))
    return ReportTable("group-difference", "Group differences", columns, tuple(rows), notes=tuple(notes))


def _number(value: float | None) -> Cell:
    return Cell(text="–") if value is None else Cell(value)


def _cases_cell(cases: Sequence[str]) -> Cell:
    return Cell(len(cases), inputs=(("cases", ", ".join(cases)),) if cases else ())


def _fare_row(one: Fare) -> tuple[Cell, ...]:
    return (
        Cell(one.kind, one.kind.capitalize()),
        Cell(one.expression),
        Cell(one.on),
        Cell(one.cases),
        Cell(one.problem or _in_words(one.numbers)),
        Cell(", ".join(one.deviant)),
        Cell("; ".join(_remarks(one, one.problem))),
    )


def _remarks(one: Fare, said: str = "") -> Iterator[str]:
    if one.problem and one.problem != said:
        yield one.problem
    yield from one.notes
    if one.left_out:
        yield f"without data: {len(one.left_out)}"


def _said_rows(one: Said) -> Iterator[tuple[Cell, ...]]:
    """A saved analysis, a row for each part of the cases that it has numbers on."""
    name = Cell(one.analysis, one.title or one.analysis)
    marked = [case + ("*" if case in one.deviant_built_on else "") for case in one.deviant]
    remarks = [
        {"stale": "stale: its inputs have changed since", "cannot be run": "cannot be run any more"}.get(one.state, "")
    ]
    remarks += [one.apart and f"not told apart: {one.apart}", "simulated data" if one.simulated else "", *one.notes]
    remarks += [f"without data: {len(one.left_out)}"] if one.left_out else []
    words = "; ".join(remark for remark in remarks if remark)
    if one.problem:
        yield name, Cell(one.about), Cell(""), Cell(), Cell(one.problem), Cell(""), Cell(words)
    for on, numbers in one.on():
        n = numbers.get("n")
        rest = {key: value for key, value in numbers.items() if key != "n"}
        whole = on == "all together"
        yield (
            name,
            Cell(one.about),
            Cell(on),
            Cell(None if n is None else int(n)),
            Cell(_in_words(rest)),
            Cell(", ".join(marked) if whole else ""),
            Cell(words if whole else ""),
        )


#: Numbers of a path by the words that a table has for them.
_NUMBERS = {"pvalue": "p", "std_all": "β", "lower": "from", "upper": "to"}


def _in_words(numbers: Mapping[str, float | None]) -> str:
    return ", ".join(_named(name, value) for name, value in numbers.items())


def _named(name: str, value: float | None) -> str:
    if value is None:
        return f"{_NUMBERS.get(name, name)} not defined"
    if name == "pvalue" and value < 0.001:
        return "p < .001"
    return f"{_NUMBERS.get(name, name)} {Format()(round(value, 3))}"


def _confidence(verdict: Verdict) -> list[str]:
    """A person's confidence with the reason for each component."""
    judged = verdict.confidence
    if judged is None:
        return []
    reasons = "; ".join(f"{name.replace('_', ' ')}: {reason}" for name, reason in judged.reasons.items())
    return [f"Judged by a person: {judged.in_words()}." + (f" {reasons}." if reasons else "")]


def _condensed(rows: Sequence[Row]) -> Iterator[tuple[Cell, ...]]:
    silent: dict[tuple[str, bool], list[Row]] = {}
    for row in rows:
        if row.said or row.group != "silent":
            yield _verdict_row(row)
        else:
            silent.setdefault((row.shown.reason if row.shown else "", row.built_on), []).append(row)
    for those in silent.values():
        cells = _verdict_row(those[0])
        names = ", ".join(row.case for row in those)
        yield cells if len(those) == 1 else (Cell(f"{len(those)} cases: {names}"), *cells[1:4], Cell(""), cells[5])


def _verdict_row(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(row.case),
        Cell("; ".join(_said(one) for one in row.said) or "nothing linked"),
        Cell(GROUP_WORDS[row.group] if row.shown else "not evaluated"),
        Cell(row.shown.reason if row.shown else ""),
        Cell("; ".join(f"{name}: {state}" for name, state in row.shown.states.items()) if row.shown else ""),
        Cell("built on it" if row.built_on else ""),
    )


def _said(one: Stance) -> str:
    where = one.locator or one.coding
    return f"{one.stance} ({where})" + (f": {one.note}" if one.note else "")


def _construct_cell(cell: ConstructCell) -> Cell:
    inputs = [("evidence", ", ".join(cell.evidence))] if cell.evidence else []
    inputs += [("evidence of absence", ", ".join(cell.against))] if cell.against else []
    inputs += [("kinds of source", ", ".join(cell.kinds))] if cell.kinds else []
    inputs += [("informants", ", ".join(cell.informants))] if cell.informants else []
    if cell.value is not None:
        inputs.append(("value", f"{cell.value:g}" if isinstance(cell.value, float) else cell.value))
    if cell.reason:
        inputs.append(("why", cell.reason))
    if cell.rating is not None:
        inputs.append(("rated", f"{cell.rating.value} by {cell.rating.who or 'somebody'}: {cell.rating.reason}"))
        inputs.append(("the rule gave", cell.computed or ""))
    return state_cell(cell.state, inputs=inputs)


def _drawn(drawn_from: str, of: Sequence[str], rule: str, absent_when: str) -> str:
    text = f"drawn from {drawn_from} ({', '.join(of)})" + (f", rule: {rule}" if rule else "")
    return text + (f"; absent when {absent_when}" if absent_when else "; silence is no data")
