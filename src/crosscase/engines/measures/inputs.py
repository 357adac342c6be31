"""What the measures are computed from: the history of one firm, as plain values.

Nothing here reads a file or a study; whoever has a study turns it into these.  A value that is not known is ``None`` or
left out: nothing is guessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from crosscase.core.errors import InputError

__all__ = ["FIGURES", "Entry", "FirmHistory"]

#: The figures a history may carry, with what each is.  Amounts are in any one currency; ratios are in [0, 1].
FIGURES = {
    "foreign_sales": "sales abroad, an amount",
    "total_sales": "all sales, an amount",
    "foreign_assets": "assets abroad, an amount",
    "total_assets": "all assets, an amount",
    "foreign_employees": "employees abroad, a number",
    "total_employees": "all employees, a number",
    "intensity": "foreign sales / total sales as reported, a ratio in [0, 1], where the amounts are not known",
    "overseas_subsidiaries_share": "overseas subsidiaries / all subsidiaries, a ratio in [0, 1] (OSTS)",
    "psychic_dispersion": "cultural zones with operations / all zones of a clustering, a ratio in [0, 1] (PDIO)",
    "managers_experience": "top managers' years of international experience / all their years, in [0, 1] (TMIE)",
    "value_chain_activities": "number of value-chain activities that the firm coordinates across countries",
}

Precision = Literal["year", "month", "day"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A market that a firm entered: one spell of presence in one country.

    ``place`` is an ISO 3166-1 alpha-3 code; ``exit_year`` is ``None`` while the firm is there (or when exits are not
    recorded: see :class:`FirmHistory`).  A re-entry is a second spell of the same place.
    """

    place: str
    year: int
    exit_year: int | None = None
    mode: str | None = None
    date_precision: Precision = "year"

    def __post_init__(self) -> None:
        if self.exit_year is not None and self.exit_year < self.year:
            raise InputError(
                f"the exit from {self.place} ({self.exit_year}) lies before the entry ({self.year})",
                mend="correct one of the two years",
            )


@dataclass(frozen=True, slots=True)
class FirmHistory:
    """One firm from its founding to the last year it was observed.

    Attributes:
        case: the id of the case.
        home: alpha-3 code of the home country.
        founded: year of founding.
        entries: the spells abroad, in any order.
        observed_until: T, the year up to which the record is complete.
        exits_recorded: whether exits were looked for.  When false, an entry without an exit year says nothing about
            whether the firm is still there.  Taken as true when any entry has an exit year.
        figures: see :data:`FIGURES`.
        figures_year: the year the figures refer to.
        sales: sales by country (alpha-3), home included, any one currency.
        foreign_entries: derived: the entries abroad up to T (all when T is not known), in order of year.
        first_entries: derived: country → year of its first entry, in order of year.
    """

    case: str
    home: str | None = None
    founded: int | None = None
    entries: tuple[Entry, ...] = ()
    observed_until: int | None = None
    exits_recorded: bool = False
    figures: Mapping[str, float] = field(default_factory=dict)
    figures_year: int | None = None
    sales: Mapping[str, float] = field(default_factory=dict)
    foreign_entries: tuple[Entry, ...] = field(init=False, repr=False, compare=False)
    first_entries: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        unknown = set(self.figures) - set(FIGURES)
        if unknown:
            raise InputError(
                f"unknown figure {sorted(unknown)[0]!r}", where=f"case {self.case}", mend="use: " + ", ".join(FIGURES)
            )
        for name, value in (*self.figures.items(), *self.sales.items()):
            if not math.isfinite(value) or value < 0:
                raise InputError(f"{name} is {value}", where=f"case {self.case}", mend="give a number of at least 0")
        until = self.observed_until
        abroad = [e for e in self.entries if e.place != self.home and (until is None or e.year <= until)]
        abroad.sort(key=lambda e: (e.year, e.place))
        first: dict[str, int] = {}
        for entry in abroad:
            first.setdefault(entry.place, entry.year)
        object.__setattr__(self, "foreign_entries", tuple(abroad))
        object.__setattr__(self, "first_entries", first)

    @property
    def t1(self) -> int | None:
        """Year of the first foreign entry."""
        return next(iter(self.first_entries.values()), None)

    @property
    def knows_exits(self) -> bool:
        return self.exits_recorded or any(entry.exit_year is not None for entry in self.entries)

    def general_warnings(self) -> tuple[str, ...]:
        """What is odd about this history, whatever is measured."""
        found = []
        until = self.observed_until
        late = [e for e in self.entries if until is not None and e.year > until]
        if late:
            found.append(f"{len(late)} entries after the last observed year {until} were left out")
        if any(entry.place == self.home for entry in self.entries):
            found.append("an entry into the home country was left out")
        if self.founded is not None and self.t1 is not None and self.t1 < self.founded:
            found.append(f"the first entry ({self.t1}) lies before the founding ({self.founded})")
        return tuple(found)
