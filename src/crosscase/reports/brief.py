"""A brief on paper: its parts as words and short tables, and those as plain text, HTML on two pages, or DOCX.

What does not fit is counted, never dropped in silence; the JSON of the brief has all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscase.engines.measures import MeasureValue
from crosscase.evidence.briefs import Brief, BriefClaim, GrowthPath
from crosscase.reports.formats.docx import sections_docx
from crosscase.reports.formats.html import environment, style, table_html
from crosscase.reports.names import country_name, measure_name, value_text
from crosscase.reports.table import Cell, Column, Format, ReportTable

MOST_CLAIMS = 6
MOST_PATHS = 4
MOST_CODES = 4
MOST_QUESTIONS = 8
#: Differences that add less than this to a distance are not spelt out.
SMALL = 0.005


@dataclass(frozen=True, slots=True)
class BriefPart:
    """A part of the brief: its title, a warning, its words, then its tables."""

    title: str
    words: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    warning: str = ""


def brief_parts(brief: Brief) -> tuple[BriefPart, ...]:
    """The five parts in the order in which an adviser needs them."""
    return (_firm(brief), _near(brief), _claims(brief), _paths(brief), _questions(brief))


def brief_html(brief: Brief) -> bytes:
    """A page of its own that prints on two sheets."""
    parts = [{"part": part, "tables": [table_html(table) for table in part.tables]} for part in brief_parts(brief)]
    page = (
        environment().get_template("brief.html").render(brief=brief, parts=parts, style=style(), lead=brief_lead(brief))
    )
    return page.encode("utf-8", "replace")


def brief_docx(brief: Brief) -> bytes:
    """The same as a Word document."""
    parts = [
        (part.title, [text for text in (part.warning, *part.words) if text], part.tables) for part in brief_parts(brief)
    ]
    return sections_docx(f"Brief: {brief.firm.id}", brief_lead(brief), parts)


def brief_text(brief: Brief) -> str:
    """Plain text: the tables as one line a row."""
    lines = [f"Brief: {brief.firm.id}", brief_lead(brief)]
    for part in brief_parts(brief):
        lines += ["", part.title, "-" * len(part.title)]
        lines += [f"! {part.warning}"] if part.warning else []
        lines += part.words
        for table in part.tables:
            lines += ["", table.title] if table.rows else [f"{table.title}: {table.missing}"]
            for row in table.texts():
                filled = zip(table.columns[1:], row[1:], strict=True)
                rest = "; ".join(f"{column.label}: {text}" for column, text in filled if text)
                lines.append(f"  {row[0]}  {rest}")
            lines += [f"  {note}" for note in table.all_notes()]
    return "\n".join(lines)


def brief_lead(brief: Brief) -> str:
    """What is known of the firm and what it is held against, in one line."""
    known = ", ".join(f"{name} {value}" for name, value in brief.firm.case.attributes.items())
    records = [
        f"{len(rows)} {name}" + ("" if len(rows) == 1 else "s")
        for name, rows in (
            ("event", brief.firm.events), ("tie", brief.firm.ties), ("figure", brief.firm.observations),
        )
        if rows
    ]  # fmt: skip
    return f"{'; '.join(filter(None, (known, ', '.join(records))))}. Held against: {brief.study or 'the study'}."


# -- the firm ----------------------------------------------------------------------------------------------------------


def _firm(brief: Brief) -> BriefPart:
    words = []
    if brief.admissions:
        words.append("Rules of the study's sample: " + "; ".join(_admission(one) for one in brief.admissions) + ".")
    words += _definitions(brief.definitions)
    measured = [
        f"{measure_name(one.measure).lower()} {value_text(one.value)} ({_whose(one)})"
        for one in brief.measures
        if one.value is not None
    ]
    words += [f"Measured: {'; '.join(measured)}."] if measured else ["Nothing could be measured from what is given."]
    return BriefPart("The firm under published definitions", tuple(words))


def _admission(one: object) -> str:
    holds = getattr(one, "holds", None)
    missing = ", ".join(getattr(one, "missing", ()))
    answer = {True: "met", False: "not met"}.get(holds) or f"cannot be told{f', lacking {missing}' if missing else ''}"  # type: ignore[arg-type]
    return f"{getattr(one, 'id', '')}: {answer}"


def _definitions(values: Sequence[MeasureValue]) -> Iterable[str]:
    """Which definitions give which answer, a line an answer."""
    answers: dict[str, list[MeasureValue]] = {}
    for one in values:
        answers.setdefault("" if one.value is None else str(one.value), []).append(one)
    for answer in sorted(answers, key=lambda text: (text == "", text != "yes", text)):
        named: dict[str, list[str]] = {}
        for one in answers[answer]:
            named.setdefault(measure_name(one.measure), []).append(one.definition)
        listed = "; ".join(f"{measure} ({', '.join(ids)})" for measure, ids in named.items())
        if answer:
            label = {"yes": "Meets", "no": "Does not meet"}.get(answer, f"Is {answer} under")
            yield f"{label}: {listed}."
        else:
            lacking = dict.fromkeys(name for one in answers[answer] for name in one.missing)
            yield f"Cannot be told: {listed}; lacking {', '.join(lacking) or 'data'}."


def _whose(one: MeasureValue) -> str:
    return ", ".join(part for part in (one.definition, one.scheme) if part) or one.unit


# -- near cases --------------------------------------------------------------------------------------------------------


def _near(brief: Brief) -> BriefPart:
    nearness = brief.nearness
    words = []
    if nearness.nearest is not None and nearness.median is not None:
        words.append(
            f"The nearest case is {nearness.nearest:.2f} away (0 alike, 1 unlike in everything compared). Inside the "
            f"study, {nearness.as_far} of {nearness.inside} cases are as far from their own nearest or further; the "
            f"median is {nearness.median:.2f}."
        )
    words.append(
        f"Compared, with equal weight (Gower 1971): {', '.join(one.name for one in brief.attributes)}."
        if brief.attributes
        else "Nothing could be compared."
    )
    if brief.not_compared:
        reasons: dict[str, list[str]] = {}
        for name, reason in brief.not_compared.items():
            reasons.setdefault(reason, []).append(name)
        words.append("Left out: " + "; ".join(f"{', '.join(names)} ({why})" for why, names in reasons.items()) + ".")
    if brief.beyond:
        words.append(f"Beyond every case of the study: {', '.join(brief.beyond)}.")
    if brief.left:
        left = (f"{case}: {', '.join(country_name(one) for one in places)}" for case, places in brief.left.items())
        words.append(f"Markets that near cases left: {'; '.join(left)}.")
    columns = (
        Column("Case", heading=True),
        Column("Distance", "right", Format(2)),
        Column("What sets it apart (its part of the distance)"),
        Column("Not known of the case"),
    )
    rows = tuple(
        (Cell(one.case), Cell(one.value), Cell(_apart(one.parts)), Cell(", ".join(one.left_out))) for one in brief.near
    )
    table = ReportTable("near", "The most similar cases", columns, rows, missing="No case can be compared.")
    return BriefPart("Which cases are like it", tuple(words), (table,), nearness.warning)


def _apart(parts: Mapping[str, float]) -> str:
    named = sorted(((value, name) for name, value in parts.items() if value >= SMALL), reverse=True)
    return ", ".join(f"{name} {value:.2f}" for value, name in named) or "nothing that was compared"


# -- claims ------------------------------------------------------------------------------------------------------------


def _claims(brief: Brief) -> BriefPart:
    speaking = [one for one in brief.claims if one.scope.inclusion != "excludes"]
    words = []
    excluded = [f"{one.claim.id} ({one.scope.reason})" for one in brief.claims if one.scope.inclusion == "excludes"]
    if excluded:
        words.append(f"Claims whose scope excludes the firm: {'; '.join(excluded)}.")
    if len(speaking) > MOST_CLAIMS:
        words.append(f"{len(speaking) - MOST_CLAIMS} more claims are in the JSON of this brief.")
    columns = (
        Column("Claim", heading=True),
        Column("Scope"),
        Column("In this firm"),
        Column("Against it"),
        Column("For it"),
        Column("Silent", "right"),
        Column("Rests on"),
    )
    rows = tuple(_claim_row(one) for one in speaking[:MOST_CLAIMS])
    notes = ("Cases in [ ] are near ones. Silent: the values that the claim needs are not known.",) if rows else ()
    missing = "No claim of the study speaks of such a firm." if brief.claims else "The study has no claims."
    table = ReportTable("claims", "Claims, counter-evidence first", columns, rows, notes=notes, missing=missing)
    return BriefPart("What is claimed about such firms", tuple(words), (table,))


def _claim_row(one: BriefClaim) -> tuple[Cell, ...]:
    scope = {"includes": "includes it", "to judge": "for you to judge"}[one.scope.inclusion]
    against = [_cases(one, "contradicting") or "none"]
    against += [f"said: {_short(text, 70)}" for text in one.said_against[:2]]
    for_it = [
        f"{label} {cases}"
        for label, group in (("both:", "literal"), ("neither:", "theoretical"))
        if (cases := _cases(one, group))
    ]
    rests = [one.support.in_words().partition(" on ")[2] or "no sample on record"]
    rests += [one.confidence.in_words()] if one.confidence else []
    return (
        Cell(f"{one.claim.id}: {_short(one.claim.text, 150)}" if one.claim.text else one.claim.id),
        Cell(f"{scope}: {_short(one.scope.reason, 110)}"),
        Cell(_short(one.condition, 110)),
        Cell("; ".join(against)),
        Cell("; ".join(for_it) or "none"),
        Cell(len(one.groups.get("silent", ()))),
        Cell("; ".join(rests)),
    )


def _cases(one: BriefClaim, group: str) -> str:
    cases, near = one.groups.get(group, ()), one.near.get(group, ())  # type: ignore[call-overload]
    shown = [f"[{case}]" for case in near] + [case for case in cases if case not in near]
    return ", ".join(shown[:6]) + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")


# -- paths and questions -----------------------------------------------------------------------------------------------


def _paths(brief: Brief) -> BriefPart:
    words = []
    if len(brief.paths) > MOST_PATHS:
        words.append(f"{len(brief.paths) - MOST_PATHS} more are in the JSON of this brief.")
    if brief.paths and brief.paths[0].silent:
        words.append(f"Nothing is coded in {', '.join(brief.paths[0].silent)}: that is no evidence of absence.")
    if any(path.by_case for path in brief.paths):
        words.append("What was drawn on is told in the same cases, not in the same passages.")
    if not brief.paths:
        words.append("The codebook names no paths (codes of level dimension, or [brief] paths in study.toml).")
    rows = [row for path in brief.paths[:MOST_PATHS] for row in _path_rows(path)]
    columns = (Column("Path", heading=True), Column("Drawn on"), Column("Near cases"), Column("Other cases", "right"))
    tables = (ReportTable("paths", "What was drawn on, near cases first", columns, tuple(rows)),) if rows else ()
    return BriefPart("Paths of growth in the near cases", tuple(words), tables)


def _path_rows(path: GrowthPath) -> Iterable[tuple[Cell, ...]]:
    shown = path.drawn[:MOST_CODES]
    for number, one in enumerate(shown):
        took = f" (took it: {', '.join(path.took) or 'no near case'})"
        name = path.name + took if number == 0 else ""
        yield Cell(name), Cell(one.name), Cell(", ".join(one.near) or "none"), Cell(len(one.others))
    rest = len(path.drawn) - len(shown)
    otherwise = ", ".join(path.otherwise)
    more = [f"{rest} more codes"] if rest else []
    more += [f"it went otherwise (coded, but nothing here): {otherwise}"] if otherwise else []
    if more or not shown:
        yield Cell("" if shown else path.name), Cell("; ".join(more) or "nothing coded"), Cell(""), Cell("")


def _questions(brief: Brief) -> BriefPart:
    columns = (Column("", "right", heading=True), Column("Question"), Column("Why"))
    rows = tuple(
        (Cell(number), Cell(_short(one.text, 160) + (f" (guide: {one.guide})" if one.guide else "")), Cell(one.why))
        for number, one in enumerate(brief.questions[:MOST_QUESTIONS], start=1)
    )
    rest = len(brief.questions) - len(rows)
    words = (f"{rest} more are in the JSON of this brief.",) if rest else ()
    missing = "Nothing that the study asks is unknown of the firm."
    table = ReportTable("questions", "From the gaps and the interview guide", columns, rows, missing=missing)
    return BriefPart("What to ask next", words, (table,))


def _short(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"
