"""A firm that is no case of the study: its attributes, events, ties and figures, under the keys of the study folder.

::

    id = "Nova"                      # a name of your own; nothing is kept

    [attributes]                     # the variables of study.toml
    founded = 2015
    sector = "software"

    [[event]]
    kind = "entry"
    place = "Germany"
    date = "2017"

    [[tie]]
    alter = "first client"
    kind = "client"

    [[observation]]
    measure = "intensity"
    value = "40%"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosscase.core import Case, Event, Observation, Snapshot, Tie
from crosscase.core.countries import resolve
from crosscase.core.errors import InputError, nearest
from crosscase.evidence.ledger import Ledger
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.records import record_from_toml, tables_in

_TABLES: Mapping[str, type[Any]] = {"event": Event, "tie": Tie, "observation": Observation}
_KEYS = ("id", "attributes", *_TABLES)


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm as it was described.  ``unknown`` are attributes that no case of the study has."""

    case: Case
    events: tuple[Event, ...] = ()
    ties: tuple[Tie, ...] = ()
    observations: tuple[Observation, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.case.id


def firm_from_document(document: Mapping[str, Any], snapshot: Snapshot, file: str = "the firm") -> Firm:
    """The firm in a toml document.

    Raises:
        InputError: a key, country or date that cannot be read, or the id of a case of the study; lists all that is wrong.
    """
    problems = Problems(file)
    for key in document:
        if key not in _KEYS:
            problems.add(
                f"there is no key '{key}'", mend=f"a firm has {', '.join(_KEYS)}; variables stand under [attributes]"
            )
    id = str(document.get("id", "")).strip() or "the firm"
    if id in snapshot.cases:
        problems.add(f"'{id}' is a case of the study", column="id", mend="give the firm another name")
    given = document.get("attributes", {})
    if not isinstance(given, Mapping):
        problems.add("attributes is not a table", mend="write [attributes] and under it a line a variable")
        given = {}
    rows = {key: _rows(document, key, row, id, problems) for key, row in _TABLES.items()}
    countries = {"home"} | {variable.name for variable in snapshot.study.variables if variable.type == "country"}
    attributes = {
        str(name): _country(_text(value), problems, "attributes", str(name)) if name in countries else _text(value)
        for name, value in given.items()
    }
    problems.raise_any()
    known = {variable.name for variable in snapshot.study.variables}
    known |= {name for attributes in snapshot.cases.column("attributes") for name in attributes}
    return Firm(
        Case(id, attributes),
        tuple(rows["event"]),
        tuple(rows["tie"]),
        tuple(rows["observation"]),
        tuple(name for name in attributes if name not in known),
    )


def nearest_attribute(firm: Firm, name: str, snapshot: Snapshot) -> str:
    """The variable that was probably meant by a name that no case has; empty when nothing is like it."""
    names = [variable.name for variable in snapshot.study.variables]
    return next(iter(nearest(name, names)), "") if names else ""


def ledger_of(firm: Firm, snapshot: Snapshot) -> Ledger:
    """The ledger of a study that has the firm as its only case: the same variables, schemes and constructs."""
    return Ledger(
        Snapshot.of(
            snapshot.study,
            cases=[firm.case],
            events=firm.events,
            ties=firm.ties,
            observations=firm.observations,
            codes=snapshot.codes,
            constructs=snapshot.constructs,
            claims=snapshot.claims,
        )
    )


def _rows(document: Mapping[str, Any], key: str, row: type[Any], firm: str, problems: Problems) -> list[Any]:
    found = []
    for number, values in enumerate(tables_in(document, key, problems), start=1):
        place = f"{key} {number}"
        if not isinstance(values, Mapping):
            problems.add(f"{values!r} is not a table", place=place)
            continue
        given = {"id": f"{firm}-{key}-{number}", **values, "case": firm}
        if given.get("place"):
            given["place"] = _country(str(given["place"]), problems, place, "place")
        required = {"event": ("kind",), "tie": ("alter",), "observation": ("measure",)}[key]
        one = record_from_toml(row, given, problems, place, required=required)
        if one is not None:
            found.append(one)
    return found


def _country(written: str, problems: Problems, place: str, key: str) -> str:
    try:
        return resolve(written).alpha3 if written.strip() else ""
    except InputError as error:
        problems.add_error(error, place=place, column=key)
        return ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return str(value)
