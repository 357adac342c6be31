"""The text of a source and the document it came from."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from crosscase.core.errors import CrosscaseError
from crosscase.exchange.refi.container import Container
from crosscase.exchange.refi.report import Account
from crosscase.exchange.refi.xml import attribute, child
from crosscase.exchange.sources import read_source
from crosscase.exchange.sources.encoding import decode
from crosscase.exchange.sources.model import Document, clean

__all__ = ["Text", "original_of", "text_of"]

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Documents whose words can be read when a project brings no plain text.
_READABLE = (".docx", ".pdf", ".txt", ".md")


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a source, verbatim but for the byte-order mark, and whether its file had one."""

    words: str
    mark: bool = False


def text_of(element: Any, container: Container, account: Account, name: str) -> Text | None:
    """The text of a text source, a representation, a transcript or a note; ``None`` when it did not come along."""
    content = child(element, "PlainTextContent")
    if content is not None:
        text, warnings = clean("".join(content.itertext()))
        account.warnings.extend(f"{name}: {one}" for one in warnings)
        return Text(text.removeprefix("\ufeff"), text.startswith("\ufeff"))
    path = attribute(element, "plainTextPath")
    data = container.file(path) if path else None
    if data is not None:
        return _decoded(data, container, account, name)
    if path:
        account.dropped["plain text that did not come along"] += 1
    rich = attribute(element, "richTextPath") or attribute(element, "path")
    data = container.file(rich) if rich else None
    suffix = suffix_of(rich)
    if data and suffix in _READABLE:
        try:
            read = read_source(data, f"{name}{suffix}", limits=container.limits)
        except CrosscaseError as error:
            account.warnings.append(f"{name}: {error}")
            return None
        account.warnings.append(f"{name}: there is no plain text; its words were read from the document")
        return Text(read.text)
    if path:
        account.warnings.append(f"{name}: the text {path} did not come along, so its codings have no words")
    return None


def original_of(element: Any, container: Container, account: Account) -> tuple[str, bytes]:
    """The suffix and the bytes of the document or medium behind a source; both empty when there is none."""
    path = attribute(element, "richTextPath") or attribute(element, "path") or attribute(element, "currentPath")
    if not path:
        return "", b""
    data = container.file(path)
    if data is None:
        account.dropped["document or medium that did not come along"] += 1
        return "", b""
    return suffix_of(path), data


def suffix_of(path: str) -> str:
    suffix = PurePosixPath(path.replace("\\", "/")).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= 8 else ""


def _decoded(data: bytes, container: Container, account: Account, name: str) -> Text | None:
    """The text of a plain-text file; ``None`` when its bytes are no text."""
    mark = data.startswith(_MARKS)
    if data in _MARKS:
        return Text("", mark)
    try:
        found = decode(Document(name, data, container.limits))
    except CrosscaseError as error:
        bare = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
        if not bare or bare.isspace():
            return Text(bare, mark)
        account.dropped["plain text that could not be read"] += 1
        account.warnings.append(f"{name}: {error.what}, so its codings have no words")
        return None
    account.warnings.extend(f"{name}: {one}" for one in found.warnings)
    return Text(found.text, mark)
