"""Tables of quotations find their words again, and say what they did not find."""

from __future__ import annotations

import pytest

from crosscase.core import Code, Snapshot, Source
from crosscase.core.errors import InputError
from crosscase.exchange.qda import guess_columns, match_quotations
from crosscase.exchange.tables import RawTable

TEXTS = {
    "A1": "We began with a client in Germany – “almost by accident”. Then came France. Yes. And yes, it grew. Yes.",
    "B1": "Our first market was Japan, through a fair.",
}


def study() -> Snapshot:
    sources = [Source(id, f"{id}.txt", original=f"Interview {id}.docx") for id in TEXTS]
    codes = [Code("m", "Market"), Code("g", "First", "m")]
    return Snapshot.of(texts=TEXTS, sources=sources, codes=codes)


def table(columns: tuple[str, ...], *rows: tuple[str, ...]) -> RawTable:
    return RawTable("q.csv", columns, rows, tuple(range(2, len(rows) + 2)))


@pytest.mark.parametrize(
    "columns",
    [
        ("Document", "Codes", "Quotation Content"),  # ATLAS.ti
        ("Document name", "Code", "Segment"),  # MAXQDA
        ("File Name", "Hierarchical Name", "Coded Text"),  # NVivo
        ("document", "code path", "text"),
    ],
)
def test_the_columns_of_several_programs_are_known(columns: tuple[str, ...]) -> None:
    found = guess_columns(table(columns))
    assert found is not None
    assert (found.document, found.code, found.text) == columns


def test_other_tables_are_not_taken_for_quotations() -> None:
    assert guess_columns(table(("case", "kind", "place", "date", "evidence"))) is None
    assert guess_columns(table(("Document", "Text"))) is None


def test_words_are_found_again_under_their_codes() -> None:
    changed, done = match_quotations(
        study(),
        table(
            ("Document", "Codes", "Text", "Author"),
            ("Interview A1.docx", "Market > First", 'a client in Germany - "almost by accident". Then', "Ana"),
            ("Files\\\\Interviews\\\\A1", "first\nRisk::Luck", "Then came  France", ""),
            ("b1.TXT", "Market\\First", "through a fair", ""),
        ),
    )
    assert (done.manner, done.new, done.codes, done.unmatched) == ({"typography": 2, "exact": 1}, 4, 2, ())
    assert [one.text for one in changed.quotations] == [
        "a client in Germany – “almost by accident”. Then", "Then came France", "through a fair",
    ]  # fmt: skip
    assert [changed.code_path(one.code) for one in changed.codings] == [
        ("Market", "First"), ("Market", "First"), ("Risk", "Luck"), ("Market", "First"),
    ]  # fmt: skip
    assert changed.codings[0].coder == "Ana"
    for one in changed.quotations:
        assert TEXTS[one.source][one.start : one.end] == one.text


def test_what_does_not_match_is_told_and_not_guessed() -> None:
    changed, done = match_quotations(
        study(),
        table(
            ("document", "code", "text"),
            ("A1", "x", "We started with a client in Germany"),
            ("C9", "x", "Then came France"),
            ("A1", "x", "Yes."),
            ("A1", "", "Then came France"),
            ("A1", "x", ""),
        ),
    )
    assert changed == study()
    assert [(one.row, one.reason.split(";")[0].split(":")[0]) for one in done.unmatched] == [
        (2, "not verbatim"), (3, "no source has that name"), (4, "the words stand there in 2 places"), (5, "there is no code"),
        (6, "there is no text"),
    ]  # fmt: skip
    near = done.unmatched[0]
    assert 0.7 < near.similarity < 1  # "started" for "began": 6 edits at most in 35 characters
    assert "began" in near.nearest
    assert done.to_dict()["unmatched"]["rows"] == 5


def test_the_same_table_again_adds_nothing() -> None:
    rows = table(("document", "code", "text"), ("B1", "First", "through a fair"))
    once, _ = match_quotations(study(), rows)
    again, done = match_quotations(once, rows)
    assert (again, done.new, done.known) == (once, 0, 1)


def test_without_texts_or_columns_nothing_is_tried() -> None:
    with pytest.raises(InputError, match="no texts"):
        match_quotations(Snapshot(), table(("document", "code", "text")))
    with pytest.raises(InputError, match="which column"):
        match_quotations(study(), table(("a", "b")))
