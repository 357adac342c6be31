"""Dates as people write them in tables, with the precision they have."""

from __future__ import annotations

import datetime
import re

from crosscase.core import PartialDate
from crosscase.core.errors import InputError
from crosscase.exchange.tables.raw import Cell, cell_text

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
#: Which of two numbers is the day, when a table has dates such as 03/04/2015.
ORDERS = ("", "day first", "month first")

_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([a-z]+)\.?,? (\d{4})")
_MONTH_DAY = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTH_YEAR = re.compile(r"([a-z]+)\.?,? (\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[ t]00:00(?::00)?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_MONTH_OF_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")


def read_date(cell: Cell, order: str = "") -> PartialDate | None:
    """The date in a cell, ``None`` for an empty one.

    ``order`` is ``day first`` or ``month first`` for dates such as 03/04/2015; without it such a date is refused, unless
    one of its numbers can only be a day.  With full stops the day comes first.

    >>> str(read_date("March 2015")), str(read_date(2015.0)), str(read_date("13/04/2015")), str(read_date("1.2.2015"))
    ('2015-03', '2015', '2015-04-13', '2015-02-01')
    >>> read_date("03/04/2015")
    Traceback (most recent call last):
    crosscase.core.errors.InputError: '03/04/2015' can be 3 April or 4 March; say which of them is the day...
    """
    if isinstance(cell, datetime.datetime | datetime.date):
        return PartialDate(cell.year, cell.month, cell.day)
    written = cell_text(cell).strip()
    if not written:
        return None
    text = " ".join(written.casefold().split())
    if re.fullmatch(r"\d{4}", text):
        return PartialDate.parse(text)
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(written, int(found[1]), int(found[2]), int(found[3]) if found[3] else None)
    if found := _DAY_MONTH.fullmatch(text):
        return _date(written, int(found[3]), _month(written, found[2]), int(found[1]))
    if found := _MONTH_DAY.fullmatch(text):
        return _date(written, int(found[3]), _month(written, found[1]), int(found[2]))
    if found := _MONTH_YEAR.fullmatch(text):
        return _date(written, int(found[2]), _month(written, found[1]), None)
    if found := _MONTH_OF_YEAR.fullmatch(text):
        return _date(written, int(found[2]), int(found[1]), None)
    if found := _YEAR_LAST.fullmatch(text):
        day, month = _ordered(written, int(found[1]), int(found[3]), "day first" if found[2] == "." else order)
        return _date(written, int(found[4]), month, day)
    raise InputError(f"'{written}' is not a date", mend="write 2015, 2015-03 or 2015-03-12")


def _ordered(written: str, first: int, second: int, order: str) -> tuple[int, int]:
    if order == "day first" or first > 12:
        return first, second
    if order == "month first" or second > 12 or first == second:
        return second, first
    one, other = (f"{day} {_MONTHS[month - 1].capitalize()}" for day, month in ((first, second), (second, first)))
    mend = "say which of them is the day (dates: day first, or month first), or write 2015-03-12"
    raise InputError(f"'{written}' can be {one} or {other}", mend=mend)


def _month(written: str, name: str) -> int:
    found = [number for number, month in enumerate(_MONTHS, start=1) if len(name) >= 3 and month.startswith(name)]
    if name == "sept":
        found = [9]
    if len(found) != 1:
        raise InputError(f"'{written}' is not a date: '{name}' is no month", mend="write 2015, 2015-03 or 2015-03-12")
    return found[0]


def _date(written: str, year: int, month: int, day: int | None) -> PartialDate:
    try:
        return PartialDate.parse(f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day is not None else ""))
    except InputError as error:
        raise InputError(f"'{written}' is not a date: {error.what}", mend=error.mend) from None
