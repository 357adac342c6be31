"""Excel and OpenDocument files to rows of cells; protected, damaged and poisonous ones are refused first."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.archive import open_zip
from crosscase.exchange.tables.raw import Cell

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_PROTECTED = "EncryptedPackage".encode("utf-16-le")


class Book(NamedTuple):
    """The cells of one sheet, and the names of all."""

    records: list[list[Cell]]
    sheet: str
    sheets: tuple[str, ...]


def read_workbook(content: bytes, file: str, sheet: str = "") -> Book:
    """The cells of a sheet; the first sheet that has any, unless one is named."""
    _check(content, file)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = tuple(book.sheet_names)
        if sheet and sheet not in sheets:
            raise NotFoundError("sheet", sheet, sheets, where=file)
        for name in (sheet,) if sheet else sheets:
            # Empty rows above the table are kept, so that rows are counted as in the program.
            records = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell not in ("", None) for record in records for cell in record):
                return Book([[_cell(cell) for cell in record] for record in records], name, sheets)
    except python_calamine.PasswordError:
        raise _protected(file) from None
    except python_calamine.CalamineError as error:
        raise _damaged(file, str(error)) from None
    raise InputError("the sheet is empty" if sheet else "the workbook has no cells", where=file)


def _check(content: bytes, file: str) -> None:
    if content.startswith(_OLE):
        if _PROTECTED in content:
            raise _protected(file)
        if not file.lower().endswith(".xls"):
            raise InputError("this is an old Excel file under a new name", where=file, mend="name it .xls")
        return
    if not content.startswith(b"PK"):
        raise _damaged(file, "it is neither a zip nor an old Excel file")
    with open_zip(content, name=file) as archive:
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
            raise _protected(file)


def _cell(cell: Any) -> Cell:
    import datetime

    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell)
    return None if cell == "" else cell


def _protected(file: str) -> InputError:
    return InputError("the file is protected by a password", where=file, mend="save it without one")


def _damaged(file: str, why: str) -> InputError:
    return InputError(f"the file is damaged or no workbook: {why}", where=file, mend="save it again as .xlsx or .csv")
