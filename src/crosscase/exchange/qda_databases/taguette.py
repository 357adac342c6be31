"""Taguette: documents as HTML, highlights by the bytes of their text, tags in paths."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from crosscase.core import Code, Study
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.exchange.qda_databases.common import Project, text_in
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.refi.report import Read
from crosscase.text.offsets import Offsets

__all__ = ["Taguette"]


class Taguette(Project):
    def __init__(self, database: sqlite3.Connection, tables: set[str], file: Path) -> None:
        super().__init__(database, tables, f"Taguette ({file.name})")
        self._project: Any = None

    def read(self, project: str = "") -> Read:
        """The study of one project; the only one when none is named."""
        chosen = self._chosen(self.table("projects"), project)
        if chosen is not None:
            self._project = chosen["id"]
            self.head = Study(title=text_in(chosen, "name"), question=text_in(chosen, "description"))
        codes = self._codes()
        tagged: dict[Any, list[str]] = {}
        for row in self.table("highlight_tags"):
            if row["tag_id"] in codes:
                tagged.setdefault(row["highlight_id"], []).append(codes[row["tag_id"]])
        ids = Ids()
        pages: dict[Any, tuple[str, _Page]] = {}
        others: set[Any] = set()
        for row in self.table("documents"):
            if not self._ours(row):
                others.add(row["id"])
                continue
            page = _Page(text_in(row, "contents"))
            source = self.source(ids, text_in(row, "name"), page.text)
            pages[row["id"]] = source, page
            if text_in(row, "description"):
                self.memo("sources", source, row, "description")
        for row in self.table("highlights", "document_id, start_offset, id"):
            if row["document_id"] not in others:
                self._highlight(row, pages, tagged.get(row["id"], []))
        return self.result()

    def _chosen(self, projects: list[sqlite3.Row], wanted: str) -> sqlite3.Row | None:
        names = [text_in(row, "name") for row in projects]
        if wanted:
            found = [row for row in projects if wanted in (text_in(row, "name"), str(row["id"]))]
            if not found:
                raise NotFoundError("project", wanted, names, where=self.origin)
        else:
            found = projects
        if len(found) > 1:
            listed = ", ".join(f"{row['id']} {text_in(row, 'name')}" for row in found)
            raise InputError(
                f"the database holds {len(found)} projects: {listed}",
                where=self.origin,
                mend=f"name one, by its name or its number, as in --project {found[0]['id']}",
            )
        return found[0] if found else None

    def _ours(self, row: sqlite3.Row) -> bool:
        """Whether a row is of the chosen project."""
        return "project_id" not in row.keys() or row["project_id"] == self._project  # noqa: SIM118 (a row is no mapping)

    def _highlight(self, row: sqlite3.Row, pages: dict[Any, tuple[str, _Page]], codes: list[str]) -> None:
        self.account.read["codings"] += len(codes)
        if row["document_id"] not in pages:
            self.account.dropped["coding without its source, code or positions"] += len(codes)
            return
        source, page = pages[row["document_id"]]
        span = page.span(row["start_offset"], row["end_offset"])
        words = _Page(text_in(row, "snippet")).text
        quotation = self.quotation(source, span, words, f"bytes {row['start_offset']}–{row['end_offset']}")
        for code in codes:
            self.coding(quotation, code)

    def _codes(self) -> dict[Any, str]:
        """Tags; a full stop in a tag's path sets it under the tag that is named before it, when there is one."""
        rows = [row for row in self.table("tags") if self._ours(row)]
        ids = Ids()
        by_path = {text_in(row, "path"): ids.new(text_in(row, "path"), "tag") for row in rows}
        codes = {}
        for row in rows:
            path = text_in(row, "path")
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
                Code(by_path[path], name, by_path.get(above, ""), definition=text_in(row, "description"))
            )
        return codes


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
