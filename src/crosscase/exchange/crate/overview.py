"""The data overview of an archive, in the manner of Annotation for Transparent Inquiry (Kapiszewski & Karcher 2021).

It says how the data were generated, how they were analysed and by which logic claims are annotated with evidence.  The
study fills in what it knows; what only the authors know is left blank and marked with :data:`BLANK`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crosscase.core import Snapshot
from crosscase.exchange.crate.description import Description, Heading
from crosscase.exchange.crate.withholding import Withheld

__all__ = ["BLANK", "data_overview"]

BLANK = "**[to be written by the authors]**"


def data_overview(snapshot: Snapshot, description: Description, withheld: Withheld) -> str:
    """The overview as Markdown."""
    return "\n".join(_lines(snapshot, description, withheld)) + "\n"


def _lines(snapshot: Snapshot, description: Description, withheld: Withheld) -> Iterator[str]:
    study = snapshot.study
    yield f"# Data overview: {description.title or BLANK}"
    yield f"\nMade from the study; places marked {BLANK} hold what the study does not know."
    yield f"\n**Research question.** {study.question or BLANK}"
    yield f"\n**Citation.** {study.citation or BLANK}"
    if study.synthetic:
        yield "\n**This study is invented**: no person or firm in it exists."
    yield "\n## How the data were generated\n"
    yield from _items(description, "Unit of analysis", "Universe", "Sampling procedure", "Mode of data collection",
                      "Kinds of data", "Dates of collection", "Time period covered", "Geographic coverage")  # fmt: skip
    yield f"\nWhy these cases, and what was sought and not obtained: {BLANK}"
    yield "\n## How the data were analysed\n"
    yield from _items(description, "Stance")
    levels = Counter(level or "no level" for level in snapshot.codes.column("level"))
    yield f"- **Codebook**: {_counts(levels) or BLANK}"
    yield f"- **Codings**: {len(snapshot.codings)} on {len(snapshot.quotations)} quotations, by {_coders(snapshot)}"
    yield f"- **Constructs**: {', '.join(snapshot.constructs.column('id')) or BLANK}"
    kinds = Counter(kind or "no kind" for kind in snapshot.analyses.column("kind"))
    yield f"- **Analyses on record**: {_counts(kinds) or BLANK}"
    yield "\n## The logic of annotation\n"
    yield from _claims(snapshot)
    yield f"\nHow passages were chosen for quotation, and what was not quoted: {BLANK}"
    yield "\n## Access\n"
    yield from _items(description, "Access conditions", "Consent")
    if withheld.reasons:
        yield "- **Withheld**: these sources are listed without their words"
        yield from (f"  - {id}: {reason}" for id, reason in withheld.reasons.items())
    if withheld.silent:
        yield f"- **Nothing on record about archiving**: {len(withheld.silent)} sources that are included"


def _items(description: Description, *names: str) -> Iterator[str]:
    of_name: dict[str, Heading] = {one.name: one for one in description.headings}
    for name in names:
        yield f"- **{name}**: {of_name[name].text or BLANK}"


def _coders(snapshot: Snapshot) -> str:
    coders = len({coder for coder in snapshot.codings.column("coder") if coder})
    return f"{coders} coder{'' if coders == 1 else 's'}" if coders else BLANK


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(counter.items()))


def _claims(snapshot: Snapshot) -> Iterator[str]:
    if not len(snapshot.claims):
        yield f"No claims are on record. {BLANK}"
        return
    yield "Each claim is held against its evidence: a coding, or a locator where words may not be shown.\n"
    stances = Counter(zip(snapshot.stances.column("claim"), snapshot.stances.column("stance"), strict=True))
    for claim in snapshot.claims:
        given = [
            f"{count} {stance or 'without a stance'}"
            for (id, stance), count in sorted(stances.items())
            if id == claim.id
        ]
        yield f"- **{claim.id}** {claim.text or BLANK} — evidence: {', '.join(given) or 'none attached'}"
