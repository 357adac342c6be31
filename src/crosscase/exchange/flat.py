"""Codebooks and quotations from spreadsheets: the flat exports of NVivo, ATLAS.ti and MAXQDA.

A row of quotations has the document, the code (often a path) and the words, no positions; so the words are looked up in the
text of the document.  Words that stand there in more than one place, or nowhere, are listed and not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crosscase.core import Code, Coder, Coding, Quotation, Snapshot, Table
from crosscase.core.errors import InputError
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.tables import RawTable
from crosscase.text.matching import SourceIndex

__all__ = ["KINDS", "Flat", "read_flat"]

#: What a flat table can be read as: the columns that it must have.
KINDS: Mapping[str, tuple[str, ...]] = {"quotations": ("document", "code", "text"), "codebook": ("code",)}

#: The names that programs give to their columns, the surest first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "document": (
        "document", "document name", "source", "source name", "file", "file name", "files", "document title", "transcript",
    ),
    "code": ("code path", "hierarchical name", "code", "codes", "node", "nodes", "code name", "name", "theme"),
    "text": (
        "segment", "coded segment", "quotation content", "coded text", "text", "quotation", "quote", "excerpt", "content",
        "reference text", "reference",
    ),
    "coder": ("coder", "author", "created by", "coded by", "user", "initials"),
    "note": ("comment", "note", "memo", "comments"),
    "definition": ("definition", "description", "code memo", "memo", "comment"),
}  # fmt: skip
_STEP = re.compile(r"\s*\\+\s*|\s+>\s+")
_ROOTS = frozenset(["codes", "nodes", "code system"])


@dataclass(frozen=True, slots=True)
class Flat:
    """What came of a flat table: the study with it, how many rows were read and placed, and the rows that were not.

    ``manners`` says how the words were found: ``exact``, after levelling ``typography``, ``hyphens``, ``case``.
    """

    snapshot: Snapshot
    rows: int
    codings: int = 0
    codes: int = 0
    manners: Mapping[str, int] = field(default_factory=dict)
    unmatched: tuple[Mapping[str, Any], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "codings": self.codings,
            "codes_made": self.codes,
            "found": dict(self.manners),
            "unmatched": [dict(one) for one in self.unmatched],
        }


def read_flat(raw: RawTable, snapshot: Snapshot, kind: str) -> Flat:
    """Put a table of ``quotations`` or a ``codebook`` into a study.

    Raises:
        InputError: the table lacks a column that is needed.
    """
    columns = {name: found for name in _NAMES if (found := _column(raw, name))}
    if missing := [name for name in KINDS[kind] if name not in columns]:
        named = ", ".join(f"'{one}'" for one in _NAMES[missing[0]][:4])
        raise InputError(
            f"there is no column for the {missing[0]}",
            where=f"{raw.file}, row 1",
            mend=f"name one {named}; there are: {', '.join(raw.columns)}",
        )
    cells = {name: [raw.text(column, cell) for cell in raw.column(column)] for name, column in columns.items()}
    used = [*KINDS[kind], *(("definition",) if kind == "codebook" else ("coder", "note"))]
    shown = {columns[name]: name for name in used if name in columns}
    read = _codebook(snapshot, cells) if kind == "codebook" else _quotations(snapshot, cells, raw.numbers)
    return replace(read, columns=shown)


def _codebook(snapshot: Snapshot, cells: Mapping[str, Sequence[str]]) -> Flat:
    codes = _Codes(snapshot.codes)
    definitions = cells.get("definition", [""] * len(cells["code"]))
    for path, definition in zip(cells["code"], definitions, strict=True):
        if path.strip():
            codes.define(codes.of(path), definition.strip())
    return Flat(snapshot.replace(codes=codes.table()), len(cells["code"]), codes=codes.made)


def _quotations(snapshot: Snapshot, cells: Mapping[str, Sequence[str]], numbers: Sequence[int]) -> Flat:
    documents = _Documents(snapshot)
    codes = _Codes(snapshot.codes)
    spans = {(one.source, one.start, one.end): one.id for one in snapshot.quotations if one.start is not None}
    quotations, codings, coders = list(snapshot.quotations), list(snapshot.codings), list(snapshot.coders)
    quotation_ids, coding_ids = _taken(snapshot.quotations), _taken(snapshot.codings)
    coder_ids = {one.name or one.id: one.id for one in coders}
    known = {(one.quotation, one.code, one.coder) for one in codings}
    new_coder = _taken(snapshot.coders)
    manners: Counter[str] = Counter()
    unmatched: list[dict[str, Any]] = []
    empty = [""] * len(numbers)
    before = len(codings)
    for number, document, path, text, coder, note in zip(
        numbers, cells["document"], cells["code"], cells["text"], cells.get("coder", empty), cells.get("note", empty),
        strict=True,
    ):  # fmt: skip
        source, why = documents.find(document), ""
        match = None if source is None else documents.index(source).find(text)
        if source is None or match is None:
            why = f"there is no document '{document}' with a text"
        elif not match.verbatim:
            why = str(match)
        elif match.occurrences > 1:
            why = f"the words stand {match.occurrences} times in the document"
        elif not path.strip():
            why = "there is no code"
        if why or source is None or match is None or match.start is None or match.end is None:
            unmatched.append({"row": number, "document": document, "code": path, "text": text[:200], "why": why})
            continue
        manners[match.manner] += 1
        key = (source, match.start, match.end)
        if key not in spans:
            spans[key] = quotation_ids.new("q", "q")
            words = snapshot.texts[source][match.start : match.end]
            quotations.append(Quotation(spans[key], source, match.start, match.end, words))
        if coder.strip() and coder.strip() not in coder_ids:
            coder_ids[coder.strip()] = new_coder.new(coder, "coder")
            coders.append(Coder(coder_ids[coder.strip()], coder.strip()))
        for one in codes.split(path):
            row = (spans[key], codes.of(one), coder_ids.get(coder.strip(), ""))
            if row not in known:
                known.add(row)
                codings.append(Coding(coding_ids.new("c", "c"), *row, note.strip()))
    changed = snapshot.replace(
        codes=codes.table(),
        coders=Table.of(Coder, coders),
        quotations=Table.of(Quotation, quotations),
        codings=Table.of(Coding, codings),
    )
    return Flat(changed, len(numbers), len(codings) - before, codes.made, dict(manners), tuple(unmatched))


class _Documents:
    """The sources of a study by the names under which a table may know them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._indexes: dict[str, SourceIndex] = {}
        self._by_name: dict[str, str | None] = {}
        for source in snapshot.sources:
            if source.id in snapshot.texts:
                names = {_folded(name) for name in (source.id, source.title, source.file, source.original) if name}
                for name in names | {_bare(name) for name in names}:
                    # two sources of one name: neither is meant for sure
                    self._by_name[name] = source.id if name not in self._by_name else None

    def find(self, name: str) -> str | None:
        """The source that a cell names, by itself or as the last step of a path."""
        folded = _folded(name)
        last = _folded(_STEP.split(name)[-1])
        return next(
            (found for one in (folded, _bare(folded), last, _bare(last)) if (found := self._by_name.get(one))), None
        )

    def index(self, source: str) -> SourceIndex:
        if source not in self._indexes:
            self._indexes[source] = SourceIndex(self._snapshot.texts[source])
        return self._indexes[source]


class _Codes:
    """The codes of a study by their paths; those that a table adds are made."""

    def __init__(self, codes: Table[Code]) -> None:
        self._codes = {code.id: code for code in codes}
        self._ids = _taken(codes)
        self._below: dict[tuple[str, str], str] = {
            (code.parent, _folded(code.name or code.id)): code.id for code in codes
        }
        self._by_name: dict[str, list[str]] = {}
        for code in codes:
            self._by_name.setdefault(_folded(code.name or code.id), []).append(code.id)
        self.made = 0

    def split(self, cell: str) -> list[str]:
        """The codes in a cell: a line each, or parted by semicolons, unless the whole is a code."""
        whole = cell.strip()
        if _folded(whole) in self._by_name:
            return [whole]
        return [one.strip() for one in re.split(r"[\n;]", whole) if one.strip()]

    def of(self, path: str) -> str:
        """The code at a path.  A single name is the one code of that name, wherever it is."""
        steps = [step.strip() for step in _STEP.split(path.strip()) if step.strip()]
        if len(steps) > 1 and _folded(steps[0]) in _ROOTS and ("", _folded(steps[0])) not in self._below:
            steps = steps[1:]
        named = self._by_name.get(_folded(steps[0]), []) if len(steps) == 1 else []
        if len(named) == 1:
            return named[0]
        parent = ""
        for step in steps:
            key = (parent, _folded(step))
            if key not in self._below:
                id = self._ids.new(step, "code")
                self._codes[id] = Code(id, step, parent)
                self._below[key] = id
                self._by_name.setdefault(_folded(step), []).append(id)
                self.made += 1
            parent = self._below[key]
        return parent

    def define(self, id: str, definition: str) -> None:
        """Give a code a definition when it has none."""
        if definition and not self._codes[id].definition:
            self._codes[id] = replace(self._codes[id], definition=definition)

    def table(self) -> Table[Code]:
        return Table.of(Code, self._codes.values())


def _column(raw: RawTable, name: str) -> str:
    folded = {_folded(column): column for column in raw.columns}
    return next((folded[one] for one in _NAMES[name] if one in folded), "")


def _taken(table: Table[Any]) -> Ids:
    """Ids that are not yet in a table."""
    ids = Ids()
    for id in table.column("id"):
        ids.take(id)
    return ids


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _bare(name: str) -> str:
    """A file name without its suffix."""
    return re.sub(r"\.[a-z0-9]{1,5}$", "", name)
