"""Hostile and damaged projects are refused in a sentence; nothing else comes out of the reader than that or a study."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscase.core.errors import CrosscaseError, InputError
from crosscase.exchange.archive import Limits
from crosscase.exchange.refi import read_project
from crosscase.study import Study
from exchange.refi.fuzzing import holds, packed
from exchange.refi.projects import archive, codebook, content, project, saved, selection, sources, text_source

XML = project(
    codebook("trust"),
    sources(text_source("A1", selection(0, 2) + selection(3, 7), attributes="", before=content("We knew nobody."))),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Project [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE Project SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_document_types_and_entities(tmp_path: Path, declared: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declared}<Project name="&x;"/>'
    with pytest.raises(InputError, match="declares a document type"):
        read_project(saved(tmp_path, text.encode(encoding), "a.qde"))


@pytest.mark.parametrize("member", ["../evil.txt", "/etc/evil", "a/../../evil", "C:\\evil", "inner.zip"])
def test_names_that_lead_out_and_zips_in_zips(tmp_path: Path, member: str) -> None:
    with pytest.raises(InputError, match="not unpacked"):
        read_project(saved(tmp_path, archive(XML, {member: b"x"})))


def test_a_member_twice(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.writestr("project.qde", XML)
        made.writestr("project.qde", XML)
    with pytest.raises(InputError, match="there twice"):
        read_project(saved(tmp_path, file.getvalue()))


def test_a_bomb(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="compressed"):
        read_project(saved(tmp_path, archive(XML, {"sources/a.txt": b"\0" * 8_000_000})))


def test_bombs_of_many_members_and_of_many_bytes_say_the_limit(tmp_path: Path) -> None:
    path = saved(tmp_path, archive(XML, {f"sources/{number}.txt": b"x" * 100 for number in range(30)}))
    with pytest.raises(InputError, match="31 members; 30 are allowed"):
        read_project(path, limits=Limits(members=30))
    with pytest.raises(InputError, match=r"unpacked it would be .* MB are allowed"):
        read_project(path, limits=Limits(unpacked_bytes=3000))
    with pytest.raises(InputError, match="200 times are allowed"):
        read_project(saved(tmp_path, archive(XML, {"sources/a.txt": b"\0" * 8_000_000})))


def test_a_link_in_the_archive(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("sources/A1.txt")
    link.external_attr = 0o120777 << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(link, "/etc/passwd")
        made.writestr("project.qde", XML)
    with pytest.raises(InputError, match="is a link"):
        read_project(saved(tmp_path, file.getvalue()))


def test_a_bomb_inside_a_document_of_the_project(tmp_path: Path) -> None:
    """A Word document is a zip of its own; its words are read when the project brings none."""
    inner = archive(b"<w/>", {"word/media/a.bin": b"\0" * 8_000_000}, "word/document.xml")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:  # stored, or the outer ratio would tell
        made.writestr("sources/A1.docx", inner)
        made.writestr("project.qde", project(sources(text_source("A1", "", 'richTextPath="internal://A1.docx"'))))
    read = read_project(saved(tmp_path, packed.getvalue()))
    assert read.snapshot.texts == {}
    assert any("zip bomb" in one for one in read.warnings)


HOSTILE = {
    "bomb": archive(XML, {"sources/a.txt": b"\0" * 8_000_000}),
    "leads out": archive(XML, {"../evil.txt": b"x"}),
    "nested": archive(XML, {"inner.zip": b"x"}),
    "entities": archive(b'<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]><Project name="&x;"/>'),
    "cut off": archive(XML)[:200],
    "no project": archive(XML, name="readme.txt"),
    "broken XML": archive(XML[:-30]),
}


@pytest.mark.parametrize("form", ["study", "study.crosscase"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_failed_import_changes_nothing(tmp_path: Path, name: str, form: str) -> None:
    with Study.create(tmp_path / form) as study:
        study.import_files([saved(tmp_path, archive(XML), "good.qdpx")])
    before = state(tmp_path / form)
    bad = saved(tmp_path, HOSTILE[name], "bad.qdpx")
    with Study.open(tmp_path / form) as study, pytest.raises(InputError):
        study.import_files([bad], merge=True)
    assert state(tmp_path / form) == before


def state(place: Path) -> object:
    """All files of a folder with their bytes; of a study file its rows and its trail."""
    if place.is_dir():
        return {one.relative_to(place): one.read_bytes() for one in place.rglob("*") if one.is_file()}
    with Study.open(place) as study:
        return study.snapshot.counts(), study.audit().rows()


def test_a_project_beyond_the_limits(tmp_path: Path) -> None:
    path = saved(tmp_path, archive(XML))
    with pytest.raises(InputError, match="allowed"):
        read_project(path, limits=Limits(file_bytes=100))
    with pytest.raises(InputError, match="allowed"):
        read_project(path, limits=Limits(part_bytes=100))


@pytest.mark.parametrize("path", ["../secret.txt", "internal://../secret.txt", "/etc/hostname", "file:///etc/hostname"])
def test_a_path_does_not_lead_out_of_the_project(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    folder = tmp_path / "project"
    folder.mkdir()
    xml = project(sources(text_source("A1", "", f'plainTextPath="{path}"')))
    read = read_project(saved(folder, xml, "a.qde"))
    assert read.snapshot.texts == {}


def test_a_link_beside_a_bare_project_does_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "A1.txt").symlink_to(tmp_path / "secret.txt")
    read = read_project(saved(folder, project(sources(text_source("A1"))), "a.qde"))
    assert read.snapshot.texts == {}


@pytest.mark.parametrize(
    "side", [b"no json", b"[]", b'{"shared": {"a": 1}}', b'{"shared": {"../../x": "project.qde"}}']
)
def test_side_files_that_are_not_ours(tmp_path: Path, side: bytes) -> None:
    read = read_project(saved(tmp_path, archive(XML, {"crosscase/refi.json": side, "crosscase/study.toml": b"="})))
    assert read.basis == "standard"
    assert read.warnings


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_project_that_is_cut_off(tmp_path: Path, share: float) -> None:
    for name, data in (("a.qdpx", archive(XML)), ("a.qde", XML)):
        with pytest.raises(InputError):
            read_project(saved(tmp_path, data[: int(len(data) * share)], name))


def test_a_huge_attribute(tmp_path: Path) -> None:
    xml = XML.replace(b'name="A1"', b'name="' + b"a" * 11_000_000 + b'"')
    with pytest.raises(InputError, match="damaged"):
        read_project(saved(tmp_path, xml, "a.qde"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_bytes_there_is_a_study_or_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes changed, cut out or doubled anywhere in a project file or an archive."""
    zipped = data.draw(st.booleans())
    bytes_ = bytearray(archive(XML, {"sources/A1.txt": b"We knew nobody."}) if zipped else XML)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(bytes_) - 1))
        length = data.draw(st.integers(0, 12))
        put = data.draw(
            st.one_of(st.binary(max_size=6), st.sampled_from([b'"-1"', b"<Code", b"</Codes>", b"99999999999999999999"]))
        )
        bytes_[place : place + length] = put
    try:
        read = read_project(saved(tmp_path, bytes(bytes_), "a.qdpx" if zipped else "a.qde"))
    except CrosscaseError:
        return
    for quotation in read.snapshot.quotations:
        if quotation.start is not None:
            assert read.snapshot.texts[quotation.source][quotation.start : quotation.end] == quotation.text


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(packed())
def test_whatever_the_elements_there_is_a_study_or_a_sentence(tmp_path_factory, project: tuple[str, bytes]) -> None:
    """The bounded run of ``benchmarks/refi_fuzz.py``: the schema's elements in any order and with any values."""
    holds(tmp_path_factory.mktemp("fuzz"), *project)
