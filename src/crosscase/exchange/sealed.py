"""Files under a passphrase: key files and archives that nobody reads without it.

The format: the line ``CROSSCASE SEALED 1``, a line of JSON that says how the key was made, then the content in pieces of
1 MiB, each encrypted and authenticated on its own (ChaCha20-Poly1305, RFC 8439; the key by scrypt, RFC 7914, from the
passphrase and a random salt).  A piece's nonce is a random prefix, its number and whether it is the last one (the STREAM
construction: Hoang, Reyhanitabar, Rogaway & Vizár 2015), and both lines at the top are authenticated with every piece; so
a file that was altered, cut short, put together anew or given easier parameters is refused and never half read.

Who loses the passphrase has lost the content.  There is no back door and no way to try passphrases quickly.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from crosscase.core.errors import InputError

#: The first line of every sealed file.
MAGIC = b"CROSSCASE SEALED 1\n"

#: The end of a sealed file's name.
SUFFIX = ".sealed"

PIECE = 1 << 20

#: scrypt: 2**17 blocks of 8 and one lane, 128 MB and about half a second for each passphrase that is tried.
COST = {"n": 1 << 17, "r": 8, "p": 1}

#: A file that asks for more than this is refused: it would only keep the machine busy.
MOST = {"n": 1 << 20, "r": 16, "p": 4}

_TAG = 16
_SHORTEST = 8


def is_sealed(path: Path) -> bool:
    """Whether a file begins like a sealed one."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def seal(source: Path, out: Path, passphrase: str) -> None:
    """Write the content of ``source`` sealed to ``out``, as a whole or not at all.

    Raises:
        InputError: the passphrase is shorter than 8 characters, ``out`` is there already, or a file cannot be read or written.
    """
    if len(passphrase) < _SHORTEST:
        raise InputError(
            f"the passphrase is shorter than {_SHORTEST} characters",
            mend="take a longer one: five unrelated words are good",
        )
    salt, prefix = os.urandom(16), os.urandom(7)
    head = MAGIC + _line({"kdf": "scrypt", **COST, "salt": _text(salt), "prefix": _text(prefix)})
    cipher = _cipher(passphrase, salt, COST)
    with _opened(source) as given, _replacing(out) as made:
        made.write(head)
        piece, number = given.read(PIECE), 0
        while True:
            following = given.read(PIECE)
            made.write(cipher.encrypt(_nonce(prefix, number, last=not following), piece, head))
            if not following:
                return
            piece, number = following, number + 1


def unseal(source: Path, out: Path, passphrase: str) -> None:
    """Write what a sealed file holds to ``out``, as a whole or not at all.

    Raises:
        InputError: it is not a sealed file, the passphrase is wrong, the file was altered or is not whole, or ``out`` is
            there already.
    """
    with _replacing(out) as made:
        for piece in _pieces(source, passphrase):
            made.write(piece)


def read_sealed(source: Path, passphrase: str) -> bytes:
    """What a sealed file holds, in memory only; raises as :func:`unseal`."""
    return b"".join(_pieces(source, passphrase))


def _pieces(source: Path, passphrase: str) -> Iterator[bytes]:
    from cryptography.exceptions import InvalidTag

    with _opened(source) as given:
        head, salt, prefix, cost = _head(given, source)
        cipher = _cipher(passphrase, salt, cost)
        piece, number = given.read(PIECE + _TAG), 0
        while True:
            following = given.read(PIECE + _TAG)
            try:
                yield cipher.decrypt(_nonce(prefix, number, last=not following), piece, head)
            except InvalidTag:
                raise InputError(
                    "the passphrase is wrong, or the file was altered"
                    if number == 0
                    else "the file was altered, or is not whole",
                    where=str(source),
                    mend="try the passphrase again; if you are sure of it, take another copy of the file"
                    if number == 0
                    else "the passphrase is right, the file is not: take another copy of it",
                ) from None
            if not following:
                return
            piece, number = following, number + 1


def _head(given: IO[bytes], source: Path) -> tuple[bytes, bytes, bytes, dict[str, int]]:
    """The lines at the top, the salt, the prefix of the nonces and the cost of the key."""
    magic, line = given.read(len(MAGIC)), given.readline(4096)
    try:
        if magic != MAGIC:
            raise ValueError
        said = json.loads(line)
        cost = {name: int(said[name]) for name in COST}
        salt, prefix = base64.b64decode(said["salt"], validate=True), base64.b64decode(said["prefix"], validate=True)
        if said["kdf"] != "scrypt" or len(salt) != 16 or len(prefix) != 7:
            raise ValueError
        if any(not 1 <= cost[name] <= MOST[name] for name in COST):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise InputError(
            "this is not a sealed file, or its beginning is damaged", where=str(source), mend="take another copy of it"
        ) from None
    return magic + line, salt, prefix, cost


def _cipher(passphrase: str, salt: bytes, cost: dict[str, int]) -> Any:
    import unicodedata

    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    # The same letters typed on another keyboard may come as other code points; NFKC makes them one.
    words = unicodedata.normalize("NFKC", passphrase).encode()
    try:
        return ChaCha20Poly1305(Scrypt(salt=salt, length=32, **cost).derive(words))
    except ValueError:
        raise InputError("the sealed file's beginning is damaged", mend="take another copy of it") from None


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode() + b"\n"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", where=str(path)) from None
    with file:
        yield file


@contextmanager
def _replacing(out: Path) -> Iterator[IO[bytes]]:
    """A new file that gets its name only when all of it is written; nobody else may read it."""
    if out.exists():
        raise InputError("there is a file of that name already", where=str(out), mend="choose another name")
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise InputError(f"nothing can be written there: {error.strerror}", where=str(out.parent)) from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, out)
    except OSError as error:
        raise InputError(
            f"the file cannot be written: {error.strerror}",
            where=str(out),
            mend="nothing of it was kept; make room, or choose another place",
        ) from None
    finally:
        part.unlink(missing_ok=True)
