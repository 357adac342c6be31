"""``crosscase analyse``: run the saved analyses of a study, keep their results, write their tables, figures and R code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscase.cli.common import (
    format_option,
    opened,
    print_json,
    print_table,
    show_table,
    study_argument,
    tell,
    write_file,
)
from crosscase.core.errors import InputError

if TYPE_CHECKING:
    from crosscase.evidence.analyses import Said
    from crosscase.study.analyses import Analysed

#: Numbers that have a shorter name on the page.
_NAMES = {"std_all": "β", "pvalue": "p", "lower": "from", "upper": "to"}


@click.command()
@study_argument
@click.argument("id", required=False)
@click.option("--all", "everything", is_flag=True, help="Run every analysis whose result is missing or stale.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Write tables and figures into this folder."
)
@format_option("text", "json")
def analyse(where: str, id: str | None, everything: bool, out: Path | None, form: str) -> int:
    """Run the analysis ID of a study and keep its result; without ID, list the analyses and their states.

    Exit status 1 when, without ID or --all, a result is missing or stale.
    """
    with opened(where) as study:
        if id is None and not everything:
            found = study.analyses()
            if form == "json":
                print_json({"analyses": [one.to_dict() for one in found]})
            elif not found:
                tell("The study has no saved analyses (analyses.toml).")
            else:
                rows = [(one.id, one.kind, one.claim, one.state, one.title) for one in found]
                print_table(("analysis", "kind", "claim", "result", "title"), rows)
            return 1 if any(one.state != "current" for one in found) else 0
        wanted = [id] if id is not None else [one.id for one in study.analyses() if one.state != "current"]
        done = [study.analyse(one) for one in wanted]
    if form == "json":
        print_json(done[0].to_dict() if id is not None else {"analyses": [one.to_dict() for one in done]})
    for one in done:
        if form == "text":
            _show(one)
        if out is not None:
            for file in _write(one, out):
                tell(f"wrote {file}")
    return 0


def _show(done: Analysed) -> None:
    click.echo(f"{done.analysis.id}: {done.analysis.title or done.analysis.kind}\n")
    for table in done.tables:
        show_table(table)
        click.echo()
    for said in done.said:
        click.echo(f"Claim {done.analysis.claim}: {_words(said)}\n")
    for warning in done.warnings:
        click.echo(f"! {warning}")


def _words(said: Said) -> str:
    """What an analysis says about its claim, on all cases and on those that the claim was not built on."""
    parts = [said.about]
    for head, numbers in (("", said.numbers), ("without the cases it was built on: ", said.on_others)):
        if numbers:
            shown = (f"{_NAMES.get(name, name)} {_shown(name, value)}" for name, value in numbers.items())
            parts.append(head + ", ".join(shown))
    if said.deviant:
        marked = (case + ("*" if case in said.deviant_built_on else "") for case in said.deviant)
        parts.append(f"deviant in kind: {', '.join(marked)}")
    return "; ".join([*parts, *([said.problem] if said.problem else [])])


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name == "pvalue" and value < 0.001:
        return "< .001"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _write(done: Analysed, out: Path) -> list[Path]:
    """Every table in every format, every figure as SVG and PNG, code for R, under the analysis's name."""
    from crosscase.figures import to_png, to_svg
    from crosscase.reports import FORMATS

    folder = out / done.analysis.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the folder cannot be made: {error.strerror}", where=str(folder), mend="choose another place"
        ) from None
    written = []
    for table in done.tables:
        for name, render in FORMATS.items():
            written.append(folder / f"{table.id}.{name}")
            write_file(written[-1], render(table))
    for name, scene in done.figures.items():
        for suffix, content in (("svg", to_svg(scene).encode()), ("png", to_png(scene))):
            written.append(folder / f"{name}.{suffix}")
            write_file(written[-1], content)
    if "r_code" in done.result:
        written.append(folder / "repeat.R")
        write_file(written[-1], str(done.result["r_code"]).encode())
    return written
