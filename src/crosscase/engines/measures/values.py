"""What a measure gives back: a number that carries its scheme (design principle 4)."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from crosscase.core.frames import to_frame
from crosscase.engines.measures.inputs import FirmHistory

if TYPE_CHECKING:
    import pandas

__all__ = ["Definition", "MeasureTable", "MeasureValue", "result"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One published way to compute a measure: its id, what it says, the formula and where it comes from."""

    id: str
    text: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True)
class MeasureValue:
    """A measured value with everything it rests on.

    ``value`` is ``None`` when the data do not allow it; then ``missing`` names what lacks, or ``warnings`` says why the
    formula has no value.  ``inputs`` are the numbers that went into the formula.
    """

    case: str
    measure: str
    value: float | str | None
    unit: str
    definition: str = ""
    scheme: str = ""
    scheme_version: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "case": self.case,
            "measure": self.measure,
            "definition": self.definition,
            "value": self.value,
            "unit": self.unit,
            "scheme": self.scheme,
            "scheme_version": self.scheme_version,
            "inputs": dict(self.inputs),
            "missing": list(self.missing),
            "warnings": list(self.warnings),
            "source": self.source,
        }

    def to_frame(self) -> pandas.DataFrame:
        return MeasureTable((self,)).to_frame()

    def _repr_html_(self) -> str:
        return MeasureTable((self,))._repr_html_()


@dataclass(frozen=True, slots=True)
class MeasureTable(Sequence[MeasureValue]):
    """Values in a row: of many measures, definitions or cases."""

    values: tuple[MeasureValue, ...]

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[MeasureValue]:
        return iter(self.values)

    def __getitem__(self, index: Any) -> Any:
        return self.values[index]

    def to_dict(self) -> dict[str, Any]:
        return {"measures": [value.to_dict() for value in self.values]}

    def to_frame(self) -> pandas.DataFrame:
        """One row a value; columns as in :class:`MeasureValue`."""
        rows = [value.to_dict() for value in self.values]
        return to_frame({field.name: [row[field.name] for row in rows] for field in fields(MeasureValue)})

    def _repr_html_(self) -> str:
        head = ("case", "measure", "definition", "value", "unit", "scheme", "missing", "warnings")
        rows = []
        for value in self.values:
            shown = "no data" if value.value is None else value.value
            shown = f"{shown:.4g}" if isinstance(shown, float) else shown
            scheme = f"{value.scheme} {value.scheme_version}".strip()
            lists = ("; ".join(value.missing), "; ".join(value.warnings))
            cells = (value.case, value.measure, value.definition, shown, value.unit, scheme, *lists)
            rows.append("".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells))
        top = "".join(f'<th scope="col">{name}</th>' for name in head)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def result(
    history: FirmHistory,
    measure: str,
    definition: Definition,
    unit: str,
    value: float | str | None,
    *,
    inputs: Mapping[str, Any] | None = None,
    missing: Sequence[str] = (),
    warnings: Sequence[str] = (),
    scheme: tuple[str, str] = ("", ""),
) -> MeasureValue:
    """A :class:`MeasureValue` with the general warnings of the history; no value when something is missing."""
    return MeasureValue(
        case=history.case,
        measure=measure,
        definition=definition.id,
        value=None if missing else value,
        unit=unit,
        scheme=scheme[0],
        scheme_version=scheme[1],
        inputs=dict(inputs or {}),
        missing=tuple(missing),
        warnings=(*history.general_warnings(), *warnings),
        source=definition.source,
    )
