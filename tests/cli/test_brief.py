"""crosscase brief STUDY --firm FIRM.toml."""

from __future__ import annotations

import json

import pytest

from crosscase import copy_example
from crosscase.cli import main

FIRM = """id = "Nova"
[attributes]
founded = 2015
home = "CHN"
tech_intensity = "High-tech"
size = "Small"

[[event]]
kind = "entry"
place = "Germany"
date = "2016"
"""


@pytest.fixture
def study(tmp_path):
    (tmp_path / "firm.toml").write_text(FIRM, encoding="utf-8")
    return copy_example("born-globals", tmp_path / "study")


def test_json_is_the_whole_brief(study, tmp_path, capsys):
    assert main(["brief", str(study), "--firm", str(tmp_path / "firm.toml"), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["firm"] == "Nova"
    assert len(document["similar_cases"]) >= 5
    assert document["nearness"]["cases"] == 33


def test_text_and_files(study, tmp_path, capsys):
    firm = str(tmp_path / "firm.toml")
    assert main(["brief", str(study), "--firm", firm]) == 0
    assert "Which cases are like it" in capsys.readouterr().out
    for form in ("html", "docx"):
        assert main(["brief", str(study), "--firm", firm, "--format", form, "--out", str(tmp_path / f"b.{form}")]) == 0
        assert (tmp_path / f"b.{form}").stat().st_size > 1000


@pytest.mark.parametrize(
    ("content", "what"),
    [("id = ", "not TOML"), ('[[event]]\nkind = "entry"\nplace = "Atlantis"\n', "Atlantis"), (None, "cannot be read")],
)
def test_a_firm_that_cannot_be_read_is_said_with_its_place(study, tmp_path, capsys, content, what):
    file = tmp_path / "bad.toml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert main(["brief", str(study), "--firm", str(file)]) == 2
    error = capsys.readouterr().err
    assert what in error
    assert "bad.toml" in error


def test_a_file_needs_a_place(study, tmp_path, capsys):
    assert main(["brief", str(study), "--firm", str(tmp_path / "firm.toml"), "--format", "html"]) == 2
    assert "--out" in capsys.readouterr().err
