"""The command that holds one firm against a study."""

from __future__ import annotations

from pathlib import Path

import click

from crosscase.cli.common import format_option, opened, print_json, study_argument, tell, write_file
from crosscase.core.errors import InputError


@click.command()
@study_argument
@click.option("--firm", required=True, type=click.Path(path_type=Path), help="A toml file that describes the firm.")
@click.option("--nearest", default=5, show_default=True, type=click.IntRange(1, 50), help="How many similar cases.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write an html or docx file.")
@format_option("text", "json", "html", "docx")
def brief(where: str, firm: Path, nearest: int, out: Path | None, form: str) -> None:
    """Hold one firm against the study: definitions it meets, similar cases, claims, what to ask next.

    FIRM.toml has [attributes], [[event]], [[tie]] and [[observation]] under the keys of the study folder. There is no
    score and no ranking. The html prints on two pages.
    """
    from crosscase.reports.brief import brief_docx, brief_html, brief_text

    with opened(where) as study:
        made = study.brief(firm, nearest=nearest)
    if form == "json":
        print_json(made.to_dict())
    elif form == "text":
        click.echo(brief_text(made))
    else:
        if out is None:
            raise InputError(f"nothing says where the {form} file goes", mend="add --out FILE")
        write_file(out, brief_html(made) if form == "html" else brief_docx(made))
        tell(f"Written: {out}")
