"""The catalogue of rules: how a rule is declared, found, run, and how a person lets a finding stand.

A rule is a function that reads a :class:`~crosscase.evidence.Ledger` and yields findings.  Its code never changes
meaning.  Its page, ``pages/CODE.md``, says what it finds, why that matters, an example, and how to mend or accept it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

from crosscase.core import Acceptance, Finding, Severity, Subject
from crosscase.core.errors import NotFoundError
from crosscase.evidence import Ledger

FAMILIES = {
    "R1": "design",
    "R2": "records",
    "R3": "evidence",
    "R4": "codes",
    "R5": "claims",
    "R6": "synthesis",
    "R7": "analysis",
    "R8": "privacy",
}

Check = Callable[[Ledger], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue."""

    code: str
    title: str
    severity: Severity
    check: Check

    @property
    def family(self) -> str:
        return FAMILIES[self.code[:2]]

    @property
    def page(self) -> str:
        """The rule's page as Markdown."""
        return (resources.files("crosscase.checks") / "pages" / f"{self.code}.md").read_text("utf-8")


#: What a rule's function yields: the table and id of the subject, the message, and the evidence as ``table:id``.
Report = tuple[str, str, str, Iterable[str]]

_RULES: dict[str, Rule] = {}


def rule(
    code: str, title: str, severity: Severity = "warning"
) -> Callable[[Callable[[Ledger], Iterator[Report]]], Check]:
    """Declare a rule.  The function yields (kind, id, message, evidence) for each thing it finds."""

    def declare(function: Callable[[Ledger], Iterator[Report]]) -> Check:
        if code in _RULES:
            raise ValueError(f"the rule {code} is declared twice")

        def check(ledger: Ledger) -> Iterator[Finding]:
            for kind, id, message, evidence in function(ledger):
                yield Finding(code, severity, Subject(kind, id), message, tuple(evidence))

        check.__doc__ = function.__doc__
        _RULES[code] = Rule(code, title, severity, check)
        return check

    return declare


def rules() -> dict[str, Rule]:
    """All rules by their code, in the order of the codes."""
    from crosscase.checks import families  # noqa: F401 (declares the rules)

    return dict(sorted(_RULES.items()))


def get_rule(code: str) -> Rule:
    """One rule (NotFoundError lists the codes)."""
    catalogue = rules()
    if code.upper() not in catalogue:
        raise NotFoundError("rule", code, catalogue)
    return catalogue[code.upper()]


def chosen(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> list[Rule]:
    """The rules whose code begins with one of ``select`` (all when empty) and with none of ``ignore``."""
    catalogue = rules()
    selected, ignored = (tuple(code.strip().upper() for code in codes) for codes in (select, ignore))
    for prefix in (*selected, *ignored):
        if not any(code.startswith(prefix) for code in catalogue):
            raise NotFoundError("rule or family", prefix, [*FAMILIES, *catalogue])
    return [
        one
        for code, one in catalogue.items()
        if (not selected or code.startswith(selected)) and not (ignored and code.startswith(ignored))
    ]


def run(ledger: Ledger, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> list[Finding]:
    """What the chosen rules find, with the reasons of the findings that a person accepted."""
    accepted = {(one.rule, one.subject_kind, one.subject): one for one in ledger.snapshot.acceptances}
    return [_accept(finding, accepted) for one in chosen(select, ignore) for finding in one.check(ledger)]


def _accept(finding: Finding, accepted: dict[tuple[str, str, str], Acceptance]) -> Finding:
    acceptance = accepted.get((finding.rule, finding.subject.kind, finding.subject.id))
    return finding if acceptance is None else dataclasses.replace(finding, accepted=acceptance.reason)
