"""The report as a Word document in the order of a methods and findings section, with an appendix.

It holds the tables and figures of the report page, numbered in their order; what has no place in the outline stands at the
end of the appendix, so that nothing is left out.  The sentences are drafts from the records; a person writes the paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from crosscase.figures.png import to_png
from crosscase.figures.words import counted
from crosscase.reports.contents import ReportContents
from crosscase.reports.drawings import Figure
from crosscase.reports.formats.docx import Manuscript
from crosscase.reports.sections import Folded, Section
from crosscase.reports.table import ReportTable
from crosscase.reports.tables import verdict_table

Block = ReportTable | Figure


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading of the outline: its words, and patterns of the ids of its tables and figures."""

    title: str
    words: Callable[[ReportContents], Sequence[str]]
    ids: tuple[str, ...]


def _nothing(contents: ReportContents) -> Sequence[str]:
    return ()


def manuscript_docx(contents: ReportContents, parts: Sequence[Section], findings: ReportTable) -> bytes:
    """The bytes of the document; ``parts`` are those of the report page, ``findings`` the table of all findings."""
    study = contents.snapshot.study
    waiting = [*_blocks(parts), findings]
    if contents.ledger is not None:  # for print: the cases of which nothing is known in one row
        verdicts = [contents.ledger.verdict(id) for id in contents.snapshot.claims.column("id")]
        condensed = {table.id: table for one in verdicts for table in [verdict_table(one, condensed=True)]}
        waiting = [condensed.get(one.id, one) for one in waiting]
    document = Manuscript(study.title or "Study without a title")
    if study.question:
        document.paragraph(study.question)
    if study.synthetic:
        document.paragraph("Synthetic data: the cases of this study were invented.")
    for title, outline in _outline(contents):
        document.heading(title, 1)
        for part in outline:
            _put(document, contents, part, waiting)
    _put(document, contents, _Part("Further tables and figures", _nothing, ("*",)), waiting)
    if study.citation:
        document.heading("Citation", 2)
        document.paragraph(study.citation)
    return document.saved()


def _put(document: Manuscript, contents: ReportContents, part: _Part, waiting: list[Block]) -> None:
    """A part with the tables and figures that are its own; nothing for a part that has neither words nor any of them."""
    blocks = []
    for pattern in part.ids:
        blocks += [one for one in waiting if fnmatchcase(one.id, pattern)]
        waiting[:] = [one for one in waiting if not fnmatchcase(one.id, pattern)]
    shown = [one for one in blocks if (not one.scene.empty if isinstance(one, Figure) else one.rows)]
    words = part.words(contents)
    if not shown and not words:
        return
    document.heading(part.title, 2)
    for paragraph in words:
        document.paragraph(paragraph)
    for one in shown:
        if isinstance(one, Figure):
            document.figure(one.title, to_png(one.scene), [one.caption] if one.caption else [])
        else:
            document.table(one)


def _blocks(parts: Sequence[Section]) -> Iterable[Block]:
    for part in parts:
        for block in part.blocks:
            yield block.table if isinstance(block, Folded) else block


def _outline(contents: ReportContents) -> list[tuple[str, list[_Part]]]:
    methods = [
        _Part("Design and sample", _design, ("company-profile", "personal-profile")),
        _Part("Sources", _sources, ("triangulation", "questions")),
        _Part("Coding", _coding, ("data-structure*", "codebook")),
        _Part("Measures", _measured, ("measure-summary", "classification-summary")),
        _Part("Constructs", _constructs, ("case-by-construct",)),
    ]
    found = [
        _Part("Entering markets", _nothing, ("timeline*", "map", "temporal-brackets")),
        _Part("What was found in the cases", _nothing, ("meta-matrix", "quotations-power")),
        _Part("The claims and the cases", _nothing, ("claims", "replication")),
        *_claims(contents),
        _Part(
            "Across studies",
            _nothing,
            ("evidence-map*", "lineage", "construct-mapping", "claim-relations", "published-*"),
        ),
    ]
    appendix = [
        _Part("Quotations", _nothing, ("quotations-*",)),
        _Part("Evidence of the constructs", _nothing, ("construct-*",)),
        _Part("Events", _nothing, ("entries", "time-ordered")),
        _Part("Values of the measures", _nothing, ("distributions*", "measure-*", "not-measured")),
        _Part("Printed and recomputed figures", _nothing, ("reproduction*",)),
        _Part("Reporting checklists", _nothing, ("coreq", "srqr")),
        _Part("What the checks could not confirm", _checked, ("findings",)),
        _Part("Confidentiality", _nothing, ("confidentiality",)),
    ]
    return [("Methods", methods), ("Findings", found), ("Appendix", appendix)]


def _claims(contents: ReportContents) -> Iterable[_Part]:
    """A part for each claim: its verdict, its other forms, how it fares, its predictors beside the outcome."""
    for claim in contents.snapshot.claims:
        ids = tuple(f"{kind}-{_literal(claim.id)}" for kind in ("claim", "forms", "fares", "confidence", "predictors"))
        scope = ", ".join(text for key in ("who", "where", "when") if (text := claim.scope.get(key, "")))
        words = [claim.text, f"Scope: {scope}." if scope else "", str(claim.extra.get("rival", ""))]
        kept = [text for text in words if text]
        yield _Part(claim.id, lambda _, kept=kept: kept, ids)  # type: ignore[misc]


def _literal(id: str) -> str:
    """An id in a pattern, where a bracket is a bracket."""
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in id)


# -- drafts of sentences -----------------------------------------------------------------------------------------------


def _design(contents: ReportContents) -> Sequence[str]:
    snapshot = contents.snapshot
    stance = f"a multiple-case study ({snapshot.study.stance})" if snapshot.study.stance else "a multiple-case study"
    people = counted(len(snapshot.participants), "participant")
    words = (
        [f"This is {stance} of {counted(len(snapshot.cases), 'case')}, with {people} on record."]
        if len(snapshot.cases)
        else []
    )
    if snapshot.study.sampling:
        rules = "; ".join((one.text or one.rule).rstrip(".") for one in snapshot.study.sampling)
        words.append(f"Cases were admitted by these rules: {rules}.")
    return words


def _sources(contents: ReportContents) -> Sequence[str]:
    snapshot = contents.snapshot
    words = []
    if len(snapshot.sources):
        kinds = Counter(kind or "of no kind on record" for kind in snapshot.sources.column("kind"))
        listed = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        years = sorted({one.year for one in snapshot.sources.column("date") if one is not None})
        when = f", dated {years[0]}" + (f" to {years[-1]}" if years[-1] != years[0] else "") if years else ""
        languages = sorted({one for one in snapshot.sources.column("language") if one})
        spoken = f", in {', '.join(languages)}" if languages else ""
        words.append(f"The sources are {listed}{when}{spoken}.")
    if snapshot.study.guide:
        sections = dict.fromkeys(one.section for one in snapshot.study.guide if one.section)
        about = f" on {', '.join(sections)}" if sections else ""
        words.append(f"The interview guide has {counted(len(snapshot.study.guide), 'question')}{about}.")
    return words


def _coding(contents: ReportContents) -> Sequence[str]:
    snapshot = contents.snapshot
    if not len(snapshot.codes):
        return ()
    levels = Counter(level for level in snapshot.codes.column("level") if level)
    listed = ", ".join(
        counted(number, f"{level} code" if level == "free" else level) for level, number in levels.items()
    )
    coders = {one for one in snapshot.codings.column("coder") if one}
    by = f" by {counted(len(coders), 'coder')}" if coders else ""
    origins = Counter(one for one in snapshot.codes.column("origin") if one)
    emergent = (
        f" Of the codes {', '.join(f'{number} are {one}' for one, number in origins.items())}." if origins else ""
    )
    return [f"The codebook has {listed}; {counted(len(snapshot.codings), 'coding')} were made{by}.{emergent}"]


def _measured(contents: ReportContents) -> Sequence[str]:
    if not any(value.value is not None for value in contents.measures):
        return ()
    regions = f" Regions are those of {contents.region_scheme}." if contents.region_scheme else ""
    return [f"Every measure is given with its definition; what could not be measured stands in the appendix.{regions}"]


def _constructs(contents: ReportContents) -> Sequence[str]:
    if not len(contents.snapshot.constructs):
        return ()
    return [
        "A construct is present, absent or no data in a case. It is absent only on evidence of absence; silence is no data."
    ]


def _checked(contents: ReportContents) -> Sequence[str]:
    still = [one for one in contents.findings if not one.accepted]
    if not still:
        return ()
    kinds = Counter(one.severity for one in still)
    listed = ", ".join(counted(kinds[one], one) for one in ("error", "warning", "note") if kinds[one])
    return [f"The checks report {listed}; {len(contents.findings) - len(still)} more were accepted with a reason."]
