"""Who changed what and when, and whether the record of it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crosscase.core.results import Tabular

if TYPE_CHECKING:
    from crosscase.store import AuditEntry, AuditReport
    from crosscase.study.places import Place


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


def trail(place: Place, *, who: str | None, limit: int | None) -> Trail:
    """The latest entries, the last one first."""
    store, study = place.database()
    entries = store.audit(study, who=who, limit=limit, latest=True)
    entries.reverse()
    return Trail(tuple(entries), store.verify_audit(study))
