"""QualCoder: every coding on its words, cases with their attributes, and what has no place is counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crosscase.exchange.qda import is_database, read_database
from exchange.qda.databases import QUALCODER, database

TEXT = "Wir begannen 🙂 früh. Die Märkte 德国 und 法国 kamen später 🙂, sehr viel später."


def utf16(place: int) -> int:
    return len(TEXT[:place].encode("utf-16-le")) // 2


def coding(id: int, words: str, *, widget: bool = False, shift: int = 0, **more: Any) -> dict[str, Any]:
    start = TEXT.index(words) if words in TEXT else 0
    ends = (utf16(start), utf16(start + len(words))) if widget else (start, start + len(words))
    row = {
        "ctid": id,
        "cid": 1,
        "fid": 1,
        "seltext": words,
        "pos0": ends[0] + shift,
        "pos1": ends[1] + shift,
        "owner": "Ana",
    }
    return {**row, **more}


def project(tmp_path: Path, codings: list[dict[str, Any]], **more: list[dict[str, Any]]) -> Path:
    tables: dict[str, list[dict[str, Any]]] = {
        "project": [{"databaseversion": "v8", "memo": "A study"}],
        "source": [
            {"id": 1, "name": "A1.txt", "fulltext": TEXT, "memo": "quiet room"},
            {"id": 2, "name": "photo.jpg", "fulltext": None, "mediapath": "/images/photo.jpg"},
        ],
        "code_cat": [{"catid": 1, "name": "Context"}, {"catid": 2, "name": "Timing", "supercatid": 1}],
        "code_name": [
            {"cid": 1, "name": "early", "memo": "before three years", "catid": 2, "color": "#FF0000"},
            {"cid": 2, "name": "free"},
        ],
        "code_text": codings,
        "cases": [{"caseid": 1, "name": "Firm A"}, {"caseid": 2, "name": "Firm B"}],
        "case_text": [{"caseid": 1, "fid": 1, "pos0": 0, "pos1": len(TEXT)}],
        "attribute_type": [
            {"name": "employees", "caseOrFile": "case", "valuetype": "numeric", "memo": ""},
            {"name": "place", "caseOrFile": "file", "valuetype": "character", "memo": ""},
        ],
        "attribute": [
            {"name": "employees", "attr_type": "case", "value": "12", "id": 1},
            {"name": "place", "attr_type": "file", "value": "office", "id": 1},
        ],
        "code_image": [{"imid": 1, "id": 2, "cid": 1}],
        "annotation": [{"anid": 1, "fid": 1, "pos0": 0, "pos1": 3, "memo": "who?", "owner": "Ben", "date": "2024-02-03 10:00:00"}],
        "journal": [{"name": "day one", "jentry": "It rained.", "owner": "Ana", "date": "2024-02-01 09:00:00"}],
    }  # fmt: skip
    database(tmp_path / "Study.qda" / "data.qda", QUALCODER, **{**tables, **more})
    return tmp_path / "Study.qda"


def test_a_project_comes_with_codes_cases_memos_and_coders(tmp_path: Path) -> None:
    path = project(tmp_path, [coding(1, "früh"), coding(2, "sehr viel später", cid=2, owner="Ben", memo="!")])
    assert is_database(path)
    given = read_database(path)
    snapshot = given.snapshot
    assert snapshot.study.title == "Study"
    assert snapshot.code_path("early") == ("Context", "Timing", "early")
    assert snapshot.codes["Timing"].extra["codable"] == "no"
    assert snapshot.codes["early"].colour == "#FF0000"
    assert snapshot.cases["Firm-A"].attributes == {"case name": "Firm A", "employees": "12"}
    assert (snapshot.sources["A1"].case, snapshot.sources["A1"].extra) == ("Firm-A", {"variable.place": "office"})
    assert [(one.name, one.type) for one in snapshot.study.variables] == [("employees", "number"), ("place", "text")]
    assert [(one.coder, one.note) for one in snapshot.codings] == [("Ana", ""), ("Ben", "!")]
    assert given.codings == {"read": 2, "verified": 2, "moved": 0, "unplaced": 0}
    assert [(one.about_kind, one.about, one.text) for one in snapshot.memos] == [
        ("", "", "A study"), ("sources", "A1", "quiet room"), ("quotations", "a1", "who?"), ("", "", "It rained."),
    ]  # fmt: skip
    assert given.account.dropped == {"file without text (picture, sound, film)": 1, "coding of an image": 1}


def test_positions_of_the_text_widget_are_recognised(tmp_path: Path) -> None:
    words = ["früh", "德国", "kamen später 🙂", "sehr viel später"]
    given = read_database(project(tmp_path, [coding(id, one, widget=True) for id, one in enumerate(words, start=1)]))
    assert given.codings["verified"] == 4
    assert [one.text for one in given.snapshot.quotations][:4] == words
    (place,) = given.account.places
    assert (place.convention, place.agreeing, place.alternatives) == ("utf-16", 4, {"code-points": 0})


def test_what_is_not_on_its_words_is_moved_or_told(tmp_path: Path) -> None:
    rows = [coding(1, "Märkte"), coding(2, "德国 und", shift=3), coding(3, "später", shift=2), coding(4, "nie gesagt")]
    given = read_database(project(tmp_path, [*rows, coding(5, "früh", cid=99)]))
    assert given.codings == {"read": 4, "verified": 1, "moved": 1, "unplaced": 2}
    assert [one.text for one in given.snapshot.quotations][:4] == ["Märkte", "德国 und", "", ""]
    assert given.account.dropped["coding of a file or with a code that is not there"] == 1
    assert len(given.snapshot.codings) == 4


def test_a_part_of_a_file_belongs_to_its_case(tmp_path: Path) -> None:
    half = TEXT.index("Die")
    parts = [{"caseid": 1, "fid": 1, "pos0": 0, "pos1": half}, {"caseid": 2, "fid": 1, "pos0": half, "pos1": len(TEXT)}]
    given = read_database(project(tmp_path, [coding(1, "früh"), coding(2, "德国")], case_text=parts))
    assert given.snapshot.sources["A1"].case == ""
    assert [one.case for one in given.snapshot.quotations][:2] == ["Firm-A", "Firm-B"]


def test_two_codes_on_one_span_are_one_quotation(tmp_path: Path) -> None:
    given = read_database(project(tmp_path, [coding(1, "früh"), coding(2, "früh", cid=2)]))
    assert len([one for one in given.snapshot.quotations if one.text == "früh"]) == 1
    assert [one.code for one in given.snapshot.codings] == ["early", "free"]
