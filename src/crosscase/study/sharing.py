"""Build a report that may leave the team: pseudonyms only, profiles shared by several firms, everything searched."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from crosscase.checks import run
from crosscase.core import Snapshot
from crosscase.core.errors import InputError
from crosscase.evidence import Ledger
from crosscase.evidence.analyses import state_of
from crosscase.evidence.profiles import privacy
from crosscase.exchange.folder.toml import parse_toml, read_toml
from crosscase.exchange.sealed import is_sealed, read_sealed
from crosscase.reports import INDEX, Report, build_report
from crosscase.reports.privacy import Key, changes_table, declared_names, for_sharing, key_from_document, leaks
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


def declared_key(ledger: Ledger, place: Path) -> Path | None:
    """The key file that ``[privacy] key_file`` in study.toml names, seen from the study; ``None`` when it names none."""
    named = str(privacy(ledger.snapshot).get("key_file", "")).strip()
    if not named:
        return None
    return (place if place.is_dir() else place.parent) / named


def build_for_sharing(
    ledger: Ledger,
    key: Key | None,
    out: Path,
    *,
    k: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Write the report for sharing; nothing is written when a name or an address is found in it.

    The folder is new, empty, or holds nothing but an earlier report, which is replaced.

    Raises:
        InputError: the folder holds something else, or a name or an address is left in a file (which one is not said, only
            whose).
    """
    earlier = _earlier_report(out)
    shared = for_sharing(ledger.snapshot, key, ledger.today, k=k)
    hidden = _hidden(ledger, shared.snapshot)
    made = contents(hidden, Findings(tuple(run(hidden))))
    made = replace(made, changes=changes_table(shared, _lost(ledger, hidden)))
    declared = declared_names(ledger.snapshot)
    with tempfile.TemporaryDirectory() as folder:
        report = build_report(made, Path(folder), progress=progress)
        found = leaks(Path(folder), key.joined(declared) if key else declared)
        if found:
            listed = "; ".join(f"{leak.what} in {leak.file}" for leak in found[:8])
            raise InputError(
                f"what would leave still holds: {listed}",
                mend="rename what carries the name (a column, a code, a file), or add the spelling to the key file",
            )
        _put(Path(folder), out, earlier)
    return replace(report, folder=out, page=out / report.page.name)


def _put(folder: Path, out: Path, earlier: Sequence[Path]) -> None:
    """Bring a finished report to its place; an earlier one goes when all of the new one is on the same disk.

    Raises:
        InputError: it cannot be written there.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        here = out if out.exists() else out.parent  # what is moved stays on its disk, also when OUT is one of its own
        with tempfile.TemporaryDirectory(dir=here, prefix=f".{out.name}.") as made:
            beside = Path(made)
            files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
            for name in files:
                (beside / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, beside / name)
            for old in earlier:
                old.unlink(missing_ok=True)
            for name in files:
                (out / name).parent.mkdir(parents=True, exist_ok=True)
                (beside / name).replace(out / name)
    except OSError as error:
        raise InputError(
            f"the report could not be written: {error.strerror}",
            where=str(out),
            mend="make room, or choose another place; an earlier report, if there was one, is as it was",
        ) from None


def _hidden(whole: Ledger, shared: Snapshot) -> Ledger:
    """The ledger of what may leave, in which a result is as current as it is in the whole study."""
    hidden = Ledger(shared, whole.today)
    # by their order: an id may hold a name that became a pseudonym
    pairs = list(zip(whole.snapshot.analyses, shared.analyses, strict=True))
    hidden.beyond = frozenset(one.id for _, one in pairs if state_of(hidden, one) != "current")
    hidden.states = {one.id: state_of(whole, was) for was, one in pairs}
    return hidden


def _earlier_report(out: Path) -> list[Path]:
    """The files of an earlier report in a folder.

    Raises:
        InputError: the folder holds something else, which would leave with the report.
    """
    if not out.exists():
        return []
    files = [one for one in out.rglob("*") if not one.is_dir()] if out.is_dir() else [out]
    listed = {out / INDEX}
    with suppress(OSError, ValueError, KeyError, TypeError):
        listed |= {out / one["path"] for one in json.loads((out / INDEX).read_text("utf-8"))["files"]}
    if others := sorted(one for one in files if one not in listed):
        raise InputError(
            f"the folder is not empty: it holds {others[0].name}, which is no part of a report",
            where=str(out),
            mend="share from a new folder, or add --for team for a report that stays with you",
        )
    return files


def _lost(before: Ledger, after: Ledger) -> list[tuple[str, str]]:
    """How many measured values and known cells of constructs there were, and are."""
    values = [sum(one.value is not None for one in ledger.measures()) for ledger in (before, after)]
    cells = [sum(one.state != "no data" for one in ledger.constructs.cells.values()) for ledger in (before, after)]
    found = [len(run(ledger)) for ledger in (before, after)]
    return [
        ("findings of the checks, which cannot read the texts here", f"{found[0]} before, {found[1]} now"),
        ("measures and classifications with a value", f"{values[0]} before, {values[1]} now"),
        ("cells of constructs that are known", f"{cells[0]} before, {cells[1]} now"),
    ]
