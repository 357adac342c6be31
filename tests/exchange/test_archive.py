"""Zips that no honest program writes are refused before anything is unpacked."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from crosscase.core.errors import InputError
from crosscase.exchange.archive import Limits, open_zip, read_member


def packed(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of a name that is there already
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def refused(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(InputError) as caught, open_zip(data, name="a.zip", limits=limits):
        pytest.fail("it was opened")
    assert caught.value.where == "a.zip"
    assert caught.value.mend
    return str(caught.value)


def test_an_honest_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed(("folder/a.xml", b"hello"), ("b.bin", b"\0" * 1000)))
    with open_zip(path) as archive:
        assert read_member(archive, "folder/a.xml") == b"hello"
        with pytest.raises(InputError, match=r"the part c\.xml is missing"):
            read_member(archive, "c.xml", name="a.zip")


def test_a_zip_bomb_by_ratio_says_the_ratio() -> None:
    # ten million zeros deflate about a thousandfold
    assert "zip bomb" in refused(packed(("a", bytes(10_000_000))))
    message = refused(packed(("a", bytes(10_000_000))))
    assert "a member of 10.0 MB is compressed" in message
    assert "200 times are allowed" in message


def test_a_zip_bomb_by_size_and_by_number() -> None:
    many = packed(*((f"{number}", b"x" * 100) for number in range(30)))
    assert "unpacked it would be 0.0 MB" in refused(many, Limits(unpacked_bytes=2999))
    assert "it holds 30 members; 29 are allowed" in refused(many, Limits(members=29))


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/a", "C:/a", "..\\a", "\\a"])
def test_names_that_lead_out(name: str) -> None:
    assert "leads out of the folder" in refused(packed((name, b"x")))


def test_a_member_twice() -> None:
    assert "there twice" in refused(packed(("a", b"x"), ("a", b"y")))


def test_links() -> None:
    link = zipfile.ZipInfo("a")
    link.external_attr = 0o120777 << 16
    assert "is a link" in refused(packed((link, b"/etc/passwd")))


def test_a_zip_in_a_zip_only_when_asked_for() -> None:
    data = packed(("inner.zip", packed(("a", b"x"))))
    assert "is a zip itself" in refused(data)
    with open_zip(data, nested=True) as archive:
        assert archive.namelist() == ["inner.zip"]


def test_encrypted_members() -> None:
    data = bytearray(packed(("a", b"x")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refused(bytes(data))


def test_members_that_share_bytes() -> None:
    """Two entries of the directory that point to the same local header, as in the bombs of Fifield (2019)."""
    data = packed(("a", b"x" * 50), ("b", b"x" * 50))
    second = data.rindex(b"PK\x01\x02")
    assert "share the same bytes" in refused(data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :])


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", packed(("a", b"x" * 100))[:-30], b"no zip at all"])
def test_damaged(data: bytes) -> None:
    assert "damaged or cut off" in refused(data)


def test_a_damaged_member() -> None:
    data = bytearray(packed(("a", bytes(range(256)))))
    data[60] ^= 0xFF
    with open_zip(bytes(data)) as archive, pytest.raises(InputError, match="the part a is damaged"):
        read_member(archive, "a", name="a.zip")


def _spoiled_directory(data: bytes) -> bytes:
    """The end record says that the directory begins later than it does: members would begin before the file."""
    place = data.rindex(b"PK\x05\x06") + 16
    offset = int.from_bytes(data[place : place + 4], "little") + 10
    return data[:place] + offset.to_bytes(4, "little") + data[place + 4 :]


def _spoiled_name(data: bytes) -> bytes:
    """The name in front of the member is no UTF-8 although it is said to be."""
    return data.replace("ü".encode(), b"\x92\x92", 1)


@pytest.mark.parametrize(("spoil", "said"), [(_spoiled_directory, "share the same bytes"), (_spoiled_name, "damaged")])
def test_a_member_that_cannot_be_reached_is_refused(tmp_path, spoil, said):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ü.txt", "words")
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match=said), open_zip(path) as archive:
        read_member(archive, archive.namelist()[0])
