from __future__ import annotations

import io

import docx as python_docx
import pytest

from crosscase.core.errors import InputError
from crosscase.exchange.sources import Limits, read_source
from exchange.sources.documents import WORD, docx, paragraph


def text_of(data: bytes) -> str:
    return read_source(data, "a.docx").text


def test_a_document_of_python_docx() -> None:
    document = python_docx.Document()
    document.add_heading("Interview 3", 1)
    document.add_paragraph("Interviewer: Why?\tSo 😀")
    for style, words in (("List Number", "one"), ("List Number", "two"), ("List Bullet", "dot")):
        document.add_paragraph(words, style=style)
    table = document.add_table(2, 2)
    for number, words in enumerate(("Interviewer", "How?", "Maria", "Well.")):
        table.cell(number // 2, number % 2).text = words
    file = io.BytesIO()
    document.save(file)
    source = read_source(file.getvalue(), "a.docx")
    assert source.text == (
        "Interview 3\nInterviewer: Why?\tSo 😀\n1. one\n2. two\n• dot\nInterviewer\tHow?\nMaria\tWell.\n"
    )
    assert [turn.speaker for turn in source.turns] == ["Interviewer", "Interviewer", "Maria"]


def test_tracked_changes_are_accepted_and_said() -> None:
    body = (
        "<w:p><w:r><w:t>We </w:t></w:r><w:del><w:r><w:delText>lost</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>won</w:t></w:r></w:ins></w:p>"
        + paragraph("It runs ", properties="<w:rPr><w:del/></w:rPr>")
        + paragraph("on.")
    )
    source = read_source(docx(body), "a.docx")
    assert source.text == "We won\nIt runs on.\n"
    assert "tracked changes (1 insertions, 2 deletions)" in source.warnings[0]


def test_footnotes_stand_at_the_end() -> None:
    cited = '<w:p><w:r><w:t>Growth</w:t><w:footnoteReference w:id="2"/><w:t>.</w:t></w:r></w:p>'
    notes = f'<w:footnote w:id="0">{paragraph("---")}</w:footnote><w:footnote w:id="2">{paragraph("Of sales.")}</w:footnote>'
    assert text_of(docx(cited, footnotes=notes)) == "Growth[1].\n\n[1] Of sales.\n"


def test_what_is_left_out_is_said() -> None:
    body = (
        '<w:p><w:r><w:t>Shown</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>'
        '<w:r><w:commentReference w:id="1"/></w:r></w:p>'
    )  # fmt: skip
    source = read_source(docx(body, comments="", header1=paragraph("Head")), "a.docx")
    assert source.text == "Shown\n"
    assert source.warnings == (
        "1 comments are not part of the text",
        "headers and footers are not part of the text",
        "hidden text is not part of the text",
    )


def test_characters_and_boxes() -> None:
    run = (
        "<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t><w:softHyphen/>"
        '<w:sym w:font="Wingdings" w:char="F04A"/><w:sym w:char="03B1"/><w:instrText>PAGE</w:instrText>'
    )
    box = f"<w:txbxContent>{paragraph('In a box')}</w:txbxContent>"
    fallback = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    both = (
        f'<w:r><m:AlternateContent xmlns:m="{fallback}"><m:Choice>{box}</m:Choice>'
        f"<m:Fallback>{box}</m:Fallback></m:AlternateContent></w:r>"
    )
    assert text_of(docx(f"<w:p><w:r>{run}</w:r>{both}</w:p>")) == "a\tb\nc\u2011d\u00ad\ufffdα\nIn a box\n"


def test_lists_count_by_level() -> None:
    def level(depth: int, format: str, pattern: str) -> str:
        return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{pattern}"/></w:lvl>'

    levels = level(0, "decimal", "%1.") + level(1, "lowerLetter", "%1.%2)") + level(2, "upperRoman", "%3")
    numbering = f'<w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    body = "".join(
        paragraph(words, properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>')
        for depth, words in ((0, "A"), (1, "b"), (1, "c"), (2, "d"), (0, "E"), (1, "f"))
    )
    assert text_of(docx(body, numbering=numbering)) == "1. A\n1.a) b\n1.b) c\nI d\n2. E\n2.a) f\n"


def test_nested_tables_and_content_controls() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('x')}</w:tc><w:tc>{paragraph('y')}</w:tc></w:tr></w:tbl>"
    body = f"<w:sdt><w:sdtContent>{paragraph('Kept')}</w:sdtContent></w:sdt>"
    body += f"<w:tbl><w:tr><w:tc>{paragraph('a')}{inner}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr></w:tbl>"
    assert text_of(docx(body)) == "Kept\na x\ty\tb\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (docx(paragraph("Hello."))[:150], "damaged or cut off"),
        (docx(""), "holds no text"),
        (docx("<w:p>"), "the part is damaged"),
        (docx(paragraph("x")).replace(b"word/document.xml", b"ward/document.xml"), "no Word document"),
    ],
)
def test_what_is_no_document_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_source(data, "talk.docx")
    assert "talk.docx" in caught.value.where
    assert caught.value.mend


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("entity", ['"lol"', 'SYSTEM "file:///etc/hostname"'])
def test_entities_are_refused(entity: str, encoding: str) -> None:
    import zipfile

    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY a {entity}>]>'
    xml += f'<w:document xmlns:w="{WORD}"><w:body>{paragraph("&a;")}</w:body></w:document>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", xml.encode(encoding))
    with pytest.raises(InputError, match="declares a document type or entities"):
        read_source(file.getvalue(), "a.docx")


@pytest.mark.parametrize("depth", ["999999999", "²", "-1", "9" * 5000])
def test_a_hostile_list_level_is_harmless(depth: str) -> None:
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="99999999"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%0%1."/></w:lvl>'
    )
    numbering = f'<w:abstractNum w:abstractNumId="7">{level}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    properties = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>'
    text = text_of(docx(paragraph("Hello.", properties=properties), numbering=numbering))
    assert text.endswith("Hello.\n")
    assert len(text) < 40


def test_footnotes_that_cite_each_other_are_read_once() -> None:
    def note(id: int, cites: int) -> str:
        return f'<w:footnote w:id="{id}"><w:p><w:r><w:t>n{id}</w:t><w:footnoteReference w:id="{cites}"/></w:r></w:p></w:footnote>'

    body = '<w:p><w:r><w:t>x</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    assert text_of(docx(body, footnotes=note(1, 2) + note(2, 1))) == "x[1]\n\n[1] n1[2]\n\n[2] n2[1]\n"


def test_a_part_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match=r"the part word/document\.xml has .* are allowed"):
        read_source(docx(paragraph("x" * 1000)), "a.docx", limits=Limits(part_bytes=1000))
