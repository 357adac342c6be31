"""Projects of QualCoder and Taguette, read directly from their SQLite databases.

Both keep the words of every coding beside its positions, so each coding is verified: its words must stand at its place.
One whose words stand elsewhere, and there only, is moved and counted; any other keeps its words' absence (a locator).
QualCoder's positions are code points or UTF-16 units, found out a source at a time; Taguette's are UTF-8 bytes of its HTML's
text.  Not read: QualCoder's images, recordings, graphs and stored reports, which are listed as dropped.
"""

from __future__ import annotations

import re
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from crosscase.core import (
    TABLES,
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
)
from crosscase.core import text_hash as hash_of
from crosscase.core.errors import CrosscaseError, InputError
from crosscase.exchange.refi.choosing import Choice, choose
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.refi.positions import STANDARD, Ruler, Selection, Selections
from crosscase.exchange.refi.report import Account, Read
from crosscase.exchange.sources.model import clean
from crosscase.text.offsets import Offsets

__all__ = ["FORMATS", "read_database"]

#: A QualCoder project is a folder ``*.qda`` with a file ``data.qda``; Taguette exports ``*.sqlite3``.
FORMATS = (".qda", ".sqlite3")


def read_database(path: Path) -> Read:
    """The study in a QualCoder project or a Taguette export.

    Raises:
        InputError: it is neither, or damaged; or it is not clear how positions are counted.
    """
    file = path / "data.qda" if path.is_dir() else path
    with _opened(file) as database:
        tables = {
            name.casefold() for (name,) in database.execute("select name from sqlite_master where type = 'table'")
        }
        if {"code_text", "code_name", "source"} <= tables:
            return _Project(database, tables, f"QualCoder ({file.name})").qualcoder()
        if {"highlights", "documents", "tags"} <= tables:
            return _Project(database, tables, f"Taguette ({file.name})").taguette()
    raise InputError(
        "the database is neither a QualCoder project nor a Taguette export",
        where=path.name,
        mend="give the folder *.qda, or the file that Taguette exports as SQLite",
    )


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """The database, opened so that nothing is written to it and nothing in it is run."""
    if not file.is_file():
        raise InputError("there is no such database", where=str(file), mend="check the name and the folder")
    waiting = file.with_name(f"{file.name}-wal")
    if waiting.is_file() and waiting.stat().st_size:
        raise InputError(
            "another program has changes of this database that are not in the file yet",
            where=file.name,
            mend="close the project there and import again",
        )
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("pragma trusted_schema = off")
            database.execute("pragma query_only = on")
            database.row_factory = sqlite3.Row
            yield database
    except sqlite3.Error as error:
        raise InputError(
            f"the database cannot be read ({error})",
            where=file.name,
            mend="close the program that uses it, or copy it again",
        ) from None


class _Project:
    """The parts of a study as they are found."""

    def __init__(self, database: sqlite3.Connection, tables: set[str], origin: str) -> None:
        self.database = database
        self.tables = tables
        self.origin = origin
        self.account = Account()
        self.head = Study()
        self.rows: dict[str, list[Any]] = {
            name: [] for name in ("cases", "sources", "codes", "quotations", "codings", "memos")
        }
        self.texts: dict[str, str] = {}
        self.coders: dict[str, str] = {}
        self.choices: dict[str, Choice] = {}
        #: Parts of sources that belong to cases: start, end (as stored), case.
        self.parts: dict[Any, list[tuple[int, int, str]]] = {}
        self.verified = 0
        self._coder_ids = Ids()

    def table(self, name: str, order: str = "rowid") -> list[sqlite3.Row]:
        """The rows of a table; none when the version of the program has no such table."""
        return list(self.database.execute(f"select * from {name} order by {order}")) if name in self.tables else []

    # -- QualCoder -----------------------------------------------------------------------------------------------------

    def qualcoder(self) -> Read:
        codes = self._qualcoder_codes()
        cases, ids = {}, Ids()
        for row in self.table("cases"):
            cases[row["caseid"]] = ids.new(_text(row, "name"), "case")
            self._memo("cases", cases[row["caseid"]], row)
        of_source = self._qualcoder_parts(cases)
        ids = Ids()
        sources: dict[Any, str] = {}
        for row in self.table("source"):
            sources[row["id"]] = self._source(
                ids, _text(row, "name"), _text(row, "fulltext"), of_source.get(row["id"], "")
            )
            self._memo("sources", sources[row["id"]], row)
            self.parts[sources[row["id"]]] = self.parts.pop(row["id"], [])
        self._qualcoder_attributes(cases, sources)
        self._qualcoder_codings(codes, sources)
        for row in self.table("annotation"):
            if row["fid"] in sources and isinstance(row["pos0"], int) and isinstance(row["pos1"], int):
                self._place(sources[row["fid"]], [row], {})
        for row in self.table("journal"):
            self._memo("", "", row, "jentry", _text(row, "name"))
        for name in ("code_image", "code_av", "graph", "stored_sql"):
            if rows := self.table(name):
                self.account.dropped[f"rows of {name}"] += len(rows)
        return self._result()

    def _qualcoder_parts(self, cases: Mapping[Any, str]) -> dict[Any, str]:
        """The case of each file that belongs whole to one; parts of files are kept by the file for their quotations."""
        lengths = {row["id"]: len(_text(row, "fulltext")) for row in self.table("source")}
        whole: dict[Any, set[str]] = {}
        for row in self.table("case_text"):
            file, case, start, end = row["fid"], cases.get(row["caseid"], ""), row["pos0"] or 0, row["pos1"] or 0
            if case and start <= 0 and (end <= 0 or end >= lengths.get(file, 0) - 1):
                whole.setdefault(file, set()).add(case)
            elif case:
                self.parts.setdefault(file, []).append((start, end, case))
        if several := sum(len(found) > 1 for found in whole.values()):
            self.account.dropped["file of several cases: which they are"] += several
        return {file: next(iter(found)) for file, found in whole.items() if len(found) == 1}

    def _case_of(self, source: str, start: int, end: int) -> str:
        return next((case for first, last, case in self.parts.get(source, ()) if first <= start and end <= last), "")

    def _qualcoder_codes(self) -> dict[Any, str]:
        ids, categories, codes = Ids(), {}, {}
        rows = self.table("code_cat")
        for row in rows:
            categories[row["catid"]] = ids.new(_text(row, "name"), "category")
        for row in rows:
            parent = categories.get(row["supercatid"], "")
            self._code(categories[row["catid"]], row, parent, "no")
        for row in self.table("code_name"):
            codes[row["cid"]] = ids.new(_text(row, "name"), "code")
            self._code(codes[row["cid"]], row, categories.get(row["catid"], ""), "")
        return codes

    def _code(self, id: str, row: sqlite3.Row, parent: str, codable: str) -> None:
        colour = _text(row, "color")
        extra = {"codable": codable}
        self.rows["codes"].append(
            Code(id, _text(row, "name"), parent, definition=_text(row, "memo"), colour=colour, extra=extra)
        )

    def _qualcoder_attributes(self, cases: Mapping[Any, str], sources: Mapping[Any, str]) -> None:
        types = {"numeric": "number", "character": "text"}
        names = {
            _text(row, "name"): types.get(_text(row, "valuetype"), "text")
            for row in self.table("attribute_type")
            if _text(row, "caseOrFile") == "case" and _text(row, "name").casefold() != "id"
        }
        values: dict[str, dict[str, str]] = {case: dict.fromkeys(names, "") for case in cases.values()}
        for row in self.table("attribute"):
            name, case = _text(row, "name"), cases.get(row["id"])
            if _text(row, "attr_type") == "case" and case is not None and name in names:
                values[case][name] = _text(row, "value")
            elif _text(row, "value"):
                self.account.dropped["attribute of a file"] += 1
        self.rows["cases"] = [Case(case, given) for case, given in values.items()]
        self.head = Study(variables=tuple(Variable(name, kind) for name, kind in names.items()))
        self.account.read["variables"] += len(names)

    def _qualcoder_codings(self, codes: Mapping[Any, str], sources: Mapping[Any, str]) -> None:
        by_source: dict[str, list[sqlite3.Row]] = {}
        for row in self.table("code_text", "fid, pos0, ctid"):
            self.account.read["codings"] += 1
            numbers = isinstance(row["pos0"], int) and isinstance(row["pos1"], int)
            if row["fid"] not in sources or row["cid"] not in codes or not numbers:
                self.account.dropped["coding without its source, code or positions"] += 1
            else:
                by_source.setdefault(sources[row["fid"]], []).append(row)
        wanted = [
            Selections(
                source, self.texts[source], [Selection(row["pos0"], row["pos1"], _text(row, "seltext")) for row in rows]
            )
            for source, rows in by_source.items()
            if source in self.texts
        ]
        self.choices = choose(wanted)
        for source, rows in by_source.items():
            self._place(source, rows, codes)

    def _place(self, source: str, rows: Iterable[sqlite3.Row], codes: Mapping[Any, str]) -> None:
        """Quotations and codings, or with no codes the annotations, of one source; the same span is one quotation."""
        text = self.texts.get(source, "")
        known = self.choices.get(source)
        ruler = Ruler(text, known.convention if known is not None else STANDARD)
        quotations: dict[Any, str] = {}
        for row in rows:
            words = _text(row, "seltext") if "seltext" in row.keys() else None  # noqa: SIM118 (a row is no mapping)
            key = (row["pos0"], row["pos1"], words)
            if key not in quotations:
                span = ruler.span(Selection(row["pos0"], row["pos1"]))
                quotations[key] = self._quotation(source, text, span, words, f"positions {row['pos0']}–{row['pos1']}")
            if not codes:
                self._memo("quotations", quotations[key], row)
                continue
            self.verified += self._has_words(quotations[key])
            self._coding(quotations[key], codes[row["cid"]], self._coder(row), _text(row, "memo"))

    # -- Taguette ------------------------------------------------------------------------------------------------------

    def taguette(self) -> Read:
        projects = self.table("projects")
        if len(projects) > 1:
            raise InputError(
                f"the database holds {len(projects)} projects", mend="export one project from Taguette as SQLite"
            )
        title = _text(projects[0], "name") if projects else ""
        self.head = Study(title=title, question=_text(projects[0], "description") if projects else "")
        codes = self._taguette_codes()
        tagged: dict[Any, list[str]] = {}
        for row in self.table("highlight_tags"):
            if row["tag_id"] in codes:
                tagged.setdefault(row["highlight_id"], []).append(codes[row["tag_id"]])
        ids = Ids()
        pages: dict[Any, tuple[str, _Page]] = {}
        for row in self.table("documents"):
            page = _Page(_text(row, "contents"))
            source = self._source(ids, _text(row, "name"), page.text, "")
            pages[row["id"]] = source, page
            if _text(row, "description"):
                self._memo("sources", source, row, "description")
        for row in self.table("highlights", "document_id, start_offset, id"):
            given = tagged.get(row["id"], [])
            self.account.read["codings"] += len(given)
            if row["document_id"] not in pages:
                self.account.dropped["coding without its source, code or positions"] += len(given)
                continue
            source, page = pages[row["document_id"]]
            span = page.span(row["start_offset"], row["end_offset"])
            words = _Page(_text(row, "snippet")).text
            locator = f"bytes {row['start_offset']}–{row['end_offset']}"
            quotation = self._quotation(source, page.text, span, words, locator)
            for code in given:
                self.verified += self._has_words(quotation)
                self._coding(quotation, code, "", "")
        return self._result()

    def _taguette_codes(self) -> dict[Any, str]:
        """Tags; a full stop in a tag's path sets it under the tag that is named before it, when there is one."""
        rows = self.table("tags")
        ids = Ids()
        by_path = {_text(row, "path"): ids.new(_text(row, "path"), "tag") for row in rows}
        codes = {}
        for row in rows:
            path = _text(row, "path")
            above = next(
                (
                    path[:place]
                    for place in range(len(path) - 1, 0, -1)
                    if path[place] == "." and path[:place] in by_path
                ),
                "",
            )
            name = path[len(above) + 1 :] if above else path
            codes[row["id"]] = by_path[path]
            self.rows["codes"].append(
                Code(by_path[path], name, by_path.get(above, ""), definition=_text(row, "description"))
            )
        return codes

    # -- what both have ------------------------------------------------------------------------------------------------

    def _source(self, ids: Ids, name: str, text: str, case: str) -> str:
        id = ids.new(name.rsplit(".", 1)[0] if "." in name[-6:] else name, "source")
        self.account.read["sources"] += 1
        text, warnings = clean(text)
        self.account.warnings.extend(f"{name}: {one}" for one in warnings)
        if text:
            self.texts[id] = text
        self.rows["sources"].append(
            Source(id, f"{id}.txt" if text else "", case=case, title=name, hash=hash_of(text) if text else "")
        )
        return id

    def _quotation(self, source: str, text: str, span: tuple[int, int] | None, words: str | None, locator: str) -> str:
        """A quotation whose words are those that the database has; ``words`` is ``None`` when it has none."""
        id = f"q{len(self.rows['quotations']) + 1}"
        if span is not None and (words is None or _same(text[span[0] : span[1]], words)):
            self.rows["quotations"].append(
                Quotation(id, source, *span, text[span[0] : span[1]], case=self._case_of(source, *span))
            )
            return id
        place = text.find(words) if words and words.strip() else -1
        if words and place >= 0 and text.find(words, place + 1) < 0:
            self.account.merged["selection whose words stand elsewhere, moved there"] += 1
            case = self._case_of(source, place, place + len(words))
            self.rows["quotations"].append(Quotation(id, source, place, place + len(words), words, case=case))
            return id
        self.account.unplaced.append({"source": source, "selection": (words or "")[:100], "positions": locator})
        self.account.dropped["positions at which other words stand (see unplaced)"] += 1
        self.rows["quotations"].append(Quotation(id, source, locator=f"{locator}, where other words stand"))
        return id

    def _has_words(self, quotation: str) -> int:
        return int(self.rows["quotations"][int(quotation[1:]) - 1].start is not None)

    def _coding(self, quotation: str, code: str, coder: str, note: str) -> None:
        self.rows["codings"].append(Coding(f"c{len(self.rows['codings']) + 1}", quotation, code, coder, note))

    def _coder(self, row: sqlite3.Row) -> str:
        name = _text(row, "owner")
        if name and name not in self.coders:
            self.coders[name] = self._coder_ids.new(name, "coder")
        return self.coders.get(name, "")

    def _memo(self, kind: str, about: str, row: sqlite3.Row, column: str = "memo", title: str = "") -> None:
        if text := _text(row, column):
            has_owner = "owner" in row.keys()  # noqa: SIM118 (a row is no mapping)
            author = self._coder(row) if has_owner else ""
            self.rows["memos"].append(
                Memo(f"m{len(self.rows['memos']) + 1}", kind, about, _date(row), author, title, text)
            )

    def _result(self) -> Read:
        coders = [Coder(id, name) for name, id in self.coders.items()]
        snapshot = Snapshot.of(self.head, texts=self.texts, coders=coders, **self.rows)
        read = self.account.read
        counts = {
            name: read[name] for name in ("sources", "codes", "codings", "cases", "variables", "memos", "links", "sets")
        }
        counts |= {name: len(snapshot.table(name)) for name in ("codes", "cases", "memos")}
        return Read(
            snapshot,
            self.origin,
            counts,
            {name: len(snapshot.table(name)) for name in TABLES if len(snapshot.table(name))},
            tuple(self.choices.values()),
            {},
            dict(self.account.dropped),
            dict(self.account.merged),
            tuple(self.account.unplaced),
            {"read": read["codings"], "with_words": self.verified, "verified": self.verified},
            tuple(dict.fromkeys(self.account.warnings)),
        )


class _Page(HTMLParser):
    """The text of HTML, a line end put between blocks that have none, and where its bytes are in it."""

    _BLOCKS = frozenset(
        [
            "p",
            "div",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "li",
            "ul",
            "ol",
            "table",
            "tr",
            "blockquote",
            "pre",
            "br",
            "section",
            "article",
        ]
    )

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._raw: list[str] = []
        self._length = 0
        self._breaks: list[int] = []
        self._break = False
        self.feed(html)
        self.close()
        raw = "".join(self._raw)
        self._offsets = Offsets(raw)
        pieces = [raw[start:end] for start, end in zip([0, *self._breaks], [*self._breaks, len(raw)], strict=True)]
        self.text = "\n".join(pieces)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self._break |= tag in self._BLOCKS

    def handle_endtag(self, tag: str) -> None:
        self._break |= tag in self._BLOCKS

    def handle_data(self, data: str) -> None:
        before = self._raw[-1][-1:] if self._raw else "\n"
        if self._break and before != "\n" and not data.startswith("\n"):
            self._breaks.append(self._length)
        self._break = False
        self._raw.append(data)
        self._length += len(data)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The span in :attr:`text` of two positions in UTF-8 bytes; ``None`` when they are none of this text."""
        try:
            first, last = self._offsets.from_utf8(start), self._offsets.from_utf8(end)
        except (CrosscaseError, TypeError):
            return None
        if last < first:
            return None
        return first + bisect_right(self._breaks, first), last + bisect_left(self._breaks, last)


def _same(found: str, words: str) -> bool:
    """Whether two texts have the same words; white space may differ."""
    return "".join(found.split()) == "".join(words.split())


def _text(row: sqlite3.Row, column: str) -> str:
    """A cell as text; empty for none and for columns that this version of the program has not."""
    value = row[column] if column in row.keys() else None  # noqa: SIM118 (a row is no mapping)
    return value if isinstance(value, str) else "" if value is None or isinstance(value, bytes) else str(value)


def _date(row: sqlite3.Row) -> PartialDate | None:
    found = re.match(r"\d{4}-\d{2}-\d{2}", _text(row, "date") or _text(row, "created"))
    try:
        return PartialDate.parse(found[0]) if found else None
    except CrosscaseError:
        return None
