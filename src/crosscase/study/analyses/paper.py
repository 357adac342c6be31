"""The tables and figures of an analysis as they were made, kept as one text beside its numbers.

A page or a report shows what was found when the analysis was run, without running it again, and also when the study has
changed since.  Only the parts of tables and scenes are read back, whatever the text holds.  Not here: how a table or a figure
becomes a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from crosscase.core.errors import InputError
from crosscase.figures import scene
from crosscase.reports.table import Cell, Column, Format, ReportTable

__all__ = ["PAPER", "Paper", "from_text", "kept_paper", "to_text", "warnings_of"]

#: Where a result keeps its tables and figures.
PAPER = "paper"

_VERSION = 1
_PARTS: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (
        ReportTable, Column, Format, Cell, scene.Scene, scene.Line, scene.Polyline, scene.Path, scene.Rect, scene.Circle,
        scene.Text, scene.Group,
    )
}  # fmt: skip
#: The key that says which part an object is.
_IS = "is"


@dataclass(frozen=True, slots=True)
class Paper:
    """What goes into a paper: tables, and figures by name."""

    tables: tuple[ReportTable, ...]
    figures: Mapping[str, scene.Scene]


def to_text(tables: Sequence[ReportTable], figures: Mapping[str, scene.Scene]) -> str:
    """One line of JSON; what has its usual value is left out."""
    document = {
        "version": _VERSION,
        "tables": [_plain(one) for one in tables],
        "figures": {name: _plain(one) for name, one in figures.items()},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Paper:
    """What :func:`to_text` wrote.

    Raises:
        InputError: it was written by another version, or by something else.
    """
    try:
        document = json.loads(text)
        if document["version"] != _VERSION:
            raise ValueError(f"version {document['version']}")
        tables = tuple(_made(one, ReportTable) for one in document["tables"])
        figures = {str(name): _made(one, scene.Scene) for name, one in document["figures"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(
            f"the tables and figures that were kept cannot be read ({error})", mend="run the analysis again"
        ) from None
    return Paper(tables, figures)


def kept_paper(result: Mapping[str, Any]) -> Paper:
    """The tables and figures of a saved result.

    Raises:
        InputError: none were kept, or they cannot be read.
    """
    text = result.get(PAPER)
    if not isinstance(text, str):
        raise InputError("no tables and figures were kept with the result", mend="run the analysis again")
    return from_text(text)


def warnings_of(result: Mapping[str, Any]) -> list[str]:
    """What a reader of the numbers must know."""
    found = result.get("warnings") or []
    return [str(one.get("message", "")) if isinstance(one, Mapping) else str(one) for one in found]


def _plain(value: Any) -> Any:
    if type(value).__name__ in _PARTS:
        given = {one.name: getattr(value, one.name) for one in fields(value)}
        usual = {one.name: one.default for one in fields(value) if one.default is not MISSING}
        kept = {name: _plain(one) for name, one in given.items() if name not in usual or usual[name] != one}
        return {_IS: type(value).__name__, **kept}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


def _made(value: Any, kind: type) -> Any:
    found = _value(value)
    if not isinstance(found, kind):
        raise TypeError(f"{kind.__name__} expected")
    return found


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        made = _PARTS[value[_IS]](**{name: _value(one) for name, one in value.items() if name != _IS})
        for one in fields(made):
            wanted = {"float": (int, float), "str": (str,)}.get(str(one.type))
            if wanted and not isinstance(getattr(made, one.name), wanted):
                raise TypeError(f"{value[_IS]}.{one.name}: {one.type} expected")
        return made
    return tuple(_value(one) for one in value) if isinstance(value, list) else value
