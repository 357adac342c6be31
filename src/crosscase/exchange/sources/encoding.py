"""From the bytes of a text file to its characters, and a word about how sure that is.

The order: a byte order mark, UTF-8, UTF-16 without a mark, and only then a guess by charset-normalizer, which is reported
with a warning.  Line ends stay as they are in the file.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

from crosscase.exchange.sources.model import Document, clean

__all__ = ["Decoded", "decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: The encodings that a guess may name: those that transcripts and exports really come in.
_CANDIDATES = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "iso8859_5", "iso8859_7",
    "koi8_r", "mac_roman", "gb18030", "big5", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949",
]  # fmt: skip

#: So much of a long file is enough to guess from.
_SAMPLE = 65_536


class Decoded(NamedTuple):
    """The characters, the encoding's name, and warnings."""

    text: str
    encoding: str
    warnings: tuple[str, ...]


def decode(document: Document) -> Decoded:
    """The text of a file; InputError when it is empty or no text."""
    data = document.data
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(document, _strict(document, data[len(mark) :], encoding), encoding)
    try:
        return _checked(document, data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    encoding = _unmarked_utf16(data)
    if encoding:
        return _checked(document, _strict(document, data, encoding), encoding)
    return _guessed(document)


def _strict(document: Document, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        raise document.refuse(
            f"the file says that it is {encoding.upper()} and is not, or it is cut off",
            place=f"byte {error.start}",
            mend="save it again as UTF-8",
        ) from None


def _checked(document: Document, text: str, encoding: str, warnings: tuple[str, ...] = ()) -> Decoded:
    nothing = text.count("\0")
    if not text or text.isspace():
        raise document.refuse("the file is empty", mend="check that it was saved and copied completely")
    if nothing * 1000 > len(text):
        raise _no_text(document)
    text, replaced = clean(text)
    return Decoded(text, encoding, (*warnings, *replaced))


def _no_text(document: Document) -> Exception:
    return document.refuse("the file holds data that is no text", mend="save it as text (UTF-8), docx or pdf")


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 shows by every second byte being zero in most scripts' spaces, digits and line ends."""
    sample = data[:_SAMPLE]
    sample = sample[: len(sample) // 2 * 2]
    if len(data) % 2 or sample.count(0) * 20 < len(sample):
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 10 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 10 * odd else ""


def _guessed(document: Document) -> Decoded:
    from charset_normalizer import from_bytes

    data = document.data
    if data[:_SAMPLE].count(0):
        raise _no_text(document)
    best = from_bytes(data[:_SAMPLE], cp_isolation=_CANDIDATES, preemptive_behaviour=False).best()
    names = ["cp1252"] if best is None else [best.encoding, "cp1252"]
    texts: dict[str, str] = {}
    for name in names:
        try:
            texts[name] = data.decode(name)
        except UnicodeDecodeError:
            continue
    if not texts:
        raise document.refuse(
            "the encoding of the file could not be told",
            place=f"byte {_first_bad_byte(data)} is not UTF-8",
            mend="save it again as UTF-8",
        )
    name, text = next(iter(texts.items()))
    if texts.get("cp1252") == text:
        name = "cp1252"
    place = _first_bad_byte(data)
    around = data[max(0, place - 12) : place + 12].decode(name, "replace").replace("\r", " ").replace("\n", " ")
    warning = f"the file is not UTF-8; it was read as {name}, which is a guess: check for example “{around.strip()}”"
    return _checked(document, text, name, (warning,))


def _first_bad_byte(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0
