"""Write a study out in an open format."""

from __future__ import annotations

from pathlib import Path

from crosscase.core import Snapshot
from crosscase.core.errors import InputError, NotFoundError

FORMATS = ("folder", "crosscase")


def export(snapshot: Snapshot, form: str, out: Path, *, who: str) -> Path:
    """Write the study to ``out`` and return the path; what is there already is never overwritten.

    Raises:
        NotFoundError: the format is none of :data:`FORMATS`.
        InputError: there is something at ``out`` already.
    """
    if form not in FORMATS:
        raise NotFoundError("export format", form, FORMATS)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("there is already something here", where=str(out), mend="choose another name")
    if form == "folder":
        from crosscase.exchange.folder import write_folder

        write_folder(snapshot, out)
    else:
        from crosscase.store import open_store

        with open_store(out, create=True) as store:
            store.save_snapshot(snapshot, who=who, what="export")
    return out
