"""Each format is read back: the content is there, nothing of it became markup or a formula, and it is the same every time."""

import csv
import io
import re

import docx
import pytest
from lxml import html
from python_calamine import CalamineWorkbook

from crosscase.core import PartialDate
from crosscase.reports import FORMATS, Cell, Column, Format, ReportTable
from crosscase.reports.formats.csv import neutral
from crosscase.reports.formats.html import anchor, table_html
from crosscase.reports.formats.latex import escape
from reports.factories import EVIL

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("x")']


def table(word: str = "", rows: int = 2) -> ReportTable:
    columns = (
        Column(f"Case{word}", heading=True),
        Column("speed", "right", Format(2)),
        Column("seen", "centre"),
        Column("when"),
    )
    lines = [
        (
            Cell(f"F{number}{word}"),
            Cell(
                number + 0.125,
                note=f"odd {word}" if number == 0 else "",
                inputs=(("entries", f"4 {word}"), ("years", "7")),
            ),
            Cell("present", "", state="present") if number % 2 == 0 else Cell(state="no data"),
            Cell(PartialDate(2015, 3)),
        )
        for number in range(rows)
    ]
    return ReportTable("speed", f"Speed {word}", columns, tuple(lines), (f"A note {word}",), f"Table 1 {word}")


EMPTY = ReportTable("none", "Nothing", (Column("a"),), (), missing="There is nothing.")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("given", [table(), table(EVIL), table(rows=90), EMPTY, ReportTable("x", "No columns", (), ())])
def test_the_same_table_gives_the_same_bytes(name, given):
    assert FORMATS[name](given) == FORMATS[name](given)


# -- csv ---------------------------------------------------------------------------------------------------------------


def test_csv_holds_values():
    data = FORMATS["csv"](table())
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["Case", "speed", "seen", "when"],
        ["F0", "0.125", "present", "2015-03"],
        ["F1", "1.125", "no data", "2015-03"],
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_csv_is_a_formula(text):
    given = ReportTable("t", text, (Column(text),), ((Cell(text),), (Cell(None, text),)))
    rows = list(csv.reader(io.StringIO(FORMATS["csv"](given).decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows] == [f"'{text}"] * 3


def test_negative_numbers_stay_numbers():
    given = ReportTable("t", "T", (Column("a"),), ((Cell(-1.5),),))
    assert FORMATS["csv"](given).decode("utf-8-sig").split() == ["a", "-1.5"]
    assert neutral("–") == "–"


# -- xlsx --------------------------------------------------------------------------------------------------------------


def sheet(given: ReportTable) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(FORMATS["xlsx"](given))).get_sheet_by_index(0).to_python()


def test_xlsx_holds_numbers_as_numbers():
    rows = sheet(table())
    assert rows[0][0] == "Speed "
    assert rows[2] == ["Case", "speed", "seen", "when"]
    assert rows[3] == ["F0", 0.125, "present", "2015-03"]
    assert rows[4] == ["F1", 1.125, "no data", "2015-03"]
    assert [row[0] for row in rows[6:]] == ["A note ", "a odd ", "Source: Table 1 "]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_an_xlsx_is_a_formula(text):
    import zipfile

    given = ReportTable("t", text, (Column(text),), ((Cell(text),), (Cell(None, text),)), notes=(text,))
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"](given))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert sheet(given)[3][0].startswith("'")


def test_xlsx_of_numbers_it_cannot_hold_and_of_a_long_text():
    given = ReportTable("t", "T", (Column("a"),), ((Cell(float("nan")),), (Cell(float("inf")),), (Cell("x" * 40_000),)))
    assert [row[0] for row in sheet(given)[3:5]] == ["no finite number", "no finite number"]


# -- docx --------------------------------------------------------------------------------------------------------------


def test_docx_is_a_table_with_three_rules_caption_and_notes():
    document = docx.Document(io.BytesIO(FORMATS["docx"](table())))
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "Speed ",
        "Note. A note . a odd . Source: Table 1 .",
    ]
    grid = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in grid.rows] == [
        ["Case", "speed", "seen", "when"],
        ["F0", "0.12a", "present", "2015-03"],
        ["F1", "1.12", "no data", "2015-03"],
    ]
    sides = [set(re.findall(r"<w:(top|bottom|left|right|insideH|insideV) ", row._tr.xml)) for row in grid.rows]
    assert sides == [{"top", "bottom"}, set(), {"bottom"}]
    assert [paragraph.alignment.name for paragraph in (cell.paragraphs[0] for cell in grid.rows[1].cells)] == [
        "LEFT",
        "RIGHT",
        "CENTER",
        "LEFT",
    ]
    assert "tblHeader" in grid.rows[0]._tr.xml


def test_docx_takes_any_text_as_text():
    given = ReportTable("t", EVIL, (Column(EVIL),), ((Cell(f"{EVIL}\x00\nsecond"),),), notes=(EVIL,))
    document = docx.Document(io.BytesIO(FORMATS["docx"](given)))
    assert document.tables[0].rows[1].cells[0].text == f"{EVIL}\ufffd\nsecond"
    assert document.core_properties.title == EVIL


def test_docx_of_a_wide_table_is_on_a_landscape_page():
    for word, wide in (("", False), ("internationalization", True)):
        columns = tuple(Column(f"{word}{n}") for n in range(9))
        given = ReportTable("t", "T", columns, (tuple(Cell(n) for n in range(9)),))
        section = docx.Document(io.BytesIO(FORMATS["docx"](given))).sections[0]
        assert (section.page_width > section.page_height) is wide


def test_docx_columns_hold_their_labels_and_none_takes_all_the_room():
    labels = ("Model", "df", "RMSEA", "90% CI", "p", "SRMR")
    cells = ("three factors", "24", ".092", "[.071, .114]", "< .001", ".065")
    given = ReportTable("t", "T", tuple(map(Column, labels)), (tuple(map(Cell, cells)),))
    (made,) = docx.Document(io.BytesIO(FORMATS["docx"](given))).tables
    points = [cell.width.pt for cell in made.rows[0].cells]
    for width, texts in zip(points, zip(labels, cells, strict=True), strict=True):
        assert width > 5.0 * max(
            len(text) for text in texts
        )  # 8.5 points: no letter of these is wider than 6 on average
    assert max(points) < 4 * min(points)


# -- latex -------------------------------------------------------------------------------------------------------------


def test_latex_is_a_booktabs_table():
    text = FORMATS["tex"](table()).decode()
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    assert r"\begin{tabular}{lrcl}" in text
    assert r"F0 & 0.12\textsuperscript{a} & present & 2015-03 \\" in text
    assert r"\label{tab:speed}" in text


def test_latex_of_a_long_table_breaks_over_pages():
    text = FORMATS["tex"](table(rows=90)).decode()
    assert r"\begin{longtable}" in text
    assert r"\endhead" in text


@pytest.mark.parametrize("character", list('\\{}$&#_%~^<>|"'))
def test_latex_specials_are_escaped(character):
    assert re.fullmatch(r"a(\\[{}$&#_%]|\\text[a-z]+\{\})b", escape(f"a{character}b"))


def test_latex_commands_of_a_text_are_not_commands():
    text = FORMATS["tex"](table("\\input{/etc/passwd}\n\n[x]")).decode()
    assert "\\input" not in text
    assert "\\textbackslash{}input\\{/etc/passwd\\}" in text
    # a bracket after a line break would be its option
    assert not re.search(
        r"\\\\\s*\n\[", FORMATS["tex"](ReportTable("t", "T", (Column("a"),), ((Cell("[1]"),),))).decode()
    )


# -- html --------------------------------------------------------------------------------------------------------------


def page(given: ReportTable) -> html.HtmlElement:
    return html.document_fromstring(FORMATS["html"](given).decode())


def test_html_is_a_semantic_table():
    root = page(table())
    assert root.get("lang") == "en"
    assert root.xpath("//caption/text()") == ["Speed "]
    assert root.xpath("//thead//th/@scope") == ["col"] * 4
    assert root.xpath("//tbody//th[@scope='row']/text()") == ["F0", "F1"]
    assert "right" in root.xpath("//tbody/tr[1]/td[1]/@class")[0].split()
    region = root.xpath("//div[@role='region']")[0]
    assert root.xpath(f"//*[@id='{region.get('aria-labelledby')}']")[0].tag == "caption"
    assert region.get("tabindex") == "0"


def test_html_numbers_open_their_inputs_without_a_script():
    root = page(table())
    buttons = root.xpath("//td//button[@popovertarget]")
    assert [button.text_content() for button in buttons] == ["0.12", "1.12"]
    for button in buttons:
        (opened,) = root.xpath(f"//*[@id='{button.get('popovertarget')}']")
        assert opened.get("popover") is not None
        assert [one.text_content() for one in opened.xpath(".//dt")] == ["entries", "years"]
    assert not root.xpath("//script")
    assert len(root.xpath("//@id")) == len(set(root.xpath("//@id")))


def test_html_states_differ_in_word_and_sign():
    states = page(table()).xpath("//span[contains(@class, 'state')]")
    shown = [(one.xpath("string(.//*[@aria-hidden])"), one.xpath("string(.//*[@class='word'])")) for one in states]
    assert shown == [("●", "present"), ("–", "no data")]


def test_html_remarks_lead_to_their_notes():
    root = page(table())
    (link,) = root.xpath("//td/sup/a/@href")
    assert "odd" in root.xpath(f"//*[@id='{link[1:]}']")[0].text_content()


def test_html_takes_any_text_as_text():
    root = page(table(EVIL))
    assert not root.xpath("//script")
    assert root.xpath("//caption/text()") == [f"Speed {EVIL}"]
    assert root.xpath("//tbody//th/text()")[0] == f"F0{EVIL}"


@pytest.mark.parametrize(
    ("href", "kept"),
    [("#rule-R1", True), ("https://example.org", True), ("javascript:alert(1)", False), ("data:x", False)],
)
def test_html_links_only_where_it_is_safe(href, kept):
    block = html.fragment_fromstring(table_html(ReportTable("t", "T", (Column("a"),), ((Cell("x", href=href),),))))
    assert bool(block.xpath(".//td/a")) is kept


def test_html_of_an_empty_table_says_why():
    root = page(EMPTY)
    assert not root.xpath("//table")
    assert "There is nothing." in root.xpath("//p[@class='missing']")[0].text_content()


def test_anchors_are_safe_in_a_path_and_an_id():
    assert anchor("../../etc/passwd") == "..-..-etc-passwd"
    assert anchor("  ") == "x"
