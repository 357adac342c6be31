"""How many countries and regions, and the three dimensions of post-entry speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.intensity import intensity
from crosscase.engines.measures.regions import RegionScheme, scheme
from crosscase.engines.measures.timing import pick, span
from crosscase.engines.measures.values import Definition, MeasureValue, result

MembershipYear = Literal["entry", "observed"]

NUMBER_OF_COUNTRIES = (
    Definition(
        "ever-entered",
        "Different foreign countries ever entered up to T; a re-entry does not count again.",
        "N(T)",
        "Yang & Stoian 2024",
    ),
    Definition(
        "active",
        "Different foreign countries in which the firm still is at T.",
        "N(T) - exited and not re-entered",
        "count",
    ),
)
DIVERSIFICATION = (
    Definition(
        "regions-entered",
        "Different regions of the scheme among the foreign countries entered.",
        "number of regions with at least one foreign entry",
        "Yang & Stoian 2024, Table 1, note b",
    ),
    Definition(
        "regions-and-home",
        "The same, with the home country's region counted as well.",
        "number of regions of the entries and of home",
        "variant",
    ),
    Definition(
        "regions-beyond-home",
        "Regions entered other than the home country's.",
        "number of regions of the entries without that of home",
        "variant",
    ),
)
NUMBER_OF_CONTINENTS = (
    Definition(
        "continents-7",
        "Seven continents, North and South America apart.",
        "number of continents with at least one foreign entry",
        "Yang & Stoian 2024, sampling criteria (which continents there are is not printed)",
    ),
    Definition(
        "un-m49-region",
        "The continents of the United Nations, with one America.",
        "number of continents with at least one foreign entry",
        "United Nations Statistics Division, M49",
    ),
)
PSI = (
    Definition("spread", "Countries per year since the first entry.", "N(T) / (T - t1)", "Sadeghi, Rose & Chetty 2018"),
    Definition(
        "diversity", "Regions per year since the first entry.", "regions(T) / (T - t1)", "Sadeghi, Rose & Chetty 2018"
    ),
    Definition(
        "intensity",
        "Foreign share of sales per year since the first entry.",
        "intensity / (T - t1)",
        "Sadeghi, Rose & Chetty 2018",
    ),
)


def number_of_countries(history: FirmHistory, definition: str = "ever-entered") -> MeasureValue:
    """Different foreign countries, ever entered or still active."""
    chosen = pick(NUMBER_OF_COUNTRIES, definition)
    countries = list(history.first_entries)
    missing = [] if countries else ["entries"]
    warnings = []
    if definition == "active":
        countries = sorted(active_countries(history))
        if not history.knows_exits:
            missing.append("exit years")
    elif history.observed_until is None:
        warnings.append("observed_until is not known: every entry on record was counted")
    inputs = {"countries": countries, "T": history.observed_until}
    return result(
        history,
        "number_of_countries",
        chosen,
        "countries",
        len(countries),
        inputs=inputs,
        missing=missing,
        warnings=warnings,
    )


def active_countries(history: FirmHistory) -> set[str]:
    """Foreign countries with a spell that had not ended by T (the exit in year T counts as ended)."""
    until = history.observed_until
    return {
        e.place for e in history.foreign_entries if e.exit_year is None or (until is not None and e.exit_year > until)
    }


def regions_of(
    history: FirmHistory, under: RegionScheme, membership: MembershipYear = "entry"
) -> tuple[Mapping[str, str | None], list[str]]:
    """(country → region, countries that the scheme does not place), regions as of the year of entry or as of T."""
    placed = {
        place: under.region(place, year if membership == "entry" else history.observed_until)
        for place, year in history.first_entries.items()
    }
    return placed, [place for place, region in placed.items() if region is None]


def diversification(
    history: FirmHistory,
    definition: str = "regions-entered",
    *,
    under: RegionScheme | None = None,
    membership: MembershipYear = "entry",
) -> MeasureValue:
    """Number of regions entered under a scheme (``yang-stoian-12`` unless another is given).

    ``membership`` says as of which year a country's region is taken: the year of its entry, or T.
    """
    chosen = pick(DIVERSIFICATION, definition)
    under = under or scheme("yang-stoian-12")
    placed, unplaced = regions_of(history, under, membership)
    missing = [] if placed else ["entries"]
    missing += [f"region of {place} under {under.id}" for place in unplaced]
    regions = {region for region in placed.values() if region}
    home_region = None
    if definition != "regions-entered":
        home_region = under.region(history.home, history.observed_until) if history.home else None
        if home_region is None:
            missing.append("home" if history.home is None else f"region of {history.home} under {under.id}")
        else:
            regions = regions | {home_region} if definition == "regions-and-home" else regions - {home_region}
    inputs = {"regions": dict(placed), "membership": membership, "home_region": home_region}
    return result(
        history,
        "diversification",
        chosen,
        "regions",
        len(regions),
        inputs=inputs,
        missing=missing,
        scheme=under.name,
    )


def number_of_continents(history: FirmHistory, definition: str = "continents-7") -> MeasureValue:
    """Different continents among the foreign countries entered; the definition is the scheme of continents."""
    chosen = pick(NUMBER_OF_CONTINENTS, definition)
    under = scheme(chosen.id)
    placed, unplaced = regions_of(history, under)
    missing = [] if placed else ["entries"]
    missing += [f"region of {place} under {under.id}" for place in unplaced]
    count = len({region for region in placed.values() if region})
    inputs = {"regions": dict(placed)}
    return result(
        history, "number_of_continents", chosen, "continents", count, inputs=inputs, missing=missing, scheme=under.name
    )


def psi(history: FirmHistory, definition: str = "spread", *, under: RegionScheme | None = None) -> MeasureValue:
    """One dimension of post-entry speed of internationalization; the three were shown to be distinct, so there "
    "is no sum."""
    chosen = pick(PSI, definition)
    missing, warnings, inputs = span(history)
    under = under or scheme("yang-stoian-12")
    if definition == "spread":
        whole = number_of_countries(history)
    elif definition == "diversity":
        whole = diversification(history, under=under)
    else:
        whole = intensity(history)
    missing += [name for name in whole.missing if name not in missing]
    value = None
    if not missing and isinstance(whole.value, (int, float)):
        assert history.t1 is not None
        assert history.observed_until is not None
        years = history.observed_until - history.t1
        inputs |= {"level": whole.value, "years": years}
        if years > 0:
            value = whole.value / years
        else:
            warnings.append("no year has passed: the rate has no denominator")
    scheme_name = under.name if definition == "diversity" else ("", "")
    return result(
        history, "psi", chosen, "per year", value, inputs=inputs, missing=missing, warnings=warnings, scheme=scheme_name
    )
