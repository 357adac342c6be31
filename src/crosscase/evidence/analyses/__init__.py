"""Saved analyses on a study's data: what they are computed from, whether they still hold, and what they say about a claim.

A QCA reads the case × construct table; a structural model or a regression reads a survey, or the variables and measures of
the cases.  A case with no data is left out by name; it is never read as 0.  Running an analysis and keeping its result is
:mod:`crosscase.study.analyses`; the hash of the inputs is :func:`crosscase.evidence.inputs.inputs_hash`, the one that R708 reads.
"""

from crosscase.evidence.analyses.columns import TableInputs, table_inputs
from crosscase.evidence.analyses.kinds import (
    GROUP_DIFFERENCES,
    INVARIANCE,
    MEDIATIONS,
    MODELS,
    NECESSARY,
    NON_RESPONSE,
    QCA,
    REGRESSIONS,
    State,
    built_on,
    chosen_cases,
    state_of,
)
from crosscase.evidence.analyses.memberships import SetInputs, set_inputs, set_names
from crosscase.evidence.analyses.said import Said, modelled, of_claim
from crosscase.evidence.analyses.stated import stated_paths, stated_relation
from crosscase.evidence.inputs import inputs_hash

__all__ = [
    "GROUP_DIFFERENCES",
    "INVARIANCE",
    "MEDIATIONS",
    "MODELS",
    "NECESSARY",
    "NON_RESPONSE",
    "QCA",
    "REGRESSIONS",
    "Said",
    "SetInputs",
    "State",
    "TableInputs",
    "built_on",
    "chosen_cases",
    "inputs_hash",
    "modelled",
    "of_claim",
    "set_inputs",
    "set_names",
    "state_of",
    "stated_paths",
    "stated_relation",
    "table_inputs",
]
