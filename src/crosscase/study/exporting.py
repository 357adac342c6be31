"""Write a study out in an open format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from crosscase.core import Snapshot
from crosscase.core.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from crosscase.reports.privacy import Key

FORMATS = ("folder", "crosscase", "qdpx", "qdc", "archive")

Report = Callable[[str], None]


def export(
    snapshot: Snapshot,
    form: str,
    out: Path,
    *,
    who: str,
    readers: Literal["sharing", "team"] = "sharing",
    key: Key | None = None,
    report: Report | None = None,
    what: str = "export",
) -> Path:
    """Write the study to ``out`` and return the path; what is there already is never overwritten.

    ``what`` is the first entry in the trail of a study file, and says where the study came from.
    ``readers`` and ``key`` are of the report in an archive, see :meth:`crosscase.Study.build`.
    ``report`` is called with a sentence for what other programs will not see in the file, or what an archive leaves out.

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
    elif form == "qdpx":
        from crosscase.exchange.refi import write_project

        for kind, count in write_project(snapshot, out).only_aside.items():
            if report is not None:
                report(f"only Crosscase will read this from the file: {kind} ({count})")
    elif form == "qdc":
        from crosscase.exchange.refi import write_codebook

        out.write_bytes(write_codebook(snapshot))
    elif form == "archive":
        from crosscase.study.archiving import archive

        archive(snapshot, out, readers=readers, key=key, report=report)
    else:
        from crosscase.store import open_store

        try:
            with open_store(out, create=True) as store:
                store.save_snapshot(snapshot, who=who, what=what)
        except BaseException:
            for name in (out.name, f"{out.name}-wal", f"{out.name}-shm"):
                out.with_name(name).unlink(missing_ok=True)  # it was not there before
            raise
    return out
