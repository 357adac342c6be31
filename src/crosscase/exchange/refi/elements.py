"""The elements of a project that are written, in the order of the schema, with values that it admits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from crosscase.core import Coding, Memo, Quotation, Snapshot, Source
from crosscase.exchange.refi.guids import Guids
from crosscase.exchange.refi.xml import PROJECT, allowed

__all__ = ["SOURCE_TAGS", "Elements", "valid_time"]

SOURCE_TAGS = {"pdf": "PDFSource", "picture": "PictureSource", "audio": "AudioSource", "video": "VideoSource"}
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?")
_INTEGERS = re.compile(r"[+-]?\d+(?:,[+-]?\d+)*")
_SCHEME = "internal://"


class Elements:
    """Makes the elements of one study.  ``members`` are the files under ``sources/`` that they name."""

    def __init__(self, snapshot: Snapshot, guids: Guids) -> None:
        self.snapshot = snapshot
        self.guids = guids
        self.members: dict[str, bytes] = {}
        self.counts: Counter[str] = Counter()
        #: What only our side files hold.
        self.left: Counter[str] = Counter()
        #: Notes that are not memos of the study: the notes of codings, and locators.
        self.notes: list[tuple[str, str, str]] = []
        #: The quotations that became selections, by id.
        self.selections: dict[str, str] = {}
        self._codings = snapshot.codings.positions("quotation")
        self._turns = snapshot.turns.positions("source")
        self._memos: dict[tuple[str, str], list[Memo]] = {}
        for memo in snapshot.memos:
            self._memos.setdefault((memo.about_kind, memo.about), []).append(memo)
        #: The memos that are written as descriptions.
        self.described: set[str] = set()

    def add(self, parent: Any, tag: str, **attributes: str) -> Any:
        """A new element at the end of ``parent``."""
        return etree.SubElement(parent, f"{{{PROJECT}}}{tag}", attributes)

    # -- what many elements have ---------------------------------------------------------------------------------------

    def description(self, parent: Any, table: str, id: str) -> None:
        """The memo that was a description becomes one again."""
        for memo in self._memos.get((table, id), ()):
            if memo.extra.get("refi") == "description" and memo.text:
                self.add(parent, "Description").text = allowed(memo.text)
                self.described.add(memo.id)
                return

    def note_references(self, parent: Any, table: str, id: str) -> None:
        """References to the memos about a row."""
        for memo in self._memos.get((table, id), ()):
            if memo.id not in self.described:
                self.add(parent, "NoteRef", targetGUID=self.guids.of("memos", memo.id))

    def about(self, table: str, id: str) -> list[Memo]:
        return self._memos.get((table, id), [])

    def coding(self, parent: Any, coding: Coding, locator: str = "") -> None:
        """A coding with its coder, its memos, and its note as a memo of its own."""
        if coding.code not in self.snapshot.codes:
            self.left["coding with a code that is not there"] += 1
            return
        attributes = {"guid": self.guids.of("codings", coding.id)}
        if coding.coder in self.snapshot.coders:
            attributes["creatingUser"] = self.guids.of("coders", coding.coder)
        attributes |= _created(coding.extra.get("created"))
        element = self.add(parent, "Coding", **attributes)
        self.add(element, "CodeRef", targetGUID=self.guids.of("codes", coding.code))
        for title, text in (("Note", coding.note), ("Locator", locator)):
            if text:
                identity = self.guids.made("notes", f"{title}\0{coding.id}")
                self.notes.append((identity, title, text))
                self.add(element, "NoteRef", targetGUID=identity)
        self.note_references(element, "codings", coding.id)
        self.counts["codings"] += 1

    def codings_of(self, quotation: Quotation) -> Sequence[Coding]:
        return [self.snapshot.codings[place] for place in self._codings.get(quotation.id, ())]

    def variable_values(self, parent: Any, values: dict[str, str], variables: dict[str, tuple[str, str]]) -> None:
        """The values of a case or a source; ``variables`` has the GUID and the type of each."""
        for name, value in values.items():
            if value:
                identity, kind = variables[name]
                element = self.add(parent, "VariableValue")
                self.add(element, "VariableRef", targetGUID=identity)
                self.add(element, f"{kind}Value").text = allowed(value) if kind == "Text" else value

    # -- sources -------------------------------------------------------------------------------------------------------

    def source(
        self, parent: Any, source: Source, quotations: Sequence[Quotation], variables: dict[str, tuple[str, str]]
    ) -> None:
        """A source with its text, its document and everything that was selected in it."""
        identity = self.guids.of("sources", source.id)
        medium = _medium(source)
        text = self.snapshot.texts.get(source.id)
        path = self._file(identity, source)
        attributes = {"guid": identity, "name": allowed(source.title or source.id)} | _created(
            source.extra.get("created")
        )
        if medium in SOURCE_TAGS:
            element = self.add(parent, SOURCE_TAGS[medium], **attributes, **({"path": path} if path else {}))
        else:
            element = self.add(parent, "TextSource", **attributes)
            self._text(element, identity, text)
            if path:
                element.set("richTextPath", path)
        self.description(element, "sources", source.id)
        placed = [one for one in quotations if _span(one, text) is not None]
        others = [one for one in quotations if _span(one, text) is None]
        marked = {
            "pdf": self._pdf, "picture": self._picture, "audio": self._recording, "video": self._recording,
        }.get(medium, self._plain)  # fmt: skip
        marked(element, source, text, placed, others)
        for quotation in others:
            if quotation.id not in self.selections:
                self._whole(element, quotation)
        self.note_references(element, "sources", source.id)
        given = {key[9:]: str(value) for key, value in source.extra.items() if key.startswith("variable.")}
        self.variable_values(element, given, variables)
        self.counts["sources"] += 1

    def _plain(
        self, element: Any, source: Source, text: str | None, placed: list[Quotation], others: list[Quotation]
    ) -> None:
        for quotation in placed:
            self._selection(element, "PlainTextSelection", quotation, _positions(quotation))
        for quotation in others if text is None else ():  # positions in a text that never came along
            if where := _numbers(quotation, "positions", ("startPosition", "endPosition")):
                self._selection(element, "PlainTextSelection", quotation, where)

    def _pdf(
        self, element: Any, source: Source, text: str | None, placed: list[Quotation], others: list[Quotation]
    ) -> None:
        for quotation in (*placed, *others):
            region = _numbers(quotation, "page", ("page",)) | _numbers(quotation, "region", _BOX)
            if len(region) == 5:
                self._selection(element, "PDFSelection", quotation, region, codings=quotation in others)
        self._carried(element, "Representation", source, text, placed)

    def _picture(
        self, element: Any, source: Source, text: str | None, placed: list[Quotation], others: list[Quotation]
    ) -> None:
        self._carried(element, "TextDescription", source, text, placed)
        for quotation in others:
            if region := _numbers(quotation, "region", _BOX):
                self._selection(element, "PictureSelection", quotation, region)

    def _carried(self, element: Any, tag: str, source: Source, text: str | None, placed: list[Quotation]) -> None:
        if text is not None:
            identity = self.guids.made("texts", source.id)
            inner = self.add(element, tag, guid=identity)
            self._text(inner, identity, text)
            self._plain(inner, source, text, placed, [])

    def _recording(
        self, element: Any, source: Source, text: str | None, placed: list[Quotation], others: list[Quotation]
    ) -> None:
        if text is not None:
            identity = self.guids.made("texts", source.id)
            transcript = self.add(element, "Transcript", guid=identity)
            self._text(transcript, identity, text)
            points = self._sync_points(transcript, source, placed)
            for quotation in placed:
                ends = {"fromSyncPoint": points[quotation.start], "toSyncPoint": points[quotation.end]}
                self._selection(transcript, "TranscriptSelection", quotation, ends)
        tag = f"{SOURCE_TAGS[_medium(source)][:5]}Selection"
        for quotation in others:
            if time := _numbers(quotation, "time", ("begin", "end")):
                self._selection(element, tag, quotation, time)

    def _sync_points(self, transcript: Any, source: Source, placed: list[Quotation]) -> dict[int | None, str]:
        """A point for the beginning of every turn with a time, and for both ends of every selection."""
        times = {
            turn.start: turn.time
            for turn in (self.snapshot.turns[place] for place in self._turns.get(source.id, ()))
            if turn.time is not None and 0 <= turn.time < 1e9
        }
        points: dict[int | None, str] = {}
        ends = {place for one in placed for place in (one.start, one.end) if place is not None}
        for place in sorted({*times, *ends}):
            points[place] = self.guids.made("points", f"{source.id}\0{place}")
            time = {"timeStamp": str(round(times[place] * 1000))} if place in times else {}
            self.add(transcript, "SyncPoint", guid=points[place], **time, position=str(place))
        return points

    def _selection(
        self, parent: Any, tag: str, quotation: Quotation, where: dict[str, str], *, codings: bool = True
    ) -> None:
        identity = self.guids.of("quotations", quotation.id)
        name = str(quotation.extra.get("name") or quotation.text[:100] or quotation.locator)
        attributes = {"guid": identity, "name": allowed(name), **where, **_created(quotation.extra.get("created"))}
        element = self.add(parent, tag, **attributes)
        self.selections[quotation.id] = identity
        if codings:
            self.description(element, "quotations", quotation.id)
            for coding in self.codings_of(quotation):
                self.coding(element, coding)
            self.note_references(element, "quotations", quotation.id)

    def _whole(self, element: Any, quotation: Quotation) -> None:
        """What has a locator only: its codings are the source's, each with the locator in a note."""
        locator = "" if quotation.extra.get("whole") else quotation.locator
        codings = self.codings_of(quotation)
        for coding in codings:
            self.coding(element, coding, locator)
        if not codings:
            self.left["quotation with a locator only, without a coding"] += 1

    def _text(self, element: Any, identity: str, text: str | None) -> None:
        if text is not None:
            self.members[f"sources/{identity}.txt"] = text.encode("utf-8", "replace")
            element.set("plainTextPath", f"{_SCHEME}{identity}.txt")

    def _file(self, identity: str, source: Source) -> str:
        data = self.snapshot.originals.get(source.id) if source.original else None
        if data is None:
            return ""
        suffix = PurePosixPath(source.original).suffix
        suffix = suffix if suffix[1:].isascii() and suffix[1:].isalnum() and suffix != ".txt" else ".original"
        self.members[f"sources/{identity}{suffix}"] = data
        return f"{_SCHEME}{identity}{suffix}"


_BOX = ("firstX", "firstY", "secondX", "secondY")


def _medium(source: Source) -> str:
    medium = str(source.extra.get("medium", ""))
    return medium or ("pdf" if source.original.casefold().endswith(".pdf") else "text")


def _span(quotation: Quotation, text: str | None) -> tuple[int, int] | None:
    """The span of a quotation when it is one of this text."""
    start, end = quotation.start, quotation.end
    if text is None or start is None or end is None or not 0 <= start <= end <= len(text):
        return None
    return start, end


def _positions(quotation: Quotation) -> dict[str, str]:
    return {"startPosition": str(quotation.start), "endPosition": str(quotation.end)}


def _numbers(quotation: Quotation, key: str, names: Sequence[str]) -> dict[str, str]:
    """Whole numbers that were kept as one text."""
    value = str(quotation.extra.get(key, ""))
    numbers = value.split(",") if _INTEGERS.fullmatch(value) else []
    return dict(zip(names, numbers, strict=True)) if len(numbers) == len(names) else {}


def _created(value: Any) -> dict[str, str]:
    return (
        {"creationDateTime": str(value)}
        if value and _DATE_TIME.fullmatch(str(value)) and valid_time(str(value))
        else {}
    )


def valid_time(text: str) -> bool:
    """Whether a date or a date and time exists."""
    import datetime

    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return not text.startswith("0000")
