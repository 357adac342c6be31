"""Sealed files: only the passphrase opens them, and nothing altered is ever half read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crosscase.core.errors import InputError
from crosscase.exchange import sealed

WORDS = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that costs nothing to make; the real cost is tested once below."""
    monkeypatch.setattr(sealed, "COST", {"n": 2, "r": 8, "p": 1})


def _sealed(tmp_path: Path, content: bytes) -> Path:
    given, out = tmp_path / "given", tmp_path / "given.sealed"
    given.write_bytes(content)
    sealed.seal(given, out, WORDS)
    return out


@pytest.mark.parametrize("size", [0, 1, sealed.PIECE - 1, sealed.PIECE, sealed.PIECE + 1, 3 * sealed.PIECE])
def test_what_was_sealed_comes_back(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    out = _sealed(tmp_path, content)
    assert sealed.is_sealed(out)
    assert sealed.read_sealed(out, WORDS) == content
    sealed.unseal(out, tmp_path / "again", WORDS)
    assert (tmp_path / "again").read_bytes() == content
    assert out.stat().st_mode & 0o077 == 0


def test_the_content_cannot_be_seen(tmp_path: Path) -> None:
    out = _sealed(tmp_path, b'pseudonym = "F1"\nname = "Golden Dragon Textile"\n')
    assert b"Golden" not in out.read_bytes()


def test_two_seals_of_one_file_differ(tmp_path: Path) -> None:
    first = _sealed(tmp_path, b"the same").read_bytes()
    (tmp_path / "given.sealed").unlink()
    assert _sealed(tmp_path, b"the same").read_bytes() != first


def test_another_passphrase_does_not_open_it(tmp_path: Path) -> None:
    out = _sealed(tmp_path, b"secret")
    with pytest.raises(InputError, match="passphrase is wrong"):
        sealed.unseal(out, tmp_path / "again", "correct horse battery stapler")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["given", "given.sealed"]


def test_a_passphrase_typed_in_another_form_of_the_same_letters_opens_it(tmp_path: Path) -> None:
    given, out = tmp_path / "given", tmp_path / "out"
    given.write_bytes(b"secret")
    sealed.seal(given, out, "Müller und Söhne")
    assert sealed.read_sealed(out, "Mu\u0308ller und So\u0308hne") == b"secret"


@pytest.mark.parametrize("where", ["first line", "parameters", "salt", "first piece", "last byte"])
def test_one_altered_byte_is_found(tmp_path: Path, where: str) -> None:
    out = _sealed(tmp_path, b"x" * (2 * sealed.PIECE))
    data = bytearray(out.read_bytes())
    head = data.index(b"\n", len(sealed.MAGIC)) + 1
    place = {
        "first line": 3,
        "parameters": data.index(b'"n":2') + 4,
        "salt": data.index(b'"salt":"') + 9,
        "first piece": head + 5,
        "last byte": len(data) - 1,
    }[where]
    data[place] ^= 1
    out.write_bytes(data)
    with pytest.raises(InputError):
        sealed.read_sealed(out, WORDS)


@pytest.mark.parametrize("cut", ["a byte", "the last piece", "the second piece", "all pieces"])
def test_a_file_cut_short_or_put_together_anew_is_refused(tmp_path: Path, cut: str) -> None:
    out = _sealed(tmp_path, b"x" * (2 * sealed.PIECE + 5))
    data = out.read_bytes()
    head, piece = data.index(b"\n", len(sealed.MAGIC)) + 1, sealed.PIECE + 16
    left = {
        "a byte": data[:-1],
        "the last piece": data[: head + 2 * piece],
        "the second piece": data[: head + piece] + data[head + 2 * piece :],
        "all pieces": data[:head],
    }[cut]
    out.write_bytes(left)
    with pytest.raises(InputError):
        sealed.unseal(out, tmp_path / "again", WORDS)
    assert not (tmp_path / "again").exists()


def test_a_file_that_asks_for_endless_work_is_refused(tmp_path: Path) -> None:
    out = _sealed(tmp_path, b"secret")
    out.write_bytes(out.read_bytes().replace(b'"n":2', b'"n":1099511627776'))
    with pytest.raises(InputError, match="not a sealed file"):
        sealed.read_sealed(out, WORDS)


def test_nothing_is_overwritten_and_short_passphrases_are_refused(tmp_path: Path) -> None:
    out = _sealed(tmp_path, b"secret")
    with pytest.raises(InputError, match="already"):
        sealed.seal(tmp_path / "given", out, WORDS)
    with pytest.raises(InputError, match="shorter"):
        sealed.seal(tmp_path / "given", tmp_path / "other", "short")
    with pytest.raises(InputError, match="cannot be read"):
        sealed.seal(tmp_path / "missing", tmp_path / "other", WORDS)


def test_the_real_cost_is_what_the_documentation_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert sealed.COST == {"n": 2**17, "r": 8, "p": 1}
    out = _sealed(tmp_path, b"secret")
    assert sealed.read_sealed(out, WORDS) == b"secret"


@pytest.mark.skipif(os.name == "nt", reason="no limit of a file's size")
def test_a_full_disk_is_said_of_what_is_written_and_nothing_is_kept(tmp_path: Path) -> None:
    import resource
    import signal

    out = _sealed(tmp_path, os.urandom(2 * sealed.PIECE))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (sealed.PIECE, before[1]))
    try:
        for work, given in ((sealed.seal, tmp_path / "given"), (sealed.unseal, out)):
            with pytest.raises(InputError, match="cannot be written") as caught:
                work(given, tmp_path / "new", WORDS)
            assert caught.value.where == str(tmp_path / "new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["given", "given.sealed"]
