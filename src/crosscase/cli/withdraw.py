"""``crosscase withdraw`` and ``crosscase redact``: take words out of a study for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crosscase.cli.common import format_option, opened, print_json, study_argument, tell
from crosscase.core.errors import InputError

if TYPE_CHECKING:
    from crosscase.study.withdrawing import Removed

_reason = click.option("--reason", required=True, help="Why; it is kept, so write nothing that must not be read.")
_yes = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command()
@study_argument
@click.option("--participant", default="", help="Everything that this participant said.")
@click.option("--source", default="", help="The whole of this source.")
@_reason
@_yes
@format_option("text", "json")
def withdraw(where: str, participant: str, source: str, reason: str, yes: bool, form: str) -> None:
    """Take out what somebody said, for good, because consent was withdrawn.

    The words go from the texts, the search, copies in memos and codebook, and the audit trail; marks that something was
    there stay. This cannot be undone.
    """
    with opened(where) as study:
        _ask(yes, f"Take the words of {participant or source} out of {where} for good?")
        removed = study.withdraw(participant=participant, source=source, reason=reason)
    _report(removed, form)


@click.command()
@study_argument
@click.argument("source")
@click.option("--text", "words", default="", help="Every place where these words stand in the source.")
@click.option("--from", "start", type=click.IntRange(0), help="Or from this character on, counted from 0 ...")
@click.option("--to", "end", type=click.IntRange(0), help="... up to, and without, this one.")
@_reason
@_yes
@format_option("text", "json")
def redact(
    where: str, source: str, words: str, start: int | None, end: int | None, reason: str, yes: bool, form: str
) -> None:
    """Put blocks over passages of a source, for good; all other positions stay as they are."""
    from crosscase.study.withdrawing import find_passages

    with opened(where) as study:
        if words and (start is not None or end is not None):
            raise InputError("give the words, or a place, not both", where="--text")
        if words:
            spans = find_passages(study.snapshot.texts.get(source, ""), words)
            if not spans and source in study.sources:
                raise InputError("these words do not stand in the source", where=source, mend="check their spelling")
        elif start is not None and end is not None:
            spans = [(start, end)]
        else:
            raise InputError("nothing says what to redact", mend="add --text WORDS, or --from and --to")
        _ask(yes, f"Put blocks over {len(spans)} passages of {source} for good?")
        removed = study.redact(source, spans, reason=reason)
    _report(removed, form)


def _ask(yes: bool, question: str) -> None:
    if yes:
        return
    try:
        agreed = click.confirm(f"{question} This cannot be undone.", err=True)
    except click.Abort:
        raise InputError("nobody agreed, nothing was changed", mend="add --yes where nobody can be asked") from None
    if not agreed:
        raise InputError("nothing was changed")


def _report(removed: Removed, form: str) -> None:
    if form == "json":
        print_json(removed.to_dict())
        return
    tell(
        f"{len(removed.sources)} sources without their text now, {removed.passages} passages redacted, "
        f"{len(removed.quotations)} quotations without words, {removed.trail} entries of the audit trail emptied."
    )
    for table, id in removed.struck:
        tell(f"  repeated words struck out of {table} {id}")
    if removed.claims:
        tell(f"  claims that rested on them: {', '.join(removed.claims)}; look at them again")
    for copy in removed.copies:
        tell(f"  an earlier backup still holds the words: {copy}; delete it")
    tell("Copies, exports and backups elsewhere are not reached: delete them, and tell those who have one.")
