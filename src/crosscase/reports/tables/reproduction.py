"""Printed figures and what the definitions on record give in their place."""

from __future__ import annotations

from collections.abc import Sequence

from crosscase.engines.measures.reproduce import CaseReproduction, Reproduction
from crosscase.figures.reproduction import Pair
from crosscase.reports.names import measure_name
from crosscase.reports.table import Cell, Column, Format, ReportTable

#: So many cases are named in a cell; the others are among its inputs.
_MOST_NAMED = 8

#: So many definitions of a measure stand in the table of what they reproduce.
_MOST_CANDIDATES = 8


def reproduction_summary(reproductions: Sequence[Reproduction]) -> ReportTable:
    """How many printed figures each candidate (a definition under a study year) reproduces; the best first.

    A measure has :data:`_MOST_CANDIDATES` rows at most, and one when there is nothing to recompute it from.  The notes
    name the cases that no candidate reproduces.
    """
    rows = []
    for one in reproductions:
        for candidate, agree in list(one.counts.items())[: _MOST_CANDIDATES if comparable(one) else 1]:
            if not agree and one.best:
                continue
            differ: list[CaseReproduction] = []
            without: list[CaseReproduction] = []
            for case in one.cases:
                if case.printed is not None and not case.agreements.get(candidate):
                    (without if case.values.get(candidate) is None else differ).append(case)
            rows.append(
                (
                    Cell(measure_name(one.measure)),
                    Cell(candidate if comparable(one) else "any on record"),
                    Cell(one.compared),
                    Cell(agree),
                    Cell(len(differ), inputs=tuple((case.case, _difference(case, candidate)) for case in differ)),
                    Cell(len(without)),
                    Cell(", ".join(case.case for case in differ) or "none", _few([case.case for case in differ])),
                )
            )
    labels = ("Measure", "Definition", "printed", "reproduced", "not reproduced", "no data", "Cases not reproduced")
    columns = tuple(
        Column(label, "right" if 2 <= place <= 5 else "left", heading=place == 0) for place, label in enumerate(labels)
    )
    notes = (
        "A printed figure counts as reproduced when the recomputed one, rounded half up or half to even to the decimals "
        "of its column, equals it. A figure that is not reproduced is no error: the definition, the data or the rounding "
        "may differ. No data: there is nothing on record besides the printed figure itself to recompute it from.",
        f"Of the definitions and study years tried, the {_MOST_CANDIDATES} that reproduce the most are shown.",
        *(_given_by_none(one) for one in reproductions if one.best),
    )
    return ReportTable(
        "reproduction",
        "Printed figures and their recomputation",
        columns,
        tuple(rows),
        notes=notes if rows else (),
        missing="No printed figures are on record that a measure could be compared with.",
    )


def comparable(one: Reproduction) -> bool:
    """Whether any candidate gives a value for any case."""
    return any(value is not None for case in one.cases for value in case.values.values())


def pairs_of(reproduction: Reproduction, candidate: str) -> list[Pair]:
    """The printed numbers of a measure, each beside what one candidate gives."""
    pairs = []
    for case in reproduction.cases:
        if case.printed is not None:
            value = case.values.get(candidate)
            agrees = None if value is None else bool(case.agreements.get(candidate))
            pairs.append(Pair(case.case, float(case.printed.number), value, agrees))
    return pairs


def _given_by_none(one: Reproduction) -> str:
    name = measure_name(one.measure)
    if not one.not_reproduced:
        return f"{name}: every printed figure is given by some definition on record."
    return f"{name}: no definition on record gives the printed figure of {', '.join(one.not_reproduced)}."


def _few(cases: Sequence[str]) -> str:
    if len(cases) <= _MOST_NAMED:
        return ", ".join(cases) or "none"
    return ", ".join(cases[:_MOST_NAMED]) + f" and {len(cases) - _MOST_NAMED} more"


def _difference(case: CaseReproduction, candidate: str) -> str:
    value = case.values[candidate]
    return f"printed {case.text}, recomputed {'no data' if value is None else Format()(value)}"
