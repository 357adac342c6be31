"""Finding quotations: the language of the questions and what fits them."""

from crosscase.evidence.retrieval.passages import MARKS, Passages
from crosscase.evidence.retrieval.query import (
    FIELDS,
    And,
    Beside,
    Coded,
    Everything,
    Has,
    Not,
    Or,
    Query,
    Where,
    joined,
    parse,
    quoted,
)

__all__ = [
    "FIELDS",
    "MARKS",
    "And",
    "Beside",
    "Coded",
    "Everything",
    "Has",
    "Not",
    "Or",
    "Passages",
    "Query",
    "Where",
    "joined",
    "parse",
    "quoted",
]
