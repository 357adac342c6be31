"""Cross-case tables, codes beside codes, the growth of the codebook, and what stands behind each cell."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from crosscase.core import Snapshot
from crosscase.evidence import Ledger
from crosscase.evidence.retrieval import quoted
from crosscase.evidence.saturation import Growth, growth
from crosscase.figures import Scene, to_png, to_svg
from crosscase.figures.growth import GrowthBar
from crosscase.figures.growth import growth as growth_figure
from crosscase.reports import ReportTable
from crosscase.reports.formats import FORMATS
from crosscase.reports.formats.html import table_html
from crosscase.reports.names import value_text
from crosscase.reports.tables import growth_table
from crosscase.reports.tables.codes import nearest_of_level
from crosscase.study.crosstables import (
    KINDS,
    choices,
    chosen,
    cross_table,
    groupings,
    open_cell,
    together_table,
)
from crosscase.study.permissions import Permission
from crosscase.web.context import Open, Signed, asks, page
from crosscase.web.downloads import download

router = APIRouter(include_in_schema=False)
NAVIGATION = ("Cross-case tables", "/tables")

By = Literal["code", "theme", "construct", "question", "source-kind"]
Ending = Literal["csv", "xlsx", "docx"]
Show = Literal["counts", "presence", "excerpts"]
Share = Literal["counts", "share", "both"]
Unit = Literal["interview", "source", "case"]
FILES = ("csv", "xlsx", "docx")

#: The tables beside those of the cases: their address and the words for them.
BESIDE = {"/tables/together": "Codes together", "/tables/growth": "Growth of the codebook"}


@router.get("/tables", response_class=HTMLResponse)
def show(
    request: Request, workspace: Open, session: Signed, by: By = "code", show: Show = "counts", where: str = "",
    group: str = "", under: str = "",
) -> HTMLResponse:  # fmt: skip
    """One table; ``where`` is ``variable=value``, ``group`` a variable whose values make the rows."""
    ledger = workspace.frozen().ledger
    snapshot = ledger.snapshot
    cases = chosen(snapshot, where)
    table = _cases_table(ledger, by, show, where, group, under)
    asked = urlencode({"by": by, "show": show, "where": where, "group": group, "under": under})
    return page(
        request, "tables.html", title="Cross-case tables", **_tabs(by), show=show, where=where, cases=cases, group=group,
        block=table_html(table, downloads=_files("/tables", asked)), choices=choices(snapshot), groupings=groupings(snapshot),
        variables={one.name: one.label or one.name for one in snapshot.study.variables}, total=len(snapshot.cases),
        counted=by in ("code", "theme", "source-kind"), coded=by in ("code", "theme"), columns=len(table.columns) - 2,
        **_codes(snapshot, under),
    )  # fmt: skip


@router.get("/tables.{ending}", openapi_extra=asks(Permission.EXPORT))
def file(
    workspace: Open, session: Signed, ending: Ending, by: By = "code", show: Show = "counts", where: str = "",
    group: str = "", under: str = "",
) -> Response:  # fmt: skip
    """The same table as a file."""
    ledger = workspace.frozen().ledger
    return download(FORMATS[ending](_cases_table(ledger, by, show, where, group, under)), f"cases-by-{by}", ending)


def _cases_table(ledger: Ledger, by: str, show: Show, where: str, group: str, under: str) -> ReportTable:
    coded = by in ("code", "theme")
    group = group if coded else ""
    return cross_table(
        ledger,
        by,
        lambda row, of: group_address(by, row, of) if group else cell_address(by, row, of),
        cases=chosen(ledger.snapshot, where),
        show=show if coded or show == "presence" else "counts",
        group=group,
        under=under if coded else "",
    )


@router.get("/tables/cell", response_class=HTMLResponse)
def cell(
    request: Request, workspace: Open, session: Signed, by: By, case: str = "", of: str = "", where: str = ""
) -> HTMLResponse:
    """The quotations and records behind one cell; of a group of cases with ``where``."""
    ledger = workspace.frozen().ledger
    opened = open_cell(ledger, by, case, of, where)
    construct = ledger.snapshot.constructs.get(of) if by == "construct" else None
    return page(
        request, "cell.html", title=f"{opened.case or 'no case'}: {opened.name}", opened=opened, kinds=KINDS,
        paths=_paths(ledger.snapshot), construct=construct, value_text=value_text, group=where, under="/tables",
    )  # fmt: skip


# -- codes beside codes ------------------------------------------------------------------------------------------------


@router.get("/tables/together", response_class=HTMLResponse)
def together(request: Request, workspace: Open, session: Signed, show: Share = "both", under: str = "") -> HTMLResponse:
    """How often each two codes overlap; only the codes ``under`` one."""
    ledger = workspace.frozen().ledger
    table = together_table(ledger, together_address, show=show, under=under)
    asked = urlencode({"show": show, "under": under})
    return page(
        request, "together.html", title="Codes together", **_tabs("/tables/together"), show=show,
        block=table_html(table, downloads=_files("/tables/together", asked)), columns=len(table.columns) - 2,
        under="/tables", **_codes(ledger.snapshot, under),
    )  # fmt: skip


@router.get("/tables/together.{ending}", openapi_extra=asks(Permission.EXPORT))
def together_file(workspace: Open, session: Signed, ending: Ending, show: Share = "both", under: str = "") -> Response:
    ledger = workspace.frozen().ledger
    table = together_table(ledger, lambda one, other: "", show=show, under=under, most=None)
    return download(FORMATS[ending](table), "codes-together", ending)


def together_address(one: str, other: str) -> str:
    """The passages of a code that overlap another; those of the code itself when it is both."""
    asked = f"only:{quoted(one)}" if one == other else f"only:{quoted(one)} overlaps only:{quoted(other)}"
    return "/quotations?" + urlencode({"q": asked})


# -- growth ------------------------------------------------------------------------------------------------------------

Few = Annotated[int, Query(ge=1, le=1000)]
Percent = Annotated[float, Query(ge=0, le=100)]


@router.get("/tables/growth", response_class=HTMLResponse)
def grown(
    request: Request, workspace: Open, session: Signed, unit: Unit = "interview", level: Literal["code", "theme"] = "code",
    base: Few = 4, run: Few = 2, threshold: Percent = 5,
) -> HTMLResponse:  # fmt: skip
    """How the codebook grew; base, run and threshold are those of Guest, Namey and Chen (2020)."""
    ledger = workspace.frozen().ledger
    found = _growth(ledger, unit, level, base, run, threshold)
    asked: dict[str, Any] = {"unit": unit, "level": level, "base": base, "run": run, "threshold": f"{threshold:g}"}
    table = growth_table(found, lambda one: source_address(unit, one))
    return page(
        request, "growth.html", title="Growth of the codebook", **_tabs("/tables/growth"), under="/tables",
        figure=Markup(to_svg(_figure(found), id="growth")), found=found, asked=urlencode(asked), **asked,
        block=table_html(table, downloads=_files("/tables/growth", urlencode(asked))),
    )  # fmt: skip


@router.get("/tables/growth.{ending}", openapi_extra=asks(Permission.EXPORT))
def growth_file(
    workspace: Open, session: Signed, ending: Literal["csv", "xlsx", "docx", "svg", "png"], unit: Unit = "interview",
    level: Literal["code", "theme"] = "code", base: Few = 4, run: Few = 2, threshold: Percent = 5,
) -> Response:  # fmt: skip
    found = _growth(workspace.frozen().ledger, unit, level, base, run, threshold)
    if ending in ("svg", "png"):
        scene = _figure(found, linked=False)
        return download(to_svg(scene).encode() if ending == "svg" else to_png(scene), "codebook-growth", ending)
    return download(FORMATS[ending](growth_table(found)), "codebook-growth", ending)


def _growth(ledger: Ledger, unit: Unit, level: str, base: int, run: int, threshold: float) -> Growth:
    counts_for = nearest_of_level(ledger.snapshot, "theme") if level == "theme" else None
    return growth(ledger.snapshot, unit, base=base, run=run, threshold=threshold / 100, counts_for=counts_for)


def _figure(found: Growth, *, linked: bool = True) -> Scene:
    bars = [
        GrowthBar(one.id, len(one.new), one.so_far, source_address(found.unit, one.id) if linked else "")
        for one in found.steps
    ]
    reached = (found.reached.first, found.reached.last) if found.reached else None
    base = found.base if found.base_codes else 0
    return growth_figure(bars, base=base, reached=reached, words=found.sentence(), unit=found.unit)


def source_address(unit: str, id: str) -> str:
    """The quotations of an interview or a case."""
    return "/quotations?" + urlencode({"q": f"{'case' if unit == 'case' else 'source'}:{quoted(id)}"})


# -- shared ------------------------------------------------------------------------------------------------------------


def cell_address(by: str, case: str, of: str) -> str:
    """Where a cell leads."""
    return "/tables/cell?" + urlencode({"by": by, "case": case, "of": of})


def group_address(by: str, where: str, of: str) -> str:
    """Where a cell of a group of cases leads."""
    return "/tables/cell?" + urlencode({"by": by, "where": where, "of": of})


def _tabs(current: str) -> dict[str, Any]:
    return {"kinds": KINDS, "beside": BESIDE, "by": current}


def _files(path: str, asked: str) -> tuple[tuple[str, str], ...]:
    return tuple((ending, f"{path}.{ending}?{asked}") for ending in FILES)


def _paths(snapshot: Snapshot) -> dict[str, str]:
    return {code.id: " › ".join(snapshot.code_path(code.id)) for code in snapshot.codes}


def _codes(snapshot: Snapshot, under: str) -> dict[str, Any]:
    """The codes that have others under them, to choose a part of the codebook."""
    paths = _paths(snapshot)
    return {"parents": {id: paths[id] for id in snapshot.children if id in paths}, "part": under}
