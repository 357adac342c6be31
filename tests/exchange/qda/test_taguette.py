"""Taguette: every highlight on its words, whatever bytes they have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crosscase.core.errors import InputError
from crosscase.exchange.qda import Read, is_database, read_database
from exchange.qda.databases import TAGUETTE, database

#: A document as Taguette 1.5.2 stores it (``convert.get_html_body``), and what its own ``extract.extract(html, start, end)``
#: gives as the snippet between two offsets (run with beautifulsoup4 and html5lib): start, end, snippet, and the words.
HTML = (
    "<h1>Überblick</h1><p>Wir gingen <b>früh</b> nach 德国 &amp; “weiter” 🙂.</p><ul><li>eins</li><li>zwei</li></ul>"
    "<pre>zeile\n\nnoch</pre>"
)
SNIPPETS = [
    (0, 10, "<h1>Überblick</h1>", "Überblick"),
    (21, 38, "<p><b>früh</b> nach 德国</p>", "früh nach 德国"),
    (39, 59, "<p>&amp; “weiter” 🙂.</p>", "& “weiter” 🙂."),
    (59, 67, "<ul><li>eins</li><li>zwei</li></ul>", "eins\nzwei"),
    (67, 78, "<pre>zeile\n\nnoch</pre>", "zeile\n\nnoch"),
    (44, 63, "<p>weiter” 🙂.</p><ul><li>eins</li></ul>", "weiter” 🙂.\neins"),
]
WHEN = "2024-01-01 00:00:00.000000"


def project(path: Path, highlights: list[tuple[int, int, str]], **more: list[dict[str, Any]]) -> Path:
    tables: dict[str, list[dict[str, Any]]] = {
        "projects": [{"id": 1, "name": "Going abroad", "description": "About it", "created": WHEN}],
        "documents": [
            {"id": 1, "name": "A1", "description": "First talk", "filename": "A1.docx", "created": WHEN, "project_id": 1,
             "text_direction": "LEFT_TO_RIGHT", "contents": HTML},
        ],
        "tags": [
            {"id": 1, "project_id": 1, "path": "market", "description": "Where to"},
            {"id": 2, "project_id": 1, "path": "market.china", "description": ""},
            {"id": 3, "project_id": 1, "path": "v1.0", "description": ""},
        ],
        "highlights": [
            {"id": id, "document_id": 1, "start_offset": start, "end_offset": end, "snippet": snippet}
            for id, (start, end, snippet) in enumerate(highlights, start=1)
        ],
        "highlight_tags": [{"highlight_id": id, "tag_id": 2} for id in range(1, len(highlights) + 1)],
    }  # fmt: skip
    return database(path, TAGUETTE, **{**tables, **more})


def read(tmp_path: Path, highlights: list[tuple[int, int, str]], **more: list[dict[str, Any]]) -> Read:
    return read_database(project(tmp_path / "export.sqlite3", highlights, **more))


def test_every_highlight_is_on_the_words_that_taguette_took(tmp_path: Path) -> None:
    given = read(tmp_path, [one[:3] for one in SNIPPETS])
    assert given.codings == {"read": 6, "verified": 6, "moved": 0, "unplaced": 0}
    assert [one.text for one in given.snapshot.quotations] == [words for *_, words in SNIPPETS]
    text = given.snapshot.texts["A1"]
    assert text == "Überblick\nWir gingen früh nach 德国 & “weiter” 🙂.\neins\nzwei\nzeile\n\nnoch"
    assert all(text[one.start : one.end] == one.text for one in given.snapshot.quotations)
    assert is_database(tmp_path / "export.sqlite3")


def test_tags_are_codes_and_stand_under_those_whose_name_they_begin_with(tmp_path: Path) -> None:
    codes = read(tmp_path, []).snapshot.codes
    assert [(one.name, one.parent, one.definition) for one in codes] == [
        ("market", "", "Where to"), ("china", "market", ""), ("v1.0", "", ""),
    ]  # fmt: skip
    memos = read(tmp_path / "b", []).snapshot.memos
    assert [(one.about, one.text) for one in memos] == [("A1", "First talk"), ("", "About it")]


def test_what_is_not_where_it_should_be_is_moved_or_told(tmp_path: Path) -> None:
    """Positions that count characters: the words stand once, so they are found; words that are nowhere are not guessed."""
    given = read(
        tmp_path,
        [(20, 32, "<b>früh</b> nach 德国"), (0, 10, "<p>other words</p>"), (70, 999, "<p>noch</p>"), (9, 3, "x")],
    )
    assert given.codings == {"read": 4, "verified": 0, "moved": 2, "unplaced": 2}
    quotations = list(given.snapshot.quotations)
    assert [one.text for one in quotations] == ["früh nach 德国", "", "noch", ""]
    assert quotations[1].locator.startswith("bytes 0 to 10 in Taguette")
    assert [one["words"] for one in given.account.unplaced] == ["other words", "x"]


def test_several_projects_are_not_guessed_between(tmp_path: Path) -> None:
    several = [{"id": id, "name": f"P{id}", "description": "", "created": WHEN} for id in (1, 2)]
    path = project(tmp_path / "a.sqlite3", [], projects=several)
    with pytest.raises(InputError, match="2 projects: P1, P2"):
        read_database(path)
    assert len(read_database(path, project="P1").snapshot.sources) == 1
    assert len(read_database(path, project="P2").snapshot.sources) == 0


@pytest.mark.parametrize("damage", ["none", "cut", "text", "other"])
def test_what_is_no_such_database_is_refused(tmp_path: Path, damage: str) -> None:
    path = project(tmp_path / "a.sqlite3", [one[:3] for one in SNIPPETS])
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "text":
        path.write_text("hello")
    elif damage == "other":
        path = database(tmp_path / "o.sqlite3", "CREATE TABLE t (a text)")
    else:
        path = tmp_path / "nowhere.sqlite3"
    with pytest.raises(InputError):
        read_database(path)


def test_a_view_in_place_of_a_table_is_not_run(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 'x' AS path, '' AS description FROM n"
    path = database(
        tmp_path / "v.sqlite3",
        TAGUETTE.replace("CREATE TABLE tags", "CREATE TABLE other") + f"CREATE VIEW tags AS {endless};",
    )
    with pytest.raises(InputError, match="no program that is known"):
        read_database(path)
