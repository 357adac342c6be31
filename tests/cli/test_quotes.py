"""crosscase quotes: the same questions as on the page."""

from __future__ import annotations

import csv
import io
import json

import pytest

from crosscase.exchange.examples import copy_example


@pytest.fixture
def study(tmp_path):
    return copy_example("walkthrough", tmp_path / "walkthrough")


def test_a_question_as_json(crosscase, study):
    ran = crosscase("quotes", study, "code:fairs and not case:Alder", "--format", "json")
    document = json.loads(ran.out)
    assert ran.status == 0
    assert document["query"] == "code:fairs and not case:Alder"
    assert {one["case"] for one in document["quotations"]} & {"Cedar"}
    assert "Alder" not in {one["case"] for one in document["quotations"]}
    assert set(document["quotations"][0]) >= {
        "text",
        "case",
        "role",
        "locator",
        "date",
        "mark",
        "codings",
        "start",
        "end",
    }


def test_a_question_as_csv_sorted_and_limited(crosscase, study):
    ran = crosscase("quotes", study, "code:fairs", "--format", "csv", "--sort", "case", "--descending", "--limit", "3")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len({row["Locator"] for row in rows}) == 3
    assert [row["Case"] for row in rows] == sorted((row["Case"] for row in rows), reverse=True)
    assert rows[0]["Code"] == "Access to markets › Fairs › Met at a fair"


def test_as_text_and_as_files(crosscase, study, tmp_path):
    assert "quotations" in crosscase("quotes", study, "mark:power").err
    for form in ("xlsx", "docx"):
        assert crosscase("quotes", study, "--format", form, "--out", tmp_path / f"q.{form}").status == 0
        assert (tmp_path / f"q.{form}").read_bytes()[:2] == b"PK"


def test_nothing_found_is_a_negative_answer(crosscase, study):
    ran = crosscase("quotes", study, "code:fairs and not code:fairs", "--format", "json")
    assert (ran.status, json.loads(ran.out)["quotations"]) == (1, [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["code:fair"], "did you mean 'fairs'"),
        (["code:fairs and ("], "        ^"),
        (["size > 3"], "there is no variable or measure 'size'"),
        (["", "--sort", "size"], "there is no order of quotations 'size'"),
        (["", "--format", "xlsx"], "add --out FILE"),
    ],
)
def test_what_cannot_be_asked_is_said(crosscase, study, arguments, said):
    ran = crosscase("quotes", study, *arguments)
    assert ran.status == 2
    assert said in ran.err
    assert ran.out == ""


def test_words_that_were_taken_back_are_neither_searched_nor_printed(crosscase, study):
    taken = [
        one for one in json.loads(crosscase("quotes", study, "--format", "json").out)["quotations"] if one["withdrawn"]
    ]
    assert taken
    assert {(one["text"], one["speaker"], one["start"]) for one in taken} == {("", "", None)}
