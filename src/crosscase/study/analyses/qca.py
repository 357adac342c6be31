"""A saved analysis of the kind ``qca``: truth table, solution, necessity, and the fit of what the linked claim states.

The table of memberships that it is computed from is :func:`crosscase.evidence.analyses.set_inputs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis
from crosscase.core.errors import AnalysisError, CrosscaseError
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import SetInputs, built_on, set_inputs, set_names, stated_relation
from crosscase.study.analyses.common import Run, one_of

if TYPE_CHECKING:
    from crosscase.engines.qca import Model, NecessityTable, SetData, Solution, TruthTable
    from crosscase.figures.scene import Scene
    from crosscase.reports import ReportTable

__all__ = ["configurations"]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the engine gave.  ``models`` are the ones that were chosen; ``problem`` says why there is no solution."""

    inputs: SetInputs
    built: frozenset[str]
    table: TruthTable
    necessity: NecessityTable
    solution: Solution | None
    models: tuple[Model, ...]
    problem: str


def configurations(ledger: Ledger, analysis: Analysis) -> Run:
    """The configurations of conditions that go with the outcome, and the conditions it does not come without."""
    found = _found(ledger, analysis)
    return _document(ledger, analysis, found), _tables(found), _figures(ledger, found)


def _found(ledger: Ledger, analysis: Analysis) -> _Found:
    from crosscase.engines.qca import minimize, necessary_conditions, truth_table

    specification = analysis.specification
    inputs = set_inputs(ledger, analysis)
    outcome, conditions = str(specification["outcome"]), set_names(analysis)[: len(specification["conditions"])]
    cuts = one_of(analysis, "negate", "incl_cut", "incl_cut_contradiction", "pri_cut", "n_cut")
    if "consistency" in specification:
        cuts.setdefault("incl_cut", specification["consistency"])
    table = truth_table(inputs.data, outcome, conditions, **cuts)
    necessity = necessary_conditions(
        inputs.data,
        outcome,
        conditions,
        incl_cut=float(specification.get("necessity_cut", 0.9)),
        depth=1,
        **one_of(analysis, "negate"),
    )
    kind, options = _asked(analysis)
    try:
        solution, problem = minimize(table, kind, **options), ""
    except AnalysisError as error:  # the truth table and the relation that the claim states hold all the same
        solution, problem = None, str(error)
    chosen = solution is not None and "choice" in specification
    models = (solution.choose(str(specification["choice"])),) if solution is not None and chosen else ()
    return _Found(inputs, frozenset(built_on(ledger, analysis)), table, necessity, solution, models, problem)


def _asked(analysis: Analysis) -> tuple[Any, dict[str, Any]]:
    """The kind of solution, and what else the specification says of the minimisation."""
    directional = analysis.specification.get("directional")
    if isinstance(directional, list | tuple):
        directional = ",".join(map(str, directional))
    default = "intermediate" if "directional" in analysis.specification else "conservative"
    options = {"directional": directional, **one_of(analysis, "exclude", "max_models")}
    return analysis.specification.get("solution", default), options


def _document(ledger: Ledger, analysis: Analysis, found: _Found) -> dict[str, Any]:
    """The result as it is kept."""
    from crosscase.engines.qca import r_script, table_notices

    data, table, solution = found.inputs.data, found.table, found.solution
    notices = [*table_notices(table), *(solution.notices if solution else ())]
    warnings = list({one.message: one.to_dict() for one in notices}.values())
    if found.problem:
        warnings.append({"code": "no-solution", "message": found.problem, "subject": table.outcome, "cases": []})
    result = {
        "n": len(data.cases),
        "cases": list(data.cases),
        "left_out": dict(found.inputs.left_out),
        "calibrations": {name: one.to_dict() for name, one in found.inputs.calibrations.items()},
        "memberships": {name: data.values[:, place].tolist() for place, name in enumerate(data.names)},
        "truth_table": table.to_dict(complete=False),
        "solution": solution.to_dict() if solution else None,
        "r_code": r_script(solution) if solution else None,
        "other_solutions": _other_solutions(table, *_asked(analysis)) if solution else {},
        "necessity": found.necessity.to_dict(),
        "relation": _relation(ledger, analysis, found),
        "simulated": ledger.snapshot.study.synthetic,
        "warnings": warnings,
    }
    for model in found.models:
        reason = str(analysis.specification.get("choice_reason", ""))
        result["chosen"] = {"expression": model.expression, "reason": reason}
    return result


def _other_solutions(table: TruthTable, asked: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The solutions that were not asked for, to stand beside the one that was: none but the asked one goes into a paper."""
    from crosscase.engines.qca import minimize

    found: dict[str, Any] = {}
    for kind in ("conservative", "intermediate", "parsimonious"):
        if kind == asked or (kind == "intermediate" and not options["directional"]):
            continue
        expected = {**options, "directional": options["directional"] if kind == "intermediate" else None}
        try:
            found[kind] = minimize(table, kind, **expected).to_dict()
        except CrosscaseError as error:
            found[kind] = {"problem": str(error)}
    return found


def _relation(ledger: Ledger, analysis: Analysis, found: _Found) -> dict[str, Any] | None:
    """The fit of what the claim states, on the cases of the analysis and on those that it was not built on."""
    claim = ledger.snapshot.claims.get(analysis.claim) if analysis.claim else None
    stated = stated_relation(claim.expression) if claim else None
    if claim is None or stated is None:
        return None
    from crosscase.engines.qca.expression import literals
    from crosscase.engines.qca.expression import parse as parse_sets

    data, built = found.inputs.data, found.built
    antecedent, connective, outcome = stated
    mentioned = {literal.name for text in (antecedent, outcome) for literal in literals(parse_sets(text))}
    if not mentioned <= set(data.names):
        return None
    own = [case for case in data.cases if case in built]
    others = [case for case in data.cases if case not in built]
    return {
        "expression": claim.expression,
        "kind": "sufficiency" if connective == "=>" else "necessity",
        "all": _fit(data, antecedent, connective, outcome),
        "built": _fit(_only(data, own), antecedent, connective, outcome) if own else None,
        "others": _fit(_only(data, others), antecedent, connective, outcome) if built and others else None,
        "deviant": _deviant(data, antecedent, connective, outcome),
    }


def _fit(data: SetData, antecedent: str, connective: str, outcome: str) -> dict[str, Any]:
    from crosscase.engines.qca import parameters_of_fit

    whole = parameters_of_fit(data, antecedent, outcome).whole
    if connective == "=>":
        one = whole.sufficiency
        numbers = {"consistency": one.inclS, "PRI": one.PRI, "coverage": one.covS}
    else:
        need = whole.necessity
        numbers = {"consistency": need.inclN, "RoN": need.RoN, "coverage": need.covN}
    return {"n": len(data.cases), **numbers}


def _deviant(data: SetData, antecedent: str, connective: str, outcome: str) -> list[str]:
    """Deviant in kind: more in than out of the one, more out than in of the other."""
    from crosscase.engines.qca import membership

    x, y = (membership(text, data) for text in (antecedent, outcome))
    inside, outside = (x, y) if connective == "=>" else (y, x)
    return [case for case, a, b in zip(data.cases, inside, outside, strict=True) if a > 0.5 and b < 0.5]


def _only(data: SetData, cases: Sequence[str]) -> SetData:
    from crosscase.engines.qca import SetData as Sets

    rows = [data.cases.index(case) for case in cases]
    return Sets.from_columns(
        {name: data.values[rows, place].tolist() for place, name in enumerate(data.names)}, cases=cases
    )


def _tables(found: _Found) -> list[ReportTable]:
    from crosscase.reports.tables import qca as tables

    calibrations, built = list(found.inputs.calibrations.values()), found.built
    made = [
        *([tables.calibration_table(calibrations, built_on=built)] if calibrations else []),
        tables.truth_table_table(found.table, built_on=built, left_out=found.inputs.left_out),
        tables.necessity_table(found.necessity),
    ]
    if found.solution is not None:
        made.append(tables.fiss_table(found.solution, models=found.models, built_on=built))
        made.append(tables.solution_table(found.solution, built_on=built))
    return made


def _figures(ledger: Ledger, found: _Found) -> dict[str, Scene]:
    from crosscase.engines.qca import xy_points
    from crosscase.figures.calibration import calibration_plot
    from crosscase.figures.fiss import fiss_chart
    from crosscase.figures.necessity import necessity_plot
    from crosscase.figures.upset import MOST_CONDITIONS, upset_plot
    from crosscase.figures.venn import venn_diagram
    from crosscase.figures.xy import xy_plot

    table, built = found.table, found.built
    drawn = {"necessity": necessity_plot(found.necessity)}
    if len(table.conditions.names) <= MOST_CONDITIONS:
        drawn["configurations"] = upset_plot(table, built_on=built)
        if not table.conditions.multi_value:
            drawn["venn"] = venn_diagram(table, built_on=built)
    for name, one in found.inputs.calibrations.items():
        drawn[f"calibration-{name}"] = calibration_plot(one, raw_label=_raw_label(ledger, name), built_on=built)
    if found.solution is not None:
        first = (found.models or found.solution.models)[0]
        fit = first.fit
        drawn["chart"] = fiss_chart(found.solution, models=found.models)
        drawn["xy"] = xy_plot(
            xy_points((table, first)),
            x_label=first.expression,
            y_label=table.outcome,
            built_on=built,
            fit=f"Consistency {fit.inclS:.3f}, PRI {fit.PRI:.3f}, coverage {fit.covS:.3f}.",
        )
    return drawn


def _raw_label(ledger: Ledger, construct: str) -> str:
    one = ledger.snapshot.constructs[construct]
    return f"{one.name or one.id} ({one.drawn_from}: {', '.join(one.of)})"
