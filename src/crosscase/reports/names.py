"""Names that a reader sees for the codes that a study holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crosscase.core import TABLES, Snapshot
from crosscase.core.countries import by_alpha3
from crosscase.core.errors import InputError
from crosscase.reports.table import Format


def country_name(code: str) -> str:
    """The name of a country by its alpha-3 code; the code itself when there is no such country."""
    try:
        return by_alpha3(code).name
    except InputError:
        return code


#: Words of measures that are not written small.
_PROPER = {"inv": "INV", "psi": "PSI", "blau": "Blau", "ei": "E–I"}


def evidence_words(snapshot: Snapshot, reference: str) -> str:
    """What a reference of a finding (``events:e12``) points to, in words; the reference itself when it is nothing known."""
    kind, _, id = reference.partition(":")
    if kind == "events" and (event := snapshot.events.get(id)) is not None:
        words = (event.kind, country_name(event.place) if event.place else "", str(event.date or "undated"))
        return " ".join(word for word in words if word)
    if kind == "observations" and (one := snapshot.observations.get(id)) is not None:
        return f"{one.basis} {one.measure} {one.value}" + (f", {one.locator}" if one.locator else "")
    return id if kind in TABLES and id else reference


def measure_name(measure: str) -> str:
    """A measure's name as words.

    >>> measure_name("years_to_internationalization")
    'Years to internationalization'
    """
    words = [_PROPER.get(word, word) for word in measure.replace("_", " ").split()]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def value_text(value: Any) -> str:
    """An input of a measure as words: numbers short, lists and mappings in one line."""
    if value is None:
        return "no data"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return Format()(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{value_text(key)}: {value_text(one)}" for key, one in value.items()) or "none"
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return ", ".join(value_text(one) for one in value) or "none"
    return str(value)
