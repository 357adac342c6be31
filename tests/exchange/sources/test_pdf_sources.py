from __future__ import annotations

from pathlib import Path

import pytest

from crosscase.core.errors import InputError
from crosscase.exchange.sources import read_source
from crosscase.text.display import join_split_words
from exchange.sources.documents import pdf


def test_pages_and_lines() -> None:
    source = read_source(pdf([["Interviewer: Why?", "Maria: We inter-", "nationalized."], ["Page two"]]), "a.pdf")
    assert source.text == "Interviewer: Why?\nMaria: We inter-\nnationalized.\nPage two"
    assert source.pages == (0, source.text.index("Page two"))
    assert source.page_of(source.text.index("two")) == 2
    assert "internationalized" in join_split_words(source.text).text


def test_only_images() -> None:
    with pytest.raises(InputError, match="holds only images, no text") as caught:
        read_source(pdf([None, None]), "scan.pdf")
    assert "OCR" in caught.value.mend
    assert caught.value.where == "scan.pdf"


def test_some_pages_are_images() -> None:
    source = read_source(pdf([["Text."], None, ["More."], None]), "a.pdf")
    assert source.warnings == ("only images, no text, on page 2, 4: run OCR to have their text",)
    assert len(source.pages) == 4


def test_no_text_and_no_images() -> None:
    with pytest.raises(InputError, match="holds no text"):
        read_source(pdf([[]]), "a.pdf")


def test_a_password() -> None:
    with pytest.raises(InputError, match="locked by a password"):
        read_source(pdf([["Secret."]], locked=True), "a.pdf")


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing", pdf([["Hello."]])[:60]])
def test_damaged(data: bytes) -> None:
    with pytest.raises(InputError, match="damaged or cut off"):
        read_source(data, "a.pdf")


def test_real_transcripts(shared: Path) -> None:
    """Seven published interviews (BSD-3, D. Kerrigan 2023); page counts as printed on their pages ("1/5")."""
    for name, pages in (("P1", 5), ("P2", 8), ("P3", 6), ("P4", 6), ("P5", 6), ("P6", 5), ("P7", 7)):
        source = read_source(shared / "data" / "transcripts" / f"{name}.pdf")
        assert len(source.pages) == pages
        for number, start in enumerate(source.pages, 1):
            assert source.text.startswith(f"{number}/{pages}\n", start)
        assert source.recognition.covered > 0.99
