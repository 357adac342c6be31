"""The hazard of the next entry: events over exposure, right-censored at T, with exact intervals; for a firm or a group.

A spread says nothing about how little a young firm's record tells; an interval does.  Not for here: covariates, for
which a regression on firm-years is the tool.
"""

from __future__ import annotations

from collections.abc import Iterable

from crosscase.core.errors import InputError
from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.timing import pick, span, yearly_entries
from crosscase.engines.measures.values import Definition, MeasureValue, result

__all__ = ["HAZARD", "binomial_interval", "hazard", "poisson_interval", "pooled_hazard"]

HAZARD = (
    Definition(
        "discrete-time",
        "Share of the years after the first in which at least one new country was entered; the record ends at T "
        "(right-censored). 95% interval after Clopper and Pearson.",
        "years with an entry in t1+1..T / (T - t1)",
        "discrete-time event history (Allison 1982)",
    ),
    Definition(
        "poisson",
        "New countries per year at risk after the first year. Exact 95% interval.",
        "(N(T) - N(t1)) / (T - t1); interval: chi2(a/2, 2k)/2E to chi2(1-a/2, 2k+2)/2E",
        "Garwood 1936",
    ),
)


def hazard(history: FirmHistory, definition: str = "discrete-time", level: float = 0.95) -> MeasureValue:
    """Rate of the next entry with its exposure; ``inputs`` hold events, exposure (years) and the interval's ends.

    The exposure starts the year after the first entry and ends at T (right-censored), so that a young firm is not taken
    for a fast one: its interval is wide instead.
    """
    chosen = pick(HAZARD, definition)
    missing, warnings, inputs = span(history)
    value = None
    if not missing:
        assert history.t1 is not None
        assert history.observed_until is not None
        counts = yearly_entries(history, history.t1 + 1, history.observed_until)
        events = sum(counts) if definition == "poisson" else sum(count > 0 for count in counts)
        inputs |= {"events": events, "exposure": len(counts), "level": level}
        if counts:
            value = events / len(counts)
            interval = poisson_interval if definition == "poisson" else binomial_interval
            inputs["interval"] = interval(events, len(counts), level)
        else:
            warnings.append("no year at risk after the first entry")
    unit = "countries per year" if definition == "poisson" else "probability per year"
    return result(history, "hazard", chosen, unit, value, inputs=inputs, missing=missing, warnings=warnings)


def pooled_hazard(
    histories: Iterable[FirmHistory], definition: str = "discrete-time", level: float = 0.95, *, group: str = "all"
) -> MeasureValue:
    """The hazard of a group of firms: their events over their exposure; ``case`` of the result is the group's name.

    Firms whose record does not allow it are left out and named in the warnings.  The interval takes the firms as alike.
    """
    chosen = pick(HAZARD, definition)
    measured = {history.case: hazard(history, definition, level) for history in histories}
    usable = [one for one in measured.values() if one.value is not None]
    events = sum(one.inputs["events"] for one in usable)
    exposure = sum(one.inputs["exposure"] for one in usable)
    inputs = {"firms": len(usable), "events": events, "exposure": exposure, "level": level}
    left_out = [case for case, one in measured.items() if one.value is None]
    warnings = [f"left out for want of data or exposure: {', '.join(left_out)}"] if left_out else []
    value = None
    if exposure:
        value = events / exposure
        inputs["interval"] = (poisson_interval if definition == "poisson" else binomial_interval)(
            events, exposure, level
        )
    missing = [] if exposure else ["exposure"]
    unit = "countries per year" if definition == "poisson" else "probability per year"
    whole = FirmHistory(group)
    return result(whole, "hazard", chosen, unit, value, inputs=inputs, missing=missing, warnings=warnings)


def poisson_interval(events: int, exposure: float, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson rate (Garwood 1936), per unit of exposure.

    Raises:
        InputError: no exposure, or a level outside (0, 1).
    """
    _check_level(exposure, level)
    from scipy.special import chdtri

    tail = (1 - level) / 2
    low = float(chdtri(2 * events, 1 - tail)) / 2 if events else 0.0
    return low / exposure, float(chdtri(2 * events + 2, tail)) / 2 / exposure


def binomial_interval(events: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a proportion (Clopper & Pearson 1934).

    Raises:
        InputError: no trial, or a level outside (0, 1).
    """
    _check_level(trials, level)
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = float(betaincinv(events, trials - events + 1, tail)) if events else 0.0
    high = float(betaincinv(events + 1, trials - events, 1 - tail)) if events < trials else 1.0
    return low, high


def _check_level(exposure: float, level: float) -> None:
    if exposure <= 0 or not 0 < level < 1:
        raise InputError(
            f"exposure {exposure} or level {level} cannot be used",
            mend="give an exposure above 0 and a level in (0, 1)",
        )
