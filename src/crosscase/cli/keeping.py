"""``crosscase backup``, ``restore`` and ``rescue``: nothing is lost."""

from __future__ import annotations

from pathlib import Path

import click

from crosscase.cli.common import format_option, print_json, study_argument, tell


@click.command()
@study_argument
@click.argument("out", type=click.Path(path_type=Path))
def backup(where: str, out: Path) -> None:
    """Copy a study file, or dump a server's database with all its studies, while it is in use, and check the copy."""
    from crosscase.study.keeping import backup_place

    backup_place(where, out)
    tell(f"A checked copy: {out}")


@click.command()
@click.argument("copy", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("where", metavar="STUDY")
def restore(copy: Path, where: str) -> None:
    """Make a study again from a backup: a new study file, or the content of an empty database by its URL."""
    from crosscase.study.keeping import restore_backup

    titles = restore_backup(copy, where)
    tell(f"Restored, and it opens: {', '.join(titles) or 'no studies'}")


@click.command()
@click.argument("damaged", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@format_option("text", "json")
@click.pass_context
def rescue(context: click.Context, damaged: Path, out: Path, form: str) -> None:
    """Save what a damaged study file still holds into a new one, and say what is missing.

    The exit status is 1 when something is missing.
    """
    from crosscase.study.keeping import rescue

    found = rescue(damaged, out)
    if form == "json":
        print_json(found.to_dict())
    else:
        tell(f"Read: {', '.join(f'{count} {name}' for name, count in found.rows.items()) or 'nothing'}")
        for name, count in found.lost.items():
            tell(f"  lost: {count} rows of {name}")
        for name in found.given_up:
            tell(f"  of {name} nobody can say how much is missing")
        for study, report in found.trail.items():
            tell(f"  audit trail of {study}: {'whole' if report.whole else report.why}")
        tell(f"Written: {out}" + ("; nothing is missing" if found.whole else "; compare it with your last backup"))
    context.exit(0 if found.whole else 1)
