"""QualCoder projects: ``data.qda``, the SQLite file in a project's folder (data structure version 8 and later).

Written after the published description of its tables; none of its program was read.  Categories become codes that code
nothing themselves, cases keep their attributes, and a file that belongs whole to one case becomes a source of that case.
Codings of images, of sound and of film have no place here: they are counted as dropped (export REFI-QDA to keep them).

Positions count characters, which QualCoder takes from its text widget: whether a character beyond the basic plane is one or
two is found out for each source from the words that it stores beside.
"""

from __future__ import annotations

from typing import Any

from crosscase.core import (
    Case,
    Code,
    Coder,
    Coding,
    Memo,
    PartialDate,
    Quotation,
    Snapshot,
    Source,
    Study,
    Variable,
    text_hash,
)
from crosscase.core.errors import CrosscaseError
from crosscase.exchange.qda.model import Account, Placed, Read, settle
from crosscase.exchange.qda.sqlite import Database
from crosscase.exchange.refi.names import Ids

__all__ = ["is_qualcoder", "read_qualcoder"]

_TYPES = {"numeric": "number", "character": "text"}
#: Tables whose rows have no place in a study.
_DROPPED = {"code_image": "coding of an image", "code_av": "coding of sound or film"}


def is_qualcoder(database: Database) -> bool:
    return database.has(
        source="id name fulltext", code_name="cid name", code_cat="catid name supercatid",
        code_text="cid fid seltext pos0 pos1",
    )  # fmt: skip


def read_qualcoder(database: Database, *, name: str = "") -> Read:
    """The study in a QualCoder project; ``name`` is its title."""
    return _Reader(database, name).read()


class _Reader:
    def __init__(self, database: Database, name: str) -> None:
        self.database = database
        self.name = name
        self.account = Account()
        self.memos: list[Memo] = []
        self.coders: dict[str, str] = {}
        self._coder_ids = Ids()
        self.texts: dict[str, str] = {}
        self.source_of: dict[Any, str] = {}

    def read(self) -> Read:
        for project in self.database.rows("project", "memo")[:1]:
            self._memo("", "", project["memo"], title="Project")
        codes = self._codes()
        cases, case_of, parts = self._cases()
        sources = self._sources(case_of)
        quotations, codings = self._codings(parts)
        self._annotations(quotations, parts)
        self._journal()
        for table, kind in _DROPPED.items():
            if count := self.database.count(table):
                self.account.dropped[kind] += count
        variables = tuple(
            Variable(_text(one["name"]), _TYPES.get(_text(one["valuetype"]), "text"), label=_text(one["memo"]))
            for one in self.database.rows("attribute_type", "name memo caseOrFile valuetype")
            if _text(one["caseOrFile"]) != "journal"
        )
        self.account.read.update(
            sources=len(sources),
            codes=len(codes),
            cases=len(cases),
            variables=len(variables),
            memos=len(self.memos),
            codings=self.account.codings.total(),
        )
        snapshot = Snapshot.of(
            Study(title=self.name, variables=variables),
            texts=self.texts,
            cases=cases,
            sources=sources,
            codes=codes,
            coders=[Coder(id, name) for name, id in self.coders.items()],
            quotations=quotations,
            codings=codings,
            memos=self.memos,
        )
        return Read(snapshot, "QualCoder", self.account)

    # -- codes ---------------------------------------------------------------------------------------------------------

    def _codes(self) -> list[Code]:
        categories = self.database.rows("code_cat", "name catid memo supercatid", order="catid")
        names = self.database.rows("code_name", "cid name memo catid color", order="cid")
        ids = Ids()
        category_of = {one["catid"]: ids.new(_text(one["name"]), "category") for one in categories}
        self.code_of = {one["cid"]: ids.new(_text(one["name"]), "code") for one in names}
        codes = [
            Code(
                category_of[one["catid"]],
                _text(one["name"]),
                category_of.get(one["supercatid"], ""),
                definition=_text(one["memo"]).strip(),
                extra={"codable": "no"},
            )
            for one in categories
        ]
        codes += [
            Code(
                self.code_of[one["cid"]],
                _text(one["name"]),
                category_of.get(one["catid"], ""),
                definition=_text(one["memo"]).strip(),
                colour=_text(one["color"]),
                extra={"codable": ""},
            )
            for one in names
        ]
        return codes

    # -- cases ---------------------------------------------------------------------------------------------------------

    def _cases(self) -> tuple[list[Case], dict[Any, str], dict[Any, list[tuple[int, int, str]]]]:
        """The cases; the case of each file that belongs whole to one; and the parts of files that belong to cases."""
        ids = Ids()
        rows = self.database.rows("cases", "caseid name memo", order="caseid")
        id_of = {one["caseid"]: ids.new(_text(one["name"]), "case") for one in rows}
        attributes: dict[Any, dict[str, str]] = {one["caseid"]: {} for one in rows}
        for one in self.database.rows("attribute", "name attr_type value id"):
            if one["attr_type"] == "case" and one["id"] in attributes and _text(one["value"]):
                attributes[one["id"]][_text(one["name"])] = _text(one["value"])
        cases = []
        for one in rows:
            id, name = id_of[one["caseid"]], _text(one["name"])
            named = {"case name": name} if name != id else {}
            cases.append(Case(id, {**named, **attributes[one["caseid"]]}))
            self._memo("cases", id, one["memo"])
        lengths = {one["id"]: len(_text(one["fulltext"])) for one in self.database.rows("source", "id fulltext")}
        parts: dict[Any, list[tuple[int, int, str]]] = {}
        whole: dict[Any, set[str]] = {}
        for one in self.database.rows("case_text", "caseid fid pos0 pos1"):
            case, file = id_of.get(one["caseid"], ""), one["fid"]
            if not case:
                continue
            start, end = _number(one["pos0"], 0), _number(one["pos1"], 0)
            if start <= 0 and (end <= 0 or end >= lengths.get(file, 0) - 1):
                whole.setdefault(file, set()).add(case)
            else:
                parts.setdefault(file, []).append((start, end, case))
        case_of = {file: next(iter(some)) for file, some in whole.items() if len(some) == 1}
        if several := sum(len(some) > 1 for some in whole.values()):
            self.account.dropped["file that belongs whole to several cases: the belonging"] += several
        return cases, case_of, parts

    # -- sources -------------------------------------------------------------------------------------------------------

    def _sources(self, case_of: dict[Any, str]) -> list[Source]:
        ids = Ids()
        values: dict[Any, dict[str, str]] = {}
        for one in self.database.rows("attribute", "name attr_type value id"):
            if one["attr_type"] == "file" and _text(one["value"]):
                values.setdefault(one["id"], {})[f"variable.{_text(one['name'])}"] = _text(one["value"])
        keys = sorted({key for some in values.values() for key in some})
        sources = []
        for one in self.database.rows("source", "id name fulltext mediapath memo date", order="id"):
            name = _text(one["name"])
            text = one["fulltext"]
            if not isinstance(text, str) or not text:
                self.account.dropped["file without text (picture, sound, film)"] += 1
                continue
            id = ids.new(name.rsplit(".", 1)[0] if "." in name[1:] else name, "source")
            self.source_of[one["id"]] = id
            self.texts[id] = text
            extra = {key: values.get(one["id"], {}).get(key, "") for key in keys}
            case = case_of.get(one["id"], "")
            sources.append(Source(id, f"{id}.txt", "interview", case, title=name, hash=text_hash(text), extra=extra))
            self._memo("sources", id, one["memo"])
        return sources

    # -- codings -------------------------------------------------------------------------------------------------------

    def _codings(self, parts: dict[Any, list[tuple[int, int, str]]]) -> tuple[list[Quotation], list[Coding]]:
        """The quotations, one a span, and the codings on them."""
        by_file: dict[Any, list[dict[str, Any]]] = {}
        columns = "cid fid seltext pos0 pos1 owner memo"
        for number, one in enumerate(self.database.rows("code_text", columns), start=1):
            if one["fid"] in self.source_of and one["cid"] in self.code_of:
                by_file.setdefault(one["fid"], []).append({**one, "number": number})
            else:
                self.account.dropped["coding of a file or with a code that is not there"] += 1
        quotations: dict[tuple[str, int, int] | int, Quotation] = {}
        codings: list[Coding] = []
        for file, rows in by_file.items():
            source = self.source_of[file]
            stored = [(_number(one["pos0"]), _number(one["pos1"]), _text(one["seltext"])) for one in rows]
            text = self.texts[source]
            placed, place = settle(source, text, stored, conventions(text))
            self.account.places.append(place)
            for one, where, (start, end, words) in zip(rows, placed, stored, strict=True):
                self.account.codings[where.fate] += 1
                if where.fate == "unplaced":
                    code = self.code_of[one["cid"]]
                    told = {"source": source, "start": start, "end": end, "words": words[:200], "codes": [code]}
                    self.account.unplaced.append(told)
                known = where.start is not None and where.end is not None
                key = (source, where.start or 0, where.end or 0) if known else one["number"]
                if key not in quotations:
                    case = next(
                        (case for first, last, case in parts.get(file, ()) if first <= start and end <= last), ""
                    )
                    quotations[key] = self._quotation(
                        f"q{one['number']}", source, where, case, f"characters {start} to {end}"
                    )
                coding = f"c{one['number']}"
                coder = self._coder(one["owner"])
                codings.append(Coding(coding, quotations[key].id, self.code_of[one["cid"]], coder, _text(one["memo"])))
        return list(quotations.values()), codings

    def _quotation(self, id: str, source: str, placed: Placed, case: str, locator: str) -> Quotation:
        if placed.start is None or placed.end is None:
            said = f"{locator} in QualCoder; the words there are not those that were marked"
            return Quotation(id, source, locator=said, case=case)
        words = self.texts[source][placed.start : placed.end]
        return Quotation(id, source, placed.start, placed.end, words, case=case)

    # -- memos ---------------------------------------------------------------------------------------------------------

    def _annotations(self, quotations: list[Quotation], parts: dict[Any, list[tuple[int, int, str]]]) -> None:
        """Annotations are memos on quotations that nobody coded."""
        for one in self.database.rows("annotation", "anid fid pos0 pos1 memo owner date"):
            source = self.source_of.get(one["fid"])
            start, end = _number(one["pos0"]), _number(one["pos1"])
            if source is None or not 0 <= start < end <= len(self.texts[source]):
                self.account.dropped["annotation outside its text"] += 1
                continue
            quotation = Quotation(f"a{one['anid']}", source, start, end, self.texts[source][start:end])
            quotations.append(quotation)
            self._memo("quotations", quotation.id, one["memo"], one["owner"], one["date"])

    def _journal(self) -> None:
        for one in self.database.rows("journal", "name jentry owner date"):
            self._memo("", "", one["jentry"], one["owner"], one["date"], title=_text(one["name"]))

    def _memo(self, kind: str, id: str, text: Any, owner: Any = "", date: Any = "", *, title: str = "") -> None:
        if _text(text).strip():
            self.memos.append(
                Memo(f"m{len(self.memos) + 1}", kind, id, _day(date), self._coder(owner), title, _text(text))
            )

    def _coder(self, owner: Any) -> str:
        name = _text(owner).strip()
        if name and name not in self.coders:
            self.coders[name] = self._coder_ids.new(name, "coder")
        return self.coders.get(name, "")


def conventions(text: str) -> dict[str, Any]:
    """How positions in a text may have been counted: characters as code points, or as UTF-16 units."""

    def code_points(start: int, end: int) -> tuple[int, int] | None:
        return (start, end) if 0 <= start < end <= len(text) else None

    if text.isascii() or max(text) <= "\uffff":
        return {"code-points": code_points}
    points: list[int | None] = []
    for place, character in enumerate(text):
        points += [place] if character <= "\uffff" else [place, None]
    points.append(len(text))

    def utf_16(start: int, end: int) -> tuple[int, int] | None:
        if not 0 <= start < end < len(points):
            return None
        first, last = points[start], points[end]
        return None if first is None or last is None else (first, last)

    return {"code-points": code_points, "utf-16": utf_16}


def _day(date: Any) -> PartialDate | None:
    try:
        return PartialDate.parse(_text(date)[:10]) if _text(date) else None
    except CrosscaseError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _number(value: Any, otherwise: int = -1) -> int:
    return value if isinstance(value, int) else otherwise
