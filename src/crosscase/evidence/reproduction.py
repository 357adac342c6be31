"""Printed figures beside what their definitions give: which are reproduced, under which definition and study year."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from crosscase.core.countries import all_countries
from crosscase.engines.measures import FirmHistory, MeasureValue
from crosscase.engines.measures.distances import contiguous
from crosscase.engines.measures.regions import RegionScheme
from crosscase.engines.measures.registry import compute, measures
from crosscase.engines.measures.reproduce import Candidate, Reproduction, parse_printed, reproduce
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


def placements(ledger: Ledger, measure: str, ours: Reproduction) -> dict[str, tuple[str, ...]]:
    """Case not reproduced -> single countries whose placement in another region would give its printed figure.

    A placement is listed only when it loses none of the figures that the declared regions give: where a paper prints the
    names of its regions and not their members, this says which reading of them its figures agree with.  Only regions of
    countries that share a land border with it are tried.
    """
    if not measures()[measure].takes_scheme:
        return {}
    used, scheme = declared(ledger, measure).id, ledger.scheme
    kept = {one.case for one in ours.cases if one.agreements.get(used)}
    found: dict[str, tuple[str, ...]] = {}
    tried: dict[tuple[str, str], set[str]] = {}
    for case in ours.not_reproduced_by(used):
        history = ledger.histories[case]
        moves = [
            (place, region)
            for place, year in history.first_entries.items()
            for region in neighbouring_regions(scheme, place, year)
        ]
        for move in moves:
            if move not in tried and case in _given(ledger, measure, move, [case]):
                tried[move] = _given(ledger, measure, move, [*kept, *ours.not_reproduced_by(used)])
        good = [move for move in moves if case in tried.get(move, ()) and kept <= tried[move]]
        found[case] = tuple(f"{place} in {region}" for place, region in good)
    return found


def neighbouring_regions(scheme: RegionScheme, place: str, year: int | None) -> list[str]:
    """The other regions in which a country's land neighbours are."""
    own = scheme.region(place, year)
    neighbours = (one.alpha3 for one in all_countries() if contiguous(place, one.alpha3))
    regions = {region for one in neighbours if (region := scheme.region(one, year)) is not None}
    return sorted(regions - {own})


def _given(ledger: Ledger, measure: str, move: tuple[str, str], cases: list[str]) -> set[str]:
    """Those of the cases whose printed figure comes out when one country is placed in another region."""
    scheme = ledger.scheme.overridden(ledger.scheme.version, dict([move]))
    printed = printed_figures(ledger)[measure]
    decimals = max((one.decimals for text in printed.values() if (one := parse_printed(text))), default=0)
    histories = [ledger.histories[case] for case in cases]
    candidate = _candidate(measure, ledger.definition(measure), scheme, 0)
    result = reproduce(measure, {case: printed[case] for case in cases}, histories, [candidate], decimals=decimals)
    return {one.case for one in result.cases if one.reproduced_by}


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
