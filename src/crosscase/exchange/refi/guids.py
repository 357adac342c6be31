"""GUIDs of what is written: the one that came with an import, or one made of the id, the same every time."""

from __future__ import annotations

import uuid

from crosscase.core import Snapshot
from crosscase.core.vocabulary import Extra
from crosscase.exchange.refi.xml import GUID

__all__ = ["Guids"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:crosscase:refi-qda")
#: The tables whose rows have a GUID in a project.
TABLES = ("coders", "codes", "cases", "sources", "quotations", "codings", "memos")


class Guids:
    """The GUIDs of one study, each once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.used: set[str] = set()
        self._of: dict[tuple[str, str], str] = {}
        kept: list[tuple[str, str, Extra]] = [
            (name, id, extra) for name in TABLES for id, extra in _extras(snapshot, name)
        ]
        kept += [("variables", one.name, one.extra) for one in snapshot.study.variables]
        for name, id, extra in kept:
            found = GUID.fullmatch(str(extra.get("guid", "")))
            if found and found[1].lower() not in self.used:
                self._of[name, id] = found[1].lower()
                self.used.add(found[1].lower())

    def of(self, table: str, id: str) -> str:
        """The GUID of a row."""
        key = (table, id)
        if key not in self._of:
            self._of[key] = self.made(table, id)
        return self._of[key]

    def made(self, kind: str, name: str) -> str:
        """A new GUID that depends on nothing but the names."""
        number = 0
        while True:
            made = str(uuid.uuid5(_NAMESPACE, f"{kind}\0{name}\0{number or ''}"))
            if made not in self.used:
                self.used.add(made)
                return made
            number += 1


def _extras(snapshot: Snapshot, name: str) -> list[tuple[str, Extra]]:
    table = snapshot.table(name)
    column = "attributes" if name == "cases" else "extra"
    extras = table.column(column)
    if name == "cases":
        kept = snapshot.study.extra.get("refi", {})
        guids = kept.get("cases", {}) if isinstance(kept, dict) else {}
        extras = [{"guid": guids.get(id, "")} if isinstance(guids, dict) else {} for id in table.column("id")]
    return list(zip(table.column("id"), extras, strict=True))
