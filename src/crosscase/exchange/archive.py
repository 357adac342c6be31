"""Open a zip that somebody gave us without being harmed by it.

Word documents, workbooks and REFI-QDA projects are zips.  :func:`open_zip` looks at the list of members before anything is
unpacked and refuses what no honest program writes: names that lead out of the folder, links, a member twice, members that
share their bytes, encryption, a zip in a zip (unless asked for), and sizes or compression beyond the limits.  It does not
judge what is inside a member.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from crosscase.core.errors import InputError

__all__ = ["MEGABYTE", "Limits", "open_zip", "read_member"]

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold before it is refused.  Sizes in bytes, ``characters`` in code points."""

    #: The file itself.
    file_bytes: int = 500 * MEGABYTE
    #: All members of a zip together, unpacked; and how many there may be.
    unpacked_bytes: int = 1000 * MEGABYTE
    members: int = 20_000
    #: One part that is parsed as XML.
    part_bytes: int = 100 * MEGABYTE
    #: Unpacked to packed size of one member; asked only of members larger than ``ratio_from`` bytes.
    ratio: int = 200
    ratio_from: int = 5 * MEGABYTE
    #: The text of one source.
    characters: int = 20_000_000


@contextmanager
def open_zip(
    file: str | PathLike[str] | bytes, *, name: str = "", limits: Limits | None = None, nested: bool = False
) -> Iterator[zipfile.ZipFile]:
    """A checked zip file, closed at the end; read its members with :func:`read_member`.

    ``name`` is what errors call the file.  ``nested`` admits members that are zips themselves (a REFI-QDA project holds
    Word documents); each has to be opened through this function again.

    Raises InputError, with the limit and the value that broke it, for a file that is no zip or not a safe one.
    """
    limits = limits or Limits()
    where = name or (Path(file).name if not isinstance(file, bytes) else "the file")
    try:
        archive = zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file)
    except (zipfile.BadZipFile, struct.error, EOFError, NotImplementedError, ValueError) as error:
        raise InputError(
            f"the file is damaged or cut off: it is no readable zip ({error})",
            where=where,
            mend="save or download it again",
        ) from None
    with archive:
        _check(archive, where, limits, nested)
        yield archive


def read_member(archive: zipfile.ZipFile, member: str, *, name: str = "", limit: int | None = None) -> bytes:
    """The bytes of a member; InputError when it is missing, damaged, or has more than ``limit`` bytes."""
    try:
        size = archive.getinfo(member).file_size
        if limit is not None and size > limit:
            raise InputError(
                f"the part {member} has {_size(size)}; {_size(limit)} are allowed",
                where=name,
                mend="split the document",
            )
        return archive.read(member)
    except KeyError:
        raise InputError(
            f"the part {member} is missing", where=name, mend="save the file again with the program that made it"
        ) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        raise InputError(
            f"the part {member} is damaged ({error})", where=name, mend="save or download the file again"
        ) from None


def _check(archive: zipfile.ZipFile, where: str, limits: Limits, nested: bool) -> None:
    members = archive.infolist()
    if len(members) > limits.members:
        raise _refused(f"it holds {len(members):,} members; {limits.members:,} are allowed", where)
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_bytes:
        raise _refused(
            f"unpacked it would be {_size(total)}; {_size(limits.unpacked_bytes)} are allowed", where, bomb=True
        )
    seen: set[str] = set()
    for member in members:
        problem = _problem(member, seen, limits, nested)
        if problem:
            raise _refused(f"{problem}: {member.filename!r}", where, bomb="compressed" in problem)
        seen.add(member.filename)
    _check_overlap(members, where)


def _problem(member: zipfile.ZipInfo, seen: set[str], limits: Limits, nested: bool) -> str:
    name = member.filename
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":") or "\0" in name:
        return "a member's name leads out of the folder"
    if name in seen:
        return "a member is there twice"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a member is a link"
    if member.flag_bits & 0x1:
        return "a member is encrypted"
    if not nested and name.lower().endswith(".zip"):
        return "a member is a zip itself"
    if member.file_size > limits.ratio_from and member.file_size > limits.ratio * max(1, member.compress_size):
        ratio = member.file_size // max(1, member.compress_size)
        return f"a member of {_size(member.file_size)} is compressed {ratio:,} times, where {limits.ratio} times are allowed"
    return ""


def _check_overlap(members: list[zipfile.ZipInfo], where: str) -> None:
    """Members that share their bytes unpack to far more than the file can hold (Fifield 2019)."""
    end = -1
    for member in sorted(members, key=lambda one: one.header_offset):
        if member.header_offset < end:
            raise _refused(f"members share the same bytes: {member.filename!r}", where, bomb=True)
        end = member.header_offset + 30 + member.compress_size


def _refused(problem: str, where: str, *, bomb: bool = False) -> InputError:
    what = f"the file was not unpacked: {problem}"
    mend = "it looks like a zip bomb; " if bomb else ""
    return InputError(what, where=where, mend=mend + "make the file again with the program it comes from")


def _size(size: int) -> str:
    return f"{size / MEGABYTE:,.1f} MB"
