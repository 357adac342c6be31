"""A raw table and its mapping to rows of a study: a new snapshot, or an error with every problem and nothing imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crosscase.core import TABLES, Case, PartialDate, Snapshot, Survey, Table
from crosscase.core.countries import resolve, spelling_note
from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.core.plain import field_types, from_cell
from crosscase.exchange.folder.layout import TABLE_FILES, TableFile
from crosscase.exchange.folder.notices import before_founding
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.rows import merged_keys, nearest_of, number
from crosscase.exchange.folder.sheets import Report, quiet
from crosscase.exchange.tables.dates import read_date
from crosscase.exchange.tables.mapping import ADD, KEEP, VALUE, Mapping, is_kept, unlike
from crosscase.exchange.tables.raw import Cell, RawTable, cell_text

#: Row numbers in the file, and the values of the row by field.
Rows = list[tuple[int, dict[str, Any]]]

_SPECS = {spec.table: spec for spec in TABLE_FILES}


def apply(mapping: Mapping, raw: RawTable, snapshot: Snapshot, report: Report = quiet) -> Snapshot:
    """The study with the rows of the file added.

    ``report`` is called with a sentence for everything that was taken although it is unusual: an unknown column, a country
    in another spelling, an event before the founding.

    Raises:
        InputError: cells that cannot be read, ids that are there already, cases that are not; lists rows and columns.
        NotFoundError: a column of the mapping is not in the file.
    """
    for column in mapping.columns:
        raw.column(column)
    for message in (*raw.warnings, *unlike(mapping)):
        report(message)
    if mapping.table == "surveys":
        return _add_survey(mapping, raw, snapshot)
    spec = _SPECS[mapping.table]
    problems = Problems(raw.file)
    rows: Rows = []
    for row_number, values in zip(raw.numbers, raw.rows, strict=True):
        for made in _rows(mapping, raw, spec, row_number, values, problems, report):
            rows.append((row_number, made))
    if mapping.existing == ADD:
        snapshot, rows = _add_attributes(rows, snapshot, problems)
    rows = _with_ids(mapping, rows, spec, snapshot, problems)
    _check_references(mapping, rows, spec, snapshot, problems)
    problems.raise_any()
    table = snapshot.table(spec.table)
    changed = snapshot.replace(**{spec.table: table.with_rows(TABLES[spec.table](**values) for _, values in rows)})
    if mapping.table == "cases":
        changed = changed.replace(cases=Table.of(Case, _rectangular(changed)))
    if mapping.table == "events":
        known = set(before_founding(snapshot))
        for message in before_founding(changed):
            if message not in known:
                report(message)
    return changed


def _rows(
    mapping: Mapping,
    raw: RawTable,
    spec: TableFile,
    row: int,
    cells: tuple[Cell, ...],
    problems: Problems,
    report: Report,
) -> Iterator[dict[str, Any]]:
    """The rows of the table that one row of the file becomes: one, or one for every measure in a wide table."""
    kinds = field_types(TABLES[spec.table])  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    kept: dict[str, str] = {}
    figures: dict[str, str] = {}
    for column, cell in zip(raw.columns, cells, strict=True):
        target = mapping.columns.get(column, KEEP)
        text = raw.text(column, cell)
        if is_kept(target):
            kept[target.removeprefix(KEEP).removeprefix(":") or column] = text
        elif target.startswith(VALUE):
            figures[target.removeprefix(VALUE)] = text
        elif target:
            try:
                values[target] = _value(target, kinds[target], cell, text, mapping, spec)
            except CrosscaseError as error:
                problems.add_error(error, row=row, column=column)
                values[target] = None
            if target in spec.places and values[target] and (note := spelling_note(text)):
                report(f"{raw.file}, row {row}: '{text.strip()}': {note}")
    for name, text in mapping.constants.items():
        if values.get(name) in (None, "") and name not in mapping.columns.values():
            values[name] = _value(name, kinds[name], text, text, mapping, spec)
    if kept:
        values[spec.keep] = kept
    wide = [name for name in mapping.columns.values() if name.startswith(VALUE)]
    for one in _figures(values, figures) if wide else (values,):
        for name in spec.required:
            if one.get(name, "") == "":
                mend = "fill it, or say which column holds it"
                problems.add(f"the {name} is empty", row=row, column=mapping.column_of(name), mend=mend)
        yield one


def _figures(values: dict[str, Any], figures: dict[str, str]) -> Iterator[dict[str, Any]]:
    for measure, text in figures.items():
        if text:
            yield {**values, "measure": measure, "value": text}


def _value(name: str, kind: Any, cell: Cell, text: str, mapping: Mapping, spec: TableFile) -> Any:
    if kind is PartialDate:
        return read_date(cell, mapping.dates)
    if name in spec.places:
        return resolve(text).alpha3 if text.strip() else ""
    if kind is str:
        return text.strip() if name in ("id", *spec.references) else text
    return from_cell(kind, text)


def _add_attributes(rows: Rows, snapshot: Snapshot, problems: Problems) -> tuple[Snapshot, Rows]:
    """The study whose cases have the attributes of the rows with their ids, and the rows of other cases."""
    attributes = {case.id: dict(case.attributes) for case in snapshot.cases}
    others = []
    for row, values in rows:
        known = attributes.get(values.get("id", ""))
        if known is None:
            others.append((row, values))
            continue
        for name, text in values.get("attributes", {}).items():
            if text and known.get(name) not in (None, "", text):
                what = f"the case '{values['id']}' already has the {name} '{known[name]}', not '{text}'"
                problems.add(what, row=row, column=name, mend="correct one of them")
            elif text or name not in known:
                known[name] = text
    cases = Table.of(Case, (Case(id, known) for id, known in attributes.items()))
    return snapshot.replace(cases=cases), others


def _with_ids(mapping: Mapping, rows: Rows, spec: TableFile, snapshot: Snapshot, problems: Problems) -> Rows:
    existing = list(snapshot.table(spec.table).column("id"))
    given = [values.get("id") or "" for _, values in rows]
    seen = dict.fromkeys(existing, 0)
    for (row, _), id in zip(rows, given, strict=True):
        if id and id in seen:
            before = f"in row {seen[id]}" if seen[id] else "in the study"
            mend = "give each row its own id"
            if mapping.table == "cases" and not seen[id]:
                mend += f', or write existing = "{ADD}" in the mapping to give the case further attributes'
            problems.add(f"the id '{id}' is already {before}", row=row, column=mapping.column_of("id"), mend=mend)
        elif id:
            seen[id] = row
    if spec.prefix:
        given = number([*existing, *given], spec.prefix)[len(existing) :]
    return [(row, {**values, "id": id}) for (row, values), id in zip(rows, given, strict=True)]


def _check_references(mapping: Mapping, rows: Rows, spec: TableFile, snapshot: Snapshot, problems: Problems) -> None:
    for name, target in spec.references.items():
        table = snapshot.table(target)
        for row, values in rows:
            value = values.get(name, "")
            if value and value not in table:
                mend = nearest_of(value, table.column("id"))
                problems.add(
                    f"'{value}' is not one of the {target}", row=row, column=mapping.column_of(name), mend=mend
                )


def _rectangular(snapshot: Snapshot) -> list[Case]:
    """The cases, each with every attribute; an absent one is the empty text."""
    names = merged_keys(case.attributes for case in snapshot.cases)
    return [
        replace(case, attributes={name: case.attributes.get(name, "") for name in names}) for case in snapshot.cases
    ]


def _add_survey(mapping: Mapping, raw: RawTable, snapshot: Snapshot) -> Snapshot:
    id = mapping.constants.get("id") or raw.file.rsplit(".", 1)[0]
    if id in snapshot.surveys:
        raise InputError(f"there is already a survey '{id}'", where=raw.file, mend="give another id")
    columns = {}
    for column in raw.columns:
        target = mapping.columns.get(column, KEEP)
        if target:
            columns[target.removeprefix(KEEP).removeprefix(":") if ":" in target else column] = _answers(raw, column)
    case_column = next((column for column, target in mapping.columns.items() if target == "case"), "")
    if case_column and case_column not in columns:
        raise NotFoundError("column", case_column, columns)
    survey = Survey(
        id,
        title=mapping.constants.get("title", ""),
        file=raw.file,
        columns=columns,
        labels={name: label for name, label in raw.labels.items() if name in columns},
        value_labels={name: words for name, words in raw.value_labels.items() if name in columns},
        case_column=case_column,
    )
    return snapshot.replace(surveys=snapshot.surveys.with_rows([survey]))


def _answers(raw: RawTable, column: str) -> tuple[float | str | None, ...]:
    """Numbers when every answer is one, else texts."""
    texts = [cell_text(cell).strip() for cell in raw.column(column)]
    try:
        return tuple(float(text) if text else None for text in texts)
    except ValueError:
        return tuple(text or None for text in texts)
