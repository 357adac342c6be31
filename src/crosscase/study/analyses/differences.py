"""A saved analysis of the kind ``group difference``: the outcome of the cases with a condition against those without it.

A permutation test with effect sizes on the construct table, for claims of the form ``A -> Y``; what is computed is in
:mod:`crosscase.evidence.fares`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crosscase.core import Analysis
from crosscase.core.errors import AnalysisError, InputError
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import built_on, chosen_cases
from crosscase.evidence.fares import Fare, On, group_differences
from crosscase.study.analyses.common import Run


def group_difference(ledger: Ledger, analysis: Analysis) -> Run:
    """The outcome with a condition against without it, for each link of the expression or of the claim's own."""
    from crosscase.reports.tables.claims import differences_table

    where = f"analysis {analysis.id}"
    claim = ledger.snapshot.claims.get(analysis.claim) if analysis.claim else None
    stated = claim.expression if claim else ""
    expression = str(analysis.specification.get("expression", stated))
    if not expression:
        raise InputError("it names no condition and outcome", where=where, mend='write expression = "A -> Y"')
    seed = analysis.specification.get("seed", 0)
    cases = chosen_cases(ledger, analysis, where)
    found = group_differences(ledger.constructs, expression, built_on(ledger, analysis), cases, seed=int(seed))
    if all(fare.problem for one in found for fare in one.values()):
        raise AnalysisError(found[0]["all cases"].problem)
    result = {
        "differences": [_kept(one, stated) for one in found],
        "left_out": dict.fromkeys(found[0]["all cases"].left_out, "no data on condition or outcome"),
        "simulated": ledger.snapshot.study.synthetic,
    }
    return result, [differences_table([fare for one in found for fare in one.values()])], {}


def _kept(parts: Mapping[On, Fare], claim: str) -> dict[str, Any]:
    """One difference as it is kept, with the claim's expression of that time: on everything, on what it was built on, on others."""
    whole = parts["all cases"]
    names: dict[On, str] = {"all cases": "all", "the cases it was built from": "built", "other cases": "others"}
    numbers = {names[on]: {"n": one.cases, **one.numbers} for on, one in parts.items() if not one.problem}
    problems = [f"{on}: {one.problem}" for on, one in parts.items() if one.problem]
    return {"expression": whole.expression, "claim": claim, **numbers, "notes": [*whole.notes, *problems]}
