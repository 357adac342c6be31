"""A saved analysis of the kind ``regression`` (linear) or ``logit``: coefficients block by block.

What is computed is in :mod:`crosscase.engines.regression`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crosscase.core import Analysis
from crosscase.core.errors import InputError
from crosscase.core.results import jsonable
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import TableInputs, stated_paths, table_inputs
from crosscase.study.analyses.common import Run, apart, one_of

if TYPE_CHECKING:
    from crosscase.engines.regression import Moderation
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
    moderated = _moderation(analysis, inputs, outcome, terms) if fit.kind == "ols" else None
    result = {
        **jsonable(fit),
        "coefficients": [dict(zip(fit.columns(), row, strict=True)) for row in fit.rows()],
        "rows": inputs.rows,
        "simulated": inputs.simulated,
        **apart(ledger, analysis, inputs, slopes, lambda rows: _slopes(ledger, analysis, outcome, estimated(rows))),
        "warnings": [caution.message for caution in fit.cautions],
    }
    tables = [_coefficient_table(fit, inputs.simulated, bounded, p_value)]
    if moderated is None:
        return result, tables, {}
    from crosscase.figures.slopes import simple_slopes

    result["simple_slopes"] = jsonable(moderated)
    tables.append(_slope_table(moderated, inputs.simulated, p_value))
    return result, tables, {"simple-slopes": simple_slopes(moderated)}


def _moderation(analysis: Analysis, inputs: TableInputs, outcome: str, terms: Sequence[str]) -> Moderation | None:
    """The simple slopes of the product ``x:moderator``, when the predictors hold one product and it is of two."""
    from crosscase.engines.regression import moderation

    products = [term.split(":") for term in terms if ":" in term]
    if len(products) != 1 or len(products[0]) != 2 or products[0][0] == products[0][1]:
        return None
    x, moderator = products[0]
    covariates = [term for term in dict.fromkeys(terms) if ":" not in term and term not in (x, moderator)]
    return moderation(
        inputs.columns, outcome, x, moderator, covariates=covariates, **one_of(analysis, "errors", "cluster")
    )


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


def _slope_table(found: Moderation, simulated: bool, p_value: Callable[[float | None], str]) -> ReportTable:
    from crosscase.reports.table import Cell, Column, Format, ReportTable

    columns = (
        Column(found.moderator, "right", Format(2), heading=True),
        Column(f"Slope of {found.x}", "right", Format(3)),
        Column("SE", "right", Format(3)),
        Column("p", "right"),
        Column("CI", "centre"),
    )
    rows = tuple(
        (
            Cell(one.at),
            Cell(one.slope),
            Cell(one.se),
            Cell(one.p_value, p_value(one.p_value)),
            Cell(text=f"[{Format(2)(one.lower)}, {Format(2)(one.upper)}]"),
        )
        for one in found.slopes
    )
    where = "; ".join(f"{Format(2)(first)} to {Format(2)(last)}" for first, last in found.significant)
    notes = (
        *(("Simulated data.",) if simulated else ()),
        f"ΔR² of the product: {Format(3)(found.r2_change)}, p {p_value(found.interaction_p)}.",
        f"The slope differs from 0 where {found.moderator} is {where or 'nowhere in its observed range'} (Johnson & Neyman 1936).",
    )
    return ReportTable("simple-slopes", f"Slopes of {found.x} by {found.moderator}", columns, rows, notes)
