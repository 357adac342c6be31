"""``crosscase merge``: a study file that was worked on elsewhere, back into the study."""

from __future__ import annotations

from pathlib import Path

import click

from crosscase.cli.common import format_option, opened, print_json, print_table, study_argument


@click.command()
@study_argument
@click.argument("other", metavar="OTHER", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would come in.")
@format_option("text", "json")
@click.pass_context
def merge(context: click.Context, where: str, other: Path, dry_run: bool, form: str) -> None:
    """Merge the study file OTHER into STUDY, a study file or a study in a database.

    Rows are known again by their id, else by their content. What was changed on both sides is listed with both states and
    stays as it is in STUDY; the exit status is 1 then.
    """
    with opened(where) as study:
        report = study.merge(other, keep=not dry_run)
    if form == "json":
        print_json(report.to_dict())
    else:
        rows = [[table, *(str(counts[kind]) for kind in report.KINDS)] for table, counts in report.counts.items()]
        print_table(("table", *report.KINDS), rows)
        for one in report.conflicts:
            click.echo(f"{one.table} {one.id}: {one.why}\n  here:        {one.mine}\n  in the file: {one.theirs}")
        click.echo(report.sentence + (" Nothing was changed." if dry_run else ""))
    context.exit(1 if report.conflicts else 0)
