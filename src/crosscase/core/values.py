"""What an attribute's text means under its variable's type.

Attributes and observations keep the text as it was given ("80%", "1,200"); this module reads the number, the year or the
word in it when somebody wants to compute.
"""

from __future__ import annotations

import re

from crosscase.core.dates import PartialDate
from crosscase.core.errors import InputError
from crosscase.core.vocabulary import Variable

_NUMBER = re.compile(r"([-+−]?)\s*(\d{1,3}(?:[ ,'\u00a0\u202f]\d{3})+|\d+)?([.,]\d+)?\s*(%?)")
_YES = {"yes", "true", "1", "y"}
_NO = {"no", "false", "0", "n"}


def read_number(text: str) -> float | None:
    """The number in a text: ``80%`` is 0.8, ``1,200`` is 1200, ``0,5`` is 0.5; ``None`` when there is none.

    A comma before exactly three digits parts thousands, any other comma is a decimal sign.

    >>> read_number("80%"), read_number("1,200"), read_number("0,5"), read_number("about 3")
    (0.8, 1200.0, 0.5, None)
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None or not (found[2] or found[3]):
        return None
    sign, whole, fraction, percent = found.groups()
    digits = re.sub(r"\D", "", whole or "0") + (fraction or "").replace(",", ".")
    value = float(digits) / (100 if percent else 1)
    return -value if sign in ("-", "−") else value


def read_value(text: str, variable: Variable) -> float | str | None:
    """The value of an attribute: a float for numbers, percentages (as a share), years and booleans, else the text.

    An empty text is ``None``.  Raises InputError when the text does not fit the variable's type.
    """
    text = text.strip()
    if not text:
        return None
    if variable.type in ("number", "integer", "year", "percent"):
        value = read_number(text)
        if value is None:
            raise InputError(f"'{text}' is not a number", where=f"variable {variable.name}")
        if variable.type in ("integer", "year") and value != int(value):
            raise InputError(f"'{text}' is not a whole number", where=f"variable {variable.name}")
        if variable.type == "percent" and "%" not in text and variable.unit == "%":
            return value / 100
        return value
    if variable.type == "boolean":
        if text.casefold() not in _YES | _NO:
            raise InputError(f"'{text}' is neither yes nor no", where=f"variable {variable.name}")
        return 1.0 if text.casefold() in _YES else 0.0
    if variable.type == "date":
        return str(PartialDate.parse(text))
    if variable.type == "category" and variable.values and text not in variable.values:
        raise InputError(
            f"'{text}' is not one of the values of {variable.name}", mend="there are: " + ", ".join(variable.values)
        )
    return text
