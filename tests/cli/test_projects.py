"""Projects of other programs on the command line."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from pathlib import Path

from exchange.refi.projects import archive, codebook, project, saved, selection, sources, text_source
from exchange.test_qda_databases import qualcoder, taguette

TEXT = "We knew nobody in Germany, so we asked a client."


def made(folder: Path, *selections: str, text: str = TEXT, name: str = "theirs.qdpx") -> Path:
    xml = project(codebook("trust"), sources(text_source("A1", "".join(selections))))
    return saved(folder, archive(xml, {"sources/A1.txt": text.encode()}), name)


def test_an_import_gives_an_account_of_everything(crosscase, tmp_path: Path) -> None:
    crosscase("init", tmp_path / "study")
    ran = crosscase("import", tmp_path / "study", made(tmp_path, selection(39, 47)), "--format", "json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    assert told["imported"][0].items() <= told.items()
    assert set(told["counts"]) == {"sources", "codes", "codings", "cases", "variables", "memos", "links", "sets"}
    assert told["counts"]["codings"] == told["words"]["verified"] == told["codings"] == 1
    (place,) = told["positions"]
    assert {"source", "convention", "score", "selections", "alternatives"} <= set(place)
    assert (told["kept_aside"], told["dropped"]) == ({}, {})
    assert "a client" in (tmp_path / "study" / "codings.csv").read_text()


def test_an_import_ends_with_a_table(crosscase, tmp_path: Path) -> None:
    crosscase("init", tmp_path / "study.crosscase")
    ran = crosscase("import", tmp_path / "study.crosscase", made(tmp_path, selection(39, 47)))
    assert ran.status == 0, ran.err
    assert "kept in the study" in ran.out
    assert "1 of 1 codings verified" in ran.err


def test_what_is_not_clear_changes_nothing_and_can_be_named(crosscase, tmp_path: Path) -> None:
    text = "国内市场很小所以我们很早出口\r\n😀德国客户很重要他们介绍了新的客户"
    start = text.index("德国")
    file = made(tmp_path, selection(start + 1, start + 3), text=text)
    crosscase("init", tmp_path / "study")
    before = sorted(path.name for path in (tmp_path / "study").iterdir())
    ran = crosscase("import", tmp_path / "study", file, "--format", "json")
    assert ran.status == 2
    assert "not clear" in ran.err
    assert "--positions" in ran.err
    (source,) = json.loads(ran.out)["positions"]
    ways = {one["convention"]: one["words"] for one in source["alternatives"]}
    assert ways["utf-16"] == ["德国"], "the alternatives come with the words that they give"
    assert sorted(path.name for path in (tmp_path / "study").iterdir()) == before
    ran = crosscase("import", tmp_path / "study", file, "--positions", "utf-16", "--format", "json")
    assert ran.status == 0, ran.err
    assert "德国" in (tmp_path / "study" / "codings.csv").read_text()


def test_a_project_comes_only_into_an_empty_study(crosscase, example, tmp_path: Path) -> None:
    ran = crosscase("import", example, made(tmp_path, selection(39, 47)))
    assert ran.status == 2
    assert "without" in ran.err


def test_export_and_import_give_the_study_back(crosscase, example, tmp_path: Path) -> None:
    assert crosscase("export", example, "--to", "qdpx", tmp_path / "out.qdpx").status == 0
    assert crosscase("export", example, "--to", "qdc", tmp_path / "out.qdc").status == 0
    crosscase("init", tmp_path / "again")
    assert crosscase("import", tmp_path / "again", tmp_path / "out.qdpx").status == 0
    for name in ("study.toml", "cases.csv", "codings.csv", "claims.toml", "events.csv"):
        if (example / name).exists():
            crosscase("export", example, "--to", "folder", tmp_path / "same")
            assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "same" / name).read_bytes()
    crosscase("init", tmp_path / "codes")
    ran = crosscase("import", tmp_path / "codes", tmp_path / "out.qdc")
    assert ran.status == 0, ran.err


def test_an_archive_is_made_and_verified(crosscase, example, tmp_path: Path) -> None:
    ran = crosscase("export", example, "--to", "archive", tmp_path / "out.zip")
    assert ran.status == 0, ran.err
    ran = crosscase("verify", tmp_path / "out.zip", "--format", "json")
    assert (ran.status, json.loads(ran.out)["whole"]) == (0, True), ran.out
    data = bytearray((tmp_path / "out.zip").read_bytes())
    place = data.index(b"overview.md") + 60
    data[place] ^= 1
    (tmp_path / "out.zip").write_bytes(bytes(data))
    ran = crosscase("verify", tmp_path / "out.zip")
    assert ran.status == 1
    assert "overview.md" in ran.out
    assert "not whole" in ran.out


def test_a_qualcoder_folder_is_imported(crosscase, tmp_path: Path) -> None:
    crosscase("init", tmp_path / "study")
    ran = crosscase("import", tmp_path / "study", qualcoder(tmp_path, "utf-16"), "--format", "json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)["words"]
    assert (told["read"], told["verified"], told["moved"], told["not_found"]) == (3, 3, 0, 0)


def test_a_second_export_is_merged(crosscase, tmp_path: Path) -> None:
    crosscase("init", tmp_path / "study")
    assert crosscase("import", tmp_path / "study", made(tmp_path, selection(39, 47))).status == 0
    second = made(tmp_path, selection(39, 47), selection(0, 7), name="second.qdpx")
    refused = crosscase("import", tmp_path / "study", second)
    assert refused.status == 2
    assert "--merge" in refused.err
    ran = crosscase("import", tmp_path / "study", second, "--merge", "--format", "json")
    assert ran.status == 0, ran.err
    merged = json.loads(ran.out)["merge"]
    assert merged["added"] == {"quotations": 1, "codings": 1}
    assert merged["known"]["codings"] == 1


def test_a_person_is_asked_what_is_not_clear(crosscase, tmp_path: Path, monkeypatch) -> None:
    text = "国内市场很小所以我们很早出口\r\n😀德国客户很重要他们介绍了新的客户"
    start = text.index("德国")
    file = made(tmp_path, selection(start + 1, start + 3), text=text)
    crosscase("init", tmp_path / "study.crosscase")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked = []
    monkeypatch.setattr("click.prompt", lambda question, **_: asked.append(question) or "1")
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ran = crosscase("import", tmp_path / "study.crosscase", file)
    assert ran.status == 0, ran.err
    assert len(asked) == 1
    assert "“德国”" in ran.err, "what each way makes of the selections is shown"


def test_speakers_are_found_in_the_texts_of_a_project(crosscase, tmp_path: Path) -> None:
    text = "Interviewer: How?\nMaria: We asked a client.\nInterviewer: And then?\nMaria: He helped us."
    place = text.index("a client")
    crosscase("init", tmp_path / "study")
    ran = crosscase(
        "import", tmp_path / "study", made(tmp_path, selection(place, place + 8), text=text), "--format", "json"
    )
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    assert told["kept"]["turns"] == 4
    assert "4 turns" in told["turns"]["A1"]
    assert "interview" in (tmp_path / "study" / "sources.csv").read_text()


def test_one_of_several_projects_of_taguette(crosscase, tmp_path: Path) -> None:
    path = taguette(tmp_path)
    with sqlite3.connect(path) as database:
        database.execute("insert into projects values (2, 'Ties at home', '')")
    database.close()
    crosscase("init", tmp_path / "study")
    ran = crosscase("import", tmp_path / "study", path)
    assert ran.status == 2
    assert "--project 1" in ran.err
    assert "2 Ties at home" in ran.err
    ran = crosscase("import", tmp_path / "study", path, "--project", "Ties abroad", "--format", "json")
    assert ran.status == 0, ran.err
    assert json.loads(ran.out)["codings"] == 4
