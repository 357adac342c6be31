"""Tables of coded quotations, as NVivo, ATLAS.ti and MAXQDA export them, matched back onto the texts of a study.

Such a table has no positions that could be used, only words.  So each row's words are looked for in the text of its
document: white space, quotation marks, dashes and split words may differ; words may not.  A row that is not found is told
with the nearest passage and how far off it is, and nothing is guessed; so is one whose words stand in several places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from crosscase.core import Code, Coder, Coding, Quotation, Snapshot
from crosscase.core.errors import InputError
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.tables import RawTable, cell_text
from crosscase.text.matching import Match, SourceIndex

__all__ = ["Columns", "Matched", "Unmatched", "guess_columns", "match_quotations"]

#: Names of the columns, folded to letters and digits, the likeliest first.
_NAMES = {
    "document": (
        "document", "documentname", "sourcename", "filename", "file", "files", "internals", "primarydocument", "source",
        "transcript", "interview",
    ),
    "code": (
        "codepath", "codewithpath", "hierarchicalname", "codes", "code", "codename", "node", "nodename", "nodes", "codesystem",
        "tag", "category",
    ),
    "text": (
        "quotationcontent", "segment", "codedsegment", "codedsegments", "codedtext", "content", "quotationtext", "text",
        "quotation", "quote", "reference", "referencetext", "seltext",
    ),
    "coder": ("coder", "codedby", "author", "createdby", "creatinguser", "codedbyinitials", "user"),
    "note": ("comment", "comments", "memo", "note", "weightcomment"),
}  # fmt: skip
#: What parts the levels of a code's path: MAXQDA > or \, NVivo \ or \\, ATLAS.ti : or ::, others /.
_LEVELS = re.compile(r"\s*(?:>|\\+|::)\s*")
#: What parts several codes in one cell, as ATLAS.ti writes them.
_SEVERAL = re.compile(r"\s*(?:\r?\n|;)\s*")
#: Rows that did not match are shown one by one, up to so many.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is the document, the code, the text, and where there are such, the coder and the note."""

    document: str
    code: str
    text: str
    coder: str = ""
    note: str = ""

    def describe(self) -> dict[str, str]:
        return {column: field for field, column in asdict(self).items() if column}


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row that is not in the study now: what was wrong, and how near the nearest passage is (0 to 1)."""

    row: int
    document: str
    source: str
    reason: str
    text: str
    similarity: float = 0.0
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of the rows: ``manner`` counts how those found were found, ``new`` and ``known`` their codings."""

    rows: int
    columns: Columns
    manner: dict[str, int]
    new: int
    known: int
    codes: int
    unmatched: tuple[Unmatched, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "columns": self.columns.describe(),
            "matched": dict(self.manner),
            "codings": {"new": self.new, "known": self.known},
            "codes": {"new": self.codes},
            "unmatched": {
                "rows": len(self.unmatched),
                "first": [asdict(one) for one in self.unmatched[:SHOWN]],
            },
        }


def guess_columns(raw: RawTable) -> Columns | None:
    """The columns of a table of quotations; ``None`` when document, code or text is not among them.

    >>> guess_columns(RawTable("q.csv", ("Document", "Codes", "Quotation Content"), (), ()))
    Columns(document='Document', code='Codes', text='Quotation Content', coder='', note='')
    """
    folded: dict[str, str] = {}
    for column in raw.columns:
        folded.setdefault(re.sub(r"[^a-z0-9]", "", column.casefold()), column)
    found = {field: next((folded[name] for name in names if name in folded), "") for field, names in _NAMES.items()}
    return Columns(**found) if found["document"] and found["code"] and found["text"] else None


def match_quotations(snapshot: Snapshot, raw: RawTable, columns: Columns | None = None) -> tuple[Snapshot, Matched]:
    """The study with the codings of a table on the words of its texts, and what was found and what was not.

    Raises:
        InputError: the table has no columns for document, code and text; or the study has no texts.
    """
    columns = columns or guess_columns(raw)
    if columns is None:
        raise InputError(
            "the table does not say which column is the document, the code and the text",
            where=raw.file,
            mend=f"name the columns document, code and text; there are: {', '.join(raw.columns)}",
        )
    if not snapshot.texts:
        raise InputError(
            "the study has no texts that quotations could stand in", where=raw.file, mend="import the documents first"
        )
    return _Matching(snapshot, raw, columns).run()


class _Matching:
    def __init__(self, snapshot: Snapshot, raw: RawTable, columns: Columns) -> None:
        self.snapshot = snapshot
        self.raw = raw
        self.columns = columns
        self.by_name = _names_of_sources(snapshot)
        self.indexes: dict[str, SourceIndex] = {}
        self.codes: dict[tuple[str, ...], str] = {}
        self.by_last: dict[str, list[str]] = {}
        for id in snapshot.codes.column("id"):
            path = tuple(name.casefold() for name in snapshot.code_path(id))
            self.codes.setdefault(path, id)
            self.by_last.setdefault(path[-1], []).append(id)
        self.ids = {
            name: _ids(snapshot.table(name).column("id")) for name in ("codes", "quotations", "codings", "coders")
        }
        spans = zip(*(snapshot.quotations.column(name) for name in ("source", "start", "end")), strict=True)
        self.quotations: dict[tuple[str, int, int], str] = {}
        for id, span in zip(snapshot.quotations.column("id"), spans, strict=True):
            self.quotations.setdefault(span, id)
        self.known = set(zip(*(snapshot.codings.column(name) for name in ("quotation", "code", "coder")), strict=True))
        self.coders = {
            name.casefold(): id
            for name, id in zip(snapshot.coders.column("name"), snapshot.coders.column("id"), strict=True)
        }
        self.coders |= {id.casefold(): id for id in snapshot.coders.column("id")}
        self.new: dict[str, list[Any]] = {"codes": [], "quotations": [], "codings": [], "coders": []}
        self.manner: Counter[str] = Counter()
        self.unmatched: list[Unmatched] = []
        self.again = 0

    def run(self) -> tuple[Snapshot, Matched]:
        for row, number in zip(self.raw.rows, self.raw.numbers, strict=True):
            cells = dict(zip(self.raw.columns, row, strict=True))
            self._row(number, {name: self._cell(cells, column) for column, name in self.columns.describe().items()})
        changes = {name: self.snapshot.table(name).with_rows(rows) for name, rows in self.new.items() if rows}
        done = Matched(
            len(self.raw.rows), self.columns, dict(self.manner), len(self.new["codings"]), self.again,
            len(self.new["codes"]), tuple(self.unmatched),
        )  # fmt: skip
        return self.snapshot.replace(**changes) if changes else self.snapshot, done

    def _cell(self, cells: dict[str, Any], column: str) -> str:
        return self.raw.text(column, cells[column]) if column in cells else cell_text(None)

    def _row(self, number: int, cells: dict[str, str]) -> None:
        text, document = cells["text"].strip(), cells["document"].strip()

        def missed(reason: str, source: str = "", similarity: float = 0.0, nearest: str = "") -> None:
            self.unmatched.append(
                Unmatched(number, document, source, reason, text[:200], round(similarity, 3), nearest[:200])
            )

        sources = self.by_name.get(_folded(document), set())
        if len(sources) != 1:
            missed("no source has that name" if not sources else f"{len(sources)} sources have that name")
            return
        (source,) = sources
        paths = [
            path for one in _SEVERAL.split(cells["code"]) if (path := tuple(filter(None, _LEVELS.split(one.strip()))))
        ]
        if not text or not paths:
            missed("there is no text" if not text else "there is no code", source)
            return
        match = self._index(source).find(text)
        if not match.verbatim or match.start is None or match.end is None:
            nearest = "" if match.start is None else self.snapshot.texts[source][match.start : match.end]
            missed(str(match), source, match.similarity, nearest)
            return
        if match.occurrences > 1:
            missed(f"the words stand there in {match.occurrences} places", source, 1.0)
            return
        self.manner[match.manner] += 1
        self._keep(source, match, paths, cells)

    def _index(self, source: str) -> SourceIndex:
        if source not in self.indexes:
            self.indexes[source] = SourceIndex(self.snapshot.texts[source])
        return self.indexes[source]

    def _keep(self, source: str, match: Match, paths: Sequence[tuple[str, ...]], cells: dict[str, str]) -> None:
        start, end = match.start or 0, match.end or 0
        id = self.quotations.get((source, start, end))
        if id is None:
            id = self.quotations[source, start, end] = self.ids["quotations"].new("q", "q")
            self.new["quotations"].append(Quotation(id, source, start, end, self.snapshot.texts[source][start:end]))
        coder = self._coder(cells.get("coder", "").strip())
        for path in paths:
            code = self._code(path)
            if (id, code, coder) in self.known:
                self.again += 1
                continue
            self.known.add((id, code, coder))
            self.new["codings"].append(
                Coding(self.ids["codings"].new("c", "c"), id, code, coder, cells.get("note", "").strip())
            )

    def _code(self, path: tuple[str, ...]) -> str:
        """The code with this path; one name alone is also a code deeper down, when only one has it."""
        folded = tuple(name.casefold() for name in path)
        if folded not in self.codes and len(path) == 1 and len(self.by_last.get(folded[0], ())) == 1:
            return self.by_last[folded[0]][0]
        parent = ""
        for depth in range(1, len(path) + 1):
            above = folded[:depth]
            if above not in self.codes:
                self.codes[above] = self.ids["codes"].new(path[depth - 1], "code")
                self.by_last.setdefault(above[-1], []).append(self.codes[above])
                self.new["codes"].append(Code(self.codes[above], path[depth - 1], parent))
            parent = self.codes[above]
        return parent

    def _coder(self, name: str) -> str:
        if name and name.casefold() not in self.coders:
            self.coders[name.casefold()] = self.ids["coders"].new(name, "coder")
            self.new["coders"].append(Coder(self.coders[name.casefold()], name))
        return self.coders.get(name.casefold(), "") if name else ""


def _names_of_sources(snapshot: Snapshot) -> dict[str, set[str]]:
    """The sources with words by everything that a program may call them: id, title, file, document, with and without ending."""
    names: dict[str, set[str]] = {}
    for one in snapshot.sources:
        if one.id in snapshot.texts:
            for name in (one.id, one.title, one.file, one.original):
                if name:
                    names.setdefault(_folded(name), set()).add(one.id)
    return names


def _folded(name: str) -> str:
    """A document's name without its folders and its ending: ``Files\\\\Interviews\\\\A1.docx`` is ``a1``."""
    last = re.split(r"[\\/]+", name.strip())[-1] or name
    path = PurePosixPath(last)
    known = path.suffix.casefold() in (".txt", ".docx", ".doc", ".pdf", ".rtf", ".md", ".odt", ".vtt", ".srt")
    stem = path.stem if known else last
    return re.sub(r"[\s_-]+", " ", stem).strip().casefold()


def _ids(taken: Sequence[str]) -> Ids:
    ids = Ids()
    for id in taken:
        ids.new(id, "x")
    return ids
