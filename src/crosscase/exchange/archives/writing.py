"""Write the archive of a study: whole or not at all, the same bytes for the same study, report and day."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from crosscase.core import Snapshot
from crosscase.core.errors import InputError
from crosscase.exchange.archives.describing import crate, ddi, overview
from crosscase.exchange.folder import folder_files
from crosscase.exchange.refi import write_project

__all__ = ["MANIFEST", "METADATA", "OVERVIEW", "PROJECT", "REPORT", "STUDY", "write_archive"]

METADATA, MANIFEST, OVERVIEW, PROJECT = "ro-crate-metadata.json", "manifest-sha256.txt", "overview.md", "project.qdpx"
STUDY, REPORT = "study/", "report/"
_TIME = (1980, 1, 1, 0, 0, 0)


def write_archive(snapshot: Snapshot, path: Path, report: Mapping[str, bytes], *, date: str, version: str) -> None:
    """Write the archive (a zip).

    Args:
        snapshot: the study.
        path: where to.
        report: the files of the report by their names.
        date: the day of publication, ISO 8601.
        version: of the program.

    Raises:
        InputError: it cannot be written there.
    """
    files = {f"{STUDY}{name}": content for name, content in folder_files(snapshot)}
    files |= {f"{REPORT}{name}": content for name, content in report.items()}
    with tempfile.TemporaryDirectory(prefix="crosscase-") as folder:
        write_project(snapshot, Path(folder) / PROJECT)
        files[PROJECT] = (Path(folder) / PROJECT).read_bytes()
    files[OVERVIEW] = overview(snapshot).encode("utf-8")
    files["ddi.xml"] = ddi(snapshot)
    files[METADATA] = crate(snapshot, files, date=date, version=version)
    files[MANIFEST] = manifest(files).encode("utf-8")
    _write(path, files)


def manifest(files: Mapping[str, bytes]) -> str:
    """A line a file: its SHA-256, two spaces, its name, as ``sha256sum`` writes and checks them."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def _write(path: Path, files: Mapping[str, bytes]) -> None:
    name = ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in sorted(files):
                info = zipfile.ZipInfo(member, _TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, files[member])
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise InputError(
            f"the archive could not be written: {error.strerror or error}", where=str(path), mend="nothing was changed"
        ) from None
