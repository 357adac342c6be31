"""Countries by their codes and by the names people write, and which words are no country.

``resolve("UK")`` is the United Kingdom; ``resolve("North America")`` raises an error that says which countries could be
meant.  Names are English.  Not here: regions of a scheme (``crosscase.engines.measures.regions``), names in other
languages, and any political judgement: a row says that a code exists (ISO 3166-1, and ``XKX`` for Kosovo, which is
user-assigned), nothing more.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.notcountries import AMBIGUOUS, FORMER, READ_AS, REGIONS

__all__ = ["Country", "all_countries", "by_alpha3", "resolve", "spelling_note"]

_LONG_FORM = re.compile(
    r"^(?:(?:islamic|federal|federative|democratic|socialist|peoples|arab|united|plurinational|bolivarian|oriental|"
    r"independent|cooperative|co operative|hashemite|grand|and|kingdom|principality|sultanate|duchy|commonwealth|union|"
    r"republic|state|states) )+of (?:the )?"
)

#: "Bolivia (Plurinational State of)" and "Iran, Islamic Republic of".
_INVERTED = re.compile(r"^([^,(]+?)\s*[,(]\s*([^)]+?)\s*\)?$")


@dataclass(frozen=True, slots=True)
class Country:
    """A territory with a code of ISO 3166-1.

    ``numeric`` has three digits, or is empty where the code is user-assigned; ``spellings`` are other English names
    that are read as this country.
    """

    alpha3: str
    alpha2: str
    numeric: str
    name: str
    status: Literal["official", "user-assigned"]
    spellings: tuple[str, ...] = ()


@cache
def all_countries() -> tuple[Country, ...]:
    """Every country, in the order of the alpha-3 codes."""
    text = resources.files("crosscase.core").joinpath("data/countries.csv").read_text(encoding="utf-8")
    return tuple(
        Country(
            row["alpha3"],
            row["alpha2"],
            row["numeric"],
            row["name"],
            "official" if row["status"] == "official" else "user-assigned",
            tuple(row["spellings"].split("|")) if row["spellings"] else (),
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def _by_alpha3() -> dict[str, Country]:
    return {country.alpha3: country for country in all_countries()}


@cache
def _by_name() -> dict[str, Country]:
    table: dict[str, Country] = {}
    for country in all_countries():
        for name in (country.name, country.alpha3, *country.spellings):
            table[_fold(name)] = country
    return table


def by_alpha3(code: str) -> Country:
    """The country with this alpha-3 code.

    Raises:
        NotFoundError: there is no such code; lists the nearest.

    >>> by_alpha3("CHN").name
    'China'
    """
    found = _by_alpha3().get(code)
    if found is None:
        raise NotFoundError("country code (ISO 3166-1 alpha-3)", code, _by_alpha3())
    return found


def resolve(written: str, *, where: str = "") -> Country:
    """The country that a person means by what is written: a name, a common spelling, or a code.

    Alpha-3 codes are read in any case, alpha-2 codes in capitals only (``no`` and ``in`` are words), numeric codes with
    three digits.

    Args:
        written: what stands in the cell.
        where: file, row and column, for the error.

    Raises:
        InputError: the cell is empty; or it names a region, a former state, or something that several countries are
            called, in which case ``mend`` lists the countries that could be meant.
        NotFoundError: nothing is called that; the nearest names are listed.

    >>> resolve("Viet Nam").alpha3, resolve("UK").alpha3, resolve("Türkiye").alpha3, resolve("156").alpha3
    ('VNM', 'GBR', 'TUR', 'CHN')
    >>> resolve("Scandinavia")
    Traceback (most recent call last):
    crosscase.core.errors.InputError: 'Scandinavia' is a region, not a country; name the country: Denmark, Norway,
    Sweden...
    """
    folded = _fold(written)
    if not folded:
        raise InputError("the country is empty", where=where, mend="write a country's name or its ISO 3166-1 code")
    found = _by_code(written.strip()) or _by_name().get(folded)
    if found is None:
        _refuse(written, folded, where)
        turned = _fold(_INVERTED.sub(r"\2 \1", written.strip()))
        found = _by_name().get(turned) or _by_name().get(_LONG_FORM.sub("", turned))
        _refuse(written, turned, where)
    if found is None:
        _refuse_several(written, where)
        names = [name for country in all_countries() for name in (country.name, *country.spellings)]
        raise NotFoundError("country", written, names, where=where)
    return found


def spelling_note(written: str) -> str:
    """What a reader should know about how this spelling was read; empty when there is nothing to say.

    >>> spelling_note("Korea")
    'read as South Korea'
    """
    return READ_AS.get(_fold(written), "")


def _by_code(code: str) -> Country | None:
    if re.fullmatch("[0-9]{3}", code):
        return next((country for country in all_countries() if country.numeric == code), None)
    if re.fullmatch("[A-Z]{2}", code):
        return next((country for country in all_countries() if country.alpha2 == code), None)
    return None


def _refuse(written: str, folded: str, where: str) -> None:
    for kind, table in (("a region, not a country", REGIONS), ("a former state", FORMER), ("ambiguous", AMBIGUOUS)):
        if folded in table:
            codes, note = table[folded]
            names = ", ".join(by_alpha3(code).name for code in codes)
            mend = f"name the country: {names}" if names else "name the country"
            raise InputError(f"{written!r} is {kind}", where=where, mend=mend + (f" ({note})" if note else ""))


def _refuse_several(written: str, where: str) -> None:
    parts = [part for part in re.split(r"[,;/&+]|\band\b", written) if part.strip()]
    named = [_by_code(part.strip()) or _by_name().get(_fold(part)) for part in parts]
    if len(parts) > 1 and all(named):
        names = ", ".join(country.name for country in named if country is not None)
        raise InputError(
            f"{written!r} names {len(parts)} countries", where=where, mend=f"give each a row of its own: {names}"
        )


def _fold(name: str) -> str:
    """Lower case, no accents, no punctuation, no leading article, ``saint`` for ``st``, ``and`` for ``&``."""
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i")).casefold().replace("&", " and ")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"[.'’`´]", "", plain)
    plain = re.sub(r"[^a-z0-9]+", " ", plain).strip()
    plain = re.sub(r"\bst\b", "saint", plain)
    return re.sub(r"^the ", "", plain)
