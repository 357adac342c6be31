"""A brief on one firm: what the study has to say about a firm that is no case of it, and what it cannot say.

The definitions that the firm meets, the cases most like it and how like they are, the claims that speak of such a firm
with their counter-evidence, what the near cases drew on along each path of growth and where it went otherwise, and what to
ask next.  No score and no ranking: a brief lays records side by side, an adviser judges.

``[brief]`` in study.toml may choose ``attributes`` (variables, measures, ``markets entered``, ``kinds of tie``) and the paths:
``paths`` (codes) or ``paths_by`` (a column of the codebook).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from crosscase.core import Claim, Snapshot, Variable
from crosscase.core.conditions import Condition, Outcome
from crosscase.core.errors import CrosscaseError, InputError
from crosscase.core.expressions import Name, names_of, parse, three_valued
from crosscase.core.values import read_value
from crosscase.engines.measures import MeasureValue
from crosscase.evidence.appraisal import Confidence, confidence
from crosscase.evidence.claims import GROUPS, Group, Verdict
from crosscase.evidence.constructs import ConstructTable
from crosscase.evidence.firms import Firm, ledger_of, nearest_attribute
from crosscase.evidence.ledger import Ledger
from crosscase.evidence.scopes import ScopeJudgement, judge_scope
from crosscase.evidence.similarity import Attribute, Distance, Kind, Value, distances, nearest_distances
from crosscase.evidence.synthesis import Support, support

#: How many of the most similar cases are looked at; those at the same distance as the last are not cut off.
NEAREST = 5
#: The nearest case is called near unless fewer than this share of the cases are as far from their own nearest.
RARE = 0.05
#: With fewer attributes in common than this share a distance says little.
ENOUGH = 0.5
#: The column of the codebook that says which path of growth a code belongs to, unless ``[brief] paths_by`` names another.
PATHS_BY = "growth_path"

_KINDS: Mapping[str, Kind] = {
    "number": "number", "integer": "number", "percent": "number", "year": "number", "boolean": "category",
    "category": "category", "country": "category", "list": "list",
}  # fmt: skip
_MEASURES = ("years_to_internationalization", "number_of_countries")
_SETS = ("markets entered", "kinds of tie")


@dataclass(frozen=True, slots=True)
class Admission:
    """A sampling rule of the study and whether the firm meets it: would it have been a case?"""

    id: str
    text: str
    holds: bool | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearness:
    """How like the most similar case is, held against how like the cases of the study are to each other.

    ``as_far`` of ``inside`` cases are at least as far from their own nearest neighbour, by the same attributes.
    ``warning`` is empty when a case is near.
    """

    nearest: float | None
    as_far: int
    inside: int
    median: float | None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class BriefClaim:
    """One claim and the firm.  ``condition`` says whether the claim's condition is there in this firm."""

    claim: Claim
    scope: ScopeJudgement
    condition: str
    groups: Mapping[Group, tuple[str, ...]]
    near: Mapping[Group, tuple[str, ...]]
    said_against: tuple[str, ...]
    support: Support
    confidence: Confidence | None
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A code under a path: the near cases in which it was found, and the others."""

    code: str
    name: str
    near: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GrowthPath:
    """One path of growth: what the near cases drew on, and where it went otherwise.

    ``took`` are the near cases in which the path was found.  ``by_case`` tells that nothing stands under the path in the
    codebook, so that ``drawn`` are the other codes of the cases that took it: in the same case, not in the same passage.
    ``otherwise`` are near cases in which nothing under this path was found although other paths were; ``silent`` those with
    no coding at all, of which nothing is known.
    """

    code: str
    name: str
    took: tuple[str, ...]
    drawn: tuple[Drawn, ...]
    by_case: bool
    otherwise: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """What to ask next, why, and the guide question behind it when there is one."""

    text: str
    why: str
    guide: str = ""


@dataclass(frozen=True)
class Brief:
    """Everything that the study says of one firm; see the module for what it is not."""

    firm: Firm
    study: str
    admissions: tuple[Admission, ...]
    measures: tuple[MeasureValue, ...]
    definitions: tuple[MeasureValue, ...]
    attributes: tuple[Attribute, ...]
    not_compared: Mapping[str, str]
    beyond: tuple[str, ...]
    near: tuple[Distance, ...]
    nearness: Nearness
    left: Mapping[str, tuple[str, ...]]
    claims: tuple[BriefClaim, ...]
    paths: tuple[GrowthPath, ...]
    questions: tuple[NextQuestion, ...]

    @property
    def near_cases(self) -> tuple[str, ...]:
        return tuple(one.case for one in self.near)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        nearness = self.nearness
        return {
            "firm": self.firm.id,
            "attributes": dict(self.firm.case.attributes),
            "study": self.study,
            "sampling_rules": [
                {"id": one.id, "text": one.text, "holds": one.holds, "missing": list(one.missing)}
                for one in self.admissions
            ],
            "measures": [one.to_dict() for one in self.measures],
            "definitions": [one.to_dict() for one in self.definitions],
            "similar_cases": [one.to_dict() for one in self.near],
            "compared": [one.name for one in self.attributes],
            "not_compared": dict(self.not_compared),
            "beyond_the_study": list(self.beyond),
            "nearness": {
                "nearest": nearness.nearest,
                "cases_as_far_from_their_nearest": nearness.as_far,
                "cases": nearness.inside,
                "median_of_nearest_distances": nearness.median,
                "warning": nearness.warning,
            },
            "markets_left_by_near_cases": {case: list(places) for case, places in self.left.items()},
            "claims": [_claim_to_dict(one) for one in self.claims],
            "paths": [
                {
                    "code": path.code,
                    "name": path.name,
                    "took": list(path.took),
                    "by_case": path.by_case,
                    "drawn_on": [
                        {"code": one.code, "name": one.name, "near": list(one.near), "others": list(one.others)}
                        for one in path.drawn
                    ],
                    "otherwise": list(path.otherwise),
                    "silent": list(path.silent),
                }
                for path in self.paths
            ],
            "questions": [{"text": one.text, "why": one.why, "guide": one.guide} for one in self.questions],
        }


def brief(ledger: Ledger, firm: Firm, *, nearest: int = NEAREST) -> Brief:
    """The brief on a firm.

    A study without cases, without claims or without codes gives a brief that says so in those parts.
    """
    snapshot, own = ledger.snapshot, ledger_of(firm, ledger.snapshot)
    values = own.measures()
    attributes, not_compared = _attributes(ledger, own, firm)
    cases = tuple(snapshot.cases.column("id"))
    found = distances(attributes, firm.id, cases)
    near = _nearest(found, nearest)
    near_ids = tuple(one.case for one in near)
    claims = tuple(_claim(ledger, own, claim, firm, near_ids) for claim in snapshot.claims if _stands(claim))
    left = {
        case: places
        for case in near_ids
        if (places := tuple(event.place for event in snapshot.events_of(case, "exit") if event.place))
    }
    return Brief(
        firm=firm,
        study=snapshot.study.title,
        admissions=tuple(_admissions(own, firm)),
        measures=tuple(one for one in values if one.measure not in _classified()),
        definitions=tuple(one for one in values if one.measure in _classified()),
        attributes=attributes,
        not_compared=not_compared,
        beyond=tuple(one.name for one in attributes if one.beyond(one.values.get(firm.id))),
        near=near,
        nearness=_nearness(attributes, found, firm, cases),
        left=left,
        claims=tuple(sorted(claims, key=_counter_evidence_first)),
        paths=tuple(_paths(snapshot, near_ids)),
        questions=tuple(_questions(ledger, own, firm, claims)),
    )


_SCOPE_ORDER = {"includes": 0, "to judge": 1, "excludes": 2}


def _counter_evidence_first(one: BriefClaim) -> tuple[int, int, int, int]:
    """Claims that speak of the firm before others; among them those that near cases, then any case or word, go against."""
    against = len(one.groups.get("contradicting", ())) + len(one.said_against)
    shown = sum(len(cases) for group, cases in one.groups.items() if group != "silent")
    return _SCOPE_ORDER[one.scope.inclusion], -len(one.near.get("contradicting", ())), -against, -shown


# -- what the firm is --------------------------------------------------------------------------------------------------


def _classified() -> Iterable[str]:
    from crosscase.engines.measures.registry import classifications

    return classifications()


def _admissions(own: Ledger, firm: Firm) -> Iterable[Admission]:
    for rule in own.snapshot.study.sampling:
        outcome = Outcome(None, {}, ("a rule; it is in words only",))
        if rule.rule:
            try:
                outcome = Condition.parse(rule.rule).evaluate(lambda name: own.known(firm.id, name))
            except CrosscaseError:
                outcome = Outcome(None, {}, ("a rule that can be read",))
        yield Admission(rule.id, rule.text or rule.rule, outcome.holds, outcome.missing)


# -- which cases are like it -------------------------------------------------------------------------------------------


def _attributes(ledger: Ledger, own: Ledger, firm: Firm) -> tuple[tuple[Attribute, ...], dict[str, str]]:
    """What can be compared, and why the rest cannot."""
    snapshot = ledger.snapshot
    chosen = snapshot.study.extra.get("brief", {}).get("attributes")
    declared = {variable.name: variable for variable in snapshot.study.variables}
    names = [str(name) for name in chosen] if chosen else [*declared, *_MEASURES, *_SETS]
    compared: list[Attribute] = []
    why: dict[str, str] = {}
    for name in firm.unknown:
        like = nearest_attribute(firm, name, snapshot)
        why[name] = "no case of the study has it" + (f"; is it {like}?" if like else "")
    for name in names:
        if name == snapshot.study.observed_until:
            continue
        made = _attribute(ledger, own, firm, name, declared.get(name))
        if isinstance(made, str):
            why[name] = made
        else:
            compared.append(made)
    return tuple(compared), why


def _attribute(ledger: Ledger, own: Ledger, firm: Firm, name: str, variable: Variable | None) -> Attribute | str:
    cases = ledger.snapshot.cases.column("id")
    if name in _SETS:
        values: dict[str, Value] = {case: _set(ledger, case, name) for case in cases}
        values[firm.id] = _set(own, firm.id, name)
        kind: Kind = "list"
    else:
        found = "number" if variable is None else _KINDS.get(variable.type)
        if found is None and _repeats(ledger, cases, name):
            found = "category"
        if found is None:
            return "free text is not compared"
        kind = found
        values = {case: _read(ledger.known(case, name), kind) for case in cases}
        values[firm.id] = _read(own.known(firm.id, name), kind)
    if values[firm.id] is None:
        return _why_not(firm, variable)
    numbers = [value for case, value in values.items() if isinstance(value, float) and case != firm.id]
    if all(values[case] is None for case in cases):
        return "not known of any case"
    if kind == "number" and (not numbers or min(numbers) == max(numbers)):
        return "alike in all cases"
    low, high = (min(numbers), max(numbers)) if kind == "number" else (0.0, 0.0)
    return Attribute(name, kind, values, variable.label if variable else "", low, high)


def _why_not(firm: Firm, variable: Variable | None) -> str:
    """Why an attribute of the firm has no value: it was not given, or what was given does not fit."""
    text = firm.case.attributes.get(variable.name, "").strip() if variable else ""
    if variable is None or not text:
        return "not known of the firm"
    try:
        read_value(text, variable)
    except InputError as error:
        return f"{error.what}; {error.mend}" if error.mend else error.what
    return f"'{text}' cannot be compared"


def _repeats(ledger: Ledger, cases: Sequence[str], name: str) -> bool:
    """Whether a text is used like a category: at most half as many different ones as cases that have one."""
    texts = [str(value).casefold() for case in cases if (value := ledger.known(case, name)) is not None]
    return 0 < len(set(texts)) <= len(texts) / 2


def _read(value: float | str | None, kind: Kind) -> Value:
    if value is None or kind == "list":
        return frozenset(part.strip() for part in str(value).replace(",", ";").split(";")) if value else None
    if kind == "number":
        return float(value) if isinstance(value, float | int) else None
    return value if isinstance(value, str) else f"{value:g}"


def _set(ledger: Ledger, case: str, name: str) -> frozenset[str] | None:
    if name == "markets entered":
        found = {entry.place for entry in ledger.histories[case].entries}
    else:
        found = {tie.kind for tie in ledger.snapshot.ties.where(case=case) if tie.kind}
    return frozenset(found) or None


def _nearest(found: Sequence[Distance], count: int) -> tuple[Distance, ...]:
    if len(found) <= count:
        return tuple(found)
    last = found[count - 1].value
    return tuple(one for one in found if one.value <= last + 1e-12)


def _nearness(attributes: Sequence[Attribute], found: Sequence[Distance], firm: Firm, cases: Sequence[str]) -> Nearness:
    """The nearest distance against those inside the study, all by the attributes that are known of the firm."""
    inside = nearest_distances(attributes, cases)
    if not found:
        warning = "No case can be compared with the firm: nothing is known of both."
        return Nearness(None, 0, len(inside), None, warning)
    nearest = found[0].value
    as_far = len(inside) - bisect_left(inside, nearest - 1e-12)
    warnings = []
    if inside and as_far < RARE * len(inside):
        all_but = f"all but {as_far}" if as_far else "all"
        warnings.append(
            f"No case is near: the most similar one is further away than {all_but} of the {len(inside)} cases are from "
            "their own nearest. What the study found may not hold for this firm."
        )
    compared = len(found[0].parts)
    if compared < ENOUGH * (compared + len(found[0].left_out)):
        warnings.append(f"The nearest case is compared on {compared} attributes only; the others are not known of it.")
    if len(attributes) < 3:
        warnings.append(f"Only {len(attributes)} attributes could be compared.")
    median = inside[len(inside) // 2] if inside else None
    return Nearness(nearest, as_far, len(inside), median, " ".join(warnings))


# -- what is claimed about such firms ----------------------------------------------------------------------------------


def _stands(claim: Claim) -> bool:
    return claim.status != "withdrawn"


def _claim(ledger: Ledger, own: Ledger, claim: Claim, firm: Firm, near: Sequence[str]) -> BriefClaim:
    verdict = ledger.verdict(claim.id)
    condition, lacking = _condition(own.constructs, claim, firm.id)
    return BriefClaim(
        claim,
        judge_scope(claim, own, firm.id),
        condition,
        verdict.groups if not verdict.problem else {},
        {group: tuple(case for case in verdict.groups[group] if case in near) for group in GROUPS}
        if not verdict.problem
        else {},
        _said_against(verdict),
        support(ledger.snapshot, [claim]),
        confidence(claim),
        lacking,
    )


def _condition(table: ConstructTable, claim: Claim, firm: str) -> tuple[str, tuple[str, ...]]:
    """Whether the condition of the claim is there in the firm, in words, and the constructs that are not known."""
    try:
        statement = parse(claim.expression)
    except CrosscaseError:
        return "the claim has no expression to hold against the firm", ()
    known = {one.id for one in table.constructs}
    unknown = [name for name in statement.names() if name not in known]
    if unknown:
        return f"there is no construct {unknown[0]}", ()

    def state(name: Name) -> bool | None:
        cell = table.cell(firm, name.name)
        return cell.holds if not name.levels else None if cell.value is None else cell.value in name.levels

    lacking = tuple(name for name in statement.names() if table.cell(firm, name).state == "no data")
    words = {True: "its condition holds in this firm", False: "its condition does not hold in this firm"}
    truth = three_valued(statement.left, state)
    if truth is None:
        needed = dict.fromkeys(name for name in names_of(statement.left) if name in lacking)
        return f"not known whether its condition holds ({', '.join(needed)})", lacking
    return words[truth], lacking


def _said_against(verdict: Verdict) -> tuple[str, ...]:
    return tuple(
        f"{row.case}: {one.note or one.stance} ({one.locator or one.coding})"
        for row in verdict.rows
        for one in row.said
        if one.stance != "supports"
    )


def _claim_to_dict(one: BriefClaim) -> dict[str, Any]:
    return {
        "id": one.claim.id,
        "text": one.claim.text,
        "scope": {**one.scope.to_dict(), "words": dict(one.claim.scope)},
        "condition": one.condition,
        "groups": {group: list(cases) for group, cases in one.groups.items()},
        "near": {group: list(cases) for group, cases in one.near.items()},
        "said_against": list(one.said_against),
        "independent_samples": one.support.independent,
        "confidence": one.confidence.to_dict() if one.confidence else None,
        "not_known_of_the_firm": list(one.lacking),
    }


# -- what the near cases drew on ---------------------------------------------------------------------------------------


def _paths(snapshot: Snapshot, near: Sequence[str]) -> Iterable[GrowthPath]:
    cases_of: dict[str, set[str]] = {}
    case_of = snapshot.case_of_quotation
    pairs = zip(snapshot.codings.column("quotation"), snapshot.codings.column("code"), strict=True)
    for code, case in {(code, case_of.get(quotation, "")) for quotation, code in pairs}:
        cases_of.setdefault(code, set()).add(case)
    coded: set[str] = set().union(*cases_of.values()) if cases_of else set()
    order = [case for case in snapshot.cases.column("id") if case not in near]
    paths = _path_codes(snapshot)
    of_paths = {code for _, _, codes in paths for code in codes}
    for id, name, codes in paths:
        found = [code for code in codes if code in cases_of]
        took = {case for code in found for case in cases_of[code]}
        alone = not any(code != id for code in codes)
        if alone:  # nothing stands under the path: what else is coded in the cases that took it
            found = [code.id for code in snapshot.codes if code.id in cases_of and code.id not in of_paths]
        above = 0 if alone else len(snapshot.code_path(id))
        drawn = []
        for code in found:
            there = cases_of[code] & took
            names = snapshot.code_path(code)
            label = " › ".join(names[above:]) or names[-1]
            with_it = tuple(case for case in near if case in there)
            drawn.append(Drawn(code, label, with_it, tuple(case for case in order if case in there)))
        drawn.sort(key=lambda one: (-len(one.near), -len(one.others)))
        yield GrowthPath(
            id,
            name,
            tuple(case for case in near if case in took),
            tuple(one for one in drawn if one.near or one.others),
            alone,
            tuple(case for case in near if case in coded and case not in took),
            tuple(case for case in near if case not in coded),
        )


def _path_codes(snapshot: Snapshot) -> list[tuple[str, str, tuple[str, ...]]]:
    """(id, name, codes) of each path: the codes that the study names, the values of a column of the codebook, or what stands
    at the top of the codebook."""
    settings = snapshot.study.extra.get("brief", {})
    chosen = [str(code) for code in settings.get("paths", ()) if str(code) in snapshot.codes]
    column = str(settings.get("paths_by", PATHS_BY))
    by_value: dict[str, list[str]] = {}
    for code in snapshot.codes:
        if value := str(code.extra.get(column) or "").strip():
            by_value.setdefault(value, []).append(code.id)
    if by_value and not chosen:
        return [(value, value[:1].upper() + value[1:], tuple(codes)) for value, codes in by_value.items()]
    top = [snapshot.codes[id] for id in snapshot.children.get("", ())]
    dimensions = [code.id for code in top if code.level == "dimension"]
    ids = chosen or dimensions or [code.id for code in top if snapshot.children.get(code.id)]
    return [(id, snapshot.codes[id].name or id, tuple(snapshot.subtree(id))) for id in ids]


# -- what to ask next --------------------------------------------------------------------------------------------------


def _questions(ledger: Ledger, own: Ledger, firm: Firm, claims: Sequence[BriefClaim]) -> Iterable[NextQuestion]:
    """In turn: what the claims need, what the definitions lack, what the comparison lacks, the rest of the guide."""
    study = ledger.snapshot.study
    guide = {question.id: question.text for question in study.guide}
    for_claims = _for_claims(ledger.snapshot, claims, guide)
    missing: dict[str, list[str]] = {}
    for value in own.measures():
        for name in value.missing:
            missing.setdefault(name, []).append(value.definition if value.measure in _classified() else value.measure)
    by_need = sorted(missing, key=lambda name: -len(missing[name]))
    for_measures = [NextQuestion(f"What is: {name}?", f"lacking for {_few(missing[name])}") for name in by_need]
    for_likeness = [
        NextQuestion(f"What is: {variable.label or variable.name}?", "to compare with the cases")
        for variable in study.variables
        if variable.name not in firm.case.attributes
        and variable.type in _KINDS
        and variable.name not in (study.observed_until, *missing)
    ]
    asked = {one.guide for one in for_claims}
    rest = [NextQuestion(text, "asked in the study", id) for id, text in guide.items() if id not in asked]
    for row in zip_longest(for_claims, for_measures, for_likeness, rest):
        yield from (one for one in row if one is not None)


def _for_claims(snapshot: Snapshot, claims: Sequence[BriefClaim], guide: Mapping[str, str]) -> list[NextQuestion]:
    """What would decide the claims that may speak of the firm, those that decide most of them first."""
    needed: dict[str, list[str]] = {}
    for one in claims:
        if one.scope.inclusion != "excludes":
            for name in one.lacking:
                needed.setdefault(name, []).append(one.claim.id)
    found = []
    for name in sorted(needed, key=lambda name: -len(needed[name])):
        construct = snapshot.constructs[name]
        if construct.drawn_from in ("variable", "measure"):
            continue  # asked for as the figure that lacks
        question = next((id for id in _asked(construct.absent_when) if id in guide), "")
        text = guide.get(question) or f"Is there: {construct.name or name}?"
        found.append(NextQuestion(text, f"decides {', '.join(needed[name])}", question))
    return found


def _asked(absent_when: str) -> list[str]:
    text = absent_when.strip()
    return [part.strip() for part in text[6:].split(",")] if text.startswith("asked ") else []


def _few(names: Sequence[str]) -> str:
    different = list(dict.fromkeys(names))
    return ", ".join(different[:3]) + (f" and {len(different) - 3} more" if len(different) > 3 else "")
