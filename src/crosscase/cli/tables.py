"""Commands that print what a study shows: measures, cross-case tables, quotations, search."""

from __future__ import annotations

from pathlib import Path

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


@click.command()
@study_argument
@click.option(
    "--measure", "names", multiple=True, metavar="NAME", help="Only this measure; may be given several times."
)
@click.option("--case", "cases", multiple=True, metavar="ID", help="Only this case; may be given several times.")
@click.option("--all-definitions", is_flag=True, help="Every definition of a measure, not only the one first named.")
@format_option("text", "json")
def measures(where: str, names: tuple[str, ...], cases: tuple[str, ...], all_definitions: bool, form: str) -> None:
    """Measure the internationalization of each case.

    Each value comes with its scheme, its inputs, what was missing, and warnings.
    """
    with opened(where) as study:
        values = study.measures(names, cases=cases, all_definitions=all_definitions)
    if form == "json":
        print_json({"measures": [value.to_dict() for value in values]})
        return
    rows = [
        (
            value.case,
            value.measure,
            value.definition,
            "no data"
            if value.value is None
            else (f"{value.value:.3g}" if isinstance(value.value, float) else str(value.value)),
            value.unit,
            f"{value.scheme} {value.scheme_version}".strip(),
            "; ".join((*(f"missing: {name}" for name in value.missing), *value.warnings)),
        )
        for value in values
    ]
    print_table(("case", "measure", "definition", "value", "unit", "scheme", "remarks"), rows, right=(3,))


@click.command()
@study_argument
@click.option(
    "--by",
    type=click.Choice(["code", "theme", "construct", "question", "source-kind", "together", "growth"]),
    default="code",
    show_default=True,
    help="What stands against the cases.",
)
@format_option("text", "csv", "json")
def matrix(where: str, by: str, form: str) -> None:
    """Cross-case tables: case by code, by theme, by construct, by guide question, by kind of source.

    And codes beside codes (together), and which interview brought how many new codes (growth).
    """
    with opened(where) as study:
        table = study.matrix(by)
    if form == "json":
        print_json(table.to_dict())
    elif form == "csv":
        from crosscase.reports import FORMATS

        click.echo(FORMATS["csv"](table).decode("utf-8-sig"), nl=False)
    else:
        show_table(table)


@click.command()
@study_argument
@click.argument("query", metavar="[QUERY]", default="")
@click.option("--sort", default="place", show_default=True, metavar="ORDER", help="Sort by words, code, case, role, …")
@click.option("--descending", is_flag=True, help="The last first.")
@click.option("--limit", type=click.IntRange(1), help="At most so many quotations.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write an xlsx or docx file.")
@format_option("text", "json", "csv", "xlsx", "docx")
@click.pass_context
def quotes(
    context: click.Context, where: str, query: str, sort: str, descending: bool, limit: int | None, out: Path | None,
    form: str,
) -> None:  # fmt: skip
    """Find quotations by code, case, speaker, mark, words and by what stands beside them.

    QUERY is such as 'code:chance and not case:F1', 'role:founder and founded >= 2003', 'code:chance overlaps code:fair' or
    'code:chance near/2 code:fair and text:"price list"'; all quotations without one. The exit status is 1 when nothing fits.
    """
    from crosscase.reports import FORMATS

    with opened(where) as study:
        found = study.quotations(query, sort=sort, descending=descending).first(limit)
    table = found.table()
    if form == "json":
        print_json(found.to_dict())
    elif form == "csv":
        click.echo(FORMATS["csv"](table).decode("utf-8-sig"), nl=False)
    elif form in ("xlsx", "docx"):
        if out is None:
            raise InputError(f"nothing says where the {form} file goes", mend="add --out FILE")
        write_file(out, FORMATS[form](table))
        tell(f"Written: {out}")
    else:
        show_table(table)
        tell(f"{len(found)} {'quotation' if len(found) == 1 else 'quotations'}")
    context.exit(0 if len(found) else 1)


@click.command()
@study_argument
@click.argument("claim", metavar="[ID]", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write an html or docx file.")
@format_option("text", "json", "html", "docx")
def claims(where: str, claim: str | None, out: Path | None, form: str) -> None:
    """Show for every claim which cases support it, contradict it, or are silent.

    With ID one claim, a row a case: what was said beside what the constructs show, counter-evidence first.
    """
    from crosscase.reports.formats import FORMATS
    from crosscase.reports.tables import claims_table
    from crosscase.reports.verdict import DOCUMENTS, verdict_tables

    with opened(where) as study:
        verdicts = study.claims() if claim is None else [study.ledger.verdict(claim)]
    if form == "json":
        print_json({"claims": [one.to_dict() for one in verdicts]} if claim is None else verdicts[0].to_dict())
    elif form in ("html", "docx"):
        if out is None:
            raise InputError(f"nothing says where the {form} file goes", mend="add --out FILE")
        written = FORMATS[form](claims_table(verdicts)) if claim is None else DOCUMENTS[form](verdicts[0])
        write_file(out, written)
        tell(f"Written: {out}")
    else:
        tables = [claims_table(verdicts)] if claim is None else verdict_tables(verdicts[0])
        for table in tables[:1]:
            show_table(table)
        for table in tables[1:]:  # long words: a line a row
            click.echo(f"\n{table.title}\n")
            for row in table.texts():
                pairs = zip(table.columns[1:], row[1:], strict=True)
                click.echo(f"  {row[0]}: " + "; ".join(f"{one.label} {text}" for one, text in pairs if text))
            for note in table.all_notes():
                click.echo(f"\n{note}")


@click.command()
@study_argument
@click.argument("query")
@click.option("--in", "kinds", multiple=True, type=click.Choice(["sources", "memos", "codes"]), help="Only in these.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="At most so many hits.")
@format_option("text", "json")
@click.pass_context
def search(context: click.Context, where: str, query: str, kinds: tuple[str, ...], limit: int, form: str) -> None:
    """Search sources, memos and the codebook.

    QUERY is words, "a phrase" in quotation marks, or the beginning of a word with a star behind it. The exit status is 1
    when nothing was found.
    """
    with opened(where) as study:
        hits = study.search(query, kinds=kinds, limit=limit)
    if form == "json":
        print_json({"hits": [hit.to_dict() for hit in hits]})
    else:
        for hit in hits:
            click.echo(
                f"{hit.kind} {hit.id} {hit.start}-{hit.end}: {hit.before}[{hit.text}]{hit.after}".replace("\n", " ")
            )
    context.exit(0 if hits else 1)
