"""Where a study lives: a folder of open files, a study file, or a database on a server.

A place loads a snapshot and keeps changed ones.  The rest of the program does not know which of the three it is.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from crosscase.core import Snapshot
from crosscase.core.errors import ConflictError, InputError, StudyFileError

if TYPE_CHECKING:
    from crosscase.store import Store

SUFFIX = ".crosscase"


class Place(Protocol):
    """Somewhere a study is kept."""

    #: How a person would name it.
    name: str

    def load(self) -> Snapshot: ...

    def save(self, snapshot: Snapshot, *, who: str, what: str) -> None:
        """Keep a changed snapshot as a whole, or nothing of it."""

    def store(self) -> Store:
        """The study in a database, for what needs one: search and the audit trail."""

    def close(self) -> None: ...


class FolderPlace:
    """A study folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)
        self._seen: dict[str, tuple[int, int]] | None = None
        self._searchable: Store | None = None

    def load(self) -> Snapshot:
        from crosscase.exchange.folder import read_folder

        seen = self._state()
        snapshot = read_folder(self.path)
        self._seen = seen
        return snapshot

    def save(self, snapshot: Snapshot, *, who: str, what: str) -> None:
        from crosscase.exchange.folder import write_folder

        if self._seen is not None and self._state() != self._seen:
            raise ConflictError(
                "the study folder has changed since it was read", where=self.name, mend="run the command again"
            )
        write_folder(snapshot, self.path)
        self._seen = self._state()
        self.close()

    def store(self) -> Store:
        if self._searchable is None:
            from crosscase.store import open_store

            self._temporary = tempfile.TemporaryDirectory(prefix="crosscase-")
            self._searchable = open_store(Path(self._temporary.name) / f"search{SUFFIX}", create=True)
            self._searchable.save_snapshot(self.load(), who="", what="search in a folder")
        return self._searchable

    def close(self) -> None:
        if self._searchable is not None:
            self._searchable.close()
            self._searchable = None
            self._temporary.cleanup()

    def _state(self) -> dict[str, tuple[int, int]]:
        """Size and time of every file, to see whether somebody else wrote."""
        if not self.path.is_dir():
            raise StudyFileError(
                "the study folder is not there any more", where=self.name, mend="was it moved or renamed?"
            )
        return {
            str(path.relative_to(self.path)): (stat.st_size, stat.st_mtime_ns)
            for path in sorted(self.path.rglob("*"))
            if path.is_file() and (stat := path.stat())
        }


class StorePlace:
    """A study in a study file or a database."""

    def __init__(self, where: str, study: Any = None) -> None:
        from crosscase.store import open_store

        self.name = where
        self._store = open_store(where)
        self._study = study if study is not None else self._only_study()

    def load(self) -> Snapshot:
        return self._store.load_snapshot(self._study)

    def save(self, snapshot: Snapshot, *, who: str, what: str) -> None:
        self._store.save_snapshot(snapshot, who=who, what=what, study_id=self._study)

    def store(self) -> Store:
        return self._store

    def close(self) -> None:
        self._store.close()

    def _only_study(self) -> Any:
        studies = self._store.studies()
        if len(studies) != 1:
            names = ", ".join(f"{entry.id} ({entry.title})" for entry in studies) or "none"
            self._store.close()
            raise InputError(
                f"the database holds {len(studies)} studies",
                where=self.name,
                mend=f"name one as URL#ID; there are: {names}",
            )
        return studies[0].id


def place_of(where: str | Path) -> Place:
    """The place that a person named; StudyFileError says what was expected when there is none."""
    text = str(where)
    if "://" in text:
        url, _, study = text.partition("#")
        return StorePlace(url, study or None)
    path = Path(text).expanduser()
    if path.is_dir():
        return FolderPlace(path)
    if not path.exists():
        raise StudyFileError(
            "there is no such study", where=text, mend=f"check the name, or make one: crosscase init {text}"
        )
    return StorePlace(str(path))
