"""Retrieval: quotations by a query, each a click from its place, all as a table; marks for the text and for tables.

A query is one text (``q``), so that every question has an address.  The form asks with fields of its own; they are put
together to a query, and the page is found again under that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crosscase.core import Snapshot
from crosscase.core.errors import ExpressionError, InputError, NotFoundError
from crosscase.core.vocabulary import SOURCE_KINDS
from crosscase.evidence.retrieval import (
    MARKS,
    And,
    Beside,
    Coded,
    Everything,
    Has,
    Not,
    Or,
    Query,
    Where,
    joined,
    parse,
    quoted,
)
from crosscase.reports import ReportTable, tables
from crosscase.reports.formats import FORMATS
from crosscase.reports.formats.html import table_html
from crosscase.study.permissions import Permission
from crosscase.study.quotations import ORDERS, Found, mark_quotations, quotations
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.downloads import download
from crosscase.web.pages import back

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Quotations", "/quotations")

#: How many stand on one page.
PAGE = 100

#: How a second code is joined to the first -> the words for it.
JOINS = {
    "and": "and also coded", "or": "or coded", "not": "but not coded", "overlaps": "overlapping what is coded",
    "apart": "not overlapping what is coded", "near/0": "in a paragraph with", "near/1": "within 1 paragraph of",
    "near/2": "within 2 paragraphs of", "near/5": "within 5 paragraphs of", "near/10": "within 10 paragraphs of",
}  # fmt: skip

#: The fields of the form that ask for one thing each.
PLAIN = ("case", "source", "kind", "speaker", "role", "mark", "text")

#: Before a value that is left out: all but that.  Words that are typed are taken as they are.
BUT = "not:"
SIGNS = ("=", "!=", ">=", "<=", ">", "<")


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the form.  ``under`` takes in the codes below the code; ``coder`` is whose codings count."""

    code: str = ""
    under: bool = False
    join: str = "and"
    second: str = ""
    second_under: bool = False
    coder: str = ""
    case: str = ""
    source: str = ""
    kind: str = ""
    speaker: str = ""
    role: str = ""
    mark: str = ""
    text: str = ""
    variable: str = ""
    sign: str = "="
    value: str = ""

    def query(self) -> Query:
        """What the fields ask for together; InputError when a comparison has no value."""
        plain = [_plain(name, value.strip()) for name in PLAIN if (value := getattr(self, name)).strip()]
        return joined(self._codes(), *plain, *self._where())

    def _codes(self) -> Query:
        first: Query = Coded(self.code, self.under, self.coder) if self.code else Everything()
        if not self.second:
            return Coded(coder=self.coder) if self.coder and not self.code else first
        second = Coded(self.second, self.second_under, self.coder)
        if self.join == "or" and self.code:
            return Or((first, second))
        if self.join in ("not", "apart"):
            return joined(first, Not(second if self.join == "not" else _beside(first, second, None)))
        if self.join == "overlaps":
            return _beside(first, second, None)
        if self.join in JOINS and self.join.startswith("near/"):
            return _beside(first, second, int(self.join.removeprefix("near/")))
        return joined(first, second)

    def _where(self) -> list[Query]:
        if not self.variable or not self.value.strip():
            return []
        value = self.value.strip()
        if '"' in value:
            raise InputError("a value has no quotation mark in it", where="value")
        number = value.removesuffix("%").replace(".", "", 1).removeprefix("-").isdigit()
        found = parse(
            f"{self.variable} {self.sign if self.sign in SIGNS else '='} " + (value if number else f'"{value}"')
        )
        return [found]


def _plain(name: str, value: str) -> Query:
    without = value.removeprefix(BUT)
    return Not(Has(name, without)) if without != value and without and name != "text" else Has(name, value)


def _beside(first: Query, second: Query, within: int | None) -> Query:
    return Beside(first, second, within)


def asked_of(query: Query) -> Asked | None:
    """The fields of the form that ask for a query; ``None`` when the form cannot ask for it."""
    parts = query.parts if isinstance(query, And) else () if isinstance(query, Everything) else (query,)
    fields: dict[str, Any] = {}
    codes: list[Query] = []
    for part in parts:
        if isinstance(part, Has) and part.field not in fields:
            fields[part.field] = part.value
        elif isinstance(part, Not) and isinstance(part.one, Has) and part.one.field not in fields:
            fields[part.one.field] = BUT + part.one.value
        elif isinstance(part, Where) and "variable" not in fields:
            name, sign, value = part.comparison.split(" ", 2)
            fields |= {"variable": name, "sign": sign, "value": value.strip('"')}
        else:
            codes.append(part)
    for join in JOINS:
        guess = _guess(codes, join)
        if guess is not None:
            asked = Asked(**{**fields, **guess})
            try:
                same = asked.query() == query
            except InputError:
                same = False
            if same:
                return asked
    return None


def _guess(codes: list[Query], join: str) -> dict[str, Any] | None:
    """The two codes of the form, if these parts could be made of them with this join."""
    match codes:
        case []:
            return {}
        case [Coded(code, below, coder)]:
            return {"code": code, "under": below or not code, "coder": coder}
        case [Coded() as one, (Coded() as two) | Not(Coded() as two) | Not(Beside(_, Coded() as two))]:
            pass
        case [Or((Coded() as one, Coded() as two)) | Beside(Coded() as one, Coded() as two)]:
            pass
        case (
            [Coded() as two]
            | [Not(Coded() as two)]
            | [Beside(Everything(), Coded() as two)]
            | [Not(Beside(Everything(), Coded() as two))]
        ) if join != "and":
            return {"join": join, "second": two.code, "second_under": two.below, "coder": two.coder, "under": True}
        case _:
            return None
    return {
        "code": one.code, "under": one.below, "coder": one.coder, "join": join, "second": two.code,
        "second_under": two.below,
    }  # fmt: skip


@router.get("/quotations", response_class=HTMLResponse)
def show(
    request: Request, workspace: Open, session: Signed, asked: Annotated[Asked, Depends()], q: str | None = None,
    words: str = "", sort: str = "place", descending: bool = False, at: int = 0, said: str = "",
) -> Response:  # fmt: skip
    """The quotations that a query finds; ``words`` and the fields of the form are put into one."""
    if q is None and set(request.query_params) - {"said"}:
        query = joined(asked.query(), *([Has("text", words.strip())] if words.strip() else []))
        order = {"sort": sort} if sort != "place" else {}
        more = {"descending": "true"} if descending else {}
        return RedirectResponse(
            "/quotations?" + urlencode({"q": str(query) if not isinstance(query, Everything) else "", **order, **more}),
            303,
        )
    ledger = workspace.frozen().ledger
    trouble, status, query = "", 200, Everything()
    try:
        query = parse(q or "")
        found = quotations(ledger, query, sort=sort if sort in ORDERS else "place", descending=descending)
    except InputError as error:
        caret = error.caret() if isinstance(error, ExpressionError) else ""
        trouble = "\n".join(filter(None, (error.what, caret, error.mend)))
        status = 404 if isinstance(error, NotFoundError) else 422
        found = quotations(ledger, Not(Everything()))
    at = max(0, min(at, len(found) - 1)) // PAGE * PAGE
    here = {
        "q": q or "",
        **({"sort": sort} if sort != "place" else {}),
        **({"descending": "true"} if descending else {}),
    }
    return page(
        request, "quotations.html", title="Quotations", status=status, query=q or "", trouble=trouble,
        asked=Asked(under=True, second_under=True) if trouble else asked_of(query), found=_versions(workspace, found[at : at + PAGE]),
        total=len(found), at=at, size=PAGE, here=urlencode(here), sort=sort, descending=descending, said=said,
        **_choices(ledger.snapshot),
    )  # fmt: skip


@router.get("/quotations.{ending}", openapi_extra=asks(Permission.EXPORT))
def file(
    request: Request, workspace: Open, session: Signed, ending: Literal["csv", "xlsx", "docx"],
    asked: Annotated[Asked, Depends()], q: str | None = None, words: str = "", sort: str = "place", descending: bool = False,
) -> Response:  # fmt: skip
    """What a query finds as a file."""
    query = parse(q) if q is not None else joined(asked.query(), *([Has("text", words)] if words else []))
    found = quotations(workspace.frozen().ledger, query, sort=sort, descending=descending)
    return download(FORMATS[ending](found.table()), "quotations", ending)


@router.post("/quotations/mark", openapi_extra=asks(Permission.CODE))
def mark(
    workspace: Open, session: Signed, marked: Annotated[list[str], Form()], mark: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "/quotations",
) -> Response:  # fmt: skip
    """Mark the quotations of a passage; each of ``marked`` is a version and an id with a colon between them."""
    pairs = []
    for one in marked:
        version, colon, id = one.partition(":")
        if not colon or not version.isdecimal() or len(version) > 18:
            raise InputError(f"'{one}' is no version and quotation", where="marked")
        pairs.append((id, int(version)))
    mark_quotations(workspace, session.coder, pairs, mark)
    return back(to)


@router.get("/quotations/representative", response_class=HTMLResponse)
def representative(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    """The marked quotations by code, and the checks of whose voices they are."""
    snapshot = workspace.frozen().snapshot
    made = _representative(snapshot)
    blocks = [
        table_html(table, downloads=tuple((ending, f"/quotations/representative/{name}.{ending}") for ending in ("csv", "xlsx", "docx")))
        for name, table in made.items()
    ]  # fmt: skip
    return page(request, "representative.html", title="Representative quotations", blocks=blocks, under="/quotations")


@router.get("/quotations/representative/{name}.{ending}", openapi_extra=asks(Permission.EXPORT))
def representative_file(
    workspace: Open, session: Signed, name: Literal["checks", "power", "proof"], ending: Literal["csv", "xlsx", "docx"]
) -> Response:
    snapshot = workspace.frozen().snapshot
    return download(FORMATS[ending](_representative(snapshot)[name]), f"quotations-{name}", ending)


def _representative(snapshot: Snapshot) -> dict[str, ReportTable]:
    return {
        "checks": tables.quotation_checks(snapshot),
        **{mark: tables.quotation_table(snapshot, mark) for mark in MARKS},
    }


def _versions(workspace: Workspace, found: list[Found]) -> list[tuple[Found, list[str]]]:
    """Each passage with what marks it: version and id of its quotations; none when they are gone already."""
    with workspace.lock:
        return [
            (
                one,
                [
                    f"{workspace.version('quotations', id)}:{id}"
                    for id in one.quotations
                    if workspace.has("quotations", id)
                ],
            )
            for one in found
        ]


def _choices(snapshot: Snapshot) -> dict[str, Any]:
    """What the fields of the form can be."""
    kinds = dict.fromkeys(one for one in snapshot.sources.column("kind") if one)
    names = dict.fromkeys(name for case in snapshot.cases for name, value in case.attributes.items() if value)
    return {
        "codes": snapshot.codes,
        "paths": {code.id: " › ".join(snapshot.code_path(code.id)) for code in snapshot.codes},
        "joins": JOINS,
        "signs": SIGNS,
        "orders": ORDERS,
        "variables": [name for name in names if quoted(name) == name],
        "choices": {
            "case": snapshot.cases.column("id"),
            "kind": [
                *(one for one in SOURCE_KINDS if one in kinds),
                *(one for one in kinds if one not in SOURCE_KINDS),
            ],
            "role": sorted({one.role for one in snapshot.participants} - {""}),
            "speaker": snapshot.participants.column("id"),
            "coder": sorted({*snapshot.codings.column("coder")} - {""}),
            "mark": (*MARKS, "none"),
        },
    }
