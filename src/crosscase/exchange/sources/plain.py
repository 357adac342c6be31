"""Plain text and Markdown: the file's characters as they are, marks of Markdown included."""

from __future__ import annotations

from crosscase.exchange.sources.encoding import decode
from crosscase.exchange.sources.model import Document, Extract

__all__ = ["read_plain"]


def read_plain(document: Document) -> Extract:
    """The text of a .txt or .md file, line ends kept; a form feed begins a new page."""
    text, encoding, warnings = decode(document)
    pages: tuple[int, ...] = ()
    if "\f" in text.strip():
        breaks = [position + 1 for position, character in enumerate(text) if character == "\f"]
        pages = (0, *(position for position in breaks if text[position:].strip()))
    return Extract(text, encoding, pages, warnings=warnings)
