"""What programs write is read as far as it makes sense, and what becomes of everything is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscase.core import PartialDate
from crosscase.core.errors import InputError
from crosscase.exchange.refi import read_project
from exchange.refi.projects import (
    archive,
    codebook,
    content,
    identity,
    project,
    saved,
    selection,
    sources,
    text_source,
)

TEXT = "We knew nobody in Germany, so we asked a client."


def bare(folder: Path, *parts: str, **more: str):
    return read_project(saved(folder, project(*parts, **more), "a.qde"))


def inline(*inside: str) -> str:
    return text_source("A1", "".join(inside), attributes="", before=content(TEXT))


@pytest.mark.parametrize("name", ["project.qde", "Project.qde", "My study.QDE", "folder/project.qde"])
@pytest.mark.parametrize("folder", ["sources", "Sources"])
@pytest.mark.parametrize(
    "path", ["internal://A1.txt", "A1.txt", "relative:///A1.txt", "sources/A1.txt", "absolute:///C:/data/A1.txt"]
)
def test_layouts_of_containers_and_paths(tmp_path: Path, name: str, folder: str, path: str) -> None:
    above = name.rpartition("/")[0]
    members = {f"{above}/{folder}/A1.txt".lstrip("/"): TEXT.encode(), f"{above}/{folder}/".lstrip("/"): b""}
    xml = project(codebook("trust"), sources(text_source("A1", selection(39, 47), f'plainTextPath="{path}"')))
    read = read_project(saved(tmp_path, archive(xml, members, name)))
    assert [one.text for one in read.snapshot.quotations] == ["a client"]
    assert read.dropped == {}


def test_members_that_differ_in_capitals_only(tmp_path: Path) -> None:
    members = {"Sources/a1.txt": b"Another text, longer than the first one is.", "Sources/A1.txt": TEXT.encode()}
    xml = project(codebook("trust"), sources(text_source("A1", selection(39, 47))))
    assert read_project(saved(tmp_path, archive(xml, members))).snapshot.texts == {"A1": TEXT}
    with pytest.raises(InputError, match="2 project files"):
        read_project(saved(tmp_path, archive(xml, {"Project.qde": xml})))


def test_what_macos_puts_beside_a_project_is_no_project(tmp_path: Path) -> None:
    members = {"__MACOSX/._project.qde": b"\0\5\x16\7", "._project.qde": b"\0\5\x16\7"}
    read = read_project(saved(tmp_path, archive(project(codebook("trust")), members)))
    assert read.counts["codes"] == 1


def test_a_guid_that_is_a_code_and_a_case(tmp_path: Path) -> None:
    both = f'<Cases><Case guid="{identity("trust")}" name="F1"/></Cases>'
    read = bare(tmp_path, codebook("trust"), both, sources(inline(selection(39, 47))))
    assert (read.kept["codings"], read.snapshot.quotations[0].case) == (1, "F1")


def test_a_bare_project_beside_its_sources(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "A1.txt").write_text(TEXT)
    xml = project(codebook("trust"), sources(text_source("A1", selection(39, 47))))
    read = read_project(saved(tmp_path, xml, "a.qde"))
    assert read.snapshot.quotations[0].text == "a client"


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:project:1.0", "urn:QDA-XML:project:0:10", "", "urn:other"])
def test_namespaces(tmp_path: Path, namespace: str) -> None:
    read = bare(tmp_path, codebook("trust"), sources(inline(selection(39, 47))), namespace=namespace)
    assert read.counts["codes"] == read.counts["codings"] == 1


@pytest.mark.parametrize(
    "namespace", ["urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:0:4", "urn:QDA-XML:codebook:1:0"]
)
def test_codebooks(tmp_path: Path, namespace: str) -> None:
    xml = (
        f'<CodeBook xmlns="{namespace}" origin="A program"><Codes><Code guid="{identity("a")}" name="A" isCodable="false" '
        f'color="#ff0000"><Description>above</Description><Code guid="{identity("b")}" name="A" isCodable="true"/></Code>'
        "</Codes><Sets/></CodeBook>"
    )
    read = read_project(saved(tmp_path, xml.encode(), "a.qdc"))
    above, below = read.snapshot.codes
    assert (above.name, above.definition, above.colour, above.extra["codable"]) == ("A", "above", "#ff0000", "no")
    assert (below.name, below.parent, below.extra["codable"]) == ("A", above.id, "")
    assert above.id != below.id
    assert (read.origin, read.counts["sets"]) == ("A program", 0)


def test_files_that_break_the_schema(tmp_path: Path) -> None:
    """Other order, empty lists, no attributes, unknown elements, a coding with a code that is not there."""
    read = bare(
        tmp_path,
        "<Sets/><Notes/><Novelty/>",
        sources(inline(selection(39, 47, ["missing"]), selection(0, 2), "<Strange/>")),
        codebook("trust"),
        "<Cases><Case/></Cases>",
    )
    assert read.counts == {
        "sources": 1, "codes": 1, "codings": 2, "cases": 1, "variables": 0, "memos": 0, "links": 0, "sets": 0,
    }  # fmt: skip
    assert read.kept["codings"] == 1
    assert read.dropped == {
        "coding without a code that is there": 1, "element Strange in a source": 1, "element Novelty in the project": 1,
    }  # fmt: skip


def test_a_deep_codebook(tmp_path: Path) -> None:
    inside = ""
    for level in range(100, 0, -1):
        inside = f'<Code guid="{identity(str(level))}" name="same" isCodable="true">{inside}</Code>'
    read = bare(tmp_path, f"<CodeBook><Codes>{inside}</Codes></CodeBook>")
    assert read.counts["codes"] == 100
    assert len(read.snapshot.code_path(read.snapshot.codes[99].id)) == 100


def test_cases_with_values_sources_and_selections(tmp_path: Path) -> None:
    key = identity("39-47-")
    read = bare(
        tmp_path,
        '<Users><User guid="' + identity("ann") + '" name="Ann" id="A"/></Users>',
        codebook("trust"),
        f'<Variables><Variable guid="{identity("v1")}" name="Founded" typeOfVariable="Integer"/>'
        f'<Variable guid="{identity("v2")}" name="founded" typeOfVariable="Text"/></Variables>',
        f'<Cases><Case guid="{identity("F1")}" name="Firm One"><Description>the first</Description>'
        f'<VariableValue><VariableRef targetGUID="{identity("v1")}"/><IntegerValue>2001</IntegerValue></VariableValue>'
        f'<SourceRef targetGUID="{identity("A1")}"/></Case>'
        f'<Case guid="{identity("F2")}" name="F2"><SelectionRef targetGUID="{key}"/></Case>'
        f'<Case guid="{identity("F3")}" name="F3"/></Cases>',
        sources(
            inline(
                selection(39, 47),
                selection(0, 2, ["F3"]),
                selection(3, 7, ["trust"], inside="<Description>really?</Description>"),
                f'<VariableValue><VariableRef targetGUID="{identity("v2")}"/><TextValue> x</TextValue></VariableValue>',
            )
        ),
    )
    study = read.snapshot
    assert [case.id for case in study.cases] == ["Firm-One", "F2", "F3"]
    assert study.cases[0].attributes == {"case name": "Firm One", "Founded": "2001"}
    assert [one.name for one in study.study.variables] == ["Founded", "founded 2"]
    assert study.sources[0].case == "Firm-One"
    assert study.sources[0].extra["variable.founded 2"] == " x"
    assert [one.case for one in study.quotations] == ["F2", "F3", ""]
    assert read.merged == {"coding at a case, which became the quotation's case": 1}
    assert {(one.about_kind, one.about, one.text) for one in study.memos} == {
        ("quotations", "q3", "really?"), ("cases", "Firm-One", "the first"),
    }  # fmt: skip
    assert study.coders["Ann"].extra["initials"] == "A"


def test_notes_links_sets_and_graphs(tmp_path: Path) -> None:
    note = identity("note")
    read = bare(
        tmp_path,
        codebook("trust"),
        sources(inline(selection(39, 47, [], inside=f'<NoteRef targetGUID="{note}"/>'))),
        f'<Notes><Note guid="{note}" name="On this" creationDateTime="2019-03-02T10:00:00Z">{content("an annotation")}</Note>'
        f'<Note guid="{identity("free")}" name="Linked">{content("free")}</Note></Notes>',
        f'<Links><Link guid="{identity("l")}" originGUID="{identity("free")}" targetGUID="{identity("trust")}"/></Links>',
        f'<Sets><Set guid="{identity("s")}" name="Mine"><MemberCode targetGUID="{identity("trust")}"/></Set></Sets>',
        f'<Graphs><Graph guid="{identity("g")}"/></Graphs>',
    )
    first, second = read.snapshot.memos
    assert (first.about_kind, first.about, first.title, first.text) == ("quotations", "q1", "On this", "an annotation")
    assert first.date == PartialDate(2019, 3, 2)
    assert (second.about_kind, second.about) == ("codes", "trust")
    assert read.kept_aside == {"sets": 1, "links": 1, "graphs": 1}
    assert 'name="Mine"' in read.snapshot.study.extra["refi"]["sets"][0]


def test_media_without_text_keep_places_and_times(tmp_path: Path) -> None:
    coding = f'<Coding guid="{identity("x")}"><CodeRef targetGUID="{identity("trust")}"/></Coding>'
    read = bare(
        tmp_path,
        codebook("trust"),
        sources(
            f'<PictureSource guid="{identity("p")}" name="p.jpg"><PictureSelection guid="{identity("ps")}" firstX="1" firstY="2" '
            f'secondX="3" secondY="4">{coding}</PictureSelection></PictureSource>',
            f'<AudioSource guid="{identity("a")}" name="a.m4a"><Transcript guid="{identity("t")}">{content(TEXT)}'
            f'<SyncPoint guid="{identity("0")}" position="0" timeStamp="0"/>'
            f'<SyncPoint guid="{identity("1")}" position="27" timeStamp="61250"/>'
            f'<SyncPoint guid="{identity("2")}" position="48" timeStamp="70000"/>'
            f'<TranscriptSelection guid="{identity("ts")}" fromSyncPoint="{identity("1")}" toSyncPoint="{identity("2")}">{coding}'
            "</TranscriptSelection></Transcript>"
            f'<AudioSelection guid="{identity("as")}" begin="1000" end="61250">{coding}</AudioSelection></AudioSource>',
            f'<PDFSource guid="{identity("d")}" name="d.pdf"><PDFSelection guid="{identity("same")}" page="1" firstX="1" '
            f'firstY="2" secondX="3" secondY="4">{coding}</PDFSelection><Representation guid="{identity("r")}">{content(TEXT)}'
            f'<PlainTextSelection guid="{identity("same")}" startPosition="18" endPosition="25">{coding}</PlainTextSelection>'
            "</Representation></PDFSource>",
        ),
    )
    study = read.snapshot
    assert [(one.locator, one.text) for one in study.quotations] == [
        ("region 1,2,3,4", ""), ("", "so we asked a client."), ("time 0:01.000–1:01.250", ""), ("", "Germany"),
    ]  # fmt: skip
    assert study.quotations[3].extra["page"] == "1", "the region and the words are one quotation"
    assert read.merged == {"page region of a selection in the text": 1, "coding that stood there twice": 1}
    assert [(turn.start, turn.end, turn.time) for turn in study.turns] == [
        (0, 27, 0.0),
        (27, 48, 61.25),
        (48, 48, 70.0),
    ]


def test_a_transcript_all_of_whose_points_are_outside_its_text(tmp_path: Path) -> None:
    point = f'<SyncPoint guid="{identity("0")}" position="900" timeStamp="0"/>'
    audio = (
        f'<AudioSource guid="{identity("a")}" name="a.m4a"><Transcript guid="{identity("t")}">{content(TEXT)}{point}'
    )
    read = bare(tmp_path, sources(f"{audio}</Transcript></AudioSource>"))
    assert len(read.snapshot.turns) == 0
    assert read.dropped == {"point of a transcript outside the text": 1}


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\xef\xbb\xbf \r\n", "\u2028".encode()])
def test_an_empty_text_refuses_nothing(tmp_path: Path, data: bytes) -> None:
    read = read_project(saved(tmp_path, archive(project(sources(text_source("A1"))), {"sources/A1.txt": data})))
    assert read.snapshot.texts["A1"].strip() == ""


def test_a_text_whose_bytes_are_none_is_told_and_refuses_nothing(tmp_path: Path) -> None:
    xml = project(codebook("trust"), sources(text_source("A1", selection(0, 2))))
    read = read_project(saved(tmp_path, archive(xml, {"sources/A1.txt": bytes(range(32)) * 4})))
    assert read.dropped == {"plain text that could not be read": 1}
    assert any("its codings have no words" in one for one in read.warnings)
    assert read.kept["codings"] == 1


def test_positions_that_cannot_be_are_listed_and_not_guessed(tmp_path: Path) -> None:
    wrong = [selection(47, 39, name="reversed"), selection(40, 4800, name="beyond"), selection(-3, 2, name="before")]
    odd = '<PlainTextSelection guid="x" startPosition="one" name="no number"/>'
    good = [selection(39, 47), selection(0, 7), selection(18, 25), selection(30, 38)]
    read = bare(tmp_path, codebook("trust"), sources(inline(*good, *wrong, odd)))
    assert [one["selection"] for one in read.unplaced] == ["no number", "reversed", "beyond", "before"]
    lost = [one for one in read.snapshot.quotations if one.start is None]
    assert [one.text for one in lost] == [""] * 4
    assert "positions 47–39" in lost[0].locator
    assert read.words == {"read": 7, "with_words": 4, "verified": 4}
    assert sum(count for kind, count in read.dropped.items() if kind.startswith("positions")) == 4


def test_a_text_that_did_not_come_along_keeps_its_codings_without_words(tmp_path: Path) -> None:
    xml = project(codebook("trust"), sources(text_source("A1", selection(39, 47, name="a client"))))
    read = read_project(saved(tmp_path, archive(xml)))
    (quotation,) = read.snapshot.quotations
    assert (quotation.locator, quotation.text, quotation.extra["name"]) == ("positions 39–47", "", "a client")
    assert read.words == {"read": 1, "with_words": 0, "verified": 0}
    assert any("did not come along" in one for one in read.warnings)


def test_a_coded_memo_is_a_source_too(tmp_path: Path) -> None:
    note = text_source("A1", selection(39, 47), attributes="", before=content(TEXT)).replace("TextSource", "Note")
    read = bare(tmp_path, codebook("trust"), f"<Notes>{note}</Notes>")
    assert (read.counts["sources"], read.counts["memos"], len(read.snapshot.sources)) == (0, 1, 1)
    assert read.snapshot.quotations[0].text == "a client"


@pytest.mark.parametrize("control", ["&#x0B;", "&#11;", "\x0b"])
def test_control_characters_that_no_xml_may_hold(tmp_path: Path, control: str) -> None:
    source = text_source("A1", selection(39, 47), attributes="", before=content(TEXT).replace("We", f"W{control}"))
    read = bare(tmp_path, codebook("trust"), sources(source))
    assert read.snapshot.texts["A1"].startswith("W\ufffd knew")
    assert read.snapshot.quotations[0].text == "a client"


# -- the ways of NVivo --------------------------------------------------------------------------------------------------

SAID = "Interviewer: How did you begin? 😀\nMaria: We knew nobody 🦊 in Germany, so we asked a client.\nHe helped us."
PHRASES = ("We knew nobody", "in Germany", "a client.", "He helped us.")


def nvivo(text: str, origin: str = "NVivo 20.7.2") -> bytes:
    """Selections in UTF-16 units of the stored text, the mark not counted, ends exclusive."""
    spans = [(text.index(one), text.index(one) + len(one)) for one in PHRASES]
    marked = "".join(selection(*(len(text[:place].encode("utf-16-le")) // 2 for place in span)) for span in spans)
    inside = text_source("A1", marked, 'plainTextPath="internal://A1.txt" richTextPath="internal://A1.docx"')
    return project(codebook("trust"), sources(inside), "<Sets/>", "<Graphs/>", origin=origin)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_nvivo_for_windows(tmp_path: Path, encoding: str) -> None:
    text = SAID.replace("\n", "\r\n")
    data = (b"\xfe\xff" if encoding == "utf-16-be" else b"") + text.encode(encoding)
    read = read_project(saved(tmp_path, archive(nvivo(text), {"Sources/A1.txt": data}, "Project.qde")))
    assert read.snapshot.texts["A1"] == text, "verbatim but for the mark"
    assert [one.text for one in read.snapshot.quotations] == list(PHRASES)
    assert read.words == {"read": 4, "with_words": 4, "verified": 4}
    (place,) = read.positions
    assert (place.convention.name, place.described["line_end"], place.described["mark_counted"]) == ("utf-16", 2, False)


def test_nvivo_for_mac(tmp_path: Path) -> None:
    xml = nvivo(SAID, "NVivo for Mac 15.0.0")
    read = read_project(saved(tmp_path, archive(xml, {"sources/A1.txt": SAID.encode()})))
    assert read.snapshot.texts["A1"] == SAID
    assert [one.text for one in read.snapshot.quotations] == list(PHRASES)
    assert (read.positions[0].convention.name, read.positions[0].described["line_end"]) == ("utf-16", 1)


def test_one_selection_in_a_text_of_nvivo_that_says_little(tmp_path: Path) -> None:
    """Too little for the selection alone; the program's way is known."""
    text = "😀国内市场很小所以我们很早出口德国客户很重要他们介绍了新的客户"
    start = len(text[: text.index("德国")].encode("utf-16-le")) // 2
    xml = project(codebook("trust"), sources(text_source("A1", selection(start, start + 2))), origin="NVivo 14")
    read = read_project(saved(tmp_path, archive(xml, {"sources/A1.txt": text.encode()})))
    assert read.snapshot.quotations[0].text == "德国"
    assert read.positions[0].basis == "program"


# -- real exports (shared/data/qdpx) -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts"),
    [  # elements counted in the files with a text search
        ("aadorian_codebook.qdc", {"codes": 3, "sources": 0, "codings": 0, "sets": 0}),
        ("portableqda_portableQDA_Atlasti.qdc", {"codes": 5, "sources": 0, "codings": 0, "sets": 2}),
        ("ponte_target-atlas-project.qdpx", {"codes": 3, "sources": 0, "codings": 0, "sets": 0}),
        ("cproctor_nvivo_project.qdpx", {"codes": 262, "sources": 2, "codings": 0, "sets": 0}),
        ("cproctor_demo.qdpx", {"codes": 262, "sources": 2, "codings": 205, "sets": 0}),
        ("skyloom_TestProject.qdpx", {"codes": 14, "sources": 12, "codings": 16, "sets": 16, "links": 1}),
    ],
)
def test_real_files(shared: Path, name: str, counts: dict[str, int]) -> None:
    read = read_project(shared / "data" / "qdpx" / name)
    assert {kind: read.counts[kind] for kind in counts} == counts


def test_every_coding_of_a_real_project_is_on_the_line_that_it_names(shared: Path) -> None:
    """Its program codes lines and calls each selection ``line:N``: an account of the words that the positions are not."""
    read = read_project(shared / "data" / "qdpx" / "cproctor_demo.qdpx")
    text = read.snapshot.texts["board_2017"]
    lines = text.split("\n")
    for quotation in read.snapshot.quotations:
        assert quotation.text == lines[int(quotation.extra["name"].removeprefix("line:"))] + "\n"
    assert read.words == {"read": 205, "with_words": 205, "verified": 205}


def test_a_file_that_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no REFI-QDA project"):
        read_project(saved(tmp_path, b"<html/>", "a.qde"))
    with pytest.raises(InputError, match="no such file"):
        read_project(tmp_path / "missing.qdpx")
    with pytest.raises(InputError, match="0 project files"):
        read_project(saved(tmp_path, archive(b"", name="readme.txt")))
