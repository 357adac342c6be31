"""Taguette projects: the SQLite file that its menu "Export project" writes (version 1.5; schema of its own models).

A document is HTML.  A highlight's ends count the UTF-8 bytes of its text, tags not counted; ``snippet`` is the HTML that
stood between them.  A tag is named by one line; tags that share what stands before a full stop are put under it here only
when that is a tag itself.  Who made a highlight is in the log of commands, which an export does not carry.
"""

from __future__ import annotations

from bisect import bisect_right
from html.parser import HTMLParser
from itertools import accumulate
from typing import Any

from crosscase.core import Code, Coding, Memo, Quotation, Snapshot, Source, Study, text_hash
from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.qda.model import Account, Placed, Read, settle
from crosscase.exchange.qda.sqlite import Database
from crosscase.exchange.refi.names import Ids

__all__ = ["is_taguette", "read_taguette", "words_of"]

#: Elements after which a new line begins.
_BLOCKS = frozenset(
    ["p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "thead", "tbody", "caption", "blockquote", "pre"]
)  # fmt: skip


def is_taguette(database: Database) -> bool:
    return database.has(
        projects="id name", documents="id project_id contents", highlights="id document_id start_offset end_offset",
        tags="id path", highlight_tags="highlight_id tag_id",
    )  # fmt: skip


def read_taguette(database: Database, *, project: str = "") -> Read:
    """The study in a Taguette database; see :func:`crosscase.exchange.qda.read_database`."""
    chosen = _project(database, project)
    account = Account()
    mine = chosen["id"]
    codes, code_of = _codes(database, mine)
    account.read["codes"] = len(codes)
    of_highlight: dict[Any, list[str]] = {}
    for link in database.rows("highlight_tags", "highlight_id tag_id"):
        if link["tag_id"] in code_of:
            of_highlight.setdefault(link["highlight_id"], []).append(code_of[link["tag_id"]])
    by_document: dict[Any, list[dict[str, Any]]] = {}
    for highlight in database.rows("highlights", "id document_id start_offset end_offset snippet", order="id"):
        by_document.setdefault(highlight["document_id"], []).append(highlight)

    ids = Ids()
    rows: dict[str, list[Any]] = {"sources": [], "quotations": [], "codings": [], "memos": [], "codes": codes}
    texts: dict[str, str] = {}
    for document in database.rows("documents", "id name description filename contents project_id", order="id"):
        if document["project_id"] != mine:
            continue
        words = words_of(_text(document["contents"]))
        name = _text(document["name"])
        id = ids.new(name, "document")
        texts[id] = words.text
        rows["sources"].append(Source(id, f"{id}.txt", "interview", title=name, hash=text_hash(words.text)))
        if description := _text(document["description"]).strip():
            rows["memos"].append(
                Memo(f"m{len(rows['memos']) + 1}", "sources", id, title="Description", text=description)
            )
        _highlights(id, words, by_document.get(document["id"], []), of_highlight, rows, account)
    head = Study(title=_text(chosen["name"]))
    if description := _text(chosen["description"]).strip():
        rows["memos"].append(Memo("m0", title="Description of the project", text=description))
    account.read.update(sources=len(texts), memos=len(rows["memos"]))
    return Read(Snapshot.of(head, texts=texts, **rows), "Taguette", account)


def _project(database: Database, wanted: str) -> dict[str, Any]:
    projects = database.rows("projects", "id name description", order="id")
    names = [_text(one["name"]) for one in projects]
    if wanted:
        if wanted not in names:
            raise NotFoundError("project", wanted, names, where=database.name)
        return projects[names.index(wanted)]
    if len(projects) != 1:
        raise InputError(
            f"the database holds {len(projects)} projects" + (f": {', '.join(names[:10])}" if names else ""),
            where=database.name,
            mend="export one project from Taguette (Project info, Export project)",
        )
    return projects[0]


def _codes(database: Database, project: Any) -> tuple[list[Code], dict[Any, str]]:
    tags = [
        one
        for one in database.rows("tags", "id project_id path description", order="path")
        if one["project_id"] == project
    ]
    ids = Ids()
    id_of = {_text(one["path"]): ids.new(_text(one["path"]), "tag") for one in tags}
    codes = []
    for one in tags:
        path = _text(one["path"])
        parent = next((above for above in _above(path) if above in id_of), "")
        name = path[len(parent) + 1 :] if parent else path
        codes.append(Code(id_of[path], name, id_of.get(parent, ""), definition=_text(one["description"]).strip()))
    return codes, {one["id"]: id_of[_text(one["path"])] for one in tags}


def _above(path: str) -> list[str]:
    """What stands before each full stop, the longest first."""
    return [path[:place] for place in range(len(path) - 1, 0, -1) if path[place] == "." and path[place + 1 :].strip()]


def _highlights(
    source: str,
    words: Words,
    highlights: list[dict[str, Any]],
    codes_of: dict[Any, list[str]],
    rows: dict[str, list[Any]],
    account: Account,
) -> None:
    stored = [(_number(one["start_offset"]), _number(one["end_offset"]), _text(one["snippet"])) for one in highlights]
    plain = [(start, end, words_of(snippet).text.strip("\n")) for start, end, snippet in stored]
    placed, place = settle(source, words.text, plain, {"utf-8 bytes": words.span_of_bytes})
    if highlights:
        account.places.append(place)
    for highlight, (start, end, snippet), one in zip(highlights, plain, placed, strict=True):
        quotation = _quotation(f"h{highlight['id']}", source, words.text, one, f"bytes {start} to {end}")
        rows["quotations"].append(quotation)
        codes = codes_of.get(highlight["id"], [])
        account.read["codings"] += len(codes)
        account.codings[one.fate] += len(codes)
        if one.fate == "unplaced":
            account.unplaced.append(
                {"source": source, "start": start, "end": end, "words": snippet[:200], "codes": codes}
            )
        rows["codings"] += [Coding(f"{quotation.id}-{code}", quotation.id, code) for code in codes]


def _quotation(id: str, source: str, text: str, placed: Placed, locator: str) -> Quotation:
    if placed.start is None or placed.end is None:
        return Quotation(id, source, locator=f"{locator} in Taguette; the words there are not those that were marked")
    return Quotation(id, source, placed.start, placed.end, text[placed.start : placed.end])


class Words:
    """The text of an HTML document, and where its bytes are in it.

    ``text`` has the words of the document letter for letter, with line ends added where a new block begins and none
    stands; those added are not counted in the bytes.
    """

    def __init__(self, runs: list[tuple[str, bool]]) -> None:
        """``runs`` are pieces of text, and whether each was in the document."""
        self.text = "".join(text for text, _ in runs)
        widths: list[int] = []
        points: list[int] = []
        point = 0
        for text, counted in runs:
            if counted:
                widths += [len(character.encode("utf-8", "surrogatepass")) for character in text]
                points += range(point, point + len(text))
            point += len(text)
        self._bytes = [0, *accumulate(widths)]
        self._points = points

    def span_of_bytes(self, start: int, end: int) -> tuple[int, int] | None:
        """The code points of ``text`` between two bytes, ``None`` when they are outside or reversed.

        A byte within a character counts as that character's beginning.  The end stands right behind its last character,
        not behind a line end that was added there.
        """
        if not 0 <= start < end <= self._bytes[-1]:
            return None
        first = bisect_right(self._bytes, start) - 1
        last = bisect_right(self._bytes, end) - 1
        return (self._points[first], self._points[last - 1] + 1) if first < last else None


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[tuple[str, bool]] = []
        self._open = False
        self._after_pre = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in _BLOCKS:
            self._open = bool(self.runs)
        self._after_pre = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._open = bool(self.runs)
        self._after_pre = False

    def handle_data(self, data: str) -> None:
        if self._after_pre and data.startswith("\n"):  # the standard drops a line end right after <pre>
            data = data[1:]
        self._after_pre = False
        if not data:
            return
        if self._open and data.strip() and not self.runs[-1][0].endswith("\n") and not data.startswith("\n"):
            self.runs.append(("\n", False))
        if data.strip():
            self._open = False
        self.runs.append((data, True))


def words_of(html: str) -> Words:
    """The words of an HTML document.

    >>> words_of("<p>Grüße &amp; mehr</p><p>Ende</p>").text
    'Grüße & mehr\\nEnde'
    """
    parser = _Parser()
    parser.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
    parser.close()
    return Words(parser.runs)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1
