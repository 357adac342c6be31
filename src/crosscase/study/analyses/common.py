"""What the runners of every kind of analysis share: what they give back, how they read their settings, and the estimates
of a claim's paths told apart by the cases that the claim was built on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis
from crosscase.core.errors import CrosscaseError
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import TableInputs, built_on

if TYPE_CHECKING:
    from crosscase.figures.scene import Scene
    from crosscase.reports import ReportTable

__all__ = ["Run", "apart", "one_of"]

#: The result as a document, and the tables and figures for a paper.
Run = tuple[dict[str, Any], Sequence["ReportTable"], dict[str, "Scene"]]


def one_of(analysis: Analysis, *names: str) -> dict[str, Any]:
    """The settings of these names that the specification has."""
    return {name: analysis.specification[name] for name in names if name in analysis.specification}


def apart(
    ledger: Ledger,
    analysis: Analysis,
    inputs: TableInputs,
    paths: list[dict[str, Any]],
    estimate: Callable[[TableInputs], list[dict[str, Any]]],
) -> dict[str, Any]:
    """The paths with what the rows of the cases that the claim was built on give, and what the others give.

    ``apart`` says why one of the two cannot be told.  A row without a case is in neither.
    """
    built, cases = set(built_on(ledger, analysis)), inputs.cases
    if not paths or not built:
        return {"paths": paths}
    if cases is None:
        return {"paths": paths, "apart": f"nothing links the {inputs.rows} to cases"}
    problems = []
    for part, wanted, words in (("built", True, "cases it was built from"), ("others", False, "other cases")):
        rows = [place for place, case in enumerate(cases) if case and (case in built) is wanted]
        if not rows:
            problems.append(f"no row is of the {words}")
            continue
        try:
            there = {one["path"]: one for one in estimate(inputs.only(rows))}
        except CrosscaseError as error:
            problems.append(f"on the {len(rows)} rows of the {words}: {error.what}")
            continue
        paths = [{**one, part: {"n": len(rows), **there[one["path"]]}} for one in paths]
    return {"paths": paths, **({"apart": "; ".join(problems)} if problems else {})}
