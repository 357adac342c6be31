"""Subtitles as transcripts: WebVTT and SubRip, with speakers and times.

What is shown of a caption is kept verbatim; its marks (``<i>``, ``<v Name>``) and entities are resolved.  Each change of
speaker begins a line ``Name: words``; captions of the same speaker follow each other on that line, parted by a space.
Captions without a speaker get a line each.
"""

from __future__ import annotations

import html
import io
import re
from typing import Any

from crosscase.exchange.sources.encoding import decode
from crosscase.exchange.sources.model import Document, Extract
from crosscase.text.labels import seconds

__all__ = ["read_srt", "read_vtt"]

_VOICE = re.compile(r"<v(?:\.[^ \t>]*)?[ \t]+(?P<name>[^<>]*)>")
_TAG = re.compile(r"</?[a-zA-Z0-9:.]*(?:[ \t][^<>]*)?>")


def read_vtt(document: Document) -> Extract:
    """The captions of a WebVTT file."""
    return _read(document, "vtt", "WEBVTT on the first line, then times such as 00:00:01.000 --> 00:00:03.000")


def read_srt(document: Document) -> Extract:
    """The captions of a SubRip file."""
    return _read(document, "srt", "a number, then times such as 00:00:01,000 --> 00:00:03,000")


def _read(document: Document, format: str, expected: str) -> Extract:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    content, encoding, warnings = decode(document)
    arrows = content.count("-->")
    try:
        captions = webvtt.from_buffer(io.StringIO(content.lstrip()), format=format).captions
    except (MalformedFileError, MalformedCaptionError, ValueError) as error:
        raise document.refuse(
            f"the file is no {format.upper()} ({error or 'malformed'})", mend=f"expected was {expected}"
        ) from None
    if not any(caption.text.strip() for caption in captions):
        raise document.refuse("the file holds no captions", mend=f"expected was {expected}")
    if arrows > len(captions):
        warnings = (*warnings, f"{arrows - len(captions)} of {arrows} captions have times that could not be read")
    return _extract(captions, encoding, warnings)


def _extract(captions: list[Any], encoding: str, warnings: tuple[str, ...]) -> Extract:
    parts: list[str] = []
    length = 0
    times: list[tuple[int, float]] = []
    spoken: list[tuple[int, int, str, float | None]] = []
    current: str | None = None

    def add(piece: str) -> None:
        nonlocal length
        parts.append(piece)
        length += len(piece)

    for caption in captions:
        begins = seconds(caption.start)
        for speaker, words in _utterances(caption.raw_text):
            if speaker and speaker == current:
                add(" ")
                times.append((length, begins))
                start, _, _, first = spoken.pop()
            else:
                add("\n" if parts else "")
                add(f"{speaker}: " if speaker else "")
                times.append((length, begins))
                start, first = length, begins
            add(words)
            if speaker:
                spoken.append((start, length, speaker, first))
            current = speaker
    add("\n")
    return Extract("".join(parts), encoding, times=tuple(times), spoken=tuple(spoken), warnings=warnings)


def _utterances(raw: str) -> list[tuple[str, str]]:
    """(speaker, words) in one caption; words before the first voice are nobody's."""
    found: list[tuple[str, str]] = []
    voices = list(_VOICE.finditer(raw))
    bounds = [(0, voices[0].start() if voices else len(raw), "")]
    for number, voice in enumerate(voices):
        until = voices[number + 1].start() if number + 1 < len(voices) else len(raw)
        bounds.append((voice.end(), until, " ".join(html.unescape(voice["name"]).split())))
    for start, end, speaker in bounds:
        words = html.unescape(_TAG.sub("", raw[start:end])).strip()
        if words:
            found.append((speaker, words))
    return found
