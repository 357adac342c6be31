"""How wide a text is in the figures' font, so that labels neither overlap nor are cut.

The font is Liberation Sans (shipped, SIL Open Font License), whose widths are those of Arial and Helvetica.  The widths
are read from the font file itself (OpenType 1.9, tables ``head``, ``hhea``, ``hmtx`` and ``cmap`` format 4).  Characters
that it has not are taken from a font of the system when a PNG is made; their widths are estimated here.
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

#: The heights of capitals and of the parts below the line, in sizes of the font.
CAP_HEIGHT = 0.72
DESCENT = 0.21

_ELLIPSIS = "…"


@dataclass(frozen=True)
class _Font:
    units: int
    advances: tuple[int, ...]
    glyphs: dict[int, int]


def font_file() -> Path:
    """Where the font lies."""
    return Path(str(resources.files("crosscase.figures").joinpath("data/LiberationSans-Regular.ttf")))


def text_width(text: str, size: float) -> float:
    """The width of a text in points at a size of the font in points."""
    font = _font()
    return sum(_advance(font, character) for character in text) * size


def covered(text: str) -> bool:
    """Whether the font has every character of a text."""
    glyphs = _font().glyphs
    return all(ord(character) in glyphs or unicodedata.combining(character) for character in text)


def shorten(text: str, size: float, width: float) -> str:
    """The text, or as much of its beginning as fits the width with an ellipsis after it.

    >>> shorten("Netherlands", 10, 30), shorten("Peru", 10, 30)
    ('Net…', 'Peru')
    """
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(kept.rstrip() + _ELLIPSIS, size) > width:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


def shorten_middle(text: str, size: float, width: float) -> str:
    """The text, or its beginning and its end with an ellipsis between: names often differ at the end.

    >>> shorten_middle("Company number 12", 10, 60)
    'Compa…r 12'
    """
    if text_width(text, size) <= width:
        return text
    kept = len(text) - 1
    while kept > 0:
        tail = kept // 2
        short = text[: kept - tail].rstrip() + _ELLIPSIS + text[len(text) - tail :].lstrip()
        if text_width(short, size) <= width:
            return short
        kept -= 1
    return _ELLIPSIS


def wrap(text: str, size: float, width: float) -> list[str]:
    """The text in lines no wider than the width, broken at spaces; a longer word is shortened."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else ""
        if longer and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(shorten(word, size, width))
    return lines


def _advance(font: _Font, character: str) -> float:
    glyph = font.glyphs.get(ord(character))
    if glyph is not None:
        return font.advances[min(glyph, len(font.advances) - 1)] / font.units
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.6


@cache
def _font() -> _Font:
    data = font_file().read_bytes()
    tables = {}
    for number in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", data, 12 + 16 * number)
        tables[tag] = offset
    units = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    metrics = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    advances = struct.unpack_from(">" + "Hh" * metrics, data, tables[b"hmtx"])[::2]
    return _Font(units, advances, _characters(data, tables[b"cmap"]))


def _characters(data: bytes, cmap: int) -> dict[int, int]:
    """Code point -> glyph, from the subtable of format 4 for Windows Unicode."""
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHL", data, cmap + 4 + 8 * number)
        if (platform, encoding) == (3, 1):
            break
    table = cmap + offset
    segments = struct.unpack_from(">H", data, table + 6)[0] // 2
    read = f">{segments}H"
    ends = struct.unpack_from(read, data, table + 14)
    starts = struct.unpack_from(read, data, table + 16 + 2 * segments)
    deltas = struct.unpack_from(read, data, table + 16 + 4 * segments)
    offsets_at = table + 16 + 6 * segments
    offsets = struct.unpack_from(read, data, offsets_at)
    glyphs: dict[int, int] = {}
    for segment, (start, end, delta, shift) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if shift:
                place = offsets_at + 2 * segment + shift + 2 * (code - start)
                glyph = struct.unpack_from(">H", data, place)[0]
                if not glyph:
                    continue
            glyph = (glyph + delta) & 0xFFFF
            if glyph:
                glyphs[code] = glyph
    return glyphs
