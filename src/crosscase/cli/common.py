"""What the commands share: the STUDY argument, formats, progress, and how things are printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosscase.core.errors import InputError

if TYPE_CHECKING:
    from crosscase.reports import ReportTable
    from crosscase.study import Study

study_argument = click.argument("where", metavar="STUDY")


def format_option(*formats: str) -> Callable[..., Any]:
    """``--format``; the first is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print the result.",
    )


@contextmanager
def opened(where: str) -> Iterator[Study]:
    """The study, closed at the end."""
    from crosscase.study import Study

    with Study.open(where) as study:
        yield study


def print_json(document: Any) -> None:
    """One JSON document on standard output and nothing else."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def tell(message: str) -> None:
    """A message to the person, on standard error."""
    click.echo(message, err=True)


@contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error; none when that is no terminal, or when ``quiet``."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A plain table that fits what it holds; the columns in ``right`` are set flush right."""
    widths = [max(len(str(row[column])) for row in (heads, *rows)) for column in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        cells = [
            str(cell).rjust(width) if column in right else str(cell).ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    click.echo(line(heads))
    click.echo("  ".join("-" * width for width in widths))
    for row in rows:
        click.echo(line(row))


def show_table(table: ReportTable) -> None:
    """A table of a report as plain text, with its notes."""
    click.echo(f"{table.title}\n")
    if not table.rows:
        click.echo(table.missing)
    numbers = [place for place, column in enumerate(table.columns) if column.align == "right"]
    rows = [[shortened(text) for text in row] for row in table.texts()]
    if rows:
        print_table([shortened(column.label) for column in table.columns], rows, right=numbers)
    for note in table.all_notes():
        click.echo(f"\n{note}")


def shortened(text: str, width: int = 60) -> str:
    """A text of at most so many characters on one line."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def write_file(path: Path, content: bytes) -> None:
    """Write a file; InputError when it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"the file cannot be written: {error.strerror}", where=str(path), mend="choose another place"
        ) from None
