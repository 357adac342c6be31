"""``crosscase check`` and ``crosscase rule``."""

from __future__ import annotations

import click

from crosscase.cli.common import format_option, opened, study_argument, tell
from crosscase.core.errors import InputError


def _codes(_: click.Context, __: click.Parameter, value: str | None) -> list[str]:
    return [code.strip() for code in (value or "").split(",") if code.strip()]


@click.command()
@study_argument
@click.option("--select", metavar="R2,C5", callback=_codes, help="Only these rules or families.")
@click.option("--ignore", metavar="R2,C5", callback=_codes, help="All but these rules or families.")
@click.option("--accept", metavar="RULE:KIND:ID", help="Accept a finding: let it stand, with --reason.")
@click.option("--reason", metavar="TEXT", help="Why the finding is accepted.")
@format_option("text", "json", "sarif", "junit")
@click.pass_context
def check(
    context: click.Context,
    where: str,
    select: list[str],
    ignore: list[str],
    accept: str | None,
    reason: str | None,
    form: str,
) -> None:
    """Find what is broken before a reviewer does.

    The exit status is 1 when there is a finding that nobody has accepted.
    """
    from crosscase.checks import FORMATS

    with opened(where) as study:
        if accept is not None:
            rule, _, subject = accept.partition(":")
            kind, _, id = subject.partition(":")
            if not (rule and kind and id):
                raise InputError(f"'{accept}' does not name a finding", mend="write RULE:KIND:ID, as in R201:cases:BG1")
            study.accept(rule, kind, id, reason or "")
            tell(f"Accepted: {rule} on {kind} {id}.")
        findings = study.check(select=select, ignore=ignore)
    click.echo(FORMATS[form](findings))
    context.exit(1 if findings.open else 0)


@click.command()
@click.argument("code", required=False)
def rule(code: str | None) -> None:
    """Explain a rule of the checks; without CODE, list them."""
    from crosscase.checks import get_rule, rules

    if code is None:
        for one in rules().values():
            click.echo(f"{one.code}  {one.severity:<7}  {one.title}")
        return
    click.echo(get_rule(code).page)
