"""``crosscase sem``: fit, invariance, validity, mediation, non-response.  Reads a model and a table, calls the engine, prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from crosscase.cli.columns import read_columns, read_text
from crosscase.core.errors import InputError

__all__ = ["sem"]


@click.group()
def sem() -> None:
    """Structural equation models: fit, invariance across groups, reliability and validity, mediation, non-response."""


def _split(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


_FORMAT = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text to read, or one JSON document.",
)
_ESTIMATOR = click.option(
    "--estimator", default="ML", show_default=True, help="ML, MLR, MLM, MLMV, GLS, ULS, WLS, DWLS, WLSMV …"
)
_MISSING = click.option(
    "--missing",
    type=click.Choice(["listwise", "fiml"]),
    default="listwise",
    show_default=True,
    help="Drop incomplete cases, or use all there is.",
)
_ORDERED = click.option("--ordered", metavar="V1,V2", help="Ordinal variables (polychoric correlations, WLSMV).")
_PARAMETERIZATION = click.option(
    "--parameterization",
    type=click.Choice(["delta", "theta"]),
    default="delta",
    show_default=True,
    help="Ordinal variables: total variances of 1, or residual variances of 1.",
)
_MODEL = click.argument("model", type=click.Path(path_type=Path))
_DATA = click.argument("data", type=click.Path(path_type=Path))


@sem.command()
@_MODEL
@_DATA
@_ESTIMATOR
@_MISSING
@click.option("--group", metavar="VAR", help="The column that names the group.")
@click.option(
    "--group-equal", metavar="KINDS", help="Equal across groups: loadings,intercepts,means,residuals,regressions …"
)
@click.option("--group-partial", metavar="PARAMETERS", help="Free all the same, e.g. 'visual=~x2,x7~1'.")
@click.option("--meanstructure", is_flag=True, help="Model the means.")
@click.option("--std-lv", is_flag=True, help="Factors have variance 1, all loadings are free.")
@_ORDERED
@_PARAMETERIZATION
@click.option("--bootstrap", "draws", type=int, metavar="N", help="Errors and intervals from N resamples.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of the resampling; the same seed gives the same numbers."
)
@click.option("--information", type=click.Choice(["expected", "observed"]), help="Behind the standard errors.")
@click.option(
    "--likelihood",
    type=click.Choice(["normal", "wishart"]),
    default="normal",
    show_default=True,
    help="Divide by n, or by n - 1.",
)
@click.option("--cluster", metavar="VAR", help="The column that names clusters.")
@click.option("--weights", metavar="VAR", help="The column of sampling weights.")
@click.option("--modindices", is_flag=True, help="Modification indices, too.")
@_FORMAT
@click.pass_context
def fit(
    context: click.Context,
    model: Path,
    data: Path,
    estimator: str,
    missing: str,
    group: str | None,
    group_equal: str | None,
    group_partial: str | None,
    meanstructure: bool,
    std_lv: bool,
    ordered: str | None,
    parameterization: str,
    draws: int | None,
    seed: int,
    information: str | None,
    likelihood: str,
    cluster: str | None,
    weights: str | None,
    modindices: bool,
    output: str,
) -> int:
    """Fit MODEL (lavaan syntax, or SIMPLIS) to DATA (a table with a header).

    Exit status 0 when the search converged, 1 when it did not.
    """
    from crosscase.engines.sem import bootstrap
    from crosscase.engines.sem import fit as fit_model

    text = read_model(model)
    with read_columns(data).told() as columns:
        result = fit_model(
            text, columns, estimator=estimator, missing=missing, group=group, group_equal=_split(group_equal),
            group_partial=_split(group_partial), meanstructure=meanstructure or None, std_lv=std_lv, ordered=_split(ordered),
            parameterization=parameterization, information=information, likelihood=likelihood, cluster=cluster,
            weights=weights,
        )  # fmt: skip
    if draws and result.converged:
        result = bootstrap(result, draws, seed=seed)
    found = result.to_dict()
    if modindices and result.converged:
        found["modification_indices"] = [one.to_dict() for one in result.modification_indices()]
    if output == "json":
        _json(found)
    else:
        click.echo(_fit_text(found))
    status = 0 if result.converged else 1
    context.exit(status)


@sem.command()
@_MODEL
@_DATA
@click.option("--group", required=True, metavar="VAR", help="The column that names the group.")
@_ESTIMATOR
@_MISSING
@click.option("--group-partial", metavar="PARAMETERS", help="Free in every step, e.g. 'visual=~x2,x7~1'.")
@_FORMAT
def invariance(
    model: Path, data: Path, group: str, estimator: str, missing: str, group_partial: str | None, output: str
) -> None:
    """Configural, metric, scalar and strict invariance of MODEL across the groups of DATA."""
    from crosscase.engines.sem import invariance as series

    text = read_model(model)
    with read_columns(data).told() as columns:
        found = series(text, columns, group=group, estimator=estimator, missing=missing, partial=_split(group_partial))
    if output == "json":
        _json(found.to_dict())
        return
    rows = [
        [one.name, _n(one.chisq), str(one.df), _n(one.cfi), _n(one.rmsea), _n(one.delta_chisq), _n(one.delta_df), _n(one.pvalue), _n(one.delta_cfi)]
        for one in found.steps
    ]  # fmt: skip
    click.echo(_columns(["model", "chisq", "df", "cfi", "rmsea", "d chisq", "d df", "p", "d cfi"], rows))


@sem.command()
@_MODEL
@_DATA
@_MISSING
@_ESTIMATOR
@_FORMAT
def validity(model: Path, data: Path, missing: str, estimator: str, output: str) -> None:
    """Reliability and validity of the factors of MODEL: CR, AVE, Fornell–Larcker, HTMT, common-method checks."""
    from crosscase.engines.sem import common_method
    from crosscase.engines.sem import fit as fit_model
    from crosscase.engines.sem import validity as check

    text = read_model(model)
    with read_columns(data).told() as columns:
        result = fit_model(text, columns, missing=missing, estimator=estimator)
    found = check(result)
    methods = common_method(result)
    if output == "json":
        _json({**found.to_dict(), "common_method": methods.to_dict()})
        return
    rows = [
        [one.name, str(one.items), _n(one.alpha), _n(one.omega), _n(one.cr), _n(one.ave), _n(one.msv), "yes" if one.fornell_larcker else "no"]
        for one in found.factors
    ]  # fmt: skip
    click.echo(_columns(["factor", "items", "alpha", "omega", "CR", "AVE", "MSV", "Fornell-Larcker"], rows))
    pairs = [[one.first, one.second, _n(one.correlation), _n(one.htmt)] for one in found.pairs]
    if pairs:
        click.echo("\n" + _columns(["factor", "factor", "r", "HTMT"], pairs))
    click.echo(f"\nHarman's single factor: {_n(methods.harman)} of the variance")


@sem.command()
@_MODEL
@_DATA
@_ESTIMATOR
@_MISSING
@_ORDERED
@_PARAMETERIZATION
@click.option("--bootstrap", "draws", type=int, default=1000, show_default=True, help="How many resamples.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of the resampling; the same seed gives the same numbers."
)
@click.option(
    "--method",
    type=click.Choice(["percentile", "basic", "bca"]),
    default="percentile",
    show_default=True,
    help="Kind of interval.",
)
@_FORMAT
def mediation(
    model: Path,
    data: Path,
    estimator: str,
    missing: str,
    ordered: str | None,
    parameterization: str,
    draws: int,
    seed: int,
    method: str,
    output: str,
) -> None:
    """All specific and total indirect effects in MODEL, with bootstrap intervals."""
    from crosscase.engines.sem import effects
    from crosscase.engines.sem import fit as fit_model

    text = read_model(model)
    with read_columns(data).told() as columns:
        result = fit_model(
            text,
            columns,
            estimator=estimator,
            missing=missing,
            ordered=_split(ordered),
            parameterization=parameterization,
        )
    found = effects(result, draws=draws, seed=seed, method=method)  # type: ignore[arg-type]
    if output == "json":
        _json(found.to_dict())
        return
    rows = [
        [one.path, one.kind, _n(one.estimate), _n(one.se), _n(one.lower), _n(one.upper), _n(one.std_all)]
        for one in found.effects
    ]
    click.echo(_columns(["effect", "kind", "est", "se", "lower", "upper", "std_all"], rows))
    if found.failed:
        click.echo(f"\n{found.failed} of {found.draws} draws did not converge and are not in the intervals")


@sem.command("non-response")
@_DATA
@click.option("--wave", required=True, metavar="VAR", help="The column that says when or in which wave a row answered.")
@click.option(
    "--late", required=True, metavar="VALUES", help="Values of that column that mean a late answer, e.g. 2,3."
)
@click.option("--compare", metavar="V1,V2", help="Numbers to compare.")
@click.option("--categorical", metavar="V1,V2", help="Categories to compare.")
@_FORMAT
def non_response(data: Path, wave: str, late: str, compare: str | None, categorical: str | None, output: str) -> None:
    """Late against early answers in DATA: do those who answered late differ? (Armstrong & Overton 1977)"""
    from crosscase.core.errors import NotFoundError
    from crosscase.core.results import jsonable
    from crosscase.engines.regression import compare_waves
    from crosscase.study.analyses.nonresponse import late_answers

    table = read_columns(data).values
    if wave not in table:
        raise NotFoundError("column", wave, list(table), where=str(data))
    numbers, words = _split(compare), _split(categorical)
    if not numbers and not words:
        raise InputError("nothing is named to compare", mend="give --compare V1,V2 or --categorical V1,V2")
    flags = late_answers(table[wave].tolist(), _split(late), f"{data}, column {wave}")
    found = compare_waves(table, flags, numbers, categorical=words)
    if output == "json":
        _json({"early": flags.count(False), "late": flags.count(True), **jsonable(found)})
        return
    rows = [
        [one.variable, str(one.n_early), str(one.n_late), _n(one.mean_early), _n(one.mean_late), _n(one.statistic),
         _n(one.p_value), _n(one.p_holm), _n(one.effect)]
        for one in found.comparisons
    ]  # fmt: skip
    head = ["variable", "n early", "n late", "mean early", "mean late", "t or chi2", "p", "p (Holm)", "g or V"]
    click.echo(_columns(head, rows))
    for caution in found.cautions:
        click.echo(f"warning: {caution.message}")


# -- reading ----------------------------------------------------------------------------------------------------------


def read_model(path: Path) -> Any:
    """The model of a file; SIMPLIS when it says so in its words."""
    from crosscase.engines.sem import is_simplis, parse, parse_simplis

    text = read_text(path)
    return parse_simplis(text) if is_simplis(text) else parse(text)


# -- printing ---------------------------------------------------------------------------------------------------------


def _json(found: Any) -> None:
    json.dump(_plain(found), sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    """JSON without NaN and numpy's own types."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def _n(value: float | int | None) -> str:
    return "" if value is None else str(value) if isinstance(value, int) else f"{value:.3f}"


def _columns(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[index]) for row in [head, *rows]) for index in range(len(head))]
    lines = []
    for row in [head, *rows]:
        lines.append(
            "  ".join(
                cell.ljust(width) if not index else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
        )
    return "\n".join(lines)


def _fit_text(found: dict[str, Any]) -> str:
    lines = [
        f"{found['estimator']}, n = {found['n']}, "
        + ("converged" if found["converged"] else "NOT converged: no estimates")
    ]
    if found["converged"]:
        rows = [
            [
                f"{one['lhs']} {one['op']} {one['rhs']}"
                + (f" [{found['groups'][one['group'] - 1]}]" if found["groups"] and one["group"] else "")
            ]
            + [_n(one[name]) for name in ("est", "se", "z", "pvalue", "ci_lower", "ci_upper", "std_all")]
            for one in found["parameters"]
        ]
        lines += ["", _columns(["parameter", "est", "se", "z", "p", "lower", "upper", "std_all"], rows), ""]
        names = (
            "chisq",
            "df",
            "pvalue",
            "chisq_scaled",
            "cfi",
            "tli",
            "rmsea",
            "rmsea_ci_lower",
            "rmsea_ci_upper",
            "srmr",
            "aic",
            "bic",
        )
        lines += [f"{name:16}{_n(found['fit'][name])}" for name in names if name in found["fit"]]
    lines += [f"warning: {text}" for text in found["warnings"]]
    return "\n".join(lines)
