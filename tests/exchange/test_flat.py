"""Quotations from flat tables find their words in the texts, and what does not is listed."""

from __future__ import annotations

import pytest

from crosscase.core import Code, Snapshot, Source
from crosscase.core.errors import InputError
from crosscase.exchange.flat import read_flat
from crosscase.exchange.tables import RawTable

TEXT = "We knew nobody in Ger-\nmany – so “we asked a client”. He knew. They knew."


def study() -> Snapshot:
    return Snapshot.of(
        sources=[Source("A1", "A1.txt", title="Interview 1.docx"), Source("B", title="B")],
        codes=[Code("ties", "Ties"), Code("trust", "Trust", "ties")],
        texts={"A1": TEXT},
    )


def table(columns: str, *rows: tuple[str, ...]) -> RawTable:
    return RawTable("quotes.csv", tuple(columns.split(",")), rows, tuple(range(2, len(rows) + 2)))


def test_words_are_found_in_their_document() -> None:
    raw = table(
        "Document name,Code,Segment,Author,Comment",
        ("Interview 1", "Ties\\Trust", 'so "we asked a client"', "Ann", "a note"),
        ("Group\\A1.txt", "Codes\\\\Reach\\\\Germany", "nobody in Germany", "", ""),
        ("a1", "Trust; Ties", "We knew nobody", "Ann", ""),
        ("a1", "Trust", "We knew nobody", "Ann", ""),
    )
    read = read_flat(raw, study(), "quotations")
    found = read.snapshot
    assert [(one.text, one.start) for one in found.quotations] == [
        ("so “we asked a client", TEXT.index("so ")), ("nobody in Ger-\nmany", 8), ("We knew nobody", 0),
    ]  # fmt: skip
    assert [(found.code_path(one.code), one.coder, one.note) for one in found.codings] == [
        (("Ties", "Trust"), "Ann", "a note"), (("Reach", "Germany"), "", ""), (("Ties", "Trust"), "Ann", ""), (("Ties",), "Ann", ""),
    ]  # fmt: skip
    assert (read.rows, read.codings, read.codes, read.unmatched) == (4, 4, 2, ())
    assert read.manners == {"typography": 2, "exact": 2}
    assert read.columns["Segment"] == "text"


def test_what_is_not_found_or_in_several_places_is_listed() -> None:
    raw = table(
        "source,code,text",
        ("A1", "Trust", "knew"),
        ("A1", "Trust", "We met nobody in Germany"),
        ("Z9", "Trust", "We"),
        ("B", "Trust", "We"),
        ("A1", "", "We asked"),
    )
    read = read_flat(raw, study(), "quotations")
    assert read.codings == 0
    assert [one["row"] for one in read.unmatched] == [2, 3, 4, 5, 6]
    whys = [one["why"] for one in read.unmatched]
    assert "stand 3 times" in whys[0]
    assert "not verbatim" in whys[1]
    assert "no document 'Z9'" in whys[2]
    assert "no document 'B' with a text" in whys[3]
    assert read.snapshot == study()


def test_a_codebook() -> None:
    raw = table("Name,Description", ("Ties > Trust", "what it is"), ("Ties > Duration", ""), ("Trust", "another"))
    codes = read_flat(raw, study(), "codebook").snapshot
    assert [(codes.code_path(one.id), one.definition) for one in codes.codes] == [
        (("Ties",), ""), (("Ties", "Trust"), "what it is"), (("Ties", "Duration"), ""),
    ]  # fmt: skip


def test_a_table_without_the_words() -> None:
    with pytest.raises(InputError, match="no column for the text") as caught:
        read_flat(table("Document,Code", ("A1", "Trust")), study(), "quotations")
    assert "there are: Document, Code" in caught.value.mend
