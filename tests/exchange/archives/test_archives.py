"""An archive holds everything in open formats, and a change to any file of it is found."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree

from crosscase.core import Claim, Snapshot, Stance
from crosscase.core.errors import InputError
from crosscase.exchange.archives import MANIFEST, METADATA, OVERVIEW, verify_archive, write_archive
from exchange.refi.test_round_trip import study
from strategies import snapshots


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    snapshot = study().replace(
        claims=Snapshot.of(claims=[Claim("P1", "Ties help")]).claims,
        stances=Snapshot.of(stances=[Stance("s1", "P1", "F1", "c1", stance="supports")]).stances,
    )
    write_archive(snapshot, tmp_path / "a.zip", {"index.html": b"<p>report</p>"}, date="2026-01-02", version="1")
    return tmp_path / "a.zip"


def changed(path: Path, **changes: bytes | None) -> Path:
    """The archive with members put in other words, added or (``None``) left out; names with __ for a dot."""
    wanted = {name.replace("__", "."): content for name, content in changes.items()}
    out = path.with_name("b.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in [*old.namelist(), *(name for name in wanted if name not in old.namelist())]:
            content = wanted.get(name, b"") if name in wanted else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return out


def test_an_archive_is_whole(archive: Path) -> None:
    verified = verify_archive(archive)
    assert verified.whole, verified.problems
    with zipfile.ZipFile(archive) as made:
        names = set(made.namelist())
        assert verified.files == len(names) - 1
        assert verified.manifest == hashlib.sha256(made.read(MANIFEST)).hexdigest()
        overview = made.read(OVERVIEW).decode()
    assert {METADATA, "ddi.xml", "project.qdpx", "report/index.html", "study/study.toml", "study/codings.csv"} <= names
    assert "- 2 cases" in overview
    assert "- P1: Ties help (1 supports)" in overview


def test_the_metadata_name_every_file_and_its_size(archive: Path) -> None:
    """What RO-Crate 1.1 asks of the descriptor and the root: about, conformsTo, name, description, date, licence."""
    with zipfile.ZipFile(archive) as made:
        graph = {one["@id"]: one for one in json.loads(made.read(METADATA))["@graph"]}
        sizes = {one.filename: one.file_size for one in made.infolist()}
    assert graph[METADATA]["about"] == {"@id": "./"}
    root = graph["./"]
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license"} <= set(root)
    assert root["datePublished"] == "2026-01-02"
    parts = {one["@id"] for one in root["hasPart"]}
    assert parts == set(sizes) - {METADATA, MANIFEST}
    assert all(graph[name]["contentSize"] == str(sizes[name]) for name in parts)


def test_the_study_metadata(archive: Path) -> None:
    with zipfile.ZipFile(archive) as made:
        root = etree.fromstring(made.read("ddi.xml"))
    found = {"d": "ddi:codebook:2_5"}
    assert root.findtext(".//d:titl", namespaces=found) == "Ties abroad"
    assert [one.get("name") for one in root.findall(".//d:var", found)] == ["founded", "sector", "exports"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"overview__md": b"other"}, "overview.md was changed"),
        ({"overview__md": None}, "overview.md is missing"),
        ({"extra__txt": b"x"}, "extra.txt was added"),
        ({"ro-crate-metadata__json": b"{}"}, "ro-crate-metadata.json does not describe"),
        ({"manifest-sha256__txt": b"nonsense\n"}, "line 1 is no hash"),
    ],
)
def test_a_change_is_found(archive: Path, change: dict[str, bytes | None], what: str) -> None:
    verified = verify_archive(changed(archive, **change))
    assert not verified.whole
    assert any(what in f"{one.file} {one.what}" for one in verified.problems)


def test_what_is_no_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("a.txt", "x")
    with pytest.raises(InputError, match="no archive of a study"):
        verify_archive(tmp_path / "a.zip")
    with pytest.raises(InputError, match="no such file"):
        verify_archive(tmp_path / "b.zip")
    (tmp_path / "c.zip").write_bytes(b"PK cut off")
    with pytest.raises(InputError, match="damaged"):
        verify_archive(tmp_path / "c.zip")


@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(snapshots())
def test_any_study_can_be_archived(tmp_path_factory, snapshot: Snapshot) -> None:
    path = tmp_path_factory.mktemp("out") / "a.zip"
    write_archive(snapshot, path, {}, date="2026-01-02", version="1")
    assert verify_archive(path).problems == ()
