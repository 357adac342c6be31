"""The editor of a claim: its wording and form, its versions, a person's confidence in it, its parts.

A form that is refused comes back as it was filled in, with the reason; after a conflict also with what stands there now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.core import Claim
from crosscase.core.errors import ConflictError, CrosscaseError, InputError
from crosscase.core.vocabulary import CLAIM_TYPES
from crosscase.evidence.appraisal import COMPONENTS, LEVELS
from crosscase.evidence.parts import Split, parts_of, proposed_parts, whole_of
from crosscase.study import claims
from crosscase.study.claimhistory import history
from crosscase.study.expressions import read_expression
from crosscase.study.passages import coded_passage
from crosscase.study.permissions import Permission
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.errors import status_of
from crosscase.web.present import Answer
from crosscase.web.security import Session

router = APIRouter()

Field = Annotated[str, Form()]
Many = Annotated[list[str], Form()]
Version = Annotated[int, Form()]

#: What each component of a judgement asks, in short.
COMPONENT_WORDS = {
    "methodological_limitations": "Methodological limitations: how the data behind it were gathered",
    "coherence": "Coherence: how well the claim fits the data, also those that go against it",
    "adequacy": "Adequacy: how rich the data are, and from how many",
    "relevance": "Relevance: how far the cases are those that the claim speaks of",
}


class Read(Answer):
    """An expression as it was read.  ``position`` is a code point from 0; ``groups`` are the cases in each group."""

    statement: str
    names: list[str]
    problem: str
    mend: str
    position: int | None
    caret: str
    unknown: dict[str, list[str]]
    groups: dict[str, list[str]]


@router.get("/api/expression")
def read(workspace: Open, session: Signed, text: Annotated[str, Query(max_length=5_000)] = "") -> Read:
    """Read an expression against the constructs: where it does not parse, which names are unknown, what the cases show."""
    found = read_expression(workspace.frozen().ledger, text)
    return Read(
        statement=found.statement, names=list(found.names), problem=found.problem, mend=found.mend,
        position=found.position, caret=found.caret, unknown={name: list(near) for name, near in found.unknown.items()},
        groups={group: list(cases) for group, cases in found.groups.items()},
    )  # fmt: skip


@router.post("/claims/add", include_in_schema=False, openapi_extra=asks(Permission.JUDGE))
def add(
    request: Request, workspace: Open, session: Signed, id: Field, text: Field = "", type: Field = "",
    expression: Field = "",
) -> Response:  # fmt: skip
    draft = claims.Draft(text, type, expression)
    try:
        made = claims.add_claim(workspace, session.coder, id, draft)
    except InputError as error:
        return page(
            request, "claimnew.html", status=status_of(error), title="New claim", id=id, draft=draft, error=error,
            types=CLAIM_TYPES, constructs=_names(workspace),
        )  # fmt: skip
    return _to(made.id, f"{made.id} is a claim of the study.")


@router.get("/claims/new", response_class=HTMLResponse, include_in_schema=False)
def new(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    return page(
        request, "claimnew.html", title="New claim", id=claims.free_id(workspace), draft=claims.Draft(), error=None,
        types=CLAIM_TYPES, constructs=_names(workspace),
    )  # fmt: skip


@router.get("/claim/edit", response_class=HTMLResponse, include_in_schema=False)
def edit(request: Request, workspace: Open, session: Signed, id: str, said: str = "") -> Response:
    if said and not workspace.has("claims", id):  # its making was undone on this page
        return RedirectResponse(f"/claims?{urlencode({'said': said})}", 303)
    return _editor(request, workspace, session, id, said=said)


@router.post("/claim/change", include_in_schema=False, openapi_extra=asks(Permission.JUDGE))
def change(
    request: Request, workspace: Open, session: Signed, id: Field, version: Version, text: Field = "", type: Field = "",
    expression: Field = "", who: Field = "", where: Field = "", when: Field = "", rule: Field = "",
    built_on: Many = [], rival: Many = [], form_where: Many = [], form_expression: Many = [],  # noqa: B006
) -> Response:  # fmt: skip
    draft = claims.Draft(
        text, type, expression, {"who": who, "where": where, "when": when, "rule": rule}, built_on, rival,
        list(zip(form_where, form_expression, strict=False)),
    )  # fmt: skip
    try:
        claims.change_claim(workspace, session.coder, id, version, draft)
    except (InputError, ConflictError) as error:
        return _editor(request, workspace, session, id, error=error, draft=draft)
    return _to(id, f"{id} is changed.")


@router.post("/claim/version", include_in_schema=False, openapi_extra=asks(Permission.JUDGE))
def record(
    request: Request, workspace: Open, session: Signed, id: Field, version: Version, label: Field = "",
    number: Field = "", text: Field = "", expression: Field = "", changed: Field = "",
) -> Response:  # fmt: skip
    try:
        made = claims.record_version(
            workspace, session.coder, id, version, label, text=text, expression=expression, number=number,
            changed=changed,
        )  # fmt: skip
    except (InputError, ConflictError) as error:
        given = {"label": label, "number": number, "text": text, "expression": expression, "changed": changed}
        return _editor(request, workspace, session, id, error=error, given={"version": given})
    return _to(id, f"{id} stands as {made.versions[-1].status} in {made.versions[-1].label}.")


@router.post("/claim/withdraw", include_in_schema=False, openapi_extra=asks(Permission.JUDGE))
def withdraw(
    request: Request, workspace: Open, session: Signed, id: Field, version: Version, label: Field = "",
    reason: Field = "",
) -> Response:  # fmt: skip
    try:
        claims.withdraw_claim(workspace, session.coder, id, version, label, reason)
    except (InputError, ConflictError) as error:
        given = {"label": label, "reason": reason}
        return _editor(request, workspace, session, id, error=error, given={"withdraw": given})
    return _to(id, f"{id} is withdrawn.")


@router.post("/claim/judge", include_in_schema=False, openapi_extra=asks(Permission.JUDGE))
def judge(
    request: Request, workspace: Open, session: Signed, id: Field, version: Version, level: Field = "",
    methodological_limitations: Field = "", coherence: Field = "", adequacy: Field = "", relevance: Field = "",
) -> Response:  # fmt: skip
    given = {
        "methodological_limitations": methodological_limitations, "coherence": coherence, "adequacy": adequacy,
        "relevance": relevance,
    }  # fmt: skip
    try:
        claims.judge_claim(workspace, session.coder, id, version, level, given)
    except (InputError, ConflictError) as error:
        return _editor(request, workspace, session, id, error=error, given={"confidence": {"level": level, **given}})
    return _to(id, f"Your confidence in {id} is kept." if level else f"Nobody has judged {id}.")


@router.get("/claim/split", response_class=HTMLResponse, include_in_schema=False)
def parts(request: Request, workspace: Open, session: Signed, id: str) -> HTMLResponse:
    return _splitting(request, workspace, session, id)


@router.post("/claim/split", include_in_schema=False, openapi_extra=asks(Permission.JUDGE))
def split(
    request: Request, workspace: Open, session: Signed, id: Field, version: Version, part_id: Many = [],  # noqa: B006
    part_text: Many = [], part_expression: Many = [], part_type: Many = [], hand: Many = [],  # noqa: B006
) -> Response:  # fmt: skip
    """Parts without a wording are left away; ``hand`` is ``number:stance`` of a part and a piece of evidence."""
    rows = list(zip(part_id, part_text, part_expression, part_type, strict=False))
    drafts = [
        claims.PartDraft(
            one[0], one[1], one[2], one[3],
            tuple(stance for number, _, stance in (each.partition(":") for each in hand) if number == str(place)),
        )
        for place, one in enumerate(rows)
    ]  # fmt: skip
    try:
        worded = [one for one in drafts if one.text.strip()]
        made = claims.split_claim(workspace, session.coder, id, version, worded)
    except (InputError, ConflictError) as error:
        return _splitting(request, workspace, session, id, error=error, drafts=drafts)
    return RedirectResponse(
        f"/claims?{urlencode({'said': f'{id} has the parts ' + ', '.join(one.id for one in made)})}", 303
    )


# -- the pages ---------------------------------------------------------------------------------------------------------


def _editor(
    request: Request, workspace: Workspace, session: Session, id: str, *, error: CrosscaseError | None = None,
    draft: claims.Draft | None = None, given: Mapping[str, Mapping[str, str]] | None = None, said: str = "",
) -> HTMLResponse:  # fmt: skip
    """The editor; after a refusal with what the person had filled in."""
    with workspace.lock:
        workspace.catch_up()
        claim: Claim = workspace.row("claims", id)
        version = workspace.version("claims", id)
        snapshot = workspace.snapshot
    now = claims.draft_of(claim)
    last = claim.versions[-1] if claim.versions else None
    judged = claim.extra.get("confidence")
    forms: dict[str, Mapping[str, Any]] = {
        "version": {
            "label": "", "number": last.number if last else "", "text": claim.text, "expression": claim.expression,
            "changed": "",
        },
        "withdraw": {"label": "", "reason": ""},
        "confidence": judged if isinstance(judged, Mapping) else {},
        **(given or {}),
    }  # fmt: skip
    return page(
        request, "claimedit.html", status=status_of(error) if error else 200, title=f"Edit claim {id}", claim=claim,
        stands=version, draft=draft or now, now=now, error=error, forms=forms, said=said, types=CLAIM_TYPES,
        cases=list(snapshot.cases.column("id")), constructs=_names(workspace), history=history(claim), levels=LEVELS,
        components=COMPONENTS, component_words=COMPONENT_WORDS, split=_proposed(claim), whole=whole_of(claim),
        parts=parts_of(snapshot, id), conflict=_differing(error, draft, now), known=set(snapshot.claims.column("id")),
    )  # fmt: skip


def _splitting(
    request: Request, workspace: Workspace, session: Session, id: str, *, error: CrosscaseError | None = None,
    drafts: list[claims.PartDraft] | None = None,
) -> HTMLResponse:  # fmt: skip
    with workspace.lock:
        workspace.catch_up()
        claim: Claim = workspace.row("claims", id)
        version = workspace.version("claims", id)
    proposed = _proposed(claim)
    if drafts is None:
        ids = claims.free_ids(workspace, max(2, len(proposed.parts)), after=id)
        drafts = [
            claims.PartDraft(id, "", one.expression, one.type) for id, one in zip(ids, proposed.parts, strict=False)
        ]
        drafts += [claims.PartDraft(id, "", "", claim.type) for id in ids[len(drafts) :]]
    ledger = workspace.frozen().ledger
    said = [one for row in ledger.verdict(id).rows for one in row.said] + list(ledger.verdict(id).elsewhere)
    quoted = {one.id: coded_passage(ledger.snapshot, one.coding) for one in said if one.coding}
    return page(
        request, "claimsplit.html", status=status_of(error) if error else 200, title=f"Split claim {id}", claim=claim,
        stands=version, proposed=proposed, drafts=drafts, said=said, quoted=quoted, error=error, types=CLAIM_TYPES,
        constructs=_names(workspace),
    )  # fmt: skip


def _proposed(claim: Claim) -> Split:
    if not claim.expression.strip():
        return Split((), "it has no expression; word its parts yourself")
    try:
        return proposed_parts(claim.expression, claim.type)
    except InputError as error:
        return Split((), f"its expression cannot be read: {error.what}")


def _differing(
    error: CrosscaseError | None, mine: claims.Draft | None, now: claims.Draft
) -> list[tuple[str, str, str]]:
    """After a conflict: the fields that differ, each as the person filled it in and as it stands now."""
    if not isinstance(error, ConflictError) or mine is None:
        return []
    pairs = [(name, _words(getattr(mine, name)), _words(getattr(now, name))) for name in claims.Draft.__slots__]
    return [one for one in pairs if one[1] != one[2]]


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {one}" for name, one in value.items() if one)
    if isinstance(value, str):
        return value.strip().replace("\r\n", "\n")
    parts = (": ".join(one) if isinstance(one, tuple) else str(one) for one in value or ())
    return "; ".join(one for one in parts if one.strip(": "))


def _names(workspace: Workspace) -> list[tuple[str, str]]:
    """The constructs that an expression can name: id and name."""
    return [(one.id, one.name) for one in workspace.rows("constructs")]


def _to(claim: str, said: str) -> Response:
    return RedirectResponse(f"/claim/edit?{urlencode({'id': claim, 'said': said})}", 303)
