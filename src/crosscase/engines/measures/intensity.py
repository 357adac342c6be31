"""What share of a firm's business is abroad: sales, assets, employees, and indices made of them."""

from __future__ import annotations

from crosscase.engines.measures.inputs import FirmHistory
from crosscase.engines.measures.timing import pick
from crosscase.engines.measures.values import Definition, MeasureValue, result

_FOREIGN = {"FSTS": ("foreign_sales", "total_sales"), "FATA": ("foreign_assets", "total_assets")}
_FOREIGN["FETE"] = ("foreign_employees", "total_employees")
_DOI_FIGURES = ("overseas_subsidiaries_share", "psychic_dispersion", "managers_experience")

INTENSITY = (
    Definition(
        "FSTS",
        "Foreign sales over total sales.",
        "foreign sales / total sales",
        "Sullivan 1994; Yang & Stoian 2024, Table 1, note c",
    ),
    Definition(
        "as-reported",
        "The ratio that the firm or the paper reports; not recomputed.",
        "reported",
        "the study's own record",
    ),
)
FOREIGN_SHARE = (
    Definition("FATA", "Foreign assets over total assets.", "foreign assets / total assets", "Sullivan 1994"),
    Definition("FETE", "Foreign employees over all employees.", "foreign employees / employees", "UNCTAD 1995"),
)
TNI = (
    Definition(
        "mean-of-three",
        "Mean of the foreign shares of assets, sales and employment.",
        "(FATA + FSTS + FETE) / 3",
        "UNCTAD 1995 (World Investment Report)",
    ),
)
DOI = (
    Definition(
        "sullivan-1994",
        "Unweighted sum of five ratios, in [0, 5]; a composite, disputed on grounds of validity and reliability.",
        "FSTS + FATA + OSTS + PDIO + TMIE",
        "Sullivan 1994; disputed by Ramaswamy, Kroeck & Renforth 1996",
    ),
)


def intensity(history: FirmHistory, definition: str = "FSTS") -> MeasureValue:
    """Foreign sales / total sales, in [0, 1].

    With ``FSTS`` the amounts are used, then the sales by country; when neither is there but a ratio was reported, the
    ratio is given with a warning that it could not be recomputed.
    """
    chosen = pick(INTENSITY, definition)
    figures = history.figures
    warnings: list[str] = []
    reported = figures.get("intensity")
    if definition == "as-reported":
        missing = [] if reported is not None else ["intensity"]
        return result(history, "intensity", chosen, "ratio", reported, inputs=dict(figures), missing=missing)
    foreign, total = figures.get("foreign_sales"), figures.get("total_sales")
    if (foreign is None or total is None) and history.sales and history.home:
        total = sum(history.sales.values())
        foreign = total - history.sales.get(history.home, 0.0)
        if history.home not in history.sales:
            warnings.append("the sales by country have no home sales: the ratio is 1 by construction")
    if (foreign is None or total is None) and reported is not None:
        warnings.append("as reported: the sales it comes from are not known, so it could not be recomputed")
        inputs = {"intensity": reported, "year": history.figures_year}
        return result(history, "intensity", chosen, "ratio", reported, inputs=inputs, warnings=warnings)
    return _share(history, "intensity", chosen, ("foreign_sales", "total_sales"), foreign, total, warnings)


def foreign_share(history: FirmHistory, definition: str = "FATA") -> MeasureValue:
    """Foreign share of assets (FATA) or of employees (FETE), in [0, 1]."""
    chosen = pick(FOREIGN_SHARE, definition)
    names = _FOREIGN[definition]
    foreign, total = (history.figures.get(name) for name in names)
    return _share(history, "foreign_share", chosen, names, foreign, total, [])


def transnationality_index(history: FirmHistory, definition: str = "mean-of-three") -> MeasureValue:
    """Mean of FATA, FSTS and FETE (UNCTAD), in [0, 1]; needs all three."""
    chosen = pick(TNI, definition)
    parts = (intensity(history), foreign_share(history, "FATA"), foreign_share(history, "FETE"))
    missing = [name for part in parts for name in part.missing]
    values = [part.value for part in parts if isinstance(part.value, (int, float))]
    inputs = {part.definition: part.value for part in parts}
    general = len(history.general_warnings())
    warnings = [warning for part in parts for warning in part.warnings[general:]]
    value = sum(values) / 3 if len(values) == 3 else None
    return result(
        history, "transnationality_index", chosen, "ratio", value, inputs=inputs, missing=missing, warnings=warnings
    )


def degree_of_internationalization(history: FirmHistory, definition: str = "sullivan-1994") -> MeasureValue:
    """Sullivan's DOI: the sum of five ratios, in [0, 5]; needs all five."""
    chosen = pick(DOI, definition)
    parts = (intensity(history), foreign_share(history, "FATA"))
    inputs: dict[str, object] = {part.definition: part.value for part in parts}
    inputs |= {name: history.figures.get(name) for name in _DOI_FIGURES}
    missing = [name for part in parts for name in part.missing]
    missing += [name for name in _DOI_FIGURES if name not in history.figures]
    values = [value for value in inputs.values() if isinstance(value, (int, float))]
    warnings = ["a composite of five ratios whose validity is disputed (Ramaswamy, Kroeck & Renforth 1996)"]
    return result(
        history,
        "degree_of_internationalization",
        chosen,
        "sum of ratios",
        sum(values) if len(values) == 5 else None,
        inputs=inputs,
        missing=missing,
        warnings=warnings,
    )


def _share(
    history: FirmHistory,
    measure: str,
    chosen: Definition,
    names: tuple[str, str],
    foreign: float | None,
    total: float | None,
    warnings: list[str],
) -> MeasureValue:
    missing = [name for name, value in zip(names, (foreign, total), strict=True) if value is None]
    value = None
    if foreign is not None and total is not None:
        if total == 0:
            warnings.append(f"{names[1]} is 0: the ratio has no denominator")
        else:
            value = foreign / total
            if value > 1:
                warnings.append(f"{names[0]} is larger than {names[1]}")
    inputs = {names[0]: foreign, names[1]: total, "year": history.figures_year}
    return result(history, measure, chosen, "ratio", value, inputs=inputs, missing=missing, warnings=warnings)
