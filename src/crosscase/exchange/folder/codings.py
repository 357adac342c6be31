"""codings.csv: quotations and their codings in one flat table, both ways.

A row is a coding with the fields of its quotation.  A quotation with several codings stands in several rows that share
the id in the column ``quotation``; without that column, rows with the same span of the same source share one.  A
quotation without a coding is a row without a code.  Rows stand in the order of the quotations; when the codings of the
study stand in another order, the column ``order`` has their places.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crosscase.core import Coding, Quotation, Snapshot, Table
from crosscase.core.errors import InputError
from crosscase.core.plain import field_types, to_cell
from crosscase.core.vocabulary import NOTHING
from crosscase.exchange.folder.layout import CODING_COLUMNS, CODINGS, QUOTATION_COLUMNS
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.rows import Known, cells_to_values, check_references, check_unique, merged_keys, number
from crosscase.exchange.folder.sheets import Sheet, write_sheet

KNOWN = (*CODING_COLUMNS, "order")

#: Before the name of a column that belongs to the quotation and is not known.
OF_QUOTATION = "quotation."

_REFERENCES = {"source": "sources", "case": "cases", "participant": "participants", "code": "codes"}
_SPAN = ("source", "start", "end", "text", "locator", "case", "participant", "mark")


def codings_from_sheet(sheet: Sheet, known: Known) -> tuple[Table[Quotation], Table[Coding]]:
    """The quotations and the codings in the sheet; InputError lists what is wrong."""
    problems = Problems(sheet.file)
    length = len(sheet.rows)
    kinds = {**field_types(Quotation), **field_types(Coding), "order": int}
    cells: dict[str, list[Any]] = {}
    for name in KNOWN:
        if name in sheet.columns:
            strip = name in _REFERENCES or name in ("id", "quotation", "coder")
            cells[name] = cells_to_values(sheet, name, kinds[name], problems, strip=strip)
        else:
            cells[name] = [None if name in ("start", "end", "order") else ""] * length
    for name, target in _REFERENCES.items():
        check_references(sheet, name, cells[name], target, known[target], problems)
    _check_spans(sheet, cells, problems)
    first_rows, quotation_ids = _share(sheet, cells, problems)
    coded = [place for place, code in enumerate(cells["code"]) if code]
    given = [cells["id"][place] for place in coded]
    coding_ids = number(given, "c")
    check_unique(_part(sheet, coded), coding_ids, problems)
    problems.raise_any()
    quotations = {name: [cells[name][place] for place in first_rows] for name in QUOTATION_COLUMNS}
    quotations["id"] = [quotation_ids[place] for place in first_rows]
    quotations["extra"] = _quotation_extras(sheet, cells, first_rows)
    if any(cells["order"]):
        order = [cells["order"][place] for place in coded]
        places = sorted(range(len(coded)), key=lambda one: (order[one] is None, order[one] or 0))
        coded, coding_ids = [coded[one] for one in places], [coding_ids[one] for one in places]
    own = [name for name in sheet.columns if name not in KNOWN and not name.startswith(OF_QUOTATION)]
    codings = {
        "id": coding_ids,
        "quotation": [quotation_ids[place] for place in coded],
        **{name: [cells[name][place] for place in coded] for name in ("code", "coder", "note")},
        "extra": [{name: sheet.columns[name][place] for name in own} if own else NOTHING for place in coded],
    }
    return Table(Quotation, quotations), Table(Coding, codings)


def sheet_from_codings(snapshot: Snapshot) -> str:
    """The text of codings.csv."""
    quotations, codings = snapshot.quotations, snapshot.codings
    by_quotation = codings.positions("quotation")
    if lost := [id for id in by_quotation if id not in quotations]:
        raise InputError(f"there is no quotation '{lost[0]}', which has a coding", where=CODINGS)
    first: list[list[str]] = []
    coding_places: list[int | None] = []
    quotation_places: list[int] = []
    columns = [[to_cell(value) for value in quotations.column(name)] for name in QUOTATION_COLUMNS]
    for place, (id, *span) in enumerate(zip(quotations.column("id"), *columns, strict=True)):
        for coding in by_quotation.get(id) or (None,):
            first.append(span)
            coding_places.append(coding)
            quotation_places.append(place)
    written: dict[str, list[str]] = {
        name: [span[place] for span in first] for place, name in enumerate(QUOTATION_COLUMNS)
    }
    for name in ("code", "coder", "note", "id"):
        values = codings.column(name)
        written[name] = ["" if place is None else values[place] for place in coding_places]
    ids = quotations.column("id")
    written["quotation"] = [ids[place] for place in quotation_places]
    header = list(CODING_COLUMNS)
    real = [place for place in coding_places if place is not None]
    if real != sorted(real):
        header.append("order")
        written["order"] = ["" if place is None else str(place + 1) for place in coding_places]
    extras: list[list[str]] = []
    for table, places, prefix in ((quotations, quotation_places, OF_QUOTATION), (codings, coding_places, "")):
        mappings = table.column("extra")
        for key in merged_keys(mappings):
            header.append(prefix + key)
            extras.append(["" if place is None else to_cell(mappings[place].get(key)) for place in places])
    rows = zip(*(written[name] for name in header[: len(header) - len(extras)]), *extras, strict=True)
    return write_sheet(header, rows)


def _share(sheet: Sheet, cells: Mapping[str, list[Any]], problems: Problems) -> tuple[list[int], list[str]]:
    """The rows in which each quotation stands first, and the id of the quotation of every row."""
    spans = list(zip(*(cells[name] for name in _SPAN), strict=True))
    keys: list[Any] = []
    for place, (given, start) in enumerate(zip(cells["quotation"], cells["start"], strict=True)):
        keys.append(given or (spans[place] if start is not None else place))
    first: dict[Any, int] = {}
    for place, key in enumerate(keys):
        at = first.setdefault(key, place)
        if spans[place] != spans[at]:
            other = next(name for name, one, two in zip(_SPAN, spans[place], spans[at], strict=True) if one != two)
            what = f"the quotation '{key}' has another {other} than in row {sheet.rows[at]}"
            problems.add(what, row=sheet.rows[place], column=other, mend="give another id in the column quotation")
    rows = sorted(first.values())
    ids = number([cells["quotation"][place] for place in rows], "q")
    of_key = {keys[place]: id for place, id in zip(rows, ids, strict=True)}
    return rows, [of_key[key] for key in keys]


def _check_spans(sheet: Sheet, cells: Mapping[str, list[Any]], problems: Problems) -> None:
    for row, start, end, source in zip(sheet.rows, cells["start"], cells["end"], cells["source"], strict=True):
        if (start is None) != (end is None):
            problems.add("of start and end only one is given", row=row, mend="give both, or neither and a locator")
        elif start is not None and not 0 <= start <= end:
            problems.add(f"the span {start}–{end} is none", row=row, mend="start counts from 0 and is at most end")
        elif start is not None and not source:
            problems.add("there are offsets and no source", row=row, column="source")


def _quotation_extras(sheet: Sheet, cells: Mapping[str, list[Any]], rows: list[int]) -> list[Any]:
    named = {name.removeprefix(OF_QUOTATION): name for name in sheet.columns if name.startswith(OF_QUOTATION)}
    stray = [name for name in sheet.columns if name not in (*KNOWN, *named.values())] + ["coder", "note"]
    extras: list[Any] = []
    for place in rows:
        extra = {key: sheet.columns[name][place] for key, name in named.items()}
        if not cells["code"][place]:
            extra |= {name: value for name in stray if (value := sheet.columns.get(name, cells.get(name, ()))[place])}
        extras.append(extra or NOTHING)
    return extras


def _part(sheet: Sheet, places: list[int]) -> Sheet:
    return Sheet(sheet.file, {}, [sheet.rows[place] for place in places])
