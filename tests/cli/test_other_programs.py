"""Databases and tables of other programs on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from exchange.qda import test_qualcoder, test_taguette


def test_databases_are_imported_with_an_account(crosscase, tmp_path: Path) -> None:
    files = [
        test_taguette.project(tmp_path / "export.sqlite3", [(0, 10, "Überblick"), (3, 5, "nowhere")]),
        test_qualcoder.project(tmp_path, [test_qualcoder.coding(1, "früh")]),
    ]
    verified = []
    for number, file in enumerate(files):
        study = tmp_path / f"study{number}"
        crosscase("init", study)
        ran = crosscase("import", study, file, "--format", "json")
        assert ran.status == 0, ran.err
        told = json.loads(ran.out)
        verified.append(told["codings"])
        assert {"positions", "kept_aside", "dropped", "unplaced"} <= set(told)
        assert crosscase("import", study, file).status == 2  # it has content now
    assert verified == [
        {"read": 2, "verified": 1, "moved": 0, "unplaced": 1}, {"read": 1, "verified": 1, "moved": 0, "unplaced": 0},
    ]  # fmt: skip
    crosscase("init", tmp_path / "text")
    ran = crosscase("import", tmp_path / "text", files[0])
    assert "1 of 2 codings verified" in ran.err
    assert "1 coding is not on the words that were marked" in ran.err


def test_a_table_of_quotations_is_matched_onto_the_texts(crosscase, tmp_path: Path) -> None:
    (tmp_path / "A1.txt").write_text("We began in Germany. Then came France.", encoding="utf-8")
    rows = "Document,Codes,Quotation Content\nA1.txt,Market > First,began in Germany\nA1.txt,Market,came Spain\n"
    (tmp_path / "quotations.csv").write_text(rows, encoding="utf-8")
    crosscase("init", tmp_path / "study")
    crosscase("import", tmp_path / "study", tmp_path / "A1.txt")
    ran = crosscase("import", tmp_path / "study", tmp_path / "quotations.csv")
    assert ran.status == 0, ran.err
    assert "1 of 2 quotations found in the texts" in ran.err
    assert "row 3, document A1.txt: not verbatim" in ran.err
    assert "began in Germany" in (tmp_path / "study" / "codings.csv").read_text(encoding="utf-8")
