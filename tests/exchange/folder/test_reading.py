"""What people write by hand is read; what cannot be meant is refused with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crosscase.core import Coder, PartialDate, Quotation, text_hash
from crosscase.core.errors import InputError
from crosscase.exchange.folder import read_folder, write_folder

Make = Callable[..., Path]


def said(folder: Path) -> list[str]:
    sentences: list[str] = []
    read_folder(folder, sentences.append)
    return sentences


def test_a_folder_written_by_hand(study: Make) -> None:
    snapshot = read_folder(study())
    assert snapshot.study.question == "Why so fast?"
    assert snapshot.study.observed_until == "2020"
    assert snapshot.study.extra == {"note": "kept"}
    assert snapshot.cases["B"].attributes == {"founded": "2012", "Sector": ""}
    assert snapshot.events.column("id") == ["e1", "e2", "e3"]
    assert snapshot.events["e2"].date == PartialDate(2012, 3)
    assert snapshot.sources["S1"].hash == text_hash("We went to Germany first.")
    assert snapshot.texts == {"S1": "We went to Germany first."}
    # Two people coded the same words: one quotation.  The third row is a quotation without a coding.
    assert list(snapshot.quotations) == [Quotation("q1", "S1", 3, 7, "went"), Quotation("q2", "S1", 8, 10, "to")]
    assert [(coding.id, coding.quotation, coding.coder) for coding in snapshot.codings] == [
        ("c1", "q1", "me"),
        ("c2", "q1", "you"),
    ]
    assert list(snapshot.coders) == [Coder("me"), Coder("you")]


def test_codings_with_a_locator_are_quotations_of_their_own(study: Make) -> None:
    rows = "locator,code,case\nTable 3,net,A\nTable 3,net,A\n"
    assert len(read_folder(study({"codings.csv": rows})).quotations) == 2


def test_only_the_head_must_be_there(study: Make, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    with pytest.raises(InputError, match=r"is not a study folder.*study\.toml"):
        read_folder(bare)
    with pytest.raises(InputError, match="there is no folder"):
        read_folder(tmp_path / "missing")
    (bare / "study.toml").write_text('title = "T"\n')
    assert read_folder(bare).study.title == "T"


def test_the_guide_and_the_research_question_have_the_same_key(study: Make) -> None:
    head = 'title = "T"\nresearch_question = "Why?"\n[[question]]\nid = "1"\ntext = "How did you start?"\n'
    folder = study({"study.toml": head})
    snapshot = read_folder(folder)
    assert (snapshot.study.question, snapshot.study.guide[0].text) == ("Why?", "How did you start?")
    write_folder(snapshot, folder)
    assert read_folder(folder).study == snapshot.study


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"id;founded;Sector\nA;2010;caf\xc3\xa9\nB;;\n", "separated by semicolons"),
        (b"id\tfounded\tSector\nA\t2010\tcaf\xc3\xa9\nB\t\t\n", "separated by tabs"),
        ("id,founded,Sector\nA,2010,café\nB,,\n".encode("utf-8-sig"), "byte order mark"),
        ("id,founded,Sector\nA,2010,café\nB,,\n".encode("utf-16"), "UTF-16"),
        ("id,founded,Sector\nA,2010,café\nB,,\n".encode("cp1252"), "is not UTF-8; it was read as cp1252"),
        ("ID,founded,Sector\nA,2010,café\nB,,\n".encode(), "'ID' was read as 'id'"),
    ],
    ids=["semicolons", "tabs", "byte order mark", "utf-16", "windows-1252", "capitals"],
)
def test_other_programs_tables_are_taken_and_that_is_said(study: Make, content: bytes, sentence: str) -> None:
    folder = study({"cases.csv": content})
    assert read_folder(folder).cases["A"].attributes == {"founded": "2010", "Sector": "café"}
    assert any(sentence in one for one in said(folder))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("case,kind,place\nA,entry,UK\n", "events.csv, row 2: 'UK' was read as GBR"),
        ("case,kind,date\nA,entry,2009\n", "entry e1 of A is dated 2009, before the founding (2010)"),
        (
            "case,kind,plaace\nA,entry,x\n",
            "the column 'plaace' is not known and was kept as it is; 'place' is a known one",
        ),
    ],
)
def test_what_is_taken_although_it_is_unusual_is_said(study: Make, rows: str, sentence: str) -> None:
    assert any(sentence in one for one in said(study({"events.csv": rows})))


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("cases.csv", "id,x\nA,1\nA,2\n", r"the id 'A' is already in row 2 \(cases.csv, row 3, column id\)"),
        ("cases.csv", "firm,x\nA,1\n", r"there is no column 'id' \(cases.csv, row 1\); there are: firm, x"),
        ("cases.csv", "id,x\n,1\n", r"the id is empty \(cases.csv, row 2, column id\)"),
        ("cases.csv", "id,x,x\nA,1,2\n", r"there are 2 columns 'x' \(cases.csv, row 1\)"),
        ("cases.csv", "id,x\nA,1,2\n", r"3 cells under 2 columns \(cases.csv, row 2\)"),
        ("cases.csv", 'id,x\nA,"1\n', r"the table cannot be read: .* \(cases.csv, line 2\)"),
        ("cases.csv", "", r"the table has no header \(cases.csv\)"),
        ("events.csv", "case,kind\nC,entry\n", r"'C' is not one of the cases \(events.csv, row 2, column case\); there are 2"),
        ("events.csv", "case,kind,place\nA,entry,Narnia\n", r"no country 'Narnia' .*row 2, column place"),
        ("events.csv", "case,kind,place\nA,entry,North America\n", "'North America' is a region, not a country"),
        ("events.csv", "case,kind,date\nA,entry,03/2015\n", r"'03/2015' is not a date .*row 2, column date\); write 2015,"),
        ("codings.csv", "source,start,end,code\nS1,0,2,nets\n", "'nets' is not one of the codes"),
        ("codings.csv", "source,start,end,code\nS1,5,2,net\n", "the span 5–2 is none"),
        ("codings.csv", "source,start,end,code\nS1,5,,net\n", "of start and end only one is given"),
        ("codings.csv", "source,start,end,code\nS1,x,2,net\n", "'x' is not a whole number"),
        ("codings.csv", "quotation,source,start,end,code\nq,S1,0,2,net\nq,S1,0,3,net\n", "the quotation 'q' has another end than in row 2"),
        ("sources.csv", "id,file\nS1,two.txt\n", r"there is no file sources/two.txt \(sources.csv, row 2, column file\)"),
        ("sources.csv", "id,file\nS1,../../secret.txt\n", "is not a name for a file in the study folder"),
        ("sources/one.txt", "", r"sources/one.txt: the file is empty \(sources.csv, row 2"),
        ("sources.csv", "id,file\nS1,x.exe\n", "there is no file sources/x.exe"),
        ("study.toml", "title = \n", r"this is not TOML: .*line 1, column 9"),
        ("study.toml", "title = 3\n", "the title 3 is not a text"),
        ("study.toml", '[[sampling]]\ntext = "x"\n', r"there is no id \(study.toml, sampling 1\)"),
        ("study.toml", '[interviews]\ncount = "many"\n', "'many' is not a whole number"),
        ("study.toml", "synthetic = 1\n", "write true or false"),
        ("claims.toml", '[[claim]]\ntext = "x"\n', r"there is no id \(claims.toml, claim 1\)"),
        ("claims.toml", '[[claim]]\nid = "P"\n[[claim.evidence]]\ncase = "Z"\n', "'Z' is not one of the cases .*claim P, evidence 1"),
        ("claims.toml", '[[claim]]\nid = "P"\nbuilt_on = 3\n', "3 is not a list"),
        ("constructs.toml", '[[contruct]]\nid = "P"\n', "there is an unknown key 'contruct'"),
        ("constructs.toml", '[construct]\nid = "P"\n', r"write \[\[construct\]\]"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(study: Make, file: str, content: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_folder(study({file: content}))


def test_all_problems_of_a_file_are_told_at_once_up_to_twenty(study: Make) -> None:
    rows = "case,kind,date\n" + "C,entry,soon\n" * 15
    with pytest.raises(InputError) as caught:
        read_folder(study({"events.csv": rows}))
    lines = str(caught.value).splitlines()
    assert lines[0] == "events.csv has 30 problems"
    assert len(lines) == 22
    assert lines[-1] == "  and 10 more"


def test_rows_are_counted_as_a_spreadsheet_counts_them(study: Make) -> None:
    rows = 'case,kind,note\nA,entry,"two\nlines"\n\nC,entry,\n'
    with pytest.raises(InputError, match="row 4, column case"):
        read_folder(study({"events.csv": rows}))


def test_the_given_hash_of_a_source_stays_so_that_a_change_can_be_seen(study: Make) -> None:
    folder = study({"sources.csv": "id,file,hash\nS1,one.txt,abc\n"})
    assert read_folder(folder).sources["S1"].hash == "abc"


def test_a_document_is_read_once_and_kept(study: Make) -> None:
    captions = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>How did you start?\n\n00:03.000 --> 00:04.000\n<v Bo>By chance.\n"
    )
    folder = study({"sources.csv": "id,file,case\nS1,talk.vtt,A\n", "sources/talk.vtt": captions, "codings.csv": None})
    snapshot = read_folder(folder)
    source = snapshot.sources["S1"]
    assert (source.file, source.original) == ("talk.vtt.txt", "talk.vtt")
    assert "By chance." in snapshot.texts["S1"]
    assert [turn.speaker for turn in snapshot.turns] == ["Ann", "Bo"]
    write_folder(snapshot, folder)
    assert (folder / "sources/originals/talk.vtt").read_bytes() == captions.encode()
    again = read_folder(folder)
    assert (again.sources, again.turns, again.texts) == (snapshot.sources, snapshot.turns, snapshot.texts)


def test_a_survey_needs_no_labels(study: Make) -> None:
    survey = read_folder(study({"surveys/wave 1.csv": "firm;q1;q2\nA;5;\nB;nan;often\n"})).surveys["wave 1"]
    assert survey.columns == {"firm": ("A", "B"), "q1": (5.0, None), "q2": (None, "often")}


@pytest.mark.parametrize("kinds", ["kinds = 3", '[kinds]\nq1 = "numbers"', "[kinds]\nq1 = [1]"])
def test_a_survey_s_columns_hold_numbers_or_texts(study: Make, kinds: str) -> None:
    with pytest.raises(InputError, match="does not say what the columns hold"):
        read_folder(study({"surveys/w.csv": "firm,q1\n7,5\n", "surveys/w.toml": kinds}))


def test_a_survey_s_toml_says_what_its_columns_hold(study: Make) -> None:
    labels = 'id = "w1"\ncase_column = "firm"\n[labels]\nq1 = "Exports?"\n[kinds]\nfirm = "text"\nq1 = "number"\n'
    survey = read_folder(study({"surveys/w.csv": "firm,q1\n7,5\n", "surveys/w.toml": labels})).surveys["w1"]
    assert (survey.columns, survey.labels, survey.case_column) == (
        {"firm": ("7",), "q1": (5.0,)},
        {"q1": "Exports?"},
        "firm",
    )
    with pytest.raises(InputError, match=r"'x' is not a number \(surveys/w.csv, row 2, column q1\)"):
        read_folder(study({"surveys/w.csv": "firm,q1\n7,x\n", "surveys/w.toml": labels}))
