"""Dates as people give them: a year, a month or a day, and never more precise than that."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Literal

from crosscase.core.errors import InputError

Precision = Literal["year", "month", "day"]

_PATTERN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date with its precision.

    Dates of different precision are ordered by their first possible day, the less precise one first.

    >>> PartialDate.parse("2015-03").precision
    'month'
    >>> PartialDate.parse("2015") < PartialDate.parse("2015-03-12") < PartialDate.parse("2016")
    True
    >>> str(PartialDate.parse("2015-03"))
    '2015-03'
    """

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``2015``, ``2015-03`` or ``2015-03-12``; InputError for anything else."""
        found = _PATTERN.fullmatch(text.strip())
        if found is None:
            raise InputError(f"'{text}' is not a date", mend="write 2015, 2015-03 or 2015-03-12")
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        if month is not None and not 1 <= month <= 12:
            raise InputError(f"'{text}' has the month {month}", mend="months run from 01 to 12")
        if month is not None and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
            raise InputError(f"'{text}' is a day that does not exist", mend="check the day of the month")
        return cls(year, month, day)

    @property
    def precision(self) -> Precision:
        if self.day is not None:
            return "day"
        return "year" if self.month is None else "month"

    @property
    def first(self) -> datetime.date:
        """The first day it can mean."""
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> datetime.date:
        """The last day it can mean."""
        month = self.month or 12
        return datetime.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    def __lt__(self, other: PartialDate) -> bool:
        return (self.year, self.month or 0, self.day or 0) < (other.year, other.month or 0, other.day or 0)
