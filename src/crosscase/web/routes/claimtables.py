"""Tables over all claims and along time: replication, predictors beside the outcome, what happened when, brackets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from crosscase.evidence import Ledger
from crosscase.reports import ReportTable, tables
from crosscase.reports.formats import FORMATS
from crosscase.reports.formats.html import table_html
from crosscase.study.crosstables import seen_by
from crosscase.web.context import Open, Signed, page
from crosscase.web.downloads import download
from crosscase.web.routes.tables import hidden_from

router = APIRouter(include_in_schema=False)

Kind = Literal["replication", "claims", "predictors", "time", "brackets"]

#: What each table is called, and what it answers.
WORDS: Mapping[Kind, tuple[str, str]] = {
    "replication": ("Replication", "What every case does to every claim, after Yin's replication logic."),
    "claims": ("All claims", "How many cases the constructs show in each group, claim by claim."),
    "predictors": (
        "Predictors and outcome",
        "The constructs of one claim, cases with the outcome first (Miles, Huberman and Saldaña 2014).",
    ),
    "time": ("Time-ordered", "What happened when, case by case."),
    "brackets": ("Temporal brackets", "Events by period of a firm's life (Langley 1999); [[bracket]] in study.toml names others."),
}  # fmt: skip

_MADE: Mapping[Kind, Callable[[Ledger, str], ReportTable]] = {
    "replication": lambda ledger, _: tables.replication_table(ledger),
    "claims": lambda ledger, _: tables.claims_table([ledger.verdict(id) for id in ledger.snapshot.claims.column("id")]),
    "predictors": lambda ledger, claim: tables.predictor_outcome(ledger.constructs, ledger.verdict(claim)),
    "time": lambda ledger, _: tables.time_ordered(ledger),
    "brackets": lambda ledger, _: tables.temporal_brackets(ledger),
}


@router.get("/claims/tables", response_class=HTMLResponse)
def show(
    request: Request, workspace: Open, session: Signed, table: Kind = "replication", claim: str = ""
) -> HTMLResponse:  # fmt: skip
    ledger = seen_by(workspace, hidden_from(session))
    claim, made = _made(ledger, table, claim)
    asked = urlencode({"table": table, "claim": claim})
    files = tuple((ending, f"/claims/tables.{ending}?{asked}") for ending in ("csv", "xlsx", "docx"))
    return page(
        request, "claimtables.html", title=WORDS[table][0], table=table, words=WORDS, claim=claim,
        claims=list(ledger.snapshot.claims), block=table_html(made, downloads=files) if made else "",
    )  # fmt: skip


@router.get("/claims/tables.{ending}")
def file(
    workspace: Open, session: Signed, ending: Literal["csv", "xlsx", "docx"], table: Kind = "replication",
    claim: str = "",
) -> Response:  # fmt: skip
    """The same table as a file."""
    ledger = seen_by(workspace, hidden_from(session))
    claim, made = _made(ledger, table, claim)
    return download(FORMATS[ending](made or tables.claims_table([])), f"{table}-{claim}".strip("-"), ending)


def _made(ledger: Ledger, table: Kind, claim: str) -> tuple[str, ReportTable | None]:
    """The table, with the claim that it is about; the first claim when none is named, no table when there is none."""
    if table == "predictors":
        claim = claim or next(iter(ledger.snapshot.claims.column("id")), "")
        return claim, _MADE[table](ledger, claim) if claim else None
    return "", _MADE[table](ledger, "")
