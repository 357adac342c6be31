"""The countries in a file as ISO 3166-1 alpha-3 codes."""

from __future__ import annotations

import re

from crosscase.core.errors import InputError


def country_code(written: str) -> str:
    """The alpha-3 code of what stands in a cell; InputError when it is no country, or not one country."""
    if re.fullmatch("[A-Z]{3}", written):
        return written
    raise InputError(f"'{written}' is not the code of a country", mend="write its ISO 3166-1 alpha-3 code, e.g. DEU")
