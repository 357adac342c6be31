"""One readable report of a study, with every table and figure as files beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from crosscase.core.errors import InputError
from crosscase.figures.png import to_png
from crosscase.figures.svg import to_svg
from crosscase.figures.words import counted
from crosscase.reports import tables
from crosscase.reports.contents import ReportContents
from crosscase.reports.drawings import Figure
from crosscase.reports.formats import FORMATS
from crosscase.reports.formats.html import anchor, environment, style, table_html
from crosscase.reports.manuscript import manuscript_docx
from crosscase.reports.names import evidence_words
from crosscase.reports.sections import Folded, Section, counts, findings_by_rule, sections
from crosscase.reports.table import ReportTable

#: The list of what was written, beside the report.
INDEX = "index.json"
#: The report in the order of a methods and findings section.
MANUSCRIPT = "report.docx"
#: The table of all measures is for other programs: too long to be read.
_DATA_ONLY = {"measures": ("csv", "xlsx")}


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file that was written: its path inside the folder, what it is, its size in bytes and its SHA-256."""

    path: str
    kind: str
    title: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was built.  ``page`` is the report to open in a browser."""

    folder: Path
    page: Path
    files: tuple[ReportFile, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-able; the same as ``index.json``."""
        return {
            "report": self.page.name,
            "files": [
                {"path": one.path, "kind": one.kind, "title": one.title, "size": one.size, "sha256": one.sha256}
                for one in self.files
            ],
        }


def build_report(
    contents: ReportContents,
    out: Path | str,
    *,
    formats: Sequence[str] = tuple(FORMATS),
    png: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Write ``report.html``, ``report.docx``, ``tables/``, ``figures/`` and ``index.json`` into the folder ``out``.

    The same contents give the same bytes.  Files of an earlier report are replaced, others in the folder are left alone.

    Args:
        contents: the study and what was computed from it.
        out: a folder; made when it is not there.
        formats: which of :data:`~crosscase.reports.formats.FORMATS` the tables are written in.
        png: whether figures are also written as pictures.
        progress: called with the number of files written so far and of all.

    Raises:
        InputError: a file cannot be written, or ``formats`` has an unknown name.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise InputError(f"there is no table format '{unknown[0]}'", mend=f"take of {', '.join(FORMATS)}")
    folder = Path(out)
    parts = sections(contents)
    blocks = [block.table if isinstance(block, Folded) else block for part in parts for block in part.blocks]
    findings = tables.findings(contents.findings)
    all_tables = [block for block in blocks if isinstance(block, ReportTable)] + [findings]
    if contents.measures:
        all_tables.append(tables.all_measures(contents.measures))
    drawn = [block for block in blocks if isinstance(block, Figure) and not block.scene.empty]
    page = _page(contents, parts, findings, formats, png).encode("utf-8", "replace")
    jobs = list(_jobs(page, all_tables, drawn, formats, png))
    if "docx" in formats:
        jobs.insert(
            1, _Job(MANUSCRIPT, "report", "Report as a manuscript", partial(manuscript_docx, contents, parts, findings))
        )
    files = []
    for number, job in enumerate(jobs, 1):
        data = job.make()
        _write(folder / job.path, data)
        files.append(ReportFile(job.path, job.kind, job.title, len(data), hashlib.sha256(data).hexdigest()))
        if progress is not None:
            progress(number, len(jobs))
    report = Report(folder, folder / "report.html", tuple(files))
    _write(folder / INDEX, (json.dumps(report.to_dict(), indent=1, ensure_ascii=False) + "\n").encode())
    return report


def report_html(contents: ReportContents) -> str:
    """The page alone, for the workspace: without links to files beside it."""
    return _page(contents, sections(contents), tables.findings(contents.findings), (), png=False)


@dataclass(frozen=True, slots=True)
class _Job:
    path: str
    kind: str
    title: str
    make: Callable[[], bytes]


def _jobs(
    page: bytes, all_tables: Sequence[ReportTable], drawn: Sequence[Figure], formats: Sequence[str], png: bool
) -> Iterator[_Job]:
    yield _Job("report.html", "report", "Report", lambda: page)
    for table in all_tables:
        for name in formats:
            if name in _DATA_ONLY.get(table.id, FORMATS):
                yield _Job(_table_path(table, name), "table", table.title, partial(FORMATS[name], table))
    for figure in drawn:
        yield _Job(_figure_path(figure, "svg"), "figure", figure.title, partial(_svg, figure))
        if png:
            yield _Job(_figure_path(figure, "png"), "figure", figure.title, partial(to_png, figure.scene))


def _svg(figure: Figure) -> bytes:
    return to_svg(figure.scene).encode()


def _page(
    contents: ReportContents, parts: Sequence[Section], findings: ReportTable, formats: Sequence[str], png: bool
) -> str:
    study = contents.snapshot.study
    rules = findings_by_rule(contents)
    shown = [
        {
            "id": part.id,
            "title": part.title,
            "words": part.words,
            "blocks": [_block(block, formats, png) for block in part.blocks],
        }
        for part in parts
    ]
    links = [Markup('<a href="{}">{}</a>').format(*pair[::-1]) for pair in _downloads(findings, formats)]
    downloads = Markup('<p class="downloads">Findings as {}</p>').format(Markup(", ").join(links)) if links else ""
    return (
        environment()
        .get_template("report.html")
        .render(
            study=study,
            style=style(),
            counts=counts(contents),
            sections=shown,
            rules=rules,
            summary=_summary(contents),
            words=partial(evidence_words, contents.snapshot),
            findings_downloads=downloads if rules else "",
            statement=contents.data_statement,
            region_scheme=contents.region_scheme,
            version=contents.version,
            attribution=_attribution(parts),
        )
    )


def _block(block: ReportTable | Figure | Folded, formats: Sequence[str], png: bool) -> dict[str, Any]:
    if isinstance(block, Folded):
        html = _html(block.table, formats, png)
        return {"folded": True, "open": block.open, "title": block.table.title, "html": html}
    return {"folded": False, "open": True, "title": block.title, "html": _html(block, formats, png)}


def _html(block: ReportTable | Figure, formats: Sequence[str], png: bool) -> Markup:
    if isinstance(block, ReportTable):
        return table_html(block, downloads=tuple(_downloads(block, formats)) if block.rows else ())
    endings = ("svg", *(("png",) if png else ())) if formats else ()
    svg = Markup(to_svg(block.scene, id=anchor(block.id)))
    template = environment().get_template("figure.html")
    downloads = [(ending.upper(), _figure_path(block, ending)) for ending in endings]
    return Markup(template.render(figure=block, id=anchor(block.id), svg=svg, downloads=downloads))


def _downloads(table: ReportTable, formats: Sequence[str]) -> list[tuple[str, str]]:
    words = {"csv": "CSV", "xlsx": "Excel", "docx": "Word", "tex": "LaTeX", "html": "HTML"}
    return [
        (words.get(name, name), _table_path(table, name))
        for name in formats
        if name in _DATA_ONLY.get(table.id, FORMATS)
    ]


def _table_path(table: ReportTable, ending: str) -> str:
    return f"tables/{anchor(table.id)}.{ending}"


def _figure_path(figure: Figure, ending: str) -> str:
    return f"figures/{anchor(figure.id)}.{ending}"


def _attribution(parts: Sequence[Section]) -> str:
    if any(
        isinstance(block, Figure) and block.id == "map" and not block.scene.empty
        for part in parts
        for block in part.blocks
    ):
        return (
            "Shapes of the countries: Natural Earth (public domain), 1:110 million; boundaries are as they are there."
        )
    return ""


def _summary(contents: ReportContents) -> str:
    open_ones = [finding for finding in contents.findings if not finding.accepted]
    accepted = len(contents.findings) - len(open_ones)
    words = [
        counted(sum(one.severity == severity for one in open_ones), severity)
        for severity in ("error", "warning", "note")
    ]
    return f"Open: {', '.join(words)}. Accepted with a reason: {accepted}."


def _write(path: Path, data: bytes) -> None:
    """Write beside and move, so that a full disk leaves no half file."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise InputError(
            f"cannot write: {error.strerror or error}", where=str(path), mend="choose a folder that can be written to"
        ) from error
