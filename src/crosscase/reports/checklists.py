"""Drafts of two reporting checklists, filled from what the study knows; what it does not know is left blank.

COREQ (Tong, Sainsbury & Craig 2007, 32 items) and SRQR (O'Brien et al. 2014, 21 items), by their numbers; the topics are
in our own few words.  A researcher's own answer goes before a computed one and stands in study.toml::

    [reporting.coreq]
    "2" = "PhD; MBA"

    [reporting.srqr]
    "21" = "no outside funding"
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from crosscase.core import Snapshot
from crosscase.reports.table import Cell, Column, ReportTable

COREQ = (
    "Who interviewed", "Credentials of the researchers", "Their occupation then", "Their gender",
    "Their experience and training", "Relationship with participants before", "What participants knew of the researcher",
    "Interests and biases of the researcher", "Theory and methodological orientation", "How participants were selected",
    "How they were approached", "How many took part", "Who refused or left, and why", "Where data were collected",
    "Who else was present", "Main characteristics of the sample", "Interview guide", "Repeated interviews",
    "Recording", "Field notes", "How long interviews took", "Saturation", "Transcripts returned to participants",
    "How many coded", "Coding tree", "Where themes came from", "Software", "Feedback of participants on findings",
    "Quotations, each with its speaker", "Findings consistent with the data", "Major themes", "Minor themes and diverse cases",
)  # fmt: skip

SRQR = (
    "Title", "Abstract", "Problem", "Purpose or question", "Approach and paradigm", "Researchers and reflexivity", "Context",
    "Sampling", "Ethics", "Methods of data collection", "Instruments", "Units of study", "Processing of data", "Analysis",
    "Trustworthiness", "Synthesis and interpretation", "Links to the data", "Integration with prior work", "Limitations",
    "Conflicts of interest", "Funding",
)  # fmt: skip

Filled = Callable[[Snapshot], str]


def coreq(snapshot: Snapshot) -> ReportTable:
    """The COREQ draft, an item a row."""
    return _checklist(snapshot, "coreq", "COREQ draft", COREQ, _COREQ_FILLED)


def srqr(snapshot: Snapshot) -> ReportTable:
    """The SRQR draft, an item a row."""
    return _checklist(snapshot, "srqr", "SRQR draft", SRQR, _SRQR_FILLED)


def _checklist(
    snapshot: Snapshot, id: str, title: str, topics: tuple[str, ...], filled: Mapping[int, Filled]
) -> ReportTable:
    own = _own_answers(snapshot, id)
    rows = []
    for number, topic in enumerate(topics, start=1):
        text, whose = own.get(str(number), ""), "the researchers"
        if not text and number in filled:
            text, whose = filled[number](snapshot), "the records"
        rows.append((Cell(number), Cell(topic), Cell(text), Cell(whose if text else "")))
    blank = sum(not row[2].value for row in rows)
    unknown = [number for number in own if not number.isdigit() or not 1 <= int(number) <= len(topics)]
    notes = [f"{len(rows) - blank} of {len(rows)} items have a draft; {blank} are blank: the study does not know them."]
    notes += [f"There is no item {', '.join(unknown)}: its answer is not shown."] if unknown else []
    sources = {"coreq": "items after Tong, Sainsbury & Craig 2007", "srqr": "items after O'Brien et al. 2014"}
    columns = (Column("Item", "right", heading=True), Column("Topic"), Column("Draft"), Column("Draft from"))
    return ReportTable(id, title, columns, tuple(rows), notes=tuple(notes), source=sources[id])


def _own_answers(snapshot: Snapshot, id: str) -> dict[str, str]:
    reporting: Any = snapshot.study.extra.get("reporting", {})
    answers = reporting.get(id, {}) if isinstance(reporting, Mapping) else {}
    return {str(key): str(value).strip() for key, value in answers.items()} if isinstance(answers, Mapping) else {}


# -- what the records say; an empty text where they say nothing --------------------------------------------------------


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _sampling(snapshot: Snapshot) -> str:
    return "; ".join(rule.text or rule.rule for rule in snapshot.study.sampling)


def _size(snapshot: Snapshot) -> str:
    parts = [_count(len(snapshot.cases), "case")] if len(snapshot.cases) else []
    parts += [_count(len(snapshot.participants), "participant")] if len(snapshot.participants) else []
    if snapshot.study.interviews:
        parts.append(_count(snapshot.study.interviews, "interview"))
    return ", ".join(parts)


def _sample(snapshot: Snapshot) -> str:
    roles = Counter(role for role in snapshot.participants.column("role") if role)
    listed = ", ".join(f"{role} {count}" for role, count in roles.most_common(6))
    variables = ", ".join(variable.name for variable in snapshot.study.variables)
    parts = [f"Roles: {listed}" if listed else "", f"Profiles of the cases by {variables}" if variables else ""]
    return ". ".join(filter(None, parts))


def _guide(snapshot: Snapshot) -> str:
    guide = snapshot.study.guide
    sections = list(dict.fromkeys(question.section for question in guide if question.section))
    return _count(len(guide), "question") + (f" in {', '.join(sections)}" if sections else "") if guide else ""


def _repeats(snapshot: Snapshot) -> str:
    spoken = Counter(one.participant for one in snapshot.sources if one.kind == "interview" and one.participant)
    again = sum(count > 1 for count in spoken.values())
    return f"{again} of {len(spoken)} participants have more than one interview on record" if spoken else ""


def _coders(snapshot: Snapshot) -> str:
    coders = {coder for coder in snapshot.codings.column("coder") if coder}
    return _count(len(coders), "coder") if coders else ""


def _tree(snapshot: Snapshot) -> str:
    levels = Counter(snapshot.codes.column("level"))
    return ", ".join(_count(count, f"{level} code") for level, count in levels.items() if level)


def _origin(snapshot: Snapshot) -> str:
    origins = Counter(origin for origin in snapshot.codes.column("origin") if origin)
    without = len(snapshot.codes) - sum(origins.values())
    listed = ", ".join(f"{count} {origin}" for origin, count in origins.items())
    return listed + (f"; {without} without an origin on record" if listed and without else "")


def _quotations(snapshot: Snapshot) -> str:
    marked = [one for one in snapshot.quotations if one.mark]
    with_speaker = sum(bool(one.participant) for one in marked)
    return (
        f"{_count(len(marked), 'quotation')} marked for the text or a table, {with_speaker} with speaker"
        if marked
        else ""
    )


def _consistency(snapshot: Snapshot) -> str:
    stances = Counter(one.stance for one in snapshot.stances if one.stance)
    listed = ", ".join(f"{count} {stance}" for stance, count in stances.items())
    return f"Evidence linked to {_count(len(snapshot.claims), 'claim')}: {listed}" if listed else ""


def _themes(*levels: str) -> Filled:
    def themes(snapshot: Snapshot) -> str:
        names = [code.name or code.id for code in snapshot.codes if code.level in levels]
        return "; ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")

    return themes


def _consent(snapshot: Snapshot) -> str:
    known = [one.consent for one in snapshot.participants if one.consent]
    return (
        f"Consent is on record for {len(known)} of {_count(len(snapshot.participants), 'participant')}" if known else ""
    )


def _sources(snapshot: Snapshot) -> str:
    kinds = Counter(kind or "kind not on record" for kind in snapshot.sources.column("kind"))
    years = sorted(one.date.year for one in snapshot.sources if one.date)
    when = f", {years[0]} to {years[-1]}" if years and years[0] != years[-1] else f", {years[0]}" if years else ""
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items()) + when if kinds else ""


def _kinds_a_case(snapshot: Snapshot) -> str:
    kinds: dict[str, set[str]] = {}
    for one in snapshot.sources:
        if one.case and one.kind:
            kinds.setdefault(one.case, set()).add(one.kind)
    several = sum(len(of_case) > 1 for of_case in kinds.values())
    return f"{several} of {len(snapshot.cases)} cases have more than one kind of source" if kinds else ""


def _claims(snapshot: Snapshot) -> str:
    types = Counter(claim.type or "untyped" for claim in snapshot.claims)
    return ", ".join(f"{count} {type}" for type, count in types.items())


def _joined(*parts: Filled) -> Filled:
    return lambda snapshot: "; ".join(filter(None, (part(snapshot) for part in parts)))


def _stance(snapshot: Snapshot) -> str:
    return snapshot.study.stance


_COREQ_FILLED: Mapping[int, Filled] = {
    9: _stance, 10: _sampling, 12: _size, 16: _sample, 17: _guide, 18: _repeats, 24: _coders, 25: _tree, 26: _origin,
    27: lambda snapshot: "Crosscase" if len(snapshot.codings) else "", 29: _quotations, 30: _consistency,
    31: _themes("dimension"), 32: _themes("theme"),
}  # fmt: skip

_SRQR_FILLED: Mapping[int, Filled] = {
    1: lambda snapshot: snapshot.study.title, 4: lambda snapshot: snapshot.study.question, 5: _stance, 8: _sampling,
    9: _consent, 10: _sources, 11: _guide, 12: _joined(_size, _sample), 14: _joined(_tree, _origin, _coders),
    15: _kinds_a_case, 16: _claims, 17: _joined(_quotations, _consistency),
}  # fmt: skip
