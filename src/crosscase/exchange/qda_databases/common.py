"""What the readers of both databases share: the parts of a study as they are found, and the words held against their places."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from typing import Any

from crosscase.core import TABLES, Coder, Coding, Memo, PartialDate, Quotation, Snapshot, Source, Study
from crosscase.core import text_hash as hash_of
from crosscase.core.errors import CrosscaseError
from crosscase.exchange.refi.choosing import Choice
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.refi.report import Account, Read
from crosscase.exchange.sources.model import clean

__all__ = ["Project", "text_in"]


class Project:
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
        self.originals: dict[str, bytes] = {}
        self.coders: dict[str, str] = {}
        self.choices: dict[str, Choice] = {}
        #: Parts of sources that belong to cases: start, end (as stored), case.
        self.parts: dict[Any, list[tuple[int, int, str]]] = {}
        #: What became of the codings: their words were verified in place, moved, or not found; or they are of no words.
        self.fates: Counter[str] = Counter()
        self._fate_of: dict[str, str] = {}
        self._coder_ids = Ids()

    def table(self, name: str, order: str = "rowid") -> list[sqlite3.Row]:
        """The rows of a table; none when the version of the program has no such table."""
        if name not in self.tables:
            return []
        statement = f"select * from {name} order by {order}"  # the names are ours  # nosec
        return list(self.database.execute(statement))

    def source(self, ids: Ids, name: str, words: str, case: str = "", **more: Any) -> str:
        id = ids.new(name.rsplit(".", 1)[0] if "." in name[-6:] else name, "source")
        self.account.read["sources"] += 1
        words, warnings = clean(words)
        self.account.warnings.extend(f"{name}: {one}" for one in warnings)
        if words:
            self.texts[id] = words
        file, hash = (f"{id}.txt", hash_of(words)) if words else ("", "")
        self.rows["sources"].append(Source(id, file, case=case, title=name, hash=hash, **more))
        return id

    def quotation(self, source: str, span: tuple[int, int] | None, words: str | None, locator: str) -> str:
        """A quotation whose words are those that the database has; ``words`` is ``None`` when it has none."""
        text = self.texts.get(source, "")
        if span is not None and (words is None or _same(text[span[0] : span[1]], words)):
            return self._placed(source, span, "verified")
        place = text.find(words) if words and words.strip() else -1
        if words and place >= 0 and text.find(words, place + 1) < 0:
            self.account.merged["selection whose words stand elsewhere, moved there"] += 1
            return self._placed(source, (place, place + len(words)), "moved")
        self.account.unplaced.append({"source": source, "selection": (words or "")[:100], "positions": locator})
        self.account.dropped["positions at which other words stand (see unplaced)"] += 1
        return self.located(source, f"{locator}, where other words stand", "not_found")

    def _placed(self, source: str, span: tuple[int, int], fate: str) -> str:
        case = next(
            (one for first, last, one in self.parts.get(source, ()) if first <= span[0] and span[1] <= last), ""
        )
        words = self.texts.get(source, "")[span[0] : span[1]]
        return self._add(Quotation(self._next("quotations", "q"), source, *span, words, case=case), fate)

    def located(self, source: str, locator: str, fate: str = "without_words", **extra: str) -> str:
        """A quotation without words: a region, a time, or a place where other words stand."""
        return self._add(Quotation(self._next("quotations", "q"), source, locator=locator, extra=extra), fate)

    def _add(self, quotation: Quotation, fate: str) -> str:
        self.rows["quotations"].append(quotation)
        self._fate_of[quotation.id] = fate
        return quotation.id

    def _next(self, table: str, letter: str) -> str:
        return f"{letter}{len(self.rows[table]) + 1}"

    def coding(self, quotation: str, code: str, coder: str = "", note: str = "") -> None:
        self.fates[self._fate_of[quotation]] += 1
        self.rows["codings"].append(Coding(self._next("codings", "c"), quotation, code, coder, note))

    def coder(self, row: sqlite3.Row) -> str:
        name = text_in(row, "owner")
        if name and name not in self.coders:
            self.coders[name] = self._coder_ids.new(name, "coder")
        return self.coders.get(name, "")

    def memo(self, kind: str, about: str, row: sqlite3.Row, column: str = "memo", title: str = "") -> None:
        if text := text_in(row, column):
            has_owner = "owner" in row.keys()  # noqa: SIM118 (a row is no mapping)
            author = self.coder(row) if has_owner else ""
            self.rows["memos"].append(Memo(self._next("memos", "m"), kind, about, _date(row), author, title, text))

    def result(self) -> Read:
        coders = [Coder(id, name) for name, id in self.coders.items()]
        snapshot = Snapshot.of(self.head, texts=self.texts, coders=coders, **self.rows).replace(
            originals=self.originals
        )
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
            {
                "read": read["codings"],
                "with_words": self.fates["verified"] + self.fates["moved"],
                **{fate: self.fates[fate] for fate in ("verified", "moved", "not_found", "without_words")},
            },
            tuple(dict.fromkeys(self.account.warnings)),
        )


def _same(found: str, words: str) -> bool:
    """Whether two texts have the same words; white space may differ."""
    return "".join(found.split()) == "".join(words.split())


def text_in(row: sqlite3.Row, column: str) -> str:
    """A cell as text; empty for none and for columns that this version of the program has not."""
    value = row[column] if column in row.keys() else None  # noqa: SIM118 (a row is no mapping)
    return value if isinstance(value, str) else "" if value is None or isinstance(value, bytes) else str(value)


def _date(row: sqlite3.Row) -> PartialDate | None:
    found = re.match(r"\d{4}-\d{2}-\d{2}", text_in(row, "date") or text_in(row, "created"))
    try:
        return PartialDate.parse(found[0]) if found else None
    except CrosscaseError:
        return None
