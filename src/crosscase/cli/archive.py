"""``crosscase verify``: hold an archive against its own manifest."""

from __future__ import annotations

from pathlib import Path

import click

from crosscase.cli.common import format_option, print_json


@click.command()
@click.argument("archive", metavar="ARCHIVE", type=click.Path(path_type=Path))
@format_option("text", "json")
@click.pass_context
def verify(context: click.Context, archive: Path, form: str) -> None:
    """Check that an archive is whole: every hash, every description, and the study in it.

    The exit status is 1 when something differs; each difference is listed.
    """
    from crosscase.exchange.crate import verify_archive

    found = verify_archive(archive)
    if form == "json":
        print_json(found.to_dict())
    else:
        for difference in found.differences:
            click.echo(difference)
        rows = ", ".join(f"{count} {name}" for name, count in found.counts.items())
        verdict = "whole" if found.whole else f"not whole: {len(found.differences)} differences"
        click.echo(f"{found.file}: {verdict}; {found.files} files" + (f"; {rows}" if rows else ""))
    context.exit(0 if found.whole else 1)
