"""What a file really is, told by its first bytes, so that a wrong name gets a clear answer."""

from __future__ import annotations

import zipfile
from io import BytesIO

__all__ = ["what_it_is"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS = (
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"ID3", "a sound recording (MP3)"),
    (b"RIFF", "a sound or video recording"),
    (b"OggS", "a sound recording (Ogg)"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
)


def what_it_is(data: bytes) -> str:
    """A few words, or empty when the beginning says nothing (as for plain text).

    >>> what_it_is(b"%PDF-1.7 ..."), what_it_is(b"Interviewer: hello")
    ('a PDF', '')
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "an Office document locked by a password"
        return "an Office document of the old kind (.doc, .xls)"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(data)
    if b"%PDF-" in data[:1024]:
        return "a PDF"
    if data[4:8] == b"ftyp":
        return "a sound or video recording"
    return next((words for beginning, words in _BEGINNINGS if data.startswith(beginning)), "")


def _kind_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return "a zip"
    for member, words in (
        ("word/document.xml", "a Word document"),
        ("xl/workbook.xml", "an Excel workbook"),
        ("ppt/presentation.xml", "a PowerPoint presentation"),
        ("project.qde", "a REFI-QDA project"),
        ("content.xml", "an OpenDocument file (.odt, .ods)"),
    ):
        if member in names:
            return words
    return "a zip"
