"""R2, records: do the figures and events on record agree with each other?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from crosscase.checks.registry import Report, rule
from crosscase.core.countries import all_countries, resolve
from crosscase.core.errors import InputError
from crosscase.core.values import read_number
from crosscase.engines.measures.registry import measures
from crosscase.evidence import Ledger, alternatives, declared, placements, printed_figures, reproduction
from crosscase.evidence.reproduction import COUNTS

#: R207: from how many cases on, how strong, and how unlikely by chance a rank correlation has to be.
FEWEST_CASES, STRONG, UNLIKELY, PERMUTATIONS = 10, 0.5, 0.01, 9_999
#: Measures whose value depends on which region scheme is used.
_REGIONAL = ("diversification", "geographic_entropy", "geographic_blau", "home_region_orientation")


@rule("R201", "a printed figure is not reproduced")
def printed_figure_not_reproduced(ledger: Ledger) -> Iterator[Report]:
    for measure in printed_figures(ledger):
        if measure in COUNTS:
            continue
        used = declared(ledger, measure)
        ours = reproduction(ledger, measure, [used])
        moved = placements(ledger, measure, ours)
        others = {one.case: one for one in reproduction(ledger, measure, alternatives(ledger, measure)).cases}
        for case in ours.cases:
            value = case.values[used.id]
            if case.printed is None or value is None or case.reproduced_by:
                continue
            elsewhere = others[case.case].reproduced_by
            hint = f"given by: {'; '.join(elsewhere)}" if elsewhere else "no definition on record gives it"
            if moved.get(case.case):
                hint += f"; it comes out, and no other figure is lost, with {' or '.join(moved[case.case])}"
            yield (
                "cases",
                case.case,
                (
                    f"the printed {measure} {case.text} could not be reproduced from the entries on record: "
                    f"{used.id} gives {value:.3g}; {hint}"
                ),
                [
                    *(
                        f"observations:{one.id}"
                        for one in ledger.snapshot.observations.where(case=case.case, measure=measure)
                    ),
                    *(f"events:{one.id}" for one in ledger.snapshot.events_of(case.case, "entry")),
                ],
            )


@rule("R202", "a count differs from the list")
def count_differs_from_list(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    lists: dict[str, tuple[str, Callable[[str], set[str]]]] = {
        "number_of_countries": (
            "countries entered",
            lambda case: {one.place for one in snapshot.events_of(case, "entry") if one.place},
        ),
        "participants": ("participants", lambda case: {one.id for one in snapshot.participants.where(case=case)}),
    }
    for measure, (what, rows) in lists.items():
        for one in snapshot.observations.where(measure=measure):
            printed, listed = read_number(one.value), rows(one.case)
            if printed is not None and listed and printed != len(listed):
                yield (
                    "cases",
                    one.case,
                    (f"the {one.basis or 'given'} number of {what} is {one.value}; {len(listed)} are on record"),
                    [f"observations:{one.id}"],
                )


@rule("R203", "an event outside the case's life", "error")
def event_outside_life(ledger: Ledger) -> Iterator[Report]:
    for case, history in ledger.histories.items():
        present: dict[str, int] = {}
        for event in ledger.snapshot.events_of(case):
            if event.date is None or event.kind == "founding":
                continue
            what = f"the {event.kind} {event.place or event.partner or event.id} is dated {event.date}".replace(
                "  ", " "
            )
            if history.founded is not None and event.date.year < history.founded:
                yield (
                    "events",
                    event.id,
                    f"{what}, before the founding of {case} in {history.founded}",
                    [f"cases:{case}"],
                )
            if history.observed_until is not None and event.date.year > history.observed_until:
                yield (
                    "events",
                    event.id,
                    f"{what}, after the last year of observation, {history.observed_until}",
                    [f"cases:{case}"],
                )
            if event.kind in ("entry", "re-entry"):
                present[event.place] = event.date.year
            elif event.kind == "exit" and event.place not in present:
                yield "events", event.id, f"{what}, but {case} has no earlier entry there", [f"cases:{case}"]


@rule("R204", "a region where a country is expected")
def region_instead_of_country(ledger: Ledger) -> Iterator[Report]:
    known = {country.alpha3 for country in all_countries()}
    for table in ("events", "ties"):
        for row in ledger.snapshot.table(table):
            if row.place and row.place not in known:
                yield (
                    table,
                    row.id,
                    f"the place '{row.place}' is not a country: {_why(row.place)}",
                    [f"cases:{row.case}"],
                )


@rule("R205", "a measure without scheme, or with another than declared")
def measure_without_scheme(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    wanted = snapshot.study.region_scheme
    for measure in _REGIONAL:
        groups: dict[str, list[str]] = {}
        for one in snapshot.observations.where(measure=measure):
            if not one.scheme or (wanted and one.scheme != wanted):
                groups.setdefault(one.scheme, []).append(one.id)
        for scheme, ids in groups.items():
            what = f"use the scheme '{scheme}', the study declares '{wanted}'" if scheme else "name no region scheme"
            yield (
                "observations",
                measure,
                f"{len(ids)} figures of {measure} {what}",
                [f"observations:{id}" for id in ids],
            )


@rule("R206", "no variation after entry", "note")
def no_variation_after_entry(ledger: Ledger) -> Iterator[Report]:
    for case, history in ledger.histories.items():
        if len(history.first_entries) > 1 and len(set(history.first_entries.values())) == 1:
            yield (
                "cases",
                case,
                (
                    f"all {len(history.first_entries)} countries were entered in {history.t1}; "
                    "spread per year only shows how long ago that was"
                ),
                [f"events:{event.id}" for event in ledger.snapshot.events_of(case, "entry")],
            )


@rule("R207", "a measure tied mechanically to its exposure")
def tied_to_exposure(ledger: Ledger) -> Iterator[Report]:
    for measure in ("spread", "post_entry_spread"):
        pairs = [
            (float(value), history.observed_until - history.t1)
            for case, history in ledger.histories.items()
            if history.t1 is not None and history.observed_until is not None
            if isinstance(value := ledger.measure(case, measure).value, int | float)
        ]
        if len(pairs) < FEWEST_CASES:
            continue
        rho, p = _rank_correlation([one for one, _ in pairs], [float(years) for _, years in pairs])
        if rho is not None and abs(rho) >= STRONG and p < UNLIKELY:
            yield (
                "measures",
                measure,
                (
                    f"over {len(pairs)} cases {measure} and the years it is divided by have a rank correlation of {rho:.2f} "
                    f"(permutation p {'< 0.001' if p < 0.001 else f'= {p:.3f}'}); differences between cases may only show age"
                ),
                (),
            )


def _why(place: str) -> str:
    try:
        return f"write {resolve(place).alpha3}"
    except InputError as error:
        return str(error)


def _rank_correlation(a: Sequence[float], b: Sequence[float]) -> tuple[float | None, float]:
    """Spearman's rho with average ranks, and its two-sided Monte Carlo permutation p; ``None`` when a side is constant."""
    import numpy as np

    def ranks(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        _, place, ties = np.unique(values, return_inverse=True, return_counts=True)
        return np.asarray((ties.cumsum() - (ties - 1) / 2)[place])

    x, y = (ranks(values) - (len(values) + 1) / 2 for values in (a, b))
    scale = float(np.sqrt((x @ x) * (y @ y)))
    if scale == 0:
        return None, 1.0
    generator = np.random.default_rng(0)
    drawn = generator.permuted(np.tile(y, (PERMUTATIONS, 1)), axis=1) @ x / scale
    rho = float(x @ y) / scale
    return rho, (1 + int(np.sum(np.abs(drawn) >= abs(rho) - 1e-12))) / (PERMUTATIONS + 1)


assert set(COUNTS) <= set(measures())
