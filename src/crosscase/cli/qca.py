"""``crosscase qca``: set-theoretic analysis of a table.  Reads, calls the engine, prints; everything heavy is loaded late."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosscase.cli.common import format_option, progress
from crosscase.core.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from crosscase.engines.qca import Range, SetData, TruthTable

__all__ = ["qca"]

Command = Callable[..., Any]


@click.group("qca")
def qca() -> None:
    """Set-theoretic analysis (QCA) of a table of calibrated sets."""


def _shared(command: Command) -> Command:
    """The options that every command has."""
    for option in reversed(
        [
            click.argument("file", type=click.Path(path_type=Path), metavar="DATA.csv"),
            click.option("--id", "id_column", metavar="COLUMN", help="the column that names the cases"),
            format_option("text", "json"),
        ]
    ):
        command = option(command)
    return command


def _sets(command: Command) -> Command:
    """The options of an analysis: outcome, conditions, which cases."""
    for option in reversed(
        [
            click.option("--outcome", required=True, help="Y, ~Y or Y[1,2]"),
            click.option("--conditions", required=True, help="A,B,C in the order in which terms are written"),
            click.option("--negate", is_flag=True, help="analyse the negation of the outcome"),
        ]
    ):
        command = option(command)
    return _cases(command)


def _cases(command: Command) -> Command:
    for option in reversed(
        [
            click.option("--drop-missing", is_flag=True, help="leave out cases with a missing value, by name"),
            click.option("--leave-out", multiple=True, metavar="CASE", help="leave out a case (may be repeated)"),
        ]
    ):
        command = option(command)
    return command


def _cuts(command: Command) -> Command:
    for option in reversed(
        [
            click.option("--incl-cut", type=float, default=1.0, show_default=True, help="inclusion cut-off"),
            click.option(
                "--incl-cut-contradiction",
                type=float,
                help="rows below --incl-cut but not below this are contradictory",
            ),
            click.option("--pri-cut", type=float, default=0.0, show_default=True, help="PRI cut-off"),
            click.option("--n-cut", type=int, default=1, show_default=True, help="frequency cut-off"),
        ]
    ):
        command = option(command)
    return command


def _minimisation(command: Command) -> Command:
    for option in reversed(
        [
            click.option(
                "--solution",
                type=click.Choice(["conservative", "parsimonious", "intermediate"]),
                default="conservative",
                show_default=True,
                help="which solution",
            ),
            click.option("--directional", help='expectations: "A,~B", "A*B + C*~D" or "A[2],B[1]"'),
            click.option(
                "--exclude", multiple=True, help='remainders that no term may cover: "A*~B", or row numbers "3,7"'
            ),
            click.option("--containing", metavar="TERMS", help='list the models with these terms first: "A*B + ~C"'),
            click.option("--max-models", type=int, default=1000, show_default=True, help="how many models are listed"),
            click.option(
                "--effort", type=int, default=1, show_default=True, help="times the usual work on very many models"
            ),
        ]
    ):
        command = option(command)
    return command


@qca.command("calibrate")
@_shared
@click.option("--column", required=True, help="the column of raw values")
@click.option(
    "--method",
    type=click.Choice(["direct", "linear", "crisp", "indirect", "ecdf", "relative"]),
    default="direct",
    show_default=True,
    help="how raw values become memberships",
)
@click.option("--anchors", help="raw values: full exclusion, crossover, full inclusion; falling reverses the set")
@click.option("--reasons", multiple=True, help="the reason for an anchor (repeat, in the same order)")
@click.option("--degree", type=float, help="membership at full inclusion (direct; 0.95)")
@click.option("--below", type=float, help="exponent below the crossover (linear)")
@click.option("--above", type=float, help="exponent above the crossover (linear)")
def calibrate_command(
    file: Path,
    id_column: str | None,
    form: str,
    column: str,
    method: str,
    anchors: str | None,
    reasons: tuple[str, ...],
    degree: float | None,
    below: float | None,
    above: float | None,
) -> None:
    """Raw values to memberships, with what the anchors do to the cases."""
    from crosscase.engines.qca import Anchor, calibrate
    from crosscase.engines.qca.data import numbers_of

    columns, cases = _read(file, id_column)
    if column not in columns:
        raise NotFoundError("column", column, columns, where=str(file))
    values = _floats(anchors, "--anchors")
    named = [Anchor(value, "", reasons[i] if i < len(reasons) else "") for i, value in enumerate(values)]
    options = {
        name: value for name, value in (("degree", degree), ("below", below), ("above", above)) if value is not None
    }
    result = calibrate(column, cases, numbers_of(columns[column], column, cases), method, named, **options)
    _print(form, result.to_dict(), lambda: _table_text(result.rows(), result.notices))


@qca.command("truth-table")
@_shared
@_sets
@_cuts
@click.option("--complete/--observed", "complete", default=None, help="every possible row, or those with a case")
def truth_table_command(complete: bool | None, form: str, **options: Any) -> None:
    """Which configurations were observed, and how consistent they are with the outcome."""
    from crosscase.engines.qca.practice import table_notices

    table = _truth_table(**options)
    content = table.to_dict(complete=complete)
    content["warnings"] = [notice.to_dict() for notice in table_notices(table)]
    _print(form, content, lambda: _table_text(table.rows(), table_notices(table)))


@qca.command("minimize")
@_shared
@_sets
@_cuts
@_minimisation
@click.option("--r-code", is_flag=True, help="print R code that repeats the analysis with R's QCA, and nothing else")
def minimize_command(
    solution: str,
    directional: str | None,
    exclude: tuple[str, ...],
    containing: str | None,
    max_models: int,
    effort: int,
    r_code: bool,
    form: str,
    file: Path,
    id_column: str | None,
    **options: Any,
) -> None:
    """Minimise the truth table: all models with their fit, terms, cases and assumptions."""
    from crosscase.engines.qca import minimize

    table = _truth_table(file=file, id_column=id_column, **options)
    result = minimize(
        table,
        solution,  # type: ignore[arg-type]
        directional=directional,
        exclude=_exclusions(exclude),
        containing=containing,
        max_models=max_models,
        effort=effort,
    )
    if r_code:
        from crosscase.engines.qca.rcode import r_script

        click.echo(r_script(result, file=file.name, id_column=id_column))
        return

    def text() -> str:
        many = "" if result.models_complete else "at least "
        head = f"{result.kind} solution for {table.outcome}: {many}{result.n_models} model(s)\n\n"
        return head + _table_text(result.rows(), result.notices)

    _print(form, result.to_dict(), text)


@qca.command("necessity")
@_shared
@_sets
@click.option("--incl-cut", type=float, default=0.9, show_default=True, help="consistency cut-off")
@click.option("--ron-cut", type=float, default=0.0, show_default=True, help="relevance of necessity cut-off")
@click.option("--cov-cut", type=float, default=0.0, show_default=True, help="coverage cut-off")
@click.option("--depth", type=int, help="the most literals joined")
def necessity_command(
    file: Path,
    id_column: str | None,
    form: str,
    outcome: str,
    conditions: str,
    negate: bool,
    drop_missing: bool,
    leave_out: tuple[str, ...],
    incl_cut: float,
    ron_cut: float,
    cov_cut: float,
    depth: int | None,
) -> None:
    """Conditions, conjunctions and disjunctions that are necessary for the outcome."""
    from crosscase.engines.qca import necessary_conditions

    names = _names(conditions)
    data = _data(file, id_column, [*names, *_mentioned(outcome)], drop_missing, leave_out)
    result = necessary_conditions(
        data, outcome, names, negate=negate, incl_cut=incl_cut, ron_cut=ron_cut, cov_cut=cov_cut, depth=depth
    )
    _print(form, result.to_dict(), lambda: _table_text(result.rows(), result.notices))


@qca.command("pof")
@_shared
@_cases
@click.option("--outcome", required=True, help="Y, ~Y or Y[1,2]")
@click.option("--expression", required=True, help='for example "A*~B + C"')
@click.option("--negate", is_flag=True, help="fit to the negation of the outcome")
def pof_command(
    file: Path,
    id_column: str | None,
    form: str,
    drop_missing: bool,
    leave_out: tuple[str, ...],
    outcome: str,
    expression: str,
    negate: bool,
) -> None:
    """Parameters of fit of an expression, as sufficient and as necessary."""
    from crosscase.engines.qca import parameters_of_fit

    names = [*_mentioned(expression), *_mentioned(outcome)]
    data = _data(file, id_column, names, drop_missing, leave_out)
    result = parameters_of_fit(data, expression, outcome, negate=negate)
    _print(form, result.to_dict(), lambda: _table_text(result.rows(), ()))


@qca.command("robustness")
@_shared
@_sets
@_cuts
@_minimisation
@click.option(
    "--alternative",
    multiple=True,
    metavar="SETTINGS",
    help='another analysis to hold the solution against: "incl-cut=0.75", "n-cut=2,pri-cut=0.5" (may be repeated)',
)
@click.option("--step", type=float, default=0.01, show_default=True, help="step of the inclusion cut-off")
@click.option(
    "--anchors",
    multiple=True,
    metavar="SET=COLUMN:VALUES",
    help='ranges of the anchors of a calibrated set: "DEV=GNP:400,550,900" (may be repeated)',
)
@click.option("--anchor-step", type=float, help="step of the anchors, in raw units (a hundredth of their range)")
@click.option("--sweep", "sweep_cuts", metavar="CUTS", help='inclusion cut-offs to aggregate over: "0.7,0.75,0.8,0.85"')
@click.option("--permutations", type=int, default=0, help="draws of a permutation test of the solution's consistency")
@click.option("--seed", type=int, default=0, show_default=True, help="seed of the permutations")
@click.option(
    "--backend",
    type=click.Choice(["serial", "loky", "dask", "ray"]),
    default="serial",
    show_default=True,
    help="where the work is done",
)
@click.option("--workers", type=int, help="processes of the backend")
def robustness_command(
    solution: str,
    directional: str | None,
    exclude: tuple[str, ...],
    containing: str | None,
    max_models: int,
    effort: int,
    alternative: tuple[str, ...],
    step: float,
    anchors: tuple[str, ...],
    anchor_step: float | None,
    sweep_cuts: str | None,
    permutations: int,
    seed: int,
    backend: str,
    workers: int | None,
    form: str,
    **options: Any,
) -> None:
    """How far cut-offs and anchors can move before the solution changes, and how it stands against other analyses and chance."""
    from crosscase.engines.qca import minimize, permutation_test, sweep
    from crosscase.engines.qca.robustness import alternatives, compare_solutions, cut_off_ranges

    table = _truth_table(**options)
    settings: dict[str, Any] = {
        "solution": solution,
        "directional": directional,
        "exclude": _exclusions(exclude),
        "containing": containing,
        "max_models": max_models,
        "effort": effort,
    }
    ranges = cut_off_ranges(table, step=step, **settings)
    tables: list[tuple[list[dict[str, Any]], Any]]
    content: dict[str, Any] = {"ranges": [one.to_dict() for one in ranges]}
    tables = [([one.to_dict() for one in ranges], ())]
    spreading: dict[str, Any] = {"backend": backend, "workers": workers}
    quiet = form == "json"
    for text in anchors:
        name, moved = _anchor_ranges(table, text, anchor_step, options, spreading, quiet, settings)
        content.setdefault("anchors", {})[name] = [one.to_dict() for one in moved]
        tables.append(([{"set": name, **one.to_dict()} for one in moved], ()))
    if alternative:
        changes = [_settings(text) for text in alternative]
        with progress("alternatives", quiet=quiet) as report:
            others = alternatives(table, changes, progress=report, **spreading, **settings)
        compared = compare_solutions(minimize(table, **settings), others)
        content["comparison"] = compared.to_dict()
        tables.append((compared.rows(), compared.notices))
    if sweep_cuts:
        with progress("thresholds", quiet=quiet) as report:
            swept = sweep(table, _floats(sweep_cuts, "--sweep"), progress=report, **spreading, **settings)
        content["sweep"] = swept.to_dict()
        tables.append((swept.rows(), ()))
    if permutations:
        with progress("permutations", quiet=quiet) as report:
            tested = permutation_test(
                minimize(table, **settings), permutations, seed=seed, progress=report, **spreading
            )
        content["permutation"] = tested.to_dict()
        tables.append((tested.rows(), ()))
    _print(form, content, lambda: "\n\n".join(_table_text(rows, notices) for rows, notices in tables))


def _anchor_ranges(
    table: TruthTable,
    text: str,
    step: float | None,
    options: dict[str, Any],
    spreading: dict[str, Any],
    quiet: bool,
    settings: dict[str, Any],
) -> tuple[str, tuple[Range, ...]]:
    """The ranges of the anchors that ``SET=COLUMN:VALUES`` names."""
    from crosscase.engines.qca.data import numbers_of
    from crosscase.engines.qca.robustness import anchor_ranges

    match = re.fullmatch(r"\s*([^=]+?)\s*=\s*(.+?)\s*:\s*([^:]+)", text)
    if match is None:
        raise InputError(f"'{text}' names no anchors", where="--anchors", mend='write "DEV=GNP:400,550,900"')
    name, column = match[1], match[2]
    values = _floats(match[3], "--anchors")
    columns, cases = _read(options["file"], options["id_column"], {name, column})
    if name not in table.conditions.names:
        raise NotFoundError("condition", name, table.conditions.names, where=f"--anchors {text}")
    if column not in columns:
        raise NotFoundError("column", column, columns, where=str(options["file"]))
    raw = dict(zip(cases, numbers_of(columns[column], column, cases), strict=True))
    with progress(f"anchors of {name}", quiet=quiet) as report:
        found = anchor_ranges(
            table,
            name,
            numbers_of([raw[case] for case in table.data.cases], column, table.data.cases),
            values,
            step=step if step is not None else (max(values) - min(values)) / 100 or 1.0,
            method="direct" if len(values) == 3 else "crisp",
            progress=report,
            **spreading,
            **settings,
        )
    return name, found


def _truth_table(
    *,
    file: Path,
    id_column: str | None,
    outcome: str,
    conditions: str,
    negate: bool,
    drop_missing: bool,
    leave_out: tuple[str, ...],
    incl_cut: float,
    incl_cut_contradiction: float | None,
    pri_cut: float,
    n_cut: int,
) -> TruthTable:
    from crosscase.engines.qca import truth_table

    names = _names(conditions)
    data = _data(file, id_column, [*names, *_mentioned(outcome)], drop_missing, leave_out)
    return truth_table(
        data,
        outcome,
        names,
        negate=negate,
        incl_cut=incl_cut,
        incl_cut_contradiction=incl_cut_contradiction,
        pri_cut=pri_cut,
        n_cut=n_cut,
    )


def _data(
    file: Path, id_column: str | None, names: list[str], drop_missing: bool, leave_out: tuple[str, ...]
) -> SetData:
    from crosscase.engines.qca import SetData

    columns, cases = _read(file, id_column, set(names))
    for name in names:
        if name not in columns:
            raise NotFoundError("column", name, columns, where=str(file))
    return SetData.from_columns(columns, sets=names, cases=cases, drop_missing=drop_missing, leave_out=leave_out)


def _read(file: Path, id_column: str | None, used: set[str] | None = None) -> tuple[dict[str, list[str]], list[str]]:
    """Columns and case names.  Without ``--id`` the cases are named by a first column of texts that is not analysed."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror}", where=str(file), mend="give another file"
        ) from None
    text = _decode(raw)
    lines = text.splitlines()
    if not lines or not lines[0].strip():
        raise InputError("the file is empty", where=str(file), mend="give a table with a line of column names")
    delimiter = max(",;\t|", key=lambda sign: lines[0].count(sign))
    rows = [
        row
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        if any(cell.strip() for cell in row)
    ]
    header = [name.strip() for name in rows[0]]
    for name in header:
        if header.count(name) > 1:
            raise InputError(f"two columns are named '{name}'", where=str(file), mend="give every column its own name")
    if len(rows) == 1:
        raise InputError("the file has column names but no cases", where=str(file))
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise InputError(
                f"the row has {len(row)} values for {len(header)} columns",
                where=f"{file}, row {number}",
                mend="quote values that contain the delimiter",
            )
    cells = list(zip(*rows[1:], strict=True))
    columns = {name: [cell.strip() for cell in column] for name, column in zip(header, cells, strict=True)}
    if delimiter != ",":  # a decimal comma is read where the comma does not part the columns
        columns = {name: [_point(cell) for cell in column] for name, column in columns.items()}
    return _name_cases(file, columns, header, id_column, used or set())


def _name_cases(
    file: Path, columns: dict[str, list[str]], header: list[str], id_column: str | None, used: set[str]
) -> tuple[dict[str, list[str]], list[str]]:
    if id_column is not None:
        if id_column not in columns:
            raise NotFoundError("column", id_column, columns, where=str(file))
        return {name: column for name, column in columns.items() if name != id_column}, columns[id_column]
    first = header[0]
    named = first.casefold() in {"", "case", "cases", "id", "name"} or any(not _is_number(v) for v in columns[first])
    if first not in used and named:
        return {name: column for name, column in columns.items() if name != first}, columns[first]
    return columns, [str(i + 1) for i in range(len(columns[first]))]


def _decode(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", errors="replace")


def _point(cell: str) -> str:
    return cell.replace(",", ".") if re.fullmatch(r"[+-]?\d*,\d+", cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return not cell
    return True


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InputError("no conditions were named", where="--conditions", mend="name them: A,B,C")
    return names


def _mentioned(expression: str) -> list[str]:
    """The sets of an expression; a text that is none (``firm size``) is taken for a name."""
    from crosscase.core.errors import ExpressionError
    from crosscase.engines.qca.expression import literals, parse

    try:
        parse(expression)
    except ExpressionError:
        if re.search(r"[*+()\[\]`]", expression) or not expression.strip():
            raise
        return [expression.strip().removeprefix("~").strip()]
    return list(dict.fromkeys(literal.name for literal in literals(parse(expression))))


def _floats(text: str | None, where: str) -> list[float]:
    values = []
    for part in re.split(r"[,;\s]+", (text or "").strip()):
        if not part:
            continue
        try:
            values.append(float(part))
        except ValueError:
            raise InputError(f"'{part}' is not a number", where=where, mend="give numbers: 400,550,900") from None
    return values


def _exclusions(texts: tuple[str, ...]) -> list[str | int]:
    """Expressions as they are; a list of whole numbers as row numbers."""
    result: list[str | int] = []
    for text in texts:
        if re.fullmatch(r"\s*\d+(\s*,\s*\d+)*\s*", text):
            result += [int(number) for number in text.split(",")]
        else:
            result.append(text)
    return result


def _settings(text: str) -> dict[str, Any]:
    """``incl-cut=0.75,n-cut=2`` as keyword arguments."""
    known: dict[str, Callable[[str], Any]] = {"incl-cut": float, "pri-cut": float, "n-cut": int}
    result = {}
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in known:
            raise NotFoundError("setting", name, known, where="--alternative")
        try:
            result[name.replace("-", "_")] = known[name](value)
        except ValueError:
            raise InputError(
                f"'{value}' is not a number", where=f"--alternative {text}", mend="give incl-cut=0.75"
            ) from None
    return result


def _print(form: str, content: dict[str, Any], text: Callable[[], str]) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) if form == "json" else text())


def _table_text(rows: list[dict[str, Any]], notices: Any) -> str:
    from crosscase.engines.qca.show import text_table

    lines = [text_table(rows)]
    if notices:
        lines += ["", *(f"! {notice}" for notice in notices)]
    return "\n".join(lines)
