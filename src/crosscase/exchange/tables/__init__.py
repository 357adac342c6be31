"""Tables of cases, participants, events, ties, observations and surveys from csv, Excel, OpenDocument, SPSS and Stata.

::

    raw = read_table("entries.xlsx")
    mapping = guess(raw, "events")          # shown to the user, who may correct and save it
    snapshot = apply(mapping, raw, snapshot)
"""

from crosscase.exchange.tables.applying import apply
from crosscase.exchange.tables.dates import read_date
from crosscase.exchange.tables.mapping import IMPORTABLE, Mapping, guess, unlike
from crosscase.exchange.tables.raw import RawTable, cell_text
from crosscase.exchange.tables.reading import FORMATS, read_table

__all__ = [
    "FORMATS",
    "IMPORTABLE",
    "Mapping",
    "RawTable",
    "apply",
    "cell_text",
    "guess",
    "read_date",
    "read_table",
    "unlike",
]
