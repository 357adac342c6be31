"""R3, evidence: do the quotations stand in their sources, and who is quoted?"""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from crosscase.checks.common import count, refs, setting, some
from crosscase.checks.registry import Report, rule
from crosscase.core import PartialDate, Quotation, Snapshot, text_hash
from crosscase.core.consent import ALL, NONE, SCOPES, WITHDRAWN, Consent
from crosscase.evidence import Ledger
from crosscase.text.matching import Match, SourceIndex, match_quotation

#: Kinds of source in which somebody speaks, so that a quotation has a speaker.
SPOKEN = ("interview", "focus group", "survey answer")
#: R301: so many characters around its offsets are searched before the whole source.
AROUND = 200
#: R306: a case is said to dominate from this multiple of its equal share on, but not below the first share, and always
#: above the second; and only where it has so many quotations.
TIMES_EQUAL, LEAST_SHARE, MOST_SHARE, FEWEST_QUOTATIONS = 3, 0.10, 0.50, 5
#: R306: so many supporting pieces of evidence, all of one case, are called concentrated.
FEWEST_PIECES = 3
#: R309: after so many years a recollection is marked, unless ``[evidence] recall_years`` says otherwise.
RECALL_YEARS = 5


@rule("R301", "a quotation is not verbatim in its source", "error")
def not_verbatim(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    suspects: dict[str, list[int]] = {}
    names = ("source", "start", "end", "text")
    for position, (source, start, end, text) in enumerate(
        zip(*(snapshot.quotations.column(name) for name in names), strict=True)
    ):
        words = snapshot.texts.get(source)
        if words is None or (not text and start is None):
            continue
        if start is None or end is None or words[start:end] != text or end > len(words):
            suspects.setdefault(source, []).append(position)
    for source, positions in suspects.items():
        index = SourceIndex(snapshot.texts[source])
        for position in positions:
            one = snapshot.quotations[position]
            length = len(index.text)
            if one.text:
                message = _off(_find(index, one), one.start, one.end, source)
            elif one.end is not None and one.end > length:
                message = f"its offsets {one.start}–{one.end} lie outside {source}, which has {length} characters"
            else:
                continue
            if message:
                yield "quotations", one.id, message, [f"sources:{source}"]


@rule("R302", "a quotation without case or speaker")
def without_case_or_speaker(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    orphans: dict[tuple[str, str], list[str]] = {}
    speaker = _Speakers(snapshot)
    for id, source, case, participant, start in zip(
        *(snapshot.quotations.column(name) for name in ("id", "source", "case", "participant", "start")), strict=True
    ):
        if (case or speaker.case_of.get(source, "")) not in snapshot.cases:
            orphans.setdefault((source, "case"), []).append(id)
        known = participant in snapshot.participants if participant else speaker.at(source, start)
        if not known and speaker.expected(source):
            orphans.setdefault((source, "speaker"), []).append(id)
    for (source, what), ids in orphans.items():
        whose = f"of {source} " if source else ""
        message = f"{count(len(ids), 'quotation')} {whose}without {what}: {some(ids)}"
        kind, id = ("sources", source) if source else ("study", f"quotations without {what}")
        yield kind, id, message, refs("quotations", ids)


@rule("R303", "a speaker's role differs from the participant list")
def role_differs(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    roles = dict(zip(snapshot.participants.column("id"), snapshot.participants.column("role"), strict=True))
    given: dict[tuple[str, str], list[str]] = {}
    for table, extras in (
        ("quotations", snapshot.quotations.column("extra")),
        ("codings", snapshot.codings.column("extra")),
    ):
        for position, extra in enumerate(extras):
            role = str(extra.get("speaker_role", "") or "").strip() if extra else ""
            if not role:
                continue
            row = snapshot.table(table)[position]
            person = snapshot.speaker_of_quotation.get(row.id if table == "quotations" else row.quotation, "")
            if roles.get(person) and not _same_role(role, roles[person]):
                given.setdefault((person, role), []).append(f"{table}:{row.id}")
    for (person, role), evidence in given.items():
        yield (
            "participants",
            person,
            f"is quoted as '{role}' and listed as '{roles[person]}' ({count(len(evidence), 'time')})",
            evidence,
        )


@rule("R304", "use beyond consent", "error")
def use_beyond_consent(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    printed = _printed(snapshot)
    by_model = _coded_by_model(snapshot)
    uses = snapshot.study.extra.get("uses", {})
    unknown: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for kind, id, consent, quotations in _givers(snapshot):
        if consent.unknown:
            unknown.setdefault((consent.text, consent.unknown), []).append(f"{kind}:{id}")
            continue  # what else is used beyond it can be told when it can be read
        if not consent.stated or consent.withdrawn:
            continue  # R803 speaks of what was withdrawn
        shown = [one for one in quotations if one in printed]
        if shown and not consent.allows("quote"):
            yield (
                kind,
                id,
                (
                    f"the consent is '{consent.text}', without quote; {count(len(shown), 'quotation')} marked for print or "
                    f"linked to a claim: {some(shown)}"
                ),
                refs("quotations", shown),
            )
        if consent.none and len(quotations) > len(shown):
            message = f"the consent is '{consent.text}'; in the study: {count(len(quotations), 'quotation')}"
            yield kind, id, message, refs("quotations", quotations)
        modelled = [one for one in quotations if one in by_model]
        if modelled and not consent.allows("model"):
            message = (
                f"the consent is '{consent.text}', without model; {count(len(modelled), 'quotation')} coded by a model"
            )
            yield kind, id, message, refs("quotations", modelled)
        for use in ("archive", "model"):
            if isinstance(uses, Mapping) and uses.get(use) is True and not consent.allows(use):
                yield kind, id, f"study.toml says [uses] {use} = true; the consent is '{consent.text}'", ()
    for (text, words), evidence in unknown.items():
        known = ", ".join((*SCOPES, ALL, NONE, WITHDRAWN))
        message = (
            f"the consent '{text}' has words that are not known: {', '.join(words)}; known are {known}; until this is mended "
            "it counts as no consent"
        )
        yield "study", f"consent '{text}'", message, evidence
    for person in snapshot.participants:
        consent = Consent.of(person)
        if str(person.extra.get("name", "")).strip() and consent.stated and not consent.allows("name"):
            yield "participants", person.id, f"is listed with a name; the consent is '{consent.text}'", ()


@rule("R305", "silent cases", "note")
def silent_cases(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    cases = snapshot.cases.column("id")
    quoted = set(snapshot.case_of_quotation.values())
    if not quoted.intersection(cases):
        return  # nothing is quoted at all: no case is more silent than another
    silent = [case for case in cases if case not in quoted]
    if silent:
        message = f"{len(silent)} of {len(cases)} cases have no quotation: {some(silent)}"
        yield "study", "silent cases", message, refs("cases", silent)
    case_of = snapshot.case_of_quotation
    for code in snapshot.codes:
        if code.level != "dimension":
            continue
        codings = snapshot.codings_under(code.id)
        heard = {case_of.get(coding.quotation, "") for coding in codings}
        missing = [case for case in cases if case in quoted and case not in heard]
        if codings and missing:
            speaking = len(cases) - len(silent)
            message = f"{len(missing)} of the {speaking} cases that are quoted have nothing under this dimension: {some(missing)}"
            yield "codes", code.id, message, refs("cases", missing)


@rule("R306", "evidence concentrated in few cases", "note")
def evidence_concentrated(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    cases = len(snapshot.cases)
    of_case = Counter(case for case in snapshot.case_of_quotation.values() if case in snapshot.cases)
    total = sum(of_case.values())
    if cases >= 3:
        limit = min(MOST_SHARE, max(LEAST_SHARE, TIMES_EQUAL / cases))
        for case, number in of_case.most_common():
            if number >= FEWEST_QUOTATIONS and number / total >= limit:
                yield (
                    "cases",
                    case,
                    (
                        f"gives {number} of {total} quotations, {number / total:.0%}; an equal share among {cases} cases would "
                        f"be {1 / cases:.0%}, and from {limit:.0%} on this is said"
                    ),
                    refs("quotations", (one.id for one in snapshot.quotations_of(case))),
                )
    for claim in snapshot.claims:
        said = [one for one in snapshot.stances.where(claim=claim.id) if one.stance == "supports"]
        behind = {case_of_stance(snapshot, one.case, one.coding) for one in said}
        if cases >= 3 and len(said) >= FEWEST_PIECES and len(behind) == 1 and "" not in behind:
            message = f"all {len(said)} pieces of supporting evidence are of one case, {behind.pop()}"
            yield "claims", claim.id, message, refs("stances", (one.id for one in said))


@rule("R307", "a source changed after coding", "error")
def source_changed(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    for source in snapshot.sources:
        text = snapshot.texts.get(source.id)
        if text is None or not source.hash or source.hash == text_hash(text):
            continue
        rows = snapshot.quotations.where(source=source.id)
        stand = sum(one.start is not None and text[one.start : one.end] == one.text for one in rows)
        yield (
            "sources",
            source.id,
            (
                f"its text is not the one that was registered (the hash differs); {stand} of {count(len(rows), 'quotation')} "
                "still stand at their offsets"
            ),
            refs("quotations", (one.id for one in rows)),
        )


@rule("R308", "one kind of source only", "note")
def one_kind_of_source(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    kinds = Counter(kind for kind in snapshot.sources.column("kind") if kind)
    if len(kinds) == 1 and len(snapshot.sources) > 1:
        kind, number = kinds.popitem()
        yield (
            "study",
            "sources",
            f"all {number} sources are of one kind: {kind}",
            refs("sources", snapshot.sources.column("id")),
        )
        return
    for claim in snapshot.claims:
        behind = [_kind_of_coding(snapshot, one.coding) for one in snapshot.stances.where(claim=claim.id)]
        if len(behind) >= FEWEST_PIECES and len(set(behind)) == 1 and behind[0]:
            yield (
                "claims",
                claim.id,
                f"all {len(behind)} pieces of evidence come from one kind of source, {behind[0]}; the study has {len(kinds)}",
                refs("stances", (one.id for one in snapshot.stances.where(claim=claim.id))),
            )


@rule("R309", "a statement far in time from what it tells", "note")
def far_in_time(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    limit = setting(ledger, "evidence", "recall_years", RECALL_YEARS)
    for table in ("events", "ties"):
        for row in snapshot.table(table):
            when: PartialDate | None = row.date if table == "events" else row.start
            source = _source_named(snapshot, row.evidence)
            told = snapshot.sources[source].date if source else None
            if limit is None or when is None or told is None or snapshot.sources[source].kind not in SPOKEN:
                continue
            years = told.year - when.year
            if years > limit:
                what = f"the {row.kind} is dated {when} and told in {told}, {years} years later"
                yield (
                    table,
                    row.id,
                    f"{what}; the study marks recollections over {limit:g} years",
                    [f"sources:{source}"],
                )


@rule("R310", "a quotation's speaker belongs to another case", "error")
def speaker_of_another_case(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    belongs = dict(zip(snapshot.participants.column("id"), snapshot.participants.column("case"), strict=True))
    case_of = snapshot.case_of_quotation
    for id, participant in snapshot.speaker_of_quotation.items():
        if participant and belongs.get(participant) and case_of.get(id) and belongs[participant] != case_of[id]:
            message = f"is of case {case_of[id]}; its speaker {participant} is a participant of {belongs[participant]}"
            yield "quotations", id, message, [f"participants:{participant}", f"cases:{case_of[id]}"]


# -- helpers -----------------------------------------------------------------------------------------------------------


def case_of_stance(snapshot: Snapshot, case: str, coding: str) -> str:
    """The case that a piece of evidence is of: its own, or that of its quotation; empty when neither says."""
    row = snapshot.codings.get(coding) if coding and not case else None
    return case or (snapshot.case_of_quotation.get(row.quotation, "") if row else "")


class _Speakers:
    """Who speaks at a place of a source."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.case_of = dict(zip(snapshot.sources.column("id"), snapshot.sources.column("case"), strict=True))
        self._kind = dict(zip(snapshot.sources.column("id"), snapshot.sources.column("kind"), strict=True))
        self._person = dict(zip(snapshot.sources.column("id"), snapshot.sources.column("participant"), strict=True))
        self._turns: dict[str, tuple[list[int], list[bool]]] = {}
        columns = (snapshot.turns.column(name) for name in ("source", "start", "speaker", "participant"))
        for source, start, speaker, participant in zip(*columns, strict=True):
            starts, named = self._turns.setdefault(source, ([], []))
            starts.append(start)
            named.append(bool(speaker or participant))

    def expected(self, source: str) -> bool:
        """Whether a quotation of this source has a speaker: somebody speaks in it, or there is no source, only a locator."""
        return not source or self._kind.get(source, "") in SPOKEN

    def at(self, source: str, start: int | None) -> bool:
        if self._person.get(source):
            return True
        starts, named = self._turns.get(source, ([], []))
        place = bisect_right(starts, start) - 1 if start is not None else -1
        return place >= 0 and named[place]


def _find(index: SourceIndex, one: Quotation) -> Match:
    """A quotation in its source: first around its offsets, which is quick, then anywhere."""
    if one.start is not None and one.end is not None and one.end <= len(index.text):
        low = max(0, one.start - AROUND)
        match = match_quotation(one.text, index.text[low : one.end + AROUND])
        if match.verbatim or (match.manner == "near" and one.text not in index.text):
            return dataclasses.replace(match, start=(match.start or 0) + low, end=(match.end or 0) + low)
    return index.find(one.text)


def _off(match: Match, start: int | None, end: int | None, source: str) -> str:
    """What is wrong with a quotation that was looked up; empty when nothing is."""
    if not match.verbatim:
        return f"is not verbatim in {source}: {str(match).removeprefix('not verbatim: ')}"
    if start is None or end is None or match.start is None or match.end is None:
        return ""
    if match.start < end and start < match.end:
        return ""  # the looks differ (quotes, hyphens, cuts), the words stand there
    many = f", and at {count(match.occurrences - 1, 'other place')}" if match.occurrences > 1 else ""
    return f"does not stand at {start}–{end} of {source}; its words stand at {match.start}–{match.end}{many}"


def _same_role(one: str, other: str) -> bool:
    """Whether the parts of one role are all among those of the other: 'founder' and 'Founder, CEO'."""
    first, second = (
        {part.strip() for text in role.casefold().replace("&", ",").replace("/", ",").replace(";", ",").split(",")
         for part in text.split(" and ") if part.strip()}
        for role in (one, other)
    )  # fmt: skip
    return first <= second or second <= first


def _printed(snapshot: Snapshot) -> set[str]:
    """The quotations that are meant to be shown: marked for text or table, or linked to a claim as evidence."""
    marks = zip(snapshot.quotations.column("id"), snapshot.quotations.column("mark"), strict=True)
    shown = {id for id, mark in marks if mark}
    for coding in snapshot.stances.column("coding"):
        row = snapshot.codings.get(coding) if coding else None
        if row is not None:
            shown.add(row.quotation)
    return shown


def _coded_by_model(snapshot: Snapshot) -> set[str]:
    """The quotations coded by a coder whose column ``kind`` says ``model``."""
    models = {coder.id for coder in snapshot.coders if str(coder.extra.get("kind", "")).casefold() == "model"}
    positions = (position for coder in models for position in snapshot.codings.positions("coder").get(coder, ()))
    quotations = snapshot.codings.column("quotation")
    return {quotations[position] for position in positions}


def _givers(snapshot: Snapshot) -> Iterator[tuple[str, str, Consent, Sequence[str]]]:
    """Who or what consent is on record for: table, id, the consent, and its quotations."""
    ids, of_source = snapshot.quotations.column("id"), snapshot.quotations.positions("source")
    of_person: dict[str, list[str]] = {}
    for id in ids:
        of_person.setdefault(snapshot.speaker_of_quotation[id], []).append(id)
    for source in snapshot.sources:
        if (consent := Consent.of(source)).stated:
            yield "sources", source.id, consent, [ids[one] for one in of_source.get(source.id, ())]
    for person in snapshot.participants:
        if (consent := Consent.of(person)).stated:
            yield "participants", person.id, consent, of_person.get(person.id, ())


def _kind_of_coding(snapshot: Snapshot, coding: str) -> str:
    row = snapshot.codings.get(coding) if coding else None
    quotation = snapshot.quotations.get(row.quotation) if row else None
    source = snapshot.sources.get(quotation.source) if quotation else None
    return source.kind if source else ""


def _source_named(snapshot: Snapshot, evidence: str) -> str:
    """The source that a record's evidence names: by its id, or that of a quotation or coding; with or without ``table:``."""
    id = evidence.strip().removeprefix("sources:").removeprefix("quotations:").removeprefix("codings:")
    if id in snapshot.sources:
        return id
    coding = snapshot.codings.get(id)
    quotation = snapshot.quotations.get(coding.quotation if coding else id)
    return quotation.source if quotation and quotation.source in snapshot.sources else ""
