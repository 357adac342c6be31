"""Projects that no program would write: the elements and attributes of the schema in any order and with any values.

Used for a bounded run in the tests and for as long as one likes in ``benchmarks/refi_fuzz.py``.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from crosscase.core.errors import CrosscaseError
from crosscase.exchange.refi import Read, read_project, write_project
from exchange.refi.projects import archive, identity, saved

#: Element -> what may be in it; anything may also be somewhere else.
INSIDE = {
    "Project": (
        "Users",
        "CodeBook",
        "Variables",
        "Cases",
        "Sources",
        "Notes",
        "Links",
        "Sets",
        "Graphs",
        "Description",
    ),
    "Users": ("User",),
    "CodeBook": ("Codes", "Sets"),
    "Codes": ("Code",),
    "Code": ("Code", "Description", "NoteRef"),
    "Variables": ("Variable",),
    "Cases": ("Case",),
    "Case": ("VariableValue", "SourceRef", "SelectionRef", "CodeRef", "Description"),
    "VariableValue": ("VariableRef", "TextValue", "IntegerValue", "DateValue", "BooleanValue"),
    "Sources": ("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource"),
    "TextSource": ("PlainTextContent", "PlainTextSelection", "Coding", "VariableValue", "NoteRef"),
    "PDFSource": ("Representation", "PDFSelection", "Coding"),
    "PictureSource": ("TextDescription", "PictureSelection"),
    "AudioSource": ("Transcript", "AudioSelection"),
    "VideoSource": ("Transcript", "VideoSelection", "Transcript"),
    "Representation": ("PlainTextContent", "PlainTextSelection"),
    "TextDescription": ("PlainTextContent", "PlainTextSelection"),
    "Transcript": ("PlainTextContent", "SyncPoint", "SyncPoint", "TranscriptSelection"),
    "PlainTextSelection": ("Coding", "Coding", "Description", "NoteRef"),
    "PDFSelection": ("Coding",),
    "PictureSelection": ("Coding",),
    "AudioSelection": ("Coding",),
    "VideoSelection": ("Coding",),
    "TranscriptSelection": ("Coding",),
    "Coding": ("CodeRef", "CodeRef", "NoteRef"),
    "Notes": ("Note",),
    "Note": ("PlainTextContent", "Description", "PlainTextSelection"),
    "Links": ("Link",),
    "Sets": ("Set",),
    "Set": ("MemberCode", "MemberSource", "MemberNote", "Description"),
    "Graphs": ("Graph",),
    "Graph": ("Vertex", "Edge"),
}
#: Few, so that references meet something.
GUIDS = [*(identity(str(number)) for number in range(6)), "{" + identity("1").upper() + "}", "", "x", "../x"]
NUMBERS = [*map(str, range(-2, 60)), "", "one", "1.5", "9" * 30, "-" + "9" * 9, "٣"]
NAMES = ["", "trust", "Trust", "id", "case name", "Level: theme", "CON", "…", "a/b", "\x85", "é" * 90, "国内", "😀"]
PATHS = ["internal://A.txt", "A.txt", "internal://B.docx", "relative:///../A.txt", "absolute:///C:/A.txt", "internal://", "/etc/hostname"]  # fmt: skip
LETTERS = "ab .,\n\r\té国😀🦊\u0301\u2028"
ATTRIBUTES: dict[str, list[str]] = {
    **dict.fromkeys(("guid", "targetGUID", "creatingUser", "originGUID", "representedGUID", "fromSyncPoint", "toSyncPoint",
                     "sourceVertex", "targetVertex"), GUIDS),
    **dict.fromkeys(("startPosition", "endPosition", "position", "timeStamp", "begin", "end", "page", "firstX", "firstY",
                     "secondX", "secondY"), NUMBERS),
    "name": NAMES,
    "color": ["#ff0000", "red", ""],
    "isCodable": ["true", "false", "0", ""],
    "typeOfVariable": ["Text", "Integer", "DateTime", "?"],
    "creationDateTime": ["2019-03-02T10:00:00Z", "2019-13-45", "yesterday", ""],
    "plainTextPath": PATHS,
    "path": PATHS,
}  # fmt: skip


def packed() -> st.SearchStrategy[tuple[str, bytes]]:
    """A project as a file: its name, and its bytes, of which some may be damaged."""
    return st.integers(0, 2**62).map(project_of)


def project_of(seed: int) -> tuple[str, bytes]:
    """The project of a number; drawn by a plain generator, since such trees are slow to draw piece by piece."""
    draw = Random(seed)
    xml = element("Project", draw).encode("utf-8")
    if draw.random() < 0.5:
        name, data = "a.qde", xml
    else:
        folder = draw.choice(["sources/", "Sources/", ""])
        text = words(draw).encode(draw.choice(["utf-8", "utf-8-sig", "utf-16"]))
        name, data = "a.qdpx", archive(xml, {f"{folder}A.txt": text, "sources/B.docx": draw.randbytes(20)})
    for _ in range(draw.choice([0, 0, 0, 1, 4])):
        place = draw.randrange(len(data))
        data = data[:place] + draw.randbytes(draw.randrange(6)) + data[place + draw.randrange(8) :]
    return name, data


def element(name: str, draw: Random, depth: int = 0) -> str:
    """One element with attributes and content, as XML."""
    keys = {*draw.sample(sorted(ATTRIBUTES), 5), "guid", "targetGUID", "startPosition", "endPosition"}
    attributes = "".join(f" {key}={quoteattr(draw.choice(ATTRIBUTES[key]))}" for key in sorted(keys))
    if name not in INSIDE or depth > 7:
        return f"<{name}{attributes}>{escape(words(draw))}</{name}>"
    inside = [*(INSIDE[name] if not depth else ()), *draw.choices(INSIDE[name], k=draw.randrange(5))]
    if draw.random() < 0.05:
        inside.append(draw.choice([*INSIDE, "Strange"]))
    return f"<{name}{attributes}>{''.join(element(one, draw, depth + 1) for one in inside)}</{name}>"


def words(draw: Random) -> str:
    return "".join(draw.choices(LETTERS, k=draw.choice([0, 3, 60])))


def holds(folder: Path, name: str, data: bytes) -> str:
    """Read a project and check what must hold of it; ``read`` or ``refused``.

    The words of every quotation stand at its place, references go to rows that are there, and what was read can be written and
    read again with all its codings.
    """
    path = saved(folder, data, name)
    try:
        read: Read = read_project(path)
    except CrosscaseError:
        return "refused"
    study = read.snapshot
    for one in study.quotations:
        assert one.source in study.sources
        assert one.start is None or study.texts[one.source][one.start : one.end] == one.text
    for coding in study.codings:
        assert coding.quotation in study.quotations
        assert coding.code in study.codes
    write_project(study, folder / "again.qdpx")
    again = read_project(folder / "again.qdpx")
    assert again.basis == "own", again.warnings
    assert again.snapshot.counts() == study.counts()
    return "read"
