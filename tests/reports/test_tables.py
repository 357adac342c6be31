"""What stands in the tables."""

import pytest

from crosscase.core import Case, Code, Finding, Question, Snapshot, Source, Study, Subject, Turn
from crosscase.engines.measures import FirmHistory, MeasureValue
from crosscase.engines.measures.reproduce import Candidate, reproduce
from crosscase.reports import Cell, Column, Format, ReportTable, tables
from crosscase.reports.names import country_name, evidence_words, measure_name, value_text
from crosscase.reports.table import letters, without_empty
from reports.factories import contents, snapshot


def column(table: ReportTable, label: str) -> list[str]:
    place = [one.label for one in table.columns].index(label)
    return [row[place] for row in table.texts()]


def cell(table: ReportTable, row: int, label: str) -> Cell:
    return table.rows[row][[one.label for one in table.columns].index(label)]


def test_company_profile():
    table = tables.company_profile(snapshot())
    assert [one.label for one in table.columns] == [
        "Case",
        "founded",
        "home",
        "sector",
        "first entry",
        "countries entered",
    ]
    assert table.texts()[0] == ["F1", "2000", "China", "shoes ", "2002-05, Germany", "3"]
    assert dict(cell(table, 0, "countries entered").inputs) == {
        "Germany": "entry 2002-05",
        "France": "entry 2005, exit 2007",
        "Singapore": "entry, undated",
    }
    # a case without events has no data, not zero countries
    assert [one.state for one in table.rows[1]] == ["", *["no data"] * 5]


def test_a_long_label_becomes_a_note():
    study = Study(variables=snapshot().study.variables)
    from crosscase.core import Variable

    study = Study(variables=(Variable("age", "number", label="Age of the firm in the year of the interview"),))
    table = tables.company_profile(Snapshot.of(study, cases=[Case("F", {"age": "3"})]))
    assert table.columns[1].label == "age"
    assert "age: Age of the firm in the year of the interview." in table.notes


def test_personal_profile():
    table = tables.personal_profile(snapshot())
    assert table.texts() == [["P1", "F1", "founder ", "1"]]
    assert "Nothing on record: Note." in table.notes
    assert table.rows[0][-1].inputs == (("i1", ""),)


def test_entries_in_the_order_of_dates_undated_last():
    given = contents()
    table = tables.entries(given.snapshot, given.region_of, scheme="scheme 1")
    assert column(table, "Date") == ["2002-05", "2005", "2007", "no data"]
    assert column(table, "Event") == ["entry", "entry", "exit", "entry"]
    assert column(table, "Country") == ["Germany", "France", "France", "Singapore"]
    assert column(table, "Region") == ["Europe ", "Europe ", "Europe ", "no data"]
    assert "Regions by the scheme scheme 1." in table.notes


def test_triangulation_counts_sources_by_kind():
    table = tables.triangulation(snapshot())
    assert [one.label for one in table.columns] == ["Case", "interview", "web", "kinds of source", "quotations"]
    assert table.texts() == [["F1", "1", "2", "2", "1"], ["F2", "0", "0", "0", "1"]]


def test_question_matrix_tells_present_from_no_data():
    table = tables.question_matrix(snapshot())
    assert table.texts() == [["Q1", "Why? ", "present", "no data"], ["Q2", "How?", "no data", "no data"]]
    # that a question was asked is no answer
    assert table.rows[0][2].inputs == (("i1", "turn 2"),)


def test_question_matrix_with_many_cases_has_them_as_rows():
    study = Study(guide=tuple(Question(f"Q{number}", text="Text") for number in range(9)))
    cases = [Case(f"F{number}") for number in range(20)]
    turns = [Turn("s", 1, 0, 9, question="Q3"), Turn("s", 2, 9, 9, question="Q4")]
    table = tables.question_matrix(Snapshot.of(study, cases=cases, sources=[Source("s", case="F1")], turns=turns))
    assert [one.label for one in table.columns][:2] == ["Case", "Q0"]
    assert len(table.rows) == 20
    assert [
        (row[0].value, column.label)
        for row in table.rows
        for cell, column in zip(row, table.columns, strict=True)
        if cell.state == "present"
    ] == [("F1", "Q3")]
    assert "● present, – no data." in table.notes


def test_codebook_counts_codings_and_cases():
    table = tables.codebook(snapshot())
    assert [text.strip() for text in column(table, "Code")] == ["A theme", "A concept"]
    assert column(table, "codings") == ["1", "2"]
    assert column(table, "cases") == ["1", "2"]
    assert column(table, "Definition") == ["no data", "said so"]


def test_codes_in_a_circle_are_listed_once():
    codes = [Code("a", parent="b"), Code("b", parent="a"), Code("c")]
    assert sorted(column(tables.codebook(Snapshot.of(codes=codes)), "Code")) == ["a", "b", "c"]


def test_findings_open_ones_first_by_severity():
    found = [
        Finding("R9", "note", Subject("cases", "a"), "n"),
        Finding("R8", "error", Subject("cases", "b"), "e", accepted="reason"),
        Finding("R7", "warning", Subject("cases", "c"), "w"),
    ]
    assert column(tables.findings(found), "Rule") == ["R7", "R9", "R8"]


def test_measures_stand_beside_the_printed_figure():
    given = contents()
    spread = tables.measure_tables(given.measures, given.snapshot.observations)[0]
    assert [one.label for one in spread.columns] == ["Case", "printed", "a", "b"]
    assert spread.texts() == [["F1", "0.6", "0.57", "0.50"], ["F2", "no data", "no data", "no data"]]
    # 0.571 rounds to the printed 0.6, 0.5 does not
    assert [bool(one.note) for one in spread.rows[0]] == [False, False, False, True]
    assert dict(spread.rows[0][2].inputs) == {"entries": "4", "years": "7", "w": ""}
    assert ("warning", "careful ") in spread.rows[0][3].inputs
    assert ("missing", "first entry ") in spread.rows[1][2].inputs
    assert spread.rows[1][2].value is None


def test_summaries_part_numbers_classifications_and_what_could_not_be_measured():
    values = contents().measures
    assert tables.measure_summary(values).texts()[0] == [
        "Spread", "a", "–", "countries per year", "1", "1", "0", "0.571", "0.571", "0.571",
    ]  # fmt: skip
    assert tables.classification_summary(values).texts() == [["Born global", "x", "–", "yes 1", "1", "1", "0"]]
    assert tables.not_measured(values).texts() == [["Entropy", "sales", "–", "sales by country"]]
    assert len(tables.all_measures(values).rows) == len(values)


def test_reproduction_names_the_cases_that_differ():
    table = tables.reproduction_summary(contents().reproductions)
    assert table.texts() == [["Spread", "a", "1", "1", "0", "0", "none"]]
    assert table.notes[-1] == "Spread: every printed figure is given by some definition on record."
    pairs = tables.pairs_of(contents().reproductions[0], "b")
    assert [(pair.printed, pair.recomputed, pair.reproduced) for pair in pairs] == [(0.6, 0.5, False)]


@pytest.mark.parametrize(
    "make",
    [
        tables.company_profile,
        tables.personal_profile,
        tables.entries,
        tables.triangulation,
        tables.question_matrix,
        tables.codebook,
        lambda empty: tables.findings([]),
        lambda empty: tables.all_measures([]),
        lambda empty: tables.measure_summary([]),
        lambda empty: tables.reproduction_summary([]),
    ],
)
def test_an_empty_study_gives_a_table_that_says_what_is_missing(make):
    table = make(Snapshot())
    assert table.rows == ()
    assert table.missing.endswith(".")


def test_remarks_are_lettered_once_each_in_reading_order():
    cells = [(Cell(1, note="x"), Cell(2, note="y")), (Cell(3), Cell(4, note="x"))]
    table = ReportTable("t", "T", (Column("a"), Column("b")), tuple(cells), source="S")
    assert letters(table) == {"x": "a", "y": "b"}
    assert table.all_notes() == ["a x", "b y", "Source: S"]
    many = ReportTable("t", "T", (Column("a"),), tuple((Cell(note=str(number)),) for number in range(28)))
    assert list(letters(many).values())[-2:] == ["aa", "ab"]


def test_rows_of_another_length_are_refused():
    with pytest.raises(ValueError, match="row 0 of table t"):
        ReportTable("t", "T", (Column("a"),), ((Cell(), Cell()),))


def test_columns_in_which_nothing_stands_are_left_out_and_named():
    table = ReportTable("t", "T", (Column("a"), Column("b")), ((Cell(1), Cell()), (Cell(2), Cell(""))))
    assert [one.label for one in without_empty(table, "a", "b").columns] == ["a"]
    assert without_empty(table, "a", "b").notes == ("Nothing on record: b.",)
    assert without_empty(table, "a") is table


def test_numbers_in_words():
    assert Format(1, "%")(12.345) == "12.3\u00a0%"
    assert [Format()(value) for value in (0.1234567, 12345.6, 3.0, -2, 1e300)] == [
        "0.1235",
        "12346",
        "3",
        "−2",
        "1e+300",
    ]
    assert Format()(float("nan")) == "no finite number"


def test_names():
    assert country_name("DEU") == "Germany"
    assert country_name("???") == "???"
    assert measure_name("inv_type") == "INV type"
    assert value_text({"a": [1, 2.5], "b": None}) == "a: 1, 2.5; b: no data"
    assert evidence_words(snapshot(), "events:e2") == "entry France 2005"
    assert evidence_words(snapshot(), "observations:o1") == "printed spread 0.6, Table 1 "
    assert evidence_words(snapshot(), "cases:F1") == "F1"
    assert evidence_words(snapshot(), "see: there") == "see: there"


def test_a_table_shows_itself_and_becomes_a_frame():
    table = tables.triangulation(snapshot())
    assert "<table" in table._repr_html_()
    assert list(table.to_frame()["web"]) == [2, 0]
    assert table.to_dict()["rows"][0][0]["value"] == "F1"


def test_a_figure_with_nothing_to_recompute_it_from_is_no_data():
    def none(history: FirmHistory) -> MeasureValue:
        return MeasureValue(history.case, "intensity", None, "ratio", missing=("sales",))

    candidates = [Candidate(name, none) for name in ("a", "b")]
    found = reproduce("intensity", {"F1": "80%", "F2": "almost all"}, [FirmHistory(case="F1")], candidates)
    table = tables.reproduction_summary([found])
    assert table.texts() == [["Intensity", "any on record", "1", "0", "0", "1", "none"]]


def test_cases_that_no_definition_reproduces_are_named():
    candidate = Candidate("a", lambda history: MeasureValue(history.case, "spread", 2.0, ""))
    histories = [FirmHistory(case=case) for case in ("F1", "F2")]
    table = tables.reproduction_summary([reproduce("spread", {"F1": "2.0", "F2": "3.0"}, histories, [candidate])])
    assert table.texts() == [["Spread", "a", "2", "1", "1", "0", "F2"]]
    assert dict(table.rows[0][4].inputs) == {"F2": "printed 3.0, recomputed 2"}
    assert table.notes[-1] == "Spread: no definition on record gives the printed figure of F2."


def test_measures_that_rest_on_their_printed_figures_say_so():
    given = contents()
    tables_of = tables.measure_tables(given.measures, given.snapshot.observations, unproven={"spread"})
    assert [bool(table.notes) for table in tables_of] == [True, False, False]
    assert not tables.comparable(
        reproduce(
            "x", {"F": "1"}, [FirmHistory(case="F")], [Candidate("a", lambda h: MeasureValue("F", "x", None, ""))]
        )
    )
