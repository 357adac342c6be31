"""What a reader gives: the text of one source, verbatim, and what is known about it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath

from crosscase.core import Turn
from crosscase.core.errors import InputError
from crosscase.exchange.archive import Limits
from crosscase.text.turns import Recognition

__all__ = ["Document", "Extract", "Reader", "SourceText", "clean"]


@dataclass(frozen=True, slots=True)
class Document:
    """A file to be read: its name (for messages), its bytes, the limits, and labels that are known to be speakers."""

    name: str
    data: bytes
    limits: Limits

    def refuse(self, what: str, *, place: str = "", mend: str = "") -> InputError:
        """The error that says what is wrong with this file, and where in it."""
        return InputError(what, where=f"{self.name}, {place}" if place else self.name, mend=mend)


@dataclass(frozen=True, slots=True)
class Extract:
    """What one format's reader takes from a file."""

    text: str
    encoding: str = ""
    #: The code points at which the pages begin; empty for a format without pages.
    pages: tuple[int, ...] = ()
    #: (code point, second) pairs, in order, for a format with times.
    times: tuple[tuple[int, float], ...] = ()
    #: (start, end, speaker, second) where the format itself says who speaks.
    spoken: tuple[tuple[int, int, str, float | None], ...] = ()
    warnings: tuple[str, ...] = ()


Reader = Callable[[Document], Extract]


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source as it was read.

    ``text`` is what is stored and never changes again.  ``kind_guess`` is a source kind of the vocabulary, or empty.
    ``pages`` are the code points at which pages begin, ``times`` pairs of code point and second.  ``original`` are the
    file's bytes, ``encoding`` what they were decoded with (empty for formats that say so themselves).  ``warnings`` are
    sentences for a person.
    """

    name: str
    format: str
    text: str
    kind_guess: str = ""
    pages: tuple[int, ...] = ()
    times: tuple[tuple[int, float], ...] = ()
    recognition: Recognition = field(default_factory=Recognition)
    original: bytes = b""
    encoding: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that were recognised; their ``source`` is what :func:`read_source` was given."""
        return self.recognition.turns

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix.casefold()

    def page_of(self, position: int) -> int | None:
        """The 1-based page on which a code point stands, or ``None`` for a text without pages."""
        return bisect_right(self.pages, position) or None if self.pages else None


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Replace what no database and no browser can hold, one for one, so that positions stay: NUL and lone surrogates.

    Each becomes U+FFFD, and a warning says how many and where the first one was.  Everything else stays verbatim.
    """
    warnings: list[str] = []
    if "\0" in text:
        warnings.append(
            f"{text.count(chr(0))} NUL characters, the first at {text.index(chr(0))}, were replaced by U+FFFD"
        )
        text = text.replace("\0", "\ufffd")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        count = sum("\ud800" <= character <= "\udfff" for character in text)
        warnings.append(f"{count} halves of surrogate pairs, the first at {error.start}, were replaced by U+FFFD")
        text = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text, tuple(warnings)
