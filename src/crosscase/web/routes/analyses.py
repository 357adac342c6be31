"""The saved analyses: what was found, whether it still holds, the cases and quotations behind it, and running it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from crosscase.core.errors import CrosscaseError, NotFoundError
from crosscase.figures import to_png, to_svg
from crosscase.reports.formats import FORMATS
from crosscase.reports.formats.html import anchor, table_html
from crosscase.reports.names import value_text
from crosscase.study import longwork
from crosscase.study.analyses import standings
from crosscase.study.analyses.pages import Shown, open_row, run_and_keep, shown
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, not_blind, page
from crosscase.web.downloads import download
from crosscase.web.errors import status_of
from crosscase.web.routes.tables import cell_address
from crosscase.web.routes.work import follow
from crosscase.web.security import Session

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Analyses", "/analyses")

#: Numbers that have a shorter name on the page.
_NUMBERS = {"std_all": "β", "pvalue": "p", "lower": "from", "upper": "to"}
#: Figures that have their own heading on the page of an analysis.
_HEADS = {"chart": "Chart", "xy": "XY plot", "path-diagram": "Path diagram"}


@router.get("/analyses", response_class=HTMLResponse)
def show_all(request: Request, workspace: Open, session: Signed) -> HTMLResponse:
    not_blind(session)
    return _all(request, workspace)


@router.post("/analyses/run", response_model=None, openapi_extra=asks(Permission.JUDGE))
def run(request: Request, workspace: Open, session: Signed, id: Annotated[str, Form()] = "") -> Response:
    """Run one analysis, or without an id all whose result is not current.

    One that draws is left to a worker, as everything that takes longer than a moment; the answer waits a moment for it.
    """
    not_blind(session)
    long = {one.id for one in workspace.snapshot.analyses if longwork.takes_long(one)}
    if id in long:
        return follow(workspace, session, longwork.ask_analysis(workspace, session.coder, id).id)
    if id:
        try:
            run_and_keep(workspace, session.coder, id)
        except NotFoundError as error:
            if id not in workspace.snapshot.analyses:
                raise
            return _one(request, workspace, session, id, "", error)
        except CrosscaseError as error:
            return _one(request, workspace, session, id, "", error)
        return RedirectResponse(f"/analyses/{quote(id, safe='')}", 303)
    problems: dict[str, CrosscaseError] = {}
    waiting = [one for one in standings(workspace.frozen().ledger) if one.state != "current"]
    for one in waiting:
        if one.id in long:
            longwork.ask_analysis(workspace, session.coder, one.id)
        else:
            try:
                run_and_keep(workspace, session.coder, one.id)
            except CrosscaseError as error:
                problems[one.id] = error
    if problems:
        return _all(request, workspace, problems)
    return RedirectResponse("/work" if any(one.id in long for one in waiting) else "/analyses", 303)


@router.get("/analysis/row", response_class=HTMLResponse)
def row(request: Request, workspace: Open, session: Signed, id: str, number: int) -> HTMLResponse:
    """The cases of a row of a truth table, their memberships, and the evidence for each."""
    not_blind(session)
    ledger = workspace.frozen().ledger
    about = shown(ledger, id)
    opened = open_row(ledger, about, number)
    paths = {code.id: " › ".join(ledger.snapshot.code_path(code.id)) for code in ledger.snapshot.codes}
    names = {one.id: one.name or one.id for one in ledger.snapshot.constructs}
    return page(
        request, "analysis_row.html", title=f"Row {number} of {about.analysis.title or id}", about=about, opened=opened,
        paths=paths, names=names, cell_address=cell_address, address=_address(id),
        value_text=value_text,
    )  # fmt: skip


@router.get("/analysis/table", openapi_extra=asks(Permission.EXPORT))
def table(
    workspace: Open, session: Signed, id: str, name: str, form: Literal["csv", "xlsx", "docx", "tex", "html"]
) -> Response:
    """A table as a file."""
    not_blind(session)
    tables = {one.id: one for one in shown(workspace.frozen().ledger, id).paper.tables}
    if name not in tables:
        raise NotFoundError("table", name, tables, where=f"analysis {id}")
    return download(FORMATS[form](tables[name]), _file(id, name), form)


@router.get("/analysis/figure")
def figure(workspace: Open, session: Signed, id: str, name: str, form: Literal["svg", "png"]) -> Response:
    """A figure as a file."""
    not_blind(session)
    figures = shown(workspace.frozen().ledger, id).paper.figures
    if name not in figures:
        raise NotFoundError("figure", name, figures, where=f"analysis {id}")
    content = to_svg(figures[name]).encode() if form == "svg" else to_png(figures[name])
    return download(content, _file(id, name), form)


@router.get("/analyses/{id:path}", response_class=HTMLResponse)
def show_one(
    request: Request, workspace: Open, session: Signed, id: str, sets: Literal["upset", "venn"] = "upset"
) -> HTMLResponse:
    """One analysis; ``sets`` says how the configurations are drawn."""
    not_blind(session)
    return _one(request, workspace, session, id, sets)


def _all(request: Request, workspace: Open, problems: dict[str, CrosscaseError] | None = None) -> HTMLResponse:
    found = standings(workspace.frozen().ledger)
    return page(
        request, "analyses.html", status=422 if problems else 200, title="Analyses", analyses=found,
        problems=problems or {}, address=_address, waiting=[one for one in found if one.state != "current"],
    )  # fmt: skip


def _one(
    request: Request, workspace: Open, session: Session, id: str, sets: str, problem: CrosscaseError | None = None
) -> HTMLResponse:
    ledger = workspace.frozen().ledger
    about = shown(ledger, id)
    figures = {name: _figure(about, name) for name in about.paper.figures}
    calibrations = [name for name in figures if name.startswith("calibration-")]
    known = {"configurations", "venn", "necessity", *_HEADS, *calibrations}
    return page(
        request, "analysis.html", status=status_of(problem) if problem else 200,
        title=about.analysis.title or id, about=about, problem=problem, figures=figures, heads=_HEADS, sets=sets or "upset",
        calibrations=calibrations, others=[name for name in figures if name not in known],
        tables={one.id: table_html(one, downloads=_table_files(about, one.id)) for one in about.paper.tables},
        address=_address(id), number_names=_NUMBERS, cases=set(ledger.snapshot.cases.column("id")),
        specification=_words(about.analysis.specification), work=longwork.running(workspace, id, who=session.coder),
    )  # fmt: skip


def _figure(about: Shown, name: str) -> dict[str, Any]:
    """A figure in the page with the addresses of its files."""
    scene = about.paper.figures[name]
    files = [
        (form.upper(), "/analysis/figure?" + urlencode({"id": about.analysis.id, "name": name, "form": form}))
        for form in ("svg", "png")
    ]
    return {"svg": Markup(to_svg(scene, id=anchor(name))), "title": scene.title, "files": files}


def _table_files(about: Shown, name: str) -> tuple[tuple[str, str], ...]:
    words = {"csv": "CSV", "xlsx": "Excel", "docx": "Word", "tex": "LaTeX", "html": "HTML"}
    return tuple(
        (words[form], "/analysis/table?" + urlencode({"id": about.analysis.id, "name": name, "form": form}))
        for form in words
    )


def _address(id: str) -> str:
    return f"/analyses/{quote(id, safe='')}"


def _file(id: str, name: str) -> str:
    """A name that a header can carry."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"{id}-{name}").strip("-.") or "analysis"


def _words(specification: Any) -> list[tuple[str, str]]:
    """The settings of an analysis as a reader sees them."""
    return [(key, _setting(value)) for key, value in specification.items()]


def _setting(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_setting(one)}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
