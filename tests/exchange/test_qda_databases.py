"""QualCoder and Taguette: every coding is on the words that the database has for it, or it is said that it is not.

The tables are those of QualCoder 3.x (its database version 6 and later) and of Taguette 1.x.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.qda_databases import read_database
from crosscase.exchange.refi import read_project, write_project

TEXT = "We trusted him 😀\nand he knew Germany.\nHe knew Ghana too."


def database(path: Path, *statements: tuple[str, list[tuple]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as made:
        for table, rows in statements:
            made.execute(f"create table {table}")
            name, columns = table.split("(", 1)
            for row in rows:
                made.execute(f"insert into {name} values ({','.join('?' * len(columns.split(',')))})", row)
    made.close()
    return path


def qualcoder(folder: Path, units: str, *more: tuple) -> Path:
    def at(words: str) -> tuple[int, int]:
        start = TEXT.index(words)
        end = start + len(words)
        if units == "utf-16":
            start, end = (len(TEXT[:place].encode("utf-16-le")) // 2 for place in (start, end))
        return start, end

    codings = [
        (1, 1, 1, "trusted him", *at("trusted him"), "ann", "2020-01-02 10:00:00", "a note"),
        (2, 2, 1, "knew Germany", *at("knew Germany"), "bob", "", ""),
        (3, 1, 1, "knew Germany", *at("knew Germany"), "ann", "", ""),
        *more,
    ]
    database(
        folder / "mine.qda" / "data.qda",
        (
            "source(id,name,fulltext,mediapath,memo,owner,date)",
            [(1, "A1.txt", TEXT, None, "about A1", "ann", "2020-01-02")],
        ),
        ("code_cat(catid,name,owner,date,memo,supercatid)", [(1, "Ties", "ann", "", "", None)]),
        (
            "code_name(cid,name,memo,catid,owner,date,color)",
            [(1, "Trust", "what it is", 1, "ann", "", "#ff0000"), (2, "Knows", "", None, "ann", "", "")],
        ),
        ("code_text(ctid,cid,fid,seltext,pos0,pos1,owner,date,memo)", codings),
        ("cases(caseid,name,memo,owner,date)", [(1, "F1", "", "ann", "")]),
        ("case_text(id,caseid,fid,pos0,pos1)", [(1, 1, 1, 0, len(TEXT))]),
        ("attribute_type(name,date,owner,memo,caseOrFile,valuetype)", [("founded", "", "", "", "case", "numeric")]),
        ("attribute(attrid,name,attr_type,value,id)", [(1, "founded", "case", "2001", 1)]),
        ("annotation(anid,fid,pos0,pos1,memo,owner,date)", [(1, 1, 0, 10, "look", "bob", "")]),
        ("journal(jid,name,jentry,date,owner)", [(1, "Day one", "began", "2020-01-02", "ann")]),
        ("graph(grid,name)", [(1, "a drawing")]),
    )
    return folder / "mine.qda"


def words(read: int, **fates: int) -> dict[str, int]:
    """The account of codings: what was read, and what became of it."""
    all_fates = {"verified": 0, "moved": 0, "not_found": 0, "without_words": 0, **fates}
    return {"read": read, "with_words": all_fates["verified"] + all_fates["moved"], **all_fates}


@pytest.mark.parametrize("units", ["code-points", "utf-16"])
def test_qualcoder(tmp_path: Path, units: str) -> None:
    read = read_database(qualcoder(tmp_path, units))
    study = read.snapshot
    coded = [(study.quotations[one.quotation].text, one.code, one.coder, one.note) for one in study.codings]
    assert coded == [
        ("trusted him", "Trust", "ann", "a note"), ("knew Germany", "Knows", "bob", ""), ("knew Germany", "Trust", "ann", ""),
    ]  # fmt: skip
    assert read.words == words(3, verified=3)
    assert read.positions[0].convention.units == units
    assert study.code_path("Trust") == ("Ties", "Trust")
    assert (study.codes["Trust"].definition, study.codes["Trust"].colour) == ("what it is", "#ff0000")
    assert study.cases["F1"].attributes == {"founded": "2001"}
    assert study.sources["A1"].case == "F1"
    assert {(one.about_kind, one.title, one.text) for one in study.memos} == {
        ("sources", "", "about A1"), ("quotations", "", "look"), ("", "Day one", "began"),
    }  # fmt: skip
    assert read.dropped == {"rows of graph": 1}


def test_words_that_stand_elsewhere_are_moved_or_listed(tmp_path: Path) -> None:
    wrong = [
        (4, 1, 1, "Ghana too", 3, 12, "ann", "", ""),  # stands once: moved there
        (5, 1, 1, "knew", 3, 7, "ann", "", ""),  # stands twice: not guessed
        (6, 1, 1, "nowhere", 0, 7, "ann", "", ""),
        (7, 9, 1, "x", 0, 7, "ann", "", ""),  # a code that is not there
    ]
    read = read_database(qualcoder(tmp_path, "code-points", *wrong))
    assert read.words == words(7, verified=3, moved=1, not_found=2)
    assert read.merged == {"selection whose words stand elsewhere, moved there": 1}
    assert [one["selection"] for one in read.unplaced] == ["nowhere", "knew"]
    assert read.dropped["coding without its source, code or positions"] == 1
    for one in read.snapshot.quotations:
        assert one.start is None or read.snapshot.texts[one.source][one.start : one.end] == one.text


HTML = "<h1>Frühe Märkte</h1><p>We <b>trusted</b> him &amp; 😀 knew</p>\n<p>Germany.</p>"


def taguette(folder: Path, *highlights: tuple) -> Path:
    raw = "Frühe MärkteWe trusted him & 😀 knew\nGermany."  # the text without tags, as its positions count it

    def at(start: str, end: str) -> tuple[int, int]:
        return len(raw[: raw.index(start)].encode()), len(raw[: raw.index(end) + len(end)].encode())

    return database(
        folder / "export.sqlite3",
        ("projects(id,name,description)", [(1, "Ties abroad", "How?")]),
        (
            "documents(id,name,description,filename,created,project_id,contents)",
            [(1, "A1", "first", "a.docx", "", 1, HTML)],
        ),
        (
            "tags(id,project_id,path,description)",
            [(1, 1, "ties", "all"), (2, 1, "ties.trust", ""), (3, 1, "odd.one", "")],
        ),
        (
            "highlights(id,document_id,start_offset,end_offset,snippet)",
            [
                (1, 1, *at("trusted", "him"), "<p><b>trusted</b> him</p>"),
                (2, 1, *at("knew", "Germany"), "<p>knew</p>\n<p>Germany</p>"),
                (3, 1, *at("Märkte", "We"), "<h1>Märkte</h1><p>We</p>"),
                *highlights,
            ],
        ),
        ("highlight_tags(highlight_id,tag_id)", [(1, 2), (1, 1), (2, 3), (3, 1), (4, 1)]),
    )


def test_taguette(tmp_path: Path) -> None:
    read = read_database(taguette(tmp_path, (4, 1, 0, 5, "other words")))
    study = read.snapshot
    assert study.texts["A1"] == "Frühe Märkte\nWe trusted him & 😀 knew\nGermany."
    assert [(study.quotations[one.quotation].text, one.code) for one in study.codings] == [
        ("", "ties"), ("Märkte\nWe", "ties"), ("trusted him", "ties.trust"), ("trusted him", "ties"), ("knew\nGermany", "odd.one"),
    ]  # fmt: skip
    assert read.words == words(5, verified=4, not_found=1)
    assert study.code_path("ties.trust") == ("ties", "trust")
    assert study.code_path("odd.one") == ("odd.one",)
    assert (study.study.title, study.study.question) == ("Ties abroad", "How?")
    assert [one.text for one in study.memos] == ["first"]


def test_what_is_no_such_database(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither"):
        read_database(database(tmp_path / "a.sqlite3", ("other(a)", [])))
    (tmp_path / "b.sqlite3").write_bytes(b"SQLite format 3\0 and then nothing of the kind" * 40)
    with pytest.raises(InputError, match="cannot be read"):
        read_database(tmp_path / "b.sqlite3")
    with pytest.raises(InputError, match="no such database"):
        read_database(tmp_path / "c.qda")


def test_a_part_of_a_file_belongs_to_its_case(tmp_path: Path) -> None:
    half = TEXT.index("He knew")
    path = qualcoder(tmp_path, "code-points", (4, 1, 1, "knew Ghana", *_place("knew Ghana"), "ann", "", ""))
    with sqlite3.connect(path / "data.qda") as made:
        made.execute("insert into cases values (2, 'F2', '', 'ann', '')")
        made.execute("delete from case_text")
        made.executemany("insert into case_text values (?, ?, 1, ?, ?)", [(1, 1, 0, half), (2, 2, half, len(TEXT))])
    made.close()
    read = read_database(path).snapshot
    assert read.sources["A1"].case == ""
    assert {one.text: one.case for one in read.quotations if one.text} == {
        "We trusted": "F1", "trusted him": "F1", "knew Germany": "F1", "knew Ghana": "F2",
    }  # fmt: skip


def _place(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


#: A document as Taguette 1.5.2 stores it (``convert.get_html_body``), and what its own ``extract.extract(html, start, end)``
#: gives as the snippet between two offsets (run with beautifulsoup4 and html5lib): start, end, snippet, and the words.
STORED = (
    "<h1>Überblick</h1><p>Wir gingen <b>früh</b> nach 德国 &amp; “weiter” 🙂.</p><ul><li>eins</li><li>zwei</li></ul>"
    "<pre>zeile\n\nnoch</pre>"
)
SNIPPETS = [
    (0, 10, "<h1>Überblick</h1>", "Überblick"),
    (21, 38, "<p><b>früh</b> nach 德国</p>", "früh nach 德国"),
    (39, 59, "<p>&amp; “weiter” 🙂.</p>", "& “weiter” 🙂."),
    (44, 63, "<p>weiter” 🙂.</p><ul><li>eins</li></ul>", "weiter” 🙂.\neins"),
    (59, 67, "<ul><li>eins</li><li>zwei</li></ul>", "eins\nzwei"),
    (67, 78, "<pre>zeile\n\nnoch</pre>", "zeile\n\nnoch"),
]


def test_highlights_are_on_the_words_that_taguette_itself_takes(tmp_path: Path) -> None:
    path = database(
        tmp_path / "export.sqlite3",
        ("projects(id,name,description)", [(1, "Abroad", "")]),
        ("documents(id,name,description,filename,project_id,contents)", [(1, "A1", "", "A1.docx", 1, STORED)]),
        ("tags(id,project_id,path,description)", [(1, 1, "t", "")]),
        (
            "highlights(id,document_id,start_offset,end_offset,snippet)",
            [(n, 1, *one[:3]) for n, one in enumerate(SNIPPETS)],
        ),
        ("highlight_tags(highlight_id,tag_id)", [(n, 1) for n in range(len(SNIPPETS))]),
    )
    read = read_database(path)
    assert read.words == words(6, verified=6)
    assert not read.merged
    assert [one.text for one in read.snapshot.quotations] == [words for *_, words in SNIPPETS]
    text = read.snapshot.texts["A1"]
    assert all(text[one.start : one.end] == one.text for one in read.snapshot.quotations)


def test_changes_that_are_not_in_the_file_yet_are_not_overlooked(tmp_path: Path) -> None:
    path = qualcoder(tmp_path, "code-points")
    (path / "data.qda-wal").write_bytes(b"changes")
    with pytest.raises(InputError, match="not in the file yet"):
        read_database(path)


def test_pictures_recordings_attributes_of_files_and_the_memo_of_the_project(tmp_path: Path) -> None:
    """The columns are those of QualCoder 3.5 (its table definitions in ``__main__.py``)."""
    path = database(
        tmp_path / "mine.qda" / "data.qda",
        ("project(databaseversion,date,memo,about,codername)", [("v7", "2020-01-02", "What it is about", "", "ann")]),
        (
            "source(id,name,fulltext,mediapath,memo,owner,date)",
            [
                (1, "A1.docx", TEXT, "/docs/A1.docx", "", "ann", ""),
                (2, "fair.png", None, "/images/fair.png", "", "ann", ""),
                (3, "talk.mp3", None, "audio:/home/ann/talk.mp3", "", "ann", ""),
            ],
        ),
        ("code_cat(catid,name,owner,date,memo,supercatid)", []),
        ("code_name(cid,name,memo,catid,owner,date,color)", [(1, "Trust", "", None, "ann", "", "")]),
        ("code_text(ctid,cid,fid,seltext,pos0,pos1,owner,date,memo,important)", []),
        (
            "code_image(imid,id,x1,y1,width,height,cid,memo,date,owner,important,pdf_page)",
            [
                (1, 2, 10, 20, 30.4, 40, 1, "a stand", "", "ann", 1, None),
                (2, 1, 1, 2, 3, 4, 1, "", "", "ann", None, 2),
                (3, 2, None, 2, 3, 4, 1, "", "", "ann", None, None),
            ],
        ),
        ("code_av(avid,id,pos0,pos1,cid,memo,date,owner,important)", [(1, 3, 1000, 61250, 1, "", "", "bob", None)]),
        ("cases(caseid,name,memo,owner,date)", [(1, "F1", "", "ann", "")]),
        ("case_text(id,caseid,fid,pos0,pos1)", []),
        (
            "attribute_type(name,date,owner,memo,caseOrFile,valuetype)",
            [("founded", "", "", "", "case", "numeric"), ("wave", "", "", "which round", "file", "numeric")],
        ),
        ("attribute(attrid,name,attr_type,value,id)", [(1, "founded", "case", "2001", 1), (2, "wave", "file", "2", 1)]),
    )
    for name in ("documents/A1.docx", "images/fair.png"):
        (path.parent / name).parent.mkdir()
        (path.parent / name).write_bytes(name.encode())
    read = read_database(path.parent)
    study = read.snapshot
    assert [(one.id, one.extra["medium"], one.original, one.extra["variable.wave"]) for one in study.sources] == [
        ("A1", "", "A1.docx", "2"), ("fair", "picture", "fair.png", ""), ("talk", "audio", "", ""),
    ]  # fmt: skip
    assert study.originals == {"A1": b"documents/A1.docx", "fair": b"images/fair.png"}
    assert [(one.source, one.locator, dict(one.extra)) for one in study.quotations] == [
        ("fair", "region 10,20,40,60", {"region": "10,20,40,60"}),
        ("A1", "page 2, region 1,2,4,6", {"region": "1,2,4,6", "page": "2"}),
        ("talk", "time 0:01.000–1:01.250", {"time": "1000,61250"}),
    ]
    assert [(one.quotation, one.code, one.coder, one.note) for one in study.codings] == [
        ("q1", "Trust", "ann", "a stand"), ("q2", "Trust", "ann", ""), ("q3", "Trust", "bob", ""),
    ]  # fmt: skip
    assert read.words == words(4, without_words=3)
    assert [(one.name, one.label) for one in study.study.variables] == [("founded", ""), ("wave", "which round")]
    assert [(one.title, one.text) for one in study.memos] == [("Project memo", "What it is about")]
    assert read.dropped == {
        "document or medium that did not come along": 1,
        "mark of a coding as important": 1,
        "coding without its source, code or positions": 1,
    }
    write_project(study, tmp_path / "out.qdpx")
    again = read_project(tmp_path / "out.qdpx").snapshot
    assert [one.locator for one in again.quotations] == [one.locator for one in study.quotations]


def test_a_file_of_the_project_that_leads_out_of_it_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    path = qualcoder(tmp_path, "code-points")
    with sqlite3.connect(path / "data.qda") as made:
        made.execute("insert into source values (2, 'x.png', null, '/images/../../secret.png', '', '', '')")
    made.close()
    assert read_database(path).snapshot.originals == {}


def test_a_taguette_database_with_several_projects(tmp_path: Path) -> None:
    path = taguette(tmp_path)
    with sqlite3.connect(path) as made:
        made.execute("insert into projects values (2, 'Ties at home', '')")
        made.execute("insert into documents values (2, 'B1', '', 'b.docx', '', 2, '<p>We stayed</p>')")
        made.execute("insert into tags values (9, 2, 'home', '')")
        made.execute("insert into highlights values (9, 2, 3, 9, '<p>stayed</p>')")
        made.execute("insert into highlight_tags values (9, 9)")
    made.close()
    with pytest.raises(InputError, match=r"holds 2 projects: 1 Ties abroad, 2 Ties at home"):
        read_database(path)
    with pytest.raises(NotFoundError, match="Ties abroad"):
        read_database(path, project="Ties elsewhere")
    home = read_database(path, project="Ties at home")
    assert home.snapshot.study.title == "Ties at home"
    assert [(one.quotation, one.code) for one in home.snapshot.codings] == [("q1", "home")]
    assert home.words == words(1, verified=1)
    assert read_database(path, project="1").words == words(4, verified=4)


def test_a_table_that_lacks_a_column(tmp_path: Path) -> None:
    path = qualcoder(tmp_path, "code-points")
    with sqlite3.connect(path / "data.qda") as made:
        made.execute("alter table code_text drop column cid")
    made.close()
    with pytest.raises(InputError, match="cannot be read"):
        read_database(path)
