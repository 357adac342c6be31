"""Where a project lies: a .qdpx zip, a bare .qde beside its folder of sources, or a .qdc codebook."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from crosscase.core.errors import InputError
from crosscase.exchange.archive import MEGABYTE, Limits, open_zip, read_member

__all__ = ["SIDE", "Container", "open_container"]

#: The folder in the zip with what the standard cannot hold, in the form of a study folder.
SIDE = "crosscase/"
#: A project with 100,000 codings is larger than any part of a document: so many times the limit of a part.
PROJECT_PARTS = 3
_SCHEMES = ("internal://", "relative://", "absolute://", "file://")


class Container:
    """The project's XML and the files that go with it."""

    def __init__(self, name: str, project: bytes, limits: Limits) -> None:
        self.name = name
        self.project = project
        self.limits = limits

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.project).hexdigest()

    def file(self, path: str) -> bytes | None:
        """The bytes of a file that the project names, or ``None`` when it did not come along."""
        raise NotImplementedError

    def side(self) -> Mapping[str, bytes]:
        """The files of :data:`SIDE` by their names in it."""
        return {}


class _Zip(Container):
    def __init__(self, name: str, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        #: Members by their names in small letters; two may differ in capitals only.
        self._members: dict[str, list[str]] = {}
        for one in archive.infolist():
            if not one.is_dir():
                self._members.setdefault(one.filename.replace("\\", "/").casefold(), []).append(one.filename)
        member = self._project(name)
        super().__init__(name, read_member(archive, member, name=name, limit=PROJECT_PARTS * limits.part_bytes), limits)
        self._base = PurePosixPath(member.replace("\\", "/")).parent

    def _project(self, name: str) -> str:
        found = [
            one
            for folded, names in self._members.items()
            for one in names
            if folded.endswith(".qde") and not _hidden(folded)
        ]
        if len(found) > 1:  # the one at the top, or the one with the standard's name
            depth = min(one.count("/") for one in found)
            found = [one for one in found if one.count("/") == depth]
            found = [one for one in found if one.casefold().endswith("project.qde")] or found
        if len(found) != 1:
            raise InputError(
                f"there are {len(found)} project files (*.qde) in the archive, where there should be one",
                where=name,
                mend="export the project again as REFI-QDA (.qdpx)",
            )
        return found[0]

    def file(self, path: str) -> bytes | None:
        for candidate in _candidates(path):
            for folder in ("", "sources/"):
                found = self._members.get((self._base / folder / candidate).as_posix().casefold())
                if found:
                    member = next((one for one in found if one.endswith(candidate)), found[0])
                    limit = self.limits.part_bytes if member.casefold().endswith(".txt") else None
                    return read_member(self._archive, member, name=self.name, limit=limit)
        return None

    def side(self) -> Mapping[str, bytes]:
        return {
            member[len(SIDE) :]: read_member(self._archive, member, name=self.name)
            for names in self._members.values()
            for member in names
            if member.startswith(SIDE)
        }


def _hidden(member: str) -> bool:
    """Whether a member is ours, or what macOS puts beside a file."""
    return member.startswith((SIDE, "__macosx/")) or member.rpartition("/")[2].startswith("._")


class _Folder(Container):
    def __init__(self, path: Path, limits: Limits) -> None:
        super().__init__(path.name, _bytes(path, PROJECT_PARTS * limits.part_bytes), limits)
        self._folder = path.resolve().parent

    def file(self, path: str) -> bytes | None:
        for candidate in _candidates(path):
            for folder in ("", "sources", "Sources"):
                file = (self._folder / folder / candidate).resolve()
                if file.is_relative_to(self._folder) and file.is_file():
                    return _bytes(file, self.limits.file_bytes)
        return None


@contextmanager
def open_container(path: Path, limits: Limits | None = None) -> Iterator[Container]:
    """The container of a .qdpx, .qde or .qdc file; InputError when it is none or not a safe one."""
    limits = limits or Limits()
    if not path.is_file():
        raise InputError("there is no such file", where=str(path), mend="check the name and the folder")
    with path.open("rb") as stream:
        zipped = stream.read(2) == b"PK"
    if not zipped and path.suffix.casefold() != ".qdpx":
        yield _Folder(path, limits)
        return
    if path.stat().st_size > limits.file_bytes:
        raise _too_big(path, limits.file_bytes)
    with open_zip(path, limits=limits) as archive:
        yield _Zip(path.name, archive, limits)


def _candidates(path: str) -> Iterator[str]:
    """The names under which a file may lie, the most literal first; none of them leads out of the project."""
    for written in dict.fromkeys((path, unquote(path))):
        bare = written
        for scheme in _SCHEMES:
            if bare.casefold().startswith(scheme):
                bare = bare[len(scheme) :]
        parts = [part for part in bare.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        if parts:
            if ".." not in bare and ":" not in bare:
                yield "/".join(parts)
            yield parts[-1]


def _bytes(path: Path, limit: int) -> bytes:
    if path.stat().st_size > limit:
        raise _too_big(path, limit)
    return path.read_bytes()


def _too_big(path: Path, limit: int) -> InputError:
    return InputError(
        f"the file has {path.stat().st_size / MEGABYTE:,.1f} MB; {limit / MEGABYTE:,.1f} MB are allowed",
        where=path.name,
    )
