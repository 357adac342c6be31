"""Claims and their verdicts: for every case, what was *said* about a claim beside what the constructs *show*.

*Said* is the evidence that a person linked, with its stance.  *Shown* is what the cells of the constructs imply for the
claim's expression, in the words of replication logic (Yin 2018, ch. 2):

============== ===========================================================================================================
literal        the case has the condition and the outcome
theoretical    the case has neither, as the claim would lead one to expect
contradicting  the case goes against the claim
silent         a value that the claim needs is no data, or the claim says nothing about such a case
============== ===========================================================================================================

There is no score.  The cases that a claim was built on are marked, because they cannot count as its test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from crosscase.core import Claim, Stance
from crosscase.core.errors import CrosscaseError, NotFoundError
from crosscase.core.expressions import Name, Statement, Term, parse, three_valued
from crosscase.evidence.appraisal import Confidence, confidence
from crosscase.evidence.constructs import ConstructTable, State
from crosscase.evidence.fares import Fare, fares
from crosscase.evidence.parts import parts_of, whole_of

if TYPE_CHECKING:
    from crosscase.evidence.analyses import Said
    from crosscase.evidence.ledger import Ledger

Group = Literal["literal", "theoretical", "contradicting", "silent"]

#: Counter-evidence first: the order in which rows and groups are shown.
GROUPS: tuple[Group, ...] = ("contradicting", "literal", "theoretical", "silent")
_STANCE_ORDER = {"contradicts": 0, "qualifies": 1, "supports": 2}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the values of the constructs imply for an expression in one case, and why."""

    group: Group
    reason: str
    states: Mapping[str, State]


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the verdict on one claim."""

    case: str
    built_on: bool
    said: tuple[Stance, ...]
    shown: Shown | None

    @property
    def group(self) -> Group:
        return self.shown.group if self.shown else "silent"


@dataclass(frozen=True, slots=True)
class Form:
    """A logical form of a claim that is on record, and what it implies for each case."""

    where: str
    expression: str
    groups: Mapping[Group, tuple[str, ...]]


@dataclass(frozen=True)
class Verdict:
    """Everything on record about one claim.

    ``problem`` says why the expression could not be evaluated, when it could not; then nothing is *shown*.  ``elsewhere`` is
    evidence that belongs to no case, ``withdrawn`` evidence whose words were taken back; it counts for nothing.  ``fares`` are
    the analyses that the form of the claim calls for, computed on the construct table; ``analyses`` is what the saved analyses
    linked to the claim say, with their states.  ``confidence`` is a person's judgement, when there is one.  ``part_of`` and
    ``parts`` tie a compound claim to its parts.
    """

    claim: Claim
    rows: tuple[Row, ...]
    forms: tuple[Form, ...]
    problem: str = ""
    fares: tuple[Fare, ...] = ()
    analyses: tuple[Said, ...] = ()
    confidence: Confidence | None = None
    elsewhere: tuple[Stance, ...] = ()
    withdrawn: tuple[Stance, ...] = ()
    part_of: str = ""
    parts: tuple[str, ...] = ()

    @cached_property
    def groups(self) -> Mapping[Group, tuple[str, ...]]:
        """Group -> the cases in it."""
        return {group: tuple(row.case for row in self.rows if row.group == group) for group in GROUPS}

    def tested_on(self) -> Mapping[Group, tuple[str, ...]]:
        """The same, without the cases that the claim was built on: what counts as a test."""
        return {
            group: tuple(row.case for row in self.rows if row.group == group and not row.built_on) for group in GROUPS
        }

    def silent_in_words(self) -> tuple[str, ...]:
        """The cases of which no evidence is linked, for or against."""
        return tuple(row.case for row in self.rows if not row.said)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        claim = self.claim
        return {
            "id": claim.id,
            "text": claim.text,
            "type": claim.type,
            "expression": claim.expression,
            "status": claim.status,
            "scope": dict(claim.scope),
            "built_on": list(claim.built_on),
            "part_of": self.part_of,
            "parts": list(self.parts),
            "problem": self.problem,
            "confidence": self.confidence.to_dict() if self.confidence else None,
            "fares": [fare.to_dict() for fare in self.fares],
            "analyses": [one.to_dict() for one in self.analyses],
            "elsewhere": [_stance_plain(one) for one in self.elsewhere],
            "withdrawn": [{"id": one.id, "case": one.case} for one in self.withdrawn],
            "groups": {group: list(cases) for group, cases in self.groups.items()},
            "tested_on": {group: list(cases) for group, cases in self.tested_on().items()},
            "forms": [
                {
                    "where": form.where,
                    "expression": form.expression,
                    "groups": {g: list(c) for g, c in form.groups.items()},
                }
                for form in self.forms
            ],
            "cases": [
                {
                    "case": row.case,
                    "built_on": row.built_on,
                    "said": [_stance_plain(one) for one in row.said],
                    "shown": None
                    if row.shown is None
                    else {"group": row.shown.group, "reason": row.shown.reason, "constructs": dict(row.shown.states)},
                }
                for row in self.rows
            ],
        }


def verdict(ledger: Ledger, claim: Claim) -> Verdict:
    """What is said and shown about a claim, contradicting cases first.

    An expression that cannot be read or names an unknown construct does not raise: the verdict carries the problem, and
    what was said stands.
    """
    from crosscase.evidence.analyses import modelled, of_claim

    snapshot = ledger.snapshot
    said, withdrawn = _said(ledger, claim)
    problem = ""
    shown: dict[str, Shown] = {}
    analysed: tuple[Fare, ...] = ()
    if claim.expression.strip():
        try:
            shown = shown_by(ledger.constructs, claim.expression)
            analysed = fares(ledger.constructs, claim)
        except CrosscaseError as error:
            of_model = modelled(ledger, claim)
            problem = str(error)
            if of_model:
                problem = f"{', '.join(of_model)}: names of a model, not constructs; nothing can be shown case by case"
    else:
        problem = "the claim has no expression: nothing can be shown from the constructs"
    rows = [
        Row(case, case in claim.built_on, said.get(case, ()), shown.get(case)) for case in snapshot.cases.column("id")
    ]
    rows.sort(key=lambda row: (GROUPS.index(row.group), _loudest(row.said)))
    forms = tuple(_forms(ledger.constructs, claim))
    elsewhere = tuple(one for case, stances in said.items() if case not in snapshot.cases for one in stances)
    return Verdict(
        claim,
        tuple(rows),
        forms,
        problem,
        analysed,
        of_claim(ledger, claim.id),
        confidence(claim),
        elsewhere,
        withdrawn,
        whole_of(claim),
        parts_of(snapshot, claim.id),
    )


def shown_by(table: ConstructTable, expression: str) -> dict[str, Shown]:
    """Case -> what its cells imply for an expression.

    Raises:
        ExpressionError: the expression does not parse.
        NotFoundError: it names a construct that does not exist; lists those that do, nearest first.
        InputError: it names a construct that cannot be evaluated itself.
    """
    statement = parse(expression)
    known = [construct.id for construct in table.constructs]
    introduced = statement.left if statement.connective == ":=" else None
    for name in statement.names():
        if isinstance(introduced, Name) and name == introduced.name and name not in known:
            statement = Statement("", (statement.right,))
            return {case: _falls_under(introduced, statement, case, table) for case in table.cases}
        if name not in known:
            raise NotFoundError("construct", name, known)
        if name in table.problems:
            raise table.problems[name]
    return {case: _imply(statement, case, table) for case in table.cases}


def _imply(statement: Statement, case: str, table: ConstructTable) -> Shown:
    states = {name: table.cell(case, name).state for name in statement.names()}

    def value(term: Term) -> bool | None:
        return three_valued(term, lambda one: _level(one, case, table))

    truths = [value(term) for term in statement.terms]
    lacking = [name for name, state in states.items() if state == "no data"]
    group, reason = _judge(statement, truths)
    if group == "silent" and lacking:
        reason = f"no data on {', '.join(lacking)}"
    return Shown(group, reason, states)


def _falls_under(introduced: Name, statement: Statement, case: str, table: ConstructTable) -> Shown:
    """A definition that introduces a name: which cases fall under it.  Nothing in it can be tested."""
    shown = _imply(statement, case, table)
    words = {"literal": f"falls under {introduced}", "contradicting": f"does not fall under {introduced}"}
    return replace(shown, group="silent", reason=words.get(shown.group, shown.reason))


def _level(name: Name, case: str, table: ConstructTable) -> bool | None:
    """The truth of a name: its state, or whether its value is one of the levels asked for."""
    cell = table.cell(case, name.name)
    if not name.levels:
        return cell.holds
    return None if cell.value is None else cell.value in name.levels


def _judge(statement: Statement, truths: Sequence[bool | None]) -> tuple[Group, str]:
    """The group that a case falls into, given the truth of each term."""
    if statement.connective == "":
        return {
            True: ("literal", "it holds"),
            False: ("contradicting", "it does not hold"),
            None: ("silent", "not known"),
        }[truths[0]]  # type: ignore[return-value]
    if statement.connective == "->" and len(truths) > 2:
        return _judge_chain(statement, truths)
    condition, outcome = truths[0], truths[-1]
    if statement.connective in ("=>", "<="):
        # A case can go against sufficiency only where the condition is there, against necessity only where the outcome is.
        broken = (True, False) if statement.connective == "=>" else (False, True)
        beside: tuple[bool, bool] | None = (False, True) if statement.connective == "=>" else (True, False)
    else:
        broken, beside = (True, False), None
        if (condition, outcome) == (False, True):
            return "contradicting", f"{statement.right} without {statement.left}"
    if (condition, outcome) == broken:
        there, missing = (statement.left, statement.right) if broken[0] else (statement.right, statement.left)
        return "contradicting", f"{there} without {missing}"
    if (condition, outcome) == (True, True):
        return "literal", f"{statement.left} and {statement.right}"
    if (condition, outcome) == (False, False):
        return "theoretical", f"neither {statement.left} nor {statement.right}"
    if (condition, outcome) == beside:
        kind = "sufficient" if statement.connective == "=>" else "necessary"
        return "silent", f"a {kind} condition says nothing about such a case"
    return "silent", "not known"


def _judge_chain(statement: Statement, truths: Sequence[bool | None]) -> tuple[Group, str]:
    """A mediation: every link there, none there, or broken at a link."""
    for before, after, left, right in zip(statement.terms, statement.terms[1:], truths, truths[1:], strict=False):
        if left is not None and right is not None and left != right:
            there, missing = (before, after) if left else (after, before)
            return "contradicting", f"the link {before} -> {after} is broken: {there} without {missing}"
    if all(truth is True for truth in truths):
        return "literal", "every link is there"
    if all(truth is False for truth in truths):
        return "theoretical", "none of the links is there"
    return "silent", "not known"


def _said(ledger: Ledger, claim: Claim) -> tuple[dict[str, tuple[Stance, ...]], tuple[Stance, ...]]:
    """The evidence linked to a claim by case, and what was withdrawn; a coding's case is that of its quotation."""
    snapshot = ledger.snapshot
    by_case: dict[str, list[Stance]] = {}
    withdrawn: list[Stance] = []
    for one in snapshot.stances.where(claim=claim.id):
        coding = snapshot.codings.get(one.coding) if one.coding else None
        if coding is not None and coding.quotation in ledger.withdrawn:
            withdrawn.append(one)
            continue
        case = one.case or (snapshot.case_of_quotation.get(coding.quotation, "") if coding else "")
        by_case.setdefault(case, []).append(one)
    ordered = {
        case: tuple(sorted(stances, key=lambda one: _STANCE_ORDER.get(one.stance, 3)))
        for case, stances in by_case.items()
    }
    return ordered, tuple(withdrawn)


def _stance_plain(one: Stance) -> dict[str, str]:
    return {"stance": one.stance, "coding": one.coding, "locator": one.locator, "note": one.note}


def _forms(table: ConstructTable, claim: Claim) -> list[Form]:
    """The forms of a claim that differ from its expression, and what each implies."""
    forms: list[Form] = []
    for form in claim.forms:
        try:
            shown = shown_by(table, form.expression)
        except CrosscaseError:
            shown = {}
        groups: dict[Group, tuple[str, ...]] = {
            group: tuple(case for case, one in shown.items() if one.group == group) for group in GROUPS
        }
        forms.append(Form(form.where, form.expression, groups))
    return forms


def _loudest(said: Sequence[Stance]) -> int:
    return min((_STANCE_ORDER.get(one.stance, 3) for one in said), default=4)
