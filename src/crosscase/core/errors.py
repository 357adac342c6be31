"""Every error that Crosscase raises on purpose.

::

    CrosscaseError
    ├── InputError            what a user gave cannot be used: a file, a table, a cell, an expression
    │   ├── NotFoundError     a name that does not exist; lists those that do, nearest first
    │   └── ExpressionError   a text in one of the small languages does not parse; shows the place with a caret
    ├── StudyFileError        a study file or database cannot be opened, or is not ours, or is newer than this program
    ├── ConflictError         somebody else changed the same thing first
    ├── PermissionDenied      the person may not do this in this study
    ├── AnalysisError         data and specification are readable, yet the analysis has no answer (not converged, not identified)
    ├── Cancelled             the user stopped a long piece of work
    └── MissingExtraError     an optional part is not installed; says how to install it

Each error has three parts: ``what`` is wrong, ``where`` (file, row, column, field) and how to ``mend`` it.  The command
line prints them and exits with status 2; the workspace shows them in place.  A user never sees a traceback for bad input.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = [
    "AnalysisError",
    "Cancelled",
    "ConflictError",
    "CrosscaseError",
    "ExpressionError",
    "InputError",
    "MissingExtraError",
    "NotFoundError",
    "PermissionDenied",
    "StudyFileError",
    "nearest",
]


class CrosscaseError(Exception):
    """What is wrong, where, and how to mend it.

    >>> print(CrosscaseError("the value 'x' is not a number", where="cases.csv, row 3, column age", mend="write 12"))
    the value 'x' is not a number (cases.csv, row 3, column age); write 12
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(what)

    def __str__(self) -> str:
        text = self.what
        if self.where:
            text += f" ({self.where})"
        if self.mend:
            text += f"; {self.mend}"
        return text

    def to_dict(self) -> dict[str, str]:
        return {"error": type(self).__name__, "what": self.what, "where": self.where, "mend": self.mend}


class InputError(CrosscaseError):
    """Something that a user gave cannot be used."""


class NotFoundError(InputError):
    """A name that does not exist.

    >>> print(NotFoundError("construct", "spred", ["spread", "intensity"]))
    there is no construct 'spred'; did you mean 'spread'? There are: spread, intensity
    """

    def __init__(self, kind: str, name: str, existing: Iterable[str], *, where: str = "") -> None:
        self.kind = kind
        self.name = name
        self.existing = nearest(name, existing)
        if not self.existing:
            mend = f"there are none of that kind ({kind}) yet"
        else:
            shown = ", ".join(self.existing[:12]) + (
                f" and {len(self.existing) - 12} more" if len(self.existing) > 12 else ""
            )
            close = difflib.get_close_matches(name.casefold(), [self.existing[0].casefold()], n=1, cutoff=0.5)
            mend = (f"did you mean '{self.existing[0]}'? " if close else "") + f"There are: {shown}"
        super().__init__(f"there is no {kind} '{name}'", where=where, mend=mend)


class ExpressionError(InputError):
    """A text does not parse.  ``position`` is the 0-based code point at which it went wrong."""

    def __init__(self, what: str, text: str, position: int, *, where: str = "", mend: str = "") -> None:
        self.text = text
        self.position = position
        super().__init__(what, where=where, mend=mend)

    def caret(self) -> str:
        """The line of the text with a caret under the place."""
        before = self.text[: self.position]
        line = before.count("\n")
        column = len(before) - (before.rfind("\n") + 1)
        shown = self.text.split("\n")[line]
        return f"  {shown}\n  {' ' * column}^"

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.caret()}"


class StudyFileError(CrosscaseError):
    """A study file or database cannot be opened."""


class ConflictError(CrosscaseError):
    """Somebody else changed the same thing first; nothing was overwritten.

    ``mine`` is what was to be written, ``theirs`` what stands there now, as plain values, where they are known.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        mend: str = "",
        mine: Mapping[str, Any] | None = None,
        theirs: Mapping[str, Any] | None = None,
    ) -> None:
        self.mine = mine
        self.theirs = theirs
        super().__init__(what, where=where, mend=mend)


class PermissionDenied(CrosscaseError):
    """The person may not do this in this study."""


class AnalysisError(CrosscaseError):
    """The analysis has no answer; a failed fit is a failure, not a number."""


class Cancelled(CrosscaseError):
    """The user stopped a long piece of work; nothing half-done was kept."""


class MissingExtraError(CrosscaseError):
    """An optional part is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package}, which is not installed",
            mend=f"install it with: pip install 'crosscase[{extra}]'",
        )


def nearest(name: str, existing: Iterable[str]) -> list[str]:
    """The existing names, those most like ``name`` first.

    >>> nearest("urban", ["rural", "urbane", "turban"])
    ['urbane', 'turban', 'rural']
    """
    folded = name.casefold()
    return sorted(existing, key=lambda other: -difflib.SequenceMatcher(None, folded, other.casefold()).ratio())
