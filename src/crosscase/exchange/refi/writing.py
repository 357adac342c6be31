"""A study as a REFI-QDA project: valid against the schema, positions in code points, and our side files beside it.

Other programs read the standard's part.  What it cannot hold (events, claims, constructs, surveys, …) is in the side files,
and :func:`crosscase.exchange.refi.read_project` gives the whole study back.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from crosscase.core import PartialDate, Quotation, Snapshot
from crosscase.core.errors import CrosscaseError, InputError
from crosscase.exchange.refi.aside import put_back
from crosscase.exchange.refi.codebook import LEVEL_SET, code_elements, levels_used
from crosscase.exchange.refi.elements import Elements, valid_time
from crosscase.exchange.refi.guids import Guids
from crosscase.exchange.refi.report import Written
from crosscase.exchange.refi.side import side_files
from crosscase.exchange.refi.xml import IN_PROJECT, PROJECT, allowed

__all__ = ["write_project"]

_TYPES = {
    "boolean": "Boolean", "integer": "Integer", "year": "Integer", "number": "Float", "percent": "Float", "date": "Date",
}  # fmt: skip
_VALID = {
    "Boolean": re.compile("true|false|1|0"),
    "Integer": re.compile(r"[+-]?\d+", re.ASCII),
    "Float": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII),
    "DateTime": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?", re.ASCII),
}
#: Tables that the standard's part has no place for.
_ASIDE = ("participants", "events", "ties", "observations", "constructs", "claims", "stances", "samples", "analyses",
          "surveys", "acceptances")  # fmt: skip
#: All members carry this time, so that the same study gives the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def write_project(snapshot: Snapshot, path: str | Path) -> Written:
    """Write a .qdpx file, whole or not at all.

    Raises:
        InputError: it cannot be written there.
    """
    made = _Project(snapshot)
    project = made.xml()
    members = made.elements.members
    files = {"project.qde": project, **members, **side_files(snapshot, project, members)}
    _write_zip(Path(path), files)
    return Written(dict(made.elements.counts), dict(made.elements.left))


class _Project:
    """The standard's part of one study."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.guids = Guids(snapshot)
        self.elements = Elements(snapshot, self.guids)
        self.kept: Mapping[str, Any] = kept if isinstance(kept := snapshot.study.extra.get("refi"), Mapping) else {}
        self.variables: dict[str, tuple[str, str]] = {}
        for name in _ASIDE:
            if count := len(snapshot.table(name)):
                self.elements.left[name] += count

    def xml(self) -> bytes:
        """The project file."""
        title = allowed(self.snapshot.study.title or "Crosscase study")
        root = etree.Element(f"{{{PROJECT}}}Project", nsmap=IN_PROJECT, name=title, origin="Crosscase")
        parts = {
            "Users": self._users, "CodeBook": self._codebook, "Variables": self._variables, "Cases": None,
            "Sources": self._sources, "Notes": self._notes, "Links": self._links, "Sets": self._sets, "Graphs": self._graphs,
        }  # fmt: skip
        for tag, fill in parts.items():
            part = etree.SubElement(root, f"{{{PROJECT}}}{tag}")
            if fill is not None:
                fill(part)
        self._cases(root[3])  # refer to selections, which are known only after the sources
        for part in list(root):
            if not len(part):
                root.remove(part)
        self.elements.description(root, "", "")
        self.elements.note_references(root, "", "")
        return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))

    def _users(self, parent: Any) -> None:
        for coder in self.snapshot.coders:
            attributes = {"guid": self.guids.of("coders", coder.id), "name": allowed(coder.name or coder.id)}
            if initials := coder.extra.get("initials"):
                attributes["id"] = allowed(str(initials))
            self.elements.add(parent, "User", **attributes)

    def _codebook(self, parent: Any) -> None:
        if len(self.snapshot.codes):
            codes = self.elements.add(parent, "Codes")
            code_elements(codes, self.snapshot, self.guids, PROJECT, self.elements.note_references)
        self.elements.counts["codes"] += len(self.snapshot.codes)

    # -- variables and cases -------------------------------------------------------------------------------------------

    def _variables(self, parent: Any) -> None:
        values: dict[str, list[str]] = {one.name: [] for one in self.snapshot.study.variables}
        for case in self.snapshot.cases:
            for name, value in case.attributes.items():
                if name != "case name":
                    values.setdefault(name, []).append(str(value))
        for extra in self.snapshot.sources.column("extra"):
            for key, value in extra.items():
                if key.startswith("variable."):
                    values.setdefault(key[9:], []).append(str(value))
        for name, given in values.items():
            declared = self.snapshot.study.variable(name)
            kind = _type(declared.type if declared else "text", given)
            identity = self.guids.of("variables", name)
            self.variables[name] = identity, kind
            element = self.elements.add(parent, "Variable", guid=identity, name=allowed(name), typeOfVariable=kind)
            if declared is not None and declared.label:
                self.elements.add(element, "Description").text = allowed(declared.label)
        self.elements.counts["variables"] += len(values)

    def _cases(self, parent: Any) -> None:
        of_code = self._references("codes_of_cases")
        for case in self.snapshot.cases:
            name = str(case.attributes.get("case name") or case.id)
            element = self.elements.add(parent, "Case", guid=self.guids.of("cases", case.id), name=allowed(name))
            self.elements.description(element, "cases", case.id)
            codes = (
                {self.guids.of("codes", id) for id in self.snapshot.codes.column("id")} if case.id in of_code else set()
            )
            for identity in of_code.get(case.id, ()):
                if identity in codes:
                    self.elements.add(element, "CodeRef", targetGUID=identity)
            given = {key: str(value) for key, value in case.attributes.items() if key != "case name"}
            self.elements.variable_values(element, given, self.variables)
            self._members(element, case.id)
        self.elements.counts["cases"] += len(self.snapshot.cases)

    def _members(self, element: Any, case: str) -> None:
        """The sources and the selections of a case."""
        ids = self.snapshot.sources.column("id")
        sources = {
            self.guids.of("sources", ids[place]) for place in self.snapshot.sources.positions("case").get(case, ())
        }
        known = set(map(self._source_guid, ids)) if "sources_of_cases" in self.kept else set()
        sources |= set(self._references("sources_of_cases").get(case, ())) & known
        for identity in sorted(sources):
            self.elements.add(element, "SourceRef", targetGUID=identity)
        ids = self.snapshot.quotations.column("id")
        places = self.snapshot.quotations.positions("case").get(case, ())
        selections = [
            self.elements.selections[ids[place]] for place in places if ids[place] in self.elements.selections
        ]
        known = set(self.elements.selections.values()) if "selections_of_cases" in self.kept else set()
        selections += [one for one in self._references("selections_of_cases").get(case, ()) if one in known]
        for identity in dict.fromkeys(selections):
            self.elements.add(element, "SelectionRef", targetGUID=identity)

    def _source_guid(self, id: str) -> str:
        return self.guids.of("sources", id)

    def _references(self, key: str) -> dict[str, list[str]]:
        """What came with an import as GUID -> cases, turned round."""
        turned: dict[str, list[str]] = {}
        given = self.kept.get(key, {})
        for identity, cases in given.items() if isinstance(given, Mapping) else ():
            for case in cases if isinstance(cases, list | tuple) else ():
                turned.setdefault(str(case), []).append(str(identity))
        return turned

    # -- sources, notes and the rest -----------------------------------------------------------------------------------

    def _sources(self, parent: Any) -> None:
        by_source: dict[str, list[Quotation]] = {}
        for quotation in self.snapshot.quotations:
            by_source.setdefault(quotation.source, []).append(quotation)
        for source in self.snapshot.sources:
            self.elements.source(parent, source, by_source.pop(source.id, []), self.variables)
        for quotations in by_source.values():
            self.elements.left["quotation without a source"] += len(quotations)
            codings = sum(len(self.elements.codings_of(one)) for one in quotations)
            if codings:
                self.elements.left["coding of a quotation without a source"] += codings

    def _notes(self, parent: Any) -> None:
        for memo in self.snapshot.memos:
            if memo.id in self.elements.described or (
                memo.about_kind == "cases" and self._describes(memo.about, memo.id)
            ):
                continue
            attributes = {"guid": self.guids.of("memos", memo.id)}
            if memo.title:
                attributes["name"] = allowed(memo.title)
            if memo.author in self.snapshot.coders:
                attributes["creatingUser"] = self.guids.of("coders", memo.author)
            if memo.date is not None and memo.date.day is not None:
                attributes["creationDateTime"] = f"{memo.date}T00:00:00Z"
            element = self.elements.add(parent, "Note", **attributes)
            if described := memo.extra.get("description"):
                self.elements.add(element, "Description").text = allowed(str(described))
            self.elements.add(element, "PlainTextContent").text = allowed(memo.text)
            self.elements.counts["memos"] += 1
        for identity, title, text in self.elements.notes:
            element = self.elements.add(parent, "Note", guid=identity, name=title)
            self.elements.add(element, "PlainTextContent").text = allowed(text)

    def _describes(self, case: str, memo: str) -> bool:
        """Whether a memo will be the description of a case, which are written last."""
        described = [
            one for one in self.elements.about("cases", case) if one.extra.get("refi") == "description" and one.text
        ]
        return bool(described) and described[0].id == memo and case in self.snapshot.cases

    def _links(self, parent: Any) -> None:
        """Links of an import, and one from each memo about a case, which has no place for references to notes."""
        written = self._written(cases=True)
        for one in put_back(self.kept.get("links"), "Link", written):
            parent.append(one)
        linked = {(one.get("originGUID"), one.get("targetGUID")) for one in parent}
        for memo in self.snapshot.memos:
            if (
                memo.about_kind == "cases"
                and memo.about in self.snapshot.cases
                and not self._describes(memo.about, memo.id)
            ):
                ends = self.guids.of("memos", memo.id), self.guids.of("cases", memo.about)
                if ends not in linked and ends[::-1] not in linked:
                    identity = self.guids.made("links", memo.id)
                    self.elements.add(
                        parent, "Link", guid=identity, direction="OneWay", originGUID=ends[0], targetGUID=ends[1]
                    )
        self.elements.counts["links"] += len(parent)

    def _sets(self, parent: Any) -> None:
        for one in put_back(self.kept.get("sets"), "Set", self._written()):
            parent.append(one)
        for level, ids in levels_used(self.snapshot).items():
            identity = self.guids.made("sets", LEVEL_SET + level)
            one = self.elements.add(parent, "Set", guid=identity, name=LEVEL_SET + level)
            for id in ids:
                self.elements.add(one, "MemberCode", targetGUID=self.guids.of("codes", id))
        self.elements.counts["sets"] += len(parent)

    def _graphs(self, parent: Any) -> None:
        for one in put_back(self.kept.get("graphs"), "Graph", self._written()):
            parent.append(one)

    def _written(self, *, cases: bool = False) -> set[str]:
        """The GUIDs to which sets, links and graphs may refer."""
        if not any(self.kept.get(name) for name in ("sets", "links", "graphs")):
            return set()
        tables = ("codes", "sources", "memos", "codings", *(("cases",) if cases else ()))
        written = {self.guids.of(name, id) for name in tables for id in self.snapshot.table(name).column("id")}
        return (
            written
            | set(self.elements.selections.values())
            | {self.guids.of("cases", id) for id in self.snapshot.cases.column("id")}
        )


def _type(declared: str, values: Iterable[str]) -> str:
    """The type of a variable in the standard: its own when all values admit it, else text."""
    values = [value for value in values if value]
    kind = _TYPES.get(declared, "Text")
    for one in (kind, "DateTime") if kind == "Date" else (kind,):
        if all(_admits(one, value) for value in values):
            return one
    return "Text"


def _admits(kind: str, value: str) -> bool:
    if kind == "Text":
        return True
    if kind == "Date":
        try:
            date = PartialDate.parse(value)
        except CrosscaseError:
            return False
        return date.day is not None and date.year > 0 and value == str(date)
    return bool(_VALID[kind].fullmatch(value)) and (kind != "DateTime" or valid_time(value))


def _write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """The archive, made beside its place and put there in one step."""
    handle, name = None, ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in files.items():
                info = zipfile.ZipInfo(member, _TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise InputError(
            f"the project could not be written: {error.strerror or error}", where=str(path), mend="nothing was changed"
        ) from None
