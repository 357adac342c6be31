"""Projects as other programs write them, made by hand."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "urn:QDA-XML:project:1.0"


def identity(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def counted(text: str, place: int, units: str = "code-points", line_end: int = 2, mark: bool = False) -> int:
    """The position of a code point as a program counts it that takes CR LF for so many; by counting, not by our code."""
    before = text[:place]
    if line_end == 1:
        before = before.replace("\r\n", "\n")
    elif line_end == 2:
        before = re.sub("(?<!\r)\n", "\r\n", before)
    length = len(before.encode("utf-16-le")) // 2 if units == "utf-16" else len(before)
    return length + mark


def selection(start: int, end: int, codes: Iterable[str] = ("trust",), name: str = "", inside: str = "") -> str:
    key = identity(f"{start}-{end}-{name}")
    codings = "".join(
        f'<Coding guid="{identity(f"{key}{code}")}"><CodeRef targetGUID="{identity(code)}"/></Coding>' for code in codes
    )
    named = f" name={quoteattr(name)}" if name else ""
    return (
        f'<PlainTextSelection guid="{key}"{named} startPosition="{start}" endPosition="{end}">{inside}{codings}'
        "</PlainTextSelection>"
    )


def text_source(name: str, selections: str = "", attributes: str | None = None, before: str = "") -> str:
    path = f'plainTextPath="internal://{name}.txt"' if attributes is None else attributes
    return f'<TextSource guid="{identity(name)}" name={quoteattr(name)} {path}>{before}{selections}</TextSource>'


def codebook(*names: str) -> str:
    codes = "".join(f'<Code guid="{identity(name)}" name={quoteattr(name)} isCodable="true"/>' for name in names)
    return f"<CodeBook><Codes>{codes}</Codes></CodeBook>"


def project(*parts: str, namespace: str = NAMESPACE, origin: str = "Some program") -> bytes:
    inside = "".join(parts)
    return f'<?xml version="1.0" encoding="utf-8"?><Project name="A study" origin={quoteattr(origin)} xmlns="{namespace}">{inside}</Project>'.encode()


def sources(*elements: str) -> str:
    return f"<Sources>{''.join(elements)}</Sources>"


def content(text: str) -> str:
    return f"<PlainTextContent>{escape(text)}</PlainTextContent>"


def archive(xml: bytes, members: Mapping[str, bytes] | None = None, name: str = "project.qde") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for member, data in (members or {}).items():
            made.writestr(member, data)
        made.writestr(name, xml)
    return file.getvalue()


def saved(folder: Path, data: bytes, name: str = "project.qdpx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
