"""Every measure and classification in one place, so that the command line, the documentation and the checks list the
same.

``compute("spread", history)`` gives a measure under its first definition; ``measure_all(history)`` gives every measure
under every definition, and ``classify_all(history)`` every classification.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crosscase.core.errors import NotFoundError
from crosscase.engines.measures import (
    classify,
    concentration,
    distances,
    hazard,
    intensity,
    orientation,
    persistence,
    scope,
    timing,
)
from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.regions import RegionScheme
from crosscase.engines.measures.timing import pick
from crosscase.engines.measures.values import Definition, MeasureTable, MeasureValue

__all__ = ["Classification", "Measure", "classifications", "classify_all", "compute", "measure_all", "measures"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A registered measure.  The first of its ``definitions`` is the default.

    ``needs`` are the parts of a :class:`FirmHistory` that it reads; ``takes_scheme`` says whether a region scheme
    matters.
    """

    name: str
    text: str
    unit: str
    needs: tuple[str, ...]
    definitions: tuple[Definition, ...]
    function: Callable[..., MeasureValue]
    takes_scheme: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """A registered classification: one answer a definition."""

    name: str
    text: str
    needs: tuple[str, ...]
    source: str
    function: Callable[[FirmHistory], MeasureTable]


_SPAN = ("entries", "observed_until")
_REGISTERED = (
    Measure(
        "years_to_internationalization",
        "How long after its founding the firm first went abroad (earliness).",
        "years",
        ("founded", "entries"),
        timing.TIME_TO_INTERNATIONALIZATION,
        timing.years_to_internationalization,
    ),
    Measure(
        "years_abroad",
        "How long the firm has been abroad.",
        "years",
        _SPAN,
        timing.YEARS_ABROAD,
        timing.years_abroad,
    ),
    Measure(
        "number_of_countries",
        "In how many foreign countries the firm has been, or still is.",
        "countries",
        _SPAN,
        scope.NUMBER_OF_COUNTRIES,
        scope.number_of_countries,
    ),
    Measure(
        "number_of_continents",
        "On how many continents the firm has been.",
        "continents",
        ("entries",),
        scope.NUMBER_OF_CONTINENTS,
        scope.number_of_continents,
    ),
    Measure(
        "spread",
        "Speed of international spread: countries per year.",
        "countries per year",
        _SPAN,
        timing.SPREAD,
        timing.spread,
    ),
    Measure(
        "post_entry_spread",
        "Speed of spread after the first year abroad.",
        "countries per year",
        _SPAN,
        timing.SPREAD[3:],
        timing.post_entry_spread,
    ),
    Measure(
        "diversification",
        "In how many regions of a scheme the firm has been.",
        "regions",
        ("entries", "region scheme"),
        scope.DIVERSIFICATION,
        scope.diversification,
        takes_scheme=True,
    ),
    Measure(
        "intensity",
        "Foreign share of sales.",
        "ratio",
        ("foreign_sales and total_sales, or sales by country and home, or intensity",),
        intensity.INTENSITY,
        intensity.intensity,
    ),
    Measure(
        "foreign_share",
        "Foreign share of assets or of employees.",
        "ratio",
        ("foreign_assets and total_assets", "foreign_employees and total_employees"),
        intensity.FOREIGN_SHARE,
        intensity.foreign_share,
    ),
    Measure(
        "transnationality_index",
        "Mean foreign share of assets, sales and employees (TNI).",
        "ratio",
        ("sales, assets and employees, abroad and in all",),
        intensity.TNI,
        intensity.transnationality_index,
    ),
    Measure(
        "degree_of_internationalization",
        "Sullivan's composite of five ratios (DOI).",
        "sum of ratios",
        ("sales and assets, abroad and in all", "three further ratios"),
        intensity.DOI,
        intensity.degree_of_internationalization,
    ),
    Measure(
        "psi",
        "Post-entry speed of internationalization, one dimension at a time.",
        "per year",
        _SPAN,
        scope.PSI,
        scope.psi,
        takes_scheme=True,
    ),
    Measure(
        "geographic_entropy",
        "How evenly the foreign business lies over countries and regions, by entropy.",
        "nats",
        ("sales by country and home, or entries", "region scheme"),
        concentration.ENTROPY,
        concentration.geographic_entropy,
        takes_scheme=True,
    ),
    Measure(
        "geographic_blau",
        "How evenly the foreign business lies over countries and regions, by the Blau (1 - Herfindahl) index.",
        "",
        ("sales by country and home, or entries", "region scheme"),
        concentration.BLAU,
        concentration.geographic_blau,
        takes_scheme=True,
    ),
    Measure(
        "home_region_orientation",
        "Whether sales are home-region oriented, bi-regional, host-region oriented or global.",
        "class",
        ("sales by country with home", "home", "region scheme"),
        orientation.ORIENTATION,
        orientation.home_region_orientation,
    ),
    Measure(
        "rhythm",
        "Irregularity of the expansion over the years.",
        "",
        _SPAN,
        timing.RHYTHM,
        timing.rhythm,
    ),
    Measure(
        "gap_regularity",
        "How even the entries are in time.",
        "",
        _SPAN,
        timing.GAP_REGULARITY,
        timing.gap_regularity,
    ),
    Measure(
        "hazard",
        "Rate of the next entry, with its exposure and an exact interval.",
        "per year",
        _SPAN,
        hazard.HAZARD,
        hazard.hazard,
    ),
    Measure(
        "market_persistence",
        "Share of the markets entered that are still active.",
        "share",
        (*_SPAN, "exit years"),
        persistence.PERSISTENCE,
        persistence.market_persistence,
    ),
    Measure(
        "market_survival",
        "Share of market spells that last longer than so many years.",
        "share",
        (*_SPAN, "exit years"),
        persistence.SURVIVAL,
        persistence.market_survival,
    ),
    Measure(
        "re_entries",
        "Entries into markets that had been left.",
        "entries",
        (*_SPAN, "exit years"),
        persistence.RE_ENTRIES,
        persistence.re_entries,
    ),
    Measure(
        "distance",
        "Distance from home to the countries entered.",
        "km",
        ("home", "entries"),
        distances.DISTANCE,
        distances.distance,
    ),
)
_CLASSIFICATIONS = (
    Classification(
        "born_global",
        "Early and intensive internationalization, under five published definitions.",
        ("founded", "entries", "intensity", "sales by country for one definition"),
        "Knight & Cavusgil 2004; Rennie 1993; Puthusserry et al. 2020; Sui & Baum 2014; Yang & Stoian 2024",
        classify.born_global,
    ),
    Classification(
        "born_regional",
        "A born global whose foreign business lies mostly in its home region.",
        ("founded", "home", "entries", "intensity", "sales by country for half of the definitions"),
        "López, Kundu & Ciravegna 2009",
        classify.born_regional,
    ),
    Classification(
        "born_again_global",
        "Long at home, then rapidly abroad.",
        ("founded", "entries"),
        "Bell, McNaughton & Young 2001",
        classify.born_again_global,
    ),
    Classification(
        "commitment",
        "Low, incremental or high committer, by the entry modes over time.",
        ("entries with modes",),
        "longitudinal study of eight biotechnology born globals (taxonomy of committers)",
        classify.commitment,
    ),
    Classification(
        "inv_type",
        "Type of international new venture.",
        ("entries", "value_chain_activities"),
        "Oviatt & McDougall 1994",
        classify.inv_type,
    ),
)


@cache
def measures() -> Mapping[str, Measure]:
    """Name → measure, in the order in which they are documented."""
    return {measure.name: measure for measure in _REGISTERED}


@cache
def classifications() -> Mapping[str, Classification]:
    """Name → classification."""
    return {classification.name: classification for classification in _CLASSIFICATIONS}


def compute(
    name: str, history: FirmHistory, definition: str | None = None, *, under: RegionScheme | None = None
) -> MeasureValue:
    """One measure of one firm, under its first definition unless another is named.

    Raises:
        NotFoundError: there is no such measure or definition.
    """
    if name not in measures():
        raise NotFoundError("measure", name, measures())
    measure = measures()[name]
    chosen = measure.definitions[0] if definition is None else pick(measure.definitions, definition)
    options: dict[str, Any] = {"under": under} if measure.takes_scheme else {}
    return measure.function(history, chosen.id, **options)


def measure_all(
    history: FirmHistory, *, under: RegionScheme | None = None, every_definition: bool = True
) -> MeasureTable:
    """Every measure of one firm, under every definition or under the first of each."""
    return MeasureTable(
        tuple(
            compute(measure.name, history, definition.id, under=under)
            for measure in measures().values()
            for definition in (measure.definitions if every_definition else measure.definitions[:1])
        )
    )


def classify_all(history: FirmHistory) -> MeasureTable:
    """Every classification of one firm, one row a definition."""
    return MeasureTable(
        tuple(row for classification in classifications().values() for row in classification.function(history))
    )
