"""``crosscase audit``: who changed what, whether the record is whole, and the record as a supplement of a paper."""

from __future__ import annotations

from pathlib import Path

import click

from crosscase.cli.common import format_option, opened, print_json, print_table, study_argument, tell
from crosscase.core.errors import InputError


@click.command()
@study_argument
@click.option("--who", default="", help="Only the changes of this person.")
@click.option("--action", default="", help="Only this kind: insert, update, delete, study, text, …")
@click.option("--table", default="", help="Only what is in this table: codings, memos, claims, …")
@click.option("--row", default="", help="Only the row with this id.")
@click.option("--since", default="", metavar="DAY", help="Only from this day on (UTC), as in 2026-11-22.")
@click.option("--until", default="", metavar="DAY", help="Only up to this day (UTC), included.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1), help="At most so many, the latest first."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the whole trail as a supplement to this new file.")
@click.option("--names", is_flag=True, help="In the supplement leave people, rows and words as they are.")
@format_option("text", "json", "csv")
@click.pass_context
def audit(
    context: click.Context, where: str, who: str, action: str, table: str, row: str, since: str, until: str, limit: int,
    out: Path | None, names: bool, form: str,
) -> None:  # fmt: skip
    """Show who changed what, and when, and verify that nothing was removed or altered.

    STUDY may also be a supplement that --out has written: it is verified by itself.

    The exit status is 1 when the chain of entries is broken.
    """
    from crosscase.study.supplement import read_supplement, verified
    from crosscase.study.trail import Filter

    wanted = Filter(who, action, table, row, since, until)
    given = None if "://" in where else read_supplement(Path(where).expanduser())
    if (out is not None and (wanted != Filter() or given is not None)) or (names and out is None):
        raise InputError("a supplement holds the whole trail of a study", where="--out", mend="leave the filters out")
    if given is not None:
        trail = verified(given).only(wanted, limit)
    else:
        with opened(where) as study:
            if out is not None:
                study.audit_supplement(out, names=names)
                tell(f"Written: {out}; crosscase audit {out} verifies it")
                return
            trail = study.audit(who=who, action=action, table=table, row=row, since=since, until=until, limit=limit)
    if form == "json":
        print_json(trail.to_dict())
    elif form == "csv":
        click.echo(trail.csv(), nl=False)
        tell(trail.verdict)
    else:
        print_table(trail.columns(), [[str(cell) for cell in row] for row in trail.rows()])
        click.echo(trail.verdict)
    context.exit(0 if trail.report.whole else 1)
