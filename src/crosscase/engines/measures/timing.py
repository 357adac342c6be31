"""When and how fast a firm goes abroad: time to the first entry, spread, rhythm, regularity.

Years are calendar years; T is the last year observed, t1 the year of the first foreign entry, N(t) the number of
different foreign countries ever entered up to and including year t.  Papers differ on whether the year t1 is
counted; each reading is a definition of its own.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from crosscase.core.errors import NotFoundError
from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.values import Definition, MeasureValue, result

TIME_TO_INTERNATIONALIZATION = (
    Definition(
        "t1-founded", "Years from the founding to the first foreign entry.", "t1 - founded", "Knight & Cavusgil 2004"
    ),
    Definition(
        "nth-year",
        "The first entry fell into the n-th calendar year of the firm; the year of founding is the first.",
        "t1 - founded + 1",
        "Yang & Stoian 2024, Table 1",
    ),
)
YEARS_ABROAD = (
    Definition(
        "T-t1", "Years from the first foreign entry to the last year observed.", "T - t1", "exposure of the rates"
    ),
)
SPREAD = (
    Definition(
        "entries/(T-t1)",
        "Countries entered per year since the first entry.",
        "N(T) / (T - t1)",
        "Yang & Stoian 2024, Table 1, note a; Vermeulen & Barkema 2002 (subsidiaries per year)",
    ),
    Definition(
        "entries/(T-t1+1)",
        "Countries entered per year, the year of the first entry counted as a full year.",
        "N(T) / (T - t1 + 1)",
        "variant of Yang & Stoian 2024",
    ),
    Definition("entries/age", "Countries entered per year of the firm's life.", "N(T) / (T - founded)", "variant"),
    Definition(
        "post-entry",
        "Countries entered after the first year abroad, per year since then.",
        "(N(T) - N(t1)) / (T - t1)",
        "proposed by this project",
    ),
)
RHYTHM = (
    Definition(
        "kurtosis[t1..T]",
        "Kurtosis of the number of new countries per year, from the year of the first entry to the last year observed.",
        "n(n+1)/((n-1)(n-2)(n-3)) sum(((x-m)/s)^4) - 3(n-1)^2/((n-2)(n-3)); n >= 4, s > 0",
        "Vermeulen & Barkema 2002 (irregularity); formula of the bias-corrected excess kurtosis",
    ),
    Definition(
        "kurtosis[t1+1..T]",
        "The same without the year of the first entry.",
        "as kurtosis[t1..T], n = T - t1",
        "variant of Vermeulen & Barkema 2002",
    ),
)
GAP_REGULARITY = (
    Definition(
        "cv-of-gaps",
        "Coefficient of variation of the gaps between successive years with an entry; 0 is perfectly regular.",
        "s(gaps) / mean(gaps), s with n - 1; at least 2 gaps",
        "a simple companion of the kurtosis",
    ),
    Definition(
        "share-of-years",
        "Share of the years from the first entry to the last year observed in which a country was entered.",
        "years with an entry / (T - t1 + 1)",
        "a simple companion of the kurtosis",
    ),
)


def pick(definitions: Sequence[Definition], wanted: str) -> Definition:
    """The definition with this id.

    Raises:
        NotFoundError: there is none; lists those that there are.
    """
    for definition in definitions:
        if definition.id == wanted:
            return definition
    raise NotFoundError("definition", wanted, [definition.id for definition in definitions])


def yearly_entries(history: FirmHistory, start: int, stop: int) -> list[int]:
    """Number of countries entered for the first time in each year from ``start`` to ``stop``, both included."""
    counts = Counter(history.first_entries.values())
    return [counts[year] for year in range(start, stop + 1)]


def span(history: FirmHistory) -> tuple[list[str], list[str], dict[str, object]]:
    """(missing, warnings, inputs) of everything that is measured between t1 and T."""
    missing = [] if history.t1 is not None else ["entries"]
    if history.observed_until is None:
        missing.append("observed_until")
    years = list(history.first_entries.values())
    warnings = []
    if years and len(years) > 1 and len(set(years)) == 1:
        warnings.append("all entries in the first year")
    inputs: dict[str, object] = {
        "t1": history.t1,
        "T": history.observed_until,
        "countries": len(years),
        "countries_in_t1": sum(year == history.t1 for year in years),
    }
    return missing, warnings, inputs


def years_to_internationalization(history: FirmHistory, definition: str = "t1-founded") -> MeasureValue:
    """Years from founding to first foreign entry (earliness).

    >>> from crosscase.engines.measures import Entry, FirmHistory
    >>> firm = FirmHistory("1", founded=2014, entries=(Entry("USA", 2016),))
    >>> years_to_internationalization(firm).value, years_to_internationalization(firm, "nth-year").value
    (2, 3)
    """
    chosen = pick(TIME_TO_INTERNATIONALIZATION, definition)
    missing = [name for name, value in (("founded", history.founded), ("entries", history.t1)) if value is None]
    value = None
    if history.t1 is not None and history.founded is not None:
        value = history.t1 - history.founded + (definition == "nth-year")
    inputs = {"founded": history.founded, "t1": history.t1}
    return result(history, "years_to_internationalization", chosen, "years", value, inputs=inputs, missing=missing)


def years_abroad(history: FirmHistory, definition: str = "T-t1") -> MeasureValue:
    """Years since the first foreign entry: the exposure that rates are divided by."""
    chosen = pick(YEARS_ABROAD, definition)
    missing, _, inputs = span(history)
    known = history.t1 is not None and history.observed_until is not None
    value = history.observed_until - history.t1 if known else None  # type: ignore[operator]
    return result(history, "years_abroad", chosen, "years", value, inputs=inputs, missing=missing)


def spread(history: FirmHistory, definition: str = "entries/(T-t1)") -> MeasureValue:
    """Speed of international spread: countries per year, under a definition of :data:`SPREAD`.

    >>> from crosscase.engines.measures import Entry, FirmHistory
    >>> entered = (Entry("USA", 2016), Entry("POL", 2016), Entry("AUS", 2018))
    >>> firm = FirmHistory("2", entries=entered, observed_until=2018)
    >>> spread(firm).value, spread(firm, "entries/(T-t1+1)").value, spread(firm, "post-entry").value
    (1.5, 1.0, 0.5)
    """
    return _spread(history, "spread", definition)


def post_entry_spread(history: FirmHistory, definition: str = "post-entry") -> MeasureValue:
    """Speed of spread after the first year abroad: (N(T) - N(t1)) / (T - t1)."""
    pick(SPREAD[3:], definition)
    return _spread(history, "post_entry_spread", definition)


def _spread(history: FirmHistory, measure: str, definition: str) -> MeasureValue:
    chosen = pick(SPREAD, definition)
    missing, warnings, inputs = span(history)
    if definition == "entries/age" and history.founded is None:
        missing.append("founded")
    value = None
    if not missing:
        assert history.t1 is not None
        assert history.observed_until is not None
        start = history.founded if definition == "entries/age" and history.founded is not None else history.t1
        years = history.observed_until - start + (definition == "entries/(T-t1+1)")
        count = len(history.first_entries)
        if definition == "post-entry":
            count -= int(str(inputs["countries_in_t1"]))
        inputs |= {"years": years, "counted": count}
        if years > 0:
            value = count / years
        else:
            warnings.append("no year has passed: the rate has no denominator")
    return result(
        history, measure, chosen, "countries per year", value, inputs=inputs, missing=missing, warnings=warnings
    )


def kurtosis(values: Sequence[float]) -> float | None:
    """Bias-corrected excess kurtosis (G2 of Joanes & Gill 1998); ``None`` for n < 4 or when all values are equal.

    >>> round(kurtosis([2, 0, 1, 0, 0]), 6)
    0.3125
    """
    n = len(values)
    if n < 4 or len(set(values)) == 1:
        return None
    mean, deviation = statistics.fmean(values), statistics.stdev(values)
    fourth = math.fsum(((value - mean) / deviation) ** 4 for value in values)
    return n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))


def rhythm(history: FirmHistory, definition: str = "kurtosis[t1..T]") -> MeasureValue:
    """Irregularity of expansion: kurtosis of yearly new countries; higher is less regular."""
    chosen = pick(RHYTHM, definition)
    missing, warnings, inputs = span(history)
    value = None
    if history.t1 is not None and history.observed_until is not None:
        start = history.t1 + (definition == "kurtosis[t1+1..T]")
        counts = yearly_entries(history, start, history.observed_until)
        inputs["yearly_entries"] = counts
        value = kurtosis(counts)
        if len(counts) < 4:
            warnings.append(f"the kurtosis needs at least 4 years; there are {len(counts)}")
        elif value is None:
            warnings.append("every year has the same number of entries: the kurtosis is not defined")
    return result(history, "rhythm", chosen, "", value, inputs=inputs, missing=missing, warnings=warnings)


def gap_regularity(history: FirmHistory, definition: str = "cv-of-gaps") -> MeasureValue:
    """How even the entries are in time: see :data:`GAP_REGULARITY`."""
    chosen = pick(GAP_REGULARITY, definition)
    missing, warnings, inputs = span(history)
    years = sorted(set(history.first_entries.values()))
    inputs["entry_years"] = years
    value = None
    if definition == "cv-of-gaps":
        missing = [name for name in missing if name != "observed_until"]
        gaps = [later - earlier for earlier, later in pairwise(years)]
        inputs["gaps"] = gaps
        if len(gaps) >= 2:
            value = statistics.stdev(gaps) / statistics.fmean(gaps)
        elif not missing:
            warnings.append(f"at least 2 gaps are needed; there are {len(gaps)}")
    elif history.t1 is not None and history.observed_until is not None:
        value = len(years) / (history.observed_until - history.t1 + 1)
    return result(history, "gap_regularity", chosen, "", value, inputs=inputs, missing=missing, warnings=warnings)
