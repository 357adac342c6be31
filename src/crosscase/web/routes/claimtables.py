"""Tables over all claims, over constructs, along time, and across studies: what the report has, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from crosscase.evidence import Ledger
from crosscase.figures import to_svg
from crosscase.reports import ReportTable, tables
from crosscase.reports.drawings import evidence_map
from crosscase.reports.formats import FORMATS
from crosscase.reports.formats.html import table_html
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.downloads import download

router = APIRouter(include_in_schema=False)

Kind = Literal[
    "replication", "claims", "predictors", "evidence", "meta", "time", "brackets", "map", "mapping", "relations",
    "published", "samples",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One table: what it is called, what it answers, how it is made of a study and, when it is about one, a claim or construct."""

    title: str
    words: str
    make: Callable[[Ledger, str], ReportTable]
    of: Literal["", "claims", "constructs"] = ""


PAGES: Mapping[Kind, Page] = {
    "replication": Page(
        "Replication", "What every case does to every claim, after Yin's replication logic.",
        lambda ledger, _: tables.replication_table(ledger),
    ),
    "claims": Page(
        "All claims", "How many cases the constructs show in each group, claim by claim.",
        lambda ledger, _: tables.claims_table([ledger.verdict(id) for id in ledger.snapshot.claims.column("id")]),
    ),
    "predictors": Page(
        "Predictors and outcome",
        "The constructs of one claim, cases with the outcome first (Miles, Huberman and Saldaña 2014).",
        lambda ledger, of: tables.predictor_outcome(ledger.constructs, ledger.verdict(of)), "claims",
    ),
    "evidence": Page(
        "Evidence of a construct", "A row a case: its state, and the words and records that show it (Eisenhardt and Graebner 2007).",
        lambda ledger, of: tables.construct_evidence(ledger, ledger.snapshot.constructs[of]), "constructs",
    ),
    "meta": Page(
        "Meta-matrix", "What was found in each case, in condensed words (Miles, Huberman and Saldaña 2014).",
        lambda ledger, _: tables.meta_matrix(ledger),
    ),
    "time": Page("Time-ordered", "What happened when, case by case.", lambda ledger, _: tables.time_ordered(ledger)),
    "brackets": Page(
        "Temporal brackets", "Events by period of a firm's life (Langley 1999); [[bracket]] in study.toml names others.",
        lambda ledger, _: tables.temporal_brackets(ledger),
    ),
    "map": Page(
        "Evidence map", "Claims by theme and kind of firm; papers on one data set count once, an empty place is a gap.",
        lambda ledger, _: tables.evidence_map_table(ledger.snapshot),
    ),
    "mapping": Page(
        "Constructs across studies", "Under which names the studies know a construct, and on how many data sets.",
        lambda ledger, _: tables.construct_mapping_table(ledger.snapshot),
    ),
    "relations": Page(
        "How claims stand to each other", "Which agree, contradict or refine each other, and whether on the same data.",
        lambda ledger, _: tables.relation_table(ledger.snapshot),
    ),
    "published": Page(
        "Claims of papers", "Claims known from papers only, with method, path and finding as reported.",
        lambda ledger, _: tables.published_claims(ledger.snapshot),
    ),
    "samples": Page(
        "Samples and lineage", "Which papers or samples share their data, and the claims that rest on it.",
        lambda ledger, _: tables.lineage_table(ledger.snapshot),
    ),
}  # fmt: skip


@router.get("/claims/tables", response_class=HTMLResponse)
def show(
    request: Request, workspace: Open, session: Signed, table: Kind = "replication", of: str = ""
) -> HTMLResponse:  # fmt: skip
    ledger = workspace.frozen().ledger
    of, made = _made(ledger, table, of)
    asked = urlencode({"table": table, "of": of})
    files = tuple((ending, f"/claims/tables.{ending}?{asked}") for ending in ("csv", "xlsx", "docx"))
    figure = table == "map" and made is not None and made.rows
    return page(
        request, "claimtables.html", title=PAGES[table].title, table=table, pages=PAGES, of=of,
        choices=_choices(ledger, PAGES[table]), block=table_html(made, downloads=files) if made else "",
        figure=Markup(to_svg(evidence_map(ledger.snapshot).scene)) if figure else "",
    )  # fmt: skip


@router.get("/claims/tables.{ending}", openapi_extra=asks(Permission.EXPORT))
def file(
    workspace: Open, session: Signed, ending: Literal["csv", "xlsx", "docx"], table: Kind = "replication", of: str = ""
) -> Response:
    """The same table as a file."""
    of, made = _made(workspace.frozen().ledger, table, of)
    made = made or ReportTable(table, PAGES[table].title, (), ())
    return download(FORMATS[ending](made), f"{table}-{of}".strip("-"), ending)


def _made(ledger: Ledger, table: Kind, of: str) -> tuple[str, ReportTable | None]:
    """The table, with what it is about: the first claim or construct when none is named; no table when there is none."""
    shown = PAGES[table]
    if shown.of:
        of = of or next((id for id, _ in _choices(ledger, shown)), "")
        return of, shown.make(ledger, of) if of else None
    return "", shown.make(ledger, "")


def _choices(ledger: Ledger, shown: Page) -> list[tuple[str, str]]:
    if shown.of == "claims":
        return [(one.id, one.text) for one in ledger.snapshot.claims]
    return [(one.id, one.name) for one in ledger.snapshot.constructs] if shown.of else []
