"""Commands on a study as a whole: demo, init, import, export, build."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscase.cli.common import (
    format_option,
    opened,
    print_json,
    print_table,
    progress,
    shortened,
    study_argument,
    tell,
)
from crosscase.core.errors import InputError

if TYPE_CHECKING:
    from crosscase.exchange.refi import UnclearPositions
    from crosscase.study.importing import Imported


def _known_example(context: click.Context, option: click.Parameter, name: str) -> str:
    """The name of a shipped study; the list of them is read when one is asked for."""
    from crosscase.exchange.examples import example_folder

    example_folder(name)
    return name


#: A remark on more files than this is made once for all of them.
SAID_SINGLY = 3
#: What becomes of codings that are not verified on their words.
_FATES = ("moved", "not_found", "without_words")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--example",
    metavar="NAME",
    callback=_known_example,
    default="born-globals",
    show_default=True,
    help="Which study to make; --list names them.",
)
@click.option("--list", "listing", is_flag=True, help="List the shipped studies and stop.")
@click.option("--serve", "serving", is_flag=True, help="Open the workspace on it at the end.")
@format_option("text", "json")
def demo(folder: Path | None, example: str, listing: bool, serving: bool, form: str) -> None:
    """Make a shipped example study in DIR, build it, and print what was found.  DIR is the example's name by default."""
    from crosscase.checks import FORMATS
    from crosscase.exchange.examples import copy_example, examples
    from crosscase.study import Study

    if listing:
        click.echo("\n".join(f"{one.name:20}{one.title}" for one in examples()))
        return
    folder = folder or Path(example)
    copy_example(example, folder)
    with Study.open(folder) as study, progress("building", quiet=form == "json") as report:
        built = study.build(folder / "out", readers="team", progress=report)
        findings = study.check()
    click.echo(FORMATS[form](findings))
    tell(f"\nThe study is in {folder}; read the report: {built.page}")
    if serving:
        from crosscase.web.server import serve

        serve(folder, tell=tell)


@click.command()
@study_argument
@click.option("--title", default="", help="The title of the study; its name when not given.")
def init(where: str, title: str) -> None:
    """Make a new, empty study: a file when STUDY ends in .crosscase, in a database when it is a URL, else a folder."""
    from crosscase.core import Study as Head
    from crosscase.study import Study

    with Study.create(where, Head(title=title or ("Study" if "://" in where else Path(where).stem))) as study:
        tell(f"A new study: {study.place.name}. Bring something in: crosscase import {study.place.name} FILE...")


@click.command("import")
@study_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--as",
    "table",
    metavar="TABLE",
    help="Read a table as cases, participants, events, ties, observations, surveys, quotations or a codebook.",
)
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="Which column is which field: a file made by --save-mapping."
)
@click.option(
    "--save-mapping", type=click.Path(path_type=Path), help="Write the columns as they were understood, and import."
)
@click.option("--sheet", help="The sheet of a workbook; the first when not given.")
@click.option("--kind", default="interview", show_default=True, help="What kind of source the texts are.")
@click.option("--case", default="", help="The case that the texts belong to.")
@click.option("--participant", default="", help="Who speaks in the texts.")
@click.option(
    "--interviewer",
    "interviewers",
    multiple=True,
    metavar="NAME",
    help="A speaker who asks; may be given several times.",
)
@click.option("--date", default="", help="The date of the texts: 2015, 2015-03 or 2015-03-12.")
@click.option("--language", default="", help="The language of the texts, as in en or zh.")
@click.option(
    "--positions",
    default="",
    metavar="WAY",
    help="How a project of another program counts positions: code-points or utf-16, then /one or /two for its line ends, "
    "/mark when the byte-order mark counts; found out when not given.",
)
@click.option(
    "--project",
    default="",
    metavar="NAME",
    help="Which project of a Taguette database that has several; or its number.",
)
@click.option(
    "--merge", is_flag=True, help="Bring a project of another program into a study that has content: what is new."
)
@format_option("text", "json")
def import_(
    where: str,
    files: tuple[Path, ...],
    table: str | None,
    mapping: Path | None,
    save_mapping: Path | None,
    sheet: str | None,
    kind: str,
    case: str,
    participant: str,
    interviewers: tuple[str, ...],
    date: str,
    language: str,
    positions: str,
    project: str,
    merge: bool,
    form: str,
) -> None:
    """Bring files into a study: each as a whole, or not at all.

    Sources: txt, md, docx, pdf, vtt, srt. Tables: csv, tsv, xlsx, ods, sav, dta. Projects of other programs: qdpx, qde, qdc
    (REFI-QDA), qda (QualCoder), sqlite3 (Taguette). Or a study folder or study file.
    """
    from crosscase.exchange.refi import UnclearPositions

    asks = form == "text" and sys.stdin.isatty() and sys.stderr.isatty()
    try:
        with opened(where) as study, progress("importing", quiet=asks or form == "json") as report:
            done = study.import_files(
                files,
                progress=report,
                table=table,
                mapping=mapping,
                save_mapping=save_mapping,
                sheet=sheet,
                interviewers=interviewers,
                source={"kind": kind, "case": case, "participant": participant, "date": date, "language": language},
                positions=positions,
                project=project,
                merge=merge,
                ask=_ask_positions if asks else None,
            )
    except UnclearPositions as unclear:
        if form == "json":
            print_json(unclear.to_dict())
        raise
    if form == "json":
        # The account of a single project stands at the top too, where scripts look for it.
        single = done[0].to_dict() if len(done) == 1 and "positions" in done[0].details else {}
        print_json({"imported": [one.to_dict() for one in done], **single, **single.get("counts", {})})
        return
    shared = Counter(warning for one in done for warning in one.warnings)
    for one in done:
        counts = ", ".join(f"{count} {name}" for name, count in one.counts.items() if count)
        tell(f"{one.what}: {counts or 'nothing new'}")
        for column, became in one.columns.items():
            tell(f"  column {column} -> {became}")
        if "positions" in one.details:
            _tell_project(one)
        for warning in one.warnings:
            if shared[warning] <= SAID_SINGLY:
                tell(f"  {warning}")
    for warning, count in shared.items():
        if count > SAID_SINGLY:
            tell(f"{count} files: {warning}")


def _ask_positions(unclear: UnclearPositions) -> str:
    """Show what the likeliest ways make of some selections and let the person choose; another name can be typed."""
    for source in unclear.sources:
        tell(
            f"It is not clear how the positions of {source['selections']} selections in {source['source']} are counted."
        )
        for number, way in enumerate(source["alternatives"], 1):
            shown = "; ".join("(nowhere)" if one is None else f"“{shortened(one, 40)}”" for one in way["words"])
            tell(f"  {number}  {way['convention']} ({way['score']:.0%}): {shown}")
    ways = [way["convention"] for way in unclear.sources[0]["alternatives"]]
    given: str = click.prompt("Which way gives the right words (its number or its name; Ctrl-C to stop)", err=True)
    return ways[int(given) - 1] if given.isdecimal() and 0 < int(given) <= len(ways) else given


def _tell_project(one: Imported) -> None:
    """What became of everything in a project of another program."""
    for place in one.details["positions"]:
        way = place["convention"]["name"]
        tell(f"  {place['source']}: {place['selections']} selections, positions read as {way} ({place['score']:.0%})")
    codings = one.details["words"]
    others = "".join(f"; {count} {fate.replace('_', ' ')}" for fate in _FATES if (count := codings.get(fate)))
    tell(f"  {codings['verified']} of {codings['read']} codings verified on their words{others}")
    for source, turns in one.details.get("turns", {}).items():
        tell(f"  {source}: {turns}")
    for outcome, counts in one.details.get("merge", {}).items():
        if isinstance(counts, dict) and counts:
            tell(f"  {outcome.replace('_', ' ')}: {', '.join(f'{count} {kind}' for kind, count in counts.items())}")
    for other in one.details.get("merge", {}).get("conflicting", ()):
        tell(
            f"  {other['table']} {other['id']}, {other['field']}: kept “{shortened(other['study'])}”, "
            f"not “{shortened(other['export'])}”"
        )
    rows = [[kind, str(count), "read"] for kind, count in one.counts.items()]
    fates = {
        "kept": "kept in the study",
        "kept_aside": "kept aside, goes out again on export",
        "merged": "stood there twice or became something else",
        "dropped": "dropped",
    }
    for name, fate in fates.items():
        rows += [[kind, str(count), fate] for kind, count in one.details[name].items()]
    print_table(["what", "how many", "became"], rows)


@click.command()
@study_argument
@click.option(
    "--to",
    "form",
    type=click.Choice(["folder", "crosscase", "qdpx", "qdc", "archive"]),
    required=True,
    help="A study folder, a study file, a REFI-QDA project, its codebook, or an archive to deposit.",
)
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--for",
    "readers",
    type=click.Choice(["sharing", "team"]),
    default="sharing",
    show_default=True,
    help="Which report an archive holds: the one that may leave the team, or the one with everything.",
)
@click.option(
    "--key", type=click.Path(path_type=Path), help="The key file with the names that the report must not hold."
)
def export(where: str, form: str, out: Path, readers: str, key: Path | None) -> None:
    """Write a study out in an open format.

    Everything goes along, texts included: keep it where you keep the study. Only an archive leaves out the words of those
    who did not agree to archiving, and its report is the one that may leave the team.
    """
    if form != "archive" and (readers == "team" or key is not None):
        raise InputError("--for and --key are of the report in an archive", mend="leave them out, or add --to archive")
    if readers == "team" and key is not None:
        raise InputError("--key is of a report that leaves the team", mend="leave it out, or drop --for team")
    from crosscase.cli.sealing import passphrase

    with opened(where) as study:
        study.export(
            form,
            out,
            readers="team" if readers == "team" else "sharing",
            key=key,
            passphrase=lambda: passphrase(None),
            report=tell,
        )
    tell(f"Written: {out}")


@click.command()
@study_argument
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder to write into.")
@click.option(
    "--for",
    "readers",
    type=click.Choice(["sharing", "team"]),
    default="sharing",
    show_default=True,
    help="For sharing pseudonyms only, words that may be printed, and profiles that several firms share; for the team "
    "everything.",
)
@click.option("--key", type=click.Path(path_type=Path), help="The key file with the names that must not leave.")
@click.option(
    "--k", "smallest", type=click.IntRange(2), help="How many firms share a profile at least; 3 when not said."
)
@format_option("text", "json")
def build(where: str, out: Path, readers: str, key: Path | None, smallest: int | None, form: str) -> None:
    """Write every table, every figure and the report.

    What is built may leave the team: names, addresses and words that nobody agreed to see printed are left out, and what was
    lost is listed. With --for team everything is in it; give that to nobody else.
    """
    if readers == "team" and (key is not None or smallest is not None):
        raise InputError(
            "--key and --k are of a report that leaves the team", mend="leave them out, or drop --for team"
        )
    from crosscase.cli.sealing import passphrase

    with opened(where) as study, progress("building", quiet=form == "json") as report:
        built = study.build(
            out,
            readers="team" if readers == "team" else "sharing",
            key=key,
            passphrase=lambda: passphrase(None),
            k=smallest,
            progress=report,
        )
    if form == "json":
        print_json(built.to_dict())
    else:
        tell(f"{len(built.files)} files for {readers}; read the report: {built.page}")
