"""Tables in every format, and what becomes of their columns."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas
import pyreadstat
import pytest
import xlsxwriter

from crosscase.core import Case, Event, PartialDate, Snapshot
from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.tables import Mapping, RawTable, apply, guess, read_date, read_table

FIRMS = Snapshot.of(cases=[Case("F1", {"founded": "2010"}), Case("F2", {"founded": ""})])
ENTRIES = [
    ["Firm", "Country", "Year", "Entry mode", "Who told"],
    ["F1", "UK", 2015, "export", "A"],
    ["F2", "DEU", 2016, "", "B"],
]


def xlsx(path: Path, rows: list[list[object]], sheet: str = "Entries") -> Path:
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime.date):
                page.write_datetime(row, column, datetime.datetime.combine(cell, datetime.time()), day)
            else:
                page.write(row, column, cell)
    book.close()
    return path


def ods(path: Path, rows: list[list[object]]) -> Path:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="Entries")
    for cells in rows:
        row = TableRow()
        for cell in cells:
            number = isinstance(cell, int)
            made = TableCell(valuetype="float", value=cell) if number else TableCell(valuetype="string")
            made.addElement(P(text=str(cell)))
            row.addElement(made)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def text(path: Path, rows: list[list[object]], separator: str = ",", encoding: str = "utf-8") -> Path:
    path.write_bytes("\n".join(separator.join(map(str, row)) for row in rows).encode(encoding))
    return path


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: xlsx(folder / "entries.xlsx", ENTRIES),
        lambda folder: ods(folder / "entries.ods", ENTRIES),
        lambda folder: text(folder / "entries.csv", ENTRIES),
        lambda folder: text(folder / "entries.csv", ENTRIES, ";"),
        lambda folder: text(folder / "entries.csv", ENTRIES, ";", "utf-8-sig"),
        lambda folder: text(folder / "entries.csv", ENTRIES, ",", "utf-16"),
        lambda folder: text(folder / "entries.tsv", ENTRIES, "\t"),
    ],
    ids=["xlsx", "ods", "csv", "semicolons", "byte order mark", "utf-16", "tsv"],
)
def test_every_format_gives_the_same_events(write, tmp_path: Path) -> None:
    raw = read_table(write(tmp_path))
    events = apply(guess(raw, "events"), raw, FIRMS).events
    assert list(events) == [
        Event("e1", "F1", "entry", "GBR", PartialDate(2015), "export", extra={"Who told": "A"}),
        Event("e2", "F2", "entry", "DEU", PartialDate(2016), "", extra={"Who told": "B"}),
    ]


def test_columns_are_guessed_shown_corrected_and_saved(tmp_path: Path) -> None:
    raw = read_table(text(tmp_path / "entries.csv", ENTRIES))
    mapping = guess(raw, "events").with_column("Who told", "evidence")
    assert mapping.describe() == [
        ("Firm", "case"), ("Country", "place"), ("Year", "date"), ("Entry mode", "mode"), ("Who told", "evidence"),
    ]  # fmt: skip
    mapping.save(tmp_path / "entries.toml")
    assert Mapping.load(tmp_path / "entries.toml") == mapping
    assert apply(mapping, raw, FIRMS).events["e2"].evidence == "B"


def test_unknown_columns_are_named_with_the_nearest_field(tmp_path: Path) -> None:
    raw = read_table(text(tmp_path / "events.csv", [["case", "plaace"], ["F1", "x"]]))
    said: list[str] = []
    apply(guess(raw, "events"), raw, FIRMS, said.append)
    assert said == ["the column 'plaace' is no field of events and is kept as it is; is 'place' meant?"]


def test_new_cases_get_every_attribute_and_ids_come_from_any_name_for_a_firm(tmp_path: Path) -> None:
    raw = read_table(xlsx(tmp_path / "firms.xlsx", [["Company", "Share abroad", "Size"], [7, "12,5 %", "small"]]))
    cases = apply(guess(raw, "cases"), raw, FIRMS).cases
    assert cases["7"].attributes == {"founded": "", "Share abroad": "12,5 %", "Size": "small"}
    assert cases["F1"].attributes == {"founded": "2010", "Share abroad": "", "Size": ""}


def test_a_wide_table_of_figures_becomes_a_row_a_figure(tmp_path: Path) -> None:
    raw = read_table(
        text(tmp_path / "t1.csv", [["firm", "spread", "share"], ["F1", "0.6", "80%"], ["F2", "", "Almost 100%"]])
    )
    mapping = Mapping(
        "observations", {"firm": "case", "spread": "value:spread", "share": "value:intensity"}, {"basis": "printed"}
    )
    found = apply(mapping, raw, FIRMS).observations
    assert [(one.case, one.measure, one.value, one.basis) for one in found] == [
        ("F1", "spread", "0.6", "printed"),
        ("F1", "intensity", "80%", "printed"),
        ("F2", "intensity", "Almost 100%", "printed"),
    ]


@pytest.mark.parametrize("kind", ["sav", "zsav", "dta"])
def test_statistics_files_keep_their_labels(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"wave1.{kind}"
    frame = pandas.DataFrame({"firm": ["F1", "F2", "F1"], "q1": [1.0, 5.0, None]})
    labels = {"column_labels": ["Firm", "Intends to export"], "variable_value_labels": {"q1": {1: "no", 5: "yes"}}}
    if kind == "dta":
        pyreadstat.write_dta(frame, str(path), **labels)
    else:
        pyreadstat.write_sav(frame, str(path), compress=kind == "zsav", **labels)
    raw = read_table(path)
    survey = apply(guess(raw, "surveys").with_column("firm", "case"), raw, FIRMS).surveys["wave1"]
    assert survey.columns == {"firm": ("F1", "F2", "F1"), "q1": (1.0, 5.0, None)}
    assert survey.labels["q1"] == "Intends to export"
    assert survey.value_labels == {"q1": {"1": "no", "5": "yes"}}
    assert survey.case_column == "firm"
    # In any other table the words stand for the numbers.
    assert raw.text("q1", 5.0) == "yes"


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("2015", "2015"), (2015, "2015"), (2015.0, "2015"), ("2015-03", "2015-03"), ("2015-3-1", "2015-03-01"),
        ("March 2015", "2015-03"), ("Sept. 2015", "2015-09"), ("12 March 2015", "2015-03-12"), ("Mar 12, 2015", "2015-03-12"),
        ("03/2015", "2015-03"), ("25/12/2015", "2015-12-25"), ("12/25/2015", "2015-12-25"), ("3.4.2015", "2015-04-03"),
        ("4/4/2015", "2015-04-04"), (datetime.date(2015, 3, 1), "2015-03-01"), (datetime.datetime(2015, 3, 1), "2015-03-01"),
    ],
)  # fmt: skip
def test_dates_keep_the_precision_they_have(cell: object, date: str) -> None:
    assert str(read_date(cell)) == date


@pytest.mark.parametrize(
    "cell", ["2015-2016", "c. 2015", "42078", "Q1 2015", "30.2.2015", "Ma 2015", "5", "13/13/2015", True]
)
def test_what_is_no_date_is_refused(cell: object) -> None:
    with pytest.raises(InputError, match="is not a date"):
        read_date(cell)


def test_a_date_of_two_meanings_is_refused_until_somebody_says_which() -> None:
    with pytest.raises(InputError, match="can be 3 April or 4 March"):
        read_date("03/04/2015")
    assert str(read_date("03/04/2015", "day first")) == "2015-04-03"
    assert str(read_date("03/04/2015", "month first")) == "2015-03-04"


def test_dates_in_excel_are_days(tmp_path: Path) -> None:
    raw = read_table(xlsx(tmp_path / "e.xlsx", [["case", "date"], ["F1", datetime.date(2015, 3, 12)]]))
    assert apply(guess(raw, "events"), raw, FIRMS).events["e1"].date == PartialDate(2015, 3, 12)


def test_all_problems_are_told_at_once_and_nothing_is_imported(tmp_path: Path) -> None:
    rows = [
        ["id", "case", "country", "year"],
        ["a", "F1", "North America", "2015"],
        ["a", "F9", "Narnia", "03/04/2015"],
        ["b", "", "UK", "2015"],
    ]
    raw = read_table(text(tmp_path / "entries.csv", rows))
    with pytest.raises(InputError) as caught:
        apply(guess(raw, "events"), raw, FIRMS)
    told = str(caught.value)
    assert told.startswith("entries.csv has 6 problems")
    for part in (
        "row 2, column country: 'North America' is a region, not a country",
        "row 3, column country: there is no country 'Narnia'",
        "row 3, column year: '03/04/2015' can be 3 April or 4 March",
        "row 3, column id: the id 'a' is already in row 2",
        "row 3, column case: 'F9' is not one of the cases",
        "row 4, column case: the case is empty",
    ):
        assert part in told
    assert len(FIRMS.events) == 0


def test_an_event_before_the_founding_is_said(tmp_path: Path) -> None:
    raw = read_table(text(tmp_path / "entries.csv", [["case", "year"], ["F1", "2009"]]))
    said: list[str] = []
    apply(guess(raw, "events"), raw, FIRMS, said.append)
    assert said == ["entry e1 of F1 is dated 2009, before the founding (2010)"]


def test_an_id_that_the_study_has_is_refused_and_new_ids_do_not_meet_old_ones(tmp_path: Path) -> None:
    raw = read_table(text(tmp_path / "firms.csv", [["id"], ["F1"]]))
    with pytest.raises(InputError, match="the id 'F1' is already in the study"):
        apply(guess(raw, "cases"), raw, FIRMS)
    raw = read_table(text(tmp_path / "entries.csv", [["case"], ["F1"]]))
    once = apply(guess(raw, "events"), raw, FIRMS)
    assert list(apply(guess(raw, "events"), raw, once).events.column("id")) == ["e1", "e2"]


def test_a_mapping_names_what_exists() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'place'"):
        Mapping("events", {"a": "plase"})
    with pytest.raises(InputError, match="two columns are to become the field 'place'"):
        Mapping("events", {"a": "place", "b": "place"})
    raw = RawTable("t.csv", ("a",), (), ())
    with pytest.raises(NotFoundError, match="there is no column 'b'"):
        apply(Mapping("events", {"b": "place"}), raw, FIRMS)


def test_cases_that_are_there_get_further_attributes_when_the_mapping_says_so(tmp_path: Path) -> None:
    rows = [["firm", "size", "founded"], ["F1", "small", "2010"], ["F2", "", "2012"], ["F3", "large", ""]]
    raw = read_table(text(tmp_path / "more.csv", rows))
    mapping = Mapping("cases", {"firm": "id"}, existing="add")
    cases = apply(mapping, raw, FIRMS).cases
    assert {case.id: dict(case.attributes) for case in cases} == {
        "F1": {"founded": "2010", "size": "small"},
        "F2": {"founded": "2012", "size": ""},
        "F3": {"founded": "", "size": "large"},
    }
    mapping.save(tmp_path / "m.toml")
    assert Mapping.load(tmp_path / "m.toml") == mapping
    raw = read_table(text(tmp_path / "more.csv", [["firm", "founded"], ["F1", "2011"]]))
    with pytest.raises(
        InputError, match=r"'F1' already has the founded '2010', not '2011' \(more.csv, row 2, column founded\)"
    ):
        apply(mapping, raw, FIRMS)
    with pytest.raises(InputError, match="only cases can be added to"):
        Mapping("events", existing="add")
