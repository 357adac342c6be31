"""Word documents (.docx): the final text, as Word shows it with all changes accepted.

A paragraph is a line; a row of a table is a line with its cells parted by tabs, so that a table of speaker and words reads
as a transcript.  Numbers and bullets of lists are written out, since they are not in the text.  A footnote stands at the
end of the text under its number.  Deletions, comments, hidden text, headers and footers are left out, with a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from crosscase.core.errors import InputError
from crosscase.exchange.archive import open_zip, read_member
from crosscase.exchange.sources.model import Document, Extract, clean
from crosscase.exchange.sources.numbering import Numbering

__all__ = ["parse_xml", "read_docx"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BODY = "word/document.xml"

#: Elements whose content is not part of the final text.
_SKIPPED = {
    f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "txbxContent")
} | {_FALLBACK}
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "\u00ad",
}


def read_docx(document: Document) -> Extract:
    """The text of a Word document; InputError for one that is damaged, not safe, or empty."""
    with open_zip(document.data, name=document.name, limits=document.limits) as archive:
        names = set(archive.namelist())
        if _BODY not in names:
            raise document.refuse(
                "this is a zip, but no Word document: word/document.xml is missing", mend="save it from Word as .docx"
            )
        parts = {
            name: parse_xml(
                read_member(archive, name, name=document.name, limit=document.limits.part_bytes),
                f"{document.name}, {name}",
            )
            for name in (_BODY, "word/footnotes.xml", "word/endnotes.xml", "word/numbering.xml", "word/styles.xml")
            if name in names
        }
        extras = [name for name in names if name.startswith(("word/header", "word/footer", "word/comments"))]
    reader = _Reader(parts, document)
    text, replaced = clean(reader.text())
    if not text.strip():
        raise document.refuse("the document holds no text", mend="check that it is the right file")
    return Extract(text, warnings=(*_notes(parts[_BODY], extras), *replaced))


def parse_xml(data: bytes, where: str) -> Any:
    """The root of an XML part: no entities, no document type, no network, no huge trees."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<\0!\0D\0O\0C\0" in data:
        raise InputError(
            "the file was not read: it declares a document type or entities, which no office program writes",
            where=where,
            mend="save it again with the program it comes from",
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(data.replace(_STRICT, _W[1:-1].encode()), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(
            f"the part is damaged ({error.msg})",
            where=f"{where}, line {error.lineno}",
            mend="save or download the file again",
        ) from None


class _Reader:
    """Walks the body once; keeps the counters of lists and the order of footnotes."""

    def __init__(self, parts: dict[str, Any], document: Document) -> None:
        self._body = parts[_BODY].find(f"{_W}body")
        if self._body is None:
            raise document.refuse("the document has no body", mend="save it again from Word")
        self._numbering = Numbering(parts.get("word/numbering.xml"), parts.get("word/styles.xml"))
        self._notes = {
            (kind, note.get(f"{_W}id")): note
            for kind in ("footnote", "endnote")
            if (part := parts.get(f"word/{kind}s.xml")) is not None
            for note in part.findall(f"{_W}{kind}")
        }
        self._cited: dict[tuple[str, str], int] = {}

    def text(self) -> str:
        lines = self._join(self._blocks(self._body))
        done = 0
        while done < len(self._cited):  # a note may cite another
            for key, number in list(self._cited.items())[done:]:
                done = number
                if (note := self._notes.get(key)) is not None:
                    lines += ["", f"[{number}] " + " ".join(self._join(self._blocks(note))).strip()]
        return "\n".join(lines) + "\n" if lines else ""

    @staticmethod
    def _join(blocks: Iterator[tuple[str, bool]]) -> list[str]:
        """Paragraphs as lines; one whose mark was deleted runs on into the next."""
        lines: list[str] = []
        runs_on = False
        for text, mark_deleted in blocks:
            if runs_on:
                lines[-1] += text
            else:
                lines.append(text)
            runs_on = mark_deleted
        return lines

    def _blocks(self, container: Any) -> Iterator[tuple[str, bool]]:
        """(text, whether the paragraph's mark was deleted) for each paragraph and table row."""
        for element in container:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                for row in element.iter(f"{_W}tr"):
                    if next(row.iterancestors(f"{_W}tbl")) is element:
                        yield self._row(row), False
            elif element.tag not in _SKIPPED and isinstance(element.tag, str):
                yield from self._blocks(element)  # content controls, insertions, custom XML

    def _row(self, row: Any) -> str:
        cells = (cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row)
        return "\t".join(" ".join(filter(None, self._join(self._blocks(cell)))).replace("\n", " ") for cell in cells)

    def _paragraph(self, paragraph: Any) -> Iterator[tuple[str, bool]]:
        properties = paragraph.find(f"{_W}pPr")
        label, deleted = "", False
        if properties is not None:
            deleted = properties.find(f"{_W}rPr/{_W}del") is not None
            label = self._numbering.label(properties)
        pieces: list[str] = []
        boxes: list[Any] = []
        self._inline(paragraph, pieces, boxes)
        text = "".join(pieces)
        yield (f"{label} {text}" if label and text.strip() else text), deleted
        for box in boxes:
            yield from self._blocks(box)

    def _inline(self, element: Any, pieces: list[str], boxes: list[Any]) -> None:
        for child in element:
            tag = child.tag
            if tag == f"{_W}t":
                pieces.append(child.text or "")
            elif tag in _CHARACTERS:
                pieces.append(_CHARACTERS[tag])
            elif tag == f"{_W}txbxContent":
                boxes.append(child)
            elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                pieces.append(self._cite(tag[len(_W) : -len("Reference")], child.get(f"{_W}id")))
            elif tag == f"{_W}sym":
                pieces.append(_symbol(child.get(f"{_W}char") or ""))
            elif tag not in _SKIPPED and isinstance(tag, str) and not (tag == f"{_W}r" and _hidden(child)):
                self._inline(child, pieces, boxes)

    def _cite(self, kind: str, id: str) -> str:
        return f"[{self._cited.setdefault((kind, id), len(self._cited) + 1)}]"


def _hidden(run: Any) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val", "true") not in ("0", "false", "off")


def _symbol(code: str) -> str:
    """A character of a symbol font; those of the private area mean nothing without their font."""
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    return "\ufffd" if 0xE000 <= value <= 0xF8FF or not 0x20 <= value <= 0x10FFFF else chr(value)


def _notes(body: Any, extras: list[str]) -> list[str]:
    """What the reader of the text should know was in the document and is not in the text."""
    found: list[str] = []
    deletions = sum(1 for _ in body.iter(f"{_W}del", f"{_W}moveFrom"))
    insertions = sum(1 for _ in body.iter(f"{_W}ins", f"{_W}moveTo"))
    if deletions or insertions:
        found.append(
            f"the document has tracked changes ({insertions} insertions, {deletions} deletions): "
            "the text is the final one, with all of them accepted"
        )
    comments = sum(1 for _ in body.iter(f"{_W}commentReference"))
    if comments:
        found.append(f"{comments} comments are not part of the text")
    if any(name.startswith(("word/header", "word/footer")) for name in extras):
        found.append("headers and footers are not part of the text")
    if any(_hidden(run) for run in body.iter(f"{_W}r")):
        found.append("hidden text is not part of the text")
    return found
