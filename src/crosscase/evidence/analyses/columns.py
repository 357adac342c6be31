"""The columns that a model or a regression is computed from: a survey, or the variables and measures of the cases."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crosscase.core import Analysis, Survey
from crosscase.core.errors import InputError, NotFoundError
from crosscase.evidence.analyses.kinds import chosen_cases
from crosscase.evidence.ledger import Ledger


@dataclass(frozen=True, slots=True)
class TableInputs:
    """Columns of numbers (``None`` where there is no answer) and words; ``rows`` says what a row is.

    ``cases`` is the case of each row, the empty text where it is not known; ``None`` when no row is linked to one.
    """

    columns: Mapping[str, Sequence[float | str | None]]
    rows: str
    simulated: bool = False
    cases: Sequence[str] | None = None

    def only(self, rows: Sequence[int]) -> TableInputs:
        """Some of the rows, by their places."""
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        cases = None if self.cases is None else [self.cases[row] for row in rows]
        return TableInputs(columns, self.rows, self.simulated, cases)


def table_inputs(ledger: Ledger, analysis: Analysis) -> TableInputs:
    """The columns that a model or a regression reads.

    With ``survey`` in the specification, its columns under their own names, and under the names that ``items`` gives them
    (``trust1 = "q7"``, ``trust2 = "-q8"`` for an item that is reversed about the middle of ``range``).  ``scales`` makes a
    column the mean of items.  Without a survey, a row is a case and a column a variable or measure of ``variables``.

    Raises:
        NotFoundError: no such survey, item or variable; lists those there are.
        InputError: neither a survey nor variables are named, or an item is reversed without ``range``.
    """
    where, specification = f"analysis {analysis.id}", analysis.specification
    name = specification.get("survey")
    if name is None:
        return _case_columns(ledger, analysis, where)
    survey = ledger.snapshot.surveys.get(str(name))
    if survey is None:
        raise NotFoundError("survey", str(name), ledger.snapshot.surveys.column("id"), where=where)
    columns: dict[str, Sequence[float | str | None]] = dict(survey.columns)
    reverse = [str(one) for one in specification.get("reverse", ())]
    for item in reverse:
        columns[item] = _item(survey, f"-{item}", specification, where)
    for label, item in specification.get("items", {}).items():
        columns[str(label)] = _item(survey, str(item), specification, where)
    for label, items in specification.get("scales", {}).items():
        parts = [_item(survey, str(item), specification, where) for item in items]
        columns[str(label)] = [_mean(row) for row in zip(*parts, strict=True)]
    simulated = bool(survey.extra.get("simulated")) or ledger.snapshot.study.synthetic
    linked = survey.columns.get(survey.case_column) if survey.case_column else None
    of_row = None if linked is None else [str(one or "") for one in linked]
    return TableInputs(columns, f"respondents of the survey {survey.id}", simulated, of_row)


def _case_columns(ledger: Ledger, analysis: Analysis, where: str) -> TableInputs:
    names = [str(one) for one in analysis.specification.get("variables", ())]
    if not names:
        raise InputError(
            "it names no data", where=where, mend='write survey = "ID", or variables = ["…"] for a table of the cases'
        )
    for name in names:
        if not ledger.knows(name):
            raise NotFoundError("variable or measure", name, ledger.known_names, where=where)
    cases = chosen_cases(ledger, analysis, where)
    columns = {name: [ledger.known(case, name) for case in cases] for name in names}
    return TableInputs(columns, "cases", ledger.snapshot.study.synthetic, cases)


def _item(survey: Survey, item: str, specification: Mapping[str, Any], where: str) -> list[float | None]:
    name = item.removeprefix("-")
    if name not in survey.columns:
        raise NotFoundError("item", name, survey.columns, where=f"{where}, survey {survey.id}")
    values = survey.columns[name]
    wrong = next((one for one in values if isinstance(one, str)), None)
    if wrong is not None:
        raise InputError(f"the item {name} holds the text '{wrong}'", where=where, mend="give numbers")
    numbers = [one if isinstance(one, int | float) and not math.isnan(one) else None for one in values]
    if not item.startswith("-"):
        return numbers
    ends = specification.get("range")
    if not isinstance(ends, Sequence) or len(ends) != 2:
        raise InputError(f"the item {name} is reversed", where=where, mend="give the ends of its scale: range = [1, 7]")
    return [None if one is None else float(ends[0]) + float(ends[1]) - one for one in numbers]


def _mean(row: Sequence[float | None]) -> float | None:
    known = [one for one in row if one is not None]
    return math.fsum(known) / len(known) if len(known) == len(row) else None
