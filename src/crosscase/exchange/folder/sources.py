"""The texts in sources/ and the documents they were taken from.

``file`` in sources.csv names a plain text whose bytes are the words of the source in UTF-8, exactly.  A docx, pdf or vtt
named there is read once: its words become a text beside it, and the document is kept in sources/originals/.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from crosscase.core import Question, Snapshot, Source, Table, Turn, text_hash
from crosscase.core.errors import CrosscaseError, InputError
from crosscase.exchange.folder.layout import ORIGINALS, SOURCES
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.sheets import Report, Sheet
from crosscase.exchange.sources import read_source

#: The formats whose file is the text itself.
_PLAIN = ("txt", "text", "md", "markdown")


@dataclass(slots=True)
class SourcesRead:
    """The sources with their hashes, their words, the documents and the turns that were recognised."""

    sources: Table[Source]
    texts: dict[str, str] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)


def read_sources(
    folder: Path,
    sheet: Sheet,
    sources: Table[Source],
    report: Report,
    *,
    guide: Sequence[Question] = (),
    participants: Collection[str] = (),
) -> SourcesRead:
    """The words of every source that names a file; ``guide`` and ``participants`` help to recognise the turns."""
    problems = Problems(sheet.file)
    read = SourcesRead(sources)
    rows = []
    for row, source in zip(sheet.rows, sources, strict=True):
        try:
            rows.append(_read_source(folder, source, read, report, guide, participants))
        except CrosscaseError as error:
            what = error.what if source.file in error.what else f"{SOURCES}/{source.file}: {error.what}"
            problems.add(what, row=row, column="file", mend=error.mend)
    problems.raise_any()
    read.sources = Table.of(Source, rows)
    return read


def source_files(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    """The files under the study folder that hold the texts and the documents."""
    written: dict[str, bytes] = {}
    for source in snapshot.sources:
        files = []
        if source.id in snapshot.texts:
            files.append((f"{SOURCES}/{safe(source.file)}", snapshot.texts[source.id].encode("utf-8")))
        if source.original and source.id in snapshot.originals:
            files.append((f"{ORIGINALS}/{safe(source.original)}", snapshot.originals[source.id]))
        for name, content in files:
            if written.setdefault(name.casefold(), content) != content:
                raise InputError(f"two sources have the file '{name}' and differ", where=f"source {source.id}")
            yield name, content


def with_files(snapshot: Snapshot) -> Snapshot:
    """The snapshot in which every source that has words names a file for them."""
    names = snapshot.sources.column("file")
    ids = snapshot.sources.column("id")
    if all(name or id not in snapshot.texts for id, name in zip(ids, names, strict=True)):
        return snapshot
    rows = [
        source
        if source.file or source.id not in snapshot.texts
        else replace(source, file=f"{quote(source.id, safe=' ')}.txt")
        for source in snapshot.sources
    ]
    return snapshot.replace(sources=Table.of(Source, rows))


def safe(name: str) -> str:
    """A file name that stays in its folder; InputError otherwise."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or ":" in name:
        raise InputError(f"'{name}' is not a name for a file in the study folder", mend="write a name such as A1.txt")
    return name


def _read_source(
    folder: Path,
    source: Source,
    read: SourcesRead,
    report: Report,
    guide: Sequence[Question],
    participants: Collection[str],
) -> Source:
    if source.original:
        original = folder / ORIGINALS / safe(source.original)
        if original.is_file():
            read.originals[source.id] = original.read_bytes()
        else:
            report(f"{ORIGINALS}/{source.original} is not there; the text of source {source.id} is")
    if not source.file:
        return source
    path = folder / SOURCES / safe(source.file)
    if not path.is_file():
        raise InputError(f"there is no file {SOURCES}/{source.file}", mend="put it there or empty the cell")
    content = path.read_bytes()
    if (verbatim := _verbatim(content, source.hash)) is not None:
        read.texts[source.id] = verbatim
        return source
    found = read_source(content, path.name, source=source.id, guide=guide, participants=participants)
    for warning in found.warnings:
        report(f"{SOURCES}/{source.file}: {warning}")
    read.texts[source.id] = found.text
    read.turns.extend(found.turns)
    source = replace(source, hash=source.hash or text_hash(found.text), pages=source.pages or found.pages)
    if found.format not in _PLAIN and not source.original:
        read.originals[source.id] = content
        source = replace(source, original=source.file, file=f"{source.file}.txt")
    return source


def _verbatim(content: bytes, hash: str) -> str | None:
    """The words as they stand when they are those that the hash was made of."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if hash and text_hash(text) == hash else None
