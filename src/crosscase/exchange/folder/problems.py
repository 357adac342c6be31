"""What is wrong in one file, gathered so that a person can mend all of it at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from crosscase.core.errors import CrosscaseError, InputError

#: More than this many are counted but not listed.
SHOWN = 20


@dataclass(slots=True)
class Problems:
    """The problems of one file, each with its row (the header is row 1) and column.

    >>> problems = Problems("events.csv")
    >>> problems.add("'x' is not a date", row=3, column="date")
    >>> problems.raise_any()
    Traceback (most recent call last):
    crosscase.core.errors.InputError: 'x' is not a date (events.csv, row 3, column date)
    """

    file: str
    found: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, *, row: int | None = None, column: str = "", place: str = "", mend: str = "") -> None:
        """One problem; ``place`` says where in a file that has no rows."""
        parts = [place] if place else []
        if row is not None:
            parts.append(f"row {row}")
        if column:
            parts.append(f"column {column}" if row is not None else f"key {column}" if place else f"column {column}")
        self.found.append((what, ", ".join(parts), mend))

    def add_error(self, error: CrosscaseError, *, row: int | None = None, column: str = "", place: str = "") -> None:
        """An error raised by something that does not know the place."""
        self.add(error.what, row=row, column=column, place=place, mend=error.mend)

    def raise_any(self) -> None:
        """InputError with everything found; nothing when all is well."""
        if not self.found:
            return
        if len(self.found) == 1:
            what, place, mend = self.found[0]
            raise InputError(what, where=", ".join(filter(None, (self.file, place))), mend=mend)
        lines = [f"{self.file} has {len(self.found)} problems"]
        for what, place, mend in self.found[:SHOWN]:
            lines.append(f"  {place + ': ' if place else ''}{what}{'; ' + mend if mend else ''}")
        if len(self.found) > SHOWN:
            lines.append(f"  and {len(self.found) - SHOWN} more")
        raise InputError("\n".join(lines))
