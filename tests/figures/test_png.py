"""Pictures: their size, their paper, that texts are drawn with the shipped font, and that they are the same every time."""

import struct
import zlib

import pytest

from crosscase.core.errors import InputError
from crosscase.figures.palette import INK
from crosscase.figures.png import texts, to_png
from crosscase.figures.scene import MM, Group, Rect, Scene, Text


def pixels(data: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the rows of an 8-bit RGBA picture without interlacing (PNG specification, 9)."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    assert (depth, colour) == (8, 6)
    body, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if data[at + 4 : at + 8] == b"IDAT":
            body += data[at + 8 : at + 8 + length]
        at += 12 + length
    raw, rows, before = zlib.decompress(body), [], bytes(width * 4)
    for start in range(0, len(raw), width * 4 + 1):
        before = _unfilter(raw[start], raw[start + 1 : start + 1 + width * 4], before)
        rows.append(before)
    return width, height, rows


def _unfilter(kind: int, line: bytes, above: bytes) -> bytes:
    out = bytearray()
    for place, value in enumerate(line):
        left = out[place - 4] if place >= 4 else 0
        up, corner = above[place], above[place - 4] if place >= 4 else 0
        guess = left + up - corner
        paeth = min((left, up, corner), key=lambda one: abs(guess - one))
        out.append((value + (0, left, up, (left + up) // 2, paeth)[kind]) % 256)
    return bytes(out)


def test_size_follows_the_dots_an_inch_and_the_paper_is_white():
    scene = Scene(85 * MM, 20 * MM, (Rect(0, 0, 42.5 * MM, 20 * MM, fill="#0072b2"),), "t")
    width, height, rows = pixels(to_png(scene, dpi=100))
    # 85 mm and 20 mm are 334.6 and 78.7 dots at 100 to the inch; a started row of dots counts
    assert width == 335
    assert height in (79, 80)
    assert rows[10][:4] == bytes((0x00, 0x72, 0xB2, 255))
    assert rows[10][-4:] == b"\xff\xff\xff\xff"


def ink(text: str) -> int:
    _, _, rows = pixels(to_png(Scene(120, 20, (Text(5, 15, text, 10, INK),), "t"), dpi=100))
    return sum(row[place] < 128 for row in rows for place in range(0, len(row), 4))


@pytest.mark.parametrize("text", ["Spread", "Ελλάδα", "Россия", "שלום"])
def test_texts_are_drawn_without_the_fonts_of_the_system(text):
    assert ink(text) > 40
    assert ink(" ") == 0


def test_the_same_scene_gives_the_same_bytes():
    scene = Scene(100, 20, (Text(5, 15, "Peru", 10, INK),), "t")
    assert to_png(scene) == to_png(scene)


def test_a_picture_too_large_is_refused():
    with pytest.raises(InputError, match="too large"):
        to_png(Scene(5000, 50_000, (), "t"), dpi=600)


def test_texts_finds_those_in_groups():
    assert list(texts((Text(0, 0, "a", 1, INK), Group((Group((Text(0, 0, "b", 1, INK),)),))))) == ["a", "b"]
