"""A case's ties as its ego network, measured."""

from __future__ import annotations

from crosscase.core import Snapshot, Tie
from crosscase.engines.measures import MeasureValue
from crosscase.engines.networks import MEASURES, TieRecord, ego_network
from crosscase.evidence.histories import observed_until

#: How a study writes that an alter belongs to the firm's own group, or does not.
_BOUNDARY = {"internal": True, "external": False}


def network_measures(snapshot: Snapshot, case: str) -> list[MeasureValue]:
    """The ego-network measures of one case, at the end of its observation.

    Whether alters know each other is taken from ``knows``; when no tie of the case says anything of that, it is unknown and
    not nothing.
    """
    ties = snapshot.ties.where(case=case)
    known = [(tie.alter, other) for tie in ties for other in tie.knows]
    network = ego_network(
        case, [_record(tie) for tie in ties], alter_ties=known or None, year=observed_until(snapshot, case)
    )
    return [
        MeasureValue(
            case=case,
            measure=one.measure,
            value=one.value,
            unit="",
            definition=MEASURES[one.measure].formula,
            inputs=one.inputs,
            missing=one.missing,
            warnings=one.warnings,
            source=one.source,
        )
        for one in network
    ]


def _record(tie: Tie) -> TieRecord:
    return TieRecord(
        tie.case,
        tie.alter,
        tie.kind or None,
        _BOUNDARY.get(tie.boundary),
        tie.place or None,
        tie.start.year if tie.start else None,
        tie.end.year if tie.end else None,
    )
