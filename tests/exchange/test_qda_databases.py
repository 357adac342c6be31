"""QualCoder and Taguette: every coding is on the words that the database has for it, or it is said that it is not.

The tables are those of QualCoder 3.x (its database version 6 and later) and of Taguette 1.x.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from crosscase.core.errors import InputError
from crosscase.exchange.qda_databases import read_database

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
        ("code_image(imid,id)", [(1, 1)]),
    )
    return folder / "mine.qda"


@pytest.mark.parametrize("units", ["code-points", "utf-16"])
def test_qualcoder(tmp_path: Path, units: str) -> None:
    read = read_database(qualcoder(tmp_path, units))
    study = read.snapshot
    coded = [(study.quotations[one.quotation].text, one.code, one.coder, one.note) for one in study.codings]
    assert coded == [
        ("trusted him", "Trust", "ann", "a note"), ("knew Germany", "Knows", "bob", ""), ("knew Germany", "Trust", "ann", ""),
    ]  # fmt: skip
    assert read.words == {"read": 3, "with_words": 3, "verified": 3}
    assert read.positions[0].convention.units == units
    assert study.code_path("Trust") == ("Ties", "Trust")
    assert (study.codes["Trust"].definition, study.codes["Trust"].colour) == ("what it is", "#ff0000")
    assert study.cases["F1"].attributes == {"founded": "2001"}
    assert study.sources["A1"].case == "F1"
    assert {(one.about_kind, one.title, one.text) for one in study.memos} == {
        ("sources", "", "about A1"), ("quotations", "", "look"), ("", "Day one", "began"),
    }  # fmt: skip
    assert read.dropped == {"rows of code_image": 1}


def test_words_that_stand_elsewhere_are_moved_or_listed(tmp_path: Path) -> None:
    wrong = [
        (4, 1, 1, "Ghana too", 3, 12, "ann", "", ""),  # stands once: moved there
        (5, 1, 1, "knew", 3, 7, "ann", "", ""),  # stands twice: not guessed
        (6, 1, 1, "nowhere", 0, 7, "ann", "", ""),
        (7, 9, 1, "x", 0, 7, "ann", "", ""),  # a code that is not there
    ]
    read = read_database(qualcoder(tmp_path, "code-points", *wrong))
    assert read.words == {"read": 7, "with_words": 4, "verified": 4}
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
    assert read.words == {"read": 5, "with_words": 4, "verified": 4}
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
