"""The audit trail as a supplement of a paper: a file whose chain whoever reads it can verify without the study.

By default nobody is named and nothing is quoted: people and rows are numbered, and what was done is said by its kind.  Such a
file has a chain of hashes of its own, and holds the last hash of the study's trail, which ``crosscase audit STUDY`` shows: whoever
may see the study can compare.  With names it holds the trail as it is, and its chain is the study's own.  The contents of rows are
in neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosscase.core.errors import InputError
from crosscase.study.trail import Trail

if TYPE_CHECKING:
    from crosscase.study.places import Place

#: What a file of this kind begins with.
FORMAT = "crosscase audit trail 1"

HOW = (
    "Each hash is the SHA-256 of the JSON array [study, hash of the entry before (64 zeros before the first), and the entry's "
    "sequence, change, kind, target, at, who, what, action, of, row, before_hash, after_hash] written without blanks, in UTF-8. "
    "last_hash is that of the last entry; trail is what the study itself said of its trail. "
    "`crosscase audit FILE` verifies it; docs/audit.md has a script that needs nothing but Python."
)


def supplement(place: Place, *, names: bool = False) -> dict[str, Any]:
    """The whole trail as a JSON document.  InputError when the chain of the study is broken."""
    from crosscase.store.audit import BEGINNING, CHAINED, entry_hash

    store, study = place.database()
    report = store.verify_audit(study)
    if not report.whole:
        raise InputError(
            f"the chain is broken at entry {report.broken_at}: {report.why}",
            mend="a trail that is not whole proves nothing",
        )
    entries = [{name: getattr(one, name) for name in CHAINED} for one in store.audit(study)]
    if not names:
        entries, study = _nameless(entries), ""
    previous = BEGINNING
    for one in entries:
        previous = one["hash"] = entry_hash(study, one, previous)
    return {
        "format": FORMAT,
        "how": HOW,
        "study": study,
        "names": names,
        "trail": {"entries": report.entries, "last_hash": report.last_hash},
        "last_hash": previous,
        "entries": entries,
    }


def write_supplement(place: Place, out: Path, *, names: bool = False) -> Path:
    """Write the supplement to a new file; InputError when it exists or cannot be written."""
    text = as_text(supplement(place, names=names))
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("the file exists", where=str(out), mend="name a new one") from None
    except OSError as error:
        raise InputError(f"the file cannot be written: {error.strerror}", where=str(out)) from None
    return out


def as_text(document: Mapping[str, Any]) -> str:
    """The file: one entry a line."""
    head = {name: value for name, value in document.items() if name != "entries"}
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in document["entries"])
    return f'{json.dumps(head, ensure_ascii=False, indent=1)[:-2]},\n "entries": [\n{lines}\n]}}\n'


def _nameless(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """People and rows by number, in the order in which they come; what was done by its kind; no hash of a content, which could be
    guessed from it."""
    people: dict[str, str] = {}
    rows: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = {}
    found = []
    for one in entries:
        who, row = one["who"], (one["of"], one["row"])
        if who and who not in people:
            people[who] = f"person {len(people) + 1}"
        if one["row"] and row not in rows:
            counts[one["of"]] = counts.get(one["of"], 0) + 1
            rows[row] = f"{one['of']} {counts[one['of']]}"
        found.append(
            {
                **one,
                "who": people.get(who, ""),
                "what": f"{one['kind']} {one['action']} {one['of']}",
                "row": rows.get(row, ""),
                "before_hash": "",
                "after_hash": "",
            }
        )
    return found


def read_supplement(file: Path) -> dict[str, Any] | None:
    """A supplement, or ``None`` for a file that is none."""
    try:
        with file.open("rb") as opened:
            if not opened.read(len(FORMAT) + 200).lstrip().startswith(b"{"):
                return None
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) and document.get("format") == FORMAT else None


def verified(document: Mapping[str, Any]) -> Trail:
    """The entries of a supplement, the last one first, and whether its chain holds."""
    from crosscase.store.audit import BEGINNING, CHAINED, AuditEntry, AuditReport, entry_hash

    try:
        given: list[Mapping[str, Any]] = list(document["entries"])
        study, last, told = str(document["study"]), str(document["last_hash"]), int(document["trail"]["entries"])
        empty: dict[str, Any] = {"before": None, "after": None, "erased": False}
        entries = [AuditEntry(**{name: one[name] for name in CHAINED}, hash=str(one["hash"]), **empty) for one in given]
    except (KeyError, TypeError, ValueError):
        raise InputError(
            "this supplement lacks what its chain is made of", mend="ask for the file as it was written"
        ) from None
    previous = BEGINNING

    def broken(at: int, why: str) -> Trail:
        return Trail(tuple(entries[::-1]), AuditReport(told, False, last, at, why))

    for number, one in enumerate(given, 1):
        if one["sequence"] != number:
            return broken(number, f"entry {number} is missing, or stands elsewhere")
        if entry_hash(study, one, previous) != one["hash"]:
            return broken(number, "the entry, or the one before it, was altered")
        previous = str(one["hash"])
    if len(given) != told or previous != last:
        return broken(len(given) + 1, "entries at the end are missing")
    return Trail(tuple(entries[::-1]), AuditReport(told, True, last))
