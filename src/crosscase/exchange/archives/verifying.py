"""Check an archive: every file is there and unchanged, none was added, and the study in it can be opened.

The manifest says what was written.  It is no signature: whoever changes a file and the manifest is not found out, which is
why the manifest's own hash is given, to be compared with one that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscase.core.errors import CrosscaseError, InputError
from crosscase.exchange.archive import open_zip, read_member
from crosscase.exchange.archives.writing import MANIFEST, METADATA, PROJECT, STUDY
from crosscase.exchange.folder import read_folder
from crosscase.exchange.refi import read_project

__all__ = ["Problem", "Verified", "verify_archive"]

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one file of the archive."""

    file: str
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome: how many files agree with the manifest, the manifest's own SHA-256, and what is wrong."""

    files: int
    manifest: str
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        return {
            "whole": self.whole,
            "files": self.files,
            "manifest_sha256": self.manifest,
            "problems": [{"file": one.file, "what": one.what} for one in self.problems],
        }


def verify_archive(path: Path) -> Verified:
    """Check an archive.

    Raises:
        InputError: it is no readable and safe zip, or no archive of ours.
    """
    if not path.is_file():
        raise InputError("there is no such file", where=str(path), mend="check the name and the folder")
    with open_zip(path) as archive:
        names = {one.filename for one in archive.infolist() if not one.is_dir()}
        if MANIFEST not in names:
            raise InputError(
                f"this is no archive of a study: it has no {MANIFEST}",
                where=path.name,
                mend="make one: crosscase export STUDY --to archive OUT.zip",
            )
        data = read_member(archive, MANIFEST, name=path.name)
        listed, problems = _listed(data)
        good = 0
        for name, wanted in listed.items():
            if name not in names:
                problems.append(Problem(name, "is missing"))
            elif (what := _differs(archive, name, wanted)) is not None:
                problems.append(Problem(name, what))
            else:
                good += 1
        problems += [
            Problem(name, "was added: the manifest does not list it") for name in sorted(names - {MANIFEST, *listed})
        ]
        problems += _crate(archive, names)
        if not problems:
            problems += _opens(archive, names)
    return Verified(good, hashlib.sha256(data).hexdigest(), tuple(problems))


def _listed(data: bytes) -> tuple[dict[str, str], list[Problem]]:
    listed: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None:
            problems.append(Problem(MANIFEST, f"line {number} is no hash with a name"))
        else:
            listed[found[2]] = found[1]
    return listed, problems


def _differs(archive: zipfile.ZipFile, name: str, wanted: str) -> str | None:
    try:
        found = hashlib.sha256(read_member(archive, name)).hexdigest()
    except InputError as error:
        return error.what
    return None if found == wanted else "was changed"


def _crate(archive: zipfile.ZipFile, names: set[str]) -> list[Problem]:
    """The files that the RO-Crate's metadata name are there."""
    try:
        graph = json.loads(read_member(archive, METADATA))["@graph"]
        parts = next(one for one in graph if one.get("@id") == "./")["hasPart"]
        missing = [one["@id"] for one in parts if one["@id"] not in names]
    except (InputError, ValueError, KeyError, TypeError, AttributeError, StopIteration):
        return [Problem(METADATA, "does not describe the archive")]
    return [Problem(METADATA, f"names a file that is not there: {name}") for name in missing]


def _opens(archive: zipfile.ZipFile, names: set[str]) -> list[Problem]:
    """The study folder and the project can be read, and hold the same study."""
    with tempfile.TemporaryDirectory(prefix="crosscase-") as folder:
        for name in names:
            if name.startswith(STUDY) or name == PROJECT:
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(read_member(archive, name))
        try:
            study = read_folder(Path(folder) / STUDY)
        except CrosscaseError as error:
            return [Problem(STUDY, f"cannot be opened: {error.what}")]
        try:
            project = read_project(Path(folder) / PROJECT).snapshot
        except CrosscaseError as error:
            return [Problem(PROJECT, f"cannot be opened: {error.what}")]
        same = project.counts() == study.counts() and dict(project.texts) == dict(study.texts)
        return [] if same else [Problem(PROJECT, "holds another study than the study folder")]
