"""The constructs: the case × construct table, and the editor of one with its cells as it would give them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from crosscase.core import Construct
from crosscase.core.errors import ConflictError, CrosscaseError, InputError
from crosscase.core.vocabulary import CONSTRUCT_ORIGINS
from crosscase.engines.measures.registry import measures
from crosscase.engines.networks import MEASURES as NETWORK_MEASURES
from crosscase.evidence import Ledger
from crosscase.reports.formats.html import table_html
from crosscase.study import constructs
from crosscase.study.crosstables import cross_table
from crosscase.study.permissions import Permission
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.errors import status_of
from crosscase.web.routes.tables import cell_address
from crosscase.web.security import Session

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Constructs", "/constructs")

Field = Annotated[str, Form()]
Many = Annotated[list[str], Form()]
Version = Annotated[int, Form()]

#: What each origin takes in ``of``.
OF_WORDS = {
    "codings": "ids of codes, with all codes under them",
    "variable": "names of variables",
    "measure": "names of measures, or of figures on record",
    "event": "kinds of events, or KIND:PLACE as in entry:USA",
    "tie": "kinds of ties, or KIND:PLACE",
    "survey": "SURVEY.ITEM, a minus sign before a reversed item",
    "constructs": "ids of constructs; the rule joins them by *, + and ~",
}


@router.get("/constructs", response_class=HTMLResponse)
def show(request: Request, workspace: Open, session: Signed, said: str = "") -> HTMLResponse:
    """The case × construct table, each cell opening its evidence."""
    ledger = workspace.frozen().ledger
    table = cross_table(ledger, "construct", lambda case, of: cell_address("construct", case, of))
    made = ledger.constructs
    return page(
        request, "constructs.html", title="Constructs", constructs=made.constructs, problems=made.problems, said=said,
        counts={one.id: made.counts(one.id) for one in made.constructs}, block=table_html(replace(table, notes=())),
    )  # fmt: skip


@router.get("/construct/edit", response_class=HTMLResponse)
def edit(request: Request, workspace: Open, session: Signed, id: str = "", said: str = "") -> Response:
    """The editor; without an id that of a new construct."""
    if said and id and not workspace.has("constructs", id):  # its making was undone on this page
        return RedirectResponse(f"/constructs?{urlencode({'said': said})}", 303)
    return _editor(request, workspace, session, id, said=said)


@router.get("/construct/preview", response_class=HTMLResponse)
def preview(
    request: Request, workspace: Open, session: Signed, id: str = "", name: str = "", drawn_from: str = "", of: str = "",
    rule: str = "", absent_when: str = "", anchor: Annotated[list[str], Query()] = [],  # noqa: B006
    anchor_value: Annotated[list[str], Query()] = [], anchor_reason: Annotated[list[str], Query()] = [],  # noqa: B006
) -> HTMLResponse:  # fmt: skip
    """The cells that the form as it stands would give: a piece of a page."""
    draft = _draft(name, drawn_from, of, rule, absent_when, anchor, anchor_value, anchor_reason)
    ledger = workspace.frozen().ledger
    return page(request, "constructcells.html", title="Preview", **_cells(ledger, id, draft))


@router.post("/construct/keep", openapi_extra=asks(Permission.JUDGE))
def keep(
    request: Request, workspace: Open, session: Signed, id: Field = "", version: Version = 0, name: Field = "",
    drawn_from: Field = "", of: Field = "", rule: Field = "", absent_when: Field = "",
    anchor: Many = [], anchor_value: Many = [], anchor_reason: Many = [],  # noqa: B006
) -> Response:  # fmt: skip
    """Keep a construct; version 0 is a new one."""
    draft = _draft(name, drawn_from, of, rule, absent_when, anchor, anchor_value, anchor_reason)
    try:
        if version:
            constructs.change_construct(workspace, session.coder, id, version, draft)
        else:
            constructs.add_construct(workspace, session.coder, id, draft)
    except (InputError, ConflictError) as error:
        return _editor(request, workspace, session, id, new=not version, error=error, draft=draft)
    return _to(id.strip(), f"{id.strip()} is kept.")


@router.post("/construct/rate", openapi_extra=asks(Permission.JUDGE))
def rate(
    request: Request, workspace: Open, session: Signed, id: Field, version: Version, case: Field, value: Field = "",
    number: Field = "", reason: Field = "", agreed: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    try:
        constructs.rate_cell(
            workspace, session.coder, id, version, case, number if value == "number" else value, reason, agreed=agreed
        )  # fmt: skip
    except (InputError, ConflictError) as error:
        rating = {"case": case, "value": value, "number": number, "reason": reason}
        return _editor(request, workspace, session, id, error=error, rating=rating)
    return _to(id, f"Your judgement of {case} is kept.")


@router.post("/construct/unrate", openapi_extra=asks(Permission.JUDGE))
def unrate(workspace: Open, session: Signed, id: Field, version: Version, case: Field, by: Field = "") -> Response:
    constructs.take_back_rating(workspace, session.coder, id, version, case, by)
    return _to(id, f"The judgement of {case} is taken back.")


@router.post("/construct/delete", openapi_extra=asks(Permission.JUDGE))
def delete(workspace: Open, session: Signed, id: Field, version: Version) -> Response:
    constructs.delete_construct(workspace, session.coder, id, version)
    return RedirectResponse(f"/constructs?{urlencode({'said': f'{id} is deleted.'})}", 303)


# -- the page ----------------------------------------------------------------------------------------------------------


def _editor(
    request: Request, workspace: Workspace, session: Session, id: str, *, new: bool = False,
    error: CrosscaseError | None = None, draft: constructs.Draft | None = None, rating: dict[str, str] | None = None,
    said: str = "",
) -> HTMLResponse:  # fmt: skip
    with workspace.lock:
        workspace.catch_up()
        known = bool(id) and not new
        construct: Construct = workspace.row("constructs", id) if known else Construct(id)
        version = workspace.version("constructs", id) if known else 0
        users = constructs.used_by(workspace, id) if known else []
    ledger = workspace.frozen().ledger
    now = constructs.draft_of(construct)
    draft = draft or (now if known else constructs.Draft(drawn_from="codings"))
    title = f"Construct {construct.name or id}" if known else "New construct"
    return page(
        request, "constructedit.html", status=status_of(error) if error else 200, title=title, construct=construct,
        stands=version, draft=draft, error=error, said=said, origins=CONSTRUCT_ORIGINS, of_words=OF_WORDS,
        names=_names(ledger), anchors=(*constructs.THRESHOLD, *constructs.ANCHORS), users=users, rating=rating or {},
        ratings=constructs.ratings_of(construct), cases=list(ledger.snapshot.cases.column("id")),
        conflict=_differing(error, draft, now), **_cells(ledger, id if known else "", draft),
    )  # fmt: skip


def _cells(ledger: Ledger, id: str, draft: constructs.Draft) -> dict[str, Any]:
    """The cells of a draft, its problem or its calibration, for a template."""
    saved = ledger.snapshot.constructs.get(id) if id else None
    try:
        construct = constructs.drafted(saved or Construct(id or "new"), draft)
        found = constructs.preview(ledger, construct)
    except CrosscaseError as error:
        construct, found = saved or Construct(id), constructs.Preview(problem=error)
    figure = ""
    if found.calibration is not None:
        from crosscase.figures import to_svg
        from crosscase.figures.calibration import calibration_plot

        figure = to_svg(calibration_plot(found.calibration, width_mm=85))
    kept = construct == saved
    return {
        "found": found, "figure": Markup(figure), "kept": kept, "empty": not draft.of, "id": id, "cell_address": cell_address,
    }  # fmt: skip


def _names(ledger: Ledger) -> dict[str, list[tuple[str, str]]]:
    """Origin -> what can stand in ``of``: the id and its words."""
    snapshot = ledger.snapshot
    known = {one.name: one.label or one.name for one in snapshot.study.variables}
    names = dict.fromkeys((*measures(), *NETWORK_MEASURES, *snapshot.observations.column("measure")))
    return {
        "codings": [(one.id, " › ".join(snapshot.code_path(one.id))) for one in snapshot.codes],
        "variable": [*known.items()],
        "measure": [(name, name.replace("_", " ")) for name in names],
        "event": [(kind, kind) for kind in dict.fromkeys(snapshot.events.column("kind"))],
        "tie": [(kind, kind) for kind in dict.fromkeys(snapshot.ties.column("kind"))],
        "survey": [
            (f"{one.id}.{item}", one.labels.get(item, item)) for one in snapshot.surveys for item in one.columns
        ],
    }


def _draft(
    name: str, drawn_from: str, of: str, rule: str, absent_when: str, anchor: Sequence[str], values: Sequence[str],
    reasons: Sequence[str],
) -> constructs.Draft:  # fmt: skip
    """What a form says; ``of`` is a line a name."""
    return constructs.Draft(
        name, drawn_from, tuple(one.strip() for one in of.splitlines() if one.strip()), rule, absent_when,
        {one: (value, reason) for one, value, reason in zip(anchor, values, reasons, strict=False)},
    )  # fmt: skip


def _differing(
    error: CrosscaseError | None, mine: constructs.Draft, now: constructs.Draft
) -> list[tuple[str, str, str]]:  # fmt: skip
    """After a conflict: the fields that differ, each as the person filled it in and as it stands now."""
    if not isinstance(error, ConflictError):
        return []
    pairs = [(name, _words(getattr(mine, name)), _words(getattr(now, name))) for name in constructs.Draft.__slots__]
    return [one for one in pairs if one[1] != one[2]]


def _words(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {one[0]}: {one[1]}" for name, one in value.items() if any(one))
    return value.strip() if isinstance(value, str) else ", ".join(value)  # type: ignore[arg-type]


def _to(construct: str, said: str) -> Response:
    return RedirectResponse(f"/construct/edit?{urlencode({'id': construct, 'said': said})}", 303)
