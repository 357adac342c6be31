"""Bring a second export of the same project into a study that has the first.

Programs make new GUIDs at each export, so things are known again by what a person would know them by: sources by their
text, codes by their path, coders, cases and sets by their name, quotations by their place, codings by quotation, code and
coder, links by their ends.  Nothing of the study is removed or overwritten: what it lacks is added, also a value in a row that it
has; where the two say different things the study's stands and the other is listed; what the new export has not is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from crosscase.core import TABLES, Case, Snapshot, Table
from crosscase.exchange.refi.guids import TABLES as WITH_GUID
from crosscase.exchange.refi.guids import Guids
from crosscase.exchange.refi.joining import join_kept
from crosscase.exchange.refi.names import Ids

__all__ = ["Merged", "merge"]

#: What is compared in rows that are known again, with what stands for no value.
_COMPARED: Mapping[str, Mapping[str, str]] = {
    "codes": {"definition": "", "include": "", "exclude": "", "example": "", "colour": "", "level": "free"},
    "sources": {"case": "", "language": "", "participant": ""},
    "quotations": {"case": ""},
    "codings": {"note": ""},
}
#: Kept columns of rows that are compared too begin so.
_VALUES = "variable."


@dataclass(frozen=True, slots=True)
class Merged:
    """The study with what is new, and by table how many rows were added, known again, and not in the new export.

    ``completed`` counts by table the known rows that got a value which they had not, ``conflicts`` are the values on which
    the two differ (table, id, field, what the study has and keeps, what the export has).  ``changed`` are the ids of sources
    that have the title of one in the study and another text: they were added as new.
    """

    snapshot: Snapshot
    added: Mapping[str, int]
    known: Mapping[str, int]
    absent: Mapping[str, int]
    completed: Mapping[str, int]
    conflicts: tuple[Mapping[str, str], ...] = ()
    changed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "added": dict(self.added),
            "changed": dict(self.completed),
            "known": dict(self.known),
            "only_in_the_study": dict(self.absent),
            "conflicting": [dict(one) for one in self.conflicts],
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
        self.completed: Counter[str] = Counter()
        self.conflicts: list[dict[str, str]] = []

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
        snapshot = self._with_kept(snapshot)
        return Merged(
            snapshot, self.added, self.known, self.absent, dict(self.completed), tuple(self.conflicts), changed
        )

    def _with_kept(self, snapshot: Snapshot) -> Snapshot:
        """The sets, links and graphs of both, which are kept for other programs."""
        kept = self.export.study.extra.get("refi")
        if not isinstance(kept, Mapping) or not kept:
            return snapshot
        mine = snapshot.study.extra.get("refi")
        theirs, ours = Guids(self.export), Guids(snapshot)
        same = {
            theirs.of(name, id): ours.of(name, self.ids[name].get(id, id))
            for name in WITH_GUID
            for id in self.export.table(name).column("id")
        }
        joined = join_kept(mine if isinstance(mine, Mapping) else {}, kept, same, self.ids["cases"])
        for counts, found in (
            (self.added, joined.added), (self.known, joined.known), (self.absent, joined.absent),
            (self.completed, joined.changed),
        ):  # fmt: skip
            counts.update(found)
        return snapshot.replace(study=replace(snapshot.study, extra={**snapshot.study.extra, "refi": joined.kept}))

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
        new, again = [], []
        for row in theirs:
            twins = waiting.get(their_key(row))
            if twins:
                self.ids[name][row.id] = twins.pop(0)
                again.append(row)
            else:
                self.ids[name][row.id] = ids.new(row.id, TABLES[name].__name__.lower())
                new.append(row)
        rows = (self._moved(name, row, references) for row in new)
        self.tables[name] = self._completed(name, again, references).with_rows(rows)
        if name == "cases" and (new or self.completed[name]):
            self.tables[name] = _uniform(self.tables[name])
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
            if also := row.extra.get("also_about"):
                changes["extra"] = {**row.extra, "also_about": "; ".join(self._also(str(also)))}
        if name == "sources":
            changes |= {
                "file": _renamed(row.file, row.id, changes["id"]),
                "original": _renamed(row.original, row.id, changes["id"]),
            }
        return replace(row, **changes)

    def _also(self, about: str) -> Iterator[str]:
        """The further things that a memo is about, by the study's ids."""
        for one in about.split("; "):
            table, _, id = one.partition(" ")
            yield f"{table} {self.ids.get(table, {}).get(id, id)}"

    def _completed(self, name: str, again: list[Any], references: Mapping[str, str]) -> Table[Any]:
        """The study's rows of a table with the values that only the export's have."""
        mine = self.study.table(name)
        changed: dict[str, Any] = {}
        for row in again:
            have = mine[self.ids[name][row.id]]
            values = self._values(name, have, _values(name, self._moved(name, row, references)))
            if values:
                self.completed[name] += 1
                changed[have.id] = _with_values(name, have, values)
        return Table.of(TABLES[name], [changed.get(row.id, row) for row in mine]) if changed else mine

    def _values(self, name: str, have: Any, given: Mapping[str, str]) -> dict[str, str]:
        """The values that a row lacks; those that it has otherwise are listed."""
        mine, lacking = _values(name, have), {}
        for field, value in given.items():
            if not mine.get(field):
                lacking[field] = value
            elif _name(mine[field]) != _name(value):
                self.conflicts.append(
                    {"table": name, "id": have.id, "field": field, "study": mine[field], "export": value}
                )
        return lacking

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


def _values(name: str, row: Any) -> dict[str, str]:
    """What is compared of a row: its values by field, without those that say nothing."""
    if name == "cases":
        return {field: value for field, value in row.attributes.items() if value}
    fields = {
        one: getattr(row, one) for one, nothing in _COMPARED.get(name, {}).items() if getattr(row, one) != nothing
    }
    kept = row.extra.items() if name == "sources" else ()
    return fields | {key: str(value) for key, value in kept if key.startswith(_VALUES) and value}


def _with_values(name: str, row: Any, values: Mapping[str, str]) -> Any:
    if name == "cases":
        return replace(row, attributes={**row.attributes, **values})
    kept = {key: value for key, value in values.items() if key.startswith(_VALUES)}
    fields = {key: value for key, value in values.items() if key not in kept}
    return replace(row, **fields, **({"extra": {**row.extra, **kept}} if kept else {}))


def _uniform(cases: Table[Case]) -> Table[Case]:
    """Every case has every attribute that some case has, in one order."""
    names = dict.fromkeys(name for one in cases for name in one.attributes)
    return Table.of(
        Case, [replace(one, attributes={name: one.attributes.get(name, "") for name in names}) for one in cases]
    )


def _renamed(file: str, before: str, after: str) -> str:
    """The file of a source that got another id."""
    return f"{after}{file[len(before) :]}" if file.startswith(before) else file


def _name(text: Any) -> str:
    return " ".join(str(text).casefold().split())
