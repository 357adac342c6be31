"""What in a text can lead to a person or a firm: one table for the check that finds it and the report that takes it out."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Columns whose name says that they identify.
_KEY_COLUMNS = re.compile(
    r"(?:full_?|first_?|last_?|sur|firm_?|company_?|brand_?|real_?|contact_?)?name|company|firm|contact|e_?mail|phone|mobile|telephone|"
    r"address|street|website|web_?site|homepage|url|linkedin|wechat|vat|tax_?id|registration(?:_?(?:no|number))?|passport",
    re.IGNORECASE,
)

#: Kind -> the pattern that finds the whole of it.  A DOI is no web address of anybody.
IDENTIFIERS: Mapping[str, re.Pattern[str]] = {
    "e-mail address": re.compile(r"[\w.+-]+(?:@|\s*[(\[]\s*at\s*[)\]]\s*)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE),
    "web address": re.compile(
        r"(?:https?://|\bwww\.)(?!(?:dx\.)?doi\.org)[\w-]+(?:\.[\w-]+)+[^\s<>\"')]*|"
        r"(?<![\w@./-])(?!(?:dx\.)?doi\.org)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|biz|info|eu|co\.uk|com\.cn)(?![\w-])",
        re.IGNORECASE,
    ),
    "telephone number": re.compile(
        r"(?<![\w.,+-])(?:(?:\+|00)\d{1,3}(?:[ ()/.-]{0,2}\d){6,12}|\(0\d{1,4}\)[ /-]?\d{3,}(?:[ -]?\d{2,})*|"
        r"0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,})(?![\w-])"
    ),
}


def identifies(column: str) -> bool:
    """Whether the name of a column says that its values lead to a person or a firm.

    >>> identifies("Company name"), identifies("sector")
    (True, False)
    """
    return _KEY_COLUMNS.fullmatch(column.strip().replace(" ", "_").replace("-", "_")) is not None
