"""The command line: thin commands over the use cases of study.

This module imports click and nothing heavier; a command's own module is imported when the command is called.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from crosscase import __version__
from crosscase.core.errors import Cancelled, CrosscaseError, ExpressionError

#: Each command: the module and attribute where it is, and the line that ``crosscase --help`` shows.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("study:demo", "Make the shipped example study, build it, print what was found."),
    "init": ("study:init", "Make a new, empty study."),
    "import": ("study:import_", "Bring files into a study: sources, tables, projects of other programs."),
    "export": ("study:export", "Write a study out in an open format."),
    "merge": ("merge:merge", "Merge a study file that was worked on elsewhere back into a study."),
    "verify": ("archive:verify", "Check that an archive is whole."),
    "check": ("check:check", "Find what is broken before a reviewer does."),
    "rule": ("check:rule", "Explain a rule of the checks."),
    "build": ("study:build", "Write every table, every figure and the report."),
    "measures": ("tables:measures", "Measure the internationalization of each case."),
    "matrix": ("tables:matrix", "Cross-case tables: case by code, by construct, by question, by kind of source."),
    "quotes": ("tables:quotes", "Find quotations by code, case, speaker, mark, words and by what stands beside them."),
    "claims": ("tables:claims", "Show for every claim which cases support it, contradict it, or are silent."),
    "brief": ("brief:brief", "Hold one firm against the study: definitions, similar cases, claims, what to ask."),
    "analyse": ("analyse:analyse", "Run the saved analyses: set relations, structural models, regressions."),
    "agreement": ("agreement:agreement", "Agreement of coders, for each code and overall."),
    "qca": ("qca:qca", "Set-theoretic analysis: calibrate, truth table, necessity, minimize, robustness."),
    "sem": ("sem:sem", "Structural equation models: fit, invariance, validity, mediation."),
    "search": ("tables:search", "Search sources, memos and the codebook."),
    "serve": ("serve:serve", "Open the workspace in the browser, for yourself or for a team."),
    "worker": ("work:worker", "Do the long work that waits: imports, builds, analyses."),
    "jobs": ("work:jobs", "List the long work of a study, add to it, stop some."),
    "withdraw": ("withdraw:withdraw", "Take out what somebody said, for good, because consent was withdrawn."),
    "redact": ("withdraw:redact", "Put blocks over passages of a source, for good, with a reason."),
    "seal": ("sealing:seal", "Encrypt a key file, an archive or a study file under a passphrase."),
    "unseal": ("sealing:unseal", "Decrypt a sealed file."),
    "audit": ("trail:audit", "Show and verify who changed what, and when."),
    "backup": ("keeping:backup", "Copy a study file, or dump a server's database, safely while it is in use."),
    "restore": ("keeping:restore", "Make a study again from a backup."),
    "rescue": ("keeping:rescue", "Save what a damaged study file still holds, and say what is missing."),
}


class Commands(click.Group):
    """The commands, each imported when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(importlib.import_module(f"crosscase.cli.{module}"), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from crosscase.core.errors import NotFoundError

            raise NotFoundError("command", args[0], COMMANDS)
        return super().resolve_command(context, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", prog_name="crosscase")
def crosscase() -> None:
    """The evidence ledger and test suite for multiple-case research.

    STUDY is a study file (its name ends in .crosscase), a study folder, or a database URL.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status: 0 fine, 1 findings or a negative answer, 2 it could not be carried out."""
    try:
        status = crosscase.main(args=arguments, prog_name="crosscase", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except click.ClickException as error:
        error.show(sys.stderr)
        return 2
    except (Cancelled, KeyboardInterrupt, click.Abort) as error:
        click.echo(str(error) or "Stopped; what was not finished was not kept.", err=True)
        return 2
    except CrosscaseError as error:
        _show(error)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has stopped; there is nobody left to tell
        return 0


def _show(error: CrosscaseError) -> None:
    lines = error.what.splitlines()
    click.echo("Error: " + "\n       ".join(lines), err=True)
    if isinstance(error, ExpressionError):
        click.echo(error.caret(), err=True)
    if error.where:
        click.echo(f"Where: {error.where}", err=True)
    if error.mend:
        click.echo(f"Mend:  {error.mend}", err=True)
