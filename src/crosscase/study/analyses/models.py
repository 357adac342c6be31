"""Saved analyses with a structural model: the model itself, its indirect effects, its invariance across groups.

What they are computed from is :mod:`crosscase.evidence.analyses`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis
from crosscase.core.errors import AnalysisError, InputError
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import TableInputs, stated_paths, table_inputs
from crosscase.study.analyses.common import Run, apart, one_of

if TYPE_CHECKING:
    from crosscase.reports import ReportTable

__all__ = ["FIT", "indirect_effects", "invariance", "structural_model"]

#: What the specification of a model may say about how it is fitted.
FIT = (
    "estimator", "missing", "group", "group_equal", "group_partial", "meanstructure", "std_lv", "ordered", "information",
    "likelihood", "cluster", "parameterization",
)  # fmt: skip


def _model_of(analysis: Analysis) -> Any:
    """The model of a specification, as text or read from SIMPLIS.

    Raises:
        InputError: there is none.
    """
    from crosscase.engines import sem

    text = analysis.specification.get("model")
    if not isinstance(text, str) or not text.strip():
        raise InputError(
            "it has no model", where=f"analysis {analysis.id}", mend='write model = """…""" in [analysis.specification]'
        )
    return sem.parse_simplis(text) if sem.is_simplis(text) else text


def structural_model(ledger: Ledger, analysis: Analysis) -> Run:
    from crosscase.engines import sem
    from crosscase.figures.pathdiagram import path_diagram
    from crosscase.reports.tables import sem as tables

    specification = analysis.specification
    model = _model_of(analysis)
    inputs = table_inputs(ledger, analysis)
    options = one_of(analysis, *FIT)
    fit = sem.fit(model, inputs.columns, **options)
    draws, seed = int(specification.get("bootstrap", 0)), int(specification.get("seed", 1))
    if draws and fit.converged:
        fit = sem.bootstrap(fit, draws, seed=seed)
    has_factors = any(row.op == "=~" for row in fit.parameters)
    has_paths = any(row.op == "~" for row in fit.parameters)
    made = [tables.parameter_table(fit), tables.fit_table({analysis.title or analysis.id: fit})]
    result = {**fit.to_dict(), "rows": inputs.rows, "simulated": inputs.simulated, "paths": []}
    if fit.converged and has_factors:
        quality = sem.validity(fit)
        result["validity"] = quality.to_dict()
        made += [tables.validity_table(quality), tables.correlation_table(fit, quality)]
    if fit.converged and has_paths:
        effects = sem.effects(fit)
        result["effects"] = effects.to_dict()
        found = _paths_of_claim(ledger, analysis, effects)
        result |= apart(ledger, analysis, inputs, found, lambda rows: _paths_of(ledger, analysis, model, rows, options))
        made.append(tables.effects_table(effects))
    made = _marked(made, inputs)
    figures = {"path-diagram": path_diagram(fit, title=analysis.title or "Path diagram")}
    return result, made, figures


def _paths_of(
    ledger: Ledger, analysis: Analysis, model: Any, inputs: TableInputs, options: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The same model on some of the rows."""
    from crosscase.engines import sem

    fit = sem.fit(model, inputs.columns, **options)
    if not fit.converged:
        raise AnalysisError("the search for estimates did not converge")
    return _paths_of_claim(ledger, analysis, sem.effects(fit))


def _paths_of_claim(ledger: Ledger, analysis: Analysis, effects: Any) -> list[dict[str, Any]]:
    """The estimates of the paths that the linked claim states, found under the names that ``constructs`` gives them."""
    claim = ledger.snapshot.claims.get(analysis.claim) if analysis.claim else None
    names = {str(key): str(value) for key, value in analysis.specification.get("constructs", {}).items()}
    found = []
    for path in stated_paths(claim.expression) if claim else ():
        written = " -> ".join(names.get(name, name) for name in path)
        wanted = "direct" if len(path) == 2 else "specific"
        for one in effects.effects:
            if one.path == written and one.kind == wanted:
                found.append({**one.to_dict(), "path": " -> ".join(path)})
    return found


def indirect_effects(ledger: Ledger, analysis: Analysis) -> Run:
    """All direct, specific, total indirect and total effects of a model, with bootstrap intervals."""
    from crosscase.engines import sem
    from crosscase.figures.pathdiagram import path_diagram
    from crosscase.reports.tables import sem as tables

    specification = analysis.specification
    model, inputs, options = _model_of(analysis), table_inputs(ledger, analysis), one_of(analysis, *FIT)
    draws, seed = int(specification.get("bootstrap", 1000)), int(specification.get("seed", 1))
    fit = sem.fit(model, inputs.columns, **options)
    effects = sem.effects(fit, draws=draws, seed=seed, **one_of(analysis, "method"))
    if not any(one.kind == "specific" for one in effects.effects):
        raise InputError(
            "the model has no indirect path", where=f"analysis {analysis.id}", mend="a mediation needs a -> b -> c"
        )
    paths = _paths_of_claim(ledger, analysis, effects)
    result = {
        **effects.to_dict(), "converged": fit.converged, "estimator": fit.estimator, "n": fit.n, "fit": fit.fit_measures,
        "bootstrap": {"draws": effects.draws, "failed": effects.failed, "seed": seed}, "warnings": list(fit.warnings),
        "rows": inputs.rows, "simulated": inputs.simulated,
        **apart(ledger, analysis, inputs, paths, lambda rows: _paths_of(ledger, analysis, model, rows, options)),
    }  # fmt: skip
    made = _marked([tables.effects_table(effects), tables.fit_table({analysis.title or analysis.id: fit})], inputs)
    return result, made, {"path-diagram": path_diagram(fit, title=analysis.title or "Path diagram")}


def invariance(ledger: Ledger, analysis: Analysis) -> Run:
    """Configural, metric, scalar and strict invariance across the groups of a column."""
    from crosscase.engines import sem
    from crosscase.reports.tables import sem as tables

    specification = analysis.specification
    group = specification.get("group")
    if not isinstance(group, str) or not group:
        raise InputError("it names no groups", where=f"analysis {analysis.id}", mend='write group = "COLUMN"')
    inputs = table_inputs(ledger, analysis)
    options = one_of(
        analysis, "estimator", "missing", "steps", "partial", "std_lv", "ordered", "likelihood", "cluster", "parameterization",
    )  # fmt: skip
    found = sem.invariance(_model_of(analysis), inputs.columns, group=group, **options)
    result = {
        **found.to_dict(), "groups": list(found.fits[0].groups), "n": found.fits[0].n, "rows": inputs.rows,
        "simulated": inputs.simulated, "converged": all(one.converged for one in found.fits),
    }  # fmt: skip
    return result, _marked([tables.invariance_table(found)], inputs), {}


def _marked(made: Sequence[ReportTable], inputs: TableInputs) -> list[ReportTable]:
    """The tables with a note that says when the data are simulated."""
    return [replace(one, notes=("Simulated data.", *one.notes)) for one in made] if inputs.simulated else list(made)
