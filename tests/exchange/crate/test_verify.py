"""Whatever was changed in an archive is found and named."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crosscase.core.errors import InputError
from crosscase.exchange.crate import verify_archive, write_archive
from crosscase.exchange.crate.manifest import manifest, read_manifest
from exchange.crate.factories import files, study

Files = dict[str, bytes]


def test_an_archive_as_it_was_written_is_whole(tmp_path: Path) -> None:
    write_archive(files(study())[0], tmp_path / "a.zip")
    found = verify_archive(tmp_path / "a.zip")
    assert (found.differences, found.whole) == ((), True)
    assert (found.counts["sources"], found.counts["codings"]) == (2, 2)


def _altered(made: Files) -> None:
    made["study/sources/A1.txt"] = made["study/sources/A1.txt"].replace(b"client", b"cliens")


def _removed(made: Files) -> None:
    del made["report/report.html"]


def _added(made: Files) -> None:
    made["report/more.html"] = b"more"


def _rehashed(made: Files) -> None:
    """A row taken away and the manifest made anew: the counts and the size of the description tell."""
    lines = made["study/events.csv"].splitlines(keepends=True)
    made["study/events.csv"] = b"".join(lines[:-1])
    made["manifest-sha256.txt"] = manifest({name: one for name, one in made.items() if name != "manifest-sha256.txt"})


def _broken(made: Files) -> None:
    made["study/study.toml"] = b"title = "


def _no_description(made: Files) -> None:
    made["ro-crate-metadata.json"] = b"[]"


def _no_manifest_lines(made: Files) -> None:
    made["manifest-sha256.txt"] = b"what is this\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_altered, ["study/sources/A1.txt is not as it was archived: its hash differs"]),
        (_removed, ["report/report.html is in the manifest and not in the archive",
                    "report/report.html is described and not in the archive"]),
        (_added, ["report/more.html is in the archive and not in the manifest",
                  "report/more.html is in the archive and not described"]),
        (_rehashed, ["the study has 1 events; the description says 2"]),
        (_broken, ["the study cannot be read: ", "study/study.toml is not as it was archived"]),
        (_no_description, ["ro-crate-metadata.json: it does not describe a crate"]),
        (_no_manifest_lines, ["the line is no hash with a name"]),
    ],
)  # fmt: skip
def test_what_differs_is_listed(tmp_path: Path, change: Callable[[Files], None], said: list[str]) -> None:
    made = dict(files(study())[0])
    change(made)
    write_archive(made, tmp_path / "a.zip")
    found = verify_archive(tmp_path / "a.zip")
    assert not found.whole
    for one in said:
        assert any(one in difference for difference in found.differences), found.differences
    assert str(tmp_path) not in str(found.differences)


def test_a_damaged_byte_is_found(tmp_path: Path) -> None:
    """A flipped byte in a member's data: the zip's own check fails, and that member is named."""
    path = tmp_path / "a.zip"
    write_archive(files(study())[0], path)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("study/codebook.csv")
    content = bytearray(path.read_bytes())
    content[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    path.write_bytes(content)
    assert any(one.startswith("study/codebook.csv cannot be read") for one in verify_archive(path).differences)


@pytest.mark.parametrize("content", [b"", b"not a zip", None, "cut"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "a.zip"
    if content == "cut":
        write_archive(files(study())[0], path)
        path.write_bytes(path.read_bytes()[:-200])
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(InputError):
        verify_archive(path)


def test_a_zip_without_a_manifest_is_no_archive(tmp_path: Path) -> None:
    made = files(study())[0]
    del made["manifest-sha256.txt"]
    write_archive(made, tmp_path / "a.zip")
    with pytest.raises(InputError, match=r"there is no manifest-sha256\.txt"):
        verify_archive(tmp_path / "a.zip")


def test_a_member_that_leads_out_is_refused(tmp_path: Path) -> None:
    write_archive({**files(study())[0], "study/../../x": b""}, tmp_path / "a.zip")
    with pytest.raises(InputError, match="leads out of the folder"):
        verify_archive(tmp_path / "a.zip")


def test_names_of_all_kinds_go_through_the_manifest() -> None:
    names = {"a b.txt": b"1", "100%.txt": b"2", "line\nend": b"3", "%0A": b"4", "ü/é": b"5"}
    assert set(read_manifest(manifest(names))) == set(names)
