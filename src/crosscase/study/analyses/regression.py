"""A saved analysis of the kind ``regression`` (linear) or ``logit``: coefficients block by block.

What is computed is in :mod:`crosscase.engines.regression`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis
from crosscase.core.errors import InputError
from crosscase.core.results import jsonable
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import TableInputs, stated_paths, table_inputs
from crosscase.study.analyses.common import Run, apart, one_of

if TYPE_CHECKING:
    from crosscase.reports import ReportTable

__all__ = ["regression"]


def regression(ledger: Ledger, analysis: Analysis) -> Run:
    """A linear or logistic regression, with the coefficients of the links that the linked claim states."""
    from crosscase.engines import regression as engine
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
        return engine.regression(
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
