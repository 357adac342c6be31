"""Who changed what and when, and whether the record of it is whole."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crosscase.core import TABLES
from crosscase.core.errors import InputError, NotFoundError
from crosscase.core.results import Tabular

if TYPE_CHECKING:
    from crosscase.store import AuditEntry, AuditReport
    from crosscase.study.places import Place

#: What an entry can be about: a table, the head of the study, the words or the document of a source.
OBJECTS = (*TABLES, "studies", "texts", "originals")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; what is empty does not matter.

    ``table`` is one of :data:`OBJECTS`, ``row`` an id in it, ``action`` what was done with it; ``since`` and ``until`` are
    days as 2026-11-22 (UTC), both included.
    """

    who: str = ""
    action: str = ""
    table: str = ""
    row: str = ""
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        """NotFoundError for a table or action that there is none of, InputError for what is no day."""
        from crosscase.store.audit import ACTIONS

        if self.table and self.table not in OBJECTS:
            raise NotFoundError("table", self.table, OBJECTS, where="table")
        if self.action and self.action not in ACTIONS:
            raise NotFoundError("action", self.action, ACTIONS, where="action")
        since, until = _day(self.since, "since"), _day(self.until, "until")
        if since and until and until < since:
            raise InputError(f"no day lies between {self.since} and {self.until}", where="until")

    def asked(self) -> dict[str, Any]:
        """What the store is asked with."""
        texts = {"who": self.who, "action": self.action, "of": self.table, "row": self.row}
        days = {"since": _day(self.since, "since"), "until": _day(self.until, "until")}
        return {name: value for name, value in {**texts, **days}.items() if value}


@dataclass(frozen=True, slots=True)
class Trail(Tabular):
    """The latest entries, and what the verification of the whole chain said."""

    entries: tuple[AuditEntry, ...]
    report: AuditReport

    @property
    def verdict(self) -> str:
        """One line for a person."""
        if self.report.whole:
            return f"{self.report.entries} entries; the chain is whole. Its last hash: {self.report.last_hash}"
        return f"The chain is broken at entry {self.report.broken_at}: {self.report.why}"

    def columns(self) -> tuple[str, ...]:
        return ("no", "when", "who", "what", "action", "table", "row")

    def rows(self) -> list[tuple[Any, ...]]:
        return [(one.sequence, one.at, one.who, one.what, one.action, one.of, one.row) for one in self.entries]

    def to_dict(self) -> dict[str, Any]:
        return {"entries": [one.to_dict() for one in self.entries], "verification": self.report.to_dict()}

    def only(self, wanted: Filter, limit: int | None = None) -> Trail:
        """The entries that fit, as the store would find them."""
        texts = {"who": wanted.who, "action": wanted.action, "of": wanted.table, "row": wanted.row}
        found = [
            one
            for one in self.entries
            if all(value in ("", getattr(one, name)) for name, value in texts.items())
            and (wanted.since or "0") <= one.at[:10] <= (wanted.until or "9")
        ]
        return Trail(tuple(found[:limit]), self.report)

    def csv(self) -> str:
        """The entries for a spreadsheet, which takes none of them for a formula."""
        from crosscase.reports.formats.csv import neutral

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns())
        writer.writerows([cell if isinstance(cell, int) else neutral(str(cell)) for cell in row] for row in self.rows())
        return out.getvalue()


def trail(place: Place, *, wanted: Filter | None = None, limit: int | None) -> Trail:
    """The latest entries that fit, the last one first."""
    store, study = place.database()
    entries = store.audit(study, **(wanted or Filter()).asked(), limit=limit, latest=True)
    entries.reverse()
    return Trail(tuple(entries), store.verify_audit(study))


def _day(text: str, where: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"'{text}' is no day", where=where, mend="write it as in 2026-11-22") from None
