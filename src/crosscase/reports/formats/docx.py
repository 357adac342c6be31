"""A table as a Word document in the manner of the APA (7th edition, section 7): three rules, caption above, notes below."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import Any

from crosscase.reports.table import ReportTable, letters

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RULE = 8  # eighths of a point
_A_DATE = (2000, 1, 1, 0, 0, 0)


def table_docx(table: ReportTable) -> bytes:
    """The bytes of a document with one table; wide tables stand on a landscape page."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    style.paragraph_format.space_after = Pt(0)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if len(table.columns) > 6:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(2))
    properties = document.core_properties
    properties.title, properties.author, properties.comments = _clean(table.title), "", ""
    properties.created = properties.modified = datetime.datetime(*_A_DATE, tzinfo=datetime.UTC)
    caption = document.add_paragraph()
    caption.paragraph_format.space_after = Pt(4)
    caption.paragraph_format.keep_with_next = True
    caption.add_run(_clean(table.title)).italic = True
    if table.rows:
        _fill(document, table)
    else:
        document.add_paragraph(_clean(table.missing or "No rows."))
    notes = table.all_notes()
    if notes:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4)
        paragraph.add_run("Note. ").italic = True
        paragraph.add_run(_clean(" ".join(notes)))
        for run in paragraph.runs:
            run.font.size = Pt(8)
    out = io.BytesIO()
    document.save(out)
    return _same_dates(out.getvalue())


def _fill(document: Any, table: ReportTable) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    sides = {
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
        "centre": WD_ALIGN_PARAGRAPH.CENTER,
    }
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    grid.autofit = True
    remarks = letters(table)
    heads = [(column.label, "") for column in table.columns]
    lines = [heads]
    for row, texts in zip(table.rows, table.texts(), strict=True):
        lines.append([(text, remarks.get(cell.note, "")) for cell, text in zip(row, texts, strict=True)])
    for line, row in zip(lines, grid.rows, strict=True):
        # row.cells is slow to ask for once a cell
        for (text, mark), column, cell in zip(line, table.columns, row.cells, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = sides[column.align]
            paragraph.add_run(_clean(text)).font.size = Pt(8.5)
            if mark:
                paragraph.add_run(mark).font.superscript = True
    _rules(grid)


def _rules(grid: Any) -> None:
    """A rule above and below the labels and one at the end; the labels repeat on each page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def border(cell: Any, *sides: str) -> None:
        borders = OxmlElement("w:tcBorders")
        for side in sides:
            line = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", str(_RULE)), ("space", "0"), ("color", "000000")):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
        cell._tc.get_or_add_tcPr().append(borders)

    for cell in grid.rows[0].cells:
        border(cell, "top", "bottom")
    for cell in grid.rows[-1].cells:
        border(cell, "bottom")
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(header)
    for row in grid.rows:
        whole = OxmlElement("w:cantSplit")
        whole.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(whole)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _same_dates(data: bytes) -> bytes:
    """The archive with one fixed date on its parts, so that the same table gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _A_DATE), old.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()
