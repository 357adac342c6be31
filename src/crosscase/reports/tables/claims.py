"""The case × construct table, the claims, and the verdict on one claim."""

from __future__ import annotations

from collections.abc import Sequence

from crosscase.core import Stance
from crosscase.evidence.claims import GROUPS, Row, Verdict
from crosscase.evidence.constructs import Cell as ConstructCell
from crosscase.evidence.constructs import ConstructTable
from crosscase.reports.table import Cell, Column, ReportTable, state_cell

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


def verdict_table(verdict: Verdict) -> ReportTable:
    """A row a case, counter-evidence first: what is said beside what is shown."""
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
    for form in verdict.forms:
        counts = ", ".join(f"{GROUP_WORDS[group]} {len(form.groups[group])}" for group in GROUPS)
        notes.append(f"Another form on record ({form.where}): {form.expression}: {counts}")
    for fare in verdict.fares:
        left = f"; without data: {len(fare.left_out)}" if fare.left_out else ""
        notes.append(
            f"{fare.kind.capitalize()} of {fare.expression} on {fare.on} (n = {fare.cases}): {fare.in_words()}{left}"
        )
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
        tuple(_verdict_row(row) for row in verdict.rows),
        notes=tuple(notes),
        missing="The study has no cases.",
    )


def _confidence(verdict: Verdict) -> list[str]:
    """A person's confidence with the reason for each component."""
    judged = verdict.confidence
    if judged is None:
        return []
    reasons = "; ".join(f"{name.replace('_', ' ')}: {reason}" for name, reason in judged.reasons.items())
    return [f"Judged by a person: {judged.in_words()}." + (f" {reasons}." if reasons else "")]


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
