"""Positions in three countings, against Python's own encoders."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import InputError
from crosscase.text.offsets import Offsets

#: Characters of one to four UTF-8 bytes, combining marks, CRLF, right-to-left letters and marks, a joined emoji.
ALPHABET = ["a", "é", "e\u0301", "\r\n", "\u200f", "ש", "م", "中", "😀", "👩\u200d💻", "𝒳", "\u0301", "\ufeff", " "]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.sampled_from(ALPHABET), max_size=900).map("".join)
)


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@settings(deadline=None)
@given(TEXTS, st.data())
def test_the_encoders_agree(text: str, data: st.DataObject) -> None:
    where = Offsets(text)
    position = data.draw(st.integers(0, len(text)))
    unit, byte = utf16_units(text[:position]), len(text[:position].encode())
    assert where.to_utf16(position) == unit
    assert where.from_utf16(unit) == position
    assert where.to_utf8(position) == byte
    assert where.from_utf8(byte) == position
    assert (where.length, where.utf16_length, where.utf8_length) == (len(text), utf16_units(text), len(text.encode()))


@pytest.mark.parametrize("length", [0, 1, 511, 512, 513, 1024, 1025])
@pytest.mark.parametrize("character", ["a", "é", "😀"])
def test_the_ends_of_blocks(length: int, character: str) -> None:
    text = character * length
    where = Offsets(text)
    for position in {0, length // 2, max(0, length - 1), length}:
        assert where.from_utf8(where.to_utf8(position)) == position
        assert where.from_utf16(where.to_utf16(position)) == position


def test_a_position_inside_a_character_is_refused() -> None:
    where = Offsets("a😀b")
    with pytest.raises(InputError, match="UTF-16 position 2 lies inside"):
        where.from_utf16(2)
    with pytest.raises(InputError, match="UTF-8 position 3 lies inside"):
        where.from_utf8(3)


@pytest.mark.parametrize("position", [-1, 4])
def test_a_position_outside_is_refused(position: int) -> None:
    where = Offsets("abc")
    for convert in (where.to_utf16, where.from_utf16, where.to_utf8, where.from_utf8):
        with pytest.raises(InputError, match="outside the text"):
            convert(position)
