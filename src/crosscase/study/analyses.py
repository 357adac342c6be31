"""Running the saved analyses of a study: inputs to engine, result to the study, tables and figures for a paper.

The result is a plain document of the kind that the engine's ``to_dict()`` gives, so that a study file, a folder and a script
read the same.  What analyses are computed from is :mod:`crosscase.evidence.analyses`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis, Snapshot, Table
from crosscase.core.errors import AnalysisError, CrosscaseError, InputError, NotFoundError
from crosscase.core.results import jsonable
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import (
    GROUP_DIFFERENCES,
    INVARIANCE,
    MEDIATIONS,
    MODELS,
    NON_RESPONSE,
    QCA,
    REGRESSIONS,
    Said,
    SetInputs,
    State,
    TableInputs,
    built_on,
    inputs_hash,
    of_claim,
    set_inputs,
    set_names,
    state_of,
    stated_paths,
    stated_relation,
    table_inputs,
)
from crosscase.study.differences import group_difference
from crosscase.study.models import FIT, Run, apart, indirect_effects, invariance, one_of, structural_model
from crosscase.study.nonresponse import non_response
from crosscase.study.paper import PAPER, to_text, warnings_of

if TYPE_CHECKING:
    from crosscase.engines.qca import SetData, TruthTable
    from crosscase.figures.scene import Scene
    from crosscase.reports import ReportTable

#: What a specification of each kind may hold.  The second line of each is read by checks and people, not by the engine.
_NOTES = ("n", "note", "sample", "source", "calibration", "calibrations")
_DATA = ("survey", "variables", "cases", "leave_out", "items", "reverse", "range", "scales")
_KEYS = {
    "qca": (
        "outcome", "conditions", "cases", "leave_out", "negate", "incl_cut", "consistency", "incl_cut_contradiction",
        "pri_cut", "n_cut", "solution", "directional", "exclude", "max_models", "necessity_cut", "choice", "choice_reason",
    ),
    "sem": (*_DATA, *FIT, "model", "bootstrap", "seed", "constructs"),
    "mediation": (*_DATA, *FIT, "model", "bootstrap", "seed", "method", "constructs"),
    "invariance": (
        *_DATA, "model", "group", "estimator", "missing", "steps", "partial", "std_lv", "ordered", "likelihood", "cluster",
        "parameterization",
    ),
    "non-response": (*_DATA, "late", "wave", "compare", "categorical"),
    "regression": (
        "survey", "variables", "cases", "leave_out", "items", "reverse", "range", "scales", "outcome", "predictors", "blocks",
        "errors", "cluster", "center", "constructs",
    ),
    "group difference": ("expression", "cases", "leave_out", "seed"),
}  # fmt: skip


@dataclass(frozen=True)
class Analysed:
    """An analysis that was run: the row with its result, and the tables and figures of it."""

    analysis: Analysis
    tables: tuple[ReportTable, ...]
    figures: Mapping[str, Scene]
    #: What it says about the claim that it is linked to.
    said: tuple[Said, ...] = ()

    @property
    def result(self) -> Mapping[str, Any]:
        """What was saved."""
        return self.analysis.result or {}

    @property
    def numbers(self) -> dict[str, Any]:
        """What was saved, without the tables and figures that were saved with it."""
        return {name: value for name, value in self.result.items() if name != PAPER}

    @property
    def warnings(self) -> list[str]:
        """What a reader of the numbers must know."""
        return warnings_of(self.result)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        one = self.analysis
        return {
            "id": one.id,
            "kind": one.kind,
            "title": one.title,
            "claim": one.claim,
            "inputs_hash": one.inputs_hash,
            "result": jsonable(self.numbers),
            "said": [one.to_dict() for one in self.said],
            "tables": [table.to_dict() for table in self.tables],
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """A saved analysis and how its result stands to the study as it is."""

    id: str
    kind: str
    title: str
    claim: str
    state: State

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def standings(ledger: Ledger) -> list[Standing]:
    """Every analysis of a study with its state."""
    return [Standing(one.id, one.kind, one.title, one.claim, state_of(ledger, one)) for one in ledger.snapshot.analyses]


def run(ledger: Ledger, id: str) -> Analysed:
    """Run one analysis on the study as it is; nothing is saved.

    Raises:
        NotFoundError: no such analysis, kind, setting, construct, survey or item; lists those there are.
        InputError, AnalysisError: the specification or the data do not allow it; says what and where.
    """
    analysis = ledger.snapshot.analyses[id]
    kind = analysis.kind.casefold()
    runners: dict[str, tuple[str, Callable[[Ledger, Analysis], Run]]] = {
        **dict.fromkeys(QCA, ("qca", _qca)),
        **dict.fromkeys(MODELS, ("sem", structural_model)),
        **dict.fromkeys(REGRESSIONS, ("regression", _regression)),
        **dict.fromkeys(MEDIATIONS, ("mediation", indirect_effects)),
        **dict.fromkeys(INVARIANCE, ("invariance", invariance)),
        **dict.fromkeys(NON_RESPONSE, ("non-response", non_response)),
        **dict.fromkeys(GROUP_DIFFERENCES, ("group difference", group_difference)),
    }
    if kind not in runners:
        raise NotFoundError("kind of analysis", analysis.kind, runners, where=f"analysis {id}")
    known, runner = runners[kind]
    for key in analysis.specification:
        if key not in (*_KEYS[known], *_NOTES):
            raise NotFoundError("setting", key, _KEYS[known], where=f"analysis {id}, specification")
    result, tables, figures = runner(ledger, analysis)
    kept = {**_saved(jsonable(result)), PAPER: to_text(tables, figures)}
    saved = replace(analysis, result=kept, inputs_hash=inputs_hash(ledger, analysis))
    done = Analysed(saved, tuple(tables), figures)
    said = of_claim(Ledger(with_results(ledger.snapshot, [done])), saved.claim) if saved.claim else ()
    return replace(done, said=tuple(one for one in said if one.analysis == id))


def with_results(snapshot: Snapshot, done: Sequence[Analysed]) -> Snapshot:
    """The snapshot with the results in their rows."""
    by_id = {one.analysis.id: one.analysis for one in done}
    return snapshot.replace(analyses=Table.of(Analysis, [by_id.get(one.id, one) for one in snapshot.analyses]))


def _saved(value: Any) -> Any:
    """Without what is not there: TOML has no null, and a study file says the same as a folder."""
    if isinstance(value, dict):
        return {key: _saved(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_saved(one) for one in value if one is not None]
    return value


# -- QCA ---------------------------------------------------------------------------------------------------------------


def _qca(ledger: Ledger, analysis: Analysis) -> Run:
    from crosscase.engines.qca import (
        minimize,
        necessary_conditions,
        r_script,
        table_notices,
        truth_table,
        xy_points,
    )
    from crosscase.figures.calibration import calibration_plot
    from crosscase.figures.fiss import fiss_chart
    from crosscase.figures.necessity import necessity_plot
    from crosscase.figures.upset import MOST_CONDITIONS, upset_plot
    from crosscase.figures.venn import venn_diagram
    from crosscase.figures.xy import xy_plot
    from crosscase.reports.tables import qca as tables

    specification = analysis.specification
    inputs = set_inputs(ledger, analysis)
    built = set(built_on(ledger, analysis))
    conditions = set_names(analysis)[: len(specification["conditions"])]
    cuts = one_of(analysis, "negate", "incl_cut", "incl_cut_contradiction", "pri_cut", "n_cut")
    if "consistency" in specification:
        cuts.setdefault("incl_cut", specification["consistency"])
    table = truth_table(inputs.data, str(specification["outcome"]), conditions, **cuts)
    kind = specification.get("solution", "intermediate" if "directional" in specification else "conservative")
    directional = specification.get("directional")
    if isinstance(directional, list | tuple):
        directional = ",".join(map(str, directional))
    options = {"directional": directional, **one_of(analysis, "exclude", "max_models")}
    try:
        solution, problem = minimize(table, kind, **options), ""
    except AnalysisError as error:  # the truth table and the relation that the claim states hold all the same
        solution, problem = None, str(error)
    necessity = necessary_conditions(
        inputs.data,
        str(specification["outcome"]),
        conditions,
        incl_cut=float(specification.get("necessity_cut", 0.9)),
        depth=1,
        **one_of(analysis, "negate"),
    )
    found = {name: one.to_dict() for name, one in inputs.calibrations.items()}
    notices = [*table_notices(table), *(solution.notices if solution else ())]
    warnings = list({one.message: one.to_dict() for one in notices}.values())
    if problem:
        warnings.append({"code": "no-solution", "message": problem, "subject": table.outcome, "cases": []})
    result = {
        "n": len(inputs.data.cases),
        "cases": list(inputs.data.cases),
        "left_out": dict(inputs.left_out),
        "calibrations": found,
        "memberships": {name: inputs.data.values[:, place].tolist() for place, name in enumerate(inputs.data.names)},
        "truth_table": table.to_dict(complete=False),
        "solution": solution.to_dict() if solution else None,
        "r_code": r_script(solution) if solution else None,
        "other_solutions": _other_solutions(table, kind, options) if solution else {},
        "necessity": necessity.to_dict(),
        "relation": _relation(ledger, analysis, inputs, built),
        "simulated": ledger.snapshot.study.synthetic,
        "warnings": warnings,
    }
    made = [
        *([tables.calibration_table(list(inputs.calibrations.values()), built_on=built)] if found else []),
        tables.truth_table_table(table, built_on=built, left_out=inputs.left_out),
        tables.necessity_table(necessity),
    ]
    few = len(conditions) <= MOST_CONDITIONS
    drawn = {
        "necessity": necessity_plot(necessity),
        **({"configurations": upset_plot(table, built_on=built)} if few else {}),
        **({"venn": venn_diagram(table, built_on=built)} if few and not table.conditions.multi_value else {}),
        **{
            f"calibration-{name}": calibration_plot(one, raw_label=_raw_label(ledger, name), built_on=built)
            for name, one in inputs.calibrations.items()
        },
    }
    if solution is not None:
        models = (solution.choose(str(specification["choice"])),) if "choice" in specification else ()
        if models:
            result["chosen"] = {
                "expression": models[0].expression,
                "reason": str(specification.get("choice_reason", "")),
            }
        first = (models or solution.models)[0]
        made += [
            tables.fiss_table(solution, models=models, built_on=built),
            tables.solution_table(solution, built_on=built),
        ]
        fit = first.fit
        drawn["chart"] = fiss_chart(solution, models=models)
        drawn["xy"] = xy_plot(
            xy_points((table, first)),
            x_label=first.expression,
            y_label=table.outcome,
            built_on=built,
            fit=f"Consistency {fit.inclS:.3f}, PRI {fit.PRI:.3f}, coverage {fit.covS:.3f}.",
        )
    return result, made, drawn


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


def _raw_label(ledger: Ledger, construct: str) -> str:
    one = ledger.snapshot.constructs[construct]
    return f"{one.name or one.id} ({one.drawn_from}: {', '.join(one.of)})"


def _relation(ledger: Ledger, analysis: Analysis, inputs: SetInputs, built: set[str]) -> dict[str, Any] | None:
    """The fit of what the claim states, on the cases of the analysis and on those that it was not built on."""
    claim = ledger.snapshot.claims.get(analysis.claim) if analysis.claim else None
    stated = stated_relation(claim.expression) if claim else None
    if claim is None or stated is None:
        return None
    from crosscase.engines.qca.expression import literals
    from crosscase.engines.qca.expression import parse as parse_sets

    antecedent, connective, outcome = stated
    mentioned = {literal.name for text in (antecedent, outcome) for literal in literals(parse_sets(text))}
    if not mentioned <= set(inputs.data.names):
        return None
    own = [case for case in inputs.data.cases if case in built]
    others = [case for case in inputs.data.cases if case not in built]
    return {
        "expression": claim.expression,
        "kind": "sufficiency" if connective == "=>" else "necessity",
        "all": _fit(inputs.data, antecedent, connective, outcome),
        "built": _fit(_only(inputs.data, own), antecedent, connective, outcome) if own else None,
        "others": _fit(_only(inputs.data, others), antecedent, connective, outcome) if built and others else None,
        "deviant": _deviant(inputs.data, antecedent, connective, outcome),
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


# -- regression --------------------------------------------------------------------------------------------------------


def _regression(ledger: Ledger, analysis: Analysis) -> Run:
    from crosscase.engines.regression import regression
    from crosscase.reports.tables.sem import bounded, p_value

    specification, where = analysis.specification, f"analysis {analysis.id}"
    outcome = str(specification.get("outcome", ""))
    blocks = specification.get("blocks") or [specification.get("predictors", [])]
    terms = [str(term) for block in blocks for term in block]
    if not outcome or not terms:
        raise InputError(
            "it names no outcome or no predictors", where=where, mend='write outcome = "…" and predictors = ["…"]'
        )
    if "survey" not in specification and "variables" not in specification:
        columns = dict.fromkeys([outcome, *(part for term in terms for part in term.split(":"))])
        analysis = replace(analysis, specification={**specification, "variables": list(columns)})
    inputs = table_inputs(ledger, analysis)

    def estimated(rows: TableInputs) -> Any:
        return regression(
            rows.columns,
            outcome,
            [[str(term) for term in block] for block in blocks],
            kind="logit" if analysis.kind.casefold() == "logit" else "ols",
            **one_of(analysis, "errors", "cluster", "center"),
        )

    fit = estimated(inputs)
    slopes = _slopes(ledger, analysis, outcome, fit)
    result = {
        **jsonable(fit),
        "coefficients": [dict(zip(fit.columns(), row, strict=True)) for row in fit.rows()],
        "rows": inputs.rows,
        "simulated": inputs.simulated,
        **apart(ledger, analysis, inputs, slopes, lambda rows: _slopes(ledger, analysis, outcome, estimated(rows))),
        "warnings": [caution.message for caution in fit.cautions],
    }
    return result, [_coefficient_table(fit, inputs.simulated, bounded, p_value)], {}


def _slopes(ledger: Ledger, analysis: Analysis, outcome: str, fit: Any) -> list[dict[str, Any]]:
    """The coefficients, in the last block, of the links that the linked claim states."""
    coefficients = [dict(zip(fit.columns(), row, strict=True)) for row in fit.rows()]
    claim = ledger.snapshot.claims.get(analysis.claim) if analysis.claim else None
    names = {str(key): str(value) for key, value in analysis.specification.get("constructs", {}).items()}
    last = max(int(one["block"]) for one in coefficients)
    found = []
    for path in stated_paths(claim.expression) if claim else ():
        cause, effect = (names.get(name, name) for name in path[-2:])
        for one in coefficients:
            if len(path) == 2 and effect == outcome and one["term"] == cause and one["block"] == last:
                numbers = {"estimate": one["b"], "se": one["se"], "pvalue": one["p_value"], "std_all": one["beta"]}
                found.append({"path": " -> ".join(path), **numbers, "lower": one["lower"], "upper": one["upper"]})
    return found


def _coefficient_table(
    fit: Any, simulated: bool, bounded: Callable[[float], str], p_value: Callable[[float | None], str]
) -> ReportTable:
    from crosscase.reports.table import Cell, Column, Format, ReportTable

    columns = (
        Column("Block", "right", Format(0)),
        Column("Term", heading=True),
        Column("b", "right", Format(3)),
        Column("SE", "right", Format(3)),
        Column("p", "right"),
        Column("95% CI" if fit.level == 0.95 else f"{fit.level:.0%} CI", "centre"),
        Column("β", "right"),
    )
    rows = tuple(
        (
            Cell(model.block),
            Cell(term.name),
            Cell(term.b),
            Cell(term.se),
            Cell(term.p_value, p_value(term.p_value)),
            Cell(text=f"[{Format(2)(term.lower)}, {Format(2)(term.upper)}]"),
            Cell(text="–") if term.beta is None else Cell(term.beta, bounded(term.beta)),
        )
        for model in fit.models
        for term in model.terms
    )
    notes = (
        *(("Simulated data.",) if simulated else ()),
        f"{fit.kind.upper() if fit.kind == 'ols' else fit.kind}, {fit.errors} errors, n = {fit.n}. Outcome: {fit.outcome}.",
        *(f"{caution.message}." for caution in fit.cautions),
    )
    return ReportTable("regression", f"Regression of {fit.outcome}", columns, rows, notes)
