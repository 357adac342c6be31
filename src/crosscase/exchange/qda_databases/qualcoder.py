"""QualCoder: texts with codings by position, pictures by region, recordings by time; cases, attributes, journals."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from crosscase.core import Case, Code, Study, Variable
from crosscase.exchange.archive import Limits
from crosscase.exchange.qda_databases.common import Project, text_in
from crosscase.exchange.refi.choosing import choose, doubts
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.refi.positions import STANDARD, Convention, Ruler, Selection, Selections
from crosscase.exchange.refi.report import Read
from crosscase.exchange.refi.sources import seconds
from crosscase.exchange.refi.texts import suffix_of

__all__ = ["QualCoder"]

#: What a file is, by the folder in which QualCoder keeps it.
_MEDIA = {"images": "picture", "audio": "audio", "video": "video"}
_TYPES = {"numeric": "number", "character": "text"}
#: Not read; their rows are counted as dropped.
_LEFT = ("graph", "stored_sql", "code_image_links", "files_filter")


class QualCoder(Project):
    """The reader of one project; ``file`` is its database, beside which the folders of its files are."""

    def __init__(self, database: sqlite3.Connection, tables: set[str], file: Path, named: Convention | None) -> None:
        super().__init__(database, tables, f"QualCoder ({file.name})")
        self._folder = file.resolve().parent
        self._named = named
        self._sources: dict[Any, str] = {}
        self._codes: dict[Any, str] = {}
        self._cases: dict[Any, str] = {}

    def read(self) -> Read:
        self._read_codes()
        ids = Ids()
        for row in self.table("cases"):
            self._cases[row["caseid"]] = ids.new(text_in(row, "name"), "case")
            self.memo("cases", self._cases[row["caseid"]], row)
        self._read_sources()
        self._read_attributes()
        self._read_codings()
        self._read_regions()
        self._read_times()
        for row in self.table("annotation"):
            if row["fid"] in self._sources and isinstance(row["pos0"], int) and isinstance(row["pos1"], int):
                self._place(self._sources[row["fid"]], [row], coded=False)
        for row in self.table("journal"):
            self.memo("", "", row, "jentry", text_in(row, "name"))
        for row in self.table("project"):
            self.memo("", "", row, title="Project memo")
        for name in _LEFT:
            if rows := self.table(name):
                self.account.dropped[f"rows of {name}"] += len(rows)
        return self.result()

    # -- codes, files, cases -------------------------------------------------------------------------------------------

    def _read_codes(self) -> None:
        ids, categories = Ids(), {}
        rows = self.table("code_cat")
        for row in rows:
            categories[row["catid"]] = ids.new(text_in(row, "name"), "category")
        for row in rows:
            self._code(categories[row["catid"]], row, categories.get(row["supercatid"], ""), "no")
        for row in self.table("code_name"):
            self._codes[row["cid"]] = ids.new(text_in(row, "name"), "code")
            self._code(self._codes[row["cid"]], row, categories.get(row["catid"], ""), "")

    def _code(self, id: str, row: sqlite3.Row, parent: str, codable: str) -> None:
        definition, colour = text_in(row, "memo"), text_in(row, "color")
        code = Code(id, text_in(row, "name"), parent, definition=definition, colour=colour, extra={"codable": codable})
        self.rows["codes"].append(code)

    def _read_sources(self) -> None:
        of_source = self._cases_of_files()
        ids = Ids()
        for row in self.table("source"):
            place = text_in(row, "mediapath").replace("\\", "/")
            kind = place.split(":")[0].strip("/").split("/")[0].casefold()
            suffix = suffix_of(place)
            medium = _MEDIA.get(kind, "pdf" if suffix == ".pdf" else "")
            id = self.source(
                ids, text_in(row, "name"), text_in(row, "fulltext"), of_source.get(row["id"], ""),
                extra={"medium": medium},
            )  # fmt: skip
            self._sources[row["id"]] = id
            self.memo("sources", id, row)
            self.parts[id] = self.parts.pop(row["id"], [])
            if data := self._original(place):
                self.originals[id] = data
                self.rows["sources"][-1] = replace(self.rows["sources"][-1], original=f"{id}{suffix}")

    def _original(self, place: str) -> bytes:
        """The document or medium, when it lies in the project's folder and is not a plain text."""
        if not place or suffix_of(place) in ("", ".txt"):
            return b""
        relative = place.rpartition(":")[2].lstrip("/")
        for name in (relative, relative.replace("docs/", "documents/", 1), f"documents/{relative}"):
            file = (self._folder / name).resolve()
            if file.is_relative_to(self._folder) and file.is_file() and file.stat().st_size <= Limits().file_bytes:
                return file.read_bytes()
        self.account.dropped["document or medium that did not come along"] += 1
        return b""

    def _cases_of_files(self) -> dict[Any, str]:
        """The case of each file that belongs whole to one; parts of files are kept by the file for their quotations."""
        lengths = {row["id"]: len(text_in(row, "fulltext")) for row in self.table("source")}
        whole: dict[Any, set[str]] = {}
        for row in self.table("case_text"):
            file, case, start, end = row["fid"], self._cases.get(row["caseid"], ""), row["pos0"] or 0, row["pos1"] or 0
            if case and start <= 0 and (end <= 0 or end >= lengths.get(file, 0) - 1):
                whole.setdefault(file, set()).add(case)
            elif case:
                self.parts.setdefault(file, []).append((start, end, case))
        if several := sum(len(found) > 1 for found in whole.values()):
            self.account.dropped["file of several cases: which they are"] += several
        return {file: next(iter(found)) for file, found in whole.items() if len(found) == 1}

    def _read_attributes(self) -> None:
        """Attributes of cases, and those of files as kept columns ``variable.NAME`` of the sources."""
        types = [row for row in self.table("attribute_type") if text_in(row, "name").casefold() != "id"]
        names = {text_in(row, "name"): text_in(row, "caseOrFile") for row in types}
        of_cases = dict.fromkeys(name for name, of in names.items() if of == "case")
        of_files = [name for name, of in names.items() if of == "file"]
        cases: dict[str, dict[str, str]] = {case: dict.fromkeys(of_cases, "") for case in self._cases.values()}
        files: dict[str, dict[str, str]] = {
            id: {f"variable.{name}": "" for name in of_files} for id in self._sources.values()
        }
        for row in self.table("attribute"):
            name, value, of = text_in(row, "name"), text_in(row, "value"), text_in(row, "attr_type")
            case, source = self._cases.get(row["id"]), self._sources.get(row["id"])
            if of == "case" and case is not None and name in of_cases:
                cases[case][name] = value
            elif of == "file" and source is not None and name in of_files:
                files[source][f"variable.{name}"] = value
            elif value:
                self.account.dropped["attribute of nothing that is there"] += 1
        self.rows["cases"] = [Case(case, given) for case, given in cases.items()]
        self.rows["sources"] = [
            replace(one, extra={**one.extra, **files.get(one.id, {})}) for one in self.rows["sources"]
        ]
        variables = [
            Variable(text_in(row, "name"), _TYPES.get(text_in(row, "valuetype"), "text"), label=text_in(row, "memo"))
            for row in types
        ]
        self.head = Study(variables=tuple(variables))
        self.account.read["variables"] += len(variables)

    # -- codings -------------------------------------------------------------------------------------------------------

    def _read_codings(self) -> None:
        by_source: dict[str, list[sqlite3.Row]] = {}
        for row in self.table("code_text", "fid, pos0, ctid"):
            numbers = isinstance(row["pos0"], int) and isinstance(row["pos1"], int)
            if self._counts(row, row["fid"], numbers):
                by_source.setdefault(self._sources[row["fid"]], []).append(row)
        wanted = [
            Selections(
                source,
                self.texts[source],
                [Selection(row["pos0"], row["pos1"], text_in(row, "seltext")) for row in rows],
            )
            for source, rows in by_source.items()
            if source in self.texts
        ]
        self.choices = choose(wanted, self._named)
        self.account.warnings.extend(doubts(self.choices))
        for source, rows in by_source.items():
            self._place(source, rows)

    def _counts(self, row: sqlite3.Row, file: Any, numbers: bool) -> bool:
        """Whether a coding has its source, its code and its place."""
        self.account.read["codings"] += 1
        good = file in self._sources and row["cid"] in self._codes and numbers
        if not good:
            self.account.dropped["coding without its source, code or positions"] += 1
        elif text_in(row, "important") == "1":
            self.account.dropped["mark of a coding as important"] += 1
        return good

    def _place(self, source: str, rows: Iterable[sqlite3.Row], *, coded: bool = True) -> None:
        """Quotations with their codings, or the annotations, of one source; the same span is one quotation."""
        known = self.choices.get(source)
        ruler = Ruler(self.texts.get(source, ""), known.convention if known is not None else STANDARD)
        quotations: dict[Any, str] = {}
        for row in rows:
            words = text_in(row, "seltext") if coded else None
            key = (row["pos0"], row["pos1"], words)
            if key not in quotations:
                span = ruler.span(Selection(row["pos0"], row["pos1"]))
                quotations[key] = self.quotation(source, span, words, f"positions {row['pos0']}–{row['pos1']}")
            if coded:
                self._coded(quotations[key], row)
            else:
                self.memo("quotations", quotations[key], row)

    def _coded(self, quotation: str, row: sqlite3.Row) -> None:
        self.coding(quotation, self._codes[row["cid"]], self.coder(row), text_in(row, "memo"))

    def _read_regions(self) -> None:
        """Regions of pictures and of pages, as corners in the units of the picture."""
        columns = ("x1", "y1", "width", "height")
        quotations: dict[Any, str] = {}
        for row in self.table("code_image"):
            if not self._counts(row, row["id"], all(_is_number(row, column) for column in columns)):
                continue
            x, y, width, height = (row[column] for column in columns)
            box = ",".join(str(round(one)) for one in (x, y, x + width, y + height))
            page = text_in(row, "pdf_page")
            key = (row["id"], box, page)
            if key not in quotations:
                locator = f"page {page}, region {box}" if page else f"region {box}"
                more = {"region": box, **({"page": page} if page else {})}
                quotations[key] = self.located(self._sources[row["id"]], locator, **more)
            self._coded(quotations[key], row)

    def _read_times(self) -> None:
        """Stretches of recordings, in milliseconds."""
        quotations: dict[Any, str] = {}
        for row in self.table("code_av"):
            if not self._counts(row, row["id"], _is_number(row, "pos0") and _is_number(row, "pos1")):
                continue
            begin, end = str(round(row["pos0"])), str(round(row["pos1"]))
            key = (row["id"], begin, end)
            if key not in quotations:
                locator = f"time {seconds(begin)}–{seconds(end)}"
                quotations[key] = self.located(self._sources[row["id"]], locator, time=f"{begin},{end}")
            self._coded(quotations[key], row)


def _is_number(row: sqlite3.Row, column: str) -> bool:
    given: Mapping[str, Any] = dict(row)
    value = given.get(column)
    return isinstance(value, int | float) and abs(value) < 1e12
