"""The list of hashes in an archive: a line a file, hash, two spaces, name, as in BagIt (RFC 8493, section 2.1.3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from crosscase.core.errors import InputError

__all__ = ["MANIFEST", "manifest", "read_manifest", "sha256"]

MANIFEST = "manifest-sha256.txt"

_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def manifest(files: Mapping[str, bytes]) -> bytes:
    """The manifest of these files, in the order of their names."""
    lines = [f"{sha256(files[name])}  {_encoded(name)}\n" for name in sorted(files)]
    return "".join(lines).encode("utf-8")


def read_manifest(content: bytes) -> dict[str, str]:
    """The hash by name; InputError names the first line that cannot be read."""
    hashes: dict[str, str] = {}
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None or _decoded(found[2]) in hashes:
            raise InputError(
                "the line is no hash with a name" if found is None else f"{found[2]} is listed twice",
                where=f"{MANIFEST}, line {number}",
                mend="get the archive again from where it is kept",
            )
        hashes[_decoded(found[2])] = found[1].lower()
    return hashes


def _encoded(name: str) -> str:
    """Line ends in a name would break the line (RFC 8493 encodes these three)."""
    return name.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _decoded(name: str) -> str:
    return re.sub("%0D", "\r", re.sub("%0A", "\n", name, flags=re.I), flags=re.I).replace("%25", "%")
