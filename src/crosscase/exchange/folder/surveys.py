"""surveys/: the answers in a csv file, and their labels in a toml file of the same name.

The toml file says which columns hold numbers and which hold texts; without it a column holds numbers when every answer
in it is one.  An empty cell is a missing answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crosscase.core import Snapshot, Survey
from crosscase.core.errors import InputError
from crosscase.exchange.folder.layout import SURVEYS
from crosscase.exchange.folder.problems import Problems
from crosscase.exchange.folder.records import record_from_toml, record_to_toml
from crosscase.exchange.folder.sheets import Report, Sheet, read_sheet, write_sheet
from crosscase.exchange.folder.toml import read_toml, write_toml


def read_surveys(folder: Path, report: Report) -> list[Survey]:
    """The surveys in the folder, by the names of their files unless their toml files say another ``order``."""
    found: list[tuple[float, str, Survey]] = []
    files = [path for path in (folder / SURVEYS).glob("*") if path.suffix in (".csv", ".toml")]
    for stem in {path.stem for path in files}:
        order, survey = _read_survey(folder / SURVEYS / f"{stem}.csv", report)
        found.append((order, stem, survey))
    found.sort(key=lambda one: one[:2])
    seen: dict[str, str] = {}
    for _, stem, survey in found:
        if survey.id in seen:
            where = f"{SURVEYS}/{stem}.csv and {SURVEYS}/{seen[survey.id]}.csv"
            raise InputError(f"there are two surveys '{survey.id}'", where=where)
        seen[survey.id] = stem
    return [survey for *_, survey in found]


def survey_files(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """The two files of every survey."""
    stems = [file_name(id) for id in snapshot.surveys.column("id")]
    for place, (stem, survey) in enumerate(zip(stems, snapshot.surveys, strict=True), start=1):
        head = record_to_toml(survey)
        head.pop("columns", None)
        if stems != sorted(stems):
            head["order"] = place
        kinds = {name: _kind(survey, name) for name in survey.columns}
        yield f"{SURVEYS}/{stem}.toml", write_toml({**head, "kinds": kinds})
        columns = [[_cell(value) for value in column] for column in survey.columns.values()]
        if columns:
            yield f"{SURVEYS}/{stem}.csv", write_sheet(list(kinds), zip(*columns, strict=True))


def file_name(id: str) -> str:
    """An id as a file name that every system takes; two ids never share one, whatever the case of their letters.

    >>> file_name("Wave 1"), file_name("a/b")
    ('%57ave%201', 'a%2Fb')
    """
    return "".join(
        f"%{ord(one):02X}" if one.isascii() and one.isupper() else quote(one, safe="") for one in id
    ).replace(".", "%2E")


def _read_survey(path: Path, report: Report) -> tuple[float, Survey]:
    file = f"{SURVEYS}/{path.name}"
    labels = path.with_suffix(".toml")
    document: dict[str, Any] = read_toml(labels, report, f"{SURVEYS}/{labels.name}") if labels.is_file() else {}
    kinds = document.pop("kinds", {})
    document.pop("columns", None)
    if not isinstance(kinds, Mapping) or not all(kind in ("number", "text") for kind in kinds.values()):
        where = f"{SURVEYS}/{labels.name}, kinds"
        raise InputError(
            "this does not say what the columns hold", where=where, mend='write COLUMN = "number" or "text"'
        )
    order = document.pop("order", None)
    problems = Problems(file)
    columns = {}
    if path.is_file():
        sheet = read_sheet(path, set(kinds), report, file, empty_rows=True)
        columns = {name: _answers(sheet, name, kinds.get(name, ""), problems) for name in sheet.columns}
    problems.raise_any()
    problems = Problems(f"{SURVEYS}/{labels.name}")
    survey: Survey | None = record_from_toml(
        Survey, {"id": path.stem, **document}, problems, "the survey", ignored=["columns"]
    )
    problems.raise_any()
    assert survey is not None
    return order if isinstance(order, int) else float("inf"), replace(survey, columns=columns)


def _answers(sheet: Sheet, name: str, kind: str, problems: Problems) -> tuple[float | str | None, ...]:
    cells = sheet.columns[name]
    if kind == "text":
        return tuple(cell or None for cell in cells)
    answers: list[float | str | None] = []
    wrong: list[tuple[int, str]] = []
    for row, cell in zip(sheet.rows, cells, strict=True):
        try:
            number = float(cell) if cell.strip() else math.nan
            answers.append(None if math.isnan(number) else number)
        except ValueError:
            wrong.append((row, cell))
    if not wrong:
        return tuple(answers)
    if kind == "number":
        for row, cell in wrong:
            problems.add(f"'{cell}' is not a number", row=row, column=name)
    return tuple(cell or None for cell in cells)


def _kind(survey: Survey, name: str) -> str:
    kinds = {"text" if isinstance(value, str) else "number" for value in survey.columns[name] if value is not None}
    if len(kinds) > 1:
        raise InputError(f"the column '{name}' has numbers and texts", where=f"survey {survey.id}")
    return kinds.pop() if kinds else "number"


def _cell(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    text = repr(float(value))
    return text.removesuffix(".0")
