"""The pages of the documentation say what is so."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from crosscase.exchange.folder.layout import CODING_COLUMNS, CODINGS, OWN_FILES, TABLE_FILES

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("page", ["study-folder.md", "tables.md"])
def test_the_examples_give_what_the_page_shows(page: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    result = doctest.testfile(str(DOCS / page), module_relative=False, optionflags=flags, encoding="utf-8")
    assert result.attempted > 4
    assert not result.failed


def test_every_file_and_column_is_on_the_page() -> None:
    page = (DOCS / "study-folder.md").read_text(encoding="utf-8")
    assert [file for file in OWN_FILES if f"| `{file}` |" not in page] == []
    columns = {spec.file: spec.columns for spec in TABLE_FILES} | {CODINGS: CODING_COLUMNS}
    assert [file for file, names in columns.items() if f"`{', '.join(names)}`" not in page and names != ("id",)] == []
