"""The claims with their verdicts: what is said beside what is shown."""

from __future__ import annotations

import json
from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.core.vocabulary import STANCES
from crosscase.evidence import Ledger
from crosscase.evidence.claims import GROUPS, Verdict
from crosscase.reports.formats.html import anchor
from crosscase.reports.tables.claims import GROUP_WORDS
from crosscase.reports.verdict import DOCUMENTS
from crosscase.study.claimhistory import history
from crosscase.study.claims import rivals_of
from crosscase.study.passages import coded_passage
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.downloads import download
from crosscase.web.routes.tables import cell_address

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
def show_all(request: Request, workspace: Open, session: Signed, said: str = "") -> HTMLResponse:
    ledger = workspace.frozen().ledger
    verdicts = [ledger.verdict(id) for id in ledger.snapshot.claims.column("id")]
    return page(
        request, "claims.html", title="Claims", verdicts=verdicts, groups=GROUPS, words=GROUP_WORDS,
        stances={one.claim.id: _stances(one) for one in verdicts}, said=said,
        
    )  # fmt: skip


@router.get("/claim", response_class=HTMLResponse)
def show_one(
    request: Request, workspace: Open, session: Signed, id: str, check: bool = False, said: str = ""
) -> Response:
    """The verdict: what is said beside what is shown, counter-evidence first.  The checks run only when asked for."""
    if said and not workspace.has("claims", id):  # its making was undone on this page
        return RedirectResponse(f"/claims?{urlencode({'said': said})}", 303)
    ledger = workspace.frozen().ledger
    verdict = ledger.verdict(id)
    snapshot = ledger.snapshot
    taken_back = {one.id for one in verdict.withdrawn}
    linked = [one for one in snapshot.stances.where(claim=id) if one.id not in taken_back]
    quoted = {one.id: coded_passage(snapshot, one.coding) for one in linked if one.coding}
    names = {one.id: one.name or one.id for one in snapshot.constructs}
    checked = check or workspace.findings_known
    found = workspace.findings() if checked else ()
    findings = [one for one in found if (one.subject.kind, one.subject.id) == ("claims", id)]
    return page(
        request, "claim.html", title=f"Claim {id}", verdict=verdict, groups=GROUPS, words=GROUP_WORDS,
        meanings=GROUP_MEANINGS, quoted=quoted, names=names, cell_address=cell_address, findings=findings,
        nowhere=verdict.elsewhere, checked=checked, said=said, rivals=rivals_of(verdict.claim),
        history=history(verdict.claim),
        known=set(snapshot.claims.column("id")), stances=STANCES, cases=list(snapshot.cases.column("id")),
        gone=_by_case(ledger, verdict),
        versions={one.id: workspace.version("stances", one.id) for one in linked},
    )  # fmt: skip


@router.get("/claim.{ending}", openapi_extra=asks(Permission.EXPORT))
def file(workspace: Open, session: Signed, ending: Literal["docx", "html", "json"], id: str) -> Response:
    """The verdict to keep: for a text, for a reader, for a program."""
    verdict = workspace.frozen().ledger.verdict(id)
    if ending == "json":
        content = json.dumps(verdict.to_dict(), ensure_ascii=False, indent=1).encode()
    else:
        content = DOCUMENTS[ending](verdict)
    return download(content, f"claim-{anchor(id)}", ending)


def _stances(verdict: Verdict) -> dict[str, int]:
    """Stance -> how many pieces of evidence take it, counter-evidence first."""
    taken = [one.stance for row in verdict.rows for one in row.said]
    return {stance: taken.count(stance) for stance in ("contradicts", "qualifies", "supports") if stance in taken}


def _by_case(ledger: Ledger, verdict: Verdict) -> dict[str, list[str]]:
    """Case -> the ids of its evidence that was withdrawn."""
    found: dict[str, list[str]] = {}
    for one in verdict.withdrawn:
        coding = ledger.snapshot.codings.get(one.coding)
        case = one.case or (ledger.snapshot.case_of_quotation.get(coding.quotation, "") if coding else "")
        found.setdefault(case, []).append(one.id)
    return found
