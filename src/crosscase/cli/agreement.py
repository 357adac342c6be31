"""``crosscase agreement``: where several coders read the same sources."""

from __future__ import annotations

import click

from crosscase.cli.common import format_option, opened, print_json, print_table, progress, shortened, study_argument


@click.command()
@study_argument
@click.option(
    "--unit",
    type=click.Choice(["turn", "sentence", "character"]),
    default="turn",
    show_default=True,
    help="On what they are compared: a unit has a code when a coding with it overlaps the unit.",
)
@click.option("--coder", "coders", multiple=True, metavar="ID", help="Only these coders; all who coded by default.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="ID",
    help="Only these sources; by default those that two coders coded.",
)
@click.option("--draws", default=0, show_default=True, type=click.IntRange(0), help="Bootstrap draws for intervals.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="The seed of the draws.")
@click.option("--disagreements", "listed", is_flag=True, help="List the units on which they disagree.")
@format_option("text", "json")
def agreement(
    where: str,
    unit: str,
    coders: tuple[str, ...],
    sources: tuple[str, ...],
    draws: int,
    seed: int,
    listed: bool,
    form: str,
) -> None:
    """Agreement of coders, for each code and overall.

    Agreement is contested for interpretive studies, where a second reading is meant to add and not to repeat. It is
    reported here and never required.
    """
    with opened(where) as study, progress("drawing", quiet=form == "json") as report:
        found, places = study.agreement(unit, coders=coders, sources=sources, draws=draws, seed=seed, progress=report)
    if form == "json":
        print_json({**found.to_dict(), **({"disagreements": places.to_dict()} if listed else {})})
        return
    for table in (found, places) if listed else (found,):
        rows = [[_cell(value) for value in row] for row in table.rows()]
        print_table(list(table.columns()), rows)
        click.echo()
    for caution in found.cautions:
        click.echo(caution.message)
    click.echo("Agreement describes two readings; no value of it is enough or too little by itself.")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else shortened(str(value))
