"""Do the markets last: the share still active, survival with censoring, re-entries.

All of it needs exit years.  Where exits were not recorded, an entry without an exit year says nothing, and there is no
value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crosscase.core.errors import InputError
from crosscase.core.frames import to_frame
from crosscase.engines.measures.inputs import Entry, FirmHistory
from crosscase.engines.measures.scope import active_countries
from crosscase.engines.measures.timing import pick
from crosscase.engines.measures.values import Definition, MeasureValue, result

if TYPE_CHECKING:
    import pandas

__all__ = ["SurvivalCurve", "kaplan_meier", "market_persistence", "market_survival", "re_entries"]

PERSISTENCE = (
    Definition(
        "active/ever",
        "Share of the countries ever entered in which the firm still is at T.",
        "active(T) / N(T)",
        "share",
    ),
)
SURVIVAL = (
    Definition(
        "km-3",
        "Share of market spells that last more than 3 years; spells still running are censored at T.",
        "product over t <= 3 of (1 - d_t / n_t)",
        "Kaplan & Meier 1958",
    ),
    Definition("km-5", "The same for 5 years.", "product over t <= 5 of (1 - d_t / n_t)", "Kaplan & Meier 1958"),
)
RE_ENTRIES = (
    Definition(
        "spells-after-an-exit",
        "Number of entries into a country that the firm had left before.",
        "spells - N(T)",
        "count",
    ),
)


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Kaplan–Meier estimate.  One element per time at which a spell ended.

    ``times`` in years, ``at_risk`` and ``events`` are counts, ``survival`` the share lasting longer, ``error`` its
    standard error after Greenwood.  ``longest`` is the longest time observed; the curve says nothing beyond it.
    """

    times: tuple[int, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    survival: tuple[float, ...]
    error: tuple[float, ...]
    longest: int

    def at(self, time: int) -> float | None:
        """Share lasting longer than ``time`` years; ``None`` beyond the longest observation while some are censored."""
        if time > self.longest and (not self.survival or self.survival[-1] > 0):
            return None
        reached = [share for moment, share in zip(self.times, self.survival, strict=True) if moment <= time]
        return reached[-1] if reached else 1.0

    def to_dict(self) -> dict[str, Any]:
        names = ("times", "at_risk", "events", "survival", "error")
        return {name: list(getattr(self, name)) for name in names} | {"longest": self.longest}

    def to_frame(self) -> pandas.DataFrame:
        return to_frame({name: values for name, values in self.to_dict().items() if name != "longest"})


def kaplan_meier(durations: Sequence[int], ended: Sequence[bool]) -> SurvivalCurve:
    """Product-limit estimate (Kaplan & Meier 1958); a spell that has not ended is censored at its duration.

    Raises:
        InputError: no spells, unequal lengths, or a negative duration.

    >>> curve = kaplan_meier([1, 2, 3, 3], [True, False, True, False])
    >>> curve.times, curve.survival
    ((1, 3), (0.75, 0.375))
    """
    if not durations or len(durations) != len(ended) or min(durations) < 0:
        raise InputError(
            "durations and endings cannot be used",
            mend="give as many endings as durations, at least one, none negative",
        )
    times, risks, events, survival, error = [], [], [], [], []
    share, greenwood = 1.0, 0.0
    for time in sorted({d for d, over in zip(durations, ended, strict=True) if over}):
        at_risk = sum(duration >= time for duration in durations)
        died = sum(over and duration == time for duration, over in zip(durations, ended, strict=True))
        share *= 1 - died / at_risk
        greenwood += died / (at_risk * (at_risk - died)) if at_risk > died else 0.0
        times.append(time)
        risks.append(at_risk)
        events.append(died)
        survival.append(share)
        error.append(share * math.sqrt(greenwood))
    return SurvivalCurve(tuple(times), tuple(risks), tuple(events), tuple(survival), tuple(error), max(durations))


def spells(history: FirmHistory) -> tuple[list[int], list[bool]]:
    """(durations in years, whether ended) of the spells abroad up to T; an exit after T counts as still running.

    Raises:
        InputError: T is not known.
    """
    until = history.observed_until
    if until is None:
        raise InputError("the last observed year is not known", where=f"case {history.case}", mend="set observed_until")
    durations, ended = [], []
    for entry in history.foreign_entries:
        over = entry.exit_year is not None and entry.exit_year <= until
        last = entry.exit_year if over and entry.exit_year is not None else until
        durations.append(last - entry.year)
        ended.append(over)
    return durations, ended


def market_persistence(history: FirmHistory, definition: str = "active/ever") -> MeasureValue:
    """Share of the countries ever entered in which the firm is still active at T."""
    chosen = pick(PERSISTENCE, definition)
    missing = _needs(history)
    ever = set(history.first_entries)
    active = active_countries(history)
    value = len(active) / len(ever) if ever else None
    inputs = {"active": sorted(active), "left": sorted(ever - active), "T": history.observed_until}
    return result(history, "market_persistence", chosen, "share", value, inputs=inputs, missing=missing)


def market_survival(history: FirmHistory, definition: str = "km-5") -> MeasureValue:
    """Kaplan–Meier share of market spells that last longer than so many years."""
    chosen = pick(SURVIVAL, definition)
    missing = _needs(history)
    value, warnings, inputs = None, [], {}
    if not missing:
        curve = kaplan_meier(*spells(history))
        horizon = int(definition.removeprefix("km-"))
        value = curve.at(horizon)
        inputs = curve.to_dict()
        if value is None:
            warnings.append(f"no spell was observed for {horizon} years; the longest is {curve.longest}")
    return result(history, "market_survival", chosen, "share", value, inputs=inputs, missing=missing, warnings=warnings)


def re_entries(history: FirmHistory, definition: str = "spells-after-an-exit") -> MeasureValue:
    """Number of entries into countries that the firm had left."""
    chosen = pick(RE_ENTRIES, definition)
    again, warnings = [], []
    by_place: dict[str, list[Entry]] = {}
    for entry in history.foreign_entries:
        by_place.setdefault(entry.place, []).append(entry)
    for place, sequence in by_place.items():
        for earlier, later in pairwise(sequence):
            if earlier.exit_year is not None and earlier.exit_year <= later.year:
                again.append((place, later.year))
            else:
                warnings.append(f"{place} is entered again in {later.year} without an exit before: not counted")
    inputs = {"re_entries": again}
    return result(
        history, "re_entries", chosen, "entries", len(again), inputs=inputs, missing=_needs(history), warnings=warnings
    )


def _needs(history: FirmHistory) -> list[str]:
    missing = [] if history.t1 is not None else ["entries"]
    if not history.knows_exits:
        missing.append("exit years")
    if history.observed_until is None:
        missing.append("observed_until")
    return missing
