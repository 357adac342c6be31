"""A study folder as a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from crosscase.core import TABLES, Coder, Snapshot, Source, Stance, Survey, Table, Turn
from crosscase.core.errors import InputError
from crosscase.exchange.folder.codings import KNOWN, codings_from_sheet
from crosscase.exchange.folder.head import study_from_toml
from crosscase.exchange.folder.layout import CODINGS, HEAD, RECORD_FILES, TABLE_FILES, RecordFile
from crosscase.exchange.folder.notices import before_founding
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.records import record_from_toml, tables_in
from crosscase.exchange.folder.rows import nearest_of, number, table_from_sheet
from crosscase.exchange.folder.sheets import Report, quiet, read_sheet
from crosscase.exchange.folder.sources import SourcesRead, read_sources
from crosscase.exchange.folder.surveys import read_surveys
from crosscase.exchange.folder.toml import read_toml


def read_folder(path: str | Path, report: Report = quiet) -> Snapshot:
    """The study in a folder.

    Only study.toml must be there; the other files may be.  ``report`` is called with a sentence for everything that was
    accepted although it is not as it should be (another encoding, semicolons, a column that is nearly a known one).

    Raises:
        InputError: a file cannot be used; names the file and lists its problems with row, column and value.
    """
    folder = Path(path)
    if not (folder / HEAD).is_file():
        what = f"{folder} is not a study folder" if folder.is_dir() else f"there is no folder {folder}"
        raise InputError(what, mend=f"a study folder has a file {HEAD}")
    try:
        return _Reader(folder, report).read()
    except OSError as error:
        raise InputError(
            f"the folder cannot be read: {error.strerror or error}", where=str(error.filename or folder)
        ) from None


class _Reader:
    """Reads one folder, file after file, so that references go to what has been read."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.folder = folder
        self.report = report
        self.tables: dict[str, Table[Any]] = {name: Table.of(row) for name, row in TABLES.items()}
        self.known: dict[str, set[str]] = {name: set() for name in TABLES}
        self.texts = SourcesRead(Table.of(Source))

    def read(self) -> Snapshot:
        study = study_from_toml(read_toml(self.folder / HEAD, self.report))
        has_turns = (self.folder / "turns.csv").is_file()
        for spec in TABLE_FILES:
            path = self.folder / spec.file
            if not path.is_file():
                continue
            sheet = read_sheet(path, spec.columns, self.report)
            table = table_from_sheet(sheet, spec, TABLES[spec.table], self.known, self.report)
            if spec.table == "sources":
                self.texts = read_sources(
                    self.folder, sheet, table, self.report, guide=study.guide, participants=self.known["participants"]
                )
                table = self.texts.sources
            self._keep(spec.table, table)
        if not has_turns:
            self._keep("turns", Table.of(Turn, self.texts.turns))
        self._read_codings()
        for record_file in RECORD_FILES:
            self._read_records(record_file)
        self._keep("surveys", Table.of(Survey, read_surveys(self.folder, self.report)))
        snapshot = Snapshot(study=study, texts=self.texts.texts, originals=self.texts.originals, **self.tables)
        for message in before_founding(snapshot):
            self.report(message)
        return snapshot

    def _keep(self, name: str, table: Table[Any]) -> None:
        self.tables[name] = table
        if name != "turns":
            self.known[name] = set(table.column("id"))

    def _read_codings(self) -> None:
        path = self.folder / CODINGS
        if not path.is_file():
            return
        quotations, codings = codings_from_sheet(read_sheet(path, KNOWN, self.report), self.known)
        self._keep("quotations", quotations)
        self._keep("codings", codings)
        unknown = dict.fromkeys(id for id in codings.column("coder") if id and id not in self.known["coders"])
        if unknown:
            self._keep("coders", self.tables["coders"].with_rows(Coder(id) for id in unknown))

    def _read_records(self, spec: RecordFile) -> None:
        path = self.folder / spec.file
        if not path.is_file():
            return
        problems = Problems(spec.file)
        document = read_toml(path, self.report)
        given = tables_in(document, spec.key, problems)
        ignored = ["evidence"] if spec.table == "claims" else []
        if spec.table == "acceptances":
            ids = number([str(one.get("id", "")) if isinstance(one, Mapping) else "" for one in given], "a")
            given = [{**one, "id": id} if isinstance(one, Mapping) else one for one, id in zip(given, ids, strict=True)]
        rows = []
        for place, values in enumerate(given, start=1):
            at = f"{spec.key} {place}"
            row = record_from_toml(
                TABLES[spec.table], values, problems, at, required=spec.required, renamed=spec.renamed, ignored=ignored
            )
            if row is not None:
                rows.append(row)
        _check_ids(rows, spec.key, problems)
        if others := [key for key in document if key != spec.key]:
            problems.add(f"there is an unknown key '{others[0]}'", mend=f"this file holds [[{spec.key}]] only")
        self._keep(spec.table, Table.of(TABLES[spec.table], rows))
        if spec.table == "claims":
            self._keep("stances", self._stances(given, problems))
        problems.raise_any()

    def _stances(self, claims: list[Any], problems: Problems) -> Table[Stance]:
        """The evidence under the claims; its ``order`` is its place among the stances of the study."""
        found: list[tuple[float, Stance]] = []
        for claim in claims:
            if not isinstance(claim, Mapping):
                continue
            for place, values in enumerate(tables_in(claim, "evidence", problems), start=1):
                at = f"claim {claim.get('id', '')}, evidence {place}"
                if isinstance(values, Mapping):
                    values = {"id": "", **values, "claim": str(claim.get("id", ""))}
                stance = record_from_toml(Stance, values, problems, at, ignored=["order"])
                if stance is not None:
                    self._check_stance(stance, problems, at)
                    order = values.get("order")
                    found.append((order if isinstance(order, int) else float("inf"), stance))
        found.sort(key=lambda pair: pair[0])
        stances = [stance for _, stance in found]
        _check_ids([stance for stance in stances if stance.id], "evidence", problems)
        ids = number([stance.id for stance in stances], "s")
        return Table.of(Stance, (replace(stance, id=id) for stance, id in zip(stances, ids, strict=True)))

    def _check_stance(self, stance: Stance, problems: Problems, at: str) -> None:
        for column, table, value in (("case", "cases", stance.case), ("coding", "codings", stance.coding)):
            if value and value not in self.known[table]:
                mend = nearest_of(value, self.known[table])
                problems.add(f"'{value}' is not one of the {table}", place=at, column=column, mend=mend)


def _check_ids(rows: list[Any], key: str, problems: Problems) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            problems.add(f"the id '{row.id}' stands there twice", place=key, mend="give each its own id")
        seen.add(row.id)
