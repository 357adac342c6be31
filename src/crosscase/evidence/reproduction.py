"""Printed figures beside what their definitions give: which are reproduced, under which definition and study year."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from crosscase.engines.measures import FirmHistory, MeasureValue
from crosscase.engines.measures.regions import RegionScheme
from crosscase.engines.measures.registry import compute, measures
from crosscase.engines.measures.reproduce import Candidate, Reproduction, reproduce
from crosscase.evidence.ledger import Ledger

#: Counts are compared with their lists (rule R202), not recomputed as measures.
COUNTS = ("number_of_countries",)


def printed_figures(ledger: Ledger) -> Mapping[str, Mapping[str, str]]:
    """Measure -> case -> the figure as printed, for the measures that have a formula."""
    found: dict[str, dict[str, str]] = {}
    for one in ledger.snapshot.observations:
        if one.basis == "printed" and one.measure in measures() and one.case in ledger.histories:
            text = one.value + ("%" if one.unit == "%" and "%" not in one.value else "")
            found.setdefault(one.measure, {})[one.case] = text
    return found


def declared(ledger: Ledger, measure: str) -> Candidate:
    """The definition that the study uses, with its own study year and regions."""
    return _candidate(measure, ledger.definition(measure), ledger.scheme, 0)


def alternatives(ledger: Ledger, measure: str, shifts: tuple[int, ...] = (0, -1, 1, -2, 2)) -> list[Candidate]:
    """Every definition on record, under study years up to two before and after the declared one."""
    return [
        _candidate(measure, definition.id, ledger.scheme, shift)
        for shift in shifts
        for definition in measures()[measure].definitions
    ]


def reproduction(ledger: Ledger, measure: str, candidates: list[Candidate] | None = None) -> Reproduction:
    """How many of the printed figures of a measure each candidate reproduces; the declared one when none is given."""
    return reproduce(
        measure,
        printed_figures(ledger).get(measure, {}),
        ledger.histories.values(),
        candidates or [declared(ledger, measure)],
    )


def _candidate(measure: str, definition: str, scheme: RegionScheme, shift: int) -> Candidate:
    def value(history: FirmHistory) -> MeasureValue:
        return compute(measure, _without(history, measure, shift), definition, under=scheme)

    year = "" if shift == 0 else f", study year {shift:+d}"
    return Candidate(f"{definition}{year}", value)


def _without(history: FirmHistory, measure: str, shift: int) -> FirmHistory:
    """The history without the printed figure itself, so that a figure is never its own proof."""
    figures = {name: value for name, value in history.figures.items() if name != measure}
    until = history.observed_until
    return dataclasses.replace(history, figures=figures, observed_until=None if until is None else until + shift)
