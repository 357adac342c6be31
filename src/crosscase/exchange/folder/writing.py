"""A snapshot as a study folder, all of it or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crosscase.core import Snapshot
from crosscase.core.errors import CrosscaseError, InputError
from crosscase.exchange.folder.codings import sheet_from_codings
from crosscase.exchange.folder.head import study_to_toml
from crosscase.exchange.folder.layout import CODINGS, HEAD, OWN_FILES, RECORD_FILES, SOURCES, SURVEYS, TABLE_FILES
from crosscase.exchange.folder.records import record_to_toml
from crosscase.exchange.folder.rows import sheet_from_table
from crosscase.exchange.folder.sheets import read_sheet
from crosscase.exchange.folder.sources import source_files, with_files
from crosscase.exchange.folder.surveys import survey_files
from crosscase.exchange.folder.toml import write_toml


def write_folder(snapshot: Snapshot, path: str | Path) -> None:
    """Write the study to a folder, replacing the study that is in it.

    The folder is made beside its place and then put there in one step, so that a full disk or an interruption leaves what
    was there.  Files in it that are not the study's own (a README, a version history) are kept.

    Raises:
        InputError: the folder exists and is neither empty nor a study folder; or it cannot be written.
    """
    target = Path(path).resolve()
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file", mend="name a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / HEAD).is_file():
        raise InputError(f"{target} is not empty and not a study folder", mend="name a new folder")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise _not_written(target, error) from None
    try:
        made = work / "new"
        for name, content in folder_files(snapshot):
            file = made / name
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("wb") as stream:
                stream.write(content)
                stream.flush()
        if target.is_dir():
            _keep_others(target, made)
        _swap(made, target, work / "old")
    except OSError as error:
        raise _not_written(target, error) from None
    except UnicodeEncodeError as error:
        character = f"U+{ord(error.object[error.start]):04X}"
        raise InputError(
            f"a text holds half a character ({character})", mend="replace it; nothing was changed"
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def folder_files(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    """The name and the content of every file of the study folder.  Tables without rows have no file."""
    snapshot = with_files(snapshot)
    yield HEAD, write_toml(study_to_toml(snapshot.study)).encode("utf-8")
    for spec in TABLE_FILES:
        table = snapshot.table(spec.table)
        # An empty turns.csv says that no turns are wanted; without the file they are looked for in the texts.
        if len(table) or (spec.table == "turns" and len(snapshot.sources)):
            yield spec.file, sheet_from_table(table, spec).encode("utf-8")
    if len(snapshot.quotations) or len(snapshot.codings):
        yield CODINGS, sheet_from_codings(snapshot).encode("utf-8")
    for record_file in RECORD_FILES:
        rows = [record_to_toml(row, record_file.renamed) for row in snapshot.table(record_file.table)]
        if record_file.table == "claims":
            _add_evidence(snapshot, rows)
        if rows:
            yield record_file.file, write_toml({record_file.key: rows}).encode("utf-8")
    for name, text in survey_files(snapshot):
        yield name, text.encode("utf-8")
    yield from source_files(snapshot)


def _add_evidence(snapshot: Snapshot, claims: list[dict[str, Any]]) -> None:
    by_claim = snapshot.stances.positions("claim")
    if lost := [claim for claim in by_claim if claim not in snapshot.claims]:
        raise InputError(f"there is no claim '{lost[0]}', which has evidence", where="claims.toml")
    places = [place for claim in claims for place in by_claim.get(claim["id"], ())]
    ordered = places == sorted(places)
    for claim in claims:
        evidence = []
        for place in by_claim.get(claim["id"], ()):
            record = record_to_toml(snapshot.stances[place])
            del record["claim"]
            evidence.append(record if ordered else {**record, "order": place + 1})
        if evidence:
            claim["evidence"] = evidence


def _keep_others(target: Path, made: Path) -> None:
    """Bring what is not the study's own from the old folder into the new one."""
    listed = _listed_sources(target)
    for entry in target.iterdir():
        if entry.name == SOURCES and entry.is_dir():
            for file in (one for one in entry.rglob("*") if not one.is_dir()):
                name = file.relative_to(entry).as_posix()
                if name not in listed and not (made / SOURCES / name).exists():
                    _link(file, made / SOURCES / name)
        elif entry.name == SURVEYS and entry.is_dir():
            for file in (one for one in entry.rglob("*") if not one.is_dir()):
                name = file.relative_to(entry).as_posix()
                if "/" in name or file.suffix not in (".csv", ".toml"):
                    _link(file, made / SURVEYS / name)
        elif entry.name not in OWN_FILES:
            if entry.is_dir() and not entry.is_symlink():
                shutil.copytree(entry, made / entry.name, symlinks=True, copy_function=_link)
            else:
                _link(entry, made / entry.name)


def _listed_sources(folder: Path) -> set[str]:
    """The files under sources/ that sources.csv names, which are the study's own."""
    try:
        sheet = read_sheet(folder / "sources.csv", ("id", "file", "original"))
    except (OSError, CrosscaseError):
        return set()
    originals = {f"originals/{name}" for name in sheet.columns.get("original", ())}
    return {*sheet.columns.get("file", ()), *originals}


def _link(source: Any, target: Any) -> None:
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _swap(made: Path, target: Path, old: Path) -> None:
    if not target.exists():
        made.rename(target)
        return
    target.rename(old)
    try:
        made.rename(target)
    except BaseException:
        old.rename(target)
        raise


def _not_written(target: Path, error: OSError) -> InputError:
    return InputError(
        f"the folder {target} could not be written: {error.strerror or error}", mend="nothing was changed"
    )
