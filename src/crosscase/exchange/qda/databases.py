"""Which program a database comes from."""

from __future__ import annotations

from pathlib import Path

from crosscase.core.errors import InputError
from crosscase.exchange.qda.model import Read
from crosscase.exchange.qda.qualcoder import is_qualcoder, read_qualcoder
from crosscase.exchange.qda.sqlite import opened_database
from crosscase.exchange.qda.taguette import is_taguette, read_taguette

__all__ = ["is_database", "read_database"]

_ENDINGS = (".sqlite3", ".sqlite", ".db", ".qda")
#: What a QualCoder project folder (its name ends in .qda) keeps its data in.
_IN_FOLDER = "data.qda"


def is_database(file: Path) -> bool:
    """Whether a file or folder is named as the databases of these programs are."""
    return file.suffix.casefold() in _ENDINGS and (file.is_file() or (file / _IN_FOLDER).is_file())


def read_database(file: Path, *, project: str = "") -> Read:
    """A Taguette export (``.sqlite3``) or a QualCoder project (its ``.qda`` folder, or the ``data.qda`` in it).

    ``project`` names the project in a Taguette database that holds several.

    Raises:
        InputError: it is no such database, or damaged; or holds several projects and none is named.
    """
    path = file / _IN_FOLDER if file.is_dir() else file
    with opened_database(path) as database:
        if is_taguette(database):
            return read_taguette(database, project=project)
        if is_qualcoder(database):
            return read_qualcoder(database, name=(file if file.is_dir() else file.parent).stem)
    raise InputError(
        "the database comes from no program that is known here",
        where=file.name,
        mend="Taguette and QualCoder are; from another program export REFI-QDA (.qdpx)",
    )
