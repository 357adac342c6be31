"""A case's events and figures as the history of one firm, which the measures are computed from."""

from __future__ import annotations

from crosscase.core import Event, Snapshot
from crosscase.core.errors import InputError
from crosscase.core.values import read_number, read_value
from crosscase.engines.measures import FIGURES, Entry, FirmHistory

#: Which basis of an observation is preferred when several give the same figure: the firm's records before its word.
_TRUST = {"recorded": 0, "reported": 1, "printed": 2}


def attribute(snapshot: Snapshot, case: str, name: str) -> float | str | None:
    """The value of a case's variable under its declared type; ``None`` when there is none or it does not fit."""
    text = snapshot.cases[case].attributes.get(name, "")
    variable = snapshot.study.variable(name)
    if variable is None:
        return None if not text.strip() else (read_number(text) if read_number(text) is not None else text.strip())
    try:
        return read_value(text, variable)
    except InputError:
        return None


def history_of(snapshot: Snapshot, case: str) -> FirmHistory:
    """The history of one case.  What the study does not say stays unknown."""
    founded, home = attribute(snapshot, case, "founded"), attribute(snapshot, case, "home")
    figures, year = _figures(snapshot, case)
    events = snapshot.events_of(case)
    return FirmHistory(
        case=case,
        home=str(home) if home else None,
        founded=int(founded) if isinstance(founded, float) else _founding(events),
        entries=_entries(events),
        observed_until=observed_until(snapshot, case),
        exits_recorded=any(event.kind == "exit" for event in snapshot.events),
        figures=figures,
        figures_year=year,
        sales=_sales_by_country(snapshot, case),
    )


def observed_until(snapshot: Snapshot, case: str) -> int | None:
    """The year up to which a case was observed: the study's, or the case's own when the study names a variable."""
    declared = snapshot.study.observed_until.strip()
    if not declared:
        return None
    if declared.isdigit():
        return int(declared)
    value = attribute(snapshot, case, declared)
    return int(value) if isinstance(value, float) else None


def _founding(events: list[Event]) -> int | None:
    return next((event.date.year for event in events if event.kind == "founding" and event.date), None)


def _entries(events: list[Event]) -> tuple[Entry, ...]:
    """Spells of presence: an entry or re-entry, closed by the next exit from the same place."""
    spells: list[Entry] = []
    for event in events:
        if event.date is None or len(event.place) != 3:
            continue
        if event.kind in ("entry", "re-entry"):
            spells.append(Entry(event.place, event.date.year, None, event.mode or None, event.date.precision))
        elif event.kind == "exit":
            for position, spell in reversed(list(enumerate(spells))):
                if spell.place == event.place and spell.exit_year is None and spell.year <= event.date.year:
                    spells[position] = Entry(spell.place, spell.year, event.date.year, spell.mode, spell.date_precision)
                    break
    return tuple(spells)


def _figures(snapshot: Snapshot, case: str) -> tuple[dict[str, float], int | None]:
    """The figures that the measures know, the latest of each, and the year of the latest."""
    rows = [row for row in snapshot.observations.where(case=case) if row.measure in FIGURES]
    rows.sort(key=lambda row: (row.date.year if row.date else 0, -_TRUST.get(row.basis, 3)))
    figures = {row.measure: value for row in rows if (value := _read(row.value, row.unit)) is not None}
    years = [row.date.year for row in rows if row.date]
    return figures, max(years, default=None)


def _sales_by_country(snapshot: Snapshot, case: str) -> dict[str, float]:
    """Observations named ``sales:DEU`` are the sales in one country."""
    found: dict[str, float] = {}
    for row in snapshot.observations.where(case=case):
        measure, _, place = row.measure.partition(":")
        value = _read(row.value, row.unit)
        if measure == "sales" and len(place) == 3 and value is not None:
            found[place] = value
    return found


def _read(text: str, unit: str) -> float | None:
    value = read_number(text)
    return value / 100 if value is not None and unit == "%" and "%" not in text else value
