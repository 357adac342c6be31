"""Bring a second export of the same project into a study that has the first.

Programs make new GUIDs at each export, so things are known again by what a person would know them by: sources by their
text, codes by their path, coders and cases by their name, quotations by their place, codings by quotation, code and coder.
Nothing of the study is changed or removed; what the new export has not is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from crosscase.core import TABLES, Snapshot, Table
from crosscase.exchange.refi.names import Ids

__all__ = ["Merged", "merge"]


@dataclass(frozen=True, slots=True)
class Merged:
    """The study with what is new, and by table how many rows were added, known again, and not in the new export.

    ``changed`` are the ids of sources that have the title of one in the study and another text: they were added as new.
    """

    snapshot: Snapshot
    added: Mapping[str, int]
    known: Mapping[str, int]
    absent: Mapping[str, int]
    changed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "added": dict(self.added),
            "known": dict(self.known),
            "only_in_the_study": dict(self.absent),
            "sources_with_another_text": list(self.changed),
        }


def merge(study: Snapshot, export: Snapshot) -> Merged:
    """The study with what a new export of it has and it has not."""
    return _Merge(study, export).merged()


class _Merge:
    def __init__(self, study: Snapshot, export: Snapshot) -> None:
        self.study = study
        self.export = export
        #: Of each table, the export's ids and the study's.
        self.ids: dict[str, dict[str, str]] = {}
        self.tables: dict[str, Table[Any]] = {}
        self.added: dict[str, int] = {}
        self.known: dict[str, int] = {}
        self.absent: dict[str, int] = {}

    def merged(self) -> Merged:
        study, export = self.study, self.export
        self._rows("cases", lambda of: lambda row: _name(row.attributes.get("case name") or row.id), {})
        self._rows("coders", lambda of: lambda row: _name(row.name or row.id), {})
        self._rows("codes", lambda of: lambda row: tuple(map(_name, of.code_path(row.id))), {"parent": "codes"})
        self._rows("sources", lambda of: lambda row: row.hash or _name(row.title or row.id), {"case": "cases"})
        new = {id for id, mine in self.ids["sources"].items() if study.sources.get(mine) is None}
        self._rows("quotations", self._place, {"source": "sources", "case": "cases"})
        references = {"quotation": "quotations", "code": "codes", "coder": "coders"}
        self._rows("codings", self._coding, references)
        self._rows("memos", self._memo, {})
        turns = [replace(turn, source=self.ids["sources"][turn.source]) for turn in export.turns if turn.source in new]
        texts = {self.ids["sources"][id]: text for id, text in export.texts.items() if id in new}
        originals = {self.ids["sources"][id]: data for id, data in export.originals.items() if id in new}
        names = {one.name for one in study.study.variables}
        head = replace(
            study.study,
            variables=(*study.study.variables, *(one for one in export.study.variables if one.name not in names)),
        )
        titles = {_name(one.title): one.hash for one in study.sources if one.title}
        changed = tuple(
            self.ids["sources"][one.id]
            for one in export.sources
            if one.id in new and titles.get(_name(one.title), one.hash) != one.hash
        )
        snapshot = study.replace(
            study=head,
            texts={**study.texts, **texts},
            originals={**study.originals, **originals},
            turns=study.turns.with_rows(turns),
            **self.tables,
        )
        return Merged(snapshot, self.added, self.known, self.absent, changed)

    def _rows(
        self, name: str, key_of: Callable[[Snapshot], Callable[[Any], Hashable]], references: Mapping[str, str]
    ) -> None:
        """Know the rows of a table again by their key, and add those that are new with ids that are free."""
        mine, theirs = self.study.table(name), self.export.table(name)
        ids = Ids()
        for id in mine.column("id"):
            ids.take(id)
        my_key = key_of(self.study)
        waiting: dict[Hashable, list[str]] = {}
        for row in mine:
            waiting.setdefault(my_key(row), []).append(row.id)
        their_key = key_of(self.export)
        self.ids[name] = {}
        new = []
        for row in theirs:
            twins = waiting.get(their_key(row))
            if twins:
                self.ids[name][row.id] = twins.pop(0)
            else:
                self.ids[name][row.id] = ids.new(row.id, TABLES[name].__name__.lower())
                new.append(row)
        rows = (self._moved(name, row, references) for row in new)
        self.tables[name] = mine.with_rows(rows)
        self._count(name, len(new), len(theirs) - len(new), sum(map(len, waiting.values())))

    def _moved(self, name: str, row: Any, references: Mapping[str, str]) -> Any:
        """A row of the export with the study's ids."""
        changes: dict[str, Any] = {"id": self.ids[name][row.id]}
        for column, table in references.items():
            value = getattr(row, column)
            changes[column] = self.ids[table].get(value, value) if value else value
        if name == "memos":
            changes["about"] = self.ids.get(row.about_kind, {}).get(row.about, row.about)
            changes["author"] = self.ids["coders"].get(row.author, row.author)
        if name == "sources":
            changes |= {
                "file": _renamed(row.file, row.id, changes["id"]),
                "original": _renamed(row.original, row.id, changes["id"]),
            }
        return replace(row, **changes)

    def _place(self, of: Snapshot) -> Callable[[Any], Hashable]:
        mine = self.ids["sources"] if of is self.export else {}
        return lambda row: (
            mine.get(row.source, row.source),
            row.start,
            row.end,
            "" if row.start is not None else row.locator,
        )

    def _coding(self, of: Snapshot) -> Callable[[Any], Hashable]:
        if of is self.study:
            return lambda row: (row.quotation, row.code, row.coder)
        ids = self.ids
        return lambda row: (
            ids["quotations"].get(row.quotation), ids["codes"].get(row.code), ids["coders"].get(row.coder, row.coder),
        )  # fmt: skip

    def _memo(self, of: Snapshot) -> Callable[[Any], Hashable]:
        if of is self.study:
            return lambda row: (row.about_kind, row.about, row.title, row.text)
        ids = self.ids
        return lambda row: (row.about_kind, ids.get(row.about_kind, {}).get(row.about, row.about), row.title, row.text)

    def _count(self, name: str, added: int, known: int, absent: int) -> None:
        for counts, count in ((self.added, added), (self.known, known), (self.absent, absent)):
            if count:
                counts[name] = count


def _renamed(file: str, before: str, after: str) -> str:
    """The file of a source that got another id."""
    return f"{after}{file[len(before) :]}" if file.startswith(before) else file


def _name(text: Any) -> str:
    return " ".join(str(text).casefold().split())
