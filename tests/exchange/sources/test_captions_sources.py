from __future__ import annotations

import pytest

from crosscase.core.errors import InputError
from crosscase.exchange.sources import read_source

VOICES = """WEBVTT - an interview

NOTE written for this test

1
00:00:01.000 --> 00:00:03.000
<v Maria Lopez>We &amp; <i>they</i> began</v>

00:00:03.500 --> 00:00:04.500
<v Maria Lopez>in 2004.

01:00:05.000 --> 01:00:06.000
<v.loud Interviewer>Why?
<v Maria Lopez>Because
it paid.
"""


def test_voices_are_speakers() -> None:
    source = read_source(VOICES.encode(), "a.vtt")
    assert source.text == "Maria Lopez: We & they began in 2004.\nInterviewer: Why?\nMaria Lopez: Because\nit paid.\n"
    assert [(turn.speaker, turn.kind, source.text[turn.start : turn.end], turn.time) for turn in source.turns] == [
        ("Maria Lopez", "answer", "We & they began in 2004.", 1.0),
        ("Interviewer", "question", "Why?", 3605.0),
        ("Maria Lopez", "answer", "Because\nit paid.", 3605.0),
    ]
    assert [(source.text[position:].split()[0], second) for position, second in source.times] == [
        ("We", 1.0),
        ("in", 3.5),
        ("Why?", 3605.0),
        ("Because", 3605.0),
    ]


@pytest.mark.parametrize(
    ("name", "head", "comma"), [("a.srt", "", ","), ("a.vtt", "WEBVTT\n\n", "."), ("a.srt", "\ufeff", ",")]
)
def test_speakers_in_the_words(name: str, head: str, comma: str) -> None:
    """As Zoom writes them: the name and a colon in the caption's words."""
    said = ("Interviewer: Why?", "Maria: Because.", "Maria: It paid.", "Interviewer: Fine?")
    blocks = [
        f"{number}\n00:00:0{number}{comma}500 --> 00:00:0{number}{comma}900\n{words}\n"
        for number, words in enumerate(said, 1)
    ]
    source = read_source((head + "\n".join(blocks)).encode(), name)
    assert source.text == "\n".join(said) + "\n"
    assert [(turn.speaker, turn.time) for turn in source.turns] == [
        ("Interviewer", 1.5),
        ("Maria", 2.5),
        ("Maria", 3.5),
        ("Interviewer", 4.5),
    ]


def test_captions_without_speakers_keep_their_times() -> None:
    source = read_source(
        b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:02,000 --> 00:00:03,000\n<b>there</b>\n", "a.srt"
    )
    assert (source.text, source.times, source.turns) == ("Hello\nthere\n", ((0, 1.0), (6, 2.0)), ())
    assert source.kind_guess == "interview"


def test_a_caption_that_cannot_be_read_is_counted() -> None:
    data = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n\n00:00:xx --> 00:00:03.000\nlost\n"
    assert "1 of 2 captions" in read_source(data, "a.vtt").warnings[0]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.vtt", b"Hello\n", "no VTT"),
        ("a.srt", b"Hello\n", "no SRT"),
        ("a.vtt", b"WEBVTT\n\n", "no captions"),
        ("a.srt", VOICES.encode(), "no SRT"),
    ],
)
def test_what_is_no_caption_file_is_refused(name: str, data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_source(data, name)
    assert "expected was" in caught.value.mend
