"""Files that are no usable tables are refused in one sentence, and no file takes the program down."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscase.core.errors import CrosscaseError, InputError, NotFoundError
from crosscase.exchange.tables import FORMATS, read_table

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.csv", b"", "the file is empty"),
        ("t.csv", b"\n \n", "the table is empty"),
        ("t.csv", b'a,b\n"open,1\n', "the table cannot be read"),
        ("t.csv", b"a,a\n1,2\n", "there are 2 columns 'a'"),
        ("t.csv", b"a,b\n1,2,3\n", "there are 3 cells under 2 columns"),
        ("t.csv", b"a,,c\n1,2,3\n", "the column in place 2 has no name"),
        ("t.xlsx", b"", "the file is empty"),
        ("t.xlsx", b"not a workbook", "neither a zip nor an old Excel file"),
        ("t.xlsx", b"PK\x03\x04cut off", "damaged or cut off"),
        ("t.xlsx", zipped(a=b"b"), "damaged or no workbook"),
        ("t.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("t.xlsx", OLE + bytes(600), "old Excel file under a new name"),
        ("t.xls", OLE + bytes(600), "damaged or no workbook"),
        ("t.xlsx", zipped(xl__workbook=bytes(20_000_000)), "zip bomb|compressed"),
        ("t.ods", zipped(**{"META-INF__manifest.xml": b"<manifest:encryption-data/>"}), "protected by a password"),
        ("t.sav", b"$FL2 cut off", "damaged or no SPSS file"),
        ("t.zsav", b"nothing", "damaged or no SPSS file"),
        ("t.dta", b"nothing", "damaged or no Stata file"),
    ],
)
def test_a_file_that_is_no_table_is_refused(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        read_table(path)
    assert "/" not in str(caught.value).replace("xl/workbook", ""), "a person does not know our folders"


def test_formats_and_sheets_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"\.xlsx"):
        read_table(tmp_path / "t.numbers")
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "missing.csv")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(FORMATS)),
    head=st.sampled_from([b"", b"PK\x03\x04", OLE, b"$FL2", b"<stata_dta>"]),
    rest=st.binary(),
)
def test_no_bytes_take_the_program_down(tmp_path: Path, name: str, head: bytes, rest: bytes) -> None:
    path = tmp_path / f"t{name}"
    path.write_bytes(head + rest)
    try:
        table = read_table(path)
    except CrosscaseError:
        return
    assert all(len(row) == len(table.columns) for row in table.rows)
