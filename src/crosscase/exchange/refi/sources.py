"""Sources of a project with the selections in them: gathered first, placed when the counting of positions is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from crosscase.core import Source, text_hash
from crosscase.exchange.refi.cases import CasesRead, Variables
from crosscase.exchange.refi.container import Container
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.refi.positions import Selection, Selections
from crosscase.exchange.refi.report import Account
from crosscase.exchange.refi.texts import Text, original_of, text_of
from crosscase.exchange.refi.xml import attribute, child, children, guid, local, words

__all__ = ["SOURCES", "Gathered", "Mark", "SourcesRead", "region", "seconds"]

SOURCES = {
    "TextSource": "text", "PDFSource": "pdf", "PictureSource": "picture", "AudioSource": "audio", "VideoSource": "video",
}  # fmt: skip
_REGIONS = ("PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection")
_KNOWN = {
    *_REGIONS, "Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue",
    "Representation", "TextDescription", "Transcript", "SyncPoint", "TranscriptSelection",
}  # fmt: skip
_BOX = ("firstX", "firstY", "secondX", "secondY")


@dataclass(slots=True)
class Mark:
    """A selection as it stands in the file: positions in the text, or else a locator; or a coding of a whole source."""

    element: Any
    identity: str
    selection: Selection | None = None
    locator: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    #: Which of the source's own counts of positions it is; a coding of the whole source has none.
    whole: bool = False


@dataclass(slots=True)
class Gathered:
    """A source, its text, its selections, and the positions with times of a transcript."""

    source: Source
    text: Text | None
    marks: list[Mark] = field(default_factory=list)
    #: (position as written, seconds) in order.
    times: list[tuple[int, float]] = field(default_factory=list)

    def selections(self) -> Selections | None:
        """What the choice of a convention needs; the positions of times count as selections of a place."""
        found = [mark.selection for mark in self.marks if mark.selection is not None]
        if self.text is None or not found:
            return None
        return Selections(self.source.id, self.text.words, found, self.text.mark)


class SourcesRead:
    """Walks the sources of a project."""

    def __init__(
        self,
        container: Container,
        account: Account,
        variables: Variables,
        cases: CasesRead,
        noted: Callable[[Any, str, str], None],
    ) -> None:
        self._container = container
        self._account = account
        self._variables = variables
        self._cases = cases
        self._noted = noted
        self._ids = Ids()
        self.gathered: list[Gathered] = []
        self.originals: dict[str, bytes] = {}
        self.by_guid: dict[str, str] = {}
        #: Descriptions of sources, which become memos.
        self.descriptions: list[tuple[str, str]] = []

    def read(self, container: Any | None) -> None:
        """All sources under a ``Sources`` element."""
        for element in children(container) if container is not None else ():
            if local(element) in SOURCES:
                self._account.read["sources"] += 1
                self.source(element, SOURCES[local(element)])
            else:
                self._account.dropped[f"element {local(element)} among the sources"] += 1

    def source(self, element: Any, medium: str) -> Gathered:
        """One source: its own text, its representation, or its first transcript; further transcripts are sources too."""
        inner = {"pdf": "Representation", "picture": "TextDescription"}.get(medium, "Transcript")
        carrier = element if medium == "text" else child(element, inner)
        gathered = self._row(element, carrier, medium)
        if carrier is not None:
            self._marks(gathered, carrier)
        if medium != "text":
            self._marks(gathered, element)
            for further in list(children(element, "Transcript"))[1:]:
                more = self._row(further, further, medium, f" ({attribute(further, 'name') or 'transcript'})", element)
                self._marks(more, further)
        for other in children(element):
            if local(other) not in _KNOWN:
                self._account.dropped[f"element {local(other)} in a source"] += 1
        return gathered

    def _row(self, element: Any, carrier: Any | None, medium: str, suffix: str = "", of: Any | None = None) -> Gathered:
        about = element if of is None else of
        title = attribute(about, "name") + suffix
        path = attribute(about, "plainTextPath") or attribute(about, "path")
        title = title or path.rpartition("/")[2]
        id = self._ids.new(title.rsplit(".", 1)[0] if "." in title[-6:] else title, "source")
        identity = guid(element)
        self.by_guid.setdefault(identity, id)
        text = None if carrier is None else text_of(carrier, self._container, self._account, title or id)
        kind, original = original_of(element, self._container, self._account)
        if not original and carrier is not None and carrier is not element:
            kind, original = original_of(carrier, self._container, self._account)
        extra = {"guid": identity} if identity else {}
        if medium != "text":
            extra["medium"] = medium
        if created := attribute(element, "creationDateTime"):
            extra["created"] = created
        values = self._variables.values(about)
        extra |= {f"variable.{name}": value for name, value in values.items()}
        case = self._cases.only(self._cases.of_source, guid(about))
        row = Source(
            id,
            f"{id}.txt" if text is not None else "",
            case=case,
            title=title,
            hash=text_hash(text.words) if text is not None else "",
            original=f"{id}{kind}" if original else "",
            extra=extra,
        )
        if original and kind == ".txt" and text is not None and medium == "text":
            row, original = replace(row, original=""), b""
        if original:
            self.originals[id] = original
        if of is None and (described := words(element, "Description")):
            self.descriptions.append((id, described))
        gathered = Gathered(row, text)
        self.gathered.append(gathered)
        self._noted(element, "sources", id)
        if carrier is not None and carrier is not element:
            self._noted(carrier, "sources", id)
        return gathered

    def _marks(self, gathered: Gathered, element: Any) -> None:
        """The selections directly under an element, and the codings of it as a whole."""
        points = self._sync_points(gathered, element)
        for one in children(element):
            name = local(one)
            if name == "PlainTextSelection":
                gathered.marks.append(
                    self._passage(one, attribute(one, "startPosition"), attribute(one, "endPosition"))
                )
            elif name == "TranscriptSelection":
                gathered.marks.append(self._spoken(one, points))
            elif name in _REGIONS:
                locator, extra = region(one)
                gathered.marks.append(Mark(one, guid(one), None, locator, extra))
        if any(True for _ in children(element, "Coding")):
            gathered.marks.append(Mark(element, "", None, "the whole source", {"whole": "yes"}, whole=True))

    def _passage(self, element: Any, start: str, end: str) -> Mark:
        try:
            selection = Selection(int(start), int(end), attribute(element, "name"))
        except ValueError:
            locator = f"positions {start or '?'}–{end or '?'}, which are no numbers"
            self._account.unplaced.append({"selection": attribute(element, "name"), "start": start, "end": end})
            return Mark(element, guid(element), None, locator)
        return Mark(element, guid(element), selection)

    def _sync_points(self, gathered: Gathered, element: Any) -> dict[str, tuple[str, str]]:
        """The points of a transcript by GUID: position and time as written."""
        points: dict[str, tuple[str, str]] = {}
        for one in children(element, "SyncPoint"):
            position, time = attribute(one, "position"), attribute(one, "timeStamp")
            points.setdefault(guid(one), (position, time))
            try:
                gathered.times.append((int(position), int(time) / 1000))
            except (ValueError, OverflowError):
                self._account.dropped["point of a transcript without position or time"] += 1
        gathered.times.sort()
        return points

    def _spoken(self, element: Any, points: Mapping[str, tuple[str, str]]) -> Mark:
        """A selection of a transcript: between the positions of two points, or else between their times."""
        start = points.get(guid(element, "fromSyncPoint"), ("", ""))
        end = points.get(guid(element, "toSyncPoint"), ("", ""))
        if start[0] and end[0]:
            return self._passage(element, start[0], end[0])
        if start[1] and end[1]:
            return Mark(element, guid(element), None, f"time {seconds(start[1])}–{seconds(end[1])}")
        return self._passage(element, start[0], end[0])


def region(element: Any) -> tuple[str, dict[str, str]]:
    """The locator of a region of a page or a picture, or of a stretch of time, and its numbers as written."""
    if attribute(element, "begin") or attribute(element, "end"):
        begin, end = attribute(element, "begin"), attribute(element, "end")
        return f"time {seconds(begin)}–{seconds(end)}", {"time": f"{begin},{end}"}
    box = ",".join(attribute(element, name) for name in _BOX)
    page = attribute(element, "page")
    return (f"page {page}, region {box}", {"region": box, "page": page}) if page else (f"region {box}", {"region": box})


def seconds(milliseconds: str) -> str:
    """A time in minutes and seconds.

    >>> seconds("61250")
    '1:01.250'
    """
    try:
        number = int(milliseconds)
    except ValueError:
        return milliseconds or "?"
    return f"{number // 60000}:{number % 60000 / 1000:06.3f}"
