"""From the cells of a table file to the rows of a table, and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING
from typing import Any

from crosscase.core import Table
from crosscase.core.countries import resolve
from crosscase.core.errors import CrosscaseError, nearest
from crosscase.core.plain import field_types, from_cell, to_cell
from crosscase.core.table import field_default
from crosscase.core.vocabulary import NOTHING
from crosscase.exchange.folder.layout import TableFile
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.sheets import Report, Sheet, write_sheet

Known = Mapping[str, Collection[str]]


def table_from_sheet(sheet: Sheet, spec: TableFile, row: type[Any], known: Known, report: Report) -> Table[Any]:
    """The table in a sheet.  ``known`` has the ids of the tables read before.  InputError lists what is wrong."""
    problems = Problems(sheet.file)
    length = len(sheet.rows)
    columns: dict[str, Any] = {}
    for name, kind in field_types(row).items():  # type: ignore[arg-type]
        if name == spec.keep:
            columns[name] = kept(sheet, spec.columns)
        elif name in sheet.columns:
            columns[name] = cells_to_values(sheet, name, kind, problems, strip=name == "id" or name in spec.references)
        else:
            columns[name] = [_default(row, name)] * length
    require(sheet, spec.required, columns, problems)
    if spec.prefix:
        columns["id"] = number(columns["id"], spec.prefix)
    if "id" in columns:
        check_unique(sheet, columns["id"], problems)
    for name in spec.places:
        columns[name] = _places(sheet, name, columns[name], problems, report)
    for name, target in spec.references.items():
        ids = known[target] if target != spec.table else set(columns["id"])
        check_references(sheet, name, columns[name], target, ids, problems)
    problems.raise_any()
    return Table(row, columns)


def sheet_from_table(table: Table[Any], spec: TableFile) -> str:
    """The text of the file that holds a table: the columns of the layout, then the kept ones."""
    names = [name for name in spec.columns if name != spec.keep]
    columns = [[to_cell(value) for value in table.column(name)] for name in names]
    if spec.keep:
        mappings = table.column(spec.keep)
        for key in merged_keys(mappings):
            names.append(key)
            columns.append([to_cell(mapping.get(key)) for mapping in mappings])
    return write_sheet(names, zip(*columns, strict=True))


def merged_keys(mappings: Iterable[Mapping[str, Any]]) -> list[str]:
    """All keys, in an order that agrees with the order in each mapping as far as they agree with each other.

    >>> merged_keys([{"b": 1}, {"a": 1, "b": 1, "c": 1}])
    ['a', 'b', 'c']
    """
    merged: list[str] = []
    seen: set[str] = set()
    last: Sequence[str] = ()
    for mapping in mappings:
        keys = tuple(mapping)
        if keys == last:
            continue
        last = keys
        for position, key in enumerate(keys):
            if key not in seen:
                following = next((other for other in keys[position + 1 :] if other in seen), None)
                merged.insert(len(merged) if following is None else merged.index(following), key)
                seen.add(key)
    return merged


def kept(sheet: Sheet, columns: Collection[str]) -> list[Mapping[str, str]]:
    """The cells in columns that are not known, a mapping a row."""
    names = [name for name in sheet.columns if name not in columns]
    if not names:
        return [NOTHING] * len(sheet.rows)
    unknown = [sheet.columns[name] for name in names]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*unknown, strict=True)]


def cells_to_values(sheet: Sheet, name: str, kind: Any, problems: Problems, *, strip: bool = False) -> list[Any]:
    """The values of a column; a cell that cannot be one becomes a problem."""
    cells = sheet.columns[name]
    if kind is str:
        return [cell.strip() for cell in cells] if strip else cells
    values = []
    for row, cell in zip(sheet.rows, cells, strict=True):
        try:
            values.append(from_cell(kind, cell))
        except CrosscaseError as error:
            problems.add_error(error, row=row, column=name)
            values.append(None)
    return values


def require(sheet: Sheet, names: Iterable[str], columns: Mapping[str, Sequence[Any]], problems: Problems) -> None:
    """A problem for every required column that is not there or has an empty cell."""
    for name in names:
        if name not in sheet.columns:
            mend = f"there are: {', '.join(sheet.columns)}"
            problems.add(f"there is no column '{name}'", row=1, mend=mend)
            continue
        cells = sheet.columns[name]
        for row, value, cell in zip(sheet.rows, columns[name], cells, strict=True):
            if value in (None, "") and not cell.strip():
                problems.add(f"the {name} is empty", row=row, column=name)


def number(ids: Sequence[str], prefix: str) -> list[str]:
    """The ids, the empty ones filled with the prefix and the place of the row, or the next free number.

    >>> number(["", "e2", "", ""], "e")
    ['e1', 'e2', 'e3', 'e4']
    """
    if all(ids):
        return list(ids)
    taken = set(ids)
    filled = []
    for place, given in enumerate(ids, start=1):
        id = given
        while not id or (not given and id in taken):
            id = f"{prefix}{place}"
            place += len(ids)
        taken.add(id)
        filled.append(id)
    return filled


def check_unique(sheet: Sheet, ids: Sequence[str], problems: Problems) -> None:
    """A problem for every id that stood there before."""
    if len(set(ids)) == len(ids):
        return
    first: dict[str, int] = {}
    for row, id in zip(sheet.rows, ids, strict=True):
        if id and id in first:
            problems.add(
                f"the id '{id}' is already in row {first[id]}", row=row, column="id", mend="give each row its own id"
            )
        first.setdefault(id, row)


def check_references(
    sheet: Sheet, name: str, values: Sequence[str], target: str, ids: Collection[str], problems: Problems
) -> None:
    """A problem for every value that is not an id of the target table."""
    unknown = set(values) - set(ids) - {""}
    if not unknown:
        return
    mends: dict[str, str] = {}
    for row, value in zip(sheet.rows, values, strict=True):
        if value in unknown:
            if value not in mends:
                mends[value] = nearest_of(value, ids)
            problems.add(f"'{value}' is not one of the {target}", row=row, column=name, mend=mends[value])


def nearest_of(value: str, ids: Collection[str]) -> str:
    """How to mend an unknown reference."""
    if not ids:
        return "there are none"
    close = nearest(value, ids)[:3] if len(ids) < 2000 else list(ids)[:3]
    return f"there are {len(ids)}, such as {', '.join(close)}"


def _default(row: type[Any], name: str) -> Any:
    default = field_default(row, name)
    return "" if default is MISSING else default


def _places(sheet: Sheet, name: str, values: Sequence[str], problems: Problems, report: Report) -> list[str]:
    codes: dict[str, str] = {"": ""}
    read = []
    for row, value in zip(sheet.rows, values, strict=True):
        written = value.strip()
        if written not in codes:
            try:
                codes[written] = resolve(written).alpha3
            except CrosscaseError as error:
                problems.add_error(error, row=row, column=name)
                codes[written] = written
            if codes[written] != written:
                report(f"{sheet.file}, row {row}: '{written}' was read as {codes[written]}")
        read.append(codes[written])
    return read
