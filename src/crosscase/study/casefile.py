"""Everything on record about one case: the firm's file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosscase.core import Case, Event, Observation, Participant, Source, Tie
from crosscase.study.workspace import Workspace

if TYPE_CHECKING:
    from crosscase.engines.measures import MeasureValue


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its people, its life in the order of dates, its figures, sources and codes (id and how often)."""

    case: Case
    participants: tuple[Participant, ...]
    events: tuple[Event, ...]
    ties: tuple[Tie, ...]
    observations: tuple[Observation, ...]
    measures: tuple[MeasureValue, ...]
    sources: tuple[Source, ...]
    codes: tuple[tuple[str, int], ...]


def case_file(workspace: Workspace, case: str) -> CaseFile:
    """The file of a case; NotFoundError lists the cases that there are."""
    study = workspace.frozen()
    snapshot = study.snapshot
    found = snapshot.cases[case]
    of_case = snapshot.codings.positions("quotation")
    places = [place for quotation in snapshot.quotations_of(case) for place in of_case.get(quotation.id, ())]
    codes = Counter(snapshot.codings.column("code")[place] for place in places)
    measures = study.measures(cases=[case])
    return CaseFile(
        found,
        tuple(snapshot.participants.where(case=case)),
        tuple(snapshot.events_of(case)),
        tuple(snapshot.ties.where(case=case)),
        tuple(snapshot.observations.where(case=case)),
        tuple(one for one in measures if one.value is not None),
        tuple(snapshot.sources.where(case=case)),
        tuple(codes.most_common()),
    )
