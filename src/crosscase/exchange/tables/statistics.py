"""SPSS and Stata files to raw tables, with the labels of columns and values."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

from crosscase.core.errors import InputError
from crosscase.exchange.tables.raw import Cell, RawTable, cell_text


def read_sav(content: bytes, file: str, sheet: str = "") -> RawTable:
    """An SPSS file (.sav, .zsav)."""
    import pyreadstat

    return _read(pyreadstat.read_sav, content, file, "SPSS")


def read_dta(content: bytes, file: str, sheet: str = "") -> RawTable:
    """A Stata file (.dta)."""
    import pyreadstat

    return _read(pyreadstat.read_dta, content, file, "Stata")


def _read(read: Any, content: bytes, file: str, program: str) -> RawTable:
    import pyreadstat

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{Path(file).suffix}"
        path.write_bytes(content)
        try:
            columns, labels = read(str(path), output_format="dict")
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, UnicodeDecodeError) as error:
            what = f"the file is damaged or no {program} file: {str(error).replace(str(path), file)}"
            raise InputError(what, where=file, mend="save it again") from None
    names = tuple(columns)
    if not names:
        raise InputError("the table is empty", where=file)
    rows = tuple(tuple(_cell(cell) for cell in row) for row in zip(*columns.values(), strict=True))
    return RawTable(
        file,
        names,
        rows,
        tuple(range(1, len(rows) + 1)),
        labels={name: label for name, label in labels.column_names_to_labels.items() if label},
        value_labels={
            name: {cell_text(_cell(value)): str(word) for value, word in words.items()}
            for name, words in labels.variable_value_labels.items()
        },
    )


def _cell(value: Any) -> Cell:
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    item = getattr(value, "item", None)
    cell: Cell = item() if item is not None else value
    return cell
