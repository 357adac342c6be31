"""The measures: a table a measure with a column a definition, printed figures beside them, and one long table of all."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from crosscase.core import Observation
from crosscase.figures.reproduction import Pair
from crosscase.reports.names import measure_name, value_text
from crosscase.reports.printed import Printed, printed
from crosscase.reports.table import Cell, Column, Format, ReportTable

#: So many cases are named in a cell; the others are among its inputs.
_MOST_NAMED = 8

_DIFFERS = "Differs from the printed figure by more than its rounding."


class Measured(Protocol):
    """A measured value that carries its scheme, as ``crosscase.engines.measures.MeasureValue`` does."""

    @property
    def case(self) -> str: ...
    @property
    def measure(self) -> str: ...
    @property
    def value(self) -> float | str | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def definition(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def scheme_version(self) -> str: ...
    @property
    def inputs(self) -> Mapping[str, Any]: ...
    @property
    def missing(self) -> tuple[str, ...]: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...
    @property
    def source(self) -> str: ...


def measure_tables(values: Sequence[Measured], observations: Iterable[Observation] = ()) -> list[ReportTable]:
    """One table a measure: a row a case, a column a definition, and the printed figure where there is one.

    A recomputed figure that differs from the printed one by more than its rounding is marked.
    """
    on_record = printed_figures(observations)
    tables = []
    for measure in dict.fromkeys(value.measure for value in values):
        those = [value for value in values if value.measure == measure]
        tables.append(_table(measure, those, on_record))
    return tables


def measure_summary(values: Sequence[Measured]) -> ReportTable:
    """A row a measure and definition: how many cases have it, and how it is distributed over them."""
    labels = (
        "Measure",
        "Definition",
        "Scheme",
        "Unit",
        "n",
        "no data",
        "least",
        "median",
        "greatest",
        "with a warning",
    )
    columns = tuple(
        Column(label, "right" if place > 3 else "left", heading=place == 0) for place, label in enumerate(labels)
    )
    rows = []
    for (measure, definition, scheme), those in _by_definition(values).items():
        numbers = [value.value for value in those if isinstance(value.value, int | float)]
        missing = [value for value in those if value.value is None]
        warned = [value for value in those if value.warnings]
        spread = (min(numbers), statistics.median(numbers), max(numbers)) if numbers else (None, None, None)
        words = Counter(value.value for value in those if isinstance(value.value, str))
        rows.append(
            (
                Cell(measure_name(measure)),
                Cell(definition or "–"),
                Cell(f"{scheme} {those[0].scheme_version}".strip() or "–"),
                Cell(those[0].unit or "–"),
                Cell(
                    len(those) - len(missing), inputs=tuple((word, str(count)) for word, count in words.most_common())
                ),
                Cell(len(missing), inputs=tuple((value.case, "; ".join(value.missing)) for value in missing)),
                *(Cell(state="" if words else "no data") if number is None else Cell(number) for number in spread),
                Cell(len(warned), inputs=tuple((value.case, "; ".join(value.warnings)) for value in warned)),
            )
        )
    return ReportTable(
        "measure-summary", "Measures and their definitions", columns, tuple(rows), missing="Nothing was measured."
    )


def all_measures(values: Sequence[Measured]) -> ReportTable:
    """Every value in one long table, for further work in other programs."""
    columns = (
        Column("case", heading=True),
        Column("measure"),
        Column("definition"),
        Column("scheme"),
        Column("value", "right"),
        Column("unit"),
        Column("inputs"),
        Column("missing"),
        Column("warnings"),
        Column("source"),
    )
    rows = tuple(
        (
            Cell(one.case),
            Cell(one.measure),
            Cell(one.definition),
            Cell(f"{one.scheme} {one.scheme_version}".strip()),
            Cell(state="no data") if one.value is None else Cell(one.value),
            Cell(one.unit),
            Cell("; ".join(f"{name} = {value_text(value)}" for name, value in one.inputs.items())),
            Cell("; ".join(one.missing)),
            Cell("; ".join(one.warnings)),
            Cell(one.source),
        )
        for one in values
    )
    return ReportTable("measures", "All measures", columns, rows, missing="Nothing was measured.")


def reproduction_summary(values: Sequence[Measured], observations: Iterable[Observation]) -> ReportTable:
    """How many printed figures each definition reproduces, and the cases where it does not; the best first."""
    on_record = printed_figures(observations)
    rows: list[tuple[tuple[str, int, int], tuple[Cell, ...]]] = []
    for key, those in _by_definition(values).items():
        pairs = _pairs(those, on_record)
        if not pairs:
            continue
        agree = sum(pair.reproduced is True for pair in pairs)
        differ = [pair.case for pair in pairs if pair.reproduced is False]
        without = sum(pair.recomputed is None for pair in pairs)
        cells = (
            Cell(measure_name(key[0])),
            Cell(key[1] or "–"),
            Cell(key[2] or "–"),
            Cell(len(pairs)),
            Cell(agree),
            Cell(
                len(differ), inputs=tuple((pair.case, _difference(pair)) for pair in pairs if pair.reproduced is False)
            ),
            Cell(without),
            Cell(", ".join(differ) or "none", _few(differ)),
        )
        rows.append(((key[0], -agree, len(rows)), cells))
    labels = (
        "Measure",
        "Definition",
        "Scheme",
        "printed",
        "reproduced",
        "not reproduced",
        "no data",
        "Cases not reproduced",
    )
    columns = tuple(
        Column(label, "right" if 3 <= place <= 6 else "left", heading=place == 0) for place, label in enumerate(labels)
    )
    return ReportTable(
        "reproduction",
        "Printed figures and their recomputation",
        columns,
        tuple(cells for _, cells in sorted(rows, key=lambda row: row[0])),
        notes=(
            "A printed figure counts as reproduced when the recomputed one, rounded to the printed decimals, equals it. "
            "A figure that is not reproduced is no error: the definition, the data or the rounding may differ.",
        )
        if rows
        else (),
        missing="No printed figures are on record that a measure could be compared with.",
    )


def pairs_of(values: Sequence[Measured], observations: Iterable[Observation]) -> dict[tuple[str, str, str], list[Pair]]:
    """Printed and recomputed figures by (measure, definition, scheme), for those that have any."""
    on_record = printed_figures(observations)
    found = {key: _pairs(those, on_record) for key, those in _by_definition(values).items()}
    return {key: pairs for key, pairs in found.items() if pairs}


def printed_figures(observations: Iterable[Observation]) -> dict[tuple[str, str], tuple[str, Printed | None]]:
    """(case, measure) -> the text as printed and its figure; the last one when there are several."""
    return {
        (one.case, one.measure): (one.value, printed(one.value, one.unit))
        for one in observations
        if one.basis == "printed"
    }


def _table(
    measure: str, values: Sequence[Measured], on_record: Mapping[tuple[str, str], tuple[str, Printed | None]]
) -> ReportTable:
    by_definition = _by_definition(values)
    cases = list(dict.fromkeys(value.case for value in values))
    has_printed = any((case, measure) in on_record for case in cases)
    lookup = {(_key(value), value.case): value for value in values}
    decimals = _decimals(values)
    columns = [Column("Case", heading=True)]
    if has_printed:
        columns.append(Column("printed", "right"))
    for key in by_definition:
        label = ", ".join(part for part in key[1:] if part) or "value"
        number = all(not isinstance(value.value, str) for value in by_definition[key])
        columns.append(Column(label, "right" if number else "left", Format(decimals)))
    rows = []
    for case in cases:
        text, figure = on_record.get((case, measure), ("", None))
        cells = [Cell(case)]
        if has_printed:
            cells.append(Cell(text) if text else Cell(state="no data"))
        cells += [_cell(lookup.get((key, case)), figure) for key in by_definition]
        rows.append(tuple(cells))
    sources = dict.fromkeys(value.source for value in values if value.source)
    unit = next((value.unit for value in values if value.unit), "")
    return ReportTable(
        f"measure-{measure}",
        measure_name(measure) + (f" ({unit})" if unit else ""),
        tuple(columns),
        tuple(rows),
        source="; ".join(sources),
    )


def _cell(value: Measured | None, figure: Printed | None) -> Cell:
    if value is None:
        return Cell(state="no data")
    opened = [(name, value_text(one)) for name, one in value.inputs.items()]
    opened += [("missing", one) for one in value.missing] + [("warning", one) for one in value.warnings]
    if value.scheme:
        opened.append(("scheme", f"{value.scheme} {value.scheme_version}".strip()))
    if value.source:
        opened.append(("source", value.source))
    if value.value is None:
        return Cell(state="no data", inputs=tuple(opened))
    differs = figure is not None and not isinstance(value.value, str) and not figure.agrees(value.value)
    return Cell(value.value, note=_DIFFERS if differs else "", inputs=tuple(opened))


def _decimals(values: Sequence[Measured]) -> int | None:
    """Two decimals for a column with fractions, none where all are whole."""
    numbers = [value.value for value in values if isinstance(value.value, int | float)]
    return None if all(not math.isfinite(number) or number == int(number) for number in numbers) else 2


def _key(value: Measured) -> tuple[str, str, str]:
    return value.measure, value.definition, value.scheme


def _by_definition(values: Sequence[Measured]) -> dict[tuple[str, str, str], list[Measured]]:
    found: dict[tuple[str, str, str], list[Measured]] = {}
    for value in values:
        found.setdefault(_key(value), []).append(value)
    return found


def _pairs(values: Sequence[Measured], on_record: Mapping[tuple[str, str], tuple[str, Printed | None]]) -> list[Pair]:
    pairs = []
    for value in values:
        figure = on_record.get((value.case, value.measure), ("", None))[1]
        if figure is None or isinstance(value.value, str):
            continue
        agrees = None if value.value is None else figure.agrees(value.value)
        pairs.append(Pair(value.case, figure.value, value.value, agrees))
    return pairs


def _few(cases: Sequence[str]) -> str:
    if len(cases) <= _MOST_NAMED:
        return ", ".join(cases) or "none"
    return ", ".join(cases[:_MOST_NAMED]) + f" and {len(cases) - _MOST_NAMED} more"


def _difference(pair: Pair) -> str:
    return f"printed {Format()(pair.printed)}, recomputed {Format()(pair.recomputed or 0.0)}"
