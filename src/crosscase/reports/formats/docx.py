"""A table as a Word document in the manner of the APA (7th edition, section 7): three rules, caption above, notes below."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Any

from crosscase.reports.table import STATE_SIGNS, ReportTable, letters

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RULE = 8  # eighths of a point
#: The width of a letter of a table's text in twentieths of a point, and of the margins of a cell in letters.
_LETTER, _MARGINS = 92, 3
#: So many letters stand on a line of an upright page.
_UPRIGHT = 104
#: With more columns than this the three states are signs.
_MOST_WORDS = 8
#: Words longer than this may be broken to keep a column narrow.
_LONGEST = 22
_A_DATE = (2000, 1, 1, 0, 0, 0)


def table_docx(table: ReportTable) -> bytes:
    """The bytes of a document with one table; wide tables stand on a landscape page."""
    document = _document(table.title, landscape=_wide(table))
    _put(document, table)
    return _saved(document)


def sections_docx(
    title: str,
    lead: str,
    parts: Sequence[tuple[str, Sequence[str], Sequence[ReportTable]]],
    *,
    landscape: bool = False,
) -> bytes:
    """The bytes of a document with headings, paragraphs and tables: (title, paragraphs, tables) a part."""
    document = _document(title, landscape=landscape)
    document.add_heading(_clean(title), level=1)
    if lead:
        document.add_paragraph(_clean(lead))
    for heading, words, tables in parts:
        document.add_heading(_clean(heading), level=2)
        for paragraph in words:
            document.add_paragraph(_clean(paragraph))
        for table in tables:
            _put(document, table)
    return _saved(document)


def figure_docx(title: str, caption: str, picture: bytes, table: ReportTable) -> bytes:
    """The bytes of a document with a PNG across the page, its caption, and the table of what it shows."""
    document = _document(title, landscape=False)
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    placed = document.add_picture(io.BytesIO(picture), width=room)
    most = int(0.85 * (section.page_height - section.top_margin - section.bottom_margin))
    if placed.height > most:
        placed.width, placed.height = int(placed.width * most / placed.height), most
    document.add_paragraph(_clean(caption))
    document.add_page_break()
    _put(document, table)
    return _saved(document)


def _document(title: str, *, landscape: bool) -> Any:
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    style.paragraph_format.space_after = Pt(0)
    for level, size in ((1, 14), (2, 11), (3, 9.5)):
        _plain_heading(document.styles[f"Heading {level}"], size)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(2))
    properties = document.core_properties
    properties.title, properties.author, properties.comments = _clean(title)[:255], "", ""  # the most that Word takes
    properties.created = properties.modified = datetime.datetime(*_A_DATE, tzinfo=datetime.UTC)
    return document


class Manuscript:
    """A document of headings, paragraphs, and numbered tables and figures; a wide table has landscape pages."""

    def __init__(self, title: str) -> None:
        self._document = _document(title, landscape=False)
        self._document.add_heading(_clean(title), level=1)
        self._landscape = False
        self._numbers = {"Table": 0, "Figure": 0}

    def heading(self, text: str, level: int) -> None:
        self._turn(landscape=False)
        self._document.add_heading(_clean(text), level=level)

    def paragraph(self, text: str) -> None:
        from docx.shared import Pt

        self._document.add_paragraph(_clean(text)).paragraph_format.space_after = Pt(4)

    def table(self, table: ReportTable) -> None:
        """The next table."""
        self._turn(landscape=_wide(table))
        _put(self._document, table, self._next("Table"))

    def figure(self, title: str, png: bytes, notes: Sequence[str]) -> None:
        """The next figure, as wide as the text."""
        self._turn(landscape=False)
        _caption(self._document, self._next("Figure"), title)
        section = self._document.sections[-1]
        self._document.add_picture(
            io.BytesIO(png), width=section.page_width - section.left_margin - section.right_margin
        )
        _note(self._document, notes)

    def saved(self) -> bytes:
        return _saved(self._document)

    def _next(self, kind: str) -> str:
        self._numbers[kind] += 1
        return f"{kind} {self._numbers[kind]}"

    def _turn(self, *, landscape: bool) -> None:
        from docx.enum.section import WD_ORIENT, WD_SECTION

        if landscape != self._landscape:
            section = self._document.add_section(WD_SECTION.NEW_PAGE)
            section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
            section.page_width, section.page_height = section.page_height, section.page_width
            self._landscape = landscape


def _plain_heading(style: Any, points: float) -> None:
    """A heading as a manuscript has it: black, bold, of the font of the text."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold = "Arial", Pt(points), True
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(points), Pt(4)


def _put(document: Any, table: ReportTable, label: str = "") -> None:
    """The table with its caption above and its notes below, at the end of the document."""
    _caption(document, label, table.title)
    if table.rows:
        _fill(document, table)
    else:
        document.add_paragraph(_clean(table.missing or "No rows."))
    signs = "●\u00a0present, ○\u00a0absent, –\u00a0no data"
    states = len(table.columns) > _MOST_WORDS and any(cell.state for row in table.rows for cell in row)
    _note(document, [*([signs] if states else []), *table.all_notes()])


def _caption(document: Any, label: str, title: str) -> None:
    """The number in bold on a line of its own, the title in italics under it."""
    from docx.shared import Pt

    caption = document.add_paragraph()
    caption.paragraph_format.space_before = Pt(8)
    caption.paragraph_format.space_after = Pt(4)
    caption.paragraph_format.keep_with_next = True
    if label:
        caption.add_run(label).bold = True
        caption.runs[0].add_break()
    caption.add_run(_clean(title)).italic = True


def _note(document: Any, notes: Sequence[str]) -> None:
    from docx.shared import Pt

    if not notes:
        return
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(4)
    paragraph.paragraph_format.space_after = Pt(8)
    paragraph.add_run("Note. ").italic = True
    paragraph.add_run(_clean(" ".join(_sentence(note) for note in notes)))
    for run in paragraph.runs:
        run.font.size = Pt(8)


def _sentence(note: str) -> str:
    """A note with a stop behind it, so that the next one can follow on the line."""
    return note if note.rstrip().endswith((".", "!", "?", ":")) else f"{note}."


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return _same_dates(out.getvalue())


def _fill(document: Any, table: ReportTable) -> None:
    """Put the table at the end of the document.

    It is written as markup and read once: python-docx takes a millisecond a cell, which long tables do not forgive.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    lines = _lines(table)
    section = document.sections[-1]
    room = (section.page_width - section.left_margin - section.right_margin) // 635  # twentieths of a point
    widths = [int(room * share) for share in _shares(lines, room / _LETTER)]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(
        _row(table, line, widths, number == 0, number == len(lines) - 1) for number, line in enumerate(lines)
    )
    head = '<w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
    markup = f"<w:tbl {nsdecls('w')}>{head}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    document.element.body.insert(len(document.element.body) - 1, parse_xml(markup))


def _lines(table: ReportTable) -> list[list[tuple[str, str]]]:
    """The texts of the labels and of all cells, each with the letter of its remark; states as signs in a wide table."""
    remarks, signs = letters(table), len(table.columns) > _MOST_WORDS
    lines = [[(column.label, "") for column in table.columns]]
    for row, texts in zip(table.rows, table.texts(), strict=True):
        lines.append(
            [
                (STATE_SIGNS[cell.state] if signs and cell.state else text, remarks.get(cell.note, ""))
                for cell, text in zip(row, texts, strict=True)
            ]
        )
    return lines


def _wide(table: ReportTable) -> bool:
    """Whether the longest words of the columns do not stand side by side on an upright page."""
    lines = _lines(table)
    longest = (
        max((_breadth(word) for line in lines for word in line[place][0].split()), default=1)
        for place in range(len(table.columns))
    )
    return sum(min(word, _LONGEST) + _MARGINS for word in longest) > _UPRIGHT


def _row(table: ReportTable, line: Sequence[tuple[str, str]], widths: Sequence[int], first: bool, last: bool) -> str:
    """A row that is not broken between pages; that of the labels repeats on each, between two rules."""
    sides = ("top", "bottom") if first else ("bottom",) if last else ()
    rules = "".join(f'<w:{side} w:val="single" w:sz="{_RULE}" w:space="0" w:color="000000"/>' for side in sides)
    borders = f"<w:tcBorders>{rules}</w:tcBorders>" if rules else ""
    cells = []
    for (text, mark), column, width in zip(line, table.columns, widths, strict=True):
        align = {"left": "left", "right": "right", "centre": "center"}[column.align]
        runs = _run(text) + (_run(mark, '<w:vertAlign w:val="superscript"/>') if mark else "")
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{borders}</w:tcPr>'
            f'<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr>{runs}</w:p></w:tc>'
        )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if first else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _run(text: str, properties: str = "") -> str:
    size = f'<w:rPr><w:sz w:val="17"/><w:szCs w:val="17"/>{properties}</w:rPr>'
    parts = escape(_clean(text)).split("\n")
    return f'<w:r>{size}{"<w:br/>".join(f"""<w:t xml:space="preserve">{part}</w:t>""" for part in parts)}</w:r>'


def _shares(lines: Sequence[Sequence[tuple[str, str]]], letters: float) -> list[float]:
    """How much of the width each column gets, of a page that is so many letters wide.

    A column is at least as wide as its longest word, so that none is broken while there is room; then as wide as its texts, long
    ones being allowed to break; what is left goes to all in proportion.
    """
    least, wanted = [], []
    for place in range(len(lines[0])):
        texts = [line[place][0] for line in lines]
        word = max((_breadth(word) for text in texts for word in text.split()), default=1)
        least.append(min(word, _LONGEST) + _MARGINS)
        wanted.append(max(min(max(map(_breadth, texts)), 60), min(word, _LONGEST)) + _MARGINS)
    spare, more = letters - sum(least), sum(wanted) - sum(least)
    if spare <= 0:
        return [one / sum(least) for one in least]
    if spare >= more:
        return [one / sum(wanted) for one in wanted]
    return [(one + spare * (other - one) / more) / letters for one, other in zip(least, wanted, strict=True)]


def _breadth(text: str) -> float:
    """The width of a text in letters; capitals are a third wider than small ones."""
    return len(text) + 0.35 * sum(letter.isupper() for letter in text)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _same_dates(data: bytes) -> bytes:
    """The archive with one fixed date on its parts, so that the same table gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _A_DATE), old.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()
