"""Put an archive together.  The same study gives the same bytes on the same day."""

from __future__ import annotations

import datetime
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from crosscase.core import Snapshot
from crosscase.core.errors import InputError
from crosscase.exchange.crate.description import describe
from crosscase.exchange.crate.jsonld import METADATA, crate
from crosscase.exchange.crate.manifest import MANIFEST, manifest
from crosscase.exchange.crate.overview import data_overview
from crosscase.exchange.crate.withholding import Withheld
from crosscase.exchange.folder import folder_files
from crosscase.exchange.refi import write_project

__all__ = ["archive_files", "write_archive"]

_TIME = (1980, 1, 1, 0, 0, 0)


def archive_files(
    snapshot: Snapshot, withheld: Withheld, report: Mapping[str, bytes], *, date: datetime.date
) -> dict[str, bytes]:
    """The files of the archive by name.

    Args:
        snapshot: the study, already without what is ``withheld``.
        withheld: what was left out of it, which the archive says.
        report: the files of the report by their names in its folder.
        date: the day of the archive.
    """
    files = {f"study/{name}": content for name, content in folder_files(snapshot)}
    files |= {f"report/{name}": content for name, content in report.items()}
    files["project.qdpx"] = _project(snapshot)
    description = describe(snapshot, withheld)
    files["data-overview.md"] = data_overview(snapshot, description, withheld).encode("utf-8")
    counts = {"withheld sources": len(withheld.reasons), **snapshot.counts()}
    files[METADATA] = crate(description, files, unhashed=[MANIFEST], counts=counts, date=date.isoformat())
    files[MANIFEST] = manifest(files)
    return files


def write_archive(files: Mapping[str, bytes], path: Path) -> None:
    """Write the zip, whole or not at all; InputError when it cannot be written."""
    handle, name = None, ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in (METADATA, *sorted(set(files) - {METADATA})):
                info = zipfile.ZipInfo(member, _TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = 3  # the bytes are the same wherever they are written
                info.external_attr = 0o644 << 16
                archive.writestr(info, files[member])
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise InputError(
            f"the archive could not be written: {error.strerror or error}", where=str(path), mend="choose another place"
        ) from None


def _project(snapshot: Snapshot) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.qdpx"
        write_project(snapshot, path)
        return path.read_bytes()
