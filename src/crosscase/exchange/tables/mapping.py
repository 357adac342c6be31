"""Which column of a file becomes which field of which table: guessed, shown, corrected, saved."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from crosscase.core import TABLES
from crosscase.core.errors import InputError, NotFoundError, nearest
from crosscase.exchange.folder.sheets import alike
from crosscase.exchange.folder.toml import read_toml, write_toml
from crosscase.exchange.tables.dates import ORDERS
from crosscase.exchange.tables.raw import RawTable

#: The tables that can be filled from a table file.
IMPORTABLE = ("cases", "participants", "events", "ties", "observations", "surveys")

#: The field of a column that is kept under its own name (an attribute of a case, an ``extra`` of any other row).
KEEP = "keep"
#: The field of a column that is left out.
SKIP = ""
#: Cases that the study has already get further attributes from the file.
ADD = "add"
#: Before the name of a measure: the column holds the figures of that measure, a row a case.
VALUE = "value:"

#: Other names for a field, folded to letters and digits.
SYNONYMS: Map[str, tuple[str, ...]] = {
    "case": (
        "firm",
        "firmid",
        "company",
        "companyid",
        "caseid",
        "organisation",
        "organization",
        "sme",
        "bg",
        "venture",
    ),
    "id": ("identifier", "code", "key", "nr", "no", "number"),
    "place": ("country", "market", "hostcountry", "location", "destination", "iso3", "countrycode", "foreignmarket"),
    "date": ("year", "when", "entryyear", "yearofentry", "entrydate", "dateofentry", "period"),
    "kind": ("type", "event", "eventtype", "category", "tietype"),
    "mode": ("entrymode", "modeofentry", "operationmode"),
    "partner": ("counterpart", "with"),
    "evidence": ("source", "reference", "ref"),
    "note": ("notes", "comment", "comments", "remark", "remarks"),
    "alter": ("name", "contact", "actor", "tie", "relation"),
    "boundary": ("internalexternal", "internalorexternal"),
    "start": ("from", "since", "startyear", "begin", "startdate"),
    "end": ("to", "until", "endyear", "enddate"),
    "role": ("position", "jobtitle", "title", "function"),
    "consent": ("consentscope", "permission"),
    "consent_until": ("consentenddate", "consentexpires", "consentvaliduntil"),
    "measure": ("indicator", "variable", "figure"),
    "value": ("amount", "score", "result"),
    "unit": ("units", "currency"),
    "locator": ("page", "table", "where"),
}
#: The keys of a saved mapping that hold a text.
_TEXTS = ("table", "dates", "existing", "sheet")
#: Names that cases go by, in the table of cases itself.
_CASE_IDS = ("id", "case", *SYNONYMS["case"], "name")


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the columns of one file mean.

    ``columns`` maps a column to a field, to ``keep`` (or ``keep:other name``), to ``value:measure`` or to the empty text,
    which leaves it out.  ``constants`` fill fields that have no column, such as ``kind = "entry"``.  ``dates`` is one of
    :data:`ORDERS`.  ``existing`` is ``add`` when cases that the study has already get further attributes from the file.
    """

    table: str
    columns: Map[str, str] = field(default_factory=dict)
    constants: Map[str, str] = field(default_factory=dict)
    dates: str = ""
    existing: str = ""
    sheet: str = ""

    def __post_init__(self) -> None:
        if self.table not in IMPORTABLE:
            raise NotFoundError("table to import into", self.table, IMPORTABLE)
        if self.dates not in ORDERS:
            raise NotFoundError("order of dates", self.dates, ORDERS[1:])
        if self.existing not in ("", ADD):
            raise NotFoundError("way with existing cases", self.existing, [ADD])
        if self.existing and self.table != "cases":
            raise InputError(f"only cases can be added to, not {self.table}", mend="leave out the key existing")
        known = target_fields(self.table)
        given = [name for name in self.columns.values() if name and not is_kept(name) and not name.startswith(VALUE)]
        for name in (*given, *self.constants):
            if name not in known:
                raise NotFoundError(f"field of {self.table}", name, [*known, KEEP])
            if given.count(name) > 1:
                raise InputError(
                    f"two columns are to become the field '{name}'", mend="keep one and leave out the other"
                )

    def column_of(self, field: str) -> str:
        """The column that becomes a field, or the field's own name when none does."""
        return next((column for column, name in self.columns.items() if name == field), field)

    def with_column(self, column: str, field: str) -> Mapping:
        """This mapping with another meaning of one column."""
        return replace(self, columns={**self.columns, column: field})

    def describe(self) -> list[tuple[str, str]]:
        """Column and what becomes of it, in the order of the file."""
        return [(column, name or "left out") for column, name in self.columns.items()]

    def save(self, path: str | Path) -> None:
        """Write it to a small toml file."""
        document: dict[str, Any] = {key: getattr(self, key) for key in _TEXTS}
        document = {key: value for key, value in document.items() if value}
        Path(path).write_text(
            write_toml({**document, "columns": dict(self.columns), "constants": dict(self.constants)}),
            encoding="utf-8",
            newline="\n",
        )

    @classmethod
    def load(cls, path: str | Path) -> Mapping:
        """Read what :meth:`save` wrote, or a person."""
        path = Path(path)
        if not path.is_file():
            raise InputError(f"there is no file {path}")
        document = read_toml(path)
        allowed = (*_TEXTS, "columns", "constants")
        if unknown := [key for key in document if key not in allowed]:
            raise NotFoundError("key of a mapping", unknown[0], allowed, where=path.name)
        texts = {key: document.get(key, "") for key in _TEXTS}
        maps = {key: document.get(key, {}) for key in ("columns", "constants")}
        for key, value in texts.items():
            if not isinstance(value, str):
                raise InputError(f"{key} is {value!r}, not a text", where=path.name)
        for key, value in maps.items():
            if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
                raise InputError(f"[{key}] holds something other than texts", where=path.name)
        return cls(**texts, **maps)


def target_fields(table: str) -> tuple[str, ...]:
    """The fields of a table that a column can become."""
    if table == "surveys":
        return ("id", "title", "case")
    return tuple(field.name for field in fields(TABLES[table]) if field.name not in ("attributes", "extra"))


def is_kept(name: str) -> bool:
    """Whether a column with this field is kept under its own or another name."""
    return name == KEEP or name.startswith(f"{KEEP}:")


def guess(raw: RawTable, table: str, **constants: str) -> Mapping:
    """A mapping from the names of the columns; columns that no field fits are kept."""
    known = target_fields(table)
    names: dict[str, str] = {}
    if table != "surveys":
        for wanted in known:
            candidates = _CASE_IDS if (table, wanted) == ("cases", "id") else (wanted, *SYNONYMS.get(wanted, ()))
            column = _first(raw.columns, candidates, taken=names, guarded=known)
            if column is not None and wanted not in constants:
                names[column] = wanted
    columns = {column: names.get(column, KEEP) for column in raw.columns}
    if table == "events" and "kind" not in columns.values():
        constants.setdefault("kind", "entry")
    return Mapping(table, columns, constants, sheet=raw.sheet)


def unlike(mapping: Mapping) -> list[str]:
    """A sentence for every column that is no field of the table, with the field that may be meant."""
    if mapping.table in ("cases", "surveys"):
        return []
    free = [
        name for name in target_fields(mapping.table) if name not in (*mapping.columns.values(), *mapping.constants)
    ]
    said = []
    for column, name in mapping.columns.items():
        if is_kept(name):
            close = [one for one in nearest(column, free)[:1] if alike(column, one)]
            near = f"is '{close[0]}' meant?" if close else f"fields without a column: {', '.join(free)}"
            said.append(f"the column '{column}' is no field of {mapping.table} and is kept as it is; {near}")
    return said


def _first(
    columns: tuple[str, ...], candidates: tuple[str, ...], *, taken: Map[str, str], guarded: tuple[str, ...]
) -> str | None:
    """The column that is called by the earliest of the candidates; no synonym takes the column of another field."""
    folded = {column: re.sub(r"[^a-z0-9]", "", column.casefold()) for column in columns if column not in taken}
    others = {name.replace("_", "") for name in guarded} - {candidates[0]}
    for candidate in (one.replace("_", "") for one in candidates):
        for column, name in folded.items():
            if name == candidate and (candidate == candidates[0].replace("_", "") or name not in others):
                return column
    return None
