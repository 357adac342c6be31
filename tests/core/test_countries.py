"""Codes against the Unicode CLDR (through Babel), spellings, and the refusals."""

from __future__ import annotations

import pytest
from babel.core import get_global

from crosscase.core import notcountries
from crosscase.core.countries import all_countries, by_alpha3, resolve, spelling_note
from crosscase.core.errors import InputError, NotFoundError


def test_there_are_the_249_of_iso_3166_1_and_kosovo() -> None:
    official = [country for country in all_countries() if country.status == "official"]
    assert len(official) == 249  # ISO 3166-1 has 249 officially assigned codes
    assert [country.alpha3 for country in all_countries() if country.status != "official"] == ["XKX"]
    for codes in zip(*((c.alpha3, c.alpha2, c.name) for c in all_countries()), strict=True):
        assert len(set(codes)) == 250


@pytest.mark.parametrize(
    "country", [c for c in all_countries() if c.status == "official"], ids=lambda country: country.alpha3
)
def test_codes_agree_with_cldr(country) -> None:
    aliases = get_global("territory_aliases")
    assert aliases[country.alpha3] == aliases[country.numeric] == [country.alpha2]


def test_every_name_spelling_and_code_reads_back_as_its_country() -> None:
    for country in all_countries():
        for written in (country.name, country.name.upper(), country.alpha3, country.alpha2, *country.spellings):
            assert resolve(written) is country, written
        if country.numeric:
            assert resolve(country.numeric) is country


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("UK", "GBR"),
        ("U.K.", "GBR"),
        ("Great Britain", "GBR"),
        ("england", "GBR"),
        ("USA", "USA"),
        ("U.S.", "USA"),
        ("usa", "USA"),
        ("Korea", "KOR"),
        ("Republic of Korea", "KOR"),
        ("DPRK", "PRK"),
        ("UAE", "ARE"),
        ("Holland", "NLD"),
        ("the Netherlands", "NLD"),
        ("Czech Republic", "CZE"),
        ("Viet Nam", "VNM"),
        ("Russia", "RUS"),
        ("Russian Federation", "RUS"),
        ("Taiwan", "TWN"),
        ("Republic of China", "TWN"),
        ("People's Republic of China", "CHN"),
        ("Hong Kong", "HKG"),
        ("Ivory Coast", "CIV"),
        ("COTE D'IVOIRE", "CIV"),
        ("Côte d’Ivoire", "CIV"),
        ("Türkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Kingdom of Saudi Arabia", "SAU"),
        ("Federal Republic of Nigeria", "NGA"),
        ("St Lucia", "LCA"),
        ("  Laos ", "LAO"),
        ("Guinea-Bissau", "GNB"),
        ("Niger", "NER"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("Korea (the Democratic People's Republic of)", "PRK"),
        ("Iran, Islamic Republic of", "IRN"),
        ("Netherlands (Kingdom of the)", "NLD"),
        ("French Republic", "FRA"),
    ],
)
def test_common_spellings(written: str, code: str) -> None:
    assert resolve(written).alpha3 == code


@pytest.mark.parametrize(
    ("written", "kind", "named"),
    [
        ("North America", "a region", "Canada"),
        ("Europe", "a region", "Germany"),
        ("Scandinavia", "a region", "Norway"),
        ("the Middle East", "a region", "Saudi Arabia"),
        ("EU", "a region", "depends on the year"),
        ("Soviet Union", "a former state", "Ukraine"),
        ("Congo", "ambiguous", "Republic of the Congo"),
        ("worldwide", "a region", "not where"),
        ("Congo (the)", "ambiguous", "Republic of the Congo"),
        ("USA, Canada", "names 2 countries", "United States, Canada"),
        ("Germany and Poland", "names 2 countries", "Germany, Poland"),
    ],
)
def test_what_is_no_country_is_refused_with_the_countries_that_could_be_meant(written, kind, named) -> None:
    with pytest.raises(InputError) as refused:
        resolve(written, where="events.csv, row 3, column place")
    assert kind in refused.value.what
    assert named in refused.value.mend
    assert "row 3" in str(refused.value)


def test_no_refused_word_is_the_name_of_a_country() -> None:
    for table in (notcountries.REGIONS, notcountries.FORMER, notcountries.AMBIGUOUS):
        for word, (codes, _) in table.items():
            with pytest.raises(InputError):
                resolve(word)
            assert all(by_alpha3(code) for code in codes)


@pytest.mark.parametrize(("written", "nearest"), [("Pakstan", "Pakistan"), ("Untied States", "United States")])
def test_an_unknown_name_lists_the_nearest(written: str, nearest: str) -> None:
    with pytest.raises(NotFoundError) as refused:
        resolve(written)
    assert refused.value.existing[0] == nearest


@pytest.mark.parametrize("written", ["no", "in", "zz", "Q7", "000"])
def test_lower_case_alpha_2_and_unassigned_codes_are_no_country(written: str) -> None:
    with pytest.raises(NotFoundError):
        resolve(written)


def test_empty() -> None:
    with pytest.raises(InputError, match="empty"):
        resolve("  ")


def test_a_doubtful_reading_is_noted() -> None:
    assert "South Korea" in spelling_note("Korea")
    assert spelling_note("Japan") == ""
    for word in notcountries.READ_AS:
        resolve(word)
