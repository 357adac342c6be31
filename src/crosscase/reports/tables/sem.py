"""The tables of a structural model in the manner that journals set them (APA 7): estimates, fit, validity, invariance, effects.

No zero before the point where a number is bounded by 1 or is set like one that is (p, correlations, fit indices,
standardized coefficients); p to three decimals, and "< .001" below that.  A spreadsheet gets the full numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from crosscase.engines.sem import Comparison, Effects, Fit, Parameter, Validity, descriptives
from crosscase.reports.table import Cell, Column, Format, ReportTable

#: The headings that group the parameters, by their operator.
_KINDS = {
    "=~": "Loadings",
    "~": "Paths",
    "~~": "Variances and covariances",
    "~1": "Intercepts",
    "|": "Thresholds",
    "~*~": "Scales",
    ":=": "Defined",
}
_ARROWS = {"=~": "→", "~~": "↔"}
_NOT_CONVERGED = "There are no estimates: the model did not converge."


def bounded(value: float, decimals: int = 2) -> str:
    """A number that is set without the zero before the point.

    >>> print(bounded(0.934), bounded(-0.128), bounded(1.0), bounded(-0.001))
    .93 −.13 1.00 .00
    """
    text = f"{abs(value):.{decimals}f}"
    zero = float(text) == 0
    text = text[1:] if text.startswith("0.") else text
    return ("\u2212" if value < 0 and not zero else "") + text


def p_value(value: float | None) -> str:
    """
    >>> p_value(0.0004), p_value(0.0231), p_value(None)
    ('< .001', '.023', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    return "< .001" if value < 0.001 else bounded(value, 3)


def parameter_table(fit: Fit, *, names: Mapping[str, str] | None = None) -> ReportTable:
    """Every parameter: estimate, standard error, z, p, interval, completely standardized estimate."""
    several = len(fit.groups) > 1
    columns = (
        Column("Kind"),
        Column("Parameter", heading=True),
        *((Column("Group"),) if several else ()),
        Column("b", "right", Format(3)),
        Column("SE", "right", Format(3)),
        Column("z", "right", Format(2)),
        Column("p", "right"),
        Column("95% CI", "centre"),
        Column("β", "right"),
    )
    rows = []
    for one in fit.parameters if fit.converged else ():
        group = (Cell(fit.groups[one.group - 1] if one.group else "all"),) if several else ()
        fixed = not one.free or one.se is None
        note = "Fixed." if fixed and one.op != ":=" else ""
        rows.append(
            (
                Cell(_KINDS.get(one.op, one.op)),
                Cell(_named(one, names or {})),
                *group,
                Cell(one.est, note=note),
                _dash() if fixed else Cell(one.se),
                _dash() if one.z is None else Cell(one.z),
                _p(one.pvalue),
                _dash() if fixed else _interval(one.ci_lower, one.ci_upper),
                _bounded(one.std_all),
            )
        )
    notes = (
        f"{fit.estimator}, n = {fit.n}. b: unstandardized, β: completely standardized estimate.",
        *(_bootstrap_note(fit)),
        *(f"Warning: {warning}." for warning in fit.warnings),
    )
    return ReportTable("sem-parameters", "Estimates", columns, tuple(rows), notes, missing=_missing(fit))


def fit_table(fits: Mapping[str, Fit]) -> ReportTable:
    """A row a model with the measures that journals ask for; scaled and robust ones where the estimator gives them."""
    columns = (
        Column("Model", heading=True),
        Column("χ²", "right", Format(2)),
        Column("df", "right", Format(0)),
        Column("p", "right"),
        Column("CFI", "right"),
        Column("TLI", "right"),
        Column("RMSEA", "right"),
        Column("90% CI", "centre"),
        Column("SRMR", "right"),
        Column("AIC", "right", Format(1)),
        Column("BIC", "right", Format(1)),
    )
    rows, notes = [], []
    scaled = False
    for name, fit in fits.items():
        found = fit.fit_measures
        if not fit.converged:
            rows.append((Cell(name), *(Cell(text="–") for _ in columns[1:])))
            notes.append(f"{name} did not converge: {fit.diagnosis}.")
            continue
        uses = "chisq_scaled" in found
        scaled = scaled or uses
        robust = "_robust" if found.get("cfi_robust") is not None else "_scaled" if uses else ""
        test = "_scaled" if uses else ""
        rows.append(
            (
                Cell(name),
                _plain(found.get(f"chisq{test}")),
                _plain(found.get(f"df{test}")),
                _p(found.get(f"pvalue{test}")),
                _bounded(found.get(f"cfi{robust}"), 3),
                _bounded(found.get(f"tli{robust}"), 3),
                _bounded(found.get(f"rmsea{robust}"), 3),
                _interval(found.get(f"rmsea_ci_lower{robust}"), found.get(f"rmsea_ci_upper{robust}"), 3),
                _bounded(found.get("srmr"), 3),
                _plain(found.get("aic")),
                _plain(found.get("bic")),
            )
        )
        notes.append(f"{name}: {fit.estimator}, n = {fit.n}.")
    if scaled:
        notes.append("χ² is the scaled statistic, CFI, TLI and RMSEA their robust versions where there are any.")
    return ReportTable(
        "sem-fit", "Fit of the models", columns, tuple(rows), tuple(notes), missing="No model was fitted."
    )


def validity_table(found: Validity) -> ReportTable:
    """Reliability and convergent validity: a row a factor."""
    several = len({one.group for one in found.factors}) > 1
    columns = (
        Column("Factor", heading=True),
        *((Column("Group", "right", Format(0)),) if several else ()),
        Column("Items", "right", Format(0)),
        Column("α", "right"),
        Column("ω", "right"),
        Column("CR", "right"),
        Column("AVE", "right"),
        Column("MSV", "right"),
        Column("Lowest loading", "right"),
        Column("Fornell–Larcker"),
    )
    rows = tuple(
        (
            Cell(one.name),
            *((Cell(one.group),) if several else ()),
            Cell(one.items),
            _bounded(one.alpha),
            _bounded(one.omega),
            _bounded(one.cr),
            _bounded(one.ave),
            _bounded(one.msv),
            _bounded(one.lowest_loading),
            Cell("held" if one.fornell_larcker else "not held"),
        )
        for one in found.factors
    )
    notes = (
        "CR: composite reliability; AVE: average variance extracted; MSV: largest squared correlation with another factor. "
        "Fornell–Larcker: √AVE exceeds every correlation with another factor.",
        *(f"{warning}." for warning in found.warnings),
    )
    return ReportTable("sem-validity", "Reliability and validity", columns, rows, notes, missing="There is no factor.")


def correlation_table(fit: Fit, found: Validity, *, names: Mapping[str, str] | None = None) -> ReportTable:
    """Means, deviations and factor correlations below the diagonal, √AVE in brackets on it, HTMT above (group 1)."""
    described = descriptives(fit)
    factors = list(described["names"])
    pairs = {frozenset((one.first, one.second)): one for one in found.pairs if one.group == 1}
    columns = (
        Column("Variable", heading=True),
        Column("M", "right", Format(2)),
        Column("SD", "right", Format(2)),
        *(Column(str(number), "right") for number in range(1, len(factors) + 1)),
    )
    rows = []
    for i, name in enumerate(factors):
        cells = []
        for j, other in enumerate(factors):
            if i == j:
                value = float(described["matrix"][i][i])
                cells.append(Cell(value, f"({bounded(value)})"))
            elif j < i:
                cells.append(_bounded(float(described["matrix"][i][j])))
            else:
                cells.append(_bounded(pairs[frozenset((name, other))].htmt))
        label = f"{i + 1}. {(names or {}).get(name, name)}"
        rows.append((Cell(label), Cell(described["mean"][i]), Cell(described["sd"][i]), *cells))
    notes = (
        f"n = {fit.moments[0].n}. Below the diagonal: correlations of the factors in the model; on it, in brackets: √AVE; "
        "above it: HTMT. M and SD of the averages of the items.",
    )
    return ReportTable(
        "sem-correlations", "Correlations of the factors", columns, tuple(rows), notes, missing="There is no factor."
    )


def invariance_table(found: Comparison, *, title: str = "Measurement invariance") -> ReportTable:
    """A row a model; the differences are to the row above."""
    columns = (
        Column("Model", heading=True),
        Column("χ²", "right", Format(2)),
        Column("df", "right", Format(0)),
        Column("CFI", "right"),
        Column("RMSEA", "right"),
        Column("SRMR", "right"),
        Column("Δχ²", "right", Format(2)),
        Column("Δdf", "right", Format(0)),
        Column("p", "right"),
        Column("ΔCFI", "right"),
        Column("ΔRMSEA", "right"),
    )
    rows = tuple(
        (
            Cell(one.name),
            Cell(one.chisq),
            Cell(one.df),
            _bounded(one.cfi, 3),
            _bounded(one.rmsea, 3),
            _bounded(one.srmr, 3),
            _plain(one.delta_chisq),
            _plain(one.delta_df),
            _p(one.delta_pvalue),
            _bounded(one.delta_cfi, 3),
            _bounded(one.delta_rmsea, 3),
        )
        for one in found.steps
    )
    notes = ("Δ: difference to the model in the row above.", *(f"{warning}." for warning in found.warnings))
    return ReportTable("sem-invariance", title, columns, rows, notes, missing="No model was compared.")


def effects_table(found: Effects, *, names: Mapping[str, str] | None = None) -> ReportTable:
    """Direct, specific indirect, indirect and total effects with their intervals."""
    columns = (
        Column("Effect", heading=True),
        Column("Kind"),
        Column("b", "right", Format(3)),
        Column("SE", "right", Format(3)),
        Column("p", "right"),
        Column("95% CI", "centre"),
        Column("β", "right"),
    )
    kinds = {"specific": "specific indirect", "indirect": "indirect, all paths"}
    rows = tuple(
        (
            Cell(" → ".join((names or {}).get(part, part) for part in one.path.split(" -> "))),
            Cell(kinds.get(one.kind, one.kind) + (f" (group {one.group})" if one.group > 1 else "")),
            Cell(one.estimate),
            _plain(one.se),
            _p(one.pvalue),
            _interval(one.lower, one.upper),
            _bounded(one.std_all),
        )
        for one in found.effects
    )
    drawn = f"{found.draws} bootstrap draws" if found.draws else "no draws"
    failed = f", of which {found.failed} failed" if found.failed else ""
    seed = f", seed {found.seed}" if found.draws and found.seed is not None else ""
    note = f"Intervals: {found.method} ({drawn}{failed}{seed})."
    return ReportTable(
        "sem-effects", "Direct, indirect and total effects", columns, rows, (note,), missing="The model has no path."
    )


def _named(one: Parameter, names: Mapping[str, str]) -> str:
    left, right = names.get(one.lhs, one.lhs), names.get(one.rhs, one.rhs)
    if one.op == ":=":
        return f"{one.lhs} := {one.rhs}"
    if one.op == "~~" and one.lhs == one.rhs:
        return f"variance of {left}"
    if one.op == "~1":
        return f"intercept of {left}"
    label = f" [{one.label}]" if one.label else ""
    if one.op == "~":
        return f"{right} → {left}{label}"
    return f"{left} {_ARROWS.get(one.op, one.op)} {right}{label}"


def _bootstrap_note(fit: Fit) -> Sequence[str]:
    boot = fit.bootstrap
    if boot is None:
        return ()
    return (f"Errors and intervals from {boot.draws} bootstrap draws, {boot.failed} failed, seed {boot.seed}.",)


def _missing(fit: Fit) -> str:
    return _NOT_CONVERGED if fit.converged else f"{_NOT_CONVERGED} {fit.diagnosis}."


def _dash() -> Cell:
    return Cell(text="–")


def _plain(value: float | int | None) -> Cell:
    return (
        _dash()
        if value is None or math.isnan(value)
        else Cell(float(value) if isinstance(value, float) else int(value))
    )


def _bounded(value: float | None, decimals: int = 2) -> Cell:
    return _dash() if value is None or math.isnan(value) else Cell(float(value), bounded(value, decimals))


def _p(value: float | None) -> Cell:
    return _dash() if value is None or math.isnan(value) else Cell(float(value), p_value(value))


def _interval(lower: float | None, upper: float | None, decimals: int = 2) -> Cell:
    """An interval in brackets; without the leading zeros for fit indices, which have three decimals."""
    if lower is None or upper is None or math.isnan(lower) or math.isnan(upper):
        return _dash()
    if decimals == 3:
        return Cell(text=f"[{bounded(lower, 3)}, {bounded(upper, 3)}]")
    return Cell(text=f"[{Format(decimals)(lower)}, {Format(decimals)(upper)}]")
