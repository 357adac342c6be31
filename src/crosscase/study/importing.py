"""Bring a file into a study: a source, a table, or another study; as a whole or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crosscase.core import TABLES, PartialDate, Snapshot, Source, text_hash
from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange import flat, merging, qda_databases, refi, sources, tables, talk
from crosscase.study.places import SUFFIX

#: Asked when it is not clear how positions are counted; gives the name of a way.
Ask = Callable[[refi.UnclearPositions], str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What one file brought: rows by table, what a person should know, and for a table what each column became.

    For a project of another program ``details`` is the account of everything in it, and ``counts`` are what the file holds.
    """

    what: str
    counts: Mapping[str, int]
    warnings: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "file": self.what,
            "counts": dict(self.counts),
            "warnings": list(self.warnings),
            "columns": dict(self.columns),
            **self.details,
        }


def import_file(
    snapshot: Snapshot,
    file: Path,
    *,
    table: str | None = None,
    mapping: Path | None = None,
    save_mapping: Path | None = None,
    sheet: str | None = None,
    source: Mapping[str, str] | None = None,
    interviewers: Collection[str] = (),
    positions: str = "",
    project: str = "",
    merge: bool = False,
    ask: Ask | None = None,
) -> tuple[Snapshot, Imported]:
    """The snapshot with what a file holds, and what that was.

    Args:
        snapshot: the study; it is not changed.
        file: a document, a table, a project of another program, a study folder or a study file.
        table: which table a csv, tsv, xlsx, ods, sav or dta file holds; its columns are guessed from their names.
        mapping: a file that says which column is which field.
        save_mapping: where to write the columns as they were understood.
        sheet: the sheet of a workbook.
        source: kind, case, participant, date and language of a document.
        interviewers: speakers who ask, where their labels do not say so.
        positions: how the positions in a project of another program are counted; found out when empty.
        project: the name of the project in a Taguette database that has several.
        merge: bring a project of another program into a study that has content, adding what is new.
        ask: called when it is not clear how positions are counted; without it such a project is refused.

    Raises:
        InputError: the file cannot be used; says what, where and how to mend it.
    """
    suffix = file.suffix.casefold()
    if suffix in refi.FORMATS or suffix in qda_databases.FORMATS:
        try:
            read = _read_project(file, positions, project)
        except refi.UnclearPositions as unclear:
            if ask is None:
                raise
            read = _read_project(file, ask(unclear), project)
        return _import_project(snapshot, file, read, merge, interviewers)
    if file.is_dir() or suffix == SUFFIX:
        return _import_study(snapshot, file)
    if table is not None and table in flat.KINDS:
        return _import_flat(snapshot, file, table, sheet)
    if suffix in tables.FORMATS or table is not None:
        return _import_table(snapshot, file, table, mapping, save_mapping, sheet)
    if suffix in sources.FORMATS:
        return _import_source(snapshot, file, source or {}, interviewers)
    raise NotFoundError(
        "file format",
        suffix or file.name,
        [*sources.FORMATS, *tables.FORMATS, *refi.FORMATS, *qda_databases.FORMATS, SUFFIX, "a study folder"],
        where=str(file),
    )


def _import_source(
    snapshot: Snapshot, file: Path, about: Mapping[str, str], interviewers: Collection[str]
) -> tuple[Snapshot, Imported]:
    case, participant = about.get("case", ""), about.get("participant", "")
    if case:
        snapshot.cases[case]
    if participant:
        snapshot.participants[participant]
    date = PartialDate.parse(about["date"]) if about.get("date") else None
    id = _free_id(snapshot, file.stem)
    people = [one.id for one in snapshot.participants if not case or one.case == case]
    read = sources.read_source(
        file, source=id, guide=snapshot.study.guide, interviewers=interviewers, participants=people
    )
    hash = text_hash(read.text)
    twin = next(iter(snapshot.sources.where(hash=hash)), None)
    if twin is not None:
        return snapshot, Imported(file.name, {}, (f"this text is already in the study, as source {twin.id}",))
    is_text = read.suffix in (".txt", ".md", ".text", ".markdown")
    row = Source(
        id=id,
        file=f"{id}{read.suffix}" if is_text else f"{id}.txt",
        kind=about.get("kind") or read.kind_guess or "interview",
        case=case,
        participant=participant,
        date=date,
        language=about.get("language", ""),
        title=file.stem,
        hash=hash,
        pages=read.pages,
        original="" if is_text else f"{id}{read.suffix}",
    )
    turns = [replace(turn, participant=turn.participant or _speaker(turn.kind, participant)) for turn in read.turns]
    warnings = [*read.warnings, read.recognition.summary()]
    if not case:
        warnings.append(
            "it belongs to no case yet; name one as it comes in (on the command line: --case), or in sources.csv"
        )
    changed = snapshot.replace(
        sources=snapshot.sources.with_rows([row]),
        turns=snapshot.turns.with_rows(turns),
        texts={**snapshot.texts, id: read.text},
        originals=snapshot.originals if is_text else {**snapshot.originals, id: read.original},
    )
    return changed, Imported(file.name, {"sources": 1, "turns": len(turns)}, tuple(warnings))


def _speaker(kind: str, participant: str) -> str:
    """Who speaks in a turn when one participant is known for the whole source."""
    return participant if kind == "answer" else ""


def _import_table(
    snapshot: Snapshot,
    file: Path,
    table: str | None,
    mapping: Path | None,
    save_mapping: Path | None,
    sheet: str | None,
) -> tuple[Snapshot, Imported]:
    columns = tables.Mapping.load(mapping) if mapping is not None else None
    raw = tables.read_table(file, sheet or (columns.sheet if columns else ""))
    if columns is None and table is not None:
        columns = tables.guess(raw, table)
    if columns is None:
        raise InputError(
            "nothing says which table this is",
            where=file.name,
            mend=f"say what it is to be read as: {', '.join([*tables.IMPORTABLE, *flat.KINDS])}; or give a mapping of its columns "
            "(on the command line: --as TABLE, --mapping FILE)",
        )
    if save_mapping is not None:
        columns.save(save_mapping)
    told: list[str] = []
    changed = tables.apply(columns, raw, snapshot, told.append)
    return changed, Imported(file.name, _growth(snapshot, changed), tuple(told), dict(columns.describe()))


def _import_flat(snapshot: Snapshot, file: Path, kind: str, sheet: str | None) -> tuple[Snapshot, Imported]:
    raw = tables.read_table(file, sheet or "")
    read = flat.read_flat(raw, snapshot, kind)
    told = [f"row {one['row']} was not placed: {one['why']}" for one in read.unmatched]
    details = {"matching": read.to_dict()}
    growth = _growth(snapshot, read.snapshot)
    return read.snapshot, Imported(file.name, growth, (*raw.warnings, *told), read.columns, details)


def _import_study(snapshot: Snapshot, file: Path) -> tuple[Snapshot, Imported]:
    if any(snapshot.counts().values()):
        raise InputError(
            "this study has content already, and a whole study comes only into an empty one",
            where=str(file),
            mend="make a new study first, and bring it into that one (on the command line: crosscase init NEW)",
        )
    from crosscase.study.places import place_of

    place = place_of(file)
    try:
        whole = place.load()
        whole = whole.replace(originals=dict(whole.originals))
    finally:
        place.close()
    return whole, Imported(file.name, _growth(snapshot, whole))


def _read_project(file: Path, positions: str, project: str) -> refi.Read:
    if file.suffix.casefold() in refi.FORMATS:
        return refi.read_project(file, positions=positions)
    return qda_databases.read_database(file, positions=positions, project=project)


def _import_project(
    snapshot: Snapshot, file: Path, read: refi.Read, merge: bool, interviewers: Collection[str]
) -> tuple[Snapshot, Imported]:
    """A project comes into a study without content, a codebook into one without codes; or what is new is merged.

    In texts that brought no turns the speakers are looked for, as in transcripts that come alone; a study of our own is whole.
    """
    whole = read.snapshot
    only_codes = all(name == "codes" for name in read.kept)
    details = {name: value for name, value in read.to_dict().items() if name not in ("counts", "warnings")}
    if read.basis == "standard":
        heard = talk.hear(whole.replace(study=replace(whole.study, guide=snapshot.study.guide)), interviewers)
        whole = heard.snapshot.replace(study=whole.study)
        details["turns"] = heard.summaries
        if len(whole.turns):
            details["kept"] = {**details["kept"], "turns": len(whole.turns)}
    if merge and any(snapshot.counts().values()):
        merged = merging.merge(snapshot, whole)
        return merged.snapshot, Imported(
            file.name, read.counts, read.warnings, details={**details, "merge": merged.to_dict()}
        )
    if len(snapshot.codes) if only_codes else any(snapshot.counts().values()):
        has, comes = ("codes", "a codebook") if only_codes else ("content", "a project")
        raise InputError(
            f"this study has {has} already, and {comes} comes only into one without",
            where=str(file),
            mend="make a new study first, or ask for what is new to be added to this one (on the command line: --merge)",
        )
    head = whole.study
    if read.basis == "standard":
        known = {one.name for one in snapshot.study.variables}
        head = replace(
            snapshot.study,
            title=snapshot.study.title or head.title,
            variables=(*snapshot.study.variables, *(one for one in head.variables if one.name not in known)),
            extra={**snapshot.study.extra, **head.extra},
        )
    changed = snapshot.replace(study=head, codes=whole.codes) if only_codes else whole.replace(study=head)
    return changed, Imported(file.name, read.counts, read.warnings, details=details)


def _growth(before: Snapshot, after: Snapshot) -> dict[str, int]:
    return {name: grown for name in TABLES if (grown := len(after.table(name)) - len(before.table(name)))}


def _free_id(snapshot: Snapshot, name: str) -> str:
    """An id for a source from the name of its file, not yet taken."""
    plain = unicodedata.normalize("NFKC", name)
    id = wanted = re.sub(r"[^\w.-]+", "-", plain).strip("-.") or "source"
    number = 2
    while snapshot.sources.position(id) is not None:
        id, number = f"{wanted}-{number}", number + 1
    return id
