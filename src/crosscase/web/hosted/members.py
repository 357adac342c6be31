"""The members of a study and its invitations; a study file to be merged back into it; the audit trail."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.store.audit import ACTIONS
from crosscase.study.permissions import Permission, Role
from crosscase.study.supplement import as_text, supplement
from crosscase.study.trail import OBJECTS, Filter, trail
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.downloads import download
from crosscase.web.hosted.context import SignedIn, TheStudy, hosted
from crosscase.web.hosted.studies import kept, shown_name
from crosscase.web.routes.work import follow

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Members", "/members")

#: Entries of the trail on one page.
MOST = 200

Number = Annotated[int, Form(ge=0, lt=2**31)]


def _filter(
    who: str = "", action: str = "", table: str = "", row: str = "", since: str = "", until: str = ""
) -> Filter:
    """What the fields of the page ask for."""
    return Filter(who.strip(), action, table, row.strip(), since, until)


@router.get("/members", response_class=HTMLResponse)
def show(request: Request, study: TheStudy) -> Response:
    return _page(request, study)


@router.post("/members/invite", openapi_extra=asks(Permission.MANAGE))
def invite(
    request: Request, study: TheStudy, role: Annotated[Role, Form()], blind: Annotated[bool, Form()] = False,
    note: Annotated[str, Form(max_length=200)] = "",
) -> Response:  # fmt: skip
    here = hosted(request)
    secret = here.host.invite(study, role, blind=blind, note=note)
    return _page(request, study, link=f"{here.settings.origin}/join?{urlencode({'key': secret})}")


@router.post("/members/take-back", openapi_extra=asks(Permission.MANAGE))
def take_back(request: Request, study: TheStudy, invitation: Number) -> Response:
    hosted(request).host.take_back(study, invitation)
    return RedirectResponse("/members", 303)


@router.post("/members/change", openapi_extra=asks(Permission.MANAGE))
def change(
    request: Request, study: TheStudy, account: Number, role: Annotated[Role, Form()],
    coder: Annotated[str, Form(max_length=100)], blind: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    hosted(request).host.change_member(study, account, role=role, coder=coder, blind=blind)
    return RedirectResponse("/members", 303)


@router.post("/members/remove", openapi_extra=asks(Permission.MANAGE))
def remove(request: Request, study: TheStudy, account: Number) -> Response:
    hosted(request).host.remove_member(study, account)
    return RedirectResponse("/members", 303)


@router.post("/members/leave", openapi_extra=asks(Permission.READ))
def leave(request: Request, study: TheStudy, person: SignedIn) -> Response:
    hosted(request).host.remove_member(study, study.membership.account)
    return RedirectResponse("/sign-in", 303)  # which leads to the list of what is left


@router.post("/merge", openapi_extra=asks(Permission.BRING_IN))
def merge(request: Request, workspace: Open, session: Signed, study: TheStudy, file: UploadFile) -> Response:
    """Bring what is new in a study file into this study, as a piece of work."""
    with kept(file) as path:
        job = hosted(request).host.merge(study, path, shown_name(file))
    return follow(workspace, session, job.id)


@router.get("/trail", response_class=HTMLResponse, openapi_extra=asks(Permission.AUDIT))
def show_trail(request: Request, workspace: Open, wanted: Annotated[Filter, Depends(_filter)]) -> Response:
    """Who did what, and whether the chain is whole."""
    found = trail(workspace.study.place, wanted=wanted, limit=MOST)
    asked = urlencode({name: value for name, value in asdict(wanted).items() if value})
    return page(
        request, "trail.html", title="Audit trail", trail=found, wanted=wanted, asked=asked, most=MOST, actions=ACTIONS,
        tables=OBJECTS,
    )  # fmt: skip


@router.get("/trail.{ending}", openapi_extra=asks(Permission.AUDIT))
def trail_file(
    workspace: Open, ending: Literal["csv", "json"], wanted: Annotated[Filter, Depends(_filter)]
) -> Response:
    """All entries that fit as a file."""
    found = trail(workspace.study.place, wanted=wanted, limit=None)
    text = found.csv() if ending == "csv" else json.dumps(found.to_dict(), ensure_ascii=False)
    return download(text.encode("utf-8", "replace"), "audit-trail", ending)


@router.get("/trail/supplement.json", openapi_extra=asks(Permission.AUDIT))
def supplement_file(workspace: Open) -> Response:
    """The whole trail without names, for readers of a paper to verify."""
    return download(as_text(supplement(workspace.study.place)).encode(), "audit-supplement", "json")


def _page(request: Request, study: TheStudy, *, link: str = "") -> HTMLResponse:
    here = hosted(request)
    manages = study.member.may(Permission.MANAGE)
    return page(
        request, "members.html", title="Members", members=here.host.members(study), roles=list(Role), link=link,
        manages=manages, audits=study.member.may(Permission.AUDIT), me=study.membership.account,
        invitations=here.host.invitations(study) if manages else [],
    )  # fmt: skip
