"""Everything on record about one case, put together for one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscase.core import Case, Event, Finding, Memo, Observation, Participant, Snapshot, Source, Table, Tie
from crosscase.engines.measures import MeasureValue
from crosscase.engines.measures.registry import classifications
from crosscase.evidence import Ledger, observed_until
from crosscase.figures import timeline, timeline_rows, to_svg
from crosscase.figures.egonetwork import Alter, ego_network
from crosscase.reports.names import country_name
from crosscase.study.passages import Passage, passages, without_withdrawn


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list of cases."""

    case: Case
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case.

    ``attributes`` are (name, value, what it is); ``timeline`` and ``network`` are SVG, empty when nothing is dated and when
    there are no ties.  ``classified`` are the answers of the classifications, each by its definition.  ``findings`` are
    about the case or about a row of it.
    """

    case: Case
    attributes: tuple[tuple[str, str, str], ...]
    participants: tuple[Participant, ...]
    events: tuple[Event, ...]
    timeline: str
    scheme: str
    ties: tuple[Tie, ...]
    network: str
    observations: tuple[Observation, ...]
    measured: tuple[MeasureValue, ...]
    classified: tuple[MeasureValue, ...]
    sources: tuple[Source, ...]
    passages: tuple[Passage, ...]
    memos: tuple[Memo, ...]
    findings: tuple[Finding, ...]


def case_lines(snapshot: Snapshot) -> list[CaseLine]:
    """Every case with how much is on record about it."""
    lines = []
    quoted = Counter(snapshot.case_of_quotation.values())
    for case in snapshot.cases:
        counts = {
            name: len(snapshot.table(name).positions("case").get(case.id, ()))
            for name in ("participants", "events", "ties", "sources")
        }
        lines.append(CaseLine(case, {**counts, "quotations": quoted[case.id]}))
    return lines


def case_record(ledger: Ledger, findings: Iterable[Finding], case: str) -> CaseRecord:
    """The record of a case.

    Raises:
        NotFoundError: no such case; lists the nearest.
    """
    snapshot = ledger.snapshot
    row = snapshot.cases[case]
    values = ledger.measures(cases=[case])
    about = {quotation.id for quotation in snapshot.quotations_of(case)}
    codings = [one for id in about for one in snapshot.codings.where(quotation=id)]
    return CaseRecord(
        case=row,
        attributes=tuple(_attributes(snapshot, row)),
        participants=tuple(snapshot.participants.where(case=case)),
        events=tuple(snapshot.events_of(case)),
        timeline=_timeline(ledger, case),
        scheme=f"{ledger.scheme.id} {ledger.scheme.version}".strip(),
        ties=tuple(snapshot.ties.where(case=case)),
        network=_network(snapshot, case),
        observations=tuple(snapshot.observations.where(case=case)),
        measured=tuple(one for one in values if one.measure not in classifications()),
        classified=tuple(one for one in values if one.measure in classifications()),
        sources=tuple(snapshot.sources.where(case=case)),
        passages=without_withdrawn(passages(snapshot, codings), ledger.withdrawn),
        memos=tuple(_memos(snapshot, case)),
        findings=tuple(one for one in findings if _is_about(snapshot, one, case)),
    )


def _attributes(snapshot: Snapshot, case: Case) -> Iterable[tuple[str, str, str]]:
    for name, value in case.attributes.items():
        variable = snapshot.study.variable(name)
        country = variable is not None and variable.type == "country"
        text = country_name(value) if country else value
        unit = variable.unit if variable and value else ""
        yield name.replace("_", " "), f"{text} {unit}".strip(), variable.label if variable else ""


def _timeline(ledger: Ledger, case: str) -> str:
    snapshot = ledger.snapshot

    def region_of(event: Event) -> str:
        return ledger.scheme.region(event.place, event.date.year if event.date else None) or ""

    rows = timeline_rows(
        snapshot.replace(cases=Table.of(Case, [snapshot.cases[case]])),
        region_of,
        until=lambda one: observed_until(snapshot, one),
        place_name=country_name,
    )
    return to_svg(timeline(rows), id="timeline") if any(row.marks for row in rows) else ""


def _network(snapshot: Snapshot, case: str) -> str:
    """The ego network; ties that were over by the end of the observation are dashed."""
    until = observed_until(snapshot, case)
    by_alter: dict[str, list[Tie]] = {}
    for tie in snapshot.ties.where(case=case):
        by_alter.setdefault(tie.alter, []).append(tie)
    if not by_alter:
        return ""
    alters = [
        Alter(
            name,
            tuple(dict.fromkeys(tie.kind or "no kind" for tie in those)),
            ended=all(tie.end is not None and (until is None or tie.end.year <= until) for tie in those),
            internal=any(tie.boundary == "internal" for tie in those),
            label=f"{name}: " + "; ".join(_tie_words(tie) for tie in those),
        )
        for name, those in by_alter.items()
    ]
    pairs = [(tie.alter, other) for those in by_alter.values() for tie in those for other in tie.knows]
    return to_svg(ego_network(case, alters, pairs), id="network")


def _tie_words(tie: Tie) -> str:
    years = f"{tie.start or ''}–{tie.end or ''}" if tie.start or tie.end else ""
    return ", ".join(filter(None, (tie.kind, tie.boundary, country_name(tie.place) if tie.place else "", years)))


def _memos(snapshot: Snapshot, case: str) -> Sequence[Memo]:
    """Memos on the case and on its sources and quotations."""
    sources = {one.id for one in snapshot.sources.where(case=case)}
    quotations = {one.id for one in snapshot.quotations_of(case)}
    those = {"cases": {case}, "sources": sources, "quotations": quotations}
    return [one for one in snapshot.memos if one.about in those.get(one.about_kind, ())]


def _is_about(snapshot: Snapshot, finding: Finding, case: str) -> bool:
    """A finding is about a case when the case or a row of it is its subject, or when it names the case as evidence."""
    kind, id = finding.subject.kind, finding.subject.id
    if kind == "cases":
        return id == case
    if kind in ("participants", "events", "ties", "observations", "sources", "stances") and id in snapshot.table(kind):
        return bool(snapshot.table(kind)[id].case == case)
    if kind == "quotations":
        return snapshot.case_of_quotation.get(id, "") == case
    if kind == "codings" and id in snapshot.codings:
        return snapshot.case_of_quotation.get(snapshot.codings[id].quotation, "") == case
    return f"cases:{case}" in finding.evidence
