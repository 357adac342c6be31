"""Documents to source texts: txt, md, docx, pdf, vtt and srt.

:func:`read_source` takes a file (or bytes and a name) and gives a :class:`SourceText`: the verbatim text, pages and times
where the format has them, the recognised turns, and warnings.  Nothing is half-read: a file is taken or refused with an
InputError that says what is wrong, where, and how to mend it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path, PurePath
from typing import NamedTuple

from crosscase.core import Question, Turn
from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.archive import MEGABYTE, Limits
from crosscase.exchange.sources.captions import read_srt, read_vtt
from crosscase.exchange.sources.model import Document, Extract, Reader, SourceText
from crosscase.exchange.sources.pdf import read_pdf
from crosscase.exchange.sources.plain import read_plain
from crosscase.exchange.sources.sniff import what_it_is
from crosscase.exchange.sources.word import read_docx
from crosscase.text.labels import fold
from crosscase.text.questions import Guide
from crosscase.text.turns import Recognition, label_turns, recognise_turns

__all__ = ["FORMATS", "Format", "Limits", "SourceText", "kind_of", "read_source"]


class Format(NamedTuple):
    """A kind of document: its name, its reader, and what :func:`what_it_is` says of its files (empty for text)."""

    name: str
    read: Reader
    content: str = ""


#: The suffixes that can be imported as sources.
FORMATS: Mapping[str, Format] = {
    ".txt": Format("plain text", read_plain),
    ".text": Format("plain text", read_plain),
    ".md": Format("Markdown", read_plain),
    ".markdown": Format("Markdown", read_plain),
    ".docx": Format("Word document", read_docx, "a Word document"),
    ".pdf": Format("PDF", read_pdf, "a PDF"),
    ".vtt": Format("WebVTT", read_vtt),
    ".srt": Format("SubRip", read_srt),
}


def read_source(
    file: str | PathLike[str] | bytes,
    name: str | None = None,
    *,
    limits: Limits | None = None,
    source: str = "",
    guide: Sequence[Question] = (),
    interviewers: Collection[str] = (),
    participants: Mapping[str, str] | Iterable[str] = (),
) -> SourceText:
    """Read one document.

    ``file`` is a path, or the bytes of a file whose ``name`` (with its suffix) must be given.  ``source`` is the id that
    the turns get; ``guide``, ``interviewers`` and ``participants`` help to recognise them, see
    :func:`crosscase.text.turns.recognise_turns`.

    Raises InputError for a file that cannot be read, NotFoundError for a suffix that is none of :data:`FORMATS`.
    """
    limits = limits or Limits()
    if isinstance(file, bytes):
        data, name = file, name or ""
    else:
        name = name or Path(file).name
        data = _bytes_of(Path(file), name, limits)
    document = Document(name, data, limits)
    suffix, format = _format_of(document)
    extract = format.read(document)
    if len(extract.text) > limits.characters:
        raise document.refuse(
            f"the text has {len(extract.text):,} characters; {limits.characters:,} are allowed",
            mend="split the document",
        )
    labels = dict(participants) if isinstance(participants, Mapping) else {id: id for id in participants}
    recognition = _recognise(extract, source, guide, interviewers, labels)
    return SourceText(
        name=name,
        format=suffix[1:],
        text=extract.text,
        kind_guess=kind_of(recognition, timed=bool(extract.times)),
        pages=extract.pages,
        times=extract.times,
        recognition=recognition,
        original=data,
        encoding=extract.encoding,
        warnings=extract.warnings,
    )


def _bytes_of(path: Path, name: str, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise InputError(
                f"the file has {size / MEGABYTE:,.1f} MB; {limits.file_bytes / MEGABYTE:,.1f} MB are allowed",
                where=name,
                mend="split the document",
            )
        return path.read_bytes()
    except IsADirectoryError:
        raise InputError("this is a folder, not a file", where=str(path), mend="give the files in it") from None
    except FileNotFoundError:
        raise InputError("there is no such file", where=str(path), mend="check the name and the folder") from None
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", where=str(path), mend="check that you may open it"
        ) from None


def _format_of(document: Document) -> tuple[str, Format]:
    """The suffix and its format; InputError when the content is something else."""
    suffix = PurePath(document.name).suffix.casefold()
    if not document.data:
        raise document.refuse("the file is empty", mend="check that it was saved and copied completely")
    if len(document.data) > document.limits.file_bytes:
        raise document.refuse(
            f"the file has {len(document.data) / MEGABYTE:,.1f} MB; "
            f"{document.limits.file_bytes / MEGABYTE:,.1f} MB are allowed",
            mend="split the document",
        )
    content = what_it_is(document.data)
    if "password" in content:
        raise document.refuse(
            "the document is locked by a password", mend="save a copy without the password and import that one"
        )
    if suffix not in FORMATS:
        error = NotFoundError("source format", suffix or document.name, FORMATS, where=document.name)
        if content:
            error.mend = f"the file is {content}; {error.mend}"
        raise error
    format = FORMATS[suffix]
    if content and content != format.content and not (content == "a zip" and format.content):
        raise document.refuse(
            f"the name says {format.name}, but the file is {content}", mend="give it the right suffix, or save it again"
        )
    return suffix, format


def _recognise(
    extract: Extract,
    source: str,
    guide: Sequence[Question],
    interviewers: Collection[str],
    participants: Mapping[str, str],
) -> Recognition:
    if not extract.spoken:
        found = recognise_turns(
            extract.text, source=source, guide=guide, interviewers=interviewers, participants=participants
        )
        return _with_times(found, extract.times)
    turns = [
        Turn(source, number, start, end, speaker, time=time)
        for number, (start, end, speaker, time) in enumerate(extract.spoken, 1)
    ]
    ids = {fold(label): id for label, id in participants.items()}
    return label_turns(extract.text, turns, Guide(guide), {fold(label) for label in interviewers}, ids)


def _with_times(found: Recognition, times: tuple[tuple[int, float], ...]) -> Recognition:
    """Give turns without a time that of the caption in which they begin."""
    if not times or not found.turns:
        return found
    positions = [position for position, _ in times]
    turns = []
    for turn in found.turns:
        before = bisect_right(positions, turn.start) - 1
        timed = turn.time is None and before >= 0
        turns.append(replace(turn, time=times[before][1]) if timed else turn)
    return replace(found, turns=tuple(turns))


def kind_of(recognition: Recognition, *, timed: bool = False) -> str:
    """``interview`` for a text with turns, ``focus group`` when more than two answer, ``survey answer`` under questions.

    Empty when there is none of these; a ``timed`` text, as captions are, is an interview without them.
    """
    if recognition.manner == "questions":
        return "survey answer"
    answering = sum(speaker.kind == "answer" and speaker.turns > 1 for speaker in recognition.speakers)
    if answering > 2:
        return "focus group"
    return "interview" if recognition.turns or timed else ""
