"""Codings of other programs that do not come as REFI-QDA: databases of Taguette and QualCoder, and tables of quotations.

Nothing is taken on trust: each coding is held against the text that the file itself stores, and what does not agree is
told.  A database comes with its own texts (:func:`read_database`); a table of quotations is matched onto texts that the
study has already (:func:`match_quotations`).
"""

from crosscase.exchange.qda.databases import is_database, read_database
from crosscase.exchange.qda.flat import Columns, Matched, guess_columns, match_quotations
from crosscase.exchange.qda.model import Read

__all__ = ["Columns", "Matched", "Read", "guess_columns", "is_database", "match_quotations", "read_database"]
