"""A brief on one firm: described in a form or a toml file, shown, printed on two pages, and kept as a file.

Nothing about the firm is kept in the study; what was filled in goes back into the form.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from crosscase.core import Snapshot
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.core.vocabulary import EVENT_KINDS, TIE_KINDS
from crosscase.engines.measures.registry import measures
from crosscase.evidence import Ledger
from crosscase.evidence.briefs import brief
from crosscase.evidence.firms import firm_from_document
from crosscase.reports.brief import brief_docx, brief_html, brief_lead, brief_parts
from crosscase.reports.formats.html import anchor, table_html
from crosscase.study.firm import COLUMNS, document_of, firm_document, firm_toml
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.downloads import download
from crosscase.web.errors import status_of

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Brief", "/brief")

#: The longest description of a firm that is read.
MOST_BYTES = 1_000_000

#: Empty rows below the filled ones.
SPARE = 2

LABELS = {
    "event": ("Events", "founding, entries, exits, partnerships, fairs"),
    "tie": ("Ties", "peers, clients, associations, partners"),
    "observation": ("Figures", "a measure as it was told, as intensity 35%"),
}


async def _given(request: Request) -> AsyncIterator[FormData]:
    """The form, with the file that came along open until the answer is made."""
    given = await request.form(max_files=1)
    try:
        yield given
    finally:
        await given.close()


async def _uploaded(given: Annotated[FormData, Depends(_given)]) -> tuple[str, bytes]:
    """The name and the content of the file that came along; both empty without one."""
    file = given.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return "", b""
    data = await file.read(MOST_BYTES + 1)
    return file.filename, data


Given = Annotated[FormData, Depends(_given)]
Uploaded = Annotated[tuple[str, bytes], Depends(_uploaded)]


@router.get("/brief", response_class=HTMLResponse)
def start(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    return _page(request, workspace.snapshot, {}, None)


@router.post("/brief", response_class=HTMLResponse, openapi_extra=asks(Permission.READ))
def show(request: Request, workspace: Open, session: Signed, given: Given, uploaded: Uploaded) -> HTMLResponse:
    """The brief on the firm in the form, or in the file that came along."""
    ledger = workspace.frozen().ledger
    document: dict[str, Any] = _document(given)
    try:
        if uploaded[0]:
            document = _read(*uploaded)
        if "more" in given:
            return _page(request, ledger.snapshot, document, None, spare=SPARE + 4)
        return _page(request, ledger.snapshot, document, ledger)
    except CrosscaseError as error:
        return _page(request, ledger.snapshot, document, None, error=error)


@router.post("/brief/file", openapi_extra=asks(Permission.EXPORT))
def file(request: Request, workspace: Open, session: Signed, given: Given) -> Response:
    """The firm as toml, or its brief as docx, html or json."""
    ledger = workspace.frozen().ledger
    ending, document = str(given.get("as", "")), _document(given)
    makers: dict[str, Callable[[Any], bytes]] = {
        "toml": lambda _: firm_toml(document),
        "docx": brief_docx,
        "html": brief_html,
        "json": lambda made: json.dumps(made.to_dict(), ensure_ascii=False, indent=1).encode(),
    }
    if ending not in makers:
        raise NotFoundError("kind of file", ending, makers)
    try:
        firm = firm_from_document(document, ledger.snapshot)
        content = makers[ending](None if ending == "toml" else brief(ledger, firm))
    except CrosscaseError as error:
        return _page(request, ledger.snapshot, document, None, error=error)
    return download(content, f"{'firm' if ending == 'toml' else 'brief'}-{anchor(firm.id)}", ending)


def _page(
    request: Request, snapshot: Snapshot, document: Mapping[str, Any], ledger: Ledger | None, *,
    error: CrosscaseError | None = None, spare: int = SPARE,
) -> HTMLResponse:  # fmt: skip
    """The form as it was filled in, and with a ledger the brief."""
    made, parts, lead = None, [], ""
    if ledger is not None:
        made = brief(ledger, firm_from_document(document, snapshot))
        parts = [(part, [table_html(table) for table in part.tables]) for part in brief_parts(made)]
        lead = brief_lead(made)
    attributes = document.get("attributes", {})
    attributes = attributes if isinstance(attributes, Mapping) else {}
    declared = [one.name for one in snapshot.study.variables]
    used = dict.fromkeys(name for case in snapshot.cases for name in case.attributes)
    names = list(dict.fromkeys((*declared, *used, "founded", "home", *attributes)))
    return page(
        request, "brief.html", status=status_of(error) if error else 200, title="Brief", made=made, parts=parts,
        lead=lead, error=error, id=document.get("id", ""), names=names, attributes=attributes,
        variables={one.name: one for one in snapshot.study.variables}, columns=COLUMNS, labels=LABELS,
        rows={key: _rows(document, key, spare) for key in COLUMNS}, event_kinds=EVENT_KINDS,
        tie_kinds=TIE_KINDS, measures=list(dict.fromkeys((*measures(), *snapshot.observations.column("measure")))),
    )  # fmt: skip


def _rows(document: Mapping[str, Any], key: str, spare: int) -> list[dict[str, Any]]:
    """The rows of a form: its columns, and in ``more`` as JSON what it does not show."""
    given = document.get(key, ())
    rows = []
    for row in given if isinstance(given, list) else ():
        if isinstance(row, Mapping):
            shown = {name: row.get(name, "") for name in COLUMNS[key]}
            rest = {name: value for name, value in row.items() if name not in shown}
            rows.append({**shown, "more": json.dumps(rest, ensure_ascii=False) if rest else ""})
    return rows + [{**dict.fromkeys(COLUMNS[key], ""), "more": ""}] * spare


def _document(given: FormData) -> dict[str, Any]:
    """What was filled in; fields are ``attribute-NAME`` and, a list a column, ``event-kind`` and the like."""
    texts = [(name, value) for name, value in given.multi_items() if isinstance(value, str)]
    attributes = {name.removeprefix("attribute-"): value for name, value in texts if name.startswith("attribute-")}
    rows: dict[str, list[dict[str, Any]]] = {}
    for key, columns in COLUMNS.items():
        lists = [[value for name, value in texts if name == f"{key}-{column}"] for column in (*columns, "more")]
        rows[key] = [
            {**dict(zip(columns, values, strict=False)), **_more(values[-1])} for values in zip(*lists, strict=False)
        ]
    id = given.get("id", "")
    return document_of(id if isinstance(id, str) else "", attributes, rows)


def _more(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        raise InputError("a row of the form is damaged", mend="load the page again") from None
    return found if isinstance(found, dict) else {}


def _read(name: str, data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise InputError("the file is too large to be the description of a firm", where=name, mend="give a firm.toml")
    return firm_document(data, name)
