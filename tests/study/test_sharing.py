"""crosscase build --for sharing."""

from __future__ import annotations

import pytest

from crosscase import Study
from crosscase.cli import main
from crosscase.core import Case, Table, Variable
from crosscase.core import Study as Head
from crosscase.core.errors import InputError

KEY = '[[name]]\npseudonym = "BG1"\nname = "Golden Dragon Textile"\n'


@pytest.fixture
def study(tmp_path):
    """A study folder with four cases, one of which carries a name."""
    (tmp_path / "key.toml").write_text(KEY, encoding="utf-8")
    folder = tmp_path / "study"
    with Study.create(folder, Head(title="Four", variables=(Variable("sector"), Variable("founded", "year")))) as made:
        sectors = ["Golden Dragon Textile", "shoes", "shoes", "toys"]
        cases = [Case(f"BG{n}", {"sector": one, "founded": str(1999 + n)}) for n, one in enumerate(sectors, start=1)]
        made.save(made.snapshot.replace(cases=Table.of(Case, cases)), "four cases")
    return folder


def test_a_name_in_the_study_does_not_leave_it(study, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["build", str(study), "--out", str(out), "--for", "sharing", "--key", str(tmp_path / "key.toml")]
    assert main(arguments) == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Golden Dragon" not in page
    assert "replaced: BG1" in page
    assert "BG1" in (out / "tables/company-profile.csv").read_text(encoding="utf-8-sig")
    assert main(arguments) == 2
    assert "not empty" in capsys.readouterr().err


def test_a_name_that_cannot_be_replaced_stops_the_build(study, tmp_path):
    head = study / "study.toml"
    head.write_text(head.read_text(encoding="utf-8") + '\n[[variable]]\nname = "sales to Golden"\n', "utf-8")
    key = tmp_path / "key.toml"
    key.write_text('[[name]]\npseudonym = "Golden one"\nname = "Golden"\n', encoding="utf-8")
    with Study.open(study) as opened, pytest.raises(InputError, match="still holds: Golden one"):
        opened.build_for_sharing(tmp_path / "out", key)
    assert not (tmp_path / "out").exists()


def test_the_key_lies_outside_of_the_study(study, tmp_path, capsys):
    inside = study / "key.toml"
    inside.write_text(KEY, encoding="utf-8")
    arguments = ["build", str(study), "--out", str(tmp_path / "out"), "--for", "sharing"]
    assert main(arguments) == 2
    assert "--key" in capsys.readouterr().err
    assert main([*arguments, "--key", str(inside)]) == 2
    assert "lies in the study folder" in capsys.readouterr().err
    assert main([*arguments, "--key", str(tmp_path / "none.toml")]) == 2
