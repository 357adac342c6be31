"""An archive on the command line: made, verified, and found to differ."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from crosscase.exchange.folder import write_folder
from exchange.crate.factories import SECRET, study


def test_an_archive_is_made_and_verified(crosscase, tmp_path: Path) -> None:
    write_folder(study(), tmp_path / "study")
    ran = crosscase("export", tmp_path / "study", "--to", "archive", tmp_path / "a.zip")
    assert ran.status == 0, ran.err
    assert "left out, the words of source B1: the consent of B-ceo (quote) does not include archiving" in ran.err
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert "report/report.html" in archive.namelist()
        assert not any(SECRET.encode() in archive.read(name) for name in archive.namelist())
    ran = crosscase("verify", tmp_path / "a.zip", "--format", "json")
    told = json.loads(ran.out)
    assert (ran.status, told["whole"], told["differences"], told["counts"]["codings"]) == (0, True, [], 2)

    with zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("report/more.html", "more")
    ran = crosscase("verify", tmp_path / "a.zip")
    assert ran.status == 1
    assert "report/more.html is in the archive and not in the manifest" in ran.out

    assert crosscase("verify", tmp_path / "study" / "study.toml").status == 2
    assert crosscase("verify", tmp_path / "nowhere.zip").status == 2
