"""Is this firm a born global?  Several published definitions, each with its own answer; never one verdict.

Every function returns a :class:`MeasureTable` with one row a definition.  A row's value is ``yes``, ``no``, a class, or
``None`` when the data do not allow an answer; ``inputs`` hold every condition with its value and threshold.  One
condition that fails makes a ``no`` even when others are not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crosscase.core.errors import InputError
from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.intensity import intensity
from crosscase.engines.measures.regions import RegionScheme, scheme
from crosscase.engines.measures.scope import number_of_continents, number_of_countries
from crosscase.engines.measures.timing import years_to_internationalization
from crosscase.engines.measures.values import Definition, MeasureTable, MeasureValue, result

__all__ = [
    "BORN_GLOBAL",
    "MODE_COMMITMENT",
    "Condition",
    "born_again_global",
    "born_global",
    "born_regional",
    "commitment",
    "inv_type",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a definition: ``value`` ``relation`` ``threshold``; ``missing`` names what lacks."""

    name: str
    value: float | None
    relation: Literal["<=", ">=", ">"]
    threshold: float
    missing: tuple[str, ...] = ()

    @property
    def holds(self) -> bool | None:
        if self.value is None:
            return None
        if self.relation == "<=":
            return self.value <= self.threshold
        return self.value >= self.threshold if self.relation == ">=" else self.value > self.threshold

    def to_dict(self) -> dict[str, object]:
        return {
            "condition": f"{self.name} {self.relation} {self.threshold:g}",
            "value": self.value,
            "holds": self.holds,
        }


BORN_GLOBAL = (
    Definition(
        "knight-cavusgil-2004",
        "First foreign entry within 3 years of founding, and at least a quarter of sales abroad.",
        "t1 - founded <= 3 and intensity >= 0.25",
        "Knight & Cavusgil 2004",
    ),
    Definition(
        "rennie-1993",
        "First foreign entry within 2 years, and at least three quarters of sales abroad. The report describes "
        "such firms; "
        "later authors made it a criterion.",
        "t1 - founded <= 2 and intensity >= 0.75",
        "Rennie 1993",
    ),
    Definition(
        "puthusserry-2020",
        "International within 2 years of founding, in more than two countries (rapid internationalizer).",
        "t1 - founded <= 2 and N(T) > 2",
        "Puthusserry, Khan, Knight & Miller 2020",
    ),
    Definition(
        "sui-baum-2014",
        "First foreign entry within 2 years, and at least a quarter of sales outside the home region (there: outside "
        "North America).",
        "t1 - founded <= 2 and sales outside the home region / total sales >= 0.25",
        "Sui & Baum 2014",
    ),
    Definition(
        "yang-stoian-2024",
        "First foreign entry within 3 years, at least a quarter of sales abroad, at least two continents, at least two "
        "years of international experience.",
        "t1 - founded <= 3 and intensity >= 0.25 and continents >= 2 and T - t1 >= 2",
        "Yang & Stoian 2024, sampling criteria",
    ),
)


def born_global(history: FirmHistory, *, home_scheme: RegionScheme | None = None) -> MeasureTable:
    """Born global under each definition of :data:`BORN_GLOBAL`; ``home_scheme`` (``triad``) says what the home "
    "region is."""
    home_scheme = home_scheme or scheme("triad")
    by_definition: dict[str, Callable[[], Sequence[Condition]]] = {
        "knight-cavusgil-2004": lambda: (_years(history, 3), _intensity(history, 0.25)),
        "rennie-1993": lambda: (_years(history, 2), _intensity(history, 0.75)),
        "puthusserry-2020": lambda: (_years(history, 2), _countries(history, 2)),
        "sui-baum-2014": lambda: (_years(history, 2), _outside(history, 0.25, home_scheme)),
        "yang-stoian-2024": lambda: (
            _years(history, 3),
            _intensity(history, 0.25),
            _continents(history, 2),
            _experience(history, 2),
        ),
    }
    rows = []
    for definition in BORN_GLOBAL:
        conditions = by_definition[definition.id]()
        used = home_scheme.name if definition.id == "sui-baum-2014" else ("", "")
        used = scheme("continents-7").name if definition.id == "yang-stoian-2024" else used
        rows.append(_verdict(history, "born_global", definition, conditions, used))
    return MeasureTable(tuple(rows))


def born_regional(
    history: FirmHistory,
    *,
    under: RegionScheme | None = None,
    shares: Sequence[float] = (0.5, 0.75, 0.9),
) -> MeasureTable:
    """A born global (Knight & Cavusgil) whose foreign business lies mostly in its home region.

    López, Kundu & Ciravegna (2009) name no share, so every one in ``shares`` is a definition; each is answered once by
    foreign sales and once by the countries entered.
    """
    under = under or scheme("un-m49-subregion")
    rows = []
    for basis in ("sales", "countries"):
        for share in shares:
            definition = Definition(
                f"{basis}>={share:g}",
                f"Born global by Knight & Cavusgil, with at least {share:.0%} of its foreign {basis} in the "
                f"home region.",
                f"t1 - founded <= 3 and intensity >= 0.25 and home region's share of foreign {basis} >= {share:g}",
                "after López, Kundu & Ciravegna 2009, who give no threshold",
            )
            inside = _home_share(history, basis, under)
            condition = Condition(f"home region's share of foreign {basis}", inside[0], ">=", share, inside[1])
            conditions = (_years(history, 3), _intensity(history, 0.25), condition)
            rows.append(_verdict(history, "born_regional", definition, conditions, under.name))
    return MeasureTable(tuple(rows))


def born_again_global(
    history: FirmHistory,
    *,
    domestic_years: Sequence[int] = (5, 10, 15),
    within: int = 3,
    countries: int = 3,
) -> MeasureTable:
    """A long domestic life, then rapid internationalization (Bell, McNaughton & Young 2001).

    They give no numbers: every length in ``domestic_years`` is a definition, and rapid means at least ``countries``
    countries in the first ``within`` years abroad.  The critical incident that they speak of is not in these data.
    """
    rows = []
    first, until = history.t1, history.observed_until
    missing = () if first is not None else ("entries",)
    quick = None
    if first is not None:
        quick = sum(year < first + within for year in history.first_entries.values())
    warnings = ["the critical incident is not in these data: look for it in the sources"]
    if first is not None and until is not None and until - first + 1 < within:
        warnings.append(f"fewer than {within} years abroad were observed")
    for years in domestic_years:
        definition = Definition(
            f"domestic>={years}",
            f"At least {years} years at home only, then at least {countries} countries within {within} years.",
            f"t1 - founded >= {years} and N(t1 + {within - 1}) >= {countries}",
            "after Bell, McNaughton & Young 2001, who give no threshold",
        )
        conditions = (
            _years(history, years, ">="),
            Condition(f"countries in the first {within} years", quick, ">=", countries, missing),
        )
        rows.append(_verdict(history, "born_again_global", definition, conditions, warnings=warnings))
    return MeasureTable(tuple(rows))


#: Whether an entry mode commits few or many resources.  A study may give its own.
MODE_COMMITMENT: Mapping[str, Literal["low", "high"]] = {
    "export": "low",
    "exporting": "low",
    "indirect export": "low",
    "direct export": "low",
    "agent": "low",
    "distributor": "low",
    "online": "low",
    "e-commerce": "low",
    "licensing": "low",
    "franchising": "low",
    "contract": "low",
    "sales office": "high",
    "branch": "high",
    "joint venture": "high",
    "subsidiary": "high",
    "sales subsidiary": "high",
    "wholly owned subsidiary": "high",
    "acquisition": "high",
    "greenfield": "high",
    "foreign direct investment": "high",
}

_COMMITMENT_SOURCE = "longitudinal study of eight biotechnology born globals (taxonomy of committers)"


def commitment(
    history: FirmHistory,
    *,
    initial_years: Sequence[int] = (1, 3),
    modes: Mapping[str, Literal["low", "high"]] = MODE_COMMITMENT,
) -> MeasureTable:
    """Low, incremental or high committer, by the modes of the initial and of the continued entries.

    Low: low-commitment modes only.  Incremental: low modes at first, a high one later.  High: both kinds from
    inception. ``initial_years`` is how many years from t1 count as the inception, one definition each.  High modes
    alone at first are no type of that study: ``high modes only at first``.
    """
    rows = []
    entries = history.foreign_entries
    missing = [] if entries else ["entries"]
    missing += [f"mode of {e.place} {e.year}" for e in entries if e.mode is None]
    unread = sorted({e.mode for e in entries if e.mode is not None and e.mode.casefold() not in modes})
    missing += [f"commitment of the mode {mode!r}" for mode in unread]
    for years in initial_years:
        definition = Definition(
            f"inception={years}",
            f"The entries of the first {years} years abroad are the initial ones.",
            "low: all low; incremental: low, then a high one; high: low and high at first",
            _COMMITMENT_SOURCE,
        )
        kinds = [(e.year, modes[e.mode.casefold()]) for e in entries if e.mode and e.mode.casefold() in modes]
        value = None if missing else _committer(kinds, (history.t1 or 0) + years)
        inputs = {"modes": [(e.place, e.year, e.mode) for e in entries], "initial_years": years}
        rows.append(result(history, "commitment", definition, "class", value, inputs=inputs, missing=missing))
    return MeasureTable(tuple(rows))


def _committer(kinds: Sequence[tuple[int, str]], end_of_inception: int) -> str:
    first = {kind for year, kind in kinds if year < end_of_inception}
    later = {kind for year, kind in kinds if year >= end_of_inception}
    if first == {"low"}:
        return "incremental committer" if "high" in later else "low committer"
    return "high committer" if first == {"low", "high"} else "high modes only at first"


def inv_type(
    history: FirmHistory,
    *,
    many_countries: Sequence[int] = (3, 5, 8),
    many_activities: Sequence[int] = (3,),
) -> MeasureTable:
    """Type of international new venture: few or many countries × few or many value-chain activities across them.

    Oviatt & McDougall (1994) give no numbers, so every pair of thresholds is a definition ("many" from there on).
    Needs the figure ``value_chain_activities``.
    """
    if not many_countries or not many_activities:
        raise InputError("no threshold was given", mend="give at least one for countries and one for activities")
    countries = number_of_countries(history)
    activities = history.figures.get("value_chain_activities")
    missing = [*countries.missing, *(["value_chain_activities"] if activities is None else [])]
    rows = []
    for countries_from in many_countries:
        for activities_from in many_activities:
            definition = Definition(
                f"countries>={countries_from},activities>={activities_from}",
                f"Many countries from {countries_from}, many activities from {activities_from}.",
                "few/few: export or import start-up; many countries, few activities: multinational trader; few "
                "countries, "
                "many activities: geographically focused start-up; many/many: global start-up",
                "after Oviatt & McDougall 1994, who give no threshold",
            )
            value = None
            if not missing and isinstance(countries.value, (int, float)) and activities is not None:
                value = _INV_TYPES[countries.value >= countries_from, activities >= activities_from]
            inputs = {"countries": countries.value, "activities": activities}
            rows.append(
                result(
                    history,
                    "inv_type",
                    definition,
                    "class",
                    value,
                    inputs=inputs,
                    missing=missing,
                    warnings=(INV_TYPE_WARNING,),
                )
            )
    return MeasureTable(tuple(rows))


INV_TYPE_WARNING = "the typology was written from secondary notes and not checked against the paper"

#: (many countries, many activities) → type.
_INV_TYPES = {
    (False, False): "export/import start-up",
    (True, False): "multinational trader",
    (False, True): "geographically focused start-up",
    (True, True): "global start-up",
}


def _verdict(
    history: FirmHistory,
    measure: str,
    definition: Definition,
    conditions: Sequence[Condition],
    used: tuple[str, str] = ("", ""),
    warnings: Sequence[str] = (),
) -> MeasureValue:
    inputs = {"conditions": [condition.to_dict() for condition in conditions]}
    failed = any(condition.holds is False for condition in conditions)
    lacking = [name for condition in conditions if condition.holds is None for name in condition.missing]
    missing = [] if failed else list(dict.fromkeys(lacking))
    value = "no" if failed else None if missing else "yes"
    notes = list(warnings)
    if any(condition.name == "intensity" for condition in conditions):
        notes.append(_dated(history))
    notes = [note for note in notes if note]
    return result(
        history, measure, definition, "yes/no", value, inputs=inputs, missing=missing, warnings=notes, scheme=used
    )


def _dated(history: FirmHistory) -> str:
    """The definitions mean the intensity reached early; say when the figure is of another time."""
    if history.figures_year is None:
        return "the year of the intensity is not known: it may not have been reached within the years asked for"
    if history.founded is not None and history.figures_year - history.founded > 3:
        return (
            f"the intensity is of {history.figures_year}, {history.figures_year - history.founded} years after founding"
        )
    return ""


def _number(value: MeasureValue) -> float | None:
    return value.value if isinstance(value.value, (int, float)) else None


def _years(history: FirmHistory, limit: float, relation: Literal["<=", ">="] = "<=") -> Condition:
    measured = years_to_internationalization(history)
    return Condition("years to internationalization", _number(measured), relation, limit, measured.missing)


def _intensity(history: FirmHistory, limit: float) -> Condition:
    measured = intensity(history)
    missing = measured.missing or (("intensity",) if measured.value is None else ())
    return Condition("intensity", _number(measured), ">=", limit, missing)


def _countries(history: FirmHistory, limit: float) -> Condition:
    measured = number_of_countries(history)
    return Condition("countries", _number(measured), ">", limit, measured.missing)


def _continents(history: FirmHistory, limit: float) -> Condition:
    measured = number_of_continents(history)
    return Condition("continents", _number(measured), ">=", limit, measured.missing)


def _experience(history: FirmHistory, limit: float) -> Condition:
    if history.t1 is None or history.observed_until is None:
        missing = tuple(
            name
            for name, value in (("entries", history.t1), ("observed_until", history.observed_until))
            if value is None
        )
        return Condition("years abroad", None, ">=", limit, missing)
    return Condition("years abroad", history.observed_until - history.t1, ">=", limit)


def _outside(history: FirmHistory, limit: float, under: RegionScheme) -> Condition:
    name = "share of sales outside the home region"
    year = history.figures_year or history.observed_until
    home_region = under.region(history.home, year) if history.home else None
    total = sum(history.sales.values())
    missing = [] if total else ["sales by country"]
    if home_region is None:
        missing.append("home" if history.home is None else f"region of {history.home} under {under.id}")
    if missing:
        return Condition(name, None, ">=", limit, tuple(missing))
    outside = sum(amount for place, amount in history.sales.items() if under.region(place, year) != home_region)
    return Condition(name, outside / total, ">=", limit)


def _home_share(history: FirmHistory, basis: str, under: RegionScheme) -> tuple[float | None, tuple[str, ...]]:
    year = history.figures_year or history.observed_until
    amounts: Mapping[str, float] = dict.fromkeys(history.first_entries, 1.0) if basis == "countries" else history.sales
    foreign = {place: amount for place, amount in amounts.items() if place != history.home}
    home_region = under.region(history.home, year) if history.home else None
    missing = [] if sum(foreign.values()) else ["entries" if basis == "countries" else "sales by country"]
    if home_region is None:
        missing.append("home" if history.home is None else f"region of {history.home} under {under.id}")
    if missing:
        return None, tuple(missing)
    inside = sum(amount for place, amount in foreign.items() if under.region(place, year) == home_region)
    return inside / sum(foreign.values()), ()
