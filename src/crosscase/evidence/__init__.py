"""Tables, data structure, claims and verdicts, read from a snapshot."""

from crosscase.evidence.histories import attribute, history_of, observed_until
from crosscase.evidence.inputs import inputs_hash
from crosscase.evidence.ledger import Ledger
from crosscase.evidence.reproduction import alternatives, declared, placements, printed_figures, reproduction
from crosscase.evidence.schemes import declared_scheme, find_scheme

__all__ = [
    "Ledger",
    "alternatives",
    "attribute",
    "declared",
    "declared_scheme",
    "find_scheme",
    "history_of",
    "inputs_hash",
    "observed_until",
    "placements",
    "printed_figures",
    "reproduction",
]
