"""The commands on the shipped example: what they print, and with which status."""

from __future__ import annotations

import csv
import io
import json

import pytest


def test_measures_print_what_scripts_rely_on(crosscase, example):
    ran = crosscase("measures", example, "--measure", "spread", "--case", "BG2", "--format", "json")
    assert ran.status == 0
    assert ran.err == ""
    ((value,),) = json.loads(ran.out).values()
    assert {"case", "measure", "value", "scheme", "inputs", "missing", "warnings"} <= set(value)
    # Three countries, the first in 2016, observed until 2018: 3 / 2, as printed in the paper's Table 1.
    assert value["value"] == 1.5
    assert value["inputs"]["t1"] == 2016


def test_check_prints_what_scripts_rely_on(crosscase, example):
    ran = crosscase("check", example, "--format", "json")
    assert ran.status == 1
    findings = json.loads(ran.out)["findings"]
    assert all(set(one) == {"rule", "severity", "subject", "message", "evidence", "accepted"} for one in findings)


def test_a_changed_figure_changes_the_finding(crosscase, example):
    def found(rule):
        return {
            one["subject"]["id"]
            for one in json.loads(crosscase("check", example, "--select", rule, "--format", "json").out)["findings"]
        }

    assert "BG2" not in found("R201")
    path = example / "observations.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    for row in rows:
        if row["case"] == "BG2" and row["measure"] == "spread":
            row["value"] = "1.8"
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue())
    assert "BG2" in found("R201")


def test_a_finding_is_accepted_with_a_reason_and_no_longer_counts(crosscase, example):
    assert crosscase("check", example, "--select", "R207").status == 1
    refused = crosscase("check", example, "--select", "R207", "--accept", "R207:measures:spread")
    assert refused.status == 2
    assert "reason" in refused.err
    accepted = crosscase(
        "check", example, "--select", "R207", "--accept", "R207:measures:spread", "--reason", "reported in 4.2"
    )
    assert accepted.status == 0
    assert "accepted: reported in 4.2" in accepted.out
    assert crosscase("check", example, "--select", "R207").status == 0


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_findings_for_programs_are_one_document_on_standard_output(crosscase, example, form):
    ran = crosscase("check", example, "--select", "R2", "--format", form)
    assert ran.err == ""
    if form == "junit":
        from xml.etree import ElementTree

        ElementTree.fromstring(ran.out)
    else:
        json.loads(ran.out)


def test_a_study_goes_from_folder_to_file_and_back_without_loss(crosscase, example, tmp_path):
    assert crosscase("export", example, "--to", "folder", tmp_path / "canonical").status == 0
    assert crosscase("export", tmp_path / "canonical", "--to", "crosscase", tmp_path / "s.crosscase").status == 0
    assert crosscase("export", tmp_path / "s.crosscase", "--to", "folder", tmp_path / "back").status == 0

    def content(folder):
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert content(tmp_path / "back") == content(tmp_path / "canonical")


def test_a_new_study_takes_a_source_and_finds_words_in_it(crosscase, tmp_path):
    study, interview = tmp_path / "s.crosscase", tmp_path / "Interview 1.txt"
    interview.write_text("Interviewer: How did you begin?\nMaria: We sold to Germany first, by chance.\n")
    assert crosscase("init", study, "--title", "Mine").status == 0
    ran = crosscase("import", study, interview, "--format", "json")
    assert json.loads(ran.out)["imported"][0]["counts"] == {"sources": 1, "turns": 2}
    hits = json.loads(crosscase("search", study, "germ*", "--format", "json").out)["hits"]
    assert [(hit["kind"], hit["text"]) for hit in hits] == [("sources", "Germany")]
    assert crosscase("search", study, "nothing-of-the-kind").status == 1
    twice = crosscase("import", study, interview)
    assert "already in the study" in twice.err
    trail = json.loads(crosscase("audit", study, "--format", "json").out)
    assert trail["verification"]["whole"]
    assert "import of Interview 1.txt" in {entry["what"] for entry in trail["entries"]}
    assert crosscase("backup", study, tmp_path / "copy.crosscase").status == 0
    assert "Germany" in crosscase("search", tmp_path / "copy.crosscase", "germany").out


@pytest.mark.parametrize("by", ["code", "theme", "question", "source-kind", "together", "growth"])
@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_matrices(crosscase, example, by, form):
    ran = crosscase("matrix", example, "--by", by, "--format", form)
    assert ran.status == 0
    assert ran.out.strip()


def test_build_writes_what_its_index_names(crosscase, example, tmp_path):
    ran = crosscase("build", example, "--out", tmp_path / "out", "--format", "json")
    files = json.loads(ran.out)["files"]
    assert {one["kind"] for one in files} == {"report", "table", "figure"}
    assert all((tmp_path / "out" / one["path"]).stat().st_size == one["size"] for one in files)


def test_demo_makes_builds_and_reports(crosscase, tmp_path):
    ran = crosscase("demo", tmp_path / "d")
    assert ran.status == 0
    assert "R201" in ran.out
    assert (tmp_path / "d" / "study.toml").exists()
    assert (tmp_path / "d" / "out" / "report.html").exists()
    again = crosscase("demo", tmp_path / "d")
    assert again.status == 2


def test_rule_explains_and_lists(crosscase):
    assert crosscase("rule", "r201").out.startswith("# R201")
    assert "R101" in crosscase("rule").out
    unknown = crosscase("rule", "R999")
    assert unknown.status == 2
    assert "There are:" in unknown.err


def test_who_asks_can_be_said(crosscase, tmp_path):
    study, interview = tmp_path / "s.crosscase", tmp_path / "i.txt"
    interview.write_text("Kim: We sold abroad.\nLee: And then?\nKim: More of it.\nLee: Why?\n")
    crosscase("init", study)
    crosscase("import", study, interview, "--interviewer", "Kim")
    crosscase("export", study, "--to", "folder", tmp_path / "f")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "f" / "turns.csv").read_text())))
    assert {(row["speaker"], row["kind"]) for row in rows} == {("Kim", "question"), ("Lee", "answer")}
