"""The kinds of saved analysis, the cases that one is about, and whether its result still follows from the study."""

from __future__ import annotations

from typing import Literal, cast

from crosscase.core import Analysis
from crosscase.core.errors import CrosscaseError, NotFoundError
from crosscase.evidence.inputs import inputs_hash
from crosscase.evidence.ledger import Ledger

#: The kinds of analysis that can be run here.
QCA = ("qca", "csqca", "mvqca", "fsqca")
MODELS = ("sem", "cfa", "lisrel")
REGRESSIONS = ("regression", "ols", "logit")
MEDIATIONS = ("mediation",)
INVARIANCE = ("invariance",)
NON_RESPONSE = ("non-response",)
NECESSARY = ("necessary condition", "nca")
GROUP_DIFFERENCES = ("group difference",)

State = Literal["not run", "current", "stale", "cannot be run"]


def built_on(ledger: Ledger, analysis: Analysis) -> tuple[str, ...]:
    """The cases that the linked claim was built on; they are in the analysis, and do not test the claim."""
    claim = ledger.snapshot.claims.get(analysis.claim) if analysis.claim else None
    return tuple(claim.built_on) if claim else ()


def state_of(ledger: Ledger, analysis: Analysis) -> State:
    """Whether a saved result still follows from the study as it is; of one that leaves the team, from the whole study."""
    if analysis.id in ledger.states:
        return cast("State", ledger.states[analysis.id])
    if analysis.result is None:
        return "not run"
    try:
        return "current" if analysis.inputs_hash == inputs_hash(ledger, analysis) else "stale"
    except CrosscaseError:
        return "cannot be run"


def chosen_cases(ledger: Ledger, analysis: Analysis, where: str) -> list[str]:
    """The cases that ``cases`` names, all when it does not, without those that ``leave_out`` names."""
    everyone = list(ledger.constructs.cases)
    wanted = [str(one) for one in analysis.specification.get("cases", everyone)]
    without = [str(one) for one in analysis.specification.get("leave_out", ())]
    for case in (*wanted, *without):
        if case not in everyone:
            raise NotFoundError("case", case, everyone, where=where)
    return [case for case in everyone if case in wanted and case not in without]
