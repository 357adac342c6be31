"""What in a text can lead to a person or a firm: one table for the check that finds it and the report that takes it out."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Kind -> the pattern that finds the whole of it.  A DOI is no web address of anybody.
IDENTIFIERS: Mapping[str, re.Pattern[str]] = {
    "e-mail address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "web address": re.compile(
        r"(?:https?://|\bwww\.)(?!(?:dx\.)?doi\.org)[\w-]+(?:\.[\w-]+)+[^\s<>\"')]*", re.IGNORECASE
    ),
    "telephone number": re.compile(
        r"(?<![\w.,+-])(?:(?:\+|00)\d{1,3}(?:[ ()/.-]{0,2}\d){6,12}|\(0\d{1,4}\)[ /-]?\d{3,}(?:[ -]?\d{2,})*|"
        r"0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,})(?![\w-])"
    ),
}
