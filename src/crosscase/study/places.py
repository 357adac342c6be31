"""Where a study lives: a folder of open files, a study file, or a database on a server.

A place loads a snapshot and keeps changed ones.  The rest of the program does not know which of the three it is.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from crosscase.core import Snapshot
from crosscase.core.errors import ConflictError, InputError, StudyFileError

if TYPE_CHECKING:
    from crosscase.store import Hit, Store
    from crosscase.store.erasing import Holds

SUFFIX = ".crosscase"


class Place(Protocol):
    """Somewhere a study is kept."""

    #: How a person would name it.
    name: str

    def load(self) -> Snapshot: ...

    def save(self, snapshot: Snapshot, base: Snapshot, *, who: str, what: str) -> None:
        """Keep what was changed since ``base`` was loaded, as a whole or not at all.

        ConflictError when somebody else has changed the same in between.
        """

    def erase(self, snapshot: Snapshot, base: Snapshot, holds: Holds, *, who: str, what: str) -> tuple[int, list[str]]:
        """Keep a snapshot from which words were taken, and erase them from the trail of changes where ``holds`` says so.

        Returns the number of entries that were emptied, and earlier copies beside the study that still hold the words.
        """

    def search(self, query: str, kinds: tuple[str, ...], limit: int) -> list[Hit]:
        """Where words stand in sources, memos and the codebook."""

    def database(self) -> tuple[Store, str]:
        """The store and the id of the study in it; InputError for a folder, which has none."""

    def close(self) -> None: ...


class FolderPlace:
    """A study folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)
        self._seen: dict[str, tuple[int, int]] | None = None

    def load(self) -> Snapshot:
        from crosscase.exchange.folder import read_folder

        seen = self._state()
        snapshot = read_folder(self.path)
        self._seen = seen
        return snapshot

    def save(self, snapshot: Snapshot, base: Snapshot, *, who: str, what: str) -> None:
        from crosscase.exchange.folder import write_folder

        if self._seen is not None and self._state() != self._seen:
            raise ConflictError(
                "the study folder has changed since it was read", where=self.name, mend="run the command again"
            )
        write_folder(snapshot, self.path)
        self._seen = self._state()

    def erase(self, snapshot: Snapshot, base: Snapshot, holds: Holds, *, who: str, what: str) -> tuple[int, list[str]]:
        self.save(snapshot, base, who=who, what=what)
        return 0, []

    def search(self, query: str, kinds: tuple[str, ...], limit: int) -> list[Hit]:
        from crosscase.store import open_store

        with (
            tempfile.TemporaryDirectory(prefix="crosscase-") as folder,
            open_store(Path(folder) / f"search{SUFFIX}", create=True) as store,
        ):
            study = store.save_snapshot(self.load(), who="", what="search in a folder")
            return store.search(study, query, kinds, limit)

    def database(self) -> tuple[Store, str]:
        raise InputError(
            "a study folder keeps no audit trail",
            where=self.name,
            mend=f"make a study file of it: crosscase export {self.name} --to crosscase NAME{SUFFIX}",
        )

    def close(self) -> None:
        pass

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

    def __init__(self, where: str, study: str | None = None, *, store: Store | None = None) -> None:
        """``store`` is the open store at ``where``, when several studies of a server share it."""
        from crosscase.store import open_store

        self._store = store or open_store(where)
        self._study = study if study is not None else self._only_study()
        self.name = f"{self._store.place}#{self._study}" if "://" in where else where

    @classmethod
    def new(cls, where: str, snapshot: Snapshot, who: str) -> StorePlace:
        """A place for a new study; the file, or the tables in the database, are made when they are not there."""
        from crosscase.store import open_store

        with open_store(where, create=True) as store:
            return cls(where, store.save_snapshot(snapshot, who=who, what="new study"))

    def load(self) -> Snapshot:
        return self._store.load_snapshot(self._study)

    def save(self, snapshot: Snapshot, base: Snapshot, *, who: str, what: str) -> None:
        self._store.save_snapshot(snapshot, who=who, what=what, study_id=self._study, base=base)

    def erase(self, snapshot: Snapshot, base: Snapshot, holds: Holds, *, who: str, what: str) -> tuple[int, list[str]]:
        erased = self._store.erase(self._study, snapshot, holds, base=base, who=who, what=what)
        file = Path(self._store.place)
        return erased, sorted(map(str, file.parent.glob(f"{file.name}*.backup"))) if file.is_file() else []

    def search(self, query: str, kinds: tuple[str, ...], limit: int) -> list[Hit]:
        return self._store.search(self._study, query, kinds, limit)

    def database(self) -> tuple[Store, str]:
        return self._store, self._study

    def close(self) -> None:
        self._store.close()

    def _only_study(self) -> str:
        studies = self._store.studies()
        if len(studies) != 1:
            names = ", ".join(f"{entry.id} ({entry.title})" for entry in studies) or "none"
            self._store.close()
            raise InputError(
                f"the database holds {len(studies)} studies",
                where=self._store.place,
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
