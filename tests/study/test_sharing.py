"""crosscase build: what leaves the team, which is the default, and what stays with it."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile

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
    (out / "tables" / "old.csv").write_text("Golden Dragon Textile", encoding="utf-8")
    assert main(arguments) == 2
    assert "not empty: it holds old.csv" in capsys.readouterr().err
    (out / "tables" / "old.csv").unlink()
    assert main(arguments) == 0


def test_a_name_that_cannot_be_replaced_stops_the_build(study, tmp_path):
    head = study / "study.toml"
    head.write_text(head.read_text(encoding="utf-8") + '\n[[variable]]\nname = "sales to Golden"\n', "utf-8")
    key = tmp_path / "key.toml"
    key.write_text('[[name]]\npseudonym = "Golden one"\nname = "Golden"\n', encoding="utf-8")
    with Study.open(study) as opened, pytest.raises(InputError, match="still holds: Golden one"):
        opened.build(tmp_path / "out", key=key)
    assert not (tmp_path / "out").exists()


def test_the_key_lies_outside_of_the_study(study, tmp_path, capsys):
    inside = study / "key.toml"
    inside.write_text(KEY, encoding="utf-8")
    arguments = ["build", str(study), "--out", str(tmp_path / "out"), "--for", "sharing"]
    assert main([*arguments, "--key", str(inside)]) == 2
    assert "lies in the study folder" in capsys.readouterr().err
    assert main([*arguments, "--key", str(tmp_path / "none.toml")]) == 2


def test_without_a_key_what_the_study_itself_declares_does_not_leave_it(study, tmp_path):
    """A column that says it is a name, and the same name in a text elsewhere."""
    with Study.open(study) as opened:
        cases = [Case(one.id, {**one.attributes, "company": "Golden Dragon Textile"}) if one.id == "BG1" else one
                 for one in opened.snapshot.cases]  # fmt: skip
        head = opened.snapshot.study
        opened.save(opened.snapshot.replace(cases=Table.of(Case, cases), study=head), "a name")
        opened.build(tmp_path / "out")
        opened.build(tmp_path / "team", readers="team")
    page, team = ((tmp_path / name / "report.html").read_text("utf-8") for name in ("out", "team"))
    assert "Golden Dragon" not in page
    assert "column company" in page
    assert "none was given" in page
    assert "Golden Dragon" in team


def test_the_study_names_its_key_file(study, tmp_path):
    head = study / "study.toml"
    head.write_text(head.read_text("utf-8") + '\n[privacy]\nkey_file = "../key.toml"\n', "utf-8")
    assert main(["build", str(study), "--out", str(tmp_path / "out")]) == 0
    assert "Golden Dragon" not in (tmp_path / "out" / "report.html").read_text("utf-8")
    (tmp_path / "key.toml").unlink()
    assert main(["build", str(study), "--out", str(tmp_path / "more")]) == 2
    assert main(["build", str(study), "--out", str(tmp_path / "more"), "--for", "team"]) == 0


def test_profiles_that_are_public_stay_unless_k_is_given(study, tmp_path):
    head = study / "study.toml"
    head.write_text(head.read_text("utf-8") + '\n[privacy]\npublic = "printed in Table 1"\n', "utf-8")
    for name, more in (("as-printed", []), ("general", ["--k", "2"])):
        assert main(["build", str(study), "--out", str(tmp_path / name), *more]) == 0
    profile, general = (
        (tmp_path / name / "tables/company-profile.csv").read_text("utf-8-sig") for name in ("as-printed", "general")
    )
    assert "2000" in profile
    assert "2000" not in [cell for line in general.splitlines() for cell in line.split(",")]
    assert "printed in Table 1" in (tmp_path / "as-printed" / "report.html").read_text("utf-8")


def test_a_key_is_of_no_use_to_the_team(study, tmp_path, capsys):
    arguments = ["build", str(study), "--out", str(tmp_path / "out"), "--for", "team"]
    assert main([*arguments, "--key", str(tmp_path / "key.toml")]) == 2
    assert main([*arguments, "--k", "4"]) == 2
    assert "leaves the team" in capsys.readouterr().err


@pytest.mark.parametrize("earlier", [True, False])
def test_a_full_disk_is_said_and_an_earlier_report_stays(study, tmp_path, capsys, monkeypatch, earlier):
    out = tmp_path / "out"
    arguments = ["build", str(study), "--out", str(out), "--key", str(tmp_path / "key.toml")]
    if earlier:
        assert main(arguments) == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    copy = shutil.copyfile

    def full(source, to, **more):
        if str(to).endswith("report.html"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return copy(source, to, **more)

    monkeypatch.setattr(shutil, "copyfile", full)
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "the report could not be written: No space left on device" in said
    assert "make room" in said
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert out.exists() is earlier


def test_an_archive_holds_the_report_that_may_leave_unless_that_of_the_team_is_asked_for(study, tmp_path, capsys):
    key = ["--key", str(tmp_path / "key.toml")]
    reports = {}
    for name, more in (("out", key), ("team", ["--for", "team"])):
        assert main(["export", str(study), "--to", "archive", *more, str(tmp_path / f"{name}.zip")]) == 0
        with zipfile.ZipFile(tmp_path / f"{name}.zip") as archive:
            reports[name] = b"".join(archive.read(one) for one in archive.namelist() if one.startswith("report/tables"))
            page = archive.read("report/report.html").decode("utf-8")
        assert ("replaced: BG1" in page) is (name == "out")
    assert b"Golden Dragon" not in reports["out"]
    assert b"Golden Dragon" in reports["team"]
    assert main(["export", str(study), "--to", "folder", *key, str(tmp_path / "folder")]) == 2
    assert main(["export", str(study), "--to", "archive", "--for", "team", *key, str(tmp_path / "no.zip")]) == 2
    assert "leaves the team" in capsys.readouterr().err


def test_no_archive_is_written_when_its_report_would_tell_a_name(study, tmp_path):
    head = study / "study.toml"
    head.write_text(head.read_text(encoding="utf-8") + '\n[[variable]]\nname = "sales to Golden"\n', "utf-8")
    (tmp_path / "key.toml").write_text('[[name]]\npseudonym = "Golden one"\nname = "Golden"\n', encoding="utf-8")
    with Study.open(study) as opened:
        with pytest.raises(InputError, match="still holds: Golden one"):
            opened.export("archive", tmp_path / "a.zip", key=tmp_path / "key.toml")
        assert not (tmp_path / "a.zip").exists()
        opened.export("archive", tmp_path / "a.zip", readers="team")
