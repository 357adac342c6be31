"""The claims with their verdicts, and the constructs that they are shown by."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from crosscase.evidence.claims import GROUPS, Verdict
from crosscase.reports.formats.html import table_html
from crosscase.reports.tables.claims import GROUP_WORDS
from crosscase.study.crosstables import cross_table, seen_by
from crosscase.study.passages import coded_passage
from crosscase.web.context import Open, Signed, page
from crosscase.web.routes.tables import cell_address, hidden_from

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Claims", "/claims")

#: What each group means, beside its name.
GROUP_MEANINGS = {
    "contradicting": "The case goes against the claim.",
    "literal": "The condition and the outcome are both there, as the claim says.",
    "theoretical": "Neither is there, as the claim would lead one to expect.",
    "silent": "A value that the claim needs is no data, or the claim says nothing about such a case.",
}


@router.get("/claims", response_class=HTMLResponse)
def show_all(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    ledger = seen_by(workspace, hidden_from(session))
    verdicts = [ledger.verdict(id) for id in ledger.snapshot.claims.column("id")]
    return page(
        request, "claims.html", title="Claims", verdicts=verdicts, groups=GROUPS, words=GROUP_WORDS,
        stances={one.claim.id: _stances(one) for one in verdicts},
    )  # fmt: skip


@router.get("/claim", response_class=HTMLResponse)
def show_one(request: Request, workspace: Open, session: Signed, id: str, check: bool = False) -> HTMLResponse:
    """The verdict: what is said beside what is shown, counter-evidence first.  The checks run only when asked for."""
    ledger = seen_by(workspace, hidden_from(session))
    verdict = ledger.verdict(id)
    snapshot = ledger.snapshot
    taken_back = {one.id for one in verdict.withdrawn}
    said = [one for one in snapshot.stances.where(claim=id) if one.id not in taken_back]
    quoted = {one.id: coded_passage(snapshot, one.coding) for one in said if one.coding}
    names = {one.id: one.name or one.id for one in snapshot.constructs}
    checked = check or workspace.findings_known
    found = workspace.findings() if checked else ()
    findings = [one for one in found if (one.subject.kind, one.subject.id) == ("claims", id)]
    return page(
        request, "claim.html", title=f"Claim {id}", verdict=verdict, groups=GROUPS, words=GROUP_WORDS,
        meanings=GROUP_MEANINGS, quoted=quoted, names=names, cell_address=cell_address, findings=findings, nowhere=verdict.elsewhere, checked=checked,
    )  # fmt: skip


@router.get("/constructs", response_class=HTMLResponse)
def constructs(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    """The case × construct table, each cell opening its evidence."""
    ledger = seen_by(workspace, hidden_from(session))
    table = cross_table(ledger, "construct", lambda case, of: cell_address("construct", case, of))
    made = ledger.constructs
    return page(
        request, "constructs.html", title="Constructs", constructs=made.constructs, problems=made.problems,
        counts={one.id: made.counts(one.id) for one in made.constructs}, block=table_html(replace(table, notes=())),
    )  # fmt: skip


def _stances(verdict: Verdict) -> dict[str, int]:
    """Stance -> how many pieces of evidence take it, counter-evidence first."""
    taken = [one.stance for row in verdict.rows for one in row.said]
    return {stance: taken.count(stance) for stance in ("contradicts", "qualifies", "supports") if stance in taken}
