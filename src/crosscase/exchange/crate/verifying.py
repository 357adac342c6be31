"""Hold an archive against its own manifest and description, and read the study in it."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosscase.core.errors import CrosscaseError, InputError
from crosscase.exchange.archive import open_zip, read_member
from crosscase.exchange.crate.jsonld import METADATA, described
from crosscase.exchange.crate.manifest import MANIFEST, read_manifest, sha256
from crosscase.exchange.folder import read_folder

__all__ = ["Verification", "verify_archive"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: the number of files, the rows of the study by table, and every difference in words."""

    file: str
    files: int
    counts: dict[str, int] = field(default_factory=dict)
    differences: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "whole": self.whole,
            "files": self.files,
            "counts": self.counts,
            "differences": list(self.differences),
        }


def verify_archive(path: Path) -> Verification:
    """Check an archive.

    Every file must be in the manifest with its hash, and described in the crate; and the other way round.  The study must be
    readable and have the rows that the crate counts.

    Raises:
        InputError: the file is no zip, not a safe one, or not an archive of a study.
    """
    if not path.is_file():
        raise InputError("there is no such file", where=str(path), mend="name an archive made by crosscase export")
    with open_zip(path, nested=True) as archive:
        names = {one.filename for one in archive.infolist() if not one.is_dir()}
        if METADATA not in names or MANIFEST not in names:
            missing = METADATA if METADATA not in names else MANIFEST
            raise InputError(
                f"it is not an archive of a study: there is no {missing}",
                where=path.name,
                mend="name an archive made by crosscase export --to archive",
            )
        differences: list[str] = []
        _hashes(archive, names, differences)
        recorded = _described(archive, names, differences)
        counts = _study(archive, names, differences)
    if counts:
        told = {name: count for name, count in recorded.items() if name in counts}
        for name in counts:
            if counts[name] != told.get(name, 0):
                differences.append(f"the study has {counts[name]} {name}; the description says {told.get(name, 0)}")
    return Verification(
        path.name, len(names), {name: count for name, count in counts.items() if count}, tuple(differences)
    )


def _hashes(archive: zipfile.ZipFile, names: set[str], differences: list[str]) -> None:
    try:
        hashes = read_manifest(read_member(archive, MANIFEST))
    except CrosscaseError as error:
        differences.append(str(error))
        return
    differences += [f"{name} is in the manifest and not in the archive" for name in sorted(set(hashes) - names)]
    differences += [
        f"{name} is in the archive and not in the manifest" for name in sorted(names - set(hashes) - {MANIFEST})
    ]
    for name in sorted(names & set(hashes)):
        try:
            if sha256(read_member(archive, name)) != hashes[name]:
                differences.append(f"{name} is not as it was archived: its hash differs")
        except CrosscaseError as error:
            differences.append(f"{name} cannot be read: {error.what}")


def _described(archive: zipfile.ZipFile, names: set[str], differences: list[str]) -> dict[str, int]:
    """Differences between the files and their description; the counts that it gives."""
    try:
        told, sizes, counts = described(read_member(archive, METADATA))
    except CrosscaseError as error:
        differences.append(f"{METADATA}: {error.what}")
        return {}
    differences += [f"{name} is described and not in the archive" for name in sorted(told - names)]
    differences += [f"{name} is in the archive and not described" for name in sorted(names - told - {METADATA})]
    for name in sorted(names & set(sizes)):
        if (size := archive.getinfo(name).file_size) != sizes[name]:
            differences.append(f"{name} has {size} bytes; the description says {sizes[name]}")
    return counts


def _study(archive: zipfile.ZipFile, names: set[str], differences: list[str]) -> dict[str, int]:
    """The rows of the study in the archive; none when it cannot be read."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "study"
        folder.mkdir()
        try:
            for name in sorted(names):
                if name.startswith("study/"):
                    file = folder / name.removeprefix("study/")
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(read_member(archive, name))
            snapshot = read_folder(folder)
        except CrosscaseError as error:
            differences.append(f"the study cannot be read: {str(error).replace(str(folder), 'study')}")
            return {}
        except OSError as error:
            differences.append(f"the study cannot be unpacked: {error.strerror or error}")
            return {}
    return snapshot.counts()
