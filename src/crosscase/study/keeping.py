"""Backups of whole places: a study file, or a server's database with all of its studies."""

from __future__ import annotations

from pathlib import Path

from crosscase.core.errors import InputError
from crosscase.store import open_store
from crosscase.store.restoring import Rescued, rescue, restore

__all__ = ["Rescued", "backup_place", "rescue", "restore_backup"]


def backup_place(where: str, out: Path) -> Path:
    """Copy a study file, or dump a database, while it is in use.

    Raises:
        InputError: it is a folder; copy the folder.
        StudyFileError: it cannot be read or the copy cannot be written.
    """
    place = where.partition("#")[0] if "://" in where else where
    if "://" not in place and Path(place).expanduser().is_dir():
        raise InputError("a study folder is backed up by copying the folder", where=place)
    with open_store(place if "://" in place else Path(place).expanduser()) as store:
        return store.backup(out.expanduser())


def restore_backup(backup: Path, to: str) -> list[str]:
    """Make a place again from its backup, open it, and return the titles of the studies in it.

    Raises:
        StudyFileError: the backup is damaged or none of ours, the place is taken, or the two kinds do not fit.
    """
    restore(backup.expanduser(), to if "://" in to else str(Path(to).expanduser()))
    with open_store(to if "://" in to else Path(to).expanduser()) as store:
        return [one.title for one in store.studies()]
