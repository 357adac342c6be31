from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscase.core.errors import InputError
from crosscase.exchange.sources import read_source


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")).filter(str.strip))
def test_utf8_is_stored_as_it_is(text: str) -> None:
    source = read_source(text.encode(), "a.txt")
    assert source.text == text
    assert source.original == text.encode()
    assert source.warnings == ()


def test_line_ends_stay() -> None:
    assert read_source(b"one\r\ntwo\rthree\n", "a.md").text == "one\r\ntwo\rthree\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_decides_and_is_no_text(mark: bytes, encoding: str) -> None:
    source = read_source(mark + "Grüße 😀".encode(encoding), "a.txt")
    assert (source.text, source.encoding, source.warnings) == ("Grüße 😀", encoding, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding: str) -> None:
    assert read_source("Wie begann es? Müde.".encode(encoding), "a.txt").text == "Wie begann es? Müde."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müller sagt: Schön, größer und süß. Wir fahren über die Brücke nach Österreich.", "cp1252"),
        ("“We didn’t know” – she said, in the café", "cp1252"),
        ("Мы начали экспорт в Германию в 2004 году, и это было трудно для нас.", "cp1251"),
        ("我们在二〇〇四年开始向德国出口产品，当时公司只有三个人。", "gb18030"),
    ],
)
def test_another_encoding_is_guessed_and_said(text: str, encoding: str) -> None:
    source = read_source(text.encode(encoding), "a.txt")
    assert (source.text, source.encoding) == (text, encoding)
    assert "guess" in source.warnings[0]


def test_nul_and_half_pairs_are_replaced_one_for_one() -> None:
    source = read_source(b"a" * 2000 + b"\0b", "a.txt")
    assert source.text == "a" * 2000 + "\ufffdb"
    assert source.warnings == ("1 NUL characters, the first at 2000, were replaced by U+FFFD",)
    broken = codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x3d\xd8" + "c".encode("utf-16-le")
    source = read_source(broken, "a.txt")
    assert source.text == "ab\ufffdc"
    assert "the first at 2" in source.warnings[0]


def test_form_feeds_begin_pages() -> None:
    source = read_source(b"one\n\ftwo\n\f", "a.txt")
    assert source.pages == (0, 5)
    assert [source.page_of(position) for position in (0, 4, 5, 8)] == [1, 1, 2, 2]
    assert read_source(b"one", "a.txt").page_of(1) is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t ", "the file is empty"),
        (codecs.BOM_UTF8, "the file is empty"),
        (bytes(range(256)) * 40, "no text"),
        (codecs.BOM_UTF16_LE + b"a\0b", "cut off"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_source(data, "interview.txt")
    assert caught.value.where.startswith("interview.txt")
    assert caught.value.mend
