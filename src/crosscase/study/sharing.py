"""Build a report that may leave the team: pseudonyms only, profiles shared by several firms, everything searched."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crosscase.checks import run
from crosscase.core.errors import InputError
from crosscase.evidence import Ledger
from crosscase.exchange.folder.toml import parse_toml, read_toml
from crosscase.exchange.sealed import is_sealed, read_sealed
from crosscase.reports import Report, build_report
from crosscase.reports.privacy import Key, changes_table, for_sharing, key_from_document, leaks
from crosscase.study.building import contents
from crosscase.study.findings import Findings


def read_key(path: Path, study: Path | None = None, passphrase: Callable[[], str] | None = None) -> Key:
    """The key file, which must lie outside of the study folder.

    A sealed one is read in memory only; ``passphrase`` is asked for its passphrase.

    Raises:
        InputError: it cannot be read, lies in the study folder, or is sealed and its passphrase is missing or wrong.
    """
    if study is not None and study.is_dir() and path.resolve().is_relative_to(study.resolve()):
        raise InputError(
            "the key file lies in the study folder",
            where=str(path),
            mend="keep it elsewhere: who gets the folder gets names",
        )
    try:
        if is_sealed(path):
            if passphrase is None:
                raise InputError("the key file is sealed", where=str(path), mend="give its passphrase")
            return key_from_document(parse_toml(read_sealed(path, passphrase()), path.name), path.name)
        return key_from_document(read_toml(path), path.name)
    except OSError as error:
        raise InputError(f"the key file cannot be read: {error.strerror}", where=str(path)) from None


def build_for_sharing(
    ledger: Ledger, key: Key, out: Path, *, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Write the report for sharing into a new or empty folder; nothing is written when anything is found in it.

    Raises:
        InputError: the folder is not empty, or a name or an address is left in a file (which one is not said, only whose).
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(
            "the folder is not empty", where=str(out), mend="share from a new folder: an old file could stay"
        )
    shared = for_sharing(ledger.snapshot, key, ledger.today)
    hidden = Ledger(shared.snapshot, ledger.today)
    made = contents(hidden, Findings(tuple(run(hidden))))
    made = replace(made, changes=changes_table(shared, _lost(ledger, hidden)))
    with tempfile.TemporaryDirectory() as folder:
        report = build_report(made, Path(folder), progress=progress)
        found = leaks(Path(folder), key)
        if found:
            listed = "; ".join(f"{leak.what} in {leak.file}" for leak in found[:8])
            raise InputError(
                f"what would leave still holds: {listed}",
                mend="rename what carries the name (a column, a code, a file), or add the spelling to the key file",
            )
        shutil.copytree(folder, out, dirs_exist_ok=True)
    return replace(report, folder=out, page=out / report.page.name)


def _lost(before: Ledger, after: Ledger) -> list[tuple[str, str]]:
    """How many measured values and known cells of constructs there were, and are."""
    values = [sum(one.value is not None for one in ledger.measures()) for ledger in (before, after)]
    cells = [sum(one.state != "no data" for one in ledger.constructs.cells.values()) for ledger in (before, after)]
    return [
        ("measures and classifications with a value", f"{values[0]} before, {values[1]} now"),
        ("cells of constructs that are known", f"{cells[0]} before, {cells[1]} now"),
    ]
