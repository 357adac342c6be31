"""What holds for every format: the name, the size, the file itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscase.core import Question
from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.sources import FORMATS, Limits, read_source
from exchange.sources.documents import docx, paragraph, pdf

TALK = b"Interviewer: Why did you sell abroad?\nMaria: Money.\nInterviewer: And?\nMaria: Luck.\n"


def test_a_path_or_bytes(tmp_path: Path) -> None:
    path = tmp_path / "talk.TXT"
    path.write_bytes(TALK)
    source = read_source(path)
    assert source == read_source(TALK, "talk.TXT")
    assert (source.name, source.format, source.suffix, source.kind_guess) == ("talk.TXT", "txt", ".txt", "interview")


def test_turns_get_the_source_and_what_is_known() -> None:
    guide = [Question("M1", text="Why did you sell abroad?")]
    source = read_source(TALK, "a.txt", source="S1", guide=guide, participants={"Maria": "F1-P1"})
    assert [(turn.source, turn.question, turn.participant) for turn in source.turns] == [
        ("S1", "M1", ""),
        ("S1", "M1", "F1-P1"),
    ] * 2
    assert [turn.source for turn in source.recognition.rows("S2")] == ["S2"] * 4


def test_kinds_are_guessed() -> None:
    group = "Moderator: So?\nAnna: A.\nBert: B.\nCarl: C.\n" * 2
    assert read_source(group.encode(), "a.txt").kind_guess == "focus group"
    assert read_source(b"1. Why?\nA.\n2. How?\nB.\n", "a.txt").kind_guess == "survey answer"
    assert read_source(b"The firm was founded in 2004.\n", "a.txt").kind_guess == ""


@pytest.mark.parametrize("name", ["talk.odt", "talk", ""])
def test_an_unknown_suffix_lists_the_formats(name: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        read_source(TALK, name)
    assert all(suffix in str(caught.value) for suffix in FORMATS)


WORD = docx(paragraph("Hello."))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.docx", pdf([["Hello."]]), "the name says Word document, but the file is a PDF"),
        ("a.pdf", WORD, "the name says PDF, but the file is a Word document"),
        ("a.txt", WORD, "the name says plain text, but the file is a Word document"),
        ("a.docx", OLE, "an Office document of the old kind"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "locked by a password"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", "the file is a picture"),
        ("a.vtt", b"ID3\x03", "the file is a sound recording"),
        ("a.doc", OLE, "the file is an Office document of the old kind"),
    ],
)
def test_the_content_is_something_else(name: str, data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_source(data, name)
    assert message in str(caught.value)
    assert name in caught.value.where


def test_limits(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 2001)
    small = Limits(file_bytes=2000)
    for file, name in ((path, None), (path.read_bytes(), "a.txt")):
        with pytest.raises(InputError, match=r"0\.0 MB are allowed"):
            read_source(file, name, limits=small)
    with pytest.raises(InputError, match="2,001 characters; 2,000 are allowed"):
        read_source(path, limits=Limits(characters=2000))
    with pytest.raises(InputError, match="are allowed"):
        read_source(pdf([["Hello, this is a page."]] * 3), "a.pdf", limits=Limits(characters=30))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_source(tmp_path / "a.txt")
    with pytest.raises(InputError, match="this is a folder"):
        read_source(tmp_path)
