"""R1, design: does the study keep the rules it set itself?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscase.checks.common import some
from crosscase.checks.registry import Report, rule
from crosscase.core import SamplingRule
from crosscase.core.conditions import Condition
from crosscase.core.errors import ExpressionError
from crosscase.evidence import Ledger, attribute


@rule("R101", "a case breaks a sampling rule", "error")
def breaks_sampling_rule(ledger: Ledger) -> Iterator[Report]:
    for one, condition in _conditions(ledger):
        for case in ledger.snapshot.cases:
            outcome = condition.evaluate(lambda name, case=case.id: ledger.known(case, name))  # type: ignore[misc]
            if outcome.holds is False:
                used = ", ".join(f"{name} is {_shown(value)}" for name, value in outcome.used.items())
                yield (
                    "cases",
                    case.id,
                    f"does not meet the sampling rule {one.id} ({one.rule}): {used}",
                    _origins(ledger, case.id, condition),
                )


@rule("R102", "a sampling rule cannot be evaluated", "note")
def cannot_evaluate_sampling_rule(ledger: Ledger) -> Iterator[Report]:
    for one in ledger.snapshot.study.sampling:
        if not one.rule.strip():
            yield "sampling", one.id, "is in words only; no expression says when a case meets it", ()
            continue
        try:
            condition = Condition.parse(one.rule)
        except ExpressionError as error:
            yield "sampling", one.id, f"cannot be read: {error}", ()
            continue
        unknown = [name for name in condition.names if not ledger.knows(name)]
        if unknown:
            yield "sampling", one.id, f"uses names that are neither a variable nor a measure: {', '.join(unknown)}", ()
            continue
        lacking: dict[tuple[str, ...], list[str]] = {}
        for case in ledger.snapshot.cases:
            outcome = condition.evaluate(lambda name, case=case.id: ledger.known(case, name))  # type: ignore[misc]
            if outcome.holds is None:
                lacking.setdefault(outcome.missing, []).append(case.id)
        for names, cases in lacking.items():
            what = f"no value for {', '.join(names)}" if names else "the values cannot be compared"
            yield (
                "sampling",
                one.id,
                (f"cannot be told for {len(cases)} of {len(ledger.snapshot.cases)} cases ({some(cases)}): {what}"),
                [f"cases:{case}" for case in cases],
            )


@rule("R103", "interviews do not add up to participants")
def interviews_do_not_add_up(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    declared = snapshot.study.interviews
    interviews = snapshot.sources.where(kind="interview")
    people = len(snapshot.participants)
    if declared is not None and interviews and len(interviews) != declared:
        yield (
            "study",
            "interviews",
            f"the study says {declared} interviews; {len(interviews)} are among its sources",
            [f"sources:{source.id}" for source in interviews],
        )
    if declared is not None and people and declared < people:
        yield (
            "study",
            "participants",
            (
                f"the study says {declared} interviews and lists {people} participants; "
                "either some were interviewed together or the lists differ"
            ),
            [f"participants:{id}" for id in snapshot.participants.column("id")],
        )
    if declared is not None and people and not interviews and declared > people:
        yield (
            "study",
            "participants",
            (
                f"the study says {declared} interviews and lists {people} participants; "
                "either some were interviewed more than once or participants are missing from the list"
            ),
            (),
        )
    if interviews:
        heard = {source.participant for source in interviews} | set(snapshot.turns.column("participant"))
        for person in snapshot.participants:
            if person.id not in heard:
                yield "participants", person.id, "is listed, but no interview is linked to this participant", ()


@rule("R104", "a guide question with no answers")
def guide_question_without_answers(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    if not snapshot.study.guide or not any(snapshot.turns.column("question")):
        return  # no answer in the whole study is linked to a question: nothing can be said about a single one
    answered = set(snapshot.turns.positions("question"))
    for question in snapshot.study.guide:
        if question.id not in answered:
            yield "questions", question.id, f"no source holds an answer to this question: {question.text}", ()


@rule("R105", "participant and researcher may be the same or related")
def participant_may_be_researcher(ledger: Ledger) -> Iterator[Report]:
    researchers = [str(one.get("name", "")) for one in ledger.snapshot.study.extra.get("researcher", ())]
    researchers += [coder.name for coder in ledger.snapshot.coders]
    known = {frozenset(words): name for name in researchers if (words := _words(name))}
    for person in ledger.snapshot.participants:
        relation = str(person.extra.get("relation", "")).strip()
        if relation and relation.casefold() not in ("none", "no"):
            yield "participants", person.id, f"has a relation to the researchers on record: {relation}", ()
        for text in (str(person.extra.get("name", "")), person.id):
            words = _words(text)
            for others, name in known.items():
                if shared := sorted(words & others):
                    how = "has the same name as" if words == others else f"shares the name {' '.join(shared)} with"
                    yield "participants", person.id, f"{how} the researcher {name}", ()


@rule("R106", "a code's definition contradicts a case's attributes", "error")
def code_contradicts_attributes(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    for code in snapshot.codes:
        text = str(code.extra.get("applies_when", "")).strip()
        if not text:
            continue
        try:
            condition = Condition.parse(text)
        except ExpressionError as error:
            yield "codes", code.id, f"applies_when cannot be read: {error}", ()
            continue
        codings: dict[str, list[str]] = {}
        for coding in snapshot.codings.where(code=code.id):
            codings.setdefault(snapshot.case_of_quotation.get(coding.quotation, ""), []).append(coding.id)
        for case, ids in codings.items():
            if case not in snapshot.cases:
                continue
            outcome = condition.evaluate(lambda name, case=case: ledger.known(case, name))  # type: ignore[misc]
            if outcome.holds is False:
                used = ", ".join(f"{name} is {_shown(value)}" for name, value in outcome.used.items())
                yield (
                    "cases",
                    case,
                    f"is coded '{code.name}', which applies when {text}, but {used}",
                    [f"codings:{id}" for id in ids],
                )


def _conditions(ledger: Ledger) -> Iterator[tuple[SamplingRule, Condition]]:
    """The sampling rules that can be read and whose names are all known; R102 reports the others."""
    for one in ledger.snapshot.study.sampling:
        try:
            condition = Condition.parse(one.rule) if one.rule.strip() else None
        except ExpressionError:
            continue
        if condition is not None and all(ledger.knows(name) for name in condition.names):
            yield one, condition


def _origins(ledger: Ledger, case: str, condition: Condition) -> list[str]:
    return [
        f"cases:{case}#{name}" if attribute(ledger.snapshot, case, name) is not None else f"measures:{case}#{name}"
        for name in condition.names
    ]


def _shown(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float) else f"'{value}'"


def _words(name: str) -> frozenset[str]:
    """The parts of a person's name that can identify: words of three letters or more."""
    return frozenset(word for word in re.findall(r"[^\W\d_]{3,}", name.casefold()))
