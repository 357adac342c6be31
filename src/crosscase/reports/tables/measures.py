"""The measures: a table a measure with a column a definition, printed figures beside them, and one long table of all."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from crosscase.core import Observation
from crosscase.engines.measures.reproduce import Printed, parse_printed, roundings
from crosscase.reports.names import measure_name, value_text
from crosscase.reports.table import Cell, Column, Format, ReportTable

_UNPROVEN = "The values are the printed figures themselves; nothing else is on record to recompute them from."
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


def measure_tables(
    values: Sequence[Measured], observations: Iterable[Observation] = (), *, unproven: Collection[str] = ()
) -> list[ReportTable]:
    """One table a measure: a row a case, a column a definition, and the printed figure where there is one.

    A recomputed figure that differs from the printed one by more than its rounding is marked.  ``unproven`` are measures
    whose printed figures are all that is on record, so that nothing recomputes them; a note says so.
    """
    figures: dict[str, dict[str, str]] = {}
    for one in observations:
        if one.basis == "printed":
            text = one.value + ("%" if one.unit == "%" and "%" not in one.value else "")
            figures.setdefault(one.measure, {})[one.case] = text
    by_measure: dict[str, list[Measured]] = {}
    for value in values:
        by_measure.setdefault(value.measure, []).append(value)
    return [
        _table(measure, those, figures.get(measure, {}), (_UNPROVEN,) if measure in unproven else ())
        for measure, those in by_measure.items()
    ]


def measure_summary(values: Sequence[Measured]) -> ReportTable:
    """A row a measure and definition that gives numbers: how they are distributed over the cases."""
    rows = []
    for those in _with_data(values):
        numbers = [value.value for value in those if isinstance(value.value, int | float)]
        if numbers:
            spread = (min(numbers), statistics.median(numbers), max(numbers))
            rows.append((*_head(those), Cell(those[0].unit or "–"), *_counted(those), *map(Cell, spread)))
    labels = (
        "Measure",
        "Definition",
        "Scheme",
        "Unit",
        "n",
        "no data",
        "with a warning",
        "least",
        "median",
        "greatest",
    )
    return ReportTable(
        "measure-summary",
        "Measures and their definitions",
        _columns(labels, numbers_from=4),
        tuple(rows),
        missing="Nothing was measured.",
    )


def classification_summary(values: Sequence[Measured]) -> ReportTable:
    """A row a classification and definition: how many cases got which answer.  There is no verdict over them all."""
    rows = []
    for those in _with_data(values):
        answers = Counter(value.value for value in those if isinstance(value.value, str))
        if answers:
            cases = {word: [value.case for value in those if value.value == word] for word in answers}
            inputs = tuple((word, ", ".join(names)) for word, names in sorted(cases.items()))
            text = ", ".join(f"{word} {count}" for word, count in sorted(answers.items()))
            rows.append((*_head(those), Cell(text, inputs=inputs), *_counted(those)))
    labels = ("Classification", "Definition", "Scheme", "Answers", "n", "no data", "with a warning")
    return ReportTable(
        "classification-summary",
        "Classifications and their definitions",
        _columns(labels, numbers_from=4),
        tuple(rows),
        missing="Nothing was classified.",
    )


def not_measured(values: Sequence[Measured]) -> ReportTable:
    """The measures that no case has the data for, and what is missing."""
    rows = []
    for those in _by_definition(values).values():
        if all(value.value is None for value in those):
            reasons = Counter(
                reason for value in those for reason in (*value.missing, *(value.warnings if not value.missing else ()))
            )
            rows.append((*_head(those), Cell("; ".join(reason for reason, _ in reasons.most_common(4)) or "not said")))
    return ReportTable(
        "not-measured",
        "Measures that no case has the data for",
        _columns(("Measure", "Definition", "Scheme", "What is missing"), numbers_from=4),
        tuple(rows),
        missing="Every measure has a value in some case.",
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


def _table(measure: str, values: Sequence[Measured], figures: Mapping[str, str], notes: tuple[str, ...]) -> ReportTable:
    by_definition = _by_definition(values)
    lookup = {(_key(value), value.case): value for value in values}
    parsed = {case: parse_printed(text) for case, text in figures.items()}
    decimals = max((figure.decimals for figure in parsed.values() if figure is not None), default=0)
    shown = Format(_decimals(values))
    columns = [Column("Case", heading=True), *([Column("printed", "right")] if figures else [])]
    for key, those in by_definition.items():
        label = ", ".join(part for part in key[1:] if part) or "value"
        number = all(not isinstance(value.value, str) for value in those)
        columns.append(Column(label, "right" if number else "left", shown))
    rows = []
    for case in dict.fromkeys(value.case for value in values):
        printed = [Cell(figures[case]) if case in figures else Cell(state="no data")] if figures else []
        cells = [_cell(lookup.get((key, case)), parsed.get(case), decimals) for key in by_definition]
        rows.append((Cell(case), *printed, *cells))
    sources = dict.fromkeys(value.source for value in values if value.source)
    unit = next((value.unit for value in values if value.unit), "")
    return ReportTable(
        f"measure-{measure}",
        measure_name(measure) + (f" ({unit})" if unit else ""),
        tuple(columns),
        tuple(rows),
        notes=notes,
        source="; ".join(sources),
    )


def _cell(value: Measured | None, figure: Printed | None, decimals: int) -> Cell:
    if value is None:
        return Cell(state="no data")
    opened = [(name.replace("_", " "), value_text(one)) for name, one in value.inputs.items()]
    opened += [("missing", one) for one in value.missing] + [("warning", one) for one in value.warnings]
    if value.scheme:
        opened.append(("scheme", f"{value.scheme} {value.scheme_version}".strip()))
    if value.source:
        opened.append(("source", value.source))
    if value.value is None:
        return Cell(state="no data", inputs=tuple(opened))
    differs = figure is not None and not isinstance(value.value, str) and not roundings(value.value, figure, decimals)
    return Cell(value.value, note=_DIFFERS if differs else "", inputs=tuple(opened))


def _head(those: Sequence[Measured]) -> tuple[Cell, ...]:
    """Measure, definition and scheme of values that share them."""
    first = those[0]
    scheme = f"{first.scheme} {first.scheme_version}".strip()
    return Cell(measure_name(first.measure)), Cell(first.definition or "–"), Cell(scheme or "–")


def _counted(those: Sequence[Measured]) -> tuple[Cell, ...]:
    """How many cases have a value, have none, and have one with a warning."""
    missing = [value for value in those if value.value is None]
    warned = [value for value in those if value.value is not None and value.warnings]
    return (
        Cell(len(those) - len(missing)),
        Cell(len(missing), inputs=tuple((value.case, "; ".join(value.missing or value.warnings)) for value in missing)),
        Cell(len(warned), inputs=tuple((value.case, "; ".join(value.warnings)) for value in warned)),
    )


def _columns(labels: Sequence[str], numbers_from: int) -> tuple[Column, ...]:
    return tuple(
        Column(label, "right" if place >= numbers_from else "left", heading=place == 0)
        for place, label in enumerate(labels)
    )


def _decimals(values: Sequence[Measured]) -> int | None:
    """Two decimals where there are fractions, unless all are thousands; none where all are whole."""
    numbers = [value.value for value in values if isinstance(value.value, int | float) and math.isfinite(value.value)]
    fractions = [number for number in numbers if number != int(number)]
    return 2 if any(abs(number) < 1000 for number in fractions) else None


def _key(value: Measured) -> tuple[str, str, str]:
    return value.measure, value.definition, value.scheme


def _by_definition(values: Sequence[Measured]) -> dict[tuple[str, str, str], list[Measured]]:
    found: dict[tuple[str, str, str], list[Measured]] = {}
    for value in values:
        found.setdefault(_key(value), []).append(value)
    return found


def _with_data(values: Sequence[Measured]) -> Iterator[list[Measured]]:
    """The values by definition, for those that any case has a value of."""
    for those in _by_definition(values).values():
        if any(value.value is not None for value in those):
            yield those
